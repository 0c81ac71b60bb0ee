"""Result images: what is kept, what is refused, and that nothing else stays behind."""

import asyncio
import contextlib
import io
import logging
import random
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from bot.domain.pictures.names import owner_of
from bot.domain.pictures.raster import PIXEL_CAP
from bot.domain.requests.catalogue import Size
from bot.domain.requests.request import ImageRequest
from bot.errors import ResultError, ResultRefused, ResultRejected, ResultUnavailable
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.results import FETCH_TIMEOUT_S, ResultFetcher
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.pictures.oddities import EXPIRED, ODD_ANSWERS, odd_pictures
from sandbox.faults import Fault

CAP_BYTES = 1024 * 1024
SECRET = "Expires=1&OSSAccessKeyId=LTAI-secret&Signature=a%2Bb%2Fc%3D"


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(scale=0)


@pytest.fixture
async def vendor(clock: SandboxClock) -> AsyncIterator[DashScopeStandIn]:
    async with DashScopeStandIn(clock=clock) as standin:
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


@pytest.fixture
async def fetcher(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
) -> ResultFetcher:
    return ResultFetcher(session, folder=tmp_path / "kept", result_hosts=[vendor.result_host], clock=clock)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    runners: list[web.AppRunner] = []

    async def start(handler: Handler) -> str:
        app = web.Application()
        app.router.add_get("/a.png", handler)
        runners.append(web.AppRunner(app, access_log=None, shutdown_timeout=0.1))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        return f"127.0.0.1:{runners[-1].addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


def picture(size: tuple[int, int] = (64, 48), kind: str = "PNG", *, noise: bool = False) -> bytes:
    image = Image.new("RGB", size, (200, 30, 60))
    if noise:
        image = Image.frombytes("RGB", size, random.Random(1).randbytes(3 * size[0] * size[1]))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def result_urls(vendor: DashScopeStandIn, clock: SandboxClock, count: int = 1) -> list[str]:
    async with aiohttp.ClientSession() as session:
        client = DashScopeClient(session, base_url=vendor.base_url, api_key="sk-sandbox", clock=clock)
        order = ImageRequest("a cat", "", "wanx2.1-t2i-turbo", Size(512, 768), count, 7, False, False, False)
        created = await client.create(order)
        clock.advance(120)
        report = await client.query(created.task_id)
        return [result.url or "" for result in report.results]


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


@pytest.mark.parametrize("odd", odd_pictures())
async def test_every_whole_picture_is_kept_byte_for_byte(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path, odd: str
):
    (url,) = await result_urls(vendor, clock)
    vendor.image_bytes_override = whole = odd_pictures()[odd]
    kept = await fetcher.fetch(url, "5/812-0")
    assert (kept.width, kept.height) == (64, 48)
    assert (tmp_path / "kept" / kept.path).read_bytes() == whole
    assert await fetcher.kept("5/812-0") == kept
    assert owner_of(kept.path) == (5, 812)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        (Fault(status=500, body=b"<Error/>"), ResultUnavailable("busy")),
        (Fault(status=503), ResultUnavailable("busy")),
        (Fault(status=429), ResultUnavailable("busy")),
        (Fault(cut=True), ResultUnavailable("broken")),
        (Fault(truncate_to=100), ResultUnavailable("truncated")),
        (Fault(truncate_to=0), ResultUnavailable("truncated")),
        (Fault(status=302, headers={"Location": "http://127.0.0.1:1/"}), ResultRefused("redirected")),
        (Fault(status=400, body=b"<Error/>"), ResultRefused("refused")),
        (Fault(status=206, body=picture()), ResultRefused("refused")),
        (Fault(status=200, body=b"<Error><Code>AccessDenied</Code></Error>"), ResultRefused("not a picture")),
        (Fault(status=200, body=b""), ResultRefused("not a picture")),
        (Fault(status=200, body=picture(kind="GIF")), ResultRefused("not a picture")),
        (Fault(status=200, body=picture()[:-20]), ResultRefused("not a picture")),
        (Fault(status=200, body=picture(kind="JPEG")[:200]), ResultRefused("not a picture")),
        (Fault(status=200, body=b"\x89PNG\r\n\x1a\n" + bytes(99)), ResultRefused("not a picture")),
    ],
)
async def test_what_is_no_whole_picture_is_not_kept(
    fetcher: ResultFetcher,
    vendor: DashScopeStandIn,
    clock: SandboxClock,
    tmp_path: Path,
    fault: Fault,
    problem: ResultError,
):
    (url,) = await result_urls(vendor, clock)
    vendor.faults.add("result", fault, times=2)  # aiohttp may repeat a GET once
    with pytest.raises(ResultError) as raised:
        await fetcher.fetch(url, "2026-11/1-0")
    assert (type(raised.value), str(raised.value)) == (type(problem), str(problem))
    assert files(tmp_path) == []


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


