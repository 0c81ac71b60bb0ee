"""/quota report and the operator's weekly word, over real sockets."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.discord import Actor, ClientRefused, SeenMessage
from tests.support.faults import denied
from tests.support.moments import NOON
from tests.support.quotas import quota
from tests.support.settings import add_admins
from tests.support.world import World, open_world

TURBO = "wanx2.1-t2i-turbo"
SCALE = 4
"""Names are asked for within three seconds of the bot's: at this pace that is enough for a busy machine."""

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


async def report(who: Actor, **options: Any) -> SeenMessage:
    return await quota(who, "report", **options)


async def make(world: World, who: Actor, number: int = 1, **options: Any) -> None:
    await world.imagine(who, **options)
    await world.job_is("delivered", number)


async def table(world: World, answer: SeenMessage) -> list[list[str]]:
    (file,) = (file for file in answer.attachments if file.filename.endswith(".csv"))
    text = (await world.discord.fetch(file.url)).decode("utf-8-sig")
    return [line.split(",") for line in text.splitlines()]


async def test_an_admin_gets_numbers_chart_and_table_of_their_server_without_any_cost(tmp_path):
    model = {"free_tier": 2, "free_tier_started": NOON.date()}
    terms = {"free_images": 3, "budget": "1"}
    async with open_world(tmp_path, scale=SCALE, models={TURBO: model}, quota=terms, servers={"pool": "20"}) as world:
        ada, li = add_admins(world)
        bob, mei = world.member("bob"), world.member("mei")
        await make(world, bob, count=3)
        await make(world, mei, number=2, count=1, model="wanx2.1-t2i-plus")
        answer = await report(ada)
        for words in (
            "Pictures made in Studio",
            "4 pictures in 2 jobs · 4 free",
            "- Bob: 3 pictures ·",
            "- Mei: 1 picture ·",
            SHANGHAI,
        ):
            assert words in answer.text
        assert "- wanx2.1-t2i-turbo: 3 pictures ·" in answer.text.replace("\\", "")
        picture, sheet = answer.attachments
        assert (await world.discord.fetch(picture.url)).startswith(b"\x89PNG")
        assert picture.description is not None
        assert "4 pictures" in picture.description
        assert picture.filename.replace(".png", ".csv") == sheet.filename
        rows = await table(world, answer)
        assert [row[:1] + row[2:] for row in rows[1:]] == [
            ["Bob", "wanx2.1-t2i-turbo", "1", "3", "3", "0", "0", "0", "0.42", "2.10"],
            ["Mei", "wanx2.1-t2i-plus", "1", "1", "1", "0", "0", "0", "0.2", "1.00"],
        ]
        # Members are charged nothing, and 0.62 is taken of the pool; the vendor bills 0.34.
        assert "CN¥0.62 at list price" in answer.text
        assert world.cost_in_ledger() == 340_000
        assert "0.34" not in answer.text
        chinese = await report(li)
        for words in ("Studio 的图片用量", "成员", "Bob：3 张"):
            assert words in chinese.text
        assert (await table(world, chinese))[0][0] == "成员"


async def test_refused_requests_are_counted_by_reason(tmp_path):
    async with open_world(tmp_path, scale=SCALE, quota={"free_images": 1}, servers={"pool": "0.1"}) as world:
        ada, li = add_admins(world)
        bob = world.member("bob")
        for count in (2, 2, 1):
            assert (await world.imagine(bob, count=count)).ephemeral
        english, chinese = await report(ada), await report(li)
        assert "No pictures were made" in english.text
        assert english.attachments == []
        assert "Refused requests: 3**\n- beyond the member's quota: 2\n- beyond the server's pool: 1" in english.text
        assert "被拒绝的请求：3 个**\n- 超出成员额度：2\n- 超出服务器总额度：1" in chinese.text


async def test_only_admins_are_answered_and_only_of_their_own_server(tmp_path):
    async with open_world(tmp_path, scale=SCALE, servers={"allowed": "any", "pool": "none"}) as world:
        ada, _ = add_admins(world)
        bob, mei, mod = world.member("bob"), world.member("mei"), world.member("mod")
        other = world.discord.add_guild("Elsewhere", owner="eve")
        other.add_member("bob")
        other.add_member("ada")
        eve = world.member("eve", other)
        await make(world, bob, count=2)
        for who in (bob, mei, mod, world.member("bob", other), world.member("ada", other)):
            with pytest.raises(ClientRefused):
                await report(who)
        # Discord's own bar falls where admins of the server re-map the command.
        for guild in (world.guild, other):
            guild.grant_command("quota", "@everyone")
        for who, words in (
            (bob, "Only admins"),
            (mei, "管理员"),
            (mod, "Only admins"),
            (world.member("ada", other), "Only"),
        ):
            refused = await report(who)
            assert words in refused.text
            assert refused.attachments == []
        nothing = await report(eve)
        assert "Elsewhere" in nothing.text
        assert "No pictures were made" in nothing.text
        assert "Bob" not in nothing.text
        assert nothing.attachments == []
        assert "- Bob: 2 pictures ·" in (await report(ada)).text


async def test_who_loses_the_role_loses_the_report_at_once(tmp_path):
    async with open_world(tmp_path, scale=SCALE) as world:
        ada, _ = add_admins(world)
        world.guild.grant_command("quota", "@everyone")
        assert "Studio" in (await report(ada)).text
        world.guild.set_roles("ada", [])
        assert "Only admins" in (await report(ada)).text


