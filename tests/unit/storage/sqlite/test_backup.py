import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import StorageError, StorageUnavailable
from bot.storage.books.verification import SqliteBooks
from bot.storage.sqlite.backup import back_up
from bot.storage.sqlite.database import Database
from simulation.judging.books import balances_equal_rows
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}


async def test_a_copy_that_is_made_during_writes_is_whole_and_balanced(books: Books, tmp_path: Path):
    done = asyncio.Event()

    async def write() -> int:
        written = 0
        while not done.is_set():
            terms = make_terms(books.clock.now_ms(), CATALOGUE, free=10**6)
            job = await books.submit(terms, member_id=written % 7 + 1, count=written % 4 + 1)
            await books.jobs.void(job.id) if written % 3 else await books.bring_to_settled(
                job, made=1, fetched=1, tier=None
            )
            written += 1
        return written

    writing = asyncio.create_task(write())
    while (await books.rows("SELECT count(*) FROM jobs"))[0][0] < 20:
        pass
    seen: list[int] = []
    copy = tmp_path
    for n in range(5):
        copy = tmp_path / f"copy-{n}.db"
        assert await asyncio.to_thread(back_up, tmp_path / "imagine.db", copy) == copy.stat().st_size
        seen.append((await books.rows("SELECT count(*) FROM jobs"))[0][0])
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            balances_equal_rows(conn)
    # Writes went on meanwhile, or go on at least.
    while (await books.rows("SELECT count(*) FROM jobs"))[0][0] <= seen[0]:
        pass
    done.set()
    assert await writing > seen[0] >= 20
    async with await Database.open(copy) as restored:
        assert await SqliteBooks(restored).differences() == []
    left = await asyncio.to_thread(lambda: [path.name for path in tmp_path.glob("*.partial")])
    assert left == []


async def test_a_copy_holds_what_only_the_write_ahead_log_has_and_nobody_else_may_read_it(books: Books, tmp_path: Path):
    await books.submit(make_terms(books.clock.now_ms(), CATALOGUE))
    assert (tmp_path / "imagine.db-wal").stat().st_size > 0
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"an older copy")
    back_up(tmp_path / "imagine.db", copy)
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("SELECT count(*) FROM jobs").fetchone()[0] == 1
        assert conn.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert copy.stat().st_mode & 0o077 == 0


def test_what_is_no_database_leaves_the_old_copy_as_it_is(tmp_path: Path):
    source, copy = tmp_path / "a.db", tmp_path / "copy.db"
    source.write_bytes(b"no database at all, but long enough to be one" * 100)
    copy.write_bytes(b"the old copy")
    with pytest.raises(StorageUnavailable, match="can't be copied"):
        back_up(source, copy)
    assert copy.read_bytes() == b"the old copy"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "copy.db"]


def test_a_damaged_database_is_no_backup(tmp_path: Path):
    source, copy = tmp_path / "a.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(source)) as conn:
        conn.execute("CREATE TABLE t (a)")
        conn.execute("INSERT INTO t VALUES (NULL)")
        conn.execute("PRAGMA writable_schema = ON")
        conn.execute("UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a NOT NULL)'")
        conn.commit()
    with pytest.raises(StorageError, match=r"is damaged: NULL value in t\.a"):
        back_up(source, copy)
    assert not copy.exists()


def test_a_folder_that_is_not_there_is_said_in_a_sentence(tmp_path: Path):
    with pytest.raises(StorageUnavailable, match="can't be written"):
        back_up(tmp_path / "a.db", tmp_path / "no" / "copy.db")


def test_a_place_that_cannot_be_replaced_is_said_in_a_sentence(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as conn:
        conn.execute("CREATE TABLE t (a)")
    (tmp_path / "copy.db").mkdir()
    with pytest.raises(StorageUnavailable, match="can't be written"):
        back_up(tmp_path / "a.db", tmp_path / "copy.db")
