"""Failures by their codes, with what the image service's own table says that they mean."""

from bot import failure_kinds
from bot.failure_kinds import Failure
from bot.providers.dashscope.errormap import kind_of

OURS = {one.code: one for one in vars(failure_kinds).values() if isinstance(one, Failure)}


def failure_of(code: str, request_id: str = "") -> Failure:
    """Return the failure that a code stands for."""
    return Failure(code, OURS[code].kind if code in OURS else kind_of(code), request_id)
