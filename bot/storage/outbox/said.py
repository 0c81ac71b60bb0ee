"""What is said once, and whether it was. Parts of larger transactions."""

import sqlite3

SAY = "INSERT INTO said (what, at_ms) VALUES (:what, :now_ms) ON CONFLICT DO NOTHING"
UNSAY = "DELETE FROM said WHERE what = :what"
WAS_SAID = "SELECT 1 FROM said WHERE what = :what"


def say(conn: sqlite3.Connection, what: str, now_ms: int) -> bool:
    """Note that something is said now. Whether it was not before."""
    return conn.execute(SAY, {"what": what, "now_ms": now_ms}).rowcount > 0


def unsay(conn: sqlite3.Connection, what: str) -> None:
    """Note that something may be said again."""
    conn.execute(UNSAY, {"what": what})


def was_said(conn: sqlite3.Connection, what: str) -> bool:
    """Whether something was said."""
    return conn.execute(WAS_SAID, {"what": what}).fetchone() is not None
