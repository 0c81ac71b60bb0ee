from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from bot.domain.jobs.job import JobState
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from simulation.judging.books import balances_equal_rows
from tests.support.service import Service

Reopen = Callable[..., AbstractAsyncContextManager[Service]]


async def test_a_job_that_was_submitting_and_never_left_is_created_once(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    await service.lanes.claim(service.policy.catalogue[job.request.model])
    await service.start()
    await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, done.attempts, done.failure, vendor.creates) == (False, 0, "", 1)
    assert (await service.acts(job))[2:6] == ["submitting", "in_doubt", "queued", "submitting"]


async def test_a_job_that_was_submitting_and_did_leave_is_found_and_billed_once(
    service: Service, vendor: DashScopeStandIn
):
    job = await service.ask(count=2)
    task = await service.create_unrecorded(job)
    await service.start()
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, done.task_id, vendor.creates) == (True, task.task_id, 1)
    assert (await service.hold(done))["billed_images"] == 2
    assert len(vendor.bill()) == 1


async def test_a_doubt_is_resolved_by_the_next_run_as_it_would_have_been(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen
):
    vendor.faults.add("create", Fault(cut=True, when="before"))
    vendor.faults.add("list", Fault(status=500), times=100)
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.IN_DOUBT)
    await service.stop()
    vendor.faults.clear()
    async with reopen() as again:
        await again.start()
        await again.outwait_doubt(job)
        done = await again.until(job, JobState.DELIVERING)
        assert (done.adopted, vendor.creates) == (False, 1)
        assert (await again.hold(done))["doubtful_micros"] == 0


@pytest.mark.parametrize("state", [JobState.PENDING, JobState.RUNNING, JobState.FETCHING])
async def test_a_restart_goes_on_where_the_job_was(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, state: JobState
):
    gate = vendor.faults.gate("result")
    reports = ("PENDING",) * 100 if state is JobState.PENDING else ()
    vendor.next_outcome(Outcome(service_s=1 if state is JobState.FETCHING else 30, reports=reports))
    await service.start()
    job = await service.ask()
    await service.until(job, state)
    if state is JobState.FETCHING:
        await gate.reached.wait()
    await service.stop()
    for task in vendor.tasks.values():
        task.reports.clear()
    gate.open()
    vendor.faults.clear()
    async with reopen() as again:
        await again.start()
        done = await again.until(job, JobState.DELIVERING)
        assert (len(done.kept), vendor.creates, len(vendor.bill())) == (1, 1, 1)
        assert (await again.acts(job)).count("fetching") == 1
        await again.database.read(balances_equal_rows)


async def test_a_doubt_that_was_resolved_meanwhile_is_left_alone(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    asked = len(vendor.requests)
    service.doubts.resolve(job.id)
    service.doubts.resolve(5)
    await service.doubts._supervisor.idle()  # pyright: ignore[reportPrivateUsage]
    await service.until(job, JobState.QUEUED)
    assert len(vendor.requests) == asked


@pytest.mark.parametrize("state", [JobState.PENDING, JobState.FETCHING, JobState.IN_DOUBT])
async def test_whoever_was_lost_on_the_way_is_replaced_at_the_next_sweep(
    service: Service, vendor: DashScopeStandIn, state: JobState
):
    vendor.next_outcome(Outcome(service_s=1))
    if state is JobState.IN_DOUBT:
        vendor.faults.add("create", Fault(cut=True, when="after"))
        vendor.faults.add("list", Fault(status=500), times=1)
    gate = vendor.faults.gate("result") if state is JobState.FETCHING else None
    await service.start()
    job = await service.ask()
    await service.until(job, state)
    if gate is not None:
        await gate.reached.wait()
    # As a failure would that nobody thought of.
    for part in (service.doubts, service.watcher, service.collector):
        await part.stop()
    if gate is not None:
        gate.open()
    await service.sweeper.sweep()
    await service.sweeper.sweep()
    done = await service.until(job, JobState.DELIVERING)
    assert (done.failure, vendor.creates, len(vendor.bill())) == ("", 1, 1)
