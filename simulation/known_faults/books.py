"""Faults about holds and what is charged for."""

import asyncio
import sqlite3
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests import quota
from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import Balance, Split, Terms
from bot.domain.time.periods import Period, PeriodKind
from bot.ports import Jobs
from bot.service.requests import quotas
from bot.service.upkeep import sweeper
from bot.service.vendor.collector import Collector
from bot.storage.jobs.vendor import VendorChanges
from bot.storage.ledger import holds

SETTLE = holds.settle
BALANCE = holds.balance
LOOK_AFTER = sweeper.look_after
SETTLE_JOB = VendorChanges.settle
UNLIMITED = holds.HOLD_WITHIN.replace(" AND (:limit IS NULL OR used + held + :amount <= :limit)", "")
BILLED = "SELECT billed, (SELECT count(*) FROM images WHERE job_id = jobs.id AND path <> '') FROM jobs WHERE id = ?"
SPLIT = quota.split
PERIOD_AT = quotas.period_at
FRESH_S = 10.0
"""How long what was read serves."""


def settled_without_minimum() -> None:
    """A member is charged for what the vendor bills, also for pictures that nobody could fetch."""

    def settle(
        conn: sqlite3.Connection, job_id: int, *, charged_images: int, billed_images: int, **options: Any
    ) -> holds.Resolution:
        charged_images = max(charged_images, billed_images)
        return SETTLE(conn, job_id, charged_images=charged_images, billed_images=billed_images, **options)

    holds.settle = settle


def limit_outside_hold() -> None:
    """What a member has left is read a moment before the hold, which looks at no limit itself."""
    known: dict[tuple[int, int], tuple[float, Balance]] = {}

    def balance(conn: sqlite3.Connection, server_id: int, account_id: int, terms: Terms) -> Balance:
        now_s = asyncio.get_running_loop().time()
        read_s, left = known.get((server_id, account_id), (float("-inf"), None))
        if left is None or now_s - read_s > FRESH_S:
            left = BALANCE(conn, server_id, account_id, terms)
            known[server_id, account_id] = now_s, left
        return left

    holds.balance = balance
    holds.HOLD_WITHIN = UNLIMITED


def settled_twice() -> None:
    """After a restart what waits for its delivery is settled once more."""

    async def look_after(*, jobs: Jobs, collector: Collector, **others: Any) -> None:
        await LOOK_AFTER(jobs=jobs, collector=collector, **others)
        for job_id in await jobs.ids_in_state(JobState.DELIVERING):
            collector.collect(job_id)

    async def settle(self: VendorChanges, job_id: int, tier: FreeTier | None) -> Job | None:
        def anew(conn: sqlite3.Connection) -> None:
            billed, kept = conn.execute(BILLED, (job_id,)).fetchone()
            conn.execute("UPDATE holds SET outcome = NULL WHERE job_id = ?", (job_id,))
            now_ms = self._clock.now_ms()
            SETTLE(conn, job_id, charged_images=kept, billed_images=billed, tier=tier, now_ms=now_ms)

        await self._db.write(anew)
        return await SETTLE_JOB(self, job_id, tier)

    sweeper.look_after = look_after
    VendorChanges.settle = settle


def refuses_too_much() -> None:
    """Whoever asks for several pictures is told that their quota does not cover them."""

    def split(images: int, price_micros: int, left: Balance, *, inputs_micros: int = 0) -> Split | None:
        return SPLIT(images, price_micros, left, inputs_micros=inputs_micros) if images == 1 else None

    quota.split = split


def counts_by_the_minute() -> None:
    """What was used counts for a minute, not for the day."""

    def period_at(kind: PeriodKind, zone: ZoneInfo, now_ms: int) -> Period:
        period = PERIOD_AT(kind, zone, now_ms)
        return replace(period, key=f"{period.key} {now_ms // 60_000}") if kind is PeriodKind.DAY else period

    quotas.period_at = period_at
