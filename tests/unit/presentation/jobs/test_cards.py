import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.quota import Balance
from bot.domain.requests.request import ImageRequest
from bot.failure_kinds import FailureKind
from bot.presentation.jobs.cards import card
from bot.presentation.kit.escaping import as_typed, length
from bot.presentation.kit.texts import Texts
from bot.service.vendor.estimates import Estimate
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


def buttons_of(job, about=None) -> list[tuple[str, bool]]:
    return [(one["custom_id"], bool(one.get("disabled"))) for one in parts(job, about) if one["type"] == 2]


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
        (JobState.IN_DOUBT, "Nothing is taken from your quota twice", "不会重复扣额度"),
        (JobState.RUNNING, "being drawn", "正在绘制"),
        (JobState.FETCHING, "on their way", "正在送来"),
        (JobState.DELIVERED, "Here are your pictures", "画好了"),
        (JobState.FAILED, "Nothing was taken from your quota", "没有扣额度"),
        (JobState.CANCELED, "Canceled", "已取消"),
        (JobState.EXPIRED, "gave your place back", "退出队列"),
        (JobState.UNDELIVERED, "They count against your quota all the same", "额度不退还"),
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
    assert "nothing is taken from your quota" in text
    assert "taking wanx2.1-t2i-turbo just now" in text


def test_a_stopped_account_is_no_fault_of_the_model():
    for state, failure in ((JobState.QUEUED, ""), (JobState.EXPIRED, "account_stopped")):
        for locale, words in (("en-US", "requests from this bot"), ("zh-CN", "接受本机器人的请求")):
            job = job_in(state, locale=locale, failure=failure, lane_stopped=True, account_stopped=True)
            body = "\n".join(text_of(job).splitlines()[:-1])  # the last line names the model that was asked for
            assert words in body
            assert job.request.model not in body


def test_a_private_reply_that_takes_long_announces_a_direct_message():
    job = job_in(JobState.QUEUED, request=replace(REQUEST, private=True))
    soon, late = Estimate(1, NOW_MS + 11 * 60_000), Estimate(1, NOW_MS + 13 * 60_000)
    assert "direct message" not in text_of(job, known(job, estimate=soon))
    assert "direct message" in text_of(job, known(job, estimate=late))


def test_an_unclear_answer_says_for_how_long_it_is_looked_into_and_where_a_private_result_will_come():
    for locale, title, words, direct in (
        ("en-US", "Checking · #812", "usually that takes ten minutes, at most a day", "by direct message"),
        ("zh-CN", "正在查证 · #812", "通常十分钟，最久一天", "通过私信发给你"),
    ):
        request = replace(REQUEST, private=True)
        text = text_of(job_in(JobState.IN_DOUBT, locale=locale, request=request, claimed_ms=1_764_000_000_000))
        assert title in text
        assert words in text
        assert "<t:1764000000:R>" in text
        assert direct in text
        assert direct not in text_of(job_in(JobState.IN_DOUBT, locale=locale))


def test_pictures_that_are_on_their_way_to_discord_are_being_posted():
    assert text_of(job_in(JobState.DELIVERING, images=IMAGES), known_without_pictures()).startswith("### Posting")
    assert "正在发布" in text_of(job_in(JobState.DELIVERING, locale="zh-CN", images=IMAGES), known_without_pictures())


def known_without_pictures():
    return replace(known(job_in(JobState.DELIVERING)), pictures=())


def test_a_prompt_that_the_vendor_may_cut_carries_a_note():
    assert "Prompts over 500" not in text_of(job_in(JobState.QUEUED))
    assert "Prompts over 500" in text_of(job_in(JobState.QUEUED, request=replace(REQUEST, prompt="x" * 501)))


def test_where_the_service_leaves_out_what_failed_no_picture_has_a_seed_of_its_own():
    text = text_of(job_in(JobState.DELIVERED, images=IMAGES[:1], charged=Charge(1, 1, 0)))
    assert "Picture 1: 1024×1024" in text.splitlines()
    assert "1 of 2 pictures · seed 42" in text


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
    assert "From your free pictures: 1; from your budget: CN¥0.14." in text
    assert "Left: 8 free pictures, CN¥0.14 budget · resets" in text
    assert "2 pictures · seed 42" in text
    assert "Made by AI" in text


def test_a_partial_result_says_what_was_made_charged_and_why():
    lost = image(1, path="", code="DataInspectionFailed")
    text = text_of(job_in(JobState.DELIVERED, images=(image(0), lost), charged=Charge(1, 1, 0)))
    assert "1 of 2 pictures was made. 1 counts" in text
    assert "\n1 missing picture: The image service refused this: it sees unsuitable content" in text
    assert "1024×1024 · 1 of 2 pictures · seed 42" in text


