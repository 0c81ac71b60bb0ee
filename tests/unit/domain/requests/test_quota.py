from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import (
    TIER_MARGIN_MS,
    Balance,
    Rule,
    Split,
    cost_beyond,
    is_nearly_out,
    settle,
    split,
    tier_left,
    worst_cost,
)

PRICE = 140_000
images = st.integers(1, 4)
prices = st.integers(0, 1_000_000)
lefts = st.builds(Balance, st.integers(-3, 6), st.integers(-200_000, 3_000_000), st.integers(-200_000, 3_000_000))
TIER = FreeTier(500, date(2026, 11, 1), 180, used_before=100)


def test_the_allowance_pays_first_then_the_budget_then_credit():
    left = Balance(1, PRICE + 1, 10 * PRICE)
    assert split(1, PRICE, left) == Split(1, 0, 0)
    assert split(2, PRICE, left) == Split(1, PRICE, 0)
    assert split(4, PRICE, left) == Split(1, PRICE + 1, 2 * PRICE - 1)


def test_what_is_not_covered_by_one_micro_yuan_is_refused():
    assert split(2, PRICE, Balance(0, PRICE, PRICE)) == Split(0, PRICE, PRICE)
    assert split(2, PRICE, Balance(0, PRICE, PRICE - 1)) is None
    assert split(1, PRICE, Balance(0, 0, 0)) is None


def test_a_rule_that_was_lowered_below_what_is_used_leaves_nothing():
    assert split(1, PRICE, Balance(-5, -PRICE, PRICE)) == Split(0, 0, PRICE)
    assert split(1, PRICE, Balance(-5, -PRICE, -1)) is None


@given(images, prices, lefts)
def test_a_split_pays_for_every_image_and_never_takes_more_than_is_left(n: int, price: int, left: Balance):
    parts = split(n, price, left)
    if parts is None:
        free = min(n, max(0, left.free_images))
        assert (n - free) * price > max(0, left.budget_micros) + max(0, left.credit_micros)
        return
    assert parts.paid_micros == (n - parts.free_images) * price
    assert 0 <= parts.free_images <= max(0, left.free_images)
    assert 0 <= parts.budget_micros <= max(0, left.budget_micros)
    assert 0 <= parts.credit_micros <= max(0, left.credit_micros)


def test_what_comes_in_is_paid_for_with_the_first_image_that_is_not_free():
    left = Balance(2, 3 * PRICE, 0)
    assert split(2, PRICE, left, inputs_micros=50_000) == Split(2, 0, 0)
    assert split(3, PRICE, left, inputs_micros=50_000) == (held := Split(2, PRICE + 50_000, 0))
    assert split(5, PRICE, left, inputs_micros=1) is None
    assert settle(held, 3, PRICE, inputs_micros=20_000) == Split(2, PRICE + 20_000, 0)
    assert settle(held, 2, PRICE, inputs_micros=20_000) == Split(2, 0, 0)


def test_what_is_beyond_a_free_tier_is_the_dearest():
    priced = [(180_000, 2), (20_000, 3)]
    costs = [cost_beyond(free, priced) for free in range(6)]
    assert costs == [420_000, 400_000, 380_000, 360_000, 180_000, 0]


@given(images, prices, lefts, st.integers(0, 4))
def test_what_is_charged_never_exceeds_what_was_held(n: int, price: int, left: Balance, made: int):
    held = split(n, price, left)
    if held is None:
        return
    made = min(made, n)
    charge = settle(held, made, price)
    assert 0 <= charge.free_images <= held.free_images
    assert 0 <= charge.budget_micros <= held.budget_micros
    assert 0 <= charge.credit_micros <= held.credit_micros
    assert charge.paid_micros == (made - charge.free_images) * price


@given(images, prices, lefts)
def test_settling_for_all_charges_what_was_held_and_for_none_nothing(n: int, price: int, left: Balance):
    held = split(n, price, left)
    if held is not None:
        assert settle(held, n, price) == held
        assert settle(held, 0, price) == Split(0, 0, 0)


