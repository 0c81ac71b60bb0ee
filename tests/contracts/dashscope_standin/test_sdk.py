"""The stand-in against what nobody here wrote: the vendor's own SDK, unmodified, pointed at it."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
import yarl

from sandbox.clock import SandboxClock
from sandbox.dashscope import DEFAULT_MODELS, DashScopeStandIn, Outcome, StandInModel

KEY = "sk-sandbox"
TURBO = "wanx2.1-t2i-turbo"


@pytest.fixture
async def vendor() -> AsyncIterator[DashScopeStandIn]:
    models = [*DEFAULT_MODELS, StandInModel("one-at-a-time", 1, create_rate=20, running=1)]
    async with DashScopeStandIn(clock=SandboxClock(scale=50), api_key=KEY, models=models) as standin:
        yield standin


@pytest.fixture
def images(vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import dashscope

    monkeypatch.setattr(dashscope, "base_http_api_url", vendor.base_url)
    monkeypatch.setattr(dashscope, "api_key", KEY)
    return dashscope.ImageSynthesis


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


async def test_sdk_without_the_async_header_is_refused(vendor: DashScopeStandIn, images: Any):
    refused = await _call(images.sync_call, model="wan2.2-t2i-flash", prompt="a cat", n=1)
    assert (refused.status_code, refused.code) == (403, "AccessDenied")
