"""Erasing prompts, pictures and links: parts of larger transactions."""

import sqlite3
from collections.abc import Iterable

from bot.domain.privacy import ERASABLE, Forgotten, refuse_under_way
from bot.domain.requests.quota import Terms
from bot.domain.requests.quota_rules import binding, longest_wait_s
from bot.errors import AlreadyDone
from bot.storage.outbox import feed, gallery
from bot.storage.records import acts, audit, input_pictures, prompt_index, reference_sets, retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT
from bot.storage.records.retained_limits import Limits
from bot.storage.servers.servers import read_every_rule, read_settings
from bot.storage.servers.terms import applied

MOST_MESSAGES = 2000
"""Of the newest jobs: at one deletion a second, somewhat more than half an hour. Older messages stay in Discord."""

STATES = ", ".join(f"'{state}'" for state in sorted(ERASABLE))
"""From which a job may be erased, for SQL."""
# Naming the servers lets SQLite use the index by server and account.
_OF_ACCOUNT = "server_id IN (SELECT id FROM servers) AND account_id = :account_id"
UNDER_WAY = f"SELECT number FROM jobs WHERE {_OF_ACCOUNT} AND state NOT IN ({STATES}) ORDER BY id"
OF_ACCOUNT = f"SELECT id, erased_ms FROM jobs WHERE {_OF_ACCOUNT} ORDER BY id"
# The plus keeps SQLite from reading all jobs that have ended by the index of states.
OLD = f"""
SELECT id FROM jobs WHERE erased_ms = 0 AND created_ms < :before_ms AND +state IN ({STATES})
ORDER BY created_ms LIMIT :most
"""
KEEP_PATHS = """
INSERT OR IGNORE INTO leftover_files (path) SELECT path FROM images WHERE job_id = :id AND path <> ''
"""
KEEP_MESSAGE = """
INSERT OR IGNORE INTO leftover_messages (message_id, channel_id, application_id, token, token_expires_ms)
SELECT message_id, channel_id, application_id, token, token_expires_ms FROM jobs WHERE id = :id AND message_id <> 0
"""
KEEP_OLD_CARD = """
INSERT OR IGNORE INTO leftover_messages (message_id, channel_id, application_id, token, token_expires_ms)
SELECT message_id, channel_id, 0, '', 0 FROM old_cards WHERE job_id = :id
"""
DROP_OLD_CARD = "DELETE FROM old_cards WHERE job_id = :id"
ERASE_IMAGES = """
UPDATE images SET url = '', orig_prompt = NULL, actual_prompt = NULL, path = '', attachment_id = 0 WHERE job_id = :id
"""
ERASE_JOB = """
UPDATE jobs SET prompt = '', original_prompt = '', negative_prompt = '', channel_id = 0, message_id = 0, token = '',
    token_expires_ms = 0, locale = '', roles = '[]', shown = version, erased_ms = :now_ms
WHERE id = :id
"""
MARK_DELETED = "UPDATE jobs SET deleted_ms = :now_ms WHERE id = :id AND deleted_ms = 0"
DROP_QUESTIONS = "DELETE FROM removal_questions WHERE job_id = :id"
_IS_THEIR_CARD = """
EXISTS (SELECT 1 FROM jobs JOIN members USING (account_id)
    WHERE message_id = {message} AND message_id <> 0 AND discord_id = :member_id)
"""
# Theirs, and those of others to edit what they posted or had made.
OFFERS_ABOUT = f"""
(:member_id IN (drafts.member_id, json_extract(drafts.request, '$.source.author_id'))
    OR {_IS_THEIR_CARD.format(message="json_extract(drafts.request, '$.source.message_id')")})
"""
DROP_PRICE_OFFERS = f"DELETE FROM drafts WHERE {OFFERS_ABOUT}"
DROP_OPEN_EDITS = f"""
DELETE FROM open_edits WHERE :member_id IN (member_id, author_id)
    OR {_IS_THEIR_CARD.format(message="open_edits.message_id")}
"""
DROP_DECLINED = "DELETE FROM declined_requests WHERE member_id = :member_id"
DROP_PREFERENCES = "DELETE FROM preferences WHERE account_id = :account_id"
DROP_SERVER_PREFERENCES = "DELETE FROM server_preferences WHERE account_id = :account_id"
DROP_STARS = "DELETE FROM stars WHERE account_id = :account_id"
DROP_STARS_OF_JOB = "DELETE FROM stars WHERE job_id = :id"
DROP_WISHES = (DROP_PREFERENCES, DROP_SERVER_PREFERENCES, DROP_STARS)
EDITS_OF_PICTURES = "SELECT id FROM jobs WHERE pictures_of = :account_id AND erased_ms = 0 ORDER BY id"
# The card names whose picture it was: it is brought up to date.
SHOW_ANEW = "UPDATE jobs SET version = version + 1 WHERE id = :id AND state NOT IN ('held', 'void')"
DROP_PROMPT_OFFERS = "DELETE FROM prompt_offers WHERE member_id = :member_id"
DROP_RULES = "DELETE FROM rules WHERE scope = 'member' AND owner = :account_id"
DROP_SEARCHES = "DELETE FROM searches WHERE account_id = :account_id"
EMPTY_APPEALS = """
UPDATE appeals SET text = '', locale = '' WHERE state <> 'open' AND account_id = :account_id
"""
# Each wish is later than all before, however the clock is set: one that seemed older would never be fulfilled.
WANT_SCRUB = "UPDATE scrubs SET wanted_ms = max(wanted_ms + 1, :now_ms)"
DROP_MEMBER = "DELETE FROM members WHERE discord_id = :member_id"


