"""The task list: windows, pages, and reads that can't be complete."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.errors import RetryLater
from bot.providers.dashscope.client import PAGE_SIZE, DashScopeClient
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault

TURBO, PLUS = "wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"
DAY_MS = 86_400_000


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock(scale=0)


@pytest.fixture
async def vendor(clock: SandboxClock) -> AsyncIterator[DashScopeStandIn]:
    async with DashScopeStandIn(clock=clock) as standin:
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


class Untimed(SandboxClock):
    """Runs fast enough that the pacer costs nothing, but never ends a request."""

    def timeout(self, seconds: float) -> Any:
        return super().timeout(seconds * 1000)


@pytest.fixture
def client(session: aiohttp.ClientSession, vendor: DashScopeStandIn) -> DashScopeClient:
    return DashScopeClient(
        session, base_url=vendor.base_url, api_key="sk-sandbox", catalogue=BUILT_IN, clock=Untimed(scale=1000)
    )


async def create(client: DashScopeClient, clock: SandboxClock, model: str, count: int) -> list[str]:
    created: list[str] = []
    for _ in range(count):
        clock.advance(0.6)  # two creates a second are let in
        task = await client.create(ImageRequest("a cat", "", model, Size(1024, 1024), 1, 7, False, False, False))
        created.append(task.task_id)
    return created


async def test_all_pages_are_read_oldest_first_and_only_of_the_model(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    wanted = await create(client, clock, TURBO, 2 * PAGE_SIZE + 1)
    await create(client, clock, PLUS, 2)
    times = [vendor.tasks[task_id].submit_ms for task_id in wanted]
    listed = await client.tasks_between(TURBO, times[0], times[-1])
    assert [row.task_id for row in listed] == wanted
    assert [row.created_ms for row in listed] == times
    assert {row.model for row in listed} == {TURBO}
    pages = [entry for entry in vendor.requests if entry.operation == "list"]
    assert len(pages) == 3


async def test_the_window_is_exact_to_the_millisecond(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock
):
    created = await create(client, clock, TURBO, 3)
    middle_ms = vendor.tasks[created[1]].submit_ms
    assert [row.task_id for row in await client.tasks_between(TURBO, middle_ms, middle_ms)] == [created[1]]
    assert await client.tasks_between(TURBO, middle_ms + 1, middle_ms + 2) == []


@pytest.mark.parametrize("fault", [Fault(status=502), Fault(truncate_to=50), Fault(status=200, body=b"{}")])
async def test_a_page_that_breaks_breaks_the_read(
    client: DashScopeClient, vendor: DashScopeStandIn, clock: SandboxClock, fault: Fault
):
    created = await create(client, clock, TURBO, PAGE_SIZE + 1)
    first_ms = vendor.tasks[created[0]].submit_ms
    vendor.faults.add("list", fault, times=2, matches=lambda request: request.query["page_no"] == "2")
    with pytest.raises(RetryLater):
        await client.tasks_between(TURBO, first_ms, first_ms + 60_000)


class Lists:
    """A list that answers what it is told, one page after the other."""

    def __init__(self) -> None:
        self.pages: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        return web.Response(text=json.dumps(self.pages.pop(0)))


@pytest.fixture
async def lists() -> AsyncIterator[Lists]:
    lists = Lists()
    app = web.Application()
    app.router.add_get("/tasks", lists.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    lists.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield lists
    await runner.cleanup()


def row(task_id: object, at_ms: int = 1000) -> dict[str, object]:
    return {"task_id": task_id, "gmt_create": at_ms, "model_name": TURBO, "status": "RUNNING", "new": None}


@pytest.mark.parametrize(
    "pages",
    [
        [{"total": 2, "total_page": 1, "data": [row("a")]}],
        [{"total": 2, "total_page": 1, "data": [row("a"), row("a")]}],
        [{"total": 2, "total_page": 1, "data": [row("a"), row(None)]}],
        [{"total": 1, "total_page": 1, "data": [{"task_id": "a", "gmt_create": None}]}],
        [{"total": 1, "total_page": 1, "data": None}],
        [{"total": 9, "total_page": 900, "data": []}],
        [{"total": None, "total_page": 1, "data": [row("a")]}],
        [{"total": 2, "total_page": 2, "data": [row("a")]}, {"total": 3, "total_page": 2, "data": [row("b")]}],
    ],
)
async def test_rows_that_are_missing_make_no_complete_answer(
    session: aiohttp.ClientSession, lists: Lists, pages: list[dict[str, Any]]
):
    client = DashScopeClient(session, base_url=lists.url, api_key="sk", catalogue=BUILT_IN, clock=Untimed(scale=1000))
    lists.pages = pages
    with pytest.raises(RetryLater):
        await client.tasks_between(TURBO, 0, 5000)


async def test_the_filter_is_in_beijing_time_and_an_empty_list_is_an_answer(
    session: aiohttp.ClientSession, lists: Lists
):
    client = DashScopeClient(session, base_url=lists.url, api_key="sk", catalogue=BUILT_IN, clock=Untimed(scale=1000))
    lists.pages = [{"total": 0, "total_page": 0, "data": []}]
    assert await client.tasks_between(TURBO, 1709285904817, 1709285964001) == []
    assert lists.asked == [
        {
            "model_name": TURBO,
            "start_time": "20240301173824",
            "end_time": "20240301173925",
            "page_no": "1",
            "page_size": str(PAGE_SIZE),
        }
    ]


async def test_more_than_a_day_is_asked_for_in_parts(session: aiohttp.ClientSession, lists: Lists):
    client = DashScopeClient(session, base_url=lists.url, api_key="sk", catalogue=BUILT_IN, clock=Untimed(scale=1000))
    shared = row("shared", DAY_MS)
    lists.pages = [
        {"total": 2, "total_page": 1, "data": [shared, row("first", 1)]},
        {"total": 2, "total_page": 1, "data": [row("last", DAY_MS + 5), shared]},
    ]
    listed = await client.tasks_between(TURBO, 0, DAY_MS + 10)
    assert [entry.task_id for entry in listed] == ["first", "shared", "last"]
    assert [asked["start_time"] for asked in lists.asked] == ["19700101080000", "19700102080000"]
    assert [asked["end_time"] for asked in lists.asked] == ["19700102080000", "19700102080001"]


async def test_a_window_that_ends_before_it_begins_has_no_tasks(session: aiohttp.ClientSession, lists: Lists):
    client = DashScopeClient(session, base_url=lists.url, api_key="sk", catalogue=BUILT_IN, clock=Untimed(scale=1000))
    assert await client.tasks_between(TURBO, 9_000, 1_000) == []
    assert lists.asked == []
