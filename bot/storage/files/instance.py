"""One running bot per database, held by a lock of the operating system."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TextIO

from bot.errors import StorageUnavailable
from bot.ports import Clock
from bot.storage.files import owner_only

log = logging.getLogger(__name__)

WAIT_S = 60.0
"""How long a second instance waits for the first to go, as it does when a platform redeploys."""

STEP_S = 0.5


@asynccontextmanager
async def only_instance(
    database: Path, clock: Clock, *, wait_s: float = WAIT_S, stop: asyncio.Event | None = None
) -> AsyncGenerator[bool]:
    """Hold the lock of ``database``; the kernel drops it with the process, however that ends.

    Args:
        database: the file.
        clock: paces the attempts.
        wait_s: how long to wait for another instance.
        stop: ends the wait; what is yielded then says that the lock is not held.

    Raises:
        StorageUnavailable: if another instance still has it after ``wait_s`` seconds, or the lock can't be opened.
    """
    owner_only.make_folder(database.parent)
    file = database.with_name(database.name + ".lock")
    owner_only.make_file(file)
    with _opened(file) as lock:
        began_s, is_told = clock.monotonic(), False
        while not _try(lock.fileno()):
            if stop is not None and stop.is_set():
                yield False
                return
            if clock.monotonic() >= began_s + wait_s:
                raise StorageUnavailable(f"another bot is running on {database}")
            if not is_told:
                is_told = True
                log.warning("another bot is running on %s: waiting for it to end, for %.0f s at most", database, wait_s)
            await clock.sleep(STEP_S)
        yield True


def _opened(file: Path) -> TextIO:
    try:
        return file.open("w")
    except OSError as error:
        raise StorageUnavailable(f"{file} can't be opened: {os.strerror(error.errno or 0).lower()}") from None


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
