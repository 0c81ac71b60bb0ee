"""Codes of failures as texts for members, and as advice for the operator."""

from collections import Counter

from bot.domain.jobs.failure_kinds import VENDOR_REFUSALS, Advice, FailureKind
from bot.domain.jobs.job import FILE_LOST, SERVER_LEFT, Job
from bot.providers import meanings

OURS = {
    "in_doubt": "failure-doubt",
    "task_forgotten": "failure-forgotten",
    "task_failed": "failure-service",
    "no_results": "failure-results",
    FILE_LOST: "failure-lost",
    "result_rejected": "failure-results",
    "result_unavailable": "failure-results",
}
"""Texts by words of ours for what the image service gave no code."""

FAILURES = {
    FailureKind.CONTENT: "failure-content",
    FailureKind.IP: "failure-ip",
    FailureKind.PARAMETERS: "failure-parameter",
    FailureKind.SERVICE: "failure-service",
    FailureKind.TIMEOUT: "failure-timeout",
    FailureKind.THROTTLED: "failure-busy",
    FailureKind.ACCOUNT: "failure-stopped",
    FailureKind.MODEL: "failure-stopped",
    FailureKind.UNKNOWN: "failure-unknown",
}
"""Texts by what the vendor's code means; the meaning of each code stands in its table of errors alone."""

EXPIRIES = {
    "waited_too_long": "expired-wait",
    "lane_stopped": "expired-stopped",
    "account_stopped": "expired-account",
    SERVER_LEFT: "expired-left",
}

UNDELIVERED = {
    "forbidden": "undelivered-forbidden",
    SERVER_LEFT: "undelivered-left",
    "locked": "undelivered-locked",
    "closed": "undelivered-closed",
    "gone": "undelivered-gone",
    "too_large": "undelivered-large",
    "unreadable": "undelivered-unreadable",
}

REASONS = {
    "failure-content": "feed-why-content",
    "failure-ip": "feed-why-ip",
    "failure-parameter": "feed-why-parameter",
    "failure-timeout": "feed-why-timeout",
    "failure-service": "feed-why-service",
    "failure-busy": "feed-why-busy",
    "failure-stopped": "feed-why-stopped",
    "failure-doubt": "feed-why-doubt",
    "failure-forgotten": "feed-why-unknown",
    "failure-results": "feed-why-results",
    "failure-lost": "feed-why-lost",
    "failure-unknown": "feed-why-unknown",
    "expired-wait": "log-why-waited",
    "expired-stopped": "log-why-stopped",
    "expired-account": "log-why-refusing",
    "expired-left": "log-why-left",
    "undelivered-forbidden": "feed-why-forbidden",
    "undelivered-left": "feed-why-left",
    "undelivered-locked": "feed-why-locked",
    "undelivered-closed": "feed-why-closed",
    "undelivered-gone": "feed-why-gone",
    "undelivered-large": "feed-why-large",
    "undelivered-unreadable": "feed-why-unreadable",
    "undelivered-other": "feed-why-other",
}
"""What moderators read in the place of what the member reads."""


ADVICE = {
    Advice.KEY: "advice-key",
    Advice.ARREARS: "advice-arrears",
    Advice.DENIED: "advice-denied",
    Advice.FREE_TIER: "advice-free-tier",
    Advice.MODEL: "advice-model",
    Advice.ADDRESS: "advice-address",
    Advice.OTHER: "advice-other",
}


def failure_key(code: str) -> str:
    """Return the text for a failed job or image."""
    return OURS.get(code) or FAILURES[meanings.kind_of(code)]


def is_vendor_refusal(code: str) -> bool:
    """Whether the service was well and refused what was asked for: nobody needs to look into that."""
    return code not in OURS and meanings.kind_of(code) in VENDOR_REFUSALS


def missing(job: Job) -> dict[str, int]:
    """Return how many pictures of a job that was made are missing, by their codes; "" where there is none."""
    counts = Counter(image.code for image in job.images if image.code)
    made = job.charged.images if job.charged is not None else job.request.count
    counts[""] += max(0, job.request.count - made - counts.total())
    return {code: count for code, count in counts.items() if count}


def expiry_key(reason: str) -> str:
    """Return the text for a job that waited too long."""
    return EXPIRIES.get(reason, "expired-wait")


def undelivered_key(reason: str) -> str:
    """Return the text for pictures that Discord would not take."""
    return UNDELIVERED.get(reason, "undelivered-other")


def advice_key(code: str) -> str:
    """Return what the operator can do about a code that stopped a lane."""
    return ADVICE[meanings.advice_for(code)]
