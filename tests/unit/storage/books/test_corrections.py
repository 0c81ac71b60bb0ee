import json
import sqlite3

import pytest

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Balance, Refund, Terms
from bot.errors import MemberError
from bot.storage.books.verification import SqliteBooks
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.ledger import ADMIN, DAY_MS, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros


def terms_of(books: Books, free: int = 1, budget: int = PRICE) -> Terms:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, free, budget)


async def left(books: Books, terms: Terms, *, member_id: int = 1, server_id: int = 1) -> Balance:
    return (await books.jobs.standing(server_id, member_id, (), terms)).left


async def settled(books: Books, *, count: int = 3, fetched: int = 3) -> Job:
    """A job of up to a free picture, one from the budget and one from credit."""
    await books.grant(1, 1, PRICE)
    job = await books.bring_to_settled(
        await books.submit(terms_of(books), count=count), made=count, fetched=fetched, tier=None
    )
    assert job is not None
    return job


@pytest.fixture(autouse=True)
async def _books_agree(books: Books):
    yield
    await books.read(balances_equal_rows)
    await books.read(holds_within_limits)
    assert await SqliteBooks(books.database).differences() == []


async def test_a_grant_gives_credit_in_one_server_with_actor_and_reason(books: Books):
    act = books.act("quota.grant", reason="won the contest")
    assert await books.servers.grant(act, 5, 3 * PRICE) == (0, 3 * PRICE)
    assert await books.servers.grant(books.act(), 5, PRICE) == (3 * PRICE, 4 * PRICE)
    assert await left(books, terms_of(books, 0, 0), member_id=5) == Balance(0, 0, 4 * PRICE)
    assert await left(books, terms_of(books, 0, 0), member_id=5, server_id=2) == Balance(0, 0, 0)
    assert await books.servers.grant(books.act("quota.grant-elsewhere", server_id=2), 5, 7) == (0, 7)
    assert await left(books, terms_of(books, 0, 0), member_id=5) == Balance(0, 0, 4 * PRICE)
    assert await left(books, terms_of(books, 0, 0), member_id=5, server_id=2) == Balance(0, 0, 7)
    rows = await books.rows(
        "SELECT kind, granted_delta, discord_id, reason FROM ledger JOIN members ON account_id = actor_id ORDER BY id"
    )
    assert rows == [
        ("grant", 3 * PRICE, ADMIN, "won the contest"), ("grant", PRICE, ADMIN, ""), ("grant", 7, ADMIN, ""),
    ]  # fmt: skip
    ((detail,),) = await books.rows("SELECT detail FROM audit WHERE act = 'quota.grant'")
    assert json.loads(detail)["micros"] == 3 * PRICE


async def test_a_grant_tells_what_is_left_besides_what_is_held(books: Books):
    await books.grant(1, 1, 2 * PRICE)
    await books.submit(terms_of(books, 0, 0), count=2)
    assert await books.servers.grant(books.act(), 1, PRICE) == (0, PRICE)


async def test_a_refund_returns_free_images_to_their_period_and_money_as_credit(books: Books):
    job = await settled(books)
    assert await left(books, terms_of(books)) == Balance(0, 0, 0)
    act = books.act("quota.refund", reason="blurred")
    assert await books.servers.refund(act, job.id) == Refund(free_images=1, credit_micros=2 * PRICE)
    assert await left(books, terms_of(books)) == Balance(1, 0, 2 * PRICE)
    rows = await books.rows(
        "SELECT b.kind, used_delta, held_delta, granted_delta, job_id, discord_id, reason FROM ledger l"
        " JOIN buckets b ON b.id = bucket_id JOIN members ON account_id = actor_id"
        " WHERE l.kind = 'refund' ORDER BY l.id"
    )
    assert rows == [
        ("allowance", -1, 0, 0, job.id, ADMIN, "blurred"),
        ("credit", 0, 0, 2 * PRICE, job.id, ADMIN, "blurred"),
    ]
    assert await books.rows("SELECT act, detail FROM audit WHERE job_id = ? ORDER BY id DESC LIMIT 1", job.id) == [
        ("quota.refund", '{"reason": "blurred"}')
    ]


async def test_a_refund_leaves_pool_and_cost_since_the_pictures_were_made(books: Books):
    job = await settled(books)
    figures = "SELECT kind, used, held FROM buckets WHERE kind IN ('pool', 'cap', 'tier')"
    before = await books.rows(figures)
    await books.servers.refund(books.act(), job.id)
    assert await books.rows(figures) == before


