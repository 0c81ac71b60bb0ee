"""Waits: how long after a failure, and what is left of one whose end was written down by a clock that may be set."""

import random

LONGEST_RETRY_S = 300.0
"""However often something failed that may pass, it is tried again after five minutes at most: nothing is given up for
"later" alone, and what is down is not asked in vain all the time."""


def spread(seconds: float) -> float:
    """Return a little less than that: what one outage stopped should not all come back in step, and none later."""
    return seconds * random.uniform(0.8, 1.0)  # noqa: S311 - only spreads the attempts


def back_off_s(failures: int, first_s: float) -> float:
    """Return how long to wait after so many failures in a row: ``first_s`` after the first, then twice as long each."""
    # Capped before it is raised: whoever waits for a day would come to numbers that no float holds.
    return min(LONGEST_RETRY_S, first_s * 2 ** min(max(0, failures - 1), 16))


def left_ms(due_ms: int, now_ms: int, longest_ms: int) -> int:
    """Return what is left of a wait, 0 once it is over.

    Args:
        due_ms: when it ends, as it was written down.
        now_ms: the time.
        longest_ms: how long such a wait can be. One that seems longer was begun before the clock was set back, and
            nobody knows how much of it is left: it is over.
    """
    return due_ms - now_ms if now_ms < due_ms <= now_ms + longest_ms else 0
