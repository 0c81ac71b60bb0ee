"""What becomes of a database that can't be written, or is damaged.

While it can't be written: said once, tried without waiting long, and said once more when it is over. Damage is said
once and stays until the operator has put a copy in the file's place.
"""

import asyncio
import logging
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StorageDamaged, StorageUnavailable

log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 5_000

BUSY_TIMEOUT_IN_OUTAGE_MS = 100
"""Writes queue on one thread: were each to wait five seconds, a member's would wait for all before it."""

ROOM_BYTES = 1024 * 1024
"""What must be free before a full disk is tried again: some hundred jobs with their rows take less."""

_REASONS = {
    sqlite3.SQLITE_FULL: "disk full",
    sqlite3.SQLITE_BUSY: "locked by another program",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_IOERR: "the disk fails",
    sqlite3.SQLITE_CANTOPEN: "the file can't be opened",
}
"""The result codes (sqlite.org/rescode.html) that tell of the surroundings, not of a fault of this program."""


DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
"""The codes by which SQLite says that what it reads is no sound database."""


def primary_code(error: sqlite3.Error) -> int:
    """Return the primary result code, which is the low byte; 0 where Python itself raised the error."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


class Damage:
    """Whether a part of the file has turned out to be damaged while the program runs."""

    def __init__(self) -> None:
        self._noticed = asyncio.Event()

    @property
    def is_there(self) -> bool:
        return self._noticed.is_set()

    async def wait(self) -> None:
        """Wait until some is noticed."""
        await self._noticed.wait()

    def note(self, error: StorageDamaged) -> None:
        """Take note of it, and say so the first time; from the loop's thread."""
        if not self.is_there:
            log.error("storage: the database is damaged (%s); docs/operating.md says what to do", error)
        self._noticed.set()


@contextmanager
def read_soundly(what: str) -> Generator[None]:
    """Turn a row into an object; what only this program writes, and it can't read again, is damaged.

    Raises:
        StorageDamaged: which names ``what``, and no value: it may be a token.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StorageDamaged(f"{what} can't be read: {type(error).__name__}") from None


class Outage:
    """Notices that writes fail, or readings, and that they succeed again. Belongs to the connection's thread.

    Attributes:
        trouble: what is wrong, such as "cannot be written: disk full"; "" if nothing is. Any thread may read it.

    A disk that was full is not tried again until `ROOM_BYTES` are free: a small write might still fit beside what
    failed, and members would be let in and turned away in turns.
    """

    def __init__(self, folder: Path, done: str, consequence: str) -> None:
        self._folder = folder
        self._done = done
        self._consequence = consequence
        self._is_on = False
        self._is_full = False
        self.trouble = ""

    @contextmanager
    def watched(self, conn: sqlite3.Connection) -> Generator[None]:
        """Run one transaction.

        Raises:
            StorageUnavailable: if the disk was full and still is.
        """
        if self._is_full and not _has_room(conn, self._folder):
            raise StorageUnavailable("the disk is still full")
        try:
            yield
        except sqlite3.OperationalError as error:
            code = primary_code(error)
            if code in _REASONS:
                self._begin(conn, code)
            raise
        if self._is_on:
            self._end(conn)

    def _begin(self, conn: sqlite3.Connection, code: int) -> None:
        self._is_full = code == sqlite3.SQLITE_FULL
        if not self._is_on:
            self._is_on = True
            self.trouble = f"cannot be {self._done}: {_REASONS[code]}"
            log.error("storage: %s; %s", self.trouble, self._consequence)
            conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_IN_OUTAGE_MS}")

    def _end(self, conn: sqlite3.Connection) -> None:
        self._is_on = self._is_full = False
        self.trouble = ""
        log.warning("storage: can be %s again", self._done)
        conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _has_room(conn: sqlite3.Connection, folder: Path) -> bool:
    size_bytes, most, used, free = (
        int(conn.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "max_page_count", "page_count", "freelist_count")
    )
    in_file_bytes = (most - used + free) * size_bytes
    return min(in_file_bytes, shutil.disk_usage(folder).free) >= ROOM_BYTES
