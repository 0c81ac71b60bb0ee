"""Reports: of one server for its admins, of all for the operator, and the operator's weekly word."""

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.books.bill import Bill
from bot.domain.books.usage_report import MonthUse, UsageReport
from bot.domain.requests.policy import Policy
from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import Period, PeriodKind, midnight_ms, named, period_at
from bot.errors import MemberError
from bot.ports import Clock, Reports, Servers

CURRENT, PREVIOUS = "current", "previous"

FIRST_DAY = date(2015, 1, 1)
"""Discord's ids count from here; nothing can have been asked for earlier."""

MONTHS_OFFERED = 6
"""Of a report, by name: any other can be typed."""

WORD_AT = time(9)
"""When the operator's Monday begins."""


class Reporting:
    """Sums up what was used."""

    def __init__(self, *, reports: Reports, servers: Servers, policy: Policy, clock: Clock) -> None:
        self._reports = reports
        self._servers = servers
        self._policy = policy
        self._clock = clock
        self._settled_week = ""

    async def server(self, server_id: int, which: str | None = None) -> UsageReport:
        """Return what a server used in one of its own periods; what its admins may see has no cost in it.

        Args:
            server_id: whose.
            which: ``current`` (also None), ``previous``, a day of the period as ``2026-11-23``, or a calendar month
                as ``2026-11``, whatever the server's periods are.

        Raises:
            MemberError: if ``which`` names no period that has begun.
        """
        settings = await self._servers.settings(server_id)
        period, zone = self._named(settings, which or CURRENT)
        report = await self._reports.usage(server_id, period, zone)
        return replace(report, month=await self._month(server_id, settings, period))

    async def offered(self, server_id: int, typed: str) -> list[tuple[str, Period, ZoneInfo]]:
        """Return periods by the names that ``server`` takes: what was typed, if that is one, and the newest."""
        settings = await self._servers.settings(server_id)
        names = [CURRENT, PREVIOUS, *self._newest_months(settings)]
        with contextlib.suppress(MemberError):
            self._named(settings, typed)
            names.insert(0, typed.strip().lower())
        # A month may be the current or the previous period: it is offered by its first name.
        offered: dict[tuple[int, int], tuple[str, Period, ZoneInfo]] = {}
        for name in names:
            period, zone = self._named(settings, name)
            offered.setdefault((period.start_ms, period.end_ms), (name, period, zone))
        return list(offered.values())

    async def operator(self, month: date | None = None) -> Bill:
        """Return the bill of a calendar month in the operator's zone; ``month`` is a day of it, None: this month."""
        at_ms = self._clock.now_ms() if month is None else midnight_ms(month, self._policy.zone)
        period = period_at(PeriodKind.MONTH, self._policy.zone, at_ms)
        return await self._reports.bill(period, period, self._policy)

    async def say_weekly(self) -> None:
        """Write the operator's word on last week: from Monday 09:00 in the operator's zone on, once a week.

        Whoever was not running then says it late. Of a week in which nothing was made nothing is said.
        """
        zone, now_ms = self._policy.zone, self._clock.now_ms()
        week = period_at(PeriodKind.WEEK, zone, now_ms)
        if self._settled_week == week.key or now_ms < _morning_ms(week, zone):
            return
        what = f"operator-report {week.key}"
        if not await self._reports.was_said(what):
            last_week = period_at(PeriodKind.WEEK, zone, week.start_ms - 1)
            month = period_at(PeriodKind.MONTH, zone, now_ms)
            bill = await self._reports.bill(last_week, month, self._policy)
            if not bill.is_empty:
                await self._reports.say_once(what, bill)
        self._settled_week = week.key

    def _named(self, settings: Settings, which: str) -> tuple[Period, ZoneInfo]:
        """Return the period of a name, see ``server``, and the zone that it is counted in."""
        now_ms = self._clock.now_ms()
        period, zone = self._period_at(settings, now_ms)
        wanted = which.strip().lower()
        if wanted == CURRENT:
            return period, zone
        if wanted == PREVIOUS:
            return self._period_at(settings, period.start_ms - 1)
        kind, day = _day_of(wanted, zone, now_ms)
        if kind is PeriodKind.MONTH:
            return period_at(kind, zone, midnight_ms(day, zone)), zone
        return self._period_at(settings, midnight_ms(day, zone))

    def _newest_months(self, settings: Settings) -> list[str]:
        """Name the month that runs in the server's zone, and those before it."""
        now_ms = self._clock.now_ms()
        _, zone = self._period_at(settings, now_ms)
        months: list[str] = []
        for _ in range(MONTHS_OFFERED):
            month = period_at(PeriodKind.MONTH, zone, now_ms)
            months.append(month.key)
            now_ms = month.start_ms - 1
        return months

    async def _month(self, server_id: int, settings: Settings, period: Period) -> MonthUse:
        """Return the month of the pool in which a period ends, or which runs."""
        now_ms, zone = self._clock.now_ms(), self._policy.zone
        month = period_at(PeriodKind.MONTH, zone, min(period.end_ms - 1, now_ms))
        use = await self._reports.month(server_id, month, zone)
        # Of an earlier month's limit its last request tells.
        return (
            replace(use, pool_micros=settings.pool_within(self._policy.pool_micros)) if now_ms < month.end_ms else use
        )

    def _period_at(self, settings: Settings, at_ms: int) -> tuple[Period, ZoneInfo]:
        """Return the server's period that contains a moment, and the zone that it is counted in."""
        calendar = settings.calendar_at(at_ms) or Calendar(self._policy.period, self._policy.zone.key)
        zone = ZoneInfo(calendar.zone)
        if at_ms >= calendar.since_ms:
            return calendar.period_at(at_ms), zone
        # Which calendar came before is not kept: periods of today's kind, up to where it begins.
        period = replace(calendar, since_ms=0).period_at(at_ms)
        return replace(period, end_ms=min(period.end_ms, calendar.since_ms)), zone


def _day_of(typed: str, zone: ZoneInfo, now_ms: int) -> tuple[PeriodKind, date]:
    """Return the day that is named, or the first of the month."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    examples = {"example": today.isoformat(), "month": f"{today:%Y-%m}"}
    found = named(typed)
    if found is None or found[1] < FIRST_DAY:
        raise MemberError("report-no-period", typed=typed, **examples)
    if found[1] > today:
        raise MemberError("report-period-to-come", typed=typed, **examples)
    return found


def _morning_ms(week: Period, zone: ZoneInfo) -> int:
    # Not nine hours after midnight: the clocks may change on a Monday.
    monday = datetime.fromtimestamp(week.start_ms / 1000, UTC).astimezone(zone).date()
    return int(datetime.combine(monday, WORD_AT, tzinfo=zone).timestamp() * 1000)
