"""Cancel is a wish: at once while a job is queued, the vendor's word afterwards."""

import logging

from bot.domain.jobs.job import Job, JobState
from bot.errors import ImageServiceError
from bot.ports import ImageService, Jobs
from bot.service.kit.changes import Changes

log = logging.getLogger(__name__)


class Canceler:
    """Cancels jobs while that is possible."""

    def __init__(self, *, jobs: Jobs, vendor: ImageService, changes: Changes) -> None:
        self._jobs = jobs
        self._vendor = vendor
        self._changes = changes

    async def cancel(self, job_id: int, actor_id: int) -> Job | None:
        """Note the wish, and pass it on to the vendor where the vendor has the job; return the job as it is now.

        The job is canceled only when a query says so: the vendor takes the wish only while a task is PENDING.
        """
        job = await self._jobs.wish_cancel(job_id, actor_id)
        if job is None:
            return None
        if job.state is JobState.CANCELED:
            self._changes.lane(job.request.model)
        elif job.state in {JobState.PENDING, JobState.RUNNING}:
            job = await self.pass_on(job)
        elif job.is_under_call:
            # Hanging up would not stop what is drawn; should the service refuse it after all, the wish comes true.
            job = await self._jobs.refuse_cancel(job.id) or job
        self._changes.job(job_id)
        return job

    async def pass_on(self, job: Job) -> Job:
        """Ask the vendor to cancel a task; note it if the vendor would not.

        An adopted task may be somebody else's: until it is confirmed, the wish stays with us.
        """
        if job.adopted:
            return job
        try:
            accepted = await self._vendor.cancel(job.task_id)
        except ImageServiceError as error:
            # The wish stands: the next report of this task passes it on again.
            log.info("job %s: the wish to cancel did not reach the vendor: %s", job.id, error.code)
            return job
        if accepted:
            self._changes.cancel(job.id)
            return job
        return await self._jobs.refuse_cancel(job.id) or job
