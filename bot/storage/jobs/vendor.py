"""Jobs at the vendor, and ends without pictures. Each method is one transaction."""

import sqlite3
from collections.abc import Callable

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport
from bot.domain.requests.model import AreaTier, FreeTier
from bot.failure_kinds import NO_RESULTS, Failure
from bot.storage.jobs import requeueing
from bot.storage.jobs.changes import JobChanges, voiding
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.jobs.transitions import transition
from bot.storage.ledger import holds
from bot.storage.records import audit
from bot.storage.records.accounts import account_of

ADD_IMAGE = """
INSERT INTO images (job_id, ordinal, url, code, kind, orig_prompt, actual_prompt)
VALUES (:job_id, :ordinal, :url, :code, :kind, :orig_prompt, :actual_prompt)
ON CONFLICT (job_id, ordinal) DO NOTHING
"""
KEEP_IMAGE = """
UPDATE images
SET url = '', code = '', kind = '', path = :path, size_bytes = :size_bytes, width = :width, height = :height
WHERE job_id = :job_id AND ordinal = :ordinal
"""
LOSE_IMAGE = """
UPDATE images SET url = '', path = '', code = :code, kind = :kind WHERE job_id = :job_id AND ordinal = :ordinal
"""
WISH_CANCEL = """
UPDATE jobs SET cancel_wished_ms = :now_ms, version = version + 1 WHERE id = :id AND cancel_wished_ms = 0
"""
FREE_PLACE = "UPDATE jobs SET takes_place = 0 WHERE id = :id AND takes_place"
REFUSE_CANCEL = "UPDATE jobs SET cancel_refused = 1, version = version + 1 WHERE id = :id AND cancel_refused = 0"
ADD_FOREIGN = "INSERT INTO foreign_tasks (job_id, task_id) VALUES (:job_id, :task_id) ON CONFLICT DO NOTHING"
BILLED = "SELECT billed, billed_area, reported_inputs FROM jobs WHERE id = :id"
DOUBT_OF = "SELECT doubt FROM jobs WHERE id = :id"


