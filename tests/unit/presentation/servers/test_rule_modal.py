from typing import Any

import pytest

from bot.domain.requests.quota_rules import FIELDS, PartialRule, Scope
from bot.presentation.kit.texts import LOCALES, Texts
from bot.presentation.servers.rule_modal import emptied, read_rule, rule_modal

LONGEST_LABEL = 45


INSTEAD = dict.fromkeys(FIELDS, "CN¥100,000.00 a month applies (the operator's rule) unless a role says otherwise")


def form(rule: PartialRule, locale: str = "en-US", *, scope: Scope = Scope.ROLE, called: str = "Art") -> dict[str, Any]:
    return rule_modal(Texts.load(), locale, (scope, 31, called), rule, INSTEAD).to_dict()


async def test_the_form_names_whom_it_is_for_and_fits_what_discord_allows():
    for locale in LOCALES:
        made = form(PartialRule(), locale, called="x" * 100)
        assert made["custom_id"] == "quota:set:role:31:0"
        assert "xxxx" in made["title"]
        assert all(len(part["component"]["placeholder"]) <= 100 for part in made["components"])
        assert [part["component"]["custom_id"] for part in made["components"]] == list(FIELDS)
        assert all(0 < len(part["label"]) <= LONGEST_LABEL for part in made["components"])
        assert len(made["title"]) <= LONGEST_LABEL
        assert not any(part["component"]["required"] for part in made["components"])


@pytest.mark.parametrize(
    ("scope", "english", "chinese"),
    [
        (Scope.SERVER, "Rule for everybody", "所有人的规则"),
        (Scope.ROLE, "Rule for the role Art", "身份组 Art 的规则"),
        (Scope.MEMBER, "Rule for Art", "Art 的规则"),
    ],
)
async def test_the_title_says_whose_rule_it_is(scope: Scope, english: str, chinese: str):
    made = [form(PartialRule(), locale, scope=scope) for locale in ("en-US", "zh-CN")]
    assert [one["title"] for one in made] == [english, chinese]
    assert made[0]["components"][0]["component"]["placeholder"].startswith("Empty: CN¥100,000.00 a month applies")


async def test_what_was_filled_and_is_emptied_is_told_from_what_was_empty():
    rule = PartialRule(free_images=7, active_jobs=2, cooldown_s=0)
    filled = int(form(rule)["custom_id"].rpartition(":")[2])
    assert emptied(dict.fromkeys(FIELDS, " "), filled) == {"free_images", "active_jobs", "cooldown_s"}
    assert emptied({"free_images": "", "budget_micros": "", "active_jobs": "3"}, filled) == {"free_images"}
    assert emptied(dict.fromkeys(FIELDS, ""), 0) == frozenset()


async def test_the_form_is_filled_with_what_the_rule_says():
    rule = PartialRule(free_images=7, budget_micros=1_234_567_891, cooldown_s=0)
    shown = [part["component"].get("value") for part in form(rule)["components"]]
    assert shown == ["7", "1234.567891", None, None, "0"]


async def test_what_the_form_shows_is_read_as_the_same_rule():
    rule = PartialRule(10_000, 100_000_000_000, 4, 50, 86_400)
    for locale in LOCALES:
        fields = [part["component"] for part in form(rule, locale)["components"]]
        assert all(len(field["value"]) <= field["max_length"] for field in fields)
        assert read_rule({field["custom_id"]: field["value"] for field in fields}, locale) == (rule, {})


def test_a_field_left_empty_is_not_named():
    assert read_rule({"free_images": "", "budget_micros": " ", "cooldown_s": "0"}, "en-US") == (
        PartialRule(cooldown_s=0),
        {},
    )
    assert read_rule({}, "en-US") == (PartialRule(), {})


def test_a_field_of_another_name_changes_nothing():
    assert read_rule({"owner": "1", "free_images": "2"}, "en-US") == (PartialRule(free_images=2), {})


@pytest.mark.parametrize(("typed", "value"), [("10", 10), (" 10 ", 10), ("１０", 10), ("007", 7)])
def test_a_number_is_read_as_keyboards_give_it(typed, value):
    rule, wrong = read_rule({"active_jobs": typed}, "zh-CN")
    assert (rule.active_jobs, wrong) == (value, {})


@pytest.mark.parametrize("typed", ["ten", "1.5", "-1", "+1", "1,000", "1e3", "五", "٣"])
def test_what_is_no_whole_number_is_refused(typed):
    rule, wrong = read_rule({"images_per_job": typed}, "en-US")
    assert rule.is_empty
    assert [(name, one.key, one.values) for name, one in wrong.items()] == [
        ("images_per_job", "invalid-number", {"typed": typed})
    ]


def test_the_budget_is_read_as_an_amount():
    assert read_rule({"budget_micros": "￥２．５元"}, "zh-CN") == (PartialRule(budget_micros=2_500_000), {})
    rule, wrong = read_rule({"budget_micros": "1块5"}, "zh-CN")
    assert (rule.is_empty, wrong["budget_micros"].key) == (True, "invalid-amount")


def test_bad_values_cost_none_of_the_others():
    typed = {
        "free_images": "7",
        "budget_micros": "lots",
        "images_per_job": "11",
        "active_jobs": "2",
        "cooldown_s": "soon",
    }
    rule, wrong = read_rule(typed, "en-US")
    assert rule == PartialRule(free_images=7, active_jobs=2)
    keys = {name: one.key for name, one in wrong.items()}
    out = "rule-out-of-bounds"
    assert keys == {"budget_micros": "invalid-amount", "images_per_job": out, "cooldown_s": "invalid-number"}
