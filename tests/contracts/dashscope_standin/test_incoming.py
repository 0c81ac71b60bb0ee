"""Pictures that come in with a create: what the stand-in takes, what it refuses, and what it draws of them."""

import io
import json
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from sandbox.dashscope.pictures.drawing import draw
from tests.support.contracts.vendor_caller import EDITS, GENERATE, KEY, Caller, uri
from tests.support.handed_in import drawn, jpeg, noise, png, saved, see_through

WAN27, PRO, QWEN, WAN26 = "wan2.7-image", "wan2.7-image-pro", "qwen-image-2.0", "wan2.6-image"
I2I = "wan2.5-i2i-preview"
TEXT = {"text": "let it snow"}


def asked(*pictures: Any, text: Any = TEXT) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [*({"image": one} for one in pictures), text]}]


PNG, LARGE = uri(png()), uri(png((500, 400)))


@pytest.mark.parametrize(
    "picture",
    [
        PNG,
        uri(jpeg(), "image/jpeg"),
        uri(saved(drawn(), "BMP"), "image/bmp"),
        uri(saved(drawn(), "WEBP"), "image/webp"),
        uri(png((240, 240))),
        uri(png((2400, 300))),
    ],
)
async def test_pictures_as_the_page_has_them_are_taken(caller: Caller, picture: str):
    task = await caller.generated(asked(picture), model=WAN27, n=1, size="2K")
    assert len(task.order.pictures) == 1
    assert not task.order.thinking


@pytest.mark.parametrize(
    ("messages", "word"),
    [
        (asked("https://example.com/a.png"), "download image failed"),
        (asked("/tmp/a.png"), "download image failed"),
        (asked(uri(png(), "image/gif")), "image format error"),
        (asked(uri(png(), "image/jpeg")), "Invalid image format"),
        (asked("data:image/png;base64,AAA"), "Invalid image format"),
        (asked(uri(b"no picture")), "Invalid image format"),
        (asked(uri(png()[:-200])), "Invalid image format"),
        (asked(uri(see_through("RGBA"))), "Invalid image format"),
        (asked(uri(png((239, 300)))), "length and width"),
        (asked(uri(png((8001, 1200)))), "length and width"),
        (asked(uri(png((2401, 300)))), "length and width"),
        (asked(5), "image is out of definition"),
        (asked(*[PNG] * 10), "content is out of definition"),
        (asked(PNG, text={"text": "a", "image": PNG}), "content is out of definition"),
        (asked(PNG, text={"video": "a"}), "lack of image or text"),
        ([{"role": "user", "content": [{"image": PNG}]}], "lack of image or text"),
        ([{"role": "user", "content": [{"image": PNG}, TEXT, TEXT]}], "content is out of definition"),
    ],
)
async def test_any_other_is_refused(caller: Caller, messages: Any, word: str):
    status, told = await caller.generate(messages, model=WAN27, n=1)
    assert (status, told["code"]) == (400, "InvalidParameter")
    assert word in told["message"]
    assert caller.vendor.creates == 0


async def test_a_data_uri_has_its_limit(caller: Caller):
    body = {"model": WAN27, "input": {"messages": asked("data:image/png;base64," + "A" * 10485760)}, "parameters": {}}
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    data = io.BytesIO(json.dumps(body).encode())
    status, told = await caller.ask("POST", GENERATE, data=data, headers=headers)
    assert (status, told["message"]) == (400, "Exceeded limit on max bytes per data-uri item : 10485760")


async def test_nine_are_taken_and_kept_in_their_order(caller: Caller):
    given = [png((240 + k, 240)) for k in range(9)]
    task = await caller.generated(asked(*map(uri, given)), model=PRO, n=1)
    assert list(task.order.pictures) == given


@pytest.mark.parametrize("picture", [png((16, 16)), png((4000, 20)), png((5000, 1200)), jpeg()])
async def test_a_model_whose_page_names_no_measures_takes_any(caller: Caller, picture: bytes):
    kind = "image/png" if picture.startswith(b"\x89PNG") else "image/jpeg"
    status, told = await caller.call(asked(uri(picture, kind)), model=QWEN, n=1, size="1024*1024")
    assert status == 200, told
    (call,) = caller.vendor.calls.values()
    assert call.order.pictures == (picture,)


