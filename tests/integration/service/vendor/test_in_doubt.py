import pytest

from bot.domain.jobs.job import JobState
from bot.domain.jobs.matching import LATER_MS
from sandbox.dashscope import DashScopeStandIn
from sandbox.faults import Fault
from tests.integration.service.conftest import Reopen
from tests.support.service import CATALOGUE, Service, lists


async def test_a_create_whose_answer_was_lost_is_found_and_never_repeated(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    await service.start()
    done = await service.until(await service.ask(count=2), JobState.DELIVERING)
    assert done.adopted
    assert (await service.acts(done))[:5] == ["held", "queued", "submitting", "in_doubt", "pending"]
    assert (vendor.creates, len(vendor.bill())) == (1, 1)
    assert (await service.hold(done))["billed_images"] == 2


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
