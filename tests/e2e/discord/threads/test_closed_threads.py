"""Threads that are closed and locked while a picture is drawn in them, and other refusals that nobody foresees."""

import pytest

from bot.presentation.jobs import presenter
from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import ALGO_FAILED
from sandbox.discord import Actor, Permission, SeenMessage
from sandbox.discord.http.requests import BODY
from sandbox.discord.rules.components import walk
from sandbox.faults import Fault
from tests.support.deleting import delete
from tests.support.faults import denied
from tests.support.feeds import add_log
from tests.support.moderators import add_moderators, mod, replaced
from tests.support.world import World, open_world

LATE_S = 16 * 60
"""By then the interaction's token is dead."""

HOUR_S = 3600


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as world:
        world.guild.add_thread("talk")
        yield world


async def ask_in_thread(world: World, who: Actor) -> SeenMessage:
    """Let somebody ask in the thread, and let the token die while their picture is drawn."""
    world.vendor.next_outcome(Outcome(service_s=LATE_S))
    used = await who.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")
    card = await used.reply()
    await world.job_is("running", len(world.rows("SELECT 1 FROM jobs")))
    return card


async def look_up(who: Actor, number: int = 1, channel: str = "general") -> SeenMessage:
    return await (await who.invoke("job", {"number": number}, channel=channel)).reply()


def in_thread(world: World, who: Actor, card: SeenMessage) -> SeenMessage:
    return next(one for one in who.read("talk") if one.id == card.id)


# -- delivering


async def test_a_closed_thread_is_opened_again_for_the_pictures(world):
    bob = world.member("bob")
    card = await ask_in_thread(world, bob)
    world.guild.archive("talk")
    world.advance(LATE_S)
    done = await world.becomes(bob, card, "Here is your picture", channel="talk")
    assert len(done.gallery) == 1
    await world.job_is("delivered")
    assert not world.guild.channel("talk").archived


async def test_a_thread_that_a_moderator_locked_stays_closed_whatever_the_bot_may_do(world):
    bob = world.member("bob")
    world.guild.overwrite("general", "bot", allow=Permission.MANAGE_THREADS)
    await ask_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    await world.job_is("undelivered")
    await world.discord.until(bob.direct_messages)
    assert world.guild.channel("talk").archived


async def test_a_thread_whose_opening_hangs_holds_up_no_other_message(tmp_path, monkeypatch):
    monkeypatch.setattr(presenter, "AT_ONCE", 1)
    async with open_world(tmp_path) as world:
        world.guild.add_thread("talk")
        await ask_in_thread(world, world.member("bob"))
        world.guild.archive("talk")
        world.discord.faults.add("edit_channel", Fault(delay_s=1e6), times=1000)
        world.advance(LATE_S)
        await world.eventually(lambda: [one for one in world.discord.requests if one.operation == "edit_channel"])
        await world.imagine(world.member("mei"))
        await world.job_is("delivered", 2)


async def test_a_private_picture_for_a_thread_that_is_locked_now_comes_by_direct_message(world):
    bob = world.member("bob")
    world.vendor.next_outcome(Outcome(service_s=60))
    used = await bob.invoke("imagine", {"prompt": "a flower shop", "private": True}, channel="talk")
    await used.reply()
    await world.job_is("running")
    world.guild.archive("talk", locked=True)
    world.advance(60)
    await world.job_is("delivered")
    (message,) = bob.direct_messages()
    assert "Here is your picture" in message.text
    assert len(message.gallery) == 1


@pytest.mark.parametrize(
    ("name", "words", "told", "copied"),
    [
        ("bob", "this thread was closed and I'm not allowed to open it", "Type /job number:1", "it is locked."),
        ("mei", "这个子区已关闭，我无权重新打开", "输入 /job number:1", "已锁定，我没能发在那里。"),
    ],
)
async def test_who_asked_in_a_thread_that_is_locked_now_is_told_and_has_the_pictures_wherever_they_ask(
    world, name, words, told, copied
):
    who = world.member(name)
    card = await ask_in_thread(world, who)
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    assert (await world.job_is("undelivered"))["charged_images"] == 1
    await world.discord.until(who.direct_messages)
    (message,) = who.direct_messages()
    assert words in message.text
    assert told in message.text
    shown = await look_up(who)
    assert copied in shown.text
    assert f"<#{card.channel_id}>" in shown.text
    assert "Made, but not delivered" not in shown.text
    assert "已画好，但未能送达" not in shown.text
    assert len(shown.gallery) == 1
    seen_by_moderator = await look_up(world.member("mod"))
    assert len(seen_by_moderator.gallery) == 1
    await who.press(shown, shown.buttons[0].custom_id)
    await world.shown(who, lambda one: one.id == shown.id and one.gallery and copied not in one.text)
    await world.eventually(lambda: world.job()["state"] == "delivered")
    assert not in_thread(world, who, card).gallery
    assert len(who.direct_messages()) == 1
    world.assert_books_agree()


