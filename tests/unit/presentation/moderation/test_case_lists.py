import re
from dataclasses import replace

import pytest
from discord import ui

from bot.domain.moderation.cases import Appeal, AppealState, Case, CaseFile, CaseKind
from bot.presentation.kit.escaping import length
from bot.presentation.kit.limits import CONTENT_LIMIT, TEXT_LIMIT
from bot.presentation.kit.texts import Texts
from bot.presentation.moderation.case_lists import ON_A_PAGE, blocked_page, cases_page
from bot.presentation.moderation.texts import ModTexts
from bot.service.moderation.moderator_log import NEWEST
from tests.support.attacks import attacks
from tests.support.liveliness import living
from tests.unit.presentation.samples import NOW_MS, WRITTEN

TEXTS = Texts.load()
OURS = re.compile(r"(?<!\\)<(?:@\d+|t:\d+:R)>")
CASE = Case(5, 1, 12, CaseKind.BLOCK, 7, 8, False, 0, 0, "spam", NOW_MS, NOW_MS + 60_000)
PAUSE = replace(CASE, kind=CaseKind.PAUSE, actor_id=0, by_program=True, until_ms=0, reason="", number=11)


def appeal(state: AppealState) -> Appeal:
    decided = (0, 0) if state is AppealState.OPEN else (NOW_MS + 9000, 9)
    return Appeal(3, CASE, 7, NOW_MS + 5000, "please", "en-US", state, *decided, answer="no")


def texts_of(view: ui.LayoutView) -> list[str]:
    return [one["content"] for one in walk(view.to_components()) if one["type"] == 10]


def ids_of(view: ui.LayoutView) -> list[str]:
    return [one["custom_id"] for one in walk(view.to_components()) if one["type"] == 2]


def walk(components):
    for one in components:
        yield one
        yield from walk(one.get("components", ()))
        yield from walk([one["accessory"]] if "accessory" in one else ())


def test_who_is_blocked_is_listed_with_end_moderator_case_and_reason_in_both_languages():
    assert texts_of(blocked_page(TEXTS, "en-US", [CASE, PAUSE], NEWEST)) == [
        "**Blocked in this server** · newest first",
        "<@7> · ends <t:1795000060:R> · by <@8> · case #12\n-# Reason: spam",
        "<@7> · for good · by the program · case #11",
    ]
    assert texts_of(blocked_page(TEXTS, "zh-CN", [CASE, PAUSE], NEWEST, "好了")) == [
        "好了\n**本服务器的封禁名单** · 从新到旧",
        "<@7> · <t:1795000060:R> 到期 · 操作者：<@8> · 处置记录 #12\n-# 原因：spam",
        "<@7> · 永久 · 操作者：程序 · 处置记录 #11",
    ]


def test_somebody_who_was_forgotten_is_listed_and_let_in_without_a_name():
    (_, row) = texts_of(blocked_page(TEXTS, "en-US", [replace(PAUSE, member_id=0)], NEWEST))
    assert row.startswith("somebody who was forgotten · for good")
    for locale, words in (("en-US", "somebody who was forgotten can ask"), ("zh-CN", "一位已清除数据的成员 可以")):
        assert ModTexts(TEXTS, locale).unblocked(0, PAUSE).startswith(words)


