"""What people do in a day, in both servers.

Each act is a function of the world, somebody in a server and dice; the table of each calling says how often each of
its acts comes.
"""

import asyncio
import random
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.discord import ClientRefused, Guild, InteractionFailed
from simulation.people import (
    admins,
    choosers,
    editors,
    keepers,
    members,
    moderators,
    privacy,
    repeaters,
    reviewers,
    writers,
)
from simulation.people.clients import Act
from simulation.servers import CASTS
from simulation.world import World

ACT_WITHIN_S = 2 * 3600.0
"""Longer than anybody stays away; who waits so long for an answer gives it up."""


class Calling(NamedTuple):
    """What one kind of people do.

    Attributes:
        name: in the tally.
        acts: what may be done, and how often compared with the others.
        eager: how many acts each does while a member does one.
        first: what is done before all else, one after the other.
    """

    name: str
    acts: dict[Act, int]
    eager: float
    first: tuple[Act, ...] = ()


MEMBERS = Calling(
    "members",
    {
        **members.ACTS,
        **repeaters.ACTS,
        **editors.ACTS,
        **choosers.ACTS,
        **keepers.ACTS,
        **writers.ACTS,
        **privacy.ACTS,
    },
    1.0,
)
MODERATORS = Calling("moderators", {**moderators.ACTS, **reviewers.ACTS, **keepers.MODERATORS_ACTS}, 0.9)
HELPERS = Calling("helpers", moderators.HELPERS_ACTS, 0.4)
ADMINS = Calling("admins", admins.ACTS, 0.6, first=(admins.report, admins.allow))


ACTS: dict[Act, int] = {
    **members.ACTS,
    **repeaters.ACTS,
    **editors.ACTS,
    **choosers.ACTS,
    **keepers.ACTS,
    **keepers.MODERATORS_ACTS,
    **writers.ACTS,
    **privacy.ACTS,
    **moderators.ACTS,
    **reviewers.ACTS,
    **moderators.HELPERS_ACTS,
    **admins.ACTS,
}
"""All that anybody may do."""


async def everybody(world: World, until_s: float, acts: float) -> None:
    """Let all people live until a time, with about so many acts between them."""
    lives = [(guild, calling, name) for guild in world.guilds for calling, name in _people(guild)]
    each = acts / sum(calling.eager for _, calling, _ in lives)
    async with asyncio.TaskGroup() as group:
        for guild, calling, name in lives:
            times = _times(random.Random(world.dice.random()), until_s, until_s / (each * calling.eager))
            life = live(world, guild, calling, name, times)
            group.create_task(life, name=f"{name} in {guild.name}")


def _people(guild: Guild) -> Iterator[tuple[Calling, str]]:
    cast = CASTS[guild.name]
    callings = (MEMBERS, MODERATORS, ADMINS, HELPERS)
    for calling, names in zip(callings, (cast.members, cast.moderators, cast.admins, cast.helpers), strict=True):
        for name in names:
            yield calling, name


def _times(dice: random.Random, until_s: float, pause_s: float) -> Iterator[float]:
    """Yield when somebody acts, in seconds from the beginning."""
    at_s = dice.uniform(1, 60)
    while at_s < until_s:
        yield at_s
        # People come in bursts: half of the time the next act follows within a minute.
        at_s += dice.uniform(1, 60) if dice.random() < 0.5 else dice.expovariate(0.5 / pause_s)


async def live(world: World, guild: Guild, calling: Calling, name: str, times: Iterator[float]) -> None:
    """Do something at each of these times, in turns of one's own."""
    for place, at_s in enumerate(times, 1):
        turn = f"{guild.name}.{name}{place}"
        dice = world.turns.dice(turn)
        act = dice.choices(list(calling.acts), list(calling.acts.values()))[0]
        if place <= len(calling.first):
            act = calling.first[place - 1]
        if not world.turns.take(turn, act.__name__):
            continue
        await asyncio.sleep(max(0.0, at_s - world.loop.time()))
        await world.connected()
        world.trace.add(name, f"takes turn {turn}")
        if await _do(world, guild, name, act, dice):
            world.count(act)


async def _do(world: World, guild: Guild, name: str, act: Act, dice: random.Random) -> bool:
    """Let somebody do something; return whether they did, and the program answered."""
    try:
        async with asyncio.timeout(ACT_WITHIN_S):
            return await act(world, world.member(name, guild), dice)
    except ClientRefused as refused:
        world.trace.add(name, f"can't: {refused}")
    except InteractionFailed as failed:
        world.trace.add(name, f"sees: {failed}")
    except TimeoutError:
        world.trace.add(name, "waits no longer")
    return False


async def press_what_is_old(world: World, dice: random.Random) -> None:
    """Let somebody of each calling press what has stood there for long."""
    for guild in world.guilds:
        cast = CASTS[guild.name]
        for act, names in (
            (members.press_old, cast.members),
            (reviewers.turn, cast.moderators),
            (moderators.reconsider, cast.moderators),
            (moderators.use_feed, cast.moderators),
            (admins.give_back, cast.admins),
        ):
            await _do(world, guild, dice.choice(names), act, dice)
