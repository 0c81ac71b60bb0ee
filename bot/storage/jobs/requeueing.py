"""Putting a job back in line whose create provably started nothing."""

import sqlite3

from bot.domain.jobs.job import Job, JobState
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.jobs.transitions import transition
from bot.storage.ledger import holds

GIVE_TURN_BACK = """
UPDATE turns SET turn = previous
WHERE (model, account_id) = (SELECT model, account_id FROM jobs WHERE id = :id)
"""


def requeue(conn: sqlite3.Connection, job_id: int, now_ms: int, *, counts: bool) -> Job | None:
    """Put a job back, or end it if its member wished so meanwhile; None if there was nothing to put back.

    ``counts`` marks an error of the service itself.
    """
    left = (JobState.SUBMITTING, JobState.IN_DOUBT)
    if transition(conn, job_id, JobState.QUEUED, now_ms, only_from=left, attempt=counts, failure="") is None:
        return None
    # The vendor took nothing, so the member was not served: the turn counts as not taken.
    conn.execute(GIVE_TURN_BACK, {"id": job_id})
    cancel_if_wished(conn, job_id, now_ms)
    return find_job(conn, BY_ID, {"id": job_id})


def cancel_if_wished(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
    """End a queued job whose member wished so while it could not be cancelled."""
    job = find_job(conn, BY_ID, {"id": job_id})
    if job is not None and job.state is JobState.QUEUED and job.cancel_wished_ms:
        holds.void(conn, job_id, now_ms=now_ms)
        transition(conn, job_id, JobState.CANCELED, now_ms, ended_ms=now_ms)