@pytest.mark.parametrize("code", [40003, 40004, 40006])
async def test_who_could_not_be_told_for_a_while_is_told_in_the_end(world, code):
    bob = world.member("bob")
    await ask_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    world.discord.faults.add("create_dm", denied(403, code, "Not now"))
    world.advance(LATE_S)
    await world.job_is("undelivered")
    await world.discord.until(bob.direct_messages)


async def test_who_could_not_be_told_for_certain_is_told_an_hour_later(world):
    bob = world.member("bob")
    await ask_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    world.discord.faults.add("create_dm", denied(403, 50001, "Missing Access"))
    world.advance(LATE_S)
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE outcome = 'given up: forbidden'"))
    async with world.time_passing(HOUR_S / 2):
        await world.discord.until(bob.direct_messages)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bob", "ended without pictures. The image service had a fault of its own. You can try again. Nothing was"),
        ("mei", "已结束，没有图片。图像服务自身出了故障。你可以再试一次。"),
    ],
)
async def test_an_end_without_pictures_that_the_card_cannot_tell_is_told_directly_and_once(world, name, words):
    who = world.member(name)
    world.vendor.next_outcome(Outcome(service_s=LATE_S, fail=ALGO_FAILED))
    await (await who.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")).reply()
    await world.job_is("running")
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    await world.discord.until(who.direct_messages)
    asked = len(edits(world))
    async with world.time_passing(HOUR_S / 2):
        await world.eventually(lambda: len(edits(world)) > asked)
    (message,) = who.direct_messages()
    assert words in message.text


async def test_a_moderators_cancel_that_the_card_cannot_tell_is_told_directly_and_ones_own_is_not(world):
    bob, mei, moderator = (world.member(name) for name in ("bob", "mei", "mod"))
    world.vendor.outcome_for(lambda _: True, Outcome(service_s=600))
    await world.hand_over(moderator, moderator, moderator)
    for who in (bob, mei):
        await (await who.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")).reply()
    world.guild.archive("talk", locked=True)
    for who, number in ((mei, 5), (moderator, 4)):
        await (await who.invoke("cancel", {"number": number}, channel="general")).reply()
    await world.job_is("canceled", 5)
    await world.discord.until(bob.direct_messages)
    (message,) = bob.direct_messages()
    assert "ended without pictures. It was canceled. Nothing was charged." in message.text
    assert mei.direct_messages() == []


async def sent_elsewhere(world: World, who: Actor) -> tuple[SeenMessage, SeenMessage]:
    """Have pictures of a locked thread sent to a copy; give the first card, and the copy."""
    card = await ask_in_thread(world, who)
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    await world.job_is("undelivered")
    copy = await look_up(who)
    await who.press(copy, copy.buttons[0].custom_id)
    await world.eventually(lambda: world.job()["state"] == "delivered")
    return card, copy


def urls(message: SeenMessage) -> list[str]:
    return [one["url"] for one in walk(message.components) if "discord.com/channels" in one.get("url", "")]


@pytest.mark.parametrize(("name", "words"), [("bob", "Sent to the member elsewhere."), ("mei", "图片已另行送达。")])
async def test_the_card_of_pictures_that_were_sent_elsewhere_says_so_once_it_can(world, name, words):
    who = world.member(name)
    card, _ = await sent_elsewhere(world, who)
    world.advance(60)
    world.guild.archive("talk")
    async with world.time_passing(HOUR_S / 2):
        now = await world.becomes(who, card, words, "talk")
    assert now.buttons == []
    assert "a flower shop" not in now.text


async def test_a_removal_takes_the_card_of_pictures_that_were_sent_elsewhere_too(world):
    bob = world.member("bob")
    card, _ = await sent_elsewhere(world, bob)
    await removed(world, world.member("mod"), "Remove")
    world.guild.archive("talk")
    async with world.time_passing(HOUR_S / 2):
        await world.discord.until(lambda: card.id not in [one.id for one in bob.read("talk")])


async def test_nobody_is_sent_to_a_copy_that_its_member_alone_sees_nor_called_to_it(world):
    bob, moderator = world.member("bob"), world.member("mod")
    await sent_elsewhere(world, bob)
    assert "https://" not in (await (await bob.invoke("history", {})).reply()).text
    for command, options in (("logs search", {}), ("logs job", {"number": 1}), ("job", {"number": 1})):
        shown = await (await moderator.invoke(command, options)).reply()
        assert urls(shown) == []
        assert "https://discord.com/channels" not in shown.text
    pings = world.rows("SELECT outcome FROM outbox WHERE kind = 'ping' AND done_ms > 0")
    assert {row["outcome"] for row in pings} <= {"it came where it was asked for"}


async def test_no_link_leads_to_a_message_that_was_found_to_be_gone(world):
    bob = world.member("bob")
    card = await world.imagine(bob)
    await world.job_is("delivered")
    world.member("mod").delete(card)
    await look_up(bob)
    assert "https://" not in (await (await bob.invoke("history", {})).reply()).text


async def test_a_card_that_could_not_be_shown_is_shown_an_hour_later(world):
    bob = world.member("bob")
    card = await ask_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    await world.discord.until(bob.direct_messages)
    world.guild.archive("talk")
    assert "Made, but not delivered" not in in_thread(world, bob, card).text
    asked = len(edits(world))
    world.advance(HOUR_S / 2)
    await world.imagine(world.member("mei"))
    await world.job_is("delivered", 2)
    assert len(edits(world)) == asked
    async with world.time_passing(HOUR_S / 2):
        kept = await world.becomes(bob, card, "Made, but not delivered", channel="talk")
    await bob.press(kept, "Send again")
    await world.becomes(bob, card, "Here is your picture", channel="talk")
    assert len(bob.direct_messages()) == 1


def edits(world: World) -> list[object]:
    return [one for one in world.discord.requests if one.operation == "edit_message"]


async def test_a_card_of_more_than_a_week_ago_is_asked_for_no_more(world):
    bob = world.member("bob")
    await ask_in_thread(world, bob)
    world.guild.archive("talk", locked=True)
    world.advance(LATE_S)
    await world.discord.until(bob.direct_messages)
    async with world.time_passing(24 * HOUR_S):
        await world.eventually(lambda: world.job()["shown"] == world.job()["version"])


async def test_an_undelivered_card_that_is_shown_needs_no_direct_message(world):
    bob = world.member("bob")
    card = await ask_in_thread(world, bob)
    world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)
    world.advance(LATE_S)
    await world.becomes(bob, card, "Made, but not delivered", channel="talk")
    await world.eventually(lambda: world.job()["shown"] == world.job()["version"])
    assert world.rows("SELECT 1 FROM outbox WHERE kind = 'undelivered'") == []


@pytest.mark.parametrize("status", [400, 429])
async def test_the_limit_on_edits_of_old_messages_passes(world, status):
    bob = world.member("bob")
    card = await ask_in_thread(world, bob)
    limit = denied(status, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.")
    world.discord.faults.add("edit_message", limit, times=1000)
    world.advance(LATE_S)
    await world.job_is("delivering")
    async with world.time_passing(30):
        await world.eventually(lambda: len(edits(world)) > 4)
        world.discord.faults.clear()
        await world.becomes(bob, card, "Here is your picture", channel="talk")
        await world.job_is("delivered")


async def test_a_card_whose_words_discord_refuses_brings_the_pictures_without_them(world):
    bob = world.member("bob")
    blocked = denied(400, 240000, "Message blocked by harmful links filter")

    def shows_the_prompt(request) -> bool:
        return "a flower shop" in str(request[BODY].json)

    for name in ("edit_followup", "edit_original"):
        world.discord.faults.add(name, blocked, times=20, matches=shows_the_prompt)
    card = await world.imagine(bob)
    done = await world.becomes(bob, card, "Here is your picture")
    await world.job_is("delivered")
    assert len(done.gallery) == 1
    assert "a flower shop" not in str(done.components)
    assert "Discord doesn't take the words of this request" in done.text
    shown = await look_up(bob)
    assert len(shown.gallery) == 1
    assert "a flower shop" not in str(shown.components)


# -- removing


async def removed(world: World, who: Actor, label: str, number: int = 1) -> SeenMessage:
    question = await mod(who, "remove", number=number)
    return await replaced(world, await who.press(question, label), question)


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
