"""What becomes of messages, files and log entries whose member or request was forgotten, over real sockets."""

import json
import sqlite3
from contextlib import closing

import pytest

from bot.presentation.privacy.message_deletion import LOCKED_AGAIN_S
from sandbox.discord import Actor, SeenMessage
from tests.support.clients.privacy import changed, forget, pictures
from tests.support.deleting import delete
from tests.support.faults import denied
from tests.support.settings import add_admins, report_in
from tests.support.world import World, open_world


async def test_files_that_a_crash_left_go_after_the_next_start(world):
    bob = world.member("bob")
    await world.imagine(bob)
    await world.job_is("delivered")
    (file,) = pictures(world)
    copy_of = file.read_bytes()
    await forget(world, bob)
    await world.stop_bot()
    # As a crash between the commit and the deletion leaves it.
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(copy_of)
    with closing(sqlite3.connect(world.config.storage.file, isolation_level=None)) as conn:
        conn.execute("INSERT INTO leftover_files VALUES (?)", (str(file.relative_to(world.config.storage.images)),))
    await world.start_bot()
    await world.eventually(lambda: not file.exists())


async def test_the_log_channels_entry_loses_pictures_and_name(world):
    world.guild.add_channel("log")
    bob, owner = world.member("bob"), world.member(world.discord.application_owner)
    await report_in(world, owner, "log")
    await world.imagine(bob, "a very red fox")
    await world.job_is("delivered")
    await world.shown(owner, lambda seen: str(bob.id) in json.dumps(seen.raw), "log")
    await forget(world, bob)
    await world.shown(owner, lambda seen: "fox" not in seen.text and "bob" not in seen.text, "log")
    await world.eventually(lambda: not any(str(bob.id) in seen.text for seen in owner.read("log")))


async def test_the_log_channels_entry_of_an_old_request_loses_prompt_and_name_too(tmp_path):
    async with open_world(tmp_path, storage={"keep_prompts_days": 1}) as world:
        world.guild.add_channel("log")
        bob, owner = world.member("bob"), add_admins(world)[0]
        await report_in(world, owner, "log")
        await open_old(world, bob)
        await world.shown(owner, lambda seen: "fox" in seen.text, "log")
        await forget(world, bob)
        await world.eventually(lambda: not any("fox" in seen.text for seen in owner.read("log")))
        await world.eventually(lambda: not any(str(bob.id) in seen.text for seen in owner.read("log")))


async def test_a_private_reply_goes_while_its_token_lives(world):
    bob = world.member("bob")
    reply = await world.imagine(bob, "a secret fox", private=True)
    await world.job_is("delivered")
    await forget(world, bob)
    await world.eventually(lambda: reply.id not in {seen.id for seen in bob.read("general")})


async def lose_token(world: World) -> None:
    """Let the quarter of an hour pass in which the interaction's token serves."""
    world.advance(16 * 60)
    await world.eventually(lambda: world.job()["token"] == "")


async def test_a_deletion_that_failed_is_tried_again(world):
    bob = world.member("bob")
    reply = await world.imagine(bob, "a red fox")
    await world.job_is("delivered")
    await lose_token(world)
    world.discord.faults.add("delete_message", denied(500, 0, "500: Internal Server Error"), times=50)
    await forget(world, bob)
    await world.eventually(lambda: [row["attempts"] for row in world.rows("SELECT * FROM leftover_messages")] == [1])
    assert reply.id in {seen.id for seen in bob.read("general")}
    world.discord.faults.clear()
    world.advance(60)
    await world.eventually(lambda: reply.id not in {seen.id for seen in bob.read("general")})
    await world.eventually(lambda: world.rows("SELECT * FROM leftover_messages") == [])


async def test_what_discord_will_not_let_the_bot_delete_stays_and_is_not_remembered(world):
    bob = world.member("bob")
    reply = await world.imagine(bob, "a red fox")
    await world.job_is("delivered")
    await lose_token(world)
    world.discord.faults.add("delete_message", denied(403, 50001, "Missing Access"), times=50)
    await forget(world, bob)
    await world.eventually(lambda: world.rows("SELECT * FROM leftover_messages") == [])
    assert reply.id in {seen.id for seen in bob.read("general")}


async def delivered_in_a_thread(world: World, bob: Actor) -> SeenMessage:
    """Let bob's pictures stand in a thread, where only the bot's own way reaches them any more."""
    world.guild.add_thread("talk")
    reply = await (await bob.invoke("imagine", {"prompt": "a red fox"}, channel="talk")).reply()
    await world.job_is("delivered")
    await lose_token(world)
    return reply


