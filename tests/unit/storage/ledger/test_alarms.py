import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.errors import OverQuota
from tests.support.ledger import DAY_MS, Books, make_terms, open_books

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros


def terms_of(books: Books, *, pool: int | None = None, cap: int | None = None) -> Terms:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, 1000, pool=pool, cap=cap)


async def heard(books: Books) -> list[tuple[str, int, int, int]]:
    """What waits to be said: kind, percent, what is taken and of how much, in prices of a picture."""
    rows = await books.rows("SELECT kind, content FROM outbox ORDER BY id")
    said = [(kind, json.loads(content)) for kind, content in rows]
    return [(kind, c["percent"], c["taken"] // PRICE, c["limit"] // PRICE) for kind, c in said]


async def test_the_pools_alarms_sound_once_at_four_fifths_and_once_at_the_end(books: Books):
    terms = terms_of(books, pool=10 * PRICE)
    for count, expected in ((4, 0), (3, 0), (1, 1), (1, 1), (1, 2)):
        await books.submit(terms, count=count)
        assert len(await heard(books)) == expected
    assert await heard(books) == [("pool-alarm", 80, 8, 10), ("pool-alarm", 100, 10, 10)]
    assert await books.rows("SELECT json_extract(content, '$.server_id') FROM outbox") == [(1,), (1,)]


async def test_a_limit_that_is_reached_at_once_is_said_once_and_as_reached(books: Books):
    await books.submit(terms_of(books, pool=4 * PRICE), count=4)
    assert await heard(books) == [("pool-alarm", 100, 4, 4)]


async def test_the_percentage_is_what_is_taken_and_not_the_threshold_that_it_passed(books: Books):
    terms = terms_of(books, pool=15 * PRICE, cap=14 * PRICE)
    for count in (4, 4, 3):
        await books.submit(terms, count=count)
    assert await heard(books) == []
    await books.submit(terms, count=2)
    assert await heard(books) == [("pool-alarm", 86, 13, 15), ("cap-alarm", 92, 13, 14)]


async def test_the_pools_alarm_tells_whose_limit_it_is(books: Books):
    is_own = "SELECT json_extract(content, '$.is_own') FROM outbox WHERE kind = 'pool-alarm' ORDER BY id"
    await books.submit(terms_of(books, pool=4 * PRICE), count=4)
    assert await books.rows(is_own) == [(0,)]
    act = books.act(server_id=2)
    await books.servers.change_settings(act, lambda old: replace(old, pool_micros=2 * PRICE))
    await books.submit(terms_of(books, pool=4 * PRICE), count=2, server_id=2)
    assert await books.rows(is_own) == [(0,), (1,)]
    await books.servers.change_settings(books.act(server_id=3), lambda old: replace(old, pool_micros=9 * PRICE))
    await books.submit(terms_of(books, pool=4 * PRICE), count=4, server_id=3)
    assert await books.rows(is_own) == [(0,), (1,), (0,)]


@pytest.mark.parametrize(("own", "is_own"), [(3 * PRICE, 1), (4 * PRICE, 0), (9 * PRICE, 0), (None, 0)])
async def test_the_pools_alarm_names_the_admins_only_for_a_limit_that_they_can_raise(
    books: Books, own: int | None, is_own: int
):
    await books.servers.change_settings(books.act(), lambda old: replace(old, pool_micros=own))
    await books.submit(terms_of(books, pool=4 * PRICE), count=3 if is_own else 4)
    assert await books.rows("SELECT json_extract(content, '$.is_own') FROM outbox") == [(is_own,)]


async def test_just_less_than_four_fifths_sounds_nothing(books: Books):
    await books.submit(terms_of(books, pool=5 * PRICE + 1, cap=5 * PRICE + 1), count=4)
    assert await heard(books) == []


async def test_what_returned_and_is_taken_again_is_not_said_again(books: Books):
    terms = terms_of(books, pool=4 * PRICE, cap=4 * PRICE)
    for _ in range(3):
        held = await books.submit(terms, count=4)
        await books.jobs.void(held.id)
    assert await heard(books) == [("pool-alarm", 100, 4, 4), ("cap-alarm", 100, 4, 4)]


async def test_a_refusal_by_the_pool_sounds_its_last_alarm_once(books: Books):
    terms = terms_of(books, pool=4 * PRICE)
    await books.submit(terms, count=2)
    assert await heard(books) == []
    for _ in range(2):
        with pytest.raises(OverQuota):
            await books.submit(terms, count=3)
    assert [(kind, percent) for kind, percent, _, _ in await heard(books)] == [("pool-alarm", 100)]
    await books.submit(terms, count=2)
    assert len(await heard(books)) == 1


async def test_a_refusal_by_the_cap_sounds_its_last_alarm_once_and_names_no_server(books: Books):
    terms = terms_of(books, cap=4 * PRICE)
    await books.submit(terms, count=2, server_id=1)
    for server in (1, 2):
        with pytest.raises(OverQuota):
            await books.submit(terms, count=3, server_id=server)
    assert [(kind, percent) for kind, percent, _, _ in await heard(books)] == [("cap-alarm", 100)]
    ((content,),) = await books.rows("SELECT content FROM outbox")
    assert set(json.loads(content)) == {"percent", "taken", "limit", "resets_ms"}


async def test_a_refusal_for_another_reason_sounds_nothing(books: Books):
    terms = make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, 0, pool=PRICE, cap=PRICE)
    with pytest.raises(OverQuota):
        await books.submit(terms)
    assert await heard(books) == []


async def test_a_pool_of_nothing_is_said_to_be_used_up_at_the_first_refusal(books: Books):
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books, pool=0))
    assert await heard(books) == [("pool-alarm", 100, 0, 0)]


async def test_each_server_and_each_month_has_alarms_of_its_own(books: Books):
    for server in (1, 2):
        await books.submit(terms_of(books, pool=PRICE), server_id=server)
    books.clock.advance(40 * DAY_MS / 1000)
    await books.submit(terms_of(books, pool=PRICE))
    assert await books.rows("SELECT json_extract(content, '$.server_id') FROM outbox ORDER BY id") == [(1,), (2,), (1,)]
    assert (await heard(books)) == [("pool-alarm", 100, 1, 1)] * 3


async def test_the_caps_alarm_counts_what_open_holds_may_cost(books: Books):
    terms = terms_of(books, cap=5 * PRICE)
    held = await books.submit(terms, count=4, server_id=1)
    assert await heard(books) == [("cap-alarm", 80, 4, 5)]
    await books.bring_to_settled(held, made=4, fetched=4, tier=None)
    await books.submit(terms, server_id=2)
    assert await heard(books) == [("cap-alarm", 80, 4, 5), ("cap-alarm", 100, 5, 5)]


async def test_without_a_limit_nothing_sounds(books: Books):
    await books.submit(terms_of(books), count=4)
    assert await books.rows("SELECT * FROM alarms") == []


async def test_an_alarm_that_sounded_is_not_said_again_after_a_restart(books: Books, tmp_path: Path):
    terms = terms_of(books, pool=2 * PRICE)
    held = await books.submit(terms, count=2)
    await books.jobs.void(held.id)
    await books.close()
    again = await open_books(tmp_path / "imagine.db")
    again.ids = books.ids
    try:
        await again.submit(terms, count=2)
        assert await heard(again) == [("pool-alarm", 100, 2, 2)]
    finally:
        await again.close()
