"""What members decide for themselves, and what of it outlasts being forgotten."""

from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.pictures.inputs import HandedIn, InputPicture
from bot.domain.pictures.open_edits import OpenEdit, Source
from bot.domain.preferences import Preferences, ServerPreferences, Told
from bot.domain.privacy import Keepings, Lasting
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.instead import DeclinedRequest
from bot.domain.requests.quota import Terms
from bot.domain.requests.request import Options
from bot.domain.text.enhance import Enhance
from bot.errors import AlreadyDone, PriceNotAgreed
from bot.storage.jobs.declined import SqliteDeclinedRequests
from bot.storage.jobs.open_edits import SqliteOpenEdits
from bot.storage.privacy.preferences import SqlitePreferences
from tests.support.forgetting import MEMBER, columns_with, forget, make_job, privacy_of, refusal_of
from tests.support.ledger import Books, make_new_job, make_terms

YES, NO, NOTHING = Preferences(others_may_edit=True), Preferences(others_may_edit=False), Preferences()
EDITOR = 12
POSTED = Source(500, MEMBER, is_ephemeral=False)


def preferences_of(books: Books) -> SqlitePreferences:
    return SqlitePreferences(books.database, books.clock)


async def decide(books: Books, wanted: Preferences, member_id: int = MEMBER) -> None:
    assert await preferences_of(books).change(books.next_id(), member_id, lambda _: wanted) == wanted


async def allow(books: Books) -> None:
    act = Act(books.next_id(), 1, 900, "settings.moderation")
    await books.servers.change_settings(act, lambda old: replace(old, edits_others=True))


@pytest.mark.parametrize("wanted", [YES, NO, NOTHING])
async def test_what_a_member_decides_is_theirs_alone_and_holds(books, wanted):
    await decide(books, NO)
    await decide(books, wanted)
    assert await preferences_of(books).of(MEMBER) == wanted
    assert await preferences_of(books).of(MEMBER + 1) == NOTHING


def test_by_default_others_may_edit():
    assert (YES.lets_others_edit, NOTHING.lets_others_edit, NO.lets_others_edit) == (True, True, False)


async def test_a_change_that_is_delivered_a_second_time_changes_nothing_back(books):
    preferences = preferences_of(books)
    await preferences.change(1, MEMBER, lambda _: YES)
    await decide(books, NO)
    with pytest.raises(AlreadyDone):
        await preferences.change(1, MEMBER, lambda _: YES)
    assert await preferences.of(MEMBER) == NO


async def test_those_of_a_server_hold_there_alone_and_what_holds_everywhere_is_the_same_in_each(books):
    here = ServerPreferences("wanx2.1-t2i-plus", "16:9", 2, Enhance.TRANSLATE, False, Told.DIRECT)
    preferences = preferences_of(books)
    await preferences.change(books.next_id(), MEMBER, lambda _: Preferences(False, "zh-CN", here), 1)
    assert await preferences.of(MEMBER, 1) == Preferences(False, "zh-CN", here)
    assert await preferences.of(MEMBER, 2) == await preferences.of(MEMBER) == Preferences(False, "zh-CN")
    await preferences.change(books.next_id(), MEMBER, lambda _: Preferences(), 1)
    assert await preferences.of(MEMBER, 1) == NOTHING
    assert await books.rows("SELECT * FROM server_preferences") == []


async def test_what_holds_in_a_server_is_exported_and_forgotten(books, terms):
    here = ServerPreferences(model="wanx2.1-t2i-plus", private=True, told=Told.NOT)
    await preferences_of(books).change(books.next_id(), MEMBER, lambda _: Preferences(None, "en-US", here), 5)
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    assert exported.documents["about-you.json"]["preferences"] == [
        {"language": "en-US"},
        {"server": "5", "model": "wanx2.1-t2i-plus", "private": True, "told": "not"},
    ]
    await forget(books, terms)
    assert await books.rows("SELECT * FROM server_preferences") == []
    assert await preferences_of(books).of(MEMBER, 5) == NOTHING


@pytest.mark.parametrize(
    ("told", "took_long", "kinds"),
    [(None, True, ["ping"]), (None, False, []), (Told.NOT, True, []), (Told.DIRECT, False, ["delivered"])],
)
async def test_a_member_is_told_of_their_pictures_as_they_prefer(books, terms, told, took_long, kinds):
    here = ServerPreferences(told=told)
    await preferences_of(books).change(books.next_id(), MEMBER, lambda _: Preferences(here=here), 1)
    job = await books.queue(terms, member_id=MEMBER)
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_delivery(job.id, {0: 77}, version=9, ping=took_long)
    assert [row[0] for row in await books.rows("SELECT kind FROM outbox")] == kinds


