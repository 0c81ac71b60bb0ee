"""A usage report in words and bars."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from babel.dates import format_date, format_interval, format_skeleton

from bot.domain.books.usage_report import MemberUsage, Usage, UsageReport, total_of
from bot.presentation.kit.names import on_one_line, zone_name
from bot.presentation.kit.receipt import given_back, with_back
from bot.presentation.kit.texts import Markup, Texts, language_of
from bot.presentation.reports.chart_spec import Bar, ChartSpec, Panel

TOP_MEMBERS = 10
TOP_MODELS = 8

Key = TypeVar("Key")


def chart_spec_of(report: UsageReport, names: Mapping[int, str], server: str, texts: Texts, locale: str) -> ChartSpec:
    """Put a report into bars; without any where nothing was made.

    Args:
        report: what to show.
        names: members' names by Discord id; those of the first `TOP_MEMBERS` of ``report.by_member()`` are needed.
        server: its name.
        texts: the catalogues.
        locale: the reader's.
    """
    total = report.total
    title = texts.plain(locale, "chart-title", server=on_one_line(server))
    when = texts.plain(locale, "chart-period", period=period_of(report, locale), zone=zone_name(report.zone.key))
    if not total.images:
        return ChartSpec(locale, title, (when, texts.plain(locale, "chart-nothing")), free="", paid="", panels=())

    def name(member: MemberUsage) -> str:
        return name_of(member.member_id, member.account_id, names, texts, locale)

    members = [(member, member.usage) for member in report.by_member()]
    panels = [
        Panel(texts.plain(locale, "chart-members"), _ranking(members, TOP_MEMBERS, name, texts, locale)),
        Panel(texts.plain(locale, "chart-models"), _ranking(report.by_model(), TOP_MODELS, on_one_line, texts, locale)),
    ]
    days = report.every_day()
    if len(days) > 1:
        bars = tuple(
            _bar(_day(entry.day, locale), Usage(images=entry.images, free_images=entry.free_images), texts, locale)
            for entry in days
        )
        panels.append(Panel(texts.plain(locale, "chart-days"), bars, upright=True))
    return ChartSpec(
        locale,
        title,
        (when, totals(total, texts, locale)),
        free=texts.plain(locale, "chart-free"),
        paid=texts.plain(locale, "chart-paid"),
        panels=tuple(panels),
    )


def describe(report: UsageReport, server: str, texts: Texts, locale: str) -> str:
    """Return a sentence that says what the picture shows, for those who can't see it."""
    return texts.plain(
        locale,
        "chart-alt",
        server=on_one_line(server),
        period=period_of(report, locale),
        totals=totals(report.total, texts, locale),
    )


def totals(total: Usage, texts: Texts, locale: str) -> str:
    """Return the sums of a report in one line."""
    charged = texts.plain(
        locale,
        "chart-totals",
        jobs=total.jobs,
        images=total.images,
        free=total.free_images,
        paid=total.charged_micros,
    )
    return with_back(charged, back_of(total, texts, locale))


def totals_at_list(total: Usage, texts: Texts, locale: str) -> str:
    """Return the sums of a report in one line, with what they count in the server's pool."""
    said = totals(total, texts, locale)
    return texts.plain(locale, "report-totals", totals=Markup(said), amount=total.list_micros)


def back_of(usage: Usage, texts: Texts, locale: str) -> str:
    """Return a few words for what was given back of what was charged; "" if nothing was."""
    return given_back(texts, locale, usage.free_given_back, usage.micros_given_back)


def period_of(report: UsageReport, locale: str) -> str:
    """Return the days of the report in the reader's form."""
    return days_of(report.first_day, report.last_day, locale)


def days_of(first: date, last: date, locale: str) -> str:
    """Return the first and the last day of something in the reader's form."""
    language = language_of(locale).replace("-", "_")
    if first == last:
        return format_date(first, "long", locale=language)
    return format_interval(first, last, "yMMMd", locale=language)


def month_of(day: date, locale: str) -> str:
    """Name the month of a day in the reader's form."""
    return format_skeleton("yMMMM", day, locale=language_of(locale).replace("-", "_"))


def name_of(member_id: int, account_id: int, names: Mapping[int, str], texts: Texts, locale: str) -> str:
    """Return a member's name on one line, or the account's number where there is none."""
    return on_one_line(names.get(member_id, "")) or texts.plain(locale, "chart-unnamed", account=account_id)


def _ranking(
    entries: Sequence[tuple[Key, Usage]], most: int, label: Callable[[Key], str], texts: Texts, locale: str
) -> tuple[Bar, ...]:
    """Return the first ``most`` entries a bar each, and the others one together."""
    used = [entry for entry in entries if entry[1].images]
    bars = [_bar(label(key), usage, texts, locale) for key, usage in used[:most]]
    if others := used[most:]:
        together = total_of(usage for _, usage in others)
        bars.append(_bar(texts.plain(locale, "chart-others", count=len(others)), together, texts, locale, rest=True))
    return tuple(bars)


def _bar(label: str, usage: Usage, texts: Texts, locale: str, *, rest: bool = False) -> Bar:
    key = "chart-bar-paid" if usage.charged_micros else "chart-bar"
    note = texts.plain(locale, key, images=usage.images, paid=usage.charged_micros)
    return Bar(label, usage.free_images, usage.paid_images, note, rest)


def _day(day: date, locale: str) -> str:
    return format_skeleton("Md", day, locale=language_of(locale).replace("-", "_"))
