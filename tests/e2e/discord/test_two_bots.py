"""Two bots with one token on two databases, as after a deployment that left the old one running."""

import asyncio
import dataclasses
import sqlite3

import pytest

from bot import app
from sandbox.clock import ShiftedClock
from sandbox.faults import Fault
from tests.support.world import DONE, World, make_config, open_world


@pytest.fixture
async def twins(tmp_path):
    """A world with its bot, and the same world with the other one."""
    async with open_world(tmp_path / "one") as world:
        config = make_config(world.discord, world.vendor, tmp_path / "two")
        other = dataclasses.replace(world, config=config, stop=asyncio.Event(), running=None)
        identified = world.discord.identified
        other.running = asyncio.create_task(app.run(config, ShiftedClock(world.clock), stop=other.stop))
        await world.discord.until(lambda: world.discord.identified > identified)
        try:
            yield world, other
        finally:
            await other.stop_bot()


def states(world: World) -> list[str]:
    return [row["state"] for row in world.rows("SELECT state FROM jobs")]


def ended(world: World) -> list[str]:
    return [state for state in states(world) if state in DONE]


async def one_draws(world: World, other: World) -> None:
    await world.eventually(lambda: len(ended(world)) == len(ended(other)) == 1)
    assert sorted(ended(world) + ended(other)) == ["delivered", "void"]
    assert world.vendor.creates == 1
    for each in (world, other):
        assert each.rows("SELECT kind, held FROM buckets WHERE held <> 0") == []


async def test_only_the_one_whose_answer_stands_draws(twins):
    world, other = twins
    # The same seed, and the same number in both: nothing tells the two requests apart.
    await world.imagine(world.member("bob"), seed=7)
    await one_draws(world, other)


@pytest.mark.parametrize("first", [0, 1])
async def test_who_only_finds_the_other_thinking_draws_nothing(twins, first: int):
    locks = [sqlite3.connect(one.config.storage.file, isolation_level=None) for one in twins]
    for lock in locks:
        lock.execute("BEGIN IMMEDIATE")
    world = twins[0]
    await world.member("bob").invoke("imagine", {"prompt": "a flower shop", "seed": 7}, channel="general")
    # Storage is slow for both, so that both ask Discord for time.
    await world.discord.until(lambda: len([one for one in world.discord.requests if one.operation == "callback"]) == 2)
    for which in (first, 1 - first):
        locks[which].close()
        await twins[which].eventually(lambda which=which: len(ended(twins[which])) == 1)
    await one_draws(*twins)


async def test_a_card_that_is_not_ours_is_no_answer_after_a_restart_either(twins, monkeypatch):
    world, other = twins
    world.discord.faults.add("get_original", Fault(status=503), times=20)
    await world.imagine(world.member("bob"), seed=7)
    await world.eventually(lambda: "held" in states(world) + states(other))
    loser = world if "held" in states(world) else other
    await loser.stop_bot()
    world.discord.faults.clear()
    loser.stop.clear()
    loser.running = asyncio.create_task(app.run(loser.config, ShiftedClock(world.clock), stop=loser.stop))
    await one_draws(world, other)
