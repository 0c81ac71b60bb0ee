"""Why requests were refused before there was a job: a row for each reason that is noted and has words of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What others read in the place of what the member read.

    Attributes:
        log: the text of the moderators' log.
        report: the line of the admins' report that it is counted in.
    """

    log: str
    report: str


REFUSALS = {
    "over-quota": Row("log-why-quota", "report-refused-quota"),
    "over-pool": Row("log-why-pool", "report-refused-pool"),
    "over-cap": Row("log-why-cap", "report-refused-cap"),
    "too-many-images": Row("log-why-rule", "report-refused-rule"),
    "too-many-active": Row("log-why-rule", "report-refused-rule"),
    "cooling-down": Row("log-why-rule", "report-refused-rule"),
    "refused-too-often": Row("log-why-too-often", "report-refused-wait"),
    "lane-stopped": Row("log-why-busy", "report-refused-busy"),
    "account-stopped": Row("log-why-account", "report-refused-account"),
    "queue-full": Row("log-why-busy", "report-refused-busy"),
    "server-queue-full": Row("log-why-busy", "report-refused-busy"),
    "prompt-breaks-word": Row("log-why-word", "report-refused-prompt"),
    "prompt-breaks-pattern": Row("log-why-pattern", "report-refused-prompt"),
    "blocked": Row("log-why-blocked", "report-refused-blocked"),
}

OTHER = Row("log-why-other", "report-refused-other")
"""Of every other key; the log shows the key itself."""
