"""What a search of the moderators' log is narrowed by, in which order it gives, and what it does not read."""

import asyncio
import sqlite3
from dataclasses import replace

import pytest

from bot.domain.jobs.job import Job, NewJob
from bot.domain.log.moderator_log import STATES, KeptSearch, Search, Status
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.log.moderator_log import SEARCHES_LIVE_MS
from bot.storage.records import prompt_index
from bot.storage.records.prompt_index import SNOWFLAKE_EPOCH_MS
from tests.support.failures import failure_of
from tests.support.ledger import DAY_MS, Books, make_new_job, make_terms
from tests.support.stores.moderator_log import EVERYTHING, NEWEST, PLUS, TURBO, ask, found, log_of


async def test_a_search_gives_newest_first_and_pages_by_the_last_id(books: Books):
    jobs = [await ask(books, f"花店 {nth}") for nth in range(5)]
    moderator_log = log_of(books)
    first = await moderator_log.jobs(1, Search(text="花店"), before_id=NEWEST, most=3)
    assert [job.id for job in first] == [jobs[4].id, jobs[3].id, jobs[2].id]
    second = await moderator_log.jobs(1, Search(text="花店"), before_id=first[-1].id, most=3)
    assert [job.id for job in second] == [jobs[1].id, jobs[0].id]
    every = await moderator_log.jobs(1, EVERYTHING, before_id=jobs[2].id, most=3)
    assert [job.id for job in every] == [jobs[1].id, jobs[0].id]


async def test_nothing_of_another_server_is_found(books: Books):
    mine, theirs = await ask(books, "花店", server_id=1), await ask(books, "花店", server_id=2)
    assert await found(books, "花店", server_id=1) == [1]
    assert await found(books, "花店", server_id=3) == []
    assert await found(books, model=TURBO, server_id=3) == []
    assert await found(books, server_id=3) == []
    moderator_log = log_of(books)
    assert await moderator_log.by_id(1, mine.id) is not None
    assert await moderator_log.by_id(1, theirs.id) is None
    assert await moderator_log.by_number(3, 1) is None


async def test_a_server_whose_number_begins_like_another_is_another(books: Books):
    await ask(books, "花店", server_id=0x12)
    assert await found(books, "花店", server_id=0x1) == []
    assert await found(books, "花店", server_id=0x12) == [1]


async def test_a_search_is_narrowed_by_member_and_model(books: Books):
    await ask(books, "花店", member_id=1)
    await ask(books, "花店", member_id=2, model=PLUS)
    await ask(books, "a cat", member_id=2)
    account = await log_of(books).account(2)
    assert await found(books, account_id=account) == [3, 2]
    assert await found(books, "花店", account_id=account) == [2]
    assert await found(books, account_id=account, model=TURBO) == [3]
    assert await found(books, model=PLUS) == [2]
    assert await found(books, "cat", model=PLUS) == []
    assert await found(books, model="wanx2.1") == []
    assert await log_of(books).account(99) == 0
    assert await found(books, account_id=0) == []


async def test_a_search_is_narrowed_by_what_became_of_a_job(books: Books):
    jobs = [await ask(books, "a cat") for _ in range(7)]
    await books.bring_to_submitting(jobs[1])
    await books.jobs.fail(jobs[1].id, failure_of("DataInspectionFailed"))
    await books.bring_to_submitting(jobs[2])
    await books.jobs.fail(jobs[2].id, failure_of("InternalError"))
    await books.jobs.wish_cancel((await queued(books, jobs[3])).id, 1)
    await books.jobs.expire((await queued(books, jobs[4])).id, "waited_too_long")
    await books.jobs.void(jobs[5].id)
    settled = await books.bring_to_settled(jobs[6], made=1, fetched=1, tier=None)
    assert settled is not None
    await books.jobs.record_undelivered(settled.id, "forbidden")
    expected = {
        Status.UNDER_WAY: [1],
        Status.REFUSED: [2],
        Status.FAILED: [3],
        Status.CANCELED: [6, 4],
        Status.EXPIRED: [5],
        Status.UNDELIVERED: [7],
        Status.DELIVERED: [],
    }
    for text in ("", "cat"):
        assert {status: await found(books, text, status=status) for status in expected} == expected
    await books.jobs.send_again(settled.id, 1, None)
    await books.jobs.record_delivery(settled.id, {}, version=1, ping=False)
    assert await found(books, "cat", status=Status.DELIVERED) == [7]


async def queued(books: Books, job: Job) -> Job:
    after = await books.jobs.acknowledge(job.id, 7)
    assert after is not None
    return after


@pytest.mark.parametrize("text", ["", "cat"])
async def test_a_search_is_narrowed_by_time_to_the_millisecond(books: Books, text):
    times = []
    for _ in range(3):
        times.append((await ask(books, "a cat")).created_ms)
        books.clock.advance(DAY_MS * 3 / 1000)
    assert await found(books, text, since_ms=times[1]) == [3, 2]
    assert await found(books, text, since_ms=times[1] + 1) == [3]
    assert await found(books, text, until_ms=times[1]) == [1]
    assert await found(books, text, until_ms=times[1] + 1) == [2, 1]
    assert await found(books, text, since_ms=times[1], until_ms=times[1] + 1) == [2]


@pytest.mark.parametrize("text", ["", "cat"])
async def test_a_time_for_which_discord_has_no_ids_any_more_is_searched_too(books: Books, text):
    await ask(books, "a cat")
    year_2100_ms = 4_102_444_800_000
    assert await found(books, text, since_ms=year_2100_ms) == []
    assert await found(books, text, until_ms=year_2100_ms) == [1]


