"""Questions about jobs. Each method is one reading."""

import json
from collections.abc import Iterable

from bot.domain.jobs.job import Job, JobState, OldCard
from bot.domain.requests.quota import Standing, Terms
from bot.ports import Clock
from bot.storage.jobs.rows import find_job, find_jobs
from bot.storage.servers.terms import standing
from bot.storage.sqlite.database import Database

FOREIGN = """
SELECT job_id, foreign_tasks.task_id FROM foreign_tasks JOIN jobs ON jobs.id = job_id
WHERE jobs.state = 'in_doubt' AND jobs.model = :model
"""
UNCONFIRMED = "SELECT task_id FROM jobs WHERE model = :model AND state IN ('pending', 'running') AND adopted = 1"
OWNED = "SELECT task_id FROM jobs WHERE task_id <> '' AND task_id IN (SELECT value FROM json_each(:task_ids))"
# Whose pictures somebody began to remove; those whose files are gone from the rows too have been removed.
REMOVALS_BEGUN = """
SELECT DISTINCT jobs.id FROM audit JOIN jobs ON jobs.id = audit.job_id AND jobs.deleted_ms = 0
WHERE audit.act = 'job.removal_intent'
"""

BY_ID = "jobs.id = :id"
BY_NUMBER = "jobs.server_id = :server_id AND jobs.number = :number"
OWN_BY_NUMBER = """
jobs.id = (SELECT max(jobs.id) FROM jobs JOIN members ON members.account_id = jobs.account_id
    WHERE members.discord_id = :member_id AND jobs.number = :number)
"""
BY_MESSAGE = """
jobs.server_id = :server_id AND :message_id <> 0 AND jobs.id IN (
    SELECT id FROM jobs WHERE message_id = :message_id AND message_id <> 0
    UNION ALL SELECT job_id FROM feed WHERE message_id = :message_id)
"""
OF_MEMBER = """
jobs.id IN (SELECT jobs.id FROM jobs JOIN members ON members.account_id = jobs.account_id
    WHERE members.discord_id = :member_id AND jobs.id < :before_id AND jobs.state <> 'void'
    ORDER BY jobs.id DESC LIMIT :most)
"""
OF_MEMBER_HERE = """
jobs.id IN (SELECT jobs.id FROM jobs JOIN members ON members.account_id = jobs.account_id
    WHERE members.discord_id = :member_id AND jobs.server_id = :server_id AND jobs.id < :before_id
    AND jobs.state <> 'void' ORDER BY jobs.id DESC LIMIT :most)
"""
NEWER_OF_MEMBER = """
jobs.id IN (SELECT jobs.id FROM jobs JOIN members ON members.account_id = jobs.account_id
    WHERE members.discord_id = :member_id AND :server_id IN (0, jobs.server_id) AND jobs.id > :after_id
    AND jobs.state <> 'void' ORDER BY jobs.id LIMIT :most)
"""
UNSHOWN = """
SELECT id FROM jobs
WHERE version > shown AND state NOT IN ('held', 'void') AND :model IN ('', model) ORDER BY id
"""
DYING_TOKEN = """
SELECT id FROM jobs
WHERE token <> '' AND token_expires_ms > :after_ms AND token_expires_ms <= :before_ms AND private = 1
    AND state IN ('queued', 'submitting', 'in_doubt', 'pending', 'running')
ORDER BY id
"""
REMOVAL = """
SELECT reason FROM cases WHERE account_id = :account_id AND kind = 'remove' AND job_id = :job_id ORDER BY id LIMIT 1
"""
OLD_PICTURES = """
SELECT job_id FROM images JOIN jobs ON jobs.id = job_id WHERE path <> '' AND ready_ms BETWEEN 1 AND :before_ms
UNION SELECT job_id FROM input_pictures JOIN jobs ON jobs.id = job_id
WHERE path <> '' AND max(ready_ms, ended_ms) BETWEEN 1 AND :before_ms LIMIT :most
"""
IN_STATE = "SELECT id FROM jobs WHERE state = :state AND :model IN ('', model) ORDER BY id"
OLD_CARDS = "SELECT job_id, channel_id, message_id FROM old_cards WHERE is_settled = 0 ORDER BY job_id"
QUEUED_IN_LEFT = """
SELECT id FROM jobs WHERE state = 'queued' AND server_id IN (SELECT id FROM servers WHERE left_ms > 0) ORDER BY id
"""


