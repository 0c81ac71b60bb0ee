"""Rewritings in the database: what they cost, what is erased of them, and what the books say."""

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.privacy import Lasting
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.domain.requests.rewriting import Enhanced, Fault, NewRewriting, PromptOffer, Written
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone
from bot.storage.books.verification import SqliteBooks
from bot.storage.jobs.rewritings import LIVES_MS, SqliteRewritings
from bot.storage.privacy import export
from simulation.judging.books import balances_equal_rows
from tests.support.forgetting import MEMBER, SECRET, columns_with, forget, privacy_of, refusal_of
from tests.support.ledger import DAY_MS, Books, make_new_job, make_terms

MOST = 1_700
TURBO = BUILT_IN["wanx2.1-t2i-turbo"]


@pytest.fixture
def terms(books: Books) -> Terms:
    return make_terms(books.clock.now_ms(), BUILT_IN, free=5, budget=1_000_000)


@pytest.fixture
def rewritings(books: Books) -> SqliteRewritings:
    return SqliteRewritings(books.database, books.clock)


async def begin(books: Books, rewritings: SqliteRewritings, terms: Terms, id_: int = 1) -> int:
    new = NewRewriting(id_, 1, MEMBER, Enhance.IMPROVE, "qwen3.7-flash", MOST)
    await rewritings.begin(new, daily=5, terms=terms)
    return id_


async def test_it_is_resolved_once_whatever_comes_later(books: Books, rewritings: SqliteRewritings, terms: Terms):
    id_ = await begin(books, rewritings, terms)
    assert await rewritings.open_ids() == [id_]
    await rewritings.settle(id_, Written("x", True, 10, 20), 18)
    await rewritings.doubt(id_)
    await rewritings.void(id_)
    await rewritings.settle(id_, Written("x", True, 99, 99), 99)
    assert await books.rows("SELECT outcome, tokens_in, tokens_out, cost_micros FROM rewritings") == [
        ("settled", 10, 20, 18)
    ]
    assert await books.rows("SELECT kind, used_delta FROM ledger") == [("cost", 18)]
    assert await rewritings.open_ids() == []
    await books.read(balances_equal_rows)


async def test_what_costs_nothing_moves_nothing(books: Books, rewritings: SqliteRewritings, terms: Terms):
    await rewritings.void(await begin(books, rewritings, terms))
    await rewritings.settle(await begin(books, rewritings, terms, 2), Written("", True, 0, 0), 0)
    assert await books.rows("SELECT * FROM ledger") == []


async def test_the_same_interaction_makes_one_rewriting_or_one_job(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    id_ = await begin(books, rewritings, terms)
    with pytest.raises(AlreadyDone):
        await begin(books, rewritings, terms, id_)
    job = await books.submit(terms)
    with pytest.raises(AlreadyDone):
        await begin(books, rewritings, terms, job.id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rewritings SET cost_micros = 1",
        "UPDATE rewritings SET most_micros = 1",
        "UPDATE rewritings SET account_id = 2",
        "DELETE FROM rewritings",
    ],
)
async def test_the_database_itself_keeps_what_is_written(
    books: Books, rewritings: SqliteRewritings, terms: Terms, statement: str
):
    await rewritings.doubt(await begin(books, rewritings, terms))
    with pytest.raises(sqlite3.IntegrityError, match=r"resolved already|never changed|never deleted"):
        await books.database.write(lambda conn: conn.execute(statement).rowcount)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE ledger SET used_delta = 5 WHERE kind = 'cost'", "cost: the ledger has 5, it says 18"),
        ("DELETE FROM ledger WHERE kind = 'doubt'", f"cost in doubt: the ledger has 0, it says {MOST}"),
        ("UPDATE ledger SET kind = 'grant' WHERE kind = 'cost'", "rows of another kind or bucket: the ledger has 1"),
    ],
)
async def test_books_that_were_altered_are_found_out(
    books: Books, rewritings: SqliteRewritings, terms: Terms, statement: str, named: str
):
    await rewritings.settle(await begin(books, rewritings, terms), Written("x", True, 10, 20), 18)
    await rewritings.doubt(await begin(books, rewritings, terms, 2))
    verified = SqliteBooks(books.database)
    assert await verified.differences() == []

    def falsify(conn: sqlite3.Connection) -> None:
        conn.execute("DROP TRIGGER ledger_is_never_changed")
        conn.execute("DROP TRIGGER ledger_is_never_deleted")
        conn.execute(statement)

    await books.database.write(falsify)
    assert any(named in difference for difference in await verified.differences())


async def test_a_request_keeps_both_prompts_or_why_there_is_one(books: Books, terms: Terms):
    for enhanced in (Enhanced(Enhance.IMPROVE, "typed"), Enhanced(Enhance.TRANSLATE, fault=Fault.CAP), None):
        new_job = make_new_job(books.next_id(), 1, 1, TURBO.name)
        new_job = replace(new_job, request=replace(new_job.request, enhanced=enhanced))
        assert (await books.jobs.submit(new_job, terms)).request.enhanced == enhanced


