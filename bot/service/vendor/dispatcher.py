"""From the queue to the vendor, in fair order, at the lane's pace.

One create at a time per lane; of a model that answers with its pictures as many calls as the lane has places.
"""

import asyncio
import contextlib
import itertools
import logging
import random
from functools import partial

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import ACCOUNT, Turn
from bot.domain.jobs.vendor_task import CreatedTask, TaskReport
from bot.domain.pictures.grid import mask_of
from bot.domain.pictures.inputs import MEDIA_TYPES, SentPicture
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import Model
from bot.domain.requests.request import ImageRequest
from bot.errors import (
    AccountStopped,
    ContentRefused,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    StorageDamaged,
    Throttled,
)
from bot.failure_kinds import INPUT_LOST
from bot.ports import Clock, ImageService, Jobs, Lanes, Meter, Operator, Pictures
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.metering import UNMETERED
from bot.service.kit.supervisor import Supervisor, one_by_one, read_each
from bot.service.kit.waiting import wait_for
from bot.service.vendor.collector import Collector
from bot.service.vendor.in_doubt import CRASH, InDoubtResolver
from bot.service.vendor.watcher import Watcher

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 4
"""Creates that the service may answer with an error of its own before the member is told."""

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 1.0, 60.0
"""The vendor's page: a rate limit usually recovers within a minute."""

LONGEST_HANDOVER_MS = 30_000
"""From the claim to the create. What may have become of a create is looked for from the claim on, so one that was held
up longer, as by a machine that slept, is not sent."""

NOT_BEGUN = "not_begun"
"""What became of a claim so far whose create has not left."""

MANY_REFUSED = 3
"""So many members in a row, refused for something else than what their prompts say, are no fault of theirs."""

Outcome = CreatedTask | TaskReport | ImageServiceError
"""What becomes of a create: a task, of a call the pictures themselves, or why there is neither."""

IDLE_S = 30.0
"""A lane asks again after this long even if nothing woke it."""


