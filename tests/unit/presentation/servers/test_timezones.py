import pytest

from bot.presentation.servers import timezones

WINTER_MS = 1_795_000_000_000
"""2026-11-18 11:06:40 UTC."""


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("shang", "Asia/Shanghai"),
        ("new york", "America/New_York"),
        ("NEW_YORK", "America/New_York"),
        ("utc", "UTC"),
        ("gmt", "GMT"),
        ("berlin", "Europe/Berlin"),
        ("asia/sin", "Asia/Singapore"),
        ("lond", "Europe/London"),
        ("beijing", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("utc+8", "Etc/GMT-8"),
        ("上", "Asia/Shanghai"),
        ("beij", "Asia/Shanghai"),
        ("CST", "Asia/Shanghai"),
        ("8", "Etc/GMT-8"),
    ],
)
def test_what_is_meant_comes_first(typed, first):
    assert timezones.matching(typed, 25)[0] == first


def test_an_offset_is_offered_by_the_sign_that_was_typed_and_a_bare_number_to_either_side():
    assert timezones.matching("8", 25) == ["Etc/GMT-8", "Etc/GMT+8"]
    assert timezones.matching("utc8", 25) == timezones.matching("GMT 8", 25) == ["Etc/GMT-8", "Etc/GMT+8"]
    assert timezones.matching("gmt+8", 25) == ["Etc/GMT-8"]
    assert timezones.matching("etc/gmt-1", 2) == ["Etc/GMT-1", "Etc/GMT-10"]
    assert timezones.matching("99", 25) == []


def test_an_abbreviation_of_several_zones_offers_them_and_takes_none():
    assert timezones.matching("cst", 3) == ["Asia/Shanghai", "America/Chicago", "CST6CDT"]
    assert timezones.find("CST") is None


def test_cities_come_before_the_older_names_of_countries():
    assert timezones.matching("singapor", 25) == ["Asia/Singapore", "Singapore"]
    assert timezones.matching("hongkong", 25) == ["Hongkong"]
    assert timezones.matching("eastern", 25)[-1] == "US/Eastern"


def test_no_more_than_asked_for_are_given_and_the_common_ones_before_anything_is_typed():
    assert len(timezones.matching("a", 25)) == 25
    assert timezones.matching("  ", 3) == list(timezones.COMMON[:3])


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("asia/shanghai", "Asia/Shanghai"),
        (" America/New York ", "America/New_York"),
        ("Shanghai", "Asia/Shanghai"),
        ("new york", "America/New_York"),
        ("Beijing", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("上海", "Asia/Shanghai"),
        ("纽约", "America/New_York"),
        ("加尔各答", "Asia/Kolkata"),
        ("UTC+8", "Etc/GMT-8"),
        ("utc +08:00", "Etc/GMT-8"),
        ("GMT-5", "Etc/GMT+5"),
        ("+8", "Etc/GMT-8"),
        ("ＵＴＣ＋８", "Etc/GMT-8"),
        ("UTC\u22123", "Etc/GMT+3"),
        ("UTC+0", "UTC"),
        ("UTC", "UTC"),
        ("GMT", "GMT"),
        ("Singapore", "Singapore"),
        ("UTC+5:30", None),
        ("UTC+15", None),
        ("8", None),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_zone_is_found_by_name_city_or_offset_in_both_languages(typed, named):
    assert timezones.find(typed) == named


@pytest.mark.parametrize(
    ("typed", "named"),
    [("Shangai", "Asia/Shanghai"), ("Europe/Berlim", "Europe/Berlin"), ("Bejing", "Asia/Shanghai")],
)
def test_a_slip_is_answered_with_what_may_be_meant(typed, named):
    assert timezones.similar(typed, 5)[0] == named


@pytest.mark.parametrize("typed", ["qqqq", " ", "UTC+15"])
def test_nothing_is_like_what_nobody_means(typed):
    assert timezones.similar(typed, 5) == []


def test_an_offset_is_the_one_that_was_typed():
    assert timezones.now_in(timezones.find("UTC+8") or "", WINTER_MS)[1] == "+08:00"
    assert timezones.now_in(timezones.find("-3:00") or "", WINTER_MS)[1] == "-03:00"


def test_common_zones_exist_and_all_can_be_opened():
    assert set(timezones.ELSEWHERE.values()) <= set(timezones.names())
    assert set(timezones.COMMON) <= set(timezones.names())
    times = [timezones.now_in(name, WINTER_MS) for name in timezones.names()]
    assert len(times) > 400


@pytest.mark.parametrize(
    ("zone", "time", "offset"),
    [("UTC", "11:06", "+00:00"), ("Asia/Kolkata", "16:36", "+05:30"), ("America/New_York", "06:06", "-05:00")],
)
def test_the_time_there_is_told_with_its_offset(zone, time, offset):
    assert timezones.now_in(zone, WINTER_MS) == (time, offset)
