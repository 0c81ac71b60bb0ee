import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import Balance, Terms
from bot.errors import MemberError, OverQuota, Unavailable
from bot.failure_kinds import Advice
from tests.support.ledger import DAY_MS, Books, make_new_job, make_request, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
CATALOGUE = {TURBO.name: TURBO, PLUS.name: PLUS}
PRICE = TURBO.price_micros


def terms_of(books: Books, *limits: int | None, **rule: int) -> Terms:
    return make_terms(books.clock.now_ms(), CATALOGUE, *limits, **rule)  # pyright: ignore[reportArgumentType]


async def refused(books: Books, terms: Terms, **what: Any) -> MemberError:
    """Ask in vain, and see to it that nothing is left of it but its row in the audit."""
    tables = ("jobs", "holds", "legs", "ledger", "servers")
    before = {table: await books.rows(f"SELECT * FROM {table}") for table in tables}
    with pytest.raises(MemberError) as refusal:
        await books.submit(terms, **what)
    assert {table: await books.rows(f"SELECT * FROM {table}") for table in tables} == before
    last = await books.rows("SELECT act, detail FROM audit ORDER BY id DESC LIMIT 1")
    assert [(act, json.loads(detail)["reason"]) for act, detail in last] == [("request.refused", refusal.value.key)]
    return refusal.value


async def test_a_request_is_held_with_its_hold_and_its_audit(books: Books):
    job = await books.submit(terms_of(books), count=2)
    assert (job.state, job.number, job.version, job.shown) == (JobState.HELD, 1, 1, 0)
    assert (job.held.images, job.held.free_images, job.charged) == (2, 2, None)
    assert job.member_id == 1
    assert await books.rows("SELECT act, job_id, actor_id FROM audit") == [("job.held", job.id, job.account_id)]
    assert await books.jobs.get(job.id) == job
    assert await books.jobs.by_number(1, 1) == job
    assert await books.jobs.by_number(2, 1) is None
    assert await books.jobs.get(1) is None


async def test_the_same_interaction_twice_is_one_job_and_one_hold(books: Books):
    terms = terms_of(books, 1)
    new_job = make_new_job(5, 1, 1, TURBO.name)
    first = await books.jobs.submit(new_job, terms)
    # Even where a second request would be refused, and whatever it says.
    again = await books.jobs.submit(replace(new_job, request=make_request(TURBO.name, 4)), terms)
    assert again == first
    assert await books.rows("SELECT count(*) FROM holds") == [(1,)]


async def test_numbers_count_within_a_server(books: Books):
    numbers = [(await books.submit(terms_of(books), server_id=server)).number for server in (1, 2, 1, 1, 2)]
    assert numbers == [1, 1, 2, 3, 2]


async def test_what_is_not_covered_is_refused_saying_what_is_left_and_how_many_would_do(books: Books):
    await books.grant(1, 1, PRICE)
    terms = terms_of(books, 1, PRICE)
    refusal = await refused(books, terms, count=4)
    assert isinstance(refusal, OverQuota)
    assert refusal.key == "over-quota"
    assert refusal.values == {
        "images": 4, "price": PRICE, "free_left": 1, "budget_left": PRICE, "credit_left": PRICE, "affordable": 3,
        "inputs": 0, "inputs_paid": 0, "resets_ms": terms.period.end_ms,
    }  # fmt: skip
    await books.submit(terms, count=3)
    assert (await refused(books, terms, count=1)).values["affordable"] == 0
    assert (await books.jobs.standing(1, 1, (), terms)).left == Balance(0, 0, 0)
    # Neither another member nor the same one elsewhere is touched by that.
    assert (await books.jobs.standing(1, 2, (), terms)).left == Balance(1, PRICE, 0)
    await books.submit(terms, count=2, server_id=2)


