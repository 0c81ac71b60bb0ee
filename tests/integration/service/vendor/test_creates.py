import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import JobState
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from tests.support.service import CATALOGUE, Service, open_service, open_vendor


def refusal(status: int, code: str, **headers: str) -> Fault:
    body = json.dumps({"code": code, "message": "no", "request_id": "r-9"}).encode()
    return Fault(status=status, body=body, headers=headers)


THROTTLED = refusal(429, "Throttling.RateQuota")
BROKEN = refusal(503, "ModelUnavailable")
UNCLEAR = [
    refusal(500, "RequestTimeOut"),
    refusal(500, "InternalError.Timeout"),
    refusal(500, "InternalError"),
    refusal(503, "NeverHeardOf"),
    refusal(504, "GatewayTimeout"),
    refusal(200, "NeverHeardOf"),
]


def creates_ms(vendor: DashScopeStandIn) -> list[int]:
    return [request.at_ms for request in vendor.requests if request.operation == "create"]


async def test_a_throttled_create_is_tried_again_more_slowly_and_never_counts(
    service: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("create", THROTTLED, times=6)
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    assert done.attempts == 0
    first, second, third, *_ = times = creates_ms(vendor)
    assert len(times) == 7
    assert second - first >= 1000
    assert third - second >= 2000
    assert vendor.creates == 1


async def test_a_create_waits_as_long_as_the_vendor_asks(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", refusal(429, "Throttling", **{"Retry-After": "17"}))
    await service.start()
    await service.until(await service.ask(), JobState.DELIVERING)
    first, second = creates_ms(vendor)
    assert second - first >= 17_000


async def test_after_a_throttled_task_ahead_none_is_sent_ahead(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=60), times=2)
    await service.start()
    first, second = [await service.ask(f"slow {n}") for n in range(2)]
    for job in (first, second):
        await service.until(job, lambda job: bool(job.task_id))
    vendor.faults.add("create", THROTTLED)
    ahead = await service.ask("ahead")
    await service.until(ahead, lambda job: job.state is JobState.QUEUED and job.claimed_ms > 0)
    service.clock.advance(30)
    assert (await service.lanes.claim(CATALOGUE[ahead.request.model])).job is None
    await service.until(ahead, JobState.DELIVERING)
    assert len(creates_ms(vendor)) == 4


async def test_errors_of_the_service_are_borne_a_few_times(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", BROKEN, times=3)
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    assert done.attempts == 3


async def test_then_the_job_fails_and_costs_nothing(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", BROKEN, times=4)
    await service.start()
    failed = await service.until(await service.ask(), JobState.FAILED)
    assert (failed.failure, failed.failure_request_id) == ("ModelUnavailable", "r-9")
    assert len(creates_ms(vendor)) == 4
    assert (await service.hold(failed))["outcome"] == "voided"
    # One member's failure keeps nobody else from being served.
    await service.until(await service.ask(member_id=2), JobState.DELIVERING)


@pytest.mark.parametrize("unclear", UNCLEAR, ids=lambda fault: f"{fault.status} {json.loads(fault.body)['code']}")
@pytest.mark.parametrize("is_taken", [False, True])
async def test_what_does_not_say_that_nothing_was_started_is_never_simply_repeated(
    service: Service, vendor: DashScopeStandIn, unclear: Fault, is_taken: bool
):
    vendor.faults.add("create", replace(unclear, when="after" if is_taken else "before"))
    await service.start()
    job = await service.ask(count=4)
    assert (await service.until(job, JobState.IN_DOUBT)).attempts == 0
    if not is_taken:
        await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (is_taken, 1, 1)
    assert (await service.hold(done))["billed_images"] == 4


async def test_a_vendor_that_cannot_be_reached_from_the_start_is_asked_for_its_time_until_it_is_there(
    tmp_path: Path, clock: SandboxClock, vendor: DashScopeStandIn, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "bot.service.vendor.dispatcher")
    port = await _closed_port(clock)
    base_url = f"http://127.0.0.1:{port}/api/v1"
    async with open_service(tmp_path, clock, base_url=base_url, result_host=vendor.result_host) as service:
        await service.start()
        job = await service.ask()
        while caplog.text.count("can't be asked for its time") < 3:
            service.clock.advance(60)
            await asyncio.sleep(0)
        assert (await service.until(job, JobState.QUEUED)).claimed_ms == 0
        async with open_vendor(clock, port=port) as late:
            service.clock.advance(60)
            done = await service.until(job, lambda job: bool(job.task_id))
            assert (late.creates, done.attempts) == (1, 0)
            assert abs(done.vendor_claimed_ms - done.claimed_ms) < 5000
            await service.stop()


async def test_what_never_left_is_tried_again_without_counting(
    tmp_path: Path, clock: SandboxClock, vendor: DashScopeStandIn
):
    port = await _closed_port(clock)
    base_url = f"http://127.0.0.1:{port}/api/v1"
    async with open_service(tmp_path, clock, base_url=base_url, result_host=vendor.result_host) as service:
        async with open_vendor(clock, port=port):
            await service.vendor.learn_time()
        await service.start()
        job = await service.ask()
        for _ in range(5):
            # The vendor isn't there: the job comes back to the queue each time.
            told = service.told_jobs.count(job.id)
            await service.until(job, lambda _, told=told: service.told_jobs.count(job.id) >= told + 2)
            service.clock.advance(60)
        async with open_vendor(clock, port=port) as late:
            service.clock.advance(60)
            done = await service.until(job, lambda job: bool(job.task_id))
            assert (late.creates, done.attempts) == (1, 0)
            await service.stop()


async def _closed_port(clock: SandboxClock) -> int:
    async with DashScopeStandIn(clock=clock) as gone:
        return int(gone.base_url.split(":")[2].partition("/")[0])


# -- the end of the program


async def test_a_create_in_flight_is_given_time_to_finish(service: Service, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("create")
    await service.start()
    job, behind = await service.ask(), await service.ask("behind")
    await gate.reached.wait()
    stopping = asyncio.create_task(service.dispatcher.stop(grace_s=50))
    await asyncio.sleep(0)
    gate.open()
    await stopping
    now = await service.jobs.get(job.id)
    assert now is not None
    assert now.task_id
    left = await service.jobs.get(behind.id)
    assert left is not None
    assert (left.state, left.claimed_ms) == (JobState.QUEUED, 0)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_create_that_the_end_cut_off_is_resolved_after_the_next_start(
    service: Service, vendor: DashScopeStandIn, reopen, when
):
    gate = vendor.faults.gate("create", when=when)
    await service.start()
    job = await service.ask()
    await gate.reached.wait()
    await service.stop(grace_s=0.5)
    left = await service.jobs.get(job.id)
    assert left is not None
    assert left.state is JobState.SUBMITTING
    async with reopen() as again:
        await again.start()
        if when == "before":
            await again.outwait_doubt(job)
        done = await again.until(job, JobState.DELIVERING)
    assert done.adopted is (when == "after")
    assert vendor.creates == 1
