"""The client against the stand-in: queries, cancels and the vendor's time, also when the way is broken."""

import asyncio
import json

import aiohttp
import pytest

from bot.domain.jobs.vendor_task import TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import AccountStopped, RetryLater, Throttled
from bot.failure_kinds import Failure as Reason
from bot.failure_kinds import FailureKind
from bot.providers.dashscope.client import POLL_TIMEOUT_S, DashScopeClient
from sandbox.clock import SandboxClock, ShiftedClock
from sandbox.dashscope import DashScopeStandIn, Failure, Outcome
from sandbox.dashscope.outcomes import FailurePlace
from sandbox.faults import Fault
from tests.support.contracts.vendor_client import HTML, KEY, ONE_OF_EACH, Recorder, order, told
from tests.support.service import ticking

VENDOR_500 = json.dumps({"code": "InternalError", "message": "An internal error has occured.", "request_id": "r-5"})


@pytest.mark.parametrize(
    "fault",
    [
        Fault(cut=True),
        Fault(truncate_to=40),
        Fault(status=502, body=HTML),
        Fault(status=500, body=VENDOR_500.encode()),
        Fault(status=503, body=b""),
        Fault(status=200, body=HTML),
        Fault(status=200, body=b'{"output":{"task_id":"t","task_st'),
        Fault(status=200, body=b"{}"),
        Fault(status=200, body=b'{"output":{"task_status":null}}'),
        Fault(status=404, body=b'{"code":"ModelNotFound","message":""}'),
        Fault(status=403, body=HTML),
        Fault(status=429, body=b""),
        Fault(status=429, body=b'{"code":"PostpaidBillOverdue","message":""}'),
        Fault(status=302, headers={"Location": "/elsewhere"}),
    ],
)
async def test_no_answer_to_a_poll_loses_the_task(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, fault: Fault
):
    created = await client.create(order())
    clock.advance(60)
    vendor.faults.add("query", fault, times=2)  # aiohttp may repeat a GET once
    with pytest.raises(RetryLater) as raised:
        await told(client, clock, created.task_id)
    assert isinstance(raised.value, Throttled) == (fault.status == 429)
    vendor.faults.clear()
    assert (await told(client, clock, created.task_id)).image_count == 1


@pytest.mark.parametrize(
    ("told_besides", "image_count", "lacks_results"),
    [
        ("", None, True),
        (',"results":null', None, True),
        (',"results":[],"task_metrics":{"SUCCEEDED":2}', 2, True),
        (',"results":[],"task_metrics":{"SUCCEEDED":0}', 0, False),
        (',"results":[{"url":"https://x/"},{"code":"c"}]', 1, False),
    ],
)
async def test_a_success_may_come_without_results(
    client: DashScopeClient, vendor: DashScopeStandIn, told_besides: str, image_count: int | None, lacks_results: bool
):
    body = '{"output":{"task_status":"SUCCEEDED"' + told_besides + "}}"
    vendor.faults.add("query", Fault(status=200, body=body.encode()))
    report = await client.query("t")
    assert (report.image_count, report.lacks_results) == (image_count, lacks_results)


@pytest.mark.parametrize("model", ONE_OF_EACH)
@pytest.mark.parametrize("place", ["output", "top", "results"])
async def test_a_failed_task_is_judged_by_its_code_wherever_it_stands(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, place: FailurePlace, model: str
):
    vendor.next_outcome(Outcome(fail=Failure("DataInspectionFailed", "no"), fail_said=place))
    created = await client.create(order(model, count=2))
    clock.advance(60)
    report = await told(client, clock, created.task_id)
    assert (report.status, report.code, report.message) == (TaskStatus.FAILED, "DataInspectionFailed", "no")
    assert report.image_count == 0
    assert report.failure == Reason("DataInspectionFailed", FailureKind.CONTENT, report.request_id)


async def test_the_vendors_time_is_learned_from_any_answer(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    assert client.server_now_ms() is None
    vendor.faults.add("list", Fault(status=500, body=HTML))
    await client.learn_time()
    vendor_ms = client.server_now_ms()
    assert vendor_ms is not None
    assert abs(vendor_ms - clock.now_ms()) < 2000


@pytest.mark.parametrize("step_s", [-86_400, -900, -3, 3, 900, 86_400])
async def test_the_vendors_time_is_asked_for_anew_after_our_clock_stepped(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, step_s: float
):
    stepped = ShiftedClock(clock)
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=BUILT_IN, clock=stepped)
    await client.learn_time()
    clock.advance(3600)
    assert client.server_now_ms() is not None
    stepped.ahead_s = step_s
    assert client.server_now_ms() is None
    async with ticking(clock):
        await client.learn_time()
    assert client.server_now_ms() is not None


async def test_without_any_answer_the_vendors_time_is_not_known(client: DashScopeClient, vendor: DashScopeStandIn):
    vendor.faults.add("list", Fault(cut=True), times=2)  # aiohttp may repeat a GET once
    with pytest.raises(RetryLater):
        await client.learn_time()
    assert client.server_now_ms() is None


