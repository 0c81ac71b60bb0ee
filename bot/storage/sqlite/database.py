"""One SQLite file: how it is opened, migrated, written and read."""

import re
import secrets
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self, TypeVar

from bot.errors import SchemaTooNew, SchemaTooOld, StorageDamaged, StorageError, StorageUnavailable
from bot.storage.files import owner_only, places
from bot.storage.sqlite.connection import Connect, Connection, ThreadConnection
from bot.storage.sqlite.outage import BUSY_TIMEOUT_MS, DAMAGE, Damage, Outage, primary_code

T = TypeVar("T")

OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables need it."""

# Without recursive_triggers an INSERT OR REPLACE deletes rows past the triggers that refuse to delete them; without
# secure_delete the text of erased rows stays in free parts of the file.
PRAGMAS = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA recursive_triggers = ON;
PRAGMA secure_delete = ON;
PRAGMA busy_timeout = {BUSY_TIMEOUT_MS};
"""

MIGRATIONS = resources.files("bot.storage.sqlite").joinpath("migrations")
LEAST_MARK, MOST_MARK = 2**16, 2**31 - 1
"""Discord counts the components of a message from 1 on, in 32 bits: the mark is none of those numbers."""

SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"

ALL_WAITS = "new work is refused, work under way waits"


