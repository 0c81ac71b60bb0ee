import asyncio
import sqlite3
import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import aiosqlite
import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import SchemaTooNew, StorageDamaged, StorageError, StorageUnavailable
from bot.storage.outbox import messages
from bot.storage.sqlite import database as module
from bot.storage.sqlite.database import LEAST_MARK, MOST_MARK, Database, hop, migrations, schema_version
from bot.storage.sqlite.outage import BUSY_TIMEOUT_IN_OUTAGE_MS, BUSY_TIMEOUT_MS
from tests.support.faults import damage
from tests.support.ledger import make_terms, open_books

MAKE = "CREATE TABLE notes (text TEXT NOT NULL)"
ADD = "INSERT INTO notes VALUES (?)"
GIVEN_UP = 10
"""The migration that takes up what was given up."""

KEPT_LIMITS = 11
"""The migration that makes the table anew of what outlasts forgotten members."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "imagine.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with await Database.open(path) as opened:
        await opened.write(lambda conn: conn.execute(MAKE).rowcount)
        yield opened


def adding(text: str) -> Callable[[sqlite3.Connection], int]:
    return lambda conn: conn.execute(ADD, (text,)).rowcount


def notes(conn: sqlite3.Connection) -> list[str]:
    return [row["text"] for row in conn.execute("SELECT text FROM notes ORDER BY rowid")]


def on_file(path: Path, sql: str) -> list[tuple[object, ...]]:
    beside = sqlite3.connect(path)
    try:
        with beside:
            return beside.execute(sql).fetchall()
    finally:
        beside.close()


async def set_on_writer(database: Database, pragma: str) -> int:
    writer = database._writer  # pyright: ignore[reportPrivateUsage]
    return await hop(writer, lambda conn: int(conn.execute(f"PRAGMA {pragma}").fetchone()[0]))


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
    await books.jobs.record_removal(jobs[2].id, 5, step="intent")
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


async def test_both_connections_are_set_as_the_ledger_needs_it(database: Database):
    for connection in (database._writer, database._reader):  # pyright: ignore[reportPrivateUsage]
        for pragma, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items():
            assert await hop(connection, lambda c, p=pragma: c.execute(f"PRAGMA {p}").fetchone()[0]) == value


# -- the hop to the writer's thread


async def test_the_hop_runs_the_function_on_the_connections_own_thread(path: Path):
    async with aiosqlite.connect(":memory:") as connection, aiosqlite.connect(":memory:") as other:
        assert isinstance(await hop(connection, lambda conn: conn), sqlite3.Connection)
        threads = [await hop(connection, lambda _: threading.get_ident()) for _ in range(2)]
        assert threads[0] == threads[1]
        assert len({*threads, threading.get_ident(), await hop(other, lambda _: threading.get_ident())}) == 3
        with pytest.raises(ZeroDivisionError):
            await hop(connection, lambda _: 1 // 0)


async def test_transactions_of_many_callers_are_never_mixed(database: Database):
    ran: list[str] = []
    await hop(database._writer, lambda conn: conn.set_trace_callback(ran.append))  # pyright: ignore
    await asyncio.gather(*(database.write(adding(str(n))) for n in range(20)))
    assert [statement.split()[0] for statement in ran] == ["BEGIN", "INSERT", "COMMIT"] * 20


async def test_a_cancelled_caller_neither_stops_nor_tears_a_write(database: Database):
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slowly(conn: sqlite3.Connection) -> None:
        conn.execute(ADD, ("first",))
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(10)
        conn.execute(ADD, ("second",))

    running = asyncio.create_task(database.write(slowly))
    await begun.wait()
    waiting = asyncio.create_task(database.write(adding("third")))
    await asyncio.sleep(0)
    for caller in (running, waiting):
        caller.cancel()
    assert await database.read(notes) == []
    go_on.set()
    outcomes = await asyncio.gather(running, waiting, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
    await database.write(adding("fourth"))
    assert await database.read(notes) == ["first", "second", "third", "fourth"]


async def test_what_a_failing_transaction_wrote_is_gone(database: Database):
    def failing(conn: sqlite3.Connection) -> None:
        conn.execute(ADD, ("lost",))
        raise KeyError("anything")

    with pytest.raises(KeyError):
        await database.write(failing)
    await database.write(adding("kept"))
    assert await database.read(notes) == ["kept"]


async def test_a_reader_sees_one_snapshot_and_its_failure_harms_nobody(database: Database, path: Path):
    def twice(conn: sqlite3.Connection) -> tuple[list[str], list[str]]:
        before = notes(conn)
        on_file(path, "INSERT INTO notes VALUES ('meanwhile')")
        return before, notes(conn)

    assert await database.read(twice) == ([], [])
    with pytest.raises(ZeroDivisionError):
        await database.read(lambda _: 1 // 0)
    assert await database.read(notes) == ["meanwhile"]


async def test_a_broken_constraint_is_our_own_fault_and_no_outage(database: Database):
    with pytest.raises(sqlite3.IntegrityError):
        await database.write(lambda conn: conn.execute(ADD, (None,)))


# -- when the file can't be written


async def test_a_locked_file_is_unavailable_and_then_available_again(database: Database, path: Path):
    await set_on_writer(database, "busy_timeout = 1")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="locked"):
        await database.write(adding("refused"))
    assert await database.read(notes) == []
    holder.execute("ROLLBACK")
    holder.close()
    await database.write(adding("taken"))
    assert await database.read(notes) == ["taken"]


async def test_a_full_disk_is_unavailable_and_the_same_write_succeeds_with_room(database: Database):
    pages = await set_on_writer(database, "page_count")
    await set_on_writer(database, f"max_page_count = {pages}")

    def much(conn: sqlite3.Connection) -> None:
        for _ in range(20):
            conn.execute(ADD, ("x" * 4000,))

    with pytest.raises(StorageUnavailable, match="full"):
        await database.write(much)
    assert await database.read(notes) == []
    # It would fit, but what let it through would turn the next one away.
    with pytest.raises(StorageUnavailable, match="still full"):
        await database.write(adding("small"))
    await set_on_writer(database, f"max_page_count = {pages + 1000}")
    await database.write(much)
    await database.write(adding("small"))
    assert len(await database.read(notes)) == 21


async def test_an_outage_is_said_once_and_so_is_its_end(
    database: Database, path: Path, caplog: pytest.LogCaptureFixture
):
    await set_on_writer(database, "busy_timeout = 1")
    for _ in range(2):
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            with pytest.raises(StorageUnavailable, match="locked"):
                await database.write(adding("refused"))
        holder.execute("ROLLBACK")
        holder.close()
        for _ in range(3):
            await database.write(adding("taken"))
        said = [(record.levelname, record.getMessage()) for record in caplog.records]
        assert said == [
            (
                "ERROR",
                "storage: cannot be written: locked by another program; new work is refused, work under way waits",
            ),
            ("WARNING", "storage: can be written again"),
        ]
        caplog.clear()
        await set_on_writer(database, "busy_timeout = 1")


async def test_a_disk_that_fails_is_said_also_where_only_readings_meet_it(
    database: Database, caplog: pytest.LogCaptureFixture
):
    def failing(_: sqlite3.Connection) -> None:
        # As SQLite raises it; no test can make a disk fail.
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR | (1 << 8)  # SQLITE_IOERR_READ
        raise error

    for _ in range(3):
        with pytest.raises(StorageUnavailable, match="disk I/O error"):
            await database.read(failing)
    assert await database.read(notes) == []
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "storage: cannot be read: the disk fails; new work is refused, work under way waits"),
        ("WARNING", "storage: can be read again"),
    ]


async def test_while_it_is_locked_a_write_does_not_wait_for_all_those_before_it(database: Database, path: Path):
    await set_on_writer(database, "busy_timeout = 1")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable):
        await database.write(adding("refused"))
    assert await set_on_writer(database, "busy_timeout") == BUSY_TIMEOUT_IN_OUTAGE_MS
    holder.execute("ROLLBACK")
    holder.close()
    await database.write(adding("taken"))
    assert await set_on_writer(database, "busy_timeout") == BUSY_TIMEOUT_MS


async def test_a_statement_of_ours_that_is_wrong_is_no_outage(database: Database, caplog: pytest.LogCaptureFixture):
    for run in (database.write, database.read):
        with pytest.raises(StorageError, match="no such table") as raised:
            await run(lambda conn: conn.execute("SELECT * FROM nowhere").rowcount)
        # To wait would be of no use.
        assert type(raised.value) is StorageError
    await database.write(adding("taken"))
    assert caplog.records == []


# -- when a part of the file is damaged


async def test_damage_is_an_error_that_is_said_once_and_costs_the_rest_of_the_file_nothing(
    path: Path, caplog: pytest.LogCaptureFixture
):
    async with await Database.open(path) as opened:
        await opened.write(lambda conn: conn.execute(MAKE).rowcount)
    damage(path, "drafts")
    async with await Database.open(path) as database:
        assert not database.damage.is_there
        waiting = asyncio.create_task(database.damage.wait())
        for run in (database.read, database.write, database.read):
            with pytest.raises(StorageDamaged, match="malformed"):
                await run(lambda conn: conn.execute("SELECT * FROM drafts").fetchall())
        with pytest.raises(StorageDamaged):
            await database.rewrite()
        await waiting
        await database.write(adding("taken"))
        assert await database.read(notes) == ["taken"]
    said = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert said == [
        (
            "ERROR",
            "storage: the database is damaged (database disk image is malformed); docs/operating.md says what to do",
        )
    ]


async def test_closing_twice_is_harmless(path: Path):
    opened = await Database.open(path)
    await opened.close()
    await opened.close()


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
