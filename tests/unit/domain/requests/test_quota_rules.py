from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.requests.quota import Rule
from bot.domain.requests.quota_rules import (
    BOUNDS,
    FIELDS,
    Origin,
    PartialRule,
    QuotaRules,
    Scope,
    binding,
    check,
    longest_wait_s,
    resolve,
)
from bot.errors import MemberError

OPERATOR = Rule(free_images=10, budget_micros=0, images_per_job=4, active_jobs=3, cooldown_s=30)
OLDER, NEWER = 11, 22
partial_rules = st.builds(
    PartialRule, **{name: st.none() | st.integers(least, most) for name, (least, most) in BOUNDS.items()}
)


def test_where_nobody_says_anything_the_operators_rule_applies():
    found = resolve(OPERATOR, QuotaRules())
    assert found.rule == OPERATOR
    assert found.origins == dict.fromkeys(FIELDS, Origin(None))


def test_each_field_is_decided_by_itself():
    rules = QuotaRules(
        server=PartialRule(free_images=5, budget_micros=100, images_per_job=1),
        roles={OLDER: PartialRule(budget_micros=300, images_per_job=2)},
        member=PartialRule(images_per_job=3),
    )
    found = resolve(OPERATOR, rules)
    assert found.rule == Rule(free_images=5, budget_micros=300, images_per_job=3, active_jobs=3, cooldown_s=30)
    assert found.origins == {
        "free_images": Origin(Scope.SERVER),
        "budget_micros": Origin(Scope.ROLE, OLDER),
        "images_per_job": Origin(Scope.MEMBER),
        "active_jobs": Origin(None),
        "cooldown_s": Origin(None),
    }


@pytest.mark.parametrize(("name", "generous", "strict"), [(name, 9, 1) for name in FIELDS if name != "cooldown_s"])
def test_of_several_roles_the_most_generous_decides(name: str, generous: int, strict: int):
    rules = QuotaRules(roles={OLDER: PartialRule(**{name: strict}), NEWER: PartialRule(**{name: generous})})
    found = resolve(OPERATOR, rules)
    assert (getattr(found.rule, name), found.origins[name]) == (generous, Origin(Scope.ROLE, NEWER))


def test_of_several_cooldowns_the_shortest_decides():
    found = resolve(OPERATOR, QuotaRules(roles={OLDER: PartialRule(cooldown_s=60), NEWER: PartialRule(cooldown_s=0)}))
    assert (found.rule.cooldown_s, found.origins["cooldown_s"]) == (0, Origin(Scope.ROLE, NEWER))


def test_of_roles_that_give_the_same_the_oldest_is_named_whatever_their_order():
    same = PartialRule(free_images=7, cooldown_s=5)
    for order in ((OLDER, NEWER), (NEWER, OLDER)):
        origins = resolve(OPERATOR, QuotaRules(roles=dict.fromkeys(order, same))).origins
        assert origins["free_images"] == origins["cooldown_s"] == Origin(Scope.ROLE, OLDER)


def test_a_members_own_rule_wins_even_where_it_gives_less():
    rules = QuotaRules(
        server=PartialRule(free_images=50),
        roles={OLDER: PartialRule(free_images=99)},
        member=PartialRule(free_images=0),
    )
    assert resolve(OPERATOR, rules).rule.free_images == 0


def test_a_role_that_gives_less_than_the_server_takes_away():
    rules = QuotaRules(server=PartialRule(free_images=50), roles={OLDER: PartialRule(free_images=2)})
    assert resolve(OPERATOR, rules).rule.free_images == 2


@given(partial_rules, st.dictionaries(st.integers(1, 5), partial_rules), partial_rules)
def test_every_field_has_the_value_that_its_origin_gives(server: PartialRule, roles: Any, member: PartialRule):
    found = resolve(OPERATOR, QuotaRules(server, roles, member))
    for name in FIELDS:
        origin = found.origins[name]
        sources = {None: OPERATOR, Scope.SERVER: server, Scope.MEMBER: member, Scope.ROLE: roles.get(origin.role_id)}
        assert getattr(sources[origin.scope], name) == getattr(found.rule, name)


