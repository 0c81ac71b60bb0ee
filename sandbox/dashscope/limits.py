"""Requests per second, as the vendor counts them."""

from collections import deque

from bot.ports import Clock


class RateLimit:
    """Lets ``per_second`` requests through within any second of the clock.

    Guess: a sliding window over the requests that were let through; those refused for the rate don't count.
    """

    def __init__(self, clock: Clock, per_second: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._taken_ms: deque[int] = deque()

    def take(self) -> bool:
        """Count one request; False if it is one too many."""
        now_ms = self._clock.now_ms()
        while self._taken_ms and self._taken_ms[0] <= now_ms - 1000:
            self._taken_ms.popleft()
        if len(self._taken_ms) >= self._per_second:
            return False
        self._taken_ms.append(now_ms)
        return True
