"""Creates whose outcome is unknown: looked up in the vendor's task list, never simply repeated."""

import logging

from bot.domain.job import Job, JobState
from bot.domain.task import CreatedTask, TaskSummary
from bot.errors import ImageServiceError
from bot.ports import Clock, ImageService, Jobs
from bot.service.changes import Changes
from bot.service.crew import Crew
from bot.service.watching import Watcher

log = logging.getLogger(__name__)

CRASH = "crash"
"""The reason of a doubt that began with the end of this program, not with an answer."""

WINDOW_MS = 120_000
"""Around the claim: a create is given up after a minute, and the vendor names its time in whole seconds."""

BETWEEN_READS_S = 5.0
RETRY_S = 10.0
READS = 2


class Doubts:
    """Resolves jobs that are ``in_doubt``."""

    def __init__(self, *, jobs: Jobs, vendor: ImageService, watcher: Watcher, changes: Changes, clock: Clock) -> None:
        self._jobs = jobs
        self._vendor = vendor
        self._watcher = watcher
        self._changes = changes
        self._clock = clock
        self._crew = Crew(clock)

    def resolve(self, job_id: int) -> None:
        """Begin to find out what became of a job's create, if nobody does yet."""
        self._crew.start(f"doubt {job_id}", lambda: self._resolve(job_id))

    async def stop(self) -> None:
        """Stop; the doubt is taken up again after the next start."""
        await self._crew.stop()

    async def _resolve(self, job_id: int) -> None:
        job = await self._jobs.get(job_id)
        if job is None or job.state is not JobState.IN_DOUBT:
            return
        task = await self._find(job)
        if task is not None:
            await self._jobs.record_task(job.id, CreatedTask(task.task_id, ""), adopted=True)
            self._watcher.watch(job.id)
        elif job.failure == CRASH:
            await self._jobs.requeue(job.id, counts=False)
        else:
            await self._jobs.fail(job.id, "in_doubt", doubtful_images=job.request.count)
        self._changes.job(job.id)
        self._changes.lane(job.request.model)

    async def _find(self, job: Job) -> TaskSummary | None:
        complete = 0
        while complete < READS:
            if complete:
                await self._clock.sleep(BETWEEN_READS_S)
            try:
                candidates = await self._unowned(job)
            except ImageServiceError as error:
                log.info("job %s: the vendor's task list can't be read now: %s", job.id, error.code)
                await self._clock.sleep(RETRY_S)
                continue
            if candidates:
                return candidates[0]
            complete += 1
        return None

    async def _unowned(self, job: Job) -> list[TaskSummary]:
        now_ms = self._clock.now_ms()
        # The window is in the vendor's time: our clock may be wrong.
        ahead_ms = (self._vendor.server_now_ms() or now_ms) - now_ms
        begin_ms = job.claimed_ms + ahead_ms - WINDOW_MS
        listed = await self._vendor.tasks_between(job.request.model, begin_ms, now_ms + ahead_ms + WINDOW_MS)
        owned = await self._jobs.owned_tasks([task.task_id for task in listed])
        unowned = [task for task in listed if task.task_id not in owned]
        # Our own was created with the claim; other programs may use the account too.
        return sorted(unowned, key=lambda task: abs(task.created_ms - job.claimed_ms - ahead_ms))
