"""Members who are blocked, paused or struck by moderators, and let in again, over real sockets."""

import json

import pytest

from tests.support.moderators import add_moderators, cases, delivered, forbid_gore, forge, mod, refused, replaced, said
from tests.support.settings import add_admins, report_in
from tests.support.world import World, open_world


def audited(world: World, act: str) -> list[dict[str, object]]:
    return [json.loads(row["detail"]) for row in world.rows("SELECT detail FROM audit WHERE act = ? ORDER BY id", act)]


# -- blocks


async def test_a_blocked_member_is_told_why_and_until_when_in_both_languages(world):
    english, chinese = add_moderators(world)
    answer = await mod(english, "block", member="bob", duration="2h", reason="too *many* <@1> cats\n**Case #9**")
    (row,) = world.rows("SELECT until_ms FROM blocks")
    until = f"<t:{-(-row['until_ms'] // 1000)}:R>"
    reason = "too \\*many\\* \\<\\@1\\> cats \\*\\*Case #9\\*\\*"
    bob = world.member("bob")
    assert answer.text == f"{bob.mention} can't ask for pictures until {until}. Case #1.\nReason: {reason}"
    refusal = await refused(bob)
    assert refusal.text == (
        f"You can't ask for pictures in this server now; you can again {until} (case #1).\n"
        f"The moderators' reason: {reason}\n"
        "If you think that is wrong, press the button: the moderators will decide."
    )
    assert [(one.label, one.custom_id) for one in refusal.buttons] == [("Appeal", "appeal:1")]
    assert refusal.pinged == answer.pinged == ()
    mei = world.member("mei")
    assert (await mod(chinese, "block", member="mei")).text == f"{mei.mention} 不能再画图了，永久有效。处置记录 #2。"
    refusal = await refused(mei)
    assert refusal.text == ("你不能再在本服务器画图了（处置记录 #2）。\n如果你认为不对，请按按钮申诉：由版主决定。")
    assert [one.label for one in refusal.buttons] == ["申诉"]
    assert world.rows("SELECT * FROM jobs") == []
    assert audited(world, "mod.block")[0]["reason"] == "too *many* <@1> cats **Case #9**"


async def test_a_blocked_member_is_refused_at_the_button_that_agrees_to_a_price(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 0, "budget": "5"}) as world:
        bob, moderator = world.member("bob"), world.member("mod")
        question = await refused(bob)
        agree = next(one for one in question.buttons if one.custom_id.endswith(":agree"))
        await mod(moderator, "block", member="bob", duration="1d")
        used = await bob.press(question, agree.custom_id)
        assert "You can't ask for pictures in this server now" in (await used.reply()).text
        assert world.rows("SELECT * FROM jobs") == []


async def test_unblocking_lets_a_member_ask_again_in_both_languages(world):
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    for who, words, nothing in (
        (english, f"{bob.mention} can ask for pictures again. Case #2.", "Nothing keeps this member from asking"),
        (chinese, f"{bob.mention} 可以再次画图了。处置记录 #4。", "这位成员没有被封禁"),
    ):
        await mod(english, "block", member="bob")
        assert words in (await mod(who, "unblock", member="bob")).text
        assert nothing in (await mod(who, "unblock", member="bob")).text
    assert "Queued" in (await world.imagine(bob)).text


async def test_the_wait_after_refused_prompts_is_shown_and_a_moderator_ends_it_in_both_languages(world):
    english, chinese = add_moderators(world)
    ada, li = add_admins(world)
    forbid_gore(world)
    bob, mei = world.member("bob"), world.member("mei")
    for who, name, moderator, admin, own, others in (
        (bob, "bob", english, ada, "After refused prompts you can ask again <t:", "this member can ask again <t:"),
        (mei, "mei", chinese, li, "因提示词被拒绝，<t:", "因提示词被拒绝，该成员 <t:"),
    ):
        for _ in range(5):
            await refused(who, "gore")
        assert own in (await (await who.invoke("balance")).reply()).text
        shown = await (await admin.invoke("quota show", {"member": name})).reply()
        assert others in shown.text
        answer = await mod(moderator, "unblock", member=name)
        assert "Case #1" in answer.text or "处置记录 #2" in answer.text
        assert own not in (await (await who.invoke("balance")).reply()).text
        assert (await world.imagine(who)).text


async def test_what_is_no_duration_or_no_possible_one_is_refused_in_both_languages(world):
    english, chinese = add_moderators(world)
    for typed in ("soon", "2 years"):
        words = f"“{typed}” is not a duration. Write it such as 10m, 2h, 3d or 1w;"
        assert words in (await mod(english, "block", member="bob", duration=typed)).text
        words = f"“{typed}”不是时长。请写成 10m、2h、3d 或 1w 这样；"
        assert words in (await mod(chinese, "block", member="bob", duration=typed)).text
    for typed in ("0m", "366d"):
        words = f"“{typed}” is not possible: a block lasts a minute at least and 365 days at most"
        assert words in (await mod(english, "block", member="bob", duration=typed)).text
        words = f"“{typed}”不行：封禁最短一分钟，最长 365 天。"
        assert words in (await mod(chinese, "block", member="bob", duration=typed)).text
    assert cases(world) == []


async def test_nobody_blocks_a_bot_themselves_an_admin_or_as_a_moderator_another_one(world):
    english, chinese = add_moderators(world)
    ada, _ = add_admins(world)
    ids = {name: world.member(name).mention for name in ("ada", "mod", "min")}
    bot = world.discord.bot_user
    for who, target, words in (
        (english, bot, "A bot can't ask for pictures"),
        (chinese, bot, "机器人本来就不能画图"),
        (english, "mod", "You can't block yourself."),
        (english, "ada", f"{ids['ada']} is an admin of this server and can't be blocked"),
        (chinese, "ada", "是本服务器的管理员，不能被封禁"),
        (english, "min", f"{ids['min']} is a moderator; only an admin can block them"),
        (chinese, "mod", "是版主，只有管理员可以封禁"),
    ):
        assert words in (await mod(who, "block", member=target)).text
    world.guild.grant_command("mod", "Boss")
    assert (await mod(ada, "block", member="ada")).text == "You can't block yourself."
    assert cases(world) == []
    assert "Case #1" in (await mod(ada, "block", member="min")).text


