import pytest
from discord import ui

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.quota import Refund
from bot.presentation.jobs.deletion import deletion_form
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.samples import image, job_in

TEXTS = Texts.load()
WITH_PICTURES = {
    "en-US": "The message, its pictures and the stored files are deleted for good.",
    "zh-CN": "这条消息、其中的图片和保存的文件会被永久删除。",
}


def lines_of(job, locale: str) -> list[str]:
    (text,) = deletion_form(TEXTS, locale, job, is_own=True, is_locked=False).children
    assert isinstance(text, ui.TextDisplay)
    return text.content.split("\n")


@pytest.mark.parametrize(
    ("charge", "back", "said"),
    [
        (
            Charge(1, 1, 0),
            Refund(1, 0),
            {"en-US": "What it took was given back.", "zh-CN": "额度此前已全部退回。"},
        ),
        (
            Charge(3, 1, 280_000),
            Refund(1, 280_000),
            {"en-US": "What it took was given back.", "zh-CN": "额度此前已全部退回。"},
        ),
        (
            Charge(3, 1, 280_000),
            Refund(1, 0),
            {
                "en-US": "From your free pictures: 1; from your budget: CN¥0.28.\nGiven back: 1 free picture.\n"
                "CN¥0.28 isn't given back.",
                "zh-CN": "从你的免费图片中扣除 1 张，从你的预算中扣除 ¥0.28。\n已退还：免费图片 1 张。\n"
                "其余 ¥0.28 不会退还。",
            },
        ),
        (
            Charge(3, 3, 0),
            Refund(1, 0),
            {
                "en-US": "From your free pictures: 3.\nGiven back: 1 free picture.\n2 free pictures aren't given back.",
                "zh-CN": "从你的免费图片中扣除 3 张。\n已退还：免费图片 1 张。\n其余免费图片 2 张不会退还。",
            },
        ),
        (
            Charge(4, 2, 280_000),
            Refund(1, 140_000),
            {
                "en-US": "From your free pictures: 2; from your budget: CN¥0.28.\nGiven back: 1 free picture.\n"
                "Given back as credit: CN¥0.14.\n1 free picture and CN¥0.14 aren't given back.",
                "zh-CN": "从你的免费图片中扣除 2 张，从你的预算中扣除 ¥0.28。\n已退还：免费图片 1 张。\n"
                "已以余额退还：¥0.14。\n其余免费图片 1 张和 ¥0.14 不会退还。",
            },
        ),
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_form_says_what_of_the_charge_stays(locale, charge, back, said):
    job = job_in(JobState.DELIVERED, images=(image(0), image(1)), charged=charge, given_back=back)
    assert lines_of(job, locale) == [WITH_PICTURES[locale], *said[locale].splitlines()]


@pytest.mark.parametrize(
    ("locale", "said"), [("en-US", "The message is deleted for good."), ("zh-CN", "这条消息会被永久删除。")]
)
@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELED, JobState.EXPIRED])
def test_the_form_of_a_job_without_pictures_speaks_of_none(state, locale, said):
    assert lines_of(job_in(state, charged=Charge(0, 0, 0)), locale) == [said]


def test_a_moderator_reads_of_no_budget_of_their_own():
    job = job_in(JobState.DELIVERED, images=(image(0),), charged=Charge(3, 1, 280_000))
    (text,) = deletion_form(TEXTS, "en-US", job, is_own=False, is_locked=False).children
    assert isinstance(text, ui.TextDisplay)
    assert text.content.endswith("Charged: 1 free picture and CN¥0.28. That isn't given back.")
