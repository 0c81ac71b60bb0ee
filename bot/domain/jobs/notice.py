"""A message beside a job's own reply."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """A row of the outbox.

    Attributes:
        kind: what it says; names a message of the locale catalogues.
        job_id: the job that it speaks of, if any.
        content: what the message is filled with.
        attempts: how often Discord would not take it.
    """

    id: int
    kind: str
    job_id: int | None
    content: dict[str, str | int]
    created_ms: int
    attempts: int
