"""Creates whose outcome is unknown: looked up in the vendor's task list, never simply repeated."""

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum, auto

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.matching import (
    LATER_MS,
    claimed_at,
    has_failed,
    is_foreign,
    is_over,
    match,
    may_be,
    may_be_answered,
    window,
)
from bot.domain.jobs.vendor_task import CreatedTask, TaskSummary
from bot.domain.time.waits import spread
from bot.errors import ImageServiceError, RetryLater
from bot.failure_kinds import ANSWER_LOST, IN_DOUBT
from bot.ports import Clock, ImageService, Jobs
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.elapsed import Elapsed
from bot.service.kit.supervisor import Supervisor, read_each
from bot.service.vendor.watcher import Watcher

log = logging.getLogger(__name__)

CRASH = "crash"
"""The reason of a doubt that began with the end of this program, not with an answer."""

READS = 2
"""Complete readings that must agree, by the same clock, once no task can be started any more."""

BETWEEN_READS_S, LONGEST_BETWEEN_READS_S = 5.0, 30.0
"""Most tasks are in the list at once, so the first readings are dense; the vendor's gateway may take minutes."""

FIRST_RETRY_S, LONGEST_RETRY_S = 10.0, 300.0

CLOCK_ERROR_MS = 30_000
"""A window that was this far off is read again; the vendor names whole seconds, and answers take their time."""

WINDOWS = 3
"""How often one look moves its window after the vendor's clock, before it is put off."""

LISTED_MS = (24 * 3600 - 900) * 1000
"""The vendor forgets a task after 24 hours; a quarter of an hour earlier its list proves nothing any more."""

FORGOTTEN_S = 24 * 3600.0
"""The same where the vendor's time is not known, as of one that is never heard again."""


