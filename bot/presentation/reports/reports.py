"""/quota report: what a server used, in numbers, as a chart and as a table."""

import asyncio
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import discord
from discord.app_commands import Choice

from bot.domain.books.usage_report import MemberUsage, MonthUse, Usage, UsageReport, first_day, last_day
from bot.domain.time.periods import Period, PeriodKind, named
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.escaping import shortened
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.names import on_one_line, zone_name
from bot.presentation.kit.reasons import OTHER_REFUSAL, REFUSALS
from bot.presentation.kit.receipt import with_back
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.reports.charts import ChartFailed, Charts
from bot.presentation.reports.tables import csv_of
from bot.presentation.reports.usage import (
    TOP_MEMBERS,
    TOP_MODELS,
    back_of,
    days_of,
    describe,
    month_of,
    name_of,
    period_of,
    totals_at_list,
)
from bot.service.servers.reporting import CURRENT, PREVIOUS, Reporting

log = logging.getLogger(__name__)

NAMES_WITHIN_S = 3.0
"""For asking Discord after the names of those who used most; who isn't known by then is shown by a number."""

MOST_ROWS = 5_000
"""Rows of the table: more take seconds to write, and no reader looks at them."""

PERIODS = {CURRENT: "choice-period-current", PREVIOUS: "choice-period-previous"}


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a report is put into words.

    Attributes:
        names: of those who used most, by Discord id.
        server: its name.
        locale: the reader's.
        limit_bytes: that one file may have.
    """

    names: Mapping[int, str]
    server: str
    locale: str
    limit_bytes: int


@dataclass(frozen=True, slots=True)
class Written:
    """A report, ready to be sent; without chart or table where there is nothing to show, or it could not be made."""

    text: str
    chart: bytes = b""
    table: bytes = b""


class Reports:
    """Answers with the usage of the server in which it is asked for. Whether by an admin is the caller's to check."""

    def __init__(self, *, reporting: Reporting, charts: Charts, texts: Texts, clock: Clock) -> None:
        self._reporting = reporting
        self._charts = charts
        self._texts = texts
        self._clock = clock

    async def answer(self, interaction: AnyInteraction, period: str | None) -> None:
        """Answer, deferred, with the report of a period; see ``Reporting.server`` for how it is named.

        Raises:
            MemberError: if there is no such period.
        """
        server_id = interaction.guild_id or 0
        report = await self._reporting.server(server_id, period)
        members = await asyncio.to_thread(report.by_member)
        names = await self._names(interaction, members[:TOP_MEMBERS])
        server = interaction.guild.name if interaction.guild else str(server_id)
        reader = Reader(names, server, str(interaction.locale), interaction.filesize_limit)
        # The numbers at once: drawing takes a second or two.
        async with self._clock.timeout(CALL_TIMEOUT_S):
            numbers = _joined(list(self._lines(report, members, reader)))
            await interaction.edit_original_response(content=numbers, allowed_mentions=NOBODY)
        if not report.rows:
            return
        written = await self.write(report, members, reader)
        files = self._files(report, written, reader)
        async with self._clock.timeout(UPLOAD_TIMEOUT_S):
            await interaction.edit_original_response(content=written.text, attachments=files, allowed_mentions=NOBODY)

    async def write(self, report: UsageReport, members: Sequence[MemberUsage], reader: Reader) -> Written:
        """Put a report into words, a chart and a table.

        Args:
            report: what to show.
            members: its ``by_member()``, which takes a while in a large server.
            reader: for whom.
        """
        lines = list(self._lines(report, members, reader))
        if not report.rows:
            return Written(_joined(lines))
        chart, (table, rows) = await asyncio.gather(
            self._chart(report, reader), asyncio.to_thread(self._table, report, members, reader)
        )
        if not chart:
            lines.append(self._texts.say(reader.locale, "report-no-chart"))
        if rows < len(report.rows):
            lines.append(self._texts.say(reader.locale, "report-table-cut", rows=rows, all=len(report.rows)))
        return Written(_joined(lines), chart, table)

    async def choices(self, interaction: AnyInteraction, typed: str) -> list[Choice[str]]:
        """Offer the newest periods that fit what was typed, else all of them, each with its days."""
        locale, wanted = str(interaction.locale), typed.strip().lower()
        offered = [
            (self._period_name(locale, name, period, zone), name)
            for name, period, zone in await self._reporting.offered(interaction.guild_id or 0, typed)
        ]
        fitting = [(label, name) for label, name in offered if wanted in label.lower() or wanted in name]
        return choices(fitting or offered)

    def _period_name(self, locale: str, name: str, period: Period, zone: ZoneInfo) -> str:
        first, wanted = first_day(period, zone), named(name)
        if wanted is not None and wanted[0] is PeriodKind.MONTH:
            return month_of(first, locale)
        days = days_of(first, last_day(period, zone), locale)
        return self._texts.plain(locale, PERIODS[name], days=days) if name in PERIODS else days

    async def _names(self, interaction: AnyInteraction, members: Sequence[MemberUsage]) -> dict[int, str]:
        """Return the names of those who are members still; without the members' intent each has to be asked for."""
        guild = interaction.guild
        if guild is None:
            return {}
        names: dict[int, str] = {}

        async def ask(member_id: int) -> None:
            try:
                member = guild.get_member(member_id) or await guild.fetch_member(member_id)
            except discord.NotFound:
                return
            names[member_id] = member.display_name

        try:
            async with self._clock.timeout(NAMES_WITHIN_S), asyncio.TaskGroup() as asking:
                for member in members:
                    if member.member_id:
                        asking.create_task(ask(member.member_id))
        except Exception as error:  # noqa: BLE001 - too late, a refusal, a cut connection: numbers stand for the names
            log.info("interaction %s: not all members' names could be had: %s", interaction.id, briefly(error))
        return names

    def _files(self, report: UsageReport, written: Written, reader: Reader) -> list[discord.File]:
        first, last = report.first_day, report.last_day
        name = f"usage-{first}" if first == last else f"usage-{first}-{last}"
        files: list[discord.File] = []
        if written.chart:
            alt = describe(report, reader.server, self._texts, reader.locale)
            files.append(discord.File(io.BytesIO(written.chart), f"{name}.png", description=alt))
        if written.table:
            files.append(discord.File(io.BytesIO(written.table), f"{name}.csv"))
        return files

    async def _chart(self, report: UsageReport, reader: Reader) -> bytes:
        """Return the chart; nothing where it can't be drawn or sent."""
        try:
            chart = await self._charts.draw(report, reader.names, reader.server, reader.locale)
        except ChartFailed as error:
            log.warning("no chart: %s", error)
            return b""
        return chart if len(chart) <= reader.limit_bytes else b""

    def _table(self, report: UsageReport, members: Sequence[MemberUsage], reader: Reader) -> tuple[bytes, int]:
        """Return the table, and how many rows it has: of those who used most where there are too many."""
        most = MOST_ROWS
        while True:
            shown = report.of_first(members, most)
            table = csv_of(shown, reader.names, self._texts, reader.locale)
            if len(table) <= reader.limit_bytes or not shown.rows:
                return table, len(shown.rows)
            most = len(shown.rows) // 2

    def _lines(self, report: UsageReport, members: Sequence[MemberUsage], reader: Reader) -> Iterator[str]:
        locale, period = reader.locale, period_of(report, reader.locale)
        server, zone = on_one_line(reader.server), zone_name(report.zone.key)
        yield self._texts.say(locale, "report-heading", server=server, period=period, zone=zone)
        if report.rows:
            yield totals_at_list(report.total, self._texts, locale)
        else:
            yield self._texts.say(locale, "chart-nothing")
        yield from self._month(report, locale)
        if report.rows:
            yield from self._ranking(report, members, reader)
        yield from self._refusals(report, locale)

    def _month(self, report: UsageReport, locale: str) -> Iterator[str]:
        """Say what was used in the whole month, of which the pool is counted, and how much of the pool that is."""
        month = report.month
        if month is None or not month.total.images:
            return
        if month.month != report.period:
            name, said = month_of(month.first_day, locale), totals_at_list(month.total, self._texts, locale)
            yield self._texts.say(locale, "report-month", month=name, totals=Markup(said))
        percent = month.percent_of(month.total.list_micros)
        if percent is not None:
            yield self._texts.say(locale, "report-pool", percent=percent, amount=month.pool_micros or 0)

    def _ranking(self, report: UsageReport, members: Sequence[MemberUsage], reader: Reader) -> Iterator[str]:
        locale, say = reader.locale, self._texts.say
        yield say(locale, "report-members")
        for one in members[:TOP_MEMBERS]:
            name = name_of(one.member_id, one.account_id, reader.names, self._texts, locale)
            yield self._member(name, one.usage, report.month, locale)
        if len(members) > TOP_MEMBERS:
            yield say(locale, "report-others", count=len(members) - TOP_MEMBERS)
        yield say(locale, "report-models")
        for model, usage in report.by_model()[:TOP_MODELS]:
            yield self._line(model, usage, locale)

    def _member(self, name: str, usage: Usage, month: MonthUse | None, locale: str) -> str:
        percent = month.percent_of(usage.list_micros) if month is not None else None
        values = {"name": name, "images": usage.images, "paid": usage.charged_micros, "amount": usage.list_micros}
        if percent is None:
            line = self._texts.say(locale, "report-member", **values)
        else:
            line = self._texts.say(locale, "report-member-share", percent=percent, **values)
        return with_back(line, back_of(usage, self._texts, locale))

    def _line(self, name: str, usage: Usage, locale: str) -> str:
        line = self._texts.say(locale, "report-line", name=name, images=usage.images, paid=usage.charged_micros)
        return with_back(line, back_of(usage, self._texts, locale))

    def _refusals(self, report: UsageReport, locale: str) -> Iterator[str]:
        sums: dict[str, int] = {}
        for reason, count in report.refused.items():
            key = REFUSALS.get(reason, OTHER_REFUSAL).report
            sums[key] = sums.get(key, 0) + count
        if sums:
            yield self._texts.say(locale, "report-refused", count=report.refused_total)
        for key, count in sorted(sums.items(), key=lambda one: -one[1]):
            yield self._texts.say(locale, key, count=count)


def _joined(lines: list[str]) -> str:
    return shortened("\n".join(lines), CONTENT_LIMIT)
