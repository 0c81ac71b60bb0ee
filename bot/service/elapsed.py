"""How long ago stored moments were, also while the machine's clock is set back or ahead."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from bot.ports import Clock

K = TypeVar("K", bound=Hashable)


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


class Ages(Generic[K]):
    """The time since each of many stored moments, for whoever looks at them again and again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[K, Elapsed] = {}

    def look(self, moments: Mapping[K, int]) -> dict[K, float]:
        """Return how many seconds ago each of these moments was; what is not named any more is forgotten."""
        self._known = {key: self._known.get(key) or Elapsed(self._clock, ms) for key, ms in moments.items()}
        return {key: elapsed.total_s for key, elapsed in self._known.items()}
