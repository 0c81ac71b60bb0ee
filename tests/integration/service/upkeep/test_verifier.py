import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.errors import AccountStopped, RetryLater
from bot.service.upkeep.verifier import Verifier
from bot.service.vendor.in_doubt import LISTED_MS
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.verification import SqliteBooks
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from tests.support.failures import failure_of
from tests.support.service import CATALOGUE, TURBO, Service

HOUR_S = 3600


@dataclass
class Verification:
    service: Service
    verifier: Verifier

    async def differences(self) -> list[str]:
        async with self.service.ticking():
            return [difference async for difference in self.verifier.differences()]


@pytest.fixture
async def verification(service: Service) -> AsyncIterator[Verification]:
    books = SqliteBooks(service.database)
    verifier = Verifier(books=books, vendor=service.vendor, models=CATALOGUE, clock=service.clock)
    yield Verification(service, verifier)
    assert await books.differences() == []


async def lost(service: Service, vendor: DashScopeStandIn, *, count: int = 1) -> tuple[Job, str]:
    """Return a job that was given up, and its task, which came to light too late."""
    vendor.faults.add("create", Fault(cut=True, when="after"))
    vendor.faults.add("list", Fault(status=500), times=1000)
    job = await service.ask(count=count)
    await service.until(job, JobState.IN_DOUBT)
    service.clock.advance(LISTED_MS / 1000)
    failed = await service.until(job, JobState.FAILED)
    vendor.faults.clear()
    (task_id,) = set(vendor.tasks) - {one for (one,) in await service.rows("SELECT task_id FROM jobs")}
    await vendor.until(lambda: vendor.tasks[task_id].end_ms is not None)
    return failed, task_id


