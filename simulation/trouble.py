"""What goes wrong in a day: kills, broken connections, darkness on the network, clocks that are set.

Each trouble is a function of the world and dice; `TROUBLES` says how often each of them comes.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from simulation.world import World

PLACES = ("discord", "vendor", "results")
SHORTLY_S = 15.0
"""How long after somebody has asked trouble comes, in the mean: nobody is hurt while nothing goes on."""

SOON = 400
"""A request takes about three hundred callbacks, a start some five hundred."""

Trouble = Callable[[World, random.Random], Awaitable[None]]


async def kill(world: World, dice: random.Random) -> None:
    """Let the bot die before one of its next callbacks; its operator starts it again."""
    world.trace.add("trouble", "a kill comes soon")
    world.bot.die_within(SOON)


async def cut(world: World, dice: random.Random) -> None:
    """Break off every connection with one place."""
    name = dice.choice(PLACES)
    world.trace.add("trouble", f"cuts {world.network.cut(name)} connections with {name}")


async def darkness(world: World, dice: random.Random) -> None:
    """Let nothing through between the bot and a place, one way or both, for a while."""
    name = dice.choice(PLACES)
    ways = dice.choice(([("bot", name)], [(name, "bot")], [("bot", name), (name, "bot")]))
    seconds = dice.choice((2.0, 20.0, 200.0, 1800.0)) * dice.random()
    world.trace.add("trouble", f"dark for {seconds:.1f} s: {ways}")
    world.network.darken(*ways)
    await asyncio.sleep(seconds)
    world.network.lighten(*ways)


async def refusal(world: World, dice: random.Random) -> None:
    """Let a place take no new connections, and break off the old ones, for a while."""
    name = dice.choice(PLACES)
    seconds = dice.choice((5.0, 60.0, 900.0)) * dice.random()
    world.trace.add("trouble", f"{name} refuses for {seconds:.1f} s")
    world.network.conditions.closed.add(name)
    world.network.cut(name)
    await asyncio.sleep(seconds)
    world.network.conditions.closed.discard(name)


async def clock_step(world: World, dice: random.Random) -> None:
    """Set the bot's wall clock, and back later."""
    step_s = dice.choice((-600.0, -5.0, 5.0, 600.0)) * dice.random()
    world.trace.add("trouble", f"sets the clock by {step_s:.1f} s")
    world.clock.ahead_s += step_s
    await asyncio.sleep(dice.uniform(1, 1800))
    world.trace.add("trouble", f"sets the clock by {-step_s:.1f} s")
    world.clock.ahead_s -= step_s


TROUBLES: dict[Trouble, int] = {kill: 4, cut: 3, darkness: 2, refusal: 1, clock_step: 1}
"""What may go wrong, and how often compared with the others."""


async def strike(world: World, dice: random.Random) -> None:
    """Let things go wrong until cancelled: after every other request, while it is under way."""
    async with asyncio.TaskGroup() as group:
        while True:
            await world.news.get()
            if dice.random() < 0.5:
                group.create_task(_later(world, random.Random(dice.random())), name="trouble")


async def _later(world: World, dice: random.Random) -> None:
    await asyncio.sleep(dice.expovariate(1 / SHORTLY_S))
    trouble = dice.choices(list(TROUBLES), list(TROUBLES.values()))[0]
    world.tally[trouble.__name__] += 1
    await trouble(world, dice)
