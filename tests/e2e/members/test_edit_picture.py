"""Apps > Edit picture over real sockets: whose pictures may be edited, by whose word, and who is told."""

import io

import pytest
from PIL import Image

from sandbox.discord import Deferred, MemberFile, Permission
from sandbox.faults import Fault
from tests.support.apps_menu import PROMPT, allow_editing, edit, opened, posts, refused, say_no
from tests.support.clients.privacy import forget
from tests.support.handed_in import png
from tests.support.moderators import mod, removed
from tests.support.quotas import details
from tests.support.settings import add_admins, ask
from tests.support.world import CAT, World, open_world


async def test_a_picture_of_ones_own_message_is_edited_like_one_that_is_uploaded(world):
    bob = world.member("bob")
    used, form = await opened(bob, posts(bob))
    assert form.title == "Edit picture"
    assert [part["label"] for part in form.data["components"]] == ["What is to change?", "Model"]
    first = await (await bob.submit_modal(used, {"instruction": "let it **snow**"})).reply()
    done = await world.becomes(bob, first, "Made by AI")
    assert "From your free pictures: 1" in await details(bob, done)
    assert "Edited from an uploaded picture." in done.text
    (task,) = world.vendor.tasks.values()
    assert (task.prompt, len(task.order.pictures)) == ("let it **snow**", 1)
    assert world.rows("SELECT 1 FROM jobs WHERE pictures_of IS NOT NULL") == []
    assert world.rows("SELECT 1 FROM outbox WHERE kind = 'picture-edited'") == []
    world.assert_books_agree()


async def test_the_form_asks_in_the_members_language_which_picture_and_which_model(world):
    mei = world.member("mei")
    message = mei.say(
        "看", MemberFile("猫.png", CAT.data), MemberFile("notes.txt", b"words"), MemberFile("b.png", CAT.data)
    )
    used, form = await opened(mei, message)
    instruction, picture, model = (part["component"] for part in form.data["components"])
    assert form.title == "修改图片"
    assert [option["label"] for option in picture["options"]] == ["1 · 猫", "2 · b.png"]
    assert [option["value"] for option in model["options"]] == ["wan2.7-image", "wan2.7-image-pro"]
    assert model["options"][0]["description"].startswith("每张 ¥0.20")
    assert instruction["style"] == 2
    values = {"instruction": "下雪", "picture": ["2"], "model": ["wan2.7-image-pro"]}
    await world.becomes(mei, await (await mei.submit_modal(used, values)).reply(), "由 AI 生成")
    (row,) = world.rows("SELECT model, prompt FROM jobs")
    assert tuple(row) == ("wan2.7-image-pro", "下雪")


async def test_a_picture_that_the_bot_made_is_edited_by_its_own_member(world):
    bob = world.member("bob")
    made = await world.becomes(bob, await world.imagine(bob, count=2), "Made by AI")
    assert "From your free pictures: 2" in await details(bob, made)
    second = await pixels(world, made.gallery[1].url)
    first = await edit(bob, made, picture=["2"])
    await world.becomes(bob, first, "Edited from a picture of #1.")
    await world.job_is("delivered", 2)
    sent = [task.order.pictures for task in world.vendor.tasks.values() if task.order.pictures]
    assert [Image.open(io.BytesIO(one)).convert("RGB").tobytes() for (one,) in sent] == [second]


async def pixels(world: World, url: str) -> bytes:
    return Image.open(io.BytesIO(await world.discord.fetch(url))).convert("RGB").tobytes()


async def test_by_default_nobody_edits_what_others_post_or_have_made(world):
    bob, mei = world.member("bob"), world.member("mei")
    made = await world.becomes(bob, await world.imagine(bob), "Made by AI")
    for message in (made, posts(bob)):
        assert (
            await refused(mei, message)
            == "本服务器里成员只能修改自己的图片：请选一张自己的，或请管理员用 /settings moderation 放开。"
        )
    assert world.rows("SELECT * FROM open_edits") == []