@pytest.mark.parametrize(("zone", "kind"), [(SHANGHAI, "day"), (NEW_YORK, "week"), (SHANGHAI, "month")])
async def test_a_period_begins_and_ends_where_the_servers_calendar_says(tmp_path, zone, kind):
    async with open_world(tmp_path, scale=SCALE, quota={"period": kind, "timezone": zone}) as world:
        ada, _ = add_admins(world)
        today = datetime.fromtimestamp(world.clock.now_ms() / 1000, ZoneInfo(zone)).date()
        await make(world, world.member("bob"), count=2)
        now = await report(ada, period="current")
        assert "2 pictures in 1 job · 2 free · CN¥0.00 charged · CN¥0.28 at list price\n" in now.text
        assert zone in now.text.replace("\\", "")
        assert "No pictures" in (await report(ada, period="previous")).text
        days = {"day": 1, "week": 7, "month": 31}[kind]
        world.clock.advance(days * 24 * 3600)
        assert "No pictures" in (await report(ada)).text
        assert "2 pictures" in (await report(ada, period="previous")).text
        named = await report(ada, period=today.isoformat())
        assert "2 pictures" in named.text
        assert (today.isoformat() in named.attachments[0].filename) or kind != "day"


async def test_a_wrong_period_is_refused_with_what_would_do_and_periods_are_offered(tmp_path):
    async with open_world(tmp_path, scale=SCALE) as world:
        ada, li = add_admins(world)
        tomorrow = datetime.fromtimestamp(world.clock.now_ms() / 1000, ZoneInfo(SHANGHAI)).date() + timedelta(days=1)
        for who, unknown, future in (
            (ada, "names no day or month", "not begun yet"),
            (li, "不是日期或月份", "还没有开始"),
        ):
            assert unknown in (await report(who, period="sometime")).text
            assert future in (await report(who, period=tomorrow.isoformat())).text
        offered = await ada.autocomplete("quota report", {"period": ""}, focused="period")
        assert [choice.value for choice in offered][:3] == [
            "current",
            "previous",
            f"{tomorrow - timedelta(days=1):%Y-%m}",
        ]
        assert offered[0].name.startswith("Current period · ")
        typed = await li.autocomplete("quota report", {"period": " 2025-10"}, focused="period")
        assert [(choice.name, choice.value) for choice in typed] == [("2025年10月", "2025-10")]


async def test_who_left_is_a_number_and_a_name_does_no_harm(tmp_path):
    async with open_world(tmp_path, scale=SCALE) as world:
        ada, _ = add_admins(world)
        name = "=cmd|'x' @everyone **b**"
        world.guild.add_member(name)
        await make(world, world.member(name), count=2)
        answer = await report(ada)
        assert answer.pinged == ()
        assert "**b**" not in answer.text
        assert (await table(world, answer))[1][0].startswith("'=cmd")
        world.guild.remove_member(name)
        answer = await report(ada)
        assert "- Account 1: 2 pictures ·" in answer.text
        assert name not in answer.text


async def test_what_is_larger_than_a_file_may_be_is_left_out_and_said(tmp_path):
    async with open_world(tmp_path, scale=SCALE) as world:
        ada, li = add_admins(world)
        bob, mei = world.member("bob"), world.member("mei")
        await make(world, bob, count=2)
        await make(world, mei, number=2, count=1)
        world.guild.attachment_size_limit = 260
        answer = await report(ada)
        assert [file.filename[-4:] for file in answer.attachments] == [".csv"]
        assert answer.attachments[0].size <= 260
        assert "The chart could not be drawn." in answer.text
        assert "first 1 of 2 rows" in answer.text
        chinese = await report(li)
        assert "图表未能生成" in chinese.text
        assert "2 行中的前 1 行" in chinese.text


async def test_the_operator_is_told_once_a_week_also_across_a_restart(tmp_path):
    async with open_world(tmp_path, scale=SCALE, quota={"operator_cap": "5"}) as world:
        owner, bob = world.member(world.guild.owner.name), world.member("bob")
        await make(world, bob, count=2)
        await world.stop_bot()
        now = datetime.fromtimestamp(world.clock.now_ms() / 1000, ZoneInfo(SHANGHAI))
        monday = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0, second=0)
        world.clock.advance((monday - now).total_seconds())
        for _ in range(2):
            await world.start_bot()
            await world.discord.until(lambda: told(owner), timeout_s=30)
            await make(world, bob, number=2 + _, count=1)
            await world.stop_bot()
        assert len(told(owner)) == 1
        (word,) = told(owner)
        for words in ("CN¥0.28 for 2 pictures, 0 of them from free tiers", "Studio: 2 pictures, CN¥0.28 at list price"):
            assert words in word
        assert "of CN¥5.00 are used so far" in word
        assert [row["outcome"] for row in world.rows("SELECT outcome FROM outbox WHERE kind = 'operator-report'")] == [
            "sent to the owner"
        ]
        await world.start_bot()


def told(owner: Actor) -> list[str]:
    return [message.text for message in owner.direct_messages() if "Last week" in message.text]


async def test_a_permission_that_is_taken_away_meanwhile_is_said_and_no_fault_of_ours(tmp_path, caplog):
    async with open_world(tmp_path) as world:
        ada, _ = add_admins(world)
        world.discord.faults.add("edit_original", denied(403, 50013, "Missing Permissions"))
        answer = await report(ada)
        assert "a permission of mine was just taken away" in answer.text
        assert "an answer did not reach Discord" in caplog.text
        assert "reference" not in caplog.text
