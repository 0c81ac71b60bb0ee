"""Threads that are closed and locked while a picture is drawn in them, and other refusals that nobody foresees."""

import pytest

from bot.presentation.jobs import presenter
from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import ALGO_FAILED
from sandbox.discord import Actor, Permission, SeenMessage
from sandbox.discord.http.requests import BODY
from sandbox.discord.rules.components import walk
from sandbox.faults import Fault
from tests.support.clients.threads import LATE_S, edits, in_thread, look_up
from tests.support.faults import denied
from tests.support.moderators import removed
from tests.support.moments import HOUR_S
from tests.support.world import World, open_world


async def ask_in_thread(world: World, who: Actor) -> SeenMessage:
    """Let somebody ask in the thread, and let the token die while their picture is drawn."""
    world.vendor.next_outcome(Outcome(service_s=LATE_S))
    used = await who.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")
    card = await used.reply()
    await world.job_is("running", len(world.rows("SELECT 1 FROM jobs")))
    return card


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
    assert "ended without pictures. It was canceled. Nothing was taken from your quota." in message.text
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
