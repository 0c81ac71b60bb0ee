import re
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.time.periods import PeriodKind
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.reasons import REFUSALS
from bot.presentation.kit.texts import Texts
from bot.presentation.reports import reports
from bot.presentation.reports.charts import Charts
from bot.presentation.reports.reports import Reader, Reports, Written
from sandbox.clock import SandboxClock
from tests.unit.presentation.usage_reports import PREVIEW, crowd, month_of, report_of, use

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
        "10 pictures in 3 jobs · 8 free · CN¥0.28 charged · CN¥1.40 at list price",
        "**Members**",
        "- Account 2: 5 pictures · CN¥0.28 charged · CN¥0.70 at list price",
        "- 小明: 5 pictures · CN¥0.00 charged · CN¥0.70 at list price",
        "**Models**",
        "- wanx2.1-t2i-turbo: 9 pictures · CN¥0.28",
        "- wan2.5-t2i-preview: 1 picture · CN¥0.00",
    ]
    assert written.chart
    assert written.table.count(b"\r\n") == 4


async def test_the_month_stands_beside_a_period_and_what_each_member_took_of_its_pool():
    report = replace(report_of(use(1, 5), use(2, 1), kind=PeriodKind.DAY), month=month_of(100, 20_000_000))
    assert lines(await write(report, server="environment"))[1:6] == [
        "6 pictures in 2 jobs · 6 free · CN¥0.00 charged · CN¥0.84 at list price",
        "**November 2026**: 100 pictures in 100 jobs · 0 free · CN¥14.00 charged · CN¥14.00 at list price",
        "That is 70 % of the server's pool for the month (CN¥20.00). The pool counts free pictures too, at list price.",
        "**Members**",
        "- Account 1: 5 pictures · CN¥0.00 charged · CN¥0.70 at list price, 3 % of the pool",
    ]
    chinese = lines(await write(report, server="environment", locale="zh-CN"))
    assert chinese[3] == "占本服务器当月总额度（¥20.00）的 70%。总额度按标价计算，免费图片也计入。"
    assert chinese[5:7] == [
        "- 账号 1：5 张 · 扣费 ¥0.00 · 按标价 ¥0.70，占总额度 3%",
        "- 账号 2：1 张 · 扣费 ¥0.00 · 按标价 ¥0.14，占总额度不到 1%",
    ]


async def test_a_month_beside_itself_is_not_told_twice_and_without_a_limit_there_is_no_share():
    alone = lines(await write(replace(report_of(use(1, 5)), month=month_of(5, 700_000)), server="environment"))
    assert "CN¥0.70 at list price" in alone[1]
    assert alone[2].startswith("That is 100 % of the server's pool")
    unlimited = replace(report_of(use(1, 5), kind=PeriodKind.DAY), month=month_of(9, None))
    assert lines(await write(unlimited, server="environment"))[2:5] == [
        "**November 2026**: 9 pictures in 9 jobs · 0 free · CN¥1.26 charged · CN¥1.26 at list price",
        "**Members**",
        "- Account 1: 5 pictures · CN¥0.00 charged · CN¥0.70 at list price",
    ]
    idle = replace(report_of(kind=PeriodKind.DAY), month=month_of(0, None))
    assert lines(await write(idle, server="environment"))[1:3] == [
        "No pictures were made in this period.",
        "**Refused requests: 3**",
    ]


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
