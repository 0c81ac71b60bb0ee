"""Messages beside a job's own reply: written in the transaction of what causes them, sent when Discord takes them."""

import json
import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from bot.domain.jobs.notice import Notice
from bot.domain.time.waits import LONGEST_RETRY_S
from bot.errors import StorageDamaged
from bot.ports import Clock
from bot.storage.sqlite.database import Database
from bot.storage.sqlite.outage import read_soundly

log = logging.getLogger(__name__)

ADD = """
INSERT INTO outbox (kind, job_id, content, created_ms, feed, next_ms)
VALUES (:kind, :job_id, :content, :at_ms, :feed, :next_ms)
"""
# A wait that seems longer than any is was begun before the clock was set back.
IS_DUE = f"next_ms NOT BETWEEN :now_ms + 1 AND :now_ms + {round(LONGEST_RETRY_S * 1000)}"
IS_SOUND = "id NOT IN (SELECT value FROM json_each(:damaged))"
DUE = f"""
SELECT id FROM outbox
WHERE done_ms = 0 AND feed = 0 AND {IS_DUE} AND {IS_SOUND} ORDER BY id LIMIT 20
"""
FIND = "SELECT id, kind, job_id, content, created_ms, attempts FROM outbox WHERE id = :id AND done_ms = 0"
NEXT = f"SELECT min(next_ms) FROM outbox WHERE done_ms = 0 AND feed = 0 AND {IS_SOUND}"
DONE = "UPDATE outbox SET done_ms = :now_ms, outcome = :outcome WHERE id = :id"
# A word that a job can't be delivered, or how it ended, is said once, however often its card is tried.
FORGET = """
DELETE FROM outbox WHERE id IN (
    SELECT outbox.id FROM outbox LEFT JOIN jobs ON jobs.id = job_id
    WHERE done_ms BETWEEN 1 AND :before_ms
        AND NOT (kind = 'undelivered' AND coalesce(jobs.state, '') IN ('undelivered', 'delivering'))
        AND NOT (kind = 'ended' AND coalesce(jobs.version > jobs.shown, 0))
    ORDER BY outbox.id LIMIT :most
)
"""
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


class DamagedRows:
    """The rows of the outbox that turned out to be damaged: they are passed over until the program ends."""

    def __init__(self) -> None:
        self._ids: set[int] = set()

    def left(self, conn: sqlite3.Connection, question: str, values: Mapping[str, int]) -> list[int]:
        """Return the first column that a question of `IS_SOUND` rows gives."""
        return [row[0] for row in conn.execute(question, {**values, "damaged": json.dumps(list(self._ids))})]

    async def read(self, database: Database, notice_id: int) -> Notice | None:
        """Return a row; None if it waits no more or is damaged, which is logged once."""
        try:
            return await database.read(lambda conn: _find(conn, notice_id))
        except StorageDamaged as error:
            log.error("notice %s is passed over: %s", notice_id, error)  # noqa: TRY400 - the sentence says it all
            self._ids.add(notice_id)
            return None


class SqliteOutbox:
    """The messages that wait to be sent."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._damaged = DamagedRows()

    async def waiting(self) -> list[Notice]:
        """Return the oldest messages that may be sent now, those of feeds left out; a damaged one costs no other."""
        now_ms = self._clock.now_ms()
        due = await self._db.read(lambda conn: self._damaged.left(conn, DUE, {"now_ms": now_ms}))
        return [notice for notice_id in due if (notice := await self._damaged.read(self._db, notice_id))]

    async def next_ms(self) -> int | None:
        """Return when the next of them may be sent; None if none waits."""
        return await self._db.read(lambda conn: self._damaged.left(conn, NEXT, {})[0])

    async def tell(self, kind: str, content: Mapping[str, str | int]) -> None:
        """Write a message about no job; ``kind`` names its text."""
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: add(conn, kind, at_ms=now_ms, content=content))

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

    async def forget(self, before_ms: int, most: int) -> int:
        """Forget up to ``most`` of the messages that were done with before ``before_ms``; return how many."""
        values = {"before_ms": before_ms, "most": most}
        return await self._db.write(lambda conn: conn.execute(FORGET, values).rowcount)

    async def hasten(self) -> None:
        """Have everything that waits tried now, that of the feeds too: Discord is back."""
        await self._db.write(lambda conn: conn.execute(HASTEN).rowcount)


def _find(conn: sqlite3.Connection, notice_id: int) -> Notice | None:
    row = conn.execute(FIND, {"id": notice_id}).fetchone()
    if row is None:
        return None
    values: dict[str, Any] = dict(row)
    with read_soundly(f"notice {notice_id}"):
        return Notice(**{**values, "content": json.loads(values["content"])})
