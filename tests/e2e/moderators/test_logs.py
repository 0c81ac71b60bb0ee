"""/logs as moderators, members, moderators of another server and admins meet it, over real sockets."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from sandbox.dashscope import Failure, Outcome
from sandbox.discord import Actor, ClientRefused, SeenMessage, Used
from sandbox.discord.rules.components import walk
from tests.support.attacks import attacks
from tests.support.deleting import delete
from tests.support.moderators import add_strangers
from tests.support.settings import add_admins, refusal
from tests.support.world import World, open_world

COMMANDS = {"logs search": {}, "logs job": {"number": 1}, "logs export": {}}
REFUSED = {"bob": "Only moderators of the server can do that", "mei": "只有服务器版主可以这样做"}
MANY = {"free_images": 10_000, "active_jobs": 1000}
CONTENT = Outcome(fail=Failure("DataInspectionFailed", "Output data may contain inappropriate content."))
LONG = Outcome(service_s=3600)


async def ask(who: Actor, command: str, **options) -> SeenMessage:
    answer = await (await who.invoke(command, options)).reply()
    assert answer.ephemeral
    return answer


async def answered(used: Used) -> SeenMessage:
    """Return the answer to a press that shows something new to who pressed alone."""
    seen = await used.reply()
    assert seen.ephemeral
    return seen


async def fetch(answer: SeenMessage) -> tuple[str, bytes]:
    """Download the one file of an answer."""
    (file,) = answer.attachments
    async with aiohttp.ClientSession() as session, session.get(file.url) as response:
        return file.filename, await response.read()


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def numbers(page: SeenMessage) -> list[str]:
    return [button.label for button in page.buttons if button.custom_id.startswith("logs:job:")]


def moderators(world: World) -> tuple[Actor, Actor]:
    """mod reads English; wen moderates too and reads Chinese."""
    world.guild.add_member("wen", roles=["Moderator"], locale="zh-CN")
    return world.member("mod"), world.member("wen")


async def test_a_member_whom_discord_lets_pass_is_refused_by_the_bot_in_both_languages(world):
    await world.imagine(world.member("bob"))
    for name in REFUSED:
        for command, options in COMMANDS.items():
            with pytest.raises(ClientRefused):
                await world.member(name).invoke(command, options)
    world.guild.grant_command("logs", "@everyone")
    for name, words in REFUSED.items():
        for command, options in COMMANDS.items():
            assert words in (await ask(world.member(name), command, **options)).text
    assert world.rows("SELECT * FROM searches") == []
    assert world.rows("SELECT * FROM audit WHERE act = 'logs.export'") == []


async def test_admins_and_members_of_a_named_role_read_the_log(world):
    await world.imagine(world.member("bob"))
    ada, _ = add_admins(world)
    world.guild.add_role("Curator")
    world.guild.set_roles("mei", ["Curator"])
    world.guild.grant_command("logs", "@everyone")
    assert "#1" in numbers(await ask(ada, "logs search"))
    menu = await ask(ada, "settings roles")
    used = await ada.press(menu, "settings:moderators", values=["Curator"])
    await used.response()
    await world.eventually(lambda: world.rows("SELECT 1 FROM settings WHERE moderator_roles <> '[]'"))
    assert "#1" in numbers(await ask(world.member("mei"), "logs search"))
    world.guild.set_roles("mei", [])
    assert REFUSED["mei"] in (await ask(world.member("mei"), "logs search")).text


async def test_a_search_by_words_of_any_script_names_who_what_when_and_links_to_the_message(world):
    mod, wen = moderators(world)
    bob, mei = world.member("bob"), world.member("mei")
    shown = await world.imagine(bob, "a *flower* shop at dawn")
    await world.job_is("delivered")
    await world.imagine(mei, "清晨的花店", private=True)
    await world.job_is("delivered", 2)
    at_s = world.job(1)["created_ms"] // 1000
    found = await ask(mod, "logs search", text="flower")
    link = f"https://discord.com/channels/{world.guild.id}/{shown.channel_id}/{shown.id}"
    assert found.text == (
        "**Log** · words “flower” · newest first\n"
        f"<t:{at_s}:f> · {bob.mention} · delivered · 1 free picture · {world.job(1)['model']} · [open]({link})\n"
        "> a \\*flower\\* shop at dawn"
    )
    assert numbers(found) == ["#1"]
    found = await ask(wen, "logs search", text="花店", member="mei")
    at_s = world.job(2)["created_ms"] // 1000
    assert found.text == (
        f"**日志** · {mei.mention} · 含“花店” · 从新到旧\n"
        f"<t:{at_s}:f> · {mei.mention} · 已送达 · 免费图片 1 张 · {world.job(2)['model']} · 私密，因此没有链接\n"
        "> 清晨的花店"
    )
    assert "Nothing was found." in (await ask(mod, "logs search", text="dragon")).text
    assert "没有找到。" in (await ask(wen, "logs search", member="mod")).text
    assert [message for message in bob.read("general") if "flower" in message.text and message.id != shown.id] == []


async def test_what_the_service_and_this_bot_refused_is_found_by_status(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2}) as world:
        mod, wen = moderators(world)
        bob = world.member("bob")
        world.vendor.next_outcome(CONTENT)
        await world.imagine(bob, "something unsuitable")
        await world.job_is("failed")
        await world.imagine(bob, "a cat")
        await world.job_is("delivered", 2)
        await (await bob.invoke("imagine", {"prompt": "four cats", "count": 4})).reply()
        refused = await ask(mod, "logs search", status="refused")
        assert numbers(refused) == ["#1"]
        assert "refused by the image service · nothing charged" in refused.text
        assert "> something unsuitable" in refused.text
        assert numbers(await ask(mod, "logs search", status="failed")) == []
        assert numbers(await ask(mod, "logs search", status="delivered")) == ["#2"]
        here = await ask(mod, "logs search", status="refused-here")
        assert f"{bob.mention} · over the member's quota · " in here.text
        assert "four cats" not in here.text
        assert "超出成员的额度" in (await ask(wen, "logs search", status="refused-here", member="bob")).text
        for who, words in ((mod, "Of what was refused before it began I keep no prompt"), (wen, "我不保存提示词")):
            for command in ("logs search", "logs export"):
                assert words in (await ask(who, command, status="refused-here", text="cats")).text
        assert "Nothing was found" in (await ask(mod, "logs search", status="refused-here", member="mei")).text
        filename, data = await fetch(await ask(mod, "logs export", status="refused-here", format="jsonl"))
        (line,) = data.decode().splitlines()
        assert filename == "log.jsonl"
        assert (json.loads(line)["reason"], json.loads(line)["member"]) == ("over-quota", bob.mention)


async def test_pages_turn_by_buttons_also_after_a_restart_and_for_their_moderator_alone(tmp_path):
    async with open_world(tmp_path, quota=MANY) as world:
        mod, wen = moderators(world)
        world.vendor.outcome_for(lambda _: True, LONG)
        for nth in range(18):
            await world.imagine(world.member("bob"), f"花店 {nth}")
        page = await ask(mod, "logs search", text="花店")
        assert numbers(page) == [f"#{number}" for number in range(18, 10, -1)]
        assert all(len(button.custom_id) <= 100 for button in page.buttons)
        await world.stop_bot()
        await world.start_bot()
        page = await turned(world, mod, page, "Older", "#10")
        assert numbers(page) == [f"#{number}" for number in range(10, 2, -1)]
        last = await turned(world, mod, page, "Older", "#2")
        assert numbers(last) == ["#2", "#1"]
        assert "Older" not in [button.label for button in last.buttons]
        first = await turned(world, mod, last, "Newest", "#18")
        assert numbers(first) == [f"#{number}" for number in range(18, 10, -1)]
        # Another moderator who learned the id has no such list.
        own = await ask(wen, "logs search", text="花店")
        stolen = next(one.custom_id for one in page.buttons if one.custom_id.startswith("logs:page:"))
        used = await press_made_up(wen, own, stolen)
        assert "这个列表太旧了，或者是别人的" in (await refusal(world, used)).text
        for made_up in ("logs:page:1:1", "logs:page::", "logs:page:x:y", f"logs:page:{'9' * 40}:1"):
            used = await press_made_up(mod, first, made_up)
            assert "This list is too old, or somebody else's" in (await refusal(world, used)).text
        world.advance(25 * 3600)
        used = await mod.press(first, "Older")
        assert "too old" in (await refusal(world, used)).text


async def turned(world: World, who: Actor, page: SeenMessage, label: str, then: str) -> SeenMessage:
    await (await who.press(page, label)).response()
    return await world.shown(who, lambda seen: seen.id == page.id and then in numbers(seen))


async def press_made_up(who: Actor, message: SeenMessage, custom_id: str) -> Used:
    """Press a button as a modified client can: with an id of one's own making."""
    button = next(one for one in walk(message.components) if one.get("custom_id"))
    button["custom_id"] = custom_id
    return await who.press(message, custom_id, force=True)


