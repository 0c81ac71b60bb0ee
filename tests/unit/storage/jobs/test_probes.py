"""When a lane that the vendor stopped is tried again."""

import pytest

from bot.domain.jobs.job import Job
from bot.domain.jobs.lane import ACCOUNT, Turn
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model
from bot.failure_kinds import Advice
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
CATALOGUE = {TURBO.name: TURBO, PLUS.name: PLUS}


async def queued(books: Books, *members: int, model: Model = TURBO) -> list[Job]:
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 1000)
    return [await books.queue(terms, member_id=member, model=model.name) for member in members]


@pytest.mark.parametrize("lane", [TURBO.name, ACCOUNT])
async def test_a_stopped_lane_is_probed_ever_more_rarely_with_one_job(books: Books, lane: str):
    await queued(books, 1, 2)
    start_ms = books.clock.now_ms()
    await books.lanes.stop(lane, "Arrearage", Advice.ARREARS)
    probed_after_s: list[float] = []
    for delay_s in (60, 120, 300, 600, 900, 900):
        turn = await books.lanes.claim(TURBO)
        assert turn.job is None
        assert turn.again_ms == books.clock.now_ms() + delay_s * 1000
        books.clock.advance(delay_s)
        probe = (await books.lanes.claim(TURBO)).job
        assert probe is not None
        await books.jobs.requeue(probe.id, counts=False)
        await books.lanes.stop(lane, "Arrearage", Advice.ARREARS)
        probed_after_s.append((books.clock.now_ms() - start_ms) / 1000)
    assert probed_after_s == [60, 180, 480, 1080, 1980, 2880]


@pytest.mark.parametrize(("lane", "other"), [(TURBO.name, TURBO), (ACCOUNT, TURBO), (ACCOUNT, PLUS)])
async def test_a_probe_that_says_nothing_of_the_stop_is_followed_by_the_next_a_minute_later(
    books: Books, lane: str, other: Model
):
    (probe,) = await queued(books, 1)
    await queued(books, 2, model=other)
    await books.lanes.stop(lane, "Arrearage", Advice.ARREARS)
    books.clock.advance(60)
    assert (await books.lanes.claim(TURBO)).job is not None
    await books.jobs.fail(probe.id, failure_of("DataInspectionFailed"))
    assert await books.lanes.claim(other) == Turn(again_ms=books.clock.now_ms() + 60_000)
    books.clock.advance(60)
    assert (await books.lanes.claim(other)).job is not None


async def test_also_after_many_probes_one_that_says_nothing_is_followed_by_the_next_a_minute_later(books: Books):
    (probe,) = await queued(books, 1)
    await queued(books, 2)
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    for delay_s in (60, 120, 300):
        books.clock.advance(delay_s)
        assert (await books.lanes.claim(TURBO)).job is not None
        await books.jobs.requeue(probe.id, counts=False)
        await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    books.clock.advance(600)
    assert (await books.lanes.claim(TURBO)).job is not None
    await books.jobs.fail(probe.id, failure_of("DataInspectionFailed"))
    assert await books.lanes.claim(TURBO) == Turn(again_ms=books.clock.now_ms() + 60_000)


async def test_a_stopped_lane_is_not_probed_while_the_vendor_has_a_job_of_it(books: Books):
    first, _ = await queued(books, 1, 2)
    await books.lanes.claim(TURBO)
    await books.jobs.record_task(first.id, CreatedTask("task", "r"))
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    books.clock.advance(3600)
    assert await books.lanes.claim(TURBO) == Turn()
    await books.jobs.fail(first.id, failure_of("over"))
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_a_lane_that_was_reopened_begins_with_the_shortest_probe_again(books: Books):
    await queued(books, 1)
    for _ in range(3):
        await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    await books.lanes.reopen(TURBO.name)
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    assert (await books.lanes.claim(TURBO)).again_ms == books.clock.now_ms() + 60_000
