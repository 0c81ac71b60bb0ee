"""Lanes: whose turn it is, how fast, and whether the vendor stopped one."""

import json
import sqlite3
from collections.abc import Collection

from bot.domain.jobs.job import JobState
from bot.domain.jobs.lane import ACCOUNT, Turn, probe_delay_ms, spacing_ms
from bot.domain.jobs.queue import Waiting
from bot.domain.requests.model import Model
from bot.domain.time.waits import left_ms
from bot.failure_kinds import Advice
from bot.ports import Clock
from bot.storage.jobs.requeueing import requeue
from bot.storage.jobs.transitions import transition
from bot.storage.outbox import messages
from bot.storage.sqlite.database import Database

ENSURE = "INSERT INTO lanes (model) VALUES (:model) ON CONFLICT (model) DO NOTHING"
FIND = "SELECT * FROM lanes WHERE model = :model"
# How long ago a job was claimed, by the vendor's clock where that is known: ours may have been set meanwhile.
SINCE_CLAIM = """
iif(vendor_claimed_ms > 0 AND :vendor_ms > 0, :vendor_ms - vendor_claimed_ms, abs(:now_ms - claimed_ms))
"""
IS_SOUND = "jobs.id NOT IN (SELECT value FROM json_each(:damaged))"
COUNT_BY_STATE = f"""
SELECT state, count(*) AS jobs FROM jobs
WHERE model = :model AND (state = 'submitting' AND {IS_SOUND}
    OR state IN ('pending', 'running') AND takes_place AND {SINCE_CLAIM} < :task_lasts_ms
    OR state = 'in_doubt' AND {SINCE_CLAIM} < :doubt_holds_ms)
GROUP BY state
"""
# Whoever was served longest ago goes next; at equal turns the oldest job. Nothing is drawn for a server that was left.
NEXT_JOB = f"""
SELECT jobs.id, jobs.account_id FROM jobs
JOIN servers ON servers.id = jobs.server_id AND servers.left_ms = 0
LEFT JOIN turns ON turns.model = jobs.model AND turns.account_id = jobs.account_id
WHERE jobs.model = :model AND jobs.state = 'queued' AND {IS_SOUND}
ORDER BY coalesce(turns.turn, 0), jobs.id LIMIT 1
"""
TAKE_TURN = """
INSERT INTO turns (model, account_id, turn, previous) VALUES (:model, :account_id, :turn, 0)
ON CONFLICT (model, account_id) DO UPDATE SET previous = turn, turn = excluded.turn
"""
RECORD_CLAIM = "UPDATE lanes SET claims = claims + 1, next_create_ms = :next_ms WHERE model = :model RETURNING claims"
# What lies further off than it can was written before the clock was set back.
SLOW_DOWN = """
UPDATE lanes SET
    next_create_ms = max(iif(next_create_ms > :now_ms + :longest_pace_ms, 0, next_create_ms), :next_ms),
    no_ahead_until = max(iif(no_ahead_until > :now_ms + :no_ahead_ms, 0, no_ahead_until), :no_ahead_until)
WHERE model = :model
"""
STOP = """
UPDATE lanes SET stopped_ms = :now_ms, stop_code = :code, probes = 0, probe_ms = :probe_ms
WHERE model = :model AND stopped_ms = 0
"""
# Whatever comes of a probe, as an answer that is lost or about the prompt alone, the next one is not sent at once.
AWAIT_PROBE = "UPDATE lanes SET probe_ms = :probe_ms WHERE model IN (:model, '*') AND stopped_ms > 0"
FAIL_PROBE = """
UPDATE lanes SET stop_code = :code, probes = probes + 1, probe_ms = :probe_ms WHERE model = :model AND stopped_ms > 0
"""
OPEN = """
UPDATE lanes SET stopped_ms = 0, stop_code = '', probe_ms = 0, probes = 0
WHERE model IN (:model, '*') AND stopped_ms > 0 RETURNING model
"""
# The messages of those who wait are brought up to date by raising the versions of their jobs.
TELL_WAITING = """
UPDATE jobs SET version = version + 1 WHERE state = 'queued' AND (model = :model OR :model = '*')
"""
IN_LINE = """
SELECT jobs.id AS job_id, jobs.account_id, coalesce(turns.turn, 0) AS turn FROM jobs
LEFT JOIN turns ON turns.model = jobs.model AND turns.account_id = jobs.account_id
WHERE jobs.model = :model AND jobs.state IN ('held', 'queued')
"""
CLAIMED_BEFORE = """
SELECT count(*) FROM jobs WHERE model = :model AND claimed_ms < :claimed_ms
AND takes_place AND state IN ('submitting', 'in_doubt', 'pending', 'running')
"""
DURATIONS = """
SELECT ready_ms - submitted_ms AS duration_ms FROM jobs
WHERE model = :model AND ready_ms > 0 AND submitted_ms > 0 ORDER BY ready_ms DESC LIMIT :most
"""
IS_CREATING = f"""
SELECT 1 FROM jobs WHERE state = 'submitting' AND {IS_SOUND} AND {SINCE_CLAIM} < :create_lasts_ms LIMIT 1
"""
STOPPED = "SELECT model, stopped_ms FROM lanes WHERE stopped_ms > 0"

