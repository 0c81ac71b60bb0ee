from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.time.periods import PeriodKind, midnight_ms, period_at

HOUR_MS = 3600 * 1000
NEW_YORK = ZoneInfo("America/New_York")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
CAIRO = ZoneInfo("Africa/Cairo")
HAVANA = ZoneInfo("America/Havana")
APIA = ZoneInfo("Pacific/Apia")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("zone", "day", "starts", "hours"),
    [
        (NEW_YORK, date(2026, 3, 8), (2026, 3, 8, 5), 23),
        (NEW_YORK, date(2026, 11, 1), (2026, 11, 1, 4), 25),
        (NEW_YORK, date(2026, 11, 2), (2026, 11, 2, 5), 24),
        # Midnight does not exist: the day begins with the jump to one o'clock.
        (SAO_PAULO, date(2018, 11, 4), (2018, 11, 4, 3), 23),
        (CAIRO, date(2023, 4, 28), (2023, 4, 27, 22), 23),
        # The hour before midnight comes twice: the day before has 25 hours.
        (SAO_PAULO, date(2018, 2, 17), (2018, 2, 17, 2), 25),
        (CAIRO, date(2023, 10, 26), (2023, 10, 25, 21), 25),
        # Midnight comes twice: the day begins with the first.
        (HAVANA, date(2018, 11, 4), (2018, 11, 4, 4), 25),
        # The day that Samoa left out has no length.
        (APIA, date(2011, 12, 30), (2011, 12, 30, 10), 0),
        (SHANGHAI, date(2026, 11, 23), (2026, 11, 22, 16), 24),
    ],
)
def test_a_day_begins_at_its_first_instant(zone: ZoneInfo, day: date, starts: tuple[int, ...], hours: int):
    start_ms = midnight_ms(day, zone)
    assert start_ms == ms(*starts)
    assert midnight_ms(date.fromordinal(day.toordinal() + 1), zone) - start_ms == hours * HOUR_MS


@pytest.mark.parametrize("zone", [NEW_YORK, SAO_PAULO, CAIRO, SHANGHAI])
def test_the_last_millisecond_of_a_day_belongs_to_it(zone: ZoneInfo):
    now_ms = ms(2018, 11, 4, 12)
    today = period_at(PeriodKind.DAY, zone, now_ms)
    assert period_at(PeriodKind.DAY, zone, today.start_ms) == today
    assert period_at(PeriodKind.DAY, zone, today.end_ms - 1) == today
    assert period_at(PeriodKind.DAY, zone, today.end_ms).start_ms == today.end_ms
    assert period_at(PeriodKind.DAY, zone, today.start_ms - 1).end_ms == today.start_ms


@pytest.mark.parametrize(
    ("day", "key"),
    [
        ((2026, 11, 23), "2026-W48"),
        ((2026, 12, 31), "2026-W53"),
        ((2027, 1, 3), "2026-W53"),
        ((2027, 1, 4), "2027-W01"),
        ((2024, 12, 30), "2025-W01"),
        ((2020, 12, 28), "2020-W53"),
    ],
)
def test_a_week_is_named_by_the_year_of_its_thursday_and_begins_on_monday(day: tuple[int, int, int], key: str):
    week = period_at(PeriodKind.WEEK, ZoneInfo("UTC"), ms(*day, 12))
    assert week.key == key
    assert datetime.fromtimestamp(week.start_ms / 1000, UTC).weekday() == 0
    assert week.end_ms - week.start_ms == 7 * 24 * HOUR_MS


@pytest.mark.parametrize(("month", "days"), [(1, 31), (2, 29), (4, 30), (12, 31)])
def test_a_month_has_its_days(month: int, days: int):
    period = period_at(PeriodKind.MONTH, ZoneInfo("UTC"), ms(2028, month, days, 23, 59))
    assert period.key == f"2028-{month:02d}"
    assert period.end_ms - period.start_ms == days * 24 * HOUR_MS


def test_the_same_instant_is_another_day_in_another_zone():
    now_ms = ms(2026, 11, 30, 17)
    assert period_at(PeriodKind.DAY, SHANGHAI, now_ms).key == "2026-12-01"
    assert period_at(PeriodKind.MONTH, SHANGHAI, now_ms).key == "2026-12"
    assert period_at(PeriodKind.MONTH, NEW_YORK, now_ms).key == "2026-11"


@given(
    kind=st.sampled_from(PeriodKind),
    zone=st.sampled_from([NEW_YORK, SAO_PAULO, CAIRO, HAVANA, APIA, SHANGHAI, ZoneInfo("Australia/Lord_Howe")]),
    now_ms=st.integers(ms(1990, 1, 1), ms(2050, 1, 1)),
)
def test_every_instant_lies_in_one_period_and_periods_follow_each_other(kind: PeriodKind, zone: ZoneInfo, now_ms: int):
    period = period_at(kind, zone, now_ms)
    assert period.start_ms <= now_ms < period.end_ms
    assert period_at(kind, zone, period.start_ms) == period
    assert period_at(kind, zone, period.end_ms - 1) == period
    following = period_at(kind, zone, period.end_ms)
    assert following.start_ms == period.end_ms
    assert following.key > period.key