class _Look(Enum):
    ADOPTED = auto()
    OPEN = auto()  # a candidate may yet come, or come free
    NOTHING = auto()  # no candidate, and none can come any more
    UNCLEAR = auto()  # the only ones are tasks that ended without naming a prompt: nobody can tell whose they are


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a complete reading of the vendor's list says.

    Attributes:
        ahead_ms: how far the vendor's clock was ahead of ours meanwhile.
    """

    look: _Look
    ahead_ms: int = 0

    def agrees_with(self, other: "_Reading") -> bool:
        return self.look is other.look and abs(self.ahead_ms - other.ahead_ms) < CLOCK_ERROR_MS


class InDoubtResolver:
    """Resolves jobs that are ``in_doubt``."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        vendor: ImageService,
        watcher: Watcher,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._jobs = jobs
        self._vendor = vendor
        self._watcher = watcher
        self._changes = changes
        self._clock = clock
        self._supervisor = Supervisor(clock, alarm)
        # One look at a time in each lane: else two jobs could reach for the same task.
        self._looking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        watcher.on_unbound(self.resolve)

    async def note(self, job: Job, reason: str) -> None:
        """Note that the outcome of a job's create is unknown, and begin to find out.

        Of a call nobody can: it has no task. Its job ends here, and what it may cost stays doubtful.
        """
        if job.is_call:
            log.warning("job %s: the answer to its call is lost (%s); nobody can be asked for it", job.id, reason)
            await self._jobs.fail(job.id, ANSWER_LOST, doubtful_images=job.request.count)
            self._tell(job)
        else:
            await self._jobs.doubt(job.id, reason)
            self.resolve(job.id)

    def resolve(self, job_id: int) -> None:
        """Begin to find out what became of a job's create, if nobody does yet."""
        self._supervisor.start(f"doubt {job_id}", lambda: self._resolve(job_id))

    async def stop(self) -> None:
        """Stop; the doubt is taken up again after the next start."""
        await self._supervisor.stop()

    async def _resolve(self, job_id: int) -> None:
        age: Elapsed | None = None
        told = ""
        reads, last, retry_s, wait_s = 0, _Reading(_Look.OPEN), FIRST_RETRY_S, BETWEEN_READS_S
        while (job := await self._jobs.get(job_id)) is not None and job.state is JobState.IN_DOUBT:
            age = age or Elapsed(self._clock, job.claimed_ms)
            if self._is_forgotten(job, age):
                log.warning("job %s: its doubt outlived the vendor's task list", job.id)
                await self._give_up(job)
                return
            try:
                async with self._looking[job.request.model]:
                    reading = await self._look(job, age)
            except ImageServiceError as error:
                if error.code != told:
                    log.warning("job %s: the vendor's task list can't be read: %s; trying on", job_id, error.code)
                    told = error.code
                await self._clock.sleep(spread(retry_s))
                retry_s = min(LONGEST_RETRY_S, retry_s * 2)
                continue
            retry_s, told = FIRST_RETRY_S, ""
            reads = reads + 1 if reading.agrees_with(last) else 1
            last = reading
            if reading.look is not _Look.OPEN and await self._conclude(job, reading.look, reads):
                return
            await self._clock.sleep(wait_s if reading.look is _Look.OPEN else BETWEEN_READS_S)
            wait_s = min(LONGEST_BETWEEN_READS_S, wait_s * 1.5)

    async def _conclude(self, job: Job, look: _Look, reads: int) -> bool:
        """Whether the doubt is over, having looked so often and seen the same."""
        if look is _Look.ADOPTED:
            self._watcher.watch(job.id)
            self._tell(job)
            return True
        if reads < READS:
            return False
        if look is _Look.NOTHING:
            await self._back_in_line(job)
        else:
            log.warning("job %s: nobody can tell whether a task that nothing confirms was its own", job.id)
            await self._give_up(job)
        return True

    def _is_forgotten(self, job: Job, age: Elapsed) -> bool:
        """Whether the vendor's list proves nothing any more, by the vendor's clock if it is known: ours may step."""
        vendor_ms = self._vendor.server_now_ms()
        if vendor_ms is None:
            return age.is_over(FORGOTTEN_S)
        return vendor_ms >= claimed_at(job, self._ahead_ms()) + LISTED_MS

    async def _look(self, job: Job, age: Elapsed) -> _Reading:
        model = job.request.model
        listed, asked_ms, ahead_ms = await self._listed(job)
        # In this order: a task of the list whose create is still being answered would else pass for nobody's.
        answered = await self._in_state(JobState.SUBMITTING, model)
        owned = await self._jobs.owned_tasks([task.task_id for task in listed])
        foreign = await self._jobs.foreign_tasks(model)
        rivals = await self._in_state(JobState.IN_DOUBT, model)
        free = [
            task
            for task in listed
            if task.task_id not in owned and not any(may_be_answered(other, task, ahead_ms) for other in answered)
        ]
        task_id = match(rivals, free, ahead_ms=ahead_ms, foreign=foreign).get(job.id)
        if task_id is not None:
            adopted = await self._jobs.record_task(job.id, CreatedTask(task_id, ""), adopted=True)
            log.info("job %s: task %s is adopted until it is confirmed", job.id, task_id)
            return _Reading(_Look.ADOPTED if adopted else _Look.OPEN)
        # What another doubtful job tries may turn out to be ours.
        unconfirmed = await self._jobs.unconfirmed_tasks(model)
        candidates = [
            task for task in listed if task.task_id not in owned - unconfirmed and may_be(job, task, ahead_ms)
        ]
        tried = [task for task in candidates if has_failed(task) or (job.id, task.task_id) in foreign]
        # By our own clock too: that of a proxy on the way may be believed to be the vendor's.
        is_past = is_over(job, asked_ms, ahead_ms) and age.total_s * 1000 > LATER_MS
        if len(tried) < len(candidates) or not is_past:
            return _Reading(_Look.OPEN)
        return _Reading(_Look.UNCLEAR if await self._may_be_one_of(job, tried) else _Look.NOTHING, ahead_ms)

    async def _may_be_one_of(self, job: Job, tried: list[TaskSummary]) -> bool:
        """Whether one of the tasks that could not be confirmed as a job's may be its own all the same."""
        for task in tried:
            if not is_foreign(job.request, await self._vendor.query(task.task_id)):
                return True
        return False

    async def _in_state(self, state: JobState, model: str) -> list[Job]:
        """Return a model's jobs in ``state``; one that can't be read is nobody's rival: it can't go on either."""
        return await read_each("job", await self._jobs.ids_in_state(state, model), self._jobs.get)

    async def _listed(self, job: Job) -> tuple[list[TaskSummary], int, int]:
        """List the tasks that may be the job's.

        Return them, the vendor's time when they were asked for, and how far that was ahead of ours.
        """
        for _ in range(WINDOWS):
            if self._vendor.server_now_ms() is None:
                await self._vendor.learn_time()
            if job.vendor_claimed_ms and self._vendor.server_now_ms() is None:
                raise RetryLater("no_time", "the vendor's time is not known, and the claim was noted by it")
            vendor_ms, ahead_ms = self._vendor.server_now_ms(), self._ahead_ms()
            asked_ms = self._clock.now_ms() + ahead_ms
            listed = await self._vendor.tasks_between(job.request.model, *window(job, ahead_ms))
            # What the vendor's time is believed to be may have changed with an answer, or our own clock stepped.
            is_known_still = (self._vendor.server_now_ms() is None) is (vendor_ms is None)
            if is_known_still and abs(self._ahead_ms() - ahead_ms) < CLOCK_ERROR_MS:
                return listed, asked_ms, ahead_ms
        raise RetryLater("unsteady_clock", "the vendor's time jumps from answer to answer")

    def _ahead_ms(self) -> int:
        now_ms = self._clock.now_ms()
        return (self._vendor.server_now_ms() or now_ms) - now_ms

    async def _back_in_line(self, job: Job) -> None:
        log.info("job %s: its create started nothing (%s); back in line", job.id, job.failure)
        await self._jobs.requeue(job.id, counts=False)
        self._tell(job)

    async def _give_up(self, job: Job) -> None:
        # What was started all the same may be billed.
        await self._jobs.fail(job.id, IN_DOUBT, doubtful_images=job.request.count)
        self._tell(job)

    def _tell(self, job: Job) -> None:
        self._changes.job(job.id)
        self._changes.lane(job.request.model)
