"""What the image service's list of models said of each: which of them it has no more, and which go offline."""

import sqlite3

from bot.domain.jobs.lane import NOT_OFFERED
from bot.domain.requests.listing import Listing
from bot.failure_kinds import Advice
from bot.ports import Clock
from bot.storage.jobs.lanes import stop_lane, tell_reopened
from bot.storage.outbox import messages, said
from bot.storage.sqlite.database import Database

IS_STOPPED = "SELECT 1 FROM lanes WHERE model = :model AND stopped_ms > 0"
# Where a create was refused since, its word counts, and a create opens the lane.
OPEN = """
UPDATE lanes SET stopped_ms = 0, stop_code = '', probe_ms = 0, probes = 0
WHERE model = :model AND stopped_ms > 0 AND stop_code = :not_offered
"""
GONE = "SELECT model FROM lanes WHERE stopped_ms > 0 AND 'unlisted ' || model IN (SELECT what FROM said)"


class SqliteModelList:
    """What follows from the list of models. Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def miss(self, model: str) -> bool:
        """Note that a model is listed no more; the first time its lane is stopped. Whether it was open until now."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _miss(conn, model, now_ms))

    async def miss_text(self, model: str) -> bool:
        """Note that the text model is listed no more, and have the operator told. Whether that is news."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _miss_text(conn, model, now_ms))

    async def find(self, model: str) -> bool:
        """Note that a model is listed. Whether its lane had been stopped because it was not, and is open now."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _find(conn, model, now_ms))

    async def warn(self, model: str, listing: Listing, *, is_last: bool) -> bool:
        """Have the operator told when a model goes offline, once for each day, and once more at the last."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _warn(conn, model, listing, now_ms, is_last=is_last))

    async def gone(self) -> set[str]:
        """Return the models that are listed no more and whose lanes are stopped."""
        return await self._db.read(lambda conn: {row["model"] for row in conn.execute(GONE)})


def _miss(conn: sqlite3.Connection, model: str, now_ms: int) -> bool:
    is_news = said.say(conn, f"unlisted {model}", now_ms)
    # Of a lane that is stopped already the operator knows, and what it is stopped for has probes of its own.
    if not is_news or conn.execute(IS_STOPPED, {"model": model}).fetchone():
        return False
    return stop_lane(conn, model, NOT_OFFERED, Advice.MODEL, now_ms)


def _miss_text(conn: sqlite3.Connection, model: str, now_ms: int) -> bool:
    is_news = said.say(conn, f"unlisted {model}", now_ms)
    if is_news:
        messages.add(conn, "text-model-gone", at_ms=now_ms, content={"model": model})
    return is_news


def _find(conn: sqlite3.Connection, model: str, now_ms: int) -> bool:
    said.unsay(conn, f"unlisted {model}")
    is_open = conn.execute(OPEN, {"model": model, "not_offered": NOT_OFFERED}).rowcount > 0
    if is_open:
        tell_reopened(conn, model, now_ms)
    return is_open


def _warn(conn: sqlite3.Connection, model: str, listing: Listing, now_ms: int, *, is_last: bool) -> bool:
    what = f"{model} goes offline {listing.last_day}"
    is_news = said.say(conn, what, now_ms)
    if is_last:
        # Who hears of it only now is not told twice.
        is_news = said.say(conn, f"{what}, soon", now_ms)
    if is_news:
        content: dict[str, str | int] = {"model": model, "day": listing.last_day, "ends_ms": listing.ends_ms}
        messages.add(conn, "model-retires", at_ms=now_ms, content=content)
    return is_news