def forget(
    conn: sqlite3.Connection, interaction_id: int, member_id: int, terms: Terms, now_ms: int
) -> Forgotten | None:
    """Forget a member; their rows of the ledger, their cases and the audit stay under the number of their account.

    Args:
        conn: inside a write transaction.
        interaction_id: by which they wished it; the same one again is the same wish.
        member_id: Discord's id of whom.
        terms: the operator's, for the periods that run.
        now_ms: when.

    Returns:
        What was erased; None if nothing was kept.

    Raises:
        AlreadyDone: if Discord delivered the interaction a second time.
        MemberError: if jobs are under way.
    """
    if conn.execute(acts.NOTE, {"interaction_id": interaction_id, "now_ms": now_ms}).rowcount == 0:
        raise AlreadyDone(interaction_id)
    input_pictures.let_go_offered(conn, OFFERS_ABOUT, {"member_id": member_id})
    conn.execute(DROP_PRICE_OFFERS, {"member_id": member_id})
    conn.execute(DROP_OPEN_EDITS, {"member_id": member_id})
    conn.execute(DROP_DECLINED, {"member_id": member_id})
    conn.execute(DROP_PROMPT_OFFERS, {"member_id": member_id})
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is None:
        return None
    account_id = int(known[0])
    account = {"account_id": account_id, "member_id": member_id}
    refuse_under_way([row[0] for row in conn.execute(UNDER_WAY, account)])
    outlasting = retained_limits.retain(
        conn,
        member_id,
        account_id,
        now_ms,
        day=terms.day,
        limits_in=lambda server_id: _limits(conn, server_id, account_id, terms, now_ms),
    )
    every = conn.execute(OF_ACCOUNT, account).fetchall()
    jobs = [row["id"] for row in every if not row["erased_ms"]]
    messages = sum(conn.execute(KEEP_MESSAGE, {"id": job_id}).rowcount for job_id in jobs[-MOST_MESSAGES:])
    messages += sum(conn.execute(KEEP_OLD_CARD, {"id": job_id}).rowcount for job_id in jobs[-MOST_MESSAGES:])
    pictures = erase(conn, jobs, now_ms) + reference_sets.let_go(conn, reference_sets.OF_MEMBER, account)
    for job_id in jobs:
        conn.execute(MARK_DELETED, {"id": job_id, "now_ms": now_ms})
        conn.execute(DROP_QUESTIONS, {"id": job_id})
    # Also of those that were erased for their age: their entries were left as they were.
    for row in every:
        feed.note_change(conn, row["id"], now_ms)
        gallery.take_down(conn, row["id"])
    feed.note_forgotten(conn, account_id, now_ms)
    pictures += _let_go_in_edits(conn, account_id, now_ms)
    for statement in (DROP_RULES, DROP_SEARCHES, EMPTY_APPEALS, *DROP_WISHES, DROP_MEMBER):
        conn.execute(statement, account)
    conn.execute(WANT_SCRUB, {"now_ms": now_ms})
    audit.record(conn, "member.forgotten", at_ms=now_ms, server_id=0, actor_id=account_id, jobs=len(jobs))
    return Forgotten(len(jobs), pictures, messages, outlasting)


def _let_go_in_edits(conn: sqlite3.Connection, account_id: int, now_ms: int) -> int:
    """Keep a member's pictures no longer that others had edited; return how many files are left to be deleted.

    An edit of which the image service has not had them yet fails for that, and is not charged.
    """
    files = 0
    for row in conn.execute(EDITS_OF_PICTURES, {"account_id": account_id}).fetchall():
        files += input_pictures.let_go(conn, row["id"])
        conn.execute(SHOW_ANEW, {"id": row["id"]})
        feed.note_change(conn, row["id"], now_ms)
    return files


def _limits(conn: sqlite3.Connection, server_id: int, account_id: int, terms: Terms, now_ms: int) -> Limits:
    rules = read_every_rule(conn, server_id, account_id)
    period = applied(terms, read_settings(conn, server_id), rules, now_ms).period
    return Limits(period, binding(terms.rule, rules), longest_wait_s(terms.rule, rules))


def old(conn: sqlite3.Connection, before_ms: int, most: int) -> list[int]:
    """Return up to ``most`` jobs that were asked for before ``before_ms`` and are not erased, oldest first."""
    return [row[0] for row in conn.execute(OLD, {"before_ms": before_ms, "most": most})]


def erase_old(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
    """Erase a job for its age; its message stays."""
    erase(conn, [job_id], now_ms)
    conn.execute(WANT_SCRUB, {"now_ms": now_ms})


def erase_unused_sets(conn: sqlite3.Connection, before_ms: int, now_ms: int) -> None:
    """Erase the sets of pictures that were last used before ``before_ms``."""
    if reference_sets.let_go(conn, reference_sets.UNUSED, {"before_ms": before_ms}):
        conn.execute(WANT_SCRUB, {"now_ms": now_ms})


def erase(conn: sqlite3.Connection, jobs: Iterable[int], now_ms: int) -> int:
    """Erase prompts, pictures and links of jobs that have ended; return how many files are left to be deleted."""
    files = 0
    for job_id in jobs:
        values = {"id": job_id, "now_ms": now_ms}
        # The index finds its entry by the prompt.
        prompt_index.forget(conn, job_id)
        files += conn.execute(KEEP_PATHS, values).rowcount + input_pictures.let_go(conn, job_id)
        conn.execute(ERASE_IMAGES, values)
        conn.execute(ERASE_JOB, values)
        conn.execute(DROP_OLD_CARD, values)
        conn.execute(DROP_STARS_OF_JOB, values)
    return files
