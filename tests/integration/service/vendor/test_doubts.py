import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.domain.jobs.job import JobState
from bot.domain.jobs.matching import LATER_MS
from bot.service.vendor.in_doubt import WINDOWS
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import ALGO_FAILED, OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault
from tests.support.ledger import balances_equal_rows
from tests.support.moments import NOON
from tests.support.service import CATALOGUE, PRICE, SCALE, TURBO, Service, open_service, open_vendor

Reopen = Callable[..., AbstractAsyncContextManager[Service]]
HOUR_S = 3600


def lists(vendor: DashScopeStandIn) -> int:
    """Count the readings of the task list; the first of each run asks for the vendor's time alone."""
    return sum(request.operation == "list" for request in vendor.requests)


def is_about_a_model(request: web.Request) -> bool:
    """Whether it reads a job's window; what asks for the time alone names no model."""
    return "model_name" in request.query


async def test_a_create_whose_answer_was_lost_is_found_and_never_repeated(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    done = await service.until(await service.ask(count=2), JobState.DELIVERING)
    assert done.adopted
    assert (await service.acts(done))[:5] == ["held", "queued", "submitting", "in_doubt", "pending"]
    assert (vendor.creates, len(vendor.bill())) == (1, 1)
    assert (await service.hold(done))["billed_images"] == 2


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


async def test_a_create_that_left_no_task_is_repeated_once_none_can_come_any_more(
    service: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask(count=2)
    await service.until(job, JobState.IN_DOUBT)
    service.clock.advance(LATER_MS / 1000 - 60)
    seen = lists(vendor)
    await vendor.until(lambda: lists(vendor) >= seen + 2)
    assert (await service.until(job, JobState.IN_DOUBT)).failure == "broken"
    assert vendor.creates == 0
    service.clock.advance(61)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, done.attempts, vendor.creates) == (False, 0, 1)
    hold = await service.hold(done)
    assert (hold["billed_images"], hold["doubtful_micros"]) == (2, 0)


@pytest.mark.parametrize("after_s", [0, 60, 300, 370])
async def test_a_task_that_the_vendor_starts_late_is_found_and_not_drawn_again(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, after_s: float
):
    gate = vendor.faults.gate("create")
    await service.start()
    job = await service.ask(count=2)
    await gate.reached.wait()
    await service.stop()
    async with reopen() as again:
        await again.start()
        await vendor.until(lambda: lists(vendor) >= 2)
        again.clock.advance(after_s)
        seen = lists(vendor)
        await vendor.until(lambda: lists(vendor) >= seen + 1)
        assert vendor.creates == 0
        gate.open()
        done = await again.until(job, JobState.DELIVERING)
        hold = await again.hold(done)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (True, 1, 1)
    assert (hold["billed_images"], hold["doubtful_micros"]) == (2, 0)


async def test_a_lane_with_a_doubt_serves_others_meanwhile(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    gate = vendor.faults.gate("list")
    await service.start()
    doubtful, behind = await service.ask("first"), await service.ask("second", member_id=2)
    await gate.reached.wait()
    assert (await service.until(doubtful, JobState.IN_DOUBT)).failure == "broken"
    await service.until(behind, JobState.DELIVERING)
    gate.open()
    await service.until(doubtful, JobState.DELIVERING)
    assert vendor.creates == 2


async def test_a_task_list_that_cannot_be_read_resolves_no_doubt(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    vendor.faults.add("list", Fault(status=500), times=3)
    await service.start()
    async with service.ticking():
        done = await service.until(await service.ask(), JobState.DELIVERING)
    assert done.adopted
    assert vendor.creates == 1


async def test_a_task_that_another_job_owns_is_not_adopted(service: Service, vendor: DashScopeStandIn):
    await service.start()
    await service.until(await service.ask("the same"), JobState.DELIVERING)
    vendor.faults.add("create", Fault(cut=True, when="before"))
    job = await service.ask("the same")
    await service.outwait_doubt(job)
    assert not (await service.until(job, JobState.DELIVERING)).adopted
    assert vendor.creates == 2


@pytest.mark.parametrize(("prompt", "count"), [("something else", 1), ("a flower shop", 2)])
async def test_a_task_of_somebody_else_is_not_taken_for_our_own(
    service: Service, vendor: DashScopeStandIn, prompt: str, count: int
):
    await service.create_elsewhere(prompt, count)
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    job = await service.ask("a flower shop")
    await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.tasks[done.task_id].prompt, vendor.creates) == (False, "a flower shop", 2)
    hold = await service.hold(done)
    assert (hold["charged_images"], hold["billed_images"], hold["doubtful_micros"]) == (1, 1, 0)


async def test_of_two_tasks_the_one_that_was_created_with_the_claim_is_adopted(
    service: Service, vendor: DashScopeStandIn
):
    await service.create_elsewhere("somebody else's")
    service.clock.advance(60)
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    done = await service.until(await service.ask("our own"), JobState.DELIVERING)
    assert vendor.tasks[done.task_id].prompt == "our own"


# -- who owns what


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


# -- several at once


async def test_equal_doubtful_jobs_and_as_many_tasks_are_matched_in_order(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen
):
    jobs = [await service.ask("the same", member_id=member) for member in (1, 2, 3)]
    tasks: list[str] = []
    for job in jobs:
        tasks.append((await service.create_unrecorded(job)).task_id)
        await service.jobs.doubt(job.id, "timeout")
        service.clock.advance(601)
    await service.start()
    found = [await service.until(job, JobState.DELIVERING) for job in jobs]
    assert [job.task_id for job in found] == tasks
    assert vendor.creates == 3
    assert await service.rows("SELECT count(*) FROM foreign_tasks") == [(0,)]


async def test_tasks_in_the_wrong_order_find_their_jobs_all_the_same(service: Service, vendor: DashScopeStandIn):
    first, second = await service.ask("first"), await service.ask("second", member_id=2)
    tasks: list[str] = []
    for job in (first, second):
        tasks.append((await service.create_unrecorded(job)).task_id)
        await service.jobs.doubt(job.id, "timeout")
        service.clock.advance(601)
    claimed_ms = vendor.tasks[tasks[0]].submit_ms
    move = "UPDATE jobs SET vendor_claimed_ms = ? WHERE id = ?"
    await service.database.write(lambda conn: conn.execute(move, (claimed_ms + 30_000, second.id)).rowcount)
    # The vendor took its time with the first.
    vendor.tasks[tasks[0]].submit_ms = claimed_ms + 31_000
    vendor.tasks[tasks[1]].submit_ms = claimed_ms + 30_500
    await service.start()
    done = [await service.until(job, JobState.DELIVERING) for job in (first, second)]
    assert [job.task_id for job in done] == tasks
    assert len(await service.rows("SELECT * FROM foreign_tasks")) == 2
    assert vendor.creates == 2


async def test_a_crash_with_several_lanes_doubles_nothing(service: Service, vendor: DashScopeStandIn, reopen: Reopen):
    jobs = [await service.ask("the same", model=name, member_id=k) for k, name in enumerate(CATALOGUE)]
    gates = [vendor.faults.gate("create", when="after") for _ in jobs]
    await service.start()
    for gate in gates:
        await gate.reached.wait()
    await service.stop()
    async with reopen() as again:
        await again.start()
        done = [await again.until(job, JobState.DELIVERING) for job in jobs]
    assert [vendor.tasks[job.task_id].model for job in done] == list(CATALOGUE)
    assert vendor.creates == len(jobs)


async def test_a_task_whose_create_is_still_being_answered_is_nobody_elses(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
    doubtful = await service.ask("the same")
    await service.until(doubtful, JobState.IN_DOUBT)
    gate = vendor.faults.gate("create", when="after")
    behind = await service.ask("the same", member_id=2)
    await gate.reached.wait()
    seen = lists(vendor)
    await vendor.until(lambda: lists(vendor) >= seen + 2)
    assert not (await service.until(doubtful, JobState.IN_DOUBT)).task_id
    gate.open()
    done = await service.until(behind, JobState.DELIVERING)
    assert (done.adopted, vendor.creates) == (False, 1)
    await service.outwait_doubt(doubtful)
    done = await service.until(doubtful, JobState.DELIVERING)
    assert (done.adopted, vendor.creates) == (False, 2)


async def test_creates_that_are_answered_slowly_keep_no_doubt_open(service: Service, vendor: DashScopeStandIn):
    doubtful = await service.ask()
    own = await service.create_unrecorded(doubtful)
    await service.jobs.doubt(doubtful.id, "timeout")
    service.clock.advance(60)
    gate = vendor.faults.gate("create")
    service.dispatcher.start()
    await service.ask("behind", member_id=2)
    await gate.reached.wait()
    service.doubts.resolve(doubtful.id)
    done = await service.until(doubtful, JobState.DELIVERING)
    assert done.task_id == own.task_id
    gate.open()


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
    await service.jobs.fail(job.id, "in_doubt", doubtful_images=1)
    gate.open()
    await service.doubts._supervisor.idle()  # pyright: ignore[reportPrivateUsage]
    failed = await service.until(job, JobState.FAILED)
    assert (failed.task_id, vendor.creates) == ("", 1)
