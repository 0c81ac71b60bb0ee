"""Why a request was refused, failed, expired or was not delivered: from codes to the keys of texts for each reader."""

from collections import Counter
from dataclasses import dataclass

from bot.domain.jobs.job import SERVER_LEFT, Job
from bot.failure_kinds import Advice, FailureKind

FAILURES = {
    FailureKind.CONTENT: "failure-content",
    FailureKind.IP: "failure-ip",
    FailureKind.PARAMETERS: "failure-parameter",
    FailureKind.INPUT: "failure-input",
    FailureKind.SERVICE: "failure-service",
    FailureKind.TIMEOUT: "failure-timeout",
    FailureKind.THROTTLED: "failure-busy",
    # A create with such a code stops the lane, and its job waits. These end a task or an image: nobody is told of it.
    FailureKind.ACCOUNT: "failure-unknown",
    FailureKind.MODEL: "failure-unknown",
    FailureKind.DOUBT: "failure-doubt",
    FailureKind.ANSWER: "failure-answer",
    FailureKind.FORGOTTEN: "failure-forgotten",
    FailureKind.RESULTS: "failure-results",
    FailureKind.LOST: "failure-lost",
    FailureKind.UNKNOWN: "failure-unknown",
}
"""Texts by what went wrong; what a vendor's code means, its provider knows alone."""

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

FOR_MODERATORS = {
    "failure-content": "feed-why-content",
    "failure-ip": "feed-why-ip",
    "failure-parameter": "feed-why-parameter",
    "failure-input": "feed-why-input",
    "failure-timeout": "feed-why-timeout",
    "failure-service": "feed-why-service",
    "failure-busy": "feed-why-busy",
    "failure-doubt": "feed-why-doubt",
    "failure-answer": "feed-why-answer",
    "failure-forgotten": "feed-why-forgotten",
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


@dataclass(frozen=True, slots=True)
class RefusalTexts:
    """What others read of a request that was refused before there was a job, in the place of what the member read.

    Attributes:
        log: the text of the moderators' log.
        report: the line of the admins' report that it is counted in.
    """

    log: str
    report: str


REFUSALS = {
    "over-quota": RefusalTexts("log-why-quota", "report-refused-quota"),
    "over-pool": RefusalTexts("log-why-pool", "report-refused-pool"),
    "over-cap": RefusalTexts("log-why-cap", "report-refused-cap"),
    "too-many-images": RefusalTexts("log-why-rule", "report-refused-rule"),
    "too-many-active": RefusalTexts("log-why-rule", "report-refused-rule"),
    "cooling-down": RefusalTexts("log-why-rule", "report-refused-rule"),
    "refused-too-often": RefusalTexts("log-why-too-often", "report-refused-wait"),
    "lane-stopped": RefusalTexts("log-why-busy", "report-refused-busy"),
    "account-stopped": RefusalTexts("log-why-account", "report-refused-account"),
    "queue-full": RefusalTexts("log-why-busy", "report-refused-busy"),
    "server-queue-full": RefusalTexts("log-why-busy", "report-refused-busy"),
    "prompt-breaks-word": RefusalTexts("log-why-word", "report-refused-prompt"),
    "prompt-breaks-pattern": RefusalTexts("log-why-pattern", "report-refused-prompt"),
    "prompt-refused-by-service": RefusalTexts("log-why-service", "report-refused-service"),
    "blocked": RefusalTexts("log-why-blocked", "report-refused-blocked"),
    "edit-others-off": RefusalTexts("log-why-consent", "report-refused-consent"),
    "edit-origin-off": RefusalTexts("log-why-consent", "report-refused-consent"),
    "edit-origin-refused": RefusalTexts("log-why-consent", "report-refused-consent"),
    "edit-others-refused": RefusalTexts("log-why-consent", "report-refused-consent"),
    "edit-private": RefusalTexts("log-why-consent", "report-refused-consent"),
}

OTHER_REFUSAL = RefusalTexts("log-why-other", "report-refused-other")
"""Of every other key of a refusal; the log shows the key itself."""


def failure_key(kind: FailureKind | None) -> str:
    """Return the text for a failed job or image; None: nobody said why."""
    return FAILURES[kind or FailureKind.UNKNOWN]


def missing(job: Job) -> dict[tuple[str, FailureKind | None], int]:
    """Return how many pictures of a job that was made are missing, by their codes and what those mean.

    Those of which nobody says why stand under ("", None).
    """
    counts = Counter((image.code, image.kind) for image in job.images if image.code)
    made = job.charged.images if job.charged is not None else job.awaited
    counts["", None] += max(0, job.awaited - made - counts.total())
    return {why: count for why, count in counts.items() if count}


def expiry_key(reason: str) -> str:
    """Return the text for a job that waited too long."""
    return EXPIRIES.get(reason, "expired-wait")


def undelivered_key(reason: str) -> str:
    """Return the text for pictures that Discord would not take."""
    return UNDELIVERED.get(reason, "undelivered-other")
