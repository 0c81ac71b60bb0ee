"""The rules that admins set with /quota, by options and by form, and clear again, over real sockets."""

import json

from tests.support.quotas import assert_nothing_was_decided, confirm, fill, open_form, plain, quota, rules
from tests.support.settings import add_admins, refusal
from tests.support.world import open_world

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
        ("li", "set-default"): "**所有人的规则**\n免费图片：每天 5 → **每天 9999**\n两次请求间隔：30 秒（不变）",
        ("li", "set-role"): f"**<@&{artists}>的规则**\n预算：每天 ¥1.40 → **每天 ¥2.50**",
        ("li", "set-member"): f"**<@{bob}>的规则**\n每次请求的图片：2（不变）\n同时进行的请求：3 → **4**",
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
            "about 142 pictures of wanx2.1-t2i-turbo a month for this server; 48 active members can use it up in a day",
        ):
            assert words in overview.replace("\\", "")
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
    ({"images_per_job": 11}, "Pictures in a request must be 1 to 10.", "每次请求的图片 必须在 1 到 10 之间。"),
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
        for bad in ({"budget": "abc"}, {"images_per_job": 99}):
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


async def test_the_form_is_filled_with_what_holds_and_what_is_emptied_is_not_set_any_more(world):
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
        "**所有人的规则**\n免费图片：每天 7 → **每天 8**\n预算：每天 ¥1,234.50 → **每天 ¥2.50**\n"
        "两次请求间隔：30 秒 → **未设置**；按运营者的规则：0 秒"
    )
    await quota(ada, "set-member", member="bob", cooldown=5)
    form, values = await open_form(ada, "set-member", member="bob")
    assert (values["free_images"], values["cooldown_s"]) == ("", "5")
    assert "Wait between requests: 5 s → **6 s**" in (await fill(ada, form, cooldown_s="6")).text
    form, _ = await open_form(ada, "set-member", member="bob")
    # What another admin sets while the form is open is not emptied by it.
    await quota(li, "set-member", member="bob", free_images=1)
    assert (await fill(ada, form, cooldown_s="")).text.endswith(
        "Free pictures: 1 a day (as before)\n"
        "Wait between requests: 6 s → **not set**; 0 s applies (the operator's rule) unless a role says otherwise"
    )
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
            "11",
            "Pictures in a request: not changed; it must be 1 to 10.",
            "每次请求的图片：未改动，必须在 1 到 10 之间。",
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
    answer = await fill(ada, form, free_images="7", budget_micros="lots", images_per_job="99", cooldown_s="30")
    for words in (
        "Free pictures: not set → **7 a day**",
        "Wait between requests: not set → **30 s**",
        "Budget: not changed; “lots” is not an amount of money.",
        "Pictures in a request: not changed; it must be 1 to 10.",
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


async def test_a_form_of_a_clients_own_making_changes_nothing_and_is_no_fault_of_ours(world, caplog):
    ada, _ = add_admins(world)
    for made_up in ("quota:set", "quota:set:x:1", "quota:set:member:0", "quota:clear:x:1"):
        form, _ = await open_form(ada, "set-default")
        modal = form.interaction.modal
        assert modal is not None
        modal["custom_id"] = made_up
        await ada.submit_modal(form, {"free_images": "4"})
    # What comes later is answered: by then the others are over.
    assert "not set → **5 a day**" in (await quota(ada, "set-default", free_images=5)).text
    assert "reference" not in caplog.text


# -- clearing


async def test_clearing_asks_once_and_shows_what_was_there_in_both_languages(world):
    ada, li = add_admins(world)
    artists = world.guild.add_role("Artists").id
    asked = {
        "ada": f"Clear the rule for <@&{artists}>? It says: Free pictures 3 a day · Budget CN¥1.50 a day",
        "li": f"要清除<@&{artists}>的规则吗？现在是：免费图片 每天 3 · 预算 每天 ¥1.50",
    }
    cleared = {
        "ada": f"**Rule for <@&{artists}>**\nFree pictures: 3 a day → **not set**; 10 a day applies "
        "(the operator's rule)\nBudget: CN¥1.50 a day → **not set**; CN¥0.00 a day applies (the operator's rule)",
        "li": f"**<@&{artists}>的规则**\n免费图片：每天 3 → **未设置**；按运营者的规则：每天 10\n"
        "预算：每天 ¥1.50 → **未设置**；按运营者的规则：每天 ¥0.00",
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
