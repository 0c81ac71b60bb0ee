"""Rules about what was given up: messages, and waits."""

from bot.domain.jobs.job import JobState
from simulation.world import World

DROPPED = "SELECT kind, outcome FROM outbox WHERE outcome IN ('given up: later', 'given up: fault')"
EXPIRED = "SELECT id, number FROM jobs WHERE state = 'expired' AND failure = 'waited_too_long'"
LEAST_WAIT_S = 600.0
"""No wait is ended sooner, whatever the clocks say: `sweeper.WATCHED_S`."""


def check(world: World) -> None:
    """No message is dropped for what passes, no wait ended before its time."""
    dropped = [tuple(row) for row in world.rows(DROPPED)]
    assert not dropped, f"a message was given up for what passes: {dropped}"
    reached_s = world.trace.reached_s
    hasty = [
        row["number"]
        for row in world.rows(EXPIRED)
        if reached_s[row["id"], JobState.EXPIRED] - reached_s[row["id"], JobState.HELD] < LEAST_WAIT_S
    ]
    assert not hasty, f"a wait was ended before its time: {hasty}"