async def test_a_poll_without_an_answer_in_time_is_repeated_later(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    gate = vendor.faults.gate("query")
    asking = asyncio.create_task(client.query("t"))
    await gate.reached.wait()
    clock.advance(POLL_TIMEOUT_S + 1)
    with pytest.raises(RetryLater, match="timeout"):
        await asking
    gate.open()


async def test_a_poll_with_a_wrong_key_stops_the_account(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=vendor.base_url, api_key="sk-other", catalogue=BUILT_IN, clock=clock)
    with pytest.raises(AccountStopped, match="InvalidApiKey"):
        await client.query("t")


async def test_a_failed_task_and_failed_images_are_reports_not_errors(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    failed = await client.create(order(prompt="a cat [fail]", count=2))
    vendor.next_outcome(Outcome(failed_images={0: Failure("DataInspectionFailed", "Output data may …")}))
    partial = await client.create(order(count=3))
    clock.advance(120)
    report = await told(client, clock, failed.task_id)
    assert (report.status, report.code, report.image_count, report.results) == ("FAILED", "InternalError.Algo", 0, ())
    report = await told(client, clock, partial.task_id)
    assert (report.status, report.image_count, report.total) == ("SUCCEEDED", 2, 3)
    assert [result.code for result in report.results] == ["DataInspectionFailed", "", ""]
    assert report.results[0].kind is FailureKind.CONTENT
    assert [result.url is None for result in report.results] == [True, False, False]


@pytest.mark.parametrize("model", ONE_OF_EACH)
async def test_an_unknown_task_and_a_status_nobody_knows(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, model: str
):
    assert (await told(client, clock, "1111")).status is TaskStatus.UNKNOWN
    vendor.next_outcome(Outcome(reports=("SUSPENDED", "HIBERNATING")))
    created = await client.create(order(model))
    assert [(await told(client, clock, created.task_id)).status for _ in range(2)] == [TaskStatus.RUNNING] * 2


async def test_an_answer_in_another_order_with_nulls_and_new_fields_is_read(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(
        200,
        '{"usage":null,"new":[1],"output":{"results":[null,{"code":"X","message":null,"url":""},'
        '{"orig_prompt":"cut \\ud83d","actual_prompt":null,"url":"https://a/b","size":{}}],'
        '"task_metrics":{"TOTAL":"3","SUCCEEDED":1},"task_status":"SUCCEEDED"}}',
    )
    report = await client.query("a/b?c")
    assert recorder.heads[0][1] == "/api/v1/tasks/a%2Fb%3Fc"
    assert (report.task_id, report.image_count, report.total) == ("a/b?c", 1, None)
    assert [result.url for result in report.results] == [None, None, "https://a/b"]
    assert (report.results[1].code, report.results[1].kind) == ("X", FailureKind.UNKNOWN)
    assert report.results[2].orig_prompt == "cut ?"


async def test_images_are_counted_where_usage_and_metrics_are_missing(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, '{"output":{"task_status":"SUCCEEDED","results":[{"url":"https://a/1"},{"code":"X"}]}}')
    assert (await client.query("t")).image_count == 1


@pytest.mark.parametrize("model", ONE_OF_EACH)
async def test_only_a_pending_task_can_be_canceled(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, model: str
):
    waiting = await client.create(order(model))
    assert await client.cancel(waiting.task_id) is True
    assert (await told(client, clock, waiting.task_id)).status is TaskStatus.CANCELED
    running = await client.create(order(model))
    clock.advance(1)
    assert vendor.tasks[running.task_id].status == "RUNNING"
    assert await client.cancel(running.task_id) is False


@pytest.mark.parametrize("fault", [Fault(status=502, body=HTML), Fault(cut=True), Fault(status=200, body=HTML)])
async def test_a_cancel_that_breaks_is_for_later(client: DashScopeClient, vendor: DashScopeStandIn, fault: Fault):
    vendor.faults.add("cancel", fault)
    with pytest.raises(RetryLater):
        await client.cancel("t")


async def test_the_vendors_time_is_kept_and_carried_on(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    assert client.last_server_ms is None
    assert client.server_now_ms() is None
    recorder.says(200, '{"output":{"task_status":"RUNNING"}}', Date="Fri, 01 Mar 2024 09:38:24 GMT")
    await client.query("t")
    # Far from ours, and nobody has confirmed it yet.
    assert client.server_now_ms() is None
    await told(client, clock, "t")
    assert client.last_server_ms == 1709285904000
    clock.advance(90)
    assert client.server_now_ms() == 1709285904000 + 90_000
    recorder.says(200, '{"output":{"task_status":"RUNNING"}}', Date="some day")
    await client.query("t")
    assert client.last_server_ms == 1709285904000


@pytest.mark.parametrize("off_s", [-86_400, -3600, -40, 40, 3600, 86_400])
async def test_a_single_answer_whose_date_jumps_is_not_believed(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, off_s: float
):
    def off() -> float:
        believed_ms = client.server_now_ms()
        assert believed_ms is not None
        return (believed_ms - clock.now_ms()) / 1000 - vendor.ahead_s

    await told(client, clock, "t")
    for _ in range(3):
        vendor.dates_off_s.append(off_s)
        await told(client, clock, "t")
        assert abs(off()) < 5
        await told(client, clock, "t")
        assert abs(off()) < 5
    # The vendor has corrected its clock.
    vendor.ahead_s = off_s
    for _ in range(2):
        await told(client, clock, "t")
    assert abs(off()) < 5


@pytest.mark.parametrize("off_s", [-3600, 3600])
async def test_a_first_date_far_from_our_clock_is_asked_for_twice(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, off_s: float
):
    vendor.dates_off_s.append(off_s)
    async with ticking(clock):
        await client.learn_time()
    # The two disagree, and the second agrees with ours.
    vendor_ms = client.server_now_ms()
    assert vendor_ms is not None
    assert abs(vendor_ms - clock.now_ms()) < 5000
    assert len(vendor.requests) == 2
