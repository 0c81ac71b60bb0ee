import pytest

from bot.domain.jobs.job import JobState
from bot.domain.jobs.lane import ACCOUNT
from bot.errors import Unavailable
from bot.failure_kinds import Advice
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.dashscope.refusals import INAPPROPRIATE, MODEL_NOT_FOUND, OTHER_ENDPOINT, Refusal
from tests.support.service import PLUS, TURBO, Service


async def stopped(service: Service, lane: str) -> None:
    """Wait until a lane is stopped."""
    queued, creating = [await service.jobs.ids_in_state(one) for one in (JobState.QUEUED, JobState.SUBMITTING)]
    job = await service.jobs.get((queued + creating)[0])
    assert job is not None
    await service.until(job, lambda job: job.lane_stopped)
    assert list(await service.lanes.stops()) == [lane]


async def test_a_stopped_account_tells_all_who_wait_and_is_served_again_after_a_probe(
    service: Service, vendor: DashScopeStandIn
):
    jobs = [await service.ask(f"{n}", member_id=n) for n in range(1, 3)]
    jobs.append(await service.ask("elsewhere", member_id=3, model=PLUS.name))
    vendor.arrears = True
    await service.start()
    for job in jobs:
        told = await service.until(job, lambda job: job.lane_stopped)
        assert told.version > job.version
        assert told.account_stopped
    assert vendor.creates == 0
    (notice,) = await service.outbox.waiting()
    assert (notice.kind, notice.content) == (
        "lane-stopped",
        {"model": ACCOUNT, "code": "Arrearage", "advice": Advice.ARREARS},
    )
    with pytest.raises(Unavailable, match="account-stopped"):
        await service.ask(member_id=4)
    vendor.arrears = False
    service.clock.advance(130)
    for job in jobs:
        await service.until(job, JobState.DELIVERING)
    assert [notice.kind for notice in await service.outbox.waiting()] == ["lane-stopped", "lane-reopened"]
    assert all(job.attempts == 0 for job in jobs)


async def test_a_stopped_model_leaves_the_others_open(service: Service, vendor: DashScopeStandIn):
    vendor.outcome_for(lambda order: order.model.name == TURBO.name, Outcome(refuse=MODEL_NOT_FOUND), times=1)
    await service.start()
    first = await service.ask("stopped")
    await stopped(service, TURBO.name)
    with pytest.raises(Unavailable, match="lane-stopped"):
        await service.ask(member_id=4)
    waiting = await service.jobs.get((await service.jobs.ids_in_state(JobState.QUEUED))[0])
    assert waiting is not None
    assert not waiting.account_stopped
    await service.until(await service.ask("open", member_id=2, model=PLUS.name), JobState.DELIVERING)
    assert [notice.content["model"] for notice in await service.outbox.waiting()] == [TURBO.name]
    service.clock.advance(61)
    done = await service.until(first, JobState.DELIVERING)
    assert (done.failure, done.lane_stopped) == ("", False)


async def test_probes_in_vain_tell_the_operator_nothing_more(service: Service, vendor: DashScopeStandIn):
    vendor.arrears = True
    await service.start()
    job = await service.ask()
    await stopped(service, ACCOUNT)
    for probes in range(1, 3):
        service.clock.advance(901)
        await service.until(
            job, lambda job, probes=probes: service.told_jobs.count(job.id) > 3 * probes and job.lane_stopped
        )
        await vendor.until(lambda probes=probes: len(vendor.requests) > probes)
    assert len(await service.outbox.waiting()) == 1


@pytest.mark.parametrize("lane", [TURBO.name, ACCOUNT])
async def test_who_waits_in_a_lane_that_is_stopped_for_an_hour_gets_back_what_was_held(service: Service, lane: str):
    waiting = await service.ask()
    elsewhere = await service.ask("elsewhere", model=PLUS.name)
    await service.lanes.stop(lane, "Arrearage", Advice.ARREARS)
    await service.sweeper.sweep()
    service.clock.advance(3590)
    await service.sweeper.sweep()
    assert len(await service.jobs.ids_in_state(JobState.QUEUED)) == 2
    service.clock.advance(20)
    service.sweeper.start()
    expired = await service.until(waiting, JobState.EXPIRED)
    assert expired.failure == ("account_stopped" if lane == ACCOUNT else "lane_stopped")
    assert (await service.hold(expired))["outcome"] == "expired"
    if lane == ACCOUNT:
        await service.until(elsewhere, JobState.EXPIRED)
    else:
        await service.until(elsewhere, JobState.QUEUED)


