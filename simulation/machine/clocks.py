"""The clocks of the run's machines: one time, which each of them shows in its own way."""

import asyncio

from simulation.machine.loop import VirtualLoop

BEGIN_MS = 1_772_510_400_000
"""2026-03-03, 12:00 in Beijing: far from midnight and from the end of a month, unless a run goes on until there."""


class MachineClock:
    """Satisfies ``bot.ports.Clock`` by the loop's time.

    Attributes:
        ahead_s: how far its wall clock is ahead of the true time; set it, and that clock jumps.
        drift: by how much of itself its wall clock runs too fast.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        self.ahead_s = 0.0
        self.drift = 0.0
        self._loop = loop

    def wall_s(self) -> float:
        """Return what its wall clock shows, in seconds since the epoch."""
        return BEGIN_MS / 1000 + self._loop.time() * (1 + self.drift) + self.ahead_s

    def now_ms(self) -> int:
        return int(self.wall_s() * 1000)

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        return asyncio.timeout(seconds)
