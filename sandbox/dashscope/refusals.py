"""The vendor's ways to say no; the texts are those of its error page or of recorded answers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """Why a task or one image of it failed: HTTP says 200, the body says this."""

    code: str
    message: str


@dataclass(frozen=True)
class Refusal:
    """A request that is answered with a real HTTP status and a flat error body."""

    status: int
    code: str
    message: str


class Refused(Exception):
    """Carries a `Refusal` from where it is decided to where it is written."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


NO_KEY = Refusal(401, "InvalidApiKey", "No API-key provided.")
WRONG_KEY = Refusal(401, "InvalidApiKey", "Invalid API-key provided.")
NOT_ASYNC = Refusal(403, "AccessDenied", "current user api does not support synchronous calls.")
NOT_SYNC = Refusal(403, "AccessDenied", "current user api does not support asynchronous calls.")
NOT_FOUND = Refusal(404, "NotFound", "Not found!")
RATE = Refusal(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later.")
ARREARS = Refusal(400, "Arrearage", "Access denied, please make sure your account is in good standing.")
FREE_TIER_ONLY = Refusal(
    403,
    "AllocationQuota.FreeTierOnly",
    "The free tier of the model has been exhausted. If you want to continue access the model on a paid "
    'basis, please disable the "use free tier only" mode in the management console.',
)
MODEL_NOT_FOUND = Refusal(404, "ModelNotFound", "Model can not be found.")
OTHER_ENDPOINT = Refusal(400, "InvalidParameter", "url error, please check url！")
INAPPROPRIATE = Refusal(400, "DataInspectionFailed", "Input data may contain inappropriate content.")
IP_SUSPECT = Refusal(400, "IPInfringementSuspect", "Input data is suspected of being involved in IP infringement.")
NOT_CANCELABLE = Refusal(
    400,
    "UnsupportedOperation",
    "Failed to cancel the task, please confirm if the task is in PENDING status.",
)
TOO_LARGE = Refusal(400, "BadRequest.TooLarge", "Payload Too Large.")
NOT_JSON = Refusal(400, "BadRequest.IllegalInput", "The input parameter requires json format.")
BODY_INVALID = Refusal(400, "InvalidParameter", "Required body invalid, please check the request body format.")
NO_MODEL = Refusal(400, "BadRequest.EmptyModel", 'Required parameter "model" missing from request.')
NO_INPUT = Refusal(400, "BadRequest.EmptyInput", "Required input parameter missing from request.")

ALGO_FAILED = Failure("InternalError.Algo", "inference internal error.")
TIMED_OUT = Failure(
    "InternalError.Timeout",
    "An internal timeout error has occured during execution, please try again later or contact service support.",
)
OUTPUT_INAPPROPRIATE = Failure("DataInspectionFailed", "Output data may contain inappropriate content.")
OUTPUT_WITHHELD = Refusal(400, OUTPUT_INAPPROPRIATE.code, OUTPUT_INAPPROPRIATE.message)
INPUT_OR_OUTPUT = Refusal(
    400, "CustomRoleBlocked", "Input or output data may contain inappropriate content with custom rule."
)


def refusal_of(failure: Failure) -> Refusal:
    """Return how a call is refused that was taken and came to nothing. Guess: the status, by the error page."""
    return Refusal(500 if failure.code.startswith("InternalError") else 400, failure.code, failure.message)


def invalid(message: str) -> Refused:
    """Refuse a request for one of its parameters."""
    return Refused(Refusal(400, "InvalidParameter", message))


def undefined(name: str) -> Refused:
    """Refuse a request for a parameter of the wrong type, or with a value that it can't have."""
    return invalid(f"The type or value of {name} is out of definition.")
