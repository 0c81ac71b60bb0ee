"""/balance and /history as their members meet them, over real sockets."""

import asyncio
import re

import pytest

from sandbox.discord import Actor, ClientRefused, SeenMessage
from sandbox.discord.people.actors import DIRECT
from sandbox.faults import Fault
from tests.support.deleting import delete
from tests.support.quotas import alone, forge, make, propose, quota, said, start
from tests.support.settings import add_admins, now
from tests.support.world import open_world

NUMBERS = re.compile(r"^#(\d+) ·", re.MULTILINE)
LINK = re.compile(r"https://discord\.com/channels/(\d+)/(\d+)/(\d+)")
MANY = {"active_jobs": 100, "free_images": 1000}


def numbers(text: str) -> list[int]:
    return [int(number) for number in NUMBERS.findall(text)]


# -- /balance


async def test_before_the_first_request_a_member_sees_what_there_is_in_their_language(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2, "budget": "1.5", "cooldown": 5}) as world:
        english = (await alone(world.member("bob"), "balance")).text
        assert re.sub(r"<t:\d+:R>", "<t>", english).startswith(
            "**Your quota in this server**\nLeft: 2 free pictures, CN¥1.50 budget · resets <t>\n"
            "Up to 4 pictures in a request, 10 requests at a time, 5 s between requests.\n\n"
            "**What a picture beyond the free ones takes from your budget**\nwanx2.1-t2i-turbo: CN¥0.14\n"
        )
        chinese = (await alone(world.member("mei"), "balance")).text
        assert re.sub(r"<t:\d+:R>", "<t>", chinese).startswith(
            "**你在本服务器的额度**\n剩余：免费图片 2 张、预算 ¥1.50 · <t> 重置\n"
            "每次最多 4 张，同时最多 10 个请求，两次请求间隔 5 秒。\n\n**每张图片从预算中扣除**（免费张数以外）：\n"
            "wanx2.1-t2i-turbo：¥0.14\n"
        )
        assert "last jobs" not in english
        assert world.rows("SELECT * FROM members") == []


async def test_the_last_receipts_tell_what_each_job_took(tmp_path):
    async with open_world(tmp_path, quota={"free_images": 2, "budget": "5"}) as world:
        ada, _ = add_admins(world)
        bob = world.member("bob")
        await world.becomes(bob, await world.imagine(bob, "[fail]"), "Nothing was taken from your quota")
        await make(world, bob)
        await start(world, bob, await propose(bob, count=3))
        await quota(ada, "grant", member="bob", amount="0.10", reason="contest")
        await world.imagine(bob)
        text = (await alone(bob, "balance")).text
        assert "Left: 0 free pictures, CN¥4.58 budget, CN¥0.10 credit · resets <t:" in text
        receipts = text.partition("**Your last jobs**\n")[2].splitlines()
        assert [line.rpartition(" · ")[2] for line in receipts] == [
            "under way",
            "3 pictures, CN¥0.28 from your budget",
            "1 free picture",
            "nothing taken",
        ]
        for _ in range(3):
            await world.imagine(bob)
        assert numbers((await alone(bob, "balance")).text) == [7, 6, 5, 4, 3]
        assert "last jobs" not in (await alone(ada, "balance")).text


async def test_the_balance_is_asked_for_in_servers_only(world):
    with pytest.raises(ClientRefused):
        await world.member("bob").invoke("balance", channel=DIRECT)


# -- /history


async def turn(who: Actor, page: SeenMessage, key: str) -> SeenMessage:
    used = await who.press(page, key)
    await used.response()
    async with asyncio.timeout(20):
        while now(used).text == page.text:  # noqa: ASYNC110 - as a member waits
            await asyncio.sleep(0.02)
    return now(used)


async def test_a_history_of_nothing_says_so_in_both_languages(world):
    assert (await alone(world.member("bob"), "history")).text == "You have no jobs here yet. Try /imagine."
    assert (await alone(world.member("mei"), "history", channel=DIRECT)).text == "你在这里还没有任务。试试 /imagine。"