class Dispatcher:
    """Serves every lane until it is stopped."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        lanes: Lanes,
        vendor: ImageService,
        pictures: Pictures,
        watcher: Watcher,
        collector: Collector,
        doubts: InDoubtResolver,
        catalogue: Catalogue,
        operator: Operator,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
        meter: Meter = UNMETERED,
    ) -> None:
        self._jobs = jobs
        self._lanes = lanes
        self._operator = operator
        self._vendor = vendor
        self._pictures = pictures
        self._watcher = watcher
        self._collector = collector
        self._doubts = doubts
        self._catalogue = catalogue
        self._changes = changes
        self._clock = clock
        self._meter = meter
        self._supervisor = Supervisor(clock, alarm)
        self._wakes = {name: asyncio.Event() for name in catalogue}
        self._back_off_s = dict.fromkeys(catalogue, FIRST_BACK_OFF_S)
        # What is known of the creates of the jobs that this run has claimed, until it is written down.
        self._outcomes: dict[int, Outcome] = {}
        # Those of them whose call has not come to its end, with the number of their claim: a job may be claimed again.
        self._calling: dict[int, int] = {}
        self._calls = itertools.count(1)
        # Jobs that lie in a damaged part of the database: no lane waits for them.
        self._damaged: set[int] = set()
        # Whose requests each model has refused, one after the other.
        self._refused: dict[str, set[int]] = {name: set() for name in catalogue}
        self._stopping = False
        changes.on_lane(self._wake)

    def start(self) -> None:
        """Begin to serve the lanes."""
        for model in self._catalogue.values():
            self._supervisor.start(f"lane {model.name}", lambda model=model: self._serve(model))

    async def stop(self, grace_s: float) -> None:
        """Claim nothing more; give creates in flight ``grace_s`` seconds, then they are in doubt."""
        self._stopping = True
        for wake in self._wakes.values():
            wake.set()
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(grace_s):
                await self._supervisor.idle()
        await self._supervisor.stop()

    def _wake(self, model: str) -> None:
        if model == ACCOUNT:
            for wake in self._wakes.values():
                wake.set()
        elif model in self._wakes:
            self._wakes[model].set()

    async def _serve(self, model: Model) -> None:
        wake = self._wakes[model.name]
        while not self._stopping:
            wake.clear()
            await self._end_what_is_left(model)
            turn = await self._next(model)
            if turn.job is None:
                await self._idle(wake, turn)
            elif turn.job.is_call:
                self._begin_call(model, turn.job)
            else:
                await self._submit(model, turn.job, was_ahead=turn.was_ahead)

    async def _end_what_is_left(self, model: Model) -> None:
        """Write down what became of claims that storage would not take in time, this run's and earlier ones'."""
        submitting = await self._jobs.ids_in_state(JobState.SUBMITTING, model.name)
        read = await self._read([job_id for job_id in submitting if job_id not in self._calling])
        # A call may have ended, and its job gone on, since it was named as one that is under way.
        left = [job for job in read if job.state is JobState.SUBMITTING]
        await one_by_one((f"what was left of job {job.id}", partial(self._end, model, job)) for job in left)

    async def _end(self, model: Model, job: Job) -> None:
        # A claim that nobody here knows of may be an earlier run's, whose create may have left.
        await self._note(model, job, self._outcomes.get(job.id, OutcomeUnknown(CRASH)), was_ahead=False)

    async def _next(self, model: Model) -> Turn:
        """Claim the lane's next job, with the vendor's time beside it."""
        if self._vendor.server_now_ms() is None and await self._lanes.waiting(model.name):
            try:
                await self._vendor.learn_time()
            except ImageServiceError as error:
                delay_s = self._next_back_off_s(model, None)
                log.info("the vendor can't be asked for its time: %s; %s waits %.0f s", error.code, model.name, delay_s)
                return Turn(again_ms=self._clock.now_ms() + int(delay_s * 1000))
        return await self._claim(model)

    async def _claim(self, model: Model) -> Turn:
        """Claim past the jobs that can't be read: one of them would else close the lane to all behind it."""
        while True:
            try:
                return await self._lanes.claim(model, vendor_ms=self._vendor.server_now_ms(), damaged=self._damaged)
            except StorageDamaged:
                if not await self._find_damaged(model):
                    raise

    async def _find_damaged(self, model: Model) -> bool:
        """Find out which of a lane's queued jobs can't be read; whether some turned up."""
        queued = await self._jobs.ids_in_state(JobState.QUEUED, model.name)
        unread = [job_id for job_id in queued if job_id not in self._damaged]
        return len(await self._read(unread)) < len(unread)

    async def _read(self, job_ids: list[int]) -> list[Job]:
        """Read jobs; remember those that can't be."""
        jobs = await read_each("job", job_ids, self._jobs.get)
        self._damaged |= set(job_ids) - {job.id for job in jobs}
        return jobs

    async def _idle(self, wake: asyncio.Event, turn: Turn) -> None:
        # However the clock is set between the lane's answer and here: no longer than a lane sleeps anyway.
        wait_s = min(IDLE_S, (turn.again_ms - self._clock.now_ms()) / 1000) if turn.again_ms else IDLE_S
        await wait_for(wake, max(0.001, wait_s), self._clock)

    def _begin_call(self, model: Model, job: Job) -> None:
        # It lasts for as long as the service draws: the lane goes on meanwhile, with as many as it has places.
        number = self._calling[job.id] = next(self._calls)
        self._supervisor.start(f"call {number} of job {job.id}", partial(self._call, model, job, number))

    async def _call(self, model: Model, job: Job, number: int) -> None:
        """Make a call, once: what storage would not take of it in time is written down by the lane."""
        if self._calling.get(job.id) != number:
            return
        try:
            await self._submit(model, job, was_ahead=False)
        finally:
            # A job that went back in line may be under its next call before the one before has ended.
            if self._calling.get(job.id) == number:
                del self._calling[job.id]
            self._wake(model.name)

    async def _submit(self, model: Model, job: Job, *, was_ahead: bool) -> None:
        outcome: Outcome = RetryLater(NOT_BEGUN)
        self._outcomes[job.id] = outcome
        self._changes.job(job.id)
        pictures = await self._read_pictures(job)
        if pictures is None and await self._are_pictures_gone(job):
            await self._lose(model, job)
            return
        if pictures is None:
            log.warning("job %s: a picture that came in with it can't be read now; back in line", job.id)
        elif self._is_late(job):
            log.warning("job %s: held up between its claim and its create; back in line", job.id)
        else:
            self._outcomes[job.id] = OutcomeUnknown(CRASH)
            began_s = self._clock.monotonic()
            try:
                outcome = await (self._vendor.draw if job.is_call else self._vendor.create)(job.request, pictures)
            except ImageServiceError as error:
                outcome = error
            self._meter.took("call" if job.is_call else "create", self._clock.monotonic() - began_s, model.name)
            self._outcomes[job.id] = outcome
        await self._note(model, job, outcome, was_ahead=was_ahead)

    async def _read_pictures(self, job: Job) -> list[SentPicture] | None:
        """Return what is sent of the pictures that came in with a job; None if one of them can't be read."""
        sent: list[SentPicture] = []
        for picture in job.request.pictures:
            data = await self._pictures.read(picture.path)
            if data is None:
                return None
            sent.append(SentPicture.of(picture, data))
        return [*sent, *await self._mask(job.request)]

    async def _mask(self, request: ImageRequest) -> list[SentPicture]:
        """Return the mask by which a function is told the region that was chosen; it is made anew for each create."""
        if request.region is None or request.edit is None:
            return []
        last = request.pictures[-1]
        data = await asyncio.to_thread(mask_of, request.region, last.width, last.height)
        return [SentPicture(MEDIA_TYPES[".png"], data, is_mask=True)]

    async def _are_pictures_gone(self, job: Job) -> bool:
        """Whether a file is not there that came in with a job; one that can't be read may be had later."""
        paths = [picture.path for picture in job.request.pictures]
        return not all(paths) or bool(await self._pictures.missing(paths))

    async def _lose(self, model: Model, job: Job) -> None:
        """End a job that nothing can be sent for, since a picture is gone that came in with it."""
        now = await self._jobs.get(job.id)
        if now is not None and not all(picture.path for picture in now.request.pictures):
            # No file was lost: its owner's forgetting is what it was let go for, perhaps since the job was claimed.
            log.info("job %s: a picture that came in with it was forgotten with its owner", job.id)
        else:
            log.error("job %s: a picture that came in with it is gone", job.id)
        await self._jobs.fail(job.id, INPUT_LOST)
        self._outcomes.pop(job.id, None)
        self._changes.job(job.id)
        self._changes.lane(model.name)

    def _is_late(self, job: Job) -> bool:
        if not job.vendor_claimed_ms:
            return False
        vendor_ms = self._vendor.server_now_ms()
        return vendor_ms is None or vendor_ms - job.vendor_claimed_ms > LONGEST_HANDOVER_MS

    async def _note(self, model: Model, job: Job, outcome: Outcome, *, was_ahead: bool) -> None:
        """Write down what came of a create, and go on from there.

        The job's own state is written last: should storage fail on the way, all of it is done again.
        """
        match outcome:
            case CreatedTask() | TaskReport():
                await self._take(model, job, outcome)
            case Throttled():
                await self._slow_down(model, job, outcome, was_ahead=was_ahead)
            case RetryLater():
                await self._again(model, job, outcome)
            case PromptRefused():
                await self._refuse(model, job, outcome)
            case ModelStopped():
                await self._stop_lane(model.name, job, outcome)
            case AccountStopped():
                await self._stop_lane(ACCOUNT, job, outcome)
            case _:
                # Whatever else it is, it does not say that nothing was started.
                log.warning("job %s: the create's outcome is unknown: %s", job.id, outcome.code)
                await self._doubts.note(job, outcome.code)
        if self._outcomes.get(job.id) is outcome:
            del self._outcomes[job.id]
        self._changes.job(job.id)
        # Whoever waits behind this one has moved up.
        self._changes.lane(model.name)

    async def _take(self, model: Model, job: Job, taken: CreatedTask | TaskReport) -> None:
        made = f"task {taken.task_id}" if isinstance(taken, CreatedTask) else f"{len(taken.results)} pictures"
        log.info("job %s (#%s): %s of %s, request %s", job.id, job.number, made, model.name, taken.request_id)
        if job.lane_stopped:
            await self._reopen(model)
        if isinstance(taken, CreatedTask):
            await self._jobs.record_task(job.id, taken)
            self._watcher.watch(job.id)
        else:
            await self._jobs.record_drawn(job.id, taken, since_ms=job.claimed_ms)
            self._collector.collect(job.id)
        self._back_off_s[model.name] = FIRST_BACK_OFF_S
        self._refused[model.name].clear()

    async def _refuse(self, model: Model, job: Job, error: PromptRefused) -> None:
        refused = self._refused[model.name]
        if not isinstance(error, ContentRefused) and job.account_id not in refused:
            if len(refused) == MANY_REFUSED - 1:
                log.error("%s refuses what %s members in a row asked for: %s", model.name, MANY_REFUSED, error.code)
                content = {"model": model.name, "code": error.code, "members": MANY_REFUSED}
                await self._operator.tell("requests-refused", content)
            refused.add(job.account_id)
        await self._jobs.fail(job.id, error.failure)
        # The service answers: whatever slowed this lane is over.
        self._back_off_s[model.name] = FIRST_BACK_OFF_S

    async def _slow_down(self, model: Model, job: Job, error: Throttled, *, was_ahead: bool) -> None:
        delay_s = self._next_back_off_s(model, error.retry_after_s)
        log.info("job %s: %s; %s waits %.0f s", job.id, error.code, model.name, delay_s)
        await self._lanes.slow_down(model, delay_s, was_ahead=was_ahead)
        await self._jobs.requeue(job.id, counts=False)

    async def _again(self, model: Model, job: Job, error: RetryLater) -> None:
        # What never left says nothing about the service: it may be tried until the job has waited too long.
        is_service_error = error.http_status > 0
        if is_service_error and job.attempts + 1 >= MOST_ATTEMPTS:
            await self._jobs.fail(job.id, error.failure)
            return
        delay_s = self._next_back_off_s(model, None)
        log.info("job %s: %s; %s waits %.0f s", job.id, error.code, model.name, delay_s)
        await self._lanes.slow_down(model, delay_s, was_ahead=False)
        await self._jobs.requeue(job.id, counts=is_service_error)

    async def _stop_lane(self, lane: str, job: Job, error: ImageServiceError) -> None:
        # The job keeps its place: it is the probe with which the lane is tried again.
        if await self._lanes.stop(lane, error.code, error.advice, probe_id=job.id):
            log.error("the image service stopped %s: %s", "the account" if lane == ACCOUNT else lane, error.code)
        await self._tell_waiting(lane)

    async def _reopen(self, model: Model) -> None:
        for lane in await self._lanes.reopen(model.name):
            log.info("%s is served again", "the account" if lane == ACCOUNT else lane)
            await self._tell_waiting(lane)
            self._changes.lane(lane)

    async def _tell_waiting(self, lane: str) -> None:
        names = self._catalogue if lane == ACCOUNT else [lane]
        await one_by_one((f"telling who waits for {name}", partial(self._tell_those_of, name)) for name in names)

    async def _tell_those_of(self, model: str) -> None:
        for waiting in await self._lanes.waiting(model):
            self._changes.job(waiting.job_id)

    def _next_back_off_s(self, model: Model, asked_s: float | None) -> float:
        delay_s = self._back_off_s[model.name]
        self._back_off_s[model.name] = min(LONGEST_BACK_OFF_S, delay_s * 2)
        # Jitter also at the longest: other programs on the account back off by the same advice.
        return min(LONGEST_BACK_OFF_S, max(asked_s or 0.0, delay_s)) * random.uniform(1.0, 1.3)  # noqa: S311
