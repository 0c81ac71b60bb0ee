"""What a card says of its member's quota: that it is nearly used up, and how many more refusals there may be."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.quota import Balance
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.presentation.jobs.cards import card
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.samples import NOW_MS, image, job_in, known

WORDS = {"en-US": "That is less than a fifth of what this period gives you.", "zh-CN": "已不到本周期额度的五分之一。"}
DAY_MS = 24 * 3600 * 1000


def lines_of(state: JobState, locale: str = "en-US", *, standing: dict[str, Any], **changes: Any) -> list[str]:
    job = job_in(state, locale=locale, **changes)
    told = known(job)
    assert told.standing is not None
    told = replace(told, standing=replace(told.standing, **standing))
    (container,) = card(Texts.load(), job, told).to_components()
    contents = [str(part.get("content", "")) for part in container["components"]]
    return [line for content in contents for line in content.splitlines()]


def delivered(left: int, locale: str = "en-US", *, given: int = 0, **changes: Any) -> list[str]:
    made = {"images": (image(0),), "charged": Charge(1, 1, 0), "tells_nearly_out": True, **changes}
    return lines_of(JobState.DELIVERED, locale, standing={"left": Balance(left, 0, 0), "given_images": given}, **made)


@pytest.mark.parametrize("locale", WORDS)
def test_the_result_that_leaves_less_than_a_fifth_says_so_below_what_is_left(locale):
    said = delivered(1, locale)
    assert said[said.index(WORDS[locale]) - 1].startswith(("Left: 1 free picture", "剩余：免费图片 1 张"))


def test_it_says_so_only_where_it_was_noted_and_as_long_as_it_is_so():
    assert WORDS["en-US"] in delivered(2, given=1)
    assert WORDS["en-US"] not in delivered(2)
    assert WORDS["en-US"] not in delivered(0)
    assert WORDS["en-US"] not in delivered(1, tells_nearly_out=False)
    # What is left by now is another period's.
    assert WORDS["en-US"] not in delivered(1, created_ms=NOW_MS - 2 * DAY_MS)


def refused(locale: str = "en-US", **refusals: Any) -> list[str]:
    standing = {"refused": RefusedPrompts(last_ms=NOW_MS, **refusals)}
    said = lines_of(JobState.FAILED, locale, standing=standing, failure="DataInspectionFailed", ended_ms=NOW_MS)
    return [line for line in said if "pictures for a day" in line or "一天之内" in line]


@pytest.mark.parametrize(
    ("refusals", "english", "chinese"),
    [
        (
            {"strikes": 1, "strikes_limit": 3},
            ["That is refused prompt 1 of 3: after 3 within 24 hours, you can't ask for pictures for a day."],
            ["这是被图像服务拒绝的第 1 个提示词；24 小时内满 3 个，一天之内不能画图。"],
        ),
        (
            {"strikes_limit": 3},
            ["That was refused prompt 3 of 3 within 24 hours: you can't ask for pictures for a day."],
            ["这是 24 小时内被图像服务拒绝的第 3 个提示词，一天之内不能画图。"],
        ),
        (
            {"strikes_limit": 1},
            ["Because of this prompt you can't ask for pictures for a day."],
            ["提示词被图像服务拒绝，一天之内不能画图。"],
        ),
        ({"strikes": 7, "strikes_limit": 0}, [], []),
    ],
)
def test_a_refusal_says_how_many_there_may_be_before_a_pause(refusals, english, chinese):
    assert (refused(**refusals), refused("zh-CN", **refusals)) == (english, chinese)


def test_who_is_paused_is_not_told_to_try_again_or_of_a_shorter_wait():
    said = lines_of(
        JobState.FAILED,
        standing={"refused": RefusedPrompts(last_ms=NOW_MS, again_ms=NOW_MS + 600_000, strikes_limit=3)},
        failure="DataInspectionFailed",
        ended_ms=NOW_MS,
    )
    assert not [line for line in said if "Try" in line or "ask again" in line]


@pytest.mark.parametrize(
    ("charge", "english", "chinese"),
    [
        (Charge(2, 0, 280_000), "From your budget: CN¥0.28.", "从你的预算中扣除 ¥0.28。"),
        (
            Charge(2, 0, 280_000, credit_micros=140_000),
            "From your budget and credit: CN¥0.28.",
            "从你的预算和余额中扣除 ¥0.28。",
        ),
        (Charge(2, 0, 280_000, credit_micros=280_000), "From your credit: CN¥0.28.", "从你的余额中扣除 ¥0.28。"),
        (
            Charge(3, 1, 280_000, credit_micros=280_000),
            "From your free pictures: 1; from your credit: CN¥0.28.",
            "从你的免费图片中扣除 1 张，从你的余额中扣除 ¥0.28。",
        ),
    ],
)
def test_a_receipt_says_whether_budget_or_credit_was_taken(charge: Charge, english: str, chinese: str):
    for locale, line in (("en-US", english), ("zh-CN", chinese)):
        assert line in lines_of(JobState.DELIVERED, locale, standing={}, images=(image(0),), charged=charge)
