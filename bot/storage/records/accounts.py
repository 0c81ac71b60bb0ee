"""Members by number."""

import sqlite3

from bot.storage.records import retained_limits

FIND_ACCOUNT = "SELECT account_id FROM members WHERE discord_id = :member_id"
MEMBER_OF = "SELECT discord_id FROM members WHERE account_id = :account_id"
MAKE_ACCOUNT = "INSERT INTO accounts (created_ms) VALUES (:now_ms) RETURNING id"
MAP_MEMBER = "INSERT INTO members (discord_id, account_id) VALUES (:member_id, :account_id)"


def account_of(conn: sqlite3.Connection, member_id: int, now_ms: int) -> int:
    """Return the member's account, made at their first request; who was forgotten gets what outlasted that."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is not None:
        return int(known[0])
    account_id = int(conn.execute(MAKE_ACCOUNT, {"now_ms": now_ms}).fetchone()[0])
    conn.execute(MAP_MEMBER, {"member_id": member_id, "account_id": account_id})
    retained_limits.bring_back(conn, member_id, account_id, now_ms)
    return account_id
