from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.service.vendor.estimates import (
    DENSE_POLL_S,
    FIRST_GUESS_MS,
    REMEMBERED,
    SLOWEST_POLL_S,
    Durations,
    next_poll_s,
)
from sandbox.dashscope import DashScopeStandIn, Outcome
from tests.integration.service.conftest import Reopen
from tests.support.service import TURBO, Service, make_policy

NAME = TURBO.name


def known(service: Service, *seconds: float) -> Durations:
    for duration_s in seconds:
        service.durations.add(NAME, int(duration_s * 1000))
    return service.durations


async def test_before_any_job_ended_the_vendors_word_is_the_guess(service: Service):
    assert service.durations.quantile_ms(NAME, 0.5) is None
    assert service.durations.typical_ms(NAME) == FIRST_GUESS_MS


async def test_quantiles_are_of_what_was_seen(service: Service):
    durations = known(service, *range(10, 20))
    assert [durations.quantile_ms(NAME, part) for part in (0, 0.1, 0.5, 0.9, 1)] == [
        10_000, 11_000, 15_000, 19_000, 19_000,
    ]  # fmt: skip
    assert durations.typical_ms(NAME) == 15_000
    assert durations.typical_ms("another") == FIRST_GUESS_MS


async def test_only_the_newest_durations_are_remembered(service: Service):
    durations = known(service, 1000, *[5] * REMEMBERED)
    assert durations.quantile_ms(NAME, 1) == 5_000


async def test_a_new_run_learns_from_the_jobs_of_the_last(service: Service, reopen):
    await service.start()
    done = await service.until(await service.ask(), JobState.DELIVERING)
    async with reopen() as again:
        await again.durations.load(again.policy.catalogue)
        assert again.durations.typical_ms(NAME) == done.ready_ms - done.submitted_ms


async def test_places_are_in_the_order_of_claims(service: Service):
    jobs = [await service.ask(member_id=member) for member in (1, 1, 2)]
    assert await service.estimates.places(NAME) == {jobs[0].id: 1, jobs[2].id: 2, jobs[1].id: 3}
    known(service, 10)
    service_now_ms = service.clock.now_ms()
    ready = [await service.estimates.of(job) for job in jobs]
    assert [estimate.place for estimate in ready] == [1, 3, 2]
    # Two run at once: the third in line comes a round later.
    first, third, second = (estimate.ready_ms - service_now_ms for estimate in ready)
    assert first // 10_000 == second // 10_000 == 1
    assert third // 10_000 == 2


async def test_a_job_that_left_the_line_meanwhile_stands_at_its_end(service: Service):
    job, other = await service.ask(), await service.ask(member_id=2)
    await service.canceler.cancel(job.id, 1)
    assert (await service.estimates.of(job)).place == 2
    assert (await service.estimates.of(other)).place == 1


async def test_a_job_with_the_vendor_is_due_after_the_usual_time(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=30))
    known(service, 10)
    await service.start()
    job = await service.until(await service.ask(), JobState.RUNNING)
    estimate = await service.estimates.of(job)
    assert (estimate.place, estimate.ready_ms >= job.started_ms + 10_000) == (0, True)
    service.clock.advance(15)
    overdue = await service.estimates.of(job)
    assert overdue.ready_ms >= job.started_ms + 15_000


async def test_a_model_without_a_lane_is_thought_to_run_one_at_a_time(reopen):
    async with reopen() as service:
        jobs = [await service.ask(member_id=member) for member in (1, 2)]
    async with reopen(make_policy(catalogue={})) as bare:
        now_ms = bare.clock.now_ms()
        ready_ms = [(await bare.estimates.of(job)).ready_ms - now_ms for job in jobs]
        assert [after // FIRST_GUESS_MS for after in ready_ms] == [1, 2]


async def test_a_task_ahead_is_due_after_those_that_the_vendor_runs(service: Service, vendor: DashScopeStandIn):
    vendor.outcome_for(lambda _: True, Outcome(service_s=60))
    await service.start()
    known(service, 10)
    jobs = [await service.ask(member_id=member) for member in (1, 2, 3)]
    third = await service.until(jobs[2], JobState.PENDING)
    assert (await service.estimates.of(third)).ready_ms == third.submitted_ms + 20_000


@pytest.mark.parametrize(
    ("seen_s", "waited_s", "poll_s"),
    [
        ((), 0, 3.0),
        ((), 2.5, 0.5),
        ((), 3, DENSE_POLL_S),
        ((), 59, DENSE_POLL_S),
        ((), 61, DENSE_POLL_S),
        ((), 90, 6.0),
        ((), 10_000, SLOWEST_POLL_S),
        ((20,), 0, 3.0),
        ((20,), 3, 15.0),
        ((20,), 17, 1.0),
        ((20,), 18, DENSE_POLL_S),
        ((20,), 29, DENSE_POLL_S),
        ((20,), 50, 4.0),
        ((1,), 0, 3.0),
        ((1,), 3, 1.5),
    ],
)
async def test_one_early_question_then_none_before_a_job_can_be_due_then_often_then_rarely(
    service: Service, seen_s: tuple[float, ...], waited_s: float, poll_s: float
):
    assert next_poll_s(known(service, *seen_s), NAME, waited_s) == pytest.approx(poll_s)


async def test_at_a_slow_pace_a_job_waits_for_that_and_not_for_a_place(reopen: Reopen):
    slow = replace(TURBO, create_rate=2 / 60)
    async with reopen(make_policy(catalogue={NAME: slow})) as service:
        known(service, 10)
        jobs = [await service.ask(member_id=member) for member in (1, 2, 3)]
        now_ms = service.clock.now_ms()
        ready = [(await service.estimates.of(job)).ready_ms for job in jobs]
        assert [(at_ms - now_ms) / 1000 for at_ms in ready] == pytest.approx([10, 47.5, 85], abs=5)


async def test_a_call_is_expected_from_when_it_was_made(reopen: Reopen, vendor: DashScopeStandIn):
    call = BUILT_IN["qwen-image-2.0"]
    vendor.outcome_for(lambda _: True, Outcome(service_s=3600))
    async with reopen(make_policy(catalogue={call.name: call})) as service:
        service.durations.add(call.name, 400_000)
        await service.start()
        job = await service.until(await service.ask(), lambda job: job.is_under_call)
        first = await service.estimates.of(job)
        service.clock.advance(100)
        assert await service.estimates.of(job) == first
        assert first.ready_ms == job.claimed_ms + 400_000
