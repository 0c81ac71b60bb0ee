import sqlite3
from collections.abc import Callable

import pytest

from bot.domain.books.ledger import EntryKind
from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.ledger import entries, holds
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}
PRICE = TURBO.price_micros


@pytest.fixture
async def settled(books: Books) -> Job:
    held = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE, 1, 10 * PRICE), count=3)
    job = await books.bring_to_settled(held, made=3, fetched=2, tier=None)
    assert job is not None
    return job


def running(statement: str) -> Callable[[sqlite3.Connection], int]:
    return lambda conn: conn.execute(statement).rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET used_delta = 0",
        "UPDATE ledger SET reason = 'nicer'",
        "DELETE FROM ledger",
        "UPDATE audit SET act = 'nothing'",
        "DELETE FROM audit",
        "DELETE FROM holds",
        "UPDATE holds SET outcome = 'voided'",
        "UPDATE holds SET charged_micros = 0",
        "UPDATE holds SET price = 1",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger LIMIT 1",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit LIMIT 1",
        "INSERT OR REPLACE INTO holds SELECT * FROM holds LIMIT 1",
    ],
)
@pytest.mark.usefixtures("settled")
async def test_the_past_cannot_be_rewritten(books: Books, statement: str):
    tables = ("ledger", "audit", "holds", "buckets")
    before = {table: await books.rows(f"SELECT * FROM {table}") for table in tables}
    with pytest.raises(sqlite3.IntegrityError):
        await books.database.write(running(statement))
    assert {table: await books.rows(f"SELECT * FROM {table}") for table in tables} == before


@pytest.mark.parametrize("column", ["job_id", "made_ms", "images", "price", "free_images", "budget", "credit"])
async def test_the_terms_of_an_open_hold_cannot_be_changed(books: Books, column: str):
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        await books.database.write(running(f"UPDATE holds SET {column} = {column} + 1"))


async def test_a_hold_takes_from_all_limits_and_returns_credit_first(books: Books):
    await books.grant(1, 1, 2 * PRICE)
    terms = make_terms(books.clock.now_ms(), CATALOGUE, 1, PRICE, 20 * PRICE, 20 * PRICE)
    held = await books.submit(terms, count=4)
    assert (held.held.free_images, held.held.paid_micros) == (1, 3 * PRICE)
    figures = "SELECT kind, used, held FROM buckets ORDER BY kind"
    assert await books.rows(figures) == [
        ("allowance", 0, 1), ("budget", 0, PRICE), ("cap", 0, 0), ("credit", 0, 2 * PRICE), ("pool", 0, 4 * PRICE),
        ("tier", 0, 4),
    ]  # fmt: skip
    job = await books.bring_to_settled(held, made=4, fetched=3, tier=None)
    assert job is not None
    assert job.charged is not None
    assert (job.charged.images, job.charged.free_images, job.charged.paid_micros) == (3, 1, 2 * PRICE)
    assert await books.rows(figures) == [
        ("allowance", 1, 0), ("budget", PRICE, 0), ("cap", 4 * PRICE, 0), ("credit", PRICE, 0), ("pool", 3 * PRICE, 0),
        ("tier", 0, 0),
    ]  # fmt: skip


async def test_resolving_a_hold_again_gives_the_first_outcome_and_moves_nothing(books: Books, settled: Job):
    before = await books.rows("SELECT count(*) FROM ledger")
    now_ms = books.clock.now_ms()

    def again(conn: sqlite3.Connection) -> list[holds.Resolution]:
        return [
            holds.void(conn, settled.id, now_ms=now_ms, doubtful_images=4),
            holds.settle(conn, settled.id, charged_images=4, billed_images=4, tier=None, now_ms=now_ms),
        ]

    assert await books.database.write(again) == [holds.Resolution("settled", is_first=False)] * 2
    assert await books.rows("SELECT count(*) FROM ledger") == before


async def test_a_voided_hold_can_not_be_settled(books: Books):
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    await books.jobs.void(job.id)
    now_ms = books.clock.now_ms()
    resolution = await books.database.write(
        lambda conn: holds.settle(conn, job.id, charged_images=1, billed_images=1, tier=None, now_ms=now_ms)
    )
    assert resolution == holds.Resolution("voided", is_first=False)
    assert await books.rows("SELECT sum(used), sum(held) FROM buckets") == [(0, 0)]


async def test_doubtful_images_go_on_counting_against_the_cap(books: Books):
    terms = make_terms(books.clock.now_ms(), CATALOGUE, cap=3 * PRICE)
    job = await books.submit(terms, count=2)
    await books.bring_to_submitting(job)
    await books.jobs.fail(job.id, failure_of("in_doubt"), doubtful_images=2)
    assert await books.rows("SELECT used, held FROM buckets WHERE kind = 'cap'") == [(0, 2 * PRICE)]
    assert await books.rows("SELECT used, held FROM buckets WHERE kind IN ('allowance', 'pool')") == [(0, 0), (0, 0)]
    await books.submit(terms, count=1)
    await books.read(balances_equal_rows)
    await books.read(holds_within_limits)


async def test_a_bucket_never_holds_less_than_nothing(books: Books):
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    with pytest.raises(sqlite3.IntegrityError, match="held >= 0"):
        await books.database.write(lambda conn: entries.move(conn, EntryKind.VOID, 1, at_ms=0, held=-100))


async def test_the_vendor_may_bill_more_than_was_asked_without_charging_the_member(books: Books):
    job = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), count=1)
    settled = await books.bring_to_settled(job, made=3, fetched=1, tier=None)
    assert settled is not None
    assert settled.charged is not None
    assert settled.charged.images == 1
    assert await books.rows("SELECT cost_micros, billed_images FROM holds") == [(3 * PRICE, 3)]


@pytest.mark.parametrize(("free", "expected"), [(1, (1, 1, 0)), (0, (1, 0, PRICE))])
async def test_what_came_beyond_the_hold_is_never_charged_and_its_cost_is_noted(
    books: Books, free: int, expected: tuple[int, int, int]
):
    held = await books.submit(make_terms(books.clock.now_ms(), CATALOGUE, free, 10 * PRICE), count=1)
    await books.bring_to_submitting(held)
    await books.jobs.record_task(held.id, CreatedTask("task-1", "r"))
    results = tuple(TaskResult(url="https://x/") for _ in range(3))
    await books.jobs.record_results(held.id, TaskReport("task-1", TaskStatus.SUCCEEDED, results, image_count=3))
    for ordinal in range(3):
        await books.jobs.keep_image(held.id, ordinal, Picture(f"{held.id}-{ordinal}.png", 1, 1024, 1024))
    await books.jobs.settle(held.id, None)
    figures = "SELECT charged_images, charged_free, charged_micros FROM holds"
    assert await books.rows(figures) == [expected]
    assert await books.rows("SELECT billed_images, cost_micros FROM holds") == [(3, 3 * PRICE)]
    await books.read(balances_equal_rows)
    await books.read(holds_within_limits)
