import re
from typing import Any

import pytest

from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.reasons import REFUSALS
from bot.presentation.kit.texts import Texts
from bot.presentation.reports import reports
from bot.presentation.reports.charts import Charts
from bot.presentation.reports.reports import Reader, Reports, Written
from sandbox.clock import SandboxClock
from tests.unit.presentation.usage_reports import PREVIEW, crowd, report_of, use

TEXTS = Texts.load()
ENOUGH = 10 * 1024 * 1024
FAILING = "fail"


async def write(report, *, names=None, server: str = "Studio", locale: str = "en-US", limit: int = ENOUGH) -> Written:
    """Put a report into words; the chart is a text by which a process tells that it ran."""
    unused: Any = None
    clock = SandboxClock()
    charts = Charts(clock, TEXTS, module="tests.support.drawer")
    made = Reports(reporting=unused, charts=charts, texts=TEXTS, clock=clock)
    # The stand-in for drawing does what the server's name in the title says.
    return await made.write(report, report.by_member(), Reader(names or {}, server, locale, limit))


def lines(written: Written) -> list[str]:
    return written.text.replace("\\", "").splitlines()


async def test_members_and_models_are_named_with_images_and_charge():
    report = report_of(use(1, 5), use(2, 2, 2), use(2, 1, model=PREVIEW))
    written = await write(report, names={1001: "小明"}, server="environment")
    assert lines(written)[1:8] == [
        "10 pictures in 3 jobs · 8 free · CN¥0.28 charged",
        "**Members**",
        "- Account 2: 5 pictures · CN¥0.28",
        "- 小明: 5 pictures · CN¥0.00",
        "**Models**",
        "- wanx2.1-t2i-turbo: 9 pictures · CN¥0.28",
        "- wan2.5-t2i-preview: 1 picture · CN¥0.00",
    ]
    assert written.chart
    assert written.table.count(b"\r\n") == 4


async def test_beyond_ten_members_the_others_are_counted():
    said = lines(await write(crowd(11), server="environment"))
    assert [line for line in said if "other" in line] == ["- and 1 other"]
    assert len([line for line in said if line.startswith("- Account")]) == 10


async def test_a_report_without_pictures_has_no_files():
    written = await write(report_of(), server=FAILING)
    assert (written.chart, written.table) == (b"", b"")
    assert lines(written)[1:] == [
        "No pictures were made in this period.",
        "**Refused requests: 3**",
        "- beyond the member's quota: 3",
    ]


@pytest.mark.parametrize(("locale", "words"), [("en-US", "could not be drawn"), ("zh-CN", "图表未能生成")])
async def test_without_a_chart_the_rest_is_answered_and_that_is_said(locale, words):
    written = await write(report_of(use(1, 1)), server=FAILING, locale=locale)
    assert not written.chart
    assert written.table
    assert words in lines(written)[-1]


async def test_a_table_of_too_many_rows_has_those_who_used_most(monkeypatch):
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    report = report_of(use(1, 9), use(2, 5), use(2, 3, model=PREVIEW), use(3, 4), use(3, 1, model=PREVIEW))
    written = await write(report, server="environment")
    accounts = re.findall(rb"Account (\d)", written.table)
    assert accounts == [b"1", b"2", b"2"]
    assert lines(written)[-1] == "The table has the first 3 of 5 rows: those who used most."


async def test_a_table_is_cut_until_discord_takes_it():
    whole = await write(crowd(100), server="environment")
    cut = await write(crowd(100), server="environment", limit=len(whole.table) // 3)
    assert 0 < len(cut.table) <= len(whole.table) // 3
    assert "of 100 rows" in lines(cut)[-1]
    nothing = await write(crowd(100), server="environment", limit=1)
    assert "first 0 of 100 rows" in lines(nothing)[-1]
    assert not nothing.chart


async def test_the_longest_names_stay_within_one_message():
    names = {1000 + place: "*_" * 32 for place in range(1, 12)}
    written = await write(crowd(11), names=names, server="environment " + "*" * 100)
    assert len(written.text) <= CONTENT_LIMIT


async def test_reasons_are_counted_by_what_they_mean_and_unknown_ones_together():
    report = report_of()
    refused = {**dict.fromkeys(REFUSALS, 1), "new-reason": 4, "": 1}
    object.__setattr__(report, "refused", refused)
    said = lines(await write(report, server=FAILING))
    assert said[2] == f"**Refused requests: {len(REFUSALS) + 5}**"
    assert said[3:] == [
        "- another member's picture, which may not be edited: 5",
        "- for other reasons: 5",
        "- too many pictures or jobs at a time, or too soon: 3",
        "- model stopped, or its queue full: 3",
        "- against the server's rules for prompts: 2",
        "- beyond the member's quota: 1",
        "- beyond the server's pool: 1",
        "- at the monthly limit of the whole bot: 1",
        "- asked during a wait after refused prompts: 1",
        "- the image service took no requests from this bot: 1",
        "- refused by the image service for what the prompt says, before anything was drawn: 1",
        "- from a member who is blocked or paused: 1",
    ]
