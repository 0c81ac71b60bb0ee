"""/privacy as members meet it, in servers and in direct messages, over real sockets."""

import copy
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace

import pytest

from bot.presentation.kit.limits import SURE_LIMIT_BYTES
from sandbox.discord import SeenMessage
from sandbox.discord.people.actors import DIRECT
from tests.support.clients.privacy import ERASE, changed, forget, pictures, use
from tests.support.faults import denied
from tests.support.forgetting import columns_with
from tests.support.settings import refusal
from tests.support.world import World, open_world

KEEP = {"bob": "Keep everything", "mei": "全部保留"}


async def archive(world: World, answer: SeenMessage) -> dict[str, bytes]:
    (file,) = answer.attachments
    with zipfile.ZipFile(io.BytesIO(await world.discord.fetch(file.url))) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def whole(world: World, *wanted: str | int) -> list[str]:
    """Look for values in all of the bot's database."""
    with closing(sqlite3.connect(f"file:{world.config.storage.file}?mode=ro", uri=True)) as conn:
        return columns_with(conn, *wanted)


@pytest.mark.parametrize("channel", ["general", DIRECT])
@pytest.mark.parametrize(
    ("name", "says", "no_part"),
    [
        ("bob", "part 1 of 1, with one kept picture in all", "There is only one part."),
        ("mei", "第 1 部分，共 1 部分；保留的图片总共 1 张", "总共只有 1 部分，从 1 开始编号。"),
    ],
)
async def test_an_export_has_the_members_requests_and_pictures_and_only_they_see_it(
    world, name, says, no_part, channel
):
    who = world.member(name)
    await world.imagine(who, "a very red fox")
    await world.imagine(world.member("mod"), "somebody else's owl")
    await world.job_is("delivered")
    await world.job_is("delivered", 2)
    answer = await use(who, "export", channel)
    assert says in answer.text
    files = await archive(world, answer)
    (job,) = json.loads(files["jobs-1.json"])
    assert (job["number"], job["prompt"], job["server"]) == (1, "a very red fox", str(world.guild.id))
    assert files[job["images"][0]["file"]] in [path.read_bytes() for path in pictures(world)]
    # Not three letters, which a picture's bytes may well hold.
    assert b"somebody else's owl" not in b"".join(files.values())
    assert no_part in (await use(who, "export", channel, part=2)).text


async def test_what_one_upload_cannot_carry_comes_in_parts(world):
    bob = world.member("bob")
    for number in (1, 2):
        await world.imagine(bob)
        await world.job_is("delivered", number)
    for path in pictures(world):
        path.write_bytes(bytes(6 * 1024 * 1024))
    first = await use(bob, "export")
    assert "part 1 of 2" in first.text
    assert "The next part: /privacy export with part 2." in first.text
    second = await use(bob, "export", part=2)
    assert "part 2 of 2" in second.text
    assert "next part" not in second.text
    names = [name for answer in (first, second) for name in await archive(world, answer)]
    assert len([name for name in names if name.startswith("pictures/")]) == 2
    assert all(file.size <= SURE_LIMIT_BYTES for answer in (first, second) for file in answer.attachments)
    assert "There are 2 parts" in (await use(bob, "export", part=3)).text


async def test_a_file_too_large_for_any_upload_is_named(world):
    bob = world.member("bob")
    await world.imagine(bob)
    await world.job_is("delivered")
    pictures(world)[0].write_bytes(bytes(30 * 1024 * 1024))
    answer = await use(bob, "export")
    assert "One file is too large for an upload here" in answer.text


@pytest.mark.parametrize("channel", ["general", DIRECT])
@pytest.mark.parametrize(
    ("name", "nothing", "question", "done"),
    [
        (
            "bob",
            "Nothing is kept about you.",
            "It goes for good: the prompt of one request with what the image service made of them, one kept picture",
            "Erased: one request and one kept picture.",
        ),
        ("mei", "没有保存任何关于你的数据。", "会永久清除：1 个请求的提示词", "已清除 1 个请求和 1 张保留的图片。"),
    ],
)
async def test_who_is_forgotten_is_in_no_column_any_more_and_their_messages_go(
    world, name, nothing, question, done, channel
):
    who, other = world.member(name), world.member("mod")
    for command in ("export", "forget"):
        assert (await use(who, command, channel)).text == nothing
    await world.imagine(who, "a very red fox")
    await world.imagine(other, "an owl")
    await world.job_is("delivered")
    await world.job_is("delivered", 2)
    asked = await use(who, "forget", channel)
    assert question in asked.text
    assert len(whole(world, "red fox", who.id)) > 1
    assert done in await changed(world, await who.press(asked, ERASE[name]), asked)
    assert whole(world, "red fox", who.id) == []
    assert len(pictures(world)) == 1
    await world.shown(other, lambda seen: "owl" in seen.text)
    await world.eventually(lambda: not any("fox" in seen.text for seen in other.read("general")))
    await world.eventually(lambda: world.rows("SELECT * FROM leftover_messages") == [])
    world.assert_books_agree()


