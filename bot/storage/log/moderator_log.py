"""What moderators read: searches over the jobs of one server, timelines, and refusals before there was a job."""

import functools
import json
import sqlite3

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import Event, KeptSearch, Refusal, Search, Timeline
from bot.ports import Clock
from bot.storage.jobs.queries import BY_ID, BY_NUMBER
from bot.storage.jobs.rows import find_job, find_jobs
from bot.storage.outbox import feed
from bot.storage.records import acts, prompt_index
from bot.storage.records.accounts import FIND_ACCOUNT, account_of
from bot.storage.sqlite.database import Database

SEARCHES_LIVE_MS = 24 * 3600 * 1000
INDEXED_AT_ONCE = 500
READ_AT_ONCE = 1000
"""About 20 ms: everybody's readings stand in one line."""

BY_IDS = "jobs.id IN (SELECT value FROM json_each(:ids))"
KEEP = """
INSERT INTO searches (id, server_id, account_id, search, at_ms)
VALUES (:id, :server_id, :account_id, :search, :now_ms) ON CONFLICT DO NOTHING
"""
KEPT = """
SELECT searches.id, search FROM searches JOIN members ON members.account_id = searches.account_id
WHERE searches.id = :id AND server_id = :server_id AND members.discord_id = :moderator_id AND at_ms > :since_ms
"""
EXPIRE = "DELETE FROM searches WHERE at_ms <= :before_ms"
# The plus keeps SQLite from reading all of the server's audit in the order that is asked for.
EVENTS = """
SELECT at_ms, act, coalesce(actor_id, 0) AS account_id, coalesce(members.discord_id, 0) AS member_id, detail
FROM audit LEFT JOIN members ON members.account_id = audit.actor_id
WHERE audit.job_id = :job_id AND +audit.server_id = :server_id ORDER BY audit.id
"""
REQUEST_ID = "SELECT request_id FROM jobs WHERE id = :job_id"
REFUSALS = """
SELECT audit.id, at_ms, coalesce(actor_id, 0) AS account_id, coalesce(members.discord_id, 0) AS member_id,
    coalesce(json_extract(detail, '$.reason'), '') AS reason, coalesce(json_extract(detail, '$.model'), '') AS model
FROM audit LEFT JOIN members ON members.account_id = audit.actor_id
WHERE server_id = :server_id AND act = 'request.refused' AND audit.id < :before_id
    AND (:account_id IS NULL OR actor_id = :account_id) AND (:model = '' OR json_extract(detail, '$.model') = :model)
    AND at_ms >= :since_ms AND (:until_ms = 0 OR at_ms < :until_ms)
ORDER BY audit.id DESC LIMIT :most
"""


class SqliteModeratorLog:
    """The log as moderators read it; nothing here tells one server of another.

    Args:
        database: where.
        clock: for what expires.
        read_at_once: jobs that a search reads before it lets others read.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        read_at_once: int = READ_AT_ONCE,
    ) -> None:
        self._db = database
        self._clock = clock
        self._read_at_once = read_at_once

    async def account(self, member_id: int) -> int:
        """Return the number of a member, 0 if they never asked for anything."""

        def known(conn: sqlite3.Connection) -> int:
            row = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
            return int(row[0]) if row else 0

        return await self._db.read(known)

    async def jobs(self, server_id: int, wanted: Search, *, before_id: int, most: int) -> list[Job]:
        """Return a server's jobs with ids below ``before_id`` that a search finds, newest first."""
        ids: list[int] = []
        while before_id and len(ids) < most:
            read = functools.partial(
                prompt_index.find,
                server_id=server_id,
                search=wanted,
                before_id=before_id,
                most=most - len(ids),
                most_read=self._read_at_once,
            )
            found, before_id = await self._db.read_long(read)
            ids += found
        return await self._db.read_long(lambda conn: find_jobs(conn, BY_IDS, {"ids": json.dumps(ids)})[::-1])

    async def refusals(self, server_id: int, wanted: Search, *, before_id: int, most: int) -> list[Refusal]:
        """Return what was refused in a server before there was a job, newest first, by ids of the audit."""
        values = {
            "server_id": server_id,
            "before_id": before_id,
            "account_id": wanted.account_id,
            "model": wanted.model,
            "since_ms": wanted.since_ms,
            "until_ms": wanted.until_ms,
            "most": most,
        }
        return await self._db.read_long(lambda conn: [Refusal(**dict(row)) for row in conn.execute(REFUSALS, values)])

    async def keep(self, search_id: int, server_id: int, moderator_id: int, wanted: Search) -> None:
        """Keep a search for a day, so that its pages can be turned by who made it, and by nobody else."""
        now_ms = self._clock.now_ms()

        def kept(conn: sqlite3.Connection) -> None:
            values: dict[str, int | str] = {
                "id": search_id,
                "server_id": server_id,
                "account_id": account_of(conn, moderator_id, now_ms),
                "search": wanted.to_json(),
                "now_ms": now_ms,
            }
            conn.execute(KEEP, values)

        await self._db.write(kept)

    async def kept(self, search_id: int, server_id: int, moderator_id: int) -> KeptSearch | None:
        """Return a moderator's own search in a server; None if there is none, or its day is over."""
        since_ms = self._clock.now_ms() - SEARCHES_LIVE_MS
        values = {"id": search_id, "server_id": server_id, "moderator_id": moderator_id, "since_ms": since_ms}

        def found(conn: sqlite3.Connection) -> KeptSearch | None:
            row = conn.execute(KEPT, values).fetchone()
            return KeptSearch(row["id"], Search.from_json(row["search"])) if row else None

        return await self._db.read(found)

    async def by_number(self, server_id: int, number: int) -> Timeline | None:
        """Return all that is known of a server's job, by what people call it."""
        return await self._timeline(BY_NUMBER, {"server_id": server_id, "number": number})

    async def by_id(self, server_id: int, job_id: int) -> Timeline | None:
        """Return all that is known of a job, if it is this server's."""
        timeline = await self._timeline(BY_ID, {"id": job_id})
        return timeline if timeline and timeline.job.server_id == server_id else None

    async def record(self, act: Act, detail: dict[str, str | int | None]) -> None:
        """Note in the audit what a moderator did.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: acts.do(conn, act, now_ms, detail=detail))

    async def tidy(self) -> int:
        """Drop searches and refused prompts whose day is over, and index some jobs; return how many of these."""
        now_ms = self._clock.now_ms()

        def tidied(conn: sqlite3.Connection) -> int:
            conn.execute(EXPIRE, {"before_ms": now_ms - SEARCHES_LIVE_MS})
            feed.drop_old_prompts(conn, now_ms)
            return prompt_index.index_missing(conn, INDEXED_AT_ONCE)

        return await self._db.write(tidied)

    async def _timeline(self, condition: str, values: dict[str, int | str]) -> Timeline | None:
        def found(conn: sqlite3.Connection) -> Timeline | None:
            job = find_job(conn, condition, values)
            if job is None:
                return None
            of_job = {"job_id": job.id, "server_id": job.server_id}
            events = tuple(_event(row) for row in conn.execute(EVENTS, of_job))
            request_id = conn.execute(REQUEST_ID, of_job).fetchone()[0]
            return Timeline(job, request_id or job.failure_request_id, events)

        return await self._db.read(found)


def _event(row: sqlite3.Row) -> Event:
    return Event(row["at_ms"], row["act"], row["account_id"], row["member_id"], json.loads(row["detail"]))
