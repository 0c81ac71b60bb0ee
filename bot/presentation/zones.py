"""Time zones by their IANA names: what somebody may mean who types a part of one."""

import datetime
import difflib
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

COMMON = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "UTC",
)
"""Offered before anything is typed."""

ALIKE = 0.7
"""From which share of equal letters on a name counts as spelt alike; difflib's own 0.6 takes Bangui for Shangai."""

REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
"""Where names are those of cities; the rest are older names and plain offsets."""


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Give all zones that there are, in alphabetical order."""
    # "Factory" and "localtime" say that nobody has chosen a zone.
    return tuple(sorted(available_timezones() - {"Factory", "localtime"}))


def find(typed: str) -> str | None:
    """Give the zone that is called so, whatever the case, with blanks for underscores."""
    wanted = _plain(typed)
    return next((name for name in names() if _plain(name) == wanted), None)


def matching(typed: str, most: int) -> list[str]:
    """Give up to ``most`` zones whose names contain what was typed, the best first."""
    wanted = _plain(typed)
    if not wanted:
        return list(COMMON[:most])
    return sorted((name for name in names() if wanted in _plain(name)), key=lambda name: _rank(name, wanted))[:most]


def similar(typed: str, most: int) -> list[str]:
    """Give up to ``most`` zones that may be meant: those that contain what was typed, else those spelt alike."""
    found = matching(typed, most)
    if found:
        return found
    wanted = _plain(typed).rpartition("/")[2]
    cities = {_city(name): name for name in reversed(names()) if _is_of_a_region(name)}
    return [cities[one] for one in difflib.get_close_matches(wanted, cities, most, ALIKE)] or list(COMMON[:most])


def now_in(zone: str, now_ms: int) -> tuple[str, str]:
    """Give a zone's local time as ``21:05``, and its offset from UTC as ``+08:00``."""
    local = datetime.datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(zone))
    return f"{local:%H:%M}", local.isoformat(timespec="minutes")[-6:]


def _rank(name: str, wanted: str) -> tuple[bool, bool, bool, bool, str]:
    """Order: the very name, then cities, then what begins so, then what is common, then by alphabet."""
    begins = _city(name).startswith(wanted) or _plain(name).startswith(wanted)
    return _plain(name) != wanted, not _is_of_a_region(name), not begins, name not in COMMON, name


def _is_of_a_region(name: str) -> bool:
    return name.partition("/")[0] in REGIONS


def _city(name: str) -> str:
    return _plain(name).rpartition("/")[2]


def _plain(text: str) -> str:
    return text.strip().lower().replace(" ", "_")
