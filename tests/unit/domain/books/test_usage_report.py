from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.books.usage_report import DayUsage, MemberModelUsage, MemberUsage, Usage, UsageReport
from bot.domain.time.periods import PeriodKind, period_at

NEW_YORK = ZoneInfo("America/New_York")
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER_23_MS = 1_795_392_000_000
"""Midnight UTC before 23 November 2026: still the 22nd in New York."""


def report(
    *rows: MemberModelUsage,
    kind: PeriodKind = PeriodKind.MONTH,
    zone: ZoneInfo = SHANGHAI,
    days: tuple[DayUsage, ...] = (),
    refused: dict[str, int] | None = None,
) -> UsageReport:
    return UsageReport(period_at(kind, zone, NOVEMBER_23_MS), zone, rows, days, refused or {})


TURBO, PLUS = "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"
ROWS = (
    MemberModelUsage(1, 101, TURBO, Usage(2, 5, 5, 0, list_micros=700_000)),
    MemberModelUsage(2, 102, TURBO, Usage(1, 4, 1, 420_000)),
    MemberModelUsage(1, 101, PLUS, Usage(1, 1, 0, 200_000)),
    MemberModelUsage(3, 0, PLUS, Usage(3, 6, 6, 0)),
)


def test_members_come_by_images_then_by_charge_and_sum_up_their_models():
    assert report(*ROWS).by_member() == [
        MemberUsage(1, 101, Usage(3, 6, 5, 200_000, list_micros=700_000)),
        MemberUsage(3, 0, Usage(3, 6, 6, 0)),
        MemberUsage(2, 102, Usage(1, 4, 1, 420_000)),
    ]


def test_models_come_by_images_and_sum_up_their_members():
    assert report(*ROWS).by_model() == [
        (TURBO, Usage(3, 9, 6, 420_000, list_micros=700_000)),
        (PLUS, Usage(4, 7, 6, 200_000)),
    ]


def test_the_sums_by_member_and_by_model_are_the_total():
    whole = report(*ROWS, refused={"over-quota": 3, "queue-full": 1})
    assert whole.total == Usage(7, 16, 12, 620_000, list_micros=700_000)
    assert whole.total.paid_images == 4
    assert sum((member.usage for member in whole.by_member()), Usage()) == whole.total
    assert sum((usage for _, usage in whole.by_model()), Usage()) == whole.total
    assert whole.refused_total == 4


@pytest.mark.parametrize(("most", "accounts"), [(9, {1, 2, 3}), (4, {1, 2, 3}), (3, {1, 3}), (2, {1}), (1, set())])
def test_a_shortened_report_has_those_who_come_first_and_nobody_in_part(most, accounts):
    whole = report(*ROWS)
    shortened = whole.of_first(whole.by_member(), most)
    assert {row.account_id for row in shortened.rows} == accounts
    assert all(row in shortened.rows for row in ROWS if row.account_id in accounts)


def test_a_report_without_rows_is_all_zero():
    nothing = report()
    assert (nothing.total, nothing.by_member(), nothing.by_model(), nothing.refused_total) == (Usage(), [], [], 0)


def test_every_day_of_the_period_is_there_also_one_that_lasts_25_hours():
    used = DayUsage(date(2026, 11, 2), 3, 1)
    days = report(zone=NEW_YORK, days=(used,)).every_day()
    assert [entry.day for entry in days] == [date(2026, 11, day) for day in range(1, 31)]
    assert days[1] is used
    assert sum(entry.images for entry in days) == 3


def test_a_day_is_the_servers_and_not_utcs():
    assert [entry.day for entry in report(kind=PeriodKind.DAY, zone=NEW_YORK).every_day()] == [date(2026, 11, 22)]
    week = report(kind=PeriodKind.WEEK)
    assert (week.first_day, week.last_day) == (date(2026, 11, 23), date(2026, 11, 29))
