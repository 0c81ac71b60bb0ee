"""Word to members of whose pictures others had edits made: within an hour of one message, all others become one."""

import sqlite3

from bot.domain.jobs.notice import Notice, Turn
from bot.domain.time.waits import left_ms
from bot.ports import Clock
from bot.storage.outbox.messages import add
from bot.storage.sqlite.database import Database

ONE, SEVERAL = "picture-edited", "pictures-edited"
"""The kinds: about one job, and about those that were gathered."""

APART_MS = 60 * 60 * 1000
"""Between two messages to an owner: soon enough to stop it, and seldom enough not to be a flood."""

OF_OWNER = "jobs.pictures_of = (SELECT pictures_of FROM jobs WHERE id = :job_id) AND outbox.id <> :id"
# One that is tried may be there already. A row by its state, and nothing in memory, says when the owner was told; one
# that was told later than now was told before the clock was set back.
TOLD = f"""
SELECT coalesce(max(iif(done_ms, done_ms, :now_ms)), 0) FROM outbox JOIN jobs ON jobs.id = outbox.job_id
WHERE {OF_OWNER} AND kind IN (:one, :several)
    AND (outcome = 'sent' AND done_ms <= :now_ms OR done_ms = 0 AND (outbox.attempts OR kind = :several))
"""
WAITING = f"""
SELECT outbox.id, job_id FROM outbox JOIN jobs ON jobs.id = outbox.job_id
WHERE {OF_OWNER} AND kind = :one AND done_ms = 0 AND outbox.attempts = 0 ORDER BY outbox.id
"""
IS_DONE = "SELECT done_ms > 0 FROM outbox WHERE id = :id"
BEGIN = "UPDATE outbox SET attempts = 1 WHERE id = :id"
GATHER = "UPDATE outbox SET done_ms = :now_ms, outcome = 'gathered' WHERE id = :id"


class SqliteEditedPictures:
    """When an owner is told of edits. Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def turn(self, notice: Notice) -> Turn:
        """Return whether an owner is told of one edit now, later, or with others; then their message is written."""
        # What was tried may be there: it goes on by itself, so that its nonce holds.
        if notice.kind != ONE or notice.attempts:
            return Turn()
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _turn(conn, notice, now_ms))


def _turn(conn: sqlite3.Connection, notice: Notice, now_ms: int) -> Turn:
    values = {"id": notice.id, "job_id": notice.job_id, "now_ms": now_ms, "one": ONE, "several": SEVERAL}
    if conn.execute(IS_DONE, values).fetchone()[0]:
        # It was gathered since it was read, with one that came before it.
        return Turn(is_gathered=True)
    told_ms = conn.execute(TOLD, values).fetchone()[0]
    if wait_ms := left_ms(told_ms + APART_MS, now_ms, APART_MS):
        return Turn(wait_ms)
    others = conn.execute(WAITING, values).fetchall()
    if not others:
        # From here on it may be there: whoever is killed before that is noted does not say it once more with others.
        conn.execute(BEGIN, values)
        return Turn()
    rows = sorted([(notice.id, notice.job_id), *map(tuple, others)])
    for notice_id, _ in rows:
        conn.execute(GATHER, {"id": notice_id, "now_ms": now_ms})
    content = {"jobs": " ".join(str(job_id) for _, job_id in rows), "more": int(told_ms > 0)}
    add(conn, SEVERAL, at_ms=now_ms, job_id=rows[-1][1], content=content)
    return Turn(is_gathered=True)
