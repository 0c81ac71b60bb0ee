"""Whether this machine's SQLite is good enough."""

import sqlite3

from bot.errors import StorageError
from bot.storage.sqlite.database import OLDEST_SQLITE


def check_sqlite() -> None:
    """Check version and extensions.

    Raises:
        StorageError: saying what is missing.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(str(part) for part in OLDEST_SQLITE)
        raise StorageError(f"this Python has SQLite {sqlite3.sqlite_version}; {needed} or newer is needed")
    with sqlite3.connect(":memory:") as memory:
        options = {row[0] for row in memory.execute("PRAGMA compile_options")}
    memory.close()
    if "ENABLE_FTS5" not in options:
        raise StorageError("this Python's SQLite is built without FTS5, which the moderators' search needs")
