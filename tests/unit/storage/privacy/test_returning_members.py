"""What outlasts a forgotten member, and what comes back with them."""

from dataclasses import replace

import pytest

from bot.domain.act import Act
from bot.domain.moderation.cases import STRIKE_WINDOW_MS
from bot.domain.privacy import Keepings, Lasting
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Balance, Reset
from bot.domain.requests.quota_rules import PartialRule, Scope
from bot.errors import Blocked, MemberError, NotPermitted, OverQuota, Unavailable
from bot.storage.books.verification import SqliteBooks
from bot.storage.moderation.moderation import SqliteModeration
from simulation.judging.books import balances_equal_rows
from tests.support.failures import failure_of
from tests.support.forgetting import MEMBER, SECRET, columns_with, forget, make_job, privacy_of
from tests.support.ledger import DAY_MS, Books, make_terms

HOUR_MS = 3600 * 1000


def moderation_of(books: Books) -> SqliteModeration:
    return SqliteModeration(books.database, books.clock)


async def test_who_comes_back_has_another_account_and_what_was_used_of_the_running_period_counts_on(books, terms):
    await make_job(books, terms, count=3)
    await books.grant(1, MEMBER, 500_000)
    (old,) = await books.rows("SELECT account_id FROM members WHERE discord_id = ?", MEMBER)
    await forget(books, terms)
    # Nothing is kept that would tell of credit: it is lost.
    assert (await books.jobs.standing(1, MEMBER, (), terms)).left == Balance(2, 1_000_000, 0)
    assert (await books.jobs.standing(2, MEMBER, (), terms)).left == Balance(5, 1_000_000, 0)
    assert (await books.jobs.standing(1, MEMBER + 1, (), terms)).left == Balance(5, 1_000_000, 0)
    with pytest.raises(OverQuota) as refused:
        await books.submit(make_terms(books.clock.now_ms(), BUILT_IN, free=5), member_id=MEMBER, count=4)
    assert refused.value.values["free_left"] == 2
    job = await make_job(books, terms, count=2)
    assert job.account_id != old[0]
    standing = await books.jobs.standing(1, MEMBER, (), terms)
    assert (standing.left.free_images, standing.left.credit_micros) == (0, 0)
    assert await SqliteBooks(books.database).differences() == []
    await books.read(balances_equal_rows)
    assert await books.rows("SELECT * FROM carried") == []


