"""Rules about what was given up: members under way, messages, and waits."""

from bot.domain.jobs.job import JobState
from simulation.world import World

OWNERLESS = """
SELECT number FROM jobs WHERE account_id NOT IN (SELECT account_id FROM members)
"""
DROPPED = "SELECT kind, outcome FROM outbox WHERE outcome IN ('given up: later', 'given up: fault')"
EXPIRED = "SELECT id, number FROM jobs WHERE state = 'expired' AND failure = 'waited_too_long'"
LEAST_WAIT_S = 600.0
"""No wait is ended sooner, whatever the clocks say: `sweeper.WATCHED_S`."""


def check(world: World) -> None:
    """Nobody is forgotten under way, no message dropped for what passes, no wait ended before its time."""
    ownerless = [row["number"] for row in world.rows(OWNERLESS)]
    assert not ownerless, f"a member was forgotten while their job was under way: {ownerless}"
    dropped = [tuple(row) for row in world.rows(DROPPED)]
    assert not dropped, f"a message was given up for what passes: {dropped}"
    reached_s = world.trace.reached_s
    hasty = [
        row["number"]
        for row in world.rows(EXPIRED)
        if reached_s[row["id"], JobState.EXPIRED] - reached_s[row["id"], JobState.HELD] < LEAST_WAIT_S
    ]
    assert not hasty, f"a wait was ended before its time: {hasty}"
