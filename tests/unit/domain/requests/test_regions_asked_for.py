"""Requests whose member chooses by buttons what of a picture is to change: by which model, and when it can be sent."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.pictures.inputs import HandedIn
from bot.domain.pictures.region import Region
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.edits import EditOptions, Function
from bot.domain.requests.model import Model
from bot.domain.requests.request import ImageRequest, Options, check
from bot.errors import InvalidRequest

PICTURE = HandedIn("https://cdn.discordapp.com/attachments/1/2/a.png", "a.png", 9)
WAN27, IMAGEEDIT, QWEN = "wan2.7-image", "wanx2.1-imageedit", "qwen-image-2.0"
CORNERS = Region(0b1000_0000_0000_0001)
THREE = Region(0b1000_0000_0000_0101)


def options(model: str | None = None, *, prompt: str = "a hat", **more: Any) -> Options:
    return Options(prompt, model=model, handed_in=(PICTURE,), edit=EditOptions(region=True, **more))


def checked(wanted: Options, *names: str) -> ImageRequest:
    models = {name: BUILT_IN[name] for name in names} or BUILT_IN
    return check(wanted, models, drawn_seed=1)


def refusal(wanted: Options, *names: str) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as refused:
        checked(wanted, *names)
    return refused.value


def chosen(model: str, region: Region) -> tuple[ImageRequest, Model]:
    return replace(checked(options(model)), region=region), BUILT_IN[model]


def test_a_model_that_takes_boxes_is_asked_by_words_and_nothing_is_chosen_at_first():
    request = checked(options(), QWEN, WAN27)
    assert (request.model, request.edit, request.region) == (WAN27, None, Region())


def test_a_model_with_functions_is_asked_by_the_one_that_takes_a_mask_and_needs_no_words():
    request = checked(options(prompt=""), QWEN, IMAGEEDIT)
    assert request.edit is not None
    assert (request.model, request.edit.function, request.region) == (IMAGEEDIT, Function.REGION, Region())


def test_who_asks_for_no_region_is_asked_for_none():
    assert checked(Options("a hat", handed_in=(PICTURE,))).region is None


@pytest.mark.parametrize(
    ("wanted", "names", "key"),
    [
        (options(QWEN), (), "invalid-region-model"),
        (options(), (QWEN,), "invalid-region-nowhere"),
        (options("wanx2.1-t2i-turbo"), (), "invalid-picture-model"),
        (options(WAN27, function="region"), (), "invalid-function-model"),
        (options(function="enlarge"), (), "invalid-region-field"),
        (options(IMAGEEDIT, strength=3), (), "invalid-region-field"),
        (options(WAN27, strength=3), (), "invalid-region-field"),
        (options(strength=3), (WAN27,), "invalid-region-field"),
        (options(function="region", factor=2), (), "invalid-region-field"),
        (options(IMAGEEDIT, mask=PICTURE), (), "invalid-region-mask"),
        (options(WAN27, mask=PICTURE), (), "invalid-region-mask"),
        (options(IMAGEEDIT, function="style"), (), "invalid-region-field"),
        (options(WAN27, function="part-style"), (), "invalid-region-field"),
    ],
)
def test_what_can_not_be_told_a_region_is_refused(wanted: Options, names: tuple[str, ...], key: str):
    assert refusal(wanted, *names).key == key


def test_the_models_are_named_that_can():
    assert refusal(options(QWEN)).values == {"model": QWEN, "models": f"{WAN27}, wan2.7-image-pro, {IMAGEEDIT}"}


@pytest.mark.parametrize("model", [WAN27, IMAGEEDIT])
def test_nothing_chosen_can_not_be_sent(model: str):
    request, its_model = chosen(model, Region())
    with pytest.raises(InvalidRequest, match="region-empty"):
        request.check_region(its_model)


def test_a_model_is_told_as_many_rectangles_as_it_takes_and_a_mask_has_any_form():
    request, model = chosen(WAN27, CORNERS)
    request.check_region(model)
    request, model = chosen(WAN27, THREE)
    with pytest.raises(InvalidRequest) as refused:
        request.check_region(model)
    assert (refused.value.key, refused.value.values) == ("region-scattered", {"model": WAN27, "count": 3, "limit": 2})
    request, model = chosen(IMAGEEDIT, THREE)
    request.check_region(model)
    replace(request, region=None).check_region(model)


@pytest.mark.parametrize("region", [Region(), CORNERS])
@pytest.mark.parametrize(("name", "without"), [(WAN27, {"boxes": 0}), (IMAGEEDIT, {"functions": frozenset()})])
def test_a_model_that_takes_no_region_any_more_is_named_and_no_number_of_rectangles(
    name: str, without: dict[str, Any], region: Region
):
    request, model = chosen(name, region)
    with pytest.raises(InvalidRequest) as refused:
        request.check_region(replace(model, **without))
    assert (refused.value.key, refused.value.values) == ("region-model-changed", {"model": name})
