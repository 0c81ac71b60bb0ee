"""Requests that their members' quotas did not cover. Each method is one transaction."""

import json
import sqlite3
from dataclasses import asdict
from typing import Any

from bot.domain.requests.instead import DeclinedRequest
from bot.domain.requests.request import Options
from bot.domain.requests.rewriting import Enhanced
from bot.domain.text.enhance import Enhance
from bot.ports import Clock
from bot.storage.jobs.price_offers import LIVES_MS
from bot.storage.sqlite.database import Database

KEPT = (
    "prompt",
    "negative_prompt",
    "model",
    "size",
    "count",
    "seed",
    "prompt_extend",
    "watermark",
    "private",
    "enhance",
    "enhanced",
    "series",
)
"""What is kept of the options: all that draws from words alone."""

KEEP = """
INSERT INTO declined_requests (id, server_id, member_id, options, expires_ms)
VALUES (:id, :server_id, :member_id, :options, :expires_ms)
ON CONFLICT (member_id, server_id) DO UPDATE SET id = excluded.id, options = excluded.options,
    expires_ms = excluded.expires_ms
"""
FIND = "SELECT * FROM declined_requests WHERE id = :id AND expires_ms > :now_ms"
EXPIRE = "DELETE FROM declined_requests WHERE expires_ms <= :now_ms"


class SqliteDeclinedRequests:
    """What members can still ask for otherwise."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def keep(self, declined: DeclinedRequest) -> None:
        """Keep a request while its answer's buttons work; the member's last one in the server only."""
        values = {
            "id": declined.id,
            "server_id": declined.server_id,
            "member_id": declined.member_id,
            "options": _written(declined.options),
            "expires_ms": self._clock.now_ms() + LIVES_MS,
        }
        await self._db.write(lambda conn: conn.execute(KEEP, values))

    async def find(self, declined_id: int) -> DeclinedRequest | None:
        """Return a request; None if there is none of that id, or its time is over."""
        values = {"id": declined_id, "now_ms": self._clock.now_ms()}
        row = await self._db.read(lambda conn: conn.execute(FIND, values).fetchone())
        return _declined(row) if row else None

    async def expire(self) -> int:
        """Forget the requests whose time is over; return how many."""
        values = {"now_ms": self._clock.now_ms()}
        return await self._db.write(lambda conn: conn.execute(EXPIRE, values).rowcount)


def _written(options: Options) -> str:
    said = {name: getattr(options, name) for name in KEPT}
    return json.dumps({**said, "enhanced": options.enhanced and asdict(options.enhanced)}, ensure_ascii=False)


def _declined(row: sqlite3.Row) -> DeclinedRequest:
    said: dict[str, Any] = json.loads(row["options"])
    enhance, enhanced = said.pop("enhance"), said.pop("enhanced")
    options = Options(
        **said,
        enhance=Enhance(enhance) if enhance else None,
        enhanced=Enhanced.from_json(enhanced) if enhanced else None,
    )
    return DeclinedRequest(row["id"], row["server_id"], row["member_id"], options)
