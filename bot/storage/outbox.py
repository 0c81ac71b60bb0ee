"""Messages beside a job's own reply: written in the transaction of what causes them, sent when Discord takes them."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from bot.domain.notice import Notice
from bot.domain.waits import LONGEST_RETRY_S
from bot.ports import Clock
from bot.storage.database import Database

ADD = """
INSERT INTO outbox (kind, job_id, content, created_ms, feed, next_ms)
VALUES (:kind, :job_id, :content, :at_ms, :feed, :next_ms)
"""
# A wait that seems longer than any is was begun before the clock was set back.
IS_DUE = f"next_ms NOT BETWEEN :now_ms + 1 AND :now_ms + {round(LONGEST_RETRY_S * 1000)}"
WAITING = f"""
SELECT id, kind, job_id, content, created_ms, attempts FROM outbox
WHERE done_ms = 0 AND feed = 0 AND {IS_DUE} ORDER BY id LIMIT 20
"""
NEXT = "SELECT min(next_ms) FROM outbox WHERE done_ms = 0 AND feed = 0"
DONE = "UPDATE outbox SET done_ms = :now_ms, outcome = :outcome WHERE id = :id"
HASTEN = "UPDATE outbox SET next_ms = 0 WHERE done_ms = 0 AND next_ms > 0"
AGAIN = """
UPDATE outbox SET attempts = :attempts, next_ms = :next_ms, done_ms = 0, outcome = '' WHERE id = :id
"""


def add(
    conn: sqlite3.Connection,
    kind: str,
    *,
    at_ms: int,
    job_id: int | None = None,
    content: Mapping[str, str | int] | None = None,
    feed: int = 0,
    next_ms: int = 0,
) -> None:
    """Write one message to be sent; ``kind`` names its text in the locale catalogues.

    Args:
        conn: inside the write transaction of what causes the message.
        kind: what it says.
        at_ms: when.
        job_id: the job that it speaks of.
        content: what it is filled with.
        feed: the server to whose feed it belongs, which is worked off apart from all others; 0: to none.
        next_ms: when it may be sent at the earliest.
    """
    values = {"kind": kind, "job_id": job_id, "content": json.dumps(dict(content or {}), ensure_ascii=False)}
    conn.execute(ADD, {**values, "at_ms": at_ms, "feed": feed, "next_ms": next_ms})


class SqliteOutbox:
    """The messages that wait to be sent."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def waiting(self) -> list[Notice]:
        """Give the oldest messages that may be sent now, those of feeds left out."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: [notice_of(row) for row in conn.execute(WAITING, {"now_ms": now_ms})])

    async def next_ms(self) -> int | None:
        """Give when the next of them may be sent; None if none waits."""
        return await self._db.read(lambda conn: conn.execute(NEXT).fetchone()[0])

    async def done(self, notice_id: int, outcome: str) -> None:
        """Note that a message was sent, or why it never will be."""
        values = {"id": notice_id, "outcome": outcome, "now_ms": self._clock.now_ms()}
        await self._db.write(lambda conn: conn.execute(DONE, values).rowcount)

    async def again(self, notice_id: int, delay_s: float, attempts: int) -> None:
        """Try a message again after ``delay_s`` seconds, also one that was noted as done before it was sent.

        Args:
            notice_id: which.
            delay_s: `LONGEST_RETRY_S` at most.
            attempts: how many count by now.
        """
        values = {"id": notice_id, "attempts": attempts, "next_ms": self._clock.now_ms() + int(delay_s * 1000)}
        await self._db.write(lambda conn: conn.execute(AGAIN, values).rowcount)

    async def hasten(self) -> None:
        """Let everything that waits be tried now, that of feeds too: Discord is back."""
        await self._db.write(lambda conn: conn.execute(HASTEN).rowcount)


def notice_of(row: sqlite3.Row) -> Notice:
    """Read a row of the outbox."""
    values: dict[str, Any] = dict(row)
    return Notice(**{**values, "content": json.loads(values["content"])})
