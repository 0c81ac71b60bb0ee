"""What moderators look for in the log, and what they find."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from bot.domain.jobs.job import Job, JobState


class Status(StrEnum):
    """What became of a request, as a moderator asks for it."""

    UNDER_WAY = "under-way"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"  # for any reason but the next one
    REFUSED = "refused"  # by the image service, for what was asked
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUSED_HERE = "refused-here"  # before there was a job: only the reason is known


S = JobState

STATES: Mapping[Status, frozenset[JobState]] = {
    Status.UNDER_WAY: frozenset(
        {S.HELD, S.QUEUED, S.SUBMITTING, S.IN_DOUBT, S.PENDING, S.RUNNING, S.FETCHING, S.DELIVERING}
    ),
    Status.DELIVERED: frozenset({S.DELIVERED}),
    Status.UNDELIVERED: frozenset({S.UNDELIVERED}),
    Status.FAILED: frozenset({S.FAILED}),
    Status.REFUSED: frozenset({S.FAILED}),
    Status.CANCELED: frozenset({S.CANCELED, S.VOID}),
    Status.EXPIRED: frozenset({S.EXPIRED}),
}
"""Failed and refused are told apart by what the failure means."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; None or nothing leaves a field open.

    Attributes:
        account_id: whose; 0: of somebody who never asked for anything, so that nothing is found.
        text: words that the prompt must contain, each of them.
        since_ms: not asked for earlier.
        until_ms: asked for before; 0: open.
    """

    account_id: int | None = None
    status: Status | None = None
    model: str = ""
    text: str = ""
    since_ms: int = 0
    until_ms: int = 0

    def to_json(self) -> str:
        """Return the search as storage keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """Read what ``to_json`` gave."""
        values: dict[str, Any] = json.loads(stored)
        values["status"] = Status(values["status"]) if values["status"] else None
        return cls(**values)


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A search whose pages a moderator turns."""

    id: int
    search: Search


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that was refused before there was a job.

    Attributes:
        id: of its row in the audit.
        member_id: the Discord id of who asked; 0: forgotten.
        reason: the key of the message that the member was shown.
        model: which was asked for; empty where it is not known.
    """

    id: int
    at_ms: int
    account_id: int
    member_id: int
    reason: str
    model: str


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a job's timeline.

    Attributes:
        account_id: of who acted; 0: the program itself.
        member_id: that person's Discord id; 0: forgotten, or the program.
    """

    at_ms: int
    act: str
    account_id: int
    member_id: int
    detail: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All that is known of a job.

    Attributes:
        request_id: the vendor's word for the create, for its support; empty where there was no answer.
    """

    job: Job
    request_id: str
    events: tuple[Event, ...]
