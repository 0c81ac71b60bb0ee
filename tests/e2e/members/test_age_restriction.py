"""/settings moderation, and where pictures may be asked for, over real sockets."""

import pytest

from sandbox.discord import Actor, ClientRefused, SeenMessage
from tests.support.settings import add_admins, ask
from tests.support.world import World, open_world

WORDS = {"bob": "in age-restricted channels only", "mei": "只允许在有年龄限制的频道里画图"}


async def imagine_in(who: Actor, channel: str) -> SeenMessage:
    used = await who.invoke("imagine", {"prompt": "a flower shop"}, channel=channel)
    return await used.reply()


def settings(world: World) -> list[tuple[str, int]]:
    return [(row["previews"], row["age_restricted_only"]) for row in world.rows("SELECT * FROM settings")]


async def test_pictures_are_made_in_age_restricted_channels_and_their_threads_alone_where_a_server_says_so(world):
    ada, _ = add_admins(world)
    world.guild.add_channel("cellar", nsfw=True)
    world.guild.add_thread("deeper", parent="cellar")
    world.guild.add_thread("chatter", parent="general")
    await ask(ada, "moderation", age_restricted_only=True)
    for name, words in WORDS.items():
        for channel in ("general", "chatter"):
            answer = await imagine_in(world.member(name), channel)
            assert answer.ephemeral
            assert words in answer.text
    assert world.rows("SELECT * FROM holds") == []
    for channel in ("cellar", "deeper"):
        assert "Queued" in (await imagine_in(world.member("bob"), channel)).text
    await ask(ada, "moderation", age_restricted_only=False)
    assert "Queued" in (await imagine_in(world.member("bob"), "general")).text


async def test_an_agreed_price_is_no_way_around_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "10"}) as world:
        ada, _ = add_admins(world)
        question = await imagine_in(world.member("bob"), "general")
        await ask(ada, "moderation", age_restricted_only=True)
        used = await world.member("bob").press(question, question.buttons[0].custom_id)
        assert WORDS["bob"] in (await used.reply()).text
        assert world.rows("SELECT * FROM holds") == []


async def test_what_is_changed_is_said_before_and_after_in_both_languages_and_audited(world):
    ada, li = add_admins(world)
    english = await ask(ada, "moderation", previews="none", age_restricted_only=True)
    assert "Pictures in the log channel" in english.text
    assert "left out" in english.text
    assert "Pictures only in age-restricted channels" in english.text
    chinese = await ask(li, "moderation", previews="show")
    assert "日志频道里的图片" in chinese.text
    assert "直接显示" in chinese.text
    assert settings(world) == [("show", 1)]
    overview = await ask(ada, "show")
    assert "**Pictures in the log channel**: shown (set by this server)" in overview.text
    assert "**Pictures only in age-restricted channels**: yes (set by this server)" in overview.text
    details = [row["detail"] for row in world.rows("SELECT detail FROM audit WHERE act = 'settings.moderation'")]
    assert ["spoiler -> none" in details[0], "none -> show" in details[1], len(details)] == [True, True, 2]


async def test_it_names_at_least_one_value_in_both_languages(world):
    for who, words in zip(add_admins(world), ("name at least one value", "请至少填写一项"), strict=True):
        assert words in (await ask(who, "moderation")).text
    assert settings(world) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [("bob", "Only admins of the server"), ("mei", "只有服务器管理员"), ("mod", "Only admins of the server")],
)
async def test_it_is_for_admins_alone(world, name, words):
    who = world.member(name)
    with pytest.raises(ClientRefused):
        await who.invoke("settings moderation", {"previews": "show"})
    world.guild.grant_command("settings", "@everyone")
    assert words in (await ask(who, "moderation", previews="show")).text
    assert settings(world) == []
