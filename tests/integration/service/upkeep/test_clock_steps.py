"""The machine's clock is set, back and ahead, by an hour and by a day: while the program runs, and while it is away."""

import pytest

from bot.domain.jobs.job import JobState
from bot.failure_kinds import Advice
from bot.service.upkeep.sweeper import STOPPED_TOO_LONG_S, WATCHED_S
from bot.service.vendor.estimates import Durations
from sandbox.dashscope import DashScopeStandIn, Outcome
from sandbox.faults import Fault
from tests.integration.service.conftest import Reopen
from tests.support.service import PLUS, TURBO, Service, make_policy

HOUR_S = 3600
DAY_S = 24 * HOUR_S

steps = pytest.mark.parametrize("step_s", [-DAY_S, -HOUR_S, HOUR_S, DAY_S], ids=["-1d", "-1h", "+1h", "+1d"])


@steps
async def test_a_task_is_polled_and_the_lane_served_on_when_the_clock_is_set(
    service: Service, vendor: DashScopeStandIn, step_s: int
):
    vendor.next_outcome(Outcome(service_s=20, reports=("RUNNING", "RUNNING", "UNKNOWN")))
    await service.start()
    job = await service.ask()
    await service.until(job, JobState.RUNNING)
    waiting = [await service.ask(f"waiting {n}", member_id=n) for n in range(4)]
    service.machine.ahead_s = step_s
    began_s = service.clock.monotonic()
    for one in (job, *waiting):
        await service.until(one, JobState.DELIVERING)
    assert service.clock.monotonic() - began_s < HOUR_S / 2
    assert vendor.creates == 5


@steps
async def test_a_task_is_polled_and_the_lane_served_on_when_the_clock_was_set_while_the_program_was_away(
    reopen: Reopen, vendor: DashScopeStandIn, step_s: int
):
    vendor.next_outcome(Outcome(service_s=20, reports=("RUNNING", "UNKNOWN", "UNKNOWN", "RUNNING")))
    async with reopen() as first:
        await first.start()
        job = await first.ask()
        await first.until(job, JobState.RUNNING)
        waiting = [await first.ask(f"waiting {n}", member_id=n) for n in range(3)]
    async with reopen() as second:
        second.machine.ahead_s = step_s
        # An image that can't be had at the first try is asked for again, however old it seems.
        vendor.faults.add("result", Fault(status=503), times=2)
        await second.start()
        began_s = second.clock.monotonic()
        for one in (job, *waiting):
            await second.until(one, JobState.DELIVERING)
        assert second.clock.monotonic() - began_s < HOUR_S / 2
    assert vendor.creates == 4


@pytest.mark.parametrize("step_s", [HOUR_S, DAY_S])
async def test_what_an_answer_is_awaited_for_is_not_given_up_because_the_clock_was_set_ahead(
    reopen: Reopen, vendor: DashScopeStandIn, step_s: int
):
    async with reopen() as first:
        await first.start()
        job = await first.ask()
        await first.until(job, JobState.PENDING)
    vendor.faults.add("query", Fault(status=503), times=5)
    async with reopen() as second:
        second.machine.ahead_s = step_s + 3 * HOUR_S
        await second.start()
        done = await second.until(job, JobState.DELIVERING)
        assert done.failure == ""


@steps
async def test_nobody_who_waits_is_sent_away_because_the_clock_was_set(service: Service, step_s: int):
    job = await service.ask()
    await service.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    await service.sweeper.sweep()
    service.machine.ahead_s = step_s
    await service.sweeper.sweep()
    assert (await service.until(job, JobState.QUEUED)).failure == ""
    service.clock.advance(STOPPED_TOO_LONG_S + 1)
    await service.sweeper.sweep()
    assert (await service.until(job, JobState.EXPIRED)).failure == "lane_stopped"


@steps
async def test_the_longest_wait_is_as_long_as_ever_when_the_clock_is_set(reopen: Reopen, step_s: int):
    async with reopen(make_policy(longest_wait_s=HOUR_S)) as service:
        job = await service.ask()
        await service.sweeper.sweep()
        service.machine.ahead_s = step_s
        service.clock.advance(HOUR_S - 60)
        await service.sweeper.sweep()
        await service.until(job, JobState.QUEUED)
        service.clock.advance(61)
        await service.sweeper.sweep()
        assert (await service.until(job, JobState.EXPIRED)).failure == "waited_too_long"


@pytest.mark.parametrize("step_s", [3 * HOUR_S, DAY_S])
async def test_nobody_who_waits_is_sent_away_because_the_clock_was_set_ahead_while_the_program_was_away(
    reopen: Reopen, step_s: int
):
    async with reopen() as first:
        job = await first.ask()
        stopped = await first.ask(model=PLUS.name)
        await first.lanes.stop(PLUS.name, "ModelNotFound", Advice.MODEL)
    async with reopen(make_policy(longest_wait_s=HOUR_S)) as second:
        second.machine.ahead_s = step_s
        for wait_s in (0, WATCHED_S - 60):
            second.clock.advance(wait_s)
            await second.sweeper.sweep()
            for one in (job, stopped):
                await second.until(one, JobState.QUEUED)
        # As far as anybody can know it is over by then.
        second.clock.advance(60)
        await second.sweeper.sweep()
        for one in (job, stopped):
            await second.until(one, JobState.EXPIRED)


async def test_a_wait_that_is_shorter_than_what_is_watched_ends_in_time(reopen: Reopen):
    async with reopen(make_policy(longest_wait_s=60)) as service:
        job = await service.ask()
        await service.sweeper.sweep()
        service.clock.advance(61)
        await service.sweeper.sweep()
        await service.until(job, JobState.EXPIRED)


@pytest.mark.parametrize("step_s", [-DAY_S, -HOUR_S])
async def test_a_stopped_lane_is_probed_in_time_when_the_clock_was_set_back(
    service: Service, vendor: DashScopeStandIn, step_s: int
):
    vendor.arrears = True
    await service.start()
    job = await service.ask()
    await service.until(job, lambda job: job.lane_stopped)
    vendor.arrears = False
    service.machine.ahead_s = step_s
    async with service.ticking():
        service.clock.advance(61)
        await service.until(job, JobState.DELIVERING)


@pytest.mark.parametrize("took_ms", [-DAY_S * 1000, 0, DAY_S * 1000])
async def test_a_duration_that_a_clock_made_up_teaches_nothing(service: Service, took_ms: int):
    durations = Durations(service.lanes)
    durations.add(TURBO.name, took_ms)
    assert durations.quantile_ms(TURBO.name, 0.5) is None


async def test_the_expected_time_is_near_when_the_clock_was_set_back(service: Service, vendor: DashScopeStandIn):
    vendor.next_outcome(Outcome(service_s=20))
    await service.start()
    job = await service.until(await service.ask(), JobState.RUNNING)
    service.machine.ahead_s = -DAY_S
    for seen in (job, await service.until(job, lambda job: job.state is JobState.RUNNING)):
        estimate = await service.estimates.of(seen)
        assert 0 <= estimate.ready_ms - service.machine.now_ms() <= 120_000
