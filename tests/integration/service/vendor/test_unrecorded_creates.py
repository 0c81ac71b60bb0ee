import asyncio
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import Turn
from bot.domain.jobs.queue import Waiting
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.model import Model
from bot.domain.requests.request import ImageRequest
from bot.errors import StorageDamaged, StorageUnavailable
from bot.service.vendor.in_doubt import CRASH
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import MODEL_NOT_FOUND
from tests.support.service import PLUS, TURBO, FailureLog, Service, mend, spoil


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

    async def broken(request: ImageRequest, _: Sequence[SentPicture] = ()) -> CreatedTask:
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