@given(images, st.integers(1, 1_000_000), lefts, st.integers(0, 4))
def test_credit_returns_before_budget_and_budget_before_free_images(n: int, price: int, left: Balance, made: int):
    held = split(n, price, left)
    if held is None:
        return
    charge = settle(held, min(made, n), price)
    if charge.free_images < held.free_images:
        assert charge.budget_micros == 0
    if charge.budget_micros < held.budget_micros:
        assert charge.credit_micros == 0


def test_a_free_tier_counts_what_others_used_and_never_falls_below_zero():
    now_ms = TIER.expires_ms - 1
    assert tier_left(TIER, 0, now_ms) == 400
    assert tier_left(TIER, 399, now_ms) == 1
    assert tier_left(TIER, 401, now_ms) == 0


def test_a_free_tier_counts_from_midnight_of_its_first_day_on_in_beijing():
    assert datetime.fromtimestamp(TIER.starts_ms / 1000, UTC) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert tier_left(TIER, 0, TIER.starts_ms - 1) == 0
    assert tier_left(TIER, 0, TIER.starts_ms) == 400
    assert worst_cost({140_000: 4}, TIER, 0, TIER.starts_ms - 1) == 4 * 140_000


def test_a_free_tier_is_gone_at_its_end_and_within_the_margin_before_it():
    assert tier_left(None, 0, 0) == 0
    assert tier_left(TIER, 0, TIER.expires_ms) == 0
    assert tier_left(TIER, 0, TIER.expires_ms - 1) == 400
    assert tier_left(TIER, 0, TIER.expires_ms - TIER_MARGIN_MS, margin_ms=TIER_MARGIN_MS) == 0
    assert tier_left(TIER, 0, TIER.expires_ms - TIER_MARGIN_MS - 1, margin_ms=TIER_MARGIN_MS) == 400


def test_open_holds_cost_what_the_free_tier_does_not_cover():
    tier = FreeTier(10, date(2026, 11, 1), 180)
    before_ms = tier.expires_ms - TIER_MARGIN_MS - 1
    assert worst_cost({140_000: 4}, tier, 8, before_ms) == 2 * 140_000
    assert worst_cost({140_000: 4}, tier, 0, before_ms) == 0
    assert worst_cost({200_000: 3}, None, 0, before_ms) == 3 * 200_000
    # Two days before its end the tier is no longer relied on.
    assert worst_cost({140_000: 4}, tier, 8, before_ms + 1) == 4 * 140_000


def test_at_worst_the_free_tier_covers_the_cheapest_of_the_open_holds():
    tier = FreeTier(10, date(2026, 11, 1), 180)
    now_ms = tier.starts_ms
    assert worst_cost({400_000: 2, 100_000: 4}, tier, 5, now_ms) == 400_000
    assert worst_cost({400_000: 2, 100_000: 4}, tier, 10, now_ms) == 2 * 400_000 + 4 * 100_000
    assert worst_cost({}, tier, 0, now_ms) == 0


@pytest.mark.parametrize(
    ("left", "budget_micros", "given_images", "is_so"),
    [
        (Balance(1, 0, 0), 0, 0, True),
        (Balance(2, 0, 0), 0, 0, False),
        (Balance(2, 0, 0), 0, 1, True),
        (Balance(0, 0, 0), 0, 0, False),
        (Balance(-3, PRICE, 0), 0, 0, True),
        (Balance(0, PRICE - 1, 0), PRICE, 0, False),
        (Balance(1, 2 * PRICE, 0), 6 * PRICE, 0, True),
        (Balance(1, 0, 3 * PRICE), 0, 0, False),
    ],
)
def test_less_than_a_fifth_and_at_least_one_picture_is_nearly_out(
    left: Balance, budget_micros: int, given_images: int, is_so: bool
):
    assert is_nearly_out(left, Rule(10, budget_micros, 4, 10, 0), given_images, PRICE) is is_so
