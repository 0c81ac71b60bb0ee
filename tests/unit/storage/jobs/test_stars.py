"""Favourites, and what of them a gallery channel shows: by whose word, and until when."""

from dataclasses import replace

import pytest

from bot.domain.jobs.job import Job, Removal
from bot.domain.jobs.stars import GalleryPost, Order, Search, Whose
from bot.domain.preferences import Preferences, ServerPreferences
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.errors import AlreadyDone, MemberError, NotPermitted
from bot.storage.jobs.stars import SqliteStars
from bot.storage.privacy.preferences import SqlitePreferences
from tests.support.forgetting import columns_with, forget, make_job, privacy_of
from tests.support.ledger import Books, make_terms

OWNER, ANNE, BEN, CLEO = 701_000_000_000_000_001, 701_000_000_000_000_002, 701_000_000_000_000_003, 704
MINE, ALL = Search(Whose.MINE, Order.NEWEST), Search(Whose.ALL, Order.STARS)
CHANNEL = 2
"""In which the jobs of these tests were asked for."""
ASKED, SHOWN = ["gallery-asks"], ["gallery"]


@pytest.fixture
def terms(books: Books) -> Terms:
    return make_terms(books.clock.now_ms(), BUILT_IN, free=100)


def stars_of(books: Books) -> SqliteStars:
    return SqliteStars(books.database, books.clock)


async def star(books: Books, job: Job, *members: int) -> None:
    for member_id in members:
        assert await stars_of(books).toggle(books.next_id(), job.server_id, member_id, job.id)


async def listed(
    books: Books, member_id: int, search: Search, channels: tuple[int, ...] = (CHANNEL,)
) -> list[tuple[int, int]]:
    found = await stars_of(books).page(1, member_id, search, channels, skipped=0, most=10)
    return [(one.job.number, one.stars) for one in found]


async def open_gallery(books: Books, stars: int = 2) -> None:
    wanted = {"gallery_channel": 77, "gallery_stars": stars}
    await books.servers.change_settings(books.act("settings.gallery"), lambda old: replace(old, **wanted))


async def decide(books: Books, *, may_be_shown: bool | None) -> None:
    wanted = Preferences(here=ServerPreferences(shown_in_gallery=may_be_shown))
    await SqlitePreferences(books.database, books.clock).change(books.next_id(), OWNER, lambda _: wanted, 1)


async def waiting(books: Books) -> list[str]:
    rows = await books.rows("SELECT kind FROM outbox WHERE kind LIKE 'gallery%' AND done_ms = 0 ORDER BY id")
    return [kind for (kind,) in rows]


async def shown(books: Books, terms: Terms) -> Job:
    """Bring a picture to where a gallery channel shows it."""
    await open_gallery(books)
    await decide(books, may_be_shown=True)
    job = await make_job(books, terms, member_id=OWNER)
    await star(books, job, ANNE, BEN)
    await stars_of(books).begin_post(job.id)
    await stars_of(books).note_post(job.id, 4001)
    return job


async def left(books: Books) -> list[int]:
    return [row[0] for row in await books.rows("SELECT message_id FROM leftover_messages WHERE message_id = 4001")]


async def test_a_favourite_is_kept_and_taken_back_and_once_for_each_interaction(books, terms):
    job, stars = await make_job(books, terms, member_id=OWNER), stars_of(books)
    assert await stars.toggle(1, 1, ANNE, job.id)
    with pytest.raises(AlreadyDone):
        await stars.toggle(1, 1, ANNE, job.id)
    assert await listed(books, ANNE, MINE) == [(1, 1)]
    assert not await stars.toggle(2, 1, ANNE, job.id)
    assert await listed(books, ANNE, MINE) == []


async def test_what_is_gone_private_or_in_another_server_is_nobodys_favourite(books, terms):
    stars, private = stars_of(books), await make_job(books, terms, member_id=OWNER)
    await books.database.write(lambda conn: conn.execute("UPDATE jobs SET private = 1").rowcount)
    with pytest.raises(NotPermitted, match="star-private"):
        await stars.toggle(books.next_id(), 1, ANNE, private.id)
    assert await stars.toggle(books.next_id(), 1, OWNER, private.id)
    assert await listed(books, OWNER, MINE) == [(1, 1)]
    assert await listed(books, OWNER, ALL) == []
    removed, waits = await make_job(books, terms, member_id=OWNER), await books.queue(terms, member_id=OWNER)
    await books.jobs.end_removal(removed.id, Removal.DONE)
    for server_id, job_id in ((1, removed.id), (2, private.id), (1, waits.id), (1, 0)):
        with pytest.raises(MemberError, match="star-gone"):
            await stars.toggle(books.next_id(), server_id, OWNER, job_id)


async def test_lists_go_by_time_or_stars_and_by_who_made_it(books, terms):
    first, second = await make_job(books, terms, member_id=OWNER), await make_job(books, terms, member_id=CLEO)
    await star(books, second, ANNE)
    books.clock.advance(1)
    await star(books, first, ANNE, BEN)
    assert await listed(books, ANNE, MINE) == [(1, 2), (2, 1)]
    assert await listed(books, BEN, MINE) == [(1, 2)]
    assert await listed(books, ANNE, replace(MINE, order=Order.STARS)) == [(1, 2), (2, 1)]
    assert await listed(books, CLEO, ALL) == [(1, 2), (2, 1)]
    assert await listed(books, CLEO, replace(ALL, order=Order.NEWEST)) == [(2, 1), (1, 2)]
    assert await listed(books, CLEO, replace(ALL, made_by=CLEO)) == [(2, 1)]
    (one,) = await stars_of(books).page(1, ANNE, MINE, [CHANNEL], skipped=1, most=1)
    assert one.job.number == 2
    assert await stars_of(books).page(2, ANNE, ALL, [CHANNEL], skipped=0, most=9) == []


