"""What the DashScope stand-in refuses, throttles and cuts when it is asked for a task."""

import asyncio
import io
from typing import Any

import aiohttp
import pytest

from sandbox.dashscope import Outcome, Refusal, StandInModel
from sandbox.faults import Fault
from tests.support.contracts.vendor_caller import CREATE, KEY, TURBO, Caller, served


async def test_create_answers_with_the_recorded_headers(caller: Caller):
    body = {"model": TURBO, "input": {"prompt": "a cat"}}
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json; charset=utf-8"}
    async with caller.session.post(caller.vendor.base_url + CREATE, json=body, headers=headers) as answer:
        told = await answer.json()
        assert answer.headers["x-request-id"] == told["request_id"]
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["server"] == "istio-envoy"
        assert answer.headers["Transfer-Encoding"] == "chunked"
    assert told["output"]["task_status"] == "PENDING"
    assert set(told) == {"output", "request_id"}
    task = caller.vendor.tasks[told["output"]["task_id"]]
    assert (task.order.n, task.order.prompt_extend, task.order.watermark) == (4, True, False)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"X-DashScope-Async": "enable"}, 401, "InvalidApiKey"),
        ({"X-DashScope-Async": "enable", "Authorization": "Bearer sk-other"}, 401, "InvalidApiKey"),
        ({"X-DashScope-Async": "enable", "Authorization": "sk-sandbox"}, 401, "InvalidApiKey"),
        (KEY, 403, "AccessDenied"),
        ({**KEY, "X-DashScope-Async": "enable", "Content-Type": "text/plain"}, 400, "BadRequest.IllegalInput"),
    ],
)
async def test_headers_are_checked(caller: Caller, headers: dict[str, str], status: int, code: str):
    answered, body = await caller.create(headers=headers)
    assert (answered, body["code"]) == (status, code)
    assert caller.vendor.creates == 0


async def test_a_401_has_no_content_type(caller: Caller):
    async with caller.session.get(caller.vendor.base_url + "/tasks/1111") as answer:
        assert answer.status == 401
        assert "Content-Type" not in answer.headers
        assert answer.headers["X-Request-ID"] == (await answer.json(content_type=None))["request_id"]


@pytest.mark.parametrize(
    "params",
    [
        {"size": "1024x1024"},
        {"size": "511*1024"},
        {"size": "1024*1441"},
        {"size": 1024},
        {"n": 0},
        {"n": 5},
        {"n": "1"},
        {"n": True},
        {"seed": -1},
        {"seed": 2147483648},
        {"seed": 1.0},
        {"prompt_extend": "true"},
        {"watermark": 0},
    ],
)
async def test_parameters_are_checked(caller: Caller, params: dict[str, Any]):
    status, body = await caller.create(**params)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("prompt", ["", "  ", None, 5, ["a cat"]])
async def test_a_prompt_must_be_a_text(caller: Caller, prompt: Any):
    status, body = await caller.create(prompt)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize("data", [b"{", b"[]", b"\xff"])
async def test_a_body_must_be_a_json_object(caller: Caller, data: bytes):
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    status, body = await caller.ask("POST", CREATE, data=data, headers=headers)
    assert (status, body["code"]) == (400, "InvalidParameter")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "BadRequest.EmptyModel"),
        ({"model": 5}, 400, "InvalidParameter"),
        ({"model": TURBO}, 400, "BadRequest.EmptyInput"),
        ({"model": TURBO, "input": "a cat"}, 400, "InvalidParameter"),
        ({"model": TURBO, "input": {"prompt": "a cat", "negative_prompt": 5}}, 400, "InvalidParameter"),
    ],
)
async def test_the_body_must_be_whole(caller: Caller, body: dict[str, Any], status: int, code: str):
    headers = {**KEY, "X-DashScope-Async": "enable"}
    answered, told = await caller.ask("POST", CREATE, json=body, headers=headers)
    assert (answered, told["code"]) == (status, code)


async def test_a_body_can_be_too_large(caller: Caller):
    headers = {**KEY, "X-DashScope-Async": "enable", "Content-Type": "application/json"}
    status, told = await caller.ask("POST", CREATE, data=io.BytesIO(bytes(2**20 + 1)), headers=headers)
    assert (status, told["code"]) == (400, "BadRequest.TooLarge")


