"""Files and rows that part: killed between the two, lost, or nobody's."""

import logging
import shutil
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.quota import Refund, Rule
from bot.failure_kinds import FILE_LOST
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.pictures.oddities import EXPIRED
from sandbox.faults import Fault
from simulation.judging.books import balances_equal_rows
from tests.support.service import PRICE, Service, make_policy, small_picture

Reopen = Callable[..., AbstractAsyncContextManager[Service]]


def put(folder: Path, path: str, content: bytes = b"") -> Path:
    file = folder / "images" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content or small_picture())
    return file


async def now(service: Service, job: Job) -> Job:
    found = await service.jobs.get(job.id)
    assert found is not None
    return found


async def fetching(service: Service, vendor: DashScopeStandIn, **options) -> Job:
    """Bring a job to where its results are about to be fetched, and stop the program there."""
    gate = vendor.faults.gate("result")
    await service.start()
    job = await service.ask(**options)
    await gate.reached.wait()
    await service.until(job, JobState.FETCHING)
    await service.stop()
    gate.open()
    vendor.faults.clear()
    return job


async def delivering(service: Service, **options) -> Job:
    await service.start()
    return await service.until(await service.ask(**options), JobState.DELIVERING)


# -- killed between the file and its row


async def test_a_picture_that_a_killed_run_kept_is_found_before_its_job_fails(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, tmp_path: Path
):
    job = await fetching(service, vendor, count=2)
    # What a run leaves that is killed after it kept the second picture; since then its address has expired.
    put(tmp_path, f"1/{job.id}-1.png")
    vendor.faults.add("result", EXPIRED, times=10)
    async with reopen() as again:
        await again.start()
        done = await again.until(job, JobState.DELIVERING)
        assert [(image.path, image.code) for image in done.images] == [
            ("", "result_rejected"),
            (f"1/{job.id}-1.png", ""),
        ]
        assert (done.images[1].width, done.images[1].size_bytes) == (64, len(small_picture()))
        assert (await again.hold(done))["charged_images"] == 1


async def test_also_where_the_results_are_not_to_be_had_until_they_are_gone(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, tmp_path: Path
):
    job = await fetching(service, vendor)
    put(tmp_path, f"1/{job.id}-0.png")
    vendor.faults.add("result", Fault(status=503), times=1000)
    service.clock.advance(25 * 3600)
    async with reopen() as again, again.ticking(0.5):
        await again.start()
        assert len((await again.until(job, JobState.DELIVERING)).kept) == 1


@pytest.mark.parametrize("content", [b"no picture at all", small_picture()[:-20]])
async def test_what_is_no_whole_picture_is_not_taken_for_one(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, tmp_path: Path, content: bytes
):
    job = await fetching(service, vendor)
    put(tmp_path, f"1/{job.id}-0.png", content)
    vendor.faults.add("result", EXPIRED, times=10)
    async with reopen() as again:
        await again.start()
        failed = await again.until(job, JobState.FAILED)
        assert (failed.failure, (await again.hold(failed))["charged_images"]) == ("result_rejected", 0)


# -- files that no row names


