"""The clock that the stand-ins, the bot under test and the story share."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator
from datetime import datetime

from bot.ports import Clock


class SandboxClock:
    """A clock that runs ``scale`` times as fast as the wall's and can be moved on by hand.

    Satisfies ``bot.ports.Clock``, so that one instance can drive the bot and both stand-ins: they then agree on
    when an interaction's token dies or a result expires. With ``scale=0`` time stands still until `advance`.
    It begins at ``start``, or else at the wall's time.
    """

    def __init__(self, *, scale: float = 1.0, start: datetime | None = None) -> None:
        self._scale = scale
        self._born_wall_ms = int(start.timestamp() * 1000) if start else time.time_ns() // 1_000_000
        self._born_s = time.monotonic()
        self._skipped_s = 0.0
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return (time.monotonic() - self._born_s) * self._scale + self._skipped_s

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._born_wall_ms + math.floor(self.monotonic() * 1000)

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds`` at once; whoever sleeps past the new time wakes."""
        self._skipped_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Sleep for ``seconds`` of this clock."""
        await self._sleep_until(self.monotonic() + seconds)

    async def _sleep_until(self, deadline: float) -> None:
        # Yield at least once, as asyncio.sleep does: a loop over sleep(0) must not starve the others.
        await asyncio.sleep(0)
        while (left := deadline - self.monotonic()) > 0:
            wall_s = left / self._scale if self._scale else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wall_s):
                    await self._moved.wait()

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        """Cancel the body and raise TimeoutError after ``seconds`` of this clock."""
        async with asyncio.timeout(None) as limit:
            # Counted from here: the task begins later, and the clock may be moved on in between.
            alarm = asyncio.create_task(self._ring(limit, self.monotonic() + seconds), name="sandbox-clock-timeout")
            try:
                yield
            finally:
                alarm.cancel()

    async def _ring(self, limit: asyncio.Timeout, deadline: float) -> None:
        await self._sleep_until(deadline)
        limit.reschedule(0)


class ShiftedClock:
    """A clock that runs with another and shows a time that is ``ahead_s`` seconds later (or, below 0, earlier).

    Set ``ahead_s``, and its wall clock jumps while its monotonic one goes on: what happens to a machine whose time is
    corrected.
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

    @contextlib.asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncIterator[None]:
        async with self._clock.timeout(seconds):
            yield
