import json

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.jobs.vendor_task import CreatedTask
from bot.service.vendor.watcher import EMPTY_READS, UNKNOWN_HOLDS_S
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from tests.support.service import PRICE, TURBO, Service

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def queries(vendor: DashScopeStandIn) -> int:
    return sum(request.operation == "query" for request in vendor.requests)


async def test_a_report_that_goes_backwards_is_ignored(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=5, reports=("RUNNING", "PENDING", "RUNNING", "PENDING")))
    await service.start()
    job = await service.ask()
    done = await service.until(job, JobState.DELIVERING)
    assert done.started_ms > 0
    acts = await service.acts(job)
    assert acts == ["held", "queued", "submitting", "pending", "running", "fetching", "delivering"]


async def test_a_task_that_the_vendor_does_not_know_for_a_while_is_asked_after_again(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(reports=("UNKNOWN", "UNKNOWN", "UNKNOWN")))
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    assert done.failure == ""
    assert queries(vendor) >= 4


async def test_a_task_that_is_unknown_after_a_day_fails_and_its_cost_stays_doubtful(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(unknown=True))
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: queries(vendor) >= 2)
    await service.until(job, JobState.PENDING)
    service.clock.advance(DAY_S)
    failed = await service.until(job, JobState.FAILED)
    assert failed.failure == "task_forgotten"
    hold = await service.hold(failed)
    assert (hold["charged_images"], hold["cost_micros"], hold["doubtful_micros"]) == (0, 0, 2 * PRICE)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500),
        Fault(status=429, body=b'{"code":"Throttling.RateQuota","message":"slower","request_id":"r"}'),
        Fault(status=401, body=b'{"code":"InvalidApiKey","message":"no","request_id":"r"}'),
        Fault(cut=True),
        Fault(status=200, body=b"<html>"),
        Fault(truncate_to=20),
    ],
    ids=["500", "429", "401", "cut", "html", "truncated"],
)
async def test_whatever_a_poll_meets_the_task_is_never_given_up(
    service: Service, vendor: DashScopeStandIn, fault: Fault
):
    vendor.faults.add("query", fault, times=3)
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    assert (done.failure, vendor.creates) == ("", 1)


async def test_a_task_after_which_nobody_answers_is_given_up_once_it_is_forgotten(
    service: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("query", Fault(status=503), times=100_000)
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: queries(vendor) >= 2)
    service.clock.advance(DAY_S + 2 * HOUR_S)
    asked = queries(vendor)
    await vendor.until(lambda: queries(vendor) >= asked + 2)
    await service.until(job, JobState.PENDING)
    service.clock.advance(2 * HOUR_S)
    failed = await service.until(job, JobState.FAILED)
    assert failed.failure == "task_forgotten"
    hold = await service.hold(failed)
    assert (hold["charged_images"], hold["doubtful_micros"]) == (0, 2 * PRICE)


async def test_a_failed_task_that_is_billed_charges_nothing_and_notes_the_cost(
    service: Service, vendor: DashScopeStandIn
):
    told = {
        "request_id": "r-1",
        "output": {"task_id": "t", "task_status": "FAILED", "code": "InternalError.Algo", "message": "no"},
        "usage": {"image_count": 1},
    }
    vendor.faults.add("query", Fault(status=200, body=json.dumps(told).encode()))
    await service.start()
    failed = await service.until(await service.ask(), JobState.FAILED)
    hold = await service.hold(failed)
    assert (hold["outcome"], hold["charged_images"], hold["cost_micros"]) == ("settled", 0, PRICE)


async def test_a_failed_task_without_a_code_has_a_word_of_ours(service: Service, vendor: DashScopeStandIn):
    told = {"output": {"task_id": "t", "task_status": "FAILED"}}
    vendor.faults.add("query", Fault(status=200, body=json.dumps(told).encode()))
    await service.start()
    assert (await service.until(await service.ask(), JobState.FAILED)).failure == "task_failed"


async def test_a_job_is_watched_once_and_a_job_that_does_not_exist_not_at_all(
    service: Service, vendor: DashScopeStandIn
):
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: bool(job.task_id))
    service.watcher.watch(job.id)
    service.watcher.watch(5)
    service.changes.cancel(5)
    await service.until(job, JobState.DELIVERING)
    assert queries(vendor) < 5


