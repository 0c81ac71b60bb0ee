"""Every source of time, randomness and trouble with files that the program or a library reads, replaced by the seed's.

It is done for the whole Python process, once for each run, which therefore has one of its own.
"""

import datetime
import os
import random
import secrets
import time
import uuid
from collections.abc import Callable
from typing import Any

import aiohttp.connector
import discord.utils

Seconds = Callable[[], float]


class SeededRandom(random.Random):
    """What ``random.Random()`` makes: without a seed of its own it takes one of the run's."""

    def __init__(self, x: int | float | str | bytes | bytearray | None = None) -> None:
        super().__init__(random.getrandbits(64) if x is None else x)


def replace_randomness(seed: str) -> None:
    """Let all that is random follow from ``seed``."""
    random.seed(seed)
    system = random.Random(f"{seed}:system")
    os.urandom = system.randbytes
    random._urandom = system.randbytes  # pyright: ignore[reportAttributeAccessIssue] - what SystemRandom reads
    random.Random = SeededRandom
    assert uuid.uuid4() != uuid.uuid4()
    assert secrets.token_hex(8) != secrets.token_hex(8)


def replace_time(wall_s: Seconds, monotonic_s: Seconds) -> None:
    """Let the machine's clocks show the run's time.

    Args:
        wall_s: seconds since the epoch.
        monotonic_s: seconds since the run began.
    """
    time.time = wall_s
    time.time_ns = lambda: int(wall_s() * 1e9)
    time.monotonic = time.perf_counter = monotonic_s
    # It has a name of its own for it, by which it closes connections that nobody has used for a while.
    aiohttp.connector.monotonic = monotonic_s  # pyright: ignore[reportPrivateImportUsage]
    time.sleep = _refuse_to_sleep
    discord.utils.utcnow = lambda: datetime.datetime.fromtimestamp(wall_s(), datetime.UTC)


def replace_sync(sync: Callable[[int], None]) -> None:
    """Let the simulated disk say whether what was written is there."""
    os.fsync = sync


def replace_deletion(check: Callable[[object], None]) -> None:
    """Let the simulated disk say first whether a file can be deleted.

    Args:
        check: told of the file; raises what the system would.
    """
    unlink = os.unlink

    def delete(path: Any, **options: Any) -> None:
        check(path)
        unlink(path, **options)

    os.unlink = delete


def _refuse_to_sleep(_: float) -> None:
    raise RuntimeError("nothing in a simulation may wait for the wall's clock")
