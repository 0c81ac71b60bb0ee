"""What a server's settings do to requests, over real sockets."""

import re
from typing import Any

import pytest

from sandbox.discord import Actor, SeenMessage
from tests.support.moderators import forge
from tests.support.quotas import details
from tests.support.settings import add_admins, ask, choose
from tests.support.world import World, open_world

RESETS = re.compile(r"<t:(\d+):R>")
DAY_S = 24 * 3600


async def imagine_in(who: Actor, channel: Any, **options: Any) -> SeenMessage:
    used = await who.invoke("imagine", {"prompt": "a flower shop", **options}, channel=channel)
    return await used.reply()


async def restrict(world: World, what: str, values: list[Any]) -> None:
    ada, _ = add_admins(world)
    await choose(world, ada, await ask(ada, what), what, values)


async def test_pictures_are_made_in_the_allowed_channels_and_their_threads_alone(world):
    art = world.guild.add_channel("art")
    world.guild.add_thread("sketches", parent="art")
    world.guild.add_thread("chatter", parent="general")
    await restrict(world, "channels", ["art"])
    for name, words in {
        "bob": "this server allows it here: <#{art}>",
        "mei": "本服务器允许在这些频道画：<#{art}>",
    }.items():
        for channel in ("general", "chatter"):
            answer = await imagine_in(world.member(name), channel)
            assert answer.ephemeral
            assert words.format(art=art.id) in answer.text
    assert world.rows("SELECT * FROM holds") == []
    for channel in ("art", "sketches"):
        assert "Queued" in (await imagine_in(world.member("bob"), channel)).text


async def test_a_category_stands_for_its_channels_and_their_threads(world):
    studio = world.guild.add_category("Studio")
    world.guild.add_channel("art", category=studio)
    world.guild.add_thread("sketches", parent="art")
    await restrict(world, "channels", ["Studio"])
    assert "can't be made in this channel" in (await imagine_in(world.member("bob"), "general")).text
    for channel in ("art", "sketches"):
        assert "Queued" in (await imagine_in(world.member("bob"), channel)).text


async def test_a_model_that_the_server_does_not_allow_is_refused_in_both_languages(world):
    await restrict(world, "models", ["wan2.2-t2i-flash"])
    words = {
        "bob": "This server doesn't allow wan2.2-t2i-plus. Available: wan2.2-t2i-flash.",
        "mei": "本服务器不允许使用 wan2.2-t2i-plus。可以用：wan2.2-t2i-flash。",
    }
    for name, said in words.items():
        answer = await world.imagine(world.member(name), model="wan2.2-t2i-plus")
        assert answer.ephemeral
        assert answer.text.replace("\\", "") == said
    assert world.rows("SELECT * FROM holds") == []
    assert "Queued" in (await world.imagine(world.member("bob"), model="wan2.2-t2i-flash")).text
    # Who names no model gets one that is allowed.
    assert "wan2.2-t2i-flash" in (await world.imagine(world.member("bob"))).text


@pytest.mark.parametrize(
    ("pictures", "private", "english", "chinese"),
    [
        (
            "public",
            True,
            "This server wants pictures to be seen by everybody in the channel: ask again without “private”.",
            "本服务器要求图片对频道里所有人可见：请去掉“仅自己可见”选项再试。",
        ),
        (
            "private",
            False,
            "This server wants pictures to be seen by the one who asks alone: ask again without “private:False”.",
            "本服务器要求图片只给提出请求的人看：请去掉“仅自己可见”选项再试。",
        ),
    ],
)
async def test_a_wish_against_the_servers_word_on_posting_is_refused(world, pictures, private, english, chinese):
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures=pictures)
    for name, words in {"bob": english, "mei": chinese}.items():
        answer = await world.imagine(world.member(name), private=private)
        assert answer.ephemeral
        assert answer.text == words
    assert world.rows("SELECT * FROM holds") == []


