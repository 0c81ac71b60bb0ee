"""/help and /about: each is told what they may do, in their language, with commands that a click begins."""

import asyncio

from sandbox.discord import DIRECT, Actor, SeenMessage
from tests.support.quotas import alone, forge, said
from tests.support.settings import add_admins, now
from tests.support.world import open_world


async def turn(who: Actor, page: SeenMessage, label: str) -> SeenMessage:
    used = await who.press(page, label)
    await used.response()
    async with asyncio.timeout(20):
        while now(used).text == page.text:  # noqa: ASYNC110 - as a member waits
            await asyncio.sleep(0.02)
    return now(used)


async def test_each_is_told_what_they_may_do_and_what_this_is(tmp_path):
    about = {"operator": "Studio Ink", "contact": "https://ink.example/a_b"}
    async with open_world(tmp_path, about=about) as world:
        bob, mei, mod, ada = *(world.member(name) for name in ("bob", "mei", "mod")), add_admins(world)[0]
        page = await alone(bob, "help")
        assert page.text.startswith("**What you can do**\n/imagine · Make pictures from your words")
        assert page.buttons == []
        imagine = world.discord.world.commands.visible("imagine", None)
        assert imagine is not None
        assert f"</imagine:{imagine['id']}>" in str(page.components)
        assert "**你可以做什么**" in (await alone(mei, "help", channel=DIRECT)).text
        page = await alone(mod, "help")
        assert [one.label for one in page.buttons] == ["For moderators"]
        await world.stop_bot()
        await world.start_bot()
        page = await turn(mod, page, "For moderators")
        assert "/mod block · " in page.text
        page = await alone(ada, "help")
        admins = next(one.custom_id for one in page.buttons if one.custom_id.endswith(":admins"))
        assert "/settings posting · " in (await turn(ada, page, "For admins")).text
        assert "somebody else's page" in await said(world, await forge(world, bob, page, admins))
        text = (await alone(bob, "about")).text
        assert (
            "Version 0.1.0. /help shows what you can do.\nRun by: Studio Ink\nTo reach them: https://ink.example/a_b\n"
            in text
        )
        assert "30 days" in text
        assert "/privacy export" in text
        assert "由 AI 生成" in (await alone(mei, "about", channel=DIRECT)).text
