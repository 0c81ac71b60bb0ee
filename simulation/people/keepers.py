"""What people do with sets of pictures that are kept under a name: they add, show, share, use and remove them."""

import asyncio
import random
from typing import Any

from sandbox.discord import Actor, Used
from simulation.people.clients import PATIENCE_S, Act, follow, note, prompt
from simulation.people.pictures import COLOURS, NO_PICTURE, picture
from simulation.servers import PLACES
from simulation.wishes import KeptSet
from simulation.world import World

MARKERS = (*[""] * 6, "[fail] ", "[slow] ")
TRIES_TO_SHARE = 0.15
"""How often a member wants everybody to have a set, which is the moderators' to decide."""

IS_KEPT = "SELECT 1 FROM reference_sets WHERE name = ?"


async def keep(world: World, who: Actor, dice: random.Random) -> bool:
    """Keep pictures under a name, for oneself; now and then one is none, or the name is taken at that moment."""
    return await _add(world, who, dice, shared=dice.random() < TRIES_TO_SHARE)


async def share(world: World, who: Actor, dice: random.Random) -> bool:
    """Keep pictures under a name, for everybody in the server."""
    return await _add(world, who, dice, shared=True)


async def _add(world: World, who: Actor, dice: random.Random, *, shared: bool) -> bool:
    assert who.guild is not None
    name = f"{who.user.name}'s {len(world.wishes.sets)}"
    colours = [dice.choice(COLOURS) for _ in range(dice.choice((1, 1, 2, 3)))]
    given = [picture(dice, colour=colour) for colour in colours]
    if dice.random() < 0.1:
        given[-1] = NO_PICTURE
    pictures = {"picture" if k == 0 else f"picture{k + 1}": one for k, one in enumerate(given)}
    world.wishes.sets[name] = KeptSet(who.guild.id, who.id, shared, tuple(colours))
    added = [
        await _use(world, who, "add", {"name": name, "shared": shared, **pictures})
        for _ in range(dice.choice((1, 1, 1, 2)))
    ]
    world.wishes.adding |= {used.interaction_id for used in added}
    if dice.random() < 0.15:
        world.discord.redeliver(added[0])
    for used in added:
        await _wait(used)
    return True


async def show(world: World, who: Actor, dice: random.Random) -> bool:
    """Look at which sets there are, or at one of them, be it kept still or not, one's own or another's."""
    await _wait(await _use(world, who, "show", _meant(world, who, dice) if dice.random() < 0.6 else {}))
    return True


async def drop(world: World, who: Actor, dice: random.Random) -> bool:
    """Remove a set, one's own or another's, which moderators may; at times twice at once."""
    options = _meant(world, who, dice)
    if not options:
        return False
    dropped = [await _use(world, who, "remove", options) for _ in range(dice.choice((1, 1, 2)))]
    if dice.random() < 0.2:
        world.discord.redeliver(dropped[0])
    for used in dropped:
        await _wait(used)
    return True


async def edit_by(world: World, who: Actor, dice: random.Random) -> bool:
    """Have pictures made of a set that is kept, of any server, one's own or another's, or of one that is none."""
    assert who.guild is not None
    names = list(world.wishes.sets) or ["nothing"]
    near = [name for name, one in world.wishes.sets.items() if one.is_usable(who.guild.id, who.id)]
    name = dice.choice(near) if near and dice.random() < 0.75 else dice.choice(names)
    words = prompt(world, who, dice.choice(MARKERS))
    world.wishes.uses[words] = name
    used = await world.ask(who, words, command="edit", place=dice.choice(PLACES), reference=name)
    await follow(world, who, used, dice)
    return True


def _meant(world: World, who: Actor, dice: random.Random) -> dict[str, Any]:
    """Return which set somebody means, of this server; nothing if there was none ever."""
    assert who.guild is not None
    here = [(name, one) for name, one in world.wishes.sets.items() if one.server_id == who.guild.id]
    # Mostly those that are there.
    here = [one for one in here if world.rows(IS_KEPT, one[0])] or here
    if not here:
        return {}
    name, one = dice.choice(here)
    options: dict[str, Any] = {"name": name}
    if one.is_shared:
        options["shared"] = True
    elif one.person_id != who.id:
        options["member"] = world.discord.world.users[one.person_id].name
    return options


async def _use(world: World, who: Actor, command: str, options: dict[str, Any]) -> Used:
    note(world, who, f"uses /reference {command} {options}")
    return await who.invoke(f"reference {command}", options)


async def _wait(used: Used) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await used.reply()


ACTS: dict[Act, int] = {keep: 3, show: 1, drop: 1, edit_by: 4}
"""What may be done by members, and how often compared with the others."""

MODERATORS_ACTS: dict[Act, int] = {share: 2, show: 1, drop: 1}
"""The same for moderators."""
