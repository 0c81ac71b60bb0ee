"""/settings as admins, members, moderators and strangers meet it, over real sockets."""

import json

import pytest

from sandbox.discord import ClientRefused, Permission
from sandbox.faults import Fault
from tests.support.feeds import hide
from tests.support.settings import add_admins, ask, choose, component, now, refusal, report_in
from tests.support.world import World, open_world

COMMANDS = {
    "show": {},
    "channels": {},
    "models": {},
    "roles": {},
    "period": {"period": "week"},
    "log-channel": {"none": True},
    "posting": {"pictures": "private"},
    "moderation": {"previews": "none"},
    "language": {"language": "zh-CN"},
}
REFUSED = {"bob": "Only admins of the server can do that", "mei": "只有服务器管理员可以这样做"}


def settings(world: World, guild_id: int | None = None) -> dict[str, object]:
    found = world.rows("SELECT * FROM settings WHERE server_id = ?", guild_id or world.guild.id)
    return dict(found[0]) if found else {}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_member_whom_discord_lets_pass_is_refused_by_the_bot_in_both_languages(world, command):
    for name in ("bob", "mei", "mod"):
        with pytest.raises(ClientRefused):
            await world.member(name).invoke(f"settings {command}", COMMANDS[command])
    world.guild.grant_command("settings", "@everyone")
    for name, words in REFUSED.items():
        assert words in (await ask(world.member(name), command, **COMMANDS[command])).text
    assert "Only admins" in (await ask(world.member("mod"), command, **COMMANDS[command])).text
    assert settings(world) == {}


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_whose_acknowledgement_is_lost_is_done_all_the_same(world, command):
    ada, _ = add_admins(world)
    world.discord.faults.add("callback", Fault(cut=True, when="after"))
    used = await ada.invoke(f"settings {command}", COMMANDS[command], channel="general")
    await world.discord.until(lambda: used.message is not None and used.message.text)
    assert used.message is not None
    assert "didn't take my answer" not in used.message.text


