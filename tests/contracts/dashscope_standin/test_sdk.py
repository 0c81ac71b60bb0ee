"""The stand-in against what nobody here wrote: the vendor's own SDK, unmodified, pointed at it."""

import asyncio
import base64
import importlib
import warnings
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
import pytest
import yarl

from sandbox.clock import SandboxClock
from sandbox.dashscope import DEFAULT_MODELS, DashScopeStandIn, Outcome, StandInModel
from sandbox.dashscope.models import NEW
from tests.support.handed_in import png

KEY = "sk-sandbox"
TURBO = "wanx2.1-t2i-turbo"
NEWER = "wan2.6-t2i"
PICTURE = png((800, 600))
URI = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
ASKED = [{"role": "user", "content": [{"text": "一间花店"}]}]


@pytest.fixture
async def vendor() -> AsyncIterator[DashScopeStandIn]:
    alone = StandInModel("one-at-a-time", 1, create_rate=20, running=1)
    models = [*DEFAULT_MODELS, alone, replace(alone, name="newer-one-at-a-time", service=NEW)]
    async with DashScopeStandIn(clock=SandboxClock(scale=50), api_key=KEY, models=models) as standin:
        yield standin


@pytest.fixture
def sdk(vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dashscope

    monkeypatch.setattr(dashscope, "base_http_api_url", vendor.base_url)
    monkeypatch.setattr(dashscope, "api_key", KEY)
    return dashscope


@pytest.fixture
def images(sdk: Any) -> Any:
    return sdk.ImageSynthesis


@pytest.fixture
def generation(sdk: Any) -> Any:
    return importlib.import_module("dashscope.aigc.image_generation").ImageGeneration


@pytest.fixture
def conversation(sdk: Any) -> Any:
    return sdk.MultiModalConversation


async def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await asyncio.to_thread(function, *args, **kwargs)


async def test_sdk_creates_waits_and_the_image_can_be_fetched(vendor: DashScopeStandIn, images: Any):
    created = await _call(
        images.async_call, model=TURBO, prompt="一间花店", n=2, size="512*768", seed=7, watermark=True
    )
    assert created.status_code == 200
    assert created.output.task_status == "PENDING"
    done = await _call(images.wait, created)
    assert done.output.task_status == "SUCCEEDED"
    assert done.usage.image_count == 2
    assert [result["orig_prompt"] for result in done.output.results] == ["一间花店"] * 2
    async with (
        aiohttp.ClientSession() as session,
        session.get(yarl.URL(done.output.results[0].url, encoded=True)) as image,
    ):
        assert image.status == 200
        assert (await image.read()).startswith(b"\x89PNG\r\n\x1a\n")
    assert vendor.creates == 1
    assert [line.images for line in vendor.bill()] == [2]


async def test_sdk_fetches_a_task_by_its_id(vendor: DashScopeStandIn, images: Any):
    created = await _call(images.async_call, model=TURBO, prompt="a cat", n=1)
    fetched = await _call(images.fetch, created.output.task_id)
    assert fetched.status_code == 200
    assert fetched.output.task_id == created.output.task_id


async def test_sdk_sees_unknown_tasks_as_200(vendor: DashScopeStandIn, images: Any):
    fetched = await _call(images.fetch, "1111")
    assert fetched.status_code == 200
    assert fetched.output.task_status == "UNKNOWN"


async def test_sdk_sees_a_failed_task_as_200(vendor: DashScopeStandIn, images: Any):
    done = await _call(images.call, model=TURBO, prompt="a cat [fail]", n=1)
    assert done.status_code == 200
    assert done.output.task_status == "FAILED"
    assert done.output["code"] == "InternalError.Algo"


async def test_sdk_lists_the_tasks(vendor: DashScopeStandIn, images: Any):
    created = await _call(images.async_call, model=TURBO, prompt="a cat", n=1)
    listed = await _call(images.list, model_name=TURBO)
    assert listed.status_code == 200
    assert [entry["task_id"] for entry in listed.output["data"]] == [created.output.task_id]


async def test_sdk_cancels_only_a_pending_task(vendor: DashScopeStandIn, images: Any):
    # Nothing ends on its own here, so that the second task is sure to wait.
    vendor.outcome_for(lambda _: True, Outcome(service_s=3600))
    running = await _call(images.async_call, model="one-at-a-time", prompt="a cat", n=1)
    waiting = await _call(images.async_call, model="one-at-a-time", prompt="a cat", n=1)
    await vendor.until(lambda: vendor.tasks[running.output.task_id].status == "RUNNING")
    assert (await _call(images.cancel, waiting)).status_code == 200
    assert vendor.tasks[waiting.output.task_id].status == "CANCELED"
    refused = await _call(images.cancel, running)
    assert (refused.status_code, refused.code) == (400, "UnsupportedOperation")


async def test_sdk_reports_a_wrong_key_and_a_refused_prompt(vendor: DashScopeStandIn, images: Any):
    wrong = await _call(images.async_call, model=TURBO, prompt="a cat", n=1, api_key="sk-other")
    assert wrong.status_code == 401
    refused = await _call(images.async_call, model=TURBO, prompt="a cat [refuse]", n=1)
    assert (refused.status_code, refused.code) == (400, "DataInspectionFailed")


async def test_sdk_has_a_text_written_and_reports_why_not(vendor: DashScopeStandIn, sdk: Any):
    messages = [{"role": "system", "content": "Improve it."}, {"role": "user", "content": "a cat"}]
    asked = {"model": "qwen3.7-flash", "messages": messages, "result_format": "message"}
    done = await _call(sdk.Generation.call, enable_thinking=False, **asked)
    (call,) = vendor.texts.calls
    assert (done.status_code, done.output.choices[0].message.content) == (200, call.text)
    assert (done.usage.input_tokens, done.usage.output_tokens) == (call.tokens_in, call.tokens_out)
    refused = await _call(sdk.Generation.call, **asked)
    assert (refused.status_code, refused.code) == (400, "InvalidParameter")


async def test_sdk_without_the_async_header_is_refused(vendor: DashScopeStandIn, images: Any):
    refused = await _call(images.sync_call, model="wan2.2-t2i-flash", prompt="a cat", n=1)
    assert (refused.status_code, refused.code) == (403, "AccessDenied")


async def test_sdk_has_pictures_edited_in_the_older_protocol(vendor: DashScopeStandIn, images: Any):
    asked: dict[str, Any] = {"model": "wan2.5-i2i-preview", "prompt": "let it snow", "n": 2, "prompt_extend": False}
    done = await _call(images.call, images=[URI] * 3, negative_prompt="blurry", seed=7, **asked)
    assert done.output.task_status == "SUCCEEDED"
    assert [result["orig_prompt"] for result in done.output.results] == ["let it snow"] * 2
    assert done.usage.image_count == 2
    (task,) = vendor.tasks.values()
    assert (task.order.pictures, task.order.negative_prompt) == ((PICTURE,) * 3, "blurry")
    assert [line.images for line in vendor.bill()] == [2]
    for wrong in ({"images": []}, {"images": [URI] * 4}, {"images": [URI], "task": "text2image"}):
        refused = await _call(images.async_call, **asked, **wrong)
        assert (refused.status_code, refused.code) == (400, "InvalidParameter")
    at_once = await _call(images.sync_call, images=[URI], **asked)
    assert (at_once.status_code, at_once.code) == (403, "AccessDenied")
    assert vendor.creates == 1


async def test_sdk_has_a_picture_changed_by_a_function(vendor: DashScopeStandIn, images: Any):
    asked: dict[str, Any] = {"model": "wanx2.1-imageedit", "prompt": "let it snow", "base_image_url": URI}
    done = await _call(partial(images.call, function="expand"), left_scale=1.5, n=2, **asked)
    assert (done.output.task_status, len(done.output.results)) == ("SUCCEEDED", 2)
    masked = await _call(partial(images.call, function="description_edit_with_mask"), mask_image_url=URI, **asked)
    assert masked.output.task_status == "SUCCEEDED"
    wider, region = (task.order.change for task in vendor.tasks.values())
    assert wider is not None
    assert (wider.function, wider.scales["left"]) == ("expand", 1.5)
    assert region is not None
    assert region.mask is not None
    assert [line.images for line in vendor.bill()] == [2, 1]
    refused = await _call(partial(images.async_call, function="paint"), **asked)
    assert (refused.status_code, refused.code) == (400, "InvalidParameter")


# -- the newer protocol


@pytest.mark.parametrize("model", [NEWER, "wan2.7-image", "wan2.7-image-pro"])
async def test_sdk_generates_waits_and_the_images_can_be_fetched(vendor: DashScopeStandIn, generation: Any, model: str):
    created = await _call(
        generation.async_call, model=model, messages=ASKED, n=2, size="1280*1280", seed=7, watermark=True
    )
    assert created.status_code == 200
    assert created.output.task_status == "PENDING"
    done = await _call(generation.wait, created)
    assert done.output.task_status == "SUCCEEDED"
    assert done.output.finished is True
    assert (done.usage.image_count, done.usage.size) == (2, "1280*1280")
    urls = [part["image"] for choice in done.output.choices for part in choice["message"]["content"]]
    assert len(urls) == 2
    async with aiohttp.ClientSession() as session, session.get(yarl.URL(urls[1], encoded=True)) as image:
        assert image.status == 200
        assert (await image.read()).startswith(b"\x89PNG\r\n\x1a\n")
    assert vendor.creates == 1
    assert [line.images for line in vendor.bill()] == [2]


def edit_of(pictures: int) -> list[dict[str, Any]]:
    """Return a message with so many pictures."""
    return [{"role": "user", "content": [*[{"image": URI}] * pictures, {"text": "let it snow"}]}]


async def test_sdk_has_a_picture_edited(vendor: DashScopeStandIn, generation: Any):
    created = await _call(generation.async_call, model="wan2.7-image", messages=edit_of(2), n=1, size="2K")
    done = await _call(generation.wait, created)
    assert done.output.task_status == "SUCCEEDED"
    (task,) = vendor.tasks.values()
    assert task.order.pictures == (PICTURE, PICTURE)
    assert done.usage.size == f"{task.order.width}*{task.order.height}"
    assert task.order.width / task.order.height == pytest.approx(4 / 3, rel=0.01)


async def test_sdk_has_up_to_four_pictures_edited_by_a_model_that_edits_only(vendor: DashScopeStandIn, generation: Any):
    asked: dict[str, Any] = {"model": "wan2.6-image", "n": 2, "enable_interleave": False, "prompt_extend": False}
    created = await _call(generation.async_call, messages=edit_of(4), size="1K", **asked)
    done = await _call(generation.wait, created)
    assert done.output.task_status == "SUCCEEDED"
    assert (done.usage.image_count, done.usage.size) == (2, "1182*886")
    assert [line.images for line in vendor.bill()] == [2]
    at_once = await _call(generation.call, messages=edit_of(1), **asked)
    assert len(at_once.output.choices) == 2
    for messages in (ASKED, edit_of(5)):
        refused = await _call(generation.async_call, messages=messages, **asked)
        assert (refused.status_code, refused.code) == (400, "InvalidParameter")
    assert vendor.creates == 2


async def test_sdk_fetches_and_lists_a_generation(vendor: DashScopeStandIn, generation: Any):
    created = await _call(generation.async_call, model=NEWER, messages=ASKED, n=1)
    fetched = await _call(generation.fetch, created.output.task_id)
    assert (fetched.status_code, fetched.output.task_id) == (200, created.output.task_id)
    listed = await _call(generation.list, model_name=NEWER)
    assert [entry["task_id"] for entry in listed.output["data"]] == [created.output.task_id]


async def test_sdk_sees_a_failed_generation_as_200(vendor: DashScopeStandIn, generation: Any):
    created = await _call(
        generation.async_call, model=NEWER, messages=[{"role": "user", "content": [{"text": "a cat [fail]"}]}], n=1
    )
    done = await _call(generation.wait, created)
    assert (done.status_code, done.output.task_status) == (200, "FAILED")
    assert done.output["code"] == "InternalError.Algo"


async def test_sdk_cancels_only_a_pending_generation(vendor: DashScopeStandIn, generation: Any):
    vendor.outcome_for(lambda _: True, Outcome(service_s=3600))
    running, waiting = [
        await _call(generation.async_call, model="newer-one-at-a-time", messages=ASKED, n=1) for _ in range(2)
    ]
    await vendor.until(lambda: vendor.tasks[running.output.task_id].status == "RUNNING")
    assert (await _call(generation.cancel, waiting)).status_code == 200
    assert vendor.tasks[waiting.output.task_id].status == "CANCELED"
    refused = await _call(generation.cancel, running)
    assert (refused.status_code, refused.code) == (400, "UnsupportedOperation")


@pytest.mark.parametrize(("size", "word"), [("1024*1024", "qima_output_1k"), ("2048*2048", "qima_output_2k")])
async def test_sdk_generates_with_the_model_whose_price_goes_by_the_area(
    vendor: DashScopeStandIn, generation: Any, size: str, word: str
):
    vendor.free_tiers["qwen-image-3.0-pro"].used = 10
    created = await _call(generation.async_call, model="qwen-image-3.0-pro", messages=ASKED, n=2, size=size)
    done = await _call(generation.wait, created)
    assert done.output.task_status == "SUCCEEDED"
    (choice,) = done.output.choices
    assert [set(part) for part in choice["message"]["content"]] == [{"image"}] * 2
    assert (done.usage["output_image_count"], done.usage["output_image_type"]) == (2, word)
    assert "image_count" not in done.usage
    assert vendor.billed_micros == (1_000_000 if word.endswith("2k") else 500_000)


async def test_sdk_has_pictures_edited_by_the_model_that_bills_each_of_them(vendor: DashScopeStandIn, generation: Any):
    asked: dict[str, Any] = {"model": "qwen-image-3.0-pro", "n": 2}
    vendor.free_tiers["qwen-image-3.0-pro"].used = 8
    done = await _call(generation.wait, await _call(generation.async_call, messages=edit_of(3), **asked))
    assert (done.usage["input_image_count"], done.usage["input_image_type"]) == (3, "qima_input_1k")
    assert (done.usage["output_image_count"], done.usage["output_image_type"]) == (2, "qima_output_1k")
    # Two of the pictures that came in are free.
    (line,) = vendor.bill()
    assert (line.images, line.inputs, line.free_images, line.cost_micros) == (2, 3, 2, 520_000)
    for wrong in ({"messages": edit_of(4)}, {"messages": edit_of(1), "prompt_extend_mode": "agent"}):
        refused = await _call(generation.async_call, **asked, **wrong)
        assert (refused.status_code, refused.code) == (400, "InvalidParameter")


# -- what answers with the pictures themselves


@pytest.mark.parametrize("model", ["qwen-image-2.0", "qwen-image-2.0-pro", "qwen-image-2.1-pro", "qwen-image-3.0"])
@pytest.mark.parametrize("name", ["conversation", "generation"])
async def test_sdk_is_answered_with_pictures(
    request: pytest.FixtureRequest, vendor: DashScopeStandIn, name: str, model: str
):
    speaker = request.getfixturevalue(name)
    done = await _call(speaker.call, model=model, messages=ASKED, n=2, size="1024*1024", seed=7, watermark=False)
    assert done.status_code == 200, done
    urls = [part["image"] for choice in done.output.choices for part in choice["message"]["content"]]
    assert len(urls) == 2
    async with aiohttp.ClientSession() as session, session.get(yarl.URL(urls[1], encoded=True)) as image:
        assert (await image.read()).startswith(b"\x89PNG\r\n\x1a\n")
    assert (len(vendor.calls), vendor.tasks) == (1, {})
    assert [(line.model, line.images) for line in vendor.bill()] == [(model, 2)]


@pytest.mark.parametrize("model", ["qwen-image-2.0", "qwen-image-2.0-pro"])
@pytest.mark.parametrize("name", ["conversation", "generation"])
async def test_sdk_is_answered_with_what_was_made_of_its_pictures(
    request: pytest.FixtureRequest, vendor: DashScopeStandIn, name: str, model: str
):
    speaker = request.getfixturevalue(name)
    done = await _call(speaker.call, model=model, messages=edit_of(3), n=2, seed=7, watermark=False)
    assert done.status_code == 200, done
    (choice,) = done.output.choices
    assert [set(part) for part in choice["message"]["content"]] == [{"image"}] * 2
    (call,) = vendor.calls.values()
    assert call.order.pictures == (PICTURE,) * 3
    assert (done.usage["width"], done.usage["height"]) == (call.order.width, call.order.height) == (1182, 886)
    refused = await _call(speaker.call, model=model, messages=edit_of(4), n=1)
    assert (refused.status_code, refused.code) == (400, "InvalidParameter")


@pytest.mark.parametrize("rewrites", [True, False])
async def test_sdk_is_answered_with_a_picture_and_its_prompt(
    vendor: DashScopeStandIn, conversation: Any, rewrites: bool
):
    vendor.free_tiers["z-image-turbo"].used = 100
    done = await _call(conversation.call, model="z-image-turbo", messages=ASKED, prompt_extend=rewrites)
    (choice,) = done.output.choices
    image, text = choice["message"]["content"]
    assert (set(image), text["text"].startswith("一间花店")) == ({"image"}, True)
    assert ("reasoning_content" in choice["message"]) is rewrites
    assert (done.usage["image_count"], done.usage["width"], done.usage["height"]) == (1, 1024, 1536)
    assert vendor.billed_micros == (200_000 if rewrites else 100_000)


async def test_sdk_hears_why_a_call_is_refused(vendor: DashScopeStandIn, conversation: Any, generation: Any):
    prompt = [{"role": "user", "content": [{"text": "[refuse] a cat"}]}]
    refused = await _call(conversation.call, model="qwen-image-2.0", messages=prompt)
    assert (refused.status_code, refused.code) == (400, "DataInspectionFailed")
    asynchronous = await _call(generation.async_call, model="qwen-image-2.0", messages=ASKED, n=1)
    assert (asynchronous.status_code, asynchronous.code) == (403, "AccessDenied")
    elsewhere = await _call(conversation.call, model=TURBO, messages=ASKED)
    assert (elsewhere.status_code, elsewhere.message[:9]) == (400, "url error")
    assert vendor.creates == 0


async def test_sdk_with_a_model_of_the_other_protocol_is_refused(
    vendor: DashScopeStandIn, images: Any, generation: Any
):
    for refused in (
        await _call(images.async_call, model=NEWER, prompt="a cat", n=1),
        await _call(generation.async_call, model=TURBO, messages=ASKED, n=1),
    ):
        assert (refused.status_code, refused.code) == (400, "InvalidParameter")
        assert refused.message.startswith("url error")
    assert vendor.creates == 0
