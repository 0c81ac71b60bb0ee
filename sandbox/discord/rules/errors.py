"""What the stand-in refuses, as the platform words it.

    Exception
    +- ApiError            a REST request is refused; becomes the HTTP answer
    +- ClientRefused       the member's own client would not have sent this
    +- InteractionFailed   the member sees "The application did not respond"

Codes and texts: Discord's documentation, topics/opcodes-and-status-codes.
"""

from typing import Any

Json = dict[str, Any]

_REFUSALS: dict[int, tuple[int, str]] = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    30032: (400, "Maximum number of application commands reached (100)."),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50083: (400, "Thread is archived"),
    50240: (
        400,
        "You cannot remove this app's Entry Point command in a bulk update operation. "
        "Please include the Entry Point command in your update request or delete it separately.",
    ),
    50109: (400, "The request body contains invalid JSON."),
    160005: (400, "Thread is locked"),
}


class ApiError(Exception):
    """A refusal with the platform's status and code.

    Attributes:
        status: the HTTP status.
        code: Discord's JSON error code; 0 where it has none.
        body: the JSON to answer with.
        headers: further headers.
    """

    def __init__(self, status: int, code: int, message: str, **extra: object) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.body: Json = {"message": message, "code": code, **extra}
        self.headers: dict[str, str] = {}


class ClientRefused(Exception):
    """The member's client would not send this, so the bot never hears of it."""


class InteractionFailed(Exception):
    """No callback within three seconds: "The application did not respond"."""


def refusal(code: int) -> ApiError:
    """The platform's standard refusal with this JSON error code."""
    status, message = _REFUSALS[code]
    return ApiError(status, code, message)


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def invalid_form(path: str, code: str, message: str) -> ApiError:
    """400 50035, with the fault under its dotted path (``components.0.label``), as topics/errors describes."""
    fault: Json = {"_errors": [{"code": code, "message": message}]}
    for key in reversed([part for part in path.split(".") if part]):
        fault = {key: fault}
    return ApiError(400, 50035, "Invalid Form Body", errors=fault)


def require_length(path: str, value: object, low: int, high: int) -> str:
    """Return ``value`` if it is a string of ``low`` to ``high`` characters, else raise 50035."""
    if value is None or (value == "" and low > 0):
        raise invalid_form(path, "BASE_TYPE_REQUIRED", "This field is required")
    if not isinstance(value, str):
        raise invalid_form(path, "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
    if not low <= len(value) <= high:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return value


def require_count(path: str, value: object, low: int, high: int) -> list[Any]:
    """Return ``value`` if it is a list of ``low`` to ``high`` entries, else raise 50035."""
    if not isinstance(value, list):
        raise invalid_form(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.")
    entries: list[Any] = value
    if not low <= len(entries) <= high:
        raise invalid_form(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return entries