class JobQueries:
    """What can be asked about jobs.

    Whoever works on many is given their ids, and reads each for itself: one that is damaged costs the others nothing.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def get(self, job_id: int) -> Job | None:
        """Return a job by the interaction's id."""
        return await self._db.read(lambda conn: find_job(conn, BY_ID, {"id": job_id}))

    async def by_number(self, server_id: int, number: int) -> Job | None:
        """Return a job by what people of its server call it."""
        return await self._db.read(lambda conn: find_job(conn, BY_NUMBER, {"server_id": server_id, "number": number}))

    async def own_by_number(self, member_id: int, number: int) -> Job | None:
        """Return a member's newest job of that number, in whichever server."""
        values = {"member_id": member_id, "number": number}
        return await self._db.read(lambda conn: find_job(conn, OWN_BY_NUMBER, values))

    async def by_message(self, server_id: int, message_id: int) -> Job | None:
        """Return the job of a server that a message is the card of, or its entry in the log channel."""
        values = {"server_id": server_id, "message_id": message_id}
        return await self._db.read(lambda conn: find_job(conn, BY_MESSAGE, values))

    async def of_member(self, member_id: int, server_id: int | None, *, before_id: int, most: int) -> list[Job]:
        """Return a member's jobs with ids below ``before_id``, newest first; with no server named, in all of them."""
        values: dict[str, int] = {"member_id": member_id, "before_id": before_id, "most": most}
        if server_id is None:
            return await self._db.read(lambda conn: find_jobs(conn, OF_MEMBER, values)[::-1])
        values["server_id"] = server_id
        return await self._db.read(lambda conn: find_jobs(conn, OF_MEMBER_HERE, values)[::-1])

    async def newer_of_member(self, member_id: int, server_id: int | None, *, after_id: int, most: int) -> list[Job]:
        """Return the next of a member's jobs with ids above ``after_id``, newest first; see `of_member`."""
        values = {"member_id": member_id, "server_id": server_id or 0, "after_id": after_id, "most": most}
        return await self._db.read(lambda conn: find_jobs(conn, NEWER_OF_MEMBER, values)[::-1])

    async def ids_in_state(self, state: JobState, model: str = "") -> list[int]:
        """Return the ids of the jobs in ``state``, oldest first; of one model, if it is named."""
        values = {"state": state, "model": model}
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(IN_STATE, values)])

    async def owned_tasks(self, task_ids: list[str]) -> set[str]:
        """Return those of ``task_ids`` that belong to a job."""
        question = json.dumps(task_ids)
        return await self._db.read(lambda conn: {row[0] for row in conn.execute(OWNED, {"task_ids": question})})

    async def foreign_tasks(self, model: str) -> set[tuple[int, str]]:
        """Return what is known not to belong together: jobs that are in doubt, and tasks that had been adopted."""
        return await self._db.read(lambda conn: {(row[0], row[1]) for row in conn.execute(FOREIGN, {"model": model})})

    async def unconfirmed_tasks(self, model: str) -> set[str]:
        """Return the tasks that were adopted for jobs of ``model`` and are not confirmed as theirs yet."""
        return await self._db.read(lambda conn: {row[0] for row in conn.execute(UNCONFIRMED, {"model": model})})

    async def unshown(self, model: str = "") -> list[int]:
        """Return the ids of the jobs whose message is behind; of one model, if it is named."""
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(UNSHOWN, {"model": model})])

    async def queued_in_left_servers(self) -> list[int]:
        """Return the ids of the jobs that wait in line for servers which the bot is in no more, oldest first."""
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(QUEUED_IN_LEFT)])

    async def old_cards(self) -> list[OldCard]:
        """Return the cards that stayed behind when their pictures were sent elsewhere, and don't say so yet."""
        return await self._db.read(lambda conn: [OldCard(*row) for row in conn.execute(OLD_CARDS)])

    async def removal_reason(self, job: Job) -> str | None:
        """Return why a moderator removed a job's pictures, "" if they said nothing; None if no moderator did."""
        values = {"account_id": job.account_id, "job_id": job.id}
        row = await self._db.read(lambda conn: conn.execute(REMOVAL, values).fetchone())
        return row["reason"] if row else None

    async def with_dying_token(self, after_ms: int, before_ms: int) -> list[int]:
        """Return the ids of the private jobs under way whose token dies after ``after_ms`` and by ``before_ms``."""
        values = {"after_ms": after_ms, "before_ms": before_ms}
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(DYING_TOKEN, values)])

    async def with_old_pictures(self, before_ms: int, most: int) -> list[int]:
        """Return up to ``most`` jobs whose pictures were fetched before ``before_ms`` and are still kept.

        Those that came in with a job of which nothing was fetched count from its end.
        """
        values = {"before_ms": before_ms, "most": most}
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(OLD_PICTURES, values)])

    async def removals_begun(self) -> list[int]:
        """Return the jobs whose removal was begun and never ended, also by somebody who was forgotten since."""
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(REMOVALS_BEGUN)])

    async def standing(self, server_id: int, member_id: int, roles: Iterable[int], terms: Terms) -> Standing:
        """Return what a member has left.

        Args:
            server_id: where.
            member_id: Discord's id of whom.
            roles: the member's, or those of them that may have a rule.
            terms: the operator's, which the server's settings and rules change.
        """
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: standing(conn, server_id, member_id, roles, terms, now_ms))
