"""Moments as moderators type them, in their server's time zone, and as HTTP writes them."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from bot.domain.time.durations import seconds_in
from bot.errors import MemberError

FIRST_YEAR, LAST_YEAR = 2015, 2100
"""Discord's ids count from 2015; nothing can have been asked for earlier."""

_AT = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))?)? *")


def http_date_ms(text: str) -> int | None:
    """Return a date of an HTTP header in milliseconds since the epoch, to a second; None if it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" says that nobody knows the zone; HTTP knows no other than this.
    return int((date if date.tzinfo is not None else date.replace(tzinfo=UTC)).timestamp()) * 1000


DAYS_BACK = {"today": 0, "今天": 0, "今日": 0, "yesterday": 1, "昨天": 1, "昨日": 1}
"""Words for a day of the server's, in the languages that moderators type."""

NOW = frozenset({"now", "现在"})
_DAY_WORD = re.compile("|".join(DAYS_BACK))


def moment_ms(typed: str, zone: ZoneInfo, now_ms: int, *, is_end: bool = False) -> int:
    """Return a moment in milliseconds since the epoch.

    Args:
        typed: a day (``2026-11-23``, ``yesterday``), a time of it (``2026-11-23 14:00``, ``today 14:00``), how long ago
            (``3d``, ``12 hours``), or ``now``; in Chinese, too.
        zone: the server's, in which days and times are meant.
        now_ms: from which ``3d`` counts.
        is_end: a day is meant with all its hours: give its end.

    Raises:
        MemberError: if it is none of these.
    """
    ago_s = seconds_in(typed)
    if ago_s is not None:
        return max(0, now_ms - ago_s * 1000)
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if text in NOW:
        return now_ms
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    local = _local(_DAY_WORD.sub(lambda word: _day(today, word[0]), text).replace("t", " "), is_end=is_end)
    if local is None:
        raise MemberError("log-no-moment", typed=typed, example=today.isoformat())
    return int(local.replace(tzinfo=zone).timestamp() * 1000)


def _day(today: date, word: str) -> str:
    # A space, since Chinese needs none between the day and its time.
    return f"{today - timedelta(days=DAYS_BACK[word])} "


def _local(text: str, *, is_end: bool) -> datetime | None:
    at = _AT.fullmatch(text)
    if at is None or not FIRST_YEAR <= int(at[1]) <= LAST_YEAR:
        return None
    try:
        hour, minute, second = (int(part or 0) for part in at.groups()[3:])
        local = datetime(int(at[1]), int(at[2]), int(at[3]), hour, minute, second)  # noqa: DTZ001 - no zone yet
    except ValueError:
        return None
    if not is_end:
        return local
    # By the calendar, not 24 hours later: the clocks may change on that day. Of an hour that comes twice the second one
    # is the end: an export that goes on from there must leave nothing out.
    return local.replace(fold=1) if at[4] else local + timedelta(days=1)
