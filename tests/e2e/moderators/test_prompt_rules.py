"""/mod rules: the list, its buttons, menu and modals, and what members meet of it, over real sockets."""

import sqlite3
from contextlib import closing

from sandbox.discord import Actor, SeenMessage, Used
from sandbox.discord.rules.modals import fields
from tests.support.moderators import add_moderators, add_strangers, cases, forge, mod, refused, replaced, said
from tests.support.world import World, open_world


async def add(world: World, who: Actor, listed: SeenMessage, what: str, text: str) -> SeenMessage:
    """Add a rule by the list's button and its modal; give the list as it is then."""
    used = await who.press(listed, f"mod:rules:{what}")
    return await replaced(world, await who.submit_modal(used, {"typed": text}), listed)


async def test_a_rule_is_added_counts_at_once_and_is_removed_again_in_both_languages(world):
    english, chinese = add_moderators(world)
    bob, mei = world.member("bob"), world.member("mei")
    for who, empty, words, pattern, removed in (
        (english, "There are none yet.", "Added: blood", "pattern: “go+re”", "Removed: blood"),
        (chinese, "还没有规则。", "已添加：blood", "正则：“go+re”", "已移除：blood"),
    ):
        listed = await mod(who, "rules")
        assert empty in listed.text
        listed = await add(world, who, listed, "word", "blood")
        assert words in listed.text
        listed = await add(world, who, listed, "pattern", "go+re")
        assert pattern in listed.text
        for options, broken, violated in (
            ({"prompt": "a pool of b l 0 o d"}, "don't allow “blood” in prompts", "版主不允许在提示词中使用“blood”"),
            ({"negative_prompt": "BLOOD"}, "don't allow “blood” in negative", "版主不允许在反向提示词中使用“blood”"),
            ({"prompt": "GOOORE"}, "have a rule that this prompt breaks", "这段提示词违反了本服务器版主设定的规则"),
            (
                {"negative_prompt": "goore"},
                "have a rule that this negative",
                "这段反向提示词违反了本服务器版主设定的规则",
            ),
        ):
            assert broken in (await refused(bob, **options)).text
            assert violated in (await refused(mei, **options)).text
        for _ in range(2):
            (menu,) = listed.selects
            listed = await replaced(world, await who.press(listed, menu[0], values=[menu[1][0]]), listed)
            world.advance(600)  # who is refused four times and again soon afterwards would have to wait
            assert removed.split("blood")[0] in listed.text
        assert listed.selects == []
    assert "Queued" in (await world.imagine(bob, "a pool of blood")).text
    kinds = [kind for _, kind, _ in cases(world)]
    assert kinds == ["rule-added", "rule-added", "rule-removed", "rule-removed"] * 2


def unlimited(used: Used) -> Used:
    """Open a modal as a modified client can: without what limits its field."""
    assert used.interaction.modal is not None
    for field in fields(used.interaction.modal):
        del field["max_length"]
    return used


async def added(world: World, who: Actor, what: str, text: str) -> str:
    """Try to add a rule, and give what that is refused with."""
    used = await who.press(await mod(who, "rules"), f"mod:rules:{what}")
    await used.response()
    return await said(world, await who.submit_modal(unlimited(used), {"typed": text}))


NO_RULES = [
    ("word", "***", "A word needs a letter or a digit.", "词语中至少要有一个字母、汉字或数字。"),
    ("word", "x" * 101, "The word has 101 characters; at most 100 work.", "这个词语有 101 个字符，最多 100 个。"),
    ("pattern", "(", "That pattern can't be used: ", "这个正则无法使用："),
    ("pattern", "a*", "That pattern matches the empty text", "这个正则能匹配空文本，会拒绝所有提示词。"),
    ("pattern", "x" * 501, "The pattern has 501 characters; at most 500", "这个正则有 501 个字符，最多 500 个。"),
    ("pattern", r"\pL{9}", "That pattern grows too large: use smaller", "这个正则展开后太大：请减少重复次数"),
    ("strikes", "51", "That must be a whole number from 0 to 50;", "请填 0 到 50 的整数；填 0 则不会暂停任何人。"),
    ("strikes", "x", "That must be a whole number from 0 to 50;", "请填 0 到 50 的整数；填 0 则不会暂停任何人。"),
]


async def test_what_can_not_be_a_rule_is_refused_in_both_languages(world):
    moderators = add_moderators(world)
    for what, typed, *words in NO_RULES:
        for who, text in zip(moderators, words, strict=True):
            assert text in await added(world, who, what, typed)
    assert cases(world) == []


