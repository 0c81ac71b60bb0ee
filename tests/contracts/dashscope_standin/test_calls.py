"""The DashScope stand-in where it answers with the pictures themselves: its checks, its answers, its bill, its time."""

import asyncio
from typing import Any

import aiohttp
import pytest

from sandbox.dashscope import Failure, Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE, TIMED_OUT
from sandbox.faults import Fault
from tests.support.contracts.vendor_caller import CALL, KEY, TURBO, Caller, said

QWEN, PRO, QWEN3, Z = "qwen-image-2.0", "qwen-image-2.0-pro", "qwen-image-3.0", "z-image-turbo"


async def test_a_call_is_answered_once_it_is_drawn(caller: Caller):
    asked = asyncio.create_task(caller.generate(model=QWEN, path=CALL, headers=KEY, n=2))
    await caller.vendor.until(lambda: len(caller.vendor.calls) == 1)
    (call,) = caller.vendor.calls.values()
    caller.clock.advance(call.service_ms / 1000)
    assert not asked.done()
    assert caller.vendor.bill() == []
    caller.clock.advance(1)
    status, body = await asked
    assert status == 200
    (choice,) = body["output"]["choices"]
    assert [part["image"] for part in choice["message"]["content"]] == call.images
    assert body["usage"] == {"width": 2048, "height": 2048, "image_count": 2}
    assert [line.images for line in caller.vendor.bill()] == [2]


async def test_nobody_can_ask_after_a_call(caller: Caller):
    await caller.call(model=QWEN)
    (call_id,) = caller.vendor.calls
    assert (await caller.query(call_id))["output"]["task_status"] == "UNKNOWN"
    assert (await caller.ask("GET", "/tasks"))[1]["data"] == []


async def test_a_call_whose_caller_has_gone_is_drawn_and_billed(caller: Caller):
    caller.vendor.faults.add("call", Fault(cut=True, when="after"))
    with pytest.raises(aiohttp.ClientError):
        await caller.call(model=QWEN)
    assert [line.images for line in caller.vendor.bill()] == [1]
    caller.vendor.faults.add("call", Fault(cut=True))
    with pytest.raises(aiohttp.ClientError):
        await caller.generate(model=QWEN, path=CALL, headers=KEY)
    assert caller.vendor.creates == 1


async def test_what_is_left_out_has_the_documented_default(caller: Caller):
    for model in (QWEN, QWEN3, Z):
        assert (await caller.call(model=model))[0] == 200
    orders = [call.order for call in caller.vendor.calls.values()]
    assert [(order.n, order.width, order.height) for order in orders] == [
        (1, 2048, 2048),
        (1, 2048, 2048),
        (1, 1024, 1536),
    ]
    assert [order.prompt_extend for order in orders] == [True, True, False]


@pytest.mark.parametrize(
    ("model", "params", "status"),
    [
        (QWEN, {"n": 6}, 200),
        (QWEN, {"n": 7}, 400),
        (Z, {"n": 2}, 400),
        (QWEN, {"size": "512*512"}, 200),
        (QWEN, {"size": "512*511"}, 400),
        (QWEN, {"size": "2048*2049"}, 400),
        (QWEN, {"size": "2K"}, 400),
        (QWEN3, {"size": "256*2304"}, 400),
        (QWEN3, {"size": "182*1456"}, 200),
        (QWEN3, {"enable_thinking": 1}, 400),
        (QWEN3, {"prompt_extend_mode": "clever"}, 400),
        (QWEN3, {"prompt_extend_mode": "agent"}, 200),
        (QWEN, {"prompt_extend_mode": "clever"}, 200),
        (QWEN, {"negative_prompt": 5}, 400),
        (Z, {"negative_prompt": 5}, 200),
        (QWEN, {"seed": 2**31}, 400),
    ],
)
async def test_parameters_are_checked(caller: Caller, model: str, params: dict[str, Any], status: int):
    assert (await caller.call(model=model, **params))[0] == status


