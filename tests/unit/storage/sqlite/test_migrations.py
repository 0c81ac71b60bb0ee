"""Which schema a file has, what migrations make of it, and whose file it is."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import SchemaTooNew, StorageDamaged, StorageError, StorageUnavailable
from bot.storage.outbox import messages
from bot.storage.sqlite import database as module
from bot.storage.sqlite.database import LEAST_MARK, MOST_MARK, Database, migrations, schema_version
from tests.support.ledger import make_terms, open_books
from tests.support.stores.files import on_file

GIVEN_UP = 10
"""The migration that takes up what was given up."""

KEPT_LIMITS = 11
"""The migration that makes the table anew of what outlasts forgotten members."""

FAILURE_KINDS = 14
"""The migration that keeps what a failure means."""

PRICES = 15
"""The migration that lets a price depend on what is asked for."""

SERIES = 21
"""The migration that bills pictures that come in, and lets a request have more than four."""


# -- migrations


async def test_a_fresh_file_gets_the_newest_schema_and_keeps_it(path: Path):
    for _ in range(2):
        async with await Database.open(path) as opened:
            assert await opened.read(schema_version) == max(migrations())


def test_migrations_are_numbered_without_a_gap():
    assert list(migrations()) == list(range(1, len(migrations()) + 1))


@pytest.mark.parametrize("added", [("0002_b.sql", "0002_c.sql"), ("0003_d.sql",), ("0000_z.sql",)])
def test_a_gap_or_a_repeated_number_among_the_migrations_is_refused_in_a_sentence(
    tmp_path: Path, added: tuple[str, ...]
):
    for name in ("0001_a.sql", *added):
        (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(StorageError) as refused:
        migrations(tmp_path)
    assert "1, 2, 3 and so on, each once" in str(refused.value)
    assert all(name in str(refused.value) for name in added)


def test_what_is_no_migration_is_left_alone(tmp_path: Path):
    for name in ("0001_a.sql", "0002_b.sql", "README.md", "0003_c.sql.orig"):
        (tmp_path / name).write_text(f"-- {name}", encoding="utf-8")
    assert migrations(tmp_path) == {1: "-- 0001_a.sql", 2: "-- 0002_b.sql"}


async def test_a_newer_file_is_refused_and_left_as_it_is(path: Path):
    async with await Database.open(path):
        pass
    newer = max(migrations()) + 1
    on_file(path, f"PRAGMA user_version = {newer}")
    with pytest.raises(SchemaTooNew, match=f"schema {newer}"):
        await Database.open(path)
    assert on_file(path, "PRAGMA user_version") == [(newer,)]


async def test_a_migration_that_fails_leaves_nothing_and_those_before_it_stay(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    broken = "CREATE TABLE two (x);\nINSERT INTO two VALUES (1);\nCREATE TABLE two (y);"
    scripts = {1: "CREATE TABLE one (x);", 2: broken}
    monkeypatch.setattr(module, "migrations", lambda: scripts)
    with pytest.raises(StorageError, match="already exists"):
        await Database.open(path)
    assert on_file(path, "SELECT name FROM sqlite_schema") == [("one",)]
    assert on_file(path, "PRAGMA user_version") == [(1,)]
    scripts[2] = "CREATE TABLE two (x);"
    async with await Database.open(path) as opened:
        assert await opened.read(schema_version) == 2


async def test_what_an_earlier_version_gave_up_waits_for_discord_again(path: Path, monkeypatch: pytest.MonkeyPatch):
    known = migrations()
    # The code as it is now writes to all tables as they are now.
    others = {number: script for number, script in known.items() if number != GIVEN_UP}
    with monkeypatch.context() as patched:
        patched.setattr(module, "migrations", lambda: others)
        books = await open_books(path)
    terms = make_terms(books.clock.now_ms(), BUILT_IN)
    jobs = [await books.submit(terms) for _ in range(4)]
    for job in jobs:
        await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    for job, reason in zip(jobs, ("unreachable", "unreachable", "unreachable", "forbidden"), strict=True):
        await books.jobs.record_undelivered(job.id, reason)
    await books.jobs.forget_pictures(jobs[1].id)
    await books.jobs.begin_removal(jobs[2].id, 5)
    for kind in ("appeal", "lane-stopped"):
        await books.database.write(lambda conn, kind=kind: messages.add(conn, kind, at_ms=1))
    given_up = "UPDATE outbox SET done_ms = 5, outcome = 'given up: later'"
    await books.database.write(lambda conn: conn.execute(given_up).rowcount)
    await books.close()
    on_file(path, f"PRAGMA user_version = {GIVEN_UP - 1}")
    with monkeypatch.context() as patched:
        patched.setattr(module, "migrations", lambda: {GIVEN_UP: known[GIVEN_UP]})
        books = await open_books(path)
    states = [state for (state,) in await books.rows("SELECT state FROM jobs ORDER BY id")]
    assert states == ["delivering", "undelivered", "undelivered", "undelivered"]
    assert jobs[0].id in await books.jobs.unshown()
    assert await books.rows("SELECT kind, done_ms FROM outbox ORDER BY id") == [("appeal", 0), ("lane-stopped", 5)]
    told = "SELECT count(*) FROM audit WHERE act = 'job.delivering' AND job_id = ?"
    assert [await books.rows(told, job.id) for job in jobs] == [[(2,)], [(1,)], [(1,)], [(1,)]]
    await books.close()


async def test_what_outlasted_forgotten_members_is_still_there_after_its_table_was_made_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    known = migrations()
    earlier = {number: script for number, script in known.items() if number < KEPT_LIMITS}
    monkeypatch.setattr(module, "migrations", lambda: earlier)
    async with await Database.open(path):
        pass
    columns = "hash, server_id, kind, reference, period, used, until_ms"
    rows = [(b"a", 1, "allowance", 0, "2026-11-23", 3, 99), (b"a", 1, "block", 7, "", 0, 0)]
    for row in rows:
        on_file(path, f"INSERT INTO carried ({columns}) VALUES (x'61', 1, {', '.join(map(repr, row[2:]))})")
    on_file(path, "INSERT INTO accounts (id, created_ms) VALUES (1, 0)")
    case = "(id, server_id, number, kind, account_id, reason, at_ms) VALUES (7, 1, 1, 'block', 1, '', 0)"
    on_file(path, f"INSERT INTO cases {case}")
    on_file(path, "INSERT INTO blocks (server_id, account_id, until_ms, case_id) VALUES (1, 1, 0, 7)")
    monkeypatch.setattr(module, "migrations", lambda: known)
    async with await Database.open(path):
        pass
    assert on_file(path, f"SELECT {columns} FROM carried") == rows
    # Who lifts a block still lifts what is carried of it.
    on_file(path, "DELETE FROM blocks")
    assert on_file(path, f"SELECT {columns} FROM carried") == rows[:1]


# As they were told when it was written: what a code means today is another matter.
MEANT_THEN = {
    "": "unknown",
    "AccessDenied.Unpurchased": "account",
    "AllocationQuota.FreeTierOnly": "model",
    "Arrearage": "account",
    "CustomRoleBlocked": "content",
    "DataInspectionFailed": "content",
    "DataInspectionFailed.Output.Text": "content",
    "data_inspection_failed": "content",
    "IPInfringementSuspect": "ip",
    "InternalError": "service",
    "InternalError.Algo": "service",
    "InternalError.Timeout": "timeout",
    "InternalError.Timeout.Further": "timeout",
    "InternalErrors": "unknown",
    "InvalidParameter.DataInspection": "parameters",
    "Model.AccessDenied": "model",
    "ModelServingError": "throttled",
    "NeverHeardOf": "unknown",
    "RequestTimeOut": "timeout",
    "Throttling.RateQuota": "throttled",
    "file_lost": "lost",
    "http_413": "service",
    "in_doubt": "doubt",
    "no_results": "results",
    "result_rejected": "results",
    "result_unavailable": "results",
    "task_failed": "service",
    "task_forgotten": "forgotten",
    "timeout": "timeout",
}
ADVISED_THEN = {
    "AccessDenied.Unpurchased": "denied",
    "Arrearage": "arrears",
    "InvalidApiKey": "key",
    "InvalidParameter": "address",
    "NotFound": "other",
    "Throttling.AllocationQuota": "free-tier",
}


async def test_what_had_failed_by_then_keeps_the_meaning_that_it_was_told_by(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    known = migrations()
    earlier = {number: script for number, script in known.items() if number < FAILURE_KINDS}
    monkeypatch.setattr(module, "migrations", lambda: earlier)
    async with await Database.open(path):
        pass
    on_file(path, "INSERT INTO servers (id, last_number) VALUES (1, 0)")
    on_file(path, "INSERT INTO accounts (id, created_ms) VALUES (1, 0)")
    for number, code in enumerate(MEANT_THEN, 1):
        on_file(path, old_job(number, "failed", code))
        on_file(path, f"INSERT INTO images (job_id, ordinal, url, code) VALUES ({number}, 0, '', '{code}')")
    on_file(path, old_job(999, "expired", "lane_stopped"))
    for code in ADVISED_THEN:
        content = f'{{"model": "*", "code": "{code}"}}'
        on_file(path, f"INSERT INTO outbox (kind, content, created_ms) VALUES ('lane-stopped', '{content}', 1)")
    monkeypatch.setattr(module, "migrations", lambda: known)
    async with await Database.open(path):
        pass
    rows = on_file(path, "SELECT failure, failure_kind FROM jobs WHERE state = 'failed'")
    assert {*rows} == {*MEANT_THEN.items()}
    assert on_file(path, "SELECT failure_kind FROM jobs WHERE id = 999") == [("",)]
    assert {*on_file(path, "SELECT code, kind FROM images")} == {*MEANT_THEN.items()} - {("", "unknown")} | {("", "")}
    advised = on_file(path, "SELECT content ->> '$.code', content ->> '$.advice' FROM outbox")
    assert {*advised} == {*ADVISED_THEN.items()}


async def test_a_hold_from_before_prices_varied_keeps_the_one_that_it_had(path: Path, monkeypatch: pytest.MonkeyPatch):
    known = migrations()
    monkeypatch.setattr(
        module, "migrations", lambda: {number: script for number, script in known.items() if number < PRICES}
    )
    async with await Database.open(path):
        pass
    on_file(path, "INSERT INTO accounts (id, created_ms) VALUES (1, 1)")
    on_file(path, "INSERT INTO servers (id, last_number) VALUES (1, 0)")
    for job_id, outcome in ((1, "'settled'"), (2, "'voided'"), (3, "NULL")):
        on_file(path, old_job(job_id, "failed", ""))
        values = f"{job_id}, 1, 'm', 2, 140000, 2, 0, 0, {outcome}"
        on_file(
            path,
            "INSERT INTO holds (job_id, made_ms, model, images, price, free_images, budget, credit, outcome)"
            f" VALUES ({values})",
        )
    monkeypatch.setattr(module, "migrations", lambda: known)
    async with await Database.open(path):
        pass
    assert on_file(path, "SELECT small_price, large_price, billed_price FROM holds ORDER BY job_id") == [
        (140000, 140000, 140000),
        (140000, 140000, 0),
        (140000, 140000, 0),
    ]


def old_job(number: int, state: str, failure: str) -> str:
    """Return what writes a job as it was kept then; whatever a test does not look at is 0 or empty."""
    values = {"id": number, "number": number, "server_id": 1, "account_id": 1, "state": state, "failure": failure}
    values |= {"prompt": "", "negative_prompt": "", "model": "", "size": "", "count": 1, "seed": 0, "locale": ""}
    values |= dict.fromkeys(("prompt_extend", "watermark", "private", "application_id", "channel_id"), 0)
    values |= {"token": "", "token_expires_ms": 0, "attachment_limit": 0, "can_post": 0, "created_ms": 0}
    return f"INSERT INTO jobs ({', '.join(values)}) VALUES ({', '.join(map(repr, values.values()))})"


async def test_several_programs_may_migrate_a_file_at_once(tmp_path: Path):
    path = tmp_path / "imagine.db"
    on_file(path, "PRAGMA journal_mode = WAL")
    opened = await asyncio.gather(*(Database.open(path) for _ in range(4)))
    for database in opened:
        assert await database.read(schema_version) == max(migrations())
        await database.close()


async def test_an_empty_file_is_a_fresh_database(tmp_path: Path):
    with tempfile.NamedTemporaryFile(dir=tmp_path) as empty:
        async with await Database.open(Path(empty.name)) as opened:
            assert await opened.read(schema_version) == max(migrations())


async def test_a_file_that_is_no_database_is_damaged(tmp_path: Path):
    with tempfile.NamedTemporaryFile(dir=tmp_path) as other:
        other.write(b"not a database" * 100)
        other.flush()
        with pytest.raises(StorageDamaged, match=r"is damaged: file is not a database; docs"):
            await Database.open(Path(other.name))


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path):
    (tmp_path / "imagine.db").symlink_to(tmp_path / "nowhere" / "imagine.db")
    with pytest.raises(StorageUnavailable, match="unable to open"):
        await Database.open(tmp_path / "imagine.db")
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable, match=r"file/data can't be made: .*/file is a file"):
        await Database.open(tmp_path / "file" / "data" / "imagine.db")


# -- whose file it is


async def test_a_file_has_one_mark_for_good_and_two_files_differ(tmp_path):
    async with await Database.open(tmp_path / "one.db") as one, await Database.open(tmp_path / "two.db") as two:
        mark = await one.mark()
        assert LEAST_MARK <= mark <= MOST_MARK
        assert await two.mark() not in {0, mark}
        assert await one.mark() == mark
    async with await Database.open(tmp_path / "one.db") as again:
        assert await again.mark() == mark


async def test_another_programs_database_is_refused_and_stays_as_it_is(tmp_path: Path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE orders (id INTEGER)")
    with pytest.raises(StorageError, match="is another program's database"):
        await Database.open(path)
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("SELECT name FROM sqlite_schema").fetchall() == [("orders",)]


async def test_a_request_of_an_earlier_version_keeps_its_number_of_pictures(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    known = migrations()
    monkeypatch.setattr(module, "migrations", lambda: {n: known[n] for n in known if n < SERIES})
    async with await Database.open(path):
        pass
    on_file(path, "INSERT INTO accounts (id, created_ms) VALUES (1, 0)")
    texts = dict.fromkeys(("prompt", "negative_prompt", "model", "token", "locale"), "x") | {"roles": "[]"}
    numbers = dict.fromkeys(
        ("seed", "prompt_extend", "watermark", "private", "application_id", "channel_id", "token_expires_ms",
         "message_id", "attachment_limit", "can_post", "created_ms"), 1,
    )  # fmt: skip
    for count in (1, 4):
        row = {**texts, **numbers, "id": count, "number": count, "server_id": 1, "account_id": 1, "state": "held"}
        row |= {"size": "1*1", "count": count}
        on_file(path, f"INSERT INTO jobs ({', '.join(row)}) VALUES ({', '.join(map(repr, row.values()))})")
    monkeypatch.setattr(module, "migrations", lambda: known)
    async with await Database.open(path):
        pass
    assert on_file(path, "SELECT id, count FROM jobs ORDER BY id") == [(1, 1), (4, 4)]
    with pytest.raises(sqlite3.IntegrityError):
        on_file(path, "UPDATE jobs SET count = 11")
