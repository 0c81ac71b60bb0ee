"""Which job tells its member that their quota of a period is nearly used up."""

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.errors import PriceNotAgreed
from tests.support.failures import failure_of
from tests.support.ledger import DAY_MS, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros


def terms_of(books: Books, free: int = 10, budget: int = 0) -> Terms:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, free, budget)


async def draw(books: Books, count: int, terms: Terms | None = None, *, server_id: int = 1) -> bool:
    """Have pictures drawn; return whether their job tells."""
    job = await books.submit(terms or terms_of(books), count=count, server_id=server_id)
    done = await books.bring_to_settled(job, made=count, fetched=count, tier=None)
    assert done is not None
    assert done.tells_nearly_out is job.tells_nearly_out
    return done.tells_nearly_out


async def test_the_job_that_leaves_less_than_a_fifth_tells_once_a_period(books: Books):
    assert [await draw(books, count) for count in (4, 4, 1)] == [False, False, True]
    await books.servers.grant_pictures(books.act(), 1, 2, terms_of(books).period)
    assert [await draw(books, 1), await draw(books, 1)] == [False, False]
    assert await draw(books, 4, server_id=2) is False
    books.clock.advance(DAY_MS / 1000)
    assert [await draw(books, count) for count in (4, 4, 1)] == [False, False, True]


async def test_budget_counts_in_pictures_and_nothing_left_is_not_nearly_out(books: Books):
    terms = terms_of(books, 2, 8 * PRICE)
    assert [await draw(books, count, terms) for count in (4, 4, 1)] == [False, False, True]
    books.clock.advance(DAY_MS / 1000)
    terms = terms_of(books)
    assert [await draw(books, count, terms) for count in (4, 4, 2)] == [False, False, False]


async def test_of_a_job_that_came_to_nothing_the_next_one_tells(books: Books):
    terms = terms_of(books, 5, 5 * PRICE)
    await draw(books, 4, terms)
    await draw(books, 4, terms)
    failed = await books.submit(terms)
    assert failed.tells_nearly_out
    await books.bring_to_submitting(failed)
    await books.jobs.fail(failed.id, failure_of("InternalError"))
    assert await draw(books, 1, terms)
    assert await books.rows("SELECT count(*) FROM nearly_out") == [(1,)]


async def test_a_question_about_the_price_notes_nothing(books: Books):
    terms = terms_of(books, 0, 6 * PRICE)
    await draw(books, 1, terms_of(books, 1))
    for _ in range(2):
        with pytest.raises(PriceNotAgreed):
            await books.submit(terms, count=4, may_pay=False)
    assert await books.rows("SELECT * FROM nearly_out") == []
