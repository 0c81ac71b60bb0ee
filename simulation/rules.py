"""What must be true after a simulated day beyond what must be true after any crash."""

from bot.domain.jobs.job import JobState
from simulation.world import World

ACTED = """
SELECT jobs.number, audit.act, actors.discord_id FROM audit JOIN jobs ON jobs.id = audit.job_id
JOIN members AS actors ON actors.account_id = audit.actor_id
WHERE audit.act IN ('job.cancel_wished', 'job.removal_intent') AND audit.actor_id <> jobs.account_id
"""
OWNERLESS = """
SELECT number FROM jobs WHERE account_id NOT IN (SELECT account_id FROM members)
"""
DROPPED = "SELECT kind, outcome FROM outbox WHERE outcome IN ('given up: later', 'given up: fault')"
EXPIRED = "SELECT id, number FROM jobs WHERE state = 'expired' AND failure = 'waited_too_long'"
LEAST_WAIT_S = 600.0
"""No wait is ended sooner, whatever the clocks say: `sweeper.WATCHED_S`."""


def check(world: World) -> None:
    """Hold the rights of people, the messages to them and the waits against what was."""
    moderators = {world.member("mod").id, world.discord.application_owner.id}
    acted = [tuple(row) for row in world.rows(ACTED) if row["discord_id"] not in moderators]
    assert not acted, f"somebody acted on another member's job: {acted}"
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
