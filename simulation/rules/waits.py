"""Rules about what was given up: messages, waits, and what the vendor made."""

import re
import sqlite3

from bot.domain.jobs.job import JobState
from simulation.world import World

DROPPED = "SELECT kind, outcome FROM outbox WHERE outcome IN ('given up: later', 'given up: fault')"
EXPIRED = "SELECT id, number FROM jobs WHERE state = 'expired' AND failure = 'waited_too_long'"
LEAST_WAIT_S = 600.0
"""No wait is ended sooner, whatever the clocks say: `sweeper.WATCHED_S`."""

UNFETCHED = """
SELECT id, number, state FROM jobs
WHERE EXISTS (SELECT 1 FROM images WHERE job_id = jobs.id AND code = 'result_unavailable')
"""
LEAST_TRIES_S = 600.0
"""For so long pictures are asked for at least: `collector.TRIED_FOR_S`."""

DOUBTED = "SELECT id, number FROM jobs WHERE state = 'failed' AND failure = 'in_doubt'"
OUTLIVED = re.compile(r"job (\d+): its doubt outlived")
SURE_AFTER_S = 3600.0
"""Before that no doubt is given up for its age: `elapsed.SURE_AFTER_S`."""

OPERATORS = "SELECT number, failure FROM jobs WHERE state = 'failed' AND failure IN ('Arrearage', 'InvalidApiKey')"
STOPS = "SELECT count(*) FROM outbox WHERE kind = 'lane-stopped' AND outcome <> 'given up: closed'"
"""Whoever shares no server with the bot, since it was put out of theirs, takes no message from it: the log says it."""
STOP_WORD = " has stopped.**"


def check(world: World) -> None:
    """No message is dropped for what passes, nothing given up before its time."""
    dropped = [tuple(row) for row in world.rows(DROPPED)]
    assert not dropped, f"a message was given up for what passes: {dropped}"
    reached_s = world.trace.reached_s
    hasty = [
        row["number"]
        for row in world.rows(EXPIRED)
        if reached_s[row["id"], JobState.EXPIRED] - reached_s[row["id"], JobState.HELD] < LEAST_WAIT_S
    ]
    assert not hasty, f"a wait was ended before its time: {hasty}"


def check_vendor(world: World) -> None:
    """What the vendor took is not given up soon, and no member's request fails for what is the operator's to see to."""
    unfetched = [row for row in world.rows(UNFETCHED) if _lasted_s(world, row, JobState.FETCHING) < LEAST_TRIES_S]
    soon = [row["id"] for row in unfetched]
    assert not soon, f"pictures were given up before their time: {soon}"
    outlived = {int(job_id) for job_id in OUTLIVED.findall(world.log)}
    doubted = [row for row in world.rows(DOUBTED) if row["id"] in outlived]
    early = [row["id"] for row in doubted if _lasted_s(world, row, JobState.IN_DOUBT) < SURE_AFTER_S]
    assert not early, f"a doubt was given up before its time: {early}"
    refused = [tuple(row) for row in world.rows(OPERATORS)]
    assert not refused, f"a request failed for what is the operator's to see to: {refused}"


def check_operator(world: World) -> None:
    """The operator was told of each stop of a model or the account."""
    channel = world.discord.world.direct.get(world.discord.application_owner.id)
    told = sum(STOP_WORD in message.content for message in (channel.messages.values() if channel else ()))
    stops = world.rows(STOPS)[0][0]
    assert told >= stops, f"the operator was told of too few stops: {told} of {stops}"


def _lasted_s(world: World, row: sqlite3.Row, begin: JobState) -> float:
    """Return how long it took from a job's first being in a state to its failure, or to its delivery."""
    reached_s, ends = world.trace.reached_s, (JobState.DELIVERING, JobState.FAILED)
    ended_s = [reached_s[row["id"], end] for end in ends if (row["id"], end) in reached_s]
    return min(ended_s) - reached_s[row["id"], begin]
