"""Even spacing of requests."""

from bot.ports import Clock


class Pacer:
    """Hands out slots ``1 / per_second`` apart, in the order in which they are asked for.

    A burst is never let through, unlike with a leaky bucket. A caller that is canceled while it waits leaves its slot
    unused.
    """

    def __init__(self, clock: Clock, *, per_second: float) -> None:
        self._clock = clock
        self._gap_s = 1 / per_second
        self._next_s = 0.0

    async def turn(self) -> None:
        """Wait for the next free slot."""
        now_s = self._clock.monotonic()
        slot_s = max(now_s, self._next_s)
        self._next_s = slot_s + self._gap_s
        if slot_s > now_s:
            await self._clock.sleep(slot_s - now_s)
