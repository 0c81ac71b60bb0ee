"""What the image service's list of models says of one of them."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.requests.model import VENDOR_ZONE
from bot.domain.time.durations import DAY_MS

WARNED_DAYS = 30
"""So many days ahead the operator is told that a model goes offline: the vendor says so for three months or for one."""

LAST_DAYS = 3
"""Within so many days of the end they are told once more."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list says of a model. That it is listed does not prove that it answers, nor the other way round.

    Attributes:
        is_listed: the list has it.
        ends_ms: when it goes offline; 0: nothing says so, or not in a form that can be read.
    """

    is_listed: bool
    ends_ms: int = 0

    @property
    def last_day(self) -> str:
        """The day on which it goes offline, as the vendor counts days, such as ``2026-12-24``."""
        return datetime.fromtimestamp(self.ends_ms / 1000, UTC).astimezone(VENDOR_ZONE).date().isoformat()

    def ends_within(self, days: int, now_ms: int) -> bool:
        """Whether it goes offline within so many days, and has not yet."""
        return now_ms < self.ends_ms <= now_ms + days * DAY_MS
