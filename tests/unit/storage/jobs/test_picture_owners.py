"""Whose pictures a message has, and who may have them edited."""

from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.pictures.inputs import HandedIn, InputPicture
from bot.domain.pictures.open_edits import OpenEdit, Source
from bot.domain.preferences import Preferences
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.errors import MemberError, NotPermitted, PriceNotAgreed
from bot.storage.jobs.open_edits import LIVES_MS, SqliteOpenEdits
from bot.storage.privacy.preferences import SqlitePreferences
from tests.support.forgetting import forget, make_job, privacy_of, refusal_of
from tests.support.ledger import Books, make_new_job, make_terms

OWNER, EDITOR, THIRD = 876_543_210_987, 12, 13
POSTED = Source(500, OWNER, is_ephemeral=False)
FILES = (HandedIn("https://cdn/1?key", "猫.png", 9), HandedIn("https://cdn/2", "b.png", 0))


@pytest.fixture
def terms(books: Books) -> Terms:
    return make_terms(books.clock.now_ms(), BUILT_IN, free=20)


async def allow(books: Books, server_id: int = 1, *, edits_others: bool = True) -> None:
    act = Act(books.next_id(), server_id, 900, "settings.moderation")
    await books.servers.change_settings(act, lambda old: replace(old, edits_others=edits_others))


async def decide(books: Books, member_id: int, *, others_may_edit: bool | None) -> None:
    preferences = SqlitePreferences(books.database, books.clock)
    await preferences.change(books.next_id(), member_id, lambda _: Preferences(others_may_edit))


async def submit(books: Books, terms: Terms, source: Source, *, member_id: int = EDITOR, server_id: int = 1) -> Job:
    new_job = make_new_job(books.next_id(), server_id, member_id, next(iter(terms.catalogue)))
    return await books.jobs.submit(replace(new_job, request=replace(new_job.request, source=source)), terms)


async def card_of(books: Books, terms: Terms, member_id: int = OWNER) -> tuple[Job, Source]:
    job = await make_job(books, terms, member_id=member_id)
    return job, Source(job.reply.message_id, 0, is_ephemeral=False)


async def test_ones_own_pictures_need_nobodys_word(books, terms):
    await decide(books, EDITOR, others_may_edit=False)
    job = await submit(books, terms, replace(POSTED, author_id=EDITOR))
    assert (job.owner_account_id, job.owner_id) == (0, 0)
    _, card = await card_of(books, terms, EDITOR)
    assert (await submit(books, terms, card)).owner_account_id == 0


async def test_those_of_others_need_their_servers_word_and_theirs(books, terms):
    _, card = await card_of(books, terms)
    for source in (POSTED, card):
        assert await refusal_of(submit(books, terms, source)) == "edit-others-off"
    await allow(books)
    for source in (POSTED, card):
        job = await submit(books, terms, source)
        assert job.owner_id == OWNER
        assert job.owner_account_id != job.account_id
    await decide(books, OWNER, others_may_edit=False)
    for source in (POSTED, card):
        assert await refusal_of(submit(books, terms, source)) == "edit-others-refused"
    await decide(books, OWNER, others_may_edit=None)
    await submit(books, terms, POSTED)


async def result_of(books: Books, terms: Terms, source: Source, member_id: int = EDITOR) -> Source:
    """Have pictures of a message edited; give the card."""
    job = await submit(books, terms, source, member_id=member_id)
    acknowledged = await books.jobs.acknowledge(job.id, job.id + 7)
    assert acknowledged is not None
    return Source(acknowledged.reply.message_id, 0, is_ephemeral=False)


async def test_what_an_edit_made_is_also_whose_picture_it_was_made_from(books, terms):
    await allow(books)
    result = await result_of(books, terms, POSTED)
    # Whoever has it edited on their own account does not wash it.
    again = await result_of(books, terms, result)
    assert (await submit(books, terms, again, member_id=THIRD)).owner_id == EDITOR
    assert (await submit(books, terms, again)).owner_id == OWNER
    await decide(books, OWNER, others_may_edit=False)
    for source in (result, again):
        for member_id in (EDITOR, THIRD):
            assert await refusal_of(submit(books, terms, source, member_id=member_id)) == "edit-origin-refused"
        await submit(books, terms, source, member_id=OWNER)
    await decide(books, OWNER, others_may_edit=None)
    await decide(books, EDITOR, others_may_edit=False)
    for member_id in (OWNER, THIRD):
        assert await refusal_of(submit(books, terms, again, member_id=member_id)) == "edit-others-refused"
    await submit(books, terms, again)


async def test_what_was_made_of_the_picture_of_another_needs_their_servers_word_as_well(books, terms):
    await allow(books)
    result = await result_of(books, terms, POSTED)
    await allow(books, edits_others=False)
    assert await refusal_of(submit(books, terms, result, member_id=THIRD)) == "edit-others-off"
    assert await refusal_of(submit(books, terms, result)) == "edit-origin-off"
    # Nobody else sees it, and its own member is one of those whose it is.
    await allow(books)
    assert (await submit(books, terms, replace(result, is_ephemeral=True))).owner_id == OWNER
    assert await refusal_of(submit(books, terms, replace(result, is_ephemeral=True), member_id=THIRD)) == "edit-private"


async def test_who_was_forgotten_has_no_word_on_what_was_made_of_their_pictures(books, terms):
    await allow(books)
    result = await result_of(books, terms, POSTED)
    await decide(books, OWNER, others_may_edit=False)
    assert await refusal_of(submit(books, terms, result, member_id=THIRD)) == "edit-origin-refused"
    await forget(books, terms, OWNER)
    assert (await submit(books, terms, result, member_id=THIRD)).owner_id == EDITOR
    assert (await submit(books, terms, result)).owner_account_id == 0


