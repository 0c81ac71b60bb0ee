"""The greeting of a new server, and the alarms of pool and cap, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.discord import Actor, Permission
from sandbox.faults import Fault
from tests.support.quotas import quota
from tests.support.settings import add_admins, report_in
from tests.support.world import World, open_world

GREETED = "SELECT outcome FROM outbox WHERE kind = 'greeting' AND done_ms > 0 ORDER BY id"
MARGIN_S = 6 * 60
"""Longer than the stand-in remembers a nonce: only the channel's history tells then what was posted."""


async def said(world: World, query: str = GREETED, count: int = 1) -> list[str]:
    """Wait until so many notices are dealt with, and give what became of them."""
    return [row["outcome"] for row in await world.eventually(lambda: found(world, query, count), timeout_s=20)]


def found(world: World, query: str, count: int):
    rows = world.rows(query)
    return rows if len(rows) >= count else None


@asynccontextmanager
async def ready_world(folder: Path, **changes: Any) -> AsyncIterator[World]:
    """Open a world whose bot knows all its servers: what it hears of in its first two seconds is no new one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"servers": {"allowed": "any", "pool": "20"}, "http": {"bind": f"127.0.0.1:{port}"}, **changes}
    async with open_world(folder, **settings) as world:
        await is_ready(world)
        yield world


async def is_ready(world: World) -> None:
    assert world.config.http is not None
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            async with session.get(f"http://{world.config.http.bind}/healthz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.05)


def greetings(who: Actor) -> list[str]:
    texts = [message.text for message in [*who.read("general"), *who.direct_messages()]]
    return [text for text in texts if "/settings channels" in text]


async def test_a_server_that_the_bot_joins_is_greeted_with_what_to_do_first(tmp_path):
    async with ready_world(tmp_path, quota={"budget": "2"}) as world:
        second = world.discord.add_guild("Second", owner="eve", has_system_channel=True)
        assert await said(world) == ["sent"]
        (text,) = greetings(world.member("eve", second))
        assert "10 free pictures a day, a budget of CN¥2.00 for further ones, the whole server CN¥20.00 a month" in text
        assert "142 pictures of wanx2.1-t2i-turbo a month for this server; 6 active members" in text.replace("\\", "")
        for words in ("/settings channels", "/settings log-channel", "/quota set-default", "/imagine", "/balance"):
            assert words in text
        assert "“View Channel”, “Send Messages” and “Attach Files”" in text
        assert "choose a channel that only moderators read. There I tell what is made and refused, with prompts" in text
        assert world.member("eve", second).direct_messages() == []


@pytest.mark.parametrize("has_system_channel", [True, False])
async def test_where_the_bot_may_not_post_the_owner_is_told_in_the_servers_language(tmp_path, has_system_channel):
    async with ready_world(tmp_path) as world:
        forbidden = Fault(status=403, body=b'{"code": 50013, "message": "Missing Permissions"}')
        if has_system_channel:
            # The permissions as the bot knows them are fine; Discord thinks otherwise.
            world.discord.faults.add("create_message", forbidden)
        second = world.discord.add_guild("Zweite", owner="eve", locale="zh-CN", has_system_channel=has_system_channel)
        assert await said(world) == ["sent to the owner"]
        (text,) = greetings(world.member("eve", second))
        assert text.startswith("我刚加入 Zweite")
        assert "每个成员每天免费图片 10 张、整个服务器每月 ¥20.00（按标价计）" in text
        assert "本服务器的总额度每月大约能画 142 张；15 位活跃成员一天就能用完。" in text


async def test_a_system_channel_that_is_closed_to_the_bot_is_not_tried(tmp_path):
    async with ready_world(tmp_path) as world:
        await world.stop_bot()
        # A server that it was in already is none that it joins.
        second = world.discord.add_guild("Second", owner="eve", has_system_channel=True)
        second.everyone.permissions &= ~Permission.SEND_MESSAGES
        await world.start_bot()
        await is_ready(world)
        second.remove_bot()
        second.add_bot()
        assert await said(world) == ["sent to the owner"]
        posts = [one.status for one in world.discord.requests if one.operation == "create_message"]
        assert posts == [200]


async def test_a_server_is_greeted_once_also_after_a_restart_and_when_the_bot_comes_back(tmp_path):
    async with ready_world(tmp_path) as world:
        second = world.discord.add_guild("Second", owner="eve", has_system_channel=True)
        await said(world)
        await world.stop_bot()
        await world.start_bot()
        await is_ready(world)
        second.remove_bot()
        second.add_bot()
        world.discord.add_guild("Third", owner="eve", has_system_channel=True)
        await said(world, count=2)
        assert len(greetings(world.member("eve", second))) == 1


async def test_servers_that_the_bot_was_in_before_or_may_not_be_in_are_not_greeted(tmp_path):
    async with ready_world(tmp_path, servers={}) as world:
        world.discord.add_guild("Strangers", owner="eve")
        ours = world.discord.add_guild("Ours", owner=world.discord.application_owner, has_system_channel=True)
        await said(world)
        assert len(greetings(world.member("operator", ours))) == 1
        assert greetings(world.member("operator")) == []
        assert [row["what"] for row in world.rows("SELECT what FROM said")] == [f"greeting {ours.id}"]


async def spend(world: World, who: Actor, count: int) -> None:
    first = await world.imagine(who, count=count)
    await world.becomes(who, first, "Here")
    # A bot that is stopped in the middle of an upload would leave the stand-in with half a request.
    await world.eventually(lambda: not world.rows("SELECT 1 FROM jobs WHERE state <> 'delivered' OR version > shown"))


def alarms(who: Actor, words: str) -> list[str]:
    texts = [message.text for message in [*who.read("general"), *who.direct_messages()]]
    return [text for text in texts if words in text]


async def test_the_log_channel_hears_of_the_pool_once_at_80_and_once_at_100_percent(tmp_path):
    async with open_world(tmp_path, servers={"pool": "1.40"}) as world:
        ada, _ = add_admins(world)
        await report_in(world, ada, "general")
        bob = world.member("bob")
        for _ in range(2):
            await spend(world, bob, 4)
        query = "SELECT outcome FROM outbox WHERE kind = 'pool-alarm' AND done_ms > 0"
        assert await said(world, query) == ["sent"]
        (text,) = alarms(bob, "pool for the month")
        assert text.startswith("**80 % of this server's pool for the month is taken.** CN¥0.28 of CN¥1.40 is left.")
        assert text.endswith("My operator set that limit, and only they can raise it; /quota pool shows it.")
        await world.stop_bot()
        await world.start_bot()
        await spend(world, bob, 1)
        for _ in range(2):
            # More than is left: refused, and told once.
            assert "pool for the month doesn't cover that" in (await world.imagine(world.member("mod"), count=4)).text
        assert await said(world, query, count=2) == ["sent", "sent"]
        await spend(world, bob, 1)
        assert world.rows("SELECT count(*) AS n FROM outbox WHERE kind = 'pool-alarm'")[0]["n"] == 2
        assert len(alarms(bob, "is used up")) == 1
        assert len(alarms(bob, "80 %")) == 1


async def test_the_alarm_of_a_limit_that_admins_set_names_them_and_the_true_percentage_in_both_languages(tmp_path):
    for locale, start, end in (
        ("en-US", "**90 % of this server's pool", "they can raise it with /quota pool, up to what my operator gives."),
        ("zh-CN", "**本服务器这个月的总额度已占用 90%。**", "可以用 /quota pool 提高，最多到运营者所给的数额。"),
    ):
        async with open_world(tmp_path / locale, servers={"pool": "20"}) as world:
            world.guild.locale = locale
            await world.stop_bot()
            await world.start_bot()
            ada, _ = add_admins(world)
            await report_in(world, ada, "general")
            await quota(ada, "pool", limit="1.40")
            bob = world.member("bob")
            for count in (4, 1, 4):
                await spend(world, bob, count)
            word = await world.shown(bob, lambda seen, start=start: seen.text.startswith(start))
            assert word.text.endswith(end)


async def test_without_a_log_channel_nobody_is_told_of_the_pool(tmp_path):
    async with open_world(tmp_path, servers={"pool": "0.56"}) as world:
        await spend(world, world.member("bob"), 4)
        outcomes = await said(world, "SELECT outcome FROM outbox WHERE kind = 'pool-alarm' AND done_ms > 0")
        assert outcomes == ["no log channel"]
        assert alarms(world.member("bob"), "pool") == []


async def test_a_chinese_server_is_warned_in_chinese(tmp_path):
    async with open_world(tmp_path, servers={"pool": "0.56", "allowed": "any"}) as world:
        second = world.discord.add_guild("Second", owner="eve", locale="zh-CN")
        eve = world.member("eve", second)
        await report_in(world, eve, "general")
        await eve.invoke("imagine", {"prompt": "a flower shop", "count": 4})
        assert await said(world, "SELECT outcome FROM outbox WHERE kind = 'pool-alarm' AND done_ms > 0") == ["sent"]
        assert len(alarms(eve, "本服务器这个月的总额度 ¥0.56 已用完")) == 1


async def test_the_operator_hears_of_the_cap_once_at_80_and_once_at_100_percent(tmp_path):
    async with open_world(tmp_path, quota={"operator_cap": "1.40"}) as world:
        bob, operator = world.member("bob"), world.member("operator")
        query = "SELECT outcome FROM outbox WHERE kind = 'cap-alarm' AND done_ms > 0"
        for _ in range(2):
            await spend(world, bob, 4)
        assert await said(world, query) == ["sent to the owner"]
        (text,) = alarms(operator, "month's cap")
        assert text.startswith("**80 % of this month's cap is taken.** CN¥0.28 of CN¥1.40 is left")
        await world.stop_bot()
        await world.start_bot()
        for _ in range(2):
            assert "monthly limit of the whole bot" in (await world.imagine(world.member("mod"), count=4)).text
        assert await said(world, query, count=2) == ["sent to the owner"] * 2
        assert len(alarms(operator, "month's cap, CN¥1.40, is reached")) == 1
        assert alarms(bob, "cap") == []


@pytest.mark.parametrize("away_s", [0, MARGIN_S])
async def test_an_alarm_whose_answer_was_lost_is_posted_once_also_across_a_restart(tmp_path, away_s):
    async with open_world(tmp_path, servers={"pool": "0.56"}) as world:
        ada, _ = add_admins(world)
        await report_in(world, ada, "general")
        world.discord.faults.add("create_message", Fault(cut=True, when="after"), times=100)
        await spend(world, world.member("bob"), 4)
        await world.discord.until(lambda: alarms(ada, "pool for the month"))
        await world.eventually(lambda: world.rows("SELECT 1 FROM outbox WHERE kind = 'pool-alarm' AND attempts > 0"))
        await world.stop_bot()
        world.discord.faults.clear()
        world.advance(away_s)
        await world.start_bot()
        assert await said(world, "SELECT outcome FROM outbox WHERE kind = 'pool-alarm' AND done_ms > 0") == ["sent"]
        assert len(alarms(ada, "pool for the month")) == 1
