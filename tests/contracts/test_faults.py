"""The stand-ins' faults: the weather, and what is lost after it took effect."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault, Weather

TURBO = "wanx2.1-t2i-turbo"
KEY = {"Authorization": "Bearer sk-sandbox", "X-DashScope-Async": "enable"}
CREATE = "/services/aigc/text2image/image-synthesis"
ORDER = {"model": TURBO, "input": {"prompt": "a cat"}, "parameters": {"n": 1}}
BUSY, BROKEN = Fault(status=503), Fault(status=500)


@asynccontextmanager
async def open_vendor(clock: SandboxClock) -> AsyncIterator[tuple[DashScopeStandIn, aiohttp.ClientSession]]:
    async with DashScopeStandIn(clock=clock) as vendor, aiohttp.ClientSession(headers=KEY) as session:
        yield vendor, session


async def statuses(vendor: DashScopeStandIn, session: aiohttp.ClientSession, path: str, times: int = 1) -> list[int]:
    found: list[int] = []
    for _ in range(times):
        async with session.get(vendor.base_url + path) as answer:
            found.append(answer.status)
    return found


async def test_weather_strikes_what_it_names_and_nothing_else():
    async with open_vendor(SandboxClock()) as (vendor, session):
        weather = vendor.faults.weather(1.0, {"query": [BUSY]}, seed=1)
        assert await statuses(vendor, session, "/tasks/one", 3) == [503] * 3
        assert await statuses(vendor, session, "/tasks", 2) == [200] * 2
        assert weather.passed == weather.struck == {"query": 3}


async def test_what_is_planned_comes_before_the_weather_and_both_can_be_cleared():
    async with open_vendor(SandboxClock()) as (vendor, session):
        vendor.faults.weather(1.0, {"query": [BUSY]}, seed=1)
        vendor.faults.add("query", BROKEN)
        assert await statuses(vendor, session, "/tasks/one", 2) == [500, 503]
        vendor.faults.clear()
        assert await statuses(vendor, session, "/tasks/one") == [200]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_weather_strikes_as_often_as_its_chance_says_with_each_of_its_faults(seed: int):
    weather = Weather(0.05, {"query": [BUSY, BROKEN]}, random.Random(seed))
    met = [fault for _ in range(20_000) if (fault := weather.strike("query"))]
    # Five standard deviations: sqrt(20000 * 0.05 * 0.95) is 31, and of half as many 22.
    assert abs(len(met) - 1000) < 155
    assert abs(met.count(BUSY) - 500) < 110
    assert met.count(BUSY) + met.count(BROKEN) == len(met) == weather.struck["query"]


async def test_an_answer_that_is_late_and_lost_comes_after_the_effect():
    clock = SandboxClock(scale=0)
    async with open_vendor(clock) as (vendor, session):
        vendor.faults.add("create", Fault(delay_s=60, cut=True, when="after"))
        asking = asyncio.create_task(session.post(vendor.base_url + CREATE, json=ORDER))
        await vendor.until(lambda: vendor.creates == 1)
        assert not asking.done()
        clock.advance(61)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await asking
        assert vendor.creates == 1
