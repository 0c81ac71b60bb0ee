"""Faults about creates of which nobody knows what they did."""

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import Model
from bot.errors import OutcomeUnknown, RetryLater
from bot.service.vendor import in_doubt
from bot.service.vendor.dispatcher import Dispatcher, Outcome
from bot.service.vendor.in_doubt import CRASH

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
