"""Favourites, lists of them, and the channel that shows what many like, from the first star to the last word."""

import asyncio

from sandbox.discord import DIRECT, Actor, Permission, SeenMessage
from tests.support.clients.privacy import forget
from tests.support.deleting import delete
from tests.support.quotas import alone, forge, make, said
from tests.support.settings import add_admins, ask, now
from tests.support.world import World, open_world


async def star(who: Actor, message: SeenMessage) -> str:
    answer = await (await who.use_on(message, "Favourite")).reply()
    assert answer.ephemeral
    return answer.text


async def turn(who: Actor, page: SeenMessage, label: str) -> SeenMessage:
    used = await who.press(page, label)
    await used.response()
    async with asyncio.timeout(20):
        while now(used).text == page.text:  # noqa: ASYNC110 - as a member waits
            await asyncio.sleep(0.02)
    return now(used)


async def in_gallery(world: World, who: Actor, words: str) -> SeenMessage:
    return await world.shown(who, lambda seen: words in seen.text, "gallery")


async def test_what_many_like_is_shown_as_its_owner_allows_and_goes_with_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 100}) as world:
        world.guild.add_channel("gallery")
        bob, mei, mod, ada = *(world.member(name) for name in ("bob", "mei", "mod")), add_admins(world)[0]
        assert "from 2 stars of others on" in (await ask(ada, "gallery", channel="gallery", stars=2)).text
        card = await make(world, bob, prompt="a red fox")
        secret = await make(world, bob, prompt="a secret", private=True)
        assert "none of your favourites" not in await star(bob, card)
        assert "/gallery" in await star(mei, card)
        assert "★" in await star(bob, secret)
        assert "可以收藏的图片" in await star(mei, mei.say("hello"))
        # Its owner's own does not count; the second of others does, and its owner is asked.
        assert not world.rows("SELECT 1 FROM outbox WHERE kind LIKE 'gallery%'")
        await star(mod, card)
        question = await world.shown(bob, lambda seen: "like a picture of yours" in seen.text, DIRECT)
        used = await bob.press(question, "Yes, show them")
        await used.response()
        post = await in_gallery(world, mei, "a red fox")
        assert (len(post.gallery), post.pinged) == (1, ())
        assert "Thank you" in now(used).text
        # A press under it is the same; pages are for who asked, also after a restart.
        await world.stop_bot()
        await world.start_bot()
        assert "已取消收藏" in (await (await mei.press(post, f"star:{world.job()['id']}")).reply()).text
        page = await alone(mei, "gallery")
        assert "你在这里还没有收藏" in page.text
        page = await turn(mei, page, "大家的收藏")
        assert ("a red fox" in page.text, "a secret" in page.text, len(page.gallery)) == (True, False, 1)
        assert "a secret" in (await alone(bob, "gallery")).text
        pressed = await forge(world, bob, page, page.buttons[0].custom_id)
        assert "somebody else's list" in await said(world, pressed)
        # What stands in a channel that somebody does not see is not shown to them.
        world.guild.overwrite("general", "mei", deny=Permission.VIEW_CHANNEL)
        assert "你能看到的收藏" in (await alone(mei, "gallery", channel="gallery", whose="all")).text
        pressed = await mei.press(post, f"star:{world.job()['id']}")
        assert "你看不到" in (await pressed.reply()).text
        world.guild.overwrite("general", "mei", allow=Permission.VIEW_CHANNEL)
        # What is removed goes from there, too.
        await (await delete(bob, card)).response()
        await world.discord.until(lambda: not any("a red fox" in one.text for one in mei.read("gallery")))
        page = await alone(mei, "gallery", whose="all")
        assert "你能看到的收藏" in page.text
        # Nobody is shown there what they could not have seen.
        world.guild.add_channel("adult", nsfw=True)
        card = await (await bob.invoke("imagine", {"prompt": "a naked fox"}, channel="adult")).reply()
        card = await world.shown(bob, lambda seen: seen.id == card.id and seen.gallery, "adult")
        for who in (mei, mod):
            await star(who, card)
        await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE kind = 'gallery' AND done_ms > 0"))
        again = await make(world, bob, prompt="a blue fox")
        for who in (mei, mod):
            await star(who, again)
        await in_gallery(world, mei, "a blue fox")
        assert not any("naked" in one.text for one in mei.read("gallery"))
        await forget(world, bob)
        await world.discord.until(lambda: not any("a blue fox" in one.text for one in mei.read("gallery")))
        assert world.rows("SELECT * FROM stars") == []