async def test_the_history_goes_on_page_by_page_also_after_a_restart_of_the_bot(tmp_path):
    async with open_world(tmp_path, quota=MANY) as world:
        bob, mei = world.member("bob"), world.member("mei")
        for index in range(22):
            await world.imagine(bob, f"{index:02} " + "*_* " * 180)
        await world.imagine(mei)
        page = await alone(bob, "history")
        assert len(page.text) <= 2000
        assert numbers(page.text) == list(range(22, 12, -1))
        await world.stop_bot()
        await world.start_bot()
        for expected in (range(12, 2, -1), range(2, 0, -1)):
            page = await turn(bob, page, "Older")
            assert numbers(page.text) == list(expected)
            assert len(LINK.findall(page.text)) == len(expected)
        assert [one.label for one in page.buttons] == ["Newer"]
        for expected in (range(12, 2, -1), range(22, 12, -1)):
            page = await turn(bob, page, "Newer")
            assert numbers(page.text) == list(expected)
        assert [one.label for one in page.buttons] == ["Older"]


async def test_an_older_page_is_shown_to_its_member_alone(tmp_path):
    async with open_world(tmp_path, quota=MANY) as world:
        bob, mei = world.member("bob"), world.member("mei")
        for _ in range(11):
            await world.imagine(bob)
        page = await alone(bob, "history")
        (button,) = page.buttons
        for who, words in ((world.member("mod"), "That is somebody else's list"), (mei, "这是别人的列表")):
            assert words in await said(world, await forge(world, who, page, button.custom_id))
        assert numbers((await turn(bob, page, button.custom_id)).text) == [1]


async def test_a_line_tells_what_became_of_a_job_and_leads_to_its_message(world):
    bob, mod = world.member("bob"), world.member("mod")
    done = await make(world, bob, prompt="a *cat*\n# heading")
    await make(world, bob, prompt="a secret", private=True)
    await make(world, bob, prompt="a mistake")
    await world.job_is("delivered", 3)
    mistake = await world.shown(bob, lambda seen: "a mistake" in seen.text)
    await (await delete(bob, mistake)).response()
    await world.eventually(lambda: world.job(3)["deleted_ms"])
    failed = await world.imagine(bob, "[fail]")
    await world.becomes(bob, failed, "Nothing was taken from your quota")
    lines = (await alone(bob, "history")).text.splitlines()
    assert lines[0] == "**Your jobs**, newest first"
    assert [re.sub(r"^#\d <t:\d+:R>", "", line.replace(" · ", " ", 1)) for line in lines[1:]] == [
        f" · No pictures this time · \\[fail\\] · https://discord.com/channels/{world.guild.id}/{failed.channel_id}/{failed.id}",
        " · Removed",
        " · Here is your picture · a secret",
        " · Here is your picture · a \\*cat\\* # heading · "
        f"https://discord.com/channels/{world.guild.id}/{done.channel_id}/{done.id}",
    ]
    assert (await alone(mod, "history")).text == "You have no jobs here yet. Try /imagine."


async def test_a_job_that_discord_never_took_is_not_in_the_history(world):
    bob = world.member("bob")
    world.discord.faults.add("callback", Fault(cut=True), times=10)
    await bob.invoke("imagine", {"prompt": "a flower shop"})
    await world.job_is("void")
    world.discord.faults.clear()
    assert "You have no jobs here yet" in (await alone(bob, "history")).text
    assert "last jobs" not in (await alone(bob, "balance")).text


async def test_direct_messages_show_the_jobs_of_all_servers_and_a_server_its_own(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any"}, quota={"free_images": 1}) as world:
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_member("bob")
        here, there = world.member("bob"), world.member("bob", other)
        await make(world, here, prompt="a cat")
        await make(world, there, prompt="a dog")
        page = await alone(here, "history", channel=DIRECT)
        whole = page.text
        assert [line.rpartition(" · ")[2] for line in whole.splitlines()[1:]] == ["**Elsewhere**", "**Studio**"]
        # What is kept is seen at a glance, each once.
        assert len(page.gallery) == len({one.url for one in page.gallery}) == 2
        assert "a dog" in whole.splitlines()[1]
        assert "a cat" in whole.splitlines()[2]
        assert {int(link[0]) for link in LINK.findall(whole)} == {world.guild.id, other.id}
        assert "a dog" not in (await alone(here, "history")).text
        assert "a cat" not in (await alone(there, "history")).text
        assert "a cat" not in (await alone(there, "balance")).text
