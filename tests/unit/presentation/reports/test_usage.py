import pytest

from bot.domain.books.usage_report import MemberModelUsage, Usage
from bot.domain.time.periods import PeriodKind
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.chart_spec import Bar, ChartSpec
from bot.presentation.reports.usage import TOP_MEMBERS, chart_spec_of, describe, name_of
from tests.unit.presentation.usage_reports import PREVIEW, TURBO, crowd, report_of, use

TEXTS = Texts.load()
NAMES = {1001: "小明", 1002: "Ana"}


@pytest.mark.parametrize(
    ("locale", "title", "lines", "headings"),
    [
        (
            "en-GB",
            "Pictures made in 星空",
            ("Nov\u00a01\u2009–\u200930, 2026 · Asia/Shanghai", "9 pictures in 2 jobs · 7 free · CN¥0.28 charged"),
            ["Members", "Models", "Pictures a day"],
        ),
        (
            "zh-TW",
            "图片用量 · 星空",
            ("2026年11月1日至30日 · Asia/Shanghai", "2 个任务，9 张图片 · 免费 7 张 · 扣费 ¥0.28"),
            ["成员", "模型", "每日张数"],
        ),
    ],
)
def test_the_words_are_the_readers(locale, title, lines, headings):
    spec = chart_spec_of(report_of(use(1, 5), use(2, 2, 2)), NAMES, "星空\n", TEXTS, locale)
    assert spec.title == title
    assert [line.replace("\u00a0", " ").replace("\u2009", " ") for line in spec.lines] == [
        line.replace("\u00a0", " ").replace("\u2009", " ") for line in lines
    ]
    assert [panel.heading for panel in spec.panels] == headings
    assert spec.locale == locale


def test_bars_are_sorted_and_show_free_and_paid_images_and_the_charge():
    members, models, days = chart_spec_of(
        report_of(use(1, 1, 2), use(2, 5), use(2, 4, model=PREVIEW)), NAMES, "x", TEXTS, "en-US"
    ).panels
    assert members.bars == (Bar("Ana", 9, 0, "9"), Bar("小明", 1, 2, "3 · CN¥0.28"))
    assert models.bars == (Bar(TURBO, 6, 2, "8 · CN¥0.28"), Bar(PREVIEW, 4, 0, "4"))
    assert days.upright
    assert [(bar.label, bar.free, bar.paid) for bar in days.bars if bar.note != "0"] == [("11/23", 10, 2)]
    assert len(days.bars) == 30


def test_beyond_the_first_ten_members_the_others_are_summed_up():
    bars = chart_spec_of(crowd(100), {}, "x", TEXTS, "en-US").panels[0].bars
    assert len(bars) == TOP_MEMBERS + 1
    assert [bar.free for bar in bars[:-1]] == list(range(100, 90, -1))
    assert bars[-1] == Bar("90 others", sum(range(91)), 0, "4,095", rest=True)
    assert chart_spec_of(crowd(11), {}, "x", TEXTS, "en-US").panels[0].bars[-1].label == "1 other"
    assert not chart_spec_of(crowd(10), {}, "x", TEXTS, "en-US").panels[0].bars[-1].rest


def test_a_member_who_only_had_jobs_without_images_gets_no_bar():
    idle = MemberModelUsage(9, 1009, TURBO, Usage(jobs=1))
    assert len(chart_spec_of(report_of(use(1, 1), idle), NAMES, "x", TEXTS, "en-US").panels[0].bars) == 1


def test_a_single_day_has_no_time_axis():
    spec = chart_spec_of(report_of(use(1, 1), kind=PeriodKind.DAY), NAMES, "x", TEXTS, "en-US")
    assert [panel.upright for panel in spec.panels] == [False, False]
    assert spec.lines[0] == "November 23, 2026 · Asia/Shanghai"


def test_a_period_without_images_says_so_and_has_no_bars():
    spec = chart_spec_of(report_of(), {}, "x", TEXTS, "en-US")
    assert spec.lines[1] == "No pictures were made in this period."
    assert (spec.panels, spec.free) == ((), "")


def test_a_member_without_a_name_is_called_by_the_accounts_number():
    assert name_of(0, 12, NAMES, TEXTS, "en-US") == "Account 12"
    assert name_of(5, 1234, {5: "\u202e\u200b"}, TEXTS, "zh-CN") == "账号 1234"


def test_the_picture_can_be_told_in_a_sentence():
    told = describe(report_of(use(1, 5, 1)), "星空", TEXTS, "zh-CN")
    assert told == "图片用量条形图 · 星空 · 2026年11月1日至30日：1 个任务，6 张图片 · 免费 5 张 · 扣费 ¥0.14。"


def test_a_sheet_survives_its_way_to_the_drawing_process():
    spec = chart_spec_of(crowd(20), {1001: '"\\$\n\ud83d'}, "x", TEXTS, "zh-CN")
    assert ChartSpec.from_json(spec.to_json()) == spec
