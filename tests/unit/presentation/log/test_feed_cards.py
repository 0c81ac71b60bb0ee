from dataclasses import replace

import pytest

from bot.domain.jobs.job import Charge, JobState
from bot.domain.log.feed import RefusalTally
from bot.presentation.kit import reasons
from bot.presentation.kit.escaping import length
from bot.presentation.kit.reasons import FOR_MODERATORS
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import Texts
from bot.presentation.log.feed_cards import entry, refusals
from tests.support.attacks import attacks
from tests.support.liveliness import living
from tests.unit.presentation.samples import REQUEST, WRITTEN, image, job_in

TEXTS = Texts.load()
CHARGED = Charge(2, 1, 140_000)
ENDS = (JobState.DELIVERED, JobState.UNDELIVERED, JobState.FAILED, JobState.DELIVERING)


def parts(job, locale: str = "en-US", pictures: int = 0, *, is_covered: bool = True):
    shown = tuple(ShownPicture(ordinal, f"812-{ordinal + 1}.jpg") for ordinal in range(pictures))
    (container,) = entry(TEXTS, locale, job, shown, is_covered=is_covered).to_components()
    return container["components"]


def texts_of(job, locale: str = "en-US") -> str:
    return "\n".join(one["content"] for one in parts(job, locale) if one["type"] == 10)


def tally(*, member_id: int = 7, reason: str = "prompt-breaks-word", count: int = 1, last_ms: int = 2000):
    return RefusalTally(1, member_id, 2000, last_ms, count, reason, 0, None)


def ids_of(job) -> list[str]:
    (row,) = [one for one in parts(job) if one["type"] == 1]
    return [one.get("custom_id", one.get("url")) for one in row["components"]]


@pytest.mark.parametrize("locale", WRITTEN)
@pytest.mark.parametrize("state", ENDS)
def test_an_entry_says_who_asked_for_what_in_every_end_and_language(state: JobState, locale: str):
    job = job_in(state, charged=CHARGED, images=(image(0), image(1)), failure="gone")
    text = texts_of(job, locale)
    assert text.startswith("**#812** · <@7> · ")
    for words in ("a cat", "wanx2.1-t2i-turbo", "1024×1024", "0.14"):
        assert words in text


def test_every_reason_has_words_for_moderators():
    keys = {*reasons.FAILURES.values(), *reasons.EXPIRIES.values()}
    keys |= {*reasons.UNDELIVERED.values(), "undelivered-other"}
    assert FOR_MODERATORS.keys() == keys
    for locale in WRITTEN:
        assert all(TEXTS.say(locale, key) for key in FOR_MODERATORS.values())


def test_what_was_removed_has_no_way_to_its_message_or_to_a_second_removal():
    job = job_in(JobState.DELIVERED, charged=CHARGED, images=(image(0, path=""),))
    assert ids_of(job)[0] == f"mod:remove:{job.id}"
    assert ids_of(replace(job, deleted_ms=1)) == [f"mod:pause:{job.id}", f"logs:job:{job.id}"]
    assert "removed" in texts_of(replace(job, deleted_ms=1))


def test_somebody_who_was_forgotten_is_neither_named_nor_paused():
    job = job_in(JobState.DELIVERED, charged=CHARGED, member_id=0, deleted_ms=1, request=replace(REQUEST, prompt=""))
    assert "<@" not in texts_of(job)
    assert "forgotten" in texts_of(job)
    assert ids_of(job) == [f"logs:job:{job.id}"]
    assert "forgotten" in told(tally(member_id=0))


def test_there_is_a_link_only_to_a_message_that_moderators_can_open():
    job = job_in(JobState.DELIVERED, charged=CHARGED, images=(image(0),))
    assert ids_of(job)[-1] == "https://discord.com/channels/5/2/3"
    private = replace(job, request=replace(REQUEST, private=True))
    gone = replace(job, state=JobState.UNDELIVERED, failure="gone")
    unanswered = replace(job, reply=replace(job.reply, message_id=0))
    for other in (private, gone, unanswered):
        assert ids_of(other)[-1] == f"logs:job:{job.id}"
    assert "Posted privately" in texts_of(private)


def test_fewer_pictures_than_were_asked_for_are_said():
    job = job_in(JobState.DELIVERED, charged=Charge(1, 1, 0), images=(image(0),))
    assert "1 of 2 pictures" in texts_of(job)
    assert "1 of 2 pictures is missing: The image service ended it without pictures." in texts_of(job)


def test_moderators_read_why_pictures_are_missing_and_how_many():
    request = replace(REQUEST, count=4)
    refused = (image(1, path="", code="DataInspectionFailed"), image(2, path="", code="DataInspectionFailed"))
    job = job_in(
        JobState.UNDELIVERED,
        failure="gone",
        request=request,
        charged=Charge(1, 1, 0),
        images=(image(0), *refused, image(3, path="", code="result_unavailable")),
    )
    assert "2 of 4 pictures are missing: The image service sees unsuitable content" in texts_of(job)
    assert "1 of 4 pictures is missing: The pictures were made but could not be downloaded." in texts_of(job)
    assert "4 张中缺 2 张：图像服务认为提示词或图片含有不当内容。" in texts_of(job, "zh-CN")
    assert "missing" not in texts_of(replace(job, images=(image(0),) * 4, charged=Charge(4, 4, 0)))


