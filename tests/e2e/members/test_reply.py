"""The reply when Discord, time or permissions are not on our side."""

import asyncio
import sqlite3

import pytest

from sandbox.dashscope import Outcome
from sandbox.discord import Permission
from sandbox.faults import Fault
from tests.support.faults import denied
from tests.support.world import open_world

A_QUARTER_H = 15 * 60


async def test_a_dead_interaction_token_is_followed_by_the_bots_own(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(service_s=2 * A_QUARTER_H))
        first = await world.imagine(bob)
        await world.job_is("running")
        world.advance(A_QUARTER_H + 5)
        world.advance(A_QUARTER_H)
        done = await world.becomes(bob, first, "Here is your picture")
        assert len(done.gallery) == 1
        job = await world.job_is("delivered")
        by_bot = [r for r in world.discord.requests if r.operation == "edit_message" and r.files]
        assert len(by_bot) == 1
        assert job["charged_images"] == 1
        # An edit pings nobody: after a long wait a message of its own does, and only the owner.
        ping = await world.shown(bob, lambda message: message.pinged)
        assert ping.pinged == ("bob",)


async def test_a_short_wait_pings_nobody(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        await world.job_is("delivered")
        assert world.rows("SELECT * FROM outbox") == []


async def test_a_callback_that_was_cut_after_discord_took_it_goes_on(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.discord.faults.add("callback", Fault(cut=True, when="after"))
        await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await world.shown(bob, lambda message: message.gallery)
        await world.job_is("delivered")
        world.assert_books_agree()


async def test_a_callback_that_discord_never_took_gives_back_what_was_held(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        # discord.py's webhook adapter does not repeat a cut callback.
        world.discord.faults.add("callback", Fault(cut=True), times=10)
        await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        assert (await world.job_is("void"))["outcome"] == "voided"
        assert world.vendor.creates == 0


WORDS = (400, 240000, "Message blocked by harmful links filter")


@pytest.mark.parametrize(
    ("name", "refusal", "words"),
    [
        ("bob", WORDS, "Discord doesn't take my answer with the words of this request in it"),
        ("mei", WORDS, "Discord 不接受含有这些文字（例如链接）的回复"),
        ("bob", (400, 50035, "Invalid Form Body"), "Discord doesn't take my answer with the words"),
        ("bob", (400, 50083, "Thread is archived"), "This thread is closed, and I'm not allowed to answer in it."),
        ("mei", (400, 50083, "Thread is archived"), "这个子区已关闭，我无法在其中回复"),
        ("bob", (403, 50013, "Missing Permissions"), "Discord doesn't let me answer here"),
        ("mei", (403, 50013, "Missing Permissions"), "Discord 不让我在这里回复"),
    ],
)
async def test_a_first_answer_that_discord_refuses_for_certain_is_given_back_and_told_at_once(
    tmp_path, name, refusal, words
):
    async with open_world(tmp_path) as world:
        who = world.member(name)
        world.discord.faults.add("callback", denied(*refusal))
        answer = await world.imagine(who)
        assert answer.ephemeral
        assert words in answer.text
        assert "a flower shop" not in answer.text
        assert (world.job()["state"], world.job()["outcome"]) == ("void", "voided")
        # Nobody had to look for it.
        assert [one for one in world.discord.requests if one.operation == "get_original"] == []
        assert world.vendor.creates == 0
        assert world.rows("SELECT 1 FROM outbox") == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=500, body=b'{"message": "500: Internal Server Error", "code": 0}', when="after"),
        Fault(status=404, body=b'{"message": "Unknown interaction", "code": 10062}', when="after"),
        Fault(
            status=400, body=b'{"message": "Interaction has already been acknowledged.", "code": 40060}', when="after"
        ),
    ],
)
async def test_what_leaves_open_whether_the_first_answer_stands_is_looked_after(tmp_path, fault):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.discord.faults.add("callback", fault)
        await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await world.shown(bob, lambda message: message.gallery)
        await world.job_is("delivered")
        assert len(world.rows("SELECT 1 FROM jobs")) == 1


