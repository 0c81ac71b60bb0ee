"""What ledger tests share: a store on a real file, and the checks that every state of it must pass."""

import itertools
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.act import Act
from bot.domain.jobs.job import Job, JobState, NewJob, ReplyAddress
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import Rule, Terms
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.sizes import Size
from bot.domain.time.periods import PeriodKind, period_at
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import SqliteLanes
from bot.storage.jobs.transitions import transition
from bot.storage.servers.servers import SqliteServers
from bot.storage.sqlite.database import Database
from sandbox.clock import SandboxClock
from tests.support.moments import NOON, set_clock

DAY_MS = 24 * 3600 * 1000
ZONE = ZoneInfo("Asia/Shanghai")
ADMIN = 900
T = TypeVar("T")


def make_terms(
    now_ms: int,
    catalogue: Catalogue,
    free: int = 10,
    budget: int = 0,
    pool: int | None = None,
    cap: int | None = None,
    *,
    active_jobs: int = 1000,
    longest_queue: int = 10_000,
    cooldown_s: int = 0,
) -> Terms:
    return Terms(
        rule=Rule(free, budget, 4, active_jobs, cooldown_s),
        period=period_at(PeriodKind.DAY, ZONE, now_ms),
        month=period_at(PeriodKind.MONTH, ZONE, now_ms),
        day=period_at(PeriodKind.DAY, ZONE, now_ms),
        pool_micros=pool,
        cap_micros=cap,
        catalogue=catalogue,
        longest_queue=longest_queue,
    )


def make_request(model: str, count: int = 1, prompt: str = "a flower shop") -> ImageRequest:
    return ImageRequest(prompt, "", model, Size(1024, 1024), count, 42, True, False, False)


def make_new_job(
    interaction_id: int,
    server_id: int,
    member_id: int,
    model: str,
    count: int = 1,
    *,
    roles: Iterable[int] = (),
    may_pay: bool = True,
    offer_id: int = 0,
) -> NewJob:
    reply = ReplyAddress(1, 2, "token", 2**60, 0, 10 * 1024 * 1024, "en-US", True)
    request = make_request(model, count)
    return NewJob(interaction_id, server_id, member_id, request, reply, frozenset(roles), may_pay, offer_id)


@dataclass
class Books:
    """The stores of one database file, and shortcuts through a job's life."""

    database: Database
    clock: SandboxClock
    jobs: SqliteJobs
    lanes: SqliteLanes
    servers: SqliteServers
    ids: itertools.count = field(default_factory=lambda: itertools.count(1000))
    act_ids: itertools.count = field(default_factory=lambda: itertools.count(900_000))

    def next_id(self) -> int:
        return next(self.ids)

    async def close(self) -> None:
        await self.database.close()

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return await self.database.read(query)

    async def rows(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        return await self.read(lambda conn: [tuple(row) for row in conn.execute(sql, values)])

    def act(self, name: str = "quota.set", *, server_id: int = 1, reason: str = "") -> Act:
        """What an admin, account and all, does by an interaction of its own."""
        return Act(next(self.act_ids), server_id, ADMIN, name, reason)

    async def submit(
        self,
        terms: Terms,
        *,
        model: str = "",
        count: int = 1,
        member_id: int = 1,
        server_id: int = 1,
        roles: Iterable[int] = (),
        may_pay: bool = True,
        offer_id: int = 0,
    ) -> Job:
        name = model or next(iter(terms.catalogue))
        new_job = make_new_job(
            self.next_id(), server_id, member_id, name, count, roles=roles, may_pay=may_pay, offer_id=offer_id
        )
        return await self.jobs.submit(new_job, terms)

    async def queue(
        self, terms: Terms, *, model: str = "", count: int = 1, member_id: int = 1, server_id: int = 1
    ) -> Job:
        held = await self.submit(terms, model=model, count=count, member_id=member_id, server_id=server_id)
        queued = await self.jobs.acknowledge(held.id, 7)
        assert queued is not None
        return queued

    async def outcome(self, job_id: int) -> str:
        return await self.read(
            lambda conn: conn.execute("SELECT outcome FROM holds WHERE job_id = ?", (job_id,)).fetchone()[0]
        )

    async def bring_to_submitting(self, job: Job) -> None:
        await self.jobs.acknowledge(job.id, 1)
        now_ms = self.clock.now_ms()
        await self.database.write(lambda conn: transition(conn, job.id, JobState.SUBMITTING, now_ms))

    async def bring_to_settled(self, job: Job, *, made: int, fetched: int, tier: FreeTier | None) -> Job | None:
        await self.bring_to_submitting(job)
        await self.jobs.record_task(job.id, CreatedTask(f"task-{job.id}", "r"))
        results = tuple(
            TaskResult(url="https://x/") if k < made else TaskResult(code="E") for k in range(job.request.count)
        )
        report = TaskReport(f"task-{job.id}", TaskStatus.SUCCEEDED, results, image_count=made)
        await self.jobs.record_results(job.id, report)
        for ordinal in range(fetched):
            await self.jobs.keep_image(job.id, ordinal, Picture(f"{job.id}-{ordinal}.png", 1, 1024, 1024))
        await self.jobs.settle(job.id, tier)
        return await self.jobs.settle(job.id, tier)

    async def grant(self, server_id: int, member_id: int, micros: int) -> None:
        await self.servers.grant(self.act("quota.grant", server_id=server_id, reason="a contest"), member_id, micros)

    def set_date(self, year: int, month: int, day: int, hour: int = 12, zone: ZoneInfo = ZONE) -> int:
        """Move the clock to an hour of a day; give the time, milliseconds since the epoch."""
        set_clock(self.clock, datetime(year, month, day, hour, tzinfo=zone))
        return self.clock.now_ms()


async def open_books(path: Path) -> Books:
    clock = SandboxClock(scale=0, start=NOON)
    database = await Database.open(path)
    return Books(
        database, clock, SqliteJobs(database, clock), SqliteLanes(database, clock), SqliteServers(database, clock)
    )
