"""What people do to have a part of a picture changed: they choose its fields by buttons, in a hurry or not."""

import asyncio
import random
from typing import Any

from bot.domain.pictures.region import FIELDS, field_name
from sandbox.discord import Actor, Used
from simulation.people.clients import Act, follow, note, prompt, usable
from simulation.people.pictures import NO_PICTURE, mask, picture
from simulation.servers import FUNCTIONAL, PLACES, SERIES, SYNCHRONOUS
from simulation.wishes import FieldPress
from simulation.world import World

MARKERS = (*[""] * 6, "[fail] ", "[slow] ")
MISFITS = 0.15
"""How often somebody asks for a region where none can be chosen."""

PAUSES_S = (0.0, 0.0, 5.0, 60.0, 900.0)
"""How long somebody waits at most between two presses: after ten minutes the question is over."""

QUESTION = "region:"
EDIT, DROP = ":edit", ":drop"
"""How the custom ids of its buttons begin and end."""


async def choose_region(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for a change of some fields, choose them, and go on, drop the question, or leave it."""
    words, given = prompt(world, who, dice.choice(MARKERS)), picture(dice)
    options: dict[str, Any] = {"picture": given, "model": dice.choice((SERIES, FUNCTIONAL))}
    if dice.random() < MISFITS:
        options |= dice.choice(({"model": SYNCHRONOUS}, {"mask": mask(given)}, {"picture": NO_PICTURE}))
        world.wishes.wrong.add(words)
    used = await world.ask(
        who,
        words,
        command="edit",
        place=dice.choice(PLACES),
        private=dice.random() < 0.2,
        choose_region=True,
        **options,
    )
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    await used.reply()
    if not usable(used.message, QUESTION):
        return True
    await _choose(world, who, used, words, dice)
    await _end(world, who, used, words, dice)
    return True


async def _choose(world: World, who: Actor, used: Used, words: str, dice: random.Random) -> None:
    """Press some fields, chosen or not; whoever is in a hurry doesn't wait for what comes of it."""
    presses = world.wishes.regions.setdefault(words, [])
    for _ in range(dice.randint(1, 5)):
        field = f":{field_name(dice.randrange(FIELDS))}"
        key = next((one.custom_id for one in usable(used.message, QUESTION) if one.custom_id.endswith(field)), None)
        if used.message is None or key is None:
            return
        note(world, who, f"presses {key}")
        pressed = await who.press(used.message, key)
        presses.append(FieldPress(field[1:], ":add:" in key, pressed, world.bot))
        if dice.random() < 0.1:
            world.discord.redeliver(pressed)
        await asyncio.sleep(dice.choice(PAUSES_S) * dice.random())


async def _end(world: World, who: Actor, used: Used, words: str, dice: random.Random) -> None:
    """Go on with what is chosen, at times twice at once; or drop the question; or leave it."""
    ends = [one.custom_id for one in usable(used.message, QUESTION) if one.custom_id.endswith((EDIT, DROP))]
    if used.message is None or not ends or dice.random() < 0.1:
        return
    # What can be gone on with, mostly is.
    key = dice.choice(ends) if dice.random() < 0.3 else ends[0]
    presses = [await who.press(used.message, key) for _ in range(dice.choice((1, 1, 1, 2)))]
    for pressed in presses:
        if key.endswith(EDIT):
            world.take_note(pressed, who, f"{words} (by {key})")
        await follow(world, who, pressed, dice)


ACTS: dict[Act, int] = {choose_region: 4}
"""What may be done, and how often compared with the others."""