CREATE_LASTS_MS = 90 * 1000
"""How long a create is waited for where the account is tried anew, as long as one with pictures may last: a call that
lasts longer holds no other lane up."""

DOUBT_HOLDS_MS = 600 * 1000
"""How long a doubt takes one of its lane's places at the vendor; the lane serves others in the rest.

It is resolved in about seven minutes unless the task list can't be read; a task that was started has most likely ended
by then. Where every create is lost, so many doubts as there are places stop the lane."""

TASK_LASTS_MS = 3 * 3600 * 1000 + DOUBT_HOLDS_MS
"""How long a task takes a place: the vendor ends each within three hours (its page), whether or not it tells us."""

LONGEST_PACE_MS = 80 * 1000
"""No pace is longer, and no back-off: a minute, and the third of one that spreads them."""

NO_AHEAD_MS = 600 * 1000
"""How long an account that throttled a task ahead is given none: the 429 may have been about the rate alone."""


class SqliteLanes:
    """The lanes of one API key. Each method is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def claim(self, model: Model, *, vendor_ms: int | None = None, damaged: Collection[int] = ()) -> Turn:
        """Take the next job of the lane if it has room and its pace allows a create now.

        The job is written as ``submitting``: the intent stands before the request leaves.

        Args:
            model: whose lane.
            vendor_ms: the vendor's time now; None where it is not known.
            damaged: jobs that can't be read, and are neither claimed nor waited for.
        """
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: _claim(conn, model, now_ms, vendor_ms or 0, damaged))

    async def slow_down(self, model: Model, delay_s: float, *, was_ahead: bool) -> None:
        """Hold back creates for ``delay_s`` seconds; after a throttled task ahead, those ahead for ten minutes."""
        now_ms = self._clock.now_ms()
        values = {
            "model": model.name,
            "now_ms": now_ms,
            "longest_pace_ms": LONGEST_PACE_MS,
            "no_ahead_ms": NO_AHEAD_MS,
            "next_ms": now_ms + int(delay_s * 1000),
            "no_ahead_until": now_ms + NO_AHEAD_MS if was_ahead else 0,
        }
        await self._db.write(lambda conn: conn.execute(SLOW_DOWN, values).rowcount)

    async def stop(self, model: str, code: str, advice: Advice, *, probe_id: int | None = None) -> bool:
        """Note that the vendor stopped a lane (``*``: the account); True the first time.

        Then the members who wait in it and the operator are told, once. The job ``probe_id`` whose create was refused
        goes back in line with it: a kill in between would leave it in doubt, or the lane open.
        """
        now_ms = self._clock.now_ms()

        def stopped(conn: sqlite3.Connection) -> bool:
            if probe_id is not None:
                requeue(conn, probe_id, now_ms, counts=False)
            return stop_lane(conn, model, code, advice, now_ms)

        return await self._db.write(stopped)

    async def reopen(self, model: str) -> list[str]:
        """Open the lane and the account's, because a create was taken; return those that had been stopped."""
        now_ms = self._clock.now_ms()

        def opened(conn: sqlite3.Connection) -> list[str]:
            names = [row["model"] for row in conn.execute(OPEN, {"model": model}).fetchall()]
            for name in names:
                tell_reopened(conn, name, now_ms)
            return names

        return await self._db.write(opened)

    async def stops(self) -> dict[str, int]:
        """Return the lanes that are stopped, and when they were."""
        return await self._db.read(lambda conn: {row["model"]: row["stopped_ms"] for row in conn.execute(STOPPED)})

    async def waiting(self, model: str) -> list[Waiting]:
        """Return the lane's queue, for places in line."""
        return await self._db.read(
            lambda conn: [Waiting(**dict(row)) for row in conn.execute(IN_LINE, {"model": model})]
        )

    async def with_vendor(self, model: str) -> int:
        """Return how many of the lane's jobs the vendor has."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: sum(_counts(conn, model, now_ms, 0).values()))

    async def claimed_before(self, model: str, claimed_ms: int) -> int:
        """Return how many of the lane's jobs the vendor had before the one that was claimed at ``claimed_ms``."""
        values: dict[str, str | int] = {"model": model, "claimed_ms": claimed_ms}
        return await self._db.read(lambda conn: conn.execute(CLAIMED_BEFORE, values).fetchone()[0])

    async def durations_ms(self, model: str, most: int) -> list[int]:
        """Return how long the lane's newest finished jobs took from create to fetched pictures, newest first."""
        values: dict[str, str | int] = {"model": model, "most": most}
        return await self._db.read(lambda conn: [row["duration_ms"] for row in conn.execute(DURATIONS, values)])