@pytest.mark.parametrize(("drawn", "left"), [(6, 2), (2, 5)])
async def test_pictures_that_were_given_are_lost_and_so_is_what_was_used_of_them(books, terms, drawn, left):
    await books.servers.grant_pictures(books.act(), MEMBER, 3, terms.period)
    for _ in range(drawn // 2):
        await make_job(books, terms, count=2)
    await forget(books, terms)
    standing = await books.jobs.standing(1, MEMBER, (), terms)
    assert (standing.left.free_images, standing.given_images) == (left, 0)
    # Whoever is given something has come back.
    await books.servers.grant_pictures(books.act(), MEMBER, 1, terms.period)
    standing = await books.jobs.standing(1, MEMBER, (), terms)
    assert (standing.left.free_images, standing.given_images) == (left + 1, 1)


async def test_a_period_is_given_anew_to_who_was_forgotten_and_had_used_of_it(books, terms):
    await make_job(books, terms, count=3)
    await forget(books, terms)
    assert await books.servers.used_in(1, MEMBER, terms.period) == Reset(3, 0)
    assert await books.servers.reset(books.act(), MEMBER, terms.period) == Reset(3, 0)
    assert (await books.jobs.standing(1, MEMBER, (), terms)).left == Balance(5, 1_000_000, 0)
    assert await SqliteBooks(books.database).differences() == []


async def test_forgetting_again_and_again_gives_no_picture_more_than_the_period_has(books, terms):
    exact = make_terms(books.clock.now_ms(), BUILT_IN, free=5)
    for _ in range(5):
        await make_job(books, exact)
        await forget(books, exact)
    with pytest.raises(OverQuota):
        await books.submit(exact, member_id=MEMBER)


async def test_a_spent_budget_is_spent_for_who_comes_back_and_agreed_to_too(books, terms):
    paid = make_terms(books.clock.now_ms(), BUILT_IN, free=0, budget=300_000)
    await make_job(books, paid)
    await forget(books, paid)
    job = await books.submit(paid, member_id=MEMBER, may_pay=False)
    assert job.held.paid_micros == 140_000
    with pytest.raises(OverQuota):
        await books.submit(paid, member_id=MEMBER)


async def test_what_is_left_is_shown_as_it_is_given_to_who_comes_back(books, terms):
    paid = make_terms(books.clock.now_ms(), BUILT_IN, free=2, budget=300_000)
    await make_job(books, paid, count=3)
    before = await books.jobs.standing(1, MEMBER, (), paid)
    await forget(books, paid)
    shown = await books.jobs.standing(1, MEMBER, (), paid)
    assert shown == before
    await books.grant(1, MEMBER, 1)
    assert (await books.jobs.standing(1, MEMBER, (), paid)).left == Balance(0, 160_000, 1)
    books.clock.advance(DAY_MS / 1000)
    later = make_terms(books.clock.now_ms(), BUILT_IN, free=2, budget=300_000)
    assert (await books.jobs.standing(1, MEMBER, (), later)).left == Balance(2, 300_000, 1)


STRICT = PartialRule(free_images=1, budget_micros=140_000, images_per_job=2, active_jobs=1, cooldown_s=60)


async def test_an_admins_stricter_rule_outlasts_its_member_field_by_field_and_a_generous_one_does_not(books, terms):
    await make_job(books, terms)
    for server_id, rule in (
        (1, STRICT),
        (2, PartialRule(free_images=50, cooldown_s=5)),
        (3, PartialRule(cooldown_s=0)),
    ):
        await books.servers.set_rule(books.act(server_id=server_id), Scope.MEMBER, MEMBER, rule)
    await forget(books, terms)
    assert await books.rows("SELECT * FROM rules") == []
    assert await books.read(lambda conn: columns_with(conn, MEMBER)) == []
    outlasting = {1: STRICT, 2: PartialRule(cooldown_s=5), 3: PartialRule()}
    for server_id, rule in outlasting.items():
        assert await books.servers.rule(server_id, Scope.MEMBER, MEMBER) == rule
        assert (await books.servers.quota_rules(server_id, MEMBER, ())).member == rule
        assert (await books.servers.quota_rules(server_id, MEMBER + 1, ())).member == PartialRule()
    assert await books.servers.rules(1) == []
    assert [await books.servers.forgotten_rules(server_id) for server_id in (1, 2, 3)] == [1, 1, 0]
    assert (await privacy_of(books).keepings(MEMBER)).outlasting[Lasting.RULE] == 0
    shown = await books.jobs.standing(1, MEMBER, (), terms)
    assert (shown.left.free_images, shown.terms.rule.images_per_job) == (0, 2)
    with pytest.raises(MemberError, match="too-many-images"):
        await books.submit(terms, member_id=MEMBER, count=4)
    job = await books.submit(terms, member_id=MEMBER, server_id=2, count=2)
    assert job.account_id != 1
    assert await books.servers.rules(1) == [(Scope.MEMBER, MEMBER, STRICT)]
    assert await books.servers.rules(2) == [(Scope.MEMBER, MEMBER, PartialRule(cooldown_s=5))]
    # Nothing would tell when to end it: it binds until an admin clears it, however often its member is forgotten.
    await books.jobs.void(job.id)
    books.clock.advance(300 * DAY_MS / 1000)
    later = make_terms(books.clock.now_ms(), BUILT_IN, free=5, budget=1_000_000)
    for _ in range(2):
        await forget(books, later)
        await privacy_of(books).expire_retained()
        assert await books.servers.rule(1, Scope.MEMBER, MEMBER) == STRICT
        await make_job(books, later, server_id=3)
    await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, None)
    await forget(books, later)
    assert await books.servers.rule(1, Scope.MEMBER, MEMBER) == PartialRule()


async def test_an_admin_clears_a_rule_that_awaits_its_member(books, terms):
    await make_job(books, terms)
    await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, STRICT)
    await forget(books, terms)
    assert await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, None) == (STRICT, PartialRule())
    await make_job(books, terms, count=4)


async def test_a_rule_below_what_a_role_has_outlasts_its_member_too(books, terms):
    await books.servers.set_rule(books.act(), Scope.ROLE, 31, PartialRule(free_images=20))
    await books.servers.set_rule(books.act(server_id=2), Scope.ROLE, 31, PartialRule(free_images=7))
    for server_id in (1, 2):
        rule = PartialRule(free_images=8)
        await books.servers.set_rule(books.act(server_id=server_id), Scope.MEMBER, MEMBER, rule)
    await forget(books, terms)
    assert await books.servers.rule(1, Scope.MEMBER, MEMBER) == PartialRule(free_images=8)
    assert await books.servers.rule(2, Scope.MEMBER, MEMBER) == PartialRule()


