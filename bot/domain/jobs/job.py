"""A job and its states.

                        ┌───────────────────────────────────┐
                        │                                   v
held ──> queued ──> submitting ──> pending ──> running ──> fetching ──> delivering ──> delivered
  │        │  ^          │  │       │   ^         │            │             │
  │        │  ├──────────┘  │       │<──┼─────────┤            │             ├<> undelivered
  │        │  │             v       v   │         │            │             │
  │        │  └─────────── in_doubt ────┘         │            │             │
  v        v                  │                   v            v             v
 void   canceled, expired   failed        canceled, failed   failed       failed
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.requests.quota import Refund
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.failure_kinds import VENDOR_REFUSALS, Failure, FailureKind


class JobState(StrEnum):
    HELD = "held"  # hold and job are committed; Discord has not proven that it took our first response
    QUEUED = "queued"  # waiting for its lane
    SUBMITTING = "submitting"  # written before the create leaves
    IN_DOUBT = "in_doubt"  # the create's outcome is unknown
    PENDING = "pending"  # the vendor has it, waiting
    RUNNING = "running"  # the vendor draws it
    FETCHING = "fetching"  # results are being downloaded
    DELIVERING = "delivering"  # settled; the pictures go to Discord
    UNDELIVERED = "undelivered"  # made and charged, not in Discord; kept
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"  # waited too long
    VOID = "void"  # never acknowledged by Discord


S = JobState

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    S.HELD: frozenset({S.QUEUED, S.VOID}),
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELED, S.EXPIRED}),
    S.SUBMITTING: frozenset({S.PENDING, S.FETCHING, S.QUEUED, S.FAILED, S.IN_DOUBT}),
    S.IN_DOUBT: frozenset({S.PENDING, S.QUEUED, S.FAILED}),
    S.PENDING: frozenset({S.RUNNING, S.FETCHING, S.FAILED, S.CANCELED, S.IN_DOUBT}),
    S.RUNNING: frozenset({S.FETCHING, S.FAILED, S.CANCELED, S.IN_DOUBT}),
    S.FETCHING: frozenset({S.DELIVERING, S.FAILED}),
    S.DELIVERING: frozenset({S.DELIVERED, S.UNDELIVERED, S.FAILED}),
    S.UNDELIVERED: frozenset({S.DELIVERING}),
    S.DELIVERED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELED: frozenset(),
    S.EXPIRED: frozenset(),
    S.VOID: frozenset(),
}
"""Where a state may go. A wish to cancel is no state: it is noted beside any of them.

What answers with its pictures goes from submitting to fetching at once, or fails: of a lost answer nobody can find out.
Only an adopted task that turned out to be somebody else's leads from the vendor back into doubt. What could not be
delivered is sent again by the way on which it was delivered the first time. Pictures whose files are all lost before
Discord has them end a job that was settled: what it was charged is given back."""

WAITING = frozenset({S.HELD, S.QUEUED})
"""States in which a job waits for its lane."""

FINAL = frozenset(state for state, onward in TRANSITIONS.items() if not onward)
UNSETTLED = frozenset({S.HELD, S.QUEUED, S.SUBMITTING, S.IN_DOUBT, S.PENDING, S.RUNNING, S.FETCHING})
"""States in which the hold is still open."""

ENDED_UNBEGUN = frozenset({S.VOID, S.CANCELED, S.EXPIRED})
"""Ends of jobs of which nothing was drawn and nobody tells moderators: what came in with them is kept no longer."""

SERVER_LEFT = "server_left"
"""Why a job expired, or its pictures were not delivered: the bot is in its server no more."""


class Removal(StrEnum):
    """How far the removal of a job's pictures has come, the least first; their files are gone in any case."""

    NONE = ""
    OPEN = "open"  # Discord has not carried it out: the message still stands
    OUT_OF_REACH = "out_of_reach"  # nothing reaches the private reply that has them: it stays with its member
    DONE = "done"


