"""The exception tree.

BotError
├── ConfigurationError      one line for each fault; the process exits with 2
├── MemberError             safe to show: a message key of the locale catalogues and its values
│   ├── InvalidRequest      what the member typed can't be drawn
│   ├── OverQuota           a limit binds; says which
│   ├── NotPermitted        this person, server or channel may not do that
│   │   └── Blocked         a moderator, or the program, keeps this member from asking
│   ├── Unavailable         right request, wrong moment: queue full, model stopped, shutting down
│   └── PriceNotAgreed      the member is asked first
├── AlreadyDone             the same interaction once more: nothing to say
├── AddressTaken            health and metrics can't be served where the configuration says
├── DiscordRefuses          the gateway does not let the bot connect, and waiting would not help
├── ImageServiceError       what the image service answered, by what follows from it
│   ├── RetryLater          nothing started; try the same again
│   │   └── Throttled       nothing started; slower
│   ├── PromptRefused       stop this request
│   │   ├── ContentRefused  for what its prompt says
│   │   └── AnswerWithheld  for what was written for it
│   ├── ModelStopped        stop this model
│   ├── AccountStopped      stop everything
│   └── OutcomeUnknown      a create may have started: in doubt
├── ResultError             a result image could not be had
│   ├── ResultUnavailable   now: nobody answered, or only to say "later"
│   ├── ResultRefused       by an odd answer, which may not be the last word
│   └── ResultRejected      for good: expired, or at a host that may not be asked
├── AttachmentError         a file that a member hands in could not be fetched
│   ├── AttachmentUnavailable  nobody answered, or not with the file
│   └── AttachmentForeign   it lies elsewhere than with Discord
├── NotAPicture             bytes that no picture can be decoded from
└── StorageError            what is kept can't be read or written
    ├── StorageUnavailable  it can't be used: locked or full, which passes, or
    │   └── StorageDamaged  a part of the file can't be read: only the operator can mend it
    ├── PicturesUnreadable  the files of pictures are there and can't be read
    ├── SchemaTooNew        the database was written by a newer program
    └── SchemaTooOld        it was written by an older one, and is not to be migrated now
"""

from collections.abc import Sequence

from bot.failure_kinds import Advice, Failure, FailureKind


class BotError(Exception):
    """Base of every error that this program raises on purpose."""


class ConfigurationError(BotError):
    """The configuration or the command line is wrong.

    Attributes:
        faults: one sentence for each fault: key, file, the value's problem, what would be right.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class MemberError(BotError):
    """An error that is meant for the person who caused it.

    Attributes:
        key: the message in the locale catalogues.
        values: what the message is filled with; money is an int of micro-yuan, a time is milliseconds since the epoch.
    """

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(f"{key} {values}")
        self.key = key
        self.values = values


class InvalidRequest(MemberError):
    """The request can't be drawn as it stands."""


class OverQuota(MemberError):
    """A limit binds."""


class NotPermitted(MemberError):
    """This person, server or channel may not do that."""


class Blocked(NotPermitted):
    """A moderator, or the program for strikes, keeps a member from asking for pictures.

    Attributes:
        case_id: of the case that can be appealed.
        until_ms: when it ends; 0: it is for good.
        by_program: it is for strikes, and the reason is no moderator's.
    """

    def __init__(self, case_id: int, *, number: int, reason: str, until_ms: int, by_program: bool) -> None:
        super().__init__("blocked", number=number, reason=reason)
        self.case_id = case_id
        self.until_ms = until_ms
        self.by_program = by_program


class Unavailable(MemberError):
    """The request is fine, but can't be taken now."""


class PriceNotAgreed(MemberError):
    """The request would be paid for, and its member has not agreed to that yet: a price offer is kept, nothing is held.

    Attributes:
        offer_id: of the price offer.
    """

    def __init__(
        self,
        offer_id: int,
        *,
        images: int,
        free: int,
        paid: int,
        expires_ms: int,
        inputs: int = 0,
        inputs_paid: int = 0,
        is_series: bool = False,
    ) -> None:
        key = "proposal-mixed" if free else "proposal"
        if is_series:
            key = "proposal-series-mixed" if free else "proposal-series"
        figures = {"images": images, "free": free, "paid": paid, "inputs": inputs, "inputs_paid": inputs_paid}
        super().__init__(key, expires_ms=expires_ms, **figures)
        self.offer_id = offer_id


