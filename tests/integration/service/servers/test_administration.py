from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.money import MICROS_PER_CNY
from bot.domain.requests.quota import Balance, Refund, Reset, Rule
from bot.domain.requests.quota_rules import Origin, PartialRule, Scope
from bot.domain.requests.request import Options
from bot.domain.requests.worth import Worth
from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import PeriodKind
from bot.errors import AlreadyDone, MemberError, NotPermitted
from bot.service.servers.administration import MOST_GRANT, Administration
from bot.storage.ledger import holds
from sandbox.clock import SandboxClock
from tests.support.service import PRICE, TURBO, Service, make_policy

HELPER = 31


@pytest.fixture
async def clock() -> SandboxClock:
    return SandboxClock(scale=0)


@pytest.fixture
async def admin(service: Service) -> Administration:
    return service.administration


@pytest.fixture
async def limited(reopen: Any) -> AsyncIterator[Service]:
    """A program whose operator gives each server ten pictures' worth a month."""
    async with reopen(make_policy(pool_micros=10 * PRICE)) as opened:
        yield opened


async def charged(service: Service, *, fetched: int = 1, member_id: int = 1) -> Job:
    """A job of which some pictures were fetched and charged."""
    job = await service.ask(member_id=member_id)
    now_ms = service.clock.now_ms()

    def settled(conn: Any) -> None:
        holds.settle(conn, job.id, charged_images=fetched, billed_images=1, tier=None, now_ms=now_ms)

    await service.database.write(settled)
    found = await service.jobs.get(job.id)
    assert found is not None
    return found


# -- rules


async def test_a_rule_that_is_set_is_told_applies_and_can_be_cleared(service: Service, admin: Administration):
    rule = PartialRule(free_images=3)
    assert await admin.set_rule(service.act(), Scope.ROLE, HELPER, rule) == (PartialRule(), rule)
    assert await admin.rule(1, Scope.ROLE, HELPER) == rule
    assert await admin.rules(1) == [(Scope.ROLE, HELPER, rule)]
    quota = await admin.member(1, 5, {HELPER, 77})
    assert quota.standing.left == Balance(3, 0, 0)
    assert quota.effective.rule == quota.standing.terms.rule == replace(service.policy.rule, free_images=3)
    assert quota.effective.origins["free_images"] == Origin(Scope.ROLE, HELPER)
    assert quota.effective.origins["cooldown_s"] == Origin(None)
    both = replace(rule, cooldown_s=5)
    assert await admin.set_rule(service.act(), Scope.ROLE, HELPER, PartialRule(cooldown_s=5)) == (rule, both)
    unset = {"free_images", "cooldown_s"}
    changed = await admin.set_rule(service.act(), Scope.ROLE, HELPER, PartialRule(), {"cooldown_s"})
    assert changed == (both, rule)
    assert await admin.set_rule(service.act(), Scope.ROLE, HELPER, PartialRule(), unset) == (rule, PartialRule())
    assert await admin.rules(1) == []
    await admin.set_rule(service.act(), Scope.ROLE, HELPER, rule)
    assert await admin.clear_rule(service.act(), Scope.ROLE, HELPER) == (rule, PartialRule())
    assert (await admin.member(1, 5, {HELPER})).standing.left.free_images == 100


async def test_what_is_left_of_a_job_is_told_with_the_roles_that_counted_for_it(
    service: Service, admin: Administration
):
    await admin.set_rule(service.act(), Scope.ROLE, HELPER, PartialRule(free_images=3))
    job = await service.submitter.submit(Options("a cat", count=2), service.asker(roles={HELPER, 77}))
    assert job.role_ids == (HELPER,)
    assert (await service.quotas.standing_of(job)).left.free_images == 1
    assert (await service.quotas.standing(1, 1)).left.free_images == 98


async def test_the_operators_rule_is_what_applies_where_the_server_says_nothing(admin: Administration):
    rule = admin.operators_rule()
    assert rule == PartialRule(100, 0, 4, 100, 0)
    assert (await admin.member(1, 5, ())).effective.rule == Rule(100, 0, 4, 100, 0)


