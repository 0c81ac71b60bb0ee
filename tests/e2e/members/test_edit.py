"""/edit over real sockets: a picture goes in, its edit comes out, and what would not do is refused in a sentence."""

import io
import logging
import sqlite3
from contextlib import closing

import pytest
from PIL import Image, ImageStat

from sandbox.dashscope import Outcome
from sandbox.discord import ClientRefused, MemberFile
from sandbox.faults import Fault
from tests.support.feeds import add_log, entry
from tests.support.handed_in import FILES, drawn, held, jpeg, saved, see_through
from tests.support.quotas import details
from tests.support.settings import add_admins, ask
from tests.support.world import CAT, World, open_world

edit = World.ask_for_edit


async def test_a_picture_is_edited_as_the_instruction_says_and_paid_for_like_any_other(world):
    bob = world.member("bob")
    first = await edit(world, bob, "let it **snow**", count=2, seed=9)
    assert "Edited from an uploaded picture." in first.text
    done = await world.becomes(bob, first, "Made by AI")
    assert "From your free pictures: 2" in await details(bob, done)
    assert len(done.gallery) == 2
    assert "Edited from an uploaded picture." in done.text
    assert "wan2.7-image · 2352×1760 · 2 pictures" in done.text
    (task,) = world.vendor.tasks.values()
    assert (task.prompt, task.order.n, task.order.seed, len(task.order.pictures)) == ("let it **snow**", 2, 9, 1)
    # What the member sees comes from what they handed in: its upper left is red, its lower right blue.
    shown = Image.open(io.BytesIO(await world.discord.fetch(done.gallery[0].url))).convert("RGB")
    width, height = shown.size
    left, right = (0, 0, width // 2, height // 2), (width // 2, height // 2, width, height)
    assert redder(shown, left) > redder(shown, right) + 60
    world.assert_books_agree()


def redder(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """By how much a part of a picture is redder than it is blue."""
    red, _, blue = ImageStat.Stat(image.crop(box)).mean
    return red - blue


async def test_three_pictures_are_sent_in_their_order_and_notes_say_what_became_of_them(world):
    mei = world.member("mei")
    detailed = MemberFile("细节.jpg", FILES["a picture that is too detailed to be sent as it is"].make())
    first = await edit(
        world,
        mei,
        "下雪",
        picture=MemberFile("photo.jpg", held(6)),
        picture2=MemberFile("hat.png", see_through("RGBA")),
        picture3=detailed,
        model="wan2.7-image-pro",
    )
    done = await world.becomes(mei, first, "由 AI 生成")
    for words in ("由上传的 3 张图片修改而成。", "已缩小", "透明部分按白色处理"):
        assert words in done.text
    (task,) = world.vendor.tasks.values()
    sizes = [Image.open(io.BytesIO(picture)).size for picture in task.order.pictures]
    assert sizes == [(300, 400), (400, 300), (2560, 2400)]


REFUSED = (
    "a text",
    "a moving GIF",
    "a moving WebP",
    "a JPEG that is cut off",
    "a PNG with an archive behind it",
    "a picture that is too small",
    "a picture that is too wide",
    "a picture that is too long",
    "a PNG bomb",
    "a file that is too heavy",
)


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_will_not_do_is_refused_in_one_private_sentence(world, name):
    file = MemberFile("cat.png", FILES[name].make())
    for who in ("bob", "mei"):
        answer = await edit(world, world.member(who), picture=file)
        assert answer.ephemeral
        assert "cat.png" in answer.text
        assert len(answer.text.splitlines()) == 1
    assert world.rows("SELECT * FROM holds") == []
    assert world.rows("SELECT * FROM incoming_files") == []
    assert world.asked_for_members() == []


async def test_what_is_called_otherwise_is_taken_for_what_it_is(world):
    bob = world.member("bob")
    first = await edit(world, bob, picture=MemberFile("cat.gif", jpeg()))
    await world.becomes(bob, first, "Made by AI")


async def test_an_instruction_of_blanks_and_a_model_of_words_are_refused(world):
    bob = world.member("bob")
    answer = await edit(world, bob, " \u3000 ")
    assert "The instruction is empty." in answer.text
    answer = await edit(world, bob, model="wanx2.1-t2i-turbo")
    assert "wanx2.1-t2i-turbo takes no pictures in. These do: wan2.7-image, wan2.7-image-pro." in answer.text
    assert world.rows("SELECT * FROM holds") == []


async def test_a_file_is_called_as_its_member_called_it_also_where_discord_renames_it(world):
    answer = await edit(world, world.member("mei"), picture=MemberFile("猫.png", b"no picture"))
    assert answer.text.startswith("“猫”无法编辑")


async def test_a_link_can_not_be_handed_in(world):
    with pytest.raises(ClientRefused, match="takes a file"):
        await world.member("bob").invoke("edit", {"picture": "https://cdn.discordapp.com/a.png", "instruction": "x"})


async def test_an_instruction_without_a_picture_is_refused(world):
    for who, words in (("bob", "Upload a picture, or pick a kept reference"), ("mei", "请上传一张图片")):
        answer = await (await world.member(who).invoke("edit", {"instruction": "x"}, channel="general")).reply()
        assert answer.ephemeral
        assert words in answer.text
    assert world.rows("SELECT * FROM holds") == []


async def test_models_that_take_pictures_are_offered_with_their_prices(world):
    offered = await world.member("bob").autocomplete(
        "edit", {"picture": CAT, "instruction": "x"}, focused="model", channel="general"
    )
    assert [one.value for one in offered] == ["wan2.7-image", "wan2.7-image-pro"]
    assert "(default)" in offered[0].name
    assert "0.20" in offered[0].name


async def test_discord_that_hands_nothing_over_is_said(world):
    world.discord.faults.add("handed_in", Fault(status=404))
    answer = await edit(world, world.member("bob"))
    assert "Discord didn't hand “cat.png” over just now." in answer.text
    assert world.rows("SELECT * FROM holds") == []


async def test_a_slow_file_is_waited_for_while_the_member_sees_that_we_think(world):
    gate = world.discord.faults.gate("handed_in")
    bob = world.member("bob")
    used = await bob.invoke("edit", {"picture": CAT, "instruction": "let it snow"}, channel="general")
    await gate.reached.wait()
    await used.acknowledged.wait()
    assert (await used.response()).ephemeral is False
    gate.open()
    await world.becomes(bob, await used.reply(), "Made by AI")


async def test_a_refused_edit_that_was_waited_for_is_told_its_member_alone(world):
    gate = world.discord.faults.gate("handed_in")
    bob, mei = world.member("bob"), world.member("mei")
    used = await bob.invoke(
        "edit", {"picture": MemberFile("a.png", b"no"), "instruction": "let it snow"}, channel="general"
    )
    await gate.reached.wait()
    await used.acknowledged.wait()
    gate.open()
    answer = await used.reply()
    assert answer.ephemeral
    assert "can't be edited" in answer.text
    assert mei.read("general") == []


async def test_the_rules_of_a_server_hold_for_edits(world):
    ada, _ = add_admins(world)
    bob = world.member("bob")
    with closing(sqlite3.connect(world.config.storage.file)) as conn, conn:
        conn.execute("INSERT INTO servers (id, last_number) VALUES (?, 0)", (world.guild.id,))
        rule = "INSERT INTO prompt_rules (server_id, kind, text) VALUES (?, 'word', 'gore')"
        conn.execute(rule, (world.guild.id,))
    assert "don't allow “gore”" in (await edit(world, bob, "more gore")).text
    await ask(ada, "moderation", age_restricted_only=True)
    assert "age-restricted" in (await edit(world, bob)).text
    assert world.rows("SELECT * FROM holds") == []


async def test_a_price_is_asked_about_and_the_same_picture_sent(tmp_path):
    quota = {"free_images": 0, "budget": "5"}
    async with open_world(tmp_path, quota={**quota, "operator_cap": "none"}) as world:
        bob = world.member("bob")
        question = await edit(world, bob, model="wan2.7-image-pro")
        assert "CN¥0.50" in question.text
        assert len(list((tmp_path / "images").rglob("*in0*"))) == 1
        used = await bob.press(question, next(one.custom_id for one in question.buttons if "agree" in one.custom_id))
        done = await world.becomes(bob, await used.reply(), "Made by AI")
        assert "From your budget: CN¥0.50" in await details(bob, done)
        assert len(done.gallery) == 1
        (task,) = world.vendor.tasks.values()
        assert len(task.order.pictures) == 1
        world.assert_books_agree()


async def test_a_queued_edit_is_canceled_and_its_picture_goes(world):
    bob = world.member("bob")
    world.vendor.outcome_for(lambda _: True, Outcome(service_s=60))
    world.vendor.arrears = True
    first = await edit(world, bob)
    await world.eventually(lambda: world.rows("SELECT 1 FROM lanes WHERE stopped_ms > 0"))
    card = await world.becomes(bob, first, "Edited from")
    await bob.press(card, "Cancel")
    await world.eventually(lambda: world.job()["state"] == "canceled")
    assert [row["path"] for row in world.rows("SELECT path FROM input_pictures")] == [""]


async def test_moderators_see_what_came_in_behind_a_spoiler(world):
    await add_log(world)
    bob, mod = world.member("bob"), world.member("mod")
    done = await world.becomes(bob, await edit(world, bob), "Made by AI")
    card = await entry(world, mod, "#1")
    assert [file.filename for file in card.attachments] == ["1-1.jpg", "1-handed-in-1.jpg"]
    assert [picture.spoiler for picture in card.gallery] == [True, True]
    assert card.gallery[1].description == "A picture that came in"
    assert "Edited from an uploaded picture." in card.text
    shown = Image.open(io.BytesIO(await world.discord.fetch(card.attachments[1].url))).convert("RGB")
    assert shown.getpixel((5, 5)) == pytest.approx((220, 40, 40), abs=16)
    timeline = await (await mod.invoke("logs job", {"number": 1}, channel="general")).reply()
    assert [picture.spoiler for picture in timeline.gallery] == [False, True]
    # With what was made of it, what came in is removed.
    question = await (await mod.invoke("mod remove", {"number": 1, "reason": "ugly"}, channel="general")).reply()
    await mod.press(question, "Remove")
    await world.eventually(lambda: world.rows("SELECT 1 FROM input_pictures WHERE path = ''"))
    await world.shown(mod, lambda seen: seen.id == card.id and not seen.gallery, "log")
    assert done.id


async def test_moderators_see_what_came_in_with_an_edit_that_was_refused(world):
    await add_log(world)
    bob = world.member("bob")
    await edit(world, bob, "[refuse] let it snow")
    card = await entry(world, world.member("mod"), "#1")
    assert [file.filename for file in card.attachments] == ["1-handed-in-1.jpg"]
    assert [picture.spoiler for picture in card.gallery] == [True]


async def test_no_secret_of_a_picture_is_logged(world, caplog):
    caplog.set_level(logging.DEBUG)
    bob = world.member("bob")
    await world.becomes(bob, await edit(world, bob), "Made by AI")
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "base64" not in told
    assert "hm=" not in told
    assert saved(drawn(), "PNG")[:8] not in told.encode("utf-8", "ignore")
