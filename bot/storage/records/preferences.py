"""What members decided for themselves: parts of larger transactions."""

import sqlite3

from bot.domain.preferences import Preferences
from bot.storage.records import retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT

READ = "SELECT others_may_edit FROM preferences WHERE account_id = :account_id"
WRITE = """
INSERT INTO preferences (account_id, others_may_edit) VALUES (:account_id, :others_may_edit)
ON CONFLICT (account_id) DO UPDATE SET others_may_edit = excluded.others_may_edit
"""


def read(conn: sqlite3.Connection, member_id: int, now_ms: int) -> Preferences:
    """Return a member's preferences, by Discord's id; of who was forgotten, those that outlasted it."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is None:
        return retained_limits.preferences_of(conn, member_id, now_ms)
    return read_of_account(conn, known["account_id"])


def read_of_account(conn: sqlite3.Connection, account_id: int) -> Preferences:
    """Return the preferences of an account."""
    row = conn.execute(READ, {"account_id": account_id}).fetchone()
    if row is None or row["others_may_edit"] is None:
        return Preferences()
    return Preferences(others_may_edit=bool(row["others_may_edit"]))


def write(conn: sqlite3.Connection, account_id: int, preferences: Preferences) -> None:
    """Set the preferences of an account."""
    conn.execute(WRITE, {"account_id": account_id, "others_may_edit": preferences.others_may_edit})
