"""Calendar-aligned periods in a server's own time zone."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class PeriodKind(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_NAMED = re.compile(r"(\d{4})[-/.年] *(\d{1,2})(?:月?|[-/.月] *(\d{1,2})日?)")


@dataclass(frozen=True, slots=True)
class Period:
    """One period of quota.

    Attributes:
        key: names it within its kind: ``2026-11-23``, ``2026-W48`` or ``2026-11``.
        start_ms: its first millisecond since the epoch, UTC.
        end_ms: the first millisecond of the next one: when the quota resets.
    """

    key: str
    start_ms: int
    end_ms: int


def period_at(kind: PeriodKind, zone: ZoneInfo, now_ms: int) -> Period:
    """Return the period of ``kind`` that contains ``now_ms``; weeks start on Monday."""
    today = datetime.fromtimestamp(now_ms / 1000, tz=UTC).astimezone(zone).date()
    match kind:
        case PeriodKind.DAY:
            first, after, key = today, today + timedelta(days=1), today.isoformat()
        case PeriodKind.WEEK:
            first = today - timedelta(days=today.weekday())
            after = first + timedelta(days=7)
            key = f"{first.isocalendar().year}-W{first.isocalendar().week:02d}"
        case PeriodKind.MONTH:  # pragma: no branch - the last kind there is
            first = today.replace(day=1)
            after = (first + timedelta(days=32)).replace(day=1)
            key = f"{first:%Y-%m}"
    return Period(key, midnight_ms(first, zone), midnight_ms(after, zone))


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """Return the first instant of ``day`` in ``zone``, in milliseconds since the epoch.

    Where daylight saving skips midnight, that is the instant of the jump: both fall on the same moment in UTC.
    """
    return int(datetime.combine(day, time(), tzinfo=zone).timestamp() * 1000)


def named(typed: str) -> tuple[PeriodKind, date] | None:
    """Return the day, or the month by its first day, that is named: ``2026-11-23``, ``2026-11``, ``2026年11月``.

    None if there is none of that name.
    """
    found = _NAMED.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        return None
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        return PeriodKind.DAY if found[3] else PeriodKind.MONTH, date(year, month, day)
    except ValueError:
        return None
