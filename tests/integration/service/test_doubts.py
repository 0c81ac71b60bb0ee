import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.domain.job import JobState
from bot.domain.matching import LATER_MS
from bot.service.doubting import WINDOWS
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import ALGO_FAILED
from sandbox.faults import Fault
from tests.support.ledger import balances_equal_rows
from tests.support.moments import NOON
from tests.support.service import CATALOGUE, PRICE, SCALE, TURBO, Service, open_service, open_vendor, ticking

Reopen = Callable[..., AbstractAsyncContextManager[Service]]
HOUR_S = 3600
NOTHING_LISTED = b'{"data": [], "total": 0, "total_page": 0}'


def lists(vendor: DashScopeStandIn) -> int:
    """Count the readings of the task list; the first of each run asks for the vendor's time alone."""
    return sum(request.operation == "list" for request in vendor.requests)


async def test_a_create_whose_answer_was_lost_is_found_and_never_repeated(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    done = await service.until(await service.ask(count=2), JobState.DELIVERING)
    assert done.adopted
    assert (await service.acts(done))[:5] == ["held", "queued", "submitting", "in_doubt", "pending"]
    assert (vendor.creates, len(vendor.bill())) == (1, 1)
    assert (await service.hold(done))["billed_images"] == 2


async def test_a_vendor_whose_time_jumps_from_answer_to_answer_is_asked_again_later(
    service: Service, vendor: DashScopeStandIn, caplog: pytest.LogCaptureFixture
):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    for hour in range(WINDOWS):
        vendor.faults.add(
            "list", Fault(status=200, body=NOTHING_LISTED, headers={"Date": f"Mon, 23 Nov 2026 {hour:02}:00:00 GMT"})
        )
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
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


@pytest.mark.parametrize("after_s", [0, 60, 300, 410])
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
    async with ticking(service.clock):
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
    for n in range(2):
        await service.create_elsewhere(f"somebody else's {n}")
        service.clock.advance(1)
    job = await service.ask()
    if is_crash:
        await service.lanes.claim(TURBO)
    else:
        vendor.faults.add("create", Fault(cut=True, when="before"))
    await service.start()
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


async def test_our_task_that_failed_is_taken_for_ours_only_where_there_is_no_other(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(fail=ALGO_FAILED))
    await service.create_elsewhere("somebody else's")
    service.clock.advance(30)
    job = await service.ask()
    own = await service.create_unrecorded(job)
    vendor.tasks[own.task_id].submit_ms += 60_000
    await service.start()
    assert (await service.until(job, JobState.DELIVERING)).task_id == own.task_id
    vendor.next_outcome(Outcome(fail=ALGO_FAILED))
    vendor.faults.add("create", Fault(cut=True, when="after"))
    service.clock.advance(HOUR_S)
    failed = await service.until(await service.ask(), JobState.FAILED)
    assert (failed.failure, failed.adopted) == (ALGO_FAILED.code, True)
    assert (await service.hold(failed))["doubtful_micros"] == 0


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
    caplog.set_level(logging.WARNING, "bot.service.doubting")
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


async def test_a_job_that_ended_while_its_list_was_read_is_left_alone(service: Service, vendor: DashScopeStandIn):
    job = await service.ask()
    await service.create_unrecorded(job)
    gate = vendor.faults.gate("list", when="after")
    await service.start()
    await gate.reached.wait()
    # As the operator does, who knows more than the list.
    await service.jobs.fail(job.id, "in_doubt", doubtful_images=1)
    gate.open()
    await service.doubts._crew.idle()  # pyright: ignore[reportPrivateUsage]
    failed = await service.until(job, JobState.FAILED)
    assert (failed.task_id, vendor.creates) == ("", 1)