async def test_an_offer_is_taken_by_its_own_member_once_and_within_its_hour(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    async def draw(offer_id: int, member_id: int) -> None:
        new_job = make_new_job(books.next_id(), 1, member_id, TURBO.name)
        enhanced = Enhanced(Enhance.IMPROVE, "a cat", offer_id=offer_id)
        await books.jobs.submit(replace(new_job, request=replace(new_job.request, enhanced=enhanced)), terms)

    first, second = books.next_id(), books.next_id()
    for id_ in (first, second):
        await rewritings.settle(await begin(books, rewritings, terms, id_), Written("x", True, 10, 20), 18)
        await rewritings.offer(PromptOffer(id_, 1, MEMBER, Enhance.IMPROVE, "a cat", "a fine cat"))
    assert await refusal_of(draw(first, MEMBER + 1)) == "prompt-gone"
    assert len(await books.rows("SELECT * FROM prompt_offers")) == 2
    await draw(first, MEMBER)
    assert await refusal_of(draw(first, MEMBER)) == "prompt-gone"
    books.clock.advance(LIVES_MS / 1000)
    assert await refusal_of(draw(second, MEMBER)) == "prompt-gone"


async def test_all_of_it_is_handed_out_and_erased_but_for_what_it_cost(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    id_ = await begin(books, rewritings, terms)
    await rewritings.settle(id_, Written("x", True, 10, 20), 18)
    await rewritings.offer(PromptOffer(id_, 1, MEMBER, Enhance.IMPROVE, f"a {SECRET}", f"a fine {SECRET}"))
    handed_out = await books.read(lambda conn: export.export(conn, MEMBER, books.clock.now_ms()))
    assert handed_out is not None
    about: Any = handed_out.documents["about-you.json"]
    (waiting,) = about["rewritten_prompts_waiting_to_be_drawn"]
    assert (waiting["prompt"], waiting["rewritten"]) == (f"a {SECRET}", f"a fine {SECRET}")
    assert [one["kind"] for one in about["prompts_that_were_rewritten"]] == ["improve"]
    await forget(books, terms)
    assert await books.read(lambda conn: columns_with(conn, SECRET, MEMBER)) == []
    assert await books.rows("SELECT cost_micros FROM rewritings") == [(18,)]
    assert await SqliteBooks(books.database).differences() == []


async def test_the_days_number_outlasts_being_forgotten_however_often(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    for _ in range(2):
        for _ in range(2):
            await rewritings.settle(
                await begin(books, rewritings, terms, books.next_id()), Written("x", True, 10, 20), 18
            )
        forgotten = await forget(books, terms)
        assert forgotten is not None
        assert forgotten.outlasting == {Lasting.USED: terms.day.end_ms}
    # Also where nothing was rewritten in between.
    await books.jobs.void((await books.submit(terms, member_id=MEMBER)).id)
    await forget(books, terms)
    await begin(books, rewritings, terms, books.next_id())
    assert await refusal_of(begin(books, rewritings, terms, books.next_id())) == "not-rewritten-limit"


async def test_what_a_clock_that_was_ahead_counted_does_not_count_today(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    books.clock.advance(30 * DAY_MS / 1000)
    later = make_terms(books.clock.now_ms(), BUILT_IN)
    for _ in range(5):
        await begin(books, rewritings, later, books.next_id())
    assert await refusal_of(begin(books, rewritings, later, books.next_id())) == "not-rewritten-limit"
    books.clock.advance(-30 * DAY_MS / 1000)
    await begin(books, rewritings, terms, books.next_id())
    await forget(books, terms)
    assert await books.rows("SELECT used FROM carried") == [(1,)]


async def test_what_outlasts_of_the_days_number_ends_with_the_day(
    books: Books, rewritings: SqliteRewritings, terms: Terms
):
    for _ in range(5):
        await begin(books, rewritings, terms, books.next_id())
    await forget(books, terms)
    handed_out = await books.read(lambda conn: export.export(conn, MEMBER, books.clock.now_ms()))
    assert handed_out is not None
    about: Any = handed_out.documents["about-you.json"]
    (kept,) = about["kept_since_you_were_forgotten"]
    assert (kept["kind"], kept["used"]) == ("rewriting", 5)
    books.clock.advance(DAY_MS / 1000)
    tomorrow = make_terms(books.clock.now_ms(), BUILT_IN)
    await begin(books, rewritings, tomorrow, books.next_id())


async def test_what_was_typed_is_erased_for_its_age_with_what_was_drawn(books: Books, terms: Terms):
    new_job = make_new_job(books.next_id(), 1, MEMBER, TURBO.name)
    enhanced = Enhanced(Enhance.IMPROVE, f"typed {SECRET}")
    job = await books.jobs.submit(replace(new_job, request=replace(new_job.request, enhanced=enhanced)), terms)
    await books.jobs.void(job.id)
    assert await books.read(lambda conn: columns_with(conn, SECRET)) == [f"jobs.original_prompt: {SECRET}"]
    books.clock.advance(400 * DAY_MS / 1000)
    privacy = privacy_of(books)
    for old in await privacy.old(books.clock.now_ms()):
        await privacy.erase(old)
    assert await books.read(lambda conn: columns_with(conn, SECRET)) == []