async def test_a_press_is_refused_once_the_permission_is_gone(world):
    await world.imagine(world.member("bob"))
    for who, words in zip(moderators(world), REFUSED.values(), strict=True):
        page = await ask(who, "logs search")
        world.guild.set_roles(who.user.name, [])
        assert words in (await answered(await who.press(page, "#1"))).text
        world.guild.set_roles(who.user.name, ["Moderator"])
        assert "#1 · " in (await answered(await who.press(page, "#1"))).text


async def test_a_timeline_tells_everything_but_the_cost(world):
    mod, wen = moderators(world)
    bob = world.member("bob")
    shown = await world.imagine(bob, "a cat, *very* fine", negative_prompt="dogs, _rain_", count=2, prompt_extend=True)
    job = await world.job_is("delivered")
    ada, _ = add_admins(world)
    await ask(ada, "quota refund", number=1, reason="blurred @everyone")
    told = await ask(mod, "logs job", number=1)
    text = told.text
    assert text.startswith("### #1 · delivered\n")
    assert f"{bob.mention} · in <#{shown.channel_id}> · <t:{job['created_ms'] // 1000}:f>" in text
    assert "**Prompt as sent**\na cat, \\*very\\* fine" in text
    assert "**Negative prompt**\ndogs, \\_rain\\_" in text
    assert "**As the model rewrote it**" in text
    assert f"seed {job['seed']}" in text
    assert f"task `{job['task_id']}` · request `" in text
    assert "Charged: 2 free pictures" in text
    assert "Given back: 2 free pictures." in text
    order = [text.index(words) for words in ("asked for; quota held, by", "in line", "taken by the image", " posted\n")]
    assert order == sorted(order)
    assert f"charge given back, by {ada.mention}: blurred \\@\u200beveryone" in text
    assert len(told.gallery) == 2
    assert [file.filename for file in told.attachments] == ["1-1.jpg", "1-2.jpg"]
    assert max(file.size for file in told.attachments) < 100_000
    assert {button.label for button in told.buttons} == {"Remove", "Cover", "Pause member"}
    chinese = (await ask(wen, "logs job", number=1)).text
    assert chinese.startswith("### #1 · 已送达\n")
    assert "**发送的提示词**\na cat" in chinese
    assert f"已退还扣费（{ada.mention}）" in chinese
    assert "cost" not in text.lower()
    assert "There is no job #2" in (await ask(mod, "logs job", number=2)).text
    assert "没有编号为 #2 的任务" in (await ask(wen, "logs job", number=2)).text