async def test_with_consent_it_is_edited_and_card_log_and_owner_say_whose_it_was(world):
    bob, mei = world.member("bob"), world.member("mei")
    ada = await allow_editing(world)
    world.guild.add_channel("log")
    world.guild.overwrite("log", "@everyone", deny=Permission.VIEW_CHANNEL)
    for role in ("Boss", "Moderator", "bot"):
        world.guild.overwrite(
            "log", role, allow=Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.ATTACH_FILES
        )
    await ask(ada, "log-channel", channel="log")
    first = await edit(bob, posts(mei))
    done = await world.becomes(bob, first, "Made by AI")
    assert "From your free pictures: 1" in await details(bob, done)
    assert f"Edited from a picture of {mei.mention}." in done.text
    assert done.pinged == ()
    feed = await world.shown(ada, lambda seen: PROMPT in seen.text, "log")
    assert f"Edited from a picture of {mei.mention}." in feed.text
    shown = await (await bob.invoke("job", {"number": 1})).reply()
    assert mei.mention in shown.text
    timeline = await (await world.member("mod").invoke("logs job", {"number": 1})).reply()
    assert f"Edited from a picture of {mei.mention}." in timeline.text
    await world.discord.until(mei.direct_messages)
    (told,) = mei.direct_messages()
    assert told.text == (
        f"{bob.mention} had a picture of yours edited on Studio: #1, "
        f"https://discord.com/channels/{world.guild.id}/{done.channel_id}/{done.id}. "
        "If you don't want others to edit your pictures, say so here or there with /preferences."
    )
    world.assert_books_agree()


async def test_a_model_of_functions_changes_it_by_words(tmp_path):
    async with open_world(tmp_path, models={"wanx2.1-imageedit": {}}) as world:
        bob, mei = world.member("bob"), world.member("mei")
        await allow_editing(world)
        picture = MemberFile("cat.png", png((600, 520)))
        first = await edit(bob, mei.say("", picture), model=["wanx2.1-imageedit"])
        done = await world.becomes(bob, first, "Made by AI")
        assert "From your free pictures: 1" in await details(bob, done)
        assert f"Edited from a picture of {mei.mention}.\nFunction: by words, strength 50 %." in done.text


@pytest.mark.parametrize(
    ("name", "says"),
    [("bob", "CN¥0.18 per picture + CN¥0.02 for the one that is edited"), ("mei", "每张 ¥0.18，原图另收 ¥0.02")],
)
async def test_the_form_names_what_the_picture_that_comes_in_costs(tmp_path, name, says):
    async with open_world(tmp_path, models={"qwen-image-3.0": {}}) as world:
        who = world.member(name)
        _, form = await opened(who, posts(who))
        menu = form.data["components"][-1]["component"]
        prices = {option["value"]: option["description"] for option in menu["options"]}
        assert prices["qwen-image-3.0"] == says
        assert "0.02" not in prices["wan2.7-image"]


async def test_of_a_card_the_owner_is_whose_job_it_is(world):
    bob, mei = world.member("bob"), world.member("mei")
    await allow_editing(world)
    made = await world.becomes(mei, await world.imagine(mei), "由 AI 生成")
    await say_no(mei)
    assert (
        await refused(bob, made) == "The member whose picture this is doesn't let others edit it: pick another picture."
    )
    again = await (await mei.invoke("preferences", {"reset": True})).reply()
    assert "别人可以修改你的图片**：是（默认）" in again.text
    await world.becomes(bob, await edit(bob, made), f"Edited from a picture of {mei.mention}.")
    await world.discord.until(mei.direct_messages)
    # Of whom the bot has made pictures, it knows the language.
    assert mei.direct_messages()[0].text.startswith(f"{bob.mention} 在“Studio”修改了你的一张图片：#2，")


async def test_one_who_takes_no_direct_messages_is_not_told(world):
    bob, mei = world.member("bob"), world.member("mei")
    await allow_editing(world)
    mei.user.accepts_dms = False
    await world.becomes(bob, await edit(bob, posts(mei)), "Made by AI")
    told = "SELECT outcome FROM outbox WHERE kind = 'picture-edited' AND done_ms > 0"
    (row,) = await world.eventually(lambda: world.rows(told))
    assert row["outcome"].startswith("given up")


async def test_of_a_private_edit_the_owner_learns_that_it_was(world):
    bob, mei = world.member("bob"), world.member("mei")
    ada = await allow_editing(world)
    await ask(ada, "posting", pictures="private")
    first = await edit(bob, posts(mei))
    assert first.ephemeral
    await world.discord.until(mei.direct_messages)
    assert "(#1); only they and the moderators see what came of it." in mei.direct_messages()[0].text


