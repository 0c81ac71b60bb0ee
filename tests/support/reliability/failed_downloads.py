"""Hearing when a download failed: from then on the program sleeps until it tries again."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator

from bot.service.vendor import collector

WAITS_S = 60.0
"""Seconds of the wall clock after which a test that hangs is stopped."""


class Failures(logging.Handler):
    """Counts what the program says of downloads that failed.

    Attributes:
        refused: how many were refused.
        others: how many failed otherwise, as one that had begun when the test moved time on.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.refused = 0
        self.others = 0
        self._more = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "was refused" in record.msg:
            self.refused += 1
        elif "not to be had now" in record.msg:
            self.others += 1
        else:
            return
        self._more.set()

    async def until(self, count: int) -> None:
        """Wait until so many failed.

        Raises:
            TimeoutError: if they do not.
        """
        async with asyncio.timeout(WAITS_S):
            while self.refused + self.others < count:
                self._more.clear()
                await self._more.wait()


@contextlib.contextmanager
def heard() -> Iterator[Failures]:
    """Count the downloads that fail meanwhile."""
    failures, level = Failures(), collector.log.level
    collector.log.addHandler(failures)
    collector.log.setLevel(logging.INFO)
    try:
        yield failures
    finally:
        collector.log.setLevel(level)
        collector.log.removeHandler(failures)