async def test_a_timeline_says_why_the_service_refused_and_what_its_support_asks_for(world):
    mod, _ = moderators(world)
    world.vendor.next_outcome(CONTENT)
    await world.imagine(world.member("bob"), "something unsuitable")
    job = await world.job_is("failed")
    text = (await ask(mod, "logs job", number=1)).text
    assert "refused by the image service" in text
    assert "(DataInspectionFailed)" in text
    assert f"task `{job['task_id']}`" in text
    assert "Nothing was charged." in text


async def test_a_removed_job_keeps_its_record_and_shows_no_picture(world):
    mod, _ = moderators(world)
    bob = world.member("bob")
    shown = await world.imagine(bob, "a cat")
    await world.job_is("delivered")
    shown = await world.becomes(bob, shown, "Here is your picture")
    await delete(bob, shown)
    await world.eventually(lambda: world.job()["deleted_ms"])
    told = await ask(mod, "logs job", number=1)
    assert told.text.startswith("### #1 · delivered, then removed\n")
    assert "**Prompt as sent**\na cat" in told.text
    assert f"pictures removed, by {bob.mention}" in told.text
    assert told.gallery == []
    page = await ask(mod, "logs search")
    assert "delivered, then removed" in page.text
    assert "[open]" not in page.text


async def test_prompts_that_fill_the_card_come_whole_in_a_file(world):
    mod, _ = moderators(world)
    prompt = "*" * 799 + "x"
    await world.imagine(world.member("bob"), prompt, negative_prompt="_" * 500, prompt_extend=False)
    await world.job_is("delivered")
    told = await ask(mod, "logs job", number=1)
    assert "(shortened)" in told.text
    record = next(file for file in told.attachments if file.filename == "1-record.txt")
    async with aiohttp.ClientSession() as session, session.get(record.url) as response:
        text = (await response.read()).decode("utf-8-sig")
    assert prompt in text
    assert "_" * 500 in text
    assert "job.delivered" in text


