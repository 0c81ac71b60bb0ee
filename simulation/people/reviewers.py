"""What moderators read in the log of their server, take along of it, and write into cases."""

import asyncio
import random

from sandbox.discord import Actor
from simulation.people.clients import Act, answer, cast, note, press, press_any, usable
from simulation.world import World

STATUSES = ("delivered", "failed", "refused", "refused-here")


async def search(world: World, who: Actor, dice: random.Random) -> bool:
    """Search the log by member, status or words, and turn to the next page if there is one."""
    options = dice.choice(({}, {}, {"member": dice.choice(cast(who).members)}, {"text": cast(who).name}, {"status": 1}))
    if "status" in options:
        options = {"status": dice.choice(STATUSES)}
    found = await answer(world, who, "logs search", options)
    pages = usable(found, "logs:page:")
    return not pages or await press(who, found, pages[-1].custom_id)


async def turn(world: World, who: Actor, dice: random.Random) -> bool:
    """Turn a page of a search that may be a day old."""
    return await press_any(world, who, dice, "logs:page:")


async def take_along(world: World, who: Actor, dice: random.Random) -> bool:
    """Take what the log has along as a file; now and then the wish arrives twice."""
    note(world, who, "uses /logs export")
    used = await who.invoke("logs export", {"format": dice.choice(("csv", "jsonl"))})
    if dice.random() < 0.3:
        world.discord.redeliver(used)
    async with asyncio.timeout(60):
        await used.reply()
    return True


async def annotate(world: World, who: Actor, dice: random.Random) -> bool:
    """Write a note into a case that there may not be."""
    await answer(world, who, "mod case", {"number": dice.randint(1, 12), "note": "seen"})
    return True


ACTS: dict[Act, int] = {search: 3, turn: 2, take_along: 1, annotate: 1}
"""What may be done, and how often compared with the others."""
