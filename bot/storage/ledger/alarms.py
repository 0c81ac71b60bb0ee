"""Word that a limit is nearly, or entirely, used up: once for each bucket, written where the limit is reached."""

import sqlite3
from collections.abc import Mapping

from bot.storage.outbox import messages

PERCENTS = (80, 100)
SOUND = "INSERT INTO alarms (bucket_id, percent, at_ms) VALUES (:bucket_id, :percent, :now_ms) ON CONFLICT DO NOTHING"


def watch(
    conn: sqlite3.Connection,
    kind: str,
    bucket_id: int,
    *,
    taken: int,
    limit: int | None,
    now_ms: int,
    content: Mapping[str, str | int],
) -> None:
    """Have it said once that so much of a limit is taken.

    Args:
        conn: inside a write transaction.
        kind: ``pool`` or ``cap``.
        bucket_id: of the limit, which is one of its period.
        taken: used and held, micro-yuan.
        limit: micro-yuan; None: there is no limit to reach.
        now_ms: when.
        content: what the message is filled with besides.
    """
    if limit is None:
        return
    reached = [percent for percent in PERCENTS if taken * 100 >= limit * percent]
    new = [percent for percent in reached if _is_new(conn, bucket_id, percent, now_ms)]
    if new:
        # What is taken by now, not the threshold that it has passed.
        figures = {"percent": taken * 100 // limit if limit else 100, "taken": taken, "limit": limit}
        messages.add(conn, f"{kind}-alarm", at_ms=now_ms, content={**content, **figures})


def _is_new(conn: sqlite3.Connection, bucket_id: int, percent: int, now_ms: int) -> bool:
    return conn.execute(SOUND, {"bucket_id": bucket_id, "percent": percent, "now_ms": now_ms}).rowcount == 1
