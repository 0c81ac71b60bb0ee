"""How long ago stored moments were, also while the machine's clock is set back or ahead."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from bot.ports import Clock

K = TypeVar("K", bound=Hashable)

SURE_AFTER_S = 3600.0
"""How long what seems to be over is watched before it is given up: a clock that was set ahead while the program was
away makes it seem older than it is, and whoever can't be asked now may be heard soon."""


class Elapsed:
    """The time since one stored moment.

    The wall clock is read once, here; what passes from then on is counted by the monotonic one, which nobody sets. A
    moment that seems to be still to come was stored before the clock was set back, and counts as now.
    """

    def __init__(self, clock: Clock, since_ms: int) -> None:
        self._clock = clock
        self._begun_s = clock.monotonic()
        self._before_s = max(0, clock.now_ms() - since_ms) / 1000

    @property
    def watched_s(self) -> float:
        """Seconds that passed under our eyes: what the wall clock says of the time before may be wrong by days."""
        return self._clock.monotonic() - self._begun_s

    @property
    def total_s(self) -> float:
        """Seconds since the moment."""
        return self._before_s + self.watched_s

    def is_over(self, last_s: float) -> bool:
        """Whether what lasts for so long is over, by the wall clock and, for an hour, under our own eyes."""
        return self.total_s >= last_s and self.watched_s >= SURE_AFTER_S


class Ages(Generic[K]):
    """The time since each of many stored moments, for whoever looks at them again and again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[K, Elapsed] = {}

    def look(self, moments: Mapping[K, int]) -> dict[K, float]:
        """Return how many seconds ago each of these moments was; what is not named any more is forgotten."""
        self._look(moments)
        return {key: elapsed.total_s for key, elapsed in self._known.items()}

    def over(self, moments: Mapping[K, int], after_s: float, *, watched_s: float) -> set[K]:
        """Return the moments that are more than ``after_s`` ago; what is not named any more is forgotten.

        Args:
            moments: milliseconds since the epoch.
            after_s: seconds.
            watched_s: at least so many of them, or all, must have passed under our eyes.
        """
        self._look(moments)
        least_s = min(after_s, watched_s)
        return {key for key, one in self._known.items() if one.total_s > after_s and one.watched_s >= least_s}

    def _look(self, moments: Mapping[K, int]) -> None:
        self._known = {key: self._known.get(key) or Elapsed(self._clock, ms) for key, ms in moments.items()}
