"""Cuts out of a trace what a reader sees of it first."""

import re
from collections.abc import Sequence

LONGEST = 40
"""Lines."""

ENDS = re.compile(r"database job #\d+ is (delivered|failed|canceled|expired|void|undelivered)\b")
COMMONPLACE = re.compile(r" gets from |: \d+ bytes$|: GET /api/v1/tasks|: 20\d \w+( \w+)?$")
"""The receiving end of each message, what has no name, questions how a task stands, answers that all is well."""


def excerpt(lines: Sequence[str]) -> list[str]:
    """Return what a reader needs of a trace from the request that trouble follows first until a job ends."""
    strikes = next((number for number, line in enumerate(lines) if " trouble " in line), 0)
    begins = max((number for number, line in enumerate(lines[:strikes]) if " asks " in line), default=0)
    ends = next((strikes + number for number, line in enumerate(lines[strikes:]) if ENDS.search(line)), len(lines))
    kept = [line for line in lines[begins : ends + 1] if not COMMONPLACE.search(line)]
    if len(kept) <= LONGEST:
        return kept
    half = LONGEST // 2
    return [*kept[:half], f"{'...':>13} {len(kept) - 2 * half} lines", *kept[-half:]]