def test_the_others_of_a_partial_result_have_a_line_for_each_reason_that_counts_them():
    request = replace(REQUEST, count=4)
    codes = ("DataInspectionFailed", "InternalError.Timeout", "DataInspectionFailed")
    images = (image(0), *(image(k, path="", code=code) for k, code in enumerate(codes, start=1)))
    job = job_in(JobState.DELIVERED, request=request, images=images, charged=Charge(1, 1, 0))
    lines = text_of(job).splitlines()
    why = lines.index("1 of 4 pictures was made. 1 counts; the rest was returned to you.") + 1
    assert lines[why].startswith("2 missing pictures: The image service refused this: it sees unsuitable content")
    assert lines[why + 1].startswith("1 missing picture: The image service took too long")
    assert "missing" not in lines[why + 2]
    chinese = text_of(replace(job, reply=replace(job.reply, locale="zh-CN")))
    assert "\n缺的 2 张：图像服务拒绝了" in chinese
    assert "\n缺的 1 张：图像服务耗时太久" in chinese
    assert "4 张中的 1 张" in chinese


def test_a_partial_result_without_a_reason_gives_none():
    job = job_in(JobState.DELIVERED, images=(image(0),), charged=Charge(1, 1, 0))
    assert "1 of 2 pictures was made" in text_of(job)
    assert "missing" not in text_of(job)


def test_what_was_lost_since_it_was_charged_is_not_among_what_never_was():
    request = replace(REQUEST, count=3)
    images = (image(0), image(1, path="", code="DataInspectionFailed"), image(2, path="", code="file_lost"))
    text = text_of(job_in(JobState.DELIVERED, request=request, images=images, charged=Charge(2, 2, 0)))
    assert "2 of 3 pictures were made" in text
    assert "\n1 missing picture: The image service refused this" in text
    assert "picture: The pictures were made, but" not in text
    assert "1 picture was made, but its file was lost here" in text


def test_what_was_given_back_because_the_server_was_left_did_not_wait_too_long():
    left = job_in(JobState.EXPIRED, failure="server_left", charged=Charge(0, 0, 0))
    assert text_of(left).startswith("### Given back · #812")
    assert text_of(replace(left, reply=replace(left.reply, locale="zh-CN"))).startswith("### 已退回 · #812")
    assert text_of(replace(left, failure="waited_too_long")).startswith("### Waited too long · #812")


@pytest.mark.parametrize(
    ("left", "shown", "chinese"),
    [
        (Balance(8, 0, 0), "Left: 8 free pictures · resets", "剩余：免费图片 8 张 · "),
        (Balance(1, 0, 70_000), "Left: 1 free picture, CN¥0.07 credit · resets", "剩余：免费图片 1 张、余额 ¥0.07 · "),
        (Balance(-1, 20_000, -5), "Left: 0 free pictures, CN¥0.02 budget · resets", "剩余：免费图片 0 张、预算 ¥0.02"),
    ],
)
def test_what_is_left_names_no_empty_purse(left, shown, chinese):
    for locale, words in (("en-US", shown), ("zh-CN", chinese)):
        job = job_in(JobState.DELIVERED, locale=locale, images=IMAGES, charged=Charge(2, 2, 0))
        about = known(job)
        assert about.standing is not None
        text = text_of(job, replace(about, standing=replace(about.standing, left=left)))
        assert words in text


def test_a_job_without_a_member_has_no_standing():
    job = job_in(JobState.DELIVERED, images=IMAGES, charged=Charge(2, 0, 280_000))
    text = text_of(job, known(job, standing=None))
    assert "Left:" not in text
    assert "From your budget: CN¥0.28." in text


@pytest.mark.parametrize(
    ("count", "drawing", "fetching", "late"),
    [
        (1, "The picture is being drawn", "The picture is on its way", "this picture was made"),
        (3, "The pictures are being drawn", "The pictures are on their way", "these pictures were made"),
    ],
)
def test_one_picture_is_no_plural(count, drawing, fetching, late):
    request = replace(REQUEST, count=count)
    assert drawing in text_of(job_in(JobState.RUNNING, request=request))
    assert fetching in text_of(job_in(JobState.FETCHING, request=request))
    done = job_in(JobState.DELIVERED, request=request, charged=Charge(count, count, 0), cancel_wished_ms=1)
    assert late in text_of(done)


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELED, JobState.EXPIRED])
def test_what_has_no_picture_names_no_seed(state):
    text = text_of(job_in(state, failure="InternalError"))
    assert f"-# {MODEL} · 1024×1024 · 2 pictures" in text
    assert "seed" not in text


