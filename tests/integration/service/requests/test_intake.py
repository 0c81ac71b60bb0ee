"""How pictures come in: after their request was judged, a few at a time, and with nothing left behind."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.domain.jobs.job import Job
from bot.domain.pictures.inputs import DATA_URI_MAX_BYTES, HandedIn, PictureRule, Prepared
from bot.domain.requests.quota import Rule
from bot.errors import MemberError, Unavailable
from bot.failure_kinds import Advice
from bot.service.requests import picture_intake
from tests.integration.service.conftest import Reopen
from tests.support.editing import CATALOGUE, FREE, WAN27, files_in, held_job
from tests.support.handed_in import FILES, png
from tests.support.service import Service, make_policy


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(FREE) as opened:
        yield opened


async def settled() -> None:
    """Let all go on that can: whoever waits for a thread or the database has its turn in between."""
    for _ in range(50):
        await asyncio.to_thread(lambda: None)


async def test_pictures_of_many_are_made_ready_a_few_at_a_time(service: Service, monkeypatch: pytest.MonkeyPatch):
    under_way, full, opened = 0, asyncio.Event(), asyncio.Event()
    fetch = service.attachments.fetch

    async def held_up(handed_in: HandedIn, most_bytes: int) -> bytes:
        nonlocal under_way
        under_way += 1
        if under_way == picture_intake.REQUESTS_AT_ONCE:
            full.set()
        await opened.wait()
        return await fetch(handed_in, most_bytes)

    monkeypatch.setattr(service.attachments, "fetch", held_up)
    asking = [asyncio.create_task(held_job(service, member_id=k + 1)) for k in range(8)]
    await full.wait()
    await settled()
    assert under_way == picture_intake.REQUESTS_AT_ONCE
    opened.set()
    assert len(await asyncio.gather(*asking)) == 8


async def test_one_picture_is_decoded_at_a_time(service: Service, monkeypatch: pytest.MonkeyPatch):
    begun: list[str] = []
    opened, prepare = threading.Event(), picture_intake.prepare

    def held_up(data: bytes, rule: PictureRule, filename: str, *, uri_bytes: int) -> Prepared:
        begun.append(filename)
        assert opened.wait(20)
        return prepare(data, rule, filename, uri_bytes=uri_bytes)

    fetch, fetched = service.attachments.fetch, asyncio.Event()

    async def count(handed_in: HandedIn, most_bytes: int) -> bytes:
        data = await fetch(handed_in, most_bytes)
        if len(service.attachments.asked) == 4:
            fetched.set()
        return data

    monkeypatch.setattr(service.attachments, "fetch", count)
    monkeypatch.setattr(picture_intake, "prepare", held_up)
    asking = [asyncio.create_task(held_job(service, member_id=k + 1)) for k in range(4)]
    try:
        await fetched.wait()
        await settled()
        assert len(begun) == 1
    finally:
        opened.set()
    assert len(await asyncio.gather(*asking)) == 4


async def blocked(service: Service) -> None:
    await service.moderation.block(service.act(), 1, None)


async def with_another_under_way(service: Service) -> None:
    await held_job(service)


async def with_a_stopped_lane(service: Service) -> None:
    await service.lanes.stop(WAN27.name, "Arrearage", Advice.OTHER)


@pytest.mark.parametrize(
    ("before", "key"),
    [
        (blocked, "blocked"),
        (with_another_under_way, "too-many-active"),
        (with_a_stopped_lane, "lane-stopped"),
        (None, "over-quota"),
    ],
)
async def test_nothing_is_fetched_for_who_would_be_refused_anyway(
    reopen: Reopen, before: Callable[[Service], Awaitable[None]] | None, key: str
):
    rule = Rule(free_images=2, budget_micros=0, images_per_job=4, active_jobs=1, cooldown_s=0)
    async with reopen(make_policy(catalogue=CATALOGUE, rule=rule)) as service:
        if before is not None:
            await before(service)
        service.attachments.asked.clear()
        holds, files = [await service.rows(f"SELECT * FROM {table}") for table in ("ledger", "incoming_files")]
        with pytest.raises(MemberError) as refusal:
            await held_job(service, count=4)
        assert refusal.value.key == key
        assert service.attachments.asked == []
        assert await service.rows("SELECT * FROM ledger") == holds
        assert files == []
        (noted,) = await service.rows("SELECT detail FROM audit WHERE act = 'request.refused'")
        assert key in noted[0]


async def test_of_one_member_the_pictures_of_one_request_come_in_at_a_time(
    reopen: Reopen, monkeypatch: pytest.MonkeyPatch
):
    rule = Rule(free_images=10, budget_micros=0, images_per_job=4, active_jobs=1, cooldown_s=0)
    async with reopen(make_policy(catalogue=CATALOGUE, rule=rule)) as service:
        reached, opened, fetch = asyncio.Event(), asyncio.Event(), service.attachments.fetch

        async def held_up(handed_in: HandedIn, most_bytes: int) -> bytes:
            reached.set()
            await opened.wait()
            return await fetch(handed_in, most_bytes)

        monkeypatch.setattr(service.attachments, "fetch", held_up)
        asking = [asyncio.create_task(held_job(service, member_id=member)) for member in (1, 1, 2)]
        await reached.wait()
        await settled()
        opened.set()
        first, second, other = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(second, Unavailable)
        assert second.key == "too-many-active"
        assert isinstance(first, Job)
        assert isinstance(other, Job)
        assert len(service.attachments.asked) == 2


async def test_what_a_cancellation_left_goes_in_the_sweepers_next_round_and_what_comes_in_stays(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    reached, opened = asyncio.Event(), asyncio.Event()

    async def held_up(*_: Any) -> Job:
        reached.set()
        await opened.wait()
        raise AssertionError

    with monkeypatch.context() as patched:
        patched.setattr(service.jobs, "submit", held_up)
        asking = asyncio.create_task(held_job(service))
        await reached.wait()
        await service.sweeper.sweep()
        assert len(files_in(tmp_path)) == 1
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    assert len(files_in(tmp_path)) == 1
    await service.sweeper.sweep()
    assert files_in(tmp_path) == []


async def test_pictures_of_one_request_share_what_one_alone_may_have_and_the_small_leave_theirs(service: Service):
    detailed = FILES["a picture that is too detailed to be sent as it is"].make()
    alone, beside = await held_job(service, detailed), await held_job(service, png(), detailed)
    assert beside.request.pictures[1].width == alone.request.pictures[0].width
    both = (await held_job(service, detailed, detailed)).request.pictures
    assert sum(one.size_bytes for one in both) * 4 / 3 <= DATA_URI_MAX_BYTES
    assert [one.is_scaled for one in both] == [True, True]
    assert both[0].width < alone.request.pictures[0].width
