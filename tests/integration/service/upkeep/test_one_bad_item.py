"""One item that can't be done costs the others nothing: no start, no sweep and no erasure waits for it."""

import logging
import sqlite3
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import ACCOUNT
from bot.errors import StorageDamaged
from bot.failure_kinds import Advice
from bot.service.upkeep.sweeper import take_up
from bot.storage.outbox import messages
from bot.wiring.core import Core
from tests.support.faults import damage
from tests.support.service import FailureLog, Service, mend, spoil

DAY_S = 24 * 3600


async def deliver(service: Service, member_id: int = 1) -> Job:
    fetched = await service.until(await service.ask(member_id=member_id), JobState.DELIVERING)
    done = await service.jobs.record_delivery(fetched.id, {0: 1}, version=fetched.version, ping=False)
    assert done is not None
    return done


async def now(service: Service, job: Job) -> Job:
    found = await service.jobs.get(job.id)
    assert found is not None
    return found


def stuck(folder: Path, job: Job) -> Path:
    """Put something in the place of a job's picture that can't be deleted, whoever runs the test."""
    file = folder / "images" / job.kept[0].path
    file.unlink()
    file.mkdir()
    return file


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_file_that_cannot_be_deleted_keeps_no_other_from_being_erased(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    other = await deliver(service, member_id=2)
    place = stuck(tmp_path, bad)
    await service.erasure.forget(77, 1)
    assert not (tmp_path / "images" / good.kept[0].path).exists()
    assert await service.privacy.leftover_files() == [bad.kept[0].path]
    for _ in range(2):
        await service.sweeper.sweep()
    # Said once, not at each sweep.
    assert [text for text in errors(caplog) if str(place) in text] == errors(caplog) != []
    assert len(errors(caplog)) == 1
    await service.erasure.forget(78, 2)
    assert not (tmp_path / "images" / other.kept[0].path).exists()
    place.rmdir()
    await service.sweeper.sweep()
    assert await service.privacy.leftover_files() == []


async def test_many_files_that_cannot_be_deleted_do_not_hide_those_that_can(service: Service, tmp_path: Path):
    paths = [f"1/{number}-0.png" for number in range(1001, 1251)]
    for path in paths:
        file = tmp_path / "images" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"") if path == paths[-1] else file.mkdir()
    await service.database.write(
        lambda conn: conn.executemany("INSERT INTO leftover_files VALUES (?)", [(path,) for path in paths]).rowcount
    )
    await service.sweeper.sweep()
    assert not (tmp_path / "images" / paths[-1]).exists()
    assert await service.rows("SELECT count(*) FROM leftover_files") == [(249,)]


async def test_a_file_whose_folder_is_no_folder_is_gone(service: Service, tmp_path: Path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "1").write_bytes(b"")
    assert await service.stores.pictures.remove(["1/5-0.png", "2/6-0.png"]) == ["1/5-0.png", "2/6-0.png"]


async def test_old_pictures_go_although_one_of_them_cannot(service: Service, tmp_path: Path):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    place = stuck(tmp_path, bad)
    service.clock.advance(31 * DAY_S)
    await service.sweeper.sweep()
    assert place.is_dir()
    assert not (tmp_path / "images" / good.kept[0].path).exists()
    assert [(await now(service, job)).kept for job in (bad, good)] == [(), ()]


async def test_a_removal_that_cannot_delete_its_file_is_ended_by_the_next_start_all_the_same(
    service: Service, tmp_path: Path
):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    place = stuck(tmp_path, bad)
    for job in (bad, good):
        await service.remover.begin(job.id, 1)
    await service.remover.take_up()
    assert [bool((await now(service, job)).deleted_ms) for job in (bad, good)] == [True, True]
    assert await service.privacy.leftover_files() == [bad.kept[0].path]
    place.rmdir()


async def test_a_removal_that_fails_keeps_no_other_from_being_ended(service: Service, caplog: pytest.LogCaptureFixture):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    for job in (bad, good):
        await service.remover.begin(job.id, 1)
    await spoil(service.database, f"BEFORE UPDATE OF deleted_ms ON jobs WHEN NEW.id = {bad.id}")
    await service.remover.take_up()
    assert [bool((await now(service, job)).deleted_ms) for job in (bad, good)] == [False, True]
    assert str(bad.id) in errors(caplog)[0]


async def test_a_job_that_cannot_expire_keeps_no_other_waiting_and_no_step_of_the_sweep(
    service: Service, caplog: pytest.LogCaptureFixture
):
    bad, good = await service.ask(), await service.ask(member_id=2)
    await spoil(service.database, f"BEFORE UPDATE OF state ON jobs WHEN NEW.id = {bad.id}")
    await service.sweeper.sweep()
    service.clock.advance(service.policy.longest_wait_s + 1)
    await service.sweeper.sweep()
    assert [(await now(service, job)).state for job in (bad, good)] == [JobState.QUEUED, JobState.EXPIRED]
    assert str(bad.id) in errors(caplog)[0]
    await mend(service.database)
    await service.sweeper.sweep()
    assert (await now(service, bad)).state is JobState.EXPIRED


