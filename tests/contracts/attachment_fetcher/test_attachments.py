"""What members hand in is fetched from Discord alone, within limits, and its address is told nobody."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.pictures.inputs import HandedIn
from bot.errors import AttachmentForeign, AttachmentUnavailable
from bot.providers.attachments import FETCH_TIMEOUT_S, AttachmentFetcher
from sandbox.clock import SandboxClock
from sandbox.discord import DiscordStandIn
from sandbox.discord.state.cdn import EPHEMERAL_ATTACHMENTS
from sandbox.discord.state.messages import Upload, store
from sandbox.faults import Fault

SECRET = "ex=1&is=2&hm=secret"
DATA = bytes(range(256)) * 4000
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def discord(clock: SandboxClock) -> AsyncIterator[DiscordStandIn]:
    async with DiscordStandIn(clock=clock) as standin:
        yield standin


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(scale=0)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as opened:
        yield opened


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


def fetcher(session: aiohttp.ClientSession, clock: SandboxClock, *hosts: str) -> AttachmentFetcher:
    return AttachmentFetcher(session, hosts=hosts, clock=clock)


def handed_in(discord: DiscordStandIn, data: bytes = DATA) -> HandedIn:
    """What an interaction says of a file that a member has handed in."""
    file = store(Upload(0, "a.png", "", data), 812, {}, ephemeral=True)
    discord.world.cdn.handed_in[812] = file
    url = discord.world.cdn.link(discord.application_id, file, folder=EPHEMERAL_ATTACHMENTS)
    return HandedIn(url, "a.png", len(data))


async def test_a_file_is_fetched_whole(discord: DiscordStandIn, session: aiohttp.ClientSession, clock: SandboxClock):
    found = await fetcher(session, clock, discord.cdn_host).fetch(handed_in(discord), len(DATA))
    assert found == DATA


async def test_of_a_file_that_is_too_large_no_more_is_read_than_shows_it(
    discord: DiscordStandIn, session: aiohttp.ClientSession, clock: SandboxClock
):
    found = await fetcher(session, clock, discord.cdn_host).fetch(handed_in(discord), 1000)
    assert found == DATA[:1001]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "https://cdn.discordapp.com@evil.example/a.png",
        "https://cdn.discordapp.com:444/a.png",
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data",
        "http://[not-an-address/a.png",
        "",
    ],
)
async def test_no_other_host_is_asked(session: aiohttp.ClientSession, clock: SandboxClock, url: str):
    with pytest.raises(AttachmentForeign, match="foreign host"):
        await fetcher(session, clock, "cdn.discordapp.com", "media.discordapp.net").fetch(HandedIn(url, "a", 1), 9)


async def test_a_redirect_is_not_followed(
    session: aiohttp.ClientSession, clock: SandboxClock, serve: Callable[[Handler], Awaitable[str]]
):
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        raise AssertionError("this must not be asked")

    other = await serve(elsewhere)

    async def redirect(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": f"http://{other}/a.png"})

    host = await serve(redirect)
    with pytest.raises(AttachmentUnavailable, match="302"):
        await fetcher(session, clock, host, other).fetch(HandedIn(f"http://{host}/a.png", "a", 1), 9)


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (Fault(status=404), "404"),
        (Fault(status=503), "503"),
        (Fault(cut=True), "broken"),
        (Fault(truncate_to=500), "broken"),
    ],
)
async def test_what_does_not_come_whole_does_not_come(
    discord: DiscordStandIn, session: aiohttp.ClientSession, clock: SandboxClock, fault: Fault, word: str
):
    discord.faults.add("handed_in", fault)
    file, fetch = handed_in(discord), fetcher(session, clock, discord.cdn_host).fetch
    # aiohttp sends a GET once more where the connection was closed: twice is as often as it happens here.
    if fault.cut:
        discord.faults.add("handed_in", fault)
    with pytest.raises(AttachmentUnavailable, match=word):
        await fetch(file, len(DATA))
    discord.faults.clear()
    assert await fetch(file, len(DATA)) == DATA


async def test_a_file_that_never_ends_is_given_up(
    session: aiohttp.ClientSession, clock: SandboxClock, serve: Callable[[Handler], Awaitable[str]]
):
    begun = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"a")
        begun.set()
        await asyncio.sleep(3600)
        return response

    host = await serve(drip)
    fetching = asyncio.create_task(fetcher(session, clock, host).fetch(HandedIn(f"http://{host}/a.png", "a", 1), 9))
    await begun.wait()
    clock.advance(FETCH_TIMEOUT_S + 1)
    with pytest.raises(AttachmentUnavailable, match="timeout"):
        await fetching


async def test_a_host_that_is_not_there_is_no_more_than_unavailable(
    session: aiohttp.ClientSession, clock: SandboxClock
):
    with pytest.raises(AttachmentUnavailable, match="broken"):
        await fetcher(session, clock, "127.0.0.1:9").fetch(HandedIn("http://127.0.0.1:9/a.png", "a", 1), 9)


async def test_nothing_but_harmless_headers_goes_out(
    session: aiohttp.ClientSession, clock: SandboxClock, serve: Callable[[Handler], Awaitable[str]]
):
    sent: dict[str, Any] = {}

    async def listen(request: web.Request) -> web.StreamResponse:
        sent.update(request.headers)
        return web.Response(body=b"x")

    host = await serve(listen)
    await fetcher(session, clock, host).fetch(HandedIn(f"http://{host}/a.png?{SECRET}", "a", 1), 9)
    assert {name.lower() for name in sent} == {"host", "accept", "accept-encoding", "user-agent"}


async def test_neither_the_key_in_an_address_nor_the_files_name_is_told_anybody(
    discord: DiscordStandIn, session: aiohttp.ClientSession, clock: SandboxClock, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    file = HandedIn(f"http://{discord.cdn_host}/ephemeral-attachments/1/2/secret-plans.png?{SECRET}", "a.png", 5)
    with pytest.raises(AttachmentUnavailable) as gone:
        await fetcher(session, clock, discord.cdn_host).fetch(file, 9)
    with pytest.raises(AttachmentForeign) as foreign:
        await fetcher(session, clock, "cdn.discordapp.com").fetch(file, 9)
    said = [repr(file), str(gone.value), repr(gone.value), repr(gone.value.__context__), repr(foreign.value)]
    told = "\n".join([*said, *(record.getMessage() for record in caplog.records if record.name.startswith("bot"))])
    assert "secret" not in told
    assert "an attachment from 127.0.0.1: 404" in told
