import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Job, JobState, Removal
from bot.domain.log.feed import PROMPT_TOLD, PROMPT_WAITS_MS, Entry, RefusalTally
from bot.domain.moderation.prompt_rules import RuleKind
from bot.domain.requests.catalogue import BUILT_IN
from bot.storage.log.moderator_log import SqliteModeratorLog
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.outbox.feed import SqliteFeeds
from bot.storage.outbox.messages import SqliteOutbox
from bot.storage.sqlite import database
from bot.storage.sqlite.database import Database, migrations
from tests.support.failures import failure_of
from tests.support.forgetting import forget
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
ROWS = "SELECT kind, feed, done_ms FROM outbox ORDER BY id"


async def settled(books: Books, *, server_id: int = 1) -> Job:
    terms = make_terms(books.clock.now_ms(), {TURBO.name: TURBO})
    job = await books.bring_to_settled(await books.submit(terms, server_id=server_id), made=1, fetched=1, tier=None)
    assert job is not None
    return job


async def open_log(books: Books, *server_ids: int) -> None:
    for server_id in server_ids:
        await books.servers.change_settings(books.act(server_id=server_id), lambda old: replace(old, log_channel=77))


async def kinds(books: Books) -> list[str]:
    return [kind for kind, _, _ in await books.rows(ROWS)]


async def test_an_end_is_told_only_where_there_is_a_log_channel_at_that_time(books: Books):
    first, second = await settled(books), await settled(books)
    await books.jobs.record_delivery(first.id, {}, version=1, ping=False)
    await open_log(books, 1)
    await books.jobs.record_delivery(second.id, {}, version=1, ping=False)
    assert await books.rows("SELECT kind, job_id, feed FROM outbox") == [("feed", second.id, 1)]


async def test_an_end_that_is_noted_twice_is_told_once(books: Books):
    await open_log(books, 1)
    job = await settled(books)
    for _ in range(2):
        await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    assert await kinds(books) == ["feed"]


async def test_failed_and_undelivered_jobs_are_told_and_others_without_pictures_are_not(books: Books):
    await open_log(books, 1)
    terms = make_terms(books.clock.now_ms(), {TURBO.name: TURBO})
    undelivered, failed = await settled(books), await books.submit(terms)
    await books.jobs.record_undelivered(undelivered.id, "gone")
    await books.bring_to_submitting(failed)
    await books.jobs.fail(failed.id, failure_of("DataInspectionFailed"))
    assert await kinds(books) == ["feed", "feed"]
    canceled, expired, void = [await books.queue(terms), await books.queue(terms), await books.submit(terms)]
    await books.jobs.wish_cancel(canceled.id, 1)
    await books.jobs.expire(expired.id, "waited_too_long")
    await books.jobs.void(void.id)
    assert await kinds(books) == ["feed", "feed"]


async def test_a_removal_is_told_only_of_what_is_or_will_be_in_the_feed(books: Books):
    untold = await settled(books)
    await books.jobs.record_delivery(untold.id, {}, version=1, ping=False)
    await open_log(books, 1)
    waiting = await settled(books)
    await books.jobs.record_delivery(waiting.id, {}, version=1, ping=False)
    for job in (untold, waiting):
        await books.jobs.begin_removal(job.id, 5)
        await books.jobs.end_removal(job.id, Removal.DONE)
    assert await books.rows("SELECT kind, job_id FROM outbox ORDER BY id") == [
        ("feed", waiting.id),
        ("feed-changed", waiting.id),
    ]
    feeds, outbox = SqliteFeeds(books.database, books.clock), SqliteOutbox(books.database, books.clock)
    while (notice := await feeds.due(1)) is not None:
        await outbox.done(notice.id, "sent")
    await feeds.note(waiting.id, Entry(77, 5))
    await books.jobs.end_removal(waiting.id, Removal.DONE)
    assert await kinds(books) == ["feed", "feed-changed", "feed-changed"]


async def test_each_server_is_told_its_own_in_order_and_not_before_its_time(books: Books):
    await open_log(books, 1, 2)
    feeds, outbox = SqliteFeeds(books.database, books.clock), SqliteOutbox(books.database, books.clock)
    jobs = [await settled(books, server_id=server_id) for server_id in (1, 2, 1)]
    assert await feeds.servers() == []
    for job in jobs:
        await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    assert await outbox.waiting() == []
    assert await outbox.next_ms() is None
    assert sorted(await feeds.servers()) == [1, 2]
    first = await feeds.due(1)
    assert first is not None
    assert first.job_id == jobs[0].id
    await outbox.again(first.id, 30, 1)
    second = await feeds.due(1)
    assert second is not None
    assert second.job_id == jobs[2].id
    assert await feeds.next_ms() == books.clock.now_ms() + 30_000
    await outbox.done(second.id, "sent")
    assert await feeds.servers() == [2]
    assert await feeds.due(1) is None
    books.clock.advance(30)
    again = await feeds.due(1)
    assert again is not None
    assert (again.id, again.attempts) == (first.id, 1)
    assert await feeds.next_ms() is None


