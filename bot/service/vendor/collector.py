"""Fetching the results of a task, and settling for what was fetched."""

import asyncio
import logging

from bot.domain.jobs.job import Job, JobImage
from bot.domain.pictures.names import picture_name
from bot.domain.requests.catalogue import Catalogue
from bot.domain.time.waits import spread
from bot.errors import ResultRefused, ResultRejected, ResultUnavailable
from bot.failure_kinds import FILE_LOST, RESULT_REJECTED, RESULT_UNAVAILABLE, Failure
from bot.ports import Clock, Jobs, Pictures, Results
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.elapsed import Elapsed
from bot.service.kit.supervisor import Supervisor
from bot.service.vendor.estimates import Durations

log = logging.getLogger(__name__)

RESULTS_LAST_S = 24 * 3600.0
"""The vendor keeps results for 24 hours (its V2 page)."""

TRIED_FOR_S = 600.0
"""How long an image that can't be had now is asked for at least. So long fetched siblings wait for it; and so long
nothing is given up because it seems to be a day old, since the clock may have been set while the program was away."""

MOST_REFUSALS = 10
"""How often an image is asked for that its host refuses, or in whose place it sends something else: its address holds
for a day, and the answer may be a proxy's, or a store's that is not in step yet. With the waits between them that takes
over three minutes."""

FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 60.0

AT_ONCE = 4
"""Downloads at the same time: each decodes a picture, 12 MB of pixels at 2048*2048 and 50 MB at 4096*4096."""


class Collector:
    """Brings jobs from ``fetching`` to ``delivering``."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        results: Results,
        pictures: Pictures,
        durations: Durations,
        catalogue: Catalogue,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._jobs = jobs
        self._results = results
        self._pictures = pictures
        self._durations = durations
        self._catalogue = catalogue
        self._changes = changes
        self._clock = clock
        self._supervisor = Supervisor(clock, alarm)
        self._downloads = asyncio.Semaphore(AT_ONCE)

    def collect(self, job_id: int) -> None:
        """Begin to fetch a job's results, if nobody does yet."""
        self._supervisor.start(f"collect {job_id}", lambda: self._collect(job_id))

    async def stop(self) -> None:
        """Stop; what was not fetched is fetched after the next start."""
        await self._supervisor.stop()

    async def _collect(self, job_id: int) -> None:
        job = await self._jobs.get(job_id)
        if job is None:
            return
        age = Elapsed(self._clock, job.submitted_ms)
        async with asyncio.TaskGroup() as group:
            for image in job.images:
                if image.url:
                    group.create_task(self._fetch(job, image, age), name=f"fetch {job_id}-{image.ordinal}")
        await self._settle(job)

    async def _fetch(self, job: Job, image: JobImage, age: Elapsed) -> None:
        delay_s, refusals = FIRST_RETRY_S, 0
        while True:
            try:
                async with self._downloads:
                    picture = await self._results.fetch(image.url, _name(job, image))
            except ResultRejected as error:
                log.warning("job %s: image %s can't be had any more: %s", job.id, image.ordinal, error)
                await self._give_up(job, image, RESULT_REJECTED)
                return
            except ResultRefused as error:
                refusals += 1
                log.info("job %s: image %s was refused %s times: %s", job.id, image.ordinal, refusals, error)
            except ResultUnavailable as error:
                log.info("job %s: image %s is not to be had now: %s", job.id, image.ordinal, error)
            else:
                await self._jobs.keep_image(job.id, image.ordinal, picture)
                return
            if refusals == MOST_REFUSALS:
                log.warning("job %s: image %s is refused again and again", job.id, image.ordinal)
                await self._give_up(job, image, RESULT_REJECTED)
                return
            if await self._is_too_late(job, age):
                await self._give_up(job, image, RESULT_UNAVAILABLE)
                return
            await self._clock.sleep(spread(delay_s))
            delay_s = min(LONGEST_RETRY_S, delay_s * 2)

    async def _give_up(self, job: Job, image: JobImage, failure: Failure) -> None:
        """Lose an image that can't be had, unless a run that was killed before its record has kept it."""
        picture = await self._results.kept(_name(job, image))
        if picture is None:
            await self._jobs.lose_image(job.id, image.ordinal, failure)
        else:
            log.info("job %s: image %s was kept by an earlier run", job.id, image.ordinal)
            await self._jobs.keep_image(job.id, image.ordinal, picture)

    async def _is_too_late(self, job: Job, age: Elapsed) -> bool:
        if age.watched_s < TRIED_FOR_S:
            return False
        if age.total_s >= RESULTS_LAST_S:
            return True
        newest = await self._jobs.get(job.id)
        return newest is not None and bool(newest.kept)

    async def _lose_what_is_gone(self, job_id: int) -> None:
        """Give up pictures whose files were lost since, as with a folder or a disk: nobody is charged for them."""
        job = await self._jobs.get(job_id)
        kept = job.kept if job is not None else ()
        gone = await self._pictures.missing([image.path for image in kept])
        for image in kept:
            if image.path in gone:
                log.error("job %s: %s was kept and is lost", job_id, image.path)
                await self._jobs.lose_image(job_id, image.ordinal, FILE_LOST)

    async def _settle(self, job: Job) -> None:
        await self._lose_what_is_gone(job.id)
        model = self._catalogue.get(job.request.model)
        settled = await self._jobs.settle(job.id, model.free_tier if model else None)
        if settled is not None and settled.ready_ms:
            self._durations.add(job.request.model, settled.ready_ms - settled.submitted_ms)
        self._changes.job(job.id)


def _name(job: Job, image: JobImage) -> str:
    return picture_name(job.server_id, job.id, image.ordinal)