def sources(target: JobState) -> frozenset[JobState]:
    """Return the states from which a job may come to ``target``."""
    return frozenset(state for state, onward in TRANSITIONS.items() if target in onward)


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """Where a job's reply is, and how it may be reached.

    Attributes:
        token: the interaction's; empty once it is dead.
        token_expires_ms: 15 minutes after the interaction, less a margin (the platform's rule), by Discord's clock.
        message_id: 0 until Discord has told it.
        attachment_limit: bytes per attachment that Discord named with the interaction.
        can_post: the bot may post in the channel by its own token.
    """

    application_id: int
    channel_id: int
    token: str = field(repr=False)
    token_expires_ms: int
    message_id: int
    attachment_limit: int
    locale: str
    can_post: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """What a job took from a member's quota.

    Attributes:
        images: images that were charged.
        free_images: how many of them came from the allowance.
        paid_micros: micro-yuan from budget and credit.
        inputs: pictures that came in and were paid for.
        inputs_micros: how much of the micro-yuan was for them.
        credit_micros: how much of the micro-yuan came from credit.
    """

    images: int
    free_images: int
    paid_micros: int
    inputs: int = 0
    inputs_micros: int = 0
    credit_micros: int = 0


NOTHING = Refund(0, 0)
"""Given back."""


@dataclass(frozen=True, slots=True)
class JobImage:
    """One image of a job, in the order in which the vendor lists them.

    Attributes:
        ordinal: 0 for the first; it was drawn with the request's seed + ordinal, if the vendor lists all of them.
        url: the signed URL until it was fetched, then empty.
        code: the vendor's code, or ours, where there is no picture.
        kind: what the code means; None where there is none.
        path: of the kept file; empty where there is none.
        attachment_id: Discord's, once attached; 0 before.
    """

    ordinal: int
    url: str = field(repr=False)
    code: str
    orig_prompt: str | None
    actual_prompt: str | None
    path: str
    size_bytes: int
    width: int
    height: int
    attachment_id: int
    kind: FailureKind | None = None

    @property
    def failure(self) -> Failure | None:
        """Why there is no picture; None if there is one, or if nobody said why."""
        return Failure(self.code, self.kind or FailureKind.UNKNOWN) if self.code else None


