"""The functions of wanx2.1-imageedit at the stand-in: what each wants, and what one sees of it."""

import io
from typing import Any

import pytest
from PIL import Image, ImageChops

from sandbox.dashscope.functions import ALL, MAY_BE_WORDLESS
from sandbox.dashscope.pictures.drawing import draw
from tests.support.contracts.vendor_caller import EDITS, KEY, Caller, uri
from tests.support.handed_in import drawn, png, saved

SIZE = (600, 520)
BASE, ASYNC = uri(png(SIZE)), {**KEY, "X-DashScope-Async": "enable"}


def mask(size: tuple[int, int] = SIZE) -> str:
    image = Image.new("L", size)
    image.paste(255, (0, 0, size[0] // 2, size[1]))
    return uri(saved(image, "PNG"))


async def asked(caller: Caller, params: dict[str, Any] | None = None, **given: Any) -> tuple[int, Any]:
    given = {"function": "description_edit", "prompt": "let it snow", "base_image_url": BASE, **given}
    said = {name: value for name, value in given.items() if value is not None}
    body = {"model": "wanx2.1-imageedit", "input": said, "parameters": params or {}}
    answer = await caller.ask("POST", EDITS, json=body, headers=ASYNC)
    # The next create shall not meet the rate limit.
    caller.clock.advance(1)
    return answer


@pytest.mark.parametrize("function", sorted(ALL))
async def test_each_function_is_taken_and_words_are_asked_for_where_the_page_does(caller: Caller, function: str):
    status, _ = await asked(caller, function=function, mask_image_url=mask())
    assert status == 200
    (task,) = caller.vendor.tasks.values()
    assert task.order.n == 1
    assert task.order.change is not None
    assert task.order.change.function == function
    for nothing in ("", " ", None):
        assert (await asked(caller, function=function, mask_image_url=mask(), prompt=nothing))[0] == (
            200 if function in MAY_BE_WORDLESS else 400
        )


@pytest.mark.parametrize(
    ("given", "params", "word"),
    [
        ({"function": "paint"}, {}, "function is out of definition"),
        ({"function": None}, {}, "function is out of definition"),
        ({"base_image_url": None}, {}, "lack of image"),
        ({"base_image_url": "https://example.com/a.png"}, {}, "download image failed"),
        ({"base_image_url": uri(png((511, 600)))}, {}, "length and width"),
        ({"base_image_url": uri(png((4097, 600)))}, {}, "length and width"),
        ({"function": "description_edit_with_mask"}, {}, "mask_image_url"),
        ({"function": "description_edit_with_mask", "mask_image_url": mask((520, 600))}, {}, "length and width"),
        ({}, {"strength": 1.1}, "Range of strength"),
        ({}, {"strength": "0.5"}, "strength is out of definition"),
        ({}, {"strength": True}, "strength is out of definition"),
        ({"function": "expand"}, {"left_scale": 0.9}, "Range of left_scale"),
        ({"function": "expand"}, {"top_scale": 2.1}, "Range of top_scale"),
        ({"function": "super_resolution"}, {"upscale_factor": 5}, "Range of upscale_factor"),
        ({"function": "super_resolution"}, {"upscale_factor": 1.5}, "upscale_factor is out of definition"),
        ({"function": "doodle"}, {"is_sketch": 1}, "is_sketch is out of definition"),
        ({}, {"n": 5}, "Range of n"),
        ({}, {"watermark": "no"}, "watermark is out of definition"),
    ],
)
async def test_what_is_not_as_the_page_has_it_is_refused(
    caller: Caller, given: dict[str, Any], params: dict[str, Any], word: str
):
    status, body = await asked(caller, params, **given)
    assert (status, body["code"]) == (400, "InvalidParameter")
    assert word in body["message"]
    assert caller.vendor.creates == 0


async def picture_of(caller: Caller, params: dict[str, Any] | None = None, **given: Any) -> Image.Image:
    """Return what is drawn of the picture that `BASE` is."""
    status, _ = await asked(caller, params, **given)
    assert status == 200
    *_, task = caller.vendor.tasks.values()
    order = task.order
    size = (order.width, order.height)
    return Image.open(io.BytesIO(draw(order.prompt, 7, size, pictures=order.pictures, change=order.change)))


def same(one: Image.Image, other: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return ImageChops.difference(one.crop(box).convert("RGB"), other.crop(box).convert("RGB")).getbbox() is None


async def test_one_sees_what_was_done(caller: Caller):
    before = drawn(SIZE)
    region = await picture_of(caller, function="description_edit_with_mask", mask_image_url=mask())
    assert same(region, before, (300, 0, 600, 520))
    assert not same(region, before, (0, 0, 300, 520))
    weak, strong = [await picture_of(caller, {"strength": strength}) for strength in (0.0, 1.0)]
    assert same(weak, before, (0, 0, *SIZE))
    assert not same(strong, before, (0, 0, *SIZE))
    wider = await picture_of(caller, {"left_scale": 1.5, "bottom_scale": 2}, function="expand")
    assert wider.size == (900, 1040)
    assert same(wider.crop((300, 0, 900, 520)), before, (0, 0, *SIZE))
    assert not same(wider.crop((0, 0, 300, 520)), before, (0, 0, 300, 520))
    larger = await picture_of(caller, {"upscale_factor": 3}, function="super_resolution")
    assert larger.size == (1800, 1560)
    assert same(larger, before.resize(larger.size), (0, 0, *larger.size))
    assert (await picture_of(caller, function="colorization", prompt="")).size == SIZE
