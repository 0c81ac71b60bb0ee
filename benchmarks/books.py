"""Databases of a chosen size with consistent books, for measuring."""

import itertools
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.servers.settings import Calendar
from bot.domain.time.periods import PeriodKind
from bot.storage.sqlite.database import PRAGMAS, migrate

NOW_MS = 1_764_000_000_000
"""2025-11-24, some hours after midnight in Shanghai."""

DAY_MS = 24 * 3600 * 1000
SPAN_DAYS = 180
SNOWFLAKE_EPOCH_MS = 1_420_070_400_000
"""Discord's ids tell the milliseconds since the first second of 2015, 22 bits to the left."""

MODELS = (BUILT_IN["wanx2.1-t2i-turbo"], BUILT_IN["wanx2.1-t2i-plus"])
ZONE = "Asia/Shanghai"
MEMBERS_PER_SERVER = 1000
ROWS_PER_JOB = 6.9
"""Of a job that has ended: three of its hold, three of its end, and for nine of ten one of its cost."""

# A job that ended long ago or is still in line; only what a hold's transaction may look at is worth a value.
ADD_JOB = """
INSERT INTO jobs (id, number, server_id, account_id, state, prompt, negative_prompt, model, size, count, seed,
    prompt_extend, watermark, private, application_id, channel_id, token, token_expires_ms, attachment_limit, locale,
    can_post, created_ms, queued_ms, shown)
VALUES (?, ?, ?, ?, ?, 'a flower shop by the sea', '', ?, '1024*1024', ?, 1, 1, 0, 0, 1, 1, '', 0, 1, 'en-US', 1,
    ?, ?, 1)
"""
ADD_BUCKET = "INSERT INTO buckets (id, kind, server_id, owner, period) VALUES (?, ?, ?, ?, ?)"
ADD_HOLD = """
INSERT INTO holds (job_id, made_ms, model, images, price, free_images, budget, credit, outcome, resolved_ms,
    charged_images, charged_free, charged_micros, billed_images, billed_free, cost_micros,
    small_price, large_price, billed_price)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?9, ?10, ?11, ?12, ?13, 0, ?14, ?5, ?5, ?5)
"""
ADD_LEG = "INSERT INTO legs (job_id, bucket_id, held, settled, limit_then) VALUES (?, ?, ?, ?, ?)"
ADD_ROW = """
INSERT INTO ledger (at_ms, kind, bucket_id, job_id, used_delta, held_delta, granted_delta) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
ADD_AUDIT = "INSERT INTO audit (at_ms, server_id, actor_id, act, job_id) VALUES (?, ?, ?, 'job.held', ?)"
ADD_RULE = "INSERT INTO rules (server_id, scope, owner, free_images, cooldown_s) VALUES (?, ?, ?, ?, ?)"
ADD_SETTINGS = "INSERT INTO settings (server_id, channels, pool_micros) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a database is to be.

    Attributes:
        ledger_rows: about how many.
        members: over the servers, a thousand in each.
        open_jobs: that wait in line, whatever the size: a queue has an end.
    """

    ledger_rows: int
    members: int
    open_jobs: int = 40

    @property
    def servers(self) -> int:
        return -(-self.members // MEMBERS_PER_SERVER)

    def server_of(self, member: int) -> int:
        """Return the server of a member; accounts, and here Discord's ids too, count from 1."""
        return 1 + (member - 1) // MEMBERS_PER_SERVER


def role_of(server_id: int, nth: int) -> int:
    """Return the id of a server's role; the first ten have a rule."""
    return server_id * 1000 + nth


@dataclass(slots=True)
class _Buckets:
    ids: dict[tuple[str, int, str, str], int] = field(default_factory=dict)
    new: list[tuple[int, str, int, str, str]] = field(default_factory=list)

    def id_of(self, kind: str, server_id: int, owner: str, period: str) -> int:
        key = (kind, server_id, owner, period)
        known = self.ids.get(key)
        if known is None:
            known = self.ids[key] = len(self.ids) + 1
            self.new.append((known, *key))
        return known


@dataclass(frozen=True, slots=True)
class _Job:
    """The ``nth`` job: every third is paid by the budget, every tenth was voided, the last ones are open."""

    nth: int
    member: int
    server_id: int
    made_ms: int
    is_open: bool

    @property
    def id(self) -> int:
        return (self.made_ms - SNOWFLAKE_EPOCH_MS) << 22 | self.nth % 2**22

    @property
    def images(self) -> int:
        return 1 + self.nth % 4

    @property
    def is_paid(self) -> bool:
        return self.nth % 3 == 0

    @property
    def is_void(self) -> bool:
        return not self.is_open and self.nth % 10 == 0

    @property
    def is_settled(self) -> bool:
        return not self.is_open and not self.is_void

    @property
    def price(self) -> int:
        return MODELS[self.nth % len(MODELS)].price_micros

    def row(self, number: int) -> tuple[Any, ...]:
        state = "queued" if self.is_open else "canceled" if self.is_void else "delivered"
        model = MODELS[self.nth % len(MODELS)].name
        return (self.id, number, self.server_id, self.member, state, model, self.images, self.made_ms, self.made_ms)

    def hold(self) -> tuple[Any, ...]:
        cost = self.images * self.price
        free, budget = (0, cost) if self.is_paid else (self.images, 0)
        head = (self.id, self.made_ms, MODELS[self.nth % len(MODELS)].name, self.images, self.price, free, budget)
        if self.is_open:
            return (*head, None, 0, 0, 0, 0, 0, 0)
        if self.is_void:
            return (*head, "voided", self.made_ms, 0, 0, 0, 0, 0)
        return (*head, "settled", self.made_ms + 60_000, self.images, free, budget, self.images, cost)

    def legs(self, buckets: _Buckets, day: str, month: str) -> Iterator[tuple[int, int]]:
        """Return what is held in which bucket; the cap's leg comes last and holds nothing."""
        owner, cost = str(self.member), self.images * self.price
        own, amount = ("budget", cost) if self.is_paid else ("allowance", self.images)
        yield buckets.id_of(own, self.server_id, owner, day), amount
        yield buckets.id_of("pool", self.server_id, "", month), cost
        yield buckets.id_of("tier", 0, MODELS[self.nth % len(MODELS)].name, "none"), self.images
        yield buckets.id_of("cap", 0, "", month), 0

    def ledger(self, legs: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
        *held, (cap, _) = legs
        # A tier that nobody assumed gives no free images.
        tier = held[-1][0]
        for bucket_id, amount in held:
            yield (self.made_ms, "hold", bucket_id, self.id, 0, amount, 0)
        if self.is_void:
            for bucket_id, amount in held:
                yield (self.made_ms, "void", bucket_id, self.id, 0, -amount, 0)
        if self.is_settled:
            for bucket_id, amount in held:
                used = 0 if bucket_id == tier else amount
                yield (self.made_ms + 60_000, "settle", bucket_id, self.id, used, -amount, 0)
            yield (self.made_ms + 60_000, "cost", cap, self.id, self.images * self.price, 0, 0)

    def settled_legs(self, legs: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
        tier = legs[-2][0]
        for bucket_id, amount in legs:
            settled = None if self.is_open else 0 if self.is_void or bucket_id == tier else amount
            yield (self.id, bucket_id, amount, settled, None)


def build(path: Path, scale: Scale) -> None:
    """Write a database of that size; every figure of a bucket comes from its rows, by the schema's own trigger."""
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        conn.row_factory = sqlite3.Row
        conn.executescript(PRAGMAS)
        # What is lost by a crash is built again.
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute("PRAGMA cache_size = -200000")
        migrate(conn)
        conn.execute("BEGIN")
        _add_people(conn, scale)
        _add_jobs(conn, scale)
        conn.execute("COMMIT")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        conn.close()


def _add_people(conn: sqlite3.Connection, scale: Scale) -> None:
    members, servers = range(1, scale.members + 1), range(1, scale.servers + 1)
    conn.executemany("INSERT INTO accounts (id, created_ms) VALUES (?, 0)", ((member,) for member in members))
    conn.executemany("INSERT INTO members (discord_id, account_id) VALUES (?, ?)", ((one, one) for one in members))
    conn.executemany(ADD_SETTINGS, ((server, json.dumps([1, 2, 3]), 10**15) for server in servers))
    conn.executemany(ADD_RULE, _rules(scale, members, servers))


def _rules(scale: Scale, members: range, servers: range) -> Iterator[tuple[Any, ...]]:
    for server_id in servers:
        yield (server_id, "server", 0, 5, 0)
        yield from ((server_id, "role", role_of(server_id, nth), 10 + nth, None) for nth in range(10))
    # A member in twenty has a rule.
    yield from ((scale.server_of(member), "member", member, 30, None) for member in members[::20])


def _add_jobs(conn: sqlite3.Connection, scale: Scale) -> None:
    buckets, numbers = _Buckets(), dict.fromkeys(range(1, scale.servers + 1), 0)
    # The whole numbers come first, since jobs name their server.
    conn.executemany("INSERT INTO servers (id, last_number) VALUES (?, 0)", ((one,) for one in numbers))
    jobs = _jobs(scale)
    while batch := list(itertools.islice(jobs, 10_000)):
        _add_batch(conn, batch, buckets, numbers)
    conn.executemany("UPDATE servers SET last_number = ? WHERE id = ?", ((n, one) for one, n in numbers.items()))


def _jobs(scale: Scale) -> Iterator[_Job]:
    ended = max(0, scale.ledger_rows - 3 * scale.open_jobs) / ROWS_PER_JOB
    count = scale.open_jobs + math.ceil(ended)
    for nth in range(count):
        # Members ask in an order that follows neither their numbers nor time.
        member = 1 + nth * 7919 % scale.members
        made_ms = NOW_MS - 60_000 - (count - nth) * SPAN_DAYS * DAY_MS // count
        yield _Job(nth, member, scale.server_of(member), made_ms, is_open=nth >= count - scale.open_jobs)


def _add_batch(conn: sqlite3.Connection, jobs: Iterable[_Job], buckets: _Buckets, numbers: dict[int, int]) -> None:
    rows: list[tuple[Any, ...]] = []
    holds: list[tuple[Any, ...]] = []
    legs: list[tuple[Any, ...]] = []
    ledger: list[tuple[Any, ...]] = []
    for job in jobs:
        numbers[job.server_id] += 1
        rows.append(job.row(numbers[job.server_id]))
        holds.append(job.hold())
        held = list(job.legs(buckets, _key(PeriodKind.DAY, job.made_ms), _key(PeriodKind.MONTH, job.made_ms)))
        legs.extend(job.settled_legs(held))
        ledger.extend(job.ledger(held))
    conn.executemany(ADD_JOB, rows)
    conn.executemany(ADD_BUCKET, buckets.new)
    buckets.new.clear()
    conn.executemany(ADD_HOLD, holds)
    conn.executemany(ADD_LEG, legs)
    conn.executemany(ADD_ROW, ledger)
    conn.executemany(ADD_AUDIT, ((job.made_ms, job.server_id, job.member, job.id) for job in jobs))


_KEYS: dict[tuple[PeriodKind, int], str] = {}


def _key(kind: PeriodKind, at_ms: int) -> str:
    # Shanghai's days begin at 16:00 UTC, so a day of the epoch's, moved by that, is one of its days.
    day = (kind, (at_ms + 8 * 3600 * 1000) // DAY_MS)
    if day not in _KEYS:
        _KEYS[day] = Calendar(kind, ZONE).period_at(at_ms).key
    return _KEYS[day]
