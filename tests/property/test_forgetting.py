"""Whenever somebody is forgotten, and however often: the books agree, nothing is told, and no limit grows."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.jobs.job import Job
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.errors import MemberError
from bot.storage.books.verification import SqliteBooks
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.forgetting import columns_with, forget, make_job, privacy_of
from tests.support.ledger import DAY_MS, Books, make_terms, open_books

T = TypeVar("T")
FREE = 4
PERSONS = (700_000_000_000_000_001, 700_000_000_000_000_002)
PEOPLE = st.sampled_from(PERSONS)
SERVERS = st.integers(1, 2)


class Forgetting(RuleBasedStateMachine):
    """People ask, are limited, forget themselves at any moment, come back, and days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.books: Books = self.do(open_books(Path(self.folder.name) / "ledger.db"))
        self.taken: Counter[tuple[int, int, str]] = Counter()
        self.own: dict[tuple[int, int], int] = {}
        self.waiting: dict[int, list[Job]] = {}
        self.unknown: set[int] = set()
        self.rows: list[tuple[Any, ...]] = []

    def do(self, awaitable: Awaitable[T]) -> T:
        async def done() -> T:
            return await awaitable

        return self.loop.run_until_complete(done())

    @property
    def terms(self):
        return make_terms(self.books.clock.now_ms(), BUILT_IN, FREE)

    def limit(self, person, server):
        return self.own.get((person, server), FREE)

    @rule(person=PEOPLE, server=SERVERS, free=st.none() | st.integers(0, 2 * FREE))
    def set_or_clear_a_rule(self, person, server, free):
        wanted = None if free is None else PartialRule(free_images=free)
        act = self.books.act(server_id=server)
        before, _ = self.do(self.books.servers.set_rule(act, Scope.MEMBER, person, wanted))
        assert before.free_images == self.own.pop((person, server), None)
        if free is not None:
            self.own[person, server] = free
        # Whoever has a rule, or had one cleared, has an account.
        self.unknown.discard(person)

    @rule(person=PEOPLE, server=SERVERS, count=st.integers(1, 4))
    def ask_and_be_served(self, person, server, count):
        terms = self.terms
        key = (person, server, terms.period.key)
        fits = self.taken[key] + count <= self.limit(person, server)
        try:
            self.do(make_job(self.books, terms, member_id=person, server_id=server, count=count, text=f"of {person}"))
        except MemberError:
            assert not fits
        else:
            assert fits
            self.taken[key] += count
        # Also who is refused is known again: the audit tells of it.
        self.unknown.discard(person)

    @rule(person=PEOPLE, server=SERVERS)
    def ask_and_wait(self, person, server):
        terms = self.terms
        key = (person, server, terms.period.key)
        try:
            job = self.do(self.books.submit(terms, member_id=person, server_id=server))
        except MemberError:
            assert self.taken[key] >= self.limit(person, server)
        else:
            self.taken[key] += 1
            self.waiting.setdefault(person, []).append(job)
        self.unknown.discard(person)

    @rule(person=PEOPLE)
    def give_up_what_waits(self, person):
        terms = self.terms
        for job in self.waiting.pop(person, []):
            self.do(self.books.jobs.void(job.id))
            key = (person, job.server_id, terms.period.key)
            # A hold is resolved in the period that it was made in.
            if job.created_ms >= terms.period.start_ms:
                self.taken[key] -= 1

    @rule(person=PEOPLE)
    def forget(self, person):
        before = self.do(self.books.rows("SELECT * FROM jobs ORDER BY id"))
        try:
            self.do(forget(self.books, self.terms, person))
        except MemberError:
            assert self.waiting.get(person)
            assert self.do(self.books.rows("SELECT * FROM jobs ORDER BY id")) == before
        else:
            assert not self.waiting.get(person)
            self.unknown.add(person)
            # Only what gives less than everybody has outlasts it.
            self.own = {key: free for key, free in self.own.items() if key[0] != person or free < FREE}

    @rule(hours=st.sampled_from([1, 30]))
    def wait(self, hours):
        self.books.clock.advance(hours * 3600)
        self.do(privacy_of(self.books).expire_retained())

    @rule()
    def erase_what_is_old(self):
        privacy = privacy_of(self.books)
        for job_id in self.do(privacy.old(self.books.clock.now_ms() - DAY_MS)):
            self.do(privacy.erase(job_id))

    @invariant()
    def the_books_agree(self):
        self.do(self.books.read(balances_equal_rows))
        self.do(self.books.read(holds_within_limits))
        assert self.do(SqliteBooks(self.books.database).differences()) == []

    @invariant()
    def rows_of_the_ledger_are_only_added(self):
        rows = self.do(self.books.rows("SELECT * FROM ledger ORDER BY id"))
        assert rows[: len(self.rows)] == self.rows
        self.rows = rows

    @invariant()
    def what_is_shown_is_what_is_given(self):
        terms = self.terms
        for person in PERSONS:
            for server in (1, 2):
                shown = self.do(self.books.jobs.standing(server, person, (), terms)).left.free_images
                assert shown == self.limit(person, server) - self.taken[person, server, terms.period.key]

    @invariant()
    def nothing_tells_of_who_is_forgotten(self):
        for person in self.unknown:
            assert self.do(self.books.read(lambda conn, person=person: columns_with(conn, person))) == []

    def teardown(self) -> None:
        self.do(self.books.close())
        self.loop.close()
        self.folder.cleanup()


# Hundreds of histories, each on a database of its own.
pytestmark = pytest.mark.timeout(600)

TestForgetting = Forgetting.TestCase
TestForgetting.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
