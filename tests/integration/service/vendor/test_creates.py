import asyncio
import json
import sqlite3
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import Turn
from bot.domain.jobs.queue import Waiting
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import Model
from bot.domain.requests.request import ImageRequest
from bot.errors import StorageDamaged, StorageUnavailable
from bot.service.vendor.in_doubt import CRASH
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from sandbox.faults import Fault
from tests.support.service import (
    CATALOGUE,
    PLUS,
    TURBO,
    FailureLog,
    Service,
    mend,
    open_service,
    open_vendor,
    spoil,
)


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


def hold_up_claims(service: Service, monkeypatch: pytest.MonkeyPatch, held_up_s: float) -> asyncio.Event:
    """Let the next claim take so long; the event tells that it was made."""
    whole = service.lanes.claim
    held_up = asyncio.Event()

    async def slow(model: Model, *, vendor_ms: int | None = None, damaged: Collection[int] = ()) -> Turn:
        turn = await whole(model, vendor_ms=vendor_ms, damaged=damaged)
        if turn.job is not None and not held_up.is_set():
            service.clock.advance(held_up_s)
            held_up.set()
        return turn

    monkeypatch.setattr(service.lanes, "claim", slow)
    return held_up


async def set_state(service: Service, job: Job, state: JobState) -> None:
    change = "UPDATE jobs SET state = ? WHERE id = ?"
    await service.database.write(lambda conn: conn.execute(change, (state, job.id)).rowcount)


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


# -- when the record fails


async def test_a_create_that_could_not_be_recorded_is_recorded_later_and_the_lane_goes_on(
    service: Service,
    vendor: DashScopeStandIn,
    failures: FailureLog,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level("INFO", "bot.service.kit.supervisor")
    failures.setLevel("INFO")
    await service.database.write(lambda conn: conn.execute("PRAGMA busy_timeout = 1").fetchone())
    gate = vendor.faults.gate("create", when="after")
    await service.start()
    job = await service.ask()
    await gate.reached.wait()
    holder = sqlite3.connect(tmp_path / "imagine.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    gate.open()
    assert await failures.first() == "lane wanx2.1-t2i-turbo waits for storage"
    holder.execute("ROLLBACK")
    holder.close()
    behind = await service.ask("behind", member_id=2)
    service.clock.advance(30)
    done = await service.until(job, JobState.DELIVERING)
    assert not done.adopted
    assert "in_doubt" not in await service.acts(job)
    await service.until(behind, JobState.DELIVERING)
    assert vendor.creates == 2


@pytest.mark.parametrize("is_created", [False, True])
async def test_a_claim_that_this_run_knows_nothing_of_is_in_doubt(
    service: Service, vendor: DashScopeStandIn, is_created: bool
):
    # As where the start could not write its doubt.
    job = await service.ask(count=2)
    if is_created:
        await service.create_unrecorded(job)
    else:
        await service.lanes.claim(TURBO)
    service.dispatcher.start()
    service.changes.lane("a model of another program")
    assert (await service.until(job, JobState.IN_DOUBT)).failure == CRASH
    if not is_created:
        await service.outwait_doubt(job)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates, len(vendor.bill())) == (is_created, 1, 1)


async def test_a_claim_that_was_never_sent_goes_back_as_soon_as_storage_takes_it(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog, monkeypatch: pytest.MonkeyPatch
):
    job = await service.ask()
    await spoil(service.database, "BEFORE UPDATE OF state ON jobs WHEN NEW.state = 'queued'")
    hold_up_claims(service, monkeypatch, 31)
    service.dispatcher.start()
    assert "lane wanx2.1-t2i-turbo failed" in await failures.first()
    assert (await service.until(job, JobState.SUBMITTING)).task_id == ""
    monkeypatch.undo()
    await mend(service.database)
    service.clock.advance(30)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, "in_doubt" in await service.acts(job), vendor.creates) == (False, False, 1)


async def test_one_claim_that_cannot_be_ended_keeps_no_other_from_it_and_is_ended_later(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog
):
    bad, good = await service.ask("bad"), await service.ask("good", member_id=2)
    for job in (bad, good):
        await service.create_unrecorded(job)
        await set_state(service, job, JobState.IN_DOUBT)
        service.clock.advance(601)
    for job in (bad, good):
        await set_state(service, job, JobState.SUBMITTING)
    await spoil(service.database, f"BEFORE UPDATE OF state ON jobs WHEN OLD.id = {bad.id}")
    service.dispatcher.start()
    await service.until(good, JobState.IN_DOUBT)
    assert f"what was left of job {bad.id} failed" in await failures.first()
    await mend(service.database)
    service.clock.advance(30)
    for job in (bad, good):
        await service.until(job, JobState.DELIVERING)
    assert vendor.creates == 2