async def test_what_the_vendor_billed_is_what_the_ledger_says(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    await service.start()
    vendor.next_outcome(Outcome(service_s=1), times=2)
    done = [await service.ask(count=n, member_id=n) for n in (1, 2)]
    for job in done:
        await service.until(job, JobState.DELIVERING)
    vendor.next_outcome(Outcome(service_s=60))
    drawn = await service.ask(member_id=3)
    await service.until(drawn, JobState.RUNNING)
    await service.watcher.stop()
    assert await verification.differences() == []
    assert verification.verifier.compared == 2


async def test_a_figure_that_differs_is_named(service: Service, vendor: DashScopeStandIn, verification: Verification):
    await service.start()
    job = await service.until(await service.ask(count=2), JobState.DELIVERING)
    vendor.tasks[job.task_id].image_count = 4
    assert await verification.differences() == [
        f"job #1 of server 1, task {job.task_id}: the vendor billed 4 images, the ledger has 2"
    ]


@pytest.mark.parametrize("hours", [1, 23])
async def test_a_task_that_the_vendor_does_not_know_is_named_until_it_may_be_forgotten(
    service: Service, vendor: DashScopeStandIn, verification: Verification, hours: int
):
    vendor.next_outcome(Outcome())
    await service.start()
    job = await service.until(await service.ask(), JobState.DELIVERING)
    del vendor._tasks[job.task_id]  # pyright: ignore[reportPrivateUsage]
    service.clock.advance(hours * HOUR_S)
    named = [f"job #1 of server 1, task {job.task_id}: the vendor does not know it"]
    assert await verification.differences() == (named if hours == 1 else [])
    assert verification.verifier.compared == 0


async def test_a_task_that_was_found_long_after_its_create_is_forgotten_from_its_create_on(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    vendor.next_outcome(Outcome())
    await service.start()
    job = await service.until(await service.ask(), JobState.DELIVERING)
    del vendor._tasks[job.task_id]  # pyright: ignore[reportPrivateUsage]
    service.clock.advance(23 * HOUR_S)
    found_ms = service.clock.now_ms() - HOUR_S * 1000
    await service.database.write(lambda conn: conn.execute("UPDATE jobs SET submitted_ms = ?", (found_ms,)))
    assert await verification.differences() == []


async def test_a_lost_task_is_named_with_the_job_that_asked_for_it_until_it_is_booked(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    await service.start()
    failed, task_id = await lost(service, vendor, count=2)
    (named,) = await verification.differences()
    assert named == (
        f"task {task_id} (wanx2.1-t2i-turbo) belongs to no job, the vendor billed 2 images; it is what job #1 of server"
        f" 1 asked for: jobs resolve 1 --server 1 --billed 2 --task {task_id}"
    )
    await SqliteDoubtfulCosts(service.database, service.clock).resolve(failed.id, 2, None, task_id=task_id)
    assert await verification.differences() == []
    (cost,) = (await service.rows("SELECT used FROM buckets WHERE kind = 'cap'"))[0]
    assert cost == sum(line.images for line in vendor.bill()) * TURBO.price_micros


async def test_a_strangers_task_is_named_by_itself_and_only_if_it_is_billed(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    await service.start()
    await lost(service, vendor)
    vendor.next_outcome(Outcome(service_s=1))
    stranger = await service.create_elsewhere("somebody else's")
    await vendor.until(lambda: vendor.tasks[stranger.task_id].end_ms is not None)
    vendor.next_outcome(Outcome(service_s=2 * HOUR_S))
    service.clock.advance(1)
    await service.create_elsewhere("is being drawn")
    named = await verification.differences()
    assert len(named) == 2
    assert named[1] == (
        f"task {stranger.task_id} (wanx2.1-t2i-turbo) belongs to no job, the vendor billed 1 image:"
        f" jobs resolve {stranger.task_id} --billed 1 --model wanx2.1-t2i-turbo"
    )


async def test_where_the_vendor_does_not_say_what_it_billed_only_a_strangers_task_is_named(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    await service.start()
    await service.until(await service.ask(), JobState.DELIVERING)
    silent = Fault(status=200, body=b'{"output":{"task_id":"t","task_status":"SUCCEEDED"}}')
    vendor.faults.add("query", silent)
    assert await verification.differences() == []
    vendor.next_outcome(Outcome(service_s=1))
    stranger = await service.create_elsewhere("somebody else's")
    await vendor.until(lambda: vendor.tasks[stranger.task_id].end_ms is not None)
    vendor.faults.add("query", silent, times=2)
    assert await verification.differences() == [
        f"task {stranger.task_id} (wanx2.1-t2i-turbo) belongs to no job, and the vendor does not say how many images it"
        f" billed; look there: jobs resolve {stranger.task_id} --billed N --model wanx2.1-t2i-turbo"
    ]


async def test_a_task_that_may_yet_be_owned_is_not_named(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    job = await service.ask()
    task = await service.create_unrecorded(job)
    await vendor.until(lambda: vendor.tasks[task.task_id].end_ms is not None)
    assert await verification.differences() == []


async def test_a_forgotten_task_that_the_vendor_remembers_all_the_same_is_named(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    vendor.next_outcome(Outcome(service_s=30))
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.RUNNING)
    await service.watcher.stop()
    failed = await service.jobs.fail(job.id, failure_of("task_forgotten"), doubtful_images=1)
    assert failed is not None
    assert await verification.differences() == []
    (task,) = vendor.tasks.values()
    await vendor.until(lambda: task.end_ms is not None)
    assert await verification.differences() == [
        f"job #1 of server 1, task {task.task_id}: its cost is doubtful, the vendor billed 1 image:"
        " jobs resolve 1 --server 1 --billed 1"
    ]
    await SqliteDoubtfulCosts(service.database, service.clock).resolve(job.id, 1, None)
    assert await verification.differences() == []


async def test_a_vendor_that_stumbles_is_asked_again(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    await service.start()
    await service.until(await service.ask(), JobState.DELIVERING)
    vendor.faults.add("query", Fault(status=500), times=3)
    vendor.faults.add("list", Fault(status=200, body=b"<html>"), times=4)
    assert await verification.differences() == []


async def test_a_vendor_that_cannot_be_asked_is_an_error(
    service: Service, vendor: DashScopeStandIn, verification: Verification
):
    vendor.faults.add("list", Fault(status=500), times=5)
    with pytest.raises(RetryLater):
        await verification.differences()
    vendor.faults.add("list", Fault(status=401, body=b'{"code":"InvalidApiKey","message":"no","request_id":"r"}'))
    with pytest.raises(AccountStopped):
        await verification.differences()


async def test_the_questions_are_paced(service: Service, vendor: DashScopeStandIn, verification: Verification):
    await service.start()
    for n in range(6):
        vendor.next_outcome(Outcome(service_s=1))
        await service.until(await service.ask(member_id=n), JobState.DELIVERING)
    await asyncio.sleep(0)
    begun = len(vendor.requests)
    assert await verification.differences() == []
    times = [request.at_ms for request in vendor.requests[begun:]]
    assert len(times) == 8
    assert times[-1] - times[0] >= 7 * 250 - 10