async def test_keeping_everything_keeps_everything_in_both_languages(world):
    for number, (name, words) in enumerate({"bob": "Nothing was erased.", "mei": "什么都没有清除。"}.items(), 1):
        who = world.member(name)
        await world.imagine(who, f"{name}'s fox")
        await world.job_is("delivered", number)
        question = await use(who, "forget")
        assert await changed(world, await who.press(question, KEEP[name]), question) == words
        assert whole(world, f"{name}'s fox") != []


async def test_a_second_time_there_is_nothing_left_to_forget_but_what_outlasts_it(world):
    bob = world.member("bob")
    await world.imagine(bob)
    await world.job_is("delivered")
    first, second = await use(bob, "forget"), await use(bob, "forget")
    erased = await changed(world, await bob.press(first, ERASE["bob"]), first)
    assert "These outlast it: what you used of this period (it ends <t:" in erased
    assert erased.endswith(":R>). Only the operator's key can link them to you.")
    after = await changed(world, await bob.press(second, ERASE["bob"]), second)
    assert after.startswith("Nothing is kept about you but what outlasts being forgotten: what you used of this period")
    assert (await use(bob, "forget")).text == after
    about = json.loads((await archive(world, await use(bob, "export")))["about-you.json"])
    assert [one["kind"] for one in about["kept_since_you_were_forgotten"]] == ["allowance"]


async def test_a_press_that_discord_delivers_twice_forgets_once(world):
    bob = world.member("bob")
    await world.imagine(bob)
    await world.job_is("delivered")
    question = await use(bob, "forget")
    used = await bob.press(question, ERASE["bob"])
    done = await changed(world, used, question)
    world.discord.redeliver(used)
    await use(bob, "forget")
    assert used.message.text == done
    assert len(world.rows("SELECT * FROM audit WHERE act = 'member.forgotten'")) == 1


async def test_somebody_elses_press_is_refused_in_both_languages(world):
    bob, mei = world.member("bob"), world.member("mei")
    for number, who in enumerate((bob, mei), 1):
        await world.imagine(who)
        await world.job_is("delivered", number)
    words = {"bob": "These buttons are somebody else's", "mei": "这是别人的按钮"}
    for who, whose in ((bob, mei), (mei, bob)):
        question = await use(who, "forget")
        components = copy.deepcopy(question.components)
        for button in components[0]["components"]:
            button["custom_id"] = button["custom_id"].replace(str(who.id), str(whose.id))
        # A client that makes up the id of somebody else's button.
        forged = replace(question, components=components)
        used = await who.press(forged, ERASE[who.user.name], force=True)
        assert words[who.user.name] in (await used.reply()).text
    assert len(world.rows("SELECT * FROM members")) == 2


async def test_what_is_under_way_is_named_instead_of_lost_in_both_languages(tmp_path):
    async with open_world(tmp_path, service_s=(500.0, 600.0)) as world:
        words = {"bob": "one request of yours is under way (\\#1)", "mei": "你有 1 个请求还在进行（\\#2）"}
        for number, name in enumerate(words, 1):
            who = world.member(name)
            await world.imagine(who)
            await world.eventually(lambda number=number: world.rows("SELECT 1 FROM jobs WHERE number = ?", number))
            assert words[name] in (await use(who, "forget")).text
        assert len(world.rows("SELECT * FROM members")) == 2


async def test_a_request_that_came_after_the_question_is_not_lost_either(tmp_path):
    async with open_world(tmp_path, service_s=(500.0, 600.0), quota={"free_images": 1}) as world:
        bob = world.member("bob")
        assert "doesn't cover" in (await world.imagine(bob, count=2)).text
        question = await use(bob, "forget")
        await world.imagine(bob)
        await world.eventually(lambda: world.rows("SELECT 1 FROM jobs"))
        used = await bob.press(question, ERASE["bob"])
        assert "under way (\\#1)" in (await refusal(world, used)).text
        assert len(world.rows("SELECT * FROM members")) == 1


async def test_forgetting_is_no_way_to_a_fresh_allowance(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2}) as world:
        bob = world.member("bob")
        await world.imagine(bob, count=2)
        await world.job_is("delivered")
        await forget(world, bob)
        answer = await world.imagine(bob)
        assert "You have 0 free pictures left" in answer.text
        await forget(world, bob)
        assert "You have 0 free pictures left" in (await world.imagine(bob)).text
        world.advance(24 * 3600)
        await world.imagine(bob)
        await world.job_is("delivered", 2)
        world.assert_books_agree()


