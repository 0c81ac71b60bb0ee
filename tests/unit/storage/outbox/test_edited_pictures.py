"""When an owner is told of edits of their pictures: by what the outbox has of them."""

from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.jobs.notice import Notice, Turn
from bot.domain.pictures.open_edits import Source
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.outbox.edited_pictures import APART_MS, ONE, SEVERAL, SqliteEditedPictures
from bot.storage.outbox.messages import SqliteOutbox, add
from tests.support.ledger import Books, make_new_job, make_terms

OWNER, OTHER, EDITOR = 11, 12, 13


class Told:
    """The outbox of a program, and the jobs that it speaks of."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.outbox = SqliteOutbox(books.database, books.clock)
        self.edited = SqliteEditedPictures(books.database, books.clock)
        self.terms = make_terms(books.clock.now_ms(), BUILT_IN, free=50)

    async def edit(self, owner_id: int = OWNER) -> Notice:
        """Write that a picture was edited; give the message."""
        source = Source(500, owner_id, is_ephemeral=False)
        new_job = make_new_job(self.books.next_id(), 1, EDITOR, "wan2.7-image")
        job = await self.books.jobs.submit(
            replace(new_job, request=replace(new_job.request, source=source)), self.terms
        )
        now_ms = self.books.clock.now_ms()
        await self.books.database.write(lambda conn: add(conn, ONE, at_ms=now_ms, job_id=job.id))
        return (await self.outbox.waiting())[-1]

    async def said(self, notice: Notice) -> None:
        await self.outbox.done(notice.id, "sent")


@pytest.fixture
async def told(books: Books) -> Told:
    act = Act(books.next_id(), 1, 900, "settings.moderation")
    await books.servers.change_settings(act, lambda old: replace(old, edits_others=True))
    return Told(books)


async def test_the_first_goes_at_once_and_the_next_wait_for_the_rest_of_its_hour(told: Told, books: Books):
    first = await told.edit()
    assert await told.edited.turn(first) == Turn()
    await told.said(first)
    books.clock.advance(600)
    assert await told.edited.turn(await told.edit()) == Turn(APART_MS - 600_000)
    assert await told.edited.turn(await told.edit(OTHER)) == Turn()
    books.clock.advance(3000)
    second = (await told.outbox.waiting())[0]
    assert await told.edited.turn(second) == Turn()


async def test_what_waited_becomes_one_message_of_its_own(told: Told, books: Books):
    await told.said(await told.edit())
    waited = [await told.edit() for _ in range(3)]
    stranger = await told.edit(OTHER)
    books.clock.advance(3600)
    assert await told.edited.turn(waited[1]) == Turn(is_gathered=True)
    for one in waited:
        assert await told.edited.turn(one) == Turn(is_gathered=True)
    left, gathered = await told.outbox.waiting()
    assert left == stranger
    assert (gathered.kind, gathered.job_id) == (SEVERAL, waited[2].job_id)
    assert gathered.content == {"jobs": " ".join(str(one.job_id) for one in waited), "more": 1}
    # It is not gathered once more, and holds the next ones back while it is on its way.
    assert await told.edited.turn(gathered) == Turn()
    assert await told.edited.turn(await told.edit()) == Turn(APART_MS)
    await told.said(gathered)
    books.clock.advance(1)
    assert await told.edited.turn((await told.outbox.waiting())[-1]) == Turn(APART_MS - 1000)


async def test_who_was_told_of_nothing_yet_is_told_of_several_at_once(told: Told):
    notices = [await told.edit() for _ in range(2)]
    assert await told.edited.turn(notices[0]) == Turn(is_gathered=True)
    (gathered,) = await told.outbox.waiting()
    assert gathered.content["more"] == 0


async def test_one_that_was_tried_goes_on_by_itself_and_the_others_wait_for_it(told: Told):
    tried = await told.edit()
    await told.outbox.again(tried.id, 0, 1)
    again = (await told.outbox.waiting())[0]
    other = await told.edit()
    assert await told.edited.turn(again) == Turn()
    assert await told.edited.turn(other) == Turn(APART_MS)
    await told.outbox.done(tried.id, "given up: closed")
    assert await told.edited.turn(other) == Turn()


async def test_one_that_may_be_there_though_nobody_noted_it_goes_on_by_itself(told: Told):
    assert await told.edited.turn(await told.edit()) == Turn()
    # The program is killed once it is said, and begins again.
    other = await told.edit()
    again = (await told.outbox.waiting())[0]
    assert await told.edited.turn(again) == Turn()
    assert await told.edited.turn(other) == Turn(APART_MS)


async def test_a_clock_that_was_set_back_makes_nobody_wait_for_longer_than_an_hour(told: Told, books: Books):
    await told.said(await told.edit())
    books.clock.advance(-7200)
    assert await told.edited.turn(await told.edit()) == Turn()
    # Nor does the time to come hide what they are told meanwhile.
    await told.said((await told.outbox.waiting())[-1])
    assert await told.edited.turn(await told.edit()) == Turn(APART_MS)
