"""What is a whole picture and no larger than may be is kept byte for byte; anything else is not kept."""

import asyncio
import contextlib
import io
import os
import threading
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from bot.domain.pictures.names import owner_of
from bot.domain.pictures.raster import PIXEL_CAP
from bot.errors import ResultError, ResultRefused, ResultUnavailable
from bot.providers.dashscope.results import ResultFetcher
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.pictures.oddities import odd_pictures
from sandbox.faults import Fault
from tests.support.contracts.results import Handler, files, picture, result_urls

CAP_BYTES = 1024 * 1024


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


async def test_a_picture_is_brought_to_the_disk_before_it_gets_its_name_and_that_too(
    fetcher: ResultFetcher, vendor: DashScopeStandIn, clock: SandboxClock
):
    (url,) = await result_urls(vendor, clock)
    vendor.image_bytes_override = picture()
    called: list[object] = []

    def note(_: object, event: str, function: object) -> None:
        if event == "c_call" and function in (os.fsync, os.replace):
            called.append(function)

    # Only threads that begin from here on are watched.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
    threading.setprofile(note)
    try:
        await fetcher.fetch(url, "1/5-0")
    finally:
        threading.setprofile(None)
    # The file, and then the folders in which its name and its server's are.
    assert called == [os.fsync, os.replace, os.fsync, os.fsync]


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
