"""A consistent copy of a database that may be in use."""

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path

from bot.errors import StorageError, StorageUnavailable
from bot.storage.files.disk import sync
from bot.storage.sqlite.database import BUSY_TIMEOUT_MS


def back_up(source: Path, target: Path) -> int:
    """Copy ``source`` to ``target``, which is there complete or not at all; return its size in bytes.

    The copy is one snapshot: a bot that writes meanwhile is neither disturbed nor half seen. What was at ``target``
    is replaced.

    Raises:
        StorageError: if the copy can't be made or is damaged.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".partial")
    except OSError as error:
        raise StorageUnavailable(f"{target} can't be written: {error.strerror}") from None
    os.close(descriptor)
    partial = Path(name)
    try:
        _copy(source, partial)
        size = partial.stat().st_size
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"{source} can't be copied: {error}") from None
    except OSError as error:
        raise StorageUnavailable(f"{target} can't be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return size


def _copy(source: Path, partial: Path) -> None:
    uri = f"{source.absolute().as_uri()}?mode=rw"
    with (
        contextlib.closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000)) as live,
        contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as copy,
    ):
        # All pages in one step: one read transaction, which a writer beside it does not wait for.
        live.backup(copy)
        # One file, without a WAL beside it that could be left behind.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise StorageError(f"{source} is damaged: {verdict.splitlines()[-1]}")