async def test_who_sees_the_answer_is_known_before_discord_is_asked_for_the_message(world):
    bob = world.member("bob")
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures="private")
    used, _ = await opened(bob, posts(bob))
    gate = world.discord.faults.gate("get_message")
    sent = await bob.submit_modal(used, {"instruction": PROMPT})
    await gate.reached.wait()
    deferred = await sent.response()
    assert isinstance(deferred, Deferred)
    assert deferred.ephemeral
    gate.open()
    await world.becomes(bob, await sent.reply(), "Made by AI")


@pytest.mark.parametrize("kind", ["gif", "svg"])
async def test_of_a_picture_that_no_model_takes_nobody_is_asked_what_is_to_change(world, kind):
    bob, mei = world.member("bob"), world.member("mei")
    file = MemberFile(f"party.{kind}", CAT.data)
    assert (await refused(bob, bob.say("", file))) == (
        f"“party.{kind}” can't be edited: upload a still picture as JPEG, PNG, WebP or BMP."
    )
    assert "JPEG、PNG、WebP 或 BMP" in await refused(mei, mei.say("", file))
    used, form = await opened(bob, bob.say("", file, CAT))
    assert "Which picture?" not in [part["label"] for part in form.data["components"]]
    await world.becomes(bob, await (await bob.submit_modal(used, {"instruction": PROMPT})).reply(), "Made by AI")


async def withdraw(world: World, mei, message, ada) -> None:
    await say_no(mei)


async def forbid(world: World, mei, message, ada) -> None:
    await ask(ada, "moderation", edit_others=False)


async def delete(world: World, mei, message, ada) -> None:
    mei.delete(message)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (withdraw, "doesn't let others edit it"),
        (forbid, "members edit only their own pictures"),
        (delete, "The message has been deleted"),
    ],
)
async def test_what_changes_while_the_form_is_open_counts(world, change, says):
    bob, mei = world.member("bob"), world.member("mei")
    ada = await allow_editing(world)
    message = posts(mei)
    used, _ = await opened(bob, message)
    await change(world, mei, message, ada)
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT})).reply()
    assert answer.ephemeral
    assert says in answer.text
    assert len(answer.text.splitlines()) == 1
    assert world.rows("SELECT * FROM jobs") == []
    assert world.rows("SELECT * FROM incoming_files") == []
    assert world.asked_for_members() == []


async def test_pictures_that_were_removed_while_the_form_was_open_are_not_edited(world):
    bob = world.member("bob")
    made = await world.becomes(bob, await world.imagine(bob), "Made by AI")
    used, _ = await opened(bob, made)
    # The moderator removes the pictures, and Discord does not delete the message yet.
    for name in ("delete_followup", "delete_message"):
        world.discord.faults.add(name, Fault(status=403, body=b'{"code": 50013, "message": "Missing Permissions"}'))
    await removed(world, world.member("mod"), "Remove")
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT})).reply()
    assert answer.text == "These pictures were removed, so they can't be edited: pick another picture."


async def test_consent_that_is_withdrawn_while_a_picture_is_fetched_counts(world):
    bob, mei = world.member("bob"), world.member("mei")
    await allow_editing(world)
    used, _ = await opened(bob, posts(mei))
    gate = world.discord.faults.gate("attachment")
    sent = await bob.submit_modal(used, {"instruction": PROMPT})
    await gate.reached.wait()
    await say_no(mei)
    gate.open()
    assert "doesn't let others edit it" in (await sent.reply()).text
    assert world.rows("SELECT * FROM input_pictures") == []


async def test_consent_that_is_withdrawn_before_the_price_is_agreed_to_counts(world):
    bob, mei = world.member("bob"), world.member("mei")
    ada = await allow_editing(world)
    await (await ada.invoke("quota set-default", {"free_images": 0, "budget": "10"})).reply()
    question = await edit(bob, posts(mei))
    await say_no(mei)
    answer = await (await bob.press(question, question.buttons[0].custom_id)).reply()
    assert "doesn't let others edit it" in answer.text
    assert world.rows("SELECT * FROM jobs") == []


async def test_what_an_app_or_a_webhook_posted_is_nobodys_to_agree_for(world):
    bob = world.member("bob")
    await allow_editing(world)
    assert "nobody can agree for it" in await refused(bob, bob.say("", CAT, by_webhook=True))


async def test_a_message_without_a_picture_of_its_own_opens_no_form(world):
    bob = world.member("bob")
    for message in (
        bob.say("https://cdn.discordapp.com/attachments/1/2/cat.png"),
        bob.say("", MemberFile("a.txt", b"x")),
    ):
        assert await refused(bob, message) == (
            "This message has no picture of its own: use this on a message with an uploaded picture or on one of my "
            "pictures, or use /edit with a file."
        )


