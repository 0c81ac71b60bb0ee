from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from bot.domain.requests.catalogue import BUILT_IN
from bot.providers.dashscope.client import DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from tests.support.contracts.vendor_client import KEY, Recorder


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
    return DashScopeClient(session, base_url=vendor.base_url, api_key=KEY, catalogue=BUILT_IN, clock=clock)


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
