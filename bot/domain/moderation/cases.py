"""What moderators do about members: cases, blocks, strikes and appeals."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.jobs.job import Job, JobState, Removal
from bot.domain.time.durations import DAY_S, WEEK_S, seconds_in
from bot.errors import InvalidRequest, MemberError

LONGEST_BLOCK_S = 365 * DAY_S
"""Whoever is to stay out for longer is blocked for good, and may appeal."""

STRIKE_WINDOW_MS = DAY_S * 1000
"""Strikes count for a day."""

PAUSE_MS = DAY_S * 1000
"""How long the program pauses a member whose strikes reach the server's threshold."""

DEFAULT_STRIKES, MOST_STRIKES = 3, 50
"""Strikes within a day that pause a member, and the most that a server may wait for."""

APPEAL_AGAIN_MS = WEEK_S * 1000
"""After an appeal was rejected, the next one of the same case."""

LONGEST_REASON = 300
LONGEST_NOTE = 500
LONGEST_APPEAL = 500
"""Characters of what people type."""


class CaseKind(StrEnum):
    """What was done."""

    BLOCK = "block"  # a member may not ask for pictures
    PAUSE = "pause"  # the same for a day, by the program, for strikes
    UNBLOCK = "unblock"
    REMOVE = "remove"  # a job's pictures; its record stays
    COVER = "cover"  # a spoiler is put over a job's pictures
    UNCOVER = "uncover"  # and taken off
    RULE_ADDED = "rule-added"  # a rule for prompts
    RULE_REMOVED = "rule-removed"
    STRIKES_SET = "strikes-set"  # how many strikes pause a member


class ChargeWish(StrEnum):
    """What is to become of the charge of pictures that are removed."""

    KEEP = "take"  # it stands
    GIVE_BACK = "refund"  # an admin gives it back
    ASK = "ask"  # a moderator has the admins asked for that


class AppealState(StrEnum):
    """What became of an appeal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Case:
    """One act of moderation in one server; it is never changed.

    Attributes:
        number: what people call it in the server.
        member_id: the Discord id of whom it concerns; 0: nobody, or somebody who was forgotten.
        actor_id: the Discord id of who did it; 0: the program, or somebody who was forgotten.
        by_program: the program itself did it.
        job_id: of the job that it is about; 0: none.
        job_number: what people call that job; 0: none.
        until_ms: when a block or pause ends; 0: for good.
    """

    id: int
    server_id: int
    number: int
    kind: CaseKind
    member_id: int
    actor_id: int
    by_program: bool
    job_id: int
    job_number: int
    reason: str
    at_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class CaseNote:
    """What somebody added to a case; ``actor_id`` 0: somebody who was forgotten."""

    at_ms: int
    actor_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Appeal:
    """A blocked member's objection.

    Attributes:
        member_id: the Discord id of who appeals; 0: somebody who was forgotten.
        locale: the member's.
        decided_by: the Discord id of who decided; 0 before.
        answer: why it was rejected, as the member is told.
    """

    id: int
    case: Case
    member_id: int
    at_ms: int
    text: str
    locale: str
    state: AppealState
    decided_ms: int
    decided_by: int
    answer: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all that was added to it, oldest first.

    Attributes:
        ended_by: of a block or pause: the case that replaced or lifted it before its time; None if none did.
        removal: of removed pictures: how far that has come.
    """

    case: Case
    notes: tuple[CaseNote, ...]
    appeals: tuple[Appeal, ...]
    ended_by: Case | None = None
    removal: Removal = Removal.NONE

    @property
    def open_appeal(self) -> Appeal | None:
        return next((one for one in self.appeals if one.state is AppealState.OPEN), None)


def parse_duration(typed: str) -> int:
    """Return how many seconds a block is to last, as `seconds_in` reads it.

    Raises:
        InvalidRequest: if it is none, or longer than a block may last.
    """
    seconds = seconds_in(typed)
    if seconds is None:
        raise InvalidRequest("invalid-duration", typed=typed)
    if not 0 < seconds <= LONGEST_BLOCK_S:
        raise InvalidRequest("invalid-duration-bounds", typed=typed, days=LONGEST_BLOCK_S // DAY_S)
    return seconds


def check_removable(job: Job) -> None:
    """Refuse where nothing can be removed: pictures on their way to Discord would stand there afterwards.

    A removal that Discord has not carried out yet may be repeated.

    Raises:
        MemberError: if there is nothing to remove, yet or any more.
    """
    if job.deleted_ms and not job.still_stands:
        raise MemberError("removed-already", number=job.number)
    if not job.is_final and job.state is not JobState.UNDELIVERED:
        raise MemberError("still-under-way", number=job.number)


def check_coverable(job: Job, *, covers: bool) -> None:
    """Refuse where nothing can be covered or uncovered: there are no pictures, or they are so already.

    Pictures on their way to Discord wait until they are there: the message would be taken for what it was told before.

    Raises:
        MemberError: saying why.
    """
    if job.deleted_ms:
        raise MemberError("removed-already", number=job.number)
    is_anywhere = job.kept or job.reply.message_id
    if job.state not in {JobState.DELIVERED, JobState.UNDELIVERED} or not is_anywhere:
        raise MemberError("cover-nothing", number=job.number)
    if job.is_covered is covers:
        raise MemberError("covered-already" if covers else "uncovered-already", number=job.number)


def check_strikes(count: int) -> int:
    """Return a threshold that a server may set; 0: strikes pause nobody.

    Raises:
        InvalidRequest: if it is out of bounds.
    """
    if not 0 <= count <= MOST_STRIKES:
        raise InvalidRequest("invalid-strikes", limit=MOST_STRIKES)
    return count
