"""/mod blocked and /mod cases, and word of cases in the log channel, over real sockets."""

from sandbox.discord import Actor, Guild, SeenMessage, Used
from tests.support.feeds import add_log, entry
from tests.support.moderators import add_moderators, add_strangers, cases, delivered, forge, mod, replaced, said
from tests.support.world import World, open_world


async def turned(world: World, who: Actor, page: SeenMessage, label: str) -> SeenMessage:
    return await replaced(world, await who.press(page, label), page)


async def text_of(used: Used) -> str:
    return (await used.reply()).text


async def test_moderators_list_who_is_blocked_and_a_members_cases_and_unblock_also_after_a_restart(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        await add_log(world)
        english, chinese = add_moderators(world)
        other = world.discord.add_guild("Elsewhere", owner="eve")
        add_strangers(other)
        bob, mei = world.member("bob"), world.member("mei")
        for who, none, no_case in (
            (english, "Nobody is blocked.", "There are none in this server."),
            (chinese, "没有人被封禁。", "本服务器里没有。"),
        ):
            assert none in (await mod(who, "blocked")).text
            assert no_case in (await mod(who, "cases", member="bob")).text
        await delivered(world, bob)
        await mod(english, "block", member="bob", reason="spam")
        told = await entry(world, english, "**Case #1: a member was blocked**")
        assert told.text.splitlines()[1:] == [
            f"Member: {bob.mention} · By: {english.mention} · For good",
            "Reason: spam",
        ]
        assert told.pinged == ()
        opened = await (await chinese.press(told, "Open case")).reply()
        assert "**处置记录 #1：封禁了一位成员**" in opened.text
        await mod(chinese, "block", member="mei", duration="3d")
        listed = await mod(english, "blocked")
        assert listed.text.splitlines()[1].startswith(f"{mei.mention} · ends <t:")
        assert listed.text.splitlines()[2:] == [
            f"{bob.mention} · for good · by {english.mention} · case #1",
            "-# Reason: spam",
        ]
        await world.stop_bot()
        await world.start_bot()
        unblock = listed.buttons[1].custom_id
        first, late = [await english.press(listed, unblock, force=True) for _ in range(2)]
        after = await replaced(world, first, listed)
        assert after.text.startswith(f"{bob.mention} can ask for pictures again. Case #3.")
        assert "Nothing keeps this member" in await said(world, late)
        assert (await turned(world, chinese, await mod(chinese, "blocked"), "解封")).text.endswith("没有人被封禁。")
        assert "a member was unblocked" in (await entry(world, english, "Case #3")).text
        for number, label in ((1, "mod:case:1"), (3, "mod:case:3")):
            listed = await mod(chinese, "cases", member="bob")
            assert f"**处置记录 #{number}：" in await text_of(await chinese.press(listed, label))
        assert "已由处置记录 #3 解除" in listed.text
        assert await strangers_find_nothing(world, other) == []
        for who, words in ((bob, "Only moderators"), (mei, "只有服务器版主")):
            for custom_id in ("mod:blocked:99", f"mod:cases:{bob.id}:99", "mod:unblock:1"):
                assert words in await said(world, await who.press(forge(told, custom_id), custom_id, force=True))
        assert [kind for _, kind, _ in cases(world)] == ["block", "block", "unblock", "unblock"]


async def strangers_find_nothing(world: World, other: Guild) -> list[str]:
    """Let another server's moderators look for the cases of this one; give what they find."""
    found: list[str] = []
    for name in ("eve", "lan"):
        who = world.member(name, other)
        found += [one.custom_id for one in (await mod(who, "blocked")).buttons]
        found += [one.custom_id for one in (await mod(who, "cases", member=world.member("bob").user)).buttons]
    return found


async def test_cases_are_shown_in_pages(world):
    moderator, bob = world.member("mod"), world.member("bob")
    for nth in range(9):
        await mod(moderator, "block", member="bob", reason=f"number {nth}")
    page = await mod(moderator, "cases", member="bob")
    assert page.text.startswith(f"**Cases of {bob.mention}** · newest first")
    assert [one.label for one in page.buttons] == [f"#{9 - nth}" for nth in range(8)] + ["Older"]
    older = await turned(world, moderator, page, "Older")
    assert [one.label for one in older.buttons] == ["#1", "Newest"]
    assert (await turned(world, moderator, older, "Newest")).text == page.text
