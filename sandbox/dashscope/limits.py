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
        self._taken_s: deque[float] = deque()

    def take(self) -> bool:
        """Count one request; False if it is one too many."""
        # Not by the time of day, which may be set back.
        now_s = self._clock.monotonic()
        while self._taken_s and self._taken_s[0] <= now_s - 1:
            self._taken_s.popleft()
        if len(self._taken_s) >= self._per_second:
            return False
        self._taken_s.append(now_s)
        return True
