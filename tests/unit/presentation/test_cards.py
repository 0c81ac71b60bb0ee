import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.job import Charge, JobState
from bot.domain.request import ImageRequest
from bot.presentation.cards import card
from bot.presentation.escaping import as_typed, length
from bot.presentation.texts import Texts
from bot.service.estimating import Estimate
from tests.unit.presentation.samples import MODEL, NOW_MS, REQUEST, image, job_in, known, pictures

TEXTS = Texts.load()
IMAGES = (image(0), image(1))


def walk(components: list[dict[str, Any]]):
    for component in components:
        yield component
        yield from walk(component.get("components", []))


def parts(job, about=None) -> list[dict[str, Any]]:
    return list(walk(card(TEXTS, job, about or known(job)).to_components()))


def text_of(job, about=None) -> str:
    return "\n".join(one["content"] for one in parts(job, about) if one["type"] == 10)


def buttons_of(job) -> list[tuple[str, bool]]:
    return [(one["custom_id"], bool(one.get("disabled"))) for one in parts(job) if one["type"] == 2]


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
@pytest.mark.parametrize("state", list(JobState))
def test_every_state_has_a_card_within_the_limits(state, locale):
    job = job_in(state, locale=locale, images=IMAGES, charged=Charge(2, 1, 140_000))
    made = parts(job)
    assert 2 <= len(made) <= 40
    assert all(one["content"].strip() for one in made if one["type"] == 10)
    assert "#812" in text_of(job)


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [
        (JobState.QUEUED, "Number 3 in line", "排在第 3 位"),
        (JobState.PENDING, "has it", "已收到"),
        (JobState.IN_DOUBT, "won't be charged twice", "不会重复扣费"),
        (JobState.RUNNING, "being drawn", "正在绘制"),
        (JobState.FETCHING, "on their way", "正在送来"),
        (JobState.DELIVERED, "Here are your pictures", "画好了"),
        (JobState.FAILED, "Nothing was charged", "没有扣费"),
        (JobState.CANCELED, "Canceled", "已取消"),
        (JobState.EXPIRED, "gave your place back", "退出队列"),
        (JobState.UNDELIVERED, "They stay charged", "费用保留"),
    ],
)
def test_a_card_says_what_happens_in_the_members_language(state, english, chinese):
    images = IMAGES if state is JobState.DELIVERED else ()
    assert english in text_of(job_in(state, images=images))
    assert chinese in text_of(job_in(state, locale="zh-TW", images=images))


def test_the_next_in_line_is_told_so():
    job = job_in(JobState.QUEUED)
    assert "next in line" in text_of(job, known(job, estimate=Estimate(1, NOW_MS)))


def test_a_stopped_lane_shows_as_paused_with_the_place_kept():
    text = text_of(job_in(JobState.QUEUED, lane_stopped=True))
    assert "Paused" in text
    assert "(3)" in text
    assert "nothing is charged" in text


def test_a_private_reply_that_takes_long_announces_a_direct_message():
    job = job_in(JobState.QUEUED, request=replace(REQUEST, private=True))
    soon, late = Estimate(1, NOW_MS + 11 * 60_000), Estimate(1, NOW_MS + 13 * 60_000)
    assert "direct message" not in text_of(job, known(job, estimate=soon))
    assert "direct message" in text_of(job, known(job, estimate=late))


def test_a_prompt_that_the_vendor_may_cut_carries_a_note():
    assert "Prompts over 500" not in text_of(job_in(JobState.QUEUED))
    assert "Prompts over 500" in text_of(job_in(JobState.QUEUED, request=replace(REQUEST, prompt="x" * 501)))


def test_a_delivered_card_has_gallery_seeds_rewritten_prompt_and_receipt():
    job = job_in(JobState.DELIVERED, images=IMAGES, charged=Charge(2, 1, 140_000))
    (gallery,) = [one for one in parts(job) if one["type"] == 12]
    assert [item["media"]["url"] for item in gallery["items"]] == ["attachment://812-1.png", "attachment://812-2.png"]
    assert {item["description"] for item in gallery["items"]} == {"a cat"}
    text = text_of(job)
    assert "seed 42" in text
    assert "seed 43" in text
    assert "1024×1024" in text
    assert "a \\*splendid\\* cat" in text
    assert "1 free picture and CN¥0.14" in text
    assert "8 free, CN¥0.14 budget" in text
    assert "Made by AI" in text


def test_a_partial_result_says_what_was_made_charged_and_why():
    lost = image(1, path="", code="DataInspectionFailed")
    text = text_of(job_in(JobState.DELIVERED, images=(image(0), lost), charged=Charge(1, 1, 0)))
    assert "1 of 2 pictures were made. 1 was charged" in text
    assert "unsuitable content" in text


