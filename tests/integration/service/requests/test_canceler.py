import asyncio

from bot.domain.jobs.job import Job, JobState
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from tests.support.failures import failure_of
from tests.support.service import Service


async def fill_the_lane(service: Service, vendor: DashScopeStandIn) -> list[Job]:
    """Let two tasks run for long, so that the next one stays PENDING."""
    vendor.next_outcome(Outcome(service_s=600), times=2)
    jobs = [await service.ask(f"long {n}") for n in range(2)]
    for job in jobs:
        await service.until(job, JobState.RUNNING)
    return jobs


async def test_a_queued_job_is_canceled_at_once(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    canceled = await service.canceler.cancel(job.id, 1)
    assert canceled is not None
    assert canceled.state is JobState.CANCELED
    assert service.told_jobs[-1] == job.id
    await service.start()
    await service.until(await service.ask("another"), JobState.DELIVERING)
    assert vendor.creates == 1


async def test_nobody_cancels_what_does_not_exist_or_has_ended(service: Service):
    assert await service.canceler.cancel(5, 1) is None
    job = await service.ask()
    canceled = await service.canceler.cancel(job.id, 1)
    assert await service.canceler.cancel(job.id, 1) == canceled


async def test_a_waiting_task_is_canceled_when_the_vendor_says_so(service: Service, vendor: DashScopeStandIn):
    await service.start()
    await fill_the_lane(service, vendor)
    job = await service.ask("ahead")
    await service.until(job, JobState.PENDING)
    wished = await service.canceler.cancel(job.id, 1)
    assert wished is not None
    assert wished.state is JobState.PENDING
    canceled = await service.until(job, JobState.CANCELED)
    assert not canceled.cancel_refused
    assert (await service.hold(canceled))["outcome"] == "voided"


async def test_a_running_task_is_delivered_and_charged_all_the_same(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=20))
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.RUNNING)
    refused = await service.canceler.cancel(job.id, 1)
    assert refused is not None
    assert refused.cancel_refused
    done = await service.until(job, JobState.DELIVERING)
    assert done.charged is not None
    assert (done.charged.images, done.cancel_wished_ms > 0) == (1, True)


async def test_a_vendor_that_takes_the_wish_and_delivers_all_the_same_is_paid(
    service: Service, vendor: DashScopeStandIn
):
    await service.start()
    await fill_the_lane(service, vendor)
    vendor.next_outcome(Outcome(ignores_cancel=True))
    job = await service.ask("ahead")
    await service.until(job, JobState.PENDING)
    await service.canceler.cancel(job.id, 1)
    service.clock.advance(600)
    done = await service.until(job, JobState.DELIVERING)
    assert done.charged is not None
    assert done.charged.images == 1


async def test_a_wish_while_submitting_is_passed_on_once_the_vendor_has_it(service: Service, vendor: DashScopeStandIn):
    await service.start()
    await fill_the_lane(service, vendor)
    gate = vendor.faults.gate("create")
    job = await service.ask("ahead")
    await gate.reached.wait()
    wished = await service.canceler.cancel(job.id, 1)
    assert wished is not None
    assert wished.state is JobState.SUBMITTING
    assert not any(request.operation == "cancel" for request in vendor.requests)
    gate.open()
    await service.until(job, JobState.CANCELED)
    assert [request.status for request in vendor.requests if request.operation == "cancel"] == [200]


async def test_a_wish_that_comes_too_late_when_it_is_passed_on_is_answered_and_told(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(service_s=60))
    gate = vendor.faults.gate("create")
    await service.start()
    job = await service.ask()
    await gate.reached.wait()
    await service.canceler.cancel(job.id, 1)
    # The first time it is passed on, the vendor doesn't answer; by then the job is known to be running.
    vendor.faults.add("cancel", Fault(status=500))
    gate.open()
    await service.until(job, JobState.RUNNING)
    refused = await service.until(job, lambda job: job.cancel_refused)
    assert refused.state is JobState.RUNNING
    await service.until(job, JobState.DELIVERING)


async def test_a_wish_that_did_not_reach_the_vendor_is_passed_on_again(service: Service, vendor: DashScopeStandIn):
    await service.start()
    await fill_the_lane(service, vendor)
    job = await service.ask("ahead")
    await service.until(job, JobState.PENDING)
    vendor.faults.add("cancel", Fault(cut=True))
    wished = await service.canceler.cancel(job.id, 1)
    assert wished is not None
    assert not wished.cancel_refused
    await service.until(job, JobState.CANCELED)


async def test_a_wish_cancels_a_job_whose_create_was_throttled(service: Service, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("create")
    vendor.arrears = True
    await service.start()
    job = await service.ask()
    await gate.reached.wait()
    await service.canceler.cancel(job.id, 1)
    gate.open()
    await service.until(job, JobState.CANCELED)
    assert vendor.creates == 0


async def test_a_job_that_went_on_while_its_wish_was_on_the_way_is_given_as_it_is(
    service: Service, vendor: DashScopeStandIn
):
    await service.start()
    await fill_the_lane(service, vendor)
    job = await service.ask("ahead")
    await service.until(job, JobState.PENDING)
    gate = vendor.faults.gate("cancel")
    canceling = asyncio.create_task(service.canceler.cancel(job.id, 1))
    await gate.reached.wait()
    await service.jobs.fail(job.id, failure_of("meanwhile"))
    gate.open()
    assert (await canceling) is not None
    await service.until(job, JobState.FAILED)
