"""What outlasts a forgotten member: blocks, strikes and refusals that still count, what a running period has seen used.

All of it is kept under a keyed hash of the Discord id, and moved to the new account when the member comes back.
"""

import sqlite3
from collections.abc import Callable

from bot.domain.cases import STRIKE_WINDOW_MS
from bot.domain.periods import Period
from bot.storage import ledger, refused_prompts
from bot.storage.member_key import hash_of

PERIODS = ("allowance", "budget")
"""Kinds of buckets that begin anew with each period. Credit does not: it is lost with the account."""

SERVERS_OF = """
SELECT DISTINCT server_id FROM buckets
WHERE kind IN ('allowance', 'budget') AND server_id IN (SELECT id FROM servers) AND owner = :owner
"""
CARRY_USED = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, period, used, until_ms)
SELECT :hash, server_id, kind, period, used, :until_ms FROM buckets
WHERE kind IN ('allowance', 'budget') AND server_id = :server_id AND owner = :owner AND period = :period AND used > 0
"""
CARRY_BLOCKS = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, reference, until_ms)
SELECT :hash, server_id, 'block', case_id, until_ms FROM blocks
WHERE account_id = :account_id AND (until_ms = 0 OR until_ms > :now_ms)
"""
# Only those that count: what led to an earlier pause is done with.
CARRY_STRIKES = f"""
INSERT OR REPLACE INTO carried (hash, server_id, kind, reference, until_ms)
SELECT :hash, server_id, 'strike', job_id, at_ms + {STRIKE_WINDOW_MS} FROM strikes
WHERE account_id = :account_id AND at_ms > max(:now_ms - {STRIKE_WINDOW_MS}, coalesce((SELECT max(at_ms) FROM cases
    WHERE account_id = :account_id AND cases.server_id = strikes.server_id AND kind = 'pause'), 0))
"""
ANY = "SELECT 1 FROM carried LIMIT 1"
IN_FORCE = "SELECT * FROM carried WHERE hash = :hash AND (until_ms = 0 OR until_ms > :now_ms)"
DONE = "DELETE FROM carried WHERE hash = :hash"
EXPIRE = "DELETE FROM carried WHERE until_ms > 0 AND until_ms <= :now_ms"
BLOCK = """
INSERT OR IGNORE INTO blocks (server_id, account_id, until_ms, case_id)
VALUES (:server_id, :account_id, :until_ms, :reference)
"""
MOVE_STRIKE = "UPDATE strikes SET account_id = :account_id WHERE job_id = :reference"


def carry(
    conn: sqlite3.Connection, member_id: int, account_id: int, now_ms: int, period_of: Callable[[int], Period]
) -> bool:
    """Keep what must outlast a member who is about to be forgotten; say whether there is any.

    Args:
        conn: inside the transaction that forgets them.
        member_id: Discord's id of whom.
        account_id: theirs until now.
        now_ms: when.
        period_of: gives the period that runs in a server.
    """
    who = {"hash": hash_of(conn, member_id), "account_id": account_id, "owner": str(account_id), "now_ms": now_ms}
    for (server_id,) in conn.execute(SERVERS_OF, who).fetchall():
        period = period_of(server_id)
        conn.execute(CARRY_USED, {**who, "server_id": server_id, "period": period.key, "until_ms": period.end_ms})
    conn.execute(CARRY_BLOCKS, who)
    conn.execute(CARRY_STRIKES, who)
    refused_prompts.carry(conn, account_id, hash_of(conn, member_id))
    return is_anything_carried(conn, member_id, now_ms)


def bring_back(conn: sqlite3.Connection, member_id: int, account_id: int, now_ms: int) -> None:
    """Give a new account what was carried for its member, if they had been forgotten before."""
    for row in carried(conn, member_id, now_ms):
        values = {**dict(row), "account_id": account_id}
        if row["kind"] == "block":
            conn.execute(BLOCK, values)
        elif row["kind"] == "strike":
            conn.execute(MOVE_STRIKE, values)
        else:
            bucket = ledger.bucket(conn, row["kind"], row["server_id"], str(account_id), row["period"])
            ledger.move(conn, "correction", bucket.id, at_ms=now_ms, used=row["used"], reason="used before")
        conn.execute(DONE, values)
    if refused_prompts.any_carried(conn):
        refused_prompts.bring_back(conn, account_id, hash_of(conn, member_id))


def is_anything_carried(conn: sqlite3.Connection, member_id: int, now_ms: int) -> bool:
    """Whether anything of a member has outlasted their being forgotten."""
    if carried(conn, member_id, now_ms):
        return True
    return refused_prompts.any_carried(conn) and refused_prompts.is_carried(conn, hash_of(conn, member_id))


def carried(conn: sqlite3.Connection, member_id: int, now_ms: int) -> list[sqlite3.Row]:
    """Give what is carried for a member and still in force."""
    # Without any row the key is not needed, and need not be there.
    if conn.execute(ANY).fetchone() is None:
        return []
    return conn.execute(IN_FORCE, {"hash": hash_of(conn, member_id), "now_ms": now_ms}).fetchall()


def expire(conn: sqlite3.Connection, now_ms: int) -> int:
    """Delete what has been carried to its end, and refusals that count no more; give how many rows."""
    return conn.execute(EXPIRE, {"now_ms": now_ms}).rowcount + refused_prompts.expire(conn, now_ms)
