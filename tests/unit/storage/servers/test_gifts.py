"""Pictures that admins give, and periods that they give anew, in the ledger."""

import json
import sqlite3

import pytest

from bot.domain.books.ledger import EntryKind
from bot.domain.jobs.job import Charge
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Balance, Refund, Reset, Terms
from bot.domain.time.periods import Period
from bot.errors import AlreadyDone, MemberError, OverQuota
from bot.storage.books.verification import SqliteBooks
from bot.storage.ledger import entries
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.ledger import DAY_MS, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros
CATALOGUE = {TURBO.name: TURBO}
MEMBER = 5


def terms_of(books: Books, free: int = 2, budget: int = 0) -> Terms:
    return make_terms(books.clock.now_ms(), CATALOGUE, free, budget)


def today(books: Books) -> Period:
    return terms_of(books).period


async def give(books: Books, images: int, server_id: int = 1) -> None:
    act = books.act("quota.grant", server_id=server_id, reason="a contest")
    await books.servers.grant_pictures(act, MEMBER, images, today(books))


async def draw(books: Books, count: int, terms: Terms | None = None) -> int:
    job = await books.submit(terms or terms_of(books), count=count, member_id=MEMBER)
    await books.bring_to_settled(job, made=count, fetched=count, tier=None)
    return job.id


async def left(books: Books, terms: Terms | None = None, server_id: int = 1) -> Balance:
    return (await books.jobs.standing(server_id, MEMBER, (), terms or terms_of(books))).left


async def pool(books: Books) -> int:
    return await books.servers.pool_taken(1, terms_of(books).month)


async def test_pictures_that_are_given_are_free_ones_of_that_period_and_server_alone(books: Books):
    await give(books, 3)
    assert await left(books) == Balance(5, 0, 0)
    assert (await books.jobs.standing(1, MEMBER, (), terms_of(books))).given_images == 3
    assert await left(books, server_id=2) == Balance(2, 0, 0)
    await draw(books, 4)
    await draw(books, 1)
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books), member_id=MEMBER)
    assert await books.rows("SELECT limit_then FROM legs JOIN buckets ON id = bucket_id WHERE kind = 'allowance'") == [
        (5,),
        (5,),
    ]
    books.clock.advance(DAY_MS / 1000)
    assert await left(books) == Balance(2, 0, 0)
    for check in (balances_equal_rows, holds_within_limits):
        await books.read(check)
    assert await SqliteBooks(books.database).differences() == []


async def test_a_grant_of_pictures_is_a_row_with_its_giver_reason_and_audit_and_done_once(books: Books):
    act = books.act("quota.grant", reason="a contest")
    await books.servers.grant_pictures(act, MEMBER, 3, today(books))
    with pytest.raises(AlreadyDone):
        await books.servers.grant_pictures(act, MEMBER, 3, today(books))
    rows = await books.rows(
        "SELECT ledger.kind, used_delta, held_delta, granted_delta, reason, actor_id > 0 FROM ledger"
    )
    assert rows == [(EntryKind.GRANT, 0, 0, 3, "a contest", 1)]
    ((detail,),) = await books.rows("SELECT detail FROM audit WHERE act = 'quota.grant'")
    for said in ('"images": 3', f'"period": "{today(books).key}"', '"reason": "a contest"'):
        assert said in detail


async def test_the_member_is_told_in_the_same_transaction_and_nothing_of_who_gave_or_why(books: Books):
    await books.grant(1, MEMBER, PRICE)
    await give(books, 3)
    await draw(books, 2)
    await books.servers.reset(books.act("quota.reset"), MEMBER, today(books))
    told = await books.rows("SELECT content FROM outbox WHERE kind = 'gift' ORDER BY id")
    ((account_id,),) = await books.rows("SELECT account_id FROM members WHERE discord_id = ?", MEMBER)
    about, ends_ms = {"server_id": 1, "account_id": account_id}, today(books).end_ms
    assert [json.loads(one) for (one,) in told] == [
        {**about, "gift": "credit", "micros": PRICE},
        {**about, "gift": "pictures", "images": 3, "ends_ms": ends_ms},
        {**about, "gift": "period", "images": 2, "micros": 0, "ends_ms": ends_ms},
    ]
    assert await books.servers.member_of(account_id) == MEMBER
    assert await books.servers.member_of(account_id + 100) == 0


