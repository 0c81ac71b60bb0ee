"""When a model goes offline, in whatever form that is said."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.providers.dashscope.offline_time import offline_ms

BEIJING = timezone(timedelta(hours=8))
MIDNIGHT = datetime(2026, 12, 24, tzinfo=BEIJING)
MIDNIGHT_MS = int(MIDNIGHT.timestamp() * 1000)
HALF_PAST_NINE_MS = MIDNIGHT_MS + (9 * 3600 + 30 * 60) * 1000


@pytest.mark.parametrize(
    ("said", "is_ms"),
    [
        ("2026-12-24", MIDNIGHT_MS),
        ("20261224", MIDNIGHT_MS),
        (" 2026-12-24 00:00:00 ", MIDNIGHT_MS),
        ("2026-12-24 09:30:00", HALF_PAST_NINE_MS),
        ("2026-12-24 09:30", HALF_PAST_NINE_MS),
        ("2026-12-24T09:30:00", HALF_PAST_NINE_MS),
        ("2026-12-24T09:30:00.000+08:00", HALF_PAST_NINE_MS),
        ("2026-12-24T01:30:00Z", HALF_PAST_NINE_MS),
        (MIDNIGHT_MS, MIDNIGHT_MS),
        (MIDNIGHT_MS // 1000, MIDNIGHT_MS),
        (MIDNIGHT_MS / 1000, MIDNIGHT_MS),
        (str(MIDNIGHT_MS), MIDNIGHT_MS),
        (str(MIDNIGHT_MS // 1000), MIDNIGHT_MS),
        (f"{MIDNIGHT_MS // 1000}.0", MIDNIGHT_MS),
    ],
)
def test_each_form_gives_the_moment(said: object, is_ms: int):
    assert offline_ms(said) == is_ms


@pytest.mark.parametrize(
    "said",
    [
        None, True, False, [], {}, "", "soon", "null", "2026-13-01", "24.12.2026", "1970-01-01", "2014-12-31",
        "2101-01-01", "9999-12-31", "0001-01-01", "9999-12-31T23:59:59-12:00", 0, -1, 1, 7, 10**30, -(10**30),
        float("nan"), float("inf"), float("-inf"), 10**400, "9" * 500, "1" * 13 + ".5.5", 1_420_041_599,
    ],
)  # fmt: skip
def test_what_is_no_moment_of_this_century_is_no_end(said: object):
    assert offline_ms(said) == 0


@given(st.datetimes(datetime(2015, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - given beside
def test_any_moment_is_read_from_each_form(moment: datetime):
    second = moment.replace(microsecond=0)
    ms = int(second.timestamp()) * 1000
    local = f"{second.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
    forms: list[Any] = [ms, ms // 1000, str(ms), second.isoformat(), local]
    assert {offline_ms(form) for form in forms} == {ms}


@given(st.one_of(st.text(), st.integers(), st.floats(), st.lists(st.text()), st.binary()))
def test_nothing_that_is_said_is_an_error(said: object):
    assert offline_ms(said) >= 0