async def test_a_lowered_rule_refuses_and_shows_nothing_below_zero(books: Books):
    await books.submit(terms_of(books, 4), count=4)
    refusal = await refused(books, terms_of(books, 2), count=1)
    assert (refusal.values["free_left"], refusal.values["affordable"]) == (0, 0)


async def test_a_new_period_starts_afresh_while_credit_stays(books: Books):
    await books.grant(1, 1, PRICE)
    await books.submit(terms_of(books, 1, 0), count=2)
    assert (await refused(books, terms_of(books, 1, 0), count=1)).key == "over-quota"
    books.clock.advance(DAY_MS / 1000)
    await books.submit(terms_of(books, 1, 0), count=1)
    assert (await refused(books, terms_of(books, 1, 0), count=1)).values["credit_left"] == 0


async def test_the_pool_counts_free_images_at_list_price_for_the_whole_server(books: Books):
    terms = terms_of(books, 10, 0, 3 * PRICE)
    await books.submit(terms, count=2, member_id=1)
    refusal = await refused(books, terms, count=2, member_id=2)
    assert refusal.key == "over-pool"
    assert refusal.values == {"left": PRICE, "needed": 2 * PRICE, "resets_ms": terms.month.end_ms}
    await books.submit(terms, count=1, member_id=2)
    await books.submit(terms, count=3, member_id=2, server_id=2)


async def test_a_pool_of_nothing_refuses_everything(books: Books):
    assert (await refused(books, terms_of(books, 10, 0, 0), count=1)).values["left"] == 0


async def test_the_cap_counts_open_holds_of_all_servers_at_what_they_may_cost(books: Books):
    terms = terms_of(books, 10, 0, None, 3 * PRICE)
    await books.submit(terms, count=2, server_id=1)
    refusal = await refused(books, terms, count=2, server_id=2)
    assert refusal.key == "over-cap"
    # Nothing about what other servers used.
    assert refusal.values == {"resets_ms": terms.month.end_ms}
    await books.submit(terms, count=1, server_id=2)


async def test_a_job_that_cost_less_than_feared_makes_room_under_the_cap(books: Books):
    terms = terms_of(books, 10, 0, None, 4 * PRICE)
    held = await books.submit(terms, count=4)
    assert (await refused(books, terms, count=1)).key == "over-cap"
    await books.bring_to_settled(held, made=1, fetched=1, tier=None)
    await books.submit(terms, count=3)


async def test_the_vendors_free_tier_costs_nothing_until_two_days_before_its_end(books: Books):
    today = datetime.fromtimestamp(books.clock.now_ms() / 1000, UTC).date()
    for days, is_refused in ((4, False), (1, True)):
        tier = FreeTier(4, today - timedelta(days=10), 10 + days)
        catalogue = {TURBO.name: replace(TURBO, free_tier=tier)}
        terms = make_terms(books.clock.now_ms(), catalogue, cap=0)
        if is_refused:
            assert (await refused(books, terms, count=1)).key == "over-cap"
        else:
            job = await books.submit(terms, count=3)
            assert (await refused(books, terms, count=2)).key == "over-cap"
            await books.bring_to_settled(job, made=3, fetched=3, tier=tier)
            assert await books.rows("SELECT billed_free, cost_micros FROM holds") == [(3, 0)]
            assert (await refused(books, terms, count=2)).key == "over-cap"


async def test_too_many_active_jobs_are_refused_until_one_is_settled(books: Books):
    terms = terms_of(books, active_jobs=2)
    first = await books.submit(terms)
    await books.queue(terms)
    refusal = await refused(books, terms)
    assert isinstance(refusal, Unavailable)
    assert (refusal.key, refusal.values) == ("too-many-active", {"limit": 2})
    await books.submit(terms, server_id=2)
    await books.bring_to_settled(first, made=1, fetched=1, tier=None)
    await books.submit(terms)