async def test_an_entry_stays_where_it_was_noted_first(books: Books):
    feeds, job = SqliteFeeds(books.database, books.clock), await settled(books)
    assert await feeds.entry(job.id) is None
    await feeds.note(job.id, Entry(77, 5))
    await feeds.note(job.id, Entry(78, 6))
    assert await feeds.entry(job.id) == Entry(77, 5)


async def test_an_entry_is_told_anew_when_its_charge_is_given_back(books: Books):
    feeds, job = SqliteFeeds(books.database, books.clock), await settled(books)
    await feeds.note(job.id, Entry(77, 5))
    before = await kinds(books)
    await books.servers.refund(books.act(), job.id)
    assert await kinds(books) == [*before, "feed-changed"]


async def test_a_closed_log_channel_is_told_of_once_until_it_was_open_again(books: Books):
    feeds, job = SqliteFeeds(books.database, books.clock), await settled(books)
    for _ in range(2):
        await feeds.close(1, 77)
    assert await kinds(books) == ["log-closed"]
    await feeds.note(job.id, Entry(77, 5))
    await feeds.close(1, 77)
    assert await books.rows(ROWS) == [("log-closed", 0, 0)] * 2


@pytest.mark.parametrize(
    ("reason", "told"), [("prompt-breaks-word", True), ("prompt-breaks-pattern", True), ("over-quota", False)]
)
async def test_only_refusals_by_the_servers_rules_for_prompts_are_told(books: Books, reason: str, told: bool):
    feeds = SqliteFeeds(books.database, books.clock)
    await books.jobs.record_refusal(1, 5, reason)
    assert await kinds(books) == []
    await open_log(books, 1)
    await books.jobs.record_refusal(1, 5, reason)
    assert await kinds(books) == ["feed-refused"] * told
    if told:
        notice = await feeds.due(1)
        assert notice is not None
        tally = await feeds.tally(int(notice.content["tally_id"]))
        assert tally is not None
        assert (tally.member_id, tally.reason, tally.count, tally.entry) == (5, reason, 1, None)
    assert await feeds.tally(12345) is None


# -- refused prompts


async def refuse(
    books: Books, *, member_id: int = 5, server_id: int = 1, rule_id: int = 0, prompt: str = "gore"
) -> int:
    refusal = books.jobs.record_refusal(server_id, member_id, "prompt-breaks-word", rule_id=rule_id, prompt=prompt)
    return (await refusal).again_ms


async def tell(books: Books, message_id: int = 99) -> RefusalTally:
    """Do what the feed does with the row that is due."""
    feeds = SqliteFeeds(books.database, books.clock)
    notice = await feeds.due(1)
    assert notice is not None
    tally = await feeds.tally(int(notice.content["tally_id"]))
    assert tally is not None
    await feeds.note_tally(tally, Entry(77, message_id), notice.id)
    return tally


async def test_what_an_earlier_program_left_to_be_told_of_refusals_becomes_one_entry_for_each_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file, scripts = tmp_path / "imagine.db", migrations()
    with monkeypatch.context() as patched:
        patched.setattr(database, "migrations", lambda: {number: one for number, one in scripts.items() if number < 9})
        await (await Database.open(file)).close()
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("INSERT INTO accounts VALUES (7, 1), (8, 1)")
        for account_id, at_ms, done_ms in ((7, 10, 0), (8, 11, 0), (7, 12, 0), (7, 5, 6)):
            content = json.dumps({"account_id": account_id, "reason": "prompt-breaks-word"})
            row = "INSERT INTO outbox (kind, content, created_ms, done_ms, feed) VALUES ('feed-refused', ?, ?, ?, 1)"
            conn.execute(row, (content, at_ms, done_ms))
    await (await Database.open(file)).close()
    with closing(sqlite3.connect(file)) as conn:
        told = "SELECT account_id, since_ms, last_ms, count FROM refusal_tallies ORDER BY account_id"
        assert conn.execute(told).fetchall() == [(7, 10, 12, 2), (8, 11, 11, 1)]
        waiting = "SELECT json_extract(content, '$.tally_id') FROM outbox WHERE done_ms = 0 AND feed = 1 ORDER BY id"
        assert conn.execute(waiting).fetchall() == [(1,), (2,)]


WAITING = "SELECT count(*) FROM outbox WHERE feed > 0 AND done_ms = 0"


async def test_what_one_member_is_refused_within_an_hour_is_one_entry_and_later_another(books: Books):
    await open_log(books, 1)
    for _ in range(3):
        await refuse(books)
    assert await books.rows(WAITING) == [(1,)]
    told = await tell(books)
    assert (told.count, told.entry) == (3, None)
    assert await books.rows(WAITING) == [(0,)]
    await refuse(books)
    assert await SqliteFeeds(books.database, books.clock).due(1) is None  # others come first for half a minute
    books.clock.advance(30)
    again = await tell(books)
    assert (again.count, again.entry, again.since_ms) == (4, Entry(77, 99), told.since_ms)
    books.clock.advance(3600)
    await refuse(books)
    assert (await tell(books, 100)).count == 1


