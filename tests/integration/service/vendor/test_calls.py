"""Synchronous models: a call is made once, holds nobody up, and what is lost with its answer is lost for good."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Protocol
from bot.errors import StorageUnavailable
from bot.failure_kinds import FailureKind
from bot.providers.dashscope.client import DRAW_TIMEOUT_S
from bot.service.kit.supervisor import RESTART_DELAY_S
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.verification import SqliteBooks
from bot.storage.jobs.lanes import CREATE_LASTS_MS
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.faults import Fault
from simulation.judging.books import balances_equal_rows
from tests.integration.service.conftest import Reopen
from tests.support.service import TURBO, FailureLog, Service, make_policy, mend, others_first, spoil

QWEN, Z = BUILT_IN["qwen-image-2.0"], BUILT_IN["z-image-turbo"]
POLICY = make_policy(catalogue={model.name: model for model in (QWEN, Z, TURBO)})
LOST = [
    Fault(cut=True, when="after"),
    Fault(cut=True),
    Fault(status=502, when="after"),
    Fault(status=200, body=b"<html>", when="after"),
    Fault(truncate_to=40),
]


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(POLICY) as opened:
        yield opened


def slow(vendor: DashScopeStandIn, seconds: float = 3600) -> None:
    vendor.outcome_for(lambda order: order.model.name == QWEN.name, Outcome(service_s=seconds))


async def under_call(service: Service, prompt: str = "a flower shop", member_id: int = 1) -> Job:
    job = await service.ask(prompt, member_id=member_id)
    return await service.until(job, lambda job: job.is_under_call)


async def is_lost(service: Service, vendor: DashScopeStandIn, job: Job, images: int = 1) -> None:
    """Wait until a job is over whose answer was lost; it charges nothing, and what the vendor may bill is doubtful."""
    failed = await service.until(job, JobState.FAILED)
    assert (failed.failure, failed.failure_kind, failed.images) == ("answer_lost", FailureKind.ANSWER, ())
    hold = await service.hold(failed)
    assert (hold["outcome"], hold["charged_images"], hold["cost_micros"]) == ("voided", 0, 0)
    assert hold["doubtful_micros"] == images * QWEN.price_micros
    (doubt,) = await SqliteDoubtfulCosts(service.database, service.clock).unresolved()
    assert (doubt.job_id, doubt.doubtful_micros) == (job.id, images * QWEN.price_micros)
    assert await SqliteBooks(service.database).differences() == []
    await service.database.read(balances_equal_rows)
    calls = [entry for entry in vendor.requests if entry.operation == "call"]
    assert (len(calls) <= 1, vendor.creates <= 1) == (True, True)


async def test_a_call_goes_from_submitting_to_its_pictures(service: Service, vendor: DashScopeStandIn):
    vendor.free_tiers[QWEN.name].used = 100
    await service.start()
    done = await service.until(await service.ask(count=2, size="512*512"), JobState.DELIVERING)
    acts = await service.acts(done)
    assert acts[acts.index("submitting") :] == ["submitting", "fetching", "delivering"]
    assert (done.task_id, len(done.kept), done.is_call, done.submitted_ms) == ("", 2, True, done.claimed_ms)
    hold = await service.hold(done)
    assert (hold["billed_images"], hold["cost_micros"]) == (2, vendor.billed_micros)
    assert await service.rows("SELECT request_id FROM jobs") == [(next(iter(vendor.calls.values())).request_id,)]
    assert service.durations.typical_ms(QWEN.name) == done.ready_ms - done.claimed_ms
    assert await SqliteBooks(service.database).differences() == []


async def test_a_call_in_part_is_charged_and_billed_in_part(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(failed_images={1: OUTPUT_INAPPROPRIATE}))
    await service.start()
    done = await service.until(await service.ask(count=3), JobState.DELIVERING)
    hold = await service.hold(done)
    assert (hold["charged_images"], hold["billed_images"]) == (2, 2)


@pytest.mark.parametrize(("extend", "price"), [(True, 200_000), (False, 100_000), (None, 100_000)])
async def test_rewriting_is_paid_where_it_was_asked_for(
    service: Service, vendor: DashScopeStandIn, extend: bool | None, price: int
):
    vendor.free_tiers[Z.name].used = 100
    await service.start()
    done = await service.until(await service.ask(model=Z.name, prompt_extend=extend), JobState.DELIVERING)
    assert (await service.hold(done))["cost_micros"] == vendor.billed_micros == price
    assert (done.images[0].actual_prompt is not None) is bool(extend)


async def test_what_was_refused_is_over_and_charges_nothing(service: Service, vendor: DashScopeStandIn):
    await service.start()
    failed = await service.until(await service.ask("[refuse] x"), JobState.FAILED)
    assert (failed.failure, (await service.hold(failed))["doubtful_micros"]) == ("DataInspectionFailed", 0)
    vendor.faults.add("call", Fault(status=429, body=b'{"code":"Throttling.RateQuota","message":""}'))
    await service.until(await service.ask("again", member_id=2), JobState.DELIVERING)
    assert vendor.creates == 1


async def test_an_answer_without_pictures_that_bills_some_is_a_cost(service: Service, vendor: DashScopeStandIn):
    body = b'{"output":{"choices":[]},"usage":{"image_count":1},"request_id":"r-7"}'
    vendor.faults.add("call", Fault(status=200, body=body))
    await service.start()
    failed = await service.until(await service.ask(), JobState.FAILED)
    hold = await service.hold(failed)
    assert (failed.failure, failed.failure_request_id) == ("no_results", "r-7")
    assert (hold["billed_images"], hold["charged_images"], hold["doubtful_micros"]) == (1, 0, 0)


@pytest.mark.parametrize("fault", LOST)
async def test_an_answer_that_is_lost_ends_the_job_at_once_and_is_never_asked_for_again(
    service: Service, vendor: DashScopeStandIn, fault: Fault
):
    vendor.faults.add("call", fault)
    await service.start()
    await is_lost(service, vendor, await service.ask(count=2), images=2)


async def test_a_call_without_an_answer_is_given_up_when_its_time_is_over(service: Service, vendor: DashScopeStandIn):
    slow(vendor)
    await service.start()
    job = await under_call(service)
    await vendor.until(lambda: bool(vendor.calls))
    service.clock.advance(DRAW_TIMEOUT_S + 1)
    await is_lost(service, vendor, job)
    # Its place is free again.
    vendor.forget_plans()
    await service.until(await service.ask("another", member_id=2), JobState.DELIVERING)


@pytest.mark.parametrize("is_sent", [True, False])
async def test_a_call_that_the_end_of_the_program_cut_off_is_lost(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, is_sent: bool
):
    slow(vendor)
    gate = None if is_sent else vendor.faults.gate("call")
    await service.start()
    job = await under_call(service)
    await (vendor.until(lambda: bool(vendor.calls)) if gate is None else gate.reached.wait())
    await service.stop(grace_s=0.5)
    left = await service.jobs.get(job.id)
    assert left is not None
    assert left.state is JobState.SUBMITTING
    async with reopen(POLICY) as again:
        await again.start()
        await is_lost(again, vendor, job)


async def test_a_call_is_given_time_to_finish_at_the_end(service: Service, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("call", when="after")
    await service.start()
    job = await under_call(service)
    await gate.reached.wait()
    stopping = asyncio.create_task(service.dispatcher.stop(grace_s=50))
    await asyncio.sleep(0)
    gate.open()
    await stopping
    done = await service.until(job, lambda job: job.state is not JobState.SUBMITTING)
    assert done.failure == ""
    assert vendor.creates == 1


@pytest.mark.parametrize("others", [{}, {QWEN.name: replace(QWEN, protocol=Protocol.IMAGE_GENERATION)}])
async def test_a_lost_call_is_not_looked_up_whatever_the_configuration_says_by_then(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, others: dict[str, object]
):
    slow(vendor)
    await service.start()
    job = await under_call(service)
    await vendor.until(lambda: bool(vendor.calls))
    await service.stop()
    async with reopen(make_policy(catalogue={TURBO.name: TURBO, **others})) as again:
        await again.start()
        await is_lost(again, vendor, job)
        again.clock.advance(900)
        again.asker()  # the first run's id
        await again.until(await again.ask("by another", model=TURBO.name), JobState.DELIVERING)
        assert [entry.operation for entry in vendor.requests].count("call") <= 1


async def test_calls_keep_their_places_and_hold_up_neither_their_lane_nor_others(
    service: Service, vendor: DashScopeStandIn
):
    slow(vendor)
    await service.start()
    first = await under_call(service, "one")
    second = await under_call(service, "two", 2)
    third = await service.ask("three", member_id=3)
    await service.until(await service.ask("quick", model=TURBO.name, member_id=4), JobState.DELIVERING)
    await service.until(await service.ask("single", model=Z.name, member_id=5), JobState.DELIVERING)
    waiting = await service.jobs.get(third.id)
    assert waiting is not None
    assert (waiting.state, vendor.creates) == (JobState.QUEUED, 4)
    assert await service.lanes.with_vendor(QWEN.name) == QWEN.running_tasks == 2
    vendor.forget_plans()
    # Those two are given up, whoever waited is served.
    service.clock.advance(DRAW_TIMEOUT_S + 1)
    for job in (first, second):
        await service.until(job, JobState.FAILED)
    await service.until(third, JobState.DELIVERING)


async def test_a_call_can_not_be_canceled_and_says_so(service: Service, vendor: DashScopeStandIn):
    gate = vendor.faults.gate("call")
    await service.start()
    job = await under_call(service)
    await gate.reached.wait()
    wished = await service.canceler.cancel(job.id, 1)
    assert wished is not None
    assert (wished.state, wished.cancel_refused) == (JobState.SUBMITTING, True)
    gate.open()
    done = await service.until(job, JobState.DELIVERING)
    assert done.charged is not None
    assert (done.charged.images, done.cancel_wished_ms > 0) == (1, True)


async def test_a_call_that_was_not_taken_after_all_is_canceled_by_its_members_wish(
    service: Service, vendor: DashScopeStandIn
):
    gate = vendor.faults.gate("call")
    vendor.arrears = True
    await service.start()
    job = await under_call(service)
    await gate.reached.wait()
    await service.canceler.cancel(job.id, 1)
    gate.open()
    canceled = await service.until(job, JobState.CANCELED)
    assert (await service.hold(canceled))["outcome"] == "voided"


async def test_what_storage_would_not_take_of_a_call_is_written_down_later_and_the_call_not_repeated(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog
):
    await service.start()
    await spoil(service.database, "BEFORE UPDATE OF state ON jobs WHEN NEW.state = 'fetching'")
    job = await service.ask()
    await vendor.until(lambda: bool(vendor.bill()))
    assert (await failures.first()).startswith("call ")
    await mend(service.database)
    service.clock.advance(60)
    done = await service.until(job, JobState.DELIVERING)
    assert (vendor.creates, len(done.kept)) == (1, 1)


async def test_a_call_whose_refusal_storage_would_not_take_is_made_again_once_storage_does(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch
):
    vendor.faults.add("call", Fault(status=429, body=b'{"code":"Throttling","message":"slow down"}'))
    requeue, is_out = service.jobs.requeue, True

    async def out_once(job_id: int, *, counts: bool) -> Job | None:
        nonlocal is_out
        if is_out:
            is_out = False
            raise StorageUnavailable("locked")
        return await requeue(job_id, counts=counts)

    monkeypatch.setattr(service.jobs, "requeue", out_once)
    await service.start()
    job = await service.ask()
    began_s = service.clock.monotonic()
    async with service.ticking(0.002):
        done = await service.until(job, JobState.DELIVERING)
    # The work on the first call is begun again after longer than that: the second one does not wait for it.
    assert service.clock.monotonic() - began_s < RESTART_DELAY_S * 2 / 3
    assert len(done.kept) == 1
    service.clock.advance(2 * RESTART_DELAY_S)
    await others_first()
    assert len([entry for entry in vendor.requests if entry.operation == "call"]) == 2


async def test_a_call_that_begins_before_the_one_before_it_has_ended_is_not_taken_for_lost(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch
):
    vendor.faults.add("call", Fault(status=429, body=b'{"code":"Throttling","message":"slow down"}'))
    requeue, may_end, has_ended = service.jobs.requeue, asyncio.Event(), asyncio.Event()

    async def without_hurry(job_id: int, *, counts: bool) -> Job | None:
        job = await requeue(job_id, counts=counts)
        await may_end.wait()
        has_ended.set()
        return job

    monkeypatch.setattr(service.jobs, "requeue", without_hurry)
    job = await service.ask()
    await service.start()
    gate = vendor.faults.gate("call", when="after")
    async with service.ticking(0.002):
        await gate.reached.wait()
    may_end.set()
    await has_ended.wait()
    await others_first()
    for _ in range(3):
        # Each look of the lane at what is left comes before the answer.
        service.changes.lane(QWEN.name)
        await service.until(await service.ask(model=TURBO.name), JobState.DELIVERING)
    assert (await service.until(job, JobState.SUBMITTING)).is_under_call
    gate.open()
    await service.until(job, JobState.DELIVERING)


async def test_a_call_that_ends_while_its_lane_looks_for_what_is_left_is_not_taken_for_lost(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch
):
    ids_in_state, looks, may_go_on = service.jobs.ids_in_state, asyncio.Event(), asyncio.Event()

    async def heard_of_late(state: JobState, model: str) -> list[int]:
        ids = await ids_in_state(state, model)
        if ids:
            looks.set()
            await may_go_on.wait()
        return ids

    job = await service.ask()
    await service.start()
    gate = vendor.faults.gate("call", when="after")
    await gate.reached.wait()
    monkeypatch.setattr(service.jobs, "ids_in_state", heard_of_late)
    service.changes.lane(QWEN.name)
    await looks.wait()
    gate.open()
    await service.until(job, JobState.DELIVERING)
    may_go_on.set()
    monkeypatch.undo()
    # The lane has looked once it has served another.
    await service.until(await service.ask(), JobState.DELIVERING)
    done = await service.until(job, JobState.DELIVERING)
    assert (len(done.kept), vendor.creates) == (1, 2)


async def test_a_call_opens_a_lane_that_was_stopped(service: Service, vendor: DashScopeStandIn):
    vendor.arrears = True
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: job.account_stopped)
    vendor.arrears = False
    service.clock.advance(61)
    await service.until(job, JobState.DELIVERING)
    assert await service.lanes.stops() == {}


async def test_a_probe_of_the_account_that_is_a_call_holds_others_up_no_longer_than_a_create(
    service: Service, vendor: DashScopeStandIn
):
    vendor.arrears = True
    probe, job = [await service.ask(model=model.name) for model in (QWEN, TURBO)]
    await service.start()
    await service.until(job, lambda job: job.account_stopped and job.state is JobState.QUEUED)
    gate = vendor.faults.gate("call")
    # Either lane may have the turn to probe; the other waits for the next.
    async with service.ticking(10):
        await gate.reached.wait()
    vendor.arrears = False
    service.clock.advance(CREATE_LASTS_MS / 1000 + 2)
    await service.until(job, JobState.DELIVERING)
    assert (await service.until(probe, JobState.SUBMITTING)).is_under_call
    gate.open()
