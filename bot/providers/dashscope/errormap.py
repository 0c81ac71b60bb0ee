"""What the vendor's error codes mean, once and as data.

`ERROR_TABLE` is the whole list; everything else here reads it. A row is found by its code, and the few codes with two
meanings by one word of the message; the HTTP status decides only where the code is unknown or missing. Sources: the
vendor's error code page, its text-to-image page and recorded answers; the texts are printed as they stand there.

This module knows nothing of HTTP clients. Its meanings go with each error, report and result into the rest of the
program, which knows no code.
"""

from dataclasses import dataclass

from bot.errors import (
    NOT_SENT,
    AccountStopped,
    ContentRefused,
    ImageServiceError,
    ModelStopped,
    OutcomeUnknown,
    PromptRefused,
    RetryLater,
    Throttled,
)
from bot.failure_kinds import Advice
from bot.failure_kinds import FailureKind as Kind

Raised = type[ImageServiceError]


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One meaning of one code.

    Attributes:
        statuses: the HTTP statuses that it is documented with; they don't take part in finding the row.
        code: the vendor's code; it also stands for ``code.anything`` that has no row of its own.
        raises: what it means for a create.
        kind: what it means for a member.
        text: one of the vendor's texts.
        word: if given, the row is only meant where the message has it; such rows come before the code's plain one.
        note: what the operator should know.
    """

    statuses: tuple[int, ...]
    code: str
    raises: Raised
    kind: Kind
    text: str
    word: str = ""
    note: str = ""


_OPERATOR_PAYS = "the operator has to pay or subscribe; HTTP says 429, but waiting doesn't help"
_NO_KEY = "also a key of another region, or a plan key (sk-sp-) at the usual base URL"

ERROR_TABLE: tuple[ErrorRow, ...] = (
    ErrorRow(
        (400,), "InvalidParameter", ModelStopped, Kind.MODEL, "Model not exist.", word="Model not exist",
        note="the other way to say ModelNotFound",
    ),
    ErrorRow(
        (400,), "InvalidParameter", ModelStopped, Kind.MODEL, "url error, please check url！", word="url error",
        note="the vendor serves this model at another address, in another form",
    ),
    ErrorRow(
        (400,), "InvalidParameter", PromptRefused, Kind.INPUT,
        "The image length and width do not meet the model restrictions.", word="image length and width",
    ),
    ErrorRow(
        (400,), "InvalidParameter", PromptRefused, Kind.INPUT,
        "the size of input image is too small or too large.", word="input image",
    ),
    ErrorRow(
        (400,), "InvalidParameter", PromptRefused, Kind.INPUT, "Invalid image format or corrupted file",
        word="image format",
    ),
    ErrorRow(
        (400,), "InvalidParameter", PromptRefused, Kind.INPUT,
        "Failed to decode the image during the data inspection.", word="decode the image",
    ),
    ErrorRow(
        (400,), "InvalidParameter", PromptRefused, Kind.INPUT,
        "Exceeded limit on max bytes per data-uri item : 10485760", word="data-uri",
    ),
    ErrorRow((400,), "InvalidParameter", PromptRefused, Kind.PARAMETERS, "Range of n should be [1, 4]"),
    ErrorRow(
        (400,), "InvalidParameter.DataInspection", PromptRefused, Kind.INPUT,
        "Unable to download the media resource during the data inspection process.",
    ),
    ErrorRow(
        (400,), "BadRequest.EmptyInput", PromptRefused, Kind.PARAMETERS,
        "Required input parameter missing from request.",
    ),
    ErrorRow(
        (400,), "BadRequest.EmptyParameters", PromptRefused, Kind.PARAMETERS,
        'Required parameter "parameters" missing from request.',
    ),
    ErrorRow(
        (400,), "BadRequest.EmptyModel", PromptRefused, Kind.PARAMETERS,
        'Required parameter "model" missing from request.',
    ),
    ErrorRow(
        (400,), "BadRequest.IllegalInput", PromptRefused, Kind.PARAMETERS,
        "The input parameter requires json format.",
    ),
    ErrorRow((400,), "BadRequest.TooLarge", PromptRefused, Kind.PARAMETERS, "Payload Too Large."),
    ErrorRow((400,), "InvalidURL", PromptRefused, Kind.PARAMETERS, "Invalid URL provided in your request."),
    ErrorRow((400,), "InvalidURL.Timeout", PromptRefused, Kind.PARAMETERS, "Invalid URL provided in your request."),
    ErrorRow(
        (400,), "InvalidURL.ConnectionRefused", PromptRefused, Kind.PARAMETERS,
        "Invalid URL provided in your request.",
    ),
    ErrorRow(
        (400,), "DataInspectionFailed", ContentRefused, Kind.CONTENT,
        "Input data may contain inappropriate content.",
    ),
    ErrorRow(
        (400,), "data_inspection_failed", ContentRefused, Kind.CONTENT,
        "Input or output data may contain inappropriate content.",
    ),
    ErrorRow(
        (400,), "CustomRoleBlocked", ContentRefused, Kind.CONTENT,
        "Input or output data may contain inappropriate content with custom rule.",
        note="a rule that the operator set in the vendor's console",
    ),
    ErrorRow(
        (400,), "IPInfringementSuspect", ContentRefused, Kind.IP,
        "Input data is suspected of being involved in IP infringement.",
    ),
    ErrorRow(
        (400,), "UnsupportedOperation", PromptRefused, Kind.PARAMETERS,
        "The operation is unsupported on the referee object.",
        note="to a cancel: the task is no longer PENDING",
    ),
    ErrorRow(
        (400,), "Arrearage", AccountStopped, Kind.ACCOUNT,
        "Access denied, please make sure your account is in good standing.",
        note="the account is overdue; not even the free quota can be used",
    ),
    ErrorRow((401,), "InvalidApiKey", AccountStopped, Kind.ACCOUNT, "Invalid API-key provided.", note=_NO_KEY),
    ErrorRow((401,), "invalid_api_key", AccountStopped, Kind.ACCOUNT, "Invalid API-key provided.", note=_NO_KEY),
    ErrorRow(
        (401,), "NOT AUTHORIZED", AccountStopped, Kind.ACCOUNT,
        "Access denied: Either you are not authorized to access this workspace, or the workspace does not exist.",
    ),
    # "asynchronous calls" has these words in it too. Either way this model can't be had through this API, while others
    # can: stopping the account for it would be too much.
    ErrorRow(
        (403,), "AccessDenied", ModelStopped, Kind.MODEL,
        "Current user api does not support asynchronous calls.", word="synchronous calls",
        note="the model has no asynchronous API, or something on the way takes X-DashScope-Async off",
    ),
    ErrorRow(
        (403,), "AccessDenied", AccountStopped, Kind.ACCOUNT, "Access denied.",
        note="no permission, or the free quota is gone and nothing paid is allowed",
    ),
    ErrorRow(
        (403,), "AccessDenied.Unpurchased", AccountStopped, Kind.ACCOUNT,
        "Access to model denied. Please make sure you are eligible for using the model.",
        note="the service is not activated in the vendor's console",
    ),
    ErrorRow((403,), "Workspace.AccessDenied", AccountStopped, Kind.ACCOUNT, "Workspace access denied."),
    ErrorRow((403,), "Model.AccessDenied", ModelStopped, Kind.MODEL, "Model access denied."),
    ErrorRow(
        (403,), "AllocationQuota.FreeTierOnly", ModelStopped, Kind.MODEL,
        "The free tier of the model has been exhausted. If you want to continue access the model on a paid basis, "
        'please disable the "use free tier only" mode in the management console.',
    ),
    ErrorRow(
        (404,), "ModelNotFound", ModelStopped, Kind.MODEL, "Model can not be found.", note="a wrong name, or retired",
    ),
    ErrorRow((404,), "model_not_found", ModelStopped, Kind.MODEL, "The model xxx does not exist."),
    ErrorRow((404,), "WorkSpaceNotFound", AccountStopped, Kind.ACCOUNT, "WorkSpace can not be found."),
    ErrorRow((404,), "NotFound", AccountStopped, Kind.ACCOUNT, "Not found!", note="most likely a wrong base URL"),
    ErrorRow((429,), "Throttling", Throttled, Kind.THROTTLED, "Requests throttling triggered."),
    ErrorRow(
        (429,), "Throttling.RateQuota", Throttled, Kind.THROTTLED,
        "Requests rate limit exceeded, please try again later.", note="recovers within a minute as a rule",
    ),
    ErrorRow(
        (429,), "Throttling.BurstRate", Throttled, Kind.THROTTLED,
        "Request rate increased too quickly. To ensure system stability, please adjust your client logic to scale "
        "requests more smoothly over time.",
    ),
    ErrorRow(
        (429, 400), "Throttling.AllocationQuota", ModelStopped, Kind.MODEL, "Free allocated quota exceeded.",
        word="Free", note="the free quota is gone and the model can't be paid for",
    ),
    ErrorRow(
        (429, 400), "Throttling.AllocationQuota", Throttled, Kind.THROTTLED,
        "Allocated quota exceeded, please increase your quota limit.", note="a quota per minute; it recovers",
    ),
    ErrorRow(
        (429,), "CommodityNotPurchased", AccountStopped, Kind.ACCOUNT, "Commodity has not purchased yet.",
        note=_OPERATOR_PAYS,
    ),
    ErrorRow(
        (429,), "PrepaidBillOverdue", AccountStopped, Kind.ACCOUNT, "The prepaid bill is overdue.",
        note=_OPERATOR_PAYS,
    ),
    ErrorRow(
        (429,), "PostpaidBillOverdue", AccountStopped, Kind.ACCOUNT, "The postpaid bill is overdue.",
        note=_OPERATOR_PAYS,
    ),
    # Of the vendor's own troubles only the two at the end say that nothing was started. Nobody says it of the others,
    # and what was started all the same would be drawn and billed twice.
    ErrorRow(
        (500,), "InternalError", OutcomeUnknown, Kind.SERVICE,
        "An internal error has occured, try again later or contact service support.",
    ),
    ErrorRow((500,), "internal_error", OutcomeUnknown, Kind.SERVICE, "An internal error has occured."),
    ErrorRow((500,), "InternalError.Algo", OutcomeUnknown, Kind.SERVICE, "inference internal error."),
    ErrorRow(
        (500,), "InternalError.Timeout", OutcomeUnknown, Kind.TIMEOUT,
        "An internal timeout error has occured during execution, please try again later or contact service support.",
        note="as a task's end: no result in three hours",
    ),
    ErrorRow((500,), "InternalError.Upload", OutcomeUnknown, Kind.SERVICE, "Failed to upload result."),
    ErrorRow((500,), "InternalError.FileUpload", OutcomeUnknown, Kind.SERVICE, "oss upload error."),
    ErrorRow(
        (500,), "SystemError", OutcomeUnknown, Kind.SERVICE, "An system error has occured, please try again later.",
    ),
    ErrorRow((500,), "ModelServiceFailed", OutcomeUnknown, Kind.SERVICE, "Failed to request model service."),
    ErrorRow((500,), "RequestTimeOut", OutcomeUnknown, Kind.TIMEOUT, "Request timed out, please try again later."),
    ErrorRow(
        (500,), "RewriteFailed", OutcomeUnknown, Kind.SERVICE, "Failed to rewrite content for prompt.",
        note="does not come with prompt_extend=false",
    ),
    # Not Throttled: it tells of the vendor's capacity, not that this account asked too fast.
    ErrorRow(
        (500, 503), "ModelServingError", RetryLater, Kind.THROTTLED,
        "Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.",
    ),
    ErrorRow((503,), "ModelUnavailable", RetryLater, Kind.SERVICE, "Model is unavailable, please try again later."),
)  # fmt: skip
"""Every documented code that this API can answer with."""

OUR_CODES: dict[str, Kind] = {
    NOT_SENT: Kind.SERVICE,  # no connection: name, port, TLS, proxy
    "timeout": Kind.TIMEOUT,  # no complete answer in time
    "broken": Kind.SERVICE,  # the connection went while an answer was due
    "unreadable": Kind.SERVICE,  # an answer, but not in the vendor's form
    "incomplete": Kind.SERVICE,  # the vendor's form, but what is needed is missing
}
"""Codes of ours, where the vendor gave none; ``http_`` and the status where only that came."""

ADVICE: dict[str, Advice] = {
    "InvalidApiKey": Advice.KEY,
    "invalid_api_key": Advice.KEY,
    "Arrearage": Advice.ARREARS,
    "AccessDenied": Advice.DENIED,
    "Model.AccessDenied": Advice.DENIED,
    "Workspace.AccessDenied": Advice.DENIED,
    "AllocationQuota.FreeTierOnly": Advice.FREE_TIER,
    "Throttling.AllocationQuota": Advice.FREE_TIER,
    "ModelNotFound": Advice.MODEL,
    # It stops a model only where it says that the model is not to be had there.
    "InvalidParameter": Advice.ADDRESS,
    "model_not_found": Advice.MODEL,
}
"""What the operator can do about a code that stops; it also stands for ``code.anything`` that has none of its own."""

UNKNOWN_CODE: tuple[tuple[int, int, Raised], ...] = (
    (401, 401, AccountStopped),
    (403, 403, AccountStopped),
    (429, 429, Throttled),
    (400, 499, PromptRefused),
)
"""A create's answer in the vendor's form with a code that no row has: first and last status, and what it means.

