"""The DashScope stand-in's text models: their checks, their answers, their bill."""

from typing import Any

import aiohttp
import pytest

from sandbox.dashscope import TextOutcome
from sandbox.dashscope.refusals import INAPPROPRIATE
from sandbox.faults import Fault
from tests.support.contracts.vendor_caller import KEY, Caller

TEXT = "/services/aigc/text-generation/generation"
FLASH = "qwen3.7-flash"
SPOKEN = [{"role": "system", "content": "Improve it."}, {"role": "user", "content": "a cat"}]


async def write(
    caller: Caller, *, model: Any = FLASH, messages: Any = SPOKEN, headers: dict[str, str] | None = None, **params: Any
) -> tuple[int, Any]:
    parameters = {"result_format": "message", "enable_thinking": False, **params}
    body = {"model": model, "input": {"messages": messages}, "parameters": parameters}
    return await caller.ask("POST", TEXT, json=body, headers=headers or KEY)


async def test_a_text_is_written_and_billed_by_its_tokens(caller: Caller):
    status, body = await write(caller)
    (call,) = caller.vendor.texts.calls
    assert (status, body["request_id"]) == (200, call.request_id)
    (choice,) = body["output"]["choices"]
    assert choice == {"finish_reason": "stop", "message": {"role": "assistant", "content": call.text}}
    assert call.text.startswith("a cat, ")
    tokens = call.tokens_in + call.tokens_out
    assert body["usage"] == {
        "input_tokens": call.tokens_in,
        "output_tokens": call.tokens_out,
        "total_tokens": tokens,
    }
    assert call.cost_micros * 1_000_000 >= call.tokens_in * 200_000 + call.tokens_out * 800_000
    assert caller.vendor.billed_micros == call.cost_micros > 0


async def test_the_format_of_old_is_the_default(caller: Caller):
    body = {"model": "qwen-plus", "input": {"messages": SPOKEN}}
    status, answer = await caller.ask("POST", TEXT, json=body, headers=KEY)
    assert (status, answer["output"]["finish_reason"]) == (200, "stop")
    assert answer["output"]["text"].startswith("a cat, ")


async def test_what_is_longer_than_may_be_written_is_cut(caller: Caller):
    _, body = await write(caller, max_tokens=2)
    (choice,) = body["output"]["choices"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("length", "a cat")
    assert body["usage"]["output_tokens"] == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"enable_thinking": True}, "parameter.enable_thinking must be set to false for non-streaming calls"),
        ({"enable_thinking": "no"}, "The type or value of enable_thinking is out of definition."),
        ({"temperature": 2}, "Temperature should be in [0.0, 2.0)"),
        ({"temperature": "warm"}, "The type or value of temperature is out of definition."),
        ({"top_p": 0}, "Range of top_p should be (0.0, 1.0]"),
        ({"max_tokens": 0}, "Range of max_tokens should be [1, 32768]"),
        ({"max_tokens": "many"}, "The type or value of max_tokens is out of definition."),
        ({"result_format": "xml"}, "The type or value of result_format is out of definition."),
        ({"messages": []}, 'Either "prompt" or "messages" must exist and cannot both be none'),
        ({"messages": "a cat"}, "The type or value of messages is out of definition."),
        ({"messages": [{"role": "bob", "content": "a"}]}, "The type or value of messages.role is out of definition."),
        (
            {"messages": [{"role": "user", "content": " "}]},
            "The type or value of messages.content is out of definition.",
        ),
        ({"model": "wanx2.1-t2i-turbo"}, "url error, please check url！"),
        ({"model": 7}, "The type or value of model is out of definition."),
    ],
)
async def test_what_is_out_of_definition_is_refused_and_not_billed(caller: Caller, changes: Any, message: str):
    status, body = await write(caller, **changes)
    assert (status, body["code"], body["message"]) == (400, "InvalidParameter", message)
    assert caller.vendor.billed_micros == 0


async def test_models_are_served_at_their_own_address(caller: Caller):
    assert (await write(caller, model="qwen-turbo"))[1]["code"] == "ModelNotFound"
    assert (await write(caller, model=""))[1]["code"] == "BadRequest.EmptyModel"
    status, body = await caller.create(model=FLASH)
    assert (status, body["message"]) == (400, "url error, please check url！")
    assert (await caller.ask("GET", TEXT))[1]["message"] == "Request method 'GET' is not supported."


async def test_without_key_input_or_good_standing_nothing_is_written(caller: Caller):
    assert (await write(caller, headers={"Authorization": "Bearer no"}))[0] == 401
    asynchronous = {**KEY, "X-DashScope-Async": "enable"}
    assert (await write(caller, headers=asynchronous))[1]["code"] == "AccessDenied"
    body: dict[str, Any] = {"model": FLASH}
    assert (await caller.ask("POST", TEXT, json=body, headers=KEY))[1]["code"] == "BadRequest.EmptyInput"
    for wrong in ({"input": []}, {"input": {"messages": SPOKEN}, "parameters": []}):
        assert (await caller.ask("POST", TEXT, json={**body, **wrong}, headers=KEY))[0] == 400
    caller.vendor.arrears = True
    assert (await write(caller))[1]["code"] == "Arrearage"
    assert caller.vendor.texts.calls == []


async def test_what_a_prompt_says_can_be_refused(caller: Caller):
    assert (await write(caller, messages=[{"role": "user", "content": "[refuse]"}]))[1][
        "code"
    ] == "DataInspectionFailed"
    caller.vendor.texts.next_outcome(TextOutcome(refuse=INAPPROPRIATE))
    assert (await write(caller))[1]["code"] == "DataInspectionFailed"
    assert (await write(caller))[0] == 200
    assert len(caller.vendor.texts.calls) == 1


async def test_an_answer_that_is_lost_is_billed(caller: Caller):
    caller.vendor.faults.add("text", Fault(cut=True, when="after"))
    with pytest.raises(aiohttp.ClientError):
        await write(caller)
    assert len(caller.vendor.texts.calls) == 1
    assert caller.vendor.billed_micros > 0