@pytest.mark.parametrize("rule", [PartialRule(cooldown_s=3600), None])
async def test_who_comes_back_waits_as_long_as_they_had_to_and_nothing_is_kept_of_that_for_longer(books, terms, rule):
    terms = replace(terms, rule=replace(terms.rule, cooldown_s=600))
    if rule is not None:
        await books.servers.set_rule(books.act(), Scope.MEMBER, MEMBER, rule)
    job = await make_job(books, terms)
    wait_s = rule.cooldown_s if rule is not None else 600
    for elsewhere in (2, 3):
        await forget(books, terms)
        books.clock.advance(60)
        with pytest.raises(Unavailable, match="cooling-down") as refused:
            await books.submit(terms, member_id=MEMBER)
        assert refused.value.values == {"again_ms": job.created_ms + wait_s * 1000}
        # There they have not asked, and have an account again.
        await make_job(books, terms, server_id=elsewhere)
    books.clock.advance(wait_s - 120)
    await books.submit(terms, member_id=MEMBER)
    assert await privacy_of(books).expire_retained() >= 1
    assert await books.rows("SELECT * FROM carried WHERE kind = 'request' AND server_id = 1") == []


async def test_when_somebody_asked_is_not_kept_where_nobody_has_to_wait(books, terms):
    await make_job(books, terms)
    await forget(books, terms)
    assert await books.rows("SELECT DISTINCT kind FROM carried") == [("allowance",)]


async def test_the_next_period_begins_anew_and_nothing_is_kept_of_the_last(books, terms):
    await make_job(books, terms, count=3)
    await forget(books, terms)
    books.clock.advance((terms.period.end_ms - books.clock.now_ms()) / 1000 + 1)
    assert (await privacy_of(books).keepings(MEMBER)) == Keepings()
    assert await privacy_of(books).expire_retained() == 1
    assert await books.rows("SELECT * FROM carried") == []
    fresh = make_terms(books.clock.now_ms(), BUILT_IN, free=5)
    await books.submit(fresh, member_id=MEMBER, count=4)
    assert (await books.jobs.standing(1, MEMBER, (), fresh)).left.free_images == 1


async def test_what_was_used_of_periods_that_are_over_is_not_kept(books, terms):
    await make_job(books, terms)
    books.clock.advance(DAY_MS / 1000)
    await forget(books, make_terms(books.clock.now_ms(), BUILT_IN, free=5))
    assert await books.rows("SELECT * FROM carried") == []


@pytest.mark.parametrize("is_for_good", [True, False])
async def test_a_block_outlasts_its_member_and_meets_them_when_they_come_back(books, terms, is_for_good):
    until_ms = 0 if is_for_good else books.clock.now_ms() + HOUR_MS
    await make_job(books, terms)
    case = await moderation_of(books).block(books.act("mod.block", reason="rude"), MEMBER, until_ms)
    await forget(books, terms)
    assert (await privacy_of(books).keepings(MEMBER)).outlasting
    with pytest.raises(Blocked) as blocked:
        await books.submit(terms, member_id=MEMBER)
    assert (blocked.value.case_id, blocked.value.until_ms) == (case.id, until_ms)
    await books.submit(terms, member_id=MEMBER, server_id=2)
    books.clock.advance(2 * 3600)
    if is_for_good:
        with pytest.raises(Blocked):
            await books.submit(terms, member_id=MEMBER)
    else:
        await books.submit(terms, member_id=MEMBER)


async def test_a_block_that_was_lifted_while_its_member_was_forgotten_does_not_come_back(books, terms):
    await make_job(books, terms)
    moderation = moderation_of(books)
    await moderation.block(books.act("mod.block"), MEMBER, 0)
    await forget(books, terms)
    await moderation.unblock(books.act("mod.unblock"), MEMBER)
    await forget(books, terms)
    await books.submit(terms, member_id=MEMBER)
    assert await books.rows("SELECT * FROM blocks") == []


async def test_an_appeal_that_is_accepted_after_its_member_came_back_lifts_the_block_and_its_text_goes(books, terms):
    await make_job(books, terms)
    moderation = moderation_of(books)
    case = await moderation.block(books.act("mod.block"), MEMBER, 0)
    await moderation.appeal(Act(books.next_id(), 1, MEMBER, "appeal.add"), case.id, f"but {SECRET} sings", "en-US")
    keepings = await privacy_of(books).keepings(MEMBER)
    assert (keepings.blocks, keepings.open_appeals) == (1, 1)
    await forget(books, terms)
    assert await books.rows("SELECT text FROM appeals") == [(f"but {SECRET} sings",)]
    with pytest.raises(Blocked):
        await books.submit(terms, member_id=MEMBER)
    ((appeal_id,),) = await books.rows("SELECT id FROM appeals")
    await moderation.decide(books.act("appeal.accept"), appeal_id, accepts=True)
    assert await books.rows("SELECT text, locale FROM appeals") == [("", "")]
    await books.submit(terms, member_id=MEMBER)


