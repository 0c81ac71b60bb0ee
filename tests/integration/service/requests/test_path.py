from pathlib import Path

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.quota import Balance
from sandbox.dashscope import DashScopeStandIn, Failure, Outcome
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.service import PRICE, Service, make_policy

MODERATED = Failure("DataInspectionFailed", "Output data may contain inappropriate content.")


async def test_a_request_becomes_pictures_that_are_charged_and_ready_to_deliver(
    service: Service, vendor: DashScopeStandIn, tmp_path: Path
):
    await service.start()
    job = await service.ask(count=2, seed=11)
    done = await service.until(job, JobState.DELIVERING)
    assert done.charged == Charge(2, 2, 0)
    assert [image.ordinal for image in done.kept] == [0, 1]
    assert all((tmp_path / "images" / image.path).stat().st_size == image.size_bytes for image in done.kept)
    assert done.kept[0].path == f"1/{job.id}-0.png"
    assert 0 < done.created_ms <= done.queued_ms <= done.claimed_ms <= done.submitted_ms <= done.ready_ms
    acts = await service.acts(job)
    assert [act for act in acts if act != "running"] == [
        "held", "queued", "submitting", "pending", "fetching", "delivering",
    ]  # fmt: skip
    assert (await service.hold(job))["cost_micros"] == 2 * PRICE
    (task,) = vendor.tasks.values()
    assert (task.params["n"], task.params["seed"]) == (2, 11)
    assert service.durations.quantile_ms(job.request.model, 0.5) == done.ready_ms - done.submitted_ms
    standing = await service.quotas.standing(1, 1)
    assert standing.left == Balance(98, 0, 0)
    await service.database.read(balances_equal_rows)
    await service.database.read(holds_within_limits)


async def test_the_word_of_each_change_is_spread(service: Service):
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.DELIVERING)
    # Submitting, pending and then at least fetching and delivering; running may fall between two questions.
    assert service.told_jobs.count(job.id) >= 4


async def test_a_partial_result_is_delivered_and_charged_for_what_came(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(failed_images={1: MODERATED}))
    await service.start()
    done = await service.until(await service.ask(count=3), JobState.DELIVERING)
    assert done.charged == Charge(2, 2, 0)
    assert [(image.code, bool(image.path)) for image in done.images] == [
        ("", True), ("DataInspectionFailed", False), ("", True),
    ]  # fmt: skip
    hold = await service.hold(done)
    assert (hold["billed_images"], hold["cost_micros"]) == (2, 2 * PRICE)


async def test_a_job_of_which_every_image_fails_is_failed_and_charges_nothing(
    service: Service, vendor: DashScopeStandIn
):
    vendor.next_outcome(Outcome(all_images_fail=MODERATED))
    await service.start()
    failed = await service.until(await service.ask(count=2), JobState.FAILED)
    assert (failed.failure, failed.charged) == ("DataInspectionFailed", Charge(0, 0, 0))
    assert (await service.hold(failed))["cost_micros"] == 0


async def test_a_failed_task_fails_the_job_and_returns_its_hold(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(fail=Failure("InternalError.Algo", "inference internal error.")))
    await service.start()
    failed = await service.until(await service.ask(), JobState.FAILED)
    assert failed.failure == "InternalError.Algo"
    assert failed.failure_request_id
    assert (await service.hold(failed))["outcome"] == "voided"


async def test_a_refused_prompt_fails_at_once_and_stops_nobody(service: Service, vendor: DashScopeStandIn):
    await service.start()
    refused = await service.ask("[refuse] a cat")
    failed = await service.until(refused, JobState.FAILED)
    assert (failed.failure, failed.attempts) == ("DataInspectionFailed", 0)
    assert failed.failure_request_id
    assert (await service.hold(failed))["outcome"] == "voided"
    await service.until(await service.ask(), JobState.DELIVERING)
    assert vendor.creates == 1
    assert await service.outbox.waiting() == []


async def test_many_members_are_all_served_and_billed_once_each(service: Service, vendor: DashScopeStandIn):
    jobs = [await service.ask(f"picture {n}", member_id=n % 3) for n in range(6)]
    await service.start()
    for job in jobs:
        await service.until(job, JobState.DELIVERING)
    assert vendor.creates == 6
    assert vendor.billed_micros + sum(line.free_images for line in vendor.bill()) * PRICE == 6 * PRICE
    assert all(request.status == 200 for request in vendor.requests)


async def test_a_model_that_left_the_catalogue_is_still_fetched_and_settled(
    service: Service, vendor: DashScopeStandIn, reopen
):
    gate = vendor.faults.gate("result")
    await service.start()
    job = await service.ask()
    await gate.reached.wait()
    await service.stop()
    policy = make_policy()
    async with reopen(
        make_policy(catalogue={k: m for k, m in policy.catalogue.items() if k != job.request.model})
    ) as n:
        gate.open()
        await n.start()
        done = await n.until(job, JobState.DELIVERING)
        assert (await n.hold(done))["cost_micros"] == PRICE
        assert (await n.estimates.of(await n.until(job, JobState.DELIVERING))).place == 0
