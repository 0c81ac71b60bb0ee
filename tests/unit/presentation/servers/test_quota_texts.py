from dataclasses import asdict, replace

import pytest

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.quota import Refund, Rule
from bot.domain.requests.quota_rules import BOUNDS, FIELDS, PartialRule, QuotaRules, Scope, check, resolve
from bot.domain.requests.worth import Worth
from bot.domain.time.periods import Period, PeriodKind
from bot.errors import MemberError
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.texts import Texts
from bot.presentation.servers.quota_texts import MOST_RULES, QuotaTexts, worth_text
from bot.service.servers.administration import MemberQuota, Pool
from tests.unit.presentation.samples import NOW_MS, WRITTEN, job_in, known

ENGLISH, CHINESE = (QuotaTexts(Texts.load(), locale) for locale in WRITTEN)
NOTHING = PartialRule()
OPERATORS = PartialRule(10, 0, 4, 10, 0)
FULL = PartialRule(10_000, 99_999_999_999, 4, 50, 86_400)
MONTH = Period("2026-11", 1000, 2000)
OPEN = Pool(taken=0, limit=None, ceiling=None, month=MONTH)
A_SNOWFLAKE = 1_574_427_026_721_341_442


def test_whom_a_rule_is_for_is_named_without_a_member_that_was_forgotten():
    whom = [(Scope.SERVER, 0), (Scope.ROLE, 31), (Scope.MEMBER, 7), (Scope.MEMBER, 0)]
    assert [ENGLISH.whom(*one) for one in whom] == ["Everybody", "<@&31>", "<@7>", "A member who was forgotten"]
    assert [CHINESE.whom(*one) for one in whom] == ["所有人", "<@&31>", "<@7>", "一位已清除数据的成员"]


def test_a_rule_names_only_what_it_sets_and_for_how_long():
    rule = PartialRule(free_images=3, budget_micros=1_500_000, cooldown_s=30)
    assert ENGLISH.rule(rule, PeriodKind.DAY) == (
        "Free pictures 3 a day · Budget CN¥1.50 a day · Wait between requests 30 s"
    )
    assert "3 a week" in ENGLISH.rule(rule, PeriodKind.WEEK)
    assert CHINESE.rule(rule, PeriodKind.MONTH) == "免费图片 每月 3 · 预算 每月 ¥1.50 · 两次请求间隔 30 秒"
    assert (ENGLISH.rule(NOTHING, PeriodKind.DAY), CHINESE.rule(NOTHING, PeriodKind.DAY)) == ("nothing set", "没有规定")


def test_a_change_shows_what_was_open_what_changed_and_what_stayed():
    before, after = PartialRule(free_images=3, cooldown_s=30), PartialRule(budget_micros=140_000, cooldown_s=30)
    operator = Rule(**asdict(OPERATORS))
    for scope, unless in ((Scope.ROLE, ""), (Scope.MEMBER, " unless a role says otherwise")):
        instead = ENGLISH.instead(scope, resolve(operator, QuotaRules(PartialRule(free_images=5))), PeriodKind.WEEK)
        assert ENGLISH.change("<@7>", before, after, PeriodKind.WEEK, instead) == (
            f"**Rule for <@7>**\nFree pictures: 3 a week → **not set**; 5 a week applies (the server's rule){unless}\n"
            "Budget: not set → **CN¥0.14 a week**\nWait between requests: 30 s (as before)"
        )
    instead = CHINESE.instead(Scope.MEMBER, resolve(operator, QuotaRules()), PeriodKind.DAY)
    assert CHINESE.change("<@7>", before, NOTHING, PeriodKind.DAY, instead).splitlines()[1] == (
        "免费图片：每天 3 → **未设置**；按运营者的规则：每天 10（其身份组另有规则的除外）"
    )


def test_a_members_rule_tells_of_each_field_by_whose_word():
    rules = QuotaRules(PartialRule(free_images=3), {31: PartialRule(budget_micros=140_000)}, PartialRule(cooldown_s=5))
    standing = known(job_in(JobState.QUEUED)).standing
    assert standing is not None
    effective = resolve(standing.terms.rule, rules)
    lines = ENGLISH.member(7, MemberQuota(standing, effective), PeriodKind.DAY).splitlines()
    assert lines[:-1] == [
        "**Quota of <@7>**",
        "Free pictures: **3 a day** · the server's rule",
        "Budget: **CN¥0.14 a day** · role <@&31>",
        "Pictures in a request: **4** · the operator's rule",
        "Requests under way: **5** · the operator's rule",
        "Wait between requests: **5 s** · this member's own rule",
    ]
    assert lines[-1].startswith("Left: 8 free pictures, CN¥0.14 budget · resets <t:")


