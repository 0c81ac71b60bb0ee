"""SQLite without threads: a hop runs in the loop's thread, at a point of the seed's choosing, and is never torn.

Between BEGIN and COMMIT nothing else runs, and a kill falls before or after: so what was committed stays, and what was
not is gone. The files are real ones, in memory where the system has a place for that.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from simulation.loop import VirtualLoop

T = TypeVar("T")

Watch = Callable[[sqlite3.Connection], None]
"""Told of each connection that has just written."""

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of the run's own is made within
HOP_LEAST_S = 1e-6


class InlineConnection:
    """Satisfies ``bot.storage.sqlite.connection.Connection`` without a thread."""

    def __init__(self, loop: VirtualLoop, raw: sqlite3.Connection, watch: Watch) -> None:
        self.raw = raw
        self._loop = loop
        self._watch = watch
        self._free_s = 0.0
        self._is_closed = False

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
    """

    def __init__(self, loop: VirtualLoop, folder: Path, watch: Watch) -> None:
        self.folder = folder
        self.database = folder / "imagine.db"
        self._loop = loop
        self._watch = watch
        self._open: list[InlineConnection] = []

    async def connect(self, path: Path) -> InlineConnection:
        raw = sqlite3.connect(path, isolation_level=None)
        connection = InlineConnection(self._loop, raw, self._watch)
        self._open.append(connection)
        return connection

    def crash(self) -> None:
        """Leave the files as they are at a kill: the write-ahead log beside the database, the lock free."""
        kept = [file for file in (self.database, self._beside("-wal")) if file.exists()]
        for file in kept:
            shutil.copyfile(file, file.with_name(f"{file.name}.kept"))
        # To close the last one would bring the log into the file, which a kill does not.
        for connection in self._open:
            connection.raw.close()
        self._open.clear()
        self._beside("-shm").unlink(missing_ok=True)
        for file in kept:
            file.with_name(f"{file.name}.kept").replace(file)
        # The dead one's open file still holds the lock of what it was: the next one makes another.
        self._beside(".lock").unlink(missing_ok=True)

    def _beside(self, ending: str) -> Path:
        return self.database.with_name(self.database.name + ending)


def make_folder() -> Path:
    """Make a folder for one run."""
    return Path(tempfile.mkdtemp(prefix="simulation-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
