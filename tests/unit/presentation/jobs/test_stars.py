from dataclasses import replace

import pytest

from bot.domain.jobs.job import JobState
from bot.domain.jobs.stars import Order, Search, Starred, Whose
from bot.presentation.jobs.stars import ON_A_PAGE, FavouritePages, posted
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.texts import LOCALES, Texts
from tests.unit.presentation.samples import image, job_in, pictures

MINE = Search(Whose.MINE, Order.NEWEST)
JOB = job_in(JobState.DELIVERED, images=(image(0), image(1)))


def starred(count: int) -> list[Starred]:
    return [Starred(replace(JOB, id=1000 + k, number=k + 1, member_id=7), k) for k in range(count)]


def small(found: list[Starred]) -> dict[int, Upload]:
    return {one.job.id: Upload(ShownPicture(0, f"{one.job.id}-1.jpg", is_reencoded=True), b"") for one in found[1:]}


def page(search: Search = MINE, count: int = 2, skipped: int = 0, locale: str = "en-US") -> str:
    found = starred(count)
    return str(
        FavouritePages(Texts.load(), locale, 7).page(search, found, small(found), skipped=skipped).to_components()
    )


def test_each_is_listed_and_those_whose_file_is_kept_are_seen():
    shown = page()
    assert "**Your favourites on this server**, newest first" in shown
    assert "★ 0 · #1 · <@7> · a cat · https://discord.com/channels/5/2/3" in shown
    assert "1000-1.jpg" not in shown
    assert "attachment://1001-1.jpg" in shown


@pytest.mark.parametrize(
    ("count", "skipped", "turns"),
    [(2, 0, []), (ON_A_PAGE + 1, 0, [6]), (ON_A_PAGE + 1, 6, [0, 12]), (1, 12, [6]), (0, 12, [6])],
)
def test_pages_turn_both_ways(count, skipped, turns):
    shown = page(count=count, skipped=skipped)
    assert [f"'gallery:7:mine:newest:0:{turn}'" in shown for turn in turns] == [True] * len(turns)
    assert shown.count("gallery:7:mine:newest:0:") == len(turns)
    assert f"#{ON_A_PAGE + 1} " not in shown


@pytest.mark.parametrize(
    ("search", "heading", "others"),
    [
        (MINE, "**Your favourites on this server**, newest first", ("all:newest:0:0", "mine:stars:0:0")),
        (
            Search(Whose.ALL, Order.STARS, 9),
            "**What members here like**, most stars first, made by <@9>",
            ("mine:stars:9:0", "all:newest:9:0"),
        ),
    ],
)
def test_buttons_show_the_other_list_and_the_other_order(search, heading, others):
    shown = page(search)
    assert heading in shown
    assert all(f"'gallery:7:{other}'" in shown for other in others)


def test_where_there_is_nothing_it_says_how_there_can_be():
    assert "Apps > Favourite" in page(count=0)
    assert "选“APP”里的“收藏”" in page(Search(Whose.ALL, Order.STARS), count=0, locale="zh-CN")
    assert "There is nothing more." in page(count=0, skipped=6)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_gallery_channel_shows_who_made_what_and_has_a_button_to_like_it(locale: str):
    shown = str(posted(Texts.load(), locale, JOB, pictures(JOB)).to_components())
    assert "<@7> · #812" in shown
    assert "'star:812000'" in shown
    assert shown.count("attachment://") == 2
    bare = str(posted(Texts.load(), locale, replace(JOB, request=replace(JOB.request, prompt=" ")), ()).to_components())
    assert "attachment://" not in bare


def test_what_nobody_else_can_open_has_no_link():
    gone = [Starred(replace(JOB, message_gone=True), 2)]
    shown = str(FavouritePages(Texts.load(), "en-US", 7).page(MINE, gone, {}, skipped=0).to_components())
    assert "https://" not in shown
    assert "https://" not in str(posted(Texts.load(), "en-US", gone[0].job, ()).to_components())