def _counts(conn: sqlite3.Connection, model: str, now_ms: int, vendor_ms: int, damaged: str = "[]") -> dict[str, int]:
    values: dict[str, str | int] = {
        "model": model,
        "now_ms": now_ms,
        "vendor_ms": vendor_ms,
        "damaged": damaged,
        "doubt_holds_ms": DOUBT_HOLDS_MS,
        "task_lasts_ms": TASK_LASTS_MS,
    }
    return {row["state"]: row["jobs"] for row in conn.execute(COUNT_BY_STATE, values)}


def _lane(conn: sqlite3.Connection, model: str) -> sqlite3.Row:
    conn.execute(ENSURE, {"model": model})
    return conn.execute(FIND, {"model": model}).fetchone()


def _claim(conn: sqlite3.Connection, model: Model, now_ms: int, vendor_ms: int, damaged: Collection[int]) -> Turn:
    lane, account = lanes = _lane(conn, model.name), _lane(conn, ACCOUNT)
    passed_over = json.dumps(list(damaged))
    with_vendor = _counts(conn, model.name, now_ms, vendor_ms, passed_over)
    is_call = model.protocol.is_synchronous
    if with_vendor.get("submitting") and not is_call:
        return Turn()
    is_stopped = bool(lane["stopped_ms"] or account["stopped_ms"])
    has_none_ahead = left_ms(lane["no_ahead_until"], now_ms, NO_AHEAD_MS) > 0
    # A call is drawn while it is made: nothing of it waits at the vendor.
    places = 1 if is_stopped else model.running_tasks + (0 if has_none_ahead or is_call else model.ahead)
    occupied = sum(with_vendor.values())
    if occupied >= places:
        return Turn()
    job = conn.execute(NEXT_JOB, {"model": model.name, "damaged": passed_over}).fetchone()
    if job is None:
        return Turn()
    wait_ms = max(left_ms(lane["next_create_ms"], now_ms, LONGEST_PACE_MS), *(_probe_ms(one, now_ms) for one in lanes))
    if wait_ms:
        return Turn(again_ms=now_ms + wait_ms)
    creating = {"damaged": passed_over, "now_ms": now_ms, "vendor_ms": vendor_ms, "create_lasts_ms": CREATE_LASTS_MS}
    if account["stopped_ms"] and conn.execute(IS_CREATING, creating).fetchone():
        # One probe for the whole account: another lane is at it.
        return Turn(again_ms=now_ms + 1000)
    turn = conn.execute(RECORD_CLAIM, {"model": model.name, "next_ms": now_ms + spacing_ms(model)}).fetchone()[0]
    conn.execute(TAKE_TURN, {"model": model.name, "account_id": job["account_id"], "turn": turn})
    conn.execute(AWAIT_PROBE, {"model": model.name, "probe_ms": now_ms + probe_delay_ms(0)})
    claimed = transition(
        conn,
        job["id"],
        JobState.SUBMITTING,
        now_ms,
        claimed_ms=now_ms,
        vendor_claimed_ms=vendor_ms,
        takes_place=1,
        is_call=is_call,
    )
    return Turn(claimed, was_ahead=occupied >= model.running_tasks)


def _probe_ms(lane: sqlite3.Row, now_ms: int) -> int:
    return left_ms(lane["probe_ms"], now_ms, probe_delay_ms(lane["probes"]))


def tell_reopened(conn: sqlite3.Connection, model: str, now_ms: int) -> None:
    """Have those who wait and the operator told that a lane is open again."""
    conn.execute(TELL_WAITING, {"model": model})
    messages.add(conn, "lane-reopened", at_ms=now_ms, content={"model": model})


def stop_lane(conn: sqlite3.Connection, model: str, code: str, advice: Advice, now_ms: int) -> bool:
    """Stop a lane, or note that a probe of it failed. Whether it was open until now."""
    lane = _lane(conn, model)
    values: dict[str, str | int] = {"model": model, "code": code, "now_ms": now_ms}
    if lane["stopped_ms"]:
        probe_ms = now_ms + probe_delay_ms(lane["probes"] + 1)
        conn.execute(FAIL_PROBE, {**values, "probe_ms": probe_ms})
        return False
    conn.execute(STOP, {**values, "probe_ms": now_ms + probe_delay_ms(0)})
    conn.execute(TELL_WAITING, {"model": model})
    messages.add(conn, "lane-stopped", at_ms=now_ms, content={"model": model, "code": code, "advice": advice})
    return True
