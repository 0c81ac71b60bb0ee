"""The client where a create is answered with the pictures: what it sends, what it reads, and what is lost for good."""

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.domain.jobs.vendor_task import TaskReport, TaskStatus
from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import AreaTier, Protocol
from bot.domain.requests.sizes import Size
from bot.errors import (
    ContentRefused,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.providers.dashscope.client import DRAW_TIMEOUT_S, DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Failure, Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault
from tests.support.contracts.vendor_client import HTML, KEY, PROMPT, Recorder, order

SYNCHRONOUS = [name for name, model in BUILT_IN.items() if model.protocol.is_synchronous]
QWEN, Z = "qwen-image-2.0", "z-image-turbo"
IMAGE = {"image": "https://x/a.png"}


async def drawn(drawing: Awaitable[TaskReport], vendor: DashScopeStandIn, clock: SandboxClock) -> TaskReport:
    """Let the time pass that a call takes."""
    waiting = asyncio.ensure_future(drawing)
    taken = asyncio.create_task(vendor.until(lambda: bool(vendor.calls)))
    await asyncio.wait([waiting, taken], return_when=asyncio.FIRST_COMPLETED)
    taken.cancel()
    clock.advance(100)
    return await waiting


def answer(*parts: Any, **more: Any) -> str:
    content = {"choices": [{"message": {"role": "assistant", "content": list(parts)}}]}
    return json.dumps({"output": content, "request_id": "r-1", **more})


@pytest.mark.parametrize("model", SYNCHRONOUS)
async def test_each_model_answers_with_its_pictures(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, model: str
):
    count = BUILT_IN[model].images_max
    report = await drawn(client.draw(order(model, count=count)), vendor, clock)
    (call,) = vendor.calls.values()
    assert (report.task_id, report.status, report.request_id) == ("", TaskStatus.SUCCEEDED, call.request_id)
    assert [result.url for result in report.results] == call.images
    assert (report.image_count, len(report.results), report.area) == (count, count, None)
    assert {(result.orig_prompt, result.actual_prompt) for result in report.results} == {(None, None)}
    assert (vendor.creates, vendor.tasks) == (1, {})
    assert call.prompt == PROMPT


async def test_a_model_that_is_served_both_ways_is_asked_as_the_configuration_says(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    pro = replace(BUILT_IN["qwen-image-3.0-pro"], protocol=Protocol.MULTIMODAL)
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue={pro.name: pro}, clock=clock)
    large = replace(order(pro.name), size=Size(2048, 2048))
    assert (await drawn(client.draw(large), vendor, clock)).area is AreaTier.LARGE


SAID = [
    (
        QWEN,
        '"size":"2048*2048","n":1,"seed":7,"prompt_extend":false,"watermark":false,"negative_prompt":""',
    ),
    ("qwen-image-2.1-turbo", '"size":"2048*2048","n":1,"seed":7,"prompt_extend":false,"negative_prompt":""'),
    ("qwen-image-2.1-pro", '"size":"2048*2048","n":1,"seed":7,"prompt_extend":false,"enable_thinking":true'),
    (Z, '"size":"1024*1536","n":1,"seed":7,"prompt_extend":false'),
]


@pytest.mark.parametrize(("model", "said"), SAID)
async def test_a_call_says_everything_and_nothing_else(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, model: str, said: str
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, answer(IMAGE, usage={"image_count": 1}))
    assert (await client.draw(order(model))).results[0].url == IMAGE["image"]
    ((method, path, headers, body),) = recorder.heads
    assert (method, path) == ("POST", "/api/v1/services/aigc/multimodal-generation/generation")
    message = '"input":{"messages":[{"role":"user","content":[{"text":"一间花店, “quoted” 🌸"}]}]}'
    assert body.decode() == f'{{"model":"{model}",{message},"parameters":{{{said}}}}}'
    assert (headers["Authorization"], headers["Connection"]) == (f"Bearer {KEY}", "close")
    assert "X-DashScope-Async" not in headers


async def test_a_call_sends_what_came_in_before_its_text(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, answer(IMAGE, usage={"image_count": 1}))
    await client.draw(order(QWEN), [SentPicture("image/png", b"first"), SentPicture("image/jpeg", b"second")])
    ((_, _, _, body),) = recorder.heads
    message = (
        '"input":{"messages":[{"role":"user","content":[{"image":"data:image/png;base64,Zmlyc3Q="},'
        '{"image":"data:image/jpeg;base64,c2Vjb25k"},{"text":"一间花店, “quoted” 🌸"}]}]}'
    )
    assert body.decode() == f'{{"model":"{QWEN}",{message},"parameters":{{{SAID[0][1]}}}}}'


@pytest.mark.parametrize(
    ("extend", "parts", "text"),
    [
        (True, [IMAGE, {"text": "a cat, soft light"}], "a cat, soft light"),
        (False, [IMAGE, {"text": "a cat"}], None),
        (True, [IMAGE], None),
        (True, [IMAGE, {"text": None}], None),
    ],
)
async def test_the_prompt_beside_a_picture_is_the_rewritten_one_where_that_was_asked_for(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, extend: bool, parts: Any, text: str | None
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, answer(*parts, usage={"image_count": 1}))
    (result,) = (await client.draw(replace(order(Z), prompt_extend=extend))).results
    assert (result.url, result.actual_prompt) == (IMAGE["image"], text)


@pytest.mark.parametrize(
    ("body", "images", "billed"),
    [
        (answer(IMAGE, IMAGE, usage={"image_count": 2}), 2, 2),
        (answer(IMAGE, IMAGE, usage={"output_image_count": 2}), 2, 2),
        (answer(IMAGE, IMAGE), 2, 2),  # successful images are billed
        (answer(IMAGE, usage={"image_count": 2**62}), 1, 1),  # no count at all
        (answer(IMAGE, usage={"image_count": 10**30}), 1, 1),
        (answer(usage={"image_count": 0}), 0, 0),
        (answer(usage={"image_count": 1}), 0, 1),
        (answer(IMAGE, usage={"image_count": 2}), 1, 2),
    ],
)
async def test_what_is_billed_is_read_where_it_is_said_and_counted_where_it_is_not(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, body: str, images: int, billed: int
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, body)
    report = await client.draw(order(QWEN, count=2))
    assert (len(report.results), report.image_count) == (images, billed)


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(cut=True, when="after"), Fault(truncate_to=30)])
async def test_a_call_that_breaks_off_is_in_doubt_and_not_sent_again(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, fault: Fault
):
    vendor.faults.add("call", fault)
    with pytest.raises(OutcomeUnknown, match="broken"):
        await drawn(client.draw(order(QWEN)), vendor, clock)
    assert len([entry for entry in vendor.requests if entry.operation == "call"]) == 1
    assert len(vendor.bill()) == (0 if fault == Fault(cut=True) else 1)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (502, HTML, "http_502"),
        (504, b"", "http_504"),
        (408, b"", "http_408"),
        (500, b'{"code":"InternalError.Timeout","message":"no"}', "InternalError.Timeout"),
        (500, b'{"code":"RequestTimeOut","message":"no"}', "RequestTimeOut"),
        (200, HTML, "unreadable"),
        (200, b"[]", "unreadable"),
        (200, b"", "unreadable"),
        (200, b'{"output":null,"request_id":7}', "incomplete"),
        (200, b'{"output":{"choices":[]}}', "incomplete"),
        (200, b'{"output":{"task_status":"PENDING","task_id":"t"}}', "incomplete"),
    ],
)
async def test_an_answer_that_does_not_say_whether_anything_was_drawn_is_doubt(
    client: DashScopeClient, vendor: DashScopeStandIn, status: int, body: bytes, code: str
):
    vendor.faults.add("call", Fault(status=status, body=body))
    with pytest.raises(OutcomeUnknown) as raised:
        await client.draw(order(QWEN))
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (400, "DataInspectionFailed", ContentRefused),
        (400, "InvalidParameter", PromptRefused),
        (404, "ModelNotFound", ModelStopped),
        (429, "Throttling.RateQuota", Throttled),
        (503, "ModelUnavailable", RetryLater),
        (200, "DataInspectionFailed", ContentRefused),
    ],
)
async def test_a_refusal_says_that_nothing_was_drawn(
    client: DashScopeClient, vendor: DashScopeStandIn, status: int, code: str, raised: type[ImageServiceError]
):
    vendor.faults.add("call", Fault(status=status, body=json.dumps({"code": code, "message": "no"}).encode()))
    with pytest.raises(ImageServiceError) as error:
        await client.draw(order(QWEN))
    assert type(error.value) is raised


