"""What members decided for themselves: parts of larger transactions."""

import sqlite3
from dataclasses import asdict

from bot.domain.preferences import Preferences, ServerPreferences, Told
from bot.domain.text.enhance import Enhance
from bot.storage.records import retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT

READ = "SELECT others_may_edit, language FROM preferences WHERE account_id = :account_id"
WRITE = """
INSERT OR REPLACE INTO preferences (account_id, others_may_edit, language)
VALUES (:account_id, :others_may_edit, :language)
"""
READ_HERE = "SELECT * FROM server_preferences WHERE account_id = :account_id AND server_id = :server_id"
WRITE_HERE = """
INSERT OR REPLACE INTO server_preferences (account_id, server_id, model, size, count, enhance, private, told,
    shown_in_gallery)
VALUES (:account_id, :server_id, :model, :size, :count, :enhance, :private, :told, :shown_in_gallery)
"""
DROP_HERE = "DELETE FROM server_preferences WHERE account_id = :account_id AND server_id = :server_id"


def read(conn: sqlite3.Connection, member_id: int, now_ms: int, server_id: int = 0) -> Preferences:
    """Return a member's preferences, by Discord's id; of who was forgotten, those that outlasted it."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is None:
        return retained_limits.preferences_of(conn, member_id, now_ms)
    return read_of_account(conn, known["account_id"], server_id)


def read_of_account(conn: sqlite3.Connection, account_id: int, server_id: int = 0) -> Preferences:
    """Return the preferences of an account, with those that hold in a server; 0: in none."""
    row = conn.execute(READ, {"account_id": account_id}).fetchone()
    here = read_here(conn, account_id, server_id)
    if row is None:
        return Preferences(here=here)
    return Preferences(_truth(row["others_may_edit"]), row["language"], here)


def read_here(conn: sqlite3.Connection, account_id: int, server_id: int) -> ServerPreferences:
    """Return the preferences of an account that hold in one server alone."""
    row = conn.execute(READ_HERE, {"account_id": account_id, "server_id": server_id}).fetchone()
    return here_of(row) if row is not None else ServerPreferences()


def here_of(row: sqlite3.Row) -> ServerPreferences:
    """Return a row of the preferences in a server."""
    return ServerPreferences(
        model=row["model"],
        size=row["size"],
        count=row["count"],
        enhance=Enhance(row["enhance"]) if row["enhance"] is not None else None,
        private=_truth(row["private"]),
        told=Told(row["told"]) if row["told"] is not None else None,
        shown_in_gallery=_truth(row["shown_in_gallery"]),
    )


def write(conn: sqlite3.Connection, account_id: int, server_id: int, preferences: Preferences) -> None:
    """Set the preferences of an account, and those that hold in a server; 0: in none."""
    everywhere = {"others_may_edit": preferences.others_may_edit, "language": preferences.language}
    conn.execute(WRITE, {"account_id": account_id, **everywhere})
    here = {"account_id": account_id, "server_id": server_id, **asdict(preferences.here)}
    conn.execute(DROP_HERE if preferences.here == ServerPreferences() else WRITE_HERE, here)


def _truth(value: int | None) -> bool | None:
    return None if value is None else bool(value)
