"""/quota as admins, members, moderators and strangers meet it, over real sockets."""

import json

import pytest

from sandbox.discord import ClientRefused
from tests.support.moments import NOON
from tests.support.quotas import alone, confirm, fill, forge, make, open_form, plain, propose, quota, start
from tests.support.settings import add_admins, ask, choose, now, refusal
from tests.support.world import World, make_config, open_world

TURBO = "wanx2.1-t2i-turbo"
PRICE = 140_000
DAY_S = 24 * 3600
COMMANDS = {
    "show": {},
    "set-default": {"free_images": 3},
    "set-role": {"role": "Moderator", "budget": "no amount"},
    "set-member": {"member": "bob", "cooldown": 5},
    "clear": {},
    "grant": {"member": "bob", "amount": "5", "reason": "a friend"},
    "refund": {"number": 1, "reason": "a friend"},
    "pool": {"limit": "1"},
    "report": {},
}
FORMS = {"set-default": {}, "set-role": {"role": "@everyone"}, "set-member": {"member": "bob"}}
REFUSED = {
    "bob": "Only admins of the server can do that: it takes the permission “Manage Server”, or a role that /settings "
    "roles names.",
    "mod": "Only admins of the server can do that",
    "mei": "只有服务器管理员可以这样做：需要“管理服务器”权限，或 /settings roles 指定的身份组。",
}
DECIDED = ("rules", "settings", "acts", "ledger")


def assert_nothing_was_decided(world: World) -> None:
    assert {table: len(world.rows(f"SELECT * FROM {table}")) for table in DECIDED} == dict.fromkeys(DECIDED, 0)


def rules(world: World) -> list[tuple[object, ...]]:
    return [tuple(row) for row in world.rows("SELECT * FROM rules ORDER BY scope, owner")]


def left(world: World, kind: str, guild_id: int | None = None) -> list[tuple[int, int, int]]:
    """Used, held and granted of each bucket of a kind, the oldest first."""
    query = "SELECT used, held, granted FROM buckets WHERE kind = ? AND server_id = ? ORDER BY id"
    return [tuple(row) for row in world.rows(query, kind, guild_id or world.guild.id)]


# -- who may


async def test_members_and_moderators_whom_discord_lets_pass_are_refused_by_the_bot_in_both_languages(world):
    for name in REFUSED:
        with pytest.raises(ClientRefused):
            await world.member(name).invoke("quota show")
    world.guild.grant_command("quota", "@everyone")
    for name, words in REFUSED.items():
        who = world.member(name)
        for command, options in COMMANDS.items():
            assert words in (await quota(who, command, **options)).text, command
        for command, options in FORMS.items():
            assert words in (await quota(who, command, **options)).text, command
    assert_nothing_was_decided(world)


