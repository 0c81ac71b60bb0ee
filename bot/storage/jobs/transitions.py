"""The one statement by which a job changes its state."""

import sqlite3

from bot.domain.jobs.job import ENDED_UNBEGUN, Job, JobState, sources
from bot.failure_kinds import Failure
from bot.storage.jobs.rows import find_job
from bot.storage.outbox import feed
from bot.storage.records import audit, cases, input_pictures


def transition(
    conn: sqlite3.Connection,
    job_id: int,
    to: JobState,
    now_ms: int,
    *,
    only_from: tuple[JobState, ...] = (),
    attempt: bool = False,
    why: Failure | None = None,
    **fields: int | str | None,
) -> Job | None:
    """Bring a job to ``to`` if it may go there from where it is; None if it may not.

    Args:
        conn: inside a write transaction.
        job_id: which.
        to: the new state.
        now_ms: when.
        only_from: narrows the states from which it may come.
        attempt: count one more attempt.
        why: it failed.
        **fields: further columns of ``jobs``.
    """
    if why is not None:
        fields |= {"failure": why.code, "failure_kind": why.kind}
    allowed = sources(to) & set(only_from) if only_from else sources(to)
    assignments = "".join(f", {name} = :{name}" for name in fields)
    states = ", ".join(f"'{state}'" for state in sorted(allowed))
    moved = conn.execute(
        f"UPDATE jobs SET state = :to, version = version + 1, attempts = attempts + :attempt{assignments}"
        f" WHERE id = :id AND state IN ({states}) RETURNING server_id",
        {"id": job_id, "to": to, "attempt": attempt, **fields},
    ).fetchone()
    if moved is None:
        return None
    audit.record(conn, f"job.{to}", at_ms=now_ms, server_id=moved["server_id"], job_id=job_id)
    if to in ENDED_UNBEGUN:
        input_pictures.let_go(conn, job_id)
    feed.note_end(conn, job_id, moved["server_id"], to, now_ms)
    job = find_job(conn, "jobs.id = :id", {"id": job_id})
    cases.strike(conn, job, now_ms)
    return job
