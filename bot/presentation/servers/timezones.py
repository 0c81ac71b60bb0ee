"""Time zones by their IANA names: what somebody may mean who types a city, an offset or a part of a name."""

import datetime
import difflib
import re
import unicodedata
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from bot.presentation.kit.texts import LOCALES

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

ELSEWHERE = {
    **dict.fromkeys(("Beijing", "Peking", "Guangzhou", "Shenzhen", "Hangzhou", "Chengdu", "China"), "Asia/Shanghai"),
    **dict.fromkeys(("北京", "广州", "深圳", "杭州", "成都", "重庆", "哈尔滨", "中国"), "Asia/Shanghai"),
    **dict.fromkeys(("台灣", "台湾", "臺北", "高雄"), "Asia/Taipei"),
    **dict.fromkeys(("Mumbai", "Delhi", "New Delhi", "Bangalore", "孟买", "新德里"), "Asia/Kolkata"),
    **dict.fromkeys(("Osaka", "Kyoto", "大阪", "京都"), "Asia/Tokyo"),
    **dict.fromkeys(("San Francisco", "Seattle", "旧金山", "西雅图"), "America/Los_Angeles"),
    **dict.fromkeys(("Washington", "Boston", "Miami", "华盛顿", "波士顿"), "America/New_York"),
    "Munich": "Europe/Berlin",
    "慕尼黑": "Europe/Berlin",
    "Canberra": "Australia/Sydney",
}
"""Large cities that have no zone of their own, and where theirs is."""

ABBREVIATED = {"cst": ("Asia/Shanghai", "America/Chicago")}
"""Abbreviations that stand for several zones: these are offered, and none is taken unasked."""

_MODERN = {"Asia/Calcutta": "Asia/Kolkata", "Asia/Saigon": "Asia/Ho_Chi_Minh", "Asia/Katmandu": "Asia/Kathmandu"}
"""Unicode's CLDR keeps older names of some zones."""

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*(?P<sign>[+\-\u2212])\s*(?P<hours>\d{1,2})(?::?00)?", re.IGNORECASE)

ALIKE = 0.7
"""From which share of equal letters on a name counts as spelt alike; difflib's own 0.6 takes Bangui for Shangai."""

REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
"""Where names are those of cities; the rest are older names and plain offsets."""


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return all zones that there are, in alphabetical order."""
    # "Factory" and "localtime" say that nobody has chosen a zone.
    return tuple(sorted(available_timezones() - {"Factory", "localtime"}))


def find(typed: str) -> str | None:
    """Return the zone that is called so, by its name, a city or an offset such as ``UTC+8``; None if none is meant.

    Whatever the case, with blanks for underscores, in English or Chinese.
    """
    wanted = _plain(typed)
    named = next((name for name in names() if _plain(name) == wanted), None)
    return named or _by_offset(typed) or _by_city().get(wanted)


def matching(typed: str, most: int) -> list[str]:
    """Return up to ``most`` zones whose names contain what was typed, the best first; cities in Chinese, too."""
    wanted = _plain(typed)
    if not wanted:
        return list(COMMON[:most])
    # A number without a sign is an offset to either side.
    number = wanted.removeprefix("utc").removeprefix("gmt").lstrip("_")
    meant = (find(typed), *ABBREVIATED.get(wanted, ()), _by_offset(f"+{number}"), _by_offset(f"-{number}"))
    found = sorted((name for name in names() if _has(name, wanted)), key=lambda name: _rank(name, wanted))
    by_city = (zone for city, zone in _by_city().items() if _is_begun(city, wanted))
    every = [*(zone for zone in meant if zone), *found, *by_city]
    return list(dict.fromkeys(every))[:most]


def similar(typed: str, most: int) -> list[str]:
    """Return up to ``most`` zones that may be meant: those that contain what was typed, else those spelt alike."""
    if not _plain(typed):
        return []
    found = matching(typed, most)
    if found:
        return found
    wanted = _plain(typed).rpartition("/")[2]
    cities = _by_city()
    return list(dict.fromkeys(cities[one] for one in difflib.get_close_matches(wanted, cities, most, ALIKE)))


def _by_offset(typed: str) -> str | None:
    """Return the zone of a whole number of hours from UTC; its name has the sign turned round (POSIX)."""
    found = _OFFSET.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        return None
    hours = int(found["hours"]) * (-1 if found["sign"] in "-\u2212" else 1)
    name = "UTC" if not hours else f"Etc/GMT{-hours:+d}"
    return name if name in names() else None


@lru_cache(maxsize=1)
def _by_city() -> dict[str, str]:
    """Return the zones by their cities, named in each of our languages as Unicode's CLDR names them."""
    cities = {_city(name): name for name in reversed(names()) if _is_of_a_region(name)}
    for locale in LOCALES[1:]:
        for zone, known in Locale.parse(locale, sep="-").time_zones.items():
            if "city" in known and zone in names():
                cities.setdefault(_plain(known["city"]), _MODERN.get(zone) or zone)
    return {**cities, **{_plain(city): zone for city, zone in ELSEWHERE.items()}}


def now_in(zone: str, now_ms: int) -> tuple[str, str]:
    """Return a zone's local time as ``21:05``, and its offset from UTC as ``+08:00``."""
    local = datetime.datetime.fromtimestamp(now_ms / 1000, tz=ZoneInfo(zone))
    return f"{local:%H:%M}", local.isoformat(timespec="minutes")[-6:]


def _has(name: str, wanted: str) -> bool:
    """Whether a zone is found by a part of its name; of those whose signs are turned round only if they are meant."""
    if wanted.isdigit():
        return False
    return wanted in _plain(name) and (wanted.startswith("etc") or not name.startswith("Etc/GMT"))


def _is_begun(city: str, wanted: str) -> bool:
    """Whether a city is meant by its beginning, or in Chinese by any part."""
    return city.startswith(wanted) or (not wanted.isascii() and wanted in city)


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
