"""Durations as moderators type them, in English or Chinese."""

import re
import unicodedata

MINUTE_S, HOUR_S = 60, 3600
DAY_S, WEEK_S = 24 * HOUR_S, 7 * 24 * HOUR_S
DAY_MS = DAY_S * 1000

UNITS_S = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟"), MINUTE_S),
    **dict.fromkeys(("h", "hour", "hours", "时", "小时"), HOUR_S),
    **dict.fromkeys(("d", "day", "days", "天", "日"), DAY_S),
    **dict.fromkeys(("w", "week", "weeks", "周", "星期"), WEEK_S),
}

_PART = re.compile(r"([0-9]{1,6}) *([^\W\d_]+)")


def seconds_in(typed: str) -> int | None:
    """Return the seconds of a duration such as ``10m``, ``3 days``, ``1w`` or ``1d 12h``; None if it is none."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    parts = _PART.findall(text)
    if not parts or _PART.sub("", text).strip() or any(unit not in UNITS_S for _, unit in parts):
        return None
    return sum(int(count) * UNITS_S[unit] for count, unit in parts)
