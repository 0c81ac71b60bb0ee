"""The client of text models: what it sends, what it reads, and what is lost."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from bot.domain.requests.rewriting import MOST_TOKENS_OUT, Written, instruction_for
from bot.domain.text.enhance import Enhance
from bot.errors import (
    AccountStopped,
    AnswerWithheld,
    ContentRefused,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.providers.dashscope.text_model import WRITE_TIMEOUT_S, DashScopeTextModel
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, TextOutcome
from sandbox.dashscope.refusals import (
    ARREARS,
    INAPPROPRIATE,
    INPUT_OR_OUTPUT,
    IP_SUSPECT,
    OUTPUT_WITHHELD,
    RATE,
    Refusal,
)
from sandbox.faults import Fault
from tests.support.contracts.vendor_client import HTML, KEY, PROMPT, Recorder

FLASH = "qwen3.7-flash"
SAY = instruction_for(Enhance.IMPROVE, 800)
USAGE = {"input_tokens": 3, "output_tokens": 5}


def model_at(session: aiohttp.ClientSession, url: str, clock: SandboxClock, model: str = FLASH) -> DashScopeTextModel:
    return DashScopeTextModel(session, base_url=url, api_key=KEY, model=model, clock=clock)


@pytest.fixture
def texts(session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock) -> DashScopeTextModel:
    return model_at(session, vendor.base_url, clock)


def answer(*choices: Any, **more: Any) -> str:
    return json.dumps({"output": {"choices": list(choices)}, "usage": USAGE, "request_id": "r-1", **more})


def choice(content: Any, reason: str = "stop") -> dict[str, Any]:
    return {"finish_reason": reason, "message": {"role": "assistant", "content": content}}


async def test_a_prompt_is_rewritten(texts: DashScopeTextModel, vendor: DashScopeStandIn):
    written = await texts.write(SAY, PROMPT)
    (call,) = vendor.texts.calls
    assert (call.instruction, call.prompt) == (SAY, PROMPT)
    assert written == Written(call.text, is_whole=True, tokens_in=call.tokens_in, tokens_out=call.tokens_out)


async def test_a_call_says_everything_and_nothing_else(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    recorder.says(200, answer(choice("better", "length")))
    written = await model_at(session, recorder.url, clock).write("Improve.", PROMPT)
    assert written == Written("better", is_whole=False, tokens_in=3, tokens_out=5)
    ((method, path, headers, body),) = recorder.heads
    assert (method, path) == ("POST", "/api/v1/services/aigc/text-generation/generation")
    messages = [{"role": "system", "content": "Improve."}, {"role": "user", "content": PROMPT}]
    parameters = {
        "result_format": "message",
        "max_tokens": MOST_TOKENS_OUT,
        "temperature": 0.3,
        "top_p": 0.8,
        "enable_thinking": False,
        "enable_search": False,
    }
    assert json.loads(body) == {"model": FLASH, "input": {"messages": messages}, "parameters": parameters}
    assert (headers["Authorization"], headers["Connection"]) == (f"Bearer {KEY}", "close")


@pytest.mark.parametrize(
    ("refusal", "meaning"),
    [
        (INAPPROPRIATE, ContentRefused),
        (IP_SUSPECT, ContentRefused),
        (OUTPUT_WITHHELD, AnswerWithheld),
        (INPUT_OR_OUTPUT, AnswerWithheld),
        (Refusal(400, INAPPROPRIATE.code, "no"), AnswerWithheld),
        (RATE, Throttled),
        (ARREARS, AccountStopped),
        (Refusal(500, "InternalError", "an internal error"), OutcomeUnknown),
        (Refusal(400, "InvalidParameter", "Range of max_tokens should be [1, 100]"), PromptRefused),
    ],
)
async def test_a_refusal_means_what_it_means_to_a_create(
    texts: DashScopeTextModel, vendor: DashScopeStandIn, refusal: Refusal, meaning: type[ImageServiceError]
):
    vendor.texts.next_outcome(TextOutcome(refuse=refusal))
    with pytest.raises(meaning) as raised:
        await texts.write(SAY, PROMPT)
    assert raised.value.code == refusal.code
    assert KEY not in str(raised.value)


async def test_a_model_that_is_gone_is_known_as_that(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    with pytest.raises(ModelStopped):
        await model_at(session, vendor.base_url, clock, "qwen-turbo").write(SAY, PROMPT)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (HTML, "unreadable"),
        (answer(), "incomplete"),
        (answer(choice("better"), usage={}), "incomplete"),
        (answer(choice("better"), usage={"input_tokens": "3", "output_tokens": 5}), "incomplete"),
        (answer(choice("better"), usage={"input_tokens": 3, "output_tokens": -5}), "incomplete"),
    ],
)
async def test_an_answer_that_does_not_say_all_may_be_billed(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, body: bytes | str, code: str
):
    recorder.says(200, body)
    with pytest.raises(OutcomeUnknown) as raised:
        await model_at(session, recorder.url, clock).write(SAY, PROMPT)
    assert raised.value.code == code
    assert len(recorder.heads) == 1


async def test_a_refusal_may_come_under_a_status_of_success(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    recorder.says(200, json.dumps({"code": INAPPROPRIATE.code, "message": INAPPROPRIATE.message, "request_id": "r"}))
    with pytest.raises(ContentRefused):
        await model_at(session, recorder.url, clock).write(SAY, PROMPT)


async def test_what_never_left_is_not_billed(session: aiohttp.ClientSession, clock: SandboxClock):
    with pytest.raises(RetryLater):
        await model_at(session, "http://127.0.0.1:1/api/v1", clock).write(SAY, PROMPT)


async def test_an_answer_that_is_lost_is_not_asked_for_again(texts: DashScopeTextModel, vendor: DashScopeStandIn):
    vendor.faults.add("text", Fault(cut=True, when="after"))
    with pytest.raises(OutcomeUnknown):
        await texts.write(SAY, PROMPT)
    assert len(vendor.texts.calls) == 1


async def test_an_answer_that_takes_too_long_is_lost(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    gate = vendor.faults.gate("text")
    texts = model_at(session, vendor.base_url, clock)
    waiting = asyncio.ensure_future(texts.write(SAY, PROMPT))
    await gate.reached.wait()
    clock.advance(WRITE_TIMEOUT_S + 1)
    with pytest.raises(OutcomeUnknown) as raised:
        await waiting
    assert raised.value.code == "timeout"
    gate.open()


def test_it_does_not_tell_its_key(texts: DashScopeTextModel):
    assert KEY not in repr(texts)
    assert FLASH in repr(texts)
