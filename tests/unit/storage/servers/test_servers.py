import json
import sqlite3
from dataclasses import replace

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota_rules import PartialRule, QuotaRules, Scope
from bot.domain.servers.settings import Calendar, Exposure, Posting, Previews, Settings
from bot.domain.time.periods import PeriodKind
from bot.errors import AlreadyDone, NotPermitted
from tests.support.ledger import ADMIN, Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
EVERYTHING = Settings(
    calendar=Calendar(PeriodKind.WEEK, "America/New_York", 5),
    next_calendar=Calendar(PeriodKind.MONTH, "Europe/London", 9),
    pool_micros=0,
    channels=frozenset({2**62, 7}),
    models=frozenset({TURBO.name}),
    posting=Posting.PRIVATE,
    admin_roles=frozenset({3, 1}),
    moderator_roles=frozenset({4}),
    log_channel=2**62,
    log_exposure=frozenset(Exposure),
    confirms_paid=False,
    previews=Previews.NONE,
    age_restricted_only=True,
)
TABLES = ("settings", "rules", "acts", "audit", "accounts", "members", "buckets", "ledger")


async def everything(books: Books) -> dict[str, list[tuple]]:
    return {table: await books.rows(f"SELECT * FROM {table}") for table in TABLES}


async def audited(books: Books) -> list[tuple[str, int, dict]]:
    rows = await books.rows(
        "SELECT act, server_id, discord_id, detail FROM audit JOIN members ON account_id = actor_id ORDER BY audit.id"
    )
    assert {actor for _, _, actor, _ in rows} == {ADMIN}
    return [(act, server, json.loads(detail)) for act, server, _, detail in rows]


async def test_a_server_that_decided_nothing_has_the_default_settings_and_no_rules(books: Books):
    assert await books.servers.settings(1) == Settings()
    assert await books.servers.rules(1) == []
    assert await books.servers.rule(1, Scope.MEMBER, 5) == PartialRule()
    assert await books.servers.quota_rules(1, 5, {1, 2}) == QuotaRules()
    assert await books.rows("SELECT count(*) FROM accounts") == [(0,)]


async def test_settings_are_kept_as_they_were_set_and_others_servers_stay(books: Books):
    assert await books.servers.change_settings(books.act(), lambda _: EVERYTHING) == (Settings(), EVERYTHING)
    assert await books.servers.settings(1) == EVERYTHING
    assert await books.servers.settings(2) == Settings()
    before, after = await books.servers.change_settings(books.act(), lambda old: replace(old, log_channel=0))
    assert (before, after) == (EVERYTHING, replace(EVERYTHING, log_channel=0))
    assert await books.servers.settings(1) == after


async def test_a_change_of_settings_is_audited_with_what_was_and_what_is(books: Books):
    act = books.act("settings.posting", reason="quieter")
    await books.servers.change_settings(act, lambda old: replace(old, posting=Posting.PRIVATE, channels=frozenset({9})))
    assert await audited(books) == [
        ("settings.posting", 1, {"channels": "[] -> [9]", "posting": "free -> private", "reason": "quieter"})
    ]


async def test_what_admins_agreed_to_meanwhile_is_not_ended_by_who_saw_the_settings_before(books: Books):
    seen = Settings(log_channel=7, log_exposure=frozenset({Exposure.EVERYONE}))
    anew = replace(seen, log_exposure=frozenset(Exposure))
    await books.servers.change_settings(books.act(), lambda _: anew)
    await books.servers.end_agreement(1, seen, frozenset({Exposure.EVERYONE}))
    assert await books.servers.settings(1) == anew
    await books.servers.end_agreement(1, anew, frozenset({Exposure.EVERYONE}))
    assert (await books.servers.settings(1)).log_exposure == {Exposure.FOLLOWERS}


async def test_a_change_that_is_refused_changes_nothing(books: Books):
    before = await everything(books)

    def refuse(_: Settings) -> Settings:
        raise NotPermitted("admins-only")

    with pytest.raises(NotPermitted):
        await books.servers.change_settings(books.act(), refuse)
    assert await everything(books) == before


async def test_an_act_delivered_twice_is_done_once_and_leaves_nothing(books: Books):
    job = await books.submit(make_terms(books.clock.now_ms(), {TURBO.name: TURBO}))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    act = books.act("quota.set-role")
    await books.servers.set_rule(act, Scope.ROLE, 5, PartialRule(free_images=1))
    before = await everything(books)
    for again in (
        books.servers.set_rule(act, Scope.ROLE, 5, PartialRule(free_images=2)),
        # Somebody who has no account yet gets none by it.
        books.servers.set_rule(act, Scope.MEMBER, 777, PartialRule(free_images=2)),
        books.servers.change_settings(act, lambda _: EVERYTHING),
        books.servers.grant(act, 778, 5),
        books.servers.refund(act, job.id),
    ):
        with pytest.raises(AlreadyDone):
            await again
        assert await everything(books) == before


