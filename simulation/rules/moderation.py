"""What moderators decided, and whether it came about: blocks, removed pictures, refunds, appeals."""

import re
import sqlite3
from collections import Counter

from simulation.rules.replay.audit import acts
from simulation.rules.replay.blocks import Blocks
from simulation.world import World

REMOVED = """
SELECT jobs.id, jobs.number, jobs.server_id, account_id NOT IN (SELECT account_id FROM members) AS is_forgotten,
    (SELECT max(path) FROM input_pictures WHERE job_id = jobs.id) AS input,
    (SELECT act FROM audit WHERE job_id = jobs.id AND act LIKE 'job.removal\\_%' ESCAPE '\\' ORDER BY id DESC) AS last
FROM jobs WHERE deleted_ms > 0 OR EXISTS (SELECT 1 FROM audit WHERE job_id = jobs.id AND act = 'job.removal_intent')
"""
PATHS = """
SELECT path FROM images WHERE path <> '' UNION SELECT path FROM input_pictures WHERE path <> ''
UNION SELECT path FROM reference_pictures
UNION SELECT json_extract(picture.value, '$.path') FROM drafts, json_each(drafts.request, '$.pictures') AS picture
"""
EXPECTED = "SELECT path FROM incoming_files"
REFUNDED = """
SELECT jobs.number, charged_free, charged_micros, -sum(used_delta) AS free, sum(granted_delta) AS micros,
    count(DISTINCT actor_id) AS people
FROM ledger JOIN holds ON holds.job_id = ledger.job_id JOIN jobs ON jobs.id = ledger.job_id
WHERE ledger.kind = 'refund' GROUP BY ledger.job_id HAVING count(actor_id)
"""
APPEALS = """
SELECT appeals.id, appeals.state, cases.server_id, cases.number, appeals.account_id,
    (SELECT count(*) FROM outbox WHERE kind = 'appeal-answer' AND content ->> '$.appeal_id' = appeals.id) AS answers,
    (SELECT outcome FROM outbox WHERE kind = 'appeal-answer' AND content ->> '$.appeal_id' = appeals.id) AS outcome
FROM appeals JOIN cases ON cases.id = appeals.case_id
"""


def check_blocks(world: World) -> None:
    """Who is blocked has nothing held for them, from the block's commit to its end, forgotten meanwhile or not."""
    blocks, wrong = Blocks(world), list[int | None]()
    for act in acts(world):
        blocks.note(act)
        if act.name == "job.held" and blocks.keep_out(act):
            wrong.append(act.job_id)
    assert not wrong, f"jobs were held for who was blocked: {wrong}"


def check_removals(world: World) -> None:
    """Removed pictures are gone from every channel, and from disk, where nothing else is left over either."""
    removed = world.rows(REMOVED)
    # Of who was forgotten, what Discord lets nobody delete stands; `forgotten` holds the rest.
    of_members = [row for row in removed if not row["is_forgotten"]]
    undone = [row["id"] for row in of_members if row["last"] in {"job.removal_intent", "job.removal_open"}]
    assert not undone, f"a removal was begun and not ended: {undone}"
    shown = {(guild.id, name) for guild in world.guilds for name in _shown_in(world, guild.id)}
    left = [row["id"] for row in of_members if (row["server_id"], row["number"]) in shown]
    assert not left, f"removed pictures still stand in a channel: {left}"
    brought = [row["id"] for row in removed if row["input"]]
    assert not brought, f"what came in with removed pictures is kept: {brought}"
    expected = [row["path"] for row in world.rows(EXPECTED)]
    assert not expected, f"files are still about to be written when all is calm: {expected}"
    on_disk, kept = world.files(), {row["path"] for row in world.rows(PATHS)}
    strays, missing = on_disk - kept, kept - on_disk - world.lost.files
    assert not strays | missing, f"files without a picture, or pictures without a file: {strays}, {missing}"


def _shown_in(world: World, server_id: int) -> set[int]:
    """Return the numbers of the jobs whose pictures everybody sees in some channel of a server."""
    guild = world.discord.world.guilds[server_id]
    messages = [one for channel in guild.channels.values() for one in channel.messages.values()]
    public = [one for one in messages if not one.deleted and one.viewer is None]
    names = [file.filename for message in public for file in message.attachments]
    return {int(found[1]) for name in names if (found := re.match(r"(?:SPOILER_)?(\d+)-\d", name))}


def check_refunds(world: World) -> None:
    """Whoever gives a charge back gives back all of it, once."""
    wrong = [
        dict(row)
        for row in world.rows(REFUNDED)
        if (row["free"], row["micros"]) != (row["charged_free"], row["charged_micros"]) or row["people"] != 1
    ]
    assert not wrong, f"a charge was given back twice, or in part: {wrong}"


def check_appeals(world: World) -> None:
    """Each appeal is decided once, and its member told so once."""
    decided = Counter((act.server_id, act.detail["case"]) for act in acts(world) if act.name.startswith("mod.appeal-"))
    appeals = world.rows(APPEALS)
    by_case = Counter((row["server_id"], row["number"]) for row in appeals if row["state"] != "open")
    assert decided == by_case, f"appeals were decided otherwise than they stand: {decided}, not {by_case}"
    wrong = [dict(row) for row in appeals if row["answers"] != (row["state"] != "open")]
    assert not wrong, f"appeals whose answer was not noted once: {wrong}"
    # A rejected appeal can be repeated: there may be several of a kind about a case.
    sent = Counter(_answer_to(world, row) for row in appeals if row["outcome"] == "sent")
    told = Counter({answer: _times_told(world, *answer) for answer in {_answer_to(world, row) for row in appeals}})
    assert +told == sent, f"members were told of appeals otherwise than was noted as sent: {+told}, not {sent}"


def _answer_to(world: World, row: sqlite3.Row) -> tuple[int, str]:
    """Return whom a decision is told to, and in which words."""
    server = world.discord.world.guilds[row["server_id"]].name
    member_id = world.trace.known.member_of(row["account_id"])
    return member_id, f"The moderators of {server} {row['state']} your appeal (case #{row['number']})."


def _times_told(world: World, member_id: int, words: str) -> int:
    channel = world.discord.world.direct.get(member_id)
    return sum(words in message.content for message in (channel.messages.values() if channel else ()))
