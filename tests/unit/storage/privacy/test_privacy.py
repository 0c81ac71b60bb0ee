"""Forgetting a member: what goes, what stays, and what of it is carried."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.privacy import Keepings
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.errors import AlreadyDone, MemberError, PriceNotAgreed, StorageUnavailable
from bot.storage.books.verification import SqliteBooks
from bot.storage.privacy import erasure, export
from bot.storage.privacy.privacy import COUNTS, SqlitePrivacy
from simulation.judging.books import balances_equal_rows
from tests.support.forgetting import MEMBER, SECRET, columns_with, forget, make_job, privacy_of, traces
from tests.support.ledger import DAY_MS, Books, make_new_job, make_terms

MEMBER_ROWS = "SELECT count(*) FROM members WHERE discord_id = ?"


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "imagine.db"


async def sums(books: Books) -> list[tuple[object, ...]]:
    """Everything that is counted: the ledger's rows, the balances and the holds."""
    return [
        *await books.rows("SELECT * FROM ledger ORDER BY id"),
        *await books.rows("SELECT * FROM buckets ORDER BY id"),
        *await books.rows("SELECT * FROM holds ORDER BY job_id"),
    ]


async def test_no_column_and_no_byte_of_the_file_tells_who_a_forgotten_member_was_or_what_they_wrote(
    books, terms, tmp_path
):
    for _ in range(3):
        await make_job(books, terms, count=2)
        await make_job(books, terms, member_id=5, text="harmless")
    await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, PartialRule(free_images=7))
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(
            make_new_job(books.next_id(), 2, MEMBER, next(iter(BUILT_IN)), 4, may_pay=False),
            make_terms(books.clock.now_ms(), BUILT_IN, free=0, budget=9_000_000),
        )
    assert await books.read(lambda conn: columns_with(conn, SECRET, MEMBER)) != []
    assert traces(file_of(tmp_path)).keys() == {"id", "text"}
    await forget(books, terms)
    assert await books.read(lambda conn: columns_with(conn, SECRET, MEMBER)) == []
    await privacy_of(books).wipe_traces()
    assert await privacy_of(books).scrub() is True
    assert traces(file_of(tmp_path)) == {}
    assert await books.read(lambda conn: columns_with(conn, "harmless")) != []


async def test_each_column_that_tells_of_the_member_is_emptied_and_the_search_finds_nothing(books, terms):
    await books.servers.set_rule(books.act(), Scope.ROLE, 31, PartialRule(free_images=7))
    await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, PartialRule(free_images=7))
    job = await make_job(books, terms, roles=[31])
    by_member = f'"1i{job.account_id}"'
    columns = "prompt, negative_prompt, channel_id, message_id, token, token_expires_ms, locale, roles, indexed"
    assert await books.rows("SELECT roles, indexed FROM jobs") == [("[31]", 1)]
    assert await books.rows("SELECT rowid FROM log_words WHERE log_words MATCH ?", by_member) == [(job.id,)]
    await forget(books, terms)
    assert await books.rows(f"SELECT {columns} FROM jobs") == [("", "", 0, 0, "", 0, "", "[]", 2)]
    columns = "url, orig_prompt, actual_prompt, path, attachment_id"
    assert await books.rows(f"SELECT {columns} FROM images") == [("", None, None, "", 0)]
    assert await books.rows("SELECT rowid FROM log_words WHERE log_words MATCH ?", by_member) == []
    assert await books.rows("SELECT scope FROM rules") == [("role",)]


async def test_what_was_deleted_is_overwritten_and_the_write_ahead_log_is_emptied_at_once(books, terms, tmp_path):
    await make_job(books, terms)
    assert traces(file_of(tmp_path)).keys() == {"id", "text"}
    await forget(books, terms)
    await privacy_of(books).wipe_traces()
    assert traces(file_of(tmp_path)) == {}


async def test_every_sum_stands_and_the_books_agree_after_a_member_is_forgotten(books, terms):
    for count in (1, 3, 2):
        await make_job(books, terms, count=count)
    await books.grant(1, MEMBER, 300_000)
    before = await sums(books)
    forgotten = await forget(books, terms)
    assert forgotten is not None
    assert (forgotten.jobs, forgotten.pictures, forgotten.messages) == (3, 6, 3)
    assert await sums(books) == before
    await books.read(balances_equal_rows)
    assert await SqliteBooks(books.database).differences() == []
    (row,) = await books.rows("SELECT actor_id, detail FROM audit WHERE act = 'member.forgotten'")
    assert row[1] == '{"jobs": 3}'