@pytest.mark.parametrize(("texts", "locale"), [(ENGLISH, "en-US"), (CHINESE, "zh-CN")])
@pytest.mark.parametrize("rule", [FULL, PartialRule(cooldown_s=1)])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 40, 60, 5000])
def test_however_many_rules_there_are_the_overview_fits_and_ends_with_the_pool(texts, locale, rule, count):
    rules = [(Scope.MEMBER, A_SNOWFLAKE + index, rule) for index in range(count)]
    worth = Worth("wanx2.1-t2i-turbo", 142, 15, PeriodKind.MONTH)
    text = texts.server(rules, 0, OPERATORS, OPEN, worth, PeriodKind.MONTH)
    assert len(text) <= CONTENT_LIMIT
    assert text.endswith("\n".join([texts.pool(OPEN), worth_text(Texts.load(), locale, worth)]))
    shown = sum(line.startswith("<@") for line in text.splitlines())
    assert shown == count or shown >= 8
    assert shown <= MOST_RULES
    hidden = [
        line for line in text.splitlines() if line in {f"and {count - shown:,} more", f"另有 {count - shown:,} 条"}
    ]
    assert len(hidden) == (shown < count)


def test_the_overview_lists_everybodys_rule_first_then_roles_then_members():
    rule = PartialRule(free_images=1)
    stored = [(Scope.MEMBER, 7, rule), (Scope.ROLE, 32, rule), (Scope.ROLE, 31, rule), (Scope.SERVER, 0, rule)]
    lines = ENGLISH.server(stored, 0, OPERATORS, OPEN, None, PeriodKind.DAY).splitlines()
    assert [line.partition(":")[0] for line in lines[1:5]] == ["Everybody", "<@&31>", "<@&32>", "<@7>"]


def test_the_overview_counts_the_rules_that_wait_for_members_who_were_forgotten():
    for texts, line in (
        (ENGLISH, "and 2 kept for members who were forgotten"),
        (CHINESE, "另有 2 条属于已清除数据的成员"),
    ):
        assert line in texts.server([], 2, OPERATORS, OPEN, None, PeriodKind.DAY).splitlines()
        assert line not in texts.server([], 0, OPERATORS, OPEN, None, PeriodKind.DAY)


@pytest.mark.parametrize(
    ("pool", "english", "chinese"),
    [
        (
            OPEN,
            "The server has used CN¥0.00 at list price this month; there is no limit. It resets <t:2:R>.",
            "本月服务器按标价用了 ¥0.00；没有限额。<t:2:R> 重置。",
        ),
        (
            Pool(taken=140_000, limit=20_000_000, ceiling=20_000_000, month=MONTH),
            "The server has used CN¥0.14 of its pool this month; CN¥19.86 is left of what the operator gives. "
            "It resets <t:2:R>.",
            "本月服务器的总额度用了 ¥0.14；按运营者给的上限还剩 ¥19.86。<t:2:R> 重置。",
        ),
        (
            Pool(taken=140_000, limit=100_000, ceiling=20_000_000, month=MONTH),
            "The server has used CN¥0.14 of its pool this month; CN¥0.00 is left of the limit that its admins set. "
            "It resets <t:2:R>.",
            "本月服务器的总额度用了 ¥0.14；按管理员设的限额还剩 ¥0.00。<t:2:R> 重置。",
        ),
    ],
)
def test_the_pool_says_what_is_used_and_left_and_who_limits_it(pool, english, chinese):
    assert (ENGLISH.pool(pool), CHINESE.pool(pool)) == (english, chinese)


@pytest.mark.parametrize(
    ("before", "after", "ceiling", "said"),
    [
        (None, 5_000_000, 20_000_000, "Monthly limit: CN¥20.00 → **CN¥5.00**"),
        (5_000_000, None, 20_000_000, "Monthly limit: CN¥5.00 → **CN¥20.00**"),
        (30_000_000, 5_000_000, 20_000_000, "Monthly limit: CN¥20.00 → **CN¥5.00**"),
        (None, 5_000_000, None, "Monthly limit: no limit → **CN¥5.00**"),
    ],
)
def test_a_changed_pool_is_shown_as_what_applies(before, after, ceiling, said):
    assert ENGLISH.pool_changed(before, after, ceiling) == said


