"""One connection to an SQLite file, on which one thing is done after the other and the loop never waits."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, Self, TypeVar

import aiosqlite

T = TypeVar("T")


class Connection(Protocol):
    """What `Database` needs of a connection."""

    async def hop(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``fn`` after all that was asked for before it, to its end, even if nobody waits for it any more."""
        ...

    async def close(self) -> None:
        """Close it after all that was asked for; safe to call again."""
        ...


Connect = Callable[[Path], Awaitable[Connection]]
"""Opens the file at a path, in autocommit: transactions are begun and ended by statements."""


class ThreadConnection:
    """A connection with a thread of its own: aiosqlite's."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> Self:
        # Where a file can't be opened at all, aiosqlite leaves a thread behind that outlives the loop: try first.
        await asyncio.to_thread(lambda: sqlite3.connect(path).close())
        return cls(await aiosqlite.connect(path, isolation_level=None))

    async def hop(self, fn: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``fn`` on the connection's own thread.

        The one place that uses aiosqlite's private hook; a test pins it.
        """
        raw = self._connection._conn  # pyright: ignore[reportPrivateUsage]
        return await self._connection._execute(fn, raw)  # pyright: ignore

    async def close(self) -> None:
        await self._connection.close()
