"""The vendor's own clock, which need not agree with anybody else's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.ports import Clock


class VendorClock:
    """A clock that runs with another but shows a time that is ``ahead_s`` seconds later (or, below 0, earlier).

    All that the vendor dates follows it: the Date header, the times and windows of the task list, the expiry of signed
    URLs. Move it only while no task is under way: what is due would move too.

    Attributes:
        ahead_s: seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead_s = 0.0

    def now_ms(self) -> int:
        return self._clock.now_ms() + int(self.ahead_s * 1000)

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        async with self._clock.timeout(seconds):
            yield
