"""How a job is changed: in one transaction each."""

import sqlite3
from collections.abc import Callable

from bot.domain.jobs.job import Job, JobState
from bot.failure_kinds import Failure
from bot.ports import Clock
from bot.storage.jobs.queries import BY_ID, JobQueries
from bot.storage.jobs.rows import find_job
from bot.storage.jobs.transitions import transition
from bot.storage.ledger import holds
from bot.storage.sqlite.database import Database


class JobChanges(JobQueries):
    """What all changes of jobs are made with."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)

    async def _move(
        self,
        job_id: int,
        to: JobState,
        *,
        only_from: tuple[JobState, ...] = (),
        then: Callable[[sqlite3.Connection, int, int], None] | None = None,
        attempt: bool = False,
        why: Failure | None = None,
        ends: bool = False,
        **fields: int | str | None,
    ) -> Job | None:
        now_ms = self._clock.now_ms()
        if ends:
            # The same moment as that of all else which the transaction notes.
            fields["ended_ms"] = now_ms

        def moved(conn: sqlite3.Connection) -> Job | None:
            job = transition(conn, job_id, to, now_ms, only_from=only_from, attempt=attempt, why=why, **fields)
            if job is None or then is None:
                return job
            then(conn, job_id, now_ms)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(moved)

    async def _change(self, job_id: int, statement: str) -> Job | None:
        def changed(conn: sqlite3.Connection) -> Job | None:
            conn.execute(statement, {"id": job_id})
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(changed)


def voiding(outcome: str = "voided") -> Callable[[sqlite3.Connection, int, int], None]:
    """Return what gives back all that a job holds, as a part of its change."""

    def voided(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
        holds.void(conn, job_id, now_ms=now_ms, outcome=outcome)

    return voided
