"""A usage report as a table for spreadsheets."""

import csv
import io
import unicodedata
from collections.abc import Mapping

from bot.domain.books.usage_report import Usage, UsageReport
from bot.domain.money import to_cny
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.usage import name_of

HEADERS = (
    "table-member",
    "table-mention",
    "table-model",
    "table-jobs",
    "table-images",
    "table-free",
    "table-charged",
    "table-back-free",
    "table-back",
    "table-list",
    "table-share",
)


def csv_of(report: UsageReport, names: Mapping[int, str], texts: Texts, locale: str) -> bytes:
    """Return a report as CSV, one row for a member and model: who used most first, then by model.

    UTF-8 with a byte order mark, by which spreadsheets tell the encoding. Amounts are CNY with a point, whatever the
    locale. With many members it takes seconds: call it off the event loop.

    Args:
        report: what to show.
        names: members' names by Discord id.
        texts: the catalogues.
        locale: the reader's, for the headers.
    """
    members = report.by_member()
    places = {member.account_id: place for place, member in enumerate(members)}
    shown = [inert(name_of(member.member_id, member.account_id, names, texts, locale)) for member in members]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([texts.plain(locale, key) for key in HEADERS])
    for row in sorted(report.rows, key=lambda row: (places[row.account_id], -row.usage.images, row.model)):
        writer.writerow(
            [
                shown[places[row.account_id]],
                # As a mention, because a spreadsheet rounds the bare number; and it can be pasted into Discord.
                f"<@{row.member_id}>" if row.member_id else "",
                inert(row.model),
                row.usage.jobs,
                row.usage.images,
                row.usage.free_images,
                f"{to_cny(row.usage.charged_micros):f}",
                row.usage.free_given_back,
                f"{to_cny(row.usage.micros_given_back):f}",
                f"{to_cny(row.usage.list_micros):f}",
                _share(report, row.usage),
            ]
        )
    return file.getvalue().encode("utf-8-sig")


def _share(report: UsageReport, usage: Usage) -> str:
    """Return which share of the month's pool that is, in percent to a hundredth; "" without a limit."""
    pool = report.month.pool_micros if report.month is not None else None
    return f"{usage.list_micros / pool:.2%}".removesuffix("%") if pool else ""


def inert(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: what looks like the start of one gets an apostrophe.

    Also behind blanks, which some strip, and in the wide forms, which East Asian versions read as the plain ones.
    """
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r", "\n"} else text