async def test_what_a_forgotten_member_was_charged_is_given_back_to_nobody_not_even_once_they_are_back(books, terms):
    job = await make_job(books, terms)
    await forget(books, terms)
    with pytest.raises(MemberError, match="refund-forgotten"):
        await books.servers.refund(books.act(), job.id)
    await make_job(books, terms)
    with pytest.raises(MemberError, match="refund-forgotten"):
        await books.servers.refund(replace(books.act(), actor_id=MEMBER), job.id)
    assert await books.rows("SELECT * FROM ledger WHERE kind = 'refund'") == []


async def test_a_member_with_jobs_under_way_is_not_forgotten_and_nothing_of_them_is_lost(books, terms):
    await make_job(books, terms)
    held = await books.submit(terms, member_id=MEMBER)
    before = await books.rows("SELECT * FROM jobs ORDER BY id")
    with pytest.raises(MemberError) as refused:
        await forget(books, terms)
    assert refused.value.values == {"jobs": 1, "numbers": f"#{held.number}"}
    assert await books.rows("SELECT * FROM jobs ORDER BY id") == before
    assert await books.rows(MEMBER_ROWS, MEMBER) == [(1,)]
    assert (await privacy_of(books).keepings(MEMBER)).under_way == (held.number,)


async def test_the_same_wish_delivered_twice_is_one_and_a_second_one_finds_nothing(books, terms):
    await make_job(books, terms)
    privacy = privacy_of(books)
    assert await privacy.forget(1, MEMBER, terms) is not None
    with pytest.raises(AlreadyDone):
        await privacy.forget(1, MEMBER, terms)
    assert await privacy.forget(2, MEMBER, terms) is None
    assert await books.rows("SELECT count(*) FROM audit WHERE act = 'member.forgotten'") == [(1,)]


async def test_price_offers_go_also_of_somebody_who_has_no_account_yet(books, terms):
    with pytest.raises(PriceNotAgreed):
        await books.jobs.submit(
            make_new_job(books.next_id(), 1, MEMBER, next(iter(BUILT_IN)), 4, may_pay=False),
            make_terms(books.clock.now_ms(), BUILT_IN, free=0, budget=9_000_000),
        )
    assert await books.rows("SELECT member_id FROM drafts") == [(MEMBER,)]
    # Else /privacy would tell them that there is nothing to forget.
    assert (await privacy_of(books).keepings(MEMBER)).is_known
    assert await forget(books, terms) is None
    assert await books.rows("SELECT member_id FROM drafts") == []
    assert not (await privacy_of(books).keepings(MEMBER)).is_known


async def test_the_key_is_made_once_for_its_owner_alone_and_not_in_the_database(books, terms, tmp_path):
    key = file_of(tmp_path).with_name("imagine.db.key")
    await make_job(books, terms)
    assert not key.exists()
    await forget(books, terms)
    made = key.read_bytes()
    assert len(made) == 32
    assert key.stat().st_mode & 0o777 == 0o600
    await make_job(books, terms)
    await forget(books, terms)
    assert key.read_bytes() == made
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".partial")] == []
    await privacy_of(books).wipe_traces()
    assert made not in file_of(tmp_path).read_bytes()


async def test_without_its_key_the_hash_meets_nobody(books, terms, tmp_path):
    await make_job(books, terms, count=3)
    await forget(books, terms)
    file_of(tmp_path).with_name("imagine.db.key").unlink()
    await books.submit(terms, member_id=MEMBER, count=4)
    assert (await books.jobs.standing(1, MEMBER, (), terms)).left.free_images == 1


async def test_a_damaged_key_refuses_to_forget_instead_of_losing_what_is_carried(books, terms, tmp_path):
    await make_job(books, terms)
    file_of(tmp_path).with_name("imagine.db.key").write_bytes(b"short")
    with pytest.raises(Exception, match="is no key"):
        await forget(books, terms)
    assert await books.rows(MEMBER_ROWS, MEMBER) == [(1,)]


async def test_a_key_that_cannot_be_made_is_an_outage_of_storage(books, terms, tmp_path):
    await make_job(books, terms)
    file_of(tmp_path).with_name("imagine.db.key").mkdir()
    with pytest.raises(StorageUnavailable, match="can't be read or made"):
        await forget(books, terms)


@pytest.mark.parametrize("spoil", [lambda key: key.mkdir(), lambda key: key.write_bytes(b"short")])
async def test_what_is_wrong_with_the_key_is_told_without_its_folder(spoil, books, terms, tmp_path):
    await make_job(books, terms)
    spoil(file_of(tmp_path).with_name("imagine.db.key"))
    with pytest.raises(StorageUnavailable, match=r"^imagine\.db\.key "):
        await forget(books, terms)


