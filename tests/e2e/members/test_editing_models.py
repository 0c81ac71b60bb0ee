"""The models that edit once the configuration names them; what all models share, tests/e2e/models has."""

from typing import Any

import pytest

from bot.domain.requests.catalogue import BUILT_IN, taking_pictures
from sandbox.dashscope.checks import Order
from sandbox.discord import MemberFile
from tests.support.handed_in import noise, png, saved
from tests.support.quotas import details
from tests.support.settings import add_admins, ask, choose
from tests.support.world import World, open_world

EDITING = [name for name, model in taking_pictures(BUILT_IN).items() if not model.is_offered and not model.functions]
ALL: dict[str, Any] = {name: {} for name in EDITING}
CAT = MemberFile("cat.png", png((800, 600)))
WIDE = MemberFile("wide.png", png((960, 480)))
SIZES = {
    "qwen-image-2.0": (1440, 720),
    "qwen-image-2.0-pro": (1440, 720),
    "qwen-image-2.1-turbo": (1440, 720),
    "qwen-image-2.1-pro": (1440, 720),
    "qwen-image-3.0": (1440, 720),
    "qwen-image-3.0-pro": (1440, 720),
    "wan2.6-image": (1440, 720),
    "wan2.5-i2i-preview": (1808, 896),
}
"""Of an edit of `WIDE`: as many pixels as the vendor draws of a picture by itself, in its ratio."""


def cost(model: str, images: int, inputs: int) -> int:
    """Return what a model costs, in micro-yuan."""
    known = BUILT_IN[model]
    return images * known.price_micros + inputs * (known.input_price_micros or 0)


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, models=ALL) as opened:
        yield opened


def orders(world: World) -> list[Order]:
    """Return what the image service was asked for, in either way."""
    return [record.order for record in (*world.vendor.tasks.values(), *world.vendor.calls.values())]


@pytest.mark.parametrize("model", EDITING)
async def test_pictures_are_edited_delivered_charged_and_billed(world: World, model: str):
    bob = world.member("bob")
    first = await world.ask_for_edit(bob, picture=CAT, picture2=WIDE, count=2, seed=9, model=model)
    done = await world.becomes(bob, first, "Made by AI")
    assert "From your free pictures: 2" in await details(bob, done)
    assert "Edited from 2 uploaded pictures." in done.text
    assert len(done.gallery) == 2
    (order,) = orders(world)
    assert (order.model.name, order.prompt, order.n, order.seed) == (model, "let it snow", 2, 9)
    assert (order.width, order.height) == SIZES[model]
    assert list(map(len, order.pictures)) == [len(png((800, 600))), len(png((960, 480)))]
    assert not order.watermark
    job = await world.job_is("delivered")
    assert (job["charged_images"], job["billed_images"]) == (2, 2)
    assert world.vendor.billed_micros == cost(model, 2, 2)
    world.assert_books_agree()


async def test_what_came_in_is_named_in_the_question_the_receipt_and_the_refusal(tmp_path):
    quota = {"free_images": 1, "budget": "0.50", "operator_cap": "none"}
    model = "qwen-image-3.0"
    async with open_world(tmp_path, models={model: {}}, quota=quota) as world:
        said = {
            "bob": (
                "the rest would take CN¥0.22 from your budget (CN¥0.04 of it for the pictures that come in).",
                "CN¥0.04 of that was for the 2 pictures that it was made from.",
                "at CN¥0.18 per picture and CN¥0.02 for the one that comes in this would take CN¥0.38.",
                "qwen-image-3.0 · CN¥0.18 per image + CN¥0.02 per upload · 0 free pictures left",
            ),
            "mei": (
                "其余将从你的预算中扣除 ¥0.22（其中 2 张原图占 ¥0.04）。",
                "其中 ¥0.04 用于 2 张原图。",
                "按每张 ¥0.18、原图共 ¥0.02 计，需要 ¥0.38。",
                "qwen-image-3.0 · 每张 ¥0.18，每张上传的图另收 ¥0.02 · 还剩免费图片 0 张",
            ),
        }
        for name, (asked, receipt, refused, offered) in said.items():
            member = world.member(name)
            question = await world.ask_for_edit(member, picture=CAT, picture2=WIDE, count=2, model=model)
            assert asked in question.text
            agreed = await member.press(question, question.buttons[0].label)
            done = await world.becomes(member, await agreed.reply(), {"bob": "Made by AI", "mei": "由 AI 生成"}[name])
            assert receipt in await details(member, done)
            answer = await world.ask_for_edit(member, picture=CAT, count=2, model=model)
            assert refused in answer.text
            choices = await member.autocomplete(
                "edit", {"picture": WIDE, "instruction": "x"}, focused="model", channel="general"
            )
            assert offered in [choice.name for choice in choices]
        assert world.vendor.billed_micros == 2 * cost(model, 2, 2)
        world.assert_books_agree()


@pytest.mark.parametrize("model", EDITING)
async def test_what_a_model_does_not_take_is_refused_in_a_sentence_and_holds_nothing(world: World, model: str):
    heavy = MemberFile("heavy.png", saved(noise((2000, 1800)), "PNG"))
    limit = BUILT_IN[model].prompt_limit + 1
    for name, words in (("bob", "at most 10 MB work"), ("mei", "最多 10 MB")):
        answer = await world.ask_for_edit(world.member(name), picture=heavy, model=model)
        assert answer.ephemeral
        assert words in answer.text
        answer = await world.ask_for_edit(world.member(name), "花" * limit, CAT, model=model)
        assert f"{limit:,}" in answer.text
    assert world.rows("SELECT * FROM holds") == []
    assert world.asked_for_members() == []


@pytest.mark.parametrize("model", [name for name in EDITING if BUILT_IN[name].edits_only])
async def test_a_model_that_edits_only_is_kept_out_of_imagine(world: World, model: str):
    for name, words in (
        ("bob", f"{model} only changes uploaded pictures: use /edit for that, or pick another model."),
        ("mei", f"{model} 只能修改上传的图片：请改用 /edit，或换一个模型。"),
    ):
        answer = await world.imagine(world.member(name), model=model)
        assert answer.ephemeral
        assert answer.text.replace("\\", "") == words
    bob = world.member("bob")
    for command, is_offered in (("imagine", False), ("edit", True)):
        typed = {"prompt": "x"} if command == "imagine" else {"picture": WIDE, "instruction": "x"}
        offered = await bob.autocomplete(command, typed, focused="model", channel="general")
        assert (model in [one.value for one in offered]) is is_offered
    assert world.rows("SELECT * FROM holds") == []


async def test_where_only_models_that_edit_are_allowed_imagine_says_so_and_edit_works(world: World):
    ada, _ = add_admins(world)
    await choose(world, ada, await ask(ada, "models"), "models", ["wan2.6-image"])
    bob = world.member("bob")
    for name, words in (("bob", "only change uploaded pictures: use /edit."), ("mei", "请改用 /edit。")):
        answer = await world.imagine(world.member(name))
        assert answer.ephemeral
        assert words in answer.text
    for focused in ("model", "size"):
        assert await bob.autocomplete("imagine", {"prompt": "x"}, focused=focused, channel="general") == []
    await world.becomes(bob, await world.ask_for_edit(bob), "Made by AI")
    (order,) = orders(world)
    assert order.model.name == "wan2.6-image"