async def test_a_card_speaks_the_language_that_its_member_prefers(books, terms):
    job = await books.submit(terms, member_id=MEMBER)
    assert job.reply.locale == "en-US"
    await decide(books, Preferences(language="zh-CN"))
    job = await books.submit(terms, member_id=MEMBER)
    assert job.reply.locale == "zh-CN"
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_undelivered(job.id, "forbidden")
    sent = await books.jobs.send_again(job.id, MEMBER, replace(job.reply, locale="en-US"))
    assert sent is not None
    assert sent.reply.locale == "zh-CN"
    assert (await books.submit(terms, member_id=EDITOR)).reply.locale == "en-US"


async def test_a_no_outlasts_being_forgotten_and_comes_back(books, terms):
    await decide(books, NO)
    assert (await privacy_of(books).keepings(MEMBER)).forbids_editing
    forgotten = await forget(books, terms)
    assert forgotten is not None
    assert forgotten.outlasting == {Lasting.PREFERENCE: 0}
    assert await books.rows("SELECT * FROM preferences") == []
    assert await books.read(lambda conn: columns_with(conn, MEMBER)) == []
    # It holds while nobody knows whose it is, and for a whole server's worth of others it says nothing.
    assert await preferences_of(books).of(MEMBER) == NO
    assert await preferences_of(books).of(MEMBER + 1) == NOTHING
    await allow(books)
    new_job = make_new_job(books.next_id(), 1, EDITOR, next(iter(terms.catalogue)))
    new_job = replace(new_job, request=replace(new_job.request, source=POSTED))
    assert await refusal_of(books.jobs.submit(new_job, terms)) == "edit-others-refused"
    await make_job(books, terms)
    assert await preferences_of(books).of(MEMBER) == NO
    assert await books.rows("SELECT * FROM carried") == []
    await decide(books, NOTHING)
    assert await preferences_of(books).of(MEMBER) == NOTHING


@pytest.mark.parametrize("wanted", [YES, NOTHING])
async def test_nothing_else_outlasts_it(books, terms, wanted):
    await decide(books, wanted)
    assert not (await privacy_of(books).keepings(MEMBER)).forbids_editing
    await forget(books, terms)
    assert await books.rows("SELECT * FROM carried") == []
    assert await privacy_of(books).keepings(MEMBER) == Keepings()


async def test_it_is_exported_before_and_after(books, terms):
    assert await privacy_of(books).export(MEMBER) is None
    await decide(books, NO)
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    assert exported.documents["about-you.json"]["preferences"] == [{"others_may_edit_my_pictures": False}]
    await forget(books, terms)
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    about = exported.documents["about-you.json"]
    assert about["preferences"] == []
    assert about["kept_since_you_were_forgotten"] == [
        {"server": "0", "kind": "preference", "others_may_edit": False, "period": None, "until": "for good"}
    ]


async def edited(books: Books, terms: Terms) -> int:
    """Have a picture that MEMBER posted edited by EDITOR; return the job's id."""
    await allow(books)
    new_job = make_new_job(books.next_id(), 1, EDITOR, next(iter(terms.catalogue)))
    picture = InputPicture(f"1/{new_job.interaction_id}-in-0-aa.png", 9, 4, 3, is_scaled=False, is_flattened=False)
    request = replace(new_job.request, source=POSTED, pictures=(picture,))
    job = await books.jobs.submit(replace(new_job, request=request), terms)
    await books.jobs.acknowledge(job.id, 9)
    return job.id


async def test_both_take_along_what_is_theirs_of_an_edit(books, terms):
    job_id = await edited(books, terms)
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    (edit,) = exported.documents["about-you.json"]["edits_of_your_pictures_by_others"]
    assert (edit["server"], edit["number"], edit["file"]) == ("1", 1, "pictures/1-1-of-yours-1.png")
    assert [(one.path, one.name) for one in exported.pictures] == [(f"1/{job_id}-in-0-aa.png", edit["file"])]
    assert str(EDITOR) not in str(exported.documents)
    exported = await privacy_of(books).export(EDITOR)
    assert exported is not None
    (job,) = exported.documents["jobs-1.json"]
    assert job["handed_in_from_another_member"] is True
    assert str(MEMBER) not in str(exported.documents)


