"""A log channel that others than moderators read: asked about when it is chosen, and noticed when it becomes one."""

import pytest

from sandbox.discord import Actor, Permission, SeenMessage
from sandbox.discord.state.guilds import GUILD_ANNOUNCEMENT, GUILD_TEXT
from sandbox.discord.state.permissions import EVERYONE
from tests.support.feeds import OPEN, add_log, entries, entry, hide
from tests.support.moderators import forge, mod, refused
from tests.support.settings import add_admins, ask, now, report_in
from tests.support.world import World

PRIVATE = EVERYONE & ~Permission.VIEW_CHANNEL


def log_channel(world: World) -> int:
    rows = world.rows("SELECT log_channel FROM settings")
    return rows[0]["log_channel"] if rows else 0


async def pressed(world: World, who: Actor, question: SeenMessage, label: str) -> str:
    used = await who.press(question, label)
    await used.response()
    await world.discord.until(lambda: now(used).text != question.text)
    assert now(used).buttons == []
    return now(used).text


def make_private(world: World) -> None:
    world.guild.change_role("@everyone", permissions=PRIVATE)


def let_all_in(world: World) -> None:
    world.guild.overwrite("log", "@everyone", allow=Permission.VIEW_CHANNEL)


def let_nobody_in(world: World) -> None:
    world.guild.overwrite("log", "@everyone", deny=Permission.VIEW_CHANNEL)


@pytest.mark.parametrize(
    ("prepare", "is_asked"),
    [
        ((), True),
        ((let_nobody_in,), False),
        ((make_private,), False),
        ((make_private, let_all_in), True),
        ((let_all_in,), True),
        ((make_private, let_nobody_in), False),
    ],
)
async def test_it_goes_by_everybodys_permissions_and_the_channels_overwrites(world, prepare, is_asked):
    ada, _ = add_admins(world)
    log = world.guild.add_channel("log")
    for whom in ("bot", "Boss"):
        for channel in ("log", "general"):
            world.guild.overwrite(channel, whom, allow=OPEN)
    for change in prepare:
        change(world)
    answer = await ask(ada, "log-channel", channel="log")
    assert bool(answer.buttons) is is_asked
    assert log_channel(world) == (0 if is_asked else log.id)


async def test_a_public_channel_is_asked_about_with_what_it_would_show_in_both_languages(world):
    ada, li = add_admins(world)
    general = world.guild.channel("general").id
    english = (
        f"**Everybody in this server can read <#{general}>.**",
        "also of those that are shown to one member alone",
        *("Leave it as it is", "Nothing was changed.", "Use it all the same"),
    )
    chinese = (
        f"**本服务器所有人都能看到 <#{general}>。**",
        "包括只给本人看的图片",
        *("保持不变", "没有任何改动。", "仍然使用"),
    )
    for who, (warning, holds, drop, kept, agree) in ((ada, english), (li, chinese)):
        question = await ask(who, "log-channel", channel="general")
        assert warning in question.text
        assert holds in question.text
        assert await pressed(world, who, question, drop) == kept
        assert log_channel(world) == 0
        question = await ask(who, "log-channel", channel="general")
        assert f"<#{general}>" in await pressed(world, who, question, agree)
        assert log_channel(world) == general
        await ask(who, "log-channel", none=True)


async def test_who_chooses_a_channel_learns_that_only_everybodys_permissions_are_looked_at(world):
    ada, li = add_admins(world)
    world.guild.add_channel("log")
    hide(world.guild, "Boss")
    english = "I can only see whether “@everyone” reads it; whether other roles do, its permissions tell."
    chinese = "我只检查“@everyone”；其他身份组能否看到，请自行确认频道权限。"
    assert english in (await ask(ada, "log-channel", channel="log")).text
    assert chinese in (await ask(li, "log-channel", channel="log")).text
    for answer in (await report_in(world, ada, "general"), await ask(ada, "log-channel", none=True)):
        assert english not in answer.text


async def test_what_was_agreed_to_is_done_and_nobody_is_warned_of_it(world):
    ada, _ = add_admins(world)
    await report_in(world, ada, "general")
    bob = world.member("bob")
    await world.imagine(bob, "a very red fox", private=True)
    shown = await world.shown(world.member("mei"), lambda seen: "Posted privately" in seen.text)
    assert "a very red fox" in shown.text
    world.guild.overwrite("general", "bob", allow=Permission.VIEW_CHANNEL)
    assert world.member("operator").direct_messages() == []


async def test_an_announcement_channel_is_asked_about_though_only_moderators_read_it(world):
    ada, li = add_admins(world)
    news = world.guild.add_channel("log", kind=GUILD_ANNOUNCEMENT).id
    hide(world.guild, "Boss")
    question = await ask(ada, "log-channel", channel="log")
    assert f"**<#{news}> is an announcement channel**" in question.text
    assert "Everybody" not in question.text
    assert "是公告频道**" in (await ask(li, "log-channel", channel="log")).text
    await pressed(world, ada, question, "Use it all the same")
    assert log_channel(world) == news


