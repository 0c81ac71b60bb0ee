"""Why pictures fail, whatever code an image service has for it: what its provider translates its own words into."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class FailureKind(StrEnum):
    """What a member is told of a request, a task or an image that failed. It is kept with the job."""

    CONTENT = "content"  # moderation of the prompt or of the picture
    IP = "ip"  # suspected infringement of somebody's rights
    PARAMETERS = "parameters"  # something in the request is out of range
    SERVICE = "service"  # the vendor's own trouble, or the way to it
    TIMEOUT = "timeout"  # the vendor took too long
    THROTTLED = "throttled"  # too many requests
    ACCOUNT = "account"  # key, arrears, permission
    MODEL = "model"  # this model is gone, not opened, or its free quota is used up
    DOUBT = "doubt"  # whether the vendor took the request never became clear
    ANSWER = "answer"  # the answer was lost with which the pictures would have come
    FORGOTTEN = "forgotten"  # the vendor never told what became of its task
    RESULTS = "results"  # the task was made, its pictures can't be had
    INPUT = "input"  # a picture that came in can't be used, or is gone
    LOST = "lost"  # the pictures were fetched, and their files are gone
    UNKNOWN = "unknown"


VENDOR_REFUSALS = frozenset({FailureKind.CONTENT, FailureKind.IP})
"""The service was well and refused what was asked for: a strike against its member, and nothing to look into."""


class Advice(StrEnum):
    """What the operator can do about a code that stopped a model or the account."""

    KEY = "key"
    ARREARS = "arrears"
    DENIED = "denied"
    FREE_TIER = "free-tier"
    MODEL = "model"
    ADDRESS = "address"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job or one of its images failed.

    Attributes:
        code: the vendor's code, or a word of ours; for the log, the moderators and the vendor's support.
        kind: what it means.
        request_id: the vendor's, where it gave one.
    """

    code: str
    kind: FailureKind
    request_id: str = ""

    def of_request(self, request_id: str) -> Self:
        """Return the same with the vendor's id of the request that told of it."""
        return replace(self, request_id=request_id)


IN_DOUBT = Failure("in_doubt", FailureKind.DOUBT)
ANSWER_LOST = Failure("answer_lost", FailureKind.ANSWER)
TASK_FORGOTTEN = Failure("task_forgotten", FailureKind.FORGOTTEN)
TASK_FAILED = Failure("task_failed", FailureKind.SERVICE)
NO_RESULTS = Failure("no_results", FailureKind.RESULTS)
RESULT_REJECTED = Failure("result_rejected", FailureKind.RESULTS)
RESULT_UNAVAILABLE = Failure("result_unavailable", FailureKind.RESULTS)
INPUT_LOST = Failure("input_lost", FailureKind.INPUT)
FILE_LOST = Failure("file_lost", FailureKind.LOST)