@dataclass(frozen=True, slots=True)
class Job:
    """A request for pictures and all that became of it.

    Attributes:
        id: the Discord interaction's id.
        number: what people call it in the server.
        version: raised by each change; the message is brought up to it.
        shown: the version that the message shows.
        adopted: its task was found in the vendor's list and is not confirmed as its own yet.
        failure: why it failed, was refused or expired: the vendor's code or a word of ours.
        is_call: its create is answered with the pictures: as long as it is submitting it is drawn, and it has no task.
        failure_kind: what that means, once it failed; None before, and in any other end.
        attempts: creates that were answered with an error of the service itself.
        vendor_claimed_ms: the vendor's time when it was claimed; 0 where the vendor had not told its time.
        lane_stopped: its model can't be used now, by itself or with the whole account.
        account_stopped: nothing can be used by the account now.
        ready_ms: when its pictures were fetched; 0 before.
        given_back: what of its charge was given back since.
        removal: of its pictures.
        is_elsewhere: it was sent again to a reply that only its member sees; its first card is an `OldCard`.
        tells_nearly_out: its result is to say that the member's quota of the period is nearly used up.
        message_gone: Discord said that its message is there no more.
        role_ids: those of its member's roles that had a rule in the server when it was asked for.
        owner_account_id: of whose pictures came in, where that is another member; 0: they are its member's own.
        owner_id: the Discord id of whom that is; 0: they were forgotten, or there is nobody.
        edited_number: of the job whose pictures came in; 0: they are no job's.
        is_covered: moderators have put a spoiler over its pictures.
    """

    id: int
    number: int
    server_id: int
    account_id: int
    member_id: int
    state: JobState
    version: int
    shown: int
    request: ImageRequest
    reply: ReplyAddress
    task_id: str
    adopted: bool
    failure: str
    failure_request_id: str
    attempts: int
    cancel_wished_ms: int
    cancel_refused: bool
    lane_stopped: bool
    created_ms: int
    queued_ms: int
    claimed_ms: int
    vendor_claimed_ms: int
    submitted_ms: int
    started_ms: int
    ready_ms: int
    ended_ms: int
    deleted_ms: int
    role_ids: tuple[int, ...]
    held: Charge
    charged: Charge | None
    images: tuple[JobImage, ...] = ()
    account_stopped: bool = False
    given_back: Refund = NOTHING
    removal: Removal = Removal.NONE
    is_elsewhere: bool = False
    tells_nearly_out: bool = False
    message_gone: bool = False
    failure_kind: FailureKind | None = None
    is_call: bool = False
    owner_account_id: int = 0
    owner_id: int = 0
    edited_number: int = 0
    is_covered: bool = False

    @property
    def is_under_call(self) -> bool:
        """Whether the service draws it while its create waits for the answer."""
        return self.is_call and self.state is JobState.SUBMITTING

    @property
    def is_final(self) -> bool:
        return self.state in FINAL

    @property
    def is_vendor_refusal(self) -> bool:
        """Whether it failed because the image service, which was well, refused what was asked for."""
        return self.failure_kind in VENDOR_REFUSALS

    @property
    def awaited(self) -> int:
        """How many images it should have: of a series, as many as the service drew, once that is known."""
        return len(self.images) if self.request.is_series and self.images else self.request.count

    @property
    def size(self) -> Size:
        return self.request.size

    @property
    def kept(self) -> tuple[JobImage, ...]:
        """The images that were fetched and are kept."""
        return tuple(image for image in self.images if image.path)

    @property
    def refundable(self) -> Refund:
        """What of its charge was not given back yet."""
        if self.charged is None:
            return NOTHING
        return Refund(
            max(0, self.charged.free_images - self.given_back.free_images),
            max(0, self.charged.paid_micros - self.given_back.credit_micros),
        )

    @property
    def is_given_back(self) -> bool:
        return self.given_back != NOTHING and self.refundable == NOTHING

    @property
    def is_ephemeral(self) -> bool:
        """Whether only its member sees its reply, as long as that is not a direct message."""
        return self.request.private or self.is_elsewhere

    @property
    def can_be_repeated(self) -> bool:
        """Whether it can be asked for once more from what is kept of it.

        Whose pictures came in is judged by the message that they were taken from, which is not kept; what was chosen of
        one, or masked, belongs to that one picture.
        """
        pictures = self.request.pictures
        if not pictures:
            return bool(self.request.prompt)
        is_own = not self.owner_account_id and not self.edited_number
        return is_own and self.request.region is None and all(one.path and not one.is_mask for one in pictures)

    @property
    def still_stands(self) -> bool:
        """Whether its pictures were removed here, and Discord has not taken them down yet."""
        return self.removal is Removal.OPEN and bool(self.reply.message_id)

    @property
    def was_cut(self) -> bool:
        """Whether the vendor took a shorter prompt than it was sent."""
        return any(i.orig_prompt is not None and len(i.orig_prompt) < len(self.request.prompt) for i in self.images)


@dataclass(frozen=True, slots=True)
class OldCard:
    """A job's card where it was asked for, its pictures having been sent elsewhere."""

    job_id: int
    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class NewJob:
    """A checked request on its way into the database.

    Attributes:
        interaction_id: becomes the job's id, so that the same interaction delivered twice is one job.
        member_id: the Discord id of who asks.
        role_ids: the member's roles.
        may_pay: nobody has to be asked whether it may be paid for.
        offer_id: the price offer that the member agreed to; 0: none.
        to_be_fetched: pictures that are handed in with it and are not among the request's yet.
        told_micros: what its member was told that it costs; None: nothing.
    """

    interaction_id: int
    server_id: int
    member_id: int
    request: ImageRequest
    reply: ReplyAddress
    role_ids: frozenset[int] = frozenset()
    may_pay: bool = True
    offer_id: int = 0
    to_be_fetched: int = 0
    told_micros: int | None = None

    @property
    def inputs(self) -> int:
        """How many pictures come in with it."""
        return len(self.request.pictures) + self.to_be_fetched


@dataclass(frozen=True, slots=True)
class PriceOffer:
    """A request that waits for its member to agree to the price; its id is the interaction's.

    Attributes:
        asks_region: it waits for them to choose the region instead, and nobody was asked about a price.
        token: the interaction's, by which the question can be changed; lives longer than the question.
        expires_ms: when it waits no more.
    """

    id: int
    server_id: int
    member_id: int
    request: ImageRequest
    application_id: int
    token: str = field(repr=False)
    expires_ms: int
    asks_region: bool = False
