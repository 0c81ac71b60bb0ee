"""Requests that quota did not cover, as they are kept."""

from dataclasses import replace

from bot.domain.requests.instead import DeclinedRequest
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import Enhanced, Fault
from bot.domain.text.enhance import Enhance
from bot.storage.jobs.declined import SqliteDeclinedRequests
from bot.storage.jobs.price_offers import LIVES_MS

WHOLE = Options(
    "a fox",
    negative_prompt="snow",
    model="wanx2.1-t2i-turbo",
    size="16:9",
    count=4,
    seed=7,
    prompt_extend=False,
    watermark=True,
    private=True,
    enhance=Enhance.OFF,
    enhanced=Enhanced(Enhance.IMPROVE, "fox", Fault.SERVICE, 5),
    series=False,
)


async def test_a_request_comes_back_as_it_was_typed(books):
    store = SqliteDeclinedRequests(books.database, books.clock)
    for id_, options in enumerate((WHOLE, Options("a fox")), start=1):
        declined = DeclinedRequest(id_, 1, id_, options)
        await store.keep(declined)
        assert await store.find(id_) == declined


async def test_the_last_one_of_a_member_in_a_server_is_kept_for_ten_minutes(books):
    store = SqliteDeclinedRequests(books.database, books.clock)
    for id_, server_id, member_id in ((1, 1, 1), (2, 1, 1), (3, 2, 1), (4, 1, 2)):
        await store.keep(DeclinedRequest(id_, server_id, member_id, replace(WHOLE, seed=id_)))
    assert [bool(await store.find(id_)) for id_ in (1, 2, 3, 4)] == [False, True, True, True]
    # Delivered twice, it is the same.
    await store.keep(DeclinedRequest(2, 1, 1, replace(WHOLE, seed=9)))
    assert await store.find(2) == DeclinedRequest(2, 1, 1, replace(WHOLE, seed=9))
    books.clock.advance((LIVES_MS - 1) / 1000)
    assert await store.find(2) is not None
    assert await store.expire() == 0
    books.clock.advance(0.001)
    assert await store.find(2) is None
    assert await store.expire() == 3
