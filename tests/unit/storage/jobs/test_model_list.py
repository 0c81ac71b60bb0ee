"""What follows from the list of models: once, in one transaction, and undone where it is listed again."""

import sqlite3

import pytest

from bot.domain.jobs.lane import ACCOUNT
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.listing import Listing
from bot.failure_kinds import Advice
from bot.storage.jobs.model_list import SqliteModelList
from tests.support.ledger import Books, make_terms
from tests.support.service import mend, spoil

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
CATALOGUE = {TURBO.name: TURBO, PLUS.name: PLUS}
LISTING = Listing(is_listed=True, ends_ms=1_798_041_600_000)
STOPPED = ("lane-stopped", f'{{"model": "{TURBO.name}", "code": "not_offered", "advice": "model"}}')
REOPENED = ("lane-reopened", f'{{"model": "{TURBO.name}"}}')


@pytest.fixture
def model_list(books: Books) -> SqliteModelList:
    return SqliteModelList(books.database, books.clock)


async def told(books: Books) -> list[tuple[object, ...]]:
    return await books.rows("SELECT kind, content FROM outbox ORDER BY id")


async def test_a_model_that_is_listed_no_more_stops_once_and_is_gone(books: Books, model_list: SqliteModelList):
    assert await model_list.gone() == set()
    assert await model_list.miss(TURBO.name)
    assert not await model_list.miss(TURBO.name)
    assert await model_list.gone() == {TURBO.name}
    assert list(await books.lanes.stops()) == [TURBO.name]
    assert await told(books) == [STOPPED]


async def test_who_waits_in_its_lane_is_told_when_it_stops_and_when_it_opens(books: Books, model_list: SqliteModelList):
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    job = await books.submit(terms)
    queued = await books.jobs.acknowledge(job.id, 7)
    assert queued is not None
    await model_list.miss(TURBO.name)
    waiting = await books.jobs.get(job.id)
    assert waiting is not None
    assert (waiting.version, waiting.lane_stopped) == (queued.version + 1, True)
    await model_list.find(TURBO.name)
    waiting = await books.jobs.get(job.id)
    assert waiting is not None
    assert (waiting.version, waiting.lane_stopped) == (queued.version + 2, False)


async def test_what_a_create_opened_stays_open_whatever_the_list_says_until_it_was_listed_in_between(
    books: Books, model_list: SqliteModelList
):
    await model_list.miss(TURBO.name)
    assert await books.lanes.reopen(TURBO.name) == [TURBO.name]
    assert await model_list.gone() == set()
    assert not await model_list.miss(TURBO.name)
    assert await books.lanes.stops() == {}
    assert not await model_list.find(TURBO.name)
    assert await model_list.miss(TURBO.name)
    assert await model_list.gone() == {TURBO.name}
    assert await told(books) == [STOPPED, REOPENED, STOPPED]


async def test_a_model_that_is_listed_again_is_open(books: Books, model_list: SqliteModelList):
    assert not await model_list.find(TURBO.name)
    await model_list.miss(TURBO.name)
    await books.lanes.stop(ACCOUNT, "Arrearage", Advice.ARREARS)
    assert await model_list.find(TURBO.name)
    assert not await model_list.find(TURBO.name)
    assert await model_list.gone() == set()
    # The account's stop has nothing to do with it.
    assert list(await books.lanes.stops()) == [ACCOUNT]
    assert [kind for kind, _ in await told(books)] == ["lane-stopped", "lane-stopped", "lane-reopened"]


async def test_a_lane_whose_create_was_refused_is_opened_by_a_create_alone(books: Books, model_list: SqliteModelList):
    await model_list.miss(TURBO.name)
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    assert await model_list.gone() == {TURBO.name}
    assert not await model_list.find(TURBO.name)
    assert list(await books.lanes.stops()) == [TURBO.name]
    assert await model_list.gone() == set()


async def test_a_lane_that_was_stopped_already_keeps_its_reason_and_its_probe(
    books: Books, model_list: SqliteModelList
):
    await books.lanes.stop(TURBO.name, "AllocationQuota.FreeTierOnly", Advice.FREE_TIER)
    before = await books.rows("SELECT * FROM lanes")
    assert not await model_list.miss(TURBO.name)
    assert await books.rows("SELECT * FROM lanes") == before
    assert await model_list.gone() == {TURBO.name}
    assert not await model_list.find(TURBO.name)
    assert await books.rows("SELECT * FROM lanes") == before


async def test_a_stop_that_cannot_be_written_is_news_the_next_time(books: Books, model_list: SqliteModelList):
    await spoil(books.database, "BEFORE INSERT ON outbox")
    with pytest.raises(sqlite3.IntegrityError):
        await model_list.miss(TURBO.name)
    assert await books.lanes.stops() == {}
    await mend(books.database)
    assert await model_list.miss(TURBO.name)
    assert await told(books) == [STOPPED]


async def test_an_end_is_told_once_for_each_day_and_once_more_at_the_last(books: Books, model_list: SqliteModelList):
    later = Listing(is_listed=True, ends_ms=LISTING.ends_ms + 86_400_000)
    said = [
        await model_list.warn(TURBO.name, LISTING, is_last=False),
        await model_list.warn(TURBO.name, LISTING, is_last=False),
        await model_list.warn(TURBO.name, LISTING, is_last=True),
        await model_list.warn(TURBO.name, LISTING, is_last=True),
        await model_list.warn(TURBO.name, LISTING, is_last=False),
        await model_list.warn(PLUS.name, LISTING, is_last=False),
        await model_list.warn(TURBO.name, later, is_last=True),
        await model_list.warn(TURBO.name, later, is_last=True),
    ]
    assert said == [True, False, True, False, False, True, True, False]
    notices = await told(books)
    assert {kind for kind, _ in notices} == {"model-retires"}
    assert notices[0][1] == f'{{"model": "{TURBO.name}", "day": "2026-12-24", "ends_ms": {LISTING.ends_ms}}}'
    assert len(notices) == said.count(True)
