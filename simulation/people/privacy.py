"""What members do about what is kept of them: they take it along, and wish to be forgotten."""

import asyncio
import random

from sandbox.discord import Actor
from simulation.people.clients import Act, answer, note, press, prompt, usable
from simulation.world import World

UNDER_WAY = "SELECT 1 FROM jobs WHERE id = ? AND state IN ('pending', 'running')"
DONE_WITHIN_S = 900.0
"""What somebody who wants to be forgotten waits for their last pictures."""


async def forget(world: World, who: Actor, dice: random.Random) -> bool:
    """Wish to be forgotten, and say yes to that only when pictures are being made."""
    question = await answer(world, who, "privacy forget", {})
    used = await world.ask(who, prompt(world, who, "[slow] "))
    await used.response()
    await asyncio.sleep(dice.uniform(1, 20))
    if not world.rows(UNDER_WAY, used.interaction_id):
        return False
    note(world, who, "wishes to be forgotten")
    await press(who, question, f"privacy:forget:{who.id}")
    return True


async def vanish(world: World, who: Actor, dice: random.Random) -> bool:
    """Be forgotten for good, whatever was met before; say so twice at times, or think better of it."""
    question = await answer(world, who, "privacy forget", {})
    if not usable(question, "privacy:forget:"):
        await asyncio.sleep(DONE_WITHIN_S)
        question = await answer(world, who, "privacy forget", {})
    if not usable(question, "privacy:forget:"):
        return False
    if dice.random() < 0.1:
        return await press(who, question, f"privacy:keep:{who.id}")
    await asyncio.sleep(dice.uniform(1, 60))
    note(world, who, "wishes to be forgotten, with nothing under way")
    pressed = [await who.press(question, f"privacy:forget:{who.id}") for _ in range(dice.choice((1, 1, 2)))]
    if dice.random() < 0.2:
        world.discord.redeliver(pressed[0])
    await asyncio.gather(*(one.response() for one in pressed), return_exceptions=True)
    if dice.random() < 0.5:
        await export(world, who, dice)
    return True


async def export(world: World, who: Actor, dice: random.Random) -> bool:
    """Take along what is kept of oneself, or a part of it that there may not be."""
    await answer(world, who, "privacy export", {"part": dice.choice((1, 1, 2))})
    return True


ACTS: dict[Act, int] = {forget: 3, vanish: 3, export: 1}
"""What may be done, and how often compared with the others."""