@pytest.mark.parametrize(
    ("name", "shown", "refusal"),
    [
        ("bob", "Left: 0 free pictures", "You have 0 free pictures left"),
        ("mei", "剩余：免费图片 0 张", "还剩免费图片 0 张"),
    ],
)
async def test_what_is_shown_to_a_forgotten_member_is_what_they_get(world, name, shown, refusal):
    owner, who = world.member(world.discord.application_owner), world.member(name)
    await (await owner.invoke("quota set-member", {"member": name, "free_images": 2, "images_per_job": 2})).reply()
    await world.imagine(who, count=2)
    await world.job_is("delivered")
    await forget(world, who)
    for _ in range(2):
        balance = (await (await who.invoke("balance", {})).reply()).text
        assert shown in balance
        assert {"bob": "Up to 2 pictures in a request", "mei": "每次最多 2 张"}[name] in balance
        choices = await who.autocomplete("imagine", {"prompt": "x", "model": ""}, focused="model")
        assert all({"bob": "0 free pictures", "mei": "免费图片 0 张"}[name] in choice.name for choice in choices)
        told = (await (await owner.invoke("quota show", {"member": name})).reply()).text
        assert "Free pictures: **2 a day** · this member's own rule" in told
        # Whoever is refused is known again, and has the rule again.
        assert refusal in (await world.imagine(who)).text
    question = await (await owner.invoke("quota clear", {"member": name})).reply()
    await changed(world, await owner.press(question, question.buttons[0].custom_id), question)
    await world.imagine(who, count=4)
    await world.job_is("delivered", 2)
    world.assert_books_agree()


async def test_an_admin_clears_the_stricter_rule_of_somebody_who_was_forgotten(world):
    owner, bob = world.member(world.discord.application_owner), world.member("bob")
    await (await owner.invoke("quota set-member", {"member": "bob", "free_images": 0})).reply()
    await forget(world, bob)
    assert "Left: 0 free pictures" in (await (await bob.invoke("balance", {})).reply()).text
    question = await (await owner.invoke("quota clear", {"member": "bob"})).reply()
    assert "Free pictures 0 a day" in question.text
    await changed(world, await owner.press(question, question.buttons[0].custom_id), question)
    assert "Left: 10 free pictures" in (await (await bob.invoke("balance", {})).reply()).text


async def test_a_blocked_member_who_comes_back_is_told_so_and_a_lifted_block_is_gone(world):
    bob, mod = world.member("bob"), world.member("mod")
    await world.imagine(bob)
    await world.job_is("delivered")
    await (await mod.invoke("mod block", {"member": "bob", "reason": "rude"})).reply()
    question = await use(bob, "forget")
    assert "You are blocked in a server: the block outlasts this" in question.text
    await changed(world, await bob.press(question, ERASE["bob"]), question)
    assert "rude" in (await world.imagine(bob)).text
    await forget(world, bob)
    await (await mod.invoke("mod unblock", {"member": "bob"})).reply()
    await world.imagine(bob, "an innocent fox")
    await world.job_is("delivered", 2)


async def test_an_open_appeal_is_decided_all_the_same_and_lifts_the_block(world):
    bob, mod = world.member("bob"), world.member("mod")
    await world.imagine(bob)
    await world.job_is("delivered")
    await (await mod.invoke("mod block", {"member": "bob", "reason": "rude"})).reply()
    refused = await world.imagine(bob)
    shown = await bob.press(refused, refused.buttons[0].custom_id)
    await shown.response()
    await bob.submit_modal(shown, {"typed": "It was a fox"})
    await world.eventually(lambda: world.rows("SELECT * FROM appeals"))
    question = await use(bob, "forget")
    assert "Your appeal is still decided, but I can't tell you the outcome" in question.text
    await changed(world, await bob.press(question, ERASE["bob"]), question)
    assert [row["text"] for row in world.rows("SELECT text FROM appeals")] == ["It was a fox"]


async def test_an_upload_that_fails_leaves_the_member_with_a_word_about_it_in_both_languages(world):
    for number, (name, words) in enumerate(
        {"bob": "Something went wrong on my side.", "mei": "我这边出错了。"}.items(), 1
    ):
        who = world.member(name)
        await world.imagine(who)
        await world.job_is("delivered", number)
        await world.eventually(lambda: world.rows("SELECT 1 FROM jobs WHERE version > shown") == [])
        world.discord.faults.add("edit_original", denied(413, 40005, "Request entity too large"))
        assert words in (await use(who, "export")).text


async def test_the_question_names_what_would_be_lost_in_both_languages(world):
    owner = world.member(world.discord.application_owner)
    words = {
        "bob": ("You lose your credit of CN¥1.50.", "Limits that an admin set for you alone: the stricter ones stay"),
        "mei": ("你会失去余额 ¥1.50。", "管理员专为你设的限制：更严的会保留"),
    }
    for name, (credit, rules) in words.items():
        await (await owner.invoke("quota grant", {"member": name, "amount": "1.5", "reason": "a contest"})).reply()
        await (await owner.invoke("quota set-member", {"member": name, "free_images": 3})).reply()
        who = world.member(name)
        question = (await use(who, "forget")).text
        assert credit in question
        assert rules in question
        assert "0" not in (await forget(world, who)).splitlines()[0]
