"""Rectangles of pictures at the stand-in: what wan2.7 takes by its page, and what one sees of it."""

import io
from typing import Any

import pytest
from PIL import Image, ImageChops

from sandbox.dashscope.pictures.drawing import draw
from tests.support.contracts.vendor_caller import Caller, uri
from tests.support.handed_in import drawn, png

WAN27, PRO, QWEN, WAN26 = "wan2.7-image", "wan2.7-image-pro", "qwen-image-2.0", "wan2.6-image"
SIZE = (1000, 800)
PICTURE, SMALL = uri(png(SIZE)), uri(png((240, 300)))
BOX = [0, 0, 499, 399]


def messages(*pictures: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [*({"image": one} for one in pictures), {"text": "let it snow"}]}]


@pytest.mark.parametrize("model", [WAN27, PRO])
@pytest.mark.parametrize(
    ("pictures", "boxes"),
    [
        ((PICTURE,), [[BOX]]),
        ((PICTURE,), [[]]),
        ((PICTURE,), [[BOX, [998, 798, 999, 799]]]),
        ((PICTURE, SMALL), [[], [[0, 0, 239, 299]]]),
        ((PICTURE, SMALL, PICTURE), [[BOX], [], [BOX, BOX]]),
    ],
)
async def test_at_most_two_rectangles_of_each_picture_are_taken(
    caller: Caller, model: str, pictures: tuple[str, ...], boxes: Any
):
    task = await caller.generated(messages(*pictures), model=model, n=1, size="2K", bbox_list=boxes)
    assert task.order.boxes == tuple(tuple(tuple(box) for box in of_picture) for of_picture in boxes)


@pytest.mark.parametrize(
    "boxes",
    [
        None,
        {},
        [],
        [BOX],
        [[BOX], []],
        [[BOX, BOX, BOX]],
        [[[0, 0, 499]]],
        [[[0, 0, 499, 399, 1]]],
        [[[0, 0, 499.0, 399]]],
        [[["0", 0, 499, 399]]],
        [[[False, 0, 499, 399]]],
        [["0,0,499,399"]],
        [[[-1, 0, 499, 399]]],
        [[[0, 0, 1000, 399]]],
        [[[0, 0, 499, 800]]],
        [[[499, 0, 499, 399]]],
        [[[0, 399, 499, 0]]],
    ],
)
async def test_what_the_page_does_not_have_is_refused(caller: Caller, boxes: Any):
    status, body = await caller.generate(messages(PICTURE), model=WAN27, n=1, size="2K", bbox_list=boxes)
    assert (status, body["code"]) == (400, "InvalidParameter")
    assert "bbox_list" in body["message"]
    assert caller.vendor.creates == 0


@pytest.mark.parametrize(("model", "pictures"), [(WAN26, (PICTURE,)), (WAN27, ())])
async def test_other_models_and_words_alone_have_no_rectangles(caller: Caller, model: str, pictures: tuple[str, ...]):
    boxes = [[BOX] for _ in pictures]
    status, body = await caller.generate(messages(*pictures), model=model, n=1, bbox_list=boxes)
    assert status == 400
    assert "bbox_list" in body["message"]


async def test_a_call_takes_them_too(caller: Caller):
    assert (await caller.call(messages(PICTURE), model=WAN27, n=1, size="1K", bbox_list=[[BOX]]))[0] == 200
    status, _ = await caller.call(messages(PICTURE), model=QWEN, n=1, size="1024*1024", bbox_list=[[BOX]])
    assert status == 400


async def test_one_sees_that_all_else_stays_as_it_was(caller: Caller):
    task = await caller.generated(messages(PICTURE), model=WAN27, n=1, size="1000*800", bbox_list=[[BOX]])
    order = task.order
    data = draw(order.prompt, 7, SIZE, pictures=order.pictures, boxes=order.boxes)
    with Image.open(io.BytesIO(data)) as image:
        changed = ImageChops.difference(image.convert("RGB"), drawn(SIZE)).getbbox()
    assert changed == (0, 0, 500, 400)
