"""The log as a file: CSV for spreadsheets, JSON Lines for programs. What a job cost the operator is in neither."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import Refusal, Timeline
from bot.domain.money import to_cny
from bot.presentation.jobs.job_copy import is_linked, link_to
from bot.presentation.kit.texts import Texts
from bot.presentation.log.texts import rewritten
from bot.presentation.reports.tables import inert


class Format(StrEnum):
    CSV = "csv"
    JSON_LINES = "jsonl"


COLUMNS = {
    "number": "table-number",
    "asked_at": "table-asked",
    "member": "table-mention",
    "account": "table-account",
    "status": "table-status",
    "failure": "table-failure",
    "model": "table-model",
    "size": "table-size",
    "requested": "table-requested",
    "seed": "table-seed",
    "charged_images": "table-images",
    "free_images": "table-free",
    "charged_cny": "table-charged",
    "free_given_back": "table-back-free",
    "given_back_cny": "table-back",
    "private": "table-private",
    "removed_at": "table-removed",
    "link": "table-link",
    "picture_of": "table-picture-of",
    "task_id": "table-task",
    "typed_prompt": "table-typed",
    "prompt": "table-prompt",
    "negative_prompt": "table-negative",
    "rewritten_prompts": "table-rewritten",
}
"""Of a job, with the keys of their headers."""

REFUSAL_COLUMNS = {
    "refused_at": "table-asked",
    "member": "table-mention",
    "account": "table-account",
    "reason": "table-reason",
    "model": "table-model",
}
Row = dict[str, Any]

_BREAKS = {point: f"\\u{point:04x}" for point in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
# A spreadsheet whose own separator is the semicolon cuts cells at it, quoted or not.
_BEHIND_SEPARATOR = re.compile("([;；]\\s*[\"']*\\s*)(?=[=+\\-@＝＋－＠])")
_DIRECTIONS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Written:
    """A file, as far as it fits.

    Attributes:
        rows: that are in it.
        last_ms: when the oldest of them was asked for; 0: there is none.
        is_whole: nothing was left out.
    """

    data: bytes
    rows: int
    last_ms: int
    is_whole: bool

    def goes_on(self, zone: ZoneInfo) -> str:
        """Return the moment before which the rest was asked for, as moderators type it; nothing is left out by it."""
        after = datetime.fromtimestamp(self.last_ms // 1000 + 1, UTC).astimezone(zone)
        return f"{after:%Y-%m-%d %H:%M:%S}"


class Jobs:
    """Jobs as rows."""

    columns: Mapping[str, str] = COLUMNS

    def row(self, job: Job, zone: ZoneInfo, /) -> Row:
        """Return one job; Discord's ids as mentions, because a spreadsheet rounds the bare numbers."""
        charge, request = job.charged, job.request
        return {
            "number": job.number,
            "asked_at": _iso(job.created_ms, zone),
            "member": f"<@{job.member_id}>" if job.member_id else None,
            "account": job.account_id,
            "status": "refused" if job.is_vendor_refusal else job.state.value,
            "failure": job.failure or None,
            "model": request.model,
            "size": str(request.size),
            "requested": request.count,
            "seed": request.seed,
            "charged_images": charge.images if charge else None,
            "free_images": charge.free_images if charge else None,
            "charged_cny": f"{to_cny(charge.paid_micros):f}" if charge else None,
            "free_given_back": job.given_back.free_images if charge else None,
            "given_back_cny": f"{to_cny(job.given_back.credit_micros):f}" if charge else None,
            "private": request.private,
            "removed_at": _iso(job.deleted_ms, zone) if job.deleted_ms else None,
            "link": link_to(job) if is_linked(job) else None,
            "picture_of": _owner(job),
            "task_id": job.task_id or None,
            "typed_prompt": request.typed_prompt,
            "prompt": request.prompt,
            "negative_prompt": request.negative_prompt,
            "rewritten_prompts": rewritten(job),
        }

    def at_ms(self, job: Job, /) -> int:
        """Return when it was asked for."""
        return job.created_ms


