"""/mod rules: the list, its buttons, menu and modals, and what members meet of it, over real sockets."""

import pytest

from sandbox.discord import Actor, SeenMessage
from tests.support.moderators import add_moderators, cases, forge, mod, refused, replaced, said
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
        (chinese, "还没有规则。", "已添加：blood", "模式：“go+re”", "已移除：blood"),
    ):
        listed = await mod(who, "rules")
        assert empty in listed.text
        listed = await add(world, who, listed, "word", "blood")
        assert words in listed.text
        listed = await add(world, who, listed, "pattern", "go+re")
        assert pattern in listed.text
        assert "don't allow “blood” in prompts" in (await refused(bob, "a pool of b l 0 o d")).text
        assert "违反了本服务器管理员设定的规则" in (await refused(mei, "GOOORE")).text
        assert "don't allow “blood” in negative prompts" in (await refused(bob, negative_prompt="BLOOD")).text
        for _ in range(2):
            (menu,) = listed.selects
            listed = await replaced(world, await who.press(listed, menu[0], values=[menu[1][0]]), listed)
            assert removed.split("blood")[0] in listed.text
        assert listed.selects == []
    assert "Queued" in (await world.imagine(bob, "a pool of blood")).text
    kinds = [kind for _, kind, _ in cases(world)]
    assert kinds == ["rule-added", "rule-added", "rule-removed", "rule-removed"] * 2


@pytest.mark.parametrize(
    ("what", "typed", "english", "chinese"),
    [
        ("word", "***", "A word needs a letter or a digit.", "至少"),
        ("pattern", "(", "That pattern can't be used", "RE2"),
        ("pattern", "a*", "matches the empty text", "空"),
        ("strikes", "51", "a whole number from 0 to 50", "0 到 50 的整数"),
        ("strikes", "x", "a whole number from 0 to 50", "0 到 50 的整数"),
    ],
)
async def test_what_can_not_be_a_rule_is_refused_in_both_languages(world, what, typed, english, chinese):
    for who, words in zip(add_moderators(world), (english, chinese), strict=True):
        listed = await mod(who, "rules")
        used = await who.press(listed, f"mod:rules:{what}")
        assert words in await said(world, await who.submit_modal(used, {"typed": typed}))
    assert cases(world) == []


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
    last = await replaced(world, await moderator.press(first, "Further"), first)
    assert last.button("Further").disabled


async def test_a_rule_of_another_server_does_not_count_here_and_can_not_be_removed_from_here(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
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
        for value in ("1", "x"):
            forged = forge(theirs, "mod:rules:remove:0")
            forged.components[0]["components"] = [menu]
            used = await eve.press(forged, "mod:rules:remove:0", values=[value], force=True)
            assert "doesn't have that rule any more" in await said(world, used)
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


async def test_a_prompt_rule_stops_a_draft_that_was_offered_before_it(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob, moderator = world.member("bob"), world.member("mod")
        question = await refused(bob, "a pool of blood")
        await add(world, moderator, await mod(moderator, "rules"), "word", "blood")
        agree = next(one for one in question.buttons if one.custom_id.endswith(":agree"))
        used = await bob.press(question, agree.custom_id)
        assert "don't allow “blood” in prompts" in (await used.reply()).text
        assert world.rows("SELECT * FROM jobs") == []