class VendorChanges(JobChanges):
    """What happens to a job from the queue to its pictures."""

    async def requeue(self, job_id: int, *, counts: bool) -> Job | None:
        """Put a job back whose create provably started nothing; ``counts`` marks an error of the service itself."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: requeueing.requeue(conn, job_id, now_ms, counts=counts))

    async def record_task(self, job_id: int, task: CreatedTask, *, adopted: bool = False) -> Job | None:
        """Store the vendor's task id; ``adopted`` if it was found in the vendor's list and is to be confirmed."""
        return await self._move(
            job_id,
            JobState.PENDING,
            task_id=task.task_id,
            request_id=task.request_id,
            failure="",
            failure_request_id="",
            adopted=adopted,
            takes_place=1,
            submitted_ms=self._clock.now_ms(),
        )

    async def doubt(self, job_id: int, reason: str) -> Job | None:
        """Note that a create's outcome is unknown, ``crash`` or the word of what was answered."""
        return await self._move(
            job_id, JobState.IN_DOUBT, only_from=(JobState.SUBMITTING,), failure=reason, doubt=reason
        )

    async def unbind(self, job_id: int) -> Job | None:
        """Take an adopted task from a job, for good, because it is somebody else's; the job is in doubt again."""
        now_ms = self._clock.now_ms()

        def unbound(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or not job.adopted or job.state not in (JobState.PENDING, JobState.RUNNING):
                return None
            conn.execute(ADD_FOREIGN, {"job_id": job_id, "task_id": job.task_id})
            doubt: str = conn.execute(DOUBT_OF, {"id": job_id}).fetchone()[0]
            return transition(
                conn,
                job_id,
                JobState.IN_DOUBT,
                now_ms,
                task_id="",
                adopted=False,
                failure=doubt,
                submitted_ms=0,
                started_ms=0,
            )

        return await self._db.write(unbound)

    async def record_start(self, job_id: int) -> Job | None:
        """Note that the vendor draws it."""
        return await self._move(job_id, JobState.RUNNING, started_ms=self._clock.now_ms())

    async def free_place(self, job_id: int) -> bool:
        """Note that a job's task takes no place of its lane any more; whether it did until now."""
        return await self._db.write(lambda conn: conn.execute(FREE_PLACE, {"id": job_id}).rowcount > 0)

    async def record_results(self, job_id: int, report: TaskReport) -> Job | None:
        """Store the results' addresses and go to fetch them."""
        return await self._fetch(job_id, report, JobState.PENDING, JobState.RUNNING)

    async def record_drawn(self, job_id: int, report: TaskReport, *, since_ms: int) -> Job | None:
        """Store what a call was answered with, which was made at ``since_ms``, and go to fetch it."""
        return await self._fetch(
            job_id, report, JobState.SUBMITTING, request_id=report.request_id, submitted_ms=since_ms
        )

    async def _fetch(self, job_id: int, report: TaskReport, *only_from: JobState, **fields: int | str) -> Job | None:
        return await self._move(
            job_id,
            JobState.FETCHING,
            only_from=only_from,
            then=_adding(report),
            attempt=False,
            why=None,
            ends=False,
            failure_request_id=report.request_id,
            billed=report.image_count or 0,
            billed_area=report.area or "",
            reported_inputs=report.input_count,
            **fields,
        )

    async def keep_image(self, job_id: int, ordinal: int, picture: Picture) -> None:
        """Note that a result was fetched; its signed URL is forgotten."""
        values = {
            "job_id": job_id,
            "ordinal": ordinal,
            "path": picture.path,
            "size_bytes": picture.size_bytes,
            "width": picture.width,
            "height": picture.height,
        }
        await self._db.write(lambda conn: conn.execute(KEEP_IMAGE, values).rowcount)

    async def lose_image(self, job_id: int, ordinal: int, failure: Failure) -> None:
        """Note that a result can't be had, and why."""
        await self._db.write(lambda conn: lose_image(conn, job_id, ordinal, failure))

    async def settle(self, job_id: int, tier: FreeTier | None) -> Job | None:
        """Charge for what was fetched and go to deliver it; nothing fetched: fail and charge nothing.

        The cost follows what the vendor bills either way.
        """
        now_ms = self._clock.now_ms()

        def settled(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.state is not JobState.FETCHING:
                return job
            billed = conn.execute(BILLED, {"id": job_id}).fetchone()
            holds.settle(
                conn,
                job_id,
                charged_images=len(job.kept),
                billed_images=billed["billed"],
                tier=tier,
                now_ms=now_ms,
                billed_area=AreaTier(billed["billed_area"]) if billed["billed_area"] else None,
                billed_inputs=billed["reported_inputs"],
            )
            if job.kept:
                return transition(conn, job_id, JobState.DELIVERING, now_ms, ready_ms=now_ms)
            failure = next((image.failure for image in job.images if image.failure), NO_RESULTS)
            return transition(conn, job_id, JobState.FAILED, now_ms, ended_ms=now_ms, why=failure)

        return await self._db.write(settled)

    async def fail(self, job_id: int, failure: Failure, *, doubtful_images: int = 0) -> Job | None:
        """End a job that was refused or failed; the hold returns. The vendor may bill ``doubtful_images`` for it."""

        def resolve(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
            holds.void(conn, job_id, now_ms=now_ms, doubtful_images=doubtful_images)

        return await self._move(
            job_id,
            JobState.FAILED,
            then=resolve,
            failure_request_id=failure.request_id,
            ends=True,
            why=failure,
        )

    async def record_canceled(self, job_id: int) -> Job | None:
        """End a job whose task the vendor reports as canceled; the hold returns."""
        return await self._move(job_id, JobState.CANCELED, then=voiding(), ends=True)

    async def expire(self, job_id: int, reason: str) -> Job | None:
        """End a job that waited too long; the hold returns."""
        return await self._move(job_id, JobState.EXPIRED, then=voiding("expired"), failure=reason, ends=True)

    async def wish_cancel(self, job_id: int, actor_id: int) -> Job | None:
        """Cancel at once what is still queued; note the wish on anything else that is not final."""
        now_ms = self._clock.now_ms()

        def wished(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.is_final:
                return job
            if not job.cancel_wished_ms:
                actor, server_id = account_of(conn, actor_id, now_ms), job.server_id
                about = {"at_ms": now_ms, "server_id": server_id, "actor_id": actor, "job_id": job_id}
                audit.record(conn, "job.cancel_wished", **about)
                conn.execute(WISH_CANCEL, {"id": job_id, "now_ms": now_ms})
            requeueing.cancel_if_wished(conn, job_id, now_ms)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(wished)

    async def refuse_cancel(self, job_id: int) -> Job | None:
        """Note that the vendor would not cancel any more."""
        return await self._change(job_id, REFUSE_CANCEL)


def _adding(report: TaskReport) -> Callable[[sqlite3.Connection, int, int], None]:
    """Return what stores the images of a report, as a part of its job's change."""

    def add_images(conn: sqlite3.Connection, job_id: int, _: int) -> None:
        for ordinal, result in enumerate(report.results):
            conn.execute(
                ADD_IMAGE,
                {
                    "job_id": job_id,
                    "ordinal": ordinal,
                    "url": result.url or "",
                    "code": result.code,
                    "kind": result.kind if result.code else "",
                    "orig_prompt": result.orig_prompt,
                    "actual_prompt": result.actual_prompt,
                },
            )

    return add_images


def lose_image(conn: sqlite3.Connection, job_id: int, ordinal: int, failure: Failure) -> None:
    """Note that a picture can't be had, or is there no more, and why."""
    conn.execute(LOSE_IMAGE, {"job_id": job_id, "ordinal": ordinal, "code": failure.code, "kind": failure.kind})
