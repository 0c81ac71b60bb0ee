"""Owners of pictures that others had edited, over real sockets: told at once, and of many in an hour in one message."""

from pathlib import Path

import pytest

from sandbox.discord import Actor
from tests.support.apps_menu import allow_editing, edit, posts
from tests.support.settings import ask
from tests.support.world import World, open_world

HEADS = {
    "mod": ("3 more edits of your pictures:", "say so here or there with /preferences."),
    "mei": ("你的图片又被修改了 3 次：", "可以在这里或服务器里用 /preferences 设置。"),
}
WAITING = "SELECT 1 FROM outbox WHERE kind = 'picture-edited' AND done_ms = 0 AND next_ms > 0"


async def edited(world: World, editor: Actor, owner: Actor, number: int) -> str:
    """Have a picture of the owner edited, and give the link to what came of it."""
    card = await edit(editor, posts(owner))
    await world.job_is("delivered", number)
    return f"https://discord.com/channels/{world.guild.id}/{card.channel_id}/{card.id}"


@pytest.mark.parametrize("name", ["mod", "mei"])
async def test_within_an_hour_of_a_message_further_edits_are_gathered_into_one(world: World, name: str):
    bob, owner = world.member("bob"), world.member(name)
    # Of whom the bot has made pictures, it knows the language.
    await world.imagine(owner)
    await world.job_is("delivered")
    await allow_editing(world)
    await edited(world, bob, owner, 2)
    await world.discord.until(owner.direct_messages)
    links = [await edited(world, bob, owner, number) for number in (3, 4, 5)]
    await world.eventually(lambda: len(world.rows(WAITING)) == 3)
    # Nothing but what is written down knows of it.
    await world.stop_bot()
    await world.start_bot()
    world.clock.advance(3600)
    await world.discord.until(lambda: len(owner.direct_messages()) == 2)
    head, *lines, way = owner.direct_messages()[1].text.splitlines()
    assert head == HEADS[name][0]
    assert [link in line for link, line in zip(reversed(links), lines, strict=True)] == [True, True, True]
    assert HEADS[name][1] in way
    await world.eventually(lambda: not world.rows("SELECT 1 FROM outbox WHERE kind LIKE 'picture%' AND done_ms = 0"))


async def test_whoever_has_not_been_told_for_an_hour_is_told_at_once(world: World):
    bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
    await allow_editing(world)
    await edited(world, bob, mei, 1)
    await world.discord.until(mei.direct_messages)
    await edited(world, bob, mod, 2)
    await world.discord.until(mod.direct_messages)
    world.clock.advance(3600)
    await edited(world, bob, mei, 3)
    await world.discord.until(lambda: len(mei.direct_messages()) == 2)
    assert "#3" in mei.direct_messages()[1].text


async def test_a_server_that_the_bot_is_not_in_any_more_keeps_back_no_word_of_the_others(tmp_path: Path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        await allow_editing(world)
        other = world.discord.add_guild("Elsewhere", owner="eve")
        await ask(world.member("eve", other), "moderation", edit_others=True)
        for name in ("bob", "mei"):
            other.add_member(name)
        bob, mei = world.member("bob"), world.member("mei")
        await edited(world, bob, mei, 1)
        await world.discord.until(mei.direct_messages)
        there = await edit(world.member("bob", other), posts(world.member("mei", other)))
        link = await edited(world, bob, mei, 2)
        await world.eventually(lambda: len(world.rows(WAITING)) == 2)
        other.remove_bot()
        world.clock.advance(3600)
        await world.discord.until(lambda: len(mei.direct_messages()) == 2)
        said = mei.direct_messages()[1].text
        assert link in said
        assert str(there.id) not in said
