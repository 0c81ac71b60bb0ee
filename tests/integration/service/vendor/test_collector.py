from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.jobs.job import JobState
from bot.service.vendor.collector import MOST_REFUSALS
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.pictures.oddities import EXPIRED, ODD_ANSWERS, odd_pictures
from sandbox.faults import Fault
from tests.support.service import PRICE, FailureLog, Service

BUSY = Fault(status=503)


def downloads(vendor: DashScopeStandIn, status: int) -> int:
    return sum(request.operation == "result" and request.status == status for request in vendor.requests)


def all_but_one():
    """Match the requests for every image but the one that was asked for first."""
    first: list[str] = []

    def matches(request: web.Request) -> bool:
        first[:] = first or [request.path]
        return request.path != first[0]

    return matches


async def test_an_image_that_is_not_to_be_had_now_is_fetched_later(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("result", BUSY, times=3)
    await service.start()
    async with service.ticking():
        done = await service.until(await service.ask(count=2), JobState.DELIVERING)
    assert len(done.kept) == 2
    assert (downloads(vendor, 503), downloads(vendor, 200)) == (3, 2)


@pytest.mark.parametrize("answer", ["302 to a foreign host", "404, there is no such object"])
async def test_an_image_is_had_although_its_host_refused_it_for_a_while(
    service: Service, vendor: DashScopeStandIn, answer: str
):
    vendor.faults.add("result", ODD_ANSWERS[answer], times=MOST_REFUSALS - 1)
    await service.start()
    async with service.ticking(0.1):
        done = await service.until(await service.ask(), JobState.DELIVERING)
    assert (len(done.kept), (await service.hold(done))["charged_images"]) == (1, 1)


@pytest.mark.parametrize("answer", ["302 to a foreign host", "404, there is no such object"])
async def test_an_image_is_asked_for_over_minutes_before_a_refusal_counts_as_the_last_word(
    service: Service, vendor: DashScopeStandIn, answer: str
):
    vendor.faults.add("result", ODD_ANSWERS[answer], times=10_000)
    await service.start()
    async with service.ticking(0.1):
        failed = await service.until(await service.ask(), JobState.FAILED)
    assert failed.failure == "result_rejected"
    asked_ms = [request.at_ms for request in vendor.requests if request.operation == "result"]
    assert len(asked_ms) == MOST_REFUSALS
    assert asked_ms[-1] - asked_ms[0] > 120_000
    hold = await service.hold(failed)
    assert (hold["outcome"], hold["charged_images"], hold["cost_micros"]) == ("settled", 0, PRICE)


async def test_outages_between_refusals_cost_no_picture(service: Service, vendor: DashScopeStandIn):
    for answer in list(ODD_ANSWERS.values())[: MOST_REFUSALS - 1]:
        vendor.faults.add("result", answer)
        vendor.faults.add("result", BUSY, times=3)
    await service.start()
    async with service.ticking(0.1):
        done = await service.until(await service.ask(), JobState.DELIVERING)
    assert len(done.kept) == 1


async def test_that_an_address_has_expired_is_the_last_word(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("result", EXPIRED)
    await service.start()
    failed = await service.until(await service.ask(), JobState.FAILED)
    assert failed.failure == "result_rejected"
    assert sum(request.operation == "result" for request in vendor.requests) == 1


async def test_a_refused_image_is_looked_for_again_after_a_restart(service: Service, vendor: DashScopeStandIn, reopen):
    vendor.faults.add("result", ODD_ANSWERS["404, there is no such object"], times=3)
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: downloads(vendor, 404) >= 2)
    await service.stop()
    async with reopen() as again:
        await again.start()
        async with again.ticking(0.1):
            done = await again.until(job, JobState.DELIVERING)
    assert len(done.kept) == 1


@pytest.mark.parametrize("odd", ["a PNG with a colour profile of 1.5 MB", "a WebP"])
async def test_whatever_can_be_shown_is_kept_and_charged(
    service: Service, vendor: DashScopeStandIn, tmp_path: Path, odd: str
):
    vendor.next_outcome(Outcome(image_bytes=odd_pictures()[odd]))
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    (kept,) = done.kept
    assert (kept.width, kept.height, (await service.hold(done))["charged_images"]) == (64, 48, 1)
    assert (tmp_path / "images" / kept.path).read_bytes() == odd_pictures()[odd]


async def test_what_is_no_picture_is_lost_and_not_charged_while_its_cost_stands(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(image_bytes=b"no picture at all"))
    await service.start()
    async with service.ticking(0.1):
        failed = await service.until(await service.ask(), JobState.FAILED)
    assert failed.failure == "result_rejected"
    hold = await service.hold(failed)
    assert (hold["outcome"], hold["charged_images"], hold["cost_micros"]) == ("settled", 0, PRICE)


async def test_fetched_images_wait_ten_minutes_for_one_that_is_not_to_be_had(
    service: Service, vendor: DashScopeStandIn
):
    vendor.faults.add("result", BUSY, times=10_000, matches=all_but_one())
    await service.start()
    job = await service.ask(count=2)
    await vendor.until(lambda: downloads(vendor, 503) >= 2 and downloads(vendor, 200) == 1)
    await service.until(job, JobState.FETCHING)
    service.clock.advance(601)
    done = await service.until(job, JobState.DELIVERING)
    assert sorted(image.code for image in done.images) == ["", "result_unavailable"]
    hold = await service.hold(done)
    assert (hold["charged_images"], hold["billed_images"], hold["cost_micros"]) == (1, 2, 2 * PRICE)


async def test_a_job_without_any_image_is_tried_until_its_results_are_gone(service: Service, vendor: DashScopeStandIn):
    vendor.faults.add("result", BUSY, times=10_000)
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: downloads(vendor, 503) >= 2)
    service.clock.advance(3600)
    seen = downloads(vendor, 503)
    await vendor.until(lambda: downloads(vendor, 503) > seen)
    await service.until(job, JobState.FETCHING)
    service.clock.advance(23 * 3600)
    failed = await service.until(job, JobState.FAILED)
    assert failed.failure == "result_unavailable"
    assert (await service.hold(failed))["cost_micros"] == PRICE