async def test_a_period_given_anew_brings_back_what_was_used_and_leaves_what_is_held_credit_and_pool(books: Books):
    terms = terms_of(books, budget=4 * PRICE)
    await books.grant(1, MEMBER, 2 * PRICE)
    await draw(books, 4, terms)
    held = await books.submit(terms, count=1, member_id=MEMBER)
    taken = await pool(books)
    used = Reset(2, 2 * PRICE)
    assert await books.servers.used_in(1, MEMBER, terms.period) == used
    act = books.act("quota.reset")
    assert await books.servers.reset(act, MEMBER, terms.period) == used
    with pytest.raises(AlreadyDone):
        await books.servers.reset(act, MEMBER, terms.period)
    assert await left(books, terms) == Balance(2, 3 * PRICE, 2 * PRICE)
    assert await pool(books) == taken
    await books.bring_to_settled(held, made=1, fetched=1, tier=None)
    assert await left(books, terms) == Balance(2, 3 * PRICE, 2 * PRICE)
    rows = await books.rows("SELECT used_delta, actor_id > 0 FROM ledger WHERE kind = 'grant' AND used_delta <> 0")
    assert rows == [(-2, 1), (-2 * PRICE, 1)]
    for check in (balances_equal_rows, holds_within_limits):
        await books.read(check)
    assert await SqliteBooks(books.database).differences() == []


async def test_of_who_has_used_nothing_nothing_is_given_anew(books: Books):
    terms = terms_of(books)
    for _ in range(2):
        with pytest.raises(MemberError, match="nothing-to-reset"):
            await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period)
        assert await books.servers.used_in(1, MEMBER, terms.period) == Reset(0, 0)
        await books.submit(terms, member_id=MEMBER)
    assert await books.rows("SELECT * FROM audit WHERE act = 'quota.reset'") == []


async def test_what_came_back_with_its_period_is_not_refunded_once_more(books: Books):
    terms = terms_of(books, budget=PRICE)
    await books.grant(1, MEMBER, PRICE)
    old = await draw(books, 4, terms)
    await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period)
    new = await draw(books, 3, terms)
    job = await books.jobs.get(old)
    assert job is not None
    assert job.charged == Charge(4, 2, 2 * PRICE, credit_micros=PRICE)
    assert await books.servers.refund(books.act("quota.refund"), old) == Refund(0, PRICE)
    with pytest.raises(MemberError, match="refunded-already"):
        await books.servers.refund(books.act("quota.refund"), old)
    assert await left(books, terms) == Balance(0, 0, PRICE)
    assert await books.servers.refund(books.act("quota.refund"), new) == Refund(2, PRICE)
    assert await SqliteBooks(books.database).differences() == []


async def test_what_was_refunded_as_credit_does_not_come_back_with_the_period_once_more(books: Books):
    terms = terms_of(books, budget=PRICE)
    await books.grant(1, MEMBER, PRICE)
    whole = await draw(books, 4, terms)
    assert await books.servers.refund(books.act("quota.refund"), whole) == Refund(2, 2 * PRICE)
    assert await left(books, terms) == Balance(2, 0, 2 * PRICE)
    # Credit and free pictures came back; the budget has, as credit.
    with pytest.raises(MemberError, match="nothing-to-reset"):
        await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period)
    part = await draw(books, 3, terms)
    assert await books.servers.used_in(1, MEMBER, terms.period) == Reset(2, 0)
    assert await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period) == Reset(2, 0)
    assert await left(books, terms) == Balance(2, 0, PRICE)
    assert await books.servers.refund(books.act("quota.refund"), part) == Refund(0, PRICE)
    assert await SqliteBooks(books.database).differences() == []


async def test_what_was_used_since_a_refund_comes_back_with_the_period(books: Books):
    terms = terms_of(books, free=0, budget=4 * PRICE)
    old = await draw(books, 2, terms)
    await books.servers.refund(books.act("quota.refund"), old)
    await draw(books, 2, terms)
    assert await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period) == Reset(0, 2 * PRICE)
    assert await left(books, terms) == Balance(0, 2 * PRICE, 2 * PRICE)
    await draw(books, 2, terms)
    assert await books.servers.reset(books.act("quota.reset"), MEMBER, terms.period) == Reset(0, 2 * PRICE)
    assert await left(books, terms) == Balance(0, 2 * PRICE, 2 * PRICE)


@pytest.mark.parametrize(("used", "held", "granted"), [(1, 0, 0), (0, 0, -1), (0, 1, 0), (-2, 0, 0)])
async def test_the_database_refuses_a_grant_that_takes_or_gives_more_than_was_used(
    books: Books, used: int, held: int, granted: int
):
    await draw(books, 1)

    def write(conn: sqlite3.Connection) -> None:
        (bucket,) = conn.execute("SELECT id FROM buckets WHERE kind = 'allowance'").fetchone()
        entries.move(conn, EntryKind.GRANT, bucket, at_ms=1, used=used, held=held, granted=granted)

    with pytest.raises(sqlite3.IntegrityError, match="a grant only gives"):
        await books.database.write(write)
