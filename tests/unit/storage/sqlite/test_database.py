import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.errors import StorageDamaged, StorageError, StorageUnavailable
from bot.storage.sqlite.connection import ThreadConnection
from bot.storage.sqlite.database import Database
from bot.storage.sqlite.outage import BUSY_TIMEOUT_IN_OUTAGE_MS, BUSY_TIMEOUT_MS
from tests.support.faults import damage, unreadable
from tests.support.stores.files import on_file

MAKE = "CREATE TABLE notes (text TEXT NOT NULL)"
ADD = "INSERT INTO notes VALUES (?)"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with await Database.open(path) as opened:
        await opened.write(lambda conn: conn.execute(MAKE).rowcount)
        yield opened


def adding(text: str) -> Callable[[sqlite3.Connection], int]:
    return lambda conn: conn.execute(ADD, (text,)).rowcount


def notes(conn: sqlite3.Connection) -> list[str]:
    return [row["text"] for row in conn.execute("SELECT text FROM notes ORDER BY rowid")]


async def set_on_writer(database: Database, pragma: str) -> int:
    writer = database._writer  # pyright: ignore[reportPrivateUsage]
    return await writer.hop(lambda conn: int(conn.execute(f"PRAGMA {pragma}").fetchone()[0]))


# -- connections


async def test_both_connections_are_set_as_the_ledger_needs_it(database: Database):
    for connection in (database._writer, database._reader):  # pyright: ignore[reportPrivateUsage]
        for pragma, value in {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}.items():
            assert await connection.hop(lambda c, p=pragma: c.execute(f"PRAGMA {p}").fetchone()[0]) == value


# -- the hop to the writer's thread


async def test_the_hop_runs_the_function_on_the_connections_own_thread(tmp_path: Path):
    connection, other = [await ThreadConnection.open(tmp_path / "any.db") for _ in range(2)]
    assert isinstance(await connection.hop(lambda conn: conn), sqlite3.Connection)
    threads = [await connection.hop(lambda _: threading.get_ident()) for _ in range(2)]
    assert threads[0] == threads[1]
    assert len({*threads, threading.get_ident(), await other.hop(lambda _: threading.get_ident())}) == 3
    with pytest.raises(ZeroDivisionError):
        await connection.hop(lambda _: 1 // 0)
    await connection.close()
    await other.close()


async def test_transactions_of_many_callers_are_never_mixed(database: Database):
    ran: list[str] = []
    await database._writer.hop(lambda conn: conn.set_trace_callback(ran.append))  # pyright: ignore
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
        # As SQLite raises it.
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


async def test_a_disk_that_can_not_be_read_is_an_outage_where_sqlite_itself_ends_the_reading(
    database: Database, path: Path
):
    readings = database.read, database.read_long
    for _ in range(2):
        for _ in range(50):
            await database.write(adding("x" * 4000))
        # Each has read the schema by now, and pages that are older than the last rows.
        await asyncio.gather(
            *(reading(lambda conn: conn.execute("SELECT 1 FROM notes").fetchone()) for reading in readings)
        )
    await database.write(adding("x" * 4000))
    assert await set_on_writer(database, "wal_checkpoint(TRUNCATE)") == 0
    with unreadable(path):
        for reading in readings:
            with pytest.raises(StorageUnavailable, match="disk I/O error"):
                await reading(notes)
    assert [len(await reading(notes)) for reading in readings] == [101, 101]


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