@pytest.mark.parametrize(
    ("back", "credit", "english", "chinese"),
    [
        (
            Refund(1, 0),
            5,
            "\n1 free picture goes back to the period that it came from.",
            "\n1 张免费图片退到原来的周期。",
        ),
        (
            Refund(0, 280_000),
            380_000,
            "\nCN¥0.28 is given back as credit: before CN¥0.10, now CN¥0.38.",
            "\n¥0.28 退为余额：之前 ¥0.10，现在 ¥0.38。",
        ),
        (
            Refund(2, 140_000),
            140_000,
            "\n2 free pictures go back to the period that they came from.\n"
            "CN¥0.14 is given back as credit: before CN¥0.00, now CN¥0.14.",
            "\n2 张免费图片退到原来的周期。\n¥0.14 退为余额：之前 ¥0.00，现在 ¥0.14。",
        ),
    ],
)
def test_a_refund_names_what_comes_back_and_nothing_else(back, credit, english, chinese):
    job = job_in(JobState.DELIVERED)
    assert ENGLISH.refunded(job, back, credit) == f"What #812 of <@7> was charged is given back.{english}"
    assert CHINESE.refunded(job, back, credit) == f"<@7> 的 #812 的费用已退回。{chinese}"


@pytest.mark.parametrize(
    ("state", "charged", "english", "chinese"),
    [
        (JobState.QUEUED, None, "under way", "进行中"),
        (JobState.FAILED, None, "nothing taken", "未扣额度"),
        (JobState.CANCELED, Charge(0, 0, 0), "nothing taken", "未扣额度"),
        (JobState.DELIVERED, Charge(1, 1, 0), "1 free picture", "1 张免费"),
        (JobState.DELIVERED, Charge(2, 2, 0), "2 free pictures", "2 张免费"),
        (JobState.UNDELIVERED, Charge(3, 1, 280_000), "3 pictures, CN¥0.28 from your budget", "3 张，预算 ¥0.28"),
        (
            JobState.DELIVERED,
            Charge(3, 1, 280_000, credit_micros=1),
            "3 pictures, CN¥0.28 from your budget and credit",
            "3 张，预算和余额 ¥0.28",
        ),
    ],
)
def test_a_receipt_tells_what_a_job_took(state, charged, english, chinese):
    job = job_in(state, charged=charged)
    stamp = f"<t:{(NOW_MS - 60_000) // 1000}:R>"
    assert ENGLISH.receipt(job) == f"#812 · {stamp} · wanx2.1-t2i-turbo · {english}"
    assert CHINESE.receipt(job) == f"#812 · {stamp} · wanx2.1-t2i-turbo · {chinese}"


def test_a_value_out_of_bounds_is_called_by_its_name_in_the_readers_language():
    names = {"free_images": ("Free pictures", "免费图片"), "active_jobs": ("Requests under way", "同时进行的请求")}
    for name, words in names.items():
        with pytest.raises(MemberError) as refusal:
            check(replace(NOTHING, **{name: BOUNDS[name][1] + 1}))
        for texts, locale, word in zip((ENGLISH, CHINESE), WRITTEN, words, strict=True):
            error = texts.refused(refusal.value)
            said = Texts.load().say(locale, error.key, **error.values)
            assert said.startswith(word + " ")
            assert said.endswith(("Nothing was changed.", "没有任何改动。"))
            assert texts.not_set(refusal.value, name).count(word) == 1


def test_every_field_of_a_rule_has_its_name():
    line = ENGLISH.rule(FULL, PeriodKind.DAY)
    assert len(line.split(" · ")) == len(FIELDS)


def test_the_refund_of_a_rest_names_what_went_back_earlier():
    job = job_in(JobState.DELIVERED, given_back=Refund(1, 280_000))
    english = ENGLISH.refunded(job, Refund(0, 140_000), 140_000)
    said = "The rest of what #812 of <@7> was charged is given back: 1 free picture, CN¥0.28 went back earlier.\n"
    assert english.startswith(said)
    assert CHINESE.refunded(job, Refund(0, 140_000), 140_000).startswith(
        "<@7> 的 #812 剩余的费用已退回：此前已退免费图片 1 张、¥0.28。\n"
    )


@pytest.mark.parametrize(
    ("members", "english", "chinese"),
    [
        (0, "for this server.", "每月大约能画 142 张。"),
        (1, "for this server; one active member can use it up in a week.", "142 张；1 位活跃成员一周就能用完。"),
        (15, "for this server; 15 active members can use it up in a week.", "142 张；15 位活跃成员一周就能用完。"),
    ],
)
def test_what_a_pool_comes_to_is_one_sentence(members, english, chinese):
    worth = Worth("wanx", 142, members, PeriodKind.WEEK)
    said = [worth_text(Texts.load(), locale, worth) for locale in WRITTEN]
    assert said[0].startswith("The pool is about 142 pictures of wanx a month")
    assert (said[0].endswith(english), said[1].endswith(chinese)) == (True, True)