async def test_where_a_rule_says_nothing_everybodys_applies_and_else_the_operators(
    service: Service, admin: Administration
):
    await admin.set_rule(service.act(), Scope.SERVER, 0, PartialRule(free_images=3))
    for scope in (Scope.ROLE, Scope.MEMBER):
        instead = await admin.instead(1, scope)
        assert (instead.rule.free_images, instead.origins["free_images"]) == (3, Origin(Scope.SERVER))
        assert (instead.rule.cooldown_s, instead.origins["cooldown_s"]) == (0, Origin(None))
    instead = await admin.instead(1, Scope.SERVER)
    assert (instead.rule.free_images, instead.origins["free_images"]) == (100, Origin(None))


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        (PartialRule(), "rule-names-nothing"),
        (PartialRule(images_per_job=11), "rule-out-of-bounds"),
        (PartialRule(free_images=-1), "rule-out-of-bounds"),
        (PartialRule(budget_micros=-1), "rule-out-of-bounds-money"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(
    service: Service, admin: Administration, rule: PartialRule, key: str
):
    with pytest.raises(MemberError) as refusal:
        await admin.set_rule(service.act(), Scope.SERVER, 0, rule)
    assert refusal.value.key == key
    assert await service.rows("SELECT * FROM rules") == []
    assert await service.rows("SELECT * FROM audit") == []


async def test_what_the_pool_comes_to_goes_by_the_servers_own_model_rule_periods_and_limit(limited: Service):
    admin = limited.administration
    assert await admin.worth(1) == Worth(TURBO.name, 10, 1, limited.policy.period)
    await admin.set_rule(limited.act(), Scope.SERVER, 0, PartialRule(free_images=2))
    await admin.set_pool(limited.act(), 5 * PRICE)
    assert await admin.worth(1) == Worth(TURBO.name, 5, 3, limited.policy.period)
    assert await admin.worth(2) == Worth(TURBO.name, 10, 1, limited.policy.period)
    await admin.change(limited.act(), lambda old: replace(old, models=frozenset({"gone"})))
    assert await admin.worth(1) is None


# -- credit


async def test_a_grant_tells_what_there_was_and_is(service: Service, admin: Administration):
    assert await admin.grant(service.act(), 5, 2 * PRICE) == (0, 2 * PRICE)
    assert await admin.grant(service.act(), 5, MOST_GRANT) == (2 * PRICE, 2 * PRICE + MOST_GRANT)


async def test_an_admin_gives_themselves_no_credit_no_rule_and_no_refund(service: Service, admin: Administration):
    own = replace(service.act(), actor_id=1)
    job = await charged(service)
    rows = await service.rows("SELECT * FROM ledger")
    for done, key in (
        (admin.grant(own, 1, PRICE), "grant-yourself"),
        (admin.set_rule(own, Scope.MEMBER, 1, PartialRule(free_images=1)), "rule-own"),
        (admin.clear_rule(own, Scope.MEMBER, 1), "rule-own"),
        (admin.refund(own, job), "refund-own"),
    ):
        with pytest.raises(NotPermitted, match=key):
            await done
    assert await service.rows("SELECT * FROM ledger") == rows
    # A role may have the actor's own number no more than a server has: what is for more than one is an admin's to set.
    await admin.set_rule(own, Scope.ROLE, 1, PartialRule(free_images=1))


@pytest.mark.parametrize("micros", [0, -1, MOST_GRANT + 1])
async def test_a_grant_of_nothing_or_of_too_much_is_refused(service: Service, admin: Administration, micros: int):
    with pytest.raises(MemberError) as refusal:
        await admin.grant(service.act(), 5, micros)
    assert (refusal.value.key, refusal.value.values) == ("grant-out-of-bounds", {"amount": 100_000 * MICROS_PER_CNY})
    assert await service.rows("SELECT * FROM ledger") == []


async def test_pictures_are_given_for_the_period_that_runs_in_the_server(service: Service, admin: Administration):
    await admin.change_calendar(service.act(), PeriodKind.WEEK, None)
    await admin.grant_pictures(service.act(), 5, 3)
    quota = await admin.member(1, 5, ())
    assert (quota.standing.left, quota.standing.given_images) == (Balance(103, 0, 0), 3)
    service.clock.advance((quota.standing.terms.period.end_ms - service.clock.now_ms()) / 1000)
    await admin.grant_pictures(service.act(), 5, 10_000)
    quota = await admin.member(1, 5, ())
    assert (quota.standing.left, quota.standing.given_images) == (Balance(10_100, 0, 0), 10_000)


@pytest.mark.parametrize("images", [0, -1, 10_001])
async def test_a_grant_of_no_or_too_many_pictures_is_refused(service: Service, admin: Administration, images: int):
    with pytest.raises(MemberError) as refusal:
        await admin.grant_pictures(service.act(), 5, images)
    assert (refusal.value.key, refusal.value.values) == ("grant-pictures-out-of-bounds", {"least": 1, "most": 10_000})
    assert await service.rows("SELECT * FROM ledger") == []


async def test_an_admin_gives_another_the_period_anew_once_they_have_used_of_it(
    service: Service, admin: Administration
):
    for refused in (admin.ask_reset(1, 9, 1), admin.reset(service.act(), 1)):
        with pytest.raises(MemberError, match="nothing-to-reset"):
            await refused
    await charged(service)
    own = replace(service.act(), actor_id=1)
    for refused in (admin.ask_reset(1, 1, 1), admin.reset(own, 1), admin.grant_pictures(own, 1, 1)):
        with pytest.raises(NotPermitted, match="yourself"):
            await refused
    assert await admin.ask_reset(1, 9, 1) == Reset(1, 0)
    assert await admin.reset(service.act(), 1) == Reset(1, 0)
    assert (await service.quotas.standing(1, 1)).left == Balance(100, 0, 0)


async def test_the_same_interaction_twice_grants_once(service: Service, admin: Administration):
    act = service.act()
    await admin.grant(act, 5, PRICE)
    with pytest.raises(AlreadyDone):
        await admin.grant(act, 5, PRICE)
    assert (await service.quotas.standing(1, 5)).left.credit_micros == PRICE


async def test_a_job_that_was_charged_is_refunded_once(service: Service, admin: Administration):
    job = await charged(service)
    found = await admin.refundable(1, job.number)
    assert found == job
    assert await admin.refund(service.act(), found) == Refund(1, 0)
    with pytest.raises(MemberError, match="refunded-already"):
        await admin.refund(service.act(), found)


async def test_a_job_that_was_not_charged_or_does_not_exist_is_not_refundable(service: Service, admin: Administration):
    open_job = await service.ask()
    nothing = await charged(service, fetched=0)
    for number in (open_job.number, nothing.number):
        with pytest.raises(MemberError) as refusal:
            await admin.refundable(1, number)
        assert (refusal.value.key, refusal.value.values) == ("nothing-to-refund", {"number": number})
    with pytest.raises(MemberError) as refusal:
        await admin.refundable(1, 99)
    assert (refusal.value.key, refusal.value.values) == ("no-such-job", {"number": 99})


async def test_an_admin_refunds_no_job_of_another_server(service: Service, admin: Administration):
    job = await charged(service)
    with pytest.raises(MemberError, match="no-such-job"):
        await admin.refundable(2, job.number)
    before = await service.rows("SELECT * FROM ledger")
    with pytest.raises(MemberError, match="no-such-job"):
        await admin.refund(service.act(server_id=2), job)
    assert await service.rows("SELECT * FROM ledger") == before


# -- the pool


async def test_an_admin_lowers_the_pool_and_never_raises_it(limited: Service):
    admin = limited.administration
    before = await admin.pool(1)
    assert (before.taken, before.limit, before.ceiling) == (0, 10 * PRICE, 10 * PRICE)
    assert before.month == limited.quotas.terms().month
    await limited.ask(count=2)
    assert await admin.set_pool(limited.act(), 3 * PRICE) == (Settings(), Settings(pool_micros=3 * PRICE))
    after = await admin.pool(1)
    assert (after.taken, after.limit, after.ceiling) == (2 * PRICE, 3 * PRICE, 10 * PRICE)
    assert (await admin.pool(2)).limit == 10 * PRICE
    with pytest.raises(MemberError) as refusal:
        await admin.set_pool(limited.act(), 10 * PRICE + 1)
    assert (refusal.value.key, refusal.value.values) == ("pool-above-ceiling", {"amount": 10 * PRICE})
    assert (await admin.pool(1)).limit == 3 * PRICE
    await admin.set_pool(limited.act(), 10 * PRICE)
    await admin.set_pool(limited.act(), None)
    assert await limited.servers.settings(1) == Settings()


async def test_without_a_ceiling_an_admin_sets_any_pool(service: Service, admin: Administration):
    assert (await admin.pool(1)).limit is None
    await admin.set_pool(service.act(), 10**12)
    assert ((await admin.pool(1)).limit, (await admin.pool(1)).ceiling) == (10**12, None)


# -- settings


async def test_settings_are_changed_by_what_the_act_names(service: Service, admin: Administration):
    act = Act(1, 1, 900, "settings.log-channel", "")
    before, after = await admin.change(act, lambda settings: replace(settings, log_channel=5))
    assert (before, after) == (Settings(), Settings(log_channel=5))
    assert await service.servers.settings(1) == after
    assert await service.rows("SELECT act FROM audit") == [("settings.log-channel",)]


async def test_the_calendar_is_the_operators_until_the_server_has_one(service: Service, admin: Administration):
    assert admin.calendar(await service.servers.settings(1)) == Calendar(PeriodKind.MONTH, "Asia/Shanghai")
    boundary_ms = service.quotas.terms().period.end_ms
    _, planned = await admin.change_calendar(service.act(), PeriodKind.DAY, None)
    assert planned.next_calendar == Calendar(PeriodKind.DAY, "Asia/Shanghai", boundary_ms)
    assert admin.calendar(planned) == Calendar(PeriodKind.MONTH, "Asia/Shanghai")
    service.clock.advance((boundary_ms - service.clock.now_ms()) / 1000 + 1)
    assert admin.calendar(await service.servers.settings(1)) == planned.next_calendar
    assert (await service.quotas.standing(1, 5)).terms.period.start_ms == boundary_ms


async def test_period_and_zone_are_changed_one_after_the_other(service: Service, admin: Administration):
    await admin.change_calendar(service.act(), PeriodKind.WEEK, None)
    before, after = await admin.change_calendar(service.act(), None, "America/New_York")
    boundary_ms = service.quotas.terms().period.end_ms
    assert before.next_calendar == Calendar(PeriodKind.WEEK, "Asia/Shanghai", boundary_ms)
    assert after.next_calendar == Calendar(PeriodKind.WEEK, "America/New_York", boundary_ms)
    service.clock.advance((boundary_ms - service.clock.now_ms()) / 1000 + 1)
    _, later = await admin.change_calendar(service.act(), PeriodKind.DAY, None)
    assert later.calendar == after.next_calendar
    assert later.next_calendar is not None
    assert (later.next_calendar.kind, later.next_calendar.zone) == (PeriodKind.DAY, "America/New_York")


async def test_a_change_of_calendar_delivered_twice_is_done_once(service: Service, admin: Administration):
    act = service.act()
    await admin.change_calendar(act, PeriodKind.DAY, None)
    with pytest.raises(AlreadyDone):
        await admin.change_calendar(act, PeriodKind.WEEK, None)
    assert (await service.servers.settings(1)).next_calendar == Calendar(
        PeriodKind.DAY, "Asia/Shanghai", service.quotas.terms().period.end_ms
    )
