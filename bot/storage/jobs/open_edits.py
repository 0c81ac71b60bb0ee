"""Forms that are open to edit pictures of a message. Each method is one transaction."""

import json
import sqlite3
from dataclasses import asdict

from bot.domain.pictures.inputs import HandedIn
from bot.domain.pictures.open_edits import OpenEdit, Source
from bot.ports import Clock
from bot.storage.jobs.picture_owners import origin_of
from bot.storage.servers.servers import read_settings
from bot.storage.sqlite.database import Database

LIVES_MS = 60 * 60 * 1000
"""Long enough to write an instruction. What is kept of it is a key to the pictures, which Discord changes in a day."""

# Nobody has two forms open: a client shows one.
DROP = "DELETE FROM open_edits WHERE member_id = :member_id"
ADD = """
INSERT INTO open_edits (id, server_id, channel_id, message_id, author_id, member_id, is_ephemeral, pictures, expires_ms)
VALUES (:id, :server_id, :channel_id, :message_id, :author_id, :member_id, :is_ephemeral, :pictures, :expires_ms)
"""
FIND = "SELECT * FROM open_edits WHERE id = :id AND expires_ms > :now_ms"
EXPIRE = "DELETE FROM open_edits WHERE expires_ms <= :now_ms"


class SqliteOpenEdits:
    """What the forms are about that members have open."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def open(self, edit: OpenEdit) -> None:
        """Judge whether a member may edit these pictures, and keep what their form is about, for an hour.

        Raises:
            MemberError: if they may not, as `origin_of`; then nothing is kept.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: _open(conn, edit, now_ms))

    async def find(self, edit_id: int) -> OpenEdit | None:
        """Return what a form is about; None if there is none of that id, or its hour is over."""
        values = {"id": edit_id, "now_ms": self._clock.now_ms()}
        row = await self._db.read(lambda conn: conn.execute(FIND, values).fetchone())
        return _edit(row) if row else None

    async def expire(self) -> int:
        """Forget the forms whose hour is over; return how many."""
        values = {"now_ms": self._clock.now_ms()}
        return await self._db.write(lambda conn: conn.execute(EXPIRE, values).rowcount)


def _open(conn: sqlite3.Connection, edit: OpenEdit, now_ms: int) -> None:
    origin_of(conn, edit.server_id, edit.member_id, edit.source, read_settings(conn, edit.server_id), now_ms)
    conn.execute(DROP, {"member_id": edit.member_id})
    conn.execute(ADD, {**_row(edit), "expires_ms": now_ms + LIVES_MS})


def _row(edit: OpenEdit) -> dict[str, int | str]:
    return {
        "id": edit.id,
        "server_id": edit.server_id,
        "channel_id": edit.channel_id,
        "member_id": edit.member_id,
        **asdict(edit.source),
        "pictures": json.dumps([asdict(picture) for picture in edit.pictures], ensure_ascii=False),
    }


def _edit(row: sqlite3.Row) -> OpenEdit:
    return OpenEdit(
        id=row["id"],
        server_id=row["server_id"],
        channel_id=row["channel_id"],
        member_id=row["member_id"],
        source=Source(row["message_id"], row["author_id"], bool(row["is_ephemeral"])),
        pictures=tuple(HandedIn(**picture) for picture in json.loads(row["pictures"])),
    )