async def test_a_moderator_of_another_server_reaches_nothing_by_command_button_or_guessed_id(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        add_strangers(other)
        eve, (mod, _) = world.member("eve", other), moderators(world)
        await world.imagine(world.member("bob"), "a secret cat")
        await world.job_is("delivered")
        page = await ask(mod, "logs search", text="cat")
        job_id = world.job()["id"]
        assert "Nothing was found" in (await ask(eve, "logs search", text="cat")).text
        assert "Nothing was found" in (await ask(eve, "logs search", member="eve")).text
        assert "Nothing was found" in (await ask(eve, "logs export")).text
        assert "There is no job #1" in (await ask(eve, "logs job", number=1)).text
        await (await eve.invoke("imagine", {"prompt": "a dog"}, channel="general")).reply()
        own = await ask(eve, "logs search")
        assert numbers(own) == ["#1"]
        for guessed in (job_id, 1, 2**62):
            for name, words in (("eve", "This server has no such job."), ("lan", "本服务器没有这个任务。")):
                who = world.member(name, other)
                used = await press_made_up(who, await ask(who, "logs search"), f"logs:job:{guessed}")
                assert (await answered(used)).text == words
        search_id = world.rows("SELECT id FROM searches ORDER BY id")[0]["id"]
        own = await ask(eve, "logs search")
        used = await press_made_up(eve, own, f"logs:page:{search_id}:{2**63 - 1}")
        assert "somebody else's" in (await refusal(world, used)).text
        assert "secret" in page.text
        assert all("secret" not in message.text for message in eve.read("general"))


@pytest.mark.parametrize(
    ("options", "english", "chinese"),
    [
        ({"since": "tomorrow"}, "“tomorrow” is no time that I know", "我不认识“tomorrow”这个时间"),
        ({"until": "2026-13-01"}, "“2026-13-01” is no time that I know", "我不认识“2026-13-01”这个时间"),
        ({"since": "1d", "until": "2d"}, "has to be later than", "“截止”必须晚于“起始”。"),
        ({"text": "a"}, "“a” is too short to look for", "“a”太短，无法查找。请至少给出两个相连的字母"),
    ],
)
async def test_what_cannot_be_looked_for_is_refused_with_a_word_how(world, options, english, chinese):
    for who, words in zip(moderators(world), (english, chinese), strict=True):
        for command in ("logs search", "logs export"):
            assert words in (await ask(who, command, **options)).text


async def test_a_time_is_meant_in_the_servers_zone(world):
    mod, _ = moderators(world)
    await world.imagine(world.member("bob"))
    # The operator's zone, eight hours ahead of UTC.
    local = datetime.fromtimestamp(world.job()["created_ms"] / 1000, UTC) + timedelta(hours=8)
    assert numbers(await ask(mod, "logs search", since="1h")) == ["#1"]
    assert numbers(await ask(mod, "logs search", until="1h")) == []
    assert numbers(await ask(mod, "logs search", since=f"{local:%Y-%m-%d}", until=f"{local:%Y-%m-%d}")) == ["#1"]
    later = local + timedelta(minutes=1)
    assert numbers(await ask(mod, "logs search", since=f"{later:%Y-%m-%d %H:%M}")) == []
    assert numbers(await ask(mod, "logs search", until=f"{later:%Y-%m-%d %H:%M}")) == ["#1"]


async def test_hostile_prompts_turn_no_page_and_leave_no_file_incomplete(tmp_path):
    """One of every few attacks, of all families, through Discord; all of them are tried on the views and the files."""
    async with open_world(tmp_path, quota=MANY) as world:
        world.discord.rate_limits = False
        mod, _ = moderators(world)
        world.vendor.outcome_for(lambda _: True, LONG)
        prompts = [one.text for one in attacks() if one.text.replace("\0", "").strip()][::12]
        bob = world.member("bob")
        used = [await bob.invoke("imagine", {"prompt": prompt}) for prompt in prompts]
        await asyncio.gather(*(one.reply() for one in used))
        stored = {row["number"]: row["prompt"] for row in world.rows("SELECT number, prompt FROM jobs")}
        assert len(stored) >= 50
        # Asked for at once, they need not have got their numbers in the order in which they were asked for.
        newest_first = [f"#{row['number']}" for row in world.rows("SELECT number FROM jobs ORDER BY id DESC")]
        page = await ask(mod, "logs search")
        seen = numbers(page)
        while any(button.label == "Older" for button in page.buttons):
            assert page.pinged == ()
            page = await turned(world, mod, page, "Older", newest_first[len(seen)])
            seen += numbers(page)
        assert seen == newest_first
        _, data = await fetch(await ask(mod, "logs export", format="jsonl"))
        assert {row["number"]: row["prompt"] for row in map(json.loads, data.decode().splitlines())} == stored
        filename, data = await fetch(await ask(mod, "logs export"))
        header, *table = rows(data)
        assert filename == "log.csv"
        assert len(table) == len(data.decode("utf-8-sig").splitlines()) - 1 == len(stored)
        assert {len(row) for row in table} == {len(header)}
        assert world.rows("SELECT count(*) AS acts FROM audit WHERE act = 'logs.export'")[0]["acts"] == 2


async def test_an_export_that_is_too_large_says_how_to_go_on(tmp_path):
    async with open_world(tmp_path, quota=MANY) as world:
        mod, wen = moderators(world)
        world.vendor.outcome_for(lambda _: True, LONG)
        for nth in range(6):
            await world.imagine(world.member("bob"), f"花店 {nth}" * 50)
            world.advance(5)
        world.guild.attachment_size_limit = 2000
        answer = await ask(mod, "logs export", text="花店", format="jsonl")
        _, data = await fetch(answer)
        got = [json.loads(line)["number"] for line in data.decode().splitlines()]
        assert got == list(range(6, 6 - len(got), -1))
        assert 0 < len(got) < 6
        until = answer.text.partition("until: ")[2].strip("`")
        _, data = await fetch(await ask(wen, "logs export", text="花店", format="jsonl", until=until))
        rest = [json.loads(line)["number"] for line in data.decode().splitlines()]
        assert rest[0] in (got[-1], got[-1] - 1)
