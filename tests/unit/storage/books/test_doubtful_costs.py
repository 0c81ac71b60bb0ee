from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import FreeTier
from bot.domain.time.periods import PeriodKind, period_at
from bot.storage.books.doubtful_costs import SqliteDoubtfulCosts
from bot.storage.books.verification import SqliteBooks
from simulation.judging.books import balances_equal_rows
from tests.support.failures import failure_of
from tests.support.ledger import ZONE, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}
PRICE = TURBO.price_micros
CAP = "SELECT used, held FROM buckets WHERE kind = 'cap'"
TIER = "SELECT used, held FROM buckets WHERE kind = 'tier'"
CORRECTIONS = "SELECT used_delta, held_delta, actor_id, reason FROM ledger WHERE kind = 'correction' ORDER BY id"


@pytest.fixture
def doubts(books: Books) -> SqliteDoubtfulCosts:
    return SqliteDoubtfulCosts(books.database, books.clock)


async def agree(books: Books) -> None:
    await books.read(balances_equal_rows)
    assert await SqliteBooks(books.database).differences() == []


async def in_doubt(books: Books, **options: Any) -> Job:
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), count=2, **options)
    await books.bring_to_submitting(job)
    doubtful = await books.jobs.doubt(job.id, "timeout")
    assert doubtful is not None
    return doubtful


async def failed(books: Books, **options: Any) -> Job:
    job = await in_doubt(books, **options)
    ended = await books.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=2)
    assert ended is not None
    return ended


async def test_jobs_in_doubt_and_jobs_with_doubtful_cost_are_listed(books: Books, doubts: SqliteDoubtfulCosts):
    assert await doubts.unresolved() == []
    waiting, over = await in_doubt(books), await failed(books)
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    found = await doubts.unresolved()
    assert [(one.job_id, one.state, one.images, one.doubtful_micros) for one in found] == [
        (waiting.id, JobState.IN_DOUBT, 2, 2 * PRICE),
        (over.id, JobState.FAILED, 2, 2 * PRICE),
    ]


async def test_a_job_is_named_by_id_or_by_number_in_its_server(books: Books, doubts: SqliteDoubtfulCosts):
    here, there = await failed(books), await failed(books, server_id=2)
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), server_id=3)
    assert [one.job_id for one in await doubts.named(1, None)] == [here.id, there.id]
    assert [one.job_id for one in await doubts.named(1, 2)] == [there.id]
    assert [one.job_id for one in await doubts.named(here.id, None)] == [here.id]
    assert await doubts.named(5, None) == []


@pytest.mark.parametrize(("billed", "cost"), [(0, 0), (1, PRICE), (2, 2 * PRICE)])
@pytest.mark.parametrize("is_open", [False, True])
async def test_a_doubt_becomes_cost_or_returns_once(
    books: Books, doubts: SqliteDoubtfulCosts, billed: int, cost: int, is_open: bool
):
    job = await (in_doubt if is_open else failed)(books)
    assert await doubts.resolve(job.id, billed, None)
    assert not await doubts.resolve(job.id, billed, None)
    assert await books.rows(CAP) == [(cost, 0)]
    assert await books.rows(CORRECTIONS) == [
        (cost, -2 * PRICE, None, f"operator: the vendor billed {billed} images"),
    ]
    now = await books.jobs.get(job.id)
    assert now is not None
    assert (now.state, now.failure, now.ended_ms > 0) == (JobState.FAILED, "in_doubt", True)
    assert await books.rows("SELECT outcome, charged_images FROM holds") == [("voided", 0)]
    assert await books.rows("SELECT used, held FROM buckets WHERE kind IN ('allowance', 'pool')") == [(0, 0), (0, 0)]
    assert await doubts.unresolved() == []
    acts = await books.rows("SELECT actor_id, detail FROM audit WHERE act = 'job.doubt_resolved'")
    assert acts == [(None, f'{{"actor": "operator", "billed": {billed}}}')]
    await agree(books)


async def test_a_wrong_word_is_corrected_by_a_second_one(books: Books, doubts: SqliteDoubtfulCosts):
    job = await failed(books)
    for billed, cost in ((2, 2 * PRICE), (0, 0), (1, PRICE)):
        assert await doubts.resolve(job.id, billed, None)
        assert await books.rows(CAP) == [(cost, 0)]
        await agree(books)
    assert len(await books.rows(CORRECTIONS)) == 3


