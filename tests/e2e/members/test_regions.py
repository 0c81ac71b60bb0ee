"""/edit with a region that is chosen by buttons, over real sockets: asked, chosen, drawn, refused, over."""

import asyncio
import io
import json
from typing import Any

import pytest
from PIL import Image, ImageChops

from sandbox.discord import MemberFile, SeenMessage
from sandbox.discord.http.requests import BODY
from sandbox.faults import Fault
from tests.support.clients.privacy import pictures
from tests.support.faults import denied
from tests.support.handed_in import jpeg
from tests.support.quotas import details, forge, said
from tests.support.regions import DROP, EDIT, GONE, PICTURE, SIZE, asked, chosen, done, edited
from tests.support.world import World, open_world

WAN27, IMAGEEDIT = "wan2.7-image", "wanx2.1-imageedit"
OVER_S = 10 * 60 + 1
OVER = {"bob": "This question is over.", "mei": "这个询问已经结束。"}


@pytest.fixture
async def masks(tmp_path):
    async with open_world(tmp_path, models={IMAGEEDIT: {}}) as opened:
        yield opened


def ends(world: World) -> str:
    """Return when the only question ends, as people are told."""
    (row,) = world.rows("SELECT expires_ms FROM drafts")
    return f"<t:{-(-row['expires_ms'] // 1000)}:R>"


def order(world: World) -> Any:
    (task,) = world.vendor.tasks.values()
    return task.order


async def opened(world: World, url: str) -> Image.Image:
    with Image.open(io.BytesIO(await world.discord.fetch(url))) as image:
        return image.convert("RGB")