@pytest.mark.parametrize(
    ("file", "english", "chinese"),
    [
        (
            CaseFile(CASE, (), ()),
            "a member was blocked · <t:1795000000:R> · by <@8>\nEnds: <t:1795000060:R>\n-# Reason: spam",
            "封禁了一位成员 · <t:1795000000:R> · 操作者：<@8>\n结束：<t:1795000060:R>\n-# 原因：spam",
        ),
        (
            CaseFile(replace(CASE, until_ms=NOW_MS, reason=""), (), ()),
            "a member was blocked · <t:1795000000:R> · by <@8>\nEnded: <t:1795000000:R>",
            "封禁了一位成员 · <t:1795000000:R> · 操作者：<@8>\n已结束：<t:1795000000:R>",
        ),
        (
            CaseFile(PAUSE, (), (appeal(AppealState.REJECTED), appeal(AppealState.OPEN))),
            "a member was paused · <t:1795000000:R> · by the program\nFor good\n"
            "Appealed <t:1795000005:R>; not decided yet",
            "暂停了一位成员 · <t:1795000000:R> · 操作者：程序\n永久有效\n申诉：<t:1795000005:R>提出，尚未决定",
        ),
        (
            CaseFile(replace(CASE, reason=""), (), (appeal(AppealState.ACCEPTED),), replace(PAUSE, actor_id=9)),
            "a member was blocked · <t:1795000000:R> · by <@8>\n"
            "Replaced by case #11 of the program, <t:1795000000:R>\nAppeal accepted <t:1795000009:R> by <@9>",
            "封禁了一位成员 · <t:1795000000:R> · 操作者：<@8>\n"
            "已被处置记录 #11 取代（程序，<t:1795000000:R>）\n申诉：<t:1795000009:R>由 <@9> 接受",
        ),
        (
            CaseFile(replace(CASE, kind=CaseKind.REMOVE, reason=""), (), (appeal(AppealState.REJECTED),)),
            "pictures were removed · <t:1795000000:R> · by <@8>\nAppeal rejected <t:1795000009:R> by <@9>",
            "移除了图片 · <t:1795000000:R> · 操作者：<@8>\n申诉：<t:1795000009:R>由 <@9> 驳回",
        ),
    ],
)
def test_a_members_cases_are_listed_with_what_became_of_them_in_both_languages(file, english, chinese):
    for locale, words in (("en-US", english), ("zh-CN", chinese)):
        assert texts_of(cases_page(TEXTS, locale, 7, [file], NEWEST, NOW_MS))[1:] == [words]


def test_pages_are_turned_as_far_as_there_are_any():
    blocked = [replace(CASE, id=100 - nth) for nth in range(ON_A_PAGE + 1)]
    files = [CaseFile(case, (), ()) for case in blocked]
    last = 100 - ON_A_PAGE + 1
    assert ids_of(blocked_page(TEXTS, "en-US", blocked, NEWEST))[-1] == f"mod:blocked:{last}"
    assert ids_of(blocked_page(TEXTS, "en-US", blocked[:2], 101)) == [
        "mod:unblock:100", "mod:unblock:99", f"mod:blocked:{NEWEST}",
    ]  # fmt: skip
    assert ids_of(cases_page(TEXTS, "en-US", 7, files, 101, NOW_MS))[-2:] == [
        f"mod:cases:7:{NEWEST}", f"mod:cases:7:{last}",
    ]  # fmt: skip
    assert ids_of(cases_page(TEXTS, "en-US", 7, files[:1], NEWEST, NOW_MS)) == ["mod:case:12"]
    for page, first, later in (
        (lambda at: blocked_page(TEXTS, "en-US", [], at), "Nobody is blocked.", "There is nothing older."),
        (lambda at: cases_page(TEXTS, "en-US", 7, [], at, NOW_MS), "There are none", "There is nothing older."),
    ):
        assert first in texts_of(page(NEWEST))[-1]
        assert later in texts_of(page(5))[-1]


@pytest.mark.parametrize("locale", WRITTEN)
def test_no_attack_breaks_a_page_or_a_notice(locale: str):
    words, lifted = ModTexts(TEXTS, locale), replace(CASE, kind=CaseKind.UNBLOCK)
    cases = [replace(CASE, reason=attack.text) for attack in attacks()]
    for page in (cases[at : at + ON_A_PAGE] for at in range(0, len(cases), ON_A_PAGE)):
        files = [CaseFile(case, (), (appeal(AppealState.REJECTED),), lifted) for case in page]
        for view in (
            blocked_page(TEXTS, locale, page, NEWEST),
            cases_page(TEXTS, locale, 7, files, NEWEST, NOW_MS),
        ):
            assert sum(length(text) for text in texts_of(view)) <= TEXT_LIMIT
            assert len(list(walk(view.to_components()))) <= 40
            for row in texts_of(view)[1:]:
                assert living(OURS.sub("", row.split("\n")[-1].removeprefix("-# "))) == "", ascii(row)
    for case in cases:
        answered = replace(appeal(AppealState.REJECTED), answer=case.reason)
        longest = replace(answered, text=case.reason)
        files = (CaseFile(case, (), (answered,)), CaseFile(case, (), (longest, longest), lifted))
        for text in (words.notice(case), words.appeal(answered), *map(words.file, files)):
            assert length(text) <= CONTENT_LIMIT
            assert living(OURS.sub("", text.split("\n")[-1])) == "", ascii(text)
