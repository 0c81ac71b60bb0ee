from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.time.moments import moment_ms
from bot.errors import MemberError

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


def at(typed: str, *, is_end: bool = False, zone: ZoneInfo = SHANGHAI) -> str:
    found_ms = moment_ms(typed, zone, NOW_MS, is_end=is_end)
    return datetime.fromtimestamp(found_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-11-23", "2026-11-22 16:00:00"),
        (" 2026/1/2 ", "2026-01-01 16:00:00"),
        ("2026-11-23 14:00", "2026-11-23 06:00:00"),
        ("2026-11-23T14:05:06", "2026-11-23 06:05:06"),
        ("２０２６－１１－２３　１４：００", "2026-11-23 06:00:00"),
        ("12h", "2026-11-22 18:30:00"),
        ("3d", "2026-11-20 06:30:00"),
        ("2W", "2026-11-09 06:30:00"),
        ("90 min", "2026-11-23 05:00:00"),
        ("5m", "2026-11-23 06:25:00"),
        ("3 days", "2026-11-20 06:30:00"),
        ("2 minutes", "2026-11-23 06:28:00"),
        ("1d 12h", "2026-11-21 18:30:00"),
        ("3天", "2026-11-20 06:30:00"),
        ("12 小时", "2026-11-22 18:30:00"),
        ("now", "2026-11-23 06:30:00"),
        ("现在", "2026-11-23 06:30:00"),
        ("today", "2026-11-22 16:00:00"),
        ("Yesterday", "2026-11-21 16:00:00"),
        ("今天", "2026-11-22 16:00:00"),
        ("昨日", "2026-11-21 16:00:00"),
        ("yesterday 14:00", "2026-11-22 06:00:00"),
        ("昨天14:05", "2026-11-22 06:05:00"),
        ("999999w", "1970-01-01 00:00:00"),
    ],
)
def test_days_times_and_how_long_ago_are_understood(typed, expected):
    assert at(typed) == expected


def test_a_day_as_the_end_is_meant_with_all_its_hours_also_where_the_clocks_change():
    assert at("2026-11-23", is_end=True) == "2026-11-23 16:00:00"
    assert at("2026-11-23 14:00", is_end=True) == "2026-11-23 06:00:00"
    assert at("2026-10-25", zone=BERLIN) == "2026-10-24 22:00:00"
    assert at("2026-10-25", zone=BERLIN, is_end=True) == "2026-10-25 23:00:00"


def test_words_for_days_are_the_servers_days_and_as_the_end_meant_with_all_their_hours():
    assert at("today", is_end=True) == "2026-11-23 16:00:00"
    assert at("yesterday", is_end=True) == at("today") == "2026-11-22 16:00:00"
    assert at("昨天", zone=BERLIN, is_end=True) == "2026-11-22 23:00:00"
    assert at("now", is_end=True) == "2026-11-23 06:30:00"


def test_of_an_hour_that_comes_twice_the_whole_is_meant():
    assert at("2026-10-25 02:30", zone=BERLIN) == "2026-10-25 00:30:00"
    assert at("2026-10-25 02:30", zone=BERLIN, is_end=True) == "2026-10-25 01:30:00"


@pytest.mark.parametrize(
    "typed",
    ["", "tomorrow", "now 14:00", "today today",
     "2026-02-30", "2026-11-23 25:00", "2014-12-31", "2101-01-01", "9999-12-31", "0001-01-01", "3y",
     "-3d", "1e3d", "2026-11-23 14", "9999999d", "11/23/2026", "٣d x"],
)  # fmt: skip
@pytest.mark.parametrize("is_end", [False, True])
def test_anything_else_is_refused_with_an_example(typed, is_end):
    with pytest.raises(MemberError) as refused:
        at(typed, is_end=is_end)
    assert (refused.value.key, refused.value.values["example"]) == ("log-no-moment", "2026-11-23")