async def test_a_role_that_counts_as_admin_opens_every_command_and_no_longer_when_it_is_lost(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Curator")
    world.guild.set_roles("bob", ["Curator"])
    world.guild.grant_command("settings", "Boss", "Curator")
    bob = world.member("bob")
    assert "Only admins" in (await ask(bob, "show")).text
    menu = await ask(ada, "roles")
    await choose(world, ada, menu, "admins", ["Curator"])
    for command, options in COMMANDS.items():
        assert "Only admins" not in (await ask(bob, command, **options)).text
    mine = await ask(bob, "models")
    world.guild.set_roles("bob", [])
    used = await bob.press(mine, "settings:models", values=["wan2.2-t2i-plus"])
    assert "Only admins" in (await refusal(world, used)).text
    assert settings(world)["models"] == "[]"


async def test_a_press_is_refused_once_the_permission_is_gone_in_both_languages(world):
    words = {"ada": "Only admins of the server", "li": "只有服务器管理员"}
    for who in add_admins(world):
        menu = await ask(who, "channels")
        world.guild.set_roles(who.user.name, [])
        used = await who.press(menu, "settings:channels", values=["general"])
        assert words[who.user.name] in (await refusal(world, used)).text
    assert settings(world) == {}


async def test_an_admin_of_another_server_sets_that_server_alone(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        world.guild.add_member("eve")
        world.guild.grant_command("settings", "@everyone")
        eve = world.member("eve", other)
        changed = await ask(eve, "posting", pictures="private")
        assert "Now: only the member who asked" in changed.text
        assert settings(world) == {}
        assert settings(world, other.id)["posting"] == "private"
        assert "Only admins" in (await ask(world.member("eve"), "posting", pictures="private")).text


@pytest.mark.parametrize(
    ("command", "options", "english", "chinese"),
    [
        (
            "posting",
            {"pictures": "private"},
            "**Who sees the pictures**\nBefore: each member chooses\nNow: only the member who asked",
            "**谁能看到图片**\n之前：由成员自己选择\n现在：只有提出请求的成员",
        ),
        (
            "posting",
            {"confirm_paid": False},
            "**I ask before a member's first paid request of a period**\nBefore: yes\nNow: no",
            "**成员在每个周期首次付费前先询问**\n之前：是\n现在：否",
        ),
        (
            "log-channel",
            {"channel": "log"},
            "**Where I report**\nBefore: nowhere\nNow: <#{log}>\n"
            "I can only see whether “@everyone” reads it; whether other roles do, its permissions tell.",
            "**日志频道**\n之前：无\n现在：<#{log}>\n我只检查“@everyone”；其他身份组能否看到，请自行确认频道权限。",
        ),
        (
            "period",
            {"period": "month", "timezone": "america/new york"},
            "**Quotas reset**\nBefore: daily, at midnight in Asia/Shanghai\n"
            "Now: daily, at midnight in Asia/Shanghai; the change to "
            "“monthly, on the 1st, at midnight in America/New_York” comes <t:{boundary}:R>\n"
            "Until then nothing changes: what members have used and have left counts on to the end of the running "
            "period.",
            "**额度重置**\n之前：每天零点（Asia/Shanghai）\n现在：每天零点（Asia/Shanghai）；<t:{boundary}:R> "
            "改为“每月 1 日零点（America/New_York）”\n"
            "在此之前一切照旧：成员已用和剩余的额度算到当前周期结束为止。",
        ),
    ],
)
async def test_an_answer_shows_before_and_after_in_the_readers_language(tmp_path, command, options, english, chinese):
    for index, words in enumerate((english, chinese)):
        async with open_world(tmp_path / str(index)) as world:
            log_id = world.guild.add_channel("log").id
            who = add_admins(world)[index]
            hide(world.guild, "Boss")
            answer = await ask(who, command, **options)
            day_ms = 24 * 3600 * 1000
            shanghai_ms = world.clock.now_ms() + 8 * 3600 * 1000
            boundary_ms = shanghai_ms - shanghai_ms % day_ms + day_ms - 8 * 3600 * 1000
            assert answer.text == words.format(log=log_id, boundary=boundary_ms // 1000)
            again = await ask(who, command, **options)
            assert ("nothing was changed" in again.text) or ("没有任何改动" in again.text)


@pytest.mark.parametrize(
    ("menu", "what", "values", "english", "chinese"),
    [
        (
            "channels",
            "channels",
            ["general"],
            "**Where pictures may be asked for**\nBefore: everywhere\nNow: <#{general}>",
            "**可以画图的地方**\n之前：所有频道\n现在：<#{general}>",
        ),
        (
            "models",
            "models",
            ["wan2.2-t2i-plus", "wan2.2-t2i-flash"],
            "**Models**\nBefore: all\nNow: wan2.2-t2i-flash, wan2.2-t2i-plus",
            "**可用的模型**\n之前：全部\n现在：wan2.2-t2i-flash、wan2.2-t2i-plus",
        ),
        (
            "roles",
            "moderators",
            ["Moderator"],
            "**Roles that count as moderators**\nBefore: none, only the permission itself counts\nNow: <@&{moderator}>",
            "**算作版主的身份组**\n之前：无，只看权限\n现在：<@&{moderator}>",
        ),
    ],
)
async def test_a_choice_shows_before_and_after_and_can_be_taken_back(tmp_path, menu, what, values, english, chinese):
    for index, words in enumerate((english, chinese)):
        async with open_world(tmp_path / str(index)) as world:
            who = add_admins(world)[index]
            ids = {"general": world.guild.channel("general").id, "moderator": world.guild.role("Moderator").id}
            chosen = await choose(world, who, await ask(who, menu), what, values)
            assert chosen.text == words.format(**ids)
            select = component(chosen, f"settings:{what}")
            kept = select.get("default_values") or [one for one in select["options"] if one["default"]]
            assert len(kept) == len(values)
            cleared = await choose(world, who, chosen, what, [])
            before, after = words.format(**ids).splitlines()[1:]
            assert before.split("：" if index else ": ")[1] in cleared.text.splitlines()[2]
            assert after.split("：" if index else ": ")[1] in cleared.text.splitlines()[1]


async def test_a_log_channel_is_taken_back_by_none_whatever_else_is_named(world):
    ada, li = add_admins(world)
    general = world.guild.channel("general").id
    await report_in(world, ada, "general")
    english, chinese = "(everybody reads it; an admin agreed)", "（所有人可见，管理员已同意）"
    assert (await ask(ada, "log-channel", none=True)).text.endswith(f"Before: <#{general}> {english}\nNow: nowhere")
    assert (await report_in(world, ada, "general")).text.endswith(f"Before: nowhere\nNow: <#{general}> {english}")
    answer = await ask(li, "log-channel", channel="general", none=True)
    assert answer.text.endswith(f"之前：<#{general}>{chinese}\n现在：无")
    assert settings(world)["log_channel"] == 0


async def test_a_menu_works_after_a_restart_of_the_bot(world):
    ada, _ = add_admins(world)
    menu = await ask(ada, "models")
    await world.stop_bot()
    await world.start_bot()
    chosen = await choose(world, ada, menu, "models", ["wan2.2-t2i-plus"])
    assert "Now: wan2.2-t2i-plus" in chosen.text
    assert settings(world)["models"] == '["wan2.2-t2i-plus"]'


async def test_a_deleted_channel_is_not_offered_as_chosen_and_still_restricts(world):
    ada, _ = add_admins(world)
    world.guild.add_channel("art")
    await choose(world, ada, await ask(ada, "channels"), "channels", ["art"])
    world.guild.remove_channel("art")
    menu = await ask(ada, "channels")
    assert component(menu, "settings:channels").get("default_values") in (None, [])
    answer = await world.imagine(world.member("bob"))
    assert "can't be made in this channel" in answer.text


@pytest.mark.parametrize(
    ("command", "options", "english", "chinese"),
    [
        ("period", {}, "name at least one value", "请至少填写一项"),
        ("posting", {}, "name at least one value", "请至少填写一项"),
        ("log-channel", {}, "name at least one value", "请至少填写一项"),
        (
            "period",
            {"timezone": "Shangai"},
            "I know no time zone “Shangai”. Did you mean one of these? Asia/Shanghai. Nothing was changed.",
            "我不认识时区“Shangai”。你是想选这些吗？Asia/Shanghai。没有任何改动。",
        ),
        (
            "period",
            {"timezone": "qqqq"},
            "I know no time zone “qqqq”. These are common: Asia/Shanghai, Asia/Hong_Kong, Asia/Taipei, ",
            "我不认识时区“qqqq”。常用的有：Asia/Shanghai、Asia/Hong_Kong、Asia/Taipei、",
        ),
        (
            "period",
            {"timezone": "8"},
            "I know no time zone “8”. Did you mean one of these? UTC+8, UTC-8. Nothing was changed.",
            "我不认识时区“8”。你是想选这些吗？UTC+8、UTC-8。没有任何改动。",
        ),
        (
            "log-channel",
            {"channel": "closed"},
            "I couldn't report in <#{closed}>: I'm missing “Send Messages”, “Attach Files” there.",
            "我无法在 <#{closed}> 报告：缺少权限“发送消息”、“附加文件”。",
        ),
    ],
)
async def test_what_cannot_be_set_is_refused_with_what_would_do(world, command, options, english, chinese):
    closed = world.guild.add_channel("closed")
    world.guild.overwrite("closed", "bot", deny=Permission.SEND_MESSAGES | Permission.ATTACH_FILES)
    for who, words in zip(add_admins(world), (english, chinese), strict=True):
        answer = await ask(who, command, **options)
        assert words.format(closed=closed.id) in answer.text
    assert settings(world) == {}


async def test_roles_that_nobody_gives_cannot_count_in_both_languages(world):
    managed = world.guild.add_role("Some app", managed=True)
    words = {
        ("ada", "@everyone"): "every member would be one",
        ("li", "@everyone"): "每个成员都会算在内",
        ("ada", "Some app"): f"<@&{managed.id}> belongs to an app or to boosting",
        ("li", "Some app"): f"<@&{managed.id}> 属于某个应用或服务器助推",
    }
    for who in add_admins(world):
        menu = await ask(who, "roles")
        for what in ("admins", "moderators"):
            for role in ("@everyone", "Some app"):
                used = await who.press(menu, f"settings:{what}", values=["Moderator", role])
                assert words[who.user.name, role] in (await refusal(world, used)).text
                assert now(used).text == menu.text
    assert settings(world) == {}


async def test_the_overview_names_each_setting_and_who_decided_it(tmp_path):
    async with open_world(tmp_path, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        fresh = (await ask(ada, "show")).text
        for words in (
            "**Where pictures may be asked for**: everywhere (the default)",
            "**Models**: all (the default)",
            "daily, at midnight in Asia/Shanghai (set by my operator); the next time <t:",
            "CN¥20.00 a month (set by my operator); CN¥0.00 taken this month",
        ):
            assert words in fresh
        names = [f"room-{number}" for number in range(12)]
        for name in names:
            world.guild.add_channel(name)
        await choose(world, ada, await ask(ada, "channels"), "channels", names)
        await ask(ada, "period", period="week")
        changed = (await ask(ada, "show")).text
        assert "and 2 more (set by this server)" in changed
        assert ":R>, and from then on weekly, on Mondays, at midnight in Asia/Shanghai" in changed
        chinese = (await ask(li, "show")).text
        assert "以及另外 2 个（由本服务器设定）" in chinese
        assert "此后改为每周一零点（Asia/Shanghai）" in chinese


async def test_a_change_is_in_the_audit_once_also_when_discord_delivers_it_twice(world):
    ada, _ = add_admins(world)
    used = await ada.invoke("settings posting", {"pictures": "private"})
    await used.reply()
    world.discord.redeliver(used)
    # Interactions are handled in their order as far as storage goes: once this one shows, the other is through.
    await ask(ada, "posting", pictures="public")
    (first, second) = world.rows("SELECT * FROM audit WHERE act = 'settings.posting' ORDER BY id")
    assert json.loads(first["detail"]) == {"posting": "free -> private"}
    assert json.loads(second["detail"]) == {"posting": "private -> public"}
    (actor,) = world.rows("SELECT discord_id FROM members WHERE account_id = ?", first["actor_id"])
    assert actor["discord_id"] == ada.id


async def test_a_time_zone_is_taken_as_people_call_it(world):
    ada, li = add_admins(world)
    for who, typed, taken in (
        (ada, "New York", "America/New_York"),
        (li, "上海", "Asia/Shanghai"),
        (ada, "UTC-3", "at midnight in UTC-3"),
        (li, "GMT+8", "零点（UTC+8）"),
        (li, "北京", "Asia/Shanghai"),
    ):
        assert taken in (await ask(who, "period", timezone=typed, period="week")).text
    (choice,) = await li.autocomplete("settings period", {"timezone": "北京"}, focused="timezone")
    assert choice.value == "Asia/Shanghai"
    offered = await ada.autocomplete("settings period", {"timezone": "8"}, focused="timezone")
    assert [choice.value for choice in offered] == ["Etc/GMT-8", "Etc/GMT+8"]
    assert offered[0].name.startswith("UTC+8 · now ")


async def test_time_zones_are_offered_by_a_part_of_their_name_with_the_time_there(world):
    ada, li = add_admins(world)
    (choice,) = await ada.autocomplete("settings period", {"timezone": "shangh"}, focused="timezone")
    assert choice.value == "Asia/Shanghai"
    assert choice.name.startswith("Asia/Shanghai · now ")
    assert choice.name.endswith("(UTC+08:00)")
    (chinese,) = await li.autocomplete("settings period", {"timezone": "shangh"}, focused="timezone")
    assert "现在" in chinese.name
    untyped = await ada.autocomplete("settings period", {"timezone": ""}, focused="timezone")
    assert "UTC" in [one.value for one in untyped]


async def test_a_channel_in_which_the_bot_can_not_post_is_refused_at_once_saying_what_is_missing(world):
    ada, li = add_admins(world)
    for name, denied in (
        ("quiet", Permission.SEND_MESSAGES | Permission.ATTACH_FILES),
        ("plain", Permission.ATTACH_FILES),
        ("open", 0),
    ):
        world.guild.add_channel(name)
        world.guild.overwrite(name, "bot", deny=denied)
    for who, words in (
        (
            ada,
            ("I couldn't show pictures in some of these", "(“Send Messages”, “Attach Files”)", "nothing was changed"),
        ),
        (li, ("所选的频道中，有些我无法展示图片", "(“发送消息”、“附加文件”)", "没有任何改动")),
    ):
        used = await who.press(await ask(who, "channels"), "settings:channels", values=["open", "quiet", "plain"])
        said = (await refusal(world, used)).text
        for part in (*words, f"<#{world.guild.channel('quiet').id}>", f"<#{world.guild.channel('plain').id}>"):
            assert part in said
        assert f"<#{world.guild.channel('open').id}>" not in said
    assert settings(world) == {}
    after = await choose(world, ada, await ask(ada, "channels"), "channels", ["open"])
    # What is chosen already may stay, and private answers need less.
    world.guild.overwrite("open", "bot", deny=Permission.SEND_MESSAGES)
    await ask(ada, "posting", pictures="private")
    world.guild.overwrite("quiet", "bot", deny=Permission.SEND_MESSAGES)
    both = await choose(world, ada, after, "channels", ["open", "quiet"])
    assert f"<#{world.guild.channel('quiet').id}>" in both.text
    assert "I'm missing “Attach Files”" in (await ask(ada, "log-channel", channel="plain")).text
