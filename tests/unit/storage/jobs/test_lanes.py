import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import ACCOUNT, Turn
from bot.domain.jobs.queue import in_order
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import Model, Protocol
from bot.failure_kinds import Advice
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import SqliteLanes
from bot.storage.sqlite.database import Database
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms
from tests.support.service import mend, spoil

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
CATALOGUE = {TURBO.name: TURBO, PLUS.name: PLUS}
DAY_S = 24 * 3600
SPACING_MS = 625  # two per second, a quarter slower


async def queued(books: Books, *members: int, model: Model = TURBO) -> list[Job]:
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 1000)
    return [await books.queue(terms, member_id=member, model=model.name) for member in members]


async def create(books: Books, job: Job) -> None:
    await books.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "r"))


async def serve(books: Books, model: Model = TURBO) -> int:
    """Claim one job, let it be created and fail at once, so that it frees its place; past the pace."""
    turn = await books.lanes.claim(model)
    assert turn.job is not None
    await books.jobs.fail(turn.job.id, failure_of("over"))
    books.clock.advance(SPACING_MS / 1000)
    return turn.job.id


async def test_a_claim_writes_the_intent_before_anything_leaves(books: Books):
    (job,) = await queued(books, 1)
    turn = await books.lanes.claim(TURBO)
    assert turn.job is not None
    assert (turn.job.id, turn.job.state, turn.was_ahead) == (job.id, JobState.SUBMITTING, False)
    assert turn.job.claimed_ms == books.clock.now_ms()


async def test_an_empty_lane_has_nothing_to_do(books: Books):
    await queued(books, 1, model=PLUS)
    assert await books.lanes.claim(TURBO) == Turn()


async def test_one_create_at_a_time(books: Books):
    first, second = await queued(books, 1, 2)
    assert (await books.lanes.claim(TURBO)).job is not None
    books.clock.advance(3600)
    assert await books.lanes.claim(TURBO) == Turn()
    await create(books, first)
    turn = await books.lanes.claim(TURBO)
    assert turn.job is not None
    assert turn.job.id == second.id


async def test_a_synchronous_lane_has_as_many_creates_under_way_as_places_and_none_ahead(books: Books):
    call = replace(TURBO, protocol=Protocol.MULTIMODAL)
    first, *_ = await queued(books, 1, 2, 3)
    turns = []
    for _ in range(3):
        turns.append(await books.lanes.claim(call))
        books.clock.advance(3600)
    assert [turn.job is not None and turn.job.is_call for turn in turns] == [True, True, False]
    assert not any(turn.was_ahead for turn in turns)
    await books.jobs.fail(first.id, failure_of("answer_lost"))
    assert (await books.lanes.claim(call)).job is not None


async def test_a_pace_of_few_a_minute_is_kept(books: Books):
    slow = replace(TURBO, create_rate=2 / 60, running_tasks=10)
    for job in await queued(books, 1, 2):
        turn = await books.lanes.claim(slow)
        assert turn.job is not None
        await create(books, job)
        # Two in a minute, a quarter slower.
        assert (await books.lanes.claim(slow)).again_ms in {0, books.clock.now_ms() + 37_500}
        books.clock.advance(37.5)


async def claim_and_doubt(books: Books) -> Job:
    turn = await books.lanes.claim(TURBO)
    assert turn.job is not None
    await books.jobs.doubt(turn.job.id, "timeout")
    books.clock.advance(5)
    return turn.job


async def test_a_doubt_holds_one_place_and_the_lane_serves_others_in_the_rest(books: Books):
    await queued(books, *range(1, 6))
    doubts = [await claim_and_doubt(books) for _ in range(TURBO.running_tasks + TURBO.ahead)]
    assert await books.lanes.claim(TURBO) == Turn()
    await books.jobs.fail(doubts[0].id, failure_of("in_doubt"))
    assert (await books.lanes.claim(TURBO)).job is not None


@pytest.mark.parametrize("step_s", [-DAY_S, -3600, 601, DAY_S])
async def test_a_doubt_holds_its_place_for_ten_minutes_at_most_however_the_clock_steps(books: Books, step_s: float):
    await queued(books, *range(1, 6))
    for _ in range(TURBO.running_tasks + TURBO.ahead):
        await claim_and_doubt(books)
    await books.database.write(
        lambda conn: conn.execute("UPDATE jobs SET claimed_ms = claimed_ms - ?", (int(step_s * 1000),)).rowcount
    )
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_by_the_vendors_clock_a_doubt_holds_its_place_for_ten_minutes_to_the_second(books: Books):
    await queued(books, *range(1, 6))
    for _ in range(TURBO.running_tasks + TURBO.ahead):
        turn = await books.lanes.claim(TURBO, vendor_ms=1_000_000)
        assert turn.job is not None
        await books.jobs.doubt(turn.job.id, "timeout")
        books.clock.advance(5)
    # Whatever our own clock says meanwhile.
    books.clock.advance(DAY_S)
    assert (await books.lanes.claim(TURBO, vendor_ms=1_000_000 + 599_999)).job is None
    assert (await books.lanes.claim(TURBO, vendor_ms=1_000_000 + 600_000)).job is not None