async def test_jobs_of_a_stopped_lane_are_given_up_although_one_cannot_be(service: Service):
    bad, good = await service.ask(), await service.ask(member_id=2)
    await service.lanes.stop(bad.request.model, "Arrearage", Advice.ARREARS)
    await spoil(service.database, f"BEFORE UPDATE OF state ON jobs WHEN NEW.id = {bad.id}")
    await service.sweeper.sweep()
    service.clock.advance(3700)
    await service.sweeper.sweep()
    assert [(await now(service, job)).state for job in (bad, good)] == [JobState.QUEUED, JobState.EXPIRED]


async def test_a_step_of_the_sweep_that_fails_keeps_no_other_from_being_done(service: Service, tmp_path: Path):
    await service.start()
    job = await deliver(service)
    await spoil(service.database, "BEFORE UPDATE OF token ON jobs")
    await service.database.write(lambda conn: conn.execute("UPDATE jobs SET token_expires_ms = 1").rowcount)
    service.clock.advance(31 * DAY_S)
    await service.sweeper.sweep()
    assert not (tmp_path / "images" / job.kept[0].path).exists()


async def test_an_old_request_that_cannot_be_erased_keeps_no_other_from_it(service: Service, tmp_path: Path):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    await spoil(service.database, f"BEFORE UPDATE OF erased_ms ON jobs WHEN NEW.id = {bad.id}")
    service.clock.advance(366 * DAY_S)
    await service.sweeper.sweep()
    assert [bool((await now(service, job)).request.prompt) for job in (bad, good)] == [True, False]
    await mend(service.database)
    await service.sweeper.sweep()
    assert not (await now(service, bad)).request.prompt


async def test_a_job_that_cannot_be_taken_up_keeps_no_other_from_it(service: Service):
    bad, good = await service.ask(), await service.ask(model="wanx2.1-t2i-plus")
    for job in (bad, good):
        assert (await service.lanes.claim(service.policy.catalogue[job.request.model])).job is not None
    await spoil(service.database, f"BEFORE UPDATE OF state ON jobs WHEN NEW.id = {bad.id}")
    await take_up(jobs=service.jobs, watcher=service.watcher, collector=service.collector, doubts=service.doubts)
    assert (await now(service, bad)).state is JobState.SUBMITTING
    assert (await now(service, good)).state is JobState.IN_DOUBT


