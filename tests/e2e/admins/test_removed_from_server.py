"""The bot is removed from a server while jobs wait in it, and invited again; and outages, which are no removal."""

import asyncio

import pytest

from bot.presentation.servers import presence
from sandbox.dashscope import Outcome
from sandbox.discord import Actor, Guild, SeenMessage
from tests.support.faults import RATE, denied
from tests.support.world import World, open_world

LATE_S = 16 * 60
"""By then the interaction's token is dead."""

LOOK_EVERY_S = 200
"""How often the bot looks at the servers that jobs wait for, with some room."""

IN_LINE = "state IN ('queued', 'submitting')"


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path, servers={"allowed": "any", "pool": "none"}) as world:
        yield world


async def wait_in_line(world: World) -> tuple[Guild, Actor]:
    """Let bob ask twice in another server: one picture is drawn there, for the other the service has no room."""
    other = world.discord.add_guild("Elsewhere", owner="eve")
    other.add_member("bob")
    bob = world.member("bob", other)
    world.vendor.next_outcome(Outcome(service_s=LATE_S))
    await world.hand_over(bob)
    world.vendor.faults.add("create", RATE, times=1000)
    await world.imagine(bob, "a second shop")
    await world.eventually(lambda: waits(world))
    return other, bob


def waits(world: World) -> bool:
    return bool(world.rows(f"SELECT 1 FROM jobs WHERE number = 2 AND {IN_LINE}"))


def make_room(world: World) -> None:
    world.vendor.faults.clear()
    world.advance(120)


async def ends(world: World, number: int, state: str) -> None:
    await world.eventually(lambda: world.job(number)["state"] == state)


async def look_up(who: Actor, number: int) -> SeenMessage:
    return await (await who.invoke("job", {"number": number}, channel="general")).reply()


def drawn(world: World) -> list[str]:
    return [task.prompt for task in world.vendor.tasks.values()]


def asked(world: World) -> int:
    return len([one for one in world.discord.requests if one.operation == "get_guild" and one.status])


async def test_what_waits_is_given_back_and_what_was_made_is_had_when_the_bot_comes_back(world):
    other, bob = await wait_in_line(world)
    other.remove_bot()
    await ends(world, 2, "expired")
    assert world.job(2)["outcome"] == "expired"
    make_room(world)
    world.advance(LATE_S)
    await ends(world, 1, "undelivered")
    assert world.job(1)["failure"] == "server_left"
    assert drawn(world) == ["a flower shop"]
    told = await (await world.discord.member("bob").invoke("job", {"number": 1}, channel="@dm")).reply()
    assert "The pictures are made and kept, but I was removed from that server." in told.text
    other.add_bot()
    assert len((await look_up(bob, 1)).gallery) == 1
    shown = (await look_up(bob, 2)).text
    assert shown.startswith("### Given back · #2")
    assert "removed from the server while it waited" in shown
    await world.imagine(bob, "a third shop")
    await ends(world, 3, "delivered")
    world.assert_books_agree()


async def test_an_outage_of_a_server_gives_nothing_back(world):
    other, _ = await wait_in_line(world)
    other.go_down()
    world.discord.drop_gateway(resumable=False, cut=True)
    await world.discord.until(lambda: world.discord.identified == 2 and world.discord.connected)
    world.advance(LOOK_EVERY_S)
    other.come_up()
    make_room(world)
    await ends(world, 2, "delivered")
    assert asked(world) == 0


@pytest.mark.parametrize("answer", [(403, 0, "a proxy says so"), (404, 0, "404: Not Found")])
async def test_a_server_that_ready_does_not_name_is_given_up_by_discords_word_alone(world, answer):
    other, _ = await wait_in_line(world)
    world.discord.faults.add("get_guild", denied(*answer), times=50)
    world.discord.drop_gateway(resumable=False, cut=True)
    other.bot_inside = False  # and nobody tells the bot
    await world.discord.until(lambda: asked(world) == 1)
    await asyncio.sleep(0.2)  # a call that time cuts off keeps discord.py from asking again for half a minute
    assert waits(world)
    world.discord.faults.clear()
    world.advance(LOOK_EVERY_S)
    await ends(world, 2, "expired")


async def test_a_bot_that_was_removed_while_it_was_away_draws_nothing_at_its_start(world):
    other, _ = await wait_in_line(world)
    await world.stop_bot()
    other.remove_bot()
    make_room(world)
    await world.start_bot()
    await ends(world, 2, "expired")
    assert drawn(world) == ["a flower shop"]


async def test_a_bot_that_is_told_to_stop_while_it_asks_for_its_servers_ends_at_once(world, monkeypatch):
    other, _ = await wait_in_line(world)
    await world.stop_bot()
    other.bot_inside = False  # and nobody tells the bot
    monkeypatch.setattr(presence, "START_WITHIN_S", 1e9)
    monkeypatch.setattr(presence, "PATIENT_TIMEOUT_S", 1e9)
    asked_for = world.discord.faults.gate("get_guild")
    await world.start_bot()
    await asked_for.reached.wait()
    await world.stop_bot()
    asked_for.open()
    assert drawn(world) == ["a flower shop"]
