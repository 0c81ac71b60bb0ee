"""What goes wrong at the image service: creates that land late, answers that are lost, a list that lags."""

import asyncio
import random
from dataclasses import replace

from sandbox.dashscope import Outcome
from sandbox.weather import LOST_ANSWER, VENDOR
from simulation.world import World

LATEST_S = 350.0
"""After the create has come in; what has not landed seven minutes after its claim never will, as the program counts."""

MOST_LAG_S = 40.0
CHANCE = 0.15
"""Of each request in bad weather."""


async def late_create(world: World, dice: random.Random) -> None:
    """Let the next create land long after its connection died, whatever has become of the bot since."""
    gate = world.vendor.faults.gate("create")
    await gate.reached.wait()
    await asyncio.sleep(dice.uniform(0, 5))
    world.trace.add("trouble", f"cuts {world.network.cut('vendor')} connections with vendor; a create is on its way")
    seconds = dice.choice((5.0, 60.0, LATEST_S)) * dice.random()
    await asyncio.sleep(seconds)
    world.trace.add("trouble", f"the create lands {seconds:.1f} s later")
    gate.open()


async def lost_answer(world: World, dice: random.Random) -> None:
    """Lose the answer to one of the next requests, whose effect stands."""
    operation = dice.choice(("create", "create", "query", "cancel", "list", "result"))
    world.trace.add("trouble", f"the answer to the next {operation} is lost")
    world.vendor.faults.add(operation, dice.choice(LOST_ANSWER))


async def bad_weather(world: World, dice: random.Random) -> None:
    """Let requests be refused, slow or lost for a while."""
    seconds = dice.choice((60.0, 900.0)) * dice.random()
    world.trace.add("trouble", f"bad weather at the vendor for {seconds:.1f} s")
    world.vendor.faults.weather(CHANCE, VENDOR, seed=dice.randrange(2**32))
    await asyncio.sleep(seconds)
    world.vendor.faults.weather(0.0, {}, seed=0)


async def lagging_list(world: World, dice: random.Random) -> None:
    """Let the task list name tasks only after a while."""
    world.vendor.list_lag_s = dice.uniform(1, MOST_LAG_S)
    world.trace.add("trouble", f"the task list lags by {world.vendor.list_lag_s:.1f} s")
    await asyncio.sleep(dice.uniform(60, 3600))
    world.vendor.list_lag_s = 0.0


async def broken_picture(world: World, dice: random.Random) -> None:
    """Let the pictures of the next task be billed, and be none."""
    world.trace.add("trouble", "the next task gives pictures that are none")
    world.vendor.next_outcome(replace(Outcome(), image_bytes=b"no picture"))
