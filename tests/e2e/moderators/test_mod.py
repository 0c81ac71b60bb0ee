"""/mod as moderators, admins, members and strangers meet it, over real sockets."""

import sqlite3
from contextlib import closing

import pytest

from sandbox.discord import ClientRefused
from sandbox.faults import Fault
from tests.support.moderators import add_moderators, add_strangers, cases, delivered, forge, mod, replaced, said
from tests.support.settings import add_admins, ask, choose
from tests.support.world import open_world

COMMANDS = {
    "block": {"member": "bob", "duration": "1h"},
    "unblock": {"member": "bob"},
    "remove": {"number": 1},
    "rules": {},
    "case": {"number": 1, "note": "seen it"},
}
REFUSED = {"bob": "Only moderators of the server can do that", "mei": "只有服务器版主可以这样做"}
NO_JOB = {"mod": "There is no job #812 in this server.", "min": "本服务器没有编号为 #812 的任务"}


# -- who may


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_member_whom_discord_lets_pass_is_refused_by_the_bot_in_both_languages(world, command):
    for name in REFUSED:
        with pytest.raises(ClientRefused):
            await world.member(name).invoke(f"mod {command}", COMMANDS[command])
    world.guild.grant_command("mod", "@everyone")
    for name, words in REFUSED.items():
        assert words in (await mod(world.member(name), command, **COMMANDS[command])).text
    assert cases(world) == []


async def test_a_role_that_counts_as_moderator_moderates_and_no_longer_when_it_is_lost(world):
    ada, _ = add_admins(world)
    world.guild.add_role("Helper")
    world.guild.set_roles("mei", ["Helper"])
    world.guild.grant_command("mod", "@everyone")
    mei = world.member("mei")
    assert REFUSED["mei"] in (await mod(mei, "block", member="bob")).text
    await choose(world, ada, await ask(ada, "roles"), "moderators", ["Helper"])
    assert "永久有效" in (await mod(mei, "block", member="bob")).text
    listed = await mod(mei, "rules")
    world.guild.set_roles("mei", [])
    assert REFUSED["mei"] in (await mod(mei, "unblock", member="bob")).text
    used = await mei.press(listed, "mod:rules:word")
    assert REFUSED["mei"] in (await used.reply()).text
    assert [kind for _, kind, _ in cases(world)] == ["block"]


