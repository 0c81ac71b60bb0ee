"""What the bot notes as said, and whether anybody has it, and has it once."""

from collections import Counter

from bot.domain.jobs.job import JobState
from sandbox.discord.state.messages import Message
from simulation.judging.judge import of_bot
from simulation.world import PING_AFTER_S, World

SENT = "SELECT id, kind FROM outbox WHERE outcome = 'sent' AND feed = 0 ORDER BY id"
NOT_CALLED = """
SELECT id, number, state FROM jobs WHERE state = 'delivered' AND account_id IN (SELECT account_id FROM members)
    AND NOT EXISTS (SELECT 1 FROM outbox WHERE job_id = jobs.id AND kind = 'ping')
"""
LONG_S = PING_AFTER_S + 45.0
"""Whoever waited so long, from the hold's row to the delivery's, waited too long however slow the disk is."""

NOTES = ("notice-", "feed-", "refusals-")
"""How the nonces begin of what the bot says unasked."""


def check(world: World) -> None:
    """Each message that counts as sent has been posted."""
    posted = {message.nonce for message in of_bot(world)}
    missing = [tuple(row) for row in world.rows(SENT) if f"notice-{row['id']}" not in posted]
    assert not missing, f"what nobody has counts as sent: {missing}"


def check_pings(world: World) -> None:
    """Whoever waited long for their pictures is called to them; how long, no clock tells that is set meanwhile."""
    if world.tally["machine clock_step"]:
        return
    reached_s = world.trace.reached_s
    waited_s = {
        row["id"]: reached_s[row["id"], JobState.DELIVERED] - reached_s[row["id"], JobState.HELD]
        for row in world.rows(NOT_CALLED)
    }
    wrong = [job_id for job_id, seconds in waited_s.items() if seconds > LONG_S]
    assert not wrong, f"somebody waited long and was not called: {wrong}"


def check_strays(world: World) -> None:
    """Whatever stands before everybody's eyes is a job's own message or a notice, and each of these is there once."""
    public = [message for message in of_bot(world) if message.channel.guild is not None and message.viewer is None]
    twice = [
        nonce for nonce, times in Counter(message.nonce for message in public if message.nonce).items() if times > 1
    ]
    assert not twice, f"the same was said more than once before everybody's eyes: {twice}"
    jobs = {message_id for job in world.trace.known.jobs.values() for message_id in job.messages}
    strays = [message.id for message in public if not message.deleted and not _is_known(message, jobs)]
    assert not strays, f"messages stand in a channel that belong to nothing: {strays}"


def _is_known(message: Message, jobs: set[int]) -> bool:
    # "Thinking" stays where a bot died before it had written anything down; `answers` knows when that is.
    is_note = str(message.nonce or "").startswith(NOTES)
    return message.id in jobs or is_note or message.loading
