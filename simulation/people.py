"""What people do in a day: they ask for pictures, change their minds, and press what is there.

Each act is a function of the world, a member and dice; `ACTS` says how often each of them comes.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator

from bot.domain.requests.catalogue import BUILT_IN
from sandbox.discord import Actor, ClientRefused, InteractionFailed, ShownModal, Used
from simulation.world import MEMBERS, PLACES, World

MODELS = tuple(BUILT_IN)
MARKERS = (*[""] * 12, "[fail] ", "[refuse] ", "[partial] ", "[slow] ")

UNDER_WAY = "SELECT 1 FROM jobs WHERE id = ? AND state IN ('pending', 'running')"

PATIENCE_S = 3600.0
"""How long anybody waits for an answer; Discord itself tells them after a quarter of an hour that none will come."""

Act = Callable[[World, Actor, random.Random], Awaitable[None]]


async def ask(world: World, who: Actor, dice: random.Random) -> None:
    """Ask for pictures, and look at the answer; now and then change one's mind."""
    used = await world.ask(
        who,
        # No two prompts are the same: the bill is held against them.
        f"{dice.choice(MARKERS)}{who.user.name} {len(world.asked)}",
        model=dice.choice(MODELS),
        count=dice.choice((1, 1, 2, 3, 4)),
        private=dice.random() < 0.2,
        place=dice.choice(PLACES),
    )
    if dice.random() < 0.05:
        world.discord.redeliver(used)
    try:
        await used.response()
    except InteractionFailed:
        return
    if dice.random() < 0.25:
        await asyncio.sleep(dice.uniform(0.5, 40))
        await _press_one(world, who, used, dice)


async def _press_one(world: World, who: Actor, used: Used, dice: random.Random) -> None:
    label = dice.choice(("Cancel", "Delete"))
    world.trace.add(who.user.name, f"presses {label} of {used.interaction_id}")
    await press(who, used, label)


async def press(who: Actor, used: Used, label: str) -> None:
    """Press a button if it is there; whoever gets no answer presses again."""
    for _ in range(3):
        try:
            if used.message is None:
                return
            pressed = await who.press(used.message, label)
            if isinstance(await pressed.response(), ShownModal):
                await (await who.submit_modal(pressed, {})).response()
        except ClientRefused:
            return
        except InteractionFailed:
            continue
        return


async def rush(world: World, who: Actor, dice: random.Random) -> None:
    """Ask for more at once than a day allows."""
    model = dice.choice(MODELS)
    asked = [await world.ask(who, f"{who.user.name} {len(world.asked)}", model=model, count=4) for _ in range(3)]
    await asyncio.gather(*(used.response() for used in asked), return_exceptions=True)


async def meddle(world: World, who: Actor, dice: random.Random) -> None:
    """Press what belongs to somebody else."""
    others = [used for used in world.asked if used.interaction.user is not who.user and _is_public(used)]
    if others:
        await _press_one(world, who, others[-1], dice)


def _is_public(used: Used) -> bool:
    return used.message is not None and not used.message.ephemeral and bool(used.message.buttons)


async def forget(world: World, who: Actor, dice: random.Random) -> None:
    """Wish to be forgotten, and say yes to that only when pictures are being made."""
    try:
        question = await (await who.invoke("privacy forget")).reply()
        used = await world.ask(who, f"[slow] {who.user.name} {len(world.asked)}")
        await used.response()
        await asyncio.sleep(dice.uniform(1, 20))
        if world.rows(UNDER_WAY, used.interaction_id):
            world.trace.add(who.user.name, "wishes to be forgotten")
            await (await who.press(question, f"privacy:forget:{who.id}")).response()
    except InteractionFailed:
        return


ACTS: dict[Act, int] = {ask: 12, rush: 2, meddle: 2, forget: 3}
"""What may be done, and how often compared with the others."""


async def live(world: World, name: str, dice: random.Random, until_s: float, acts: float) -> None:
    """Do about so many ``acts`` until a time."""
    who = world.member(name)
    for place, at_s in enumerate(_times(dice, until_s, until_s / acts), 1):
        turn = f"{name}{place}"
        own = world.turns.dice(turn)
        act = own.choices(list(ACTS), list(ACTS.values()))[0]
        if not world.turns.take(turn, act.__name__):
            continue
        await asyncio.sleep(max(0.0, at_s - world.loop.time()))
        await world.connected()
        world.trace.add(name, f"takes turn {turn}")
        world.count(act)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await act(world, who, own)
        except ClientRefused as refused:
            world.trace.add(name, f"can't: {refused}")
        except TimeoutError:
            world.trace.add(name, "waits no longer")


def _times(dice: random.Random, until_s: float, pause_s: float) -> Iterator[float]:
    at_s = 0.0
    while True:
        # People come in bursts: half of the time the next act follows within a minute.
        at_s += dice.uniform(1, 60) if dice.random() < 0.5 else dice.expovariate(0.5 / pause_s)
        if at_s >= until_s:
            return
        yield at_s


async def everybody(world: World, until_s: float, acts: float) -> None:
    """Let all members live until a time, with about so many acts between them."""
    async with asyncio.TaskGroup() as group:
        for name in MEMBERS:
            dice = random.Random(world.dice.random())
            group.create_task(live(world, name, dice, until_s, acts / len(MEMBERS)), name=name)