async def test_other_messages_of_the_bot_are_no_cards(world):
    bob = world.member("bob")
    await world.becomes(bob, await world.imagine(bob), "Made by AI")
    await world.job_is("delivered")
    copy = await (await bob.invoke("job", {"number": 1})).reply()
    assert copy.gallery
    assert "I don't know whose pictures these are" in await refused(bob, copy)


async def test_a_form_is_its_members_alone_and_has_its_hour(world):
    bob, mei = world.member("bob"), world.member("mei")
    message = posts(bob)
    used, _ = await opened(bob, message)
    world.clock.advance(3601)
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT})).reply()
    assert "This form is over" in answer.text
    used, _ = await opened(bob, message)
    used.interaction.user = mei.user
    answer = await (await mei.submit_modal(used, {"instruction": PROMPT})).reply()
    assert answer.text.startswith("这个表单已失效")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("picture", "3", "This form is over"),
        ("picture", "0", "This form is over"),
        ("picture", "-1", "This form is over"),
        ("model", "gpt-4", "There is no model called “gpt-4”"),
        ("model", "wanx2.1-t2i-turbo", "takes no pictures in"),
    ],
)
async def test_what_a_form_did_not_offer_is_refused(world, field, value, says):
    bob = world.member("bob")
    used, form = await opened(bob, posts(bob, "a.png", "b.png"))
    for part in form.data["components"]:
        if part["component"]["custom_id"] == field:
            part["component"]["options"] = [{"label": value, "value": value}]
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT, field: [value]})).reply()
    assert says in answer.text
    assert world.rows("SELECT * FROM jobs") == []


async def test_the_form_survives_a_restart_and_is_taken_once(world):
    bob = world.member("bob")
    used, _ = await opened(bob, posts(bob))
    await world.stop_bot()
    await world.start_bot()
    sent = await bob.submit_modal(used, {"instruction": PROMPT})
    first = await sent.reply()
    world.discord.redeliver(sent)
    await world.becomes(bob, first, "Made by AI")
    assert len(world.rows("SELECT * FROM jobs")) == 1


async def test_where_the_bot_may_not_read_the_history_the_file_itself_decides(world):
    bob = world.member("bob")
    world.guild.overwrite("general", "bot", deny=Permission.READ_MESSAGE_HISTORY)
    await world.becomes(bob, await edit(bob, posts(bob)), "Made by AI")


async def test_where_pictures_may_not_be_asked_for_no_form_opens(world):
    bob = world.member("bob")
    ada, _ = add_admins(world)
    await ask(ada, "moderation", age_restricted_only=True)
    assert "age-restricted channels only" in await refused(bob, posts(bob))
    await ask(ada, "moderation", age_restricted_only=False)
    used, _ = await opened(bob, posts(bob))
    await ask(ada, "moderation", age_restricted_only=True)
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT})).reply()
    assert "age-restricted channels only" in answer.text


async def test_a_blocked_member_has_nothing_edited(world):
    bob = world.member("bob")
    used, _ = await opened(bob, posts(bob))
    await mod(world.member("mod"), "block", member=bob.user, reason="rude")
    answer = await (await bob.submit_modal(used, {"instruction": PROMPT})).reply()
    assert "You can't ask for pictures in this server" in answer.text
    assert world.rows("SELECT * FROM incoming_files") == []


async def test_who_is_forgotten_is_named_no_more_by_the_cards_of_others(world):
    bob, mei = world.member("bob"), world.member("mei")
    await allow_editing(world)
    first = await edit(bob, posts(mei))
    await world.becomes(bob, first, f"Edited from a picture of {mei.mention}.")
    await world.job_is("delivered")
    assert "已清除" in await forget(world, mei)
    done = await world.becomes(bob, first, "Edited from a picture of a forgotten member (account ")
    assert done.gallery
    assert mei.mention not in done.text


async def test_the_names_of_the_commands_on_messages_stand_in_both_languages(world):
    commands = [one for one in world.discord.world.commands.of(None) if one["type"] == 3]
    assert {one["name"]: one["name_localizations"]["zh-CN"] for one in commands} == {
        "Edit picture": "修改图片",
        "Report": "举报",
        "Who made this": "谁画的",
        "Cover picture": "遮挡图片",
        "Favourite": "收藏",
    }
    assert [one["contexts"] for one in commands] == [[0]] * 5