async def test_a_rule_that_is_there_and_one_too_many_are_refused_in_both_languages(world):
    moderators = add_moderators(world)
    listed = await mod(moderators[0], "rules")
    for what, text in (("word", "blood"), ("pattern", r"\pL{6}"), ("pattern", r"a\pL{6}")):
        listed = await add(world, moderators[0], listed, what, text)
    full = [(world.guild.id, "word", f"word {number}") for number in range(197)]
    for who, known, large in zip(
        moderators,
        ("This server has that rule already.", "本服务器已有这条规则。"),
        ("The patterns of this server would grow too large together.", "本服务器的正则合起来太大。"),
        strict=True,
    ):
        assert known in await added(world, who, "word", "blood")
        assert known in await added(world, who, "pattern", r"\pL{6}")
        assert large in await added(world, who, "pattern", r"b\pL{6}")
    with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
        conn.executemany("INSERT INTO prompt_rules (server_id, kind, text) VALUES (?, ?, ?)", full)
    for who, words in zip(
        moderators,
        ("This server has 200 rules, the most there can be. Remove one first.", "本服务器已有 200 条规则，达到上限。"),
        strict=True,
    ):
        assert words in await added(world, who, "word", "one more")


async def test_strikes_are_shown_and_set_in_both_languages(world):
    english, chinese = add_moderators(world)
    listed = await mod(english, "rules")
    assert "when the image service has refused 3 of their prompts within 24 hours" in listed.text
    listed = await add(world, english, listed, "strikes", "1")
    assert "has refused 1 of their prompts within 24 hours" in listed.text
    bob = world.member("bob")
    await world.imagine(bob, "[refuse]")
    await world.job_is("failed")
    assert "The image service refused several of your prompts" in (await refused(bob)).text
    listed = await mod(chinese, "rules")
    assert "24 小时内被图像服务拒绝 1 个提示词" in listed.text
    assert "不会因为图像服务拒绝提示词而暂停任何人" in (await add(world, chinese, listed, "strikes", "0")).text


async def test_many_rules_come_in_pages_that_fit_in_a_message(world):
    moderator = world.member("mod")
    listed = await mod(moderator, "rules")
    for number in range(17):
        listed = await add(world, moderator, listed, "word", f"{number} " + "_*x" * 32)
    assert "Rules for prompts in this server: 17" in listed.text
    assert ("\n16 · word: “15 " in listed.text, "\n1 · word" in listed.text) == (True, False)
    first = await replaced(world, await moderator.press(listed, "Back"), listed)
    assert len(first.text) <= 2000
    assert first.button("Back").disabled
    assert ("\n1 · word: “0 " in first.text, "\n16 · word" in first.text) == (True, False)
    last = await replaced(world, await moderator.press(first, "Next"), first)
    assert last.button("Next").disabled


async def test_a_rule_of_another_server_does_not_count_here_and_can_not_be_removed_from_here(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        add_strangers(other)
        eve, moderator = world.member("eve", other), world.member("mod")
        listed = await mod(moderator, "rules")
        listed = await add(world, moderator, listed, "word", "blood")
        theirs = await add(world, eve, await mod(eve, "rules"), "word", "cat")
        assert "blood" not in theirs.text
        assert "Queued" in (await world.imagine(world.member("bob"), "a cat")).text
        menu = {
            "type": 3, "id": 99, "custom_id": "mod:rules:remove:0", "min_values": 1, "max_values": 1,
            "options": [{"label": "x", "value": value} for value in ("1", "x")],
        }  # fmt: skip
        for name, words in (
            ("eve", "This server doesn't have that rule any more."),
            ("lan", "本服务器已经没有这条规则了。"),
        ):
            who = world.member(name, other)
            forged = forge(await mod(who, "rules"), "mod:rules:remove:0")
            forged.components[0]["components"] = [menu]
            for value in ("1", "x"):
                used = await who.press(forged, "mod:rules:remove:0", values=[value], force=True)
                assert await said(world, used) == words
        assert len(world.rows("SELECT 1 FROM prompt_rules")) == 2


async def test_list_and_modal_work_after_a_restart(world):
    moderator = world.member("mod")
    listed = await mod(moderator, "rules")
    used = await moderator.press(listed, "Add a word")
    await used.response()
    await world.stop_bot()
    await world.start_bot()
    listed = await replaced(world, await moderator.submit_modal(used, {"typed": "blood"}), listed)
    await world.stop_bot()
    await world.start_bot()
    assert "“blood”" in (await refused(world.member("bob"), "blood")).text
    await replaced(world, await moderator.press(listed, listed.selects[0][0], values=["1"]), listed)
    assert world.rows("SELECT * FROM prompt_rules") == []


async def test_a_prompt_rule_stops_a_price_offer_that_was_made_before_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob, moderator = world.member("bob"), world.member("mod")
        question = await refused(bob, "a pool of blood")
        await add(world, moderator, await mod(moderator, "rules"), "word", "blood")
        agree = next(one for one in question.buttons if one.custom_id.endswith(":agree"))
        used = await bob.press(question, agree.custom_id)
        assert "don't allow “blood” in prompts" in (await used.reply()).text
        assert world.rows("SELECT * FROM jobs") == []
