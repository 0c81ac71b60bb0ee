"""What docs/privacy.md promises of what is old, and what must not change with age: the books, and what Discord has."""

import re
from typing import Any, NamedTuple

from bot.domain.pictures.names import owner_of
from simulation.judging.judge import of_bot
from simulation.rules import separation
from simulation.world import World

BOOKS = "SELECT kind, server_id, owner, period, used, held, granted FROM buckets ORDER BY id"
ROWS = "SELECT count(*) FROM ledger"
PROMPTS = """
SELECT prompt FROM jobs WHERE prompt <> '' UNION ALL SELECT original_prompt FROM jobs WHERE original_prompt <> ''
UNION ALL SELECT name FROM reference_sets
"""
TOKENS = "SELECT id FROM jobs WHERE token <> ''"
PATHS = "SELECT path FROM images WHERE path <> '' UNION SELECT path FROM input_pictures WHERE path <> ''"
SETS = "SELECT path FROM reference_pictures"
"""What is kept until nobody has used it for as long as prompts are kept."""

JOBS = "SELECT id FROM jobs"
SAID = """
SELECT kind, outcome FROM outbox
WHERE done_ms BETWEEN 1 AND ? AND kind NOT IN ('undelivered', 'ended', 'operator-report')
"""
SAID_DAYS = 8
"""A week, and until the next look."""
UNERASED = """
SELECT id FROM jobs WHERE prompt || original_prompt || negative_prompt <> '' OR message_id <> 0 OR channel_id <> 0
    OR roles <> '[]'
    OR EXISTS (SELECT 1 FROM images WHERE job_id = jobs.id AND (orig_prompt IS NOT NULL OR actual_prompt IS NOT NULL))
"""
PASSING = """
SELECT 'acts' AS name FROM acts WHERE at_ms < ?1
UNION SELECT 'searches' FROM searches WHERE at_ms < ?1
UNION SELECT 'price offers' FROM drafts WHERE expires_ms < ?1
UNION SELECT 'rewritten prompts' FROM prompt_offers WHERE expires_ms < ?1
UNION SELECT 'open forms' FROM open_edits WHERE expires_ms < ?1
UNION SELECT 'declined requests' FROM declined_requests WHERE expires_ms < ?1
UNION SELECT 'refused prompts' FROM refused_prompts WHERE at_ms < ?1
"""
"""What is kept for a day at most."""

PICTURES_DAYS, PROMPTS_DAYS = 30, 365
DAY_MS = 24 * 3600 * 1000


class Before(NamedTuple):
    """How things stood before the bot was away.

    Attributes:
        books: each bucket, and how many rows the ledger has.
        bill: what the vendor billed.
        prompts: of all jobs.
        shown: each message of the bot that stood, with all that it says, by its id.
    """

    books: list[Any]
    bill: list[Any]
    prompts: list[str]
    shown: dict[int, str]


def stand(world: World) -> Before:
    """Return how things stand."""
    books = [*map(tuple, world.rows(BOOKS)), world.rows(ROWS)[0][0]]
    prompts = [row["prompt"] for row in world.rows(PROMPTS)]
    shown = {one.id: separation.everything(one) for one in of_bot(world) if not one.deleted}
    return Before(books, world.vendor.bill(), prompts, shown)


def check(world: World, before: Before, days: float) -> None:
    """Hold what is kept after so many days against what is promised.

    Args:
        world: after the bot's last end.
        before: it was away.
        days: for which it was.
    """
    now = stand(world)
    assert now.books == before.books, f"the books changed with age alone: {now.books}, not {before.books}"
    assert now.bill == before.bill, f"the bill changed with age alone: {now.bill[len(before.bill) :]}"
    changed = [key for key, said in before.shown.items() if now.shown.get(key) != said]
    assert not changed, f"a message changed with age alone: {changed}"
    passed = [row["name"] for row in world.rows(PASSING, world.clock.now_ms() - DAY_MS)]
    assert not passed, f"something is kept for longer than a day: {passed}"
    tokens = [row["id"] for row in world.rows(TOKENS)]
    assert not tokens, f"a token outlived its quarter of an hour: {tokens}"
    said = [tuple(row) for row in world.rows(SAID, world.clock.now_ms() - SAID_DAYS * DAY_MS)]
    assert not said, f"what was said is kept for longer than a week: {said}"
    if days > PICTURES_DAYS:
        # Files of jobs that a restored copy does not know are not the program's to delete.
        left = {path for path in world.files() if owner_of(path) not in _unknown(world)}
        left -= {row["path"] for row in world.rows(SETS)}
        left |= {row["path"] for row in world.rows(PATHS)}
        assert not left, f"pictures outlived their days: {sorted(left)}"
    if days > PROMPTS_DAYS:
        unerased = [row["id"] for row in world.rows(UNERASED)]
        assert not unerased, f"prompts or links outlived their days: {unerased}"
        sets = [row["path"] for row in world.rows(SETS)]
        assert not sets, f"sets of pictures outlived their days: {sets}"
        _check_file(world, before)
    separation.check_secrets(world)


def _unknown(world: World) -> set[tuple[int, int]]:
    """Return what a file may be of that a restored copy does not know: requests and sets, by server."""
    if not world.lost.is_any:
        return set()
    # A job whose price was agreed to has the press's id, and what came in with it the request's.
    ids = {used.interaction_id for used in world.asked} | world.lost.unknown.keys()
    ids |= world.wishes.adding
    return {(guild.id, one) for guild in world.guilds for one in ids - {row["id"] for row in world.rows(JOBS)}}


def _check_file(world: World, before: Before) -> None:
    """Nothing of what was erased is left in unused parts of the file; an appeal that nobody decided is not erased."""
    files = [world.disk.database, *(world.disk.database.with_name(f"imagine.db-{end}") for end in ("wal", "shm"))]
    data = b"".join(file.read_bytes() for file in files if file.exists())
    found = [one for one in before.prompts if re.search(rb"(?<!says )" + re.escape(one.encode()) + rb"(?!\d)", data)]
    assert not found, f"what was erased can still be read in the file: {found}"
