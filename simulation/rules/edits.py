"""Whether pictures were edited as their owners and their servers said, and whether that was told."""

import re
import sqlite3
from collections import Counter
from itertools import pairwise, takewhile

from sandbox.discord.rules.components import walk
from sandbox.discord.state.messages import Message
from simulation.judging.judge import of_bot
from simulation.rules.replay.audit import AuditedAct, acts
from simulation.servers import LOG
from simulation.world import World

OWNERS = "SELECT id, coalesce(pictures_of, 0) AS account_id FROM jobs"
TOLD = """
SELECT jobs.id, outbox.id AS notice_id, jobs.pictures_of,
    EXISTS (SELECT 1 FROM audit WHERE job_id = jobs.id AND act = 'job.delivered') AS is_delivered
FROM jobs LEFT JOIN outbox ON outbox.job_id = jobs.id AND outbox.kind = 'picture-edited'
"""
NOTES = """
SELECT outbox.id AS notice_id, outbox.kind, job_id, outcome, outbox.content ->> '$.jobs' AS job_ids, outbox.done_ms,
    jobs.pictures_of, discord_id
FROM outbox JOIN jobs ON jobs.id = outbox.job_id
LEFT JOIN members ON members.account_id = jobs.pictures_of
WHERE outbox.kind IN ('picture-edited', 'pictures-edited') ORDER BY outbox.id
"""
SHOWN = """
SELECT jobs.id, discord_id FROM jobs JOIN members ON members.account_id = jobs.pictures_of
WHERE EXISTS (SELECT 1 FROM members AS own WHERE own.account_id = jobs.account_id)
"""

GATHERED = "gathered"

APART_MS = 60 * 60 * 1000
"""Between two messages to an owner; what comes meanwhile goes into the next one."""

LINK = re.compile(r"logs:job:(\d+)$")


def check_consent(world: World) -> None:
    """Nobody's picture is edited against their word, or their server's, as they stood when the hold was made.

    What was made of it is theirs as well; but whoever was forgotten need not be known any more.
    """
    named = {row["id"]: world.trace.known.people.get(row["account_id"]) for row in world.rows(OWNERS)}
    allowed: dict[int, bool] = {}
    gone: set[int | None] = set()
    wrong: list[str] = []
    for act in acts(world):
        if "edits_others" in act.detail:
            allowed[act.server_id] = allows_edits(act)
        elif act.name == "member.forgotten":
            gone.add(act.person_id)
        elif act.name == "job.held":
            job_id = act.job_id or 0
            owners = world.wishes.owners.get(world.trace.known.prompt_of(job_id), ())
            others = [owner for owner in owners if owner != act.person_id]
            known = [owner for owner in others if owner not in gone]
            nearest = [*takewhile(gone.__contains__, others), *(known[:1] or [None])]
            if named[job_id] not in nearest:
                wrong.append(f"{job_id}: of one of {nearest}, and not of {named[job_id]}")
            elif named[job_id] and not allowed.get(act.server_id):
                wrong.append(f"{job_id}: server {act.server_id} allows it not")
            held_s = world.trace.reached_s[job_id, "held"]
            wrong += [f"{job_id}: {one} has said no" for one in known if True not in world.wishes.standing(one, held_s)]
    assert not wrong, f"a picture was edited that was not to be: {wrong}"


def allows_edits(act: AuditedAct) -> bool:
    """Whether an act that says so lets pictures of others be edited."""
    return act.detail["edits_others"].endswith(("True", "1"))


def check_wrong(world: World) -> None:
    """Nothing is held for what must be refused, whatever else is right about it."""
    held = [job_id for job_id, job in world.trace.known.jobs.items() if job.prompt in world.wishes.wrong]
    assert not held, f"a request was taken that has to be refused: {held}"


def check_told(world: World) -> None:
    """Whose picture was edited is told once, when what came of it was delivered; nobody else is."""
    rows = world.rows(TOLD)
    due = Counter(row["id"] for row in rows if row["pictures_of"] and row["is_delivered"])
    noted = Counter(row["id"] for row in rows if row["notice_id"])
    assert noted == due, f"owners of pictures were told otherwise than pictures were delivered: {noted}, not {due}"


def check_gathered(world: World) -> None:
    """What was gathered for an owner stands in one message of theirs; each of their messages came once, and alone."""
    notes = world.rows(NOTES)
    gathered = sorted((row["pictures_of"], row["job_id"]) for row in notes if row["outcome"] == GATHERED)
    listed = sorted((row["pictures_of"], int(one)) for row in notes for one in (row["job_ids"] or "").split())
    assert gathered == listed, f"edits that were gathered are not those of a message: {gathered}, and {listed}"
    sent = [row for row in notes if row["outcome"] == "sent"]
    wrong = [row["notice_id"] for row in sent if not _is_told_once(world, row)]
    assert not wrong, f"an owner was told of edits not once, or somebody else was: {wrong}"
    if world.tally["machine clock_step"]:
        return
    told_ms = sorted((row["pictures_of"], row["done_ms"]) for row in sent if row["pictures_of"])
    hasty = [two for one, two in pairwise(told_ms) if one[0] == two[0] and two[1] - one[1] < APART_MS]
    assert not hasty, f"an owner was told of edits twice within an hour: {hasty}"


def _is_told_once(world: World, row: sqlite3.Row) -> bool:
    told = [message for message in of_bot(world) if message.nonce == f"notice-{row['notice_id']}"]
    readers = [message.channel.recipient.id if message.channel.recipient else 0 for message in told]
    # Whoever was forgotten since, nobody can name any more.
    return readers == [row["discord_id"] or readers[0]]


def check_log(world: World) -> None:
    """The log says whose a picture was."""
    owners = {row["id"]: row["discord_id"] for row in world.rows(SHOWN)}
    silent = [
        job_id
        for guild in world.guilds
        for message in guild.channel(LOG).messages.values()
        if message.author is world.discord.world.bot and not message.deleted and message.viewer is None
        for job_id in _jobs_of(message) & owners.keys()
        if f"<@{owners[job_id]}>" not in str(message.components)
    ]
    assert not silent, f"the log does not say whose a picture was: {silent}"


def _jobs_of(message: Message) -> set[int]:
    """Return the jobs that a message of the log has a button for."""
    found = [LINK.match(str(one.get("custom_id", ""))) for one in walk(message.components)]
    return {int(one[1]) for one in found if one}