class Refusals:
    """Refusals as rows."""

    columns: Mapping[str, str] = REFUSAL_COLUMNS

    def row(self, refusal: Refusal, zone: ZoneInfo, /) -> Row:
        """Return one refusal."""
        return {
            "refused_at": _iso(refusal.at_ms, zone),
            "member": f"<@{refusal.member_id}>" if refusal.member_id else None,
            "account": refusal.account_id,
            "reason": refusal.reason,
            "model": refusal.model or None,
        }

    def at_ms(self, refusal: Refusal, /) -> int:
        """Return when it was refused."""
        return refusal.at_ms


async def write(
    things: AsyncIterator[Any],
    shape: Jobs | Refusals,
    format_: Format,
    *,
    zone: ZoneInfo,
    limit_bytes: int,
    texts: Texts,
    locale: str,
) -> Written:
    """Write what comes, until nothing more comes or fits.

    Args:
        things: jobs or refusals, newest first.
        shape: how one becomes a row.
        format_: of the file. CSV is UTF-8 with a byte order mark, by which spreadsheets tell the encoding.
        zone: in which times are given.
        limit_bytes: that the file may have.
        texts: for the headers.
        locale: the reader's.
    """
    headers = [texts.plain(locale, key) for key in shape.columns.values()]
    data = bytearray(_line(headers).encode("utf-8-sig") if format_ is Format.CSV else b"")
    rows = last_ms = 0
    async for thing in things:
        row = shape.row(thing, zone)
        line = csv_line(row) if format_ is Format.CSV else json_line(row)
        if len(data) + len(line) > limit_bytes:
            return Written(bytes(data), rows, last_ms, is_whole=False)
        data += line
        rows, last_ms = rows + 1, shape.at_ms(thing)
    return Written(bytes(data), rows, last_ms, is_whole=True)


def csv_line(row: Row) -> bytes:
    """Return a row of CSV, on one line, in which no cell acts as a formula; the exact text is in the other format."""
    return _line([_cell(value) for value in row.values()]).encode("utf-8", "replace")


def json_line(row: Row) -> bytes:
    """Return a row of JSON Lines; what some readers take for the end of a line is escaped."""
    return (json.dumps(row, ensure_ascii=False).translate(_BREAKS) + "\n").encode("utf-8", "replace")


def record(timeline: Timeline) -> bytes:
    """Return what may not fit into a message, as it was typed: the prompts, and every event with its time in UTC."""
    job = timeline.job
    typed = job.request.enhanced.original if job.request.enhanced else ""
    prompts = [
        ("prompt as typed", typed),
        ("prompt", job.request.prompt),
        ("negative prompt", job.request.negative_prompt),
    ]
    prompts += [("rewritten prompt", text) for text in rewritten(job)]
    parts = [f"{name}:\n{text}\n" for name, text in prompts if text]
    for event in timeline.events:
        # What the vendor billed is the operator's alone.
        told = {name: value for name, value in event.detail.items() if name != "billed"}
        detail = json.dumps(told, ensure_ascii=False)
        who = f" account {event.account_id}" if event.account_id else ""
        parts.append(f"{_iso(event.at_ms, ZoneInfo('UTC'))} {event.act}{who} {detail}")
    return "\n".join(parts).encode("utf-8-sig", "replace")


def _line(cells: list[str]) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(cells)
    return file.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return _cell(" | ".join(value))
    if not isinstance(value, str):
        return str(value)
    visible = "".join(" " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one for one in value)
    return inert(_BEHIND_SEPARATOR.sub(r"\1'", _DIRECTIONS.sub("", visible)))


def _owner(job: Job) -> str | None:
    """Return which other member's picture was edited: who was forgotten has an account alone."""
    return f"<@{job.owner_id}>" if job.owner_id else f"account {job.owner_account_id}" if job.owner_account_id else None


def _iso(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).astimezone(zone).isoformat()