async def test_a_task_whose_end_is_never_told_takes_its_place_for_little_more_than_three_hours(books: Books):
    for job in await queued(books, *range(1, 5)):
        if (await books.lanes.claim(TURBO)).job is not None:
            await create(books, job)
        books.clock.advance(5)
    assert await books.lanes.claim(TURBO) == Turn()
    books.clock.advance(3 * 3600)
    assert await books.lanes.claim(TURBO) == Turn()
    books.clock.advance(601)
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_a_task_that_has_ended_takes_no_place(books: Books):
    jobs = await queued(books, *range(1, 5))
    for job in jobs[:3]:
        await books.lanes.claim(TURBO)
        await create(books, job)
        books.clock.advance(5)
    assert await books.lanes.claim(TURBO) == Turn()
    assert await books.jobs.free_place(jobs[0].id)
    assert not await books.jobs.free_place(jobs[0].id)
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_the_vendors_time_is_kept_with_the_claim(books: Books):
    await queued(books, 1, 2)
    turn = await books.lanes.claim(TURBO, vendor_ms=812_000)
    assert turn.job is not None
    assert turn.job.vendor_claimed_ms == 812_000
    await books.jobs.requeue(turn.job.id, counts=False)
    books.clock.advance(5)
    turn = await books.lanes.claim(TURBO)
    assert turn.job is not None
    assert turn.job.vendor_claimed_ms == 0


async def test_creates_leave_no_faster_than_the_vendor_admits(books: Books):
    first, _ = await queued(books, 1, 2)
    await books.lanes.claim(TURBO)
    await create(books, first)
    now_ms = books.clock.now_ms()
    assert await books.lanes.claim(TURBO) == Turn(again_ms=now_ms + SPACING_MS)
    books.clock.advance((SPACING_MS - 1) / 1000)
    assert (await books.lanes.claim(TURBO)).job is None
    books.clock.advance(0.001)
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_a_restart_is_no_burst(books: Books, tmp_path: Path):
    first, _ = await queued(books, 1, 2)
    await books.lanes.claim(TURBO)
    await create(books, first)
    await books.close()
    async with await Database.open(tmp_path / "imagine.db") as again:
        lanes, jobs = SqliteLanes(again, books.clock), SqliteJobs(again, books.clock)
        turn = await lanes.claim(TURBO)
        assert turn.again_ms > books.clock.now_ms()
        books.clock.advance(SPACING_MS / 1000)
        claimed = (await lanes.claim(TURBO)).job
        assert claimed is not None
        assert await jobs.get(claimed.id) == claimed


async def test_a_wall_clock_that_was_set_back_does_not_stop_a_lane(books: Books):
    first, second = await queued(books, 1, 2)
    await books.lanes.claim(TURBO)
    await create(books, first)
    books.clock.advance(-24 * 3600)
    turn = await books.lanes.claim(TURBO)
    assert turn.job is not None
    assert turn.job.id == second.id
    # From then on the pace holds again.
    await create(books, second)
    await queued(books, 3)
    assert (await books.lanes.claim(TURBO)).job is None


async def test_running_tasks_and_one_ahead_fill_the_lane(books: Books):
    jobs = await queued(books, 1, 2, 3, 4)
    for place, job in enumerate(jobs[:3]):
        turn = await books.lanes.claim(TURBO)
        assert turn.job is not None
        assert turn.job.id == job.id
        assert turn.was_ahead is (place == 2)
        await create(books, job)
        books.clock.advance(1)
    assert await books.lanes.with_vendor(TURBO.name) == 3
    assert await books.lanes.claim(TURBO) == Turn()
    await books.jobs.fail(jobs[0].id, failure_of("over"))
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_a_throttled_task_ahead_leaves_none_ahead_for_ten_minutes(books: Books):
    jobs = await queued(books, 1, 2, 3)
    for job in jobs[:2]:
        await books.lanes.claim(TURBO)
        await create(books, job)
        books.clock.advance(1)
    assert (await books.lanes.claim(TURBO)).was_ahead
    await books.jobs.requeue(jobs[2].id, counts=False)
    await books.lanes.slow_down(TURBO, 1.0, was_ahead=True)
    books.clock.advance(599)
    assert await books.lanes.claim(TURBO) == Turn()
    books.clock.advance(1)
    assert (await books.lanes.claim(TURBO)).was_ahead


async def test_slowing_down_never_hastens(books: Books):
    await queued(books, 1, 2)
    await serve(books)
    until_ms = books.clock.now_ms() + 60_000
    await books.lanes.slow_down(TURBO, 60.0, was_ahead=False)
    await books.lanes.slow_down(TURBO, 1.0, was_ahead=False)
    assert await books.lanes.claim(TURBO) == Turn(again_ms=until_ms)
    books.clock.advance(60)
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_members_take_turns_however_many_jobs_each_has(books: Books):
    jobs = await queued(books, 1, 1, 1, 2, 2, 3)
    places = in_order(await books.lanes.waiting(TURBO.name))
    served = [await serve(books) for _ in jobs]
    assert served == places
    assert served == [jobs[index].id for index in (0, 3, 5, 1, 4, 2)]


