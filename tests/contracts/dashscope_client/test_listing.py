"""Whether a model is still offered: only a clear answer is one."""

import asyncio
import json
from dataclasses import replace
from datetime import date
from typing import Any

import aiohttp
import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.listing import Listing
from bot.errors import AccountStopped, ImageServiceError, RetryLater, Throttled
from bot.providers.dashscope.client import POLL_TIMEOUT_S, DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.support.contracts.vendor_client import HTML, KEY, TURBO, Recorder

CHRISTMAS_EVE_MS = 1_798_041_600_000
"""2026-12-24, when it begins in Beijing."""


@pytest.fixture
def asking(session: aiohttp.ClientSession, recorder: Recorder) -> DashScopeClient:
    """A client of a server that says what it is told."""
    return DashScopeClient(
        session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=SandboxClock(scale=10)
    )


def body_of(*rows: object, **output: object) -> dict[str, Any]:
    return {"request_id": "r-1", "output": {"total": len(rows), "page_no": 1, "models": [*rows], **output}}


async def test_a_model_is_listed_without_an_end_with_one_or_not_at_all(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    assert await client.listing(TURBO) == Listing(is_listed=True)
    vendor.offline_times[TURBO] = "2026-12-24"
    clock.advance(1)
    assert await client.listing(TURBO) == Listing(is_listed=True, ends_ms=CHRISTMAS_EVE_MS)
    vendor.unlisted.add(TURBO)
    clock.advance(1)
    assert await client.listing(TURBO) == Listing(is_listed=False)
    assert [request.operation for request in vendor.requests] == ["models"] * 3


async def test_an_end_that_the_operator_names_counts_where_the_list_names_none(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    ending = {TURBO: replace(BUILT_IN[TURBO], goes_offline=date(2026, 12, 24))}
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=ending, clock=clock)
    assert await client.listing(TURBO) == Listing(is_listed=True, ends_ms=CHRISTMAS_EVE_MS)
    vendor.offline_times[TURBO] = "2026-12-25"
    clock.advance(1)
    assert (await client.listing(TURBO)).last_day == "2026-12-25"


async def test_each_built_in_model_is_asked_for_by_its_name_and_one_after_the_other(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    for name in BUILT_IN:
        clock.advance(1)
        assert (await client.listing(name)).is_listed
    assert len(vendor.requests) == len(BUILT_IN)


async def test_the_list_takes_its_turn_with_queries(
    client: DashScopeClient, session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    await client.query("nobody-knows-it")
    asking = asyncio.create_task(client.listing(TURBO))
    # Five requests of other programs are there and back meanwhile, more than a new connection takes.
    for _ in range(5):
        other = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
        await other.query("nobody-knows-it")
    assert [request.operation for request in vendor.requests] == ["query"] * 6
    clock.advance(1)
    assert await asking == Listing(is_listed=True)


async def test_what_is_sent_is_what_the_page_has(asking: DashScopeClient, recorder: Recorder):
    recorder.says(200, json.dumps(body_of({"model": TURBO})))
    assert (await asking.listing(TURBO)).is_listed
    ((method, path, headers, body),) = recorder.heads
    assert (method, path, body) == ("GET", f"/api/v1/models?model={TURBO}&language=en-US", b"")
    assert headers["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "answer",
    [
        body_of(),
        body_of({"model": "another"}),
        body_of(total=None),
        {"request_id": "r-1", "output": {"models": []}},
        body_of({"model": f"{TURBO}-2"}, {"name": "another"}),
    ],
)
async def test_a_whole_list_without_it_says_that_it_is_absent(
    asking: DashScopeClient, recorder: Recorder, answer: dict[str, Any]
):
    recorder.says(200, json.dumps(answer))
    assert await asking.listing(TURBO) == Listing(is_listed=False)


OTHERS = [{"model": f"another-{n}"} for n in range(20)]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        HTML,
        b'{"request_id": "r-1", "output"',
        *(
            json.dumps(answer).encode()
            for answer in (
                {"request_id": "r-1"},
                {"request_id": "r-1", "output": {}},
                {"request_id": "r-1", "output": []},
                {"request_id": "r-1", "models": []},
                body_of(models=None),
                body_of(models={}),
                body_of(models="none"),
                # Somebody else's: it names no request.
                {"output": {"models": [], "total": 0}},
                # There may be more of them.
                body_of(total=1),
                body_of(*OTHERS, total=21),
                body_of(*OTHERS, total=None),
                body_of(total="0"),
                body_of(total=-1),
                body_of(page_no=2),
                body_of(page_no="1"),
                # A row that may be anybody's.
                body_of({"model": "another"}, {}),
                body_of(None),
                body_of({"model": 7}),
                {"request_id": "r-1", "code": "InternalError", "message": "later", "output": {"models": []}},
            )
        ),
    ],
)
async def test_without_a_clear_answer_it_is_not_said_to_be_absent(
    asking: DashScopeClient, recorder: Recorder, body: bytes
):
    recorder.says(200, body)
    with pytest.raises(RetryLater):
        await asking.listing(TURBO)


@pytest.mark.parametrize("key", ["model", "model_id", "model_name", "id", "name"])
async def test_it_is_found_under_any_name_and_on_any_page(asking: DashScopeClient, recorder: Recorder, key: str):
    recorder.says(200, json.dumps(body_of(*OTHERS, {key: TURBO.upper()}, total=500, page_no=3)))
    assert await asking.listing(TURBO) == Listing(is_listed=True)


@pytest.mark.parametrize(
    "info", [None, "soon", [], {}, {"offline_time": None}, {"offline_time": "soon"}, {"offline_time": {}}]
)
async def test_an_end_that_cannot_be_read_is_none(asking: DashScopeClient, recorder: Recorder, info: object):
    recorder.says(200, json.dumps(body_of({"model": TURBO, "inference_offline_info": info})))
    assert await asking.listing(TURBO) == Listing(is_listed=True)


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (401, "InvalidApiKey", AccountStopped),
        (403, "AccessDenied", AccountStopped),
        (404, "NotFound", RetryLater),
        (404, "ModelNotFound", RetryLater),
        (400, "InvalidParameter", RetryLater),
        (429, "Throttling.RateQuota", Throttled),
        (500, "InternalError", RetryLater),
        (502, "", RetryLater),
        (302, "", RetryLater),
    ],
)
async def test_a_refusal_says_nothing_of_the_model_and_quotes_no_key(
    asking: DashScopeClient, recorder: Recorder, status: int, code: str, raised: type[ImageServiceError]
):
    said = {"code": code, "message": f"not with {KEY}", "request_id": "r-2", "output": {"models": []}}
    recorder.says(status, json.dumps(said), Location="https://elsewhere.example/")
    with pytest.raises(raised) as refusal:
        await asking.listing(TURBO)
    assert KEY not in str(refusal.value)
    assert refusal.value.request_id == "r-2"
    assert len(recorder.heads) == 1


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(truncate_to=30), Fault(status=503)])
async def test_silence_says_nothing_of_the_model(client: DashScopeClient, vendor: DashScopeStandIn, fault: Fault):
    vendor.unlisted.add(TURBO)
    # aiohttp asks once more by itself where a connection turns out to be closed.
    vendor.faults.add("models", fault, times=2)
    with pytest.raises(RetryLater):
        await client.listing(TURBO)


async def test_an_answer_is_not_waited_for_without_end(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    gate = vendor.faults.gate("models")
    asking = asyncio.create_task(client.listing(TURBO))
    await gate.reached.wait()
    clock.advance(POLL_TIMEOUT_S + 1)
    with pytest.raises(RetryLater, match="timeout"):
        await asking
    gate.open()