async def test_others_are_listed_only_from_channels_that_the_reader_sees(books, terms):
    job = await make_job(books, terms, member_id=OWNER)
    await star(books, job, ANNE, OWNER)
    assert await stars_of(books).channels(1) == {CHANNEL}
    assert await stars_of(books).channels(2) == set()
    assert await listed(books, ANNE, MINE, ()) == []
    assert await listed(books, ANNE, ALL, (9,)) == []
    assert await listed(books, OWNER, MINE, ()) == [(1, 2)]


async def test_a_message_is_found_by_its_id_in_its_own_server(books, terms):
    job, stars = await shown(books, terms), stars_of(books)
    assert await stars.of_message(1, job.reply.message_id) == job.id
    assert await stars.of_message(1, 4001) == job.id
    assert [await stars.of_message(*other) for other in ((2, 4001), (1, 5), (1, 0))] == [0, 0, 0]


async def test_enough_stars_of_others_have_it_shown_once_if_its_owner_allows_it(books, terms):
    await open_gallery(books)
    await decide(books, may_be_shown=True)
    job = await make_job(books, terms, member_id=OWNER)
    await star(books, job, OWNER, ANNE)
    assert await waiting(books) == []
    await star(books, job, BEN, CLEO)
    assert await waiting(books) == SHOWN
    assert await stars_of(books).begin_post(job.id) == GalleryPost(77, 0, is_wanted=True)
    await stars_of(books).note_post(job.id, 4001)
    assert await stars_of(books).begin_post(job.id) == GalleryPost(77, 4001, is_wanted=True)
    await books.rows("SELECT 1")
    await star(books, job, 705)
    assert await waiting(books) == SHOWN


async def test_an_owner_who_has_not_said_is_asked_once_and_what_many_like_follows_their_yes(books, terms):
    await open_gallery(books)
    jobs = [await make_job(books, terms, member_id=OWNER) for _ in range(2)]
    for job in jobs:
        await star(books, job, ANNE, BEN)
    assert await waiting(books) == ASKED
    assert await stars_of(books).begin_post(jobs[0].id) is None
    await decide(books, may_be_shown=True)
    assert await waiting(books) == [*ASKED, *SHOWN, *SHOWN]


@pytest.mark.parametrize("how", ["no", "closed"])
async def test_nothing_is_shown_or_asked_where_that_is_settled(books, terms, how):
    if how == "no":
        await open_gallery(books)
        await decide(books, may_be_shown=False)
    job = await make_job(books, terms, member_id=OWNER)
    await star(books, job, ANNE, BEN, CLEO)
    assert await waiting(books) == []


@pytest.mark.parametrize("how", ["removed", "forgotten", "withdrawn"])
async def test_what_may_not_be_shown_any_more_is_left_to_be_deleted(books, terms, how):
    job = await shown(books, terms)
    if how == "removed":
        await books.jobs.end_removal(job.id, Removal.DONE)
    elif how == "forgotten":
        await forget(books, terms, OWNER)
    else:
        await decide(books, may_be_shown=None)
    assert await left(books) == [4001]
    assert await books.rows("SELECT * FROM gallery_posts") == []


async def test_what_was_removed_while_it_was_posted_goes_as_soon_as_it_is_known_where_it_stands(books, terms):
    await open_gallery(books)
    await decide(books, may_be_shown=True)
    job, stars = await make_job(books, terms, member_id=OWNER), stars_of(books)
    await star(books, job, ANNE, BEN)
    await stars.begin_post(job.id)
    await books.jobs.end_removal(job.id, Removal.DONE)
    assert await stars.begin_post(job.id) == GalleryPost(77, 0, is_wanted=False)
    await stars.note_post(job.id, 4001)
    assert await left(books) == [4001]
    assert await books.rows("SELECT * FROM gallery_posts") == []


async def test_what_could_not_be_posted_is_as_if_it_had_not_been_begun(books, terms):
    await open_gallery(books)
    await decide(books, may_be_shown=True)
    job, stars = await make_job(books, terms, member_id=OWNER), stars_of(books)
    await star(books, job, ANNE, BEN)
    await stars.begin_post(job.id)
    await stars.drop_post(job.id)
    assert await books.rows("SELECT * FROM gallery_posts") == []


async def test_stars_are_exported_and_go_with_who_gave_them_and_with_the_job(books, terms):
    mine, other = await make_job(books, terms, member_id=OWNER), await make_job(books, terms, member_id=CLEO)
    for job in (mine, other):
        await star(books, job, ANNE, OWNER)
    exported = await privacy_of(books).export(ANNE)
    assert exported is not None
    favourites = exported.documents["about-you.json"]["favourites"]
    assert [(one["server"], one["number"]) for one in favourites] == [("1", 1), ("1", 2)]
    assert str(OWNER) not in str(exported.documents)
    await forget(books, terms, ANNE)
    assert await listed(books, CLEO, ALL) == [(2, 1), (1, 1)]
    await forget(books, terms, OWNER)
    assert await books.rows("SELECT * FROM stars") == []
    assert await books.read(lambda conn: columns_with(conn, OWNER, ANNE)) == []