Whatever isn't listed, the vendor's own troubles above all, leaves the outcome unknown."""

GAVE_UP_WAITING = frozenset({408, 499, 504})
"""Statuses of a gateway that gave up on the caller or on what is behind it: whether a task was made they don't know,
whatever code comes with them."""

WITHOUT_CODE: tuple[tuple[int, int, Raised], ...] = (
    # A redirect was not followed and nothing behind it was reached: base_url is wrong until the operator sets it right.
    (300, 399, AccountStopped),
    (401, 401, AccountStopped),
    (404, 404, AccountStopped),
    (407, 407, AccountStopped),
    (429, 429, Throttled),
    # A firewall may dislike words of one prompt (403, 405): one member must not be able to stop everybody with that.
    (400, 499, PromptRefused),
)
"""The same for an answer that is not in the vendor's form; whatever isn't listed leaves the outcome unknown."""


def row_for(code: str, message: str = "") -> ErrorRow | None:
    """Find the row of ``code``, else that of the code before its last dot; None if there is none."""
    while code:
        for row in ERROR_TABLE:
            if row.code == code and row.word in message:
                return row
        code = code.rpartition(".")[0]
    return None


def meaning_for_create(http_status: int, code: str, message: str = "") -> Raised:
    """Return what to raise for a create that was answered with something else than a task.

    Args:
        http_status: of the answer.
        code: the vendor's, empty if the answer is not in the vendor's form.
        message: the vendor's, for the codes with two meanings.
    """
    if http_status in GAVE_UP_WAITING:
        return OutcomeUnknown
    if code:
        row = row_for(code, message)
        if http_status >= 500 and (row is None or row.code != code or http_status not in row.statuses):
            # Of the vendor's own troubles only what is documented as it stands says that nothing was started.
            return OutcomeUnknown
        return row.raises if row is not None else _by_status(UNKNOWN_CODE, http_status)
    return _by_status(WITHOUT_CODE, http_status)


def meaning_for_poll(http_status: int, code: str, message: str = "") -> Raised:
    """The same for a query, a list or a cancel.

    A poll never loses a task, so all that isn't certainly about the account or the rate is `RetryLater`: the task
    runs on, whatever a gateway says. Only the vendor's own 401 or 403 stops the account, and the task runs on then too.
    """
    row = row_for(code, message)
    if http_status == 429 or (row is not None and row.raises is Throttled):
        return Throttled
    if http_status in (401, 403) and code:
        return AccountStopped
    return RetryLater


def kind_of(code: str, message: str = "") -> Kind:
    """Return what a member should be told for any code: of a refusal, a FAILED task, one image, or one of ours."""
    if code.startswith("http_"):
        return Kind.SERVICE
    row = row_for(code, message)
    return row.kind if row is not None else OUR_CODES.get(code, Kind.UNKNOWN)


def advice_for(code: str) -> Advice:
    """Return what the operator can do about a code that stopped a model or the account."""
    while code:
        if code in ADVICE:
            return ADVICE[code]
        code = code.rpartition(".")[0]
    return Advice.OTHER


def _by_status(rules: tuple[tuple[int, int, Raised], ...], http_status: int) -> Raised:
    found = (raised for first, last, raised in rules if first <= http_status <= last)
    return next(found, OutcomeUnknown)
