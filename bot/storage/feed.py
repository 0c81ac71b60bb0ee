"""The feed of a server's log channel: what is to be told there, and where it has been told."""

import sqlite3

from bot.domain.feed import Entry
from bot.domain.job import JobState
from bot.domain.notice import Notice
from bot.ports import Clock
from bot.storage import outbox
from bot.storage.database import Database

ENDS = frozenset({JobState.DELIVERED, JobState.UNDELIVERED, JobState.FAILED})
"""What moderators are told of: pictures, and what the image service refused. A job that was canceled or waited too long
is neither."""

HAS_FEED = "SELECT 1 FROM settings WHERE server_id = :server_id AND log_channel <> 0"
# Told already, or about to be.
IS_TOLD = """
SELECT server_id FROM jobs WHERE id = :job_id AND (EXISTS (SELECT 1 FROM feed WHERE job_id = :job_id)
    OR EXISTS (SELECT 1 FROM outbox WHERE done_ms = 0 AND feed > 0 AND feed = jobs.server_id AND job_id = :job_id))
"""
SERVERS = "SELECT DISTINCT feed FROM outbox WHERE done_ms = 0 AND feed > 0 AND next_ms <= :now_ms"
DUE = """
SELECT id, kind, job_id, content, created_ms, attempts FROM outbox
WHERE done_ms = 0 AND feed > 0 AND feed = :server_id AND next_ms <= :now_ms ORDER BY id LIMIT 1
"""
NEXT = "SELECT min(next_ms) FROM outbox WHERE done_ms = 0 AND feed > 0 AND next_ms > :now_ms"
FIND = "SELECT channel_id, message_id FROM feed WHERE job_id = :job_id"
NOTE = """
INSERT INTO feed (job_id, channel_id, message_id) VALUES (:job_id, :channel_id, :message_id)
ON CONFLICT (job_id) DO NOTHING
"""
MEMBER_OF = "SELECT discord_id FROM members WHERE account_id = :account_id"
SAY = "INSERT INTO said (what, at_ms) VALUES (:what, :now_ms) ON CONFLICT DO NOTHING"
UNSAY = "DELETE FROM said WHERE what = :what"


def note_end(conn: sqlite3.Connection, job_id: int, server_id: int, state: JobState, now_ms: int) -> None:
    """Have a job told of, or its entry brought up to date, if it came to one of `ENDS` and there is a log channel."""
    if state in ENDS and conn.execute(HAS_FEED, {"server_id": server_id}).fetchone():
        outbox.add(conn, "feed", at_ms=now_ms, job_id=job_id, feed=server_id)


def note_removal(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
    """Have a job's entry lose what may not be shown any more: pictures that are removed, who was forgotten."""
    told = conn.execute(IS_TOLD, {"job_id": job_id}).fetchone()
    if told is not None:
        outbox.add(conn, "feed-removed", at_ms=now_ms, job_id=job_id, feed=told["server_id"])


def note_refusal(conn: sqlite3.Connection, server_id: int, account_id: int, reason: str, now_ms: int) -> None:
    """Have it told that a prompt broke a rule of the server, if there is a log channel; the prompt isn't kept for it.

    Args:
        conn: inside a write transaction.
        server_id: where it was asked for.
        account_id: who asked.
        reason: the refusal's key; only those of rules for prompts are told.
        now_ms: when.
    """
    if reason.startswith("prompt-breaks-") and conn.execute(HAS_FEED, {"server_id": server_id}).fetchone():
        content: dict[str, str | int] = {"account_id": account_id, "reason": reason}
        outbox.add(conn, "feed-refused", at_ms=now_ms, content=content, feed=server_id)


class SqliteFeeds:
    """What the feeds have still to tell."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def servers(self) -> list[int]:
        """Give the servers whose feed has something that may be told now."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(SERVERS, {"now_ms": now_ms})])

    async def due(self, server_id: int) -> Notice | None:
        """Give the oldest row of one server's feed that may be told now."""
        values = {"server_id": server_id, "now_ms": self._clock.now_ms()}

        def found(conn: sqlite3.Connection) -> Notice | None:
            row = conn.execute(DUE, values).fetchone()
            return outbox.notice_of(row) if row else None

        return await self._db.read(found)

    async def next_ms(self) -> int | None:
        """Give when something may be told that must wait now; None if nothing must."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: conn.execute(NEXT, {"now_ms": now_ms}).fetchone()[0])

    async def entry(self, job_id: int) -> Entry | None:
        """Give where a feed has a job."""

        def found(conn: sqlite3.Connection) -> Entry | None:
            row = conn.execute(FIND, {"job_id": job_id}).fetchone()
            return Entry(row["channel_id"], row["message_id"]) if row else None

        return await self._db.read(found)

    async def note(self, job_id: int, entry: Entry) -> None:
        """Note where a feed has a job; its log channel is open, so that it is worth a word when it closes again."""

        def noted(conn: sqlite3.Connection) -> None:
            values = {"job_id": job_id, "channel_id": entry.channel_id, "message_id": entry.message_id}
            conn.execute(NOTE, values)
            conn.execute(UNSAY, {"what": _closed(entry.channel_id)})

        await self._db.write(noted)

    async def close(self, server_id: int, channel_id: int) -> None:
        """Have the server's owner told that its log channel can't be written to; once until it can be again."""
        now_ms = self._clock.now_ms()

        def closed(conn: sqlite3.Connection) -> None:
            if conn.execute(SAY, {"what": _closed(channel_id), "now_ms": now_ms}).rowcount:
                content: dict[str, str | int] = {"server_id": server_id, "channel_id": channel_id}
                outbox.add(conn, "log-closed", at_ms=now_ms, content=content)

        await self._db.write(closed)

    async def member_of(self, account_id: int) -> int:
        """Give the Discord id behind an account; 0 for somebody who was forgotten."""

        def found(conn: sqlite3.Connection) -> int:
            row = conn.execute(MEMBER_OF, {"account_id": account_id}).fetchone()
            return int(row[0]) if row else 0

        return await self._db.read(found)


def _closed(channel_id: int) -> str:
    return f"log-closed {channel_id}"