async def test_a_cancel_that_the_vendor_took_makes_the_watcher_ask_at_once(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=10))
    await service.start()
    for _ in range(10):
        service.durations.add("wanx2.1-t2i-turbo", 3 * HOUR_S * 1000)
    job = await service.ask()
    await service.until(job, JobState.RUNNING)
    (task,) = vendor.tasks.values()
    await vendor.until(lambda: task.end_ms is not None)
    # The next question would come in a minute.
    told_s = service.clock.monotonic()
    service.changes.cancel(job.id)
    await service.until(job, JobState.DELIVERING)
    assert service.clock.monotonic() - told_s < 30
    assert queries(vendor) <= 3


# -- a success that names no results


def succeeded(**besides: object) -> Fault:
    told = {"request_id": "r-7", "output": {"task_id": "t", "task_status": "SUCCEEDED", "results": None}, **besides}
    return Fault(status=200, body=json.dumps(told).encode())


async def test_a_success_without_results_is_read_again_for_some_minutes(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("query", succeeded(), times=EMPTY_READS - 1)
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: queries(vendor) == 1)
    async with service.ticking(0.05):
        done = await service.until(job, JobState.DELIVERING)
    assert (done.failure, vendor.creates) == ("", 1)


async def test_a_success_without_results_keeps_nobody_else_from_being_drawn(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("query", succeeded(), times=1000)
    await service.start()
    jobs = [await service.ask() for _ in range(TURBO.running_tasks + TURBO.ahead + 1)]
    async with service.ticking(0.05):
        await vendor.until(lambda: vendor.creates == len(jobs))
    assert await service.rows("SELECT id FROM jobs WHERE state = 'failed'") == []


@pytest.mark.parametrize(
    ("usage", "cost", "doubtful"),
    [({}, 0, 2 * PRICE), ({"usage": {"image_count": 2}}, 2 * PRICE, 0), ({"usage": None}, 0, 2 * PRICE)],
    ids=["usage missing", "usage told", "usage null"],
)
async def test_then_nothing_is_charged_and_the_cost_is_noted_as_far_as_it_is_known(
    service: Service, vendor: DashScopeStandIn, usage: dict[str, object], cost: int, doubtful: int
):
    vendor.faults.add("query", succeeded(**usage), times=1000)
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: queries(vendor) == 1)
    async with service.ticking(0.05):
        failed = await service.until(job, JobState.FAILED)
    assert (failed.failure, queries(vendor)) == ("no_results", EMPTY_READS)
    hold = await service.hold(failed)
    assert (hold["charged_images"], hold["cost_micros"], hold["doubtful_micros"]) == (0, cost, doubtful)


async def test_an_adopted_task_without_results_is_read_again_before_it_counts_as_nobodys(
    service: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("create", Fault(cut=True, when="after"))
    vendor.next_outcome(Outcome(empty_reads=EMPTY_READS - 1))
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: queries(vendor) == 1)
    async with service.ticking(0.05):
        done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, (await service.acts(job)).count("in_doubt")) == (True, 1)


async def test_a_success_takes_no_place_while_its_results_are_awaited(service: Service, vendor: DashScopeStandIn):
    jobs = [await service.ask(f"{n}", member_id=n) for n in range(1, 4)]
    for job in jobs:
        await service.create_unrecorded(job)
        await service.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "r"))
        service.clock.advance(1)
    vendor.faults.add("query", succeeded(), times=3)
    behind = await service.ask("behind", member_id=4)
    assert (await service.lanes.claim(TURBO)).job is None
    await service.start()
    await service.until(behind, lambda job: bool(job.task_id))


async def test_a_task_that_stays_unknown_gives_up_its_place_after_ten_minutes(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(unknown=True), times=3)
    await service.start()
    jobs = [await service.ask(f"{n}", member_id=n) for n in range(1, 4)]
    for job in jobs:
        await service.until(job, lambda job: bool(job.task_id))
    behind = await service.ask("behind", member_id=4)
    service.clock.advance(UNKNOWN_HOLDS_S - 60)
    assert (await service.lanes.claim(TURBO)).job is None
    service.clock.advance(120)
    await service.until(behind, JobState.DELIVERING)
    await service.until(jobs[0], JobState.PENDING)
