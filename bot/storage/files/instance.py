"""One running bot per database, held by a lock of the operating system."""

import fcntl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.errors import StorageUnavailable
from bot.ports import Clock
from bot.storage.files import owner_only

WAIT_S = 60.0
"""How long a second instance waits for the first to go, as it does when a platform redeploys."""

STEP_S = 0.5


@asynccontextmanager
async def only_instance(database: Path, clock: Clock, *, wait_s: float = WAIT_S) -> AsyncGenerator[None]:
    """Hold the lock of ``database``; the kernel drops it with the process, however that ends.

    Raises:
        StorageUnavailable: if another instance still has it after ``wait_s`` seconds.
    """
    owner_only.make_folder(database.parent)
    file = database.with_name(database.name + ".lock")
    owner_only.make_file(file)
    with file.open("w") as lock:
        deadline = clock.monotonic() + wait_s
        while not _try(lock.fileno()):
            if clock.monotonic() >= deadline:
                raise StorageUnavailable(f"another bot is running on {database}")
            await clock.sleep(STEP_S)
        yield


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
