"""The clock that the stand-ins, the bot under test and the story share."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from bot.ports import Clock

BEAT_S = 0.02
LONGEST_BEAT_S = 0.04


class SandboxClock:
    """A clock that runs ``scale`` times as fast as the wall's and can be moved on by hand.

    Satisfies ``bot.ports.Clock``, so that one instance can drive the bot and both stand-ins: they then agree on
    when an interaction's token dies or a result expires. With ``scale=0`` time stands still until `advance`.
    It begins at ``start``, or else at the wall's time.

    Where an event loop runs, this clock waits for it: a beat every `BEAT_S` lets time go on by `LONGEST_BEAT_S` at
    most. A busy machine thus slows both down, and a limit of three seconds is as long as it is on an idle one.
    """

    def __init__(self, *, scale: float = 1.0, start: datetime | None = None) -> None:
        self._scale = scale
        self._born_wall_ms = int(start.timestamp() * 1000) if start else time.time_ns() // 1_000_000
        self._beaten_s = time.monotonic()
        self._passed_s = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return self._passed_s + self._since_beat_s() * self._scale

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return self._born_wall_ms + math.floor(self.monotonic() * 1000)

    def advance(self, seconds: float) -> None:
        """Move on by ``seconds`` at once; whoever sleeps past the new time wakes."""
        self._passed_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the clock meanwhile; only what it is moved on by passes."""
        self._passed_s, self._beaten_s = self.monotonic(), time.monotonic()
        scale, self._scale = self._scale, 0.0
        try:
            yield
        finally:
            self._beaten_s, self._scale = time.monotonic(), scale
            # Sleepers look anew how long that is at this pace.
            self.advance(0)

    async def sleep(self, seconds: float) -> None:
        """Sleep for ``seconds`` of this clock."""
        await self._sleep_until(self.monotonic() + seconds)

    def _since_beat_s(self) -> float:
        since_s = time.monotonic() - self._beaten_s
        return min(since_s, LONGEST_BEAT_S) if self._loop else since_s

    def _keep_beating(self) -> None:
        """Beat in the loop that runs, if it does not yet."""
        loop = asyncio.get_running_loop()
        if self._scale and loop is not self._loop:
            self._beat(loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._passed_s, self._beaten_s = self.monotonic(), time.monotonic()
        self._loop = loop
        loop.call_later(BEAT_S, self._beat, loop)

    async def _sleep_until(self, deadline: float) -> None:
        self._keep_beating()
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
