"""While the database can't be written: said once, tried without waiting long, and said once more when it is over."""

import logging
import shutil
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StorageUnavailable

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


class Outage:
    """Notices that writes fail, and that they succeed again. Belongs to the writer's thread.

    A disk that was full is not tried again until `ROOM_BYTES` are free: a small write might still fit beside what
    failed, and members would be let in and turned away in turns.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_on = False
        self._is_full = False

    @contextmanager
    def watched(self, conn: sqlite3.Connection) -> Generator[None]:
        """Run one write transaction.

        Raises:
            StorageUnavailable: if the disk was full and still is.
        """
        if self._is_full and not _has_room(conn, self._folder):
            raise StorageUnavailable("the disk is still full")
        try:
            yield
        except sqlite3.OperationalError as error:
            # The low byte is the primary code.
            code = error.sqlite_errorcode & 0xFF
            if code in _REASONS:
                self._begin(conn, code)
            raise
        if self._is_on:
            self._end(conn)

    def _begin(self, conn: sqlite3.Connection, code: int) -> None:
        self._is_full = code == sqlite3.SQLITE_FULL
        if not self._is_on:
            self._is_on = True
            log.error("storage: cannot be written: %s; new work is refused, work under way waits", _REASONS[code])
            conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_IN_OUTAGE_MS}")

    def _end(self, conn: sqlite3.Connection) -> None:
        self._is_on = self._is_full = False
        log.warning("storage: can be written again")
        conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


def _has_room(conn: sqlite3.Connection, folder: Path) -> bool:
    size_bytes, most, used, free = (
        int(conn.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_size", "max_page_count", "page_count", "freelist_count")
    )
    in_file_bytes = (most - used + free) * size_bytes
    return min(in_file_bytes, shutil.disk_usage(folder).free) >= ROOM_BYTES
