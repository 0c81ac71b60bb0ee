"""Usage reports for tests of charts and tables."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.books.usage_report import DayUsage, MemberModelUsage, MonthUse, Usage, UsageReport
from bot.domain.time.periods import PeriodKind, period_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOVEMBER_23_MS = 1_795_392_000_000
TURBO, PREVIEW = "wanx2.1-t2i-turbo", "wan2.5-t2i-preview"
TURBO_PRICE = 140_000


def report_of(*rows: MemberModelUsage, kind: PeriodKind = PeriodKind.MONTH) -> UsageReport:
    """A report of November 2026, or a part of it, with all images on its 23rd."""
    images, free = sum(row.usage.images for row in rows), sum(row.usage.free_images for row in rows)
    days = (DayUsage(date(2026, 11, 23), images, free),) if images else ()
    return UsageReport(period_at(kind, SHANGHAI, NOVEMBER_23_MS), SHANGHAI, rows, days, {"over-quota": 3})


def use(account_id: int, free: int, paid: int = 0, model: str = TURBO) -> MemberModelUsage:
    """What a member used, whose Discord id is 1000 more than the account."""
    usage = Usage(1, free + paid, free, paid * TURBO_PRICE, list_micros=(free + paid) * TURBO_PRICE)
    return MemberModelUsage(account_id, 1000 + account_id, model, usage)


def month_of(images: int, pool_micros: int | None) -> MonthUse:
    """What a server used in all of November 2026, nothing of it free."""
    total = Usage(images, images, 0, images * TURBO_PRICE, list_micros=images * TURBO_PRICE)
    return MonthUse(period_at(PeriodKind.MONTH, SHANGHAI, NOVEMBER_23_MS), SHANGHAI, total, pool_micros)


def crowd(count: int) -> UsageReport:
    """A report of ``count`` members: the first used ``count`` images, the last one."""
    return report_of(*(use(place + 1, free=count - place) for place in range(count)))
