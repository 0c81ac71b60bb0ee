"""A series: pictures that belong together, of which the service picks the number, over real sockets."""

from typing import Any

import pytest

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.model import MOST_IMAGES
from sandbox.dashscope import Outcome
from sandbox.faults import Fault
from tests.support.quotas import alone, details, plain
from tests.support.world import World, open_world

WAN27, PRO, TURBO = "wan2.7-image", "wan2.7-image-pro", "wanx2.1-t2i-turbo"
PRICE = BUILT_IN[WAN27].price_micros
SMALL = "1024*1024"
MANY = {"images_per_job": MOST_IMAGES}

WRONG: list[tuple[dict[str, Any], str, str]] = [
    (
        {"model": TURBO},
        f"{TURBO} draws no series. These do: {WAN27}, {PRO}.",
        f"{TURBO} 不能画组图。可以画的有：{WAN27}、{PRO}。",
    ),
    ({"count": 5}, "You may ask for at most 4 pictures at a time here, not 5.", "这里一次最多画 4 张，不能画 5 张。"),
    ({"model": PRO, "size": "4096*4096"}, f"{PRO} can't draw 4096*4096.", "画不了 4096*4096。"),
]


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("drawn", "said"), [(2, "; it could have been 4, and what wasn't needed was returned"), (4, ".")]
)
async def test_what_came_of_a_series_is_charged_and_the_rest_is_returned(world: World, drawn: int, said: str):
    world.vendor.next_outcome(Outcome(drawn=drawn))
    bob = world.member("bob")
    gate = world.vendor.faults.gate("create", when="before")
    first = await world.imagine(bob, series=True, size=SMALL, seed=7)
    await gate.reached.wait()
    (hold,) = world.rows("SELECT images, price, free_images FROM holds")
    assert tuple(hold) == (4, PRICE, 4)
    before = (await world.becomes(bob, first, "a series of up to 4 pictures")).text
    assert "The service picks how many pictures this series has, up to 4; only those that come count." in before
    gate.open()
    done = await world.becomes(bob, first, f"The service drew a series of {drawn} pictures{said}")
    assert len(done.gallery) == drawn
    assert f"From your free pictures: {drawn}" in await details(bob, done)
    assert f"{WAN27} · 1024×1024 · {drawn} pictures" in done.text
    # Which picture has which seed nobody says.
    assert "Picture 1: 1024×1024" in await details(bob, done)
    await world.job_is("delivered")
    assert "seed 7" in (await alone(bob, "job", number=1)).text
    assert "pictures were made" not in done.text
    (task,) = world.vendor.tasks.values()
    assert task.order.params == {"size": SMALL, "n": 4, "seed": 7, "watermark": False, "enable_sequential": True}
    job = await world.job_is("delivered")
    assert (job["charged_images"], job["billed_images"], job["is_series"]) == (drawn, drawn, 1)
    assert world.vendor.billed_micros == drawn * PRICE
    world.assert_books_agree()


async def test_ten_pictures_come_in_one_message_and_are_paid_for_by_what_came(tmp_path):
    quota = {"free_images": 1, "budget": "5", "operator_cap": "none", **MANY}
    async with open_world(tmp_path, quota=quota) as world:
        world.vendor.outcome_for(lambda _: True, Outcome(drawn=MOST_IMAGES))
        mei = world.member("mei")
        question = await world.imagine(mei, series=True, count=MOST_IMAGES, size="768*768")
        assert question.text.startswith(
            "这组图最多 10 张，其中 1 张免费，其余最多会从你的预算中扣除 ¥1.80。"
            "实际张数由图像服务决定，只按画出的张数扣额度。"
        )
        agreed = await mei.press(question, question.buttons[0].label)
        done = await world.becomes(mei, await agreed.reply(), "图像服务画了一组 10 张图。")
        assert len(done.gallery) == len(done.attachments) == MOST_IMAGES
        assert world.vendor.billed_micros == MOST_IMAGES * PRICE
        world.assert_books_agree()


async def test_the_question_says_that_the_service_picks_the_number(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob, mei = world.member("bob"), world.member("mei")
        asked = [(await world.imagine(who, series=True)).text for who in (bob, mei)]
        assert asked[0].startswith(
            "This series would take up to CN¥0.80 from your budget, for 4 pictures: your free pictures are used up. "
            "The service picks how many it draws, and only those count."
        )
        assert asked[1].startswith("这组图（最多 4 张）最多会从你的预算中扣除 ¥0.80：免费张数已用完。")


async def test_what_can_not_be_a_series_is_refused_in_a_sentence_and_holds_nothing(world: World):
    for options, *words in WRONG:
        for name, text in zip(("bob", "mei"), words, strict=True):
            answer = await world.imagine(world.member(name), series=True, **options)
            assert answer.ephemeral
            assert text in plain(answer)
    assert world.rows("SELECT * FROM holds") == []
    assert world.asked_for_members() == []


@pytest.mark.parametrize(("limit", "most"), [(2, 2), (6, 4)])
async def test_who_names_no_number_is_not_refused_for_one(tmp_path, limit: int, most: int):
    async with open_world(tmp_path, quota={"images_per_job": limit}) as world:
        card = await world.imagine(world.member("bob"), series=True)
        assert f"a series of up to {most} pictures" in card.text
        assert [row["images"] for row in world.rows("SELECT images FROM holds")] == [most]


async def test_models_that_draw_a_series_are_offered_for_one(world: World):
    bob = world.member("bob")
    typed = {"prompt": "x", "series": True}
    offered = await bob.autocomplete("imagine", typed, focused="model", channel="general")
    assert [choice.value for choice in offered] == [WAN27, PRO]


async def test_sizes_are_offered_as_a_series_has_them(world: World):
    bob = world.member("bob")
    typed = {"prompt": "x", "series": True}
    first, *_ = await bob.autocomplete("imagine", typed, focused="size", channel="general")
    assert first.name == "1:1 · 2048×2048"
    card = await world.imagine(bob, series=True, size=first.value)
    assert "2048×2048" in card.text


async def test_where_no_model_draws_a_series_that_is_said(tmp_path):
    off = {name: {"enabled": False} for name in (WAN27, PRO)}
    async with open_world(tmp_path, models=off) as world:
        for name, words in (
            ("bob", "No model here draws a series: leave series out."),
            ("mei", "这里没有能画组图的模型：请不要开启“组图”。"),
        ):
            assert plain(await world.imagine(world.member(name), series=True)) == words


async def test_a_series_whose_create_was_lost_keeps_room_for_the_most(world: World):
    world.vendor.faults.add("create", Fault(cut=True, when="after"))
    world.vendor.faults.add("list", Fault(status=500), times=1000)
    await world.imagine(world.member("bob"), series=True)
    await world.eventually(lambda: world.rows("SELECT 1 FROM jobs WHERE state = 'in_doubt'"))
    assert world.vendor.creates == 1
    (hold,) = world.rows("SELECT images FROM holds WHERE outcome IS NULL")
    assert hold["images"] == 4
