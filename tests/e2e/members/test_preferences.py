"""/preferences: what members decide for themselves, shown and changed in one place, in both languages."""

import asyncio
from typing import Any

import pytest

from sandbox.discord import DIRECT, Actor, SeenMessage, Used
from tests.support.apps_menu import allow_editing, edit, posts, refused, say_no
from tests.support.clients.privacy import forget
from tests.support.quotas import forge, said
from tests.support.settings import add_admins, ask, now
from tests.support.settings import choose as choose_setting
from tests.support.world import open_world

PLUS = "wanx2.1-t2i-plus"


async def preferences(who: Actor, channel: str = "general", **options: Any) -> str:
    answer = await (await who.invoke("preferences", options, channel=channel)).reply()
    assert answer.ephemeral or channel == DIRECT
    return answer.text


async def test_they_are_shown_changed_and_reset_in_both_languages(world):
    bob, mei = world.member("bob"), world.member("mei")
    assert "**Others may edit your pictures**: yes (the default)" in await preferences(bob)
    assert "**别人可以修改你的图片**：是（默认）" in await preferences(mei)
    assert "**Others may edit your pictures**: no (you said so)" in await preferences(bob, others_may_edit=False)
    assert "**别人可以修改你的图片**：否（你的设置）" in await preferences(mei, others_may_edit=False)
    assert "no (you said so)" in await preferences(bob)
    assert "yes (the default)" in await preferences(bob, reset=True)
    assert "yes (you said so)" in await preferences(bob, reset=True, others_may_edit=True)
    assert "否（你的设置）" in await preferences(mei, reset=False)


async def choose(who: Actor, panel: SeenMessage, what: str, *values: str) -> SeenMessage:
    used = await who.press(panel, f"prefer:{who.id}:{what}", values=values)
    await used.response()
    await settled(used, panel)
    return now(used)


async def settled(used: Used, before: SeenMessage) -> None:
    async with asyncio.timeout(20):
        while now(used).text == before.text:  # noqa: ASYNC110 - as a member waits
            await asyncio.sleep(0.02)


async def test_a_member_chooses_once_what_every_request_takes_from_then_on(tmp_path):
    async with open_world(tmp_path, queue={"ping_after": 0}) as world:
        bob, mei, ada = world.member("bob"), world.member("mei"), add_admins(world)[0]
        panel = await (await bob.invoke("preferences")).reply()
        assert panel.ephemeral
        wishes = {"model": PLUS, "size": "16:9", "count": "2", "told": "direct", "language": "zh-CN"}
        for what, value in wishes.items():
            panel = await choose(bob, panel, what, value)
        assert f"**Model**: {PLUS} (you said so)" in panel.text
        card = await world.imagine(bob)
        await world.becomes(bob, card, "你的图片画好了")
        job = await world.job_is("delivered")
        assert (job["model"], job["size"], job["count"]) == (PLUS, "1280*720", 2)
        told = await world.shown(bob, lambda seen: "张图画好了" in seen.text, DIRECT)
        assert f"/{card.channel_id}/{card.id}" in told.text
        # Menus outlive a restart; what somebody else presses changes nothing of anybody's.
        await world.stop_bot()
        await world.start_bot()
        pressed = await forge(world, mei, panel, f"prefer:{bob.id}:reset")
        assert "这是别人的偏好设置" in await said(world, pressed)
        panel = await choose(bob, panel, "private", "yes")
        assert (await world.imagine(bob, count=1)).ephemeral
        # What the server does not allow any more is as if nothing were chosen.
        menu = await ask(ada, "models")
        await choose_setting(world, ada, menu, "models", ["wanx2.1-t2i-turbo"])
        assert not (await world.imagine(bob, private=False)).ephemeral
        assert world.job(3)["model"] == "wanx2.1-t2i-turbo"
        panel = await (await bob.invoke("preferences")).reply()
        assert f"{PLUS}; can't be had here now, so wanx2.1-t2i-turbo" in panel.text
        panel = await choose(bob, panel, "reset")
        assert "you said so" not in panel.text
        assert "默认" in (await (await mei.invoke("preferences")).reply()).text
        ready = await world.job_is("delivered", 3)
        assert ready["locale"] == "zh-CN"
        assert world.rows("SELECT * FROM server_preferences") == []


async def test_they_hold_everywhere_also_where_they_are_changed_directly(world):
    bob = world.member("bob")
    assert "no (you said so)" in await preferences(bob, DIRECT, others_may_edit=False)
    other = world.discord.add_guild("Elsewhere", owner=world.discord.application_owner)
    other.add_member("bob")
    assert "no (you said so)" in await preferences(world.member(bob.user, other))


async def test_a_no_is_named_before_and_after_forgetting(world):
    mei = world.member("mei")
    await preferences(mei, others_may_edit=False)
    question = await (await mei.invoke("privacy forget", {})).reply()
    assert "你不允许别人修改你的图片：清除后仍然有效" in question.text
    assert "不允许别人修改你的图片，直到你用 /preferences 改回来" in await forget(world, mei)
    assert "否（你的设置）" in await preferences(mei)
    assert "是（默认）" in await preferences(mei, reset=True)


async def test_a_server_says_whether_pictures_of_others_may_be_edited_in_both_languages(world):
    ada, li = add_admins(world)
    assert "**Pictures of other members**: may not be edited (the default)" in (await ask(ada, "show")).text
    changed = await ask(li, "moderation", edit_others=True)
    assert "其他成员的图片" in changed.text
    assert "可以修改，除非本人在 /preferences 里设为不允许" in changed.text
    assert "may be edited, unless their owner has said no in /preferences" in (await ask(ada, "show")).text
    (row,) = world.rows("SELECT detail FROM audit WHERE act = 'settings.moderation'")
    assert "edits_others" in row["detail"]


async def test_a_no_reaches_what_was_made_of_a_picture_before(world):
    bob, mei, ada = world.member("bob"), world.member("mei"), await allow_editing(world)
    card = await edit(bob, posts(mei))
    made = await world.becomes(bob, card, "Made by AI")
    await say_no(mei)
    for who, words in (
        (bob, "This was made from a picture of a member who doesn't let others edit it: pick another picture."),
        (ada, "This was made from a picture of a member who doesn't let others edit it: pick another picture."),
        (world.member("li"), "这张图片是由另一位成员的图片改成的，对方不允许别人修改：请换一张。"),
    ):
        assert await refused(who, made) == words
    assert len(world.rows("SELECT 1 FROM jobs")) == 1


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "bob",
            "This was made from a picture of another member, and on this server members edit only their own: pick "
            "another picture, or ask an admin to allow more with /settings moderation.",
        ),
        (
            "mei",
            "这张图片是由另一位成员的图片改成的，而本服务器里成员只能修改自己的图片：请换一张，"
            "或请管理员用 /settings moderation 放开。",
        ),
    ],
)
async def test_whoever_edits_their_own_result_of_the_picture_of_another_is_not_told_to_pick_their_own(
    world, name, says
):
    who, other = world.member(name), world.member("mod")
    ada = await allow_editing(world)
    made = await world.becomes(who, await edit(who, posts(other)), other.mention)
    await world.job_is("delivered")
    await ask(ada, "moderation", edit_others=False)
    assert await refused(who, made) == says
