"""The index of prompts: what a search reads to find jobs, newest first, however many there are.

Every token begins with its server's number, so that a search reads nothing of other servers. The index only narrows
down: words are confirmed by reading the prompt itself.
"""

import sqlite3

from bot.domain.log.moderator_log import STATES, Search, Status
from bot.domain.text import words
from bot.failure_kinds import VENDOR_REFUSALS

SNOWFLAKE_EPOCH_MS = 1_420_070_400_000
"""Discord's ids begin with the milliseconds since then (reference.mdx, "Snowflakes")."""

SKEW_MS = 24 * 3600 * 1000
"""By how much our clock and Discord's may differ at most, so that an id still narrows down when a job was asked for."""

# What the member wrote and what was drawn: either is looked for.
PROMPTS = "iif(original_prompt = '', prompt, original_prompt || char(10) || prompt) AS prompts"
FIND = f"SELECT server_id, account_id, model, {PROMPTS} FROM jobs WHERE id = :id AND indexed = :indexed"
MARK = "UPDATE jobs SET indexed = :indexed WHERE id = :id"
MISSING = "SELECT id FROM jobs WHERE indexed = 0 ORDER BY id LIMIT :most"
ADD = "INSERT INTO log_words (rowid, tokens) VALUES (:id, :tokens)"
# An index without contents forgets by being told what it was told.
TAKE_OUT = "INSERT INTO log_words (log_words, rowid, tokens) VALUES ('delete', :id, :tokens)"

COLUMNS = f"jobs.id, jobs.state, {PROMPTS}, jobs.failure_kind, jobs.created_ms"
BY_WORDS = f"""
SELECT {COLUMNS} FROM log_words CROSS JOIN jobs ON jobs.id = log_words.rowid
WHERE log_words MATCH :tokens AND log_words.rowid >= :from_id AND log_words.rowid < :before_id
    AND jobs.server_id = :server_id
ORDER BY log_words.rowid DESC
"""
BY_SERVER = f"""
SELECT {COLUMNS} FROM jobs WHERE jobs.server_id = :server_id AND jobs.id >= :from_id AND jobs.id < :before_id
"""
OF_MEMBER = " AND jobs.account_id = :account_id"
# The second is word for word the condition of the index jobs_by_outcome: in other words SQLite would not use it.
IN_STATE = " AND jobs.state = '{}' AND jobs.state <> 'delivered'"
NEWEST_FIRST = " ORDER BY id DESC"


def index(conn: sqlite3.Connection, job_id: int) -> None:
    """Put a job into the index; one that is in it, or was taken out, is left as it is."""
    _move(conn, job_id, ADD, before=0, after=1)


def index_missing(conn: sqlite3.Connection, most: int) -> int:
    """Put up to ``most`` jobs into the index that an earlier version of the program had taken; return how many."""
    missing = [row[0] for row in conn.execute(MISSING, {"most": most})]
    for job_id in missing:
        index(conn, job_id)
    return len(missing)


def forget(conn: sqlite3.Connection, job_id: int) -> None:
    """Take a job out of the index for good. Call it before the prompt is erased: it is needed to find the entry."""
    _move(conn, job_id, TAKE_OUT, before=1, after=2)
    conn.execute(MARK, {"id": job_id, "indexed": 2})


def find(
    conn: sqlite3.Connection,
    server_id: int,
    search: Search,
    *,
    before_id: int,
    most: int,
    most_read: int,
) -> tuple[list[int], int]:
    """Look through one server's jobs for those that a search finds, newest first.

    Args:
        conn: inside a transaction.
        server_id: whose.
        search: for what.
        before_id: only jobs with lower ids.
        most: ids that are wanted.
        most_read: jobs that are read for them; of some searches the index gives many that are not meant.

    Returns:
        The ids, and before which id to go on; 0 if that were all.
    """
    statement, values = _statement(server_id, search, before_id)
    found: list[int] = []
    for read, row in enumerate(conn.execute(statement, values), 1):
        if _is_meant(row, search):
            found.append(row["id"])
        if len(found) == most or read == most_read:
            return found, row["id"]
    return found, 0


def _is_meant(row: sqlite3.Row, search: Search) -> bool:
    if row["created_ms"] < search.since_ms or (search.until_ms and row["created_ms"] >= search.until_ms):
        return False
    if search.status is not None and row["state"] not in STATES[search.status]:
        return False
    is_refused = row["failure_kind"] in VENDOR_REFUSALS
    if search.status in {Status.FAILED, Status.REFUSED} and is_refused != (search.status is Status.REFUSED):
        return False
    return not search.text or words.contains(row["prompts"], search.text)


def _statement(server_id: int, search: Search, before_id: int) -> tuple[str, dict[str, int | str]]:
    values: dict[str, int | str] = {
        "server_id": server_id,
        "from_id": _id_at(search.since_ms - SKEW_MS),
        "before_id": min(before_id, _id_at(search.until_ms + SKEW_MS)) if search.until_ms else before_id,
    }
    # A member's jobs alone have an index of their own; a text that is too short for tokens is read for.
    if (search.text or search.model) and (tokens := _sought(server_id, search)):
        values["tokens"] = " AND ".join(f'"{token}"' for token in tokens)
        return BY_WORDS, values
    statement = BY_SERVER
    if search.account_id is not None:
        statement += OF_MEMBER
        values["account_id"] = search.account_id
    if search.status is not None and search.status is not Status.DELIVERED:
        # State by state, each in the order of its index and merged as far as they are read: of several states at once
        # SQLite would read all of the server's jobs.
        statement = " UNION ALL ".join(
            f"{statement}{IN_STATE.format(state)}" for state in sorted(STATES[search.status])
        )
    return statement + NEWEST_FIRST, values


def _id_at(at_ms: int) -> int:
    """Return the lowest id that Discord may have given at a moment; in 2084 there are none left."""
    return min(max(0, at_ms - SNOWFLAKE_EPOCH_MS) << 22, 2**63 - 1)


def _sought(server_id: int, search: Search) -> list[str]:
    found = [f"{server_id:x}h{token}" for token in words.sought(search.text)]
    if search.account_id is not None:
        found.append(_member(server_id, search.account_id))
    if search.model:
        found.append(_model(server_id, search.model))
    return found


def _move(conn: sqlite3.Connection, job_id: int, statement: str, *, before: int, after: int) -> None:
    row = conn.execute(FIND, {"id": job_id, "indexed": before}).fetchone()
    if row is None:
        return
    server_id, account_id, model, prompts = row
    tokens = [f"{server_id:x}h{token}" for token in words.tokens(prompts)]
    tokens += [_member(server_id, account_id), _model(server_id, model)]
    conn.execute(statement, {"id": job_id, "tokens": " ".join(tokens)})
    conn.execute(MARK, {"id": job_id, "indexed": after})


def _member(server_id: int, account_id: int) -> str:
    return f"{server_id:x}i{account_id}"


def _model(server_id: int, model: str) -> str:
    # Names have dots and dashes, at which the tokenizer would cut.
    return f"{server_id:x}j{model.encode().hex()}"