async def test_only_what_was_charged_is_refunded(books: Books):
    job = await settled(books, fetched=1)
    assert await books.servers.refund(books.act(), job.id) == Refund(1, 0)
    assert await left(books, terms_of(books)) == Balance(1, PRICE, PRICE)


async def test_a_refund_of_an_earlier_period_gives_nothing_to_this_one_but_credit(books: Books):
    job = await settled(books)
    books.clock.advance(DAY_MS / 1000)
    today = terms_of(books)
    await books.submit(today)
    await books.servers.refund(books.act(), job.id)
    assert await left(books, today) == Balance(0, PRICE, 2 * PRICE)


async def test_a_job_is_refunded_once_and_a_second_try_leaves_nothing(books: Books):
    job = await settled(books)
    await books.servers.refund(books.act(), job.id)
    tables = ("ledger", "buckets", "audit", "acts")
    before = {table: await books.rows(f"SELECT * FROM {table}") for table in tables}
    with pytest.raises(MemberError, match="refunded-already"):
        await books.servers.refund(books.act(), job.id)
    assert {table: await books.rows(f"SELECT * FROM {table}") for table in tables} == before


COLUMNS = "at_ms, kind, bucket_id, job_id, used_delta, held_delta, granted_delta, actor_id, reason"


@pytest.mark.parametrize("fetched", [1, 3])
async def test_the_database_itself_refuses_a_second_refund(books: Books, fetched: int):
    job = await settled(books, fetched=fetched)
    await books.servers.refund(books.act(), job.id)
    again = f"INSERT INTO ledger ({COLUMNS}) SELECT at_ms, kind, bucket_id, job_id, used_delta, held_delta,"
    again += " granted_delta, actor_id, 'again' FROM ledger WHERE kind = 'refund' ORDER BY id DESC LIMIT 1"
    with pytest.raises(sqlite3.IntegrityError, match="no more than was charged"):
        await books.database.write(lambda conn: conn.execute(again).rowcount)


async def test_the_database_itself_refuses_a_refund_that_is_a_charge_or_of_no_job(books: Books):
    job = await settled(books)
    rows = f"INSERT INTO ledger ({COLUMNS})"
    rows += " SELECT at_ms, 'refund', bucket_id, {job}, {used}, 0, {granted}, NULL, '' FROM ledger"
    for job_id, used, granted in ((job.id, 1, 0), (job.id, 0, -1), ("NULL", -1, 0), (12345, -1, 0), (job.id, -99, 0)):
        statement = rows.format(job=job_id, used=used, granted=granted) + " WHERE kind = 'settle' LIMIT 1"
        with pytest.raises(sqlite3.IntegrityError, match=r"no more than was charged"):
            await books.database.write(lambda conn, statement=statement: conn.execute(statement).rowcount)


async def test_what_was_not_charged_can_not_be_refunded(books: Books):
    held = await books.submit(terms_of(books))
    nothing = await books.submit(terms_of(books))
    await books.bring_to_settled(nothing, made=1, fetched=0, tier=None)
    voided = await books.submit(terms_of(books), member_id=2)
    await books.jobs.void(voided.id)
    for job_id in (held.id, nothing.id, voided.id, 12345):
        with pytest.raises(MemberError, match="nothing-to-refund"):
            await books.servers.refund(books.act(), job_id)


async def test_a_free_image_that_was_given_back_can_be_used_again_but_not_beyond_the_rule(books: Books):
    first = await books.bring_to_settled(
        await books.submit(terms_of(books, 2, 0), count=2), made=2, fetched=2, tier=None
    )
    assert first is not None
    await books.servers.refund(books.act(), first.id)
    await books.submit(terms_of(books, 2, 0), count=2)
    with pytest.raises(MemberError, match="over-quota"):
        await books.submit(terms_of(books, 2, 0), count=1)


async def test_what_a_server_used_of_its_pool_counts_what_is_held(books: Books):
    terms = terms_of(books, 10)
    assert await books.servers.pool_taken(1, terms.month) == 0
    await books.submit(terms, count=2)
    done = await books.submit(terms, count=3, member_id=2)
    await books.bring_to_settled(done, made=3, fetched=1, tier=None)
    await books.submit(terms, server_id=2)
    assert await books.servers.pool_taken(1, terms.month) == 3 * PRICE
    assert await books.servers.pool_taken(1, terms_of_next_month(books).month) == 0


def terms_of_next_month(books: Books) -> Terms:
    return make_terms(books.clock.now_ms() + 31 * DAY_MS, {TURBO.name: TURBO})
