"""What becomes of the files of pictures that came in."""

import io
import json
import logging
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.jobs.job import Job, JobState
from bot.domain.pictures.open_edits import Source
from bot.domain.time.durations import DAY_MS
from bot.errors import (
    PriceNotAgreed,
)
from bot.failure_kinds import FailureKind
from bot.wiring.core import Core
from sandbox.dashscope import DashScopeStandIn
from tests.integration.service.conftest import Reopen
from tests.support.editing import FREE, PAID, ended, erase_leftovers, files_in, held_job, queued, set_to
from tests.support.handed_in import jpeg, png, see_through
from tests.support.service import Service, spoil


@pytest.fixture
async def service(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(FREE) as opened:
        yield opened


@pytest.fixture
async def paid(reopen: Reopen) -> AsyncIterator[Service]:
    async with reopen(PAID) as opened:
        yield opened


# -- restarts and losses


async def test_a_restart_between_hold_and_create_sends_the_same_picture(
    service: Service, reopen: Reopen, vendor: DashScopeStandIn, tmp_path: Path
):
    job = await queued(service)
    data = (tmp_path / "images" / job.request.pictures[0].path).read_bytes()
    await service.stop()
    async with reopen(FREE) as later:
        # As the program does, and not as most tests.
        await Core.start(later)
        later.begin_claims()
        await later.until(job, JobState.DELIVERING)
        await erase_leftovers(later)
    assert [task.order.pictures for task in vendor.tasks.values()] == [(data,)]
    assert job.request.pictures[0].path in files_in(tmp_path)


async def test_what_a_killed_run_left_before_its_request_was_taken_goes_at_the_next_start(
    service: Service, reopen: Reopen, tmp_path: Path
):
    kept = await held_job(service)
    await service.privacy.expect_files(["1/5-in0-aaaa.png", "1/5-in1-aaaa.png"])
    await service.stores.pictures.keep("1/5-in0-aaaa.png", png())
    await service.stop()
    async with reopen(FREE) as later:
        await Core.start(later)
        await erase_leftovers(later)
        assert files_in(tmp_path) == [kept.request.pictures[0].path]
        assert await later.rows("SELECT * FROM incoming_files") == []


async def test_no_picture_is_written_that_the_next_start_would_not_know_of(service: Service, tmp_path: Path):
    await spoil(service.database, "BEFORE INSERT ON incoming_files")
    with pytest.raises(sqlite3.IntegrityError, match="spoilt"):
        await held_job(service)
    assert files_in(tmp_path) == []


def levels_of(caplog: pytest.LogCaptureFixture, job: Job) -> list[str]:
    """Return how the log takes it that a job's pictures are there no more."""
    return [
        record.levelname
        for record in caplog.records
        if f"job {job.id}: a picture" in record.getMessage() and record.name.endswith("dispatcher")
    ]


async def test_a_picture_that_is_lost_before_it_is_sent_ends_its_job_and_charges_nothing(
    service: Service, vendor: DashScopeStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    job = await queued(service, png(), jpeg())
    (tmp_path / "images" / job.request.pictures[1].path).unlink()
    await service.start()
    failed = await ended(service, job)
    assert (failed.state, failed.failure, failed.failure_kind) == (JobState.FAILED, "input_lost", FailureKind.INPUT)
    assert (await service.hold(job))["outcome"] == "voided"
    assert vendor.creates == 0
    assert levels_of(caplog, job) == ["ERROR"]
    # Its lane goes on.
    await service.until(await queued(service), JobState.DELIVERING)


@pytest.mark.parametrize("is_claimed", [False, True])
async def test_a_picture_whose_owner_is_forgotten_before_it_was_sent_is_not_sent(
    service: Service,
    vendor: DashScopeStandIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    is_claimed: bool,
):
    caplog.set_level("INFO")
    await set_to(service, edits_others=True)
    job = await queued(service, source=Source(500, 77, is_ephemeral=False))
    assert job.owner_id == 77
    read = service.stores.pictures.read

    async def read_once_forgotten(path: str) -> bytes | None:
        await service.erasure.forget(1, 77)
        return await read(path)

    if is_claimed:
        monkeypatch.setattr(service.stores.pictures, "read", read_once_forgotten)
    else:
        await service.erasure.forget(1, 77)
    service.begin_claims()
    failed = await ended(service, job)
    assert levels_of(caplog, job) == ["INFO"]
    assert (failed.state, failed.failure, failed.failure_kind) == (JobState.FAILED, "input_lost", FailureKind.INPUT)
    assert failed.charged is not None
    assert failed.charged.images == 0
    assert vendor.creates == 0
    assert files_in(tmp_path) == []


async def test_a_picture_that_can_not_be_read_for_a_while_is_sent_later(
    service: Service, vendor: DashScopeStandIn, tmp_path: Path
):
    job = await queued(service)
    file = tmp_path / "images" / job.request.pictures[0].path
    data = file.read_bytes()
    file.unlink()
    # A link to itself is there, and nobody can read it.
    file.symlink_to(file.name)
    await service.start()
    await service.until(job, lambda now: now.state is JobState.QUEUED and now.version > job.version + 1)
    file.unlink()
    file.write_bytes(data)
    service.clock.advance(60)
    await service.until(job, JobState.DELIVERING)
    assert [task.order.pictures for task in vendor.tasks.values()] == [(data,)]


async def test_stray_files_that_came_in_go_and_those_of_others_stay(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    job = await held_job(service)
    await service.submitter.withdraw(job.id)
    kept = (await held_job(service)).request.pictures[0].path
    pictures, expected = service.stores.pictures, "1/8-in0-00000000.png"
    await service.privacy.expect_files([expected])
    for path in (f"1/{job.id}-in0-0123abcd.png", "1/77-in0-0123abcd.jpg", expected):
        await pictures.keep(path, png())
    await erase_leftovers(service)
    assert files_in(tmp_path) == sorted([kept, "1/77-in0-0123abcd.jpg", expected])
    assert "1 pictures are of jobs that this database does not know" in caplog.text


@pytest.mark.parametrize("end", ["canceled", "void", "expired"])
async def test_a_job_that_never_began_keeps_no_picture(service: Service, tmp_path: Path, end: str):
    job = await held_job(service)
    if end == "void":
        await service.submitter.withdraw(job.id)
    else:
        await service.submitter.acknowledge(job.id, 7)
        ending = service.jobs.wish_cancel(job.id, 1) if end == "canceled" else service.jobs.expire(job.id, "x")
        await ending
    await erase_leftovers(service)
    assert files_in(tmp_path) == []
    now = await service.jobs.get(job.id)
    assert now is not None
    assert (now.state, [picture.path for picture in now.request.pictures]) == (end, [""])


# -- what members decide, and age


async def delivered(service: Service, *files: bytes) -> Job:
    job = await service.until(await queued(service, *files), JobState.DELIVERING)
    done = await service.jobs.record_delivery(job.id, {0: 5}, version=job.version, ping=False)
    assert done is not None
    return done


async def test_a_member_takes_along_what_they_handed_in(service: Service):
    await service.start()
    job = await delivered(service, see_through("RGBA"))
    archive = await service.exporter.archive(1, 1, 50 * 1024 * 1024)
    assert archive is not None
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        (told,) = json.loads(zipped.read("jobs-1.json"))
        name = f"pictures/1-{job.number}-handed-in-1.png"
        said = {"width": 400, "height": 300, "made_smaller": False, "put_on_white": True}
        assert told["handed_in"] == [{"file": name, **said, "mask": False, "of_a_kept_reference": False}]
        assert Image.open(io.BytesIO(zipped.read(name))).size == (400, 300)
    assert (await service.erasure.keepings(1)).pictures == 2


async def test_what_waits_for_a_price_is_taken_along_too(paid: Service):
    with pytest.raises(PriceNotAgreed):
        await held_job(paid)
    archive = await paid.exporter.archive(1, 1, 50 * 1024 * 1024)
    assert archive is not None
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        (waiting,) = json.loads(zipped.read("about-you.json"))["waiting_for_your_answer"]
        (name,) = waiting["request"]["pictures"]
        assert Image.open(io.BytesIO(zipped.read(name))).size == (400, 300)


async def test_who_is_forgotten_leaves_no_picture_that_they_handed_in(service: Service, tmp_path: Path):
    await service.start()
    await delivered(service)
    forgotten = await service.erasure.forget(99, 1)
    assert forgotten is not None
    assert forgotten.pictures == 2
    assert files_in(tmp_path) == []
    assert await service.rows("SELECT path FROM input_pictures") == [("",)]


async def test_pictures_that_came_in_go_with_those_that_were_made_of_them(service: Service, tmp_path: Path):
    await service.start()
    job = await delivered(service)
    failed = await queued(service, prompt="[refuse] a cat")
    assert (await ended(service, failed)).state is JobState.FAILED
    assert len(files_in(tmp_path)) == 3
    before_ms = service.clock.now_ms() + DAY_MS
    for job_id in await service.jobs.with_old_pictures(before_ms, 10):
        await service.jobs.forget_pictures(job_id)
    await erase_leftovers(service)
    assert files_in(tmp_path) == []
    now = await service.jobs.get(job.id)
    assert now is not None
    assert now.request.pictures[0].path == ""


async def test_no_line_of_the_log_has_a_picture_or_its_address(service: Service, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    await service.start()
    await service.until(await queued(service), JobState.DELIVERING)
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "image-generation/generation: 200" in told
    assert "base64" not in told
    assert "https://cdn" not in told