class AlreadyDone(BotError):
    """Discord delivered an interaction again whose act is done: there is nothing to say."""

    def __init__(self, interaction_id: int) -> None:
        super().__init__(f"interaction {interaction_id} was handled before")


class AddressTaken(BotError):
    """Health and metrics can't be served where the configuration says."""


class DiscordRefuses(BotError):
    """Discord's gateway does not let the bot connect, and waiting would not help."""


NOT_SENT = "not_sent"
"""The code where no connection was had (name, port, TLS, proxy): nothing left this machine."""


class ImageServiceError(BotError):
    """The image service did not do what was asked.

    Attributes:
        code: the vendor's error code, or a word of ours in lower case where the vendor gave none.
        detail: the vendor's text, for the log and the vendor's support; never shown to members.
        kind: what a member is told.
        advice: what the operator can do, where it stops a model or the account.
        http_status: 0 where no answer came.
        request_id: the vendor's, where it gave one.
    """

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        kind: FailureKind = FailureKind.UNKNOWN,
        advice: Advice = Advice.OTHER,
        http_status: int = 0,
        request_id: str = "",
    ) -> None:
        super().__init__(f"{http_status} {code}: {detail}")
        self.code = code
        self.detail = detail
        self.kind = kind
        self.advice = advice
        self.http_status = http_status
        self.request_id = request_id

    @property
    def failure(self) -> Failure:
        """Why a job fails that ends with this error."""
        return Failure(self.code, self.kind, self.request_id)


class RetryLater(ImageServiceError):
    """Nothing started; the same request may succeed later."""


class Throttled(RetryLater):
    """Nothing started; the account or model is asked too fast.

    Attributes:
        retry_after_s: seconds, where the vendor says so (never documented, honoured if it comes).
    """

    retry_after_s: float | None = None


class PromptRefused(ImageServiceError):
    """This request is refused; another prompt or other options may be accepted."""


class ContentRefused(PromptRefused):
    """This request is refused for what its prompt says: nobody but its member can change that."""


class AnswerWithheld(PromptRefused):
    """What a text model wrote is not handed over for what it says; nobody calls its member's own words unsuitable."""


class ModelStopped(ImageServiceError):
    """This model can't be used by this account now."""


class AccountStopped(ImageServiceError):
    """Nothing can be used by this account now: key, arrears, permission."""


class OutcomeUnknown(ImageServiceError):
    """A create left, and whether it started a task is unknown."""


class ResultError(BotError):
    """A result image could not be had."""


class ResultUnavailable(ResultError):
    """The result could not be had now; another attempt may help."""


class ResultRefused(ResultError):
    """The host said no, or sent what is no picture; its next answer may be another."""


class ResultRejected(ResultError):
    """The result can't be had any more, or may not be asked for."""


class AttachmentError(BotError):
    """A file that a member hands in could not be fetched."""


class AttachmentUnavailable(AttachmentError):
    """The file could not be had; another attempt may help."""


class AttachmentForeign(AttachmentError):
    """The file lies elsewhere than with Discord, and is not asked for."""


class NotAPicture(BotError):
    """A file is no whole picture, or has too many pixels."""


class StorageError(BotError):
    """What is kept can't be read or written."""


class StorageUnavailable(StorageError):
    """The database can't be used: it is locked or full, and the same call may succeed later; or it is damaged."""


class StorageDamaged(StorageUnavailable):
    """A part of the database's file is damaged: what needs it waits until the operator has put a copy in its place."""


class PicturesUnreadable(StorageError):
    """The files of a job's pictures are there, and none can be read: the operator has to see to it."""


class SchemaTooNew(StorageError):
    """The database was written by a newer version of this program."""


class SchemaTooOld(StorageError):
    """The database was written by an older version of this program, and is not to be migrated now."""