def is_more(name: str, value: int, other: int) -> bool:
    return value < other if name == "cooldown_s" else value > other


@given(partial_rules, st.dictionaries(st.integers(1, 5), partial_rules), partial_rules, st.sets(st.integers(1, 5)))
def test_who_has_lost_their_own_rule_but_what_binds_of_it_has_nothing_more_with_whatever_roles(
    server: PartialRule, roles: Any, member: PartialRule, held: set[int]
):
    kept = binding(OPERATOR, QuotaRules(server, roles, member))
    mine = {role: rule for role, rule in roles.items() if role in held}
    before = resolve(OPERATOR, QuotaRules(server, mine, member)).rule
    after = resolve(OPERATOR, QuotaRules(server, mine, kept)).rule
    for name in FIELDS:
        assert not is_more(name, getattr(after, name), getattr(before, name))
        assert getattr(kept, name) in (None, getattr(member, name))


@pytest.mark.parametrize(("name", "less", "more"), [(name, 1, 2) for name in FIELDS if name != "cooldown_s"])
def test_of_a_members_rule_binds_what_gives_less_than_the_server_or_a_role_and_nothing_else(
    name: str, less: int, more: int
):
    def kept(own: int, server: int | None, *roles: int) -> int | None:
        of_roles = {number: PartialRule(**{name: value}) for number, value in enumerate(roles)}
        rules = QuotaRules(PartialRule(**{name: server}), of_roles, PartialRule(**{name: own}))
        return getattr(binding(OPERATOR, rules), name)

    assert kept(less, more) == less
    assert kept(more, less, less) is None
    assert kept(more, more) is None
    assert kept(less, less, less, more) == less
    assert kept(getattr(OPERATOR, name) + 1, None) is None


def test_of_a_members_rule_a_longer_wait_binds():
    for own, server, kept in ((60, 0, 60), (0, 60, None), (31, None, 31), (30, None, None)):
        rules = QuotaRules(PartialRule(cooldown_s=server), {}, PartialRule(cooldown_s=own))
        assert binding(OPERATOR, rules).cooldown_s == kept


def test_the_longest_wait_is_that_of_whichever_rule_has_it():
    assert longest_wait_s(OPERATOR, QuotaRules()) == 30
    roles = {OLDER: PartialRule(cooldown_s=50), NEWER: PartialRule(free_images=1)}
    assert longest_wait_s(OPERATOR, QuotaRules(PartialRule(cooldown_s=5), roles)) == 50
    assert longest_wait_s(OPERATOR, QuotaRules(PartialRule(cooldown_s=5), {}, PartialRule(cooldown_s=70))) == 70
    assert longest_wait_s(OPERATOR, QuotaRules(PartialRule(cooldown_s=5))) == 5


def test_a_rule_over_another_keeps_what_it_leaves_open():
    older = PartialRule(free_images=1, budget_micros=2)
    assert PartialRule(budget_micros=0, cooldown_s=9).over(older) == PartialRule(1, 0, None, None, 9)
    assert PartialRule().over(older) == older


def test_a_rule_that_says_nothing_is_empty_and_one_that_says_zero_is_not():
    assert PartialRule().is_empty
    assert all(not replace(PartialRule(), **{name: 0}).is_empty for name in FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_value_within_its_bounds_is_taken_and_one_beyond_them_refused(name: str):
    least, most = BOUNDS[name]
    check(PartialRule(**{name: least}))
    check(PartialRule(**{name: most}))
    for wrong in (least - 1, most + 1):
        with pytest.raises(MemberError) as refusal:
            check(PartialRule(**{name: wrong}))
        if name == "budget_micros":
            assert (refusal.value.key, refusal.value.values) == ("rule-out-of-bounds-money", {"amount": most})
        else:
            expected = {"field": name, "least": least, "most": most}
            assert (refusal.value.key, refusal.value.values) == ("rule-out-of-bounds", expected)


def test_the_fields_of_a_partial_rule_are_those_of_a_rule_and_all_are_bounded():
    assert set(FIELDS) == set(asdict(OPERATOR)) == set(BOUNDS)
