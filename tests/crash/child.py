"""The bot as a process that stops dead at one call of one port: the crash tests' own composition root.

``python -m tests.crash.child --config FILE --birth CLOCK [--point PORT.METHOD --when WHEN --nth N]``

Without ``--point`` nothing is wrapped: that is the program as it is shipped, on the test's clock. With it the N-th call
of the method stops the whole process by SIGSTOP, so that nothing at all happens until the test kills it:

- ``before`` the call has begun,
- ``within`` its transaction: everything is written, COMMIT has not run,
- ``after`` the call has returned, and nobody has learned of it.
"""

import argparse
import asyncio
import itertools
import logging
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bot import app, config
from bot.storage import stores
from bot.storage.sqlite.database import Database
from tests.crash.clock import SharedClock

REACHED = b"reached the point\n"

PORTS = {
    "jobs": (stores, "SqliteJobs"),
    "lanes": (stores, "SqliteLanes"),
    "moderation": (stores, "SqliteModeration"),
    "outbox": (stores, "SqliteOutbox"),
    "pictures": (app, "PictureFiles"),
    "privacy": (stores, "SqlitePrivacy"),
    "references": (stores, "SqliteReferences"),
    "results": (app, "ResultFetcher"),
    "stars": (stores, "SqliteStars"),
    "vendor": (app, "DashScopeClient"),
}
"""The adapters by the names that points have for them, with the modules that open them."""

T = TypeVar("T")


def stop_dead() -> None:
    """Tell the test that the point is reached, and stop all threads until the kill."""
    os.write(sys.stdout.fileno(), REACHED)
    os.kill(os.getpid(), signal.SIGSTOP)
    # Another thread may be the one that takes the signal: until it has, this one would go on, and commit.
    threading.Event().wait()


class Uncommitted:
    """A `Database` whose armed write stops between its last statement and COMMIT."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_armed = False

    async def write(self, transaction: Callable[[sqlite3.Connection], T]) -> T:
        if not self.is_armed:
            return await self._database.write(transaction)

        def stopped(conn: sqlite3.Connection) -> T:
            try:
                return transaction(conn)
            finally:
                stop_dead()

        return await self._database.write(stopped)

    def __getattr__(self, name: str) -> object:
        # Whatever else the same store does meanwhile, it does as always.
        return getattr(self._database, name)


def stopping(adapter: type[Any], method: str, when: str, nth: int) -> type[Any]:
    """Return the adapter with a method whose ``nth`` call stops the process."""
    whole = getattr(adapter, method)
    # It may be inherited.
    begin: Any = getattr(adapter, "__init__")  # noqa: B009 - the checker knows its own word for that
    calls = itertools.count(1)

    async def watched(self: Any, *args: object, **named: object) -> object:
        if next(calls) != nth:
            return await whole(self, *args, **named)
        if when == "before":
            stop_dead()
        if when == "within":
            self._db.is_armed = True
        result = await whole(self, *args, **named)
        if when == "after":
            stop_dead()
        return result

    def made(self: Any, database: Database, *args: object) -> None:
        begin(self, Uncommitted(database), *args)

    changed: dict[str, Any] = {method: watched}
    if when == "within":
        changed["__init__"] = made
    return type(adapter.__name__, (adapter,), changed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--birth", required=True)
    parser.add_argument("--point", default="")
    parser.add_argument("--when", choices=("before", "within", "after"), default="before")
    parser.add_argument("--nth", type=int, default=1)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if chosen.point:
        port, _, method = chosen.point.partition(".")
        module, name = PORTS[port]
        setattr(module, name, stopping(getattr(module, name), method, chosen.when, chosen.nth))
    asyncio.run(app.run_until_signal(config.load(chosen.config), SharedClock.born(chosen.birth)))


if __name__ == "__main__":
    main()
