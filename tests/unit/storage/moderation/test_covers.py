import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import Removal
from bot.domain.moderation.cases import CaseKind
from bot.errors import AlreadyDone, MemberError, NotPermitted
from bot.storage.log.moderator_log import SqliteModeratorLog
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.sqlite import database
from bot.storage.sqlite.database import Database, migrations
from tests.support.ledger import ADMIN, Books
from tests.support.stores.cases import delivered, everything, is_refused, terms


async def test_covering_raises_the_version_and_leaves_a_case_and_rows_of_the_audit(
    books: Books, cases: SqliteModeration
):
    job = await delivered(books)
    case = await cases.cover(books.act("mod.cover"), job.id, covers=True)
    assert (case.kind, case.job_id, case.member_id, case.actor_id) == (CaseKind.COVER, job.id, 1, ADMIN)
    covered = await books.jobs.get(job.id)
    assert covered is not None
    assert (covered.is_covered, covered.version, covered.state) == (True, job.version + 1, job.state)
    assert job.id in await books.jobs.unshown()
    case = await cases.cover(books.act("mod.uncover"), job.id, covers=False)
    assert case.kind is CaseKind.UNCOVER
    open_ = await books.jobs.get(job.id)
    assert open_ is not None
    assert (open_.is_covered, open_.version) == (False, job.version + 2)
    timeline = await SqliteModeratorLog(books.database, books.clock).by_id(1, job.id)
    assert timeline is not None
    assert [event.act for event in timeline.events][-2:] == ["mod.cover", "mod.uncover"]
    assert await books.rows("SELECT count(*) FROM ledger WHERE kind = 'refund'") == [(0,)]


async def test_the_same_press_again_and_a_late_one_change_nothing(books: Books, cases: SqliteModeration):
    job, act = await delivered(books), books.act("mod.cover")
    await is_refused(cases.cover(books.act(), job.id, covers=False), MemberError, "uncovered-already")
    await cases.cover(act, job.id, covers=True)
    before = await everything(books)
    with pytest.raises(AlreadyDone):
        await cases.cover(act, job.id, covers=True)
    await is_refused(cases.cover(books.act(), job.id, covers=True), MemberError, "covered-already")
    await is_refused(cases.cover(books.act(server_id=2), job.id, covers=False), NotPermitted, "job-gone")
    await is_refused(cases.cover(books.act(), 99, covers=True), NotPermitted, "job-gone")
    assert await everything(books) == before


async def test_what_is_on_its_way_or_removed_is_not_covered(books: Books, cases: SqliteModeration):
    job = await books.submit(terms(books))
    await is_refused(cases.cover(books.act(), job.id, covers=True), MemberError, "cover-nothing")
    job = await delivered(books)
    await books.jobs.end_removal(job.id, Removal.DONE)
    await is_refused(cases.cover(books.act(), job.id, covers=True), MemberError, "removed-already")


async def test_an_entry_of_the_feed_follows_and_the_log_channel_is_told_of_the_case(
    books: Books, cases: SqliteModeration
):
    await books.servers.change_settings(books.act(), lambda old: replace(old, log_channel=77))
    job = await delivered(books)
    await cases.cover(books.act("mod.cover"), job.id, covers=True)
    kinds = [row[0] for row in await books.rows("SELECT kind FROM outbox WHERE kind <> 'ping' ORDER BY id")]
    assert kinds == ["feed", "case", "feed-changed"]


async def test_what_was_a_case_before_stays_one_of_its_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file, scripts = tmp_path / "imagine.db", migrations()
    (number,) = [number for number, script in scripts.items() if "'uncover'" in script]
    with monkeypatch.context() as patched:
        patched.setattr(database, "migrations", lambda: {n: one for n, one in scripts.items() if n < number})
        await (await Database.open(file)).close()
    columns = "server_id, number, kind, reason, at_ms, until_ms"
    rows = [(1, 1, "block", "spam", 5, 0), (1, 2, "strikes-set", "3 -> 2", 6, 0), (2, 1, "remove", "", 7, 9)]
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.executemany(f"INSERT INTO cases ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    await (await Database.open(file)).close()
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute(f"SELECT {columns} FROM cases ORDER BY id").fetchall() == rows
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            conn.execute("UPDATE cases SET kind = 'cover'")
