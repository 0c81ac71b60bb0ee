"""Polling the vendor's tasks until each has ended."""

import asyncio
import logging
from collections.abc import Callable

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.matching import is_confirmed, is_foreign
from bot.domain.jobs.vendor_task import TaskReport, TaskStatus
from bot.domain.time.waits import spread
from bot.errors import ImageServiceError
from bot.failure_kinds import NO_RESULTS, TASK_FORGOTTEN
from bot.ports import Clock, ImageService, Jobs, Meter
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.elapsed import Elapsed
from bot.service.kit.metering import UNMETERED
from bot.service.kit.supervisor import Supervisor
from bot.service.kit.waiting import wait_for
from bot.service.requests.canceler import Canceler
from bot.service.vendor.collector import RESULTS_LAST_S, Collector
from bot.service.vendor.estimates import DENSE_POLL_S, SLOWEST_POLL_S, Durations, next_poll_s

log = logging.getLogger(__name__)

ANSWERS_LAST_S = RESULTS_LAST_S + 3 * 3600
"""A task takes three hours at most and is known for 24 (the vendor's pages): later there is nothing to learn."""

EMPTY_READS = 6
"""How often a success without results is read again before it counts as that: about four minutes."""

FIRST_EMPTY_S, LONGEST_EMPTY_S = 10.0, 60.0

UNKNOWN_HOLDS_S = 10 * 60
"""How long a task that the vendor does not know takes a place of its lane: the vendor may be slow to know it."""

WITH_US = {JobState.PENDING, JobState.RUNNING}