async def test_who_waited_too_long_gets_back_what_was_held(service: Service):
    job = await service.ask()
    await service.sweeper.sweep()
    service.clock.advance(6 * 3600 - 60)
    newer = await service.ask(member_id=2)
    await service.sweeper.sweep()
    await service.until(job, JobState.QUEUED)
    service.clock.advance(61)
    await service.sweeper.sweep()
    assert (await service.until(job, JobState.EXPIRED)).failure == "waited_too_long"
    await service.until(newer, JobState.QUEUED)


async def test_sweeping_goes_on_round_after_round(service: Service):
    service.sweeper.start()
    for member in (1, 2):
        job = await service.ask(member_id=member)
        await service.sweeper.sweep()
        service.clock.advance(6 * 3600 + 31)
        await service.until(job, JobState.EXPIRED)


async def test_a_job_that_was_claimed_meanwhile_is_not_expired(service: Service):
    job = await service.ask()
    await service.lanes.claim(TURBO)
    service.clock.advance(7 * 3600)
    # Found waiting, but claimed before it could be expired.
    await service.sweeper._expire(job.id, TURBO.name, "waited_too_long")  # pyright: ignore[reportPrivateUsage]
    await service.until(job, JobState.SUBMITTING)


async def test_pictures_past_their_time_are_deleted_and_the_record_stays(service: Service):
    await service.start()
    job = await service.until(await service.ask(), JobState.DELIVERING)
    (image,) = job.kept
    file = service.stores.pictures.file(image.path)
    service.clock.advance(29 * 24 * 3600)
    await service.sweeper.sweep()
    assert file.exists()
    service.clock.advance(2 * 24 * 3600)
    await service.sweeper.sweep()
    assert not file.exists()
    kept = await service.jobs.get(job.id)
    assert kept is not None
    assert (kept.kept, kept.charged) == ((), job.charged)


# -- refused for something else than what a prompt says


async def refused(service: Service, member_id: int) -> None:
    failed = await service.until(await service.ask(f"{member_id}", member_id=member_id), JobState.FAILED)
    assert (failed.failure, failed.lane_stopped) == ("InvalidParameter", False)


OUT_OF_RANGE = Refusal(400, "InvalidParameter", "the parameters must conform to the specification: size")


async def test_several_members_in_a_row_refused_for_parameters_are_told_the_operator_once(
    service: Service, vendor: DashScopeStandIn
):
    vendor.outcome_for(lambda _: True, Outcome(refuse=OUT_OF_RANGE), times=6)
    await service.start()
    for member_id in (1, 2, 2, 1):
        await refused(service, member_id)
    assert await service.outbox.waiting() == []
    for member_id in (3, 4):
        await refused(service, member_id)
    (notice,) = await service.outbox.waiting()
    assert (notice.kind, notice.content) == (
        "requests-refused",
        {"model": TURBO.name, "code": "InvalidParameter", "members": 3},
    )


@pytest.mark.parametrize("between", [Outcome(), Outcome(refuse=INAPPROPRIATE)])
async def test_a_request_that_is_taken_ends_the_row_and_one_refused_for_its_prompt_is_none_of_it(
    service: Service, vendor: DashScopeStandIn, between: Outcome
):
    for outcome in (Outcome(refuse=OUT_OF_RANGE), Outcome(refuse=OUT_OF_RANGE), between, Outcome(refuse=OUT_OF_RANGE)):
        vendor.next_outcome(outcome)
    await service.start()
    for member_id in (1, 2):
        await refused(service, member_id)
    other = await service.ask(member_id=3)
    await service.until(other, lambda job: bool(job.task_id) or job.state is JobState.FAILED)
    assert await service.outbox.waiting() == []
    await refused(service, 4)
    told = [notice.kind for notice in await service.outbox.waiting()]
    assert told == ([] if between == Outcome() else ["requests-refused"])


async def test_a_model_that_the_vendor_serves_at_another_address_is_stopped_and_no_member_is_told_to_reword(
    service: Service, vendor: DashScopeStandIn
):
    vendor.outcome_for(lambda _: True, Outcome(refuse=OTHER_ENDPOINT))
    await service.start()
    job = await service.ask()
    waiting = await service.until(job, lambda job: job.lane_stopped)
    assert (waiting.state, waiting.failure) == (JobState.QUEUED, "")
    (notice,) = await service.outbox.waiting()
    assert (notice.kind, notice.content) == (
        "lane-stopped",
        {"model": TURBO.name, "code": "InvalidParameter", "advice": Advice.ADDRESS},
    )
