from dataclasses import replace

import pytest

from bot.domain.jobs.job import Charge, JobState
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Balance, Standing
from bot.presentation.jobs.account_texts import AccountTexts
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.texts import Texts
from tests.unit.presentation.samples import REPLY, REQUEST, WRITTEN, image, job_in, known

ENGLISH, CHINESE = (AccountTexts(Texts.load(), locale) for locale in WRITTEN)
A_SNOWFLAKE = 1_574_427_026_721_341_442
ON_A_PAGE = 10


def standing(**changes: int) -> Standing:
    found = known(job_in(JobState.QUEUED)).standing
    assert found is not None
    rule = replace(found.terms.rule, **changes)
    return Standing(Balance(0, 0, 280_000), replace(found.terms, rule=rule))


def test_the_balance_says_what_is_left_what_is_allowed_and_what_it_costs():
    text = ENGLISH.balance(standing(cooldown_s=30), BUILT_IN, [])
    lines = text.splitlines()
    assert lines[0] == "**Your quota in this server**"
    assert lines[1].startswith("Left: 0 free pictures, CN¥0.28 credit · resets <t:")
    assert lines[2] == "Up to 4 pictures in a request, 5 requests at a time, 30 s between requests."
    assert lines[4:6] == [
        "**What a picture beyond the free ones takes from your budget**",
        "wanx2.1-t2i-turbo: CN¥0.14",
    ]
    assert len(lines) == 5 + len(BUILT_IN)
    assert "每次最多 4 张，同时最多 5 个请求。" in CHINESE.balance(standing(), BUILT_IN, []).splitlines()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"images_per_job": 1, "active_jobs": 1}, "Up to 1 picture in a request, 1 request at a time."),
        ({"images_per_job": 2, "active_jobs": 1}, "Up to 2 pictures in a request, 1 request at a time."),
    ],
)
def test_one_is_not_counted_in_the_plural(rule, words):
    assert words in ENGLISH.balance(standing(**rule), BUILT_IN, []).splitlines()


def test_the_balance_lists_the_jobs_it_is_given():
    jobs = [job_in(JobState.DELIVERED, charged=Charge(1, 1, 0)), job_in(JobState.QUEUED)]
    receipts = ENGLISH.balance(standing(), BUILT_IN, jobs).partition("**Your last jobs**\n")[2].splitlines()
    assert [line.rpartition(" · ")[2] for line in receipts] == ["1 free picture", "under way"]


@pytest.mark.parametrize("texts", [ENGLISH, CHINESE])
@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("prompt", ["w" * 800, "*" * 800, "画" * 800, "👍🏽" * 400, "a\n# b " * 160])
def test_a_page_of_the_longest_jobs_fits_in_a_message_with_its_links_whole(texts, state, prompt):
    reply = replace(REPLY, channel_id=A_SNOWFLAKE, message_id=A_SNOWFLAKE)
    job = job_in(
        state,
        number=1_000_000,
        server_id=A_SNOWFLAKE,
        reply=reply,
        request=replace(REQUEST, prompt=prompt),
        images=tuple(image(index) for index in range(4)),
    )
    page = texts.history([job] * ON_A_PAGE, is_first=True)
    assert len(page.encode("utf-16-le")) // 2 <= CONTENT_LIMIT
    link = f"https://discord.com/channels/{A_SNOWFLAKE}/{A_SNOWFLAKE}/{A_SNOWFLAKE}"
    assert [line.rpartition(" ")[2] for line in page.splitlines()[1:]] == [link] * ON_A_PAGE


def test_only_a_message_that_others_can_open_is_linked():
    job = job_in(JobState.DELIVERED, images=(image(0),))
    assert "https" in ENGLISH.history([job], is_first=True)
    private = replace(job, request=replace(REQUEST, private=True))
    unsent = replace(job, reply=replace(REPLY, message_id=0))
    assert "https" not in ENGLISH.history([private, unsent], is_first=True)


def test_where_jobs_of_several_servers_are_shown_each_line_names_its_own():
    jobs = [job_in(JobState.DELIVERED), job_in(JobState.DELIVERED, server_id=6), job_in(JobState.FAILED, server_id=7)]
    text = ENGLISH.history(jobs, is_first=True, servers={5: "Studio *Ink*", 6: "\u202e\n"})
    assert [line.rpartition(" · ")[2] for line in text.splitlines()[1:]] == [
        "**Studio \\*Ink\\***",
        "**a server that I am not in**",
        "**a server that I am not in**",
    ]
    assert CHINESE.history(jobs[2:], is_first=True, servers={}).endswith("**我已不在的服务器**")


def test_a_removed_job_keeps_its_line_without_the_prompt():
    line = ENGLISH.history([job_in(JobState.DELIVERED, deleted_ms=5)], is_first=True).splitlines()[1]
    assert "a cat" not in line
    assert line.endswith(" · Removed")


def test_an_empty_page_says_whether_there_was_anything():
    assert ENGLISH.history([], is_first=True) == "You have no jobs here yet. Try /imagine."
    assert ENGLISH.history([], is_first=False) == "There is nothing older."
    assert (CHINESE.history([], is_first=True), CHINESE.history([], is_first=False)) == (
        "你在这里还没有任务。试试 /imagine。",
        "没有更早的了。",
    )
