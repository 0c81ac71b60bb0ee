"""Whether the vendor's answers agree with the books."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from functools import partial
from typing import TypeVar

from bot.domain.books.doubtful_cost import ResolvedTask, number_of
from bot.domain.jobs.job import Job
from bot.domain.jobs.matching import is_confirmed, is_foreign, match
from bot.domain.jobs.vendor_task import TaskReport, TaskStatus, TaskSummary
from bot.domain.time.waits import spread
from bot.errors import RetryLater
from bot.ports import Books, Clock, ImageService

log = logging.getLogger(__name__)

T = TypeVar("T")

REMEMBERED_MS = 24 * 3600 * 1000
"""The vendor answers for a task for 24 hours (its V2 page)."""

NEARLY_FORGOTTEN_MS = 3600 * 1000
"""A task that old may be forgotten before it is asked after; the two clocks may differ too."""

LIST_MARGIN_MS = 60_000
"""One request for the list covers at most 24 hours."""

PACE_S = 0.25
"""Between two requests: beside a running bot's 15 a second this stays under the 20 that the vendor admits."""

RETRIES_S = (1.0, 2.0, 4.0, 8.0)


class Verifier:
    """Asks the vendor after the tasks of the last 24 hours."""

    def __init__(self, *, books: Books, vendor: ImageService, models: Collection[str], clock: Clock) -> None:
        self._books = books
        self._vendor = vendor
        self._models = models
        self._clock = clock
        self.compared = 0
        """Tasks of jobs for which the vendor answered."""

    async def differences(self) -> AsyncIterator[str]:
        """Name, one sentence each, all in which the vendor's answers differ from the books.

        Raises:
            ImageServiceError: if the vendor can't be asked; what was named before stands.
        """
        now_ms = self._clock.now_ms()
        resolved = await self._books.resolved_tasks(now_ms - REMEMBERED_MS)
        for task in resolved:
            difference = await self._compare(task)
            if difference:
                yield f"job #{task.number} of server {task.server_id}, task {task.task_id}: {difference}"
        for model in sorted({*self._models, *(task.model for task in resolved)}):
            async for difference in self._unowned(model):
                yield difference

    async def _compare(self, task: ResolvedTask) -> str:
        report = await self._ask(lambda: self._vendor.query(task.task_id))
        if report.status is TaskStatus.UNKNOWN:
            is_due = self._clock.now_ms() >= task.claimed_ms + REMEMBERED_MS - NEARLY_FORGOTTEN_MS
            return "" if is_due or task.billed_images is None else "the vendor does not know it"
        self.compared += 1
        if report.image_count is None:
            # A success without results: the vendor doesn't say what it bills.
            return ""
        if task.billed_images is None:
            if report.status in {TaskStatus.PENDING, TaskStatus.RUNNING}:
                return ""
            return (
                f"its cost is doubtful, the vendor billed {number_of(report.image_count, 'image')}:"
                f" jobs resolve {task.number} --server {task.server_id} --billed {report.image_count}"
            )
        return _difference(task, report)

    async def _unowned(self, model: str) -> AsyncIterator[str]:
        now_ms = self._clock.now_ms()
        ahead_ms = (self._vendor.server_now_ms() or now_ms) - now_ms
        # The vendor's time is known to the second.
        until_ms = now_ms + ahead_ms + LIST_MARGIN_MS
        from_ms = until_ms - REMEMBERED_MS + LIST_MARGIN_MS
        listed = await self._ask(lambda: self._vendor.tasks_between(model, from_ms, until_ms))
        unowned = await self._books.unowned_tasks(model, [task.task_id for task in listed])
        asked = [task for task in listed if task.task_id in unowned]
        reports = {task.task_id: await self._ask(partial(self._vendor.query, task.task_id)) for task in asked}
        jobs = await self._books.doubtful_jobs(model)
        # Each job asked for one of them at most.
        foreign = {(job.id, one) for job in jobs for one, report in reports.items() if is_foreign(job.request, report)}
        billed = [task for task in asked if reports[task.task_id].image_count]
        pairs = match(jobs, billed, ahead_ms=ahead_ms, foreign=foreign)
        owners = {task_id: job for job in jobs for job_id, task_id in pairs.items() if job.id == job_id}
        for task in asked:
            if reports[task.task_id].image_count != 0:
                yield _advice(task, reports[task.task_id], owners.get(task.task_id))

    async def _ask(self, question: Callable[[], Awaitable[T]]) -> T:
        for delay_s in RETRIES_S:
            await self._clock.sleep(PACE_S)
            try:
                return await question()
            except RetryLater as error:
                log.info("the vendor does not answer now: %s; asking again in about %.0f s", error.code, delay_s)
                await self._clock.sleep(spread(delay_s))
        return await question()


def _advice(task: TaskSummary, report: TaskReport, owner: Job | None) -> str:
    """Say what the vendor billed for a task that no job has, and how that comes into the books.

    Args:
        task: the vendor's.
        report: what it says of the task.
        owner: the job that may have asked for it.
    """
    belongs = f"task {task.task_id} ({task.model}) belongs to no job"
    if report.image_count is None:
        return (
            f"{belongs}, and the vendor does not say how many images it billed; look there:"
            f" jobs resolve {task.task_id} --billed N --model {task.model}"
        )
    billed = f"{belongs}, the vendor billed {number_of(report.image_count, 'image')}"
    if owner is None:
        return f"{billed}: jobs resolve {task.task_id} --billed {report.image_count} --model {task.model}"
    # Of an edit, and where the vendor names no prompt, time, model and number of images are all there is.
    is_it = "it is" if is_confirmed(owner.request, report) else "it may be"
    return (
        f"{billed}; {is_it} what job #{owner.number} of server {owner.server_id} asked for: jobs resolve {owner.number}"
        f" --server {owner.server_id} --billed {report.image_count} --task {task.task_id}"
    )


def _difference(task: ResolvedTask, report: TaskReport) -> str:
    """Return in which number of pictures the vendor's answer differs from the books; "" if in none."""
    if task.billed_images != report.image_count:
        return f"the vendor billed {number_of(report.image_count or 0, 'image')}, the ledger has {task.billed_images}"
    if None not in (task.billed_inputs, report.input_count) and task.billed_inputs != report.input_count:
        inputs = number_of(report.input_count or 0, "picture")
        return f"the vendor billed {inputs} that came in, the ledger has {task.billed_inputs}"
    return ""
