import itertools
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import PeriodKind, period_at

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
DAY, WEEK, MONTH = PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH
SHANGHAI, NEW_YORK, LONDON = "Asia/Shanghai", "America/New_York", "Europe/London"
OPERATORS = Calendar(DAY, SHANGHAI)


def at(zone: str, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1000)  # pyright: ignore[reportArgumentType]


def changed(settings: Settings, kind: PeriodKind, zone: str, now_ms: int) -> Settings:
    return settings.with_calendar(Calendar(kind, zone), OPERATORS, now_ms)


def in_force(settings: Settings, now_ms: int) -> Calendar:
    return settings.calendar_at(now_ms) or OPERATORS


def test_a_server_that_decided_nothing_counts_as_the_operator_does():
    assert Settings().calendar_at(0) is None
    now_ms = at(SHANGHAI, 2026, 11, 23, 12)
    assert OPERATORS.period_at(now_ms) == period_at(DAY, ZoneInfo(SHANGHAI), now_ms)


@pytest.mark.parametrize("zone", [SHANGHAI, NEW_YORK, "UTC"])
@pytest.mark.parametrize("kind", list(PeriodKind))
def test_a_change_waits_for_the_end_of_the_period_that_runs(kind: PeriodKind, zone: str):
    now_ms = at(SHANGHAI, 2026, 11, 23, 12)
    settings = changed(Settings(), kind, zone, now_ms)
    boundary_ms = at(SHANGHAI, 2026, 11, 24)
    if (kind, zone) == (DAY, SHANGHAI):
        assert settings == Settings()
        return
    assert settings.calendar is None
    assert settings.next_calendar == Calendar(kind, zone, boundary_ms)
    assert settings.calendar_at(boundary_ms - 1) is None
    assert settings.calendar_at(boundary_ms) == settings.next_calendar
    first = Calendar(kind, zone, boundary_ms).period_at(boundary_ms)
    assert first.start_ms == boundary_ms
    assert first.end_ms == period_at(kind, ZoneInfo(zone), boundary_ms).end_ms


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 8), 23), ((2026, 11, 1), 25), ((2026, 7, 1), 24)], ids=["spring", "autumn", "summer"]
)
def test_a_change_on_a_daylight_saving_day_waits_for_that_days_own_end(day: tuple[int, int, int], hours: int):
    begun_ms = at(NEW_YORK, *day)
    settings = Settings(calendar=Calendar(DAY, NEW_YORK, 1))
    after = changed(settings, WEEK, SHANGHAI, begun_ms + HOUR_MS)
    assert after.next_calendar is not None
    assert after.next_calendar.since_ms == begun_ms + hours * HOUR_MS
    assert in_force(after, begun_ms + hours * HOUR_MS - 1).zone == NEW_YORK


def test_the_second_hour_of_two_on_an_autumn_day_lies_in_the_same_period():
    calendar = Calendar(DAY, NEW_YORK, 1)
    # 01:30 comes twice on that day.
    first_ms = at(NEW_YORK, 2026, 11, 1, 1, 30)
    assert calendar.period_at(first_ms) == calendar.period_at(first_ms + HOUR_MS)
    assert calendar.period_at(first_ms).key == f"2026-11-01 {NEW_YORK}"


def test_a_calendar_that_took_over_stays_when_the_next_is_chosen():
    monday_ms = at(SHANGHAI, 2026, 11, 23, 12)
    weekly = changed(Settings(), WEEK, NEW_YORK, monday_ms)
    later_ms = monday_ms + 3 * DAY_MS
    again = changed(weekly, MONTH, NEW_YORK, later_ms)
    assert again.calendar == weekly.next_calendar
    assert again.next_calendar == Calendar(MONTH, NEW_YORK, at(NEW_YORK, 2026, 11, 30))
    assert in_force(again, later_ms) == weekly.next_calendar


def test_choosing_what_applies_already_takes_a_change_back():
    now_ms = at(SHANGHAI, 2026, 11, 23, 12)
    planned = changed(Settings(), MONTH, NEW_YORK, now_ms)
    assert changed(planned, DAY, SHANGHAI, now_ms) == Settings()
    own = replace(Settings(), calendar=Calendar(WEEK, LONDON, 1))
    assert changed(changed(own, DAY, LONDON, now_ms), WEEK, LONDON, now_ms) == own


def test_the_last_of_several_changes_before_a_boundary_counts():
    now_ms = at(SHANGHAI, 2026, 11, 23, 12)
    settings = changed(changed(Settings(), WEEK, NEW_YORK, now_ms), MONTH, LONDON, now_ms + HOUR_MS)
    assert settings.next_calendar == Calendar(MONTH, LONDON, at(SHANGHAI, 2026, 11, 24))


steps = st.lists(
    st.tuples(st.integers(1, 40 * DAY_MS), st.sampled_from(PeriodKind), st.sampled_from([SHANGHAI, NEW_YORK, LONDON])),
    min_size=1,
    max_size=12,
)


@given(steps)
def test_whatever_is_changed_periods_neither_overlap_nor_share_a_key(steps: list[tuple[int, PeriodKind, str]]):
    now_ms = at(SHANGHAI, 2026, 2, 1, 12)
    settings, seen = Settings(), {}
    for gap_ms, kind, zone in steps:
        # The periods that run, until something is decided again.
        for moment in range(now_ms, now_ms + gap_ms, 5 * HOUR_MS):
            period = in_force(settings, moment).period_at(moment)
            assert period.start_ms <= moment < period.end_ms
            assert seen.setdefault(period.key, period) == period
        now_ms += gap_ms
        settings = changed(settings, kind, zone, now_ms)
    runs = sorted(seen.values(), key=lambda period: period.start_ms)
    for one, after in itertools.pairwise(runs):
        assert one.end_ms <= after.start_ms


def test_the_lower_of_both_pools_applies():
    assert Settings().pool_within(None) is None
    assert Settings().pool_within(5) == 5
    assert Settings(pool_micros=3).pool_within(5) == 3
    # The operator may have lowered the ceiling since.
    assert Settings(pool_micros=7).pool_within(5) == 5
    assert Settings(pool_micros=7).pool_within(None) == 7
    assert Settings(pool_micros=0).pool_within(5) == 0


@pytest.mark.parametrize(
    ("own", "ceiling", "lowers"),
    [(None, None, False), (None, 5, False), (3, 5, True), (5, 5, False), (7, 5, False), (7, None, True), (0, 5, True)],
)
def test_admins_have_set_the_pool_where_theirs_is_below_the_operators(own, ceiling, lowers):
    assert Settings(pool_micros=own).has_own_pool(ceiling) is lowers


@pytest.mark.parametrize(("chosen", "spoken"), [("", "en-US"), ("zh-CN", "zh-CN")])
def test_the_admins_word_on_the_language_wins_over_discords(chosen: str, spoken: str):
    assert Settings(language=chosen).language_over("en-US") == spoken