async def test_who_comes_back_to_a_block_appeals_it_under_their_name_and_does_not_decide_it(books, terms):
    await make_job(books, terms)
    moderation = moderation_of(books)
    case = await moderation.block(books.act("mod.block"), MEMBER, 0)
    await forget(books, terms)
    with pytest.raises(Blocked) as refusal:
        await books.submit(terms, member_id=MEMBER)
    assert refusal.value.case_id == case.id
    await moderation.appeal(Act(books.next_id(), 1, MEMBER, "mod.appeal"), case.id, "but", "en-US")
    ((appeal_id,),) = await books.rows("SELECT id FROM appeals")
    appeal = await moderation.appeal_by_id(appeal_id)
    assert appeal is not None
    assert (appeal.member_id, appeal.case.member_id) == (MEMBER, 0)
    assert (await privacy_of(books).keepings(MEMBER)).open_appeals == 1
    with pytest.raises(NotPermitted, match="appeal-own"):
        await moderation.decide(Act(books.next_id(), 1, MEMBER, "mod.appeal-accepted"), appeal_id, accepts=True)
    decided = await moderation.decide(books.act("mod.appeal-accepted"), appeal_id, accepts=True)
    assert (decided.member_id, decided.text) == (MEMBER, "but")
    await books.submit(terms, member_id=MEMBER)


async def test_who_appealed_and_was_forgotten_does_not_decide_it_when_they_come_back(books, terms):
    await make_job(books, terms)
    moderation = moderation_of(books)
    case = await moderation.block(books.act("mod.block"), MEMBER, 0)
    await moderation.appeal(Act(books.next_id(), 1, MEMBER, "mod.appeal"), case.id, "but", "en-US")
    await forget(books, terms)
    with pytest.raises(Blocked):
        await books.submit(terms, member_id=MEMBER)
    ((appeal_id,),) = await books.rows("SELECT id FROM appeals")
    with pytest.raises(NotPermitted, match="appeal-own"):
        await moderation.decide(Act(books.next_id(), 1, MEMBER, "mod.appeal-accepted"), appeal_id, accepts=True)


async def test_an_appeal_that_is_accepted_before_its_member_came_back_lifts_what_is_carried(books, terms):
    await make_job(books, terms)
    moderation = moderation_of(books)
    case = await moderation.block(books.act("mod.block"), MEMBER, 0)
    await moderation.appeal(Act(books.next_id(), 1, MEMBER, "appeal.add"), case.id, "but", "en-US")
    await forget(books, terms)
    ((appeal_id,),) = await books.rows("SELECT id FROM appeals")
    await moderation.decide(books.act("appeal.accept"), appeal_id, accepts=True)
    await books.submit(terms, member_id=MEMBER)


async def test_strikes_of_the_last_day_count_on_for_who_comes_back(books, terms):
    for _ in range(2):
        queued = await books.queue(terms, member_id=MEMBER)
        await books.bring_to_submitting(queued)
        await books.jobs.fail(queued.id, failure_of("DataInspectionFailed"))
    await forget(books, terms)
    queued = await books.queue(terms, member_id=MEMBER)
    await books.bring_to_submitting(queued)
    await books.jobs.fail(queued.id, failure_of("DataInspectionFailed"))
    with pytest.raises(Blocked):
        await books.submit(terms, member_id=MEMBER)


async def test_strikes_are_kept_as_long_as_they_count_and_no_longer(books, terms):
    queued = await books.queue(terms, member_id=MEMBER)
    await books.bring_to_submitting(queued)
    await books.jobs.fail(queued.id, failure_of("DataInspectionFailed"))
    end_ms = books.clock.now_ms() + STRIKE_WINDOW_MS
    books.clock.advance(3600)
    await forget(books, terms)
    assert (await privacy_of(books).keepings(MEMBER)).outlasting[Lasting.STRIKES] == end_ms
    books.clock.advance((end_ms - books.clock.now_ms()) / 1000)
    await privacy_of(books).expire_retained()
    assert await books.rows("SELECT * FROM carried") == []
