"""Requests per second or minute, as the vendor counts them."""

from collections import deque

from bot.ports import Clock


class RateLimit:
    """Lets ``most`` requests through within any ``within_s`` seconds of the clock.

    Guess: a sliding window over the requests that were let through; those refused for the rate don't count.
    """

    def __init__(self, clock: Clock, most: int, within_s: float = 1) -> None:
        self._clock = clock
        self._most = most
        self._within_s = within_s
        self._taken_s: deque[float] = deque()

    def take(self) -> bool:
        """Count one request; False if it is one too many."""
        # Not by the time of day, which may be set back.
        now_s = self._clock.monotonic()
        while self._taken_s and self._taken_s[0] <= now_s - self._within_s:
            self._taken_s.popleft()
        if len(self._taken_s) >= self._most:
            return False
        self._taken_s.append(now_s)
        return True