@pytest.mark.parametrize(("pictures", "is_private"), [("public", False), ("private", True), ("free", False)])
async def test_pictures_are_seen_by_whom_the_server_says(world, pictures, is_private):
    ada, _ = add_admins(world)
    await ask(ada, "posting", pictures="private" if pictures == "free" else "free")
    await ask(ada, "posting", pictures=pictures)
    first = await world.imagine(world.member("bob"))
    assert first.ephemeral is is_private
    done = await world.becomes(world.member("bob"), first, "Here is your picture")
    assert done.ephemeral is is_private
    assert (done.id in [message.id for message in world.member("mei").read()]) is not is_private


async def test_the_first_paid_request_asks_unless_the_server_says_otherwise(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "10"}) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        assert "Until you agree nothing is held" in (await world.imagine(bob)).text
        await ask(ada, "posting", confirm_paid=False)
        first = await world.imagine(bob)
        assert "From your budget: CN¥0.14" in await details(
            bob, await world.becomes(bob, first, "Here is your picture")
        )
        await ask(ada, "posting", confirm_paid=True)
        assert "Until you agree nothing is held" in (await world.imagine(world.member("mod"))).text


async def test_a_server_chooses_what_cards_say_to_all_and_who_may_press_their_buttons(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2}) as world:
        ada, _ = add_admins(world)
        bob, mei = world.member("bob"), world.member("mei")
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        assert "From your free pictures" not in done.text
        refused = await (await mei.press(done, "Again")).reply()
        assert refused.text == "#1 只有提交者本人可以再画。请用 /imagine 画你自己的图片。"
        changed = await ask(ada, "cards", receipts=True, buttons=True)
        assert "Before: told only to whoever asked for them\nNow: shown to everybody" in changed.text
        assert "Now: for everybody, each with their own quota" in changed.text
        # It is hers, by her own quota and in her language, and says what it took.
        card = await (await mei.press(done, "Again")).reply()
        done = await world.becomes(mei, card, "由 AI 生成")
        assert "免费图片" in done.text
        (job,) = world.rows("SELECT discord_id, prompt FROM jobs JOIN members USING (account_id) WHERE number = 2")
        assert tuple(job) == (mei.id, "a flower shop")
        secret = await bob.invoke("imagine", {"prompt": "a secret", "private": True})
        await secret.reply()
        await world.job_is("delivered", 3)
        (hidden,) = world.rows("SELECT id FROM jobs WHERE number = 3")
        forged = forge(done, f"repeat:{hidden['id']}:again")
        refused = await (await mei.press(forged, f"repeat:{hidden['id']}:again", force=True)).reply()
        assert refused.text == "#3 只有提交者本人可以再画。请用 /imagine 画你自己的图片。"
        world.assert_books_agree()


async def test_a_new_calendar_takes_over_when_the_running_period_ends(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1}) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        done = await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        before_ms = resets_ms(await details(bob, done))
        await ask(ada, "period", period="month", timezone="America/New_York")
        # The running day counts on, in the operator's time zone.
        assert resets_ms((await world.imagine(bob)).text) == before_ms
        world.advance((before_ms - world.clock.now_ms()) / 1000 - 60)
        assert resets_ms((await world.imagine(bob)).text) == before_ms
        world.advance(61)
        first = await world.imagine(bob)
        after_ms = resets_ms(await details(bob, await world.becomes(bob, first, "Here is your picture")))
        # From the boundary to the first of the month in New York, which in winter is five hours behind UTC.
        assert after_ms > before_ms
        assert after_ms % (DAY_S * 1000) == 5 * 3600 * 1000
        assert "from then on" not in (await ask(ada, "show")).text
        assert resets_ms((await world.imagine(bob)).text) == after_ms


def resets_ms(text: str) -> int:
    """The last time that what is told names: when the quota resets."""
    return int(RESETS.findall(text)[-1]) * 1000