async def test_one_servers_word_is_no_others(books, terms):
    await allow(books, 2)
    assert await refusal_of(submit(books, terms, POSTED)) == "edit-others-off"
    _, card = await card_of(books, terms)
    assert await refusal_of(submit(books, terms, card, server_id=2)) == "edit-no-card"


async def test_what_one_person_alone_sees_is_edited_by_nobody_else(books, terms):
    await allow(books)
    assert await refusal_of(submit(books, terms, replace(POSTED, is_ephemeral=True))) == "edit-private"
    job, card = await card_of(books, terms)
    await books.database.write(
        lambda conn: conn.execute("UPDATE jobs SET private = 1 WHERE id = ?", (job.id,)).rowcount
    )
    assert await refusal_of(submit(books, terms, card)) == "edit-private"
    await submit(books, terms, card, member_id=OWNER)


async def test_removed_pictures_are_edited_by_nobody(books, terms):
    await allow(books)
    job, card = await card_of(books, terms)
    await books.database.write(
        lambda conn: conn.execute("UPDATE jobs SET deleted_ms = 1 WHERE id = ?", (job.id,)).rowcount
    )
    for member_id in (OWNER, EDITOR):
        assert await refusal_of(submit(books, terms, card, member_id=member_id)) == "edit-removed"


async def test_of_a_card_that_no_job_names_it_is_not_known_whose_it_is(books, terms):
    await allow(books)
    _, card = await card_of(books, terms)
    assert await refusal_of(submit(books, terms, replace(card, message_id=999))) == "edit-no-card"
    await forget(books, terms, OWNER)
    assert await refusal_of(submit(books, terms, card)) == "edit-no-card"
    # A job whose message is not known is found by no message.
    await books.submit(terms, member_id=OWNER)
    assert await refusal_of(submit(books, terms, replace(card, message_id=0))) == "edit-no-card"


async def test_a_refused_edit_holds_and_spends_nothing_and_stands_in_the_audit(books, terms):
    assert await refusal_of(submit(books, terms, POSTED)) == "edit-others-off"
    assert await books.rows("SELECT * FROM holds") == []
    assert await books.rows("SELECT json_extract(detail, '$.reason') FROM audit WHERE act = 'request.refused'") == [
        ("edit-others-off",)
    ]


async def test_the_same_edit_again_is_the_same_job_whatever_was_decided_since(books, terms):
    await allow(books)
    new_job = make_new_job(5, 1, EDITOR, next(iter(terms.catalogue)))
    new_job = replace(new_job, request=replace(new_job.request, source=POSTED))
    first = await books.jobs.submit(new_job, terms)
    await decide(books, OWNER, others_may_edit=False)
    assert (await books.jobs.submit(new_job, terms)).number == first.number


async def test_a_price_offer_knows_whose_pictures_it_is_about(books):
    paid = make_terms(books.clock.now_ms(), BUILT_IN, free=0, budget=1_000_000)
    await allow(books)
    new_job = make_new_job(5, 1, EDITOR, next(iter(paid.catalogue)), may_pay=False)
    request = replace(
        new_job.request, source=POSTED, pictures=(InputPicture("1/5-in-0-aa.png", 9, 4, 3, False, False),)
    )
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(replace(new_job, request=request), paid)
    offer = await books.jobs.price_offer(5)
    assert offer is not None
    assert offer.request == request
    exported = await privacy_of(books).export(EDITOR)
    assert exported is not None
    assert str(OWNER) not in str(exported.documents)
    await forget(books, paid, OWNER)
    assert await books.jobs.price_offer(5) is None
    assert await books.rows("SELECT path FROM leftover_files") == [("1/5-in-0-aa.png",)]


def an_edit(edit_id: int = 1, member_id: int = EDITOR, source: Source = POSTED) -> OpenEdit:
    return OpenEdit(edit_id, 1, 3, member_id, source, FILES)


async def test_a_form_is_kept_for_an_hour_if_its_pictures_may_be_edited(books):
    edits = SqliteOpenEdits(books.database, books.clock)
    with pytest.raises(NotPermitted):
        await edits.open(an_edit())
    assert await edits.find(1) is None
    await allow(books)
    await edits.open(an_edit())
    assert await edits.find(1) == an_edit()
    books.clock.advance(LIVES_MS / 1000)
    assert await edits.find(1) is None
    assert await edits.expire() == 1
    assert await edits.expire() == 0


async def test_of_one_member_the_last_form_is_kept(books):
    edits = SqliteOpenEdits(books.database, books.clock)
    own = replace(POSTED, author_id=EDITOR)
    await edits.open(an_edit(1, source=own))
    await edits.open(an_edit(2, OWNER))
    await edits.open(an_edit(3, source=own))
    assert [row[0] for row in await books.rows("SELECT id FROM open_edits ORDER BY id")] == [2, 3]
    with pytest.raises(MemberError):
        await edits.open(an_edit(4, source=Source(77, 0, is_ephemeral=False)))
    assert await edits.find(3) is not None


async def test_the_owner_is_told_once_their_picture_has_been_delivered(books, terms):
    await allow(books)
    told = "SELECT count(*) FROM outbox WHERE kind = 'picture-edited'"
    job = await submit(books, terms, POSTED)
    await submit(books, terms, replace(POSTED, author_id=EDITOR))
    assert await books.rows(told) == [(0,)]
    await books.database.write(
        lambda conn: conn.execute("UPDATE jobs SET state = 'delivering' WHERE id >= ?", (job.id,)).rowcount
    )
    for job_id in (job.id, job.id, job.id + 1):
        await books.jobs.record_delivery(job_id, {}, version=1, ping=False)
    assert await books.rows(told) == [(1,)]
