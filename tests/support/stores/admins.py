"""Servers' admins at work in the ledger's state machine: whatever they do, they do it to their own server."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from bot.domain.jobs.job import Job
from bot.domain.requests.quota import Reset, Terms
from bot.domain.requests.quota_rules import PartialRule, QuotaRules, Scope, resolve
from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import Period, PeriodKind
from bot.errors import AlreadyDone, MemberError
from tests.support.ledger import ZONE, Books, open_books

T = TypeVar("T")
SERVERS, MEMBERS, ROLES = st.integers(1, 2), st.integers(1, 3), st.integers(31, 33)
WHOM = st.one_of(
    st.just((Scope.SERVER, 0)),
    ROLES.map(lambda role: (Scope.ROLE, role)),
    MEMBERS.map(lambda member: (Scope.MEMBER, member)),
)
MAYBE_FREE, MAYBE_BUDGET = st.none() | st.integers(0, 6), st.none() | st.integers(0, 900_000)
OPERATORS = Calendar(PeriodKind.DAY, ZONE.key)
TABLES = ("ledger", "buckets", "audit", "acts", "rules", "settings", "accounts", "outbox")
POOLS = "SELECT id, used, held FROM buckets WHERE kind = 'pool' ORDER BY id"
CHARGED_IN = """
SELECT DISTINCT ledger.job_id FROM buckets JOIN ledger ON ledger.bucket_id = buckets.id AND ledger.kind = 'settle'
JOIN members ON CAST(members.account_id AS TEXT) = buckets.owner
WHERE buckets.kind IN ('allowance', 'budget') AND server_id = ? AND members.discord_id = ? AND period = ?
"""
CREDIT_OF = "SELECT job_id, settled FROM legs JOIN buckets ON id = bucket_id WHERE kind = 'credit' AND job_id = ?"
OF_OTHERS = (
    "SELECT * FROM buckets WHERE server_id NOT IN (0, ?)",
    "SELECT ledger.* FROM ledger JOIN buckets ON buckets.id = bucket_id WHERE server_id NOT IN (0, ?)",
    "SELECT * FROM jobs WHERE server_id <> ?",
    "SELECT holds.* FROM holds JOIN jobs ON jobs.id = job_id WHERE server_id <> ?",
    "SELECT * FROM rules WHERE server_id <> ?",
    "SELECT * FROM settings WHERE server_id <> ?",
    "SELECT * FROM audit WHERE server_id <> ?",
    "SELECT * FROM outbox WHERE json_extract(content, '$.server_id') <> ?",
)


class Admins(RuleBasedStateMachine):
    """Rules, pools, calendars, grants and refunds, remembered beside the database as they should be there."""

    settled: Bundle[Job] = Bundle("settled")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.books: Books = self.loop.run_until_complete(open_books(Path(self.folder.name) / "ledger.db"))
        self.said: dict[tuple[int, Scope, int], PartialRule] = {}
        self.decided: dict[int, Settings] = {}
        self.acts = 0
        self.seen: list[tuple[Any, ...]] = []
        self.refunded: set[int] = set()
        self.given: Counter[tuple[int, int, str]] = Counter()
        self.anew: set[int] = set()

    def do(self, awaitable: Awaitable[T]) -> T:
        async def done() -> T:
            return await awaitable

        return self.loop.run_until_complete(done())

    def rows(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        return self.do(self.books.rows(sql, *values))

    @rule(server=SERVERS, whom=WHOM, free=st.none() | st.integers(0, 6), budget=st.none() | st.integers(0, 900_000))
    def set_rule(self, server: int, whom: tuple[Scope, int], free: int | None, budget: int | None) -> None:
        wanted = PartialRule(free_images=free, budget_micros=budget)
        key = (server, *whom)
        before = self.said.get(key, PartialRule())
        after = wanted.over(before)
        assert self.once(server, lambda act: self.books.servers.set_rule(act, *whom, wanted)) == (before, after)
        self.said[key] = after

    @rule(server=SERVERS, whom=WHOM)
    def clear_rule(self, server: int, whom: tuple[Scope, int]) -> None:
        before = self.said.pop((server, *whom), PartialRule())
        cleared = self.once(server, lambda act: self.books.servers.set_rule(act, *whom, None))
        assert cleared == (before, PartialRule())

    @rule(server=SERVERS, micros=st.none() | st.integers(0, 2_000_000), confirms=st.booleans())
    def set_pool(self, server: int, micros: int | None, confirms: bool) -> None:
        self.change(server, lambda old: replace(old, pool_micros=micros, confirms_paid=confirms))

    @rule(
        server=SERVERS,
        kind=st.sampled_from(PeriodKind),
        zone=st.sampled_from(["Asia/Shanghai", "America/New_York", "UTC"]),
    )
    def set_calendar(self, server: int, kind: PeriodKind, zone: str) -> None:
        now_ms = self.books.clock.now_ms()
        self.change(server, lambda old: old.with_calendar(Calendar(kind, zone), OPERATORS, now_ms))

    @rule(member=MEMBERS, server=SERVERS, micros=st.integers(1, 500_000))
    def grant(self, member: int, server: int, micros: int) -> None:
        before, after = self.once(server, lambda act: self.books.servers.grant(act, member, micros))
        assert after == before + micros

    @rule(member=MEMBERS, server=SERVERS, images=st.integers(1, 5))
    def grant_pictures(self, member: int, server: int, images: int) -> None:
        period = self.period(server)
        self.once(server, lambda act: self.books.servers.grant_pictures(act, member, images, period))
        self.given[server, member, period.key] += images

    @rule(member=MEMBERS, server=SERVERS)
    def reset(self, member: int, server: int) -> None:
        period, pools = self.period(server), self.rows(POOLS)
        used = self.do(self.books.servers.used_in(server, member, period))
        if used == Reset(0, 0):
            before = self.everything()
            with pytest.raises(MemberError, match="nothing-to-reset"):
                self.do(self.books.servers.reset(self.books.act(server_id=server), member, period))
            assert self.everything() == before
            return
        charged = self.rows(CHARGED_IN, server, member, period.key)
        assert self.once(server, lambda act: self.books.servers.reset(act, member, period)) == used
        assert self.do(self.books.servers.used_in(server, member, period)) == Reset(0, 0)
        assert self.rows(POOLS) == pools
        self.anew |= {job_id for (job_id,) in charged}

    @rule(job=settled)
    def refund(self, job: Job) -> None:
        if job.id in self.anew:
            # Free images and budget are back already.
            credit = dict(self.rows(CREDIT_OF, job.id)).get(job.id, 0)
            if job.id not in self.refunded and credit:
                back = self.once(job.server_id, lambda act: self.books.servers.refund(act, job.id))
                assert (back.free_images, back.credit_micros) == (0, credit)
                self.refunded.add(job.id)
            return
        if job.id in self.refunded or not (job.charged and job.charged.images):
            before = self.everything()
            with pytest.raises(MemberError, match=r"refunded-already|nothing-to-refund"):
                self.do(self.books.servers.refund(self.books.act(server_id=job.server_id), job.id))
            assert self.everything() == before
            return
        back = self.once(job.server_id, lambda act: self.books.servers.refund(act, job.id))
        assert (back.free_images, back.credit_micros) == (job.charged.free_images, job.charged.paid_micros)
        self.refunded.add(job.id)

    # -- how an admin acts

    def period(self, server: int) -> Period:
        """Return the period that should run, by what is remembered here."""
        now_ms = self.books.clock.now_ms()
        return (self.decided.get(server, Settings()).calendar_at(now_ms) or OPERATORS).period_at(now_ms)

    def once(self, server: int, action: Any) -> Any:
        """Act, and be delivered again: done once, with one row in the audit, and nothing of others is touched."""
        act, others = self.books.act(server_id=server), self.of_others(server)
        done = self.do(action(act))
        self.acts += 1
        after = self.everything()
        with pytest.raises(AlreadyDone):
            self.do(action(act))
        assert self.everything() == after
        assert self.of_others(server) == others
        return done

    def change(self, server: int, change: Any) -> None:
        before = self.decided.get(server, Settings())
        after = change(before)
        assert self.once(server, lambda act: self.books.servers.change_settings(act, change)) == (before, after)
        self.decided[server] = after

    def everything(self) -> list[list[tuple[Any, ...]]]:
        def read(conn: sqlite3.Connection) -> list[list[tuple[Any, ...]]]:
            return [[tuple(row) for row in conn.execute(f"SELECT * FROM {table}")] for table in TABLES]

        return self.do(self.books.read(read))

    def of_others(self, server: int) -> list[list[tuple[Any, ...]]]:
        def read(conn: sqlite3.Connection) -> list[list[tuple[Any, ...]]]:
            return [[tuple(row) for row in conn.execute(query, (server,))] for query in OF_OTHERS]

        return self.do(self.books.read(read))

    def rule_of(self, server: int, scope: Scope, owner: int) -> PartialRule:
        return self.said.get((server, scope, owner), PartialRule())

    def own_terms(self, terms: Terms, server: int, member: int, roles: frozenset[int]) -> Terms:
        """Return the terms that should apply, by what is remembered here."""
        settings = self.decided.get(server, Settings())
        rules = QuotaRules(
            self.rule_of(server, Scope.SERVER, 0),
            {role: self.rule_of(server, Scope.ROLE, role) for role in roles},
            self.rule_of(server, Scope.MEMBER, member),
        )
        pools = [pool for pool in (settings.pool_micros, terms.pool_micros) if pool is not None]
        return replace(
            terms,
            rule=resolve(terms.rule, rules).rule,
            period=self.period(server),
            pool_micros=min(pools, default=None),
        )

    # -- what always holds

    @invariant()
    def every_act_has_its_row_in_the_audit(self) -> None:
        assert self.rows("SELECT count(*) FROM audit WHERE act = 'quota.set'") == [(self.acts,)]

    @invariant()
    def rows_of_the_ledger_are_only_added(self) -> None:
        rows = self.rows("SELECT * FROM ledger ORDER BY id")
        assert rows[: len(self.seen)] == self.seen
        self.seen = rows

    @invariant()
    def what_was_given_back_is_what_was_charged(self) -> None:
        back = self.rows(
            "SELECT job_id, -sum(used_delta), sum(granted_delta), charged_free, charged_micros FROM ledger"
            " JOIN holds USING (job_id) WHERE kind = 'refund' GROUP BY job_id"
        )
        whole = [row for row in back if row[0] not in self.anew]
        assert all((free, micros) == (charged_free, charged) for _, free, micros, charged_free, charged in whole)
        assert all(free <= charged_free and micros <= charged for _, free, micros, charged_free, charged in back)
        assert {job_id for job_id, *_ in back} == self.refunded

    @invariant()
    def an_alarm_sounds_once_for_each_limit(self) -> None:
        said = self.rows(
            "SELECT kind, json_extract(content, '$.server_id'), json_extract(content, '$.resets_ms'),"
            " json_extract(content, '$.percent') FROM outbox WHERE kind LIKE '%-alarm'"
        )
        assert len(said) == len(set(said))
