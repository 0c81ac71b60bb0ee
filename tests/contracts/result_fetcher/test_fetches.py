"""How result images are fetched: by which address and session, what is asked for again, and what is never said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.errors import ResultError, ResultRefused, ResultRejected, ResultUnavailable
from bot.providers.dashscope.results import FETCH_TIMEOUT_S, ResultFetcher
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.pictures.oddities import EXPIRED, ODD_ANSWERS
from sandbox.faults import Fault
from tests.support.contracts.results import Handler, files, picture, result_urls

SECRET = "Expires=1&OSSAccessKeyId=LTAI-secret&Signature=a%2Bb%2Fc%3D"


async def test_pictures_with_tricky_signatures_are_kept_byte_for_byte(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    for index, url in enumerate(await result_urls(vendor, clock, count=3)):
        assert "%2B" in url
        assert "%2F" in url
        kept = await fetcher.fetch(url, f"2026-11/812-{index}")
        assert (kept.path, kept.width, kept.height) == (f"2026-11/812-{index}.png", 512, 768)
        assert (tmp_path / "kept" / kept.path).stat().st_size == kept.size_bytes
    assert files(tmp_path / "kept") == [f"2026-11/812-{index}.png" for index in range(3)]


async def test_only_harmless_headers_go_to_the_store(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock
):
    (url,) = await result_urls(vendor, clock)
    vendor.image_bytes_override = picture()
    await fetcher.fetch(url, "a")
    sent = next(entry.headers for entry in vendor.requests if entry.operation == "result")
    assert set(sent) == {"host", "accept", "accept-encoding", "user-agent"}


async def test_a_jpeg_gets_its_own_ending_and_a_second_fetch_replaces_the_first(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    for size in ((64, 48), (48, 64)):
        vendor.image_bytes_override = picture(size, "JPEG")
        kept = await fetcher.fetch(url, "a")
        assert (kept.path, kept.width, kept.height) == ("a.jpg", *size)
    assert files(tmp_path) == ["kept/a.jpg"]


async def test_an_expired_url_is_rejected(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    clock.advance(25 * 3600)
    with pytest.raises(ResultRejected, match="expired"):
        await fetcher.fetch(url, "a")
    assert files(tmp_path) == []


@pytest.mark.parametrize("answer", ODD_ANSWERS)
async def test_an_odd_answer_is_not_the_last_word(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path, answer: str
):
    (url,) = await result_urls(vendor, clock)
    vendor.faults.add("result", ODD_ANSWERS[answer])
    with pytest.raises(ResultRefused):
        await fetcher.fetch(url, "a")
    assert files(tmp_path) == []
    assert (await fetcher.fetch(url, "a")).path == "a.png"


async def test_only_the_stores_own_word_says_that_an_address_expired(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock
):
    (url,) = await result_urls(vendor, clock)
    vendor.faults.add("result", EXPIRED)
    with pytest.raises(ResultRejected, match="expired"):
        await fetcher.fetch(url, "a")
    vendor.faults.add("result", replace(EXPIRED, status=400))
    with pytest.raises(ResultRefused, match="refused"):
        await fetcher.fetch(url, "a")


async def test_a_wrong_signature_and_a_missing_object_are_refused(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock
):
    (url,) = await result_urls(vendor, clock)
    with pytest.raises(ResultRefused, match="denied"):
        await fetcher.fetch(url.replace("%2F", "/"), "a")
    vendor.faults.add("result", Fault(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>"))
    with pytest.raises(ResultRefused, match="not found"):
        await fetcher.fetch(url, "a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(
    fetcher: ResultFetcher,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    serve: Callable[[Handler], Awaitable[str]],
    status: int,
):
    asked: list[str] = []

    async def foreign(request: web.Request) -> web.StreamResponse:
        asked.append(request.path)
        return web.Response(body=picture())

    (url,) = await result_urls(vendor, clock)
    host = await serve(foreign)
    vendor.faults.add("result", Fault(status=status, headers={"Location": f"http://{host}/a.png"}))
    with pytest.raises(ResultRefused, match="redirected"):
        await fetcher.fetch(url, "a")
    assert asked == []


async def test_a_silent_store_and_a_canceled_fetch_leave_nothing(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    gate = vendor.faults.gate("result")
    fetching = asyncio.create_task(fetcher.fetch(url, "a"))
    await gate.reached.wait()
    clock.advance(FETCH_TIMEOUT_S + 1)
    with pytest.raises(ResultUnavailable, match="timeout"):
        await fetching
    gate.open()
    gate = vendor.faults.gate("result")
    fetching = asyncio.create_task(fetcher.fetch(url, "a"))
    await gate.reached.wait()
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching
    gate.open()
    assert files(tmp_path) == []


async def test_a_fetch_canceled_at_any_step_leaves_a_whole_picture_or_nothing(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    vendor.image_bytes_override = whole = picture((600, 600), noise=True)
    for steps in range(0, 60, 3):
        fetching = asyncio.create_task(fetcher.fetch(url, f"n{steps}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        fetching.cancel()
        done = (await asyncio.gather(fetching, return_exceptions=True))[0]
        # A cancellation while it gets its name leaves it to be found.
        found = await fetcher.kept(f"n{steps}")
        if not isinstance(done, BaseException):
            assert found == done
    for name in files(tmp_path):
        assert (tmp_path / name).read_bytes() == whole


async def test_a_folder_that_cannot_be_written_is_no_loss_of_the_picture(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (tmp_path / "kept").write_text("a file where the folder should be")
    fetcher = ResultFetcher(session, folder=tmp_path / "kept", result_hosts=[vendor.result_host], clock=clock)
    (url,) = await result_urls(vendor, clock)
    with pytest.raises(ResultUnavailable, match="disk"):
        await fetcher.fetch(url, "a")


async def test_a_session_that_would_send_more_is_not_taken(clock: SandboxClock, tmp_path: Path):
    for session in (
        aiohttp.ClientSession(),
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), headers={"Authorization": "Bearer sk"}),
    ):
        with pytest.raises(ValueError, match="default headers"):
            ResultFetcher(session, folder=tmp_path, result_hosts=[], clock=clock)
        await session.close()


async def test_no_signature_in_any_log_or_error(
    session: aiohttp.ClientSession,
    fetcher: ResultFetcher,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
):
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    closed = ResultFetcher(session, folder=tmp_path, result_hosts=["127.0.0.1:1"], clock=clock)
    vendor.faults.add("result", Fault(cut=True), times=2)
    for using, url in [
        (fetcher, f"http://{vendor.result_host}/1.png?{SECRET}"),  # cut
        (fetcher, f"http://{vendor.result_host}/1.png?{SECRET}"),  # refused by the store
        (fetcher, f"https://evil.com/1.png?{SECRET}"),
        (closed, f"http://127.0.0.1:1/1.png?{SECRET}"),
    ]:
        with pytest.raises(ResultError) as raised:
            await using.fetch(url, "a")
        error = raised.value
        texts += [str(error), repr(error), repr(error.__context__), repr(error.__cause__)]
    texts.append(caplog.text)
    assert "/1.png" in caplog.text
    assert not [text for text in texts if "LTAI" in text or "Signature" in text or "a%2B" in text]
