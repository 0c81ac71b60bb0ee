"""Sizes as members type them."""

import pytest

from bot.domain.requests.catalogue import BUILT_IN, name_in
from bot.domain.requests.typed_size import size_of
from bot.errors import InvalidRequest

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("16:9", "1280*720"),
        (" 16/9 ", "1280*720"),
        ("32:18", "1280*720"),
        ("9：16", "720*1280"),
        ("21:9", "1440*608"),
        ("5:4", "1136*912"),
        ("1280x720", "1280*720"),
        ("1280 × 720", "1280*720"),
        (None, "1024*1024"),
    ],
)
def test_a_ratio_or_a_size_is_taken_however_it_is_typed(typed: str | None, size: str):
    assert str(size_of(typed, TURBO)) == size


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("21:1", "invalid-size-ratio"),
        ("0:9", "invalid-size-form"),
        ("16:", "invalid-size-form"),
        ("16:9:1", "invalid-size-form"),
        ("1000:1", "invalid-size-form"),
    ],
)
def test_what_is_no_ratio_or_none_that_the_model_draws_is_refused(typed: str, key: str):
    with pytest.raises(InvalidRequest) as refusal:
        size_of(typed, TURBO)
    assert refusal.value.key == key


@pytest.mark.parametrize("typed", ["WANX2.1-t2i-turbo", " wanx2.1-T2I-turbo"])
def test_a_models_name_is_taken_in_other_letters(typed: str):
    assert name_in(BUILT_IN, typed) == TURBO.name


@pytest.mark.parametrize("typed", [None, "wan", "wanx2.1-t2i-turbo"])
def test_another_name_stays_as_it_is(typed: str | None):
    assert name_in(BUILT_IN, typed) == typed