async def test_a_role_that_counts_as_admin_opens_every_command_until_it_is_lost(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Curator")
    world.guild.set_roles("bob", ["Curator"])
    world.guild.grant_command("quota", "@everyone")
    bob = world.member("bob")
    await choose(world, ada, await ask(ada, "roles"), "admins", ["Curator"])
    for command, options in COMMANDS.items():
        assert "Only admins" not in (await quota(bob, command, **options)).text, command
    question = await quota(bob, "clear")
    form, _ = await open_form(bob, "set-default")
    before = rules(world)
    world.guild.set_roles("bob", [])
    assert "Only admins" in (await refusal(world, await bob.press(question, "Clear it"))).text
    assert "Only admins" in (await fill(bob, form, free_images="9")).text
    assert "Only admins" in (await quota(bob, "show")).text
    assert rules(world) == before


async def test_a_press_and_a_form_are_refused_once_the_permission_is_gone_in_both_languages(world):
    words = {"ada": "Only admins of the server", "li": "只有服务器管理员"}
    for who in add_admins(world):
        await quota(who, "set-default", free_images=3)
        question, (form, _) = await quota(who, "clear"), await open_form(who, "set-default")
        before = rules(world)
        world.guild.set_roles(who.user.name, [])
        used = await who.press(question, question.buttons[0].custom_id)
        assert words[who.user.name] in (await refusal(world, used)).text
        assert now(used).text == question.text
        assert words[who.user.name] in (await fill(who, form, free_images="9")).text
        assert rules(world) == before


async def test_a_button_of_an_admins_answer_does_nothing_for_a_member_who_presses_it(world):
    ada, _ = add_admins(world)
    await quota(ada, "set-default", free_images=3)
    question, before = await quota(ada, "clear"), rules(world)
    for name in ("bob", "mei", "mod"):
        used = await forge(world, world.member(name), question, question.buttons[0].custom_id)
        assert REFUSED[name] in (await refusal(world, used)).text
    assert rules(world) == before


async def test_an_admin_of_another_server_neither_reaches_this_one_nor_sees_it(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "20"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_member("bob")
        other.add_role("Moderator")
        world.guild.add_member("eve")
        world.guild.grant_command("quota", "@everyone")
        ada, _ = add_admins(world)
        bob, eve = world.member("bob"), world.member("eve", other)
        await quota(ada, "set-default", free_images=3)
        await quota(ada, "grant", member="mei", amount="7.77", reason="contest")
        await make(world, bob)
        here = [left(world, kind) for kind in ("allowance", "credit", "pool")], rules(world)
        answers = [await quota(eve, name, **options) for name, options in COMMANDS.items() if name != "set-role"]
        answers += [await quota(eve, "show", member="mei"), await quota(eve, "show"), await quota(eve, "report")]
        assert "There is no job #1 in this server." in [answer.text for answer in answers]
        for told_of_us in ("7.77", "0.14", str(world.guild.id), world.guild.name, str(world.member("mei").id) + ">:"):
            assert not [answer.text for answer in answers if told_of_us in answer.text]
        for command, options in COMMANDS.items():
            assert "Only admins" in (await quota(world.member("eve"), command, **options)).text
        ours = [rule for rule in rules(world) if rule[0] == world.guild.id]
        assert ([left(world, kind) for kind in ("allowance", "credit", "pool")], ours) == here
        assert left(world, "credit", other.id) == [(0, 0, 5_000_000)]


async def test_no_answer_to_an_admin_tells_what_the_vendor_bills_or_what_the_operator_allows_it_to(tmp_path):
    today = NOON.date()
    model = {"free_tier": 2, "free_tier_started": today}
    terms = {"free_images": 1, "budget": "5", "operator_cap": "77"}
    # Of three pictures the admins see 0.42 at list price and 0.28 charged; the vendor bills 0.14.
    async with open_world(tmp_path, models={TURBO: model}, quota=terms, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await start(world, bob, await propose(bob, count=3))
        await world.job_is("delivered")
        assert world.cost_in_ledger() == PRICE
        answers = []
        for who in (ada, li):
            answers += [await quota(who, command, **options) for command, options in COMMANDS.items()]
            answers += [await quota(who, "show", member="bob"), await quota(who, "pool")]
        texts = [answer.text for answer in answers]
        files = [file for answer in answers for file in answer.attachments if file.filename.endswith(".csv")]
        texts += [(await world.discord.fetch(file.url)).decode("utf-8-sig") for file in files]
        assert len(files) == 2
        assert [text for text in texts if "0.28" in text]
        assert [text for text in texts if "0.42" in text]
        for not_theirs in ("0.14", "77.00"):
            assert not [text for text in texts if not_theirs in text]


# -- rules


async def test_a_rule_is_shown_before_and_after_in_the_readers_language(world):
    ada, li = add_admins(world)
    world.guild.add_role("Artists")
    artists, bob = world.guild.role("Artists").id, world.member("bob").id
    said = {
        ("ada", "set-default"): "**Rule for Everybody**\nFree pictures: not set → **5 a day**\n"
        "Wait between requests: not set → **30 s**",
        ("ada", "set-role"): f"**Rule for <@&{artists}>**\nBudget: not set → **CN¥1.40 a day**",
        ("ada", "set-member"): f"**Rule for <@{bob}>**\nPictures in a request: not set → **2**\n"
        "Requests under way: not set → **3**",
        ("li", "set-default"): "**所有人 的规则**\n免费图片：每天 5 → **每天 9999**\n两次请求间隔：30 秒（不变）",
        ("li", "set-role"): f"**<@&{artists}> 的规则**\n预算：每天 ¥1.40 → **每天 ¥2.50**",
        ("li", "set-member"): f"**<@{bob}> 的规则**\n每次请求的图片：2（不变）\n同时进行的请求：3 → **4**",
    }
    first = {
        "set-default": {"free_images": 5, "cooldown": 30},
        "set-role": {"role": "Artists", "budget": "1.40"},
        "set-member": {"member": "bob", "images_per_job": 2, "active_jobs": 3},
    }
    second = {
        "set-default": {"free_images": 9999},
        "set-role": {"role": "Artists", "budget": "￥２．５元"},
        "set-member": {"member": "bob", "images_per_job": 2, "active_jobs": 4},
    }
    for who, commands in ((ada, first), (li, second)):
        for command, options in commands.items():
            answer = await quota(who, command, **options)
            assert answer.text == said[who.user.name, command]
    audit = world.rows("SELECT act, detail FROM audit WHERE act LIKE 'quota.%' ORDER BY id")
    assert [row["act"] for row in audit] == [f"quota.set-{scope}" for scope in ("server", "role", "member")] * 2
    assert json.loads(audit[3]["detail"])["free_images"] == "5 -> 9999"


async def test_the_overview_and_a_members_rule_say_by_whose_word(tmp_path):
    async with open_world(tmp_path, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        artists, bob = world.guild.add_role("Artists"), world.member("bob")
        await quota(ada, "set-default", free_images=3, cooldown=0)
        await quota(ada, "set-role", role="Artists", budget="1.5")
        await quota(ada, "set-member", member="bob", images_per_job=2)
        overview = (await quota(ada, "show")).text
        for words in (
            "Everybody: Free pictures 3 a day · Wait between requests 0 s",
            f"<@&{artists.id}>: Budget CN¥1.50 a day",
            f"<@{bob.id}>: Pictures in a request 2",
            "the operator's: Free pictures 10 a day · Budget CN¥0.00 a day",
            "CN¥20.00 is left of what the operator gives",
        ):
            assert words in overview
        world.guild.set_roles("bob", ["Artists"])
        told = (await quota(ada, "show", member="bob")).text
        assert told.startswith(
            f"**Quota of <@{bob.id}>**\n"
            "Free pictures: **3 a day** · the server's rule\n"
            f"Budget: **CN¥1.50 a day** · role <@&{artists.id}>\n"
            "Pictures in a request: **2** · this member's own rule\n"
            "Requests under way: **10** · the operator's rule\n"
            "Wait between requests: **0 s** · the server's rule\n"
            "Left: 3 free pictures, CN¥1.50 budget · resets <t:"
        )
        chinese = (await quota(li, "show", member="bob")).text
        for words in (
            "免费图片：**每天 3** · 服务器的规则",
            f"身份组 <@&{artists.id}>",
            "该成员自己的规则",
            "运营者的规则",
        ):
            assert words in chinese
        assert "所有人：免费图片 每天 3" in (await quota(li, "show")).text.replace(": ", "：")


BOUNDS = [
    ({"free_images": -1}, "Free pictures must be 0 to 10000.", "免费图片 必须在 0 到 10000 之间。"),
    ({"images_per_job": 5}, "Pictures in a request must be 1 to 4.", "每次请求的图片 必须在 1 到 4 之间。"),
    ({"active_jobs": 0}, "Requests under way must be 1 to 50.", "同时进行的请求 必须在 1 到 50 之间。"),
    ({"cooldown": 86401}, "Wait between requests must be 0 to 86400.", "两次请求间隔 必须在 0 到 86400 之间。"),
    ({"budget": "100000.01"}, "A budget can be at most CN¥100,000.00 per", "每个周期的预算最多 ¥100,000.00。"),
    ({"budget": "1e3"}, "“1e3” is not an amount of money.", "“1e3”不是金额。"),
]


async def test_values_out_of_bounds_are_refused_and_the_bounds_named_in_both_languages(world):
    admins = add_admins(world)
    for options, *words in BOUNDS:
        for who, text in zip(admins, words, strict=True):
            assert text in plain(await quota(who, "set-default", **options))
    assert_nothing_was_decided(world)


async def test_a_bad_value_of_a_command_changes_none_of_the_others_and_says_so_in_both_languages(world):
    for who, words in zip(add_admins(world), ("Nothing was changed.", "没有任何改动。"), strict=True):
        for bad in ({"budget": "abc"}, {"images_per_job": 5}):
            assert plain(await quota(who, "set-member", member="bob", free_images=3, **bad)).endswith(words)
    assert_nothing_was_decided(world)


REFUSALS = [
    ("set-role", {"role": "@everyone", "free_images": 1}, "That role is everybody: use /quota", "这个身份组就是所有人"),
    ("set-role", {"role": "@everyone"}, "That role is everybody: use /quota set-default", "这个身份组就是所有人"),
    ("set-member", {"member": "gone", "free_images": 1}, "<@{gone}> is not a member of this", "<@{gone}> 不在本服务器"),
    ("set-member", {"member": "gone"}, "<@{gone}> is not a member of this server.", "<@{gone}> 不在本服务器里。"),
    ("grant", {"member": "gone", "amount": "1", "reason": "x"}, "<@{gone}> is not a member", "<@{gone}> 不在本服务器"),
    ("grant", {"member": "bob", "amount": "1块5", "reason": "x"}, "“1块5” is not an amount", "“1块5”不是金额。请写成"),
    (
        "grant",
        {"member": "bob", "amount": "0", "reason": "x"},
        "A grant must be more than nothing",
        "赠送金额必须大于零，",
    ),
    ("grant", {"member": "bob", "amount": "100001", "reason": "x"}, "and at most CN¥100,000.00.", "最多 ¥100,000.00。"),
    ("refund", {"number": 7, "reason": "x"}, "There is no job #7 in this server.", "没有编号为 #7 的任务"),
    ("clear", {"role": "Moderator", "member": "bob"}, "Name a role or a member, not both.", "身份组或成员中的一个"),
    ("clear", {"member": "bob"}, "There is no rule for <@{bob}> to clear.", "<@{bob}> 没有可以清除的规则。"),
    ("clear", {}, "There is no rule for Everybody to clear.", "所有人 没有可以清除的规则。"),
    ("pool", {"limit": "20.01"}, "The operator gives this server CN¥20.00 a month at", "每月最多给本服务器 ¥20.00"),
    ("pool", {"limit": "much"}, "“much” is not an amount of money.", "“much”不是金额。"),
]


async def test_what_makes_no_sense_is_refused_with_what_would_do_in_both_languages(tmp_path):
    async with open_world(tmp_path, servers={"pool": "20"}) as world:
        world.guild.add_member("gone")
        world.guild.remove_member("gone")
        ids = {name: world.discord.world.user(name).id for name in ("gone", "bob")}
        admins = add_admins(world)
        for command, options, *words in REFUSALS:
            for who, text in zip(admins, words, strict=True):
                assert text.format(**ids) in plain(await quota(who, command, **options)), (command, options)
        assert_nothing_was_decided(world)


async def test_more_rules_than_fit_in_a_message_leave_room_for_the_pool(world):
    ada, _ = add_admins(world)
    everything = {"free_images": 100, "budget": "1234.56", "images_per_job": 4, "active_jobs": 9, "cooldown": 86400}
    for index in range(12):
        world.guild.add_member(f"member{index}")
        await quota(ada, "set-member", member=f"member{index}", **everything)
    await quota(ada, "set-default", **everything)
    overview = (await quota(ada, "show")).text
    assert len(overview) <= 2000
    lines = overview.splitlines()
    assert lines[1].startswith("Everybody:")
    shown = sum(line.startswith("<@") for line in lines)
    assert f"and {12 - shown} more" in lines
    assert "there is no limit" in lines[-1]


# -- the form


async def test_the_form_is_filled_with_what_holds_and_empty_fields_keep_it(world):
    ada, li = add_admins(world)
    form, values = await open_form(ada, "set-default")
    assert values == dict.fromkeys(("free_images", "budget_micros", "images_per_job", "active_jobs", "cooldown_s"), "")
    first = await fill(ada, form, free_images="7", budget_micros="¥1,234.5", cooldown_s=" 30 ")
    assert first.text == (
        "**Rule for Everybody**\nFree pictures: not set → **7 a day**\nBudget: not set → **CN¥1,234.50 a day**\n"
        "Wait between requests: not set → **30 s**"
    )
    form, values = await open_form(li, "set-default")
    assert (values["free_images"], values["budget_micros"], values["images_per_job"]) == ("7", "1234.5", "")
    second = await fill(li, form, free_images="８", budget_micros="２．５元", images_per_job="", cooldown_s="")
    assert second.text == (
        "**所有人 的规则**\n免费图片：每天 7 → **每天 8**\n预算：每天 ¥1,234.50 → **每天 ¥2.50**\n"
        "两次请求间隔：30 秒（不变）"
    )
    await quota(ada, "set-member", member="bob", cooldown=5)
    form, values = await open_form(ada, "set-member", member="bob")
    assert (values["free_images"], values["cooldown_s"]) == ("", "5")
    assert "Wait between requests: 5 s → **6 s**" in (await fill(ada, form, cooldown_s="6")).text
    assert len(rules(world)) == 2


async def test_a_form_with_what_is_no_number_changes_nothing_and_says_so_in_both_languages(world):
    admins = add_admins(world)
    for field, typed, english, chinese in (
        ("free_images", "ten", "“ten” is not a whole number. Write digits only, such as 10.", "“ten”不是整数。"),
        ("cooldown_s", "1.5", "“1.5” is not a whole number.", "“1.5”不是整数。请只写数字，如 10。"),
        ("cooldown_s", "-1", "“-1” is not a whole number.", "“-1”不是整数。"),
        ("budget_micros", "1块5", "“1块5” is not an amount of money.", "“1块5”不是金额。"),
        (
            "images_per_job",
            "5",
            "Pictures in a request: not changed; it must be 1 to 4.",
            "每次请求的图片：未改动，必须在 1 到 4 之间。",
        ),
        (
            "budget_micros",
            "100000.01",
            "Budget: not changed; it can be at most CN¥100,000.00 per period.",
            "预算：未改动，每个周期最多 ¥100,000.00。",
        ),
        (
            "images_per_job",
            "",
            "Nothing was changed: name at least one value to set.",
            "没有任何改动：请至少填写一项。",
        ),
    ):
        for who, words in zip(admins, (english, chinese), strict=True):
            form, _ = await open_form(who, "set-default")
            assert words in plain(await fill(who, form, **{field: typed})), field
    assert_nothing_was_decided(world)


async def test_one_bad_value_of_a_form_loses_none_of_the_others_in_both_languages(world):
    ada, li = add_admins(world)
    form, _ = await open_form(ada, "set-default")
    answer = await fill(ada, form, free_images="7", budget_micros="lots", images_per_job="9", cooldown_s="30")
    for words in (
        "Free pictures: not set → **7 a day**",
        "Wait between requests: not set → **30 s**",
        "Budget: not changed; “lots” is not an amount of money.",
        "Pictures in a request: not changed; it must be 1 to 4.",
    ):
        assert words in plain(answer)
    form, values = await open_form(li, "set-default")
    assert (values["free_images"], values["cooldown_s"]) == ("7", "30")
    answer = await fill(li, form, free_images="八", cooldown_s="31")
    assert "免费图片：未改动，“八”不是整数。" in plain(answer)
    assert plain(answer).count("免费图片") == 1
    assert "两次请求间隔：30 秒 → **31 秒**" in plain(answer)


async def test_a_form_works_after_a_restart_of_the_bot_and_sent_twice_counts_once(world):
    ada, _ = add_admins(world)
    form, _ = await open_form(ada, "set-default")
    await world.stop_bot()
    await world.start_bot()
    sent = await ada.submit_modal(form, {"free_images": "4"})
    assert "not set → **4 a day**" in (await sent.reply()).text
    world.discord.redeliver(sent)
    assert "4 a day → **5 a day**" in (await quota(ada, "set-default", free_images=5)).text
    assert len(world.rows("SELECT * FROM audit WHERE act = 'quota.set-server'")) == 2


# -- clearing


async def test_clearing_asks_once_and_shows_what_was_there_in_both_languages(world):
    ada, li = add_admins(world)
    artists = world.guild.add_role("Artists").id
    asked = {
        "ada": f"Clear the rule for <@&{artists}>? It says: Free pictures 3 a day · Budget CN¥1.50 a day",
        "li": f"要清除 <@&{artists}> 的规则吗？现在是：免费图片 每天 3 · 预算 每天 ¥1.50",
    }
    cleared = {
        "ada": f"**Rule for <@&{artists}>**\nFree pictures: 3 a day → **not set**\nBudget: CN¥1.50 a day → **not set**",
        "li": f"**<@&{artists}> 的规则**\n免费图片：每天 3 → **未设置**\n预算：每天 ¥1.50 → **未设置**",
    }
    gone = {"ada": f"There is no rule for <@&{artists}> to clear.", "li": f"<@&{artists}> 没有可以清除的规则。"}
    for who in (ada, li):
        name = who.user.name
        await quota(ada, "set-role", role="Artists", free_images=3, budget="1.5")
        question = await quota(who, "clear", role="Artists")
        assert question.text == asked[name]
        assert len(rules(world)) == 1
        assert (await confirm(world, who, question)).text == cleared[name]
        assert rules(world) == []
        again = await who.press(question, question.buttons[0].custom_id, force=True)
        assert (await refusal(world, again)).text == gone[name]


async def test_the_question_before_clearing_outlives_a_restart_and_the_member(world):
    ada, _ = add_admins(world)
    await quota(ada, "set-member", member="bob", free_images=3)
    question = await quota(ada, "clear", member="bob")
    world.guild.remove_member("bob")
    assert "Free pictures: **3 a day** · this member's own rule" in (await quota(ada, "show", member="bob")).text
    await world.stop_bot()
    await world.start_bot()
    assert "3 a day → **not set**" in (await confirm(world, ada, question)).text
    assert rules(world) == []


# -- credit and refunds


async def test_a_grant_shows_before_and_after_and_delivered_twice_is_given_once(world):
    ada, li = add_admins(world)
    bob = world.member("bob")
    used = await ada.invoke("quota grant", {"member": "bob", "amount": "5", "reason": "won the *contest*"})
    assert (await used.reply()).text == (
        f"<@{bob.id}> got CN¥5.00 credit: before CN¥0.00, now CN¥5.00. "
        "What is spent of it counts against the server's pool."
    )
    world.discord.redeliver(used)
    second = await quota(li, "grant", member="bob", amount="2.5元", reason="再来一次")
    assert second.text == f"已赠送 <@{bob.id}> 余额 ¥2.50：之前 ¥5.00，现在 ¥7.50。使用时计入服务器的额度池。"
    assert left(world, "credit") == [(0, 0, 7_500_000)]
    granted = world.rows("SELECT reason, actor_id FROM ledger WHERE kind = 'grant' ORDER BY id")
    assert [row["reason"] for row in granted] == ["won the *contest*", "再来一次"]
    actors = "SELECT discord_id FROM members WHERE account_id = ?"
    assert [world.rows(actors, row["actor_id"])[0][0] for row in granted] == [ada.id, li.id]


async def test_a_refund_gives_back_once_what_was_charged_to_the_jobs_own_period(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 1, "budget": "5"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await start(world, bob, await propose(bob, count=3))
        await world.job_is("delivered")
        # The period that paid for it ends; another one begins.
        world.advance(DAY_S)
        await make(world, bob)
        await world.job_is("delivered", 2)
        assert left(world, "allowance") == [(1, 0, 0), (1, 0, 0)]
        used = await ada.invoke("quota refund", {"number": 1, "reason": "blurred"})
        assert (await used.reply()).text == (
            f"What #1 of <@{bob.id}> was charged is given back.\n"
            "1 free picture goes back to the period that it came from.\n"
            "CN¥0.28 is given back as credit: before CN¥0.00, now CN¥0.28."
        )
        world.discord.redeliver(used)
        for who, words in ((ada, "was given back already"), (li, "已经退回过了")):
            assert words in (await quota(who, "refund", number=1, reason="again")).text
        assert left(world, "allowance") == [(0, 0, 0), (1, 0, 0)]
        assert left(world, "budget") == [(2 * PRICE, 0, 0), (0, 0, 0)]
        assert left(world, "credit") == [(0, 0, 2 * PRICE)]
        chinese = await quota(li, "refund", number=2, reason="模糊")
        assert chinese.text == f"<@{bob.id}> 的 #2 的费用已退回。\n1 张免费图片退到原来的周期。"
        world.assert_books_agree()


async def test_a_job_that_charged_nothing_cannot_be_refunded_in_both_languages(world):
    ada, li = add_admins(world)
    failed = await world.imagine(world.member("bob"), "[fail]")
    await world.becomes(world.member("bob"), failed, "Nothing was charged")
    for who, words in ((ada, "Nothing was charged for this job"), (li, "这个任务没有收费")):
        assert words in (await quota(who, "refund", number=1, reason="x")).text
    assert world.rows("SELECT * FROM ledger WHERE kind IN ('grant', 'refund')") == []


# -- the pool


async def test_the_pool_is_lowered_by_admins_binds_at_once_and_is_never_raised_above_the_operators(tmp_path):
    async with open_world(tmp_path, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        await make(world, bob)
        shown = (await quota(ada, "pool")).text
        assert shown.startswith(
            "The server has used CN¥0.14 of its pool this month; CN¥19.86 is left of what the operator gives. "
            "It resets <t:"
        )
        lowered = (await quota(ada, "pool", limit="0.20")).text
        assert lowered.startswith(
            "Monthly limit: CN¥20.00 → **CN¥0.20**\nThe server has used CN¥0.14 of its pool this month; "
            "CN¥0.06 is left of the limit that its admins set."
        )
        assert "CN¥0.06 is left, this would take CN¥0.14" in (await world.imagine(bob)).text
        assert "还剩 ¥0.06，这次需要 ¥0.14" in (await world.imagine(world.member("mei"))).text
        assert "at most" in (await quota(ada, "pool", limit="21")).text
        chinese = (await quota(li, "pool", limit="无")).text
        assert chinese.startswith(
            "每月限额：¥0.20 → **¥20.00**\n本月服务器的额度池用了 ¥0.14；按运营者给的上限还剩 ¥19.86。"
        )
        await quota(ada, "pool", limit="0")
        assert "CN¥0.00 → **CN¥20.00**" in (await quota(ada, "pool", limit="none")).text
        assert "Queued" in (await world.imagine(bob)).text


# -- what a member may use, while it changes


async def test_a_lost_role_takes_its_allowance_along_at_once(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "0"}) as world:
        ada, _ = add_admins(world)
        world.guild.add_role("Artists")
        world.guild.add_role("Patrons")
        await quota(ada, "set-role", role="Artists", free_images=2)
        await quota(ada, "set-role", role="Patrons", free_images=1, cooldown=0)
        world.guild.set_roles("bob", ["Artists", "Patrons"])
        bob = world.member("bob")
        assert "2 free pictures" in (await alone(bob, "balance")).text
        await make(world, bob)
        world.guild.set_roles("bob", ["Patrons"])
        refused = await world.imagine(bob)
        assert "You have 0 free pictures left" in refused.text
        world.guild.set_roles("bob", ["Artists"])
        assert "1 free" in (await alone(bob, "balance")).text
        await make(world, bob)


async def test_what_is_held_keeps_its_terms_when_rules_and_prices_change(tmp_path):
    terms = {"free_images": 1, "budget": "1"}
    async with open_world(tmp_path, service_s=(25, 26), quota=terms) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        await ask(ada, "posting", confirm_paid=False)
        card = await world.imagine(bob, count=3)
        await world.job_is("running")
        await quota(ada, "set-default", free_images=0, budget="0", images_per_job=1)
        await world.stop_bot()
        dearer = {TURBO: {"price": "0.50"}}
        world.config = make_config(world.discord, world.vendor, tmp_path, quota=terms, models=dearer)
        await world.start_bot()
        done = await world.shown(bob, lambda seen: seen.id == card.id and seen.gallery)
        assert "Charged: 1 free picture and CN¥0.28" in done.text
        job = await world.job_is("delivered")
        assert (job["charged_free"], job["charged_micros"], job["cost_micros"]) == (1, 2 * PRICE, 3 * PRICE)
        assert left(world, "pool") == [(3 * PRICE, 0, 0)]
        assert "You may ask for at most 1 picture" in (await world.imagine(bob, count=2)).text
        assert "doesn't cover this picture" in (await world.imagine(bob)).text


async def test_credit_is_spent_after_the_budget_and_outlasts_the_period(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "0.20"}) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        await ask(ada, "posting", confirm_paid=False)
        await quota(ada, "grant", member="bob", amount="0.36", reason="contest")
        done = await make(world, bob, count=2)
        assert "CN¥0.28 credit" in done.text
        assert "budget" not in done.text
        await world.job_is("delivered")
        assert (left(world, "budget"), left(world, "credit")) == ([(200_000, 0, 0)], [(80_000, 0, 360_000)])
        world.advance(DAY_S)
        assert "CN¥0.20 budget, CN¥0.28 credit" in (await alone(bob, "balance")).text
        await make(world, bob, count=3)
        assert "Left: 0 free pictures, CN¥0.06 credit ·" in (await alone(bob, "balance")).text