async def test_a_create_whose_outcome_nobody_heard_is_in_doubt(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog, monkeypatch: pytest.MonkeyPatch
):
    whole = service.vendor.create

    async def broken(request: ImageRequest) -> CreatedTask:
        await whole(request)
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(service.vendor, "create", broken)
    await service.start()
    job = await service.ask()
    assert "lane wanx2.1-t2i-turbo failed" in await failures.first()
    monkeypatch.undo()
    service.clock.advance(30)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.adopted, vendor.creates) == (True, 1)


@pytest.mark.parametrize("is_damaged", [False, True])
async def test_a_lane_that_storage_could_not_reopen_is_reopened_by_the_same_create(
    service: Service,
    vendor: DashScopeStandIn,
    failures: FailureLog,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    is_damaged: bool,
):
    caplog.set_level("INFO", "bot.service.kit.supervisor")
    failures.setLevel("INFO")
    vendor.outcome_for(lambda order: order.model.name == TURBO.name, Outcome(refuse=MODEL_NOT_FOUND), times=1)
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: job.lane_stopped)
    whole = service.lanes.reopen
    tries: list[str] = []

    async def failing(model: str) -> list[str]:
        tries.append(model)
        if len(tries) == 1:
            raise StorageDamaged("spoilt") if is_damaged else StorageUnavailable("locked")
        return await whole(model)

    monkeypatch.setattr(service.lanes, "reopen", failing)
    service.clock.advance(61)
    await failures.first()
    service.clock.advance(30)
    done = await service.until(job, JobState.DELIVERING)
    assert (done.lane_stopped, await service.lanes.stops(), vendor.creates) == (False, {}, 1)
    assert [notice.kind for notice in await service.outbox.waiting()] == ["lane-stopped", "lane-reopened"]


async def test_a_lane_whose_line_cannot_be_read_keeps_no_other_from_being_told(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog, monkeypatch: pytest.MonkeyPatch
):
    whole = service.lanes.waiting

    async def waiting(model: str) -> list[Waiting]:
        if model == TURBO.name:
            raise RuntimeError("a fault of our own")
        return await whole(model)

    job, elsewhere = await service.ask(), await service.ask(model=PLUS.name, member_id=2)
    vendor.arrears = True
    monkeypatch.setattr(service.lanes, "waiting", waiting)
    gate = vendor.faults.gate("create")
    await service.start()
    await gate.reached.wait()
    told = service.told_jobs.count(elsewhere.id)
    gate.open()
    assert "telling who waits for wanx2.1-t2i-turbo failed" in await failures.first()
    await service.until(elsewhere, lambda _: service.told_jobs.count(elsewhere.id) > told)
    await service.until(job, lambda job: job.account_stopped)


@pytest.mark.parametrize(("held_up_s", "creates"), [(29, 1), (31, 0)])
async def test_a_claim_that_was_held_up_is_not_sent(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch, held_up_s: float, creates: int
):
    held_up = hold_up_claims(service, monkeypatch, held_up_s)
    await service.start()
    job = await service.ask()
    await held_up.wait()
    done = await service.until(job, JobState.DELIVERING)
    assert (await service.acts(job)).count("queued") == 2 - creates
    assert (done.adopted, vendor.creates) == (False, 1)


async def test_a_vendor_that_never_tells_its_time_is_served_by_our_clock(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch
):
    # As behind a proxy that drops the Date header.
    monkeypatch.setattr(service.vendor, "server_now_ms", lambda: None)
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    assert (done.vendor_claimed_ms, vendor.creates) == (0, 1)


async def test_a_machine_that_slept_between_claim_and_create_sends_nothing(
    service: Service, vendor: DashScopeStandIn, monkeypatch: pytest.MonkeyPatch
):
    whole = service.lanes.claim

    async def slept(model: Model, *, vendor_ms: int | None = None, damaged: Collection[int] = ()) -> Turn:
        turn = await whole(model, vendor_ms=vendor_ms, damaged=damaged)
        if turn.job is not None:
            # What is monotonic stands still meanwhile.
            service.machine.ahead_s = 3600
        return turn

    monkeypatch.setattr(service.lanes, "claim", slept)
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.DELIVERING)
    assert (await service.acts(job)).count("submitting") == 2
    assert vendor.creates == 1


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