class Database:
    """A writer and two readers on one file: one for what somebody waits for, one for what may take long.

    A write transaction is one synchronous function that runs on the writer's thread in one hop: it can be neither
    cancelled halfway nor mixed with another's, and costs one thread switch instead of one per statement.
    """

    def __init__(
        self,
        writer: Connection,
        reader: Connection,
        long_reader: Connection,
        folder: Path,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._long_reader = long_reader
        # Each belongs to its connection's thread.
        self._writing, self._reading = (Outage(folder, done, ALL_WAITS) for done in ("written", "read"))
        self._long_reading = Outage(folder, "searched", "searches, reports and exports wait")
        self.damage = Damage()

    @classmethod
    async def open(cls, path: Path, *, migrates: bool = True, connect: Connect = ThreadConnection.open) -> Self:
        """Open (or make) the database at ``path``, which nobody but its owner may read.

        Args:
            path: the file.
            migrates: bring it to this program's schema. Who works beside a bot that runs must not: that may be an
                older program, whose statements would fail from then on.
            connect: opens each of the connections.

        Raises:
            SchemaTooNew: if a newer program wrote it.
            SchemaTooOld: if an older one did, and it is not to be migrated.
            StorageUnavailable: if it is locked, full, a folder, or can't be opened.
            StorageDamaged: if it is no sound database.
        """
        _refuse_folder(path)
        owner_only.make_folder(path.parent)
        owner_only.make_file(path)
        with _opening(path):
            connections = [await _prepared(connect, path)]
        try:
            with _opening(path):
                await connections[0].hop(migrate if migrates else require_newest)
                # Not before it is known for a database: somebody else's file, named by mistake, stays as it is.
                owner_only.close_database(path)
                connections += [await _prepared(connect, path)]
                connections += [await _prepared(connect, path)]
        except BaseException:
            # An unclosed connection's thread would keep the process from ending.
            for connection in connections:
                await connection.close()
            raise
        writer, reader, long_reader = connections
        return cls(writer, reader, long_reader, path.parent)

    async def close(self) -> None:
        """Close all connections; safe to call again."""
        for connection in (self._long_reader, self._reader, self._writer):
            await connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def write(self, transaction: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``transaction`` between BEGIN IMMEDIATE and COMMIT; any exception rolls it back.

        A cancelled caller does not stop it: it commits or fails on the writer's thread all the same.

        Raises:
            StorageUnavailable: if the database is locked or full; the log says so once, see `Outage`.
            StorageDamaged: if it meets a damaged part of the file; the log says so once, see `Damage`.
        """

        def watched(conn: sqlite3.Connection) -> T:
            with self._writing.watched(conn):
                return _in_transaction(conn, transaction)

        with self._translated():
            return await self._writer.hop(watched)

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``query`` on one consistent snapshot.

        Raises:
            StorageUnavailable: if the database can't be read now.
            StorageDamaged: if it meets a damaged part of the file.
        """
        return await self._read(self._reader, self._reading, query)

    async def read_long(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``query`` as `read` does, on a connection of its own: reports, exports and searches keep nobody waiting.

        Raises:
            StorageUnavailable: if the database can't be read now.
            StorageDamaged: if it meets a damaged part of the file.
        """
        return await self._read(self._long_reader, self._long_reading, query)

    async def _read(self, connection: Connection, outage: Outage, query: Callable[[sqlite3.Connection], T]) -> T:
        def watched(conn: sqlite3.Connection) -> T:
            with outage.watched(conn):
                return _on_snapshot(conn, query)

        with self._translated():
            return await connection.hop(watched)

    async def mark(self) -> int:
        """Return a number of this file's own, drawn when it is first asked for; copies of the file bear the same.

        It stands in the header, in the field that SQLite leaves to applications.

        Raises:
            StorageUnavailable: if it is yet to be drawn and can't be written.
        """

        def draw(conn: sqlite3.Connection) -> int:
            mark = _mark(conn) or LEAST_MARK + secrets.randbelow(MOST_MARK - LEAST_MARK)
            conn.execute(f"PRAGMA application_id = {mark}")
            return mark

        return await self.read(_mark) or await self.write(draw)

    async def trouble(self) -> str:
        """Return what is wrong with the file, for the operator; "" if nothing is known to be.

        Whether an outage that was noticed goes on is tried: it may be over, and nobody have written since.
        """
        if self.damage.is_there:
            return "the database is damaged"
        attempts = (
            (self._writing, self.write),
            (self._reading, self.read),
            (self._long_reading, self.read_long),
        )
        for outage, attempt in attempts:
            if outage.trouble:
                with suppress(StorageUnavailable):
                    await attempt(lambda conn: conn.execute("SELECT 1").fetchone())
            if outage.trouble:
                return f"the database {outage.trouble}"
        return ""

    async def truncate_log(self) -> bool:
        """Bring the write-ahead log into the file and empty it, so that it has nothing more of what was erased.

        Returns:
            Whether that was possible: a reader that goes on for seconds prevents it, and a later one does it.

        Raises:
            StorageUnavailable: if the file can't be written.
        """
        with self._translated():
            busy = await self._writer.hop(lambda conn: conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        return not busy

    async def rewrite(self) -> None:
        """Write the whole file anew, so that unused parts of it have nothing of what was erased.

        `secure_delete` overwrites deleted rows, but where SQLite moves rows between pages it leaves copies behind
        (its ``rebuildPage``). Writers wait meanwhile, about a second for 150 MB.

        Raises:
            StorageUnavailable: if the file can't be written, or the disk has no room for a second copy.
        """
        with self._translated():
            await self._writer.hop(lambda conn: conn.execute("VACUUM").fetchone())
        await self.truncate_log()

    async def size_bytes(self) -> int:
        """Return the size of the file, unused pages included."""
        return await self.read(lambda conn: int(conn.execute(SIZE).fetchone()[0]))

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            with _translated():
                yield
        except StorageDamaged as error:
            self.damage.note(error)
            raise


async def _prepared(connect: Connect, path: Path) -> Connection:
    connection = await connect(path)
    try:
        await connection.hop(_prepare)
    except BaseException:
        await connection.close()
        raise
    return connection


def _prepare(conn: sqlite3.Connection) -> None:
    conn.row_factory = sqlite3.Row
    conn.executescript(PRAGMAS)


def _in_transaction(conn: sqlite3.Connection, transaction: Callable[[sqlite3.Connection], T]) -> T:
    conn.execute("BEGIN IMMEDIATE")
    try:
        result = transaction(conn)
        conn.execute("COMMIT")
    except BaseException:
        # A failed COMMIT on a full disk may have rolled back already.
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
    return result


def _on_snapshot(conn: sqlite3.Connection, query: Callable[[sqlite3.Connection], T]) -> T:
    conn.execute("BEGIN")
    try:
        return query(conn)
    finally:
        # Where the disk fails SQLite has ended it already.
        if conn.in_transaction:
            conn.execute("COMMIT")


def _mark(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA application_id").fetchone()[0])


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = primary_code(error)
        if code in DAMAGE:
            raise StorageDamaged(str(error)) from error
        if not isinstance(error, sqlite3.OperationalError):
            # A fault of this program, such as a constraint that is broken.
            raise
        if not code:
            # Python itself meets a text that is none any more, and puts all of it into its message.
            raise StorageDamaged("a text is not in UTF-8") from None
        if code == sqlite3.SQLITE_ERROR:
            # So is a statement that can't be run: to wait would be of no use.
            raise StorageError(str(error)) from error
        raise StorageUnavailable(str(error)) from error


def _refuse_folder(path: Path) -> None:
    if path.is_dir():
        raise StorageUnavailable(f"{path} is a folder; storage.database must name a file")


@contextmanager
def _opening(path: Path) -> Generator[None]:
    try:
        with _translated():
            yield
    except StorageDamaged as error:
        raise StorageDamaged(f"{path} is damaged: {error}; docs/operating.md says what to do") from error


def migrations(folder: Traversable = MIGRATIONS) -> dict[int, str]:
    """Return the numbered migrations that this program knows, oldest first.

    Raises:
        StorageError: if a number is missing or there twice, as a careless merge leaves them: a file that is skipped, or
            applied in the place of another, could never be mended by a later program.
    """
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    names = [file.name for file in files if re.fullmatch(r"\d{4}_\w+\.sql", file.name)]
    numbers = [int(name[:4]) for name in names]
    if numbers != list(range(1, len(numbers) + 1)):
        raise StorageError(f"the migrations' numbers must be 1, 2, 3 and so on, each once: {', '.join(names)}")
    return {int(file.name[:4]): file.read_text(encoding="utf-8") for file in files if file.name in names}


def schema_version(conn: sqlite3.Connection) -> int:
    """Return the number of the newest migration that was applied to this file."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def migrate(conn: sqlite3.Connection) -> int:
    """Apply what is missing, each migration in a transaction of its own; return the version reached.

    Raises:
        SchemaTooNew: if the file is ahead of this program.
    """
    known = migrations()
    newest = max(known)
    current = _version_up_to(conn, newest)
    if conn.execute(places.HAS_FOREIGN_TABLES).fetchone()[0]:
        raise StorageError(f"the file {places.FOREIGN}")
    for number, script in known.items():
        if number > current:
            _in_transaction(conn, lambda conn, number=number, script=script: _apply(conn, number, script))
    return newest


def require_newest(conn: sqlite3.Connection) -> None:
    """Refuse a file of another schema than this program's.

    Raises:
        SchemaTooNew: if the file is ahead of this program.
        SchemaTooOld: if it is behind.
    """
    newest = max(migrations())
    if (current := _version_up_to(conn, newest)) < newest:
        raise SchemaTooOld(
            f"the database has schema {current}, this program needs {newest}: stop the bot, then start the new one "
            "or run `python -m bot migrate`"
        )


def _version_up_to(conn: sqlite3.Connection, newest: int) -> int:
    current = schema_version(conn)
    if current > newest:
        raise SchemaTooNew(f"the database has schema {current}, this program knows {newest}: install the newer program")
    return current


def _apply(conn: sqlite3.Connection, number: int, script: str) -> None:
    # Read again inside the transaction: another program that opened the file may have been quicker.
    if schema_version(conn) >= number:
        return
    # Not executescript, which commits what is open before it begins.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            conn.execute(statement)
            statement = ""
    conn.execute(statement)
    conn.execute(f"PRAGMA user_version = {number}")
