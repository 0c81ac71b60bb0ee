"""Pictures that are removed from threads that are closed and locked, and from private replies in them."""

import pytest

from sandbox.discord import Actor, SeenMessage
from sandbox.discord.rules.components import walk
from tests.support.clients.threads import LATE_S, edits, in_thread, look_up
from tests.support.deleting import delete
from tests.support.faults import denied
from tests.support.feeds import add_log
from tests.support.moderators import add_moderators, mod, removed
from tests.support.moments import HOUR_S
from tests.support.world import World


async def delivered_in_thread(world: World, who: Actor) -> SeenMessage:
    number = len(world.rows("SELECT 1 FROM jobs")) + 1
    used = await who.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")
    card = await used.reply()
    await world.job_is("delivered", number)
    world.advance(LATE_S)
    return card


def steps(world: World) -> list[str]:
    rows = world.rows("SELECT act FROM audit WHERE act LIKE 'job.removal%' ORDER BY id")
    return [row["act"].removeprefix("job.removal_") for row in rows]


async def test_pictures_in_a_closed_thread_are_removed_from_it(world):
    bob = world.member("bob")
    card = await delivered_in_thread(world, bob)
    world.guild.archive("talk")
    assert "are removed. Case #1." in (await removed(world, world.member("mod"), "Remove")).text
    assert card.id not in [one.id for one in bob.read("talk")]
    assert steps(world) == ["intent", "done"]


@pytest.mark.parametrize(
    ("name", "label", "words", "title", "standing"),
    [
        ("mod", "Remove", "stands, https", "Removal under way", "The message still stands, because Discord"),
        ("min", "移除", "消息还在：https", "移除尚未完成", "消息还在，因为 Discord"),
    ],
)
async def test_a_removal_that_discord_refuses_says_what_stands_where_and_is_tried_every_hour(
    world, name, label, words, title, standing
):
    add_moderators(world)
    moderator, bob = world.member(name), world.member("bob")
    card = await delivered_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    after = await removed(world, moderator, label)
    assert words in after.text
    assert "its thread is locked. Unlock it" in after.text or "因为子区已锁定。请解锁子区" in after.text
    assert "removed" not in after.text
    assert "已经移除" not in after.text
    assert f"/{card.channel_id}/{card.id}" in after.text
    await world.eventually(lambda: edits(world))
    shown = await look_up(moderator)
    assert standing in shown.text
    assert title in shown.text
    assert "removed" not in shown.text
    assert "已移除" not in shown.text
    assert [one["url"] for one in walk(shown.components) if "url" in one] == [
        f"https://discord.com/channels/{world.guild.id}/{card.channel_id}/{card.id}"
    ]
    assert in_thread(world, bob, card).gallery
    assert steps(world) == ["intent", "open"]
    world.guild.archive("talk")
    async with world.time_passing(HOUR_S / 2):
        await world.shown(bob, lambda one: one.id == card.id and not one.gallery, channel="talk")
        await world.eventually(lambda: steps(world) == ["intent", "open", "done"])
    assert standing not in (done := await look_up(moderator)).text
    assert title not in done.text


async def test_a_removal_that_is_still_open_is_taken_up_at_the_start(world):
    bob = world.member("bob")
    card = await delivered_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    await removed(world, world.member("mod"), "Remove")
    await world.eventually(lambda: edits(world))
    await world.stop_bot()
    world.guild.archive("talk")
    await world.start_bot()
    await world.shown(bob, lambda one: one.id == card.id and not one.gallery, channel="talk")
    await world.eventually(lambda: steps(world) == ["intent", "open", "done"])


async def test_a_removal_that_is_still_open_may_be_repeated_by_command_and_by_its_owner(world):
    bob, moderator = world.member("bob"), world.member("mod")
    card = await delivered_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    await removed(world, moderator, "Remove")
    assert "The message still stands" in (await removed(world, moderator, "Remove")).text
    shown = await look_up(bob)
    world.guild.archive("talk")
    form = await bob.press(shown, "Delete")
    await form.response()
    await bob.submit_modal(form, {})
    await world.eventually(lambda: steps(world)[-1] == "done")
    assert card.id not in [one.id for one in bob.read("talk")]
    assert "removed already" in (await mod(moderator, "remove", number=1)).text


@pytest.mark.parametrize(
    ("name", "label", "way", "ended"),
    [
        ("mod", "Remove", "removal under way", "pictures are being removed"),
        ("min", "移除", "移除尚未完成", "移除图片（尚未完成）"),
    ],
)
async def test_an_open_removal_is_nowhere_called_done(world, name, label, way, ended):
    add_moderators(world)
    ada = await add_log(world)
    moderator, bob = world.member(name), world.member("bob")
    await delivered_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    await removed(world, moderator, label)
    await world.shown(ada, lambda one: "removal under way" in one.text, "log")
    assert ended in (await mod(moderator, "case", number=1)).text
    assert way in (await (await moderator.invoke("logs job", {"number": 1})).reply()).text
    assert "Removal under way" in (await (await bob.invoke("history", {})).reply()).text
    world.guild.archive("talk")
    async with world.time_passing(HOUR_S / 2):
        await world.shown(ada, lambda one: "#1** · " in one.text and "· removed" in one.text, "log")
    assert way not in (await (await moderator.invoke("logs job", {"number": 1})).reply()).text


