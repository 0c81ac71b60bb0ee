"""What the operator's commands read from the books."""

from dataclasses import dataclass

from bot.domain.jobs.job import JobState


@dataclass(frozen=True, slots=True)
class Doubt:
    """A job of which it is not known what the vendor bills for it.

    Attributes:
        images: that were asked for.
        since_ms: when its create left.
        doubtful_micros: micro-yuan at list price that the vendor may bill, or may have billed.
    """

    job_id: int
    number: int
    server_id: int
    state: JobState
    model: str
    images: int
    since_ms: int
    doubtful_micros: int


@dataclass(frozen=True, slots=True)
class ResolvedTask:
    """A task of a job whose hold is resolved, as the books have it.

    Attributes:
        billed_images: images that the vendor bills; None where that is in doubt.
        billed_inputs: pictures that came in which it bills; None where that is in doubt, or none are.
        claimed_ms: when its create was sent, by the vendor's clock if that is known: the vendor forgets by it.
    """

    task_id: str
    number: int
    server_id: int
    model: str
    billed_images: int | None
    billed_inputs: int | None
    claimed_ms: int


def number_of(count: int, what: str) -> str:
    """Return so many of ``what``, in English: ``1 image``, ``2 images``."""
    return f"{count} {what}{'' if count == 1 else 's'}"