async def test_a_message_in_a_closed_thread_is_deleted_all_the_same(world):
    bob = world.member("bob")
    reply = await delivered_in_a_thread(world, bob)
    world.guild.archive("talk")
    await forget(world, bob)
    await world.eventually(lambda: world.rows("SELECT * FROM leftover_messages") == [])
    assert reply.id not in {seen.id for seen in bob.read("talk")}


async def test_a_message_in_a_locked_thread_is_deleted_once_that_is_open_again(world):
    bob = world.member("bob")
    reply = await delivered_in_a_thread(world, bob)
    world.guild.archive("talk", locked=True)
    await forget(world, bob)
    await world.eventually(lambda: world.rows("SELECT 1 FROM leftover_messages WHERE attempts > 0"))
    assert reply.id in {seen.id for seen in bob.read("talk")}
    world.guild.change_thread("talk", archived=False, locked=False)
    world.advance(LOCKED_AGAIN_S)
    await world.eventually(lambda: world.rows("SELECT * FROM leftover_messages") == [])
    assert reply.id not in {seen.id for seen in bob.read("talk")}


async def test_a_token_that_died_early_leaves_the_bots_own_way(world):
    bob = world.member("bob")
    reply = await world.imagine(bob, "a red fox")
    await world.job_is("delivered")
    world.discord.faults.add("delete_followup", denied(401, 50027, "Invalid Webhook Token"))
    world.discord.faults.add("delete_original", denied(401, 50027, "Invalid Webhook Token"))
    await forget(world, bob)
    await world.eventually(lambda: reply.id not in {seen.id for seen in bob.read("general")})
    assert world.discord.requests[-1].method == "DELETE"


async def open_old(world: World, who: Actor) -> SeenMessage:
    """Return a message whose request was erased since it is too old."""
    seen = await world.imagine(who, "a red fox")
    await world.job_is("delivered")
    seen = await world.becomes(who, seen, "Here is your picture")
    await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE done_ms = 0") == [])
    world.advance(2 * 24 * 3600)
    await world.eventually(lambda: world.job()["erased_ms"])
    return seen


async def test_the_message_of_an_old_request_goes_by_its_own_button_and_by_no_other(tmp_path):
    async with open_world(tmp_path, storage={"keep_prompts_days": 1}) as world:
        bob = world.member("bob")
        seen = await open_old(world, bob)
        copied = await (await bob.invoke("job", {"number": 1})).reply()
        assert "Delete" not in [button.label for button in copied.buttons]
        await delete(bob, seen)
        await world.eventually(lambda: world.job()["deleted_ms"])
        assert seen.id not in {one.id for one in bob.read("general")}


@pytest.mark.parametrize(
    ("name", "remove", "says"),
    [("mod", "Remove", "I no longer know which message"), ("wen", "移除", "我已经不知道是哪条消息")],
)
async def test_who_removes_an_old_request_is_told_that_its_message_stays(tmp_path, name, remove, says):
    async with open_world(tmp_path, storage={"keep_prompts_days": 1}) as world:
        world.guild.add_member("wen", roles=["Moderator"], locale="zh-CN")
        seen, who = await open_old(world, world.member("bob")), world.member(name)
        question = await (await who.invoke("mod remove", {"number": 1})).reply()
        assert says in await changed(world, await who.press(question, remove), question)
        assert seen.id in {one.id for one in who.read("general")}


async def test_an_old_request_reads_well_wherever_it_is_listed(tmp_path):
    async with open_world(tmp_path, storage={"keep_prompts_days": 1}) as world:
        bob, mod = world.member("bob"), world.member("mod")
        await open_old(world, bob)
        assert "no prompt: it was erased" in (await (await bob.invoke("history", {})).reply()).text
        found = await (await mod.invoke("logs search", {})).reply()
        assert "no prompt: it was erased" in found.text
        told = await (await mod.invoke("logs job", {"number": 1})).reply()
        assert "<#0>" not in told.text
        assert f"{bob.mention} · <t:" in told.text


async def test_moderators_still_see_what_became_of_a_forgotten_members_request(world):
    bob, mod = world.member("bob"), world.member("mod")
    await world.imagine(bob, "a red fox")
    await world.job_is("delivered")
    await forget(world, bob)
    for command in ("job", "logs job"):
        answer = await (await mod.invoke(command, {"number": 1})).reply()
        assert "#1" in answer.text
        for gone in ("fox", "Something went wrong", str(bob.id)):
            assert gone not in answer.text