@pytest.mark.parametrize(
    ("outcome", "raised"),
    [
        (Outcome(fail=OUTPUT_INAPPROPRIATE), ContentRefused),
        (Outcome(fail=Failure("InternalError", "")), OutcomeUnknown),
    ],
)
async def test_a_call_that_came_to_nothing_is_judged_by_its_code(
    client: DashScopeClient,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    outcome: Outcome,
    raised: type[ImageServiceError],
):
    vendor.next_outcome(outcome)
    with pytest.raises(raised):
        await drawn(client.draw(order(QWEN)), vendor, clock)


async def test_a_call_that_could_not_connect_was_not_sent(session: aiohttp.ClientSession, clock: SandboxClock):
    client = DashScopeClient(
        session, base_url="http://127.0.0.1:1/api/v1", api_key=KEY, catalogue=BUILT_IN, clock=clock
    )
    with pytest.raises(RetryLater, match="not_sent"):
        await client.draw(order(QWEN))


async def test_an_answer_is_waited_for_as_long_as_the_vendor_advises(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    vendor.next_outcome(Outcome(service_s=DRAW_TIMEOUT_S + 60))
    drawing = asyncio.create_task(client.draw(order(QWEN)))
    await vendor.until(lambda: bool(vendor.calls))
    clock.advance(DRAW_TIMEOUT_S - 5)
    await client.learn_time()
    assert not drawing.done()
    clock.advance(5)
    with pytest.raises(OutcomeUnknown, match="timeout"):
        await drawing
    clock.advance(61)
    assert len(vendor.bill()) == 1


async def test_a_model_without_the_synchronous_way_is_stopped(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    wrong = {QWEN: replace(BUILT_IN[QWEN], protocol=Protocol.IMAGE_GENERATION)}
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=wrong, clock=clock)
    with pytest.raises(ModelStopped, match="AccessDenied"):
        await client.create(order(QWEN))
    assert vendor.creates == 0
