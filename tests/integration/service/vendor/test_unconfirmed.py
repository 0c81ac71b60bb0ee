"""Doubtful creates of models whose answers name no prompt: nothing confirms a task, and nothing is paid for twice."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.service.upkeep.verifier import Verifier
from bot.storage.books.verification import SqliteBooks
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault
from simulation.judging.books import balances_equal_rows
from tests.integration.service.conftest import Reopen
from tests.support.service import Service, make_policy

NEWER = BUILT_IN["wan2.6-t2i"]
LOST, NEVER_SENT = Fault(cut=True, when="after"), Fault(cut=True, when="before")


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(make_policy(catalogue={NEWER.name: NEWER})) as opened:
        yield opened


async def ended(service: Service, job: Job, state: JobState) -> Job:
    """Wait until a lost create's doubt is over."""
    await service.until(job, lambda job: bool(job.task_id))
    await service.outwait_doubt(job)
    done = await service.until(job, state)
    await service.database.read(balances_equal_rows)
    return done


@pytest.mark.parametrize(
    "outcome",
    [Outcome(), Outcome(failed_images={0: OUTPUT_INAPPROPRIATE}), Outcome(all_images_fail=OUTPUT_INAPPROPRIATE)],
)
async def test_a_task_that_may_be_the_jobs_is_shown_to_nobody_and_not_drawn_again(
    service: Service, vendor: DashScopeStandIn, outcome: Outcome
):
    vendor.next_outcome(outcome)
    vendor.faults.add("create", LOST)
    await service.start()
    failed = await ended(service, await service.ask(count=2, size="1:1"), JobState.FAILED)
    assert (failed.failure, failed.task_id, failed.images, vendor.creates) == ("in_doubt", "", (), 1)
    hold = await service.hold(failed)
    assert (hold["charged_images"], hold["billed_images"]) == (0, 0)
    assert hold["doubtful_micros"] == 2 * NEWER.price_micros


async def test_more_pictures_than_were_asked_for_are_a_strangers(service: Service, vendor: DashScopeStandIn):
    await service.create_elsewhere("a flower shop", 3, NEWER)
    service.clock.advance(2)
    vendor.faults.add("create", NEVER_SENT)
    await service.start()
    done = await ended(service, await service.ask(count=2, size="1:1"), JobState.DELIVERING)
    assert (done.adopted, len(done.kept), vendor.creates) == (False, 2, 2)
    assert (await service.hold(done))["doubtful_micros"] == 0


async def test_what_is_lost_is_named_as_what_a_job_may_have_asked_for(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", LOST)
    await service.start()
    await ended(service, await service.ask(count=2, size="1:1"), JobState.FAILED)
    books = SqliteBooks(service.database)
    verifier = Verifier(books=books, vendor=service.vendor, models={NEWER.name}, clock=service.clock)
    async with service.ticking():
        (named,) = [difference async for difference in verifier.differences()]
    (task_id,) = vendor.tasks
    assert named == (
        f"task {task_id} (wan2.6-t2i) belongs to no job, the vendor billed 2 images; it may be what job #1 of server 1"
        f" asked for: jobs resolve 1 --server 1 --billed 2 --task {task_id}"
    )


async def test_of_two_that_are_lost_each_is_named_as_another_jobs(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", LOST, times=2)
    await service.start()
    # The second is created while the first is in doubt still.
    first, second = [await service.ask(count=2, size="1:1") for _ in range(2)]
    await service.until(first, lambda job: bool(job.task_id))
    await ended(service, second, JobState.FAILED)
    await service.until(first, lambda job: job.state is JobState.FAILED)
    books = SqliteBooks(service.database)
    verifier = Verifier(books=books, vendor=service.vendor, models={NEWER.name}, clock=service.clock)
    async with service.ticking():
        named = [difference async for difference in verifier.differences()]
    advice = [re.sub(r".*: jobs", "jobs", one) for one in named]
    expected = [f"jobs resolve {k + 1} --server 1 --billed 2 --task {one}" for k, one in enumerate(vendor.tasks)]
    assert sorted(advice) == expected
