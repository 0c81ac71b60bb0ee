"""Cuts out of a trace what a reader sees of it first: the story of one job."""

import re
from collections.abc import Iterator, Sequence

LONGEST = 40
"""Lines."""

ASKS = re.compile(r" asks (\d+): ")
ENDS = "database job {} \\(#\\d+\\) is (delivered|failed|canceled|expired|void|undelivered)\\b"
TASK = re.compile(r", task ([\w-]+)\)$")
BESIDE = (" trouble ", " operator ")
"""What may concern any job."""

COMMONPLACE = re.compile(r" gets from |: GET /api/v1/tasks|takes turn ")
"""The receiving end of each message, questions how a task stands, and in whose turn something happens."""


def excerpt(lines: Sequence[str]) -> list[str]:
    """Return what concerns the request that trouble follows first until its job ends, and what goes wrong meanwhile."""
    strikes = next((number for number, line in enumerate(lines) if BESIDE[0] in line), 0)
    begins = max((number for number, line in enumerate(lines[:strikes]) if ASKS.search(line)), default=0)
    asked = ASKS.search(lines[begins]) if lines else None
    kept = list(_story(lines[begins:], asked[1])) if asked else []
    if len(kept) <= LONGEST:
        return kept
    half = LONGEST // 2
    return [*kept[:half], f"{'...':>13} {len(kept) - 2 * half} lines", *kept[-half:]]


def _story(lines: Sequence[str], job_id: str) -> Iterator[str]:
    names, ends = [job_id], re.compile(ENDS.format(job_id))
    for line in lines:
        is_its = any(name in line for name in names)
        if (is_its or any(word in line for word in BESIDE)) and not COMMONPLACE.search(line):
            yield line
        if is_its and (task := TASK.search(line)):
            names.append(task[1])
        if ends.search(line):
            return
