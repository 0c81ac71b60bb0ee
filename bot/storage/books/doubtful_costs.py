"""Doubtful cost, for the operator: listed, and resolved by corrections."""

import sqlite3
from typing import Any

from bot.domain.books.doubtful_cost import Doubt
from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.jobs.job import JobState
from bot.domain.requests import quota
from bot.domain.requests.model import FreeTier, Model
from bot.domain.requests.prices import price_range
from bot.domain.time.periods import Period
from bot.failure_kinds import IN_DOUBT
from bot.ports import Clock
from bot.storage.jobs.transitions import transition
from bot.storage.ledger import entries, holds
from bot.storage.records import audit
from bot.storage.sqlite.database import Database

# While a job is in doubt its hold is open; afterwards its doubtful cost is held in the cap until a correction.
SELECT_DOUBTS = """
SELECT jobs.id AS job_id, jobs.number, jobs.server_id, jobs.state, jobs.model, holds.images,
    jobs.claimed_ms AS since_ms,
    iif(holds.outcome IS NULL, holds.images * holds.price + holds.inputs * holds.input_price, (
        SELECT coalesce(sum(held_delta), 0) FROM ledger
        WHERE ledger.job_id = jobs.id AND ledger.kind IN ('doubt', 'correction'))) AS doubtful_micros
FROM jobs JOIN holds ON holds.job_id = jobs.id
"""
UNRESOLVED = f"""
SELECT * FROM ({SELECT_DOUBTS} WHERE jobs.state = 'in_doubt' OR holds.doubtful_micros > 0)
WHERE doubtful_micros > 0 ORDER BY job_id
"""
NAMED = f"""
SELECT * FROM ({SELECT_DOUBTS} WHERE (jobs.id = :which OR jobs.number = :which)
    AND (jobs.state = 'in_doubt' OR holds.doubtful_micros > 0))
WHERE :server_id IS NULL OR server_id = :server_id ORDER BY job_id
"""
FIND_HOLD = """
SELECT jobs.server_id, jobs.model, holds.images, holds.price, holds.inputs, holds.input_price
FROM holds JOIN jobs ON jobs.id = holds.job_id WHERE holds.job_id = :job_id
"""
SAID_BEFORE = """
SELECT json_extract(detail, '$.billed') FROM audit WHERE job_id = :job_id AND act = 'job.doubt_resolved'
ORDER BY id DESC LIMIT 1
"""
LEGS = """
SELECT buckets.id, buckets.kind, buckets.used,
    coalesce(sum(ledger.used_delta) FILTER (WHERE ledger.kind = 'correction'), 0) AS corrected,
    coalesce(sum(ledger.held_delta) FILTER (WHERE ledger.kind IN ('doubt', 'correction')), 0) AS doubtful
FROM legs JOIN buckets ON buckets.id = legs.bucket_id
LEFT JOIN ledger ON ledger.bucket_id = legs.bucket_id AND ledger.job_id = legs.job_id
WHERE legs.job_id = :job_id AND buckets.kind IN ('cap', 'tier') GROUP BY buckets.id
"""
BOOKED = "SELECT images FROM booked_tasks WHERE task_id = :task_id"
BOOKED_APART = "SELECT images FROM booked_tasks WHERE task_id = :task_id AND job_id IS NOT :job_id"
BOOK_TASK = """
INSERT INTO booked_tasks (task_id, at_ms, job_id, model, images) VALUES (:task_id, :at_ms, :job_id, :model, :images)
ON CONFLICT DO NOTHING
"""
OWNER = "SELECT server_id, number FROM jobs WHERE task_id = :task_id"