async def test_only_an_admin_agrees_and_only_to_a_channel_in_which_the_bot_can_report(world):
    ada, _ = add_admins(world)
    closed = world.guild.add_channel("closed").id
    question = await ask(ada, "log-channel", channel="closed")
    listed = await mod(world.member("mod"), "rules")
    key = f"settings:log-agree:{closed}"
    used = await world.member("mod").press(forge(listed, key), key, force=True)
    await world.discord.until(lambda: used.followups)
    assert "Only admins of the server can do that" in used.followups[0].text
    world.guild.overwrite("closed", "bot", deny=Permission.ATTACH_FILES)
    used = await ada.press(question, "Use it all the same")
    await world.discord.until(lambda: used.followups)
    assert "I'm missing “Attach Files” there" in used.followups[0].text
    assert log_channel(world) == 0


def everybody_by_the_role(world: World) -> None:
    world.guild.overwrite("log", "@everyone")
    world.guild.change_role("@everyone", permissions=EVERYONE)


def announcement(world: World) -> None:
    world.guild.convert("log", GUILD_ANNOUNCEMENT)


@pytest.mark.parametrize(
    ("open_it", "english", "chinese"),
    [
        (let_all_in, "**Everybody in Studio can read <#", "**现在 Studio 的所有人都能看到 <#"),
        (everybody_by_the_role, "**Everybody in Studio can read <#", "**现在 Studio 的所有人都能看到 <#"),
        (announcement, "of Studio is an announcement channel now**", "现在是公告频道**"),
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
async def test_a_channel_that_becomes_public_is_told_of_at_once_and_nothing_more_is_posted_there(
    world, open_it, english, chinese, locale
):
    world.guild.locale = locale
    ada, owner, bob = await add_log(world), world.member("operator"), world.member("bob")
    await world.stop_bot()
    await world.start_bot()
    open_it(world)
    await world.discord.until(owner.direct_messages)
    (word,) = owner.direct_messages()
    assert (english if locale == "en-US" else chinese) in word.text
    await world.imagine(bob, "a secret garden", private=True)
    outcome = "SELECT outcome FROM outbox WHERE feed > 0 AND done_ms > 0"
    await world.eventually(lambda: world.rows(outcome))
    assert [row["outcome"] for row in world.rows(outcome)] == ["log channel exposed"]
    assert entries(ada) == []
    assert len(owner.direct_messages()) == 1
    assert "So I tell nothing of members there now." in (await ask(ada, "show")).text


async def test_what_became_public_and_private_again_is_posted_in_and_told_of_the_next_time(world):
    ada, owner, bob = await add_log(world), world.member("operator"), world.member("bob")
    let_all_in(world)
    await world.discord.until(owner.direct_messages)
    let_nobody_in(world)
    await world.imagine(bob)
    await entry(world, ada, "#1")
    let_all_in(world)
    await world.discord.until(lambda: len(owner.direct_messages()) == 2)
    world.guild.convert("log", GUILD_TEXT)
    await report_in(world, ada, "log")
    assert "nothing of members" not in (await ask(ada, "show")).text
    await world.imagine(bob)
    await entry(world, ada, "#2")


async def test_who_agrees_to_what_became_public_reads_that_it_goes_on_until_it_is_private_again(world):
    ada, owner = await add_log(world), world.member("operator")
    log = world.guild.channel("log").id
    agreed, chinese = f"<#{log}> (everybody reads it; an admin agreed)", f"<#{log}>（所有人可见，管理员已同意）"
    let_all_in(world)
    await world.discord.until(owner.direct_messages)
    answer = await report_in(world, ada, "log")
    assert answer.text == f"**Where I report**: {agreed}\nYou agreed to that: I tell of members there again."
    assert "nothing was changed" in (await report_in(world, ada, "log")).text
    assert agreed in (await ask(ada, "show")).text
    assert chinese in (await ask(world.member("li"), "show")).text
    let_nobody_in(world)
    await world.eventually(lambda: world.rows("SELECT 1 FROM settings WHERE log_exposure = '[]'"))
    assert "agreed" not in (await ask(ada, "show")).text
    let_all_in(world)
    await world.discord.until(lambda: len(owner.direct_messages()) == 2)
    assert "So I tell nothing of members there now." in (await ask(ada, "show")).text
    answer = await report_in(world, world.member("li"), "log")
    assert answer.text == f"**日志频道**：{chinese}\n你已同意：我会继续在那里发布与成员有关的内容。"


async def test_what_became_public_while_the_bot_was_away_is_told_of_at_its_start(world):
    await add_log(world)
    await world.stop_bot()
    let_all_in(world)
    await world.start_bot()
    await world.discord.until(world.member("operator").direct_messages)


async def test_appeals_go_to_the_owner_while_everybody_reads_the_log_channel(world):
    ada, owner, bob = await add_log(world), world.member("operator"), world.member("bob")
    let_all_in(world)
    await world.discord.until(owner.direct_messages)
    await mod(world.member("mod"), "block", member="bob")
    used = await bob.press(await refused(bob), "Appeal")
    await used.response()
    await bob.submit_modal(used, {"typed": "It was a misunderstanding"})
    await world.discord.until(lambda: len(owner.direct_messages()) == 2)
    assert "Somebody in Studio appeals case #1" in owner.direct_messages()[1].text
    assert entries(ada) == []
