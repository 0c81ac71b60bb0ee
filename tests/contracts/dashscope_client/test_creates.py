"""The client against the stand-in: creates, and what is left of them when the way is broken."""

import asyncio
import contextlib
import logging
from dataclasses import replace

import aiohttp
import pytest

from bot.domain.jobs.vendor_task import TaskStatus
from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Protocol
from bot.errors import (
    AccountStopped,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.failure_kinds import Advice
from bot.providers.dashscope.client import CREATE_TIMEOUT_S, DashScopeClient
from bot.providers.dashscope.creates import FORMS
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.support.contracts.vendor_client import HTML, KEY, ONE_OF_EACH, PROMPT, Recorder, order, pictures_of, told

WITH_TASKS = [name for name, model in BUILT_IN.items() if not model.protocol.is_synchronous]


@pytest.mark.parametrize("model", WITH_TASKS)
async def test_each_model_is_drawn(client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, model: str):
    created = await client.create(order(model, count=2), pictures_of(model))
    assert vendor.tasks[created.task_id].request_id == created.request_id
    clock.advance(0.2)
    assert (await told(client, clock, created.task_id)).status is TaskStatus.RUNNING
    clock.advance(60)
    report = await told(client, clock, created.task_id)
    assert report.status is TaskStatus.SUCCEEDED
    names_prompt = BUILT_IN[model].protocol in OLDER
    assert (report.image_count, report.total, len(report.results)) == (2, 2 if names_prompt else None, 2)
    assert all(result.url for result in report.results)
    assert {result.orig_prompt for result in report.results} == {PROMPT if names_prompt else None}
    assert report.results[0].actual_prompt is None
    assert vendor.creates == 1


OLDER = {Protocol.TEXT_TO_IMAGE, Protocol.IMAGE_TO_IMAGE, Protocol.IMAGE_EDIT}
SAID = [
    (
        "qwen-image-3.0-pro",
        "image-generation/generation",
        '"input":{"messages":[{"role":"user","content":[{"text":"一间花店, “quoted” 🌸"}]}]},"parameters":{'
        '"size":"1440*1440","n":1,"seed":7,"prompt_extend":false,"watermark":false,"enable_thinking":true,'
        '"negative_prompt":"blurry"}',
    ),
    (
        "wanx2.1-t2i-turbo",
        "text2image/image-synthesis",
        '"input":{"prompt":"一间花店, “quoted” 🌸","negative_prompt":"blurry"},'
        '"parameters":{"size":"1024*1024","n":1,"seed":7,"prompt_extend":false,"watermark":false}',
    ),
    (
        "wan2.6-t2i",
        "image-generation/generation",
        '"input":{"messages":[{"role":"user","content":[{"text":"一间花店, “quoted” 🌸"}]}]},"parameters":{'
        '"size":"1280*1280","n":1,"seed":7,"prompt_extend":false,"watermark":false,"negative_prompt":"blurry"}',
    ),
    (
        "wan2.7-image",
        "image-generation/generation",
        '"input":{"messages":[{"role":"user","content":[{"text":"一间花店, “quoted” 🌸"}]}]},"parameters":{'
        '"size":"2048*2048","n":1,"seed":7,"watermark":false,"enable_sequential":false,"thinking_mode":true}',
    ),
]


@pytest.mark.parametrize(("model", "service", "said"), SAID)
async def test_a_create_says_everything_and_nothing_else(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, model: str, service: str, said: str
):
    client = DashScopeClient(session, base_url=recorder.url + "/", api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    created = await client.create(order(model, negative="blurry"))
    assert (created.task_id, created.request_id) == ("t-1", "r-1")
    (method, path, headers, body), *more = recorder.heads
    assert not more
    assert (method, path) == ("POST", f"/api/v1/services/aigc/{service}")
    assert body.decode() == f'{{"model":"{model}",{said}}}'
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-DashScope-Async"] == "enable"
    await client.create(order(model))
    # The newer form names it in any case, as the vendor's sample does.
    assert (b'"negative_prompt":""' in recorder.heads[1][3]) is (model in {"wan2.6-t2i", "qwen-image-3.0-pro"})


async def test_a_series_is_asked_for_without_thinking(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    await client.create(replace(order("wan2.7-image"), count=10, is_series=True))
    said = b'"parameters":{"size":"2048*2048","n":10,"seed":7,"watermark":false,"enable_sequential":true}}'
    assert recorder.heads[0][3].endswith(said)


async def test_of_an_older_request_no_more_images_are_asked_for_than_the_model_draws_now(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    plain = replace(BUILT_IN["wan2.7-image"], series=None)
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue={plain.name: plain}, clock=clock)
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    await client.create(replace(order("wan2.7-image"), count=10, is_series=True))
    assert b'"n":4,' in recorder.heads[0][3]


EDITS = [
    (
        # Neither does it think: that is for words alone.
        "wan2.7-image",
        "image-generation/generation",
        '"input":{"messages":[{"role":"user","content":[{"image":"data:image/png;base64,Zmlyc3Q="},'
        '{"image":"data:image/jpeg;base64,c2Vjb25k"},{"text":"一间花店, “quoted” 🌸"}]}]},"parameters":{'
        '"size":"2048*2048","n":1,"seed":7,"watermark":false,"enable_sequential":false}',
    ),
    (
        "wan2.5-i2i-preview",
        "image2image/image-synthesis",
        '"input":{"prompt":"一间花店, “quoted” 🌸","negative_prompt":"blurry",'
        '"images":["data:image/png;base64,Zmlyc3Q=","data:image/jpeg;base64,c2Vjb25k"]},"parameters":{'
        '"size":"1280*1280","n":1,"seed":7,"prompt_extend":false,"watermark":false}',
    ),
    (
        "wan2.6-image",
        "image-generation/generation",
        '"input":{"messages":[{"role":"user","content":[{"image":"data:image/png;base64,Zmlyc3Q="},'
        '{"image":"data:image/jpeg;base64,c2Vjb25k"},{"text":"一间花店, “quoted” 🌸"}]}]},"parameters":{'
        '"size":"1024*1024","n":1,"seed":7,"prompt_extend":false,"watermark":false,"enable_interleave":false,'
        '"negative_prompt":"blurry"}',
    ),
]


@pytest.mark.parametrize(("model", "service", "said"), EDITS)
async def test_an_edit_says_everything_and_nothing_else(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock, model: str, service: str, said: str
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, '{"output":{"task_status":"PENDING","task_id":"t-1"},"request_id":"r-1"}')
    pictures = [SentPicture("image/png", b"first"), SentPicture("image/jpeg", b"second")]
    await client.create(order(model, negative="blurry"), pictures)
    ((_, path, headers, body),) = recorder.heads
    assert path == f"/api/v1/services/aigc/{service}"
    assert body.decode() == f'{{"model":"{model}",{said}}}'
    assert headers["X-DashScope-Async"] == "enable"


async def test_a_create_never_goes_out_on_a_used_connection(
    session: aiohttp.ClientSession, recorder: Recorder, clock: SandboxClock
):
    client = DashScopeClient(session, base_url=recorder.url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
    recorder.says(200, '{"output":{"task_status":"RUNNING","task_id":"t-1"}}')
    for _ in range(2):
        await told(client, clock, "t-1")
        await client.create(order())
    first_poll, first_create, second_poll, second_create = recorder.peers
    assert first_poll == second_poll
    assert len({first_poll, first_create, second_create}) == 3


@pytest.mark.parametrize("model", ONE_OF_EACH)
@pytest.mark.parametrize("fault", [Fault(cut=True), Fault(cut=True, when="after"), Fault(truncate_to=30)])
async def test_a_create_that_breaks_off_is_in_doubt_and_not_sent_again(
    client: DashScopeClient, vendor: DashScopeStandIn, fault: Fault, model: str
):
    vendor.faults.add("create", fault)
    with pytest.raises(OutcomeUnknown) as raised:
        await client.create(order(model))
    assert raised.value.code == "broken"
    assert len([entry for entry in vendor.requests if entry.operation == "create"]) == 1
    assert vendor.creates == (0 if fault.when == "before" and fault.cut else 1)


async def test_a_create_that_breaks_off_amid_its_body_is_in_doubt(session: aiohttp.ClientSession, clock: SandboxClock):
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(1)
        writer.transport.abort()

    async with await asyncio.start_server(cut, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = DashScopeClient(
            session, base_url=f"http://127.0.0.1:{port}/api/v1", api_key=KEY, catalogue=BUILT_IN, clock=clock
        )
        # More than the system takes off the program's hands at once.
        with pytest.raises(OutcomeUnknown, match="broken"):
            await client.create(order(prompt="x" * 32 * 1024 * 1024))


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
        client = DashScopeClient(session, base_url=base_url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
        with pytest.raises(RetryLater) as raised:
            await client.create(order())
        assert raised.value.code == "not_sent"


async def test_a_create_without_tls_on_the_other_side_was_not_sent(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock
):
    client = DashScopeClient(
        session, base_url=vendor.base_url.replace("http:", "https:"), api_key=KEY, catalogue=BUILT_IN, clock=clock
    )
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
        client = DashScopeClient(
            session, base_url=f"https://127.0.0.1:{port}/api/v1", api_key=KEY, catalogue=BUILT_IN, clock=clock
        )
        creating = asyncio.create_task(client.create(order()))
        await reached.wait()
        clock.advance(CREATE_TIMEOUT_S)
        with pytest.raises(RetryLater, match="not_sent"):
            await creating
        await left.wait()


async def test_a_fault_of_our_own_before_a_byte_left_was_not_sent_and_is_named_without_its_text(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, caplog: pytest.LogCaptureFixture
):
    client = DashScopeClient(session, base_url=vendor.base_url, api_key=f"{KEY}\r\n", catalogue=BUILT_IN, clock=clock)
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


@pytest.mark.parametrize("model", WITH_TASKS)
async def test_creates_beyond_a_models_rate_are_throttled(
    client: DashScopeClient, vendor: DashScopeStandIn, model: str
):
    served = vendor.models[model]
    assert BUILT_IN[model].create_rate == pytest.approx(served.create_rate / served.rate_s)
    for _ in range(served.create_rate):
        await client.create(order(model), pictures_of(model))
    with pytest.raises(Throttled, match=r"Throttling\.RateQuota"):
        await client.create(order(model), pictures_of(model))


@pytest.mark.parametrize("model", WITH_TASKS)
async def test_a_model_that_is_asked_at_the_wrong_address_is_stopped(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, model: str
):
    own = FORMS[BUILT_IN[model].protocol][0]
    for other in (one for one in Protocol if one is not Protocol.MULTIMODAL and FORMS[one][0] != own):
        wrong = {model: replace(BUILT_IN[model], protocol=other)}
        client = DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=wrong, clock=clock)
        with pytest.raises(ModelStopped, match="InvalidParameter: url error") as raised:
            await client.create(order(model), pictures_of(model))
        assert raised.value.advice is Advice.ADDRESS
    assert vendor.creates == 0


async def test_no_key_and_no_prompt_in_any_log_error_or_repr(
    session: aiohttp.ClientSession,
    recorder: Recorder,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    clients = [
        DashScopeClient(session, base_url=url, api_key=KEY, catalogue=BUILT_IN, clock=clock)
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
