"""Whose picture came in, as card, feed, timeline and exported log say it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.domain.log.moderator_log import Timeline
from bot.domain.pictures.inputs import InputPicture
from bot.presentation.kit.receipt import input_notes
from bot.presentation.kit.texts import Texts
from bot.presentation.log.tables import Jobs
from bot.presentation.log.texts import LogTexts
from tests.unit.presentation.samples import REQUEST, job_in

EDIT = replace(REQUEST, pictures=(InputPicture("1/2-in-0.png", 9, 4, 3, is_scaled=True, is_flattened=False),))
UTC = ZoneInfo("UTC")


OWN = EDIT.pictures[0]
KEPT, MASK = replace(OWN, is_kept=True), replace(OWN, is_mask=True)


@pytest.mark.parametrize(
    ("pictures", "number", "said", "chinese"),
    [
        ((OWN, OWN, MASK), 0, "Edited from 2 uploaded pictures.", "由上传的 2 张图片修改而成。"),
        ((KEPT, MASK), 0, "Edited from the picture of a kept reference.", "由保存的参考图（1 张）修改而成。"),
        (
            (KEPT, KEPT, OWN),
            0,
            "Edited from the 2 pictures of a kept reference and an uploaded one.",
            "由保存的参考图（2 张）和上传的 1 张图片修改而成。",
        ),
        ((OWN,), 1234, "Edited from a picture of #1234.", "由 #1234 的图片修改而成。"),
    ],
)
def test_what_is_the_members_own_is_called_what_it_is(pictures, number, said, chinese):
    job = job_in(JobState.DELIVERED, request=replace(EDIT, pictures=pictures), edited_number=number)
    texts = Texts.load()
    assert input_notes(texts, "en-US", job)[0] == said
    assert input_notes(texts, "zh-CN", job)[0] == chinese


def edit_of(owner_account_id: int, owner_id: int) -> Job:
    return job_in(JobState.DELIVERED, request=EDIT, owner_account_id=owner_account_id, owner_id=owner_id)


@pytest.mark.parametrize(
    ("job", "said", "chinese", "exported"),
    [
        (edit_of(0, 0), "Edited from an uploaded picture.", "由上传的 1 张图片修改而成。", None),
        (edit_of(9, 77), "Edited from a picture of <@77>.", "由 <@77> 的图片修改而成。", "<@77>"),
        (
            edit_of(9, 0),
            "Edited from a picture of a forgotten member (account 9).",
            "由 一位已清除数据的成员（账号 9） 的图片修改而成。",
            "account 9",
        ),
    ],
)
def test_it_is_named_wherever_the_job_is_told_of(job, said, chinese, exported):
    texts = Texts.load()
    assert input_notes(texts, "en-US", job)[0] == said
    assert input_notes(texts, "zh-CN", job)[0] == chinese
    assert len(input_notes(texts, "en-US", job)) == 2
    facts = LogTexts(texts, "en-US").facts(Timeline(job, "", ()))
    assert (said in facts) is (exported is not None)
    assert Jobs().row(job, UTC)["picture_of"] == exported