async def test_old_jobs_are_erased_one_by_one_and_only_those_that_ended(books, terms):
    old = [await make_job(books, terms) for _ in range(3)]
    waiting = await books.submit(terms, member_id=MEMBER)
    books.clock.advance(10 * DAY_MS / 1000)
    fresh = await make_job(books, make_terms(books.clock.now_ms(), BUILT_IN), text="fresh")
    before = await sums(books)
    privacy = privacy_of(books)
    assert await privacy.old(books.clock.now_ms() - DAY_MS) == [job.id for job in old]
    for job in old:
        await privacy.erase(job.id)
    assert await privacy.old(books.clock.now_ms() - DAY_MS) == []
    assert await sums(books) == before
    for job in old:
        erased = await books.jobs.get(job.id)
        assert (erased.request.prompt, erased.reply.message_id, erased.member_id) == ("", 0, MEMBER)
        assert erased.kept == ()
    assert (await books.jobs.get(waiting.id)).request.prompt
    assert (await books.jobs.get(fresh.id)).request.prompt == "fresh sings"
    assert len(await privacy.leftover_files()) == 3
    # The messages are the members', not this program's.
    assert await privacy.leftover_messages() == []


@pytest.mark.parametrize(
    ("statement", "way"),
    [
        (erasure.OLD, "jobs USING INDEX jobs_to_erase (created_ms<?)"),
        (export.REFUSALS, "audit USING INDEX refusals_by_actor (actor_id=?)"),
        (export.LEDGER, "buckets USING INDEX buckets_by_owner (owner=? AND kind=?)"),
        (COUNTS, "buckets USING INDEX buckets_by_owner (owner=? AND kind=?)"),
    ],
)
async def test_what_is_one_members_or_old_is_found_without_reading_what_is_not(books, statement, way):
    values = dict.fromkeys(re.findall(r":(\w+)", statement), 1)
    plan = await books.read(lambda conn: [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {statement}", values)])
    assert f"SEARCH {way}" in plan


async def test_the_file_is_written_anew_at_most_once_a_day_and_only_after_something_was_erased(books, terms):
    privacy = privacy_of(books)
    assert await privacy.scrub() is None
    await make_job(books, terms)
    await forget(books, terms)
    assert await privacy.scrub() is True
    assert await privacy.scrub() is None
    await make_job(books, terms)
    books.clock.advance(60)
    await forget(books, terms)
    assert await privacy.scrub() is None
    books.clock.advance(DAY_MS / 1000)
    assert await privacy.scrub() is True
    books.clock.advance(DAY_MS / 1000)
    assert await privacy.scrub() is None


async def test_a_file_that_is_too_large_is_left_and_tried_again_the_next_day(books, terms):
    privacy = SqlitePrivacy(books.database, books.clock, most_scrubbed_bytes=1)
    await make_job(books, terms)
    await forget(books, terms)
    assert await privacy.scrub() is False
    assert await privacy.scrub() is None
    books.clock.advance(DAY_MS / 1000)
    assert await privacy.scrub() is False


async def test_leftover_messages_are_tried_again_when_it_is_time_and_gone_when_they_are_done(books, terms):
    job = await make_job(books, terms)
    privacy = privacy_of(books)
    await forget(books, terms)
    (message,) = await privacy.leftover_messages()
    assert (message.message_id, message.channel_id, message.token, message.attempts) == (
        job.reply.message_id,
        job.reply.channel_id,
        "token",
        0,
    )
    await privacy.message_again(message.message_id, 30, 1)
    assert await privacy.leftover_messages() == []
    books.clock.advance(31)
    (again,) = await privacy.leftover_messages()
    assert again.attempts == 1
    await privacy.message_gone(again.message_id)
    assert await books.rows("SELECT * FROM leftover_messages") == []


async def test_figures_tell_what_is_kept_and_what_would_be_lost(books, terms):
    privacy = privacy_of(books)
    assert await privacy.keepings(MEMBER) == Keepings()
    await make_job(books, terms, count=2)
    await books.grant(1, MEMBER, 300_000)
    await books.grant(2, MEMBER, 40_000)
    await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, PartialRule(free_images=7))
    await make_job(books, terms, member_id=5)
    assert await privacy.keepings(MEMBER) == Keepings(
        jobs=1, pictures=2, messages=1, rules=1, credit_micros=340_000, is_known=True
    )
