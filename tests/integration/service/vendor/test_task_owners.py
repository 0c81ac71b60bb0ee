from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import ALGO_FAILED, OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault
from simulation.judging.books import balances_equal_rows
from tests.integration.service.conftest import Reopen
from tests.support.moments import HOUR_S
from tests.support.service import PRICE, TURBO, Service, lists


@pytest.mark.parametrize("is_crash", [False, True])
async def test_after_a_strangers_task_the_next_candidate_is_tried(
    service: Service, vendor: DashScopeStandIn, is_crash: bool
):
    job = await service.ask("our own")
    if is_crash:
        own = await service.create_unrecorded(job)
    else:
        vendor.faults.add("create", Fault(cut=True, when="after"))
        await service.start()
        await service.until(job, JobState.IN_DOUBT)
        await service.doubts.stop()
        (task,) = vendor.tasks.values()
        own = task
    (task,) = vendor.tasks.values()
    # The stranger's was created closer to the claim, by as much as whole seconds tell.
    task.submit_ms += 5000
    service.clock.advance(1)
    stranger = await service.create_elsewhere("somebody else's")
    vendor.tasks[stranger.task_id].submit_ms = task.submit_ms - 5000
    await service.start()
    service.doubts.resolve(job.id)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.task_id, done.failure, vendor.creates) == (own.task_id, "", 2)
    assert await service.rows("SELECT job_id, task_id FROM foreign_tasks") == [(job.id, stranger.task_id)]
    acts = await service.acts(job)
    assert acts.count("in_doubt") == 2
    assert acts[-2:] == ["fetching", "delivering"]
    assert (await service.hold(done))["billed_images"] == 1
    await service.database.read(balances_equal_rows)


@pytest.mark.parametrize("is_crash", [False, True])
async def test_where_only_strangers_tasks_are_it_is_as_if_there_were_none(
    service: Service, vendor: DashScopeStandIn, is_crash: bool
):
    # A job has to do with what was made shortly before its claim alone, however busy the machine is.
    with service.clock.stopped():
        for n in range(2):
            await service.create_elsewhere(f"somebody else's {n}")
            service.clock.advance(1)
        job = await service.ask()
        if is_crash:
            await service.lanes.claim(TURBO)
        else:
            vendor.faults.add("create", Fault(cut=True, when="before"))
        await service.start()
        await service.until(job, JobState.IN_DOUBT)
    await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.tasks[done.task_id].prompt, vendor.creates) == (False, job.request.prompt, 3)
    assert (await service.hold(done))["doubtful_micros"] == 0
    assert await service.rows("SELECT count(*) FROM foreign_tasks") == [(2,)]
    assert await service.rows("SELECT count(*) FROM images WHERE orig_prompt <> ?", job.request.prompt) == [(0,)]


async def test_a_task_of_another_number_of_images_is_known_before_it_ends(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=2 * HOUR_S))
    await service.create_elsewhere("a flower shop", 3)
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: bool(job.task_id))
    await service.until(job, JobState.IN_DOUBT)
    assert [task.end_ms for task in vendor.tasks.values()] == [None]


async def test_a_strangers_task_that_is_taken_back_is_not_ours_to_end(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=60), times=2)
    for _ in range(2):
        await service.create_elsewhere("keeps the lane busy", 2)
        service.clock.advance(1)
    stranger = await service.create_elsewhere("a flower shop")
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: job.task_id == stranger.task_id)
    await service.vendor.cancel(stranger.task_id)
    await service.outwait_doubt(job)
    assert (await service.until(job, JobState.DELIVERING)).task_id != stranger.task_id


async def test_a_wish_to_cancel_never_reaches_a_task_that_may_be_a_strangers(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(service_s=30, reports=("PENDING",) * 3))
    stranger = await service.create_elsewhere("somebody else's")
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: job.task_id == stranger.task_id)
    await service.canceler.cancel(job.id, 1)
    await service.outwait_doubt(job)
    await service.until(job, JobState.CANCELED)
    assert "cancel" not in {request.operation for request in vendor.requests}