@pytest.mark.parametrize(
    ("name", "button", "told"),
    [("bob", "Delete", "ask a moderator to unlock the thread"), ("mei", "删除", "请让版主解锁这个子区")],
)
async def test_who_deletes_pictures_in_a_locked_thread_is_told_whom_to_ask(world, name, button, told):
    who = world.member(name)
    card = await delivered_in_thread(world, who)
    card = in_thread(world, who, card)
    world.discord.faults.add("delete_original", denied(400, 50083, "Thread is archived"))
    used = await delete(who, card, button)
    await world.discord.until(lambda: used.followups)
    assert told in used.followups[0].text


@pytest.mark.parametrize(
    ("name", "button", "told"),
    [
        (
            "bob",
            "Delete",
            "This thread is locked: the stored files go at once, but the message stands until",
        ),
        ("mei", "删除", "这个子区已锁定：保存的文件会立即删除，但消息要等版主解锁子区后才能删掉。"),
    ],
)
async def test_what_can_not_be_answered_in_a_locked_thread_is_said_in_the_form(world, name, button, told):
    who = world.member(name)
    card = in_thread(world, who, await delivered_in_thread(world, who))
    world.guild.change_thread("talk", archived=False, locked=True)
    used = await who.press(card, button)
    shown = await used.response()
    assert told in str(shown.data)
    await who.submit_modal(used, {})
    await world.eventually(lambda: steps(world) == ["intent", "open"])
    assert in_thread(world, who, card).gallery


async def private_in_thread(world: World, who: Actor) -> SeenMessage:
    used = await who.invoke("imagine", {"prompt": "a flower shop", "private": True}, channel="talk")
    card = await used.reply()
    await world.job_is("delivered")
    return await world.shown(who, lambda one: one.id == card.id and one.gallery, "talk")


async def test_a_private_picture_in_a_locked_thread_is_taken_away_once_that_is_unlocked(world):
    bob = world.member("bob")
    card = await private_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    assert "its thread is locked" in (await removed(world, world.member("mod"), "Remove")).text
    await world.eventually(lambda: [one for one in world.discord.requests if one.operation == "edit_followup"])
    world.advance(10)
    assert steps(world) == ["intent", "open"]
    world.guild.archive("talk")
    async with world.time_passing(60):
        await world.eventually(lambda: steps(world) == ["intent", "open", "done"])
    assert not [one for one in bob.read("talk") if one.id == card.id and one.gallery]


async def test_a_private_picture_whose_thread_stays_locked_is_out_of_reach_once_its_token_is_dead(world):
    bob = world.member("bob")
    await private_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    await removed(world, world.member("mod"), "Remove")
    world.advance(LATE_S)
    async with world.time_passing(HOUR_S / 2):
        await world.eventually(lambda: steps(world) == ["intent", "open", "out_of_reach"])


@pytest.mark.parametrize(
    ("name", "label", "words"),
    [
        ("mod", "Remove", "The member's private reply is out of my reach: it stays with them until they close it."),
        ("min", "移除", "成员自己的私密回复我已无法触及，会留到对方关闭为止。"),
    ],
)
async def test_a_private_reply_that_nothing_reaches_is_never_called_removed(world, name, label, words):
    add_moderators(world)
    ada = await add_log(world)
    bob, moderator = world.member("bob"), world.member(name)
    await private_in_thread(world, bob)
    world.advance(LATE_S)
    after = await removed(world, moderator, label)
    assert words in after.text
    assert "are removed" not in after.text
    assert "已经移除" not in after.text
    assert steps(world) == ["intent", "out_of_reach"]
    await world.shown(ada, lambda one: "removed here; the member's private reply keeps them" in one.text, "log")
    assert words in (await look_up(moderator)).text
    assert "is out of my reach: it stays with you until you close it" in (await look_up(bob)).text


@pytest.mark.parametrize(
    ("name", "button", "words"),
    [
        ("bob", "Delete", "Your private reply is out of my reach"),
        ("mei", "删除", "你的私密回复我已无法触及"),
    ],
)
async def test_deleting_by_a_copy_turns_the_copy_into_the_removed_card(world, name, button, words):
    who = world.member(name)
    await private_in_thread(world, who)
    world.advance(LATE_S)
    copy = await look_up(who)
    assert len(copy.gallery) == 1
    await delete(who, copy, button)
    now = await world.shown(who, lambda one: one.id == copy.id and not one.gallery)
    assert words in now.text
    assert now.text.startswith(("### Removed", "### 已移除"))
    assert now.buttons == []


async def test_a_token_that_died_early_leaves_the_bots_own_way_to_delete(world):
    bob = world.member("bob")
    card = await world.imagine(bob)
    await world.job_is("delivered")
    world.discord.faults.add("delete_followup", denied(401, 50027, "Invalid Webhook Token"))
    assert "are removed. Case #1." in (await removed(world, world.member("mod"), "Remove")).text
    assert card.id not in [one.id for one in bob.read("general")]
