import asyncio
import logging
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.domain.jobs.job import JobState
from bot.service.vendor.in_doubt import WINDOWS
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.integration.service.conftest import Reopen
from tests.support.failures import failure_of
from tests.support.moments import HOUR_S, NOON
from tests.support.service import PRICE, SCALE, TURBO, Service, lists, open_service, open_vendor


def is_about_a_model(request: web.Request) -> bool:
    """Whether it reads a job's window; what asks for the time alone names no model."""
    return "model_name" in request.query


async def test_a_list_during_which_the_time_is_set_again_and_again_is_asked_for_later(
    service: Service, vendor: DashScopeStandIn, caplog: pytest.LogCaptureFixture
):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    gates = [vendor.faults.gate("list", matches=is_about_a_model) for _ in range(WINDOWS)]
    await service.start()
    job = await service.ask()
    for gate in gates:
        await gate.reached.wait()
        # What is monotonic goes on meanwhile.
        service.machine.ahead_s += HOUR_S
        gate.open()
    done = await service.until(job, JobState.DELIVERING)
    assert done.adopted
    assert "unsteady_clock" in caplog.text
    assert lists(vendor) > WINDOWS


# -- clocks, outages and time


async def test_the_window_is_in_the_vendors_time(tmp_path: Path, clock: SandboxClock):
    theirs = SandboxClock(scale=SCALE, start=NOON)
    theirs.advance(2 * HOUR_S)
    async with open_vendor(theirs) as vendor:
        async with open_service(tmp_path, clock, base_url=vendor.base_url, result_host=vendor.result_host) as service:
            job = await service.ask()
            task = await service.create_unrecorded(job)
        async with open_service(tmp_path, clock, base_url=vendor.base_url, result_host=vendor.result_host) as again:
            await again.start()
            done = await again.until(job, JobState.DELIVERING)
    assert (done.adopted, done.task_id, vendor.creates) == (True, task.task_id, 1)


@pytest.mark.parametrize("step_s", [-86_400, -3600, -900, 900, 3600, 86_400])
@pytest.mark.parametrize("is_created", [False, True])
async def test_a_clock_that_is_corrected_between_claim_and_restart_hides_nothing(
    tmp_path: Path, clock: SandboxClock, vendor: DashScopeStandIn, step_s: float, is_created: bool
):
    at: dict[str, Any] = {"base_url": vendor.base_url, "result_host": vendor.result_host}
    async with open_service(tmp_path, clock, **at) as service:
        gate = vendor.faults.gate("create", when="after" if is_created else "before")
        service.dispatcher.start()
        job = await service.ask(count=2)
        await gate.reached.wait()
    async with open_service(tmp_path, clock, **at) as again:
        again.machine.ahead_s = step_s
        await again.start()
        if not is_created:
            await vendor.until(lambda: lists(vendor) >= 4)
            clock.advance(300)
            gate.open()
        done = await again.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (True, 1, 1)


async def test_another_reason_why_a_list_can_not_be_read_is_told_too(
    service: Service, vendor: DashScopeStandIn, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING, "bot.service.vendor.in_doubt")
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: lists(vendor) == 1)
    for status in (500, 500, 503):
        vendor.faults.add("list", Fault(status=status))
    async with service.ticking():
        await service.until(job, JobState.DELIVERING)
    told = [record.getMessage().rpartition(": ")[2] for record in caplog.records if "can't be" in record.getMessage()]
    assert told == ["http_500; trying on", "http_503; trying on"]


async def test_a_list_that_cannot_be_read_for_long_is_tried_on_more_slowly_and_told_once(
    service: Service, vendor: DashScopeStandIn, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING, "bot.service.vendor.in_doubt")
    vendor.faults.add("create", Fault(cut=True, when="after"))
    vendor.faults.add("list", Fault(status=500), times=8)
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: lists(vendor) == 1)
    while lists(vendor) < 9:
        await asyncio.sleep(0.005)
        service.clock.advance(4)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates) == (True, 1)
    times = [request.at_ms for request in vendor.requests if request.operation == "list"]
    # The first of them asked for the time.
    pauses_s = [(later - earlier) / 1000 for earlier, later in pairwise(times[1:])]
    # 10, 20, 40 and so on to five minutes, a fifth more or less, and what the clock was moved on by meanwhile.
    assert pauses_s[0] < 30
    assert pauses_s[3] > 60
    assert all(230 < pause_s < 400 for pause_s in pauses_s[5:8])
    told = [record.getMessage() for record in caplog.records if "can't be read" in record.getMessage()]
    assert told == [f"job {job.id}: the vendor's task list can't be read: http_500; trying on"]


