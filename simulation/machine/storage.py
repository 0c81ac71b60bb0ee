"""SQLite without threads: a hop runs in the loop's thread, at a point of the seed's choosing, and is never torn.

Between BEGIN and COMMIT nothing else runs, and a kill falls before or after: so what was committed stays, and what was
not is gone. The files are real ones, in memory where the system has a place for that.
"""

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from simulation.machine.loop import LIFE, Life, VirtualLoop

T = TypeVar("T")

Watch = Callable[[sqlite3.Connection], None]
"""Told of each connection that has just written."""

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the run's own is made within
PICTURES = (".png", ".jpg")
HOP_LEAST_S = 1e-6


@dataclass(frozen=True)
class Ill:
    """How a disk fails those who write: SQLite's code and words for it, and the operating system's code."""

    code: int
    words: str
    errno: int


ILLS = (
    Ill(sqlite3.SQLITE_FULL, "database or disk is full", errno.ENOSPC),
    Ill(sqlite3.SQLITE_IOERR, "disk I/O error", errno.EIO),
    # As Linux mounts a file system anew whose disk has failed.
    Ill(sqlite3.SQLITE_READONLY, "attempt to write a readonly database", errno.EROFS),
)


class RawConnection(sqlite3.Connection):
    """SQLite's, whose transactions fail at their end where the disk takes nothing.

    Attributes:
        ill: what is wrong with the disk.
    """

    ill: Callable[[], Ill | None] = staticmethod(lambda: None)
    _began_at = 0

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql.startswith("BEGIN"):
            self._began_at = self.total_changes
        elif sql == "VACUUM" or (sql == "COMMIT" and self.total_changes != self._began_at):
            self._require_health()
        return super().execute(sql, *values)

    def _require_health(self) -> None:
        if ill := self.ill():
            error = sqlite3.OperationalError(ill.words)
            error.sqlite_errorcode = ill.code
            raise error


class InlineConnection:
    """Satisfies ``bot.storage.sqlite.connection.Connection`` without a thread.

    Attributes:
        file: what it is open on.
        raw: SQLite's own.
        life: the process that it belongs to.
    """

    def __init__(self, loop: VirtualLoop, file: Path, watch: Watch) -> None:
        self.file = file
        self.raw = sqlite3.connect(file, isolation_level=None, factory=RawConnection)
        self.life = LIFE.get()
        self._loop = loop
        self._watch = watch
        self._free_s = 0.0
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    async def hop(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        if self._is_closed:
            raise ValueError("the connection is closed")

        def run() -> T:
            before = self.raw.total_changes
            try:
                return fn(self.raw)
            finally:
                if self.raw.total_changes != before:
                    self._watch(self.raw)

        # Each begins after the one before it: a thread takes them in turn.
        self._free_s = max(self._free_s + HOP_LEAST_S, self._loop.time() + self._loop.hop_s())
        return await self._loop.hop(run, self._free_s)

    async def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._free_s = max(self._free_s + HOP_LEAST_S, self._loop.time() + self._loop.hop_s())
            await self._loop.hop(self.raw.close, self._free_s)


class Disk:
    """What one machine keeps: it outlives the bot's process.

    Attributes:
        folder: of all its files.
        database: the bot's.
        watch: told of what those write who open it from now on.
        ill: what is wrong with it; None: nothing. May be set at any time.
        keeps_files: whether no kept picture can be deleted.
    """

    def __init__(self, loop: VirtualLoop, folder: Path, watch: Watch) -> None:
        self.folder = folder
        self.database = folder / "imagine.db"
        self._loop = loop
        self.watch = watch
        self.ill: Ill | None = None
        self.keeps_files = False
        self._open: list[InlineConnection] = []

    async def connect(self, path: Path) -> InlineConnection:
        connection = InlineConnection(self._loop, path, self.watch)
        self._open.append(connection)
        connection.raw.ill = lambda: self.ill
        return connection

    def sync(self, _: int) -> None:
        """Be ``os.fsync``, by which the program learns of its own files whether the disk takes them."""
        if self.ill:
            raise OSError(self.ill.errno, os.strerror(self.ill.errno))

    def require_deletable(self, path: object) -> None:
        """Raise what the system says to a program that would delete a file which is kept."""
        if self.keeps_files and LIFE.get() is not None and str(path).endswith(PICTURES):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    def opened_by(self, life: Life) -> list[str]:
        """Return the name of the file of each connection that a process has open."""
        return [f"connection with {one.file.name}" for one in self._open if one.life is life and not one.is_closed]

    def let_go(self, life: Life) -> None:
        """Close what a process that ended by itself has left open, as the operating system does."""
        for connection in self._of(life):
            connection.raw.close()
            self._open.remove(connection)

    def crash(self, life: Life) -> None:
        """Leave the files as a killed process does: the write-ahead log beside the database, the lock free."""
        if any(not one.is_closed and one.life is not life for one in self._open):
            # Another process uses the file: so the log stays as it is whoever leaves.
            self.let_go(life)
        else:
            self._leave_log(life)
        # The dead one's open file still holds the lock of what it was: the next one makes another.
        self._beside(".lock").unlink(missing_ok=True)

    def _leave_log(self, life: Life) -> None:
        kept = [file for file in (self.database, self._beside("-wal")) if file.exists()]
        for file in kept:
            shutil.copyfile(file, file.with_name(f"{file.name}.kept"))
        # To close the last one brings the log into the file, which a kill does not.
        self.let_go(life)
        self._beside("-shm").unlink(missing_ok=True)
        for file in kept:
            file.with_name(f"{file.name}.kept").replace(file)

    def _of(self, life: Life) -> list[InlineConnection]:
        return [one for one in self._open if one.life is life]

    def _beside(self, ending: str) -> Path:
        return self.database.with_name(self.database.name + ending)


def make_folder() -> Path:
    """Make a folder for one run."""
    return Path(tempfile.mkdtemp(prefix="simulation-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