@pytest.mark.parametrize(("model", "kept"), [(QWEN, "花" * 1300), (QWEN3, "花" * 1500), (Z, "花" * 800)])
async def test_prompts_are_cut_without_a_word(caller: Caller, model: str, kept: str):
    await caller.call([said({"text": "花" * 1500})], model=model)
    (call,) = caller.vendor.calls.values()
    assert call.prompt == kept


async def test_a_long_word_counts_as_several_tokens(caller: Caller):
    await caller.call([said({"text": "lighthouse, " * 600})], model=QWEN)
    (call,) = caller.vendor.calls.values()
    # Two tokens for the word, one for the comma.
    assert call.prompt == ("lighthouse, " * 434)[: len(call.prompt)]
    assert call.prompt.count("lighth") == 434


@pytest.mark.parametrize(
    ("model", "headers", "status", "code"),
    [
        (QWEN, {**KEY, "X-DashScope-Async": "enable"}, 403, "AccessDenied"),
        (QWEN, {}, 401, "InvalidApiKey"),
        (TURBO, KEY, 400, "InvalidParameter"),
        ("qwen-image-9", KEY, 404, "ModelNotFound"),
    ],
)
async def test_what_is_not_served_is_refused(
    caller: Caller, model: str, headers: dict[str, str], status: int, code: str
):
    found, body = await caller.generate(model=model, path=CALL, headers=headers)
    assert (found, body["code"]) == (status, code)
    assert (await caller.ask("GET", CALL))[1]["code"] == "InvalidParameter"


@pytest.mark.parametrize(("model", "most"), [(QWEN, 2), (PRO, 2), (QWEN3, 20)])
async def test_calls_are_counted_by_the_second_or_the_minute(caller: Caller, model: str, most: int):
    within_s = 1 if model == QWEN else 60
    calls = [asyncio.create_task(caller.generate(model=model, path=CALL, headers=KEY)) for _ in range(most + 1)]
    done, waiting = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
    (refused,) = done
    assert refused.result()[1]["code"] == "Throttling.RateQuota"
    caller.clock.advance(within_s)
    waiting.add(asyncio.create_task(caller.generate(model=model, path=CALL, headers=KEY)))
    await caller.vendor.until(lambda: caller.vendor.creates == most + 1)
    caller.clock.advance(900)
    assert [status for status, _ in await asyncio.gather(*waiting)] == [200] * (most + 1)


@pytest.mark.parametrize(
    ("outcome", "status", "code"),
    [
        (Outcome(fail=Failure("InternalError.Algo", "no")), 500, "InternalError.Algo"),
        (Outcome(fail=OUTPUT_INAPPROPRIATE), 400, "DataInspectionFailed"),
        (Outcome(all_images_fail=TIMED_OUT), 500, "InternalError.Timeout"),
    ],
)
async def test_a_call_that_came_to_nothing_says_why_and_costs_nothing(
    caller: Caller, outcome: Outcome, status: int, code: str
):
    caller.vendor.next_outcome(outcome)
    found, body = await caller.call(model=QWEN)
    assert (found, body["code"]) == (status, code)
    assert caller.vendor.bill() == []


async def test_images_that_fail_are_left_out_and_not_billed(caller: Caller):
    caller.vendor.next_outcome(Outcome(failed_images={0: OUTPUT_INAPPROPRIATE}))
    _, body = await caller.call(model=QWEN, n=3)
    assert len(body["output"]["choices"][0]["message"]["content"]) == body["usage"]["image_count"] == 2
    assert [line.images for line in caller.vendor.bill()] == [2]


async def test_a_call_can_be_answered_without_its_choices(caller: Caller):
    caller.vendor.next_outcome(Outcome(empty_reads=1))
    status, body = await caller.call(model=QWEN)
    assert (status, body["output"], "usage" in body) == (200, {"choices": []}, False)