def test_the_negative_prompt_is_one_line_of_small_print():
    request = replace(REQUEST, negative_prompt="text,\n# *letters* <@1>")
    text = text_of(job_in(JobState.QUEUED, request=request))
    assert "-# Without: text, # \\*letters\\* \\<\\@1\\>\n-# " in text
    assert "-# 不要出现：text" in text_of(job_in(JobState.FAILED, locale="zh-CN", request=request))
    assert "letters" not in text_of(job_in(JobState.DELIVERED, request=request, deleted_ms=1))
    (line,) = [
        line
        for line in text_of(job_in(JobState.QUEUED, request=replace(request, negative_prompt="x" * 500))).splitlines()
        if "Without" in line
    ]
    assert line.endswith("… (shortened)")
    assert len(line) < 230


@pytest.mark.parametrize("negative", ["", " \n", "\0"])
def test_without_a_negative_prompt_there_is_no_line_for_it(negative):
    assert "Without" not in text_of(job_in(JobState.QUEUED, request=replace(REQUEST, negative_prompt=negative)))


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
    ("code", "says", "has_reference"),
    [
        ("DataInspectionFailed", "unsuitable content", False),
        ("IPInfringementSuspect", "rights", False),
        ("InternalError.Timeout", "took too long", True),
        ("InternalError.Algo", "fault of its own", True),
        ("AllocationQuota.FreeTierOnly", "without pictures", True),
        ("in_doubt", "never became clear", True),
        ("Unheard.Of", "without pictures", True),
        ("", "without pictures", True),
    ],
)
def test_a_failure_is_told_by_its_code(code, says, has_reference):
    text = text_of(job_in(JobState.FAILED, failure=code, failure_request_id="req-1"))
    assert says in text
    assert ("req-1" in text) == has_reference


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("forbidden", "permission"),
        ("server_left", "but I was removed from that server."),
        ("closed", "you take no direct messages from me"),
        ("gone", "gone"),
        ("too_large", "too large"),
        ("x", "couldn't post"),
    ],
)
def test_undelivered_says_why(reason, says):
    assert says in text_of(job_in(JobState.UNDELIVERED, failure=reason, images=IMAGES))


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
@given(SNIPPETS, SNIPPETS, SNIPPETS, st.sampled_from([JobState.QUEUED, JobState.DELIVERED, JobState.FAILED]))
def test_whatever_is_typed_the_limits_hold(prompt, negative, rewritten, state):
    request = ImageRequest(prompt[:2000], negative[:500], MODEL, REQUEST.size, 2, 42, True, False, False)
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


def test_a_call_is_shown_as_drawn_and_can_not_be_canceled_once_that_was_tried():
    under_call = job_in(JobState.SUBMITTING, is_call=True)
    assert "Drawing" in text_of(under_call)
    assert "being drawn" in text_of(under_call)
    assert buttons_of(under_call) == [("job:812000:cancel", False)]
    refused = replace(under_call, cancel_wished_ms=1, cancel_refused=True)
    assert "too late to cancel" in text_of(refused)
    assert buttons_of(refused) == [("job:812000:cancel", True)]
    assert "Handed over" in text_of(job_in(JobState.SUBMITTING))


@pytest.mark.parametrize(("locale", "words"), [("en-US", "No usable answer came"), ("zh-CN", "没有给出可用的回复")])
def test_a_lost_answer_is_told_as_that(locale: str, words: str):
    job = job_in(JobState.FAILED, locale=locale, failure="answer_lost")
    job = replace(job, failure_kind=FailureKind.ANSWER, charged=Charge(0, 0, 0))
    assert words in text_of(job)
    assert ("Nothing was taken from your quota" in text_of(job)) or ("没有扣额度" in text_of(job))


@pytest.mark.parametrize(
    ("locale", "words"), [("en-US", "-# Covered by the moderators"), ("zh-CN", "-# 版主已为图片加上遮挡")]
)
@pytest.mark.parametrize("state", [JobState.DELIVERED, JobState.UNDELIVERED])
@pytest.mark.parametrize("is_covered", [True, False])
def test_covered_pictures_are_seen_once_they_are_clicked_and_the_card_says_who_covered_them(
    state, locale, words, is_covered
):
    job = job_in(state, locale=locale, images=IMAGES, charged=Charge(2, 1, 140_000), is_covered=is_covered)
    about = known(job, pictures=pictures(job))
    spoilers = [item["spoiler"] for one in parts(job, about) if one["type"] == 12 for item in one["items"]]
    assert spoilers == [is_covered] * 2
    assert (words in text_of(job, about)) is is_covered
    assert words not in text_of(replace(job, deleted_ms=1), about)
