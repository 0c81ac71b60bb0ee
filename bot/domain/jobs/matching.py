"""Which of the vendor's tasks a doubtful create may have started.

The vendor's list holds the whole account's tasks and no prompts: it says what may be a job's task. What a query tells
of that task says whether it is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import TaskReport, TaskStatus, TaskSummary
from bot.domain.requests.request import ImageRequest

EARLIER_MS = 120_000
"""How long before its claim a task may seem to be created, where only our own clock said when that was."""

LATER_MS = 420_000
"""How long after its claim a create may still start a task: the vendor's gateway allows itself 298 s, and before that
the request may take a minute to reach it."""

SKEW_MS = 10_000
"""How far the vendor's ``Date``, in whole seconds, and the times of its task list may be apart."""

SHORTEST_CUT = 200
"""A prompt that the vendor cut is longer than this: the shortest limit on its pages is 500 characters."""


def claimed_at(job: Job, ahead_ms: int) -> int:
    """Return when a job was claimed, by the vendor's clock.

    Args:
        job: claimed.
        ahead_ms: how much later the vendor's clock is than ours; counts where the vendor's time was not stored.
    """
    return job.vendor_claimed_ms or job.claimed_ms + ahead_ms


def window(job: Job, ahead_ms: int) -> tuple[int, int]:
    """Return from when until when a job's create may have started a task, by the vendor's clock."""
    claimed_ms = claimed_at(job, ahead_ms)
    return claimed_ms - (SKEW_MS if job.vendor_claimed_ms else EARLIER_MS), claimed_ms + LATER_MS


def is_over(job: Job, vendor_ms: int, ahead_ms: int) -> bool:
    """Whether at ``vendor_ms``, by the vendor's clock, a job's create can't start a task any more."""
    return vendor_ms > window(job, ahead_ms)[1]


def may_be_answered(job: Job, task: TaskSummary, ahead_ms: int) -> bool:
    """Whether a listed task may be that of a job whose create is still being answered."""
    return task.model == job.request.model and task.created_ms >= claimed_at(job, ahead_ms) - SKEW_MS


def may_be(job: Job, task: TaskSummary, ahead_ms: int, foreign: Collection[tuple[int, str]] = ()) -> bool:
    """Whether a listed task may be the job's; ``foreign`` holds what is known not to belong together."""
    begin_ms, end_ms = window(job, ahead_ms)
    # Nobody but this program could cancel a job's task, and it asks for that only where it knows the task.
    is_candidate = task.model == job.request.model and task.status.upper() != TaskStatus.CANCELED
    return is_candidate and begin_ms <= task.created_ms <= end_ms and (job.id, task.task_id) not in foreign


def has_failed(task: TaskSummary) -> bool:
    """Whether a listed task ended without a picture, so that a query can't tell either whose it is."""
    return task.status.upper() == TaskStatus.FAILED


@dataclass(frozen=True, slots=True)
class _Pairing:
    pairs: tuple[tuple[int, str], ...] = ()
    apart_ms: int = 0

    def plus(self, job: Job, task: TaskSummary, apart_ms: int) -> "_Pairing":
        return _Pairing((*self.pairs, (job.id, task.task_id)), self.apart_ms + apart_ms)

    @property
    def rank(self) -> tuple[int, int]:
        return len(self.pairs), -self.apart_ms


def match(
    jobs: Iterable[Job], tasks: Iterable[TaskSummary], *, ahead_ms: int, foreign: Collection[tuple[int, str]] = ()
) -> dict[int, str]:
    """Return the task that is tried first for each doubtful job of one lane, in order of creation.

    A lane's creates leave one after the other, so an earlier claim has an earlier task. Among the pairings that respect
    that, the one with the most pairs wins, then the one in which claims and tasks lie closest together. One that failed
    is tried with nobody: it echoes no prompt, so that nothing could confirm it.

    Args:
        jobs: all that are in doubt in the lane.
        tasks: listed ones that no job owns.
        ahead_ms: how much later the vendor's clock is than ours.
        foreign: pairs of a job and a task that are known not to belong together.
    """
    by_claim = sorted(jobs, key=lambda job: (claimed_at(job, ahead_ms), job.id))
    can_tell = (task for task in tasks if not has_failed(task))
    by_creation = sorted(can_tell, key=lambda task: (task.created_ms, task.task_id))
    # best[k]: the best pairing of the jobs so far with the first k tasks.
    best = [_Pairing()] * (len(by_creation) + 1)
    for job in by_claim:
        row = [_Pairing()]
        for k, task in enumerate(by_creation):
            options = [best[k + 1], row[k]]
            if may_be(job, task, ahead_ms, foreign):
                options.append(best[k].plus(job, task, abs(task.created_ms - claimed_at(job, ahead_ms))))
            row.append(max(options, key=lambda pairing: pairing.rank))
        best = row
    return dict(best[-1].pairs)


def is_foreign(request: ImageRequest, report: TaskReport) -> bool:
    """Whether a report is certainly of another task than the one that ``request`` started.

    What does not fit the request proves it: another number of images, another prompt. A report that names no prompts
    leaves out the images that failed, so of those fewer may be all there are.
    """
    if report.status is TaskStatus.CANCELED or report.total not in (None, request.count):
        return True
    if report.status is TaskStatus.SUCCEEDED and report.results:
        images = len(report.results)
        if images > request.count or (images < request.count and _prompts(report)):
            return True
    return not all(_is_prompt_of(request, prompt) for prompt in _prompts(report))


def is_confirmed(request: ImageRequest, report: TaskReport) -> bool:
    """Whether a report says with each picture what was asked for.

    One that doesn't can be anybody's, unless `is_foreign` knows better: what nobody can confirm is shown to nobody.
    Of an edit none does: many ask for the same change, and of which picture it is the service doesn't say.
    """
    if request.pictures or not _prompts(report):
        return False
    return all(result.orig_prompt is not None for result in report.results if result.url)


def _prompts(report: TaskReport) -> set[str]:
    return {result.orig_prompt for result in report.results if result.orig_prompt is not None}


def _is_prompt_of(request: ImageRequest, taken: str) -> bool:
    if len(taken) <= SHORTEST_CUT:
        return taken == request.prompt
    # Its last character may be what is left of half a surrogate pair.
    return request.prompt.startswith((taken, taken[:-1]))