class Watcher:
    """One poller for each task that the vendor has."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        vendor: ImageService,
        collector: Collector,
        canceler: Canceler,
        durations: Durations,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
        meter: Meter = UNMETERED,
    ) -> None:
        self._jobs = jobs
        self._vendor = vendor
        self._collector = collector
        self._canceler = canceler
        self._durations = durations
        self._changes = changes
        self._clock = clock
        self._meter = meter
        self._supervisor = Supervisor(clock, alarm)
        self._nudges: dict[int, asyncio.Event] = {}
        self._empty_reads: dict[int, int] = {}
        self._asked_s: dict[int, float] = {}
        self._unbound_listeners: list[Callable[[int], None]] = []
        changes.on_cancel(self._nudge)

    def on_unbound(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with the id of each job whose adopted task is not confirmed as its own."""
        self._unbound_listeners.append(listener)

    def watch(self, job_id: int) -> None:
        """Begin to poll a job's task, if nobody does yet."""
        self._supervisor.start(f"watch {job_id}", lambda: self._watch(job_id))

    async def stop(self) -> None:
        """Stop; the tasks go on at the vendor and are polled again after the next start."""
        await self._supervisor.stop()

    def _nudge(self, job_id: int) -> None:
        if job_id in self._nudges:
            self._nudges[job_id].set()

    async def _watch(self, job_id: int) -> None:
        nudge = self._nudges[job_id] = asyncio.Event()
        self._asked_s[job_id] = self._clock.monotonic()
        try:
            age: Elapsed | None = None
            while (job := await self._jobs.get(job_id)) is not None and job.state in WITH_US:
                age = age or Elapsed(self._clock, job.submitted_ms)
                await wait_for(nudge, next_poll_s(self._durations, job.request.model, age.total_s), self._clock)
                nudge.clear()
                await self._ask(job, age)
                self._asked_s[job_id] = self._clock.monotonic()
        finally:
            del self._nudges[job_id], self._asked_s[job_id]
            self._empty_reads.pop(job_id, None)
        if job is not None and job.state is JobState.IN_DOUBT:
            # Told only now that this watch is over: the next candidate is watched under the same name.
            for listener in self._unbound_listeners:
                listener(job_id)

    async def _ask(self, job: Job, age: Elapsed) -> None:
        try:
            report = await self._vendor.query(job.task_id)
        except ImageServiceError as error:
            await self._unanswered(job, error, age)
            return
        if job.adopted and is_foreign(job.request, report):
            await self._unbind(job)
        else:
            await self._take(job, report, age)

    async def _unanswered(self, job: Job, error: ImageServiceError, age: Elapsed) -> None:
        # Whatever a poll meets, the task goes on and is billed: while it is known it is not given up for that.
        log.info("job %s: no answer about task %s: %s", job.id, job.task_id, error.code)
        if age.is_over(ANSWERS_LAST_S):
            log.warning("job %s: the vendor never told what became of task %s", job.id, job.task_id)
            await self._jobs.fail(job.id, TASK_FORGOTTEN, doubtful_images=job.request.count)
            self._changes.lane(job.request.model)
            self._changes.job(job.id)
            return
        longest_s = SLOWEST_POLL_S if error.http_status == 429 else DENSE_POLL_S
        await self._clock.sleep(spread(longest_s))

    async def _unbind(self, job: Job) -> None:
        log.warning("job %s: the adopted task %s is not confirmed as its own; in doubt again", job.id, job.task_id)
        await self._jobs.unbind(job.id)
        self._changes.job(job.id)

    async def _take(self, job: Job, report: TaskReport, age: Elapsed) -> None:
        changed: Job | None = None
        match report.status:
            case TaskStatus.PENDING:
                await self._pass_on_wish(job.id)
            case TaskStatus.RUNNING:
                changed = await self._jobs.record_start(job.id)
                await self._pass_on_wish(job.id)
            case TaskStatus.CANCELED:
                changed = await self._jobs.record_canceled(job.id)
            case TaskStatus.UNKNOWN:
                changed = await self._forgotten(job, age)
            case TaskStatus.SUCCEEDED | TaskStatus.FAILED:  # pragma: no branch - the last there are
                changed = await self._ended(job, report)
        if changed is None:
            return
        if changed.state is not JobState.RUNNING:
            # It ended between the question before this one and now.
            late_s = self._clock.monotonic() - self._asked_s[job.id]
            self._meter.took("notice", late_s, job.request.model)
            self._changes.lane(job.request.model)
        self._changes.job(job.id)

    async def _pass_on_wish(self, job_id: int) -> None:
        job = await self._jobs.get(job_id)
        if job is not None and job.cancel_wished_ms and not job.cancel_refused:
            answered = await self._canceler.pass_on(job)
            if answered.version > job.version:
                self._changes.job(job_id)

    async def _forgotten(self, job: Job, age: Elapsed) -> Job | None:
        if not age.is_over(RESULTS_LAST_S):
            if age.total_s >= UNKNOWN_HOLDS_S:
                await self._free_place(job)
            return None
        return await self._jobs.fail(job.id, TASK_FORGOTTEN, doubtful_images=job.request.count)

    async def _free_place(self, job: Job) -> None:
        if await self._jobs.free_place(job.id):
            self._changes.lane(job.request.model)

    async def _ended(self, job: Job, report: TaskReport) -> Job | None:
        if report.lacks_results and not await self._is_read_enough(job):
            return None
        if job.adopted and not is_confirmed(job.request, report):
            # It may be anybody's: what it says is nothing to tell the member, and what it costs nothing to book.
            await self._unbind(job)
            return None
        if report.lacks_results and report.image_count is None:
            # What the vendor bills is not known.
            failure = NO_RESULTS.of_request(report.request_id)
            return await self._jobs.fail(job.id, failure, doubtful_images=job.request.count)
        # A failed task that is billed all the same goes the same way: nothing fetched, nothing charged, cost noted.
        if report.status is TaskStatus.SUCCEEDED or report.image_count:
            changed = await self._jobs.record_results(job.id, report)
            self._collector.collect(job.id)
            return changed
        return await self._jobs.fail(job.id, report.failure)

    async def _is_read_enough(self, job: Job) -> bool:
        """Whether a success without results was read so often that it counts; else wait until it is read again."""
        reads = self._empty_reads[job.id] = self._empty_reads.get(job.id, 0) + 1
        await self._free_place(job)
        if reads < EMPTY_READS:
            await self._clock.sleep(min(LONGEST_EMPTY_S, FIRST_EMPTY_S * 2 ** (reads - 1)))
            return False
        log.warning("job %s: task %s succeeded and names no results", job.id, job.task_id)
        return True