@pytest.mark.parametrize("text", ["", "cat"])
async def test_clocks_that_differ_by_hours_lose_nothing(books: Books, text):
    at_ms = books.clock.now_ms()
    for hours in (-23, 23):
        job_id = (at_ms + hours * 3_600_000 - SNOWFLAKE_EPOCH_MS << 22) | books.next_id()
        new_job: NewJob = make_new_job(job_id, 1, 1, TURBO)
        await books.jobs.submit(
            replace(new_job, request=replace(new_job.request, prompt="a cat")),
            make_terms(at_ms, dict(BUILT_IN), free=1000),
        )
    assert await found(books, text, since_ms=at_ms, until_ms=at_ms + 1) == [2, 1]


async def test_a_search_that_confirms_little_lets_others_read_in_between(books: Books):
    for _ in range(5):
        # Every pair of the word, and not the word.
        await ask(books, "nin inn")
    done: list[str] = []

    async def search_in_vain() -> None:
        assert await log_of(books, read_at_once=2).jobs(1, Search(text="ininn"), before_id=NEWEST, most=9) == []
        done.append("search")

    async def read_thrice() -> None:
        # What may take long is read on a connection of its own: these are who else waits for that.
        for _ in range(3):
            await books.database.read_long(lambda conn: conn.execute("SELECT 1").fetchone())
        done.append("others")

    async with asyncio.TaskGroup() as group:
        group.create_task(search_in_vain())
        group.create_task(read_thrice())
    # All of one search is two readings if it doesn't let go: of the index, and of what was found.
    assert done == ["others", "search"]


async def test_what_is_confirmed_behind_much_that_is_not_is_found_in_order(books: Books):
    for nth in range(12):
        await ask(books, "inininn" if nth in {0, 1, 7} else "nin inn")
    moderator_log = log_of(books, read_at_once=2)
    wanted = Search(text="ininn")
    assert [job.number for job in await moderator_log.jobs(1, wanted, before_id=NEWEST, most=9)] == [8, 2, 1]
    assert [job.number for job in await moderator_log.jobs(1, wanted, before_id=NEWEST, most=2)] == [8, 2]


async def test_a_kept_search_is_its_moderators_own_in_its_server_for_a_day(books: Books):
    moderator_log, wanted = log_of(books), Search(1, Status.REFUSED, TURBO, "花店", 1, 2)
    await moderator_log.keep(50, 1, 900, wanted)
    await moderator_log.keep(50, 1, 900, EVERYTHING)
    await moderator_log.keep(51, 1, 901, EVERYTHING)
    assert await moderator_log.kept(50, 1, 900) == KeptSearch(50, wanted)
    assert await moderator_log.kept(50, 1, 901) is None
    assert await moderator_log.kept(50, 2, 900) is None
    assert await moderator_log.kept(52, 1, 900) is None
    books.clock.advance(SEARCHES_LIVE_MS / 1000)
    assert await moderator_log.kept(50, 1, 900) is None
    await moderator_log.tidy()
    assert await books.rows("SELECT id FROM searches") == []


async def test_refusals_before_there_was_a_job_are_found_by_member_model_and_time(books: Books):
    terms = make_terms(books.clock.now_ms(), dict(BUILT_IN), free=0)
    for member_id, model in ((1, TURBO), (2, PLUS)):
        with pytest.raises(Exception, match="over-quota"):
            await books.submit(terms, member_id=member_id, model=model)
    await books.jobs.record_refusal(2, 1, "prompt-empty")
    books.clock.advance(60)
    later_ms = books.clock.now_ms()
    await books.jobs.record_refusal(1, 1, "prompt-empty")
    moderator_log = log_of(books)

    async def reasons(**wanted) -> list[tuple[int, str, str]]:
        rows = await moderator_log.refusals(1, Search(**wanted), before_id=NEWEST, most=10)
        return [(row.member_id, row.reason, row.model) for row in rows]

    every = [(1, "prompt-empty", ""), (2, "over-quota", PLUS), (1, "over-quota", TURBO)]
    assert await reasons() == every
    assert await reasons(account_id=await moderator_log.account(2)) == every[1:2]
    assert await reasons(account_id=0) == []
    assert await reasons(model=TURBO) == every[2:]
    assert await reasons(since_ms=later_ms) == every[:1]
    assert await reasons(until_ms=later_ms) == every[1:]
    first = await moderator_log.refusals(1, EVERYTHING, before_id=NEWEST, most=2)
    rest = await moderator_log.refusals(1, EVERYTHING, before_id=first[-1].id, most=2)
    assert [row.reason for row in rest] == ["over-quota"]


@pytest.mark.parametrize("status", [status for status in STATES if status is not Status.DELIVERED])
async def test_a_search_by_what_became_of_a_job_reads_no_job_that_was_delivered(books: Books, status):
    seen: list[str] = []

    def watched(conn: sqlite3.Connection) -> None:
        conn.set_trace_callback(seen.append)
        try:
            prompt_index.find(conn, 1, Search(status=status), before_id=NEWEST, most=9, most_read=9)
        finally:
            conn.set_trace_callback(None)

    await books.read(watched)
    plan = await books.read(lambda conn: [row["detail"] for row in conn.execute(f"EXPLAIN QUERY PLAN {seen[-1]}")])
    read = [step for step in plan if "jobs" in step]
    assert len(read) == len(STATES[status])
    assert all("jobs_by_outcome (server_id=? AND state=? AND id>? AND id<?)" in step for step in read)
    assert not any("TEMP B-TREE" in step for step in plan)
