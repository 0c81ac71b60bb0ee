"""Pages and timelines of the log: within Discord's limits, and with nothing alive in them, whatever was typed."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.jobs.job import Charge, Job, JobState
from bot.domain.log.moderator_log import Event, KeptSearch, Refusal, Search, Status, Timeline
from bot.domain.requests.quota import Refund
from bot.presentation.kit.escaping import length
from bot.presentation.kit.reasons import OTHER_REFUSAL, REFUSALS
from bot.presentation.kit.texts import Texts
from bot.presentation.log.texts import ACTS, AGAIN, CHOICES, STATUSES, LogTexts
from bot.presentation.log.views import ON_A_PAGE, REFUSALS_ON_A_PAGE, jobs_page, refusals_page, timeline_view
from bot.service.moderation.moderator_log import NEWEST
from sandbox.discord.rules.components import TEXT, check, walk
from tests.support.attacks import attacks
from tests.support.liveliness import living
from tests.unit.presentation.samples import NOW_MS, REQUEST, WRITTEN, image, job_in, pictures

TEXTS = Texts.load()
OURS = re.compile(r"<@7>|<#2>|<t:\d+:[fdT]>|\[(?:open|打开)\]\(https://discord\.com/[\d/a-z]+\)")
"""What is meant to be alive in these messages."""

EVERY = KeptSearch(1, Search())


def texts_of(view: Any) -> list[str]:
    """Return the texts of a message that Discord would take."""
    made = check(view.to_components(), v2=True)
    texts = [one["content"] for one in walk(made) if one["type"] == TEXT]
    assert sum(map(length, texts)) <= 4000
    return texts


def ids_of(view: Any) -> list[str]:
    return [one["custom_id"] for one in walk(view.to_components()) if one.get("custom_id")]


def hostile(text: str, number: int = 812) -> Job:
    request = replace(REQUEST, prompt=text, negative_prompt=text[:500])
    made = (image(0, actual_prompt=text + "!"), image(1, actual_prompt=f"a {text}"))
    return job_in(
        JobState.DELIVERED, request=request, images=made, charged=Charge(2, 1, 140_000), id=number, number=number
    )


@pytest.mark.parametrize("locale", WRITTEN)
def test_no_attack_breaks_a_page(locale: str):
    found = [hostile(attack.text, nth) for nth, attack in enumerate(attacks(), start=1)]
    assert len(found) >= 300
    for start in range(0, len(found), ON_A_PAGE):
        jobs = found[start : start + ON_A_PAGE]
        search = Search(text=jobs[0].request.prompt[:100], model=jobs[-1].request.prompt[:100])
        heading, *rows = texts_of(jobs_page(TEXTS, locale, KeptSearch(1, search), jobs, NEWEST))
        assert living(heading.replace("**", "")) == "", ascii(heading)
        assert "\n" not in heading
        for row in rows:
            facts, prompt = row.split("\n")
            assert living(OURS.sub("", facts)) == "", ascii(facts)
            assert living(prompt.removeprefix("> ").removeprefix("-# ")) == "", ascii(prompt)


@pytest.mark.parametrize("locale", WRITTEN)
def test_no_attack_breaks_a_timeline(locale: str):
    for attack in attacks():
        job = hostile(attack.text)
        events = [Event(NOW_MS, act, 6, 7, {"reason": attack.text}) for act in ("quota.refund", "mod.*remove*")]
        timeline = Timeline(replace(job, given_back=Refund(1, 140_000)), attack.text, tuple(events))
        view, is_whole = timeline_view(TEXTS, locale, timeline, pictures(job))
        title, facts, prompts, told, ids = texts_of(view)
        assert title.startswith("### #812")
        for text in (facts, prompts, told):
            bare = re.sub(r"^\*\*[^*\n]+\*\*$", "", OURS.sub("", text), flags=re.MULTILINE)
            assert living(bare) == "", ascii(bare)
        assert "\n" not in ids
        assert ids.count("`") == 2
        assert ("attachment://812-record.txt" in str(view.to_components())) is not is_whole


def test_of_very_many_events_the_middle_is_in_the_file_and_the_first_and_last_are_shown():
    events = tuple(Event(NOW_MS + nth * 1000, "job.running", 0, 0, {}) for nth in range(500))
    ends = (Event(NOW_MS, "job.held", 6, 7, {}), *events, Event(NOW_MS, "job.delivered", 0, 0, {}))
    view, is_whole = timeline_view(TEXTS, "en-US", Timeline(hostile("a cat"), "", ends), ())
    text = "\n".join(texts_of(view))
    shown = text.count("being drawn")
    assert not is_whole
    assert "asked for; quota held, by <@7>" in text
    assert text.rstrip().endswith("posted")
    assert f"… {500 - shown} more in the file …" in text


def test_a_short_timeline_is_whole():
    job = job_in(JobState.QUEUED)
    view, is_whole = timeline_view(TEXTS, "en-US", Timeline(job, "", (Event(NOW_MS, "job.held", 6, 7, {}),)), ())
    assert is_whole
    assert "mod:pause:812000" in ids_of(view)
    assert "mod:remove:812000" not in ids_of(view)


@pytest.mark.parametrize("locale", WRITTEN)
@pytest.mark.parametrize("state", list(JobState))
def test_every_state_has_a_row_and_a_timeline(state: JobState, locale: str):
    job = job_in(state, failure="DataInspectionFailed" if state is JobState.FAILED else "")
    texts_of(jobs_page(TEXTS, locale, EVERY, [job], NEWEST))
    texts_of(timeline_view(TEXTS, locale, Timeline(job, "", ()), ())[0])
    assert STATUSES.keys() == set(JobState)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"member_id": 0}, "a forgotten member (account 6)"),
        ({"request": replace(REQUEST, private=True)}, "private, so there is no link"),
        ({"request": replace(REQUEST, prompt="")}, "no prompt: it was erased"),
        ({"deleted_ms": NOW_MS}, "delivered, then removed"),
        ({"charged": Charge(0, 0, 0)}, "nothing charged"),
        ({"charged": Charge(2, 1, 140_000)}, "2 pictures, CN¥0.14"),
    ],
)
def test_a_row_says_what_is_particular(changes: dict[str, Any], says: str):
    row = LogTexts(TEXTS, "en-US").row(job_in(JobState.DELIVERED, **changes))
    assert says in row
    assert ("[open]" in row) is not ("private" in row or "removed" in row)


def test_pages_are_turned_as_far_as_there_are_any():
    jobs = [job_in(JobState.DELIVERED, id=id_, number=id_) for id_ in range(20, 20 - ON_A_PAGE - 1, -1)]
    assert ids_of(jobs_page(TEXTS, "en-US", EVERY, jobs, NEWEST))[-1] == "logs:page:1:13"
    assert ids_of(jobs_page(TEXTS, "en-US", EVERY, jobs[:-1], NEWEST))[-1] == "logs:job:13"
    assert ids_of(jobs_page(TEXTS, "en-US", EVERY, jobs[:1], 99))[-1] == f"logs:page:1:{NEWEST}"
    assert "There is nothing older." in texts_of(jobs_page(TEXTS, "en-US", EVERY, [], 99))
    assert "Nothing was found." in texts_of(jobs_page(TEXTS, "en-US", EVERY, [], NEWEST))


def test_refusals_are_listed_with_their_reasons():
    every = KeptSearch(1, Search(account_id=6, status=Status.REFUSED_HERE))
    reasons = ["key-0", *REFUSALS, "key-1"]
    found = [Refusal(99 - nth, NOW_MS, 6, 7, reason, "") for nth, reason in enumerate(reasons)]
    view = refusals_page(TEXTS, "en-US", every, found[: REFUSALS_ON_A_PAGE + 1], NEWEST)
    heading, text = texts_of(view)
    assert heading == "**Log** · <@7> · refused here, before it began · newest first"
    assert len(text.splitlines()) == REFUSALS_ON_A_PAGE
    assert "over the member's quota" in text
    assert "other reason (key-0)" in text
    assert ids_of(view) == [f"logs:page:1:{99 - REFUSALS_ON_A_PAGE + 1}"]
    nothing = refusals_page(TEXTS, "en-US", every, [], NEWEST)
    assert texts_of(nothing) == [
        "**Log** · one member · refused here, before it began · newest first",
        "Nothing was found.",
    ]


def test_every_key_of_the_tables_has_its_text_in_both_languages():
    for locale in WRITTEN:
        for table in (ACTS, AGAIN, CHOICES, STATUSES):
            assert all(TEXTS.plain(locale, key, status="") for key in table.values())
        for row in (*REFUSALS.values(), OTHER_REFUSAL):
            assert TEXTS.plain(locale, row.log, reason="")
            assert TEXTS.plain(locale, row.report, count=1)


def test_a_timeline_says_how_many_pictures_are_missing_and_why():
    request = replace(REQUEST, count=3)
    refused = image(1, path="", code="DataInspectionFailed")
    job = job_in(JobState.DELIVERED, request=request, images=(image(0), refused), charged=Charge(1, 1, 0))
    text = "\n".join(texts_of(timeline_view(TEXTS, "en-US", Timeline(job, "", ()), ())[0]))
    assert "1 of 3 pictures is missing: The image service sees unsuitable content" in text
    assert "(DataInspectionFailed)" in text
    assert "1 of 3 pictures is missing: The image service ended it without pictures." in text


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (
            job_in(JobState.FAILED, failure="DataInspectionFailed"),
            {
                "en-US": "The image service sees unsuitable content in the prompt or the picture. "
                "(DataInspectionFailed)",
                "zh-CN": "图像服务认为提示词或图片含有不当内容。（DataInspectionFailed）",
            },
        ),
        (
            job_in(JobState.UNDELIVERED, failure="closed", charged=Charge(2, 2, 0)),
            {"en-US": "The member takes no direct messages from me.", "zh-CN": "该成员不接收我的私信。"},
        ),
        (
            job_in(
                JobState.DELIVERED,
                charged=Charge(1, 1, 0),
                images=(image(0), image(1, path="", code="DataInspectionFailed")),
            ),
            {
                "en-US": "1 of 2 pictures is missing: The image service sees unsuitable content in the prompt or the "
                "picture. (DataInspectionFailed)",
                "zh-CN": "2 张中缺 1 张：图像服务认为提示词或图片含有不当内容。（DataInspectionFailed）",
            },
        ),
        (
            job_in(JobState.EXPIRED, failure="lane_stopped"),
            {"en-US": "The model stayed stopped for too long.", "zh-CN": "这个模型停用太久，已退出队列。"},
        ),
    ],
)
@pytest.mark.parametrize("locale", WRITTEN)
def test_a_timeline_gives_the_reason_to_moderators_and_not_to_the_member(locale, job, said):
    facts = LogTexts(TEXTS, locale).facts(Timeline(job, "", ()))
    assert said[locale] in facts


@pytest.mark.parametrize(
    ("locale", "said"), [("en-US", "a series of up to 4 pictures · "), ("zh-CN", "组图，最多 4 张 · ")]
)
def test_a_timeline_tells_a_series_from_pictures_that_are_missing(locale, said):
    asked = replace(REQUEST, count=4, is_series=True)
    job = job_in(JobState.DELIVERED, request=asked, images=(image(0), image(1)))
    assert any(line.startswith(said) for line in LogTexts(TEXTS, locale).facts(Timeline(job, "", ())))


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-US", ["charged; being posted", "could not be posted", "sending again asked for", "being posted again"]),
        ("zh-CN", ["已扣费，正在发布", "未能发布", "要求重新发送", "正在重新发布"]),
    ],
)
def test_a_job_that_is_sent_again_reads_as_charged_once(locale, words):
    acts = ("job.delivering", "job.undelivered", "job.send_again", "job.delivering", "job.undelivered")
    events = tuple(Event(NOW_MS, act, 0, 0, {}) for act in acts)
    text, _ = LogTexts(TEXTS, locale).events(Timeline(job_in(JobState.UNDELIVERED), "", events))
    told = [line.rpartition(":T> ")[2] for line in text.split("\n")[1:]]
    assert told == [*words, words[1]]
