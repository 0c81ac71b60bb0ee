import pytest

from bot.errors import MemberError
from bot.presentation.kit.texts import Texts
from bot.presentation.servers.amounts import parse_amount
from tests.unit.presentation.samples import WRITTEN


@pytest.mark.parametrize("locale", [*WRITTEN, "ja"])
@pytest.mark.parametrize(
    ("typed", "micros"),
    [
        ("5", 5_000_000),
        ("1.50", 1_500_000),
        (" 0.14 ", 140_000),
        (".5", 500_000),
        ("0", 0),
        ("0.000001", 1),
        ("1,234.5", 1_234_500_000),
        ("¥5", 5_000_000),
        ("CN¥1,234.50", 1_234_500_000),
        ("cny 5", 5_000_000),
        ("5 RMB", 5_000_000),
        ("5元", 5_000_000),
        ("2.5 块", 2_500_000),
        ("3块钱", 3_000_000),
        ("人民币5圆", 5_000_000),
        ("￥１，２３４．５元", 1_234_500_000),
    ],
)
def test_an_amount_is_read_in_english_and_chinese_with_or_without_the_currency(typed, micros, locale):
    assert parse_amount(typed, locale) == micros


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "¥",
        "five",
        "五元",
        "-1",
        "+1",
        "1,50",
        "12,34.5",
        "1.2.3",
        "1 000",
        "1_000",
        "1e3",
        "nan",
        "inf",
        "0x10",
        "0.0000001",
        "9007199255",
        "$5",
        "5 USD",
        "٣",
    ],
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(MemberError) as refusal:
        parse_amount(typed, "en-US")
    assert refusal.value.key == "invalid-amount"
    assert refusal.value.values["typed"] == typed


@pytest.mark.parametrize("typed", ["1块5", "1元5", "1¥5", "5CNY0"])
def test_a_currency_between_two_numbers_is_not_left_out(typed):
    with pytest.raises(MemberError, match="invalid-amount"):
        parse_amount(typed, "zh-CN")


@pytest.mark.parametrize("typed", ["1e999999999", "9" * 6000, "1," * 3000])
def test_an_endless_number_is_refused_without_being_calculated(typed):
    with pytest.raises(MemberError, match="invalid-amount"):
        parse_amount(typed, "en-US")


def test_the_refusal_says_what_would_do_in_both_languages():
    with pytest.raises(MemberError) as refusal:
        parse_amount("1块5", "zh-CN")
    texts, error = Texts.load(), refusal.value
    assert texts.say("en-US", error.key, **error.values) == (
        "“1块5” is not an amount of money. Write 5 or 1.50, for example; CN¥1.50 is 1.50."
    )
    assert texts.say("zh-CN", error.key, **error.values) == ("“1块5”不是金额。请写成 5 或 1.50 这样；1.50 即 ¥1.50。")
