"""The log as a file: complete, on its lines, and inert in a spreadsheet."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.log.moderator_log import Event, Refusal, Timeline
from bot.presentation.kit.texts import Texts
from bot.presentation.log.tables import Format, Jobs, Refusals, Written, csv_line, json_line, record, write
from tests.support.attacks import Attack, attacks
from tests.unit.presentation.samples import job_in

ZONE = ZoneInfo("Asia/Shanghai")
TEXTS = Texts.load()
SIGNS = {"=", "+", "-", "@"}


def cells(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def acts_as_a_formula(cell: str) -> bool:
    """Judge a cell as a spreadsheet may that strips blanks, quotes and wide forms."""
    text = unicodedata.normalize("NFKC", cell).lstrip(' \t\r\n"\u3000')
    return text[:1] in SIGNS or cell[:1] in {"\t", "\r", "\n"}


def test_no_attack_leaves_its_cell_or_its_line_or_acts_as_a_formula():
    found = attacks()
    assert len(found) >= 300
    for attack in found:
        assert_inert(attack)


def assert_inert(attack: Attack) -> None:
    line = csv_line({"number": 7, "prompt": attack.text, "negative_prompt": attack.text, "after": "end"})
    text = line.decode()
    assert text.endswith("\r\n")
    assert len(text.splitlines()) == 1
    ((number, prompt, negative, after),) = cells(line)
    assert (number, after) == ("7", "end")
    assert prompt == negative
    assert unicodedata.normalize("NFKC", prompt.lstrip()[:1]) not in SIGNS
    # Where the semicolon separates, the cells are cut otherwise, quoted or not.
    assert not any(acts_as_a_formula(cell) for cell in re.split("[;；]", text)[1:])


def test_json_lines_have_every_attack_as_it_was_typed_on_one_line():
    for attack in attacks():
        line = json_line({"prompt": attack.text})
        assert len(line.decode().splitlines()) == 1
        assert json.loads(line) == {"prompt": attack.text}


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=1+1", "'=1+1"),
        (" ＝1+1", "' ＝1+1"),
        ("a;=1+1", "a;'=1+1"),
        ('a; "+1', "a; \"'+1"),
        ("a;；＝1", "a;；'＝1"),
        ("two\r\nlines", "two  lines"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a, b; c", "a, b; c"),
        (None, ""),
        (True, "1"),
        (False, "0"),
        (["=1", "b"], "'=1 | b"),
        (12, "12"),
    ],
)
def test_a_cell_is_guarded_and_otherwise_as_typed(typed, cell):
    assert cells(csv_line({"one": typed})) == [[cell]]


async def refusals(count: int) -> AsyncIterator[Refusal]:
    for nth in range(count):
        yield Refusal(count - nth, 1_795_000_000_000 - nth * 300, 3, 0 if nth else 42, "over-quota", "")


async def written(count: int, limit_bytes: int, format_: Format = Format.CSV, locale: str = "en-US") -> Written:
    return await write(
        refusals(count), Refusals(), format_, zone=ZONE, limit_bytes=limit_bytes, texts=TEXTS, locale=locale
    )


async def test_a_file_has_headers_in_the_readers_language_and_every_row():
    whole = await written(3, 10_000)
    assert (whole.rows, whole.is_whole) == (3, True)
    assert cells(whole.data)[:2] == [
        ["Time", "Discord mention", "Account", "Reason", "Model"],
        ["2026-11-18T19:06:40+08:00", "<@42>", "3", "over-quota", ""],
    ]
    assert whole.data.startswith(b"\xef\xbb\xbf")
    assert cells((await written(1, 10_000, locale="zh-CN")).data)[0][0] == "时间"
    lines = (await written(3, 10_000, Format.JSON_LINES)).data.decode().splitlines()
    assert [json.loads(line)["member"] for line in lines] == ["<@42>", None, None]


@pytest.mark.parametrize("format_", list(Format))
async def test_a_file_ends_before_the_limit_and_the_rest_is_had_from_where_it_ends(format_):
    part = await written(100, 1000, format_)
    assert len(part.data) <= 1000
    assert 0 < part.rows < 100
    assert not part.is_whole
    until = datetime.strptime(part.goes_on(ZONE), "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    left_out_ms = part.last_ms - 300
    assert left_out_ms < until.timestamp() * 1000 <= part.last_ms + 1000


async def test_of_nothing_there_is_no_row():
    assert (await written(0, 1000, Format.JSON_LINES)) == Written(b"", 0, 0, is_whole=True)


def test_no_column_is_of_what_the_operator_pays():
    assert not {name for name in Jobs.columns if "cost" in name or "token" in name or "billed" in name}


def test_the_record_tells_who_resolved_a_doubt_but_not_what_the_operator_was_billed():
    event = Event(1000, "job.doubt_resolved", 0, 0, {"actor": "operator", "billed": 3})
    text = record(Timeline(job_in(JobState.DELIVERED), "", (event,))).decode()
    assert 'job.doubt_resolved {"actor": "operator"}' in text