async def test_unknown_parameters_are_ignored(caller: Caller):
    assert (await caller.create(style="<auto>", is_async=True))[0] == 200


async def test_sizes_of_wan25_go_by_area_and_ratio(caller: Caller):
    model = "wan2.5-t2i-preview"
    answers = [(await caller.create(model=model, size=size))[0] for size in ("1280*1280", "2560*720", "1024*1024")]
    assert answers == [200, 200, 400]
    assert (await caller.create(model=model, size="3000*600"))[0] == 400


async def test_an_unknown_model_and_an_unknown_path_are_404(caller: Caller):
    status, body = await caller.create(model="wanx9")
    assert (status, body["code"]) == (404, "ModelNotFound")
    assert (await caller.ask("POST", "/services/aigc/text2music/generation"))[0] == 404
    assert (await caller.ask("GET", CREATE))[1]["code"] == "InvalidParameter"


async def test_prompts_are_cut_without_a_word(caller: Caller):
    done = await caller.finished("花" * 900, prompt_extend=False)
    assert done["output"]["results"][0]["orig_prompt"] == "花" * 800
    assert "actual_prompt" not in done["output"]["results"][0]


async def test_the_third_create_in_a_second_is_throttled():
    async with served() as caller:
        answers = [await caller.create() for _ in range(3)]
        assert [status for status, _ in answers] == [200, 200, 429]
        assert answers[2][1]["code"] == "Throttling.RateQuota"
        assert (await caller.create(model="wanx2.1-t2i-plus"))[0] == 200
        caller.clock.advance(1)
        assert (await caller.create())[0] == 200
        assert caller.vendor.creates == 4


async def test_no_retry_after_is_sent(caller: Caller):
    body = {"model": TURBO, "input": {"prompt": "a cat"}}
    headers = {**KEY, "X-DashScope-Async": "enable"}
    for status in (200, 200, 429):
        async with caller.session.post(caller.vendor.base_url + CREATE, json=body, headers=headers) as answer:
            assert answer.status == status
            assert "Retry-After" not in answer.headers


async def test_queries_are_throttled_at_twenty_a_second(caller: Caller):
    answers = [(await caller.ask("GET", "/tasks/1111"))[0] for _ in range(21)]
    assert answers == [200] * 20 + [429]


async def test_creates_can_be_refused(caller: Caller):
    assert (await caller.create("[refuse]"))[1]["code"] == "DataInspectionFailed"
    assert (await caller.create("[ip]"))[1]["code"] == "IPInfringementSuspect"
    caller.clock.advance(1)
    caller.vendor.outcome_for(
        lambda order: "dog" in order.prompt, Outcome(refuse=Refusal(500, "InternalError", "no")), times=1
    )
    assert (await caller.create("a cat"))[0] == 200
    assert (await caller.create("a dog"))[0] == 500
    caller.clock.advance(1)
    assert (await caller.create("a dog"))[0] == 200


async def test_a_create_that_is_cut_off_stands(caller: Caller):
    caller.vendor.faults.add("create", Fault(cut=True, when="after"))
    with pytest.raises(aiohttp.ClientError):
        await caller.create()
    assert caller.vendor.creates == 1
    assert [(entry.operation, entry.status) for entry in caller.vendor.requests] == [("create", None)]


async def test_a_create_can_be_held_after_its_effect(caller: Caller):
    gate = caller.vendor.faults.gate("create", when="after")
    held = asyncio.create_task(caller.create())
    await gate.reached.wait()
    assert caller.vendor.creates == 1
    assert not held.done()
    gate.open()
    assert (await held)[0] == 200


async def test_a_fault_comes_before_any_effect(caller: Caller):
    caller.vendor.faults.add("create", Fault(status=502, body=b'"bad gateway"'))
    assert (await caller.create())[0] == 502
    assert caller.vendor.creates == 0


async def test_the_request_log_hides_the_key(caller: Caller):
    await caller.create()
    (entry,) = caller.vendor.requests
    assert entry.headers["authorization"] == "Bearer ***"
    assert "sk-sandbox" not in repr(entry)


async def test_models_can_be_replaced():
    async with served(models=[StandInModel("mine", 70_000, prompt_limit=500)]) as caller:
        done = await caller.finished("x" * 600, model="mine")
        assert done["output"]["results"][0]["orig_prompt"] == "x" * 500
        assert caller.vendor.billed_micros == 70_000
        assert (await caller.create())[0] == 404