async def test_results_that_expired_while_the_program_was_away_fail_the_job(
    service: Service, vendor: DashScopeStandIn, reopen
):
    vendor.faults.add("result", BUSY, times=2)
    await service.start()
    job = await service.ask()
    await vendor.until(lambda: downloads(vendor, 503) >= 1)
    await service.stop()
    vendor.faults.clear()
    service.clock.advance(25 * 3600)
    async with reopen() as again:
        await again.start()
        assert (await again.until(job, JobState.FAILED)).failure == "result_rejected"


async def test_a_failure_of_our_own_is_logged_and_the_collection_begins_again(
    service: Service, vendor: DashScopeStandIn, failures: FailureLog, tmp_path: Path
):
    await service.database.write(
        lambda conn: (
            conn.execute(
                "CREATE TEMP TRIGGER broken BEFORE UPDATE OF path ON images BEGIN SELECT RAISE(ABORT, 'broken'); END"
            ).rowcount
        )
    )
    await service.start()
    job = await service.ask()
    assert f"collect {job.id} failed, reference" in await failures.first()
    await service.database.write(lambda conn: conn.execute("DROP TRIGGER broken").rowcount)
    service.clock.advance(30)
    done = await service.until(job, JobState.DELIVERING)
    assert len(done.kept) == 1
    assert [path.name for path in (tmp_path / "images").rglob("*.png")] == [f"{job.id}-0.png"]


async def test_collecting_what_is_settled_or_unknown_changes_nothing(service: Service):
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    service.collector.collect(5)
    service.collector.collect(done.id)
    service.collector.collect(done.id)
    await service.collector._supervisor.idle()  # pyright: ignore[reportPrivateUsage]
    assert await service.jobs.get(done.id) == done