async def test_a_file_that_no_row_names_goes_with_the_first_sweep_and_only_such_a_file(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    done = await delivering(service, count=2)
    under_way = await fetching(service, vendor, member_id=2)
    kept = [tmp_path / "images" / image.path for image in done.kept]
    orphans = [put(tmp_path, f"1/{done.id}-0.jpg"), put(tmp_path, f"1/{done.id}-3.png")]
    outside = put(tmp_path, "../elsewhere/1.png")
    others = [
        put(tmp_path, f"1/{under_way.id}-0.png"),  # a download may be just about to record it
        put(tmp_path, "1/999999-0.png"),  # of no job that this database knows
        put(tmp_path, f"2/{done.id}-0.png"),  # nor this, in that server
        put(tmp_path, f"1/{done.id}-0.txt"),
        put(tmp_path, f"1/{done.id}.png"),
        put(tmp_path, f"{done.id}-0.png"),
        put(tmp_path, f"1/deeper/{done.id}-0.png"),
        outside,
    ]
    link = tmp_path / "images" / f"1/{done.id}-2.png"
    link.symlink_to(outside)
    (tmp_path / "images" / "3").symlink_to(tmp_path / "images" / "1")
    async with reopen() as again:
        await again.sweeper.sweep()
    assert [file.exists() for file in orphans] == [False, False]
    assert [str(file) for file in (*kept, *others) if not file.exists()] == []
    assert link.is_symlink()
    assert "2 pictures are of jobs that this database does not know" in caplog.text


async def test_the_folder_is_looked_through_again_after_a_day_whatever_the_clock_on_the_wall_says(
    service: Service, tmp_path: Path
):
    done = await delivering(service)
    await service.sweeper.sweep()
    orphan = put(tmp_path, f"1/{done.id}-3.png")
    await service.sweeper.sweep()
    assert orphan.exists()
    service.clock.advance(24 * 3600)
    await service.sweeper.sweep()
    assert not orphan.exists()


async def test_a_folder_that_is_not_there_or_cannot_be_read_is_empty(service: Service, tmp_path: Path):
    assert await service.stores.pictures.found() == []
    (tmp_path / "images").write_text("a file where the folder should be")
    assert await service.stores.pictures.found() == []


# -- rows whose files are lost


async def test_missing_is_what_is_not_there_not_what_cannot_be_read(service: Service, tmp_path: Path):
    put(tmp_path, "1/1-0.png")
    put(tmp_path, "file")
    (tmp_path / "images" / "1" / "2-0.png").mkdir()
    # Nobody can read a link that leads to itself, whoever runs the test.
    (tmp_path / "images" / "1" / "3-0.png").symlink_to("3-0.png")
    paths = ["1/1-0.png", "1/2-0.png", "1/3-0.png", "1/4-0.png", "file/5-0.png", "2/6-0.png"]
    assert await service.stores.pictures.missing(paths) == ["1/2-0.png", "1/4-0.png", "file/5-0.png", "2/6-0.png"]


async def test_nobody_is_charged_for_a_picture_that_was_lost_before_the_job_was_settled(
    service: Service, vendor: DashScopeStandIn, reopen: Reopen, tmp_path: Path
):
    job = await fetching(service, vendor, count=2)
    # Kept by the first run, and lost with the folder before the second one came to fetch the other.
    await service.database.write(
        lambda conn: conn.execute("UPDATE images SET url = '', path = '1/x-0.png' WHERE ordinal = 0").rowcount
    )
    async with reopen() as again:
        await again.start()
        done = await again.until(job, JobState.DELIVERING)
        assert [image.code for image in done.images] == [FILE_LOST.code, ""]
        hold = await again.hold(done)
        assert (hold["charged_images"], hold["billed_images"]) == (1, 2)


async def test_a_job_whose_files_are_all_lost_fails_and_gives_back_what_it_was_charged(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    job = await delivering(service, count=2)
    before = await service.jobs.standing(1, 1, (), service.quotas.terms())
    shutil.rmtree(tmp_path / "images")
    failed = await service.deliveries.prepare(job)
    assert (failed.state, failed.failure, failed.kept) == (JobState.FAILED, FILE_LOST.code, ())
    assert (failed.charged, failed.given_back) == (job.charged, Refund(2, 0))
    after = await service.jobs.standing(1, 1, (), service.quotas.terms())
    assert after.left.free_images == before.left.free_images + 2
    assert service.told_jobs[-1] == job.id
    assert (await service.acts(job))[-2:] == ["pictures_lost", "failed"]
    assert [record.levelno for record in caplog.records if "are lost" in record.message] == [logging.ERROR]
    # The vendor made and bills them.
    assert (await service.hold(failed))["cost_micros"] == 2 * PRICE
    await service.database.read(balances_equal_rows)


async def test_what_one_of_several_took_is_given_back_once_and_the_rest_by_an_admin(reopen: Reopen, tmp_path: Path):
    rule = Rule(free_images=1, budget_micros=10 * PRICE, images_per_job=4, active_jobs=9, cooldown_s=0)
    async with reopen(make_policy(rule=rule)) as service:
        await service.servers.change_settings(service.act(), lambda settings: replace(settings, confirms_paid=False))
        job = await delivering(service, count=3)
        (tmp_path / "images" / job.kept[1].path).unlink()
        left = job
        for _ in range(2):
            left = await service.deliveries.prepare(job)
            assert [image.ordinal for image in left.kept] == [0, 2]
            assert (left.state, left.given_back) == (JobState.DELIVERING, Refund(0, PRICE))
        assert await service.deliveries.prepare(left) == left
        shutil.rmtree(tmp_path / "images")
        failed = await service.deliveries.prepare(left)
        assert (failed.state, failed.given_back) == (JobState.FAILED, Refund(1, 2 * PRICE))
        with pytest.raises(Exception, match="refunded-already"):
            await service.servers.refund(service.act(), job.id)
        await service.database.read(balances_equal_rows)


async def test_an_admin_gives_back_what_is_left_of_the_charge(service: Service, tmp_path: Path):
    job = await delivering(service, count=3)
    (tmp_path / "images" / job.kept[0].path).unlink()
    await service.deliveries.prepare(job)
    assert await service.servers.refund(service.act(), job.id) == Refund(2, 0)
    assert (await now(service, job)).given_back == Refund(3, 0)


async def test_pictures_that_were_let_go_while_they_waited_for_discord_are_lost_too(service: Service):
    job = await delivering(service)
    await service.jobs.forget_pictures(job.id)
    failed = await service.deliveries.prepare(await now(service, job))
    assert (failed.state, failed.given_back) == (JobState.FAILED, Refund(1, 0))


async def test_a_job_that_was_delivered_meanwhile_loses_nothing(service: Service, tmp_path: Path):
    job = await delivering(service)
    await service.jobs.record_delivery(job.id, {0: 1}, version=job.version, ping=False)
    shutil.rmtree(tmp_path / "images")
    delivered = await service.deliveries.prepare(job)
    assert (delivered.state, delivered.given_back, len(delivered.kept)) == (JobState.DELIVERED, Refund(0, 0), 1)
    assert await service.jobs.lose_pictures(5, [0]) is None
