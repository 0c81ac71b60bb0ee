"""The append-only record of who did what; written in the transaction of what it records."""

import json
import sqlite3

ADD = """
INSERT INTO audit (at_ms, server_id, actor_id, act, job_id, detail)
VALUES (:at_ms, :server_id, :actor_id, :act, :job_id, :detail)
"""


def record(
    conn: sqlite3.Connection,
    act: str,
    *,
    at_ms: int,
    server_id: int,
    actor_id: int | None = None,
    job_id: int | None = None,
    **detail: str | int | None,
) -> None:
    """Write one row. ``actor_id`` None is the program itself. No prompt text and no secret belongs into ``detail``."""
    conn.execute(
        ADD,
        {
            "at_ms": at_ms,
            "server_id": server_id,
            "actor_id": actor_id,
            "act": act,
            "job_id": job_id,
            "detail": json.dumps(detail, ensure_ascii=False),
        },
    )