async def test_a_damaged_page_costs_only_what_lies_on_it_and_is_told(
    service: Service, reopen, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    await service.start()
    job = await deliver(service)
    await service.stop()
    await service.database.close()
    damage(tmp_path / "imagine.db", "drafts")
    async with reopen() as again:
        again.clock.advance(31 * DAY_S)
        await again.sweeper.sweep()
        assert again.stores.damage.is_there
        assert not (tmp_path / "images" / job.kept[0].path).exists()
    assert [text.partition(" (")[0] for text in errors(caplog)] == [
        "storage: the database is damaged",
        "expiring price offers meets the damaged part of the database; the others go on",
    ]


async def damage_row(service: Service, row_id: int, column: str = "jobs.prompt", value: str = "X'ff0a'") -> None:
    """Put into a row what the program never writes, as a flipped bit on the disk does: a text that is none."""
    table, _, name = column.partition(".")

    def damaged(conn: sqlite3.Connection) -> None:
        conn.execute("PRAGMA ignore_check_constraints = ON")
        conn.execute(f"UPDATE {table} SET {name} = CAST({value} AS TEXT) WHERE id = ?", (row_id,))
        conn.execute("PRAGMA ignore_check_constraints = OFF")

    await service.database.write(damaged)


@pytest.mark.parametrize(
    ("column", "value"), [("jobs.prompt", "X'ff0a'"), ("jobs.size", "'512*5a2'"), ("jobs.roles", "'[1'")]
)
async def test_a_row_that_cannot_be_read_is_damage_and_no_outage(service: Service, column: str, value: str):
    bad = await service.ask()
    await damage_row(service, bad.id, column, value)
    with pytest.raises(StorageDamaged) as raised:
        await service.jobs.get(bad.id)
    assert service.stores.damage.is_there
    # It goes to the log, and a value may be a token.
    assert str(raised.value) in {
        f"job {bad.id} can't be read: ValueError",
        f"job {bad.id} can't be read: JSONDecodeError",
        "a text is not in UTF-8",
    }


async def test_a_damaged_row_keeps_no_other_waiting(service: Service, caplog: pytest.LogCaptureFixture):
    bad, good = await service.ask(), await service.ask(member_id=2)
    await damage_row(service, bad.id)
    await service.sweeper.sweep()
    service.clock.advance(service.policy.longest_wait_s + 1)
    await service.sweeper.sweep()
    assert (await now(service, good)).state is JobState.EXPIRED
    assert any(f"job {bad.id}" in text for text in errors(caplog))
    assert service.stores.damage.is_there


async def test_a_damaged_row_that_is_next_in_line_keeps_no_other_from_being_drawn(
    service: Service, caplog: pytest.LogCaptureFixture
):
    bad, good = await service.ask(), await service.ask(member_id=2)
    await damage_row(service, bad.id)
    await service.start()
    await service.until(good, JobState.DELIVERING)
    assert await service.rows("SELECT state FROM jobs WHERE id = ?", bad.id) == [("queued",)]
    assert len([text for text in errors(caplog) if f"job {bad.id}" in text]) == 1


async def test_a_lane_whose_jobs_can_all_be_read_waits_where_claiming_meets_damage(
    service: Service, reopen, tmp_path: Path, failures: FailureLog
):
    job = await service.ask()
    await service.stop()
    await service.database.close()
    damage(tmp_path / "imagine.db", "turns")
    async with reopen() as again:
        again.dispatcher.start()
        assert "damaged part" in await failures.first()
        assert (await now(again, job)).state is JobState.QUEUED


async def test_a_damaged_row_that_was_claimed_does_not_close_its_lane(service: Service):
    bad, good = await service.ask(), await service.ask(member_id=2)
    await service.create_unrecorded(bad)
    # Storage failed before the outcome was written down.
    await damage_row(service, bad.id)
    service.clock.advance(2)
    await Core.start(service)
    service.begin_claims()
    await service.until(good, JobState.DELIVERING)


async def test_a_damaged_row_does_not_keep_a_stopped_account_from_being_tried(service: Service):
    bad, good = await service.ask(model="wanx2.1-t2i-plus"), await service.ask()
    await service.create_unrecorded(bad)
    await damage_row(service, bad.id)
    await service.lanes.stop(ACCOUNT, "Arrearage", Advice.ARREARS)
    service.clock.advance(120)
    await Core.start(service)
    service.begin_claims()
    await service.until(good, JobState.DELIVERING)


async def test_a_damaged_row_keeps_no_doubt_from_being_resolved(service: Service):
    bad, good = await service.ask(), await service.ask("a teapot", member_id=2)
    for job in (bad, good):
        await service.create_unrecorded(job)
        await service.jobs.doubt(job.id, "crash")
        service.clock.advance(2)
    await damage_row(service, bad.id)
    await service.start()
    await service.until(good, JobState.DELIVERING)


async def test_a_damaged_row_keeps_no_removal_from_being_ended_and_no_start_from_going_on(service: Service):
    await service.start()
    bad, good = await deliver(service), await deliver(service)
    for job in (bad, good):
        await service.remover.begin(job.id, 1)
    await damage_row(service, bad.id)
    await Core.start(service)
    service.begin_claims()
    assert (await now(service, good)).deleted_ms
    assert await service.rows("SELECT deleted_ms FROM jobs WHERE id = ?", bad.id) == [(0,)]


async def test_a_start_goes_on_where_what_was_left_under_way_cannot_be_read(service: Service, reopen, tmp_path: Path):
    await service.stop()
    await service.database.close()
    damage(tmp_path / "imagine.db", "audit_removals")
    async with reopen() as again:
        await Core.start(again)
        assert again.stores.damage.is_there


async def test_a_damaged_message_of_the_outbox_is_passed_over(service: Service, caplog: pytest.LogCaptureFixture):
    for model in ("wanx2.1-t2i-turbo", "wanx2.1-t2i-plus"):
        await service.lanes.stop(model, "Arrearage", Advice.ARREARS)
    bad, good = await service.outbox.waiting()
    await damage_row(service, bad.id, "outbox.content", "'{'")
    for _ in range(2):
        assert await service.outbox.waiting() == [good]
    assert [text for text in errors(caplog) if "passed over" in text] == [
        f"notice {bad.id} is passed over: notice {bad.id} can't be read: JSONDecodeError"
    ]
    await service.outbox.done(good.id, "sent")
    # Else the messenger would look for it again and again.
    assert await service.outbox.next_ms() is None


async def test_a_damaged_row_of_a_feed_is_passed_over(service: Service):
    feeds = service.stores.feeds
    for server_id in (1, 1, 2):
        await service.database.write(
            lambda conn, server_id=server_id: messages.add(conn, "feed", at_ms=1, feed=server_id)
        )
    first = await feeds.due(1)
    alone = await feeds.due(2)
    assert first is not None
    assert alone is not None
    for bad in (first, alone):
        await damage_row(service, bad.id, "outbox.kind")
    found = await feeds.due(1)
    assert found is not None
    assert found.id == first.id + 1
    assert await feeds.due(2) is None
    # Else the feed would be served again and again.
    assert await feeds.servers() == [1]
