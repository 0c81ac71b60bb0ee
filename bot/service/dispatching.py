"""From the queue to the vendor: one create at a time per lane, in fair order, at the lane's pace."""

import asyncio
import contextlib
import logging
import random

from bot.domain.catalogue import Catalogue, Model
from bot.domain.job import Job, JobState
from bot.domain.lane import ACCOUNT, Turn
from bot.errors import AccountStopped, ModelStopped, OutcomeUnknown, PromptRefused, RetryLater, Throttled
from bot.ports import Clock, ImageService, Jobs, Lanes
from bot.service.changes import Changes
from bot.service.crew import Crew
from bot.service.doubting import CRASH, Doubts
from bot.service.watching import Watcher

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 4
"""Creates that the service may answer with an error of its own before the member is told."""

FIRST_BACK_OFF_S, LONGEST_BACK_OFF_S = 1.0, 60.0
"""The vendor's page: a rate limit usually recovers within a minute."""

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
        watcher: Watcher,
        doubts: Doubts,
        catalogue: Catalogue,
        changes: Changes,
        clock: Clock,
    ) -> None:
        self._jobs = jobs
        self._lanes = lanes
        self._vendor = vendor
        self._watcher = watcher
        self._doubts = doubts
        self._catalogue = catalogue
        self._changes = changes
        self._clock = clock
        self._crew = Crew(clock)
        self._wakes = {name: asyncio.Event() for name in catalogue}
        self._back_off_s = dict.fromkeys(catalogue, FIRST_BACK_OFF_S)
        self._stopping = False
        changes.on_lane(self._wake)

    def start(self) -> None:
        """Begin to serve the lanes."""
        for model in self._catalogue.values():
            self._crew.start(f"lane {model.name}", lambda model=model: self._serve(model))

    async def stop(self, grace_s: float) -> None:
        """Claim nothing more; give creates in flight ``grace_s`` seconds, then they are in doubt."""
        self._stopping = True
        for wake in self._wakes.values():
            wake.set()
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(grace_s):
                await self._crew.idle()
        await self._crew.stop()

    def _wake(self, model: str) -> None:
        if model == ACCOUNT:
            for wake in self._wakes.values():
                wake.set()
        elif model in self._wakes:
            self._wakes[model].set()

    async def _serve(self, model: Model) -> None:
        wake = self._wakes[model.name]
        await self._doubt_what_is_left(model)
        while not self._stopping:
            wake.clear()
            turn = await self._lanes.claim(model)
            if turn.job is None:
                await self._idle(wake, turn)
            else:
                await self._submit(model, turn.job, was_ahead=turn.was_ahead)

    async def _doubt_what_is_left(self, model: Model) -> None:
        # A create whose answer could not be written down: what became of it must be found out, or its lane stays shut.
        for job in await self._jobs.in_state(JobState.SUBMITTING):
            if job.request.model == model.name:
                await self._jobs.doubt(job.id, CRASH)
                self._doubts.resolve(job.id)
                self._changes.job(job.id)

    async def _idle(self, wake: asyncio.Event, turn: Turn) -> None:
        wait_s = (turn.again_ms - self._clock.now_ms()) / 1000 if turn.again_ms else IDLE_S
        with contextlib.suppress(TimeoutError):
            async with self._clock.timeout(max(0.001, wait_s)):
                await wake.wait()

    async def _submit(self, model: Model, job: Job, *, was_ahead: bool) -> None:
        self._changes.job(job.id)
        try:
            task = await self._vendor.create(job.request)
        except Throttled as error:
            await self._jobs.requeue(job.id, counts=False)
            delay_s = self._next_back_off_s(model, error.retry_after_s)
            log.info("job %s: %s; %s waits %.0f s", job.id, error.code, model.name, delay_s)
            await self._lanes.slow_down(model, delay_s, was_ahead=was_ahead)
        except RetryLater as error:
            await self._again(model, job, error)
        except PromptRefused as error:
            await self._jobs.fail(job.id, error.code, request_id=error.request_id)
            # The service answers: whatever slowed this lane is over.
            self._back_off_s[model.name] = FIRST_BACK_OFF_S
        except ModelStopped as error:
            await self._stop_lane(model.name, job, error.code)
        except AccountStopped as error:
            await self._stop_lane(ACCOUNT, job, error.code)
        except OutcomeUnknown as error:
            log.warning("job %s: the create's outcome is unknown: %s", job.id, error.code)
            await self._jobs.doubt(job.id, error.code)
            self._doubts.resolve(job.id)
        else:
            await self._jobs.record_task(job.id, task)
            self._watcher.watch(job.id)
            self._back_off_s[model.name] = FIRST_BACK_OFF_S
            await self._reopen(model)
        self._changes.job(job.id)
        # Whoever waits behind this one has moved up.
        self._changes.lane(model.name)

    async def _again(self, model: Model, job: Job, error: RetryLater) -> None:
        # What never left says nothing about the service: it may be tried until the job has waited too long.
        is_service_error = error.http_status > 0
        if is_service_error and job.attempts + 1 >= MOST_ATTEMPTS:
            await self._jobs.fail(job.id, error.code, request_id=error.request_id)
            return
        await self._jobs.requeue(job.id, counts=is_service_error)
        delay_s = self._next_back_off_s(model, None)
        log.info("job %s: %s; %s waits %.0f s", job.id, error.code, model.name, delay_s)
        await self._lanes.slow_down(model, delay_s, was_ahead=False)

    async def _stop_lane(self, lane: str, job: Job, code: str) -> None:
        # The job keeps its place: it is the probe with which the lane is tried again.
        await self._jobs.requeue(job.id, counts=False)
        if await self._lanes.stop(lane, code):
            log.error("the image service stopped %s: %s", "the account" if lane == ACCOUNT else lane, code)
        await self._tell_waiting(lane)

    async def _reopen(self, model: Model) -> None:
        for lane in await self._lanes.reopen(model.name):
            log.info("%s is served again", "the account" if lane == ACCOUNT else lane)
            await self._tell_waiting(lane)
            self._changes.lane(lane)

    async def _tell_waiting(self, lane: str) -> None:
        for name in self._catalogue if lane == ACCOUNT else [lane]:
            for waiting in await self._lanes.waiting(name):
                self._changes.job(waiting.job_id)

    def _next_back_off_s(self, model: Model, asked_s: float | None) -> float:
        delay_s = self._back_off_s[model.name]
        self._back_off_s[model.name] = min(LONGEST_BACK_OFF_S, delay_s * 2)
        # Jitter also at the longest: other programs on the account back off by the same advice.
        return min(LONGEST_BACK_OFF_S, max(asked_s or 0.0, delay_s)) * random.uniform(1.0, 1.3)  # noqa: S311