async def test_as_many_doubts_as_there_are_places_stop_the_lane_for_ten_minutes_at_most(
    service: Service, vendor: DashScopeStandIn
):
    places = TURBO.running_tasks + TURBO.ahead
    vendor.faults.add("create", Fault(cut=True, when="after"), times=places)
    vendor.faults.add("list", Fault(status=500), times=1000)
    await service.start()
    doubtful = [await service.ask(f"doubtful {n}") for n in range(places)]
    for job in doubtful:
        await service.until(job, JobState.IN_DOUBT)
    behind = await service.ask("behind", member_id=2)
    service.clock.advance(500)
    await service.until(behind, JobState.QUEUED)
    service.clock.advance(120)
    await service.until(behind, JobState.DELIVERING)
    vendor.faults.clear()
    service.clock.advance(HOUR_S)
    for job in doubtful:
        assert (await service.until(job, JobState.DELIVERING)).adopted
    assert vendor.creates == places + 1


async def test_a_doubt_that_outlives_the_vendors_list_is_given_up_and_never_repeated(
    service: Service, vendor: DashScopeStandIn
):
    job = await service.ask()
    await service.create_unrecorded(job)
    service.clock.advance(24 * HOUR_S)
    await service.start()
    failed = await service.until(job, JobState.FAILED)
    assert (failed.failure, vendor.creates, lists(vendor)) == ("in_doubt", 1, 1)
    assert (await service.hold(failed))["doubtful_micros"] == PRICE


async def test_a_doubt_ends_for_its_member_though_the_vendor_is_never_heard_again(
    tmp_path: Path, clock: SandboxClock, vendor: DashScopeStandIn
):
    at: dict[str, Any] = {"result_host": vendor.result_host}
    async with open_service(tmp_path, clock, base_url=vendor.base_url, **at) as service:
        job = await service.ask(count=2)
        await service.create_unrecorded(job)
    async with DashScopeStandIn(clock=clock) as gone:
        base_url = gone.base_url
    clock.advance(24 * HOUR_S)
    async with open_service(tmp_path, clock, base_url=base_url, **at) as again:
        await again.start()
        clock.advance(HOUR_S - 120)
        # A clock that was set while the program was away makes a doubt seem older than it is.
        assert (await again.until(job, JobState.IN_DOUBT)).failure == "crash"
        async with again.ticking(1):
            failed = await again.until(job, JobState.FAILED)
        hold = await again.hold(failed)
    assert (failed.failure, vendor.creates) == ("in_doubt", 1)
    assert (hold["outcome"], hold["doubtful_micros"]) == ("voided", 2 * PRICE)


# -- a wrong clock on the way


@pytest.mark.parametrize("off_s", [-5 * HOUR_S, -HOUR_S, HOUR_S])
async def test_one_wrong_date_at_the_claim_hides_no_task(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, off_s: float
):
    vendor.dates_off_s.append(off_s)
    await service.vendor.learn_time()
    gate = vendor.faults.gate("create", when="after")
    service.dispatcher.start()
    job = await service.ask(count=2)
    await gate.reached.wait()
    await service.stop()
    async with reopen() as again:
        await again.start()
        done = await again.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (True, 1, 1)


@pytest.mark.parametrize("wrong", [1, 2, 12])
async def test_wrong_dates_turn_no_absence_into_proof(service: Service, vendor: DashScopeStandIn, wrong: int):
    gate = vendor.faults.gate("create")
    await service.start()
    job = await service.ask(count=2)
    await gate.reached.wait()
    await service.dispatcher.stop(0)
    await service.jobs.doubt(job.id, "crash")
    vendor.dates_off_s.extend([HOUR_S] * wrong)
    service.doubts.resolve(job.id)
    async with service.ticking(0.5):
        await vendor.until(lambda: lists(vendor) >= 14)
    assert (await service.until(job, JobState.IN_DOUBT)).task_id == ""
    gate.open()
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (True, 1, 1)


async def test_two_readings_prove_absence_only_by_the_same_clock(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.IN_DOUBT)
    await service.doubts.stop()
    await service.outwait_doubt(job)
    first, second, third = [vendor.faults.gate("list", matches=is_about_a_model) for _ in range(3)]
    service.doubts.resolve(job.id)
    await first.reached.wait()
    first.open()
    await second.reached.wait()
    # The vendor corrects its clock: this reading is done again, and is the first by the new one.
    vendor.ahead_s = HOUR_S
    for _ in range(2):
        await service.vendor.learn_time()
    last = vendor.faults.gate("list", matches=is_about_a_model)
    second.open()
    await third.reached.wait()
    third.open()
    await last.reached.wait()
    assert vendor.creates == 0
    last.open()
    await service.until(job, JobState.DELIVERING)


async def test_a_job_that_ended_while_its_list_was_read_is_left_alone(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    await service.create_unrecorded(job)
    gate = vendor.faults.gate("list", when="after")
    await service.start()
    await gate.reached.wait()
    # As the operator does, who knows more than the list.
    await service.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=1)
    gate.open()
    await service.doubts._supervisor.idle()  # pyright: ignore[reportPrivateUsage]
    failed = await service.until(job, JobState.FAILED)
    assert (failed.task_id, vendor.creates) == ("", 1)
