"""What members do about their prompts: they have them rewritten, look at what came of it, and have that drawn."""

import asyncio
import contextlib
import random

from sandbox.discord import Actor, ClientRefused, InteractionFailed, Used
from simulation.people.clients import PATIENCE_S, Act, asked_in, follow, note, prompt, react, usable
from simulation.servers import PLACES
from simulation.world import World

MARKERS = (*[""] * 8, "[fail] ", "[refuse] ", "[slow] ", "gore ")
KINDS = ("improve", "translate")

THINKS_S = (5.0, 300.0, 4500.0)
"""How long somebody looks at a rewritten prompt at most: after an hour nobody knows it any more."""

DRAW = "prompt:"
"""How the custom id of the button begins that has a rewritten prompt drawn."""


async def improve(world: World, who: Actor, dice: random.Random) -> bool:
    """Have a prompt rewritten to look at it, and have it drawn, be it late, or twice at once."""
    kind = dice.choice(KINDS)
    used = await world.ask(who, prompt(world, who, dice.choice(MARKERS)), command=f"prompt {kind}")
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    async with asyncio.timeout(PATIENCE_S):
        shown = await used.reply()
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    if not usable(shown, DRAW):
        return True
    if dice.random() < 0.8:
        await asyncio.sleep(dice.choice(THINKS_S) * dice.random())
        await _draw(world, who, used, dice)
    return True


async def _draw(world: World, who: Actor, used: Used, dice: random.Random) -> None:
    if used.message is None:
        return
    key = usable(used.message, DRAW)[0].custom_id
    note(world, who, f"presses {key}")
    pressed = [await who.press(used.message, key) for _ in range(dice.choice((1, 1, 2)))]
    if dice.random() < 0.2:
        world.discord.redeliver(pressed[0])
    for one in pressed:
        with contextlib.suppress(InteractionFailed):
            await one.response()
    await asyncio.sleep(dice.uniform(0.5, 40))
    await react(world, who, pressed[0], dice)


async def enhance(world: World, who: Actor, dice: random.Random) -> bool:
    """Ask for pictures of a prompt that is to be rewritten first, or of none that is, whatever the server says."""
    words = prompt(world, who, dice.choice(MARKERS))
    used = await world.ask(who, words, place=dice.choice(PLACES), enhance=dice.choice((*KINDS, "off")))
    if dice.random() < 0.1:
        world.discord.redeliver(used)
    await follow(world, who, used, dice)
    return True


async def draw_old(world: World, who: Actor, dice: random.Random) -> bool:
    """Have a rewritten prompt drawn that may be hours old, or try to with somebody else's."""
    old = [used for used in asked_in(world, who) if usable(used.message, DRAW)]
    if not old:
        return False
    used = dice.choice(old)
    if used.message is not None:
        with contextlib.suppress(ClientRefused):
            key = usable(used.message, DRAW)[0].custom_id
            note(world, who, f"presses {key} of {used.interaction.user.name}")
            await (await who.press(used.message, key, force=True)).response()
    return True


ACTS: dict[Act, int] = {improve: 3, enhance: 3, draw_old: 1}
"""What may be done, and how often compared with the others."""