class SqliteDoubtfulCosts:
    """What is in doubt, and the operator's word on it. Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def unresolved(self) -> list[Doubt]:
        """Return the jobs in doubt and those whose cost is doubtful, oldest first."""
        return await self._db.read(lambda conn: [_doubt(row) for row in conn.execute(UNRESOLVED)])

    async def named(self, which: int, server_id: int | None) -> list[Doubt]:
        """Return what is or was in doubt among the jobs of this id, or of this number in any or one server."""
        values = {"which": which, "server_id": server_id}
        return await self._db.read(lambda conn: [_doubt(row) for row in conn.execute(NAMED, values)])

    async def owner(self, task_id: str) -> tuple[int, int] | None:
        """Return server and number of the job that a task belongs to."""
        row = await self._db.read(lambda conn: conn.execute(OWNER, {"task_id": task_id}).fetchone())
        return None if row is None else (row["server_id"], row["number"])

    async def booked_apart(self, task_id: str, job_id: int) -> int | None:
        """Return with how many images a task is in the books for no job or another than this; None if it is not."""
        values = {"task_id": task_id, "job_id": job_id}
        row = await self._db.read(lambda conn: conn.execute(BOOKED_APART, values).fetchone())
        return None if row is None else int(row["images"])

    async def resolve(self, job_id: int, billed_images: int, tier: FreeTier | None, *, task_id: str = "") -> bool:
        """Correct the books to what the operator found on the vendor's bill. Whether they said something else.

        A job that is still in doubt fails, and its charge is voided. Another figure later corrects the correction.

        Args:
            job_id: of a job that is or was in doubt.
            billed_images: as the operator's bill has it.
            tier: the model's free tier.
            task_id: the vendor's task that it was, if the operator knows it.
        """
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _resolve(conn, job_id, billed_images, tier, task_id, now_ms))

    async def book(self, task_id: str, model: Model, images: int, month: Period) -> int:
        """Write the cost of a task that no job owns, once; return the number of images that it is booked with."""
        now_ms = self._clock.now_ms()

        def booked(conn: sqlite3.Connection) -> int:
            if not _book_task(conn, task_id, None, model.name, images, now_ms):
                return int(conn.execute(BOOKED, {"task_id": task_id}).fetchone()[0])
            reason = f"operator: task {task_id} belongs to no job"
            tier = entries.tier_bucket(conn, model)
            # Of a task of nobody's it is not known what was asked for.
            priced = [(price_range(model)[1], images), *_most_inputs(model)] if images else []
            left = quota.tier_left(model.free_tier, tier.used, now_ms)
            free, cost = _beyond(left, priced)
            cap = entries.bucket(conn, BucketKind.CAP, 0, "", month.key)
            if free:
                entries.move(conn, EntryKind.COST, tier.id, at_ms=now_ms, used=free, reason=reason)
            if cost:
                entries.move(conn, EntryKind.COST, cap.id, at_ms=now_ms, used=cost, reason=reason)
            audit.record(
                conn, "task.booked", at_ms=now_ms, server_id=0, actor="operator", task_id=task_id, billed=images
            )
            return images

        return await self._db.write(booked)


def _doubt(row: sqlite3.Row) -> Doubt:
    values: dict[str, Any] = dict(row)
    state = JobState(values.pop("state"))
    return Doubt(**values, state=state)


def _most_inputs(model: Model) -> list[tuple[int, int]]:
    """Return price and number of the most pictures that can come in and be billed."""
    if model.input_price_micros is None or model.pictures is None:
        return []
    return [(model.input_price_micros, model.pictures.most)]


def _beyond(left: int, priced: list[tuple[int, int]]) -> tuple[int, int]:
    """Return how many pictures of these prices a free tier covers that has ``left``, and what the others cost."""
    free = min(left, sum(count for _, count in priced))
    return free, quota.cost_beyond(free, priced)


def _book_task(
    conn: sqlite3.Connection, task_id: str, job_id: int | None, model: str, images: int, now_ms: int
) -> bool:
    values = {"task_id": task_id, "at_ms": now_ms, "job_id": job_id, "model": model, "images": images}
    return conn.execute(BOOK_TASK, values).rowcount > 0


def _resolve(
    conn: sqlite3.Connection, job_id: int, billed_images: int, tier: FreeTier | None, task_id: str, now_ms: int
) -> bool:
    hold = conn.execute(FIND_HOLD, {"job_id": job_id}).fetchone()
    is_new = bool(task_id) and _book_task(conn, task_id, job_id, hold["model"], billed_images, now_ms)
    before = conn.execute(SAID_BEFORE, {"job_id": job_id}).fetchone()
    if before is not None and before[0] == billed_images:
        return is_new
    if transition(conn, job_id, JobState.FAILED, now_ms, only_from=(JobState.IN_DOUBT,), ended_ms=now_ms, why=IN_DOUBT):
        holds.void(conn, job_id, now_ms=now_ms, doubtful_images=hold["images"])
    reason = f"operator: the vendor billed {billed_images} images"
    legs = {row["kind"]: row for row in conn.execute(LEGS, {"job_id": job_id})}
    free_used, cap = legs[BucketKind.TIER], legs[BucketKind.CAP]
    # What came in is billed with the first image, if it is billed at all.
    priced = [(hold["price"], billed_images), (hold["input_price"], hold["inputs"])] if billed_images else []
    # What an earlier correction took from the free tier is there again for this one.
    left = quota.tier_left(tier, free_used["used"] - free_used["corrected"], now_ms)
    free, cost = _beyond(left, priced)
    for leg, used, held in (
        (free_used, free - free_used["corrected"], 0),
        (cap, cost - cap["corrected"], -cap["doubtful"]),
    ):
        if used or held:
            entries.move(
                conn, EntryKind.CORRECTION, leg["id"], at_ms=now_ms, job_id=job_id, used=used, held=held, reason=reason
            )
    audit.record(
        conn,
        "job.doubt_resolved",
        at_ms=now_ms,
        server_id=hold["server_id"],
        job_id=job_id,
        actor="operator",
        billed=billed_images,
    )
    return True
