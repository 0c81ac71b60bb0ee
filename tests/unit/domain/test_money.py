from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import MICROS_PER_CNY, parse_cny, to_cny


@pytest.mark.parametrize(
    ("text", "micros"),
    [("0.14", 140_000), ("0", 0), (" 20 ", 20_000_000), ("0.000001", 1), ("1e2", 100_000_000), ("-0", 0)],
)
def test_an_amount_is_read_exactly(text: str, micros: int):
    assert parse_cny(text) == micros


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not an amount in CNY"),
        ("ten", "not an amount in CNY"),
        ("0,14", "not an amount in CNY"),
        ("none", "not an amount in CNY"),
        ("-0.01", "zero or more"),
        ("NaN", "zero or more"),
        ("Infinity", "zero or more"),
        ("0.0000001", "six decimals"),
        ("0.1400000000000000000000000000000000001", "six decimals"),
        ("9007199254.740992", "more than any bill"),
        ("1e300", "more than any bill"),
        ("1e999999999999999", "more than any bill"),
        ("1e-999999999999999", "six decimals"),
    ],
)
def test_what_is_no_bill_is_refused_with_its_reason(text: str, problem: str):
    with pytest.raises(ValueError, match=problem):
        parse_cny(text)


def test_the_largest_amount_is_just_below_what_a_double_holds():
    assert parse_cny("9007199254.740991") == 2**53 - 1


@given(st.integers(0, 2**53 - 1))
def test_writing_and_reading_an_amount_loses_nothing(micros: int):
    assert parse_cny(str(to_cny(micros))) == micros


def test_micros_are_written_as_yuan():
    assert to_cny(140_000) == Decimal("0.14")
    assert MICROS_PER_CNY == 1_000_000