def test_a_cut_prompt_is_told():
    cut = image(0, orig_prompt="a")
    assert "cut your prompt" in text_of(job_in(JobState.DELIVERED, images=(cut, image(1)), charged=Charge(2, 2, 0)))


def test_a_cancellation_that_came_too_late_explains_the_charge():
    job = job_in(JobState.DELIVERED, images=IMAGES, charged=Charge(2, 2, 0), cancel_wished_ms=1)
    assert "cancellation came too late" in text_of(job)


def test_a_reencoded_picture_is_stated():
    job = job_in(JobState.DELIVERED, images=IMAGES, charged=Charge(2, 2, 0))
    assert "JPEG" in text_of(job, known(job, pictures=pictures(job, is_reencoded=True)))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("DataInspectionFailed", "unsuitable content"),
        ("IPInfringementSuspect", "rights"),
        ("InternalError.Timeout", "took too long"),
        ("InternalError.Algo", "fault of its own"),
        ("AllocationQuota.FreeTierOnly", "operator has been told"),
        ("in_doubt", "never became clear"),
        ("Unheard.Of", "without pictures"),
        ("", "without pictures"),
    ],
)
def test_a_failure_is_told_by_its_code(code, says):
    text = text_of(job_in(JobState.FAILED, failure=code, failure_request_id="req-1"))
    assert says in text
    assert "req-1" in text


@pytest.mark.parametrize(
    ("reason", "says"), [("forbidden", "permission"), ("gone", "gone"), ("too_large", "too large"), ("x", "wouldn't")]
)
def test_undelivered_says_why(reason, says):
    assert says in text_of(job_in(JobState.UNDELIVERED, failure=reason, images=IMAGES))


@pytest.mark.parametrize("state", list(JobState))
def test_buttons_fit_the_state(state):
    custom_ids = buttons_of(job_in(state, images=IMAGES))
    if state in {JobState.FETCHING, JobState.VOID} and not custom_ids:
        return
    cancelable = state in {
        JobState.HELD,
        JobState.QUEUED,
        JobState.SUBMITTING,
        JobState.IN_DOUBT,
        JobState.PENDING,
        JobState.RUNNING,
    }
    assert custom_ids == [(f"job:812000:{'cancel' if cancelable else 'delete'}", False)]


def test_a_wish_to_cancel_disables_the_button():
    assert buttons_of(job_in(JobState.PENDING, cancel_wished_ms=1)) == [("job:812000:cancel", True)]
    assert buttons_of(job_in(JobState.PENDING, cancel_wished_ms=1, cancel_refused=True))[0][1]


def test_a_removed_job_shows_neither_prompt_nor_picture():
    job = job_in(JobState.DELIVERED, images=IMAGES, deleted_ms=1, charged=Charge(2, 2, 0))
    assert "a cat" not in text_of(job)
    assert "Removed" in text_of(job)
    assert not [one for one in parts(job) if one["type"] == 12]
    assert not buttons_of(job)


NASTY = st.text(
    st.sampled_from("*_`~|<>@#[]()\\:/-+.&!1a \n\u0301\u200d👍🏽t:everyoneh") | st.characters(), max_size=2000
)
SNIPPETS = st.lists(
    st.sampled_from(
        ["<@12>", "<@!12>", "<@&5>", "@everyone", "@here", "<#3>", "<t:1:R>", "<:a:1>", "[x](http://y)", "\n# ", "\n> "]
    )
    | NASTY,
    max_size=60,
).map("".join)
ALIVE = re.compile(r"(?<!\\)(<(@|#|t:|a?:|/)|@(everyone|here)\b|\[|`|\*|_|~|\||https?://|(?:^|\n)[#>-])")


@settings(max_examples=150, deadline=None)
@given(SNIPPETS, SNIPPETS, st.sampled_from([JobState.QUEUED, JobState.DELIVERED, JobState.FAILED]))
def test_whatever_is_typed_the_limits_hold(prompt, rewritten, state):
    request = ImageRequest(prompt[:2000], "", MODEL, REQUEST.size, 2, 42, True, False, False)
    images = (image(0, actual_prompt=rewritten), image(1, actual_prompt=rewritten))
    job = job_in(state, request=request, images=images, charged=Charge(1, 1, 0), cancel_wished_ms=1)
    made = parts(job)
    texts = [one["content"] for one in made if one["type"] == 10]
    assert sum(map(length, texts)) <= 4000
    assert all(texts)
    for item in (item for one in made if one["type"] == 12 for item in one["items"]):
        assert 1 <= len(item["description"]) <= 1024
        assert item["description"].strip()
    "".join(texts).encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(SNIPPETS, st.integers(20, 2000))
def test_nothing_typed_comes_alive(typed, limit):
    shown = as_typed(typed, limit, "… (shortened)")
    assert length(shown) <= limit
    assert not ALIVE.search(shown.replace("\\\\", ""))