async def test_who_was_served_stands_behind_those_who_come_later(books: Books):
    await queued(books, 1)
    await serve(books)
    (again,) = await queued(books, 1)
    (newcomer,) = await queued(books, 2)
    assert [await serve(books) for _ in range(2)] == [newcomer.id, again.id]


async def test_a_create_that_started_nothing_takes_no_turn(books: Books):
    first, second = await queued(books, 1, 2)
    for _ in range(3):
        turn = await books.lanes.claim(TURBO)
        assert turn.job is not None
        assert turn.job.id == first.id
        await books.jobs.requeue(first.id, counts=False)
        books.clock.advance(SPACING_MS / 1000)
    assert [await serve(books) for _ in range(2)] == [first.id, second.id]


async def test_a_turn_counts_in_its_own_lane_only(books: Books):
    await queued(books, 1)
    await serve(books)
    first, second = await queued(books, 1, 2, model=PLUS)
    assert [await serve(books, PLUS) for _ in range(2)] == [first.id, second.id]


# -- stops


@pytest.mark.parametrize("lane", [TURBO.name, ACCOUNT])
async def test_a_stop_tells_those_who_wait_and_the_operator_once(books: Books, lane: str):
    waiting, elsewhere = (await queued(books, 1))[0], (await queued(books, 2, model=PLUS))[0]
    assert await books.lanes.stop(lane, "Arrearage", Advice.ARREARS) is True
    assert await books.lanes.stop(lane, "Arrearage", Advice.ARREARS) is False
    assert await books.rows("SELECT kind, content FROM outbox") == [
        ("lane-stopped", f'{{"model": "{lane}", "code": "Arrearage", "advice": "arrears"}}')
    ]
    told = await books.jobs.get(waiting.id)
    other = await books.jobs.get(elsewhere.id)
    assert told is not None
    assert other is not None
    assert (told.version, told.lane_stopped) == (waiting.version + 1, True)
    assert other.lane_stopped is (lane == ACCOUNT)
    assert other.version == elsewhere.version + (lane == ACCOUNT)


async def test_whose_create_was_refused_is_back_in_line_as_soon_as_its_lane_is_stopped_or_neither_is(books: Books):
    (job,) = await queued(books, 1)
    await books.lanes.claim(TURBO)
    await spoil(books.database, "BEFORE UPDATE OF stopped_ms ON lanes")
    with pytest.raises(sqlite3.IntegrityError):
        await books.lanes.stop(TURBO.name, "Arrearage", Advice.ARREARS, probe_id=job.id)
    claimed = await books.jobs.get(job.id)
    assert claimed is not None
    assert claimed.state is JobState.SUBMITTING
    await mend(books.database)
    assert await books.lanes.stop(TURBO.name, "Arrearage", Advice.ARREARS, probe_id=job.id)
    back = await books.jobs.get(job.id)
    assert back is not None
    assert (back.state, back.lane_stopped) == (JobState.QUEUED, True)


async def test_a_create_that_was_taken_opens_the_lane_and_the_account(books: Books):
    (waiting,) = await queued(books, 1)
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    await books.lanes.stop(ACCOUNT, "Arrearage", Advice.ARREARS)
    await books.lanes.stop(PLUS.name, "ModelNotFound", Advice.MODEL)
    now_ms = books.clock.now_ms()
    assert await books.lanes.stops() == dict.fromkeys([ACCOUNT, TURBO.name, PLUS.name], now_ms)
    assert sorted(await books.lanes.reopen(TURBO.name)) == sorted([ACCOUNT, TURBO.name])
    assert await books.lanes.reopen(TURBO.name) == []
    assert await books.lanes.stops() == {PLUS.name: now_ms}
    kinds = [kind for (kind,) in await books.rows("SELECT kind FROM outbox")]
    assert (kinds.count("lane-stopped"), kinds.count("lane-reopened")) == (3, 2)
    told = await books.jobs.get(waiting.id)
    assert told is not None
    assert (told.lane_stopped, told.version) == (False, waiting.version + 4)
    assert (await books.lanes.claim(TURBO)).job is not None


async def test_durations_are_those_of_the_newest_jobs(books: Books):
    for took_s in (10, 20, 30):
        terms = make_terms(books.clock.now_ms(), CATALOGUE)
        job = await books.submit(terms)
        await books.bring_to_settled(job, made=1, fetched=1, tier=None)
        await books.database.write(
            lambda conn, job=job, took_s=took_s: (
                conn.execute(
                    "UPDATE jobs SET ready_ms = submitted_ms + ? WHERE id = ?", (took_s * 1000, job.id)
                ).rowcount
            )
        )
        books.clock.advance(60)
    assert await books.lanes.durations_ms(TURBO.name, 2) == [30_000, 20_000]
    assert await books.lanes.durations_ms(PLUS.name, 2) == []