def black_and_white(width: int, height: int) -> bytes:
    """A whole PNG of one bit a pixel, which Pillow would decode: many pixels in few bytes."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


async def test_more_pixels_than_any_model_makes_are_too_large_though_the_picture_is_whole(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    width, height = 8000, PIXEL_CAP // 8000
    vendor.image_bytes_override = black_and_white(width, height + 1)
    with pytest.raises(ResultRefused, match="too large"):
        await fetcher.fetch(url, "a")
    assert files(tmp_path) == []
    vendor.image_bytes_override = black_and_white(width, height)
    kept = await fetcher.fetch(url, "a")
    assert (kept.width, kept.height) == (width, height)


async def test_a_bomb_is_not_decoded(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    header = b"IHDR" + (60_000).to_bytes(4) + (60_000).to_bytes(4) + bytes((8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + header + zlib.crc32(header).to_bytes(4)
    data = b"IDAT" + zlib.compress(bytes(1000))
    bomb += (len(data) - 4).to_bytes(4) + data + zlib.crc32(data).to_bytes(4)
    vendor.image_bytes_override = bomb
    with pytest.raises(ResultRefused, match=r"too large|not a picture"):
        await fetcher.fetch(url, "a")
    assert files(tmp_path) == []


async def test_what_was_kept_is_found_again_by_its_name_if_it_is_a_whole_picture(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (url,) = await result_urls(vendor, clock)
    assert await fetcher.kept("1/5-0") is None
    for kind, ending in (("PNG", ".png"), ("JPEG", ".jpg")):
        vendor.image_bytes_override = picture(kind=kind)
        kept = await fetcher.fetch(url, f"1/5-{kind}")
        assert kept.path.endswith(ending)
        assert await fetcher.kept(f"1/5-{kind}") == kept
    file = tmp_path / "kept" / "1" / "5-PNG.png"
    for spoilt in (
        b"",
        b"no picture",
        picture()[:-20],
        picture(kind="GIF"),
        black_and_white(8000, PIXEL_CAP // 8000 + 1),
    ):
        file.write_bytes(spoilt)
        assert await fetcher.kept("1/5-PNG") is None


async def test_a_folder_that_cannot_be_written_is_no_loss_of_the_picture(
    session: aiohttp.ClientSession, vendor: DashScopeStandIn, clock: SandboxClock, tmp_path: Path
):
    (tmp_path / "kept").write_text("a file where the folder should be")
    fetcher = ResultFetcher(session, folder=tmp_path / "kept", result_hosts=[vendor.result_host], clock=clock)
    (url,) = await result_urls(vendor, clock)
    with pytest.raises(ResultUnavailable, match="disk"):
        await fetcher.fetch(url, "a")


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_over_the_cap_is_rejected_as_soon_as_that_shows(
    session: aiohttp.ClientSession,
    serve: Callable[[Handler], Awaitable[str]],
    clock: SandboxClock,
    tmp_path: Path,
    announced: bool,
):
    async def too_much(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        if announced:
            answer.content_length = CAP_BYTES + 1
        await answer.prepare(request)
        if not announced:
            with contextlib.suppress(ConnectionError):
                while True:
                    await answer.write(bytes(65_536))
        return answer

    host = await serve(too_much)
    fetcher = ResultFetcher(session, folder=tmp_path, result_hosts=[host], clock=clock, size_cap_bytes=CAP_BYTES)
    with pytest.raises(ResultRefused, match="too large"):
        await fetcher.fetch(f"http://{host}/a.png", "a")
    assert files(tmp_path) == []


async def test_a_cut_picture_of_no_announced_length_may_be_asked_for_again(
    session: aiohttp.ClientSession, clock: SandboxClock, tmp_path: Path
):
    body = picture((64, 64), noise=True)[:-500]

    async def old_fashioned(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n\r\n" + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(old_fashioned, "127.0.0.1", 0)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        fetcher = ResultFetcher(session, folder=tmp_path, result_hosts=[host], clock=clock)
        with pytest.raises(ResultUnavailable, match="truncated"):
            await fetcher.fetch(f"http://{host}/a.png", "a")
    assert files(tmp_path) == []


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