async def test_a_crashed_job_that_was_to_be_canceled_is_canceled_once_its_create_is_known_to_be_none(
    service: Service, vendor: DashScopeStandIn
):
    job = await service.ask()
    await service.lanes.claim(TURBO)
    await service.canceler.cancel(job.id, 1)
    await service.start()
    await service.outwait_doubt(job)
    await service.until(job, JobState.CANCELED)
    assert vendor.creates == 0


UNTOLD = {
    "failed": Outcome(fail=OUTPUT_INAPPROPRIATE),
    "no image": Outcome(all_images_fail=OUTPUT_INAPPROPRIATE),
    "no results": Outcome(empty_reads=1000),
}
"""Ends of a task that echo no prompt: nobody can tell whose it is."""


@pytest.mark.parametrize(
    ("ending", "runs"), [("failed", False), ("failed", True), ("no image", False), ("no results", False)]
)
async def test_a_task_that_ended_without_a_prompt_does_not_hide_the_one_that_comes_later(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, ending: str, runs: bool
):
    vendor.next_outcome(replace(UNTOLD[ending], service_s=5 if runs else 0))
    gate = vendor.faults.gate("create")
    await service.start()
    job = await service.ask(count=2)
    await gate.reached.wait()
    await service.stop()
    stranger = await service.create_elsewhere("somebody else's", 2)
    if not runs:
        await vendor.until(lambda: vendor.tasks[stranger.task_id].end_ms is not None)
    async with reopen() as again:
        await again.start()
        await vendor.until(lambda: vendor.tasks[stranger.task_id].end_ms is not None)
        seen = lists(vendor)
        await vendor.until(lambda: lists(vendor) >= seen + 2)
        assert (await again.until(job, JobState.IN_DOUBT)).task_id == ""
        gate.open()
        done = await again.until(job, JobState.DELIVERING)
        hold = await again.hold(done)
    assert (done.task_id != stranger.task_id, done.adopted, vendor.creates) == (True, True, 2)
    assert (hold["billed_images"], hold["doubtful_micros"]) == (2, 0)


@pytest.mark.parametrize("ending", UNTOLD)
@pytest.mark.parametrize("is_ours", [False, True])
async def test_where_nobody_can_tell_whose_task_ended_its_cost_is_doubtful_and_nobody_is_blamed(
    service: Service, vendor: DashScopeStandIn, ending: str, is_ours: bool
):
    vendor.next_outcome(UNTOLD[ending])
    if not is_ours:
        await service.create_elsewhere("a flower shop", 2)
    vendor.faults.add("create", Fault(cut=True, when="after" if is_ours else "before"))
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: bool(vendor.tasks) and all(task.end_ms for task in vendor.tasks.values()))
    async with service.ticking(0.05):
        failed = await service.until(job, JobState.FAILED)
    assert (failed.failure, failed.task_id, vendor.creates) == ("in_doubt", "", 1)
    hold = await service.hold(failed)
    assert (hold["charged_images"], hold["billed_images"], hold["doubtful_micros"]) == (0, 0, 2 * PRICE)
    assert await service.rows("SELECT count(*) FROM strikes") == [(0,)]
    await service.database.read(balances_equal_rows)


async def test_a_failed_task_of_another_number_of_images_is_known_to_be_somebody_elses(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(fail=ALGO_FAILED))
    stranger = await service.create_elsewhere("a flower shop", 3)
    await vendor.until(lambda: vendor.tasks[stranger.task_id].end_ms is not None)
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask()
    await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates) == (False, 2)


async def test_whoever_cannot_be_asked_about_an_ended_task_is_asked_again(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(fail=ALGO_FAILED))
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    job = await service.ask()
    vendor.faults.add("query", Fault(status=500))
    await service.outwait_doubt(job)
    async with service.ticking():
        assert (await service.until(job, JobState.FAILED)).failure == "in_doubt"


async def test_a_prompt_that_the_vendor_cut_confirms_the_task(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    # As it counts two characters where we count one.
    vendor.models[TURBO.name] = replace(vendor.models[TURBO.name], prompt_limit=400)
    done = await service.until(await service.ask("long " * 100), JobState.DELIVERING)
    assert (done.adopted, done.was_cut) == (True, True)