async def test_a_deferred_answer_that_discord_refuses_is_replaced_by_a_private_one(tmp_path):
    async with open_world(tmp_path, scale=1) as world:
        bob = world.member("bob")
        for name in ("edit_original", "edit_followup"):
            world.discord.faults.add(name, denied(*WORDS))
        lock = sqlite3.connect(world.config.storage.file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        used = await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await used.response()
        lock.execute("ROLLBACK")
        lock.close()
        await world.discord.until(lambda: used.followups and used.message is None)
        assert used.followups[0].ephemeral
        assert "Discord doesn't take my answer with the words" in used.followups[0].text
        assert world.job()["state"] == "void"


async def test_whoever_sees_a_deferred_answer_in_a_thread_that_was_closed_meanwhile_is_told_directly(tmp_path):
    async with open_world(tmp_path, scale=1) as world:
        world.guild.add_thread("talk")
        bob = world.member("bob")
        lock = sqlite3.connect(world.config.storage.file, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        used = await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="talk")
        await used.response()
        world.guild.archive("talk", locked=True)
        lock.execute("ROLLBACK")
        lock.close()
        async with world.time_passing(5):
            await world.discord.until(bob.direct_messages)
        (message,) = bob.direct_messages()
        assert "nothing was taken from your quota" in message.text.lower()
        assert (world.job()["state"], used.followups) == ("void", [])


async def test_a_question_about_the_price_whose_prompt_discord_refuses_is_asked_without_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "1"}) as world:
        world.discord.faults.add("callback", denied(*WORDS))
        asked = await world.imagine(world.member("bob"))
        assert "a flower shop" not in asked.text
        assert len(asked.buttons) == 2


async def test_an_interaction_that_is_delivered_twice_is_one_job(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        used = await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await used.response()
        world.discord.redeliver(used)
        await world.shown(bob, lambda message: message.gallery)
        await world.job_is("delivered")
        assert len(world.rows("SELECT * FROM jobs")) == 1
        assert world.vendor.creates == 1


async def test_a_private_reply_that_outlives_its_token_comes_by_direct_message(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.vendor.next_outcome(Outcome(service_s=2 * A_QUARTER_H))
        first = await world.imagine(bob, private=True)
        assert first.ephemeral
        await world.job_is("running")
        world.advance(A_QUARTER_H + 5)
        world.advance(A_QUARTER_H)
        await world.discord.until(lambda: any(message.gallery for message in bob.direct_messages()))
        await world.job_is("delivered")


async def test_missing_permissions_are_named_before_anything_is_held(tmp_path):
    async with open_world(tmp_path) as world:
        world.guild.overwrite("general", "bot", deny=Permission.ATTACH_FILES)
        answer = await world.imagine(world.member("bob"))
        assert answer.ephemeral
        assert "“Attach Files”" in answer.text
        assert world.rows("SELECT * FROM holds") == []


async def test_a_gateway_drop_loses_no_job(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob)
        world.discord.drop_gateway(resumable=True)
        await world.becomes(bob, first, "Here is your picture")


async def test_storage_that_takes_its_time_defers_and_a_late_refusal_is_private(tmp_path):
    async with open_world(tmp_path, scale=1, quota={"free_images": 1}) as world:
        bob = world.member("bob")
        path = world.config.storage.file
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        used = await bob.invoke("imagine", {"prompt": "a flower shop", "count": 4}, channel="general")
        await used.response()
        assert used.message is not None
        assert used.message.loading
        lock.execute("ROLLBACK")
        lock.close()
        await world.discord.until(lambda: used.followups and used.message is None)
        assert used.followups[0].ephemeral
        assert "quota" in used.followups[0].text


async def test_nothing_shows_a_traceback_or_a_secret(tmp_path, caplog):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await world.becomes(bob, await world.imagine(bob), "Here is your picture")
    everything = caplog.text + "".join(str(request.json) for request in world.discord.requests)
    for secret in ("sk-sandbox", "sandbox-token", "Signature=", "Traceback"):
        assert secret not in everything


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_a_stopping_bot_refuses_kindly(tmp_path, locale):
    async with open_world(tmp_path) as world:
        who = world.member("mei" if locale == "zh-CN" else "bob")
        gate = world.vendor.faults.gate("create", when="after")
        await world.imagine(who)
        await gate.reached.wait()
        world.stop.set()
        await asyncio.sleep(0)
        answer = await world.imagine(who)
        assert answer.ephemeral
        assert ("restart" if locale == "en-US" else "重启") in answer.text
        gate.open()