async def test_what_comes_while_an_entry_is_on_its_way_is_told_next(books: Books):
    await open_log(books, 1)
    feeds, outbox = SqliteFeeds(books.database, books.clock), SqliteOutbox(books.database, books.clock)
    await refuse(books)
    notice = await feeds.due(1)
    assert notice is not None
    told = await feeds.tally(int(notice.content["tally_id"]))
    assert told is not None
    await refuse(books)
    await feeds.note_tally(told, Entry(77, 99), notice.id)
    await outbox.done(notice.id, "sent")
    books.clock.advance(30)
    assert (await tell(books)).count == 2
    assert await books.rows(WAITING) == [(0,)]


async def test_what_comes_before_its_worker_notes_the_row_as_done_is_told_too(books: Books):
    await open_log(books, 1)
    feeds, outbox = SqliteFeeds(books.database, books.clock), SqliteOutbox(books.database, books.clock)
    await refuse(books)
    notice = await feeds.due(1)
    assert notice is not None
    told = await feeds.tally(int(notice.content["tally_id"]))
    assert told is not None
    await feeds.note_tally(told, Entry(77, 99), notice.id)
    await refuse(books)
    await outbox.done(notice.id, "sent")
    books.clock.advance(30)
    assert (await tell(books)).count == 2


PROMPTS = "SELECT prompt FROM refusal_tallies ORDER BY id"


async def test_a_refused_prompt_and_its_rule_are_kept_until_they_were_told(books: Books):
    await open_log(books, 1)
    cases = SqliteModeration(books.database, books.clock)
    await cases.add_rule(books.act(), RuleKind.WORD, "gore")
    await refuse(books, rule_id=1, prompt="gore one")
    await refuse(books, rule_id=1, prompt="gore " * 500)
    assert [len(row[0]) for row in await books.rows(PROMPTS)] == [PROMPT_TOLD]
    told = await tell(books)
    assert (told.rule_id, told.rule, len(told.prompt)) == (1, "gore", PROMPT_TOLD)
    assert await books.rows(PROMPTS) == [("",)]
    await refuse(books, rule_id=2, prompt="another")
    books.clock.advance(30)
    told = await tell(books)
    assert (told.rule_id, told.rule, told.prompt) == (2, "", "another")


async def test_a_prompt_that_came_while_another_was_on_its_way_is_told_next(books: Books):
    await open_log(books, 1)
    feeds = SqliteFeeds(books.database, books.clock)
    await refuse(books, prompt="one")
    notice = await feeds.due(1)
    assert notice is not None
    told = await feeds.tally(int(notice.content["tally_id"]))
    assert told is not None
    await refuse(books, prompt="two")
    await feeds.note_tally(told, Entry(77, 99), notice.id)
    books.clock.advance(30)
    assert (await tell(books)).prompt == "two"


async def test_a_refused_prompt_is_let_go_that_is_told_nowhere_or_too_late_or_whose_member_is_forgotten(books: Books):
    await open_log(books, 1)
    feeds, log = SqliteFeeds(books.database, books.clock), SqliteModeratorLog(books.database, books.clock)
    await refuse(books)
    tally = await feeds.tally(1)
    assert tally is not None
    await feeds.drop_prompt(tally)
    assert await books.rows(PROMPTS) == [("",)]
    await refuse(books)
    books.clock.advance(PROMPT_WAITS_MS / 1000 - 1)
    await log.tidy()
    assert await books.rows(PROMPTS) == [("gore",)]
    books.clock.advance(1)
    await log.tidy()
    assert await books.rows(PROMPTS) == [("",)]
    await refuse(books)
    await forget(books, make_terms(books.clock.now_ms(), BUILT_IN), 5)
    assert {row[0] for row in await books.rows(PROMPTS)} == {""}


async def test_each_member_and_each_server_has_an_entry_of_its_own(books: Books):
    await open_log(books, 1, 2)
    for member_id, server_id in ((5, 1), (6, 1), (5, 2)):
        await refuse(books, member_id=member_id, server_id=server_id)
    assert await books.rows("SELECT server_id, count FROM refusal_tallies ORDER BY id") == [(1, 1), (1, 1), (2, 1)]


async def test_the_entry_of_who_is_forgotten_is_told_anew_without_their_name(books: Books):
    await open_log(books, 1)
    await refuse(books)
    await tell(books)
    await refuse(books, member_id=6)
    await tell(books, 100)
    await forget(books, make_terms(books.clock.now_ms(), BUILT_IN), 5)
    assert (await tell(books)).member_id == 0
    assert await books.rows(WAITING) == [(0,)]


async def test_what_is_still_on_its_way_to_its_member_is_not_told(books: Books):
    await open_log(books, 1)
    job = await settled(books)
    assert job.state is JobState.DELIVERING
    assert await kinds(books) == []
