"""Hearing when a download was refused: from then on the program sleeps until it tries again."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator

from bot.service.vendor import collector

WAITS_S = 60.0
"""Seconds of the wall clock after which a test that hangs is stopped."""


class Refusals(logging.Handler):
    """Counts what the program says of refused downloads."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._count = 0
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "was refused" in record.msg:
            self._count += 1
            self._more.set()

    async def until(self, count: int) -> None:
        """Wait until so many were refused.

        Raises:
            TimeoutError: if they are not.
        """
        async with asyncio.timeout(WAITS_S):
            while self._count < count:
                self._more.clear()
                await self._more.wait()


@contextlib.contextmanager
def heard() -> Iterator[Refusals]:
    """Count refused downloads meanwhile."""
    refusals, level = Refusals(), collector.log.level
    collector.log.addHandler(refusals)
    collector.log.setLevel(logging.INFO)
    try:
        yield refusals
    finally:
        collector.log.setLevel(level)
        collector.log.removeHandler(refusals)
