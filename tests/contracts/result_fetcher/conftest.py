from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.providers.dashscope.results import ResultFetcher
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from tests.support.contracts.results import Handler


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
