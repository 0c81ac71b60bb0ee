"""The client against the stand-in: each function of wanx2.1-imageedit, as it is sent and as it is understood."""

import json
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.edits import WITHOUT_WORDS, Edit, Function
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.functions import ALL, Change
from tests.support.contracts.vendor_client import KEY, Recorder, order, told
from tests.support.handed_in import png, saved

MODEL, SIZE = "wanx2.1-imageedit", (600, 520)
PICTURE = SentPicture("image/png", png(SIZE))
MASK = SentPicture("image/png", saved(Image.new("L", SIZE, 255), "PNG"), is_mask=True)
EDITS = [
    (Edit(Function.INSTRUCT, strength=70), Change("description_edit", strength=0.7), {"strength": 0.7}),
    (Edit(Function.REGION), Change("description_edit_with_mask", mask=MASK.data), {}),
    (Edit(Function.STYLE, strength=0), Change("stylization_all", strength=0), {"strength": 0.0}),
    (Edit(Function.PART_STYLE), Change("stylization_local"), {}),
    (Edit(Function.UNMARK), Change("remove_watermark"), {}),
    (
        Edit(Function.EXPAND, left=50, top=100),
        Change("expand", scales={"left": 1.5, "right": 1.0, "top": 2.0, "bottom": 1.0}),
        {"left_scale": 1.5, "right_scale": 1.0, "top_scale": 2.0, "bottom_scale": 1.0},
    ),
    (Edit(Function.ENLARGE, factor=3), Change("super_resolution", factor=3), {"upscale_factor": 3}),
    (Edit(Function.COLOUR), Change("colorization"), {}),
    (Edit(Function.SKETCH, line_art=True), Change("doodle", is_sketch=True), {"is_sketch": True}),
    (Edit(Function.CARTOON), Change("control_cartoon_feature"), {}),
]


def test_these_are_all():
    assert [edit.function for edit, *_ in EDITS] == list(Function)
    assert {change.function for _, change, _ in EDITS} == ALL


def pictures(edit: Edit) -> list[SentPicture]:
    return [PICTURE, MASK] if edit.function is Function.REGION else [PICTURE]


@pytest.mark.parametrize(("edit", "change", "own"), EDITS)
async def test_a_function_says_everything_and_nothing_else(
    session: aiohttp.ClientSession,
    recorder: Recorder,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    edit: Edit,
    change: Change,
    own: dict[str, Any],
):
    recorded, served = (
        DashScopeClient(session, base_url=url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
        for url in (recorder.url, vendor.base_url)
    )
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    request = replace(order(MODEL, count=2), edit=edit)
    await recorded.create(request, pictures(edit))
    ((_, path, headers, body),) = recorder.heads
    said = json.loads(body)
    assert path == "/api/v1/services/aigc/image2image/image-synthesis"
    assert headers["X-DashScope-Async"] == "enable"
    assert (said["model"], said["input"]["function"]) == (MODEL, change.function)
    assert said["input"]["prompt"] == request.prompt
    masks = {"mask_image_url"} if edit.function is Function.REGION else set[str]()
    assert set(said["input"]) == {"function", "prompt", "base_image_url", *masks}
    assert said["parameters"] == {"n": 2, "seed": 7, "watermark": False, **own}
    created = await served.create(request, pictures(edit))
    asked = vendor.tasks[created.task_id].order
    assert (asked.change, asked.pictures) == (change, (PICTURE.data,))
    clock.advance(60)
    report = await told(served, clock, created.task_id)
    assert len([result for result in report.results if result.url]) == 2


@pytest.mark.parametrize("function", sorted(WITHOUT_WORDS))
async def test_what_needs_no_words_is_taken_without_any(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, function: Function
):
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    edit = Edit(function, left=5)
    await client.create(replace(order(MODEL), prompt="", edit=edit), pictures(edit))
    assert vendor.creates == 1
