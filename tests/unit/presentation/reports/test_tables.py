import csv
import io
from dataclasses import replace

import pytest

from bot.domain.books.usage_report import MemberModelUsage, Usage
from bot.presentation.kit.texts import Texts
from bot.presentation.reports.tables import csv_of, inert
from tests.unit.presentation.usage_reports import PREVIEW, TURBO, month_of, report_of, use

TEXTS = Texts.load()


def read(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True))


def test_there_is_one_row_for_a_member_and_model_and_the_sums_are_right():
    forgotten = MemberModelUsage(3, 0, TURBO, Usage(1, 1, 0, 140_000, 1, 70_000, 140_000))
    report = report_of(use(2, 1, 2), forgotten, use(1, 3), use(1, 4, model=PREVIEW))
    report = replace(report, month=month_of(20, 12_600_000))
    rows = read(csv_of(report, {1001: "小明", 1002: "Ana"}, TEXTS, "en-US"))
    assert rows == [
        [
            *("Member", "Discord mention", "Model", "Jobs", "Pictures", "Free pictures", "Charged (CNY)"),
            *("Free pictures given back", "Given back as credit (CNY)"),
            *("At list price (CNY)", "Share of the month's pool (%)"),
        ],
        ["小明", "<@1001>", PREVIEW, "1", "4", "4", "0", "0", "0", "0.56", "4.44"],
        ["小明", "<@1001>", TURBO, "1", "3", "3", "0", "0", "0", "0.42", "3.33"],
        ["Ana", "<@1002>", TURBO, "1", "3", "1", "0.28", "0", "0", "0.42", "3.33"],
        ["Account 3", "", TURBO, "1", "1", "0", "0.14", "1", "0.07", "0.14", "1.11"],
    ]


def test_spreadsheets_see_that_it_is_utf_8_and_the_headers_are_the_readers():
    table = csv_of(report_of(), {}, TEXTS, "zh-CN")
    assert table.startswith(b"\xef\xbb\xbf")
    assert read(table) == [
        [
            "成员",
            "Discord 提及",
            "模型",
            "任务数",
            "图片数",
            "免费图片数",
            "扣费（元）",
            "退还免费图片数",
            "以余额退还（元）",
            "按标价（元）",
            "占当月总额度（%）",
        ]
    ]


def test_no_amount_is_in_exponents():
    huge = MemberModelUsage(1, 0, TURBO, Usage(1, 1, 0, 10**15))
    tiny = MemberModelUsage(2, 0, TURBO, Usage(1, 1, 0, 1))
    assert [row[6] for row in read(csv_of(report_of(huge, tiny), {}, TEXTS, "en-US"))[1:]] == [
        "1000000000",
        "0.000001",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u3000=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "﹦1",
        "\u00a0=1",
    ],
)
def test_nothing_typed_is_a_formula(name):
    assert inert(name) == f"'{name}"
    cell = read(csv_of(report_of(use(1, 1)), {1001: name}, TEXTS, "en-US"))[1][0]
    assert cell.startswith("'")


@pytest.mark.parametrize("name", ["小明", "a=b", "1-2", "", " ", "'x", "!", "user@host"])
def test_what_is_no_formula_stays_as_typed(name):
    assert inert(name) == name


@pytest.mark.parametrize("name", ["two\nlines", "two\r\nlines", 'quo"ted', "com,ma", "semi;colon", "nul\0", "\u2028"])
def test_a_name_neither_ends_its_row_nor_its_cell(name):
    rows = read(csv_of(report_of(use(1, 1), use(2, 1)), {1001: name}, TEXTS, "en-US"))
    assert [len(row) for row in rows] == [11, 11, 11]
    assert [row[1] for row in rows[1:]] == ["<@1001>", "<@1002>"]
