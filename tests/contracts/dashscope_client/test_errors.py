"""Every row of the error table, over the socket."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.errors import (
    AccountStopped,
    ContentRefused,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.failure_kinds import Failure
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.errormap import ERROR_TABLE, ErrorRow, advice_for
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault

ORDER = ImageRequest("a cat", "", "wanx2.1-t2i-turbo", Size(1024, 1024), 1, 7, False, False, False)
ROWS = [
    pytest.param(row, status, id=f"{status}-{row.code}{'-' + row.word if row.word else ''}")
    for row in ERROR_TABLE
    for status in row.statuses
]


@pytest.fixture
async def vendor() -> AsyncIterator[DashScopeStandIn]:
    async with DashScopeStandIn(clock=SandboxClock(scale=0)) as standin:
        yield standin


@pytest.fixture
async def client(vendor: DashScopeStandIn) -> AsyncIterator[DashScopeClient]:
    async with aiohttp.ClientSession() as session:
        yield DashScopeClient(
            session, base_url=vendor.base_url, api_key="sk-sandbox", catalogue=BUILT_IN, clock=SandboxClock(scale=0)
        )


def says(status: int, code: str, message: str) -> Fault:
    body = json.dumps({"request_id": "r-1", "message": message, "code": code})
    return Fault(status=status, body=body.encode())


async def refusal(client: DashScopeClient) -> ImageServiceError:
    with pytest.raises(ImageServiceError) as raised:
        await client.create(ORDER)
    return raised.value


@pytest.mark.parametrize(("row", "status"), ROWS)
async def test_a_create_raises_what_the_row_says(
    client: DashScopeClient, vendor: DashScopeStandIn, row: ErrorRow, status: int
):
    vendor.faults.add("create", says(status, row.code, row.text))
    error = await refusal(client)
    assert type(error) is row.raises
    assert (error.kind, error.advice) == (row.kind, advice_for(row.code))
    assert error.failure == Failure(row.code, row.kind, "r-1")
    assert (error.code, error.detail, error.http_status, error.request_id) == (row.code, row.text, status, "r-1")


@pytest.mark.parametrize(("row", "status"), ROWS)
async def test_a_poll_only_ever_waits_or_stops_the_account(
    client: DashScopeClient, vendor: DashScopeStandIn, row: ErrorRow, status: int
):
    vendor.faults.add("query", says(status, row.code, row.text))
    with pytest.raises((RetryLater, AccountStopped)) as raised:
        await client.query("t")
    assert isinstance(raised.value, AccountStopped) == (status in (401, 403))
    if status == 429:
        assert type(raised.value) is Throttled


@pytest.mark.parametrize(
    ("status", "code", "raised"),
    [
        (400, "SomethingNew", PromptRefused),
        (422, "SomethingNew", PromptRefused),
        (401, "SomethingNew", AccountStopped),
        (403, "SomethingNew", AccountStopped),
        (408, "SomethingNew", OutcomeUnknown),
        (429, "SomethingNew", Throttled),
        (500, "SomethingNew", OutcomeUnknown),
        (503, "SomethingNew", OutcomeUnknown),
        (504, "ModelUnavailable", OutcomeUnknown),
        (429, "Throttling.New", Throttled),
        (400, "InternalError.New", OutcomeUnknown),
        (200, "DataInspectionFailed", ContentRefused),
        (200, "ModelUnavailable", RetryLater),
        (200, "SomethingNew", OutcomeUnknown),
        (403, "AccessDenied.New", AccountStopped),
        (400, "DataInspectionFailed.New.Deep", ContentRefused),
    ],
)
async def test_a_code_without_a_row_goes_by_its_parent_or_its_status(
    client: DashScopeClient, vendor: DashScopeStandIn, status: int, code: str, raised: type[ImageServiceError]
):
    vendor.faults.add("create", says(status, code, "whatever"))
    assert type(await refusal(client)) is raised


@pytest.mark.parametrize(
    ("code", "message", "raised"),
    [
        ("AccessDenied", "current user api does not support synchronous calls.", ModelStopped),
        ("AccessDenied", "current user api does not support asynchronous calls.", ModelStopped),
        ("AccessDenied", "Access denied.", AccountStopped),
        ("InvalidParameter", "Model not exist.", ModelStopped),
        ("InvalidParameter", "url error, please check url！", ModelStopped),
        ("InvalidParameter", "Range of n should be [1, 4]", PromptRefused),
        ("Throttling.AllocationQuota", "Free allocated quota exceeded.", ModelStopped),
        ("Throttling.AllocationQuota", "Allocated quota exceeded.", Throttled),
    ],
)
async def test_the_codes_with_two_meanings(
    client: DashScopeClient, vendor: DashScopeStandIn, code: str, message: str, raised: type[ImageServiceError]
):
    vendor.faults.add("create", says(400, code, message))
    assert type(await refusal(client)) is raised


async def test_the_stand_ins_own_refusals(vendor: DashScopeStandIn, client: DashScopeClient):
    vendor.arrears = True
    assert type(await refusal(client)) is AccountStopped
    vendor.arrears = False
    vendor.free_tier_only.add(ORDER.model)
    vendor.free_tiers[ORDER.model].used = 500
    assert type(await refusal(client)) is ModelStopped
