"""What the client makes of a task's answers in the newer form: choices, each with the parts of a message."""

import json
from typing import Any

import aiohttp
import pytest

from bot.domain.jobs.vendor_task import TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import AreaTier
from bot.failure_kinds import FailureKind
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Failure, Outcome
from tests.support.contracts.vendor_client import KEY, Recorder, order, told

NEWER = "wan2.6-t2i"
A, B, C = ({"type": "image", "image": f"https://x/{name}.png"} for name in "abc")
TEXT = {"type": "text", "text": "Here is your flower shop."}
NONE = {"code": "DataInspectionFailed", "message": "Output data may contain inappropriate content."}


def choices(*contents: Any) -> dict[str, Any]:
    return {
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": one}} for one in contents]
    }


@pytest.fixture
def client(session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock) -> DashScopeClient:
    return DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)


@pytest.mark.parametrize(
    ("output", "usage", "urls", "image_count"),
    [
        (choices([A]), {"image_count": 1, "size": "1280*1280"}, ["a"], 1),
        # wan has one image in each choice, qwen has several in one.
        (choices([A], [B], [C]), {"image_count": 3}, ["a", "b", "c"], 3),
        (choices([A, B, C]), {"output_image_count": 3}, ["a", "b", "c"], 3),
        (choices([TEXT, A], [B, TEXT]), {"image_count": 2, "output_image_count": 5}, ["a", "b"], 2),
        (choices([A], [NONE]), {"image_count": 1}, ["a", None], 1),
        # What is billed is said by usage, and counted where it is silent.
        (choices([A], [B]), None, ["a", "b"], 2),
        (choices([A], [NONE]), {"image_count": "1"}, ["a", None], 1),
        (choices([A], [B]), {"image_count": 4}, ["a", "b"], 4),
    ],
)
async def test_the_images_of_all_choices_and_all_their_parts_are_taken_in_order(
    client: DashScopeClient,
    recorder: Recorder,
    output: dict[str, Any],
    usage: dict[str, Any] | None,
    urls: list[str | None],
    image_count: int,
):
    recorder.says(200, json.dumps({"output": {"task_status": "SUCCEEDED", **output}, "usage": usage}))
    report = await client.query("t")
    assert [result.url for result in report.results] == [url and f"https://x/{url}.png" for url in urls]
    assert (report.image_count, report.total, report.lacks_results) == (image_count, None, False)
    failed = [result for result in report.results if result.url is None]
    assert all((result.code, result.kind) == (NONE["code"], FailureKind.CONTENT) for result in failed)


@pytest.mark.parametrize(
    ("word", "area"),
    [
        ("qima_output_1k", AreaTier.SMALL),
        ("qima_output_2k", AreaTier.LARGE),
        ("QIMA_OUTPUT_2K", AreaTier.LARGE),
        ("qima_output_8k", None),
        (7, None),
        (None, None),
    ],
)
async def test_the_area_by_which_the_vendor_bills_is_read(
    client: DashScopeClient, recorder: Recorder, word: Any, area: AreaTier | None
):
    usage = {"output_image_count": 1, "output_image_type": word}
    recorder.says(200, json.dumps({"output": {"task_status": "SUCCEEDED", **choices([A])}, "usage": usage}))
    assert (await client.query("t")).area is area


@pytest.mark.parametrize(("said", "count"), [(3, 3), (0, 0), ("3", None), (-1, None), (None, None)])
async def test_how_much_of_what_came_in_is_billed_is_read(
    client: DashScopeClient, recorder: Recorder, said: Any, count: int | None
):
    usage = {"output_image_count": 1, "input_image_count": said}
    recorder.says(200, json.dumps({"output": {"task_status": "SUCCEEDED", **choices([A])}, "usage": usage}))
    assert (await client.query("t")).input_count == count


@pytest.mark.parametrize(
    "output",
    [
        {"choices": None},
        {"choices": []},
        {"choices": [None, 5, {"message": None}, {"message": {"content": None}}]},
        choices("https://x/a.png"),
        choices([TEXT]),
        choices([None, {"image": None}, {"image": 5}, {"image": ""}]),
    ],
)
async def test_a_success_whose_choices_have_no_image_lacks_its_results(
    client: DashScopeClient, recorder: Recorder, output: dict[str, Any]
):
    recorder.says(200, json.dumps({"output": {"task_status": "SUCCEEDED", **output}}))
    report = await client.query("t")
    assert (report.results, report.image_count, report.lacks_results) == ((), None, True)


async def test_a_task_that_goes_on_says_nothing_of_images(client: DashScopeClient, recorder: Recorder):
    recorder.says(200, '{"output":{"task_id":"t","task_status":"RUNNING","submit_time":"2026-11-28 17:16:01.663"}}')
    report = await client.query("t")
    assert (report.status, report.results, report.image_count, report.total) == (TaskStatus.RUNNING, (), 0, None)


async def test_a_failed_task_that_is_billed_all_the_same_says_so(client: DashScopeClient, recorder: Recorder):
    recorder.says(200, '{"output":{"task_status":"FAILED","code":"X"},"usage":{"output_image_count":2}}')
    assert (await client.query("t")).image_count == 2


async def test_no_address_of_an_image_is_in_a_repr(client: DashScopeClient, recorder: Recorder):
    recorder.says(200, json.dumps({"output": {"task_status": "SUCCEEDED", **choices([A])}}))
    assert "https://x/a.png" not in repr(await client.query("t"))


async def test_of_what_the_stand_in_left_out_nothing_is_reported(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    vendor.next_outcome(Outcome(failed_images={0: Failure("DataInspectionFailed", "no")}))
    created = await client.create(order(NEWER, count=3))
    clock.advance(60)
    report = await told(client, clock, created.task_id)
    assert (report.status, report.image_count, len(report.results)) == (TaskStatus.SUCCEEDED, 2, 2)