async def test_a_model_that_answers_with_its_pictures_takes_one_to_three(caller: Caller):
    status, told = await caller.call(asked(*[PNG] * 4), model=QWEN)
    assert (status, told["message"]) == (400, "The type or value of content is out of definition.")
    status, told = await caller.call(asked(uri(png()[:-200])), model=QWEN)
    assert (status, told["message"][:13]) == (400, "Invalid image")
    wide, square = uri(png((800, 400))), uri(png((400, 400)))
    assert (await caller.call(asked(square, square, wide), model=QWEN))[0] == 200
    (call,) = caller.vendor.calls.values()
    # Where no size is said it has about 1024*1024 pixels in the ratio of the last; words alone make 2048*2048.
    assert (call.order.width, call.order.height) == (1448, 724)


@pytest.mark.parametrize("size", ["511*512", "2048*2049", "1K", "2K"])
async def test_what_is_drawn_of_a_picture_has_its_models_sizes(caller: Caller, size: str):
    status, told = await caller.call(asked(PNG), model=QWEN, size=size)
    assert (status, told["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("messages", "params", "word"),
    [
        (asked(), {}, "lack of image or text"),
        (asked(*[PNG] * 5), {}, "content is out of definition"),
        (asked(uri(png((239, 300)))), {}, "length and width"),
        (asked(uri(png((8001, 300)))), {}, "length and width"),
        (asked(PNG), {"size": "767*768"}, "specification"),
        (asked(PNG), {"size": "2048*2049"}, "specification"),
        (asked(PNG), {"size": "4100*1024"}, "specification"),
        (asked(PNG), {"size": "4K"}, "size is out of definition"),
        (asked(PNG), {"n": 5}, "Range of n"),
        (asked(PNG), {"enable_interleave": True}, "enable_interleave is out of definition"),
        (asked(PNG), {"enable_interleave": 0}, "enable_interleave is out of definition"),
        (asked(PNG), {"negative_prompt": 5}, "negative_prompt is out of definition"),
        (asked("data:image/png;base64," + "A" * 10485760), {}, "max bytes per data-uri item"),
    ],
)
async def test_a_model_that_edits_only_is_as_strict(caller: Caller, messages: Any, params: dict[str, Any], word: str):
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    body = {"model": WAN26, "input": {"messages": messages}, "parameters": {"n": 1, **params}}
    status, told = await caller.ask("POST", GENERATE, data=io.BytesIO(json.dumps(body).encode()), headers=headers)
    assert (status, told["code"]) == (400, "InvalidParameter")
    assert word in told["message"]
    assert caller.vendor.creates == 0


async def test_a_model_that_edits_only_has_its_documented_defaults(caller: Caller):
    long = [{"role": "user", "content": [*[{"image": PNG}] * 3, {"image": uri(png((800, 400)))}, {"text": "x" * 2001}]}]
    order = (await caller.generated(long, model=WAN26, negative_prompt="y" * 501)).order
    assert (order.n, order.width, order.height, len(order.pictures)) == (4, 1448, 724, 4)
    assert (order.prompt_extend, order.watermark, order.thinking) == (True, False, False)
    assert (len(order.prompt), len(order.negative_prompt)) == (2000, 500)
    status, _ = await caller.call(asked(PNG), model=WAN26, n=1, size="4096*1024", enable_interleave=False)
    assert status == 200


@pytest.mark.parametrize(
    ("given", "params", "word"),
    [
        ({"images": []}, {}, "lack of image or text"),
        ({}, {}, "lack of image or text"),
        ({"images": LARGE}, {}, "images is out of definition"),
        ({"images": [{"image": LARGE}]}, {}, "image is out of definition"),
        ({"images": [LARGE] * 4}, {}, "images is out of definition"),
        ({"images": [LARGE], "prompt": " "}, {}, "parameter(prompt) missing"),
        ({"images": [LARGE], "prompt": 5}, {}, "prompt is out of definition"),
        ({"images": [LARGE], "negative_prompt": 5}, {}, "negative_prompt is out of definition"),
        ({"images": [uri(png((383, 500)))]}, {}, "length and width"),
        ({"images": [uri(png((5001, 500)))]}, {}, "length and width"),
        ({"images": [uri(png((400, 400), "RGBA"))]}, {}, "Invalid image format"),
        ({"images": ["https://example.com/a.png"]}, {}, "download image failed"),
        ({"images": ["data:image/png;base64," + "A" * 10485760]}, {}, "max bytes per data-uri item"),
        ({"images": [LARGE]}, {"size": "767*768"}, "specification"),
        ({"images": [LARGE]}, {"size": "1280*1281"}, "specification"),
        ({"images": [LARGE]}, {"size": "2600*640"}, "specification"),
        ({"images": [LARGE]}, {"size": "1K"}, "size is out of definition"),
        ({"images": [LARGE]}, {"n": 5}, "Range of n"),
        ({"images": [LARGE]}, {"prompt_extend": 1}, "prompt_extend is out of definition"),
    ],
)
async def test_edits_of_the_older_protocol_are_held_to_their_page(
    caller: Caller, given: dict[str, Any], params: dict[str, Any], word: str
):
    status, told = await old_edit(caller, given, **{"n": 1, **params})
    assert (status, told["code"]) == (400, "InvalidParameter")
    assert word in told["message"]
    assert caller.vendor.creates == 0


async def old_edit(caller: Caller, given: dict[str, Any], **params: Any) -> tuple[int, Any]:
    """Ask for an edit in the older protocol."""
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    body = {"model": I2I, "input": {"prompt": "let it snow", **given}, "parameters": params}
    return await caller.ask("POST", EDITS, data=io.BytesIO(json.dumps(body).encode()), headers=headers)


async def test_edits_of_the_older_protocol_have_their_documented_defaults(caller: Caller):
    given = [png((500, 400)), jpeg((500, 500)), png((800, 400))]
    images = [uri(given[0]), uri(given[1], "image/jpeg"), uri(given[2])]
    texts = {"prompt": "x" * 2001, "negative_prompt": "y" * 501}
    status, told = await old_edit(caller, {"images": images, **texts})
    assert status == 200, told
    (task,) = caller.vendor.tasks.values()
    assert list(task.order.pictures) == given
    # 1280*1280 pixels in the ratio of the last.
    assert (task.order.n, task.order.width, task.order.height) == (4, 1810, 905)
    assert (task.order.prompt_extend, task.order.watermark) == (True, False)
    assert (len(task.order.prompt), len(task.order.negative_prompt)) == (2000, 500)
    caller.clock.advance(300)
    output = (await caller.query(task.task_id))["output"]
    assert [set(one) for one in output["results"]] == [{"orig_prompt", "actual_prompt", "url"}] * 4
    assert output["task_metrics"] == {"TOTAL": 4, "SUCCEEDED": 4, "FAILED": 0}


async def test_edits_of_the_older_protocol_are_tasks_alone(caller: Caller):
    body = {"model": I2I, "input": {"prompt": "let it snow", "images": [LARGE]}, "parameters": {"n": 1}}
    status, told = await caller.ask("POST", EDITS, json=body)
    assert (status, told["message"]) == (403, "current user api does not support synchronous calls.")
    status, told = await caller.call(asked(LARGE), model=I2I, n=1)
    assert (status, told["message"][:9]) == (400, "url error")


async def test_a_model_of_words_takes_none(caller: Caller):
    status, told = await caller.generate(asked(PNG), model="wan2.6-t2i", n=1)
    assert (status, told["code"]) == (400, "InvalidParameter")


async def test_a_tier_has_the_ratio_of_the_last_picture(caller: Caller):
    wide, square = uri(png((800, 400))), uri(png((400, 400)))
    for pictures, tier, size in (
        ((square, wide), "2K", (2896, 1448)),
        ((wide, square), "1K", (1024, 1024)),
    ):
        order = (await caller.generated(asked(*pictures), model=PRO, n=1, size=tier)).order
        assert (order.width, order.height) == size


@pytest.mark.parametrize("size", ["4K", "4096*4096", "3000*3000"])
async def test_with_a_picture_nobody_draws_in_4k(caller: Caller, size: str):
    assert (await caller.generate(asked(PNG), model=PRO, n=1, size=size))[0] == 400
    assert (await caller.generate(model=PRO, n=1, size=size))[0] == 200


def test_an_edit_is_seen_to_come_from_its_picture():
    ground = noise((64, 64)).resize((512, 512), Image.Resampling.NEAREST)
    plain, edited = (
        Image.open(io.BytesIO(draw("let it snow", 7, (512, 512), pictures=pictures)))
        for pictures in ((), (png(), saved(ground, "PNG")))
    )
    # Away from the corner with the insets.
    seen = (0, 0, 512, 380)

    def apart(image: Image.Image) -> float:
        difference = ImageChops.difference(image.convert("RGB").crop(seen), ground.crop(seen))
        return sum(ImageStat.Stat(difference).mean)

    assert apart(edited) < apart(plain) / 2
    # The first of the pictures is in the corner: its own corner is red.
    red, _, blue = ImageStat.Stat(edited.convert("RGB").crop((15, 405, 30, 420))).mean
    assert red > blue + 100
