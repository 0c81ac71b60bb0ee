"""What a server used in a period, by member, model and day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot.domain.time.periods import Period

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Usage:
    """What was made and charged.

    Attributes:
        jobs: jobs that were settled with at least one image.
        images: images that were charged, free ones included.
        free_images: how many of them came from the allowance.
        charged_micros: micro-yuan from budget and credit.
        free_given_back: free images that were given back of them since.
        micros_given_back: micro-yuan that were given back of them since, as credit.
        list_micros: what they count in the server's pool, where free images count too.
    """

    jobs: int = 0
    images: int = 0
    free_images: int = 0
    charged_micros: int = 0
    free_given_back: int = 0
    micros_given_back: int = 0
    list_micros: int = 0

    @property
    def paid_images(self) -> int:
        return self.images - self.free_images

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.jobs + other.jobs,
            self.images + other.images,
            self.free_images + other.free_images,
            self.charged_micros + other.charged_micros,
            self.free_given_back + other.free_given_back,
            self.micros_given_back + other.micros_given_back,
            self.list_micros + other.list_micros,
        )


@dataclass(frozen=True, slots=True)
class MemberModelUsage:
    """What one member used of one model.

    Attributes:
        member_id: the Discord id; 0 once the member was forgotten.
    """

    account_id: int
    member_id: int
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class MemberUsage:
    """What one member used of all models; ``member_id`` as in `MemberModelUsage`."""

    account_id: int
    member_id: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class DayUsage:
    """The images that were charged on one day of the server's calendar, free ones included."""

    day: date
    images: int = 0
    free_images: int = 0


@dataclass(frozen=True, slots=True)
class MonthUse:
    """What a server used in a month of its pool.

    Attributes:
        month: the operator's, in which pools are counted.
        zone: the operator's.
        total: of the month.
        pool_micros: what the server could use in it at list price; None: there was no limit.
    """

    month: Period
    zone: ZoneInfo
    total: Usage
    pool_micros: int | None

    @property
    def first_day(self) -> date:
        return first_day(self.month, self.zone)

    def percent_of(self, micros: int) -> int | None:
        """Return which share of the pool an amount is, in percent, rounded down; None without a limit."""
        return micros * 100 // self.pool_micros if self.pool_micros else None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What a server used in a period.

    Attributes:
        zone: the server's time zone, which its days are counted in.
        rows: at most one for a member and model, in any order.
        days: at most one for a day of the period, in any order; a day that is missing had no image.
        refused: how many requests were refused, by the message key that the member was shown.
        month: the month of the pool in which the period ends, or which runs; None: it was not asked for.
    """

    period: Period
    zone: ZoneInfo
    rows: tuple[MemberModelUsage, ...]
    days: tuple[DayUsage, ...]
    refused: Mapping[str, int]
    month: MonthUse | None = None

    @property
    def total(self) -> Usage:
        return total_of(row.usage for row in self.rows)

    @property
    def refused_total(self) -> int:
        return sum(self.refused.values())

    @property
    def first_day(self) -> date:
        return first_day(self.period, self.zone)

    @property
    def last_day(self) -> date:
        return last_day(self.period, self.zone)

    def by_member(self) -> list[MemberUsage]:
        """Return each member's use, most images first."""
        # A large server has a hundred thousand members. Most use one model: then their row's usage is their own.
        sums: dict[int, tuple[int, Usage]] = {}
        for row in self.rows:
            known = sums.get(row.account_id)
            sums[row.account_id] = (row.member_id, known[1] + row.usage if known else row.usage)
        members = [MemberUsage(account_id, *of_member) for account_id, of_member in sums.items()]
        return sorted(members, key=lambda one: (-one.usage.images, -one.usage.charged_micros, one.account_id))

    def by_model(self) -> list[tuple[str, Usage]]:
        """Return each model's use, most images first."""
        sums = _sums((row.model, row.usage) for row in self.rows)
        return sorted(sums.items(), key=lambda model: (*_most_first(model[1]), model[0]))

    def of_first(self, members: Sequence[MemberUsage], most: int) -> "UsageReport":
        """Return the report with at most ``most`` rows: all of those who come first in ``members``, of others none.

        Args:
            members: ``by_member()`` of this report.
            most: rows.
        """
        if len(self.rows) <= most:
            return self
        counts = Counter(row.account_id for row in self.rows)
        rows_so_far = accumulate(counts[member.account_id] for member in members)
        kept = {member.account_id for member, rows in zip(members, rows_so_far, strict=True) if rows <= most}
        return replace(self, rows=tuple(row for row in self.rows if row.account_id in kept))

    def every_day(self) -> list[DayUsage]:
        """Return all days of the period in order, those without an image included."""
        known = {entry.day: entry for entry in self.days}
        count = (self.last_day - self.first_day).days + 1
        days = (self.first_day + timedelta(days=index) for index in range(count))
        return [known.get(day, DayUsage(day)) for day in days]


def total_of(usages: Iterable[Usage]) -> Usage:
    """Add up what was used."""
    return _sums((None, usage) for usage in usages).get(None, Usage())


def _sums(uses: Iterable[tuple[Key, Usage]]) -> dict[Key, Usage]:
    # A large server has a hundred thousand members: adding numbers takes half the time of adding objects or less.
    sums: dict[Key, list[int]] = {}
    for key, usage in uses:
        total = sums.setdefault(key, [0, 0, 0, 0, 0, 0, 0])
        total[0] += usage.jobs
        total[1] += usage.images
        total[2] += usage.free_images
        total[3] += usage.charged_micros
        total[4] += usage.free_given_back
        total[5] += usage.micros_given_back
        total[6] += usage.list_micros
    return {key: Usage(*total) for key, total in sums.items()}


def _most_first(usage: Usage) -> tuple[int, int]:
    return -usage.images, -usage.charged_micros


def first_day(period: Period, zone: ZoneInfo) -> date:
    """Return the day on which a period begins."""
    return _day(period.start_ms, zone)


def last_day(period: Period, zone: ZoneInfo) -> date:
    """Return the day on which a period ends."""
    return _day(period.end_ms - 1, zone)


def _day(at_ms: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(zone).date()
