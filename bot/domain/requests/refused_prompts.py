"""Prompts that were refused for what they say, by the server's rules or the image service: too many make wait."""

from collections.abc import Sequence
from dataclasses import dataclass

TOLERATED = 5
WINDOW_MS = 10 * 60 * 1000
WAIT_MS = 10 * 60 * 1000
"""Whose prompts were refused so often within the window waits so long after the last of them. One slip costs nothing;
who tries a rule out, or makes the image service refuse what all members share, is slowed down."""

FIGURES = {"count": TOLERATED, "minutes": WINDOW_MS // 60_000}
"""What people are told of that."""


@dataclass(frozen=True, slots=True)
class RefusedPrompts:
    """How a member stands whose prompts were refused.

    Attributes:
        last_ms: when the last one was; 0: none counts.
        again_ms: when they may ask again; 0: they need not wait.
        is_next_one_too_many: one more within the window makes them wait.
        strikes: how many of them, of the image service within a day, count towards a pause by the program.
        strikes_limit: at how many it pauses them; 0: at none.
    """

    last_ms: int = 0
    again_ms: int = 0
    is_next_one_too_many: bool = False
    strikes: int = 0
    strikes_limit: int = 0


def standing_after(refused_ms: Sequence[int], now_ms: int) -> RefusedPrompts:
    """Return how a member stands whose prompts were refused at these times.

    Args:
        refused_ms: the last `TOLERATED` times, or fewer, newest first; none later than now.
        now_ms: the time.
    """
    if not refused_ms:
        return RefusedPrompts()
    last_ms = refused_ms[0]
    if len(refused_ms) == TOLERATED and last_ms - refused_ms[-1] < WINDOW_MS:
        again_ms = last_ms + WAIT_MS
        return RefusedPrompts(last_ms, again_ms if now_ms < again_ms else 0)
    recent = [at_ms for at_ms in refused_ms if now_ms - at_ms < WINDOW_MS]
    return RefusedPrompts(last_ms, is_next_one_too_many=len(recent) == TOLERATED - 1)
