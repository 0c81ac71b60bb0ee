"""The client against the stand-in: creates, queries and cancels, and what is left of them when the way is broken."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from bot.domain.jobs.vendor_task import TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.errors import (
    AccountStopped,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.providers.dashscope.client import CREATE_TIMEOUT_S, POLL_TIMEOUT_S, DashScopeClient
from sandbox.clock import SandboxClock, ShiftedClock
from sandbox.dashscope import DashScopeStandIn, Failure, Outcome
from sandbox.dashscope.outcomes import FailurePlace
from sandbox.faults import Fault
from tests.support.service import ticking

KEY = "sk-a-very-secret-key"
TURBO = "wanx2.1-t2i-turbo"
PROMPT = "一间花店, “quoted” 🌸"
HTML = b"<html><body>502 Bad Gateway</body></html>"
VENDOR_500 = json.dumps({"code": "InternalError", "message": "An internal error has occured.", "request_id": "r-5"})


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(scale=0)


@pytest.fixture
async def vendor(clock: SandboxClock) -> AsyncIterator[DashScopeStandIn]:
    async with DashScopeStandIn(clock=clock, api_key=KEY) as standin:
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def client(session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock) -> DashScopeClient:
    return DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, clock=clock)


def order(model: str = TURBO, *, prompt: str = PROMPT, negative: str = "", count: int = 1) -> ImageRequest:
    return ImageRequest(prompt, negative, model, BUILT_IN[model].sizes.default, count, 7, False, False, False)


async def told(client: DashScopeClient, clock: SandboxClock, task_id: str):
    clock.advance(1)  # past the pacer's slot
    return await client.query(task_id)


class Recorder:
    """A server of a few lines: keeps what came, byte for byte, and answers what it is told to."""

    def __init__(self) -> None:
        self.heads: list[tuple[str, str, dict[str, str], bytes]] = []
        self.peers: list[object] = []
        self.answer = web.Response(status=200)
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        assert request.transport is not None
        self.peers.append(request.transport.get_extra_info("peername"))
        self.heads.append((request.method, request.raw_path, dict(request.headers), body))
        return web.Response(status=self.answer.status, body=self.answer.body, headers=self.answer.headers)

    def says(self, status: int, body: bytes | str, **headers: str) -> None:
        self.answer = web.Response(status=status, body=body, headers=headers)


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    recorder = Recorder()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", recorder.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v1"
    yield recorder
    await runner.cleanup()


@pytest.mark.parametrize("model", BUILT_IN)
async def test_each_model_is_drawn(client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, model: str):
    created = await client.create(order(model, count=2))
    assert vendor.tasks[created.task_id].request_id == created.request_id
    clock.advance(0.2)
    assert (await told(client, clock, created.task_id)).status is TaskStatus.RUNNING
    clock.advance(60)
    report = await told(client, clock, created.task_id)
    assert report.status is TaskStatus.SUCCEEDED
    assert (report.image_count, report.total, len(report.results)) == (2, 2, 2)
    assert all(result.url and result.orig_prompt == PROMPT for result in report.results)
    assert report.results[0].actual_prompt is None
    assert vendor.creates == 1


async def test_a_create_says_everything_and_nothing_else(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url + "/", api_key=KEY, clock=clock)
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    created = await client.create(order(negative="blurry"))
    assert (created.task_id, created.request_id) == ("t-1", "r-1")
    (method, path, headers, body), *more = recorder.heads
    assert not more
    assert (method, path) == ("POST", "/api/v1/services/aigc/text2image/image-synthesis")
    assert body.decode() == (
        '{"model":"wanx2.1-t2i-turbo","input":{"prompt":"一间花店, “quoted” 🌸","negative_prompt":"blurry"},'
        '"parameters":{"size":"1024*1024","n":1,"seed":7,"prompt_extend":false,"watermark":false}}'
    )
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-DashScope-Async"] == "enable"
    await client.create(order())
    assert b"negative_prompt" not in recorder.heads[1][3]


async def test_a_create_never_goes_out_on_a_used_connection(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, clock=clock)
    recorder.says(200, '{"output":{"task_status":"RUNNING","task_id":"t-1"}}')
    for _ in range(2):
        await told(client, clock, "t-1")
        await client.create(order())
    first_poll, first_create, second_poll, second_create = recorder.peers
    assert first_poll == second_poll
    assert len({first_poll, first_create, second_create}) == 3


@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(cut=True, when="after"), Fault(truncate_to=30)])
async def test_a_create_that_breaks_off_is_in_doubt_and_not_sent_again(
    client: DashScopeClient, vendor: DashScopeStandIn, fault: Fault
):
    vendor.faults.add("create", fault)
    with pytest.raises(OutcomeUnknown) as raised:
        await client.create(order())
    assert raised.value.code == "broken"
    assert len([entry for entry in vendor.requests if entry.operation == "create"]) == 1
    assert vendor.creates == (0 if fault.when == "before" and fault.cut else 1)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (502, HTML, "http_502"),
        (504, b"", "http_504"),
        (500, b'{"code":500,"message":"of some gateway"}', "http_500"),
        (408, b"", "http_408"),
        (499, b"", "http_499"),
        (200, HTML, "unreadable"),
        (200, b"[]", "unreadable"),
        (200, b"", "unreadable"),
        (200, b"[" * 100_000, "unreadable"),
        (200, b'{"output":{"task_id":null}}', "incomplete"),
        (200, b'{"output":null,"request_id":7}', "incomplete"),
        (204, b"", "unreadable"),
    ],
)
async def test_an_answer_that_does_not_say_whether_a_task_was_made_is_doubt(
    client: DashScopeClient, vendor: DashScopeStandIn, status: int, body: bytes, code: str
):
    vendor.faults.add("create", Fault(status=status, body=body))
    with pytest.raises(OutcomeUnknown) as raised:
        await client.create(order())
    assert (raised.value.code, raised.value.http_status) == (code, status)


async def test_a_truncated_create_answer_in_chunks_is_doubt(client: DashScopeClient, vendor: DashScopeStandIn):
    whole = b'{"output":{"task_status":"PENDING","task_id":"9e2b6ef6"},"request_id":"33da8e6b"}'
    vendor.faults.add("create", Fault(status=200, body=whole[:-20], when="after"))
    with pytest.raises(OutcomeUnknown, match="unreadable"):
        await client.create(order())


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (302, AccountStopped),
        (308, AccountStopped),
        (401, AccountStopped),
        (404, AccountStopped),
        (407, AccountStopped),
        (403, PromptRefused),
        (405, PromptRefused),
        (413, PromptRefused),
        (429, Throttled),
    ],
)
async def test_a_gateways_no_is_judged_by_its_status(
    client: DashScopeClient, vendor: DashScopeStandIn, status: int, raised: type[ImageServiceError]
):
    vendor.faults.add("create", Fault(status=status, body=HTML, headers={"Location": "/elsewhere"}))
    with pytest.raises(ImageServiceError) as error:
        await client.create(order())
    assert type(error.value) is raised
    assert len(vendor.requests) == 1


async def test_a_create_that_could_not_connect_was_not_sent(session: aiohttp.ClientSession, clock: SandboxClock):
    for base_url in ("http://127.0.0.1:1/api/v1", "http://no-such-host.invalid/api/v1"):
        client = DashScopeClient(session, base_url=base_url, api_key=KEY, clock=clock)
        with pytest.raises(RetryLater) as raised:
            await client.create(order())
        assert raised.value.code == "not_sent"


async def test_a_create_without_tls_on_the_other_side_was_not_sent(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=vendor.base_url.replace("http:", "https:"), api_key=KEY, clock=clock)
    with pytest.raises(RetryLater, match="not_sent"):
        await client.create(order())
    assert vendor.creates == 0


async def test_a_create_whose_time_ran_out_before_a_byte_of_it_left_was_not_sent(
    session: aiohttp.ClientSession, clock: SandboxClock
):
    reached, left = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # TLS is never agreed on.
        reached.set()
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        left.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = DashScopeClient(session, base_url=f"https://127.0.0.1:{port}/api/v1", api_key=KEY, clock=clock)
        creating = asyncio.create_task(client.create(order()))
        await reached.wait()
        clock.advance(CREATE_TIMEOUT_S)
        with pytest.raises(RetryLater, match="not_sent"):
            await creating
        await left.wait()


async def test_a_fault_of_our_own_before_a_byte_left_was_not_sent_and_is_named_without_its_text(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, caplog: pytest.LogCaptureFixture
):
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=f"{KEY}\r\n", clock=clock)
    with pytest.raises(RetryLater, match="not_sent"):
        await client.create(order())
    assert vendor.creates == 0
    assert "ValueError before anything was sent" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_create_without_an_answer_in_time_is_doubt(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, when
):
    gate = vendor.faults.gate("create", when=when)
    creating = asyncio.create_task(client.create(order()))
    await gate.reached.wait()
    clock.advance(CREATE_TIMEOUT_S + 1)
    with pytest.raises(OutcomeUnknown) as raised:
        await creating
    assert raised.value.code == "timeout"
    gate.open()


async def test_retry_after_is_honoured_in_both_forms(client: DashScopeClient, vendor: DashScopeStandIn):
    body = b'{"code":"Throttling.RateQuota","message":"","request_id":"r"}'
    dated = {"Retry-After": "Mon, 23 Nov 2026 10:00:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}
    for headers, seconds in [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        (dated, 30.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9" * 30}, 3600.0),
    ]:
        vendor.faults.add("create", Fault(status=429, body=body, headers=headers))
        with pytest.raises(Throttled) as raised:
            await client.create(order())
        assert raised.value.retry_after_s == seconds


async def test_too_many_creates_are_throttled(client: DashScopeClient):
    await client.create(order())
    await client.create(order())
    with pytest.raises(Throttled, match=r"Throttling\.RateQuota"):
        await client.create(order())


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


@pytest.mark.parametrize("place", ["output", "top", "results"])
async def test_a_failed_task_is_judged_by_its_code_wherever_it_stands(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, place: FailurePlace
):
    vendor.next_outcome(Outcome(fail=Failure("DataInspectionFailed", "no"), fail_said=place))
    created = await client.create(order(count=2))
    clock.advance(60)
    report = await told(client, clock, created.task_id)
    assert (report.status, report.code, report.message) == (TaskStatus.FAILED, "DataInspectionFailed", "no")
    assert report.image_count == 0


async def test_a_model_that_is_served_at_another_address_is_stopped(client: DashScopeClient):
    elsewhere = replace(order(), model="wan2.6-t2i")
    with pytest.raises(ModelStopped, match="InvalidParameter"):
        await client.create(elsewhere)


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
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, clock=stepped)
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
    client = DashScopeClient(session, base_url=vendor.base_url, api_key="sk-other", clock=clock)
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
    assert [result.url is None for result in report.results] == [True, False, False]


async def test_an_unknown_task_and_a_status_nobody_knows(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    assert (await told(client, clock, "1111")).status is TaskStatus.UNKNOWN
    vendor.next_outcome(Outcome(reports=("SUSPENDED", "HIBERNATING")))
    created = await client.create(order())
    assert [(await told(client, clock, created.task_id)).status for _ in range(2)] == [TaskStatus.RUNNING] * 2


async def test_an_answer_in_another_order_with_nulls_and_new_fields_is_read(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, clock=clock)
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
    assert report.results[1].code == "X"
    assert report.results[2].orig_prompt == "cut ?"


async def test_images_are_counted_where_usage_and_metrics_are_missing(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, clock=clock)
    recorder.says(200, '{"output":{"task_status":"SUCCEEDED","results":[{"url":"https://a/1"},{"code":"X"}]}}')
    assert (await client.query("t")).image_count == 1


async def test_only_a_pending_task_can_be_canceled(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    waiting = await client.create(order())
    assert await client.cancel(waiting.task_id) is True
    assert (await told(client, clock, waiting.task_id)).status is TaskStatus.CANCELED
    running = await client.create(order())
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
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, clock=clock)
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


async def test_no_key_and_no_prompt_in_any_log_error_or_repr(
    session: aiohttp.ClientSession,
    recorder: Recorder,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    clients = [
        DashScopeClient(session, base_url=url, api_key=KEY, clock=clock)
        for url in (vendor.base_url, recorder.url, "http://127.0.0.1:1/api/v1")
    ]
    texts = [repr(client) for client in clients]
    vendor.faults.add("create", Fault(cut=True))
    recorder.says(400, f'{{"code":"InvalidApiKey","message":"Incorrect key {KEY}."}}')
    for client in (*clients, clients[0]):
        try:
            await client.create(order())
        except ImageServiceError as error:
            texts += [str(error), repr(error), repr(error.__context__), repr(error.__cause__), error.detail]
    texts.append(caplog.text)
    assert any("InvalidApiKey" in text for text in texts)
    assert not [text for text in texts if KEY in text or "花店" in text]
