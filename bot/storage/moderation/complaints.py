"""What members report to the moderators of their server. Each change is one transaction with its audit row."""

import sqlite3

from bot.domain.act import Act
from bot.domain.moderation.complaints import (
    COMPLAINTS_WITHIN_MS,
    MOST_COMPLAINTS,
    TOLD_EVERY_MS,
    Complaint,
    check_reportable,
)
from bot.domain.time.waits import left_ms
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.ports import Clock
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.outbox import feed, messages
from bot.storage.records import acts
from bot.storage.sqlite.database import Database

ADD = """
INSERT INTO complaints (job_id, account_id, server_id, at_ms, is_told)
VALUES (:job_id, :account_id, :server_id, :now_ms, :is_told) ON CONFLICT DO NOTHING
"""
# What seems to come from the future was written before a clock was set back: it keeps nobody waiting.
LAST = """
SELECT at_ms FROM complaints WHERE account_id = :account_id AND server_id = :server_id AND at_ms <= :now_ms
ORDER BY at_ms DESC LIMIT 1 OFFSET :most - 1
"""
LAST_TOLD = "SELECT coalesce(max(at_ms), 0) FROM complaints WHERE job_id = :job_id AND is_told AND at_ms <= :now_ms"
FIND = """
SELECT coalesce(discord_id, 0) AS member_id, (SELECT count(*) FROM complaints WHERE job_id = :job_id) AS count
FROM complaints LEFT JOIN members USING (account_id) WHERE job_id = :job_id AND account_id = :account_id
"""


class SqliteComplaints:
    """The reports of all servers' members."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def add(self, act: Act, job_id: int) -> None:
        """Note that the actor reports a job's pictures, and have the moderators told.

        Raises:
            NotPermitted: if this server has no such job.
            MemberError: if they can't be reported, or were by this member, or nobody would be told.
            Unavailable: if this member has reported too much in a short time.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: _add(conn, act, job_id, now_ms))

    async def find(self, job_id: int, account_id: int) -> Complaint | None:
        """Return a member's report of a job, for a notice that names it."""
        values = {"job_id": job_id, "account_id": account_id}

        def found(conn: sqlite3.Connection) -> Complaint | None:
            row = conn.execute(FIND, values).fetchone()
            return Complaint(**dict(row)) if row else None

        return await self._db.read(found)


def _add(conn: sqlite3.Connection, act: Act, job_id: int, now_ms: int) -> None:
    job = find_job(conn, BY_ID, {"id": job_id})
    if job is None or job.server_id != act.server_id:
        raise NotPermitted("job-gone")
    account_id = acts.do(conn, act, now_ms, job_id=job_id)
    check_reportable(job, act.actor_id)
    if not feed.has_feed(conn, act.server_id):
        raise MemberError("report-nowhere")
    who = {"account_id": account_id, "server_id": act.server_id, "now_ms": now_ms}
    last = conn.execute(LAST, {**who, "most": MOST_COMPLAINTS}).fetchone()
    again_ms = last["at_ms"] + COMPLAINTS_WITHIN_MS if last else 0
    if left_ms(again_ms, now_ms, COMPLAINTS_WITHIN_MS):
        raise Unavailable("reported-too-often", limit=MOST_COMPLAINTS, again_ms=again_ms)
    told_ms = conn.execute(LAST_TOLD, {"job_id": job_id, "now_ms": now_ms}).fetchone()[0]
    is_told = told_ms == 0 or now_ms - told_ms >= TOLD_EVERY_MS
    if conn.execute(ADD, {**who, "job_id": job_id, "is_told": is_told}).rowcount == 0:
        raise MemberError("reported-already", number=job.number)
    if is_told:
        messages.add(conn, "picture-reported", at_ms=now_ms, job_id=job_id, content={"account_id": account_id})
