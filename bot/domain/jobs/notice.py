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


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a message goes now.

    Attributes:
        wait_ms: until when it waits; 0: it waits no more.
        is_gathered: it is said with others, by a message that was written for all of them.
    """

    wait_ms: int = 0
    is_gathered: bool = False
