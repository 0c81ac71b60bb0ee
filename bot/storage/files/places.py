"""Whether a database and a folder of pictures can be where the configuration puts them; nothing is made or changed."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

SQLITE_HEADER = b"SQLite format 3\0"
"""The first bytes of every database that has something in it (sqlite.org/fileformat2.html)."""

IF_IT_WAS = "if it was one, docs/operating.md says what to do, under *A damaged database*"


FOREIGN = "is another program's database; give the bot a file of its own"
HAS_FOREIGN_TABLES = "SELECT count(*) FROM sqlite_schema WHERE (SELECT user_version FROM pragma_user_version) = 0"
"""In one statement, since another bot may be making the file at this moment."""


def fault_of_file(database: Path) -> str:
    """Return why a database can't be there; "" if nothing speaks against it."""
    return _told(_fault_of_file, database)


def fault_of_folder(images: Path) -> str:
    """Return why pictures can't be kept there; "" if nothing speaks against it."""
    return _told(_fault_of_folder, images)


def _told(look: Callable[[Path], str], path: Path) -> str:
    try:
        return look(path)
    except OSError as error:
        return f"can't be reached: {os.strerror(error.errno or 0).lower()}"


def _fault_of_file(database: Path) -> str:
    if database.is_dir():
        return "is a folder; it must be a file"
    if not database.exists():
        return _fault_of_parent(database)
    if not database.is_file():
        return "is no ordinary file"
    if not os.access(database, os.R_OK | os.W_OK):
        return "is a file that this user may not read and write"
    with database.open("rb") as file:
        start = file.read(len(SQLITE_HEADER))
    if start not in {b"", SQLITE_HEADER}:
        return f"is a file, and no database; {IF_IT_WAS}"
    return FOREIGN if _is_foreign(database) else ""


def _is_foreign(database: Path) -> bool:
    # Immutable: nothing is made beside it.
    uri = f"{database.absolute().as_uri()}?immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as conn:
            return bool(conn.execute(HAS_FOREIGN_TABLES).fetchone()[0])
    except sqlite3.Error:
        # Whatever is wrong with it, whoever opens it says so.
        return False


def _fault_of_folder(images: Path) -> str:
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