async def test_an_admin_does_not_block_themselves_by_command_or_by_button_in_both_languages(world):
    add_admins(world)
    world.guild.grant_command("mod", "@everyone")
    for number, (name, words) in enumerate({"bob": "You can't block yourself.", "mei": "你不能封禁自己。"}.items(), 1):
        who = world.member(name)
        world.guild.set_roles(name, ["Boss"])
        assert (await mod(who, "block", member=name)).text == words
        await delivered(world, who)
        key = f"mod:pause-for:{world.job(number)['id']}:1"
        listed = await mod(who, "rules")
        assert await said(world, await who.press(forge(listed, key), key, force=True)) == words
    assert cases(world) == []


async def test_a_block_holds_over_a_restart(world):
    await mod(world.member("mod"), "block", member="bob", duration="1d")
    await world.stop_bot()
    await world.start_bot()
    refusal = await refused(world.member("bob"))
    assert "(case #1)" in refusal.text
    assert [one.custom_id for one in refusal.buttons] == ["appeal:1"]


# -- pausing from the log channel


@pytest.mark.parametrize(("label", "hours"), [("1 hour", 1), ("1 day", 24), ("1 week", 168)])
async def test_a_press_pauses_a_jobs_member_for_as_long_as_was_chosen(world, label, hours):
    moderator, bob = world.member("mod"), world.member("bob")
    await delivered(world, bob)
    job_id = world.rows("SELECT id FROM jobs")[0]["id"]
    listed = await mod(moderator, "rules")
    used = await moderator.press(forge(listed, f"mod:pause:{job_id}"), f"mod:pause:{job_id}", force=True)
    question = await used.reply()
    assert f"How long may {bob.mention} not ask" in question.text
    before = world.clock.now_ms()
    pressed = await moderator.press(question, label)
    assert "can't ask for pictures until" in (await replaced(world, pressed, question)).text
    (row,) = world.rows("SELECT until_ms FROM blocks")
    assert before <= row["until_ms"] - hours * 3_600_000 <= world.clock.now_ms()


async def test_a_pause_is_refused_for_who_has_become_a_moderator_and_taken_for_who_has_left(world):
    moderator, bob = world.member("mod"), world.member("bob")
    await delivered(world, bob)
    job_id = world.rows("SELECT id FROM jobs")[0]["id"]
    listed = await mod(moderator, "rules")
    key = f"mod:pause-for:{job_id}:24"
    world.guild.set_roles("bob", ["Moderator"])
    assert "is a moderator; only an admin" in await said(
        world, await moderator.press(forge(listed, key), key, force=True)
    )
    world.guild.remove_member("bob")
    await replaced(world, await moderator.press(forge(listed, key), key, force=True), listed)
    assert [kind for _, kind, _ in cases(world)] == ["block"]


async def test_a_press_does_not_shorten_a_block_in_both_languages(world):
    english, chinese = add_moderators(world)
    await delivered(world, world.member("bob"))
    job_id = world.rows("SELECT id FROM jobs")[0]["id"]
    await mod(english, "block", member="bob")
    for who, words in (
        (english, "can't ask for pictures for longer than that already (case #1)"),
        (chinese, "这位成员已被封禁更长时间（处置记录 #1），所以没有改动。"),
    ):
        listed = await mod(who, "rules")
        key = f"mod:pause-for:{job_id}:1"
        assert words in await said(world, await who.press(forge(listed, key), key, force=True))
    assert [row["until_ms"] for row in world.rows("SELECT until_ms FROM blocks")] == [0]


async def test_a_moderator_who_is_blocked_does_not_let_themselves_in_in_both_languages(world):
    add_moderators(world)
    add_admins(world)
    world.guild.grant_command("mod", "@everyone")
    for name, words in (("mod", "You can't let yourself in again"), ("min", "你不能解除自己的封禁")):
        who = world.member(name)
        await mod(world.member("ada"), "block", member=name)
        assert words in (await mod(who, "unblock", member=name)).text
        assert "unblock" not in [kind for _, kind, _ in cases(world)]


# -- strikes


async def test_three_prompts_that_the_service_refuses_pause_a_member_who_is_told_and_so_are_moderators(world):
    ada, _ = add_admins(world)
    await report_in(world, ada, "general")
    mei, bob = world.member("mei"), world.member("bob")
    for number, prompt in enumerate(("[refuse] a", "[ip] b", "[refuse] c"), 1):
        await world.imagine(mei, prompt)
        await world.job_is("failed", number)
    refusal = await refused(mei)
    assert "可以再画（处置记录 #1）" in refusal.text
    assert "图像服务因内容拒绝了你的多个提示词" in refusal.text
    notice = await world.shown(bob, lambda one: "is paused" in one.text)
    assert f"**{mei.mention} is paused**" in notice.text
    assert "refused 3 of their prompts within a day" in notice.text
    assert notice.pinged == ()
    file = await mod(world.member("mod"), "case", number=1)
    assert "a member was paused" in file.text
    assert "By: the program, for strikes" in file.text
    assert "Job: #3" in file.text
    assert "Queued" in (await world.imagine(bob)).text
    await mod(world.member("mod"), "unblock", member="mei")
    assert "排队" in (await world.imagine(mei)).text