async def test_a_moderator_of_another_server_reaches_nothing_here_by_number_or_by_id(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        add_strangers(other)
        moderator = world.member("mod")
        await delivered(world, world.member("bob"))
        job_id = world.rows("SELECT id FROM jobs")[0]["id"]
        await mod(moderator, "block", member="bob", reason="spam")
        question = await mod(moderator, "remove", number=1)
        question_id = question.buttons[0].custom_id.rpartition(":")[2]
        for name, words in (
            (
                "eve",
                {
                    "case": "There is no case #1 in this server.",
                    "number": "There is no job #1 in this server.",
                    "block": "Nothing keeps this member from asking",
                    "job": "I don't know this job any more.",
                    "question": "I don't know this question any more. Use the command again.",
                },
            ),
            (
                "lan",
                {
                    "case": "本服务器没有处置记录 #1。",
                    "number": "本服务器没有编号为 #1 的任务。",
                    "block": "这位成员没有被封禁。",
                    "job": "我已经找不到这个任务了。",
                    "question": "我已经不记得这个问题了，请重新使用命令。",
                },
            ),
        ):
            who = world.member(name, other)
            assert words["case"] in (await mod(who, "case", number=1)).text
            assert words["case"] in (await mod(who, "case", number=1, note="x")).text
            assert words["number"] in (await mod(who, "remove", number=1)).text
            assert words["block"] in (await mod(who, "unblock", member=world.member("bob").user)).text
            listed = await mod(who, "rules")
            for custom_id, what in (
                (f"mod:remove:{job_id}", "job"),
                (f"mod:pause:{job_id}", "job"),
                (f"mod:take:{question_id}", "question"),
                (f"mod:ask:{question_id}", "question"),
                ("mod:rules:add:anything", "question"),
                (f"mod:pause-for:{job_id}:1", "job"),
                ("mod:pause-for:nothing:1", "job"),
                (f"mod:remove:{10**30}", "job"),
            ):
                used = await who.press(forge(listed, custom_id), custom_id, force=True)
                is_asked = custom_id.split(":")[1] in {"remove", "pause"}
                answer = (await used.reply()).text if is_asked else await said(world, used)
                assert words[what] in answer, custom_id
        eve = world.member("eve", other)
        listed = await mod(eve, "rules")
        for custom_id in (f"mod:refund:{question_id}", "mod:give-back:1"):
            used = await eve.press(forge(listed, custom_id), custom_id, force=True)
            assert "I don't know this question any more" in await said(world, used)
        assert [kind for _, kind, _ in cases(world)] == ["block"]
        assert cases(world, other.id) == []
        assert world.job()["deleted_ms"] == 0


# -- removing pictures


async def test_removing_asks_first_and_keeps_everything_if_not_agreed(world):
    english, chinese = add_moderators(world)
    await delivered(world, world.member("bob"))
    for who, label, words in ((english, "Keep", "Nothing was removed."), (chinese, "保留", "什么也没有移除。")):
        question = await mod(who, "remove", number=1)
        assert (await replaced(world, await who.press(question, label), question)).text == words
    assert world.job()["deleted_ms"] == 0
    assert cases(world) == []


@pytest.mark.parametrize(
    ("name", "label", "words", "wishes"),
    [
        ("mod", "Remove", "The pictures of #1 are removed. Case #1.\nReason: ugly", 0),
        (
            "min",
            "移除并申请退费",
            "#1 的图片已经移除。处置记录 #1。\n原因：ugly\n已请本服务器的管理员退回费用。",
            1,
        ),
    ],
)
async def test_removing_takes_message_and_files_and_has_a_refund_asked_for_if_wished(world, name, label, words, wishes):
    add_moderators(world)
    who, bob = world.member(name), world.member("bob")
    card = await delivered(world, bob)
    (path,) = [row["path"] for row in world.rows("SELECT path FROM images")]
    assert (world.config.storage.images / path).exists()
    question = await mod(who, "remove", number=1, reason="ugly")
    after = await replaced(world, await who.press(question, label), question)
    assert after.text == words
    assert after.buttons == []
    assert card.id not in [one.id for one in bob.read("general")]
    assert not (world.config.storage.images / path).exists()
    assert (world.job()["prompt"], world.job()["deleted_ms"] > 0) == ("a flower shop", True)
    assert len(world.rows("SELECT 1 FROM outbox WHERE kind = 'refund-asked'")) == wishes
    assert world.rows("SELECT 1 FROM ledger WHERE kind = 'refund'") == []
    again = {"mod": "The pictures of #1 are removed already", "min": "#1 的图片已经移除了"}[name]
    assert again in (await mod(who, "remove", number=1)).text
    assert cases(world) == [(1, "remove", "ugly")]
    steps = world.rows("SELECT act FROM audit WHERE act LIKE 'job.removal%' ORDER BY id")
    assert [row["act"] for row in steps] == ["job.removal_intent", "job.removal_done"]


async def test_the_question_of_the_log_channels_button_is_answered_after_a_restart(world):
    moderator = world.member("mod")
    await delivered(world, world.member("bob"))
    job_id = world.rows("SELECT id FROM jobs")[0]["id"]
    listed = await mod(moderator, "rules")
    key = f"mod:remove:{job_id}"
    question = await (await moderator.press(forge(listed, key), key, force=True)).reply()
    await world.stop_bot()
    await world.start_bot()
    used = await moderator.press(question, "Remove")
    assert "are removed. Case #1." in (await replaced(world, used, question)).text


async def test_where_it_is_not_known_any_more_where_the_message_stands_that_is_said_in_both_languages(world):
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    for number, (who, label, words) in enumerate(
        ((english, "Remove", "I no longer know which message"), (chinese, "移除", "已经不知道是哪条消息")), 1
    ):
        card = await delivered(world, bob)
        with closing(sqlite3.connect(world.config.storage.file, timeout=10)) as conn, conn:
            # As what was asked for long ago is erased.
            conn.execute("UPDATE jobs SET prompt = '', channel_id = 0, message_id = 0, token = ''")
        question = await mod(who, "remove", number=number)
        after = await replaced(world, await who.press(question, label), question)
        assert words in after.text
        assert card.id in [one.id for one in bob.read("general")]
        assert not [one for one in world.discord.requests if one.method == "DELETE"]


async def test_where_the_message_can_not_be_deleted_its_pictures_go_by_an_edit(world):
    moderator, bob = world.member("mod"), world.member("bob")
    card = await delivered(world, bob)
    question = await mod(moderator, "remove", number=1)
    for name in ("delete_followup", "delete_message"):
        world.discord.faults.add(name, Fault(status=403, body=b'{"code": 50013, "message": "Missing Permissions"}'))
    used = await moderator.press(question, "Remove")
    assert "The message itself still stands" in (await replaced(world, used, question)).text
    await world.shown(bob, lambda one: one.id == card.id and not one.gallery)


async def test_what_was_given_back_or_removed_meanwhile_is_not_again_in_both_languages(world):
    moderators = add_moderators(world)
    ada, _ = add_admins(world)
    await delivered(world, world.member("bob"))
    await world.imagine(world.member("bob"), "[fail]")
    await world.job_is("failed", 2)
    questions = [[await mod(who, "remove", number=number) for number in (1, 2)] for who in moderators]
    await (await ada.invoke("quota refund", {"number": 1, "reason": "blurred"})).reply()
    for who, (_, free), nothing in zip(
        moderators,
        questions,
        ("Nothing was charged for this job, so there is nothing to give back.", "这个任务没有收费，没有可退回的。"),
        strict=True,
    ):
        # The question about a job without a charge has no such button.
        refund = free.buttons[0].custom_id.replace("take", "ask")
        assert await said(world, await who.press(forge(free, refund), refund, force=True)) == nothing
    assert world.job()["deleted_ms"] == 0
    question = await mod(moderators[0], "remove", number=1)
    await replaced(world, await moderators[0].press(question, "Remove"), question)
    for who, (paid, _), words in zip(
        moderators, questions, ("The pictures of #1 are removed already.", "#1 的图片已经移除了。"), strict=True
    ):
        after = await replaced(world, await who.press(paid, paid.buttons[0].custom_id), paid)
        assert (after.text, after.buttons) == (words, [])
    assert len(cases(world)) == 1


async def test_the_slower_of_two_moderators_learns_how_the_refund_is_still_had_in_both_languages(world):
    moderators = add_moderators(world)
    owner = world.member("operator")
    await delivered(world, world.member("bob"))
    questions = [await mod(who, "remove", number=1) for who in (*moderators, owner)]
    await replaced(world, await owner.press(questions[2], "Remove"), questions[2])
    for who, question, words in zip(
        moderators,
        questions,
        (
            "Its charge can still be given back: an admin does that with /quota refund number:1.",
            "费用仍可退回：由管理员使用 /quota refund，编号填 1。",
        ),
        strict=False,
    ):
        after = await replaced(world, await who.press(question, question.buttons[1].custom_id), question)
        assert after.text.splitlines()[1] == words
        assert after.buttons == []


async def test_a_member_reads_who_removed_their_pictures_why_and_what_became_of_the_charge(world):
    owner = world.member("operator")
    for number, name, button, words in (
        (1, "bob", "Remove", ("A moderator removed these pictures (reason: ugly).", "From your free pictures: 1.")),
        (
            2,
            "mei",
            "Remove and give back the charge",
            ("版主移除了这些图片（原因：ugly）。", "从你的免费图片中扣除 1 张。"),
        ),
    ):
        who = world.member(name)
        await world.imagine(who)
        await world.job_is("delivered", number)
        question = await mod(owner, "remove", number=number, reason="ugly")
        await replaced(world, await owner.press(question, button), question)
        shown = await (await who.invoke("job", {"number": number})).reply()
        assert all(one in shown.text for one in words)
        assert shown.text.count("已退还：免费图片 1 张") == (1 if number == 2 else 0)


@pytest.mark.parametrize("name", ["mod", "min"])
async def test_what_does_not_exist_or_is_under_way_is_not_removed(tmp_path, name):
    async with open_world(tmp_path, service_s=(500.0, 500.0)) as world:
        add_moderators(world)
        who = world.member(name)
        assert NO_JOB[name] in (await mod(who, "remove", number=812)).text
        await world.imagine(world.member("bob"))
        words = {"mod": "#1 is still under way; it can be deleted once", "min": "#1 还在进行中，完成后才能删除。"}[name]
        assert words in (await mod(who, "remove", number=1)).text
        assert cases(world) == []


# -- cases


async def test_a_case_is_read_and_noted_in_both_languages(world):
    english, chinese = add_moderators(world)
    bob = world.member("bob")
    await mod(english, "block", member="bob", reason="spam")
    file = await mod(english, "case", number=1, note="saw it\n**Case #2**")
    assert "**Case #1: a member was blocked**" in file.text
    for line in (f"Member: {bob.mention}", f"By: {english.mention}", "For good", "Reason: spam"):
        assert line in file.text.splitlines()
    assert file.text.endswith(f"{english.mention}: saw it \\*\\*Case #2\\*\\*")
    file = await mod(chinese, "case", number=1)
    for words in ("**处置记录 #1：封禁了一位成员**", f"成员：{bob.mention}", "永久有效", "原因：spam", "saw it"):
        assert words in file.text
    assert "There is no case #2 in this server." in (await mod(english, "case", number=2)).text
    assert "本服务器没有处置记录 #2。" in (await mod(chinese, "case", number=2, note="x")).text
    await mod(english, "case", number=1, note="\u200b\u2800")
    assert len(world.rows("SELECT 1 FROM case_notes")) == 1


async def test_a_case_shows_what_replaced_or_lifted_it_in_both_languages(world):
    english, chinese = add_moderators(world)
    await mod(english, "block", member="bob", duration="1h")
    await mod(english, "block", member="mei")
    await mod(chinese, "block", member="bob", duration="1d")
    await mod(english, "unblock", member="bob")
    replaced_by = f"Replaced by case #3 of {chinese.mention}, <t:"
    assert replaced_by in (await mod(english, "case", number=1)).text
    assert f"已由处置记录 #4 解除（{english.mention}，<t:" in (await mod(chinese, "case", number=3)).text
    assert f"Lifted by case #4 of {english.mention}, <t:" in (await mod(english, "case", number=3)).text
    for number in (2, 4):
        assert "case #" not in (await mod(english, "case", number=number)).text.split("\n", 1)[1]
    world.advance(25 * 3600)
    await mod(english, "block", member="bob", duration="1m")
    world.advance(120)
    await mod(english, "block", member="bob")
    assert "Replaced" not in (await mod(english, "case", number=5)).text  # it had ended by itself


async def test_a_case_with_many_notes_shows_the_newest_and_says_how_many_it_leaves_out(world):
    moderator = world.member("mod")
    await mod(moderator, "block", member="bob")
    for number in range(5):
        await mod(moderator, "case", number=1, note=f"{number}" + "_" * 499)
    file = await mod(moderator, "case", number=1, note="5" + "_" * 499)
    assert len(file.text) <= 2000
    assert "more notes before these" in file.text
    assert f"{moderator.mention}: 5\\_" in file.text
