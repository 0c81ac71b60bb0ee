"""Servers that the bot was removed from while jobs wait for them."""

import asyncio

from bot.domain.jobs.job import SERVER_LEFT, Job, JobState
from bot.domain.requests.request import Options
from sandbox.dashscope import DashScopeStandIn
from tests.support.service import Service


async def ask_in(service: Service, server_id: int) -> Job:
    held = await service.submitter.submit(Options("a fox", size="512*512"), service.asker(server_id=server_id))
    queued = await service.submitter.acknowledge(held.id, 7)
    assert queued is not None
    return queued


async def test_a_server_for_which_nothing_waits_is_not_missed(service: Service):
    here, gone = await ask_in(service, 1), await ask_in(service, 2)
    assert await service.departures.missing({1, 3}) == {2}
    assert await service.departures.missing({1, 2}) == set()
    for job in (here, gone):
        await service.jobs.expire(job.id, "waited_too_long")
    assert await service.departures.missing(set()) == set()


async def test_what_waits_for_a_server_that_was_left_is_given_back_and_nothing_else(
    service: Service, vendor: DashScopeStandIn
):
    here, gone = await ask_in(service, 1), await ask_in(service, 2)
    await service.departures.left(2)
    expired = await service.jobs.get(gone.id)
    assert expired is not None
    assert (expired.state, expired.failure) == (JobState.EXPIRED, SERVER_LEFT)
    assert (await service.hold(gone))["outcome"] == "expired"
    assert service.told_jobs[-1] == gone.id
    assert await service.departures.missing({1}) == set()
    await service.start()
    await service.until(here, JobState.DELIVERING)
    assert vendor.creates == 1


async def test_what_comes_back_into_line_for_a_server_that_was_left_is_not_drawn_but_given_back(service: Service):
    gone = await ask_in(service, 2)
    model = service.policy.catalogue[gone.request.model]
    claimed = await service.lanes.claim(model, vendor_ms=service.vendor.server_now_ms())
    assert claimed.job is not None
    await service.departures.left(2)
    await service.jobs.requeue(gone.id, counts=False)
    service.clock.advance(60)
    assert (await service.lanes.claim(model, vendor_ms=service.vendor.server_now_ms())).job is None
    await service.sweeper.sweep()
    assert (await service.until(gone, lambda job: job.state is JobState.EXPIRED)).failure == SERVER_LEFT


async def test_a_server_to_which_the_bot_comes_back_is_drawn_for_again(service: Service):
    for comes_back in (lambda: service.departures.missing({2}), lambda: asyncio.sleep(0)):
        await ask_in(service, 2)
        await service.departures.left(2)
        await comes_back()
        # Who asks proves that it is there.
        again = await ask_in(service, 2)
        await service.departures.give_back()
        assert (await service.until(again, JobState.QUEUED)).failure == ""
        await service.jobs.expire(again.id, "waited_too_long")


async def test_a_server_for_which_something_is_drawn_is_missed_too(service: Service):
    gone = await ask_in(service, 2)
    await service.start()
    await service.until(gone, JobState.DELIVERING)
    assert await service.departures.missing({1}) == {2}
    await service.jobs.record_delivery(gone.id, {}, version=1, ping=False)
    assert await service.departures.missing({1}) == set()


async def test_a_job_that_somebody_else_ended_meanwhile_is_left_alone(service: Service, monkeypatch):
    gone = await ask_in(service, 2)
    await service.servers.note_left(2)
    waiting = await service.jobs.queued_in_left_servers()
    await service.jobs.wish_cancel(gone.id, 1)

    async def stale() -> list[int]:
        return waiting

    monkeypatch.setattr(service.jobs, "queued_in_left_servers", stale)
    await service.departures.give_back()
    after = await service.jobs.get(gone.id)
    assert after is not None
    assert after.state is JobState.CANCELED
