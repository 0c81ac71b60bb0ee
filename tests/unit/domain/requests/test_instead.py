"""What quota covers in place of what it does not."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests.catalogue import BUILT_IN, fit_for
from bot.domain.requests.instead import DeclinedRequest, Instead, as_declined, instead_of
from bot.domain.requests.prices import price_of
from bot.domain.requests.quota import Balance, split
from bot.domain.requests.request import Options, check

PLUS, TURBO, CHEAPEST = "wanx2.1-t2i-plus", "wanx2.1-t2i-turbo", "wanx2.0-t2i-turbo"
DRAWING = fit_for(BUILT_IN, takes_pictures=False)
THREE = {name: BUILT_IN[name] for name in (PLUS, TURBO, CHEAPEST)}
ASKED = Options("a fox", model=PLUS, count=4)


def left(free: int = 0, budget: int = 0, credit: int = 0) -> Balance:
    return Balance(free, budget, credit)


@pytest.mark.parametrize(
    ("balance", "options", "expected"),
    [
        (left(), {}, []),
        (left(free=2), {}, [Instead(2, "", 0)]),
        (left(free=3, budget=150_000), {}, [Instead(3, "", 0), Instead(4, TURBO, 140_000)]),
        (left(budget=170_000), {}, [Instead(4, CHEAPEST, 160_000)]),
        # The dearest of those that it covers draws about as well.
        (left(budget=600_000), {}, [Instead(3, "", 600_000), Instead(4, TURBO, 560_000)]),
        (left(budget=50_000), {"count": 1}, [Instead(1, CHEAPEST, 40_000)]),
        # None of the others draws it so.
        (left(budget=500_000), {"size": "1:1", "model": "wan2.7-image", "series": True}, []),
        (left(budget=500_000), {"model": "no-model"}, []),
        (left(budget=500_000), {"prompt": ""}, []),
    ],
)
def test_fewer_pictures_and_a_cheaper_model_are_offered(
    balance: Balance, options: dict[str, Any], expected: list[Instead]
):
    assert instead_of(replace(ASKED, **options), THREE, balance) == expected


@given(
    st.sampled_from(sorted(DRAWING)),
    st.integers(1, 6),
    st.builds(Balance, st.integers(-1, 6), st.integers(-1, 10**6), st.integers(-1, 10**6)),
)
def test_what_is_offered_is_covered_and_takes_what_it_says(model: str, count: int, balance: Balance):
    options = replace(ASKED, model=model, count=count)
    for one in instead_of(options, DRAWING, balance):
        declined = DeclinedRequest(1, 2, 3, options)
        again = as_declined(declined, count=one.count, model=one.model, told_micros=one.told_micros)
        asked = check(again, DRAWING, drawn_seed=0)
        assert (asked.count, asked.model) == (one.count, one.model or model)
        price = price_of(DRAWING[asked.model], asked.size, rewrites=asked.prompt_extend).asked
        parts = split(asked.count, price, balance)
        assert parts is not None
        assert parts.paid_micros == one.told_micros == again.told_micros
        assert again.prompt == "a fox"
