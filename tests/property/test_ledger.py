"""The ledger's invariants over the real SQLite store, whatever happens in whatever order."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, multiple, rule

from bot.domain.jobs.job import Job, JobState, NewJob
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import FreeTier
from bot.domain.requests.prices import ImagePrice, price_of
from bot.domain.requests.quota import TIER_MARGIN_MS, Terms
from bot.errors import MemberError, PriceNotAgreed
from bot.storage.books.verification import SqliteBooks
from bot.storage.jobs.transitions import transition
from simulation.judging.books import balances_equal_rows, holds_within_limits
from tests.support.failures import failure_of
from tests.support.ledger import DAY_MS, make_new_job, make_terms
from tests.support.stores.admins import MEMBERS, ROLES, SERVERS, Admins

TURBO = replace(BUILT_IN["wanx2.1-t2i-turbo"], free_tier=FreeTier(6, date(2026, 11, 1), 180, 1))
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
# Each picture that comes in costs something, and counts in the free tier.
QWEN3 = replace(BUILT_IN["qwen-image-3.0"], free_tier=FreeTier(6, date(2026, 11, 1), 180, 1))
CATALOGUE = {model.name: model for model in (TURBO, PLUS, QWEN3)}


@dataclass(frozen=True)
class Asked:
    """What a hold was made under."""

    terms: Terms
    price: ImagePrice
    legs: dict[str, tuple[str, int | None]]


class Ledger(Admins):
    """Members ask, the vendor delivers more or less, things fail, are voided twice, prices rise and days go by."""

    jobs: Bundle[Job] = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.first_outcome: dict[int, str] = {}
        self.asked: dict[int, Asked] = {}
        self.catalogue = CATALOGUE

    @initialize(pool=st.none() | st.integers(500_000, 3_000_000), cap=st.none() | st.integers(500_000, 2_000_000))
    def choose_ceilings(self, pool: int | None, cap: int | None) -> None:
        self.pool, self.cap = pool, cap

    def teardown(self) -> None:
        assert self.do(SqliteBooks(self.books.database).differences()) == []
        self.loop.run_until_complete(self.books.close())
        self.loop.close()
        self.folder.cleanup()

    @rule(
        target=jobs,
        member=MEMBERS,
        server=SERVERS,
        model=st.sampled_from(sorted(CATALOGUE)),
        count=st.integers(1, 4),
        inputs=st.integers(0, 3),
        free=st.integers(0, 5),
        budget=st.integers(0, 900_000),
        roles=st.frozensets(ROLES, max_size=2),
        may_pay=st.booleans(),
    )
    def ask(self, member, server, model, count, inputs, free, budget, roles, may_pay):
        terms = make_terms(self.books.clock.now_ms(), self.catalogue, free, budget, self.pool, self.cap)
        own = self.own_terms(terms, server, member, roles)
        new_job = make_new_job(self.books.next_id(), server, member, model, count, roles=roles, may_pay=may_pay)
        new_job = replace(new_job, to_be_fetched=inputs)
        others = self.of_others(server)
        job = self.submit(new_job, terms)
        assert self.of_others(server) == others
        if job is None:
            return multiple()
        again = self.do(self.books.jobs.submit(make_new_job(job.id, server, member, model, count), terms))
        assert again.id == job.id
        if own.pool_micros is not None:
            taken = self.do(self.books.servers.pool_taken(server, own.month))
            reached = {percent for percent in (80, 100) if taken * 100 >= own.pool_micros * percent}
            assert reached <= self.alarms(server, own.month.key)
        price = price_of(self.catalogue[model], job.size, rewrites=False, inputs=inputs)
        self.asked[job.id] = Asked(own, price, self.legs(job.id))
        day, month = own.period.key, own.month.key
        limits = {
            "allowance": (day, own.rule.free_images + self.given[server, member, day]),
            "budget": (day, own.rule.budget_micros),
            "pool": (month, own.pool_micros),
            "cap": (month, own.cap_micros),
        }
        for kind, leg in self.asked[job.id].legs.items():
            assert leg == limits.get(kind, leg)
        return job

    def submit(self, new_job: NewJob, terms: Terms) -> Job | None:
        """Ask, and agree where the price is asked back; None where it was refused."""
        holds = self.rows("SELECT count(*) FROM holds")
        try:
            return self.do(self.books.jobs.submit(new_job, terms))
        except PriceNotAgreed as question:
            assert self.rows("SELECT count(*) FROM holds") == holds
            press = replace(new_job, interaction_id=self.books.next_id(), may_pay=True, offer_id=question.offer_id)
            return self.submit(press, terms)
        except MemberError as refusal:
            reason = refusal.key
        assert self.do(self.books.jobs.get(new_job.interaction_id)) is None
        # Who agreed at once is in time.
        assert reason != "offer-gone"
        if reason == "over-pool":
            assert self.alarms(new_job.server_id, terms.month.key) == {80, 100}
        return None

    def alarms(self, server: int, month: str) -> set[int]:
        rows = self.rows(
            "SELECT percent FROM alarms JOIN buckets ON id = bucket_id"
            " WHERE kind = 'pool' AND server_id = ? AND period = ?",
            server,
            month,
        )
        return {percent for (percent,) in rows}

    @rule(target=Admins.settled, job=consumes(jobs), made=st.integers(0, 4), fetched=st.integers(0, 4))
    def make(self, job: Job, made: int, fetched: int) -> Job:
        tier = CATALOGUE[job.request.model].free_tier
        asked = self.asked[job.id]
        is_late = self.books.clock.now_ms() >= min(job.created_ms + TIER_MARGIN_MS, asked.terms.month.end_ms)
        # The free tier is shared and goes by settling order. A task lives for hours only, and one that ends in another
        # month may find the tier used up by that month's.
        made = 0 if tier and is_late else min(made, job.request.count)
        fetched = min(fetched, made)
        settled = self.do(self.books.bring_to_settled(job, made=made, fetched=fetched, tier=tier))
        assert settled is not None
        assert settled.charged is not None
        assert settled.charged.images == fetched
        assert settled.charged.free_images <= job.held.free_images
        # At the price of the hold, whatever the catalogue says by now.
        paid = fetched - settled.charged.free_images
        assert settled.charged.paid_micros == paid * asked.price.asked + (asked.price.of_inputs if paid else 0)
        ((billed, billed_free, cost),) = self.do(
            self.books.rows("SELECT billed_images, billed_free, cost_micros FROM holds WHERE job_id = ?", job.id)
        )
        inputs = asked.price.inputs if made else 0
        free_inputs = min(inputs, billed_free)
        images_cost = (made - billed_free + free_inputs) * asked.price.asked
        assert (billed, cost) == (made, images_cost + (inputs - free_inputs) * asked.price.input)
        self.remember(job)
        return settled

    @rule(job=consumes(jobs), twice=st.booleans())
    def fail(self, job: Job, twice: bool) -> None:
        self.do(self.books.bring_to_submitting(job))
        self.do(
            self.books.jobs.fail(job.id, failure_of("InternalError"), doubtful_images=job.request.count if twice else 0)
        )
        self.do(self.books.jobs.fail(job.id, failure_of("again")))
        self.remember(job)

    @rule(target=jobs, job=consumes(jobs), wished=st.booleans())
    def lose_sight_of(self, job: Job, wished: bool):
        """Come back to the queue after a doubt, canceled if somebody wished that meanwhile."""
        self.do(self.books.jobs.acknowledge(job.id, 1))
        now_ms = self.books.clock.now_ms()
        self.do(self.books.database.write(lambda conn: transition(conn, job.id, JobState.SUBMITTING, now_ms)))
        self.do(self.books.jobs.doubt(job.id, "crash"))
        if wished:
            self.do(self.books.jobs.wish_cancel(job.id, 1))
        requeued = self.do(self.books.jobs.requeue(job.id, counts=False))
        assert requeued is not None
        assert requeued.state is (JobState.CANCELED if wished else JobState.QUEUED)
        if wished:
            self.remember(job)
            return multiple()
        return job

    @rule(job=consumes(jobs))
    def cancel(self, job: Job) -> None:
        self.do(self.books.jobs.acknowledge(job.id, 1))
        self.do(self.books.jobs.wish_cancel(job.id, 1))
        self.remember(job)

    @rule(job=consumes(jobs))
    def expire(self, job: Job) -> None:
        self.do(self.books.jobs.acknowledge(job.id, 1))
        self.do(self.books.jobs.expire(job.id, "waited_too_long"))
        self.remember(job)

    @rule(days=st.integers(0, 40))
    def time_goes_by(self, days: int) -> None:
        self.books.clock.advance(days * DAY_MS / 1000)

    @rule(model=st.sampled_from(sorted(CATALOGUE)), more=st.integers(1, 50_000))
    def price_rises(self, model: str, more: int) -> None:
        dearer = replace(self.catalogue[model], price_micros=self.catalogue[model].price_micros + more)
        self.catalogue = {**self.catalogue, model: dearer}

    def legs(self, job_id: int) -> dict[str, tuple[str, int | None]]:
        rows = self.do(
            self.books.rows(
                "SELECT kind, period, limit_then FROM legs JOIN buckets ON id = bucket_id WHERE job_id = ?", job_id
            )
        )
        return {kind: (period, limit) for kind, period, limit in rows}

    def remember(self, job: Job) -> None:
        self.first_outcome[job.id] = self.do(self.books.outcome(job.id))
        # Resolved in the buckets, and so in the periods, that it was held in.
        moved = self.do(
            self.books.rows(
                "SELECT DISTINCT b.kind, b.period FROM ledger l JOIN buckets b ON b.id = l.bucket_id"
                " WHERE l.job_id = ? AND l.kind <> 'hold'",
                job.id,
            )
        )
        assert set(moved) <= {(kind, period) for kind, (period, _) in self.asked[job.id].legs.items()}

    @invariant()
    def balances_are_the_sums_of_the_rows(self) -> None:
        self.do(self.books.read(balances_equal_rows))

    @invariant()
    def nothing_exceeds_a_limit_that_applied(self) -> None:
        self.do(self.books.read(holds_within_limits))

    @invariant()
    def a_hold_keeps_its_terms(self) -> None:
        rows = self.do(self.books.rows("SELECT job_id, price FROM holds"))
        assert dict(rows) == {job_id: asked.price.asked for job_id, asked in self.asked.items()}
        for job_id, asked in self.asked.items():
            assert self.legs(job_id) == asked.legs

    @invariant()
    def a_hold_keeps_its_first_outcome(self) -> None:
        for job_id, outcome in self.first_outcome.items():
            assert self.do(self.books.outcome(job_id)) == outcome


Ledger.TestCase.settings = settings(max_examples=70, stateful_step_count=40, deadline=None)
# Hundreds of histories, each on a database of its own.
pytestmark = pytest.mark.timeout(600)

TestLedger = Ledger.TestCase