@pytest.mark.parametrize("is_covered", [True, False])
def test_previews_are_covered_or_not_and_described(is_covered: bool):
    job = job_in(JobState.DELIVERED, charged=CHARGED, images=(image(0), image(1)))
    (gallery,) = [one for one in parts(job, pictures=2, is_covered=is_covered) if one["type"] == 12]
    assert [item["spoiler"] for item in gallery["items"]] == [is_covered] * 2
    assert [item["description"] for item in gallery["items"]] == ["a cat"] * 2
    assert [one for one in parts(job) if one["type"] == 12] == []


def told(what: RefusalTally, locale: str = "en-US", *, is_covered: bool = False) -> str:
    return refusals(TEXTS, locale, what, is_covered=is_covered)


def test_a_refusal_by_a_rule_is_one_line_in_both_languages():
    reasons = ("prompt-breaks-word", "prompt-breaks-pattern")
    english = {reason: told(tally(reason=reason)) for reason in reasons}
    assert english["prompt-breaks-word"].startswith("<@7> · refused <t:2:R>: the prompt has a word")
    assert english["prompt-breaks-pattern"].startswith("<@7> · refused <t:2:R>: the prompt matches a pattern")
    assert "<@7> · <t:2:R>被拒绝" in told(tally(), "zh-CN")


def test_many_refusals_are_one_line_that_counts_them_in_both_languages():
    many = tally(count=9, last_ms=5000)
    assert "<@7> · 9 prompts refused (the first <t:2:R>, the last <t:5:R>)" in told(many)
    assert "<@7> · 9 个提示词被拒绝（第一个 <t:2:R>，最近一个 <t:5:R>）" in told(many, "zh-CN")
    assert "again" not in told(many)
    waits = replace(many, until_ms=9000)
    assert told(waits).endswith("Nothing was made. The member can ask again <t:9:R>.")
    assert "\n" not in told(waits)


@pytest.mark.parametrize(
    ("reason", "count", "locale", "line"),
    [
        ("prompt-breaks-word", 1, "en-US", "Rule broken: 3 · word: “go\\*re”"),
        ("prompt-breaks-pattern", 2, "en-US", "Rule broken last: 3 · pattern: “go\\*re”"),
        ("prompt-breaks-word", 2, "zh-CN", "最近违反的规则：3 · 词语：“go\\*re”"),
        ("prompt-breaks-pattern", 1, "zh-CN", "违反的规则：3 · 正则：“go\\*re”"),
    ],
)
def test_the_last_rule_that_was_broken_is_named_with_the_prompt_on_one_line(reason, count, locale, line):
    broke = replace(tally(reason=reason, count=count), rule_id=3, rule="go*re", prompt="a **go*re**\n# ||shop||")
    _, *rest = told(broke, locale).splitlines()
    assert rest == [line, "> a \\*\\*go\\*re\\*\\* # \\|\\|shop\\|\\|"]
    assert told(broke, locale, is_covered=True).splitlines()[-1] == f"> ||{rest[-1][2:]}||"
    assert len(told(replace(broke, prompt="x" * 5000), locale)) < 2000


@pytest.mark.parametrize("locale", WRITTEN)
def test_no_hostile_prompt_breaks_an_entry(locale: str):
    for attack in attacks():
        job = job_in(
            JobState.DELIVERED, charged=CHARGED, request=replace(REQUEST, prompt=attack.text * 4), images=(image(0),)
        )
        shown = [one["content"] for one in parts(job, locale) if one["type"] == 10]
        assert sum(map(length, shown)) < 1200, ascii(attack.text)
        for prompt in shown[1:-1]:
            assert living(prompt) == "", ascii(attack.text)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (JobState.DELIVERED, {"en-US": "Posted privately: only the member sees", "zh-CN": "私密发送：只有该成员"}),
        (JobState.FAILED, {"en-US": "Posted privately: only the member sees", "zh-CN": "私密发送：只有该成员"}),
        (JobState.UNDELIVERED, {"en-US": "\nAsked for privately.\n", "zh-CN": "\n要求只给本人看。\n"}),
        (JobState.DELIVERING, {"en-US": "\nAsked for privately.\n", "zh-CN": "\n要求只给本人看。\n"}),
    ],
)
@pytest.mark.parametrize("locale", WRITTEN)
def test_a_private_picture_is_posted_privately_only_once_it_is_posted(locale, state, said):
    job = job_in(state, charged=CHARGED, images=(image(0),), request=replace(REQUEST, private=True), failure="closed")
    text = texts_of(job, locale)
    assert said[locale] in text
    assert ("Asked" in text or "要求" in text) == (state not in {JobState.DELIVERED, JobState.FAILED})
