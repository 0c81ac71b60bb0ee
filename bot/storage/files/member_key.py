"""The key of the hashes under which forgotten members are known again; kept beside the database, not in it."""

import os
import secrets
import sqlite3
import tempfile
from pathlib import Path

from bot.domain.privacy import keyed_hash
from bot.errors import StorageUnavailable
from bot.storage.files.disk import sync

KEY_BYTES = 32
"""As long as the hash itself, which RFC 2104 recommends."""


def hash_of(conn: sqlite3.Connection, member_id: int) -> bytes:
    """Return the keyed hash of a member's Discord id; the key is made when it is first needed.

    A copy of the database alone, such as a backup, says nothing about who is meant.

    Raises:
        StorageUnavailable: if the key can't be read or made.
    """
    return keyed_hash(_key(key_file(conn)), member_id)


def key_file(conn: sqlite3.Connection) -> Path:
    """Return where the key of a database is: beside it, under its name and ``.key``."""
    database = Path(conn.execute("PRAGMA database_list").fetchone()["file"])
    return database.with_name(database.name + ".key")


def _key(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes()
    except OSError as error:
        raise StorageUnavailable(f"{file.name} can't be read or made: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise StorageUnavailable(f"{file.name} is no key: it has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def _make(file: Path) -> None:
    """Make a key that is there complete or not at all; one that another program made meanwhile stays."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".partial")
    partial = Path(name)
    try:
        with open(descriptor, "wb") as out:  # noqa: PTH123 - of a descriptor, which mkstemp made for its owner alone
            out.write(secrets.token_bytes(KEY_BYTES))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(partial, file)
        except FileExistsError:
            return
        # Rows are about to be hashed with it: without it nobody is known again.
        sync(file.parent)
    finally:
        partial.unlink()
