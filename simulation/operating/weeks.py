"""The bot that is away for weeks or years, and comes back to what has grown old meanwhile."""

import asyncio
import random

from simulation.machine.loop import HOPS_S
from simulation.machine.storage import ILLS
from simulation.world import World

DAY_S = 24 * 3600.0
AGES_DAYS = ((7.0, 9.0), (34.0, 45.0), (370.0, 400.0))
"""Beyond what is kept for a week, for `storage.keep_images_days` and for `storage.keep_prompts_days`: the moments that
are stored may be two days off, since the clock is set now and then."""

WORKS_S = 4 * 3600.0
"""It looks for what is old twice an hour."""

ILL_LUCK = 0.3
"""How often the disk is ill when the file is to be written anew, which is tried again a day later."""

LOOKS, LOOK_S = 1200, 0.1
SLOW_HOPS_S = (0.2, 0.8)
TRIED = "SELECT 1 FROM scrubs WHERE tried_ms >= ?"


async def be_away(world: World, dice: random.Random) -> float:
    """Let the bot be away, and then work for some hours and one start; return for how many days it was.

    It is left running.
    """
    days = dice.uniform(*dice.choice(AGES_DAYS))
    world.trace.add("operator", f"is away for {days:.1f} days")
    world.tally["operator away"] += 1
    world.wait_longer(days * DAY_S)
    await asyncio.sleep(days * DAY_S)
    world.start()
    if dice.random() < ILL_LUCK and await _begins_to_write_anew(world):
        await _be_ill(world, dice)
        await asyncio.sleep(DAY_S)
    await asyncio.sleep(WORKS_S)
    await world.stop()
    world.start()
    await asyncio.sleep(WORKS_S)
    return days


async def _begins_to_write_anew(world: World) -> bool:
    """Wait until the file is about to be written anew, if that is soon; the disk is slow, so it isn't done at once."""
    begun_ms = world.clock.now_ms()
    world.loop.hops_s = SLOW_HOPS_S
    try:
        # The database wakes nobody.
        for _ in range(LOOKS):
            if world.rows(TRIED, begun_ms):
                return True
            await asyncio.sleep(LOOK_S)
        return False
    finally:
        world.loop.hops_s = HOPS_S


async def _be_ill(world: World, dice: random.Random) -> None:
    world.disk.ill = dice.choice(ILLS)
    world.trace.add("trouble", f"the disk is ill: {world.disk.ill.words}")
    await asyncio.sleep(dice.uniform(60, 3600))
    world.trace.add("trouble", "the disk is well")
    world.disk.ill = None
