"""What admins and moderators do: once for each interaction, and never without its audit row."""

import sqlite3
from collections.abc import Mapping

from bot.domain.act import Act
from bot.errors import AlreadyDone
from bot.storage.records import audit
from bot.storage.records.accounts import account_of

NOTE = "INSERT INTO acts (interaction_id, at_ms) VALUES (:interaction_id, :now_ms) ON CONFLICT DO NOTHING"
FIND = "SELECT 1 FROM acts WHERE interaction_id = :interaction_id"
EXPIRE = "DELETE FROM acts WHERE at_ms <= :before_ms"

KEPT_MS = 24 * 3600 * 1000
"""For how long it is known that an interaction is done with. Discord delivers one again within minutes, if at all: its
token lives for a quarter of an hour, and a gateway's session can't be resumed for much longer."""


def note(conn: sqlite3.Connection, interaction_id: int, now_ms: int) -> bool:
    """Note that an interaction is done with. Whether it was not before."""
    return conn.execute(NOTE, {"interaction_id": interaction_id, "now_ms": now_ms}).rowcount == 1


def expire(conn: sqlite3.Connection, now_ms: int) -> None:
    """Forget the interactions that Discord delivers no more."""
    conn.execute(EXPIRE, {"before_ms": now_ms - KEPT_MS})


def require_new(conn: sqlite3.Connection, interaction_id: int) -> None:
    """Refuse an interaction that is done with.

    Raises:
        AlreadyDone: if it is; the caller's transaction must be rolled back.
    """
    if conn.execute(FIND, {"interaction_id": interaction_id}).fetchone():
        raise AlreadyDone(interaction_id)


def do(
    conn: sqlite3.Connection,
    act: Act,
    now_ms: int,
    *,
    job_id: int | None = None,
    detail: Mapping[str, str | int | None] | None = None,
) -> int:
    """Note an act, and return the actor's account.

    Raises:
        AlreadyDone: if its interaction was noted before; the caller's transaction must be rolled back.
    """
    if not note(conn, act.interaction_id, now_ms):
        raise AlreadyDone(act.interaction_id)
    actor = account_of(conn, act.actor_id, now_ms)
    said = {**(detail or {}), **({"reason": act.reason} if act.reason else {})}
    audit.record(conn, act.name, at_ms=now_ms, server_id=act.server_id, actor_id=actor, job_id=job_id, **said)
    return actor
