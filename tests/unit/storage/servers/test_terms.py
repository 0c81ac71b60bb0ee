"""A server's word in the transaction of a request: rules, calendar and pool."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Terms
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.domain.servers.settings import Calendar
from bot.domain.time.periods import PeriodKind
from bot.errors import MemberError, OverQuota, Unavailable
from simulation.judging.books import holds_within_limits
from tests.support.ledger import DAY_MS, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PRICE = TURBO.price_micros
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
HELPER, ARTIST = 31, 32
OPERATORS = Calendar(PeriodKind.DAY, "Asia/Shanghai")


def terms_of(books: Books, free: int = 1, budget: int = 0, pool: int | None = None) -> Terms:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, free, budget, pool)


async def set_rule(books: Books, scope: Scope, owner: int, *, server_id: int = 1, **fields: int) -> None:
    await books.servers.set_rule(books.act(server_id=server_id), scope, owner, PartialRule(**fields))


async def set_calendar(books: Books, kind: PeriodKind, zone: ZoneInfo) -> None:
    now_ms, wanted = books.clock.now_ms(), Calendar(kind, zone.key)
    await books.servers.change_settings(books.act(), lambda settings: settings.with_calendar(wanted, OPERATORS, now_ms))


async def free_left(books: Books, *, roles: tuple[int, ...] = (), member_id: int = 1, server_id: int = 1) -> int:
    return (await books.jobs.standing(server_id, member_id, roles, terms_of(books))).left.free_images


async def ask_until_refused(books: Books) -> MemberError:
    """Use up what there is, picture by picture."""
    while True:
        try:
            await books.submit(terms_of(books))
        except MemberError as refusal:
            return refusal


# -- rules


async def test_the_rule_that_applies_binds_the_hold_and_is_what_is_shown(books: Books):
    await set_rule(books, Scope.SERVER, 0, free_images=2)
    await set_rule(books, Scope.ROLE, HELPER, free_images=3)
    await set_rule(books, Scope.MEMBER, 2, free_images=0)
    assert await free_left(books) == 2
    assert await free_left(books, roles=(HELPER, ARTIST)) == 3
    assert await free_left(books, roles=(HELPER,), member_id=2) == 0
    assert await free_left(books, roles=(HELPER,), server_id=2) == 1
    job = await books.submit(terms_of(books), count=3, roles=(HELPER, ARTIST))
    # Only the role that counted is remembered with the job.
    assert job.role_ids == (HELPER,)
    with pytest.raises(OverQuota):
        await books.submit(terms_of(books), count=1, member_id=2, roles=(HELPER,))


async def test_who_lost_a_role_lost_what_it_gave_at_once(books: Books):
    await set_rule(books, Scope.ROLE, HELPER, free_images=9)
    await books.submit(terms_of(books), count=2, roles=(HELPER,))
    with pytest.raises(OverQuota) as refusal:
        await books.submit(terms_of(books))
    assert refusal.value.values["free_left"] == 0
    await books.submit(terms_of(books), count=4, roles=(HELPER,))


async def test_rules_bind_pictures_jobs_and_pauses_too(books: Books):
    await set_rule(books, Scope.SERVER, 0, free_images=100, images_per_job=2, active_jobs=1)
    with pytest.raises(MemberError) as refusal:
        await books.submit(terms_of(books), count=3)
    assert (refusal.value.key, refusal.value.values) == ("too-many-images", {"count": 3, "limit": 2})
    first = await books.submit(terms_of(books), count=2)
    with pytest.raises(Unavailable, match="too-many-active"):
        await books.submit(terms_of(books))
    await books.jobs.void(first.id)
    await set_rule(books, Scope.SERVER, 0, cooldown_s=60)
    with pytest.raises(Unavailable, match="cooling-down"):
        await books.submit(terms_of(books))
    await set_rule(books, Scope.ROLE, HELPER, cooldown_s=0)
    await books.submit(terms_of(books), roles=(HELPER,))


async def test_another_servers_rules_change_nothing_here(books: Books):
    await set_rule(books, Scope.SERVER, 0, server_id=2, free_images=0)
    await set_rule(books, Scope.ROLE, HELPER, server_id=2, free_images=50)
    await set_rule(books, Scope.MEMBER, 1, server_id=2, free_images=60)
    assert await free_left(books, roles=(HELPER,)) == 1
    await books.servers.change_settings(books.act(server_id=2), lambda settings: replace(settings, pool_micros=0))
    await books.submit(terms_of(books), roles=(HELPER,))


async def test_a_held_job_keeps_the_price_and_the_rule_it_was_held_under(books: Books):
    await set_rule(books, Scope.SERVER, 0, free_images=1, budget_micros=10 * PRICE)
    held = await books.submit(terms_of(books), count=3)
    await set_rule(books, Scope.SERVER, 0, free_images=0, budget_micros=0)
    dearer = {TURBO.name: replace(TURBO, price_micros=5 * PRICE)}
    assert (await books.jobs.standing(1, 1, (), make_terms(books.clock.now_ms(), dearer))).left.free_images == -1
    job = await books.bring_to_settled(held, made=3, fetched=3, tier=None)
    assert job is not None
    assert job.charged is not None
    assert (job.charged.free_images, job.charged.paid_micros) == (1, 2 * PRICE)
    assert await books.rows("SELECT cost_micros FROM holds") == [(3 * PRICE,)]
    assert await books.rows("SELECT limit_then FROM legs JOIN buckets ON id = bucket_id WHERE kind = 'budget'") == [
        (10 * PRICE,)
    ]
    await books.read(holds_within_limits)


# -- the pool


async def test_the_lower_of_the_servers_and_the_operators_pool_binds(books: Books):
    for own, operators, admitted in ((None, 2, 2), (1, 2, 1), (3, 2, 2), (1, None, 1), (0, 2, 0)):
        limit = None if own is None else own * PRICE
        change = lambda settings, limit=limit: replace(settings, pool_micros=limit)  # noqa: E731
        await books.servers.change_settings(books.act(), change)
        books.clock.advance(40 * DAY_MS / 1000)
        terms = terms_of(books, 100, 0, None if operators is None else operators * PRICE)
        for _ in range(admitted):
            await books.submit(terms)
        with pytest.raises(OverQuota) as refusal:
            await books.submit(terms)
        assert (refusal.value.key, refusal.value.values["left"]) == ("over-pool", 0)


async def test_credit_draws_on_the_pool_like_all_else(books: Books):
    await books.grant(1, 1, 10 * PRICE)
    terms = terms_of(books, 0, 0, PRICE)
    await books.submit(terms)
    with pytest.raises(OverQuota, match="over-pool"):
        await books.submit(terms)


async def test_a_pool_that_is_lowered_below_what_is_used_refuses_and_shows_nothing_below_zero(books: Books):
    terms = terms_of(books, 100, 0, 10 * PRICE)
    await books.submit(terms, count=4)
    await books.servers.change_settings(books.act(), lambda settings: replace(settings, pool_micros=PRICE))
    with pytest.raises(OverQuota) as refusal:
        await books.submit(terms)
    assert refusal.value.values["left"] == 0


# -- calendars


async def test_a_new_calendar_counts_from_the_end_of_the_running_period(books: Books):
    books.set_date(2027, 1, 14, 12)
    await set_calendar(books, PeriodKind.MONTH, SHANGHAI)
    await books.submit(terms_of(books))
    refusal = await ask_until_refused(books)
    assert refusal.values["resets_ms"] == terms_of(books).period.end_ms
    assert books.set_date(2027, 1, 15, 0) == refusal.values["resets_ms"]
    assert await free_left(books) == 1
    refusal = await ask_until_refused(books)
    books.set_date(2027, 1, 31, 23)
    assert await free_left(books) == 0
    assert books.set_date(2027, 2, 1, 0) == refusal.values["resets_ms"]
    assert await free_left(books) == 1


@pytest.mark.parametrize("day", [(2027, 3, 14), (2027, 11, 7)], ids=["spring", "autumn"])
async def test_a_day_in_new_york_ends_at_its_own_midnight_also_when_it_has_another_number_of_hours(
    books: Books, day: tuple[int, int, int]
):
    year, month, number = day
    books.set_date(year, month, number - 2, 12, NEW_YORK)
    await set_calendar(books, PeriodKind.DAY, NEW_YORK)
    begun_ms = books.set_date(year, month, number, 0, NEW_YORK)
    refusal = await ask_until_refused(books)
    for hour in (1, 3, 23):
        books.set_date(year, month, number, hour, NEW_YORK)
        assert await free_left(books) == 0
    ended_ms = books.set_date(year, month, number + 1, 0, NEW_YORK)
    assert (ended_ms, ended_ms - begun_ms) == (refusal.values["resets_ms"], (23 if month == 3 else 25) * 3600 * 1000)
    books.clock.advance(-0.001)
    assert await free_left(books) == 0
    books.clock.advance(0.002)
    assert await free_left(books) == 1


async def test_one_servers_calendar_does_not_reset_another(books: Books):
    books.set_date(2027, 1, 14, 12)
    await set_calendar(books, PeriodKind.DAY, NEW_YORK)
    # An hour past midnight in New York.
    books.set_date(2027, 1, 20, 14)
    await books.submit(terms_of(books))
    await books.submit(terms_of(books), server_id=2)
    books.set_date(2027, 1, 21, 0)
    assert (await free_left(books), await free_left(books, server_id=2)) == (0, 1)
    books.set_date(2027, 1, 21, 0, NEW_YORK)
    assert await free_left(books) == 1


async def test_a_job_is_settled_in_the_period_that_it_was_held_in_whatever_the_calendar_is_by_then(books: Books):
    books.set_date(2027, 1, 14, 12)
    held = await books.submit(terms_of(books))
    await set_calendar(books, PeriodKind.WEEK, NEW_YORK)
    books.set_date(2027, 1, 16, 12)
    await books.bring_to_settled(held, made=1, fetched=1, tier=None)
    allowances = "SELECT period, used, held FROM buckets WHERE kind = 'allowance'"
    assert await books.rows(allowances) == [("2027-01-14", 1, 0)]
    assert await free_left(books) == 1
