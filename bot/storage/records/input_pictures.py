"""The rows of pictures that came in: before their request is taken, with its price offer, and with its job."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.pictures.inputs import InputPicture

COLUMNS = ("path", "size_bytes", "width", "height", "is_scaled", "is_flattened")


def as_json(table: str, condition: str, *more: str) -> str:
    """Return SQL that reads pictures as one column, see `read`; all are constants of the calling module.

    Args:
        table: that has `COLUMNS`.
        condition: which of its rows.
        more: columns that it has beside those.
    """
    pairs = ", ".join(f"'{name}', {name}" for name in (*COLUMNS, *more))
    # Ordered inside: the aggregate itself promises no order.
    return f"""
    (SELECT json_group_array(json_object({pairs}))
        FROM (SELECT * FROM {table} WHERE {condition} ORDER BY ordinal))
    """


AS_JSON = as_json("input_pictures", "job_id = jobs.id", "is_mask", "is_kept")
"""A job's, as a column of a reading of ``jobs``."""

ADD = """
INSERT INTO input_pictures (job_id, ordinal, path, size_bytes, width, height, is_scaled, is_flattened, is_mask,
    is_kept)
VALUES (:job_id, :ordinal, :path, :size_bytes, :width, :height, :is_scaled, :is_flattened, :is_mask, :is_kept)
"""
KEEP_PATHS = """
INSERT OR IGNORE INTO leftover_files (path) SELECT path FROM input_pictures WHERE job_id = :id AND path <> ''
"""
FORGET_PATHS = "UPDATE input_pictures SET path = '' WHERE job_id = :id"
EXPECT = "INSERT OR IGNORE INTO incoming_files (path) VALUES (:path)"
TAKE = "DELETE FROM incoming_files WHERE path = :path"
GIVE_UP = """
INSERT OR IGNORE INTO leftover_files (path) SELECT path FROM incoming_files WHERE path = :path
"""
STAY = "DELETE FROM leftover_files WHERE path = :path"
EXPECTED = "SELECT path FROM incoming_files"
# An offer's request is JSON; what was offered before pictures came in has none.
GIVE_UP_OFFERED = """
INSERT OR IGNORE INTO leftover_files (path)
SELECT json_extract(picture.value, '$.path') FROM drafts, json_each(drafts.request, '$.pictures') AS picture WHERE
"""

IS_NAMED = """
SELECT 1 FROM input_pictures WHERE path = :path AND path <> ''
UNION ALL SELECT 1 FROM incoming_files WHERE path = :path
UNION ALL SELECT 1 FROM reference_pictures WHERE path = :path
UNION ALL SELECT 1 FROM drafts, json_each(drafts.request, '$.pictures') AS picture
    WHERE json_extract(picture.value, '$.path') = :path
LIMIT 1
"""


def add(conn: sqlite3.Connection, job_id: int, pictures: Iterable[InputPicture]) -> None:
    """Give a job's pictures their rows; their files are nobody's leftovers from then on."""
    for ordinal, picture in enumerate(pictures):
        values = {
            "job_id": job_id,
            "ordinal": ordinal,
            "path": picture.path,
            "size_bytes": picture.size_bytes,
            "width": picture.width,
            "height": picture.height,
            "is_scaled": picture.is_scaled,
            "is_flattened": picture.is_flattened,
            "is_mask": picture.is_mask,
            "is_kept": picture.is_kept,
        }
        conn.execute(ADD, values)
        conn.execute(TAKE, {"path": picture.path})


def read(text: str) -> tuple[InputPicture, ...]:
    """Return the pictures of a column that was read by `as_json`."""
    return tuple(picture_of(row) for row in json.loads(text))


def picture_of(said: Mapping[str, Any]) -> InputPicture:
    """Return a picture of which JSON says what its row does."""
    flags = {name: bool(said.get(name)) for name in ("is_scaled", "is_flattened", "is_mask", "is_kept")}
    values: dict[str, Any] = {**said, **flags}
    return InputPicture(**values)


def take(conn: sqlite3.Connection, pictures: Iterable[InputPicture]) -> None:
    """Note that a price offer, or a set that is kept, names these pictures now; an offer before it may have, too."""
    paths = [{"path": picture.path} for picture in pictures]
    conn.executemany(TAKE, paths)
    conn.executemany(STAY, paths)


def is_named(conn: sqlite3.Connection, path: str) -> bool:
    """Whether a file came in and somebody is at it: a job, a price offer, a set, or a request about to be taken."""
    return conn.execute(IS_NAMED, {"path": path}).fetchone() is not None


def let_go(conn: sqlite3.Connection, job_id: int) -> int:
    """Keep the pictures no longer that a job came with; return how many files are left to be deleted."""
    files = conn.execute(KEEP_PATHS, {"id": job_id}).rowcount
    conn.execute(FORGET_PATHS, {"id": job_id})
    return files


def let_go_offered(conn: sqlite3.Connection, condition: str, values: dict[str, int]) -> None:
    """Keep the pictures no longer of the price offers that meet ``condition`` (a constant of the calling module)."""
    conn.execute(f"{GIVE_UP_OFFERED} {condition}", values)


def expect(conn: sqlite3.Connection, path: str) -> None:
    """Note that a file is about to be written."""
    conn.execute(EXPECT, {"path": path})


def give_up(conn: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Leave those of the files to be deleted that no request has taken."""
    for path in paths:
        conn.execute(GIVE_UP, {"path": path})
        conn.execute(TAKE, {"path": path})


def expected(conn: sqlite3.Connection) -> list[str]:
    """Return the files that are about to be written, or that no request has taken."""
    return [row["path"] for row in conn.execute(EXPECTED)]