async def test_setting_a_rule_changes_what_it_names_and_keeps_the_rest(books: Books):
    act = books.act("quota.set-role", reason="helpers")
    first = PartialRule(free_images=5, cooldown_s=0)
    assert await books.servers.set_rule(act, Scope.ROLE, 5, first) == (PartialRule(), first)
    both = PartialRule(free_images=7, cooldown_s=0, active_jobs=2)
    wanted = PartialRule(free_images=7, active_jobs=2)
    assert await books.servers.set_rule(books.act("quota.set-role"), Scope.ROLE, 5, wanted) == (first, both)
    assert await books.servers.rule(1, Scope.ROLE, 5) == both
    assert await audited(books) == [
        ("quota.set-role", 1, {"scope": "role", "owner": 5, "free_images": "None -> 5", "cooldown_s": "None -> 0",
                               "reason": "helpers"}),
        ("quota.set-role", 1, {"scope": "role", "owner": 5, "free_images": "5 -> 7", "active_jobs": "None -> 2"}),
    ]  # fmt: skip


async def test_a_cleared_rule_is_gone(books: Books):
    rule = PartialRule(free_images=5)
    await books.servers.set_rule(books.act(), Scope.SERVER, 0, rule)
    assert await books.servers.set_rule(books.act(), Scope.SERVER, 0, None) == (rule, PartialRule())
    assert await books.servers.rules(1) == []
    assert await books.servers.set_rule(books.act(), Scope.SERVER, 0, None) == (PartialRule(), PartialRule())


async def test_a_members_rule_is_found_by_discords_id_and_stored_by_the_account(books: Books):
    rule = PartialRule(budget_micros=1)
    await books.servers.set_rule(books.act(), Scope.MEMBER, 555, rule)
    ((account_id,),) = await books.rows("SELECT account_id FROM members WHERE discord_id = 555")
    assert await books.rows("SELECT scope, owner FROM rules") == [("member", account_id)]
    assert await books.servers.rule(1, Scope.MEMBER, 555) == rule
    assert await books.servers.rules(1) == [(Scope.MEMBER, 555, rule)]
    assert (await books.servers.quota_rules(1, 555, ())).member == rule
    assert (await books.servers.quota_rules(1, account_id, ())).member == PartialRule()


async def test_the_rule_of_a_person_who_was_forgotten_names_nobody(books: Books):
    await books.servers.set_rule(books.act(), Scope.MEMBER, 555, PartialRule(free_images=1))
    await books.database.write(lambda conn: conn.execute("DELETE FROM members WHERE discord_id = 555").rowcount)
    assert await books.servers.rules(1) == [(Scope.MEMBER, 0, PartialRule(free_images=1))]
    assert await books.servers.quota_rules(1, 555, ()) == QuotaRules()


async def test_a_members_book_has_only_rules_of_this_server_and_of_roles_that_they_have(books: Books):
    rules = {}
    for server in (1, 2):
        for scope, owner in ((Scope.SERVER, 0), (Scope.ROLE, 8), (Scope.ROLE, 9), (Scope.MEMBER, 8), (Scope.MEMBER, 9)):
            rules[server, scope, owner] = PartialRule(free_images=len(rules))
            act = books.act(server_id=server)
            await books.servers.set_rule(act, scope, owner, rules[server, scope, owner])
    assert await books.servers.quota_rules(2, 8, {9, 77}) == QuotaRules(
        server=rules[2, Scope.SERVER, 0],
        roles={9: rules[2, Scope.ROLE, 9]},
        member=rules[2, Scope.MEMBER, 8],
    )
    assert {(scope, owner): rule for scope, owner, rule in await books.servers.rules(1)} == {
        (scope, owner): rule for (server, scope, owner), rule in rules.items() if server == 1
    }


async def test_a_server_is_greeted_once_for_all_and_each_server_for_itself(books: Books):
    assert await books.servers.greet(1, 5, "zh-CN")
    assert not await books.servers.greet(1, 6, "en-US")
    assert await books.servers.greet(2, 0, "en-US")
    rows = await books.rows("SELECT kind, content FROM outbox ORDER BY id")
    assert [(kind, json.loads(content)) for kind, content in rows] == [
        ("greeting", {"server_id": 1, "channel_id": 5, "locale": "zh-CN"}),
        ("greeting", {"server_id": 2, "channel_id": 0, "locale": "en-US"}),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO settings (server_id, period) VALUES (1, 'year')",
        "INSERT INTO settings (server_id, posting) VALUES (1, 'loud')",
        "INSERT INTO settings (server_id, pool_micros) VALUES (1, -1)",
        "INSERT INTO settings (server_id, channels) VALUES (1, 'general')",
        "INSERT INTO rules (server_id, scope, owner) VALUES (1, 'channel', 0)",
        "INSERT INTO alarms (bucket_id, percent, at_ms) VALUES (99, 80, 0)",
    ],
)
async def test_the_database_refuses_what_makes_no_sense(books: Books, statement: str):
    with pytest.raises(sqlite3.IntegrityError):
        await books.database.write(lambda conn: conn.execute(statement).rowcount)
