"""What the codes of all image services mean: kept with a job, they are told in words long after.

A further service adds its table here, and nothing else has to know it.
"""

from bot.domain.jobs.failure_kinds import Advice, FailureKind
from bot.providers.dashscope import errormap as dashscope

SERVICES = (dashscope,)


def kind_of(code: str) -> FailureKind:
    """Return what a member should be told for any code: of a refusal, a failed task, one image, or one of ours."""
    kinds = (service.kind_of(code) for service in SERVICES)
    return next((kind for kind in kinds if kind is not FailureKind.UNKNOWN), FailureKind.UNKNOWN)


def advice_for(code: str) -> Advice:
    """Return what the operator can do about a code that stopped a model or the account."""
    advice = (service.advice_for(code) for service in SERVICES)
    return next((one for one in advice if one is not Advice.OTHER), Advice.OTHER)
