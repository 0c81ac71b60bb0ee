"""What people do for two hours: ask, change their minds, tidy up; and what happens to the gateway meanwhile."""

import asyncio
import random
import re
from collections.abc import Sequence

from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.sizes import Size
from sandbox.discord import Actor, ClientRefused, InteractionFailed, Used
from simulation.people.clients import press
from tests.soak.stage import Soak

PAUSE_S = 150.0
"""Between two requests of a member, in the mean; four of ten follow within seconds, as people in a channel do."""

MODELS = [name for name, model in BUILT_IN.items() if model.is_offered and model.sizes.admits(Size(512, 512))]
"""They draw small pictures, which cost the machine little."""

POPULARITY = [4, 1, 1, 1, 1]
"""Of the models, in their order: one of them everybody takes, so that there are queues."""

MARKERS = [*[""] * 25, *["[fail] ", "[refuse] ", "[partial] "] * 2, "[slow] "]

ADDRESSED = "SELECT 1 FROM jobs WHERE id = ? AND message_id <> 0"


async def live(soak: Soak, name: str, dice: random.Random, until_s: float) -> None:
    """Ask for pictures until the clock shows ``until_s``."""
    who = soak.member(name)
    while True:
        await soak.clock.sleep(dice.uniform(1, 10) if dice.random() < 0.4 else dice.expovariate(0.6 / PAUSE_S))
        if soak.clock.monotonic() >= until_s:
            return
        used = await soak.ask(
            who,
            # No two prompts are the same: the bill is held against them.
            f"{dice.choice(MARKERS)}{name} {len(soak.asked)}",
            model=dice.choices(MODELS, POPULARITY)[0],
            count=dice.choice((1, 1, 2, 3, 4)),
            private=dice.random() < 0.2,
        )
        if dice.random() < 0.05:
            soak.discord.redeliver(used)
        try:
            await used.response()
        except InteractionFailed:
            continue
        await _change_mind(soak, who, used, dice)


async def _change_mind(soak: Soak, who: Actor, used: Used, dice: random.Random) -> None:
    chance = dice.random()
    if chance < 0.12:
        await soak.clock.sleep(dice.uniform(1, 40))
        await press(who, used.message, "Cancel")
    elif chance < 0.16:
        await soak.clock.sleep(dice.uniform(1, 40))
        number = re.search(r"#(\d+)", used.message.text if used.message else "")
        if number and soak.discord.connected:
            canceled = await who.invoke("cancel", {"number": int(number[1])})
            await canceled.acknowledged.wait()
    elif chance < 0.24:
        await soak.clock.sleep(dice.uniform(60, 300))
        await press(who, used.message, "Delete")


async def moderate(soak: Soak, dice: random.Random) -> None:
    """Remove a message now and then until cancelled, by its button or by hand."""
    mod = soak.member("mod")
    while True:
        await soak.clock.sleep(dice.expovariate(1 / 300))
        used = dice.choice(soak.asked[-10:]) if soak.asked else None
        # What has just been answered nobody has read yet.
        message = used.message if used else None
        if used is None or message is None or not soak.rows(ADDRESSED, used.interaction_id):
            continue
        if dice.random() < 0.5:
            await press(mod, used.message, "Delete")
            continue
        try:
            mod.delete(message)
        except ClientRefused:
            # A private one.
            continue
        soak.swept.add(message.id)


async def shake(soak: Soak, dice: random.Random) -> None:
    """Drop the gateway now and then until cancelled, in each of the ways in which Discord does."""
    while True:
        await soak.clock.sleep(dice.expovariate(1 / 400))
        soak.discord.drop_gateway(resumable=dice.random() < 0.5, cut=dice.random() < 0.5)


async def traffic(soak: Soak, people: Sequence[str], until_s: float, seed: int) -> None:
    """Let everybody do what they do until the clock shows ``until_s``."""
    dice = random.Random(seed)
    beside = [
        asyncio.create_task(soak.weigh(), name="weigh"),
        asyncio.create_task(moderate(soak, random.Random(dice.random())), name="moderate"),
        asyncio.create_task(shake(soak, random.Random(dice.random())), name="shake"),
    ]
    try:
        async with asyncio.TaskGroup() as group:
            for name in people:
                group.create_task(live(soak, name, random.Random(dice.random()), until_s), name=name)
    finally:
        for task in beside:
            task.cancel()
        for outcome in await asyncio.gather(*beside, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


async def rush(soak: Soak, people: Sequence[str]) -> None:
    """Let everybody ask once at the same time, every third of them privately."""

    async def ask(place: int, name: str) -> None:
        used = await soak.ask(soak.member(name), f"{name} rushes at {soak.clock.now_ms()}", private=place % 3 == 0)
        try:
            await used.response()
        except InteractionFailed:
            return

    async with asyncio.TaskGroup() as group:
        for place, name in enumerate(people):
            group.create_task(ask(place, name), name=f"rush-{name}")
