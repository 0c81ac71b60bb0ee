"""Whether a database and a folder of pictures can be where the configuration puts them; nothing is made or changed."""

import os
from pathlib import Path

SQLITE_HEADER = b"SQLite format 3\0"
"""The first bytes of every database that has something in it (sqlite.org/fileformat2.html)."""

IF_IT_WAS = "if it was one, docs/operating.md says what to do, under *A damaged database*"


def fault_of_file(database: Path) -> str:
    """Return why a database can't be there; "" if nothing speaks against it."""
    if database.is_dir():
        return "is a folder; it must be a file"
    if not database.exists():
        return _fault_of_parent(database)
    if not os.access(database, os.R_OK | os.W_OK):
        return "is a file that this user may not read and write"
    with database.open("rb") as file:
        start = file.read(len(SQLITE_HEADER))
    return "" if start in {b"", SQLITE_HEADER} else f"is a file, and no database; {IF_IT_WAS}"


def fault_of_folder(images: Path) -> str:
    """Return why pictures can't be kept there; "" if nothing speaks against it."""
    if images.exists() and not images.is_dir():
        return "is a file; it must be a folder"
    if not images.exists():
        return _fault_of_parent(images)
    return "" if os.access(images, os.R_OK | os.W_OK | os.X_OK) else "is a folder that this user may not write to"


def _fault_of_parent(path: Path) -> str:
    """Look at the nearest folder that is there: what is missing below it is made."""
    above = next(parent for parent in path.absolute().parents if parent.exists())
    if not above.is_dir():
        return f"can't be made: {above} is a file"
    return "" if os.access(above, os.W_OK | os.X_OK) else f"can't be made: this user may not write to {above}"
