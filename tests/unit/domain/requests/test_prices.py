from dataclasses import replace

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import AreaTier, Model
from bot.domain.requests.prices import ImagePrice, price_of, price_range
from bot.domain.requests.request import price_as_typed
from bot.domain.requests.sizes import Size

FLAT = BUILT_IN["wan2.7-image"]
BY_AREA = replace(FLAT, price_micros=250_000, large_price_micros=500_000)
BY_REWRITING = replace(FLAT, price_micros=100_000, rewritten_price_micros=200_000, takes_rewriting=True)


@pytest.mark.parametrize(
    ("model", "size", "rewrites", "asked"),
    [
        (FLAT, Size(2048, 2048), True, 200_000),
        (BY_AREA, Size(1500, 1500), False, 250_000),
        (BY_AREA, Size(1500, 1501), False, 500_000),
        (replace(BY_AREA, large_above=1_000_000), Size(1001, 1000), True, 500_000),
        (BY_REWRITING, Size(2048, 2048), False, 100_000),
        (BY_REWRITING, Size(768, 768), True, 200_000),
    ],
)
def test_an_image_costs_what_its_area_and_its_rewriting_say(model: Model, size: Size, rewrites: bool, asked: int):
    price = price_of(model, size, rewrites=rewrites)
    assert price.asked == price.billed(None) == asked


def test_what_the_vendor_reports_decides_where_the_price_depends_on_the_area():
    asked_small = price_of(BY_AREA, Size(1024, 1024), rewrites=False)
    assert asked_small == ImagePrice(250_000, 250_000, 500_000)
    assert [asked_small.billed(area) for area in AreaTier] == [250_000, 500_000]
    rewritten = price_of(BY_REWRITING, Size(2048, 2048), rewrites=True)
    assert {rewritten.billed(area) for area in (*AreaTier, None)} == {200_000}


def test_a_model_is_offered_from_its_least_to_its_most():
    assert [price_range(model) for model in (FLAT, BY_AREA, BY_REWRITING)] == [
        (200_000, 200_000),
        (250_000, 500_000),
        (100_000, 200_000),
    ]


@pytest.mark.parametrize(
    ("model", "size", "prompt_extend", "micros"),
    [
        (BY_AREA, None, None, 500_000),  # by itself it draws 2048*2048
        (BY_AREA, "1024x1024", None, 250_000),
        (BY_AREA, "10", None, 500_000),
        (BY_REWRITING, None, None, 200_000),
        (BY_REWRITING, None, False, 100_000),
        (BY_AREA, "1024*1024", True, 500_000),  # it can't rewrite: the options as they stand mean nothing
    ],
)
def test_the_price_that_is_offered_follows_what_is_typed(
    model: Model, size: str | None, prompt_extend: bool | None, micros: int
):
    assert price_as_typed(model, size, prompt_extend).asked == micros


def test_each_picture_that_comes_in_costs_something_where_the_model_bills_it():
    billing = replace(FLAT, input_price_micros=20_000)
    price = price_of(billing, Size(2048, 2048), rewrites=False, inputs=3)
    assert (price.asked, price.inputs, price.of_inputs) == (200_000, 3, 60_000)
    assert price_of(FLAT, Size(2048, 2048), rewrites=False, inputs=3).of_inputs == 0
    assert (
        price_as_typed(billing, "10", None, 1).of_inputs == price_as_typed(billing, None, None, 1).of_inputs == 20_000
    )