async def test_the_free_tier_covers_what_it_can_and_is_given_back_by_a_correction(
    books: Books, doubts: SqliteDoubtfulCosts
):
    today = datetime.fromtimestamp(books.clock.now_ms() / 1000, UTC).date()
    tier = FreeTier(500, today - timedelta(days=5), 180, used_before=499)
    job = await failed(books)
    for billed, free in ((2, 1), (1, 1), (0, 0), (2, 1)):
        assert await doubts.resolve(job.id, billed, tier)
        assert await books.rows(TIER) == [(free, 0)]
        assert await books.rows(CAP) == [((billed - free) * PRICE, 0)]
        await agree(books)


async def test_the_task_of_a_resolved_doubt_counts_as_booked(books: Books, doubts: SqliteDoubtfulCosts):
    job = await failed(books)
    assert await doubts.resolve(job.id, 2, None, task_id="t-1")
    assert not await doubts.resolve(job.id, 2, None, task_id="t-1")
    assert await doubts.resolve(job.id, 2, None, task_id="t-2")
    assert await SqliteBooks(books.database).unowned_tasks(TURBO.name, ["t-1", "t-2", "t-3"]) == {"t-3"}
    assert await doubts.book("t-1", TURBO, 1, period_at(PeriodKind.MONTH, ZONE, 0)) == 2


@pytest.mark.parametrize(("left", "free"), [(0, 0), (1, 1), (5, 3)])
async def test_a_task_of_no_job_is_booked_once(books: Books, doubts: SqliteDoubtfulCosts, left: int, free: int):
    today = datetime.fromtimestamp(books.clock.now_ms() / 1000, UTC).date()
    model = replace(TURBO, free_tier=FreeTier(500, today, 180, used_before=500 - left))
    month = period_at(PeriodKind.MONTH, ZONE, books.clock.now_ms())
    assert await doubts.book("t-1", model, 3, month) == 3
    assert await doubts.book("t-1", model, 2, month) == 3
    assert await books.rows("SELECT sum(used) FROM buckets WHERE kind = 'tier'") == [(free,)]
    assert await books.rows("SELECT used, period FROM buckets WHERE kind = 'cap'") == [((3 - free) * PRICE, month.key)]
    kinds = await books.rows("SELECT DISTINCT kind, job_id, actor_id, reason FROM ledger")
    assert kinds == [("cost", None, None, "operator: task t-1 belongs to no job")]
    await agree(books)


async def test_the_owner_of_a_task_is_known(books: Books, doubts: SqliteDoubtfulCosts):
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask("t-1", "r"))
    assert await doubts.owner("t-1") == (1, job.number)
    assert await doubts.owner("t-2") is None


# -- adopted tasks


async def test_a_strangers_task_is_unbound_for_good_and_the_reason_of_the_doubt_comes_back(books: Books):
    job = await in_doubt(books)
    await books.jobs.record_task(job.id, CreatedTask("t-1", ""), adopted=True)
    assert await books.jobs.unconfirmed_tasks(TURBO.name) == {"t-1"}
    await books.jobs.record_start(job.id)
    unbound = await books.jobs.unbind(job.id)
    assert unbound is not None
    assert (unbound.state, unbound.task_id, unbound.adopted, unbound.failure) == (
        JobState.IN_DOUBT, "", False, "timeout"
    )  # fmt: skip
    assert (unbound.submitted_ms, unbound.started_ms) == (0, 0)
    assert await books.jobs.foreign_tasks(TURBO.name) == {(job.id, "t-1")}
    assert await books.jobs.foreign_tasks("another") == set()
    assert await books.jobs.unconfirmed_tasks(TURBO.name) == set()
    assert await books.jobs.owned_tasks(["t-1"]) == set()
    await agree(books)


async def test_only_an_adopted_task_at_the_vendor_is_unbound(books: Books):
    job = await in_doubt(books)
    assert await books.jobs.unbind(job.id) is None
    assert await books.jobs.unbind(1) is None
    await books.jobs.record_task(job.id, CreatedTask("t-1", ""))
    assert await books.jobs.unbind(job.id) is None
    assert await books.jobs.doubt(job.id, "late") is None