async def test_who_is_forgotten_takes_their_pictures_out_of_others_edits(books, terms):
    job_id = await edited(books, terms)
    edits = SqliteOpenEdits(books.database, books.clock)
    await edits.open(OpenEdit(1, 1, 2, EDITOR, POSTED, (HandedIn("https://cdn/1", "a.png", 9),)))
    before = await books.jobs.get(job_id)
    forgotten = await forget(books, terms)
    assert before is not None
    assert forgotten is not None
    assert (forgotten.jobs, forgotten.pictures) == (0, 1)
    after = await books.jobs.get(job_id)
    assert after is not None
    assert (after.owner_id, after.owner_account_id) == (0, before.owner_account_id)
    assert after.request.pictures[0].path == ""
    assert after.version > before.version
    assert await books.rows("SELECT path FROM leftover_files") == [(f"1/{job_id}-in-0-aa.png",)]
    assert await edits.find(1) is None
    assert await books.read(lambda conn: columns_with(conn, MEMBER)) == []


@pytest.mark.parametrize("has_author", [True, False])
async def test_who_is_forgotten_takes_their_pictures_out_of_others_questions_and_forms(books, has_author):
    """Also those that the bot made for them: no author is noted of its cards."""
    terms = make_terms(books.clock.now_ms(), BUILT_IN, free=1, budget=1_000_000)
    await allow(books)
    act = Act(books.next_id(), 1, 900, "settings.spending")
    await books.servers.change_settings(act, lambda old: replace(old, confirms_paid=True))
    made, others = await make_job(books, terms), await make_job(books, terms, member_id=EDITOR)
    source = POSTED if has_author else Source(made.reply.message_id, 0, is_ephemeral=False)
    kept = Source(others.reply.message_id, 0, is_ephemeral=False)
    edits = SqliteOpenEdits(books.database, books.clock)
    for one, member_id in ((kept, EDITOR), (source, MEMBER + 1)):
        new_job = make_new_job(books.next_id(), 1, member_id, next(iter(terms.catalogue)), 2)
        path = f"1/{new_job.interaction_id}-in-0-aa.png"
        picture = InputPicture(path, 9, 4, 3, is_scaled=False, is_flattened=False)
        request = replace(new_job.request, source=one, pictures=(picture,))
        await edits.open(OpenEdit(books.next_id(), 1, 2, member_id, one, (HandedIn("https://cdn/1", "a.png", 9),)))
        with pytest.raises(PriceNotAgreed):
            await books.jobs.submit(replace(new_job, request=request, may_pay=False), terms)
    (offer,) = await books.rows("SELECT id FROM drafts WHERE member_id = ?", MEMBER + 1)
    await forget(books, terms)
    assert [row[0] for row in await books.rows("SELECT member_id FROM drafts")] == [EDITOR]
    assert [row[0] for row in await books.rows("SELECT member_id FROM open_edits")] == [EDITOR]
    left = await books.rows("SELECT path FROM leftover_files")
    assert (f"1/{offer[0]}-in-0-aa.png",) in left


async def test_a_form_that_is_open_is_exported_and_goes(books, terms):
    await make_job(books, terms)
    edits = SqliteOpenEdits(books.database, books.clock)
    await edits.open(OpenEdit(1, 1, 2, MEMBER, POSTED, (HandedIn("https://cdn/1?key", "a.png", 9),)))
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    (form,) = exported.documents["about-you.json"]["forms_you_have_open"]
    assert form["message"] == "https://discord.com/channels/1/2/500"
    await forget(books, terms)
    assert await books.rows("SELECT * FROM open_edits") == []


async def test_what_was_just_declined_is_exported_and_goes(books, terms):
    declined = SqliteDeclinedRequests(books.database, books.clock)
    await declined.keep(DeclinedRequest(1, 1, MEMBER, Options("a secret fox", count=4)))
    exported = await privacy_of(books).export(MEMBER)
    assert exported is not None
    (kept,) = exported.documents["about-you.json"]["declined_and_still_to_be_had_otherwise"]
    assert (kept["prompt"], kept["count"], kept["server"]) == ("a secret fox", 4, "1")
    await forget(books, terms)
    assert await declined.find(1) is None
