"""Faults about creates of which nobody knows what they did."""

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.model import Model
from bot.errors import OutcomeUnknown, RetryLater
from bot.service.vendor import in_doubt
from bot.service.vendor.dispatcher import Dispatcher, Outcome
from bot.service.vendor.in_doubt import CRASH, InDoubtResolver

NOTE = Dispatcher._note


def two_reads_are_proof() -> None:
    """Two readings of the task list, five seconds apart, that don't name a task count as proof that there is none."""
    in_doubt.LATER_MS = 0
    in_doubt.is_over = lambda *_: True


def timeout_is_repeated() -> None:
    """A create whose answer is lost is sent again, as if it had not left."""

    async def note(self: Dispatcher, model: Model, job: Job, outcome: Outcome, *, was_ahead: bool) -> None:
        if isinstance(outcome, OutcomeUnknown) and outcome.code != CRASH:
            outcome = RetryLater(outcome.code)
        await NOTE(self, model, job, outcome, was_ahead=was_ahead)

    Dispatcher._note = note


def given_up_unlooked() -> None:
    """A create whose answer is lost fails at once, without a look at what the vendor has."""

    async def resolve(self: InDoubtResolver, job_id: int) -> None:
        job = await self._jobs.get(job_id)
        if job is not None and job.state is JobState.IN_DOUBT:
            await self._give_up(job)

    InDoubtResolver._resolve = resolve
