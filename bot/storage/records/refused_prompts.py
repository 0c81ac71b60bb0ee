"""Prompts that were refused for what they say: counted in the transaction of the refusal, so that nobody goes on."""

import sqlite3

from bot.domain.requests.refused_prompts import FIGURES, TOLERATED, WAIT_MS, WINDOW_MS, RefusedPrompts, standing_after
from bot.errors import Unavailable

ADD = "INSERT INTO refused_prompts (server_id, account_id, at_ms) VALUES (:server_id, :account_id, :now_ms)"
# What seems to come from the future was noted before a clock was set back: it keeps nobody waiting.
LAST = """
SELECT at_ms FROM refused_prompts
WHERE account_id = :account_id AND server_id = :server_id AND at_ms <= :now_ms ORDER BY at_ms DESC LIMIT :most
"""
LAST_RETAINED = """
SELECT at_ms FROM refused_prompts
WHERE hash = :hash AND server_id = :server_id AND at_ms <= :now_ms ORDER BY at_ms DESC LIMIT :most
"""
FORGIVE = "DELETE FROM refused_prompts WHERE account_id = :account_id AND server_id = :server_id"
RETAIN = "UPDATE refused_prompts SET account_id = NULL, hash = :hash WHERE account_id = :account_id"
LAST_OF_RETAINED = "SELECT max(at_ms) FROM refused_prompts WHERE hash = :hash"
ANY_RETAINED = "SELECT 1 FROM refused_prompts WHERE hash IS NOT NULL LIMIT 1"
BRING_BACK = "UPDATE refused_prompts SET account_id = :account_id, hash = NULL WHERE hash = :hash"
EXPIRE = "DELETE FROM refused_prompts WHERE at_ms <= :before_ms"


def note(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> RefusedPrompts:
    """Count a refusal; return how its member stands now."""
    conn.execute(ADD, {"server_id": server_id, "account_id": account_id, "now_ms": now_ms})
    return standing(conn, server_id, account_id, now_ms)


def wait_in_force(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> Unavailable | None:
    """Return the refusal of a member who has to wait; None if they need not."""
    again_ms = standing(conn, server_id, account_id, now_ms).again_ms
    return Unavailable("refused-too-often", **FIGURES, again_ms=again_ms) if again_ms else None


def standing(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> RefusedPrompts:
    """Return how a member stands in a server."""
    values = {"server_id": server_id, "account_id": account_id, "now_ms": now_ms, "most": TOLERATED}
    return standing_after([row[0] for row in conn.execute(LAST, values)], now_ms)


def retained_standing(conn: sqlite3.Connection, server_id: int, hash_: bytes, now_ms: int) -> RefusedPrompts:
    """Return the same of one who was forgotten."""
    values = {"server_id": server_id, "hash": hash_, "now_ms": now_ms, "most": TOLERATED}
    return standing_after([row[0] for row in conn.execute(LAST_RETAINED, values)], now_ms)


def forgive(conn: sqlite3.Connection, server_id: int, account_id: int) -> None:
    """Count nothing any more that a member was refused in a server until now."""
    conn.execute(FORGIVE, {"server_id": server_id, "account_id": account_id})


def retain(conn: sqlite3.Connection, account_id: int, hash_: bytes) -> None:
    """Keep what counts of a member who is about to be forgotten, under the keyed hash of their Discord id."""
    conn.execute(RETAIN, {"account_id": account_id, "hash": hash_})


def any_retained(conn: sqlite3.Connection) -> bool:
    """Whether something is kept of anybody who was forgotten."""
    return conn.execute(ANY_RETAINED).fetchone() is not None


def retained_until(conn: sqlite3.Connection, hash_: bytes, now_ms: int) -> int:
    """Return until when something is kept of one who was forgotten; 0 if nothing is."""
    last_ms = conn.execute(LAST_OF_RETAINED, {"hash": hash_}).fetchone()[0]
    until_ms = (last_ms or 0) + WINDOW_MS + WAIT_MS
    return until_ms if now_ms < until_ms else 0


def bring_back(conn: sqlite3.Connection, account_id: int, hash_: bytes) -> None:
    """Bring back to a new account what was kept of its member."""
    conn.execute(BRING_BACK, {"account_id": account_id, "hash": hash_})


def expire(conn: sqlite3.Connection, now_ms: int) -> int:
    """Delete what counts no more; return how many rows."""
    return conn.execute(EXPIRE, {"before_ms": now_ms - WINDOW_MS - WAIT_MS}).rowcount