async def differs(world: World, done: SeenMessage, box: tuple[int, int, int, int]) -> bool:
    """Whether a part of the result, in sixteenths of its sides, is another than in the picture that came in."""
    shown = await opened(world, done.gallery[0].url)
    with Image.open(io.BytesIO(order(world).pictures[-1])) as sent:
        plain = sent.convert("RGB").resize(shown.size)
    width, height = shown.size
    part = (box[0] * width // 16, box[1] * height // 16, box[2] * width // 16, box[3] * height // 16)
    brightest = max(ImageChops.difference(shown.crop(part), plain.crop(part)).tobytes())
    return brightest > 40


async def test_a_question_shows_the_picture_under_a_grid_and_a_button_for_each_field(world: World):
    bob = world.member("bob")
    question = await asked(bob)
    assert question.text == (
        "Which part of the picture is to change? Press the buttons of its fields, then “Edit this region”; until you "
        "press that, nothing is held or taken from your quota. "
        f"End of the question: {ends(world)}; after that, ask again.\n"
        "No field is chosen yet: press at least one of the buttons A1 to D4.\n> a red hat"
    )
    labels = [button.label for button in question.buttons]
    assert labels[:5] == ["A1", "B1", "C1", "D1", "A2"]
    assert labels[15:] == ["D4", EDIT["bob"], DROP["bob"]]
    assert [len(row["components"]) for row in question.components] == [4, 4, 4, 4, 2]
    assert question.button(EDIT["bob"]).disabled
    (grid,) = question.attachments
    assert grid.description == (
        "Your picture under a grid of 4×4 fields: A to D from left to right, 1 to 4 from top to bottom"
    )
    assert (await opened(world, grid.url)).size == SIZE
    assert world.rows("SELECT * FROM jobs") == world.rows("SELECT * FROM ledger") == []


async def test_the_question_is_asked_in_chinese_too(world: World):
    mei = world.member("mei")
    question = await asked(mei, "戴一顶红帽子", picture2=PICTURE)
    assert question.text == (
        "要修改图片的哪一部分？请点选对应的格子，再点“修改所选区域”；点击之前不会预扣，也不会扣额度。"
        f"失效时间：{ends(world)}；失效后如果还需要，请重新提交。\n"
        "你一共用了 2 张图片，修改的是最后一张。\n"
        "还没有选格子：请在 A1 到 D4 的按钮中至少选一个。\n> 戴一顶红帽子"
    )
    question = await chosen(world, mei, question, "A1", "B1")
    assert "已选：A1–B1。" in question.text
    shown = await done(world, mei, await edited(mei, question))
    assert "修改区域：A1–B1（图片按 4×4 分格，左上角为 A1）。" in shown.text
    closed = await world.shown(mei, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "区域已选好，现在是任务 #1。\n> 戴一顶红帽子"
    assert closed.attachments == []


async def test_a_field_is_chosen_and_given_up_again_and_the_picture_stays(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "C2", "D3")
    assert "Chosen: C2, D3." in question.text
    assert [button.label for button in question.buttons if "✓" in button.label] == ["✓ C2", "✓ D3"]
    assert not question.button(EDIT["bob"]).disabled
    question = await chosen(world, bob, question, "✓ C2")
    assert "Chosen: D3." in question.text
    assert len(question.attachments) == 1


async def test_a_region_is_asked_about_without_the_instruction_where_discord_refuses_the_question_with_it(world: World):
    blocked = denied(400, 240000, "Blocked")
    world.discord.faults.add(
        "edit_original", blocked, times=10, matches=lambda request: "a red hat" in request[BODY].json["content"]
    )
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    assert question.text.endswith("Chosen: B2.")
    assert len(question.attachments) == 1
    shown = await done(world, bob, await edited(bob, question))
    assert "Region: B2 (" in shown.text


async def test_a_question_whose_answer_is_lost_still_asks(world: World):
    bob = world.member("bob")
    world.discord.faults.add("edit_original", Fault(cut=True, when="after"))
    question = await asked(bob)
    # Whatever is said besides takes its place.
    await world.discord.until(lambda: [one.operation for one in world.discord.requests].count("edit_original") == 2)
    await asyncio.sleep(0.5)
    shown = await world.shown(bob, lambda seen: seen.id == question.id)
    assert shown.text.startswith("Which part of the picture is to change?")
    assert len((await chosen(world, bob, shown, "B2")).attachments) == 1


async def test_a_question_that_discord_refuses_in_any_words_is_not_asked(world: World):
    world.discord.faults.add("edit_original", denied(400, 240000, "Blocked"), times=2)
    refused = await asked(world.member("bob"))
    assert (refused.buttons, refused.attachments) == ([], [])


async def test_a_model_that_takes_boxes_changes_the_chosen_fields_alone(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob, count=2, seed=5), "A1", "B1", "A2", "B2", "D4")
    used = await edited(bob, question)
    shown = await done(world, bob, used)
    assert not shown.ephemeral
    assert "Edited from an uploaded picture." in shown.text
    assert "Region: A1–B2, D4 (fields of a 4×4 grid over the picture, A1 at the upper left)." in shown.text
    assert "From your free pictures: 2" in await details(bob, shown)
    sent = order(world)
    assert (sent.model.name, sent.n, sent.seed, sent.sent_prompt) == (WAN27, 2, 5, "a red hat")
    assert sent.boxes == (((0, 0, 319, 259), (480, 390, 639, 519)),)
    assert await differs(world, shown, (0, 0, 8, 8))
    assert not await differs(world, shown, (9, 0, 16, 11))
    closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "You chose the region; it is #1 now.\n> a red hat"
    assert world.rows("SELECT * FROM drafts") == []
    told = await (await bob.invoke("job", {"number": 1}, channel="general")).reply()
    assert "Region: A1–B2, D4" in told.text
    world.assert_books_agree()


async def test_of_several_pictures_the_last_one_changes(world: World):
    bob = world.member("bob")
    wide = MemberFile("wide.jpg", jpeg((800, 400)))
    question = await asked(bob, picture2=wide)
    assert "Of your 2 pictures it is the last that changes." in question.text
    assert (await opened(world, question.attachments[0].url)).size == (800, 400)
    await done(world, bob, await edited(bob, await chosen(world, bob, question, "B2")))
    assert order(world).boxes == ((), ((200, 100, 399, 199),))


async def test_a_model_with_functions_gets_a_mask_and_needs_no_words(masks: World):
    bob, mei = masks.member("bob"), masks.member("mei")
    question = await asked(bob, None, model=IMAGEEDIT)
    assert "You gave no instruction: what lies in the chosen fields is taken out of the picture.\n" in question.text
    assert "你没有填写要求：所选格子里的内容会被去掉。" in (await asked(mei, None, model=IMAGEEDIT)).text
    question = await chosen(masks, bob, question, "A1", "C1", "B2", "D4")
    shown = await done(masks, bob, await edited(bob, question))
    assert "Region: A1, C1, B2, D4 (" in shown.text
    assert "Function:" not in shown.text
    change = order(masks).change
    with Image.open(io.BytesIO(change.mask)) as mask:
        assert (mask.size, mask.getpixel((0, 0)), mask.getpixel((639, 0))) == (SIZE, 255, 0)
        assert mask.histogram()[255] == SIZE[0] * SIZE[1] // 4
    assert await differs(masks, shown, (0, 0, 4, 4))
    assert not await differs(masks, shown, (0, 4, 4, 16))
    assert len(masks.rows("SELECT * FROM input_pictures")) == 1
    masks.assert_books_agree()


async def test_fields_in_more_rectangles_than_the_model_takes_are_not_sent(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "A1", "C1", "B3")
    assert question.text.endswith(
        "Chosen: A1, C1, B3.\nwan2.7-image takes at most 2 rectangles, and these fields form 3: "
        "choose fields that form fewer.\n> a red hat"
    )
    assert question.button(EDIT["bob"]).disabled
    # A client that lags behind presses all the same.
    refused = await (await edited(bob, question, force=True)).reply()
    assert refused.ephemeral
    assert "takes at most 2 rectangles" in refused.text
    assert world.rows("SELECT * FROM jobs") == []
    question = await chosen(world, bob, question, "B1")
    assert "Chosen: A1–C1, B3." in question.text
    await done(world, bob, await edited(bob, question))


async def test_nothing_chosen_is_refused_in_a_sentence(world: World):
    mei = world.member("mei")
    refused = await (await edited(mei, await asked(mei), force=True)).reply()
    assert refused.text == "还没有选格子：请在 A1 到 D4 的按钮中至少选一个。"
    assert refused.ephemeral
    assert world.rows("SELECT * FROM jobs") == []


REFUSED: list[tuple[dict[str, Any], str]] = [
    (
        {"model": "qwen-image-2.0"},
        "qwen-image-2.0 can't be told which part of a picture is to change. These can: wan2.",
    ),
    ({"mask": PICTURE}, "either white in a mask or chosen by buttons"),
    ({"function": "part-style", "strength": 50}, "leave out function and what belongs to functions (strength, "),
    ({"instruction": None}, "The instruction is empty."),
    ({"picture": None, "instruction": "x"}, "Upload a picture"),
    ({"picture": MemberFile("a.txt", b"no picture")}, "can't be edited: upload a still picture"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED)
async def test_what_does_not_fit_is_refused_before_anything_is_chosen(tmp_path, given: dict[str, Any], words: str):
    async with open_world(tmp_path, models={IMAGEEDIT: {}, "qwen-image-2.0": {}}) as world:
        refused = await asked(world.member("bob"), **given)
        assert words in refused.text
        assert refused.buttons == []
        assert world.rows("SELECT * FROM drafts") == []
        await world.eventually(lambda: not pictures(world))


async def test_models_are_offered_that_can_be_told_a_region(tmp_path):
    async with open_world(tmp_path, models={IMAGEEDIT: {}, "qwen-image-2.0": {}}) as world:
        given = {"choose_region": True, "model": ""}
        offered = await world.member("bob").autocomplete("edit", given, focused="model", channel="general")
        assert [choice.value for choice in offered] == [WAN27, "wan2.7-image-pro", IMAGEEDIT]


async def test_where_no_model_can_be_told_a_region_that_is_said(tmp_path):
    models = {WAN27: {"boxes": 0}, "wan2.7-image-pro": {"boxes": 0}}
    async with open_world(tmp_path, models=models) as world:
        refused = await asked(world.member("bob"))
        assert refused.text.startswith("No model here can be told which part of a picture is to change")


async def test_never_mind_lets_the_picture_go(world: World):
    mei = world.member("mei")
    question = await chosen(world, mei, await asked(mei), "A1")
    assert len(pictures(world)) == 1
    await mei.press(question, DROP["mei"])
    closed = await world.shown(mei, lambda seen: seen.id == question.id and not seen.buttons)
    assert closed.text == "好的，没有生成，也没有扣额度。\n> a red hat"
    assert closed.attachments == []
    assert world.rows("SELECT * FROM drafts") == world.rows("SELECT * FROM jobs") == []
    world.advance(3600)
    await world.eventually(lambda: not pictures(world))


async def test_what_is_chosen_outlives_a_restart(world: World):
    bob = world.member("bob")
    question = await chosen(world, bob, await asked(bob), "B2")
    await world.stop_bot()
    await world.start_bot()
    question = await chosen(world, bob, question, "C2")
    assert "Chosen: B2–C2." in question.text
    await done(world, bob, await edited(bob, question))
    assert order(world).boxes == (((160, 130, 479, 259),),)


async def test_another_member_chooses_and_draws_nothing(world: World):
    bob, mei = world.member("bob"), world.member("mei")
    question = await chosen(world, bob, await asked(bob), "B2")
    for key in ("C3", EDIT["bob"], DROP["bob"]):
        used = await forge(world, mei, question, question.button(key).custom_id)
        assert await said(world, used) == GONE["mei"]
    (row,) = world.rows("SELECT request FROM drafts")
    assert json.loads(row["request"])["region"] == {"bits": 1 << 5}
    await done(world, bob, await edited(bob, question))
    assert len(world.rows("SELECT * FROM jobs")) == 1


async def test_a_question_is_over_after_ten_minutes_and_its_picture_goes(world: World):
    for name in ("bob", "mei"):
        who = world.member(name)
        question = await chosen(world, who, await asked(who), "B2")
        world.advance(OVER_S)
        used = await who.press(question, "C3")
        assert await said(world, used) == GONE[name]
        closed = await world.shown(who, lambda seen, question=question: seen.id == question.id and not seen.buttons)
        assert (closed.text, closed.attachments) == (OVER[name], [])
    assert world.rows("SELECT * FROM jobs") == []
    world.advance(3600)
    await world.eventually(lambda: not pictures(world))


async def test_a_new_question_takes_the_place_of_the_one_before(world: World):
    bob = world.member("bob")
    before = await chosen(world, bob, await asked(bob), "B2")
    await asked(bob)
    assert await said(world, await edited(bob, before)) == GONE["bob"]
    assert len(world.rows("SELECT * FROM drafts")) == 1


async def test_the_price_is_asked_about_once_the_region_is_chosen_and_the_picture_is_still_there(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob = world.member("bob")
        question = await chosen(world, bob, await asked(bob), "B2")
        price = await (await edited(bob, question)).reply()
        assert price.text.startswith("This picture would take CN¥0.20 from your budget")
        closed = await world.shown(bob, lambda seen: seen.id == question.id and not seen.buttons)
        assert closed.text == "You chose the region; now there is a question about your budget.\n> a red hat"
        # The question before had named the same file, and it is not among those that are let go.
        assert world.rows("SELECT * FROM leftover_files") == []
        await world.stop_bot()
        await world.start_bot()
        assert len(pictures(world)) == 1
        shown = await done(world, bob, await bob.press(price, price.buttons[0].label))
        assert "Region: B2 (" in shown.text
        assert "From your budget: CN¥0.20" in await details(bob, shown)
        assert order(world).boxes == (((160, 130, 319, 259),),)
        # Who has paid in this period is not asked again.
        question = await chosen(world, bob, await asked(bob), "B2")
        await done(world, bob, await edited(bob, question))
        world.assert_books_agree()
