"""What is left of members who were forgotten: nothing of theirs, and everything that binds them."""

import re
from collections.abc import Iterator

from bot.domain.jobs.job import JobState
from bot.domain.privacy import ERASABLE
from simulation.judging.judge import was_kept_by_discord
from simulation.known import KnownJob
from simulation.rules.replay.audit import acts
from simulation.rules.separation import everything
from simulation.world import World

OWNERS = "SELECT id, account_id FROM jobs"
KEPT_ROWS = """
SELECT jobs.id FROM jobs LEFT JOIN images ON images.job_id = jobs.id WHERE account_id = ?1 AND (
    jobs.prompt || negative_prompt || token || locale <> '' OR channel_id OR message_id OR NOT erased_ms
    OR original_prompt <> '' OR coalesce(path || url, '') <> '' OR coalesce(attachment_id, 0) OR orig_prompt IS NOT NULL
    OR actual_prompt IS NOT NULL
) UNION ALL SELECT 0 FROM members WHERE account_id = ?1
UNION ALL SELECT job_id FROM input_pictures JOIN jobs ON jobs.id = job_id WHERE path <> '' AND account_id = ?1
UNION ALL SELECT reference_sets.id FROM reference_sets LEFT JOIN reference_pictures ON set_id = reference_sets.id
    WHERE account_id = ?1
UNION ALL SELECT rewritings.id FROM rewritings JOIN prompt_offers USING (id) WHERE account_id = ?1
UNION ALL SELECT 0 FROM rules WHERE scope = 'member' AND owner = ?1
UNION ALL SELECT 0 FROM searches WHERE account_id = ?1
UNION ALL SELECT 0 FROM appeals WHERE account_id = ?1 AND state <> 'open' AND text <> ''
"""
INDEXED = "SELECT rowid FROM log_words WHERE log_words MATCH ?"
USED = """
SELECT server_id, kind, period, used FROM buckets WHERE kind IN ('allowance', 'budget') AND used > 0 AND owner = ?
"""
BROUGHT = """
SELECT coalesce(sum(used_delta), 0) AS used FROM ledger JOIN buckets ON buckets.id = bucket_id
WHERE buckets.server_id = ? AND buckets.kind = ? AND period = ? AND owner = ? AND reason = 'used before'
"""
BUCKET = "SELECT 1 FROM buckets WHERE server_id = ? AND kind = ? AND period = ? AND owner = ?"
STATES = set(JobState)

ESSENCE = re.compile(r"(\w+) \d+ at \w+")
"""What of a prompt no other has, and no message writes otherwise; it begins with who wrote it."""


def check_wishes(world: World) -> None:
    """Nobody is forgotten while a job of theirs is under way, or without having wished it."""
    owners = {row["id"]: row for row in world.rows(OWNERS)}
    states: dict[int, str] = {}
    forgotten: set[int | None] = set()
    wrong: list[int] = []
    for act in acts(world):
        state = act.name.removeprefix("job.")
        if act.job_id and state in STATES:
            states[act.job_id] = state
            if owners[act.job_id]["account_id"] in forgotten:
                wrong.append(act.job_id)
        elif act.name == "member.forgotten":
            forgotten.add(act.account_id)
            of_account = [job_id for job_id in states if owners[job_id]["account_id"] == act.account_id]
            wrong += [job_id for job_id in of_account if states[job_id] not in ERASABLE]
    assert not wrong, f"a member was forgotten while their job was under way: {wrong}"
    known = {row[0] for row in world.rows("SELECT account_id FROM members")}
    lost = sorted({row["account_id"] for row in owners.values()} - known - forgotten)
    assert not lost, f"a member was forgotten who never wished it, by account: {lost}"


def check_traces(world: World) -> None:
    """Nothing of what a forgotten member asked for is in the database, nor in a message that the bot may change."""
    for account_id, jobs in _forgotten(world):
        kept = [row["id"] for row in world.rows(KEPT_ROWS, account_id)]
        assert not kept, f"the database still has of a forgotten member, by job: {kept}"
        sought = [f'"{guild.id:x}i{account_id}"' for guild in world.guilds]
        found = [row["rowid"] for words in sought for row in world.rows(INDEXED, words)]
        assert not found, f"a search still finds a forgotten member's requests: {found}"
        essences = [match[0] for job in jobs.values() if (match := ESSENCE.search(job.prompt))]
        words = world.words()
        told = [essence for essence in essences if essence in words]
        assert not told, f"the database still has prompts of a forgotten member: {told}"
        shown = [essence for essence in essences if essence in "\n".join(_public(world))]
        assert not shown, f"messages still tell prompts of a forgotten member: {shown}"


def check_limits(world: World) -> None:
    """Whoever comes back finds used what they had used of a period that still runs.

    Which one that is, the clock says: where it was set in that day, what it said then may be over, or not begun.
    """
    if world.tally["machine clock_step"]:
        return
    people = world.trace.known.people
    for account_id, _ in _forgotten(world):
        later = [one for one, person in people.items() if one > account_id and person == people[account_id]]
        for row in world.rows(USED, str(account_id)) if later else ():
            bucket = (row["server_id"], row["kind"], row["period"], str(min(later)))
            brought = world.rows(BROUGHT, *bucket)[0]["used"]
            is_right = brought == row["used"] or not world.rows(BUCKET, *bucket)
            assert is_right, f"forgetting gave back what was used: {dict(row)}, brought {brought}"


def _forgotten(world: World) -> Iterator[tuple[int, dict[int, KnownJob]]]:
    """Yield the accounts of forgotten members, each with its jobs."""
    for act in acts(world):
        if act.name == "member.forgotten":
            yield act.account_id or 0, world.trace.known.jobs_of(act.account_id or 0)


def _public(world: World) -> Iterator[str]:
    """Yield all that stands in the servers for more than one reader, but for what Discord let nobody delete."""
    for guild in world.guilds:
        for channel in guild.channels.values():
            for message in channel.messages.values():
                is_read = message.author.bot and not message.deleted and message.viewer is None
                if is_read and not was_kept_by_discord(world, message.id):
                    yield everything(message)