async def test_a_cooldown_says_when_it_ends(books: Books):
    terms = terms_of(books, cooldown_s=30)
    job = await books.submit(terms)
    refusal = await refused(books, terms)
    assert (refusal.key, refusal.values) == ("cooling-down", {"again_ms": job.created_ms + 30_000})
    await books.submit(terms, member_id=2)
    books.clock.advance(31)
    await books.submit(terms)


async def test_a_full_queue_refuses_whoever_comes_next(books: Books):
    terms = terms_of(books, longest_queue=2)
    await books.submit(terms)
    waiting = await books.queue(terms, member_id=2)
    refusal = await refused(books, terms, member_id=3)
    assert (refusal.key, refusal.values) == ("queue-full", {"model": TURBO.name, "limit": 2})
    await books.submit(terms, member_id=3, model=PLUS.name)
    await books.jobs.wish_cancel(waiting.id, 2)
    await books.submit(terms, member_id=3)


async def test_a_server_that_filled_a_queue_keeps_no_other_out_and_has_its_share_while_others_wait(books: Books):
    terms = terms_of(books, longest_queue=6)
    mine = [await books.queue(terms, member_id=n) for n in range(1, 7)]
    assert (await refused(books, terms, member_id=7)).key == "queue-full"
    for n in range(3):
        await books.submit(terms, member_id=20 + n, server_id=2)
    refusal = await refused(books, terms, member_id=23, server_id=2)
    assert (refusal.key, refusal.values) == ("server-queue-full", {"model": TURBO.name, "waiting": 3})
    # A third one's share is smaller, and so is that of those before it from now on.
    for n in range(2):
        await books.submit(terms, member_id=30 + n, server_id=3)
    assert (await refused(books, terms, member_id=32, server_id=3)).values["waiting"] == 2
    for left in (5, 4, 3, 2):
        assert (await refused(books, terms, member_id=7)).values == {"model": TURBO.name, "waiting": left + 1}
        await books.jobs.wish_cancel(mine.pop().id, 1)
    assert (await refused(books, terms, member_id=7)).values["waiting"] == 2
    await books.jobs.wish_cancel(mine.pop().id, 1)
    await books.submit(terms, member_id=7)
    # Another model's queue is another matter.
    await books.submit(terms, member_id=7, model=PLUS.name)


async def test_a_share_is_one_job_at_least(books: Books):
    terms = terms_of(books, longest_queue=2)
    for server_id in range(1, 6):
        await books.submit(terms, server_id=server_id)
    for server_id in range(1, 6):
        assert (await refused(books, terms, server_id=server_id, member_id=2)).key == "server-queue-full"


@pytest.mark.parametrize("lane", [TURBO.name, "*"])
async def test_a_stopped_lane_takes_no_request_until_its_probe_is_due_and_then_one(books: Books, lane: str):
    await books.lanes.stop(lane, "Arrearage", Advice.ARREARS)
    said = ("account-stopped", {}) if lane == "*" else ("lane-stopped", {"model": TURBO.name})
    refusal = await refused(books, terms_of(books))
    assert (refusal.key, refusal.values) == said
    books.clock.advance(61)
    await books.submit(terms_of(books))
    assert (await refused(books, terms_of(books))).key == said[0]
    await books.lanes.reopen(TURBO.name)
    await books.submit(terms_of(books))


async def test_a_job_that_waits_keeps_a_stopped_lane_closed_for_others(books: Books):
    await books.queue(terms_of(books))
    await books.lanes.stop(TURBO.name, "ModelNotFound", Advice.MODEL)
    books.clock.advance(3600)
    assert (await refused(books, terms_of(books))).key == "lane-stopped"
    await books.submit(terms_of(books), model=PLUS.name)


async def test_nobody_has_a_balance_before_the_first_request_but_all_that_the_rule_gives(books: Books):
    assert (await books.jobs.standing(1, 99, (), terms_of(books, 3, PRICE))).left == Balance(3, PRICE, 0)
    assert await books.rows("SELECT count(*) FROM buckets") == [(0,)]
