"""What goes wrong with the bot's machine and its network: kills, broken connections, darkness, clocks that are set."""

import asyncio
import random

from simulation.machine.loop import HOPS_S
from simulation.machine.storage import ILLS
from simulation.world import World

PLACES = ("discord", "vendor", "results")
SOON = 400
"""A request takes about three hundred callbacks, a start some five hundred."""

AMID = {"vendor": "in_doubt", "results": "fetching"}
"""In which state of a job it matters most that a place is out of reach."""

KEPT_IN = "SELECT path FROM images JOIN jobs ON jobs.id = job_id WHERE path <> '' AND jobs.state = ?"

AT_ONCE = 12
"""Callbacks within which it dies after that."""


async def kill(world: World, dice: random.Random) -> None:
    """Let the bot die before one of its next callbacks; its operator starts it again."""
    world.trace.add("trouble", "a kill comes soon")
    world.bot.die_within(SOON)


async def kill_at_once(world: World, dice: random.Random) -> None:
    """Let the bot die right after one of the next things that it writes down or says: there an act is half done."""
    world.trace.add("trouble", "a kill comes at once after an act")
    left = dice.randrange(1, 40)

    def notice(who: str, what: str) -> None:
        nonlocal left
        if who == "database" or (who == "bot" and what.startswith("sends to")):
            left -= 1
            if not left:
                world.bot.die_within(AT_ONCE)

    world.trace.listeners.append(notice)


async def kill_at_deletion(world: World, dice: random.Random) -> None:
    """Let the bot die right after it asks Discord to delete something: what comes after that is not done."""
    await world.trace.until(lambda who, what: who == "bot" and what.startswith("sends to") and "DELETE" in what)
    world.trace.add("trouble", "a kill comes at once after a deletion")
    world.bot.die_within(AT_ONCE)


async def restart(world: World, dice: random.Random) -> None:
    """End the bot as its operator does, who starts it again."""
    if not world.bot.is_over:
        world.trace.add("trouble", "the operator restarts the bot")
        world.bot.stop.set()


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
    """Set the bot's wall clock, by up to two days, and back later; half of the time while a job waits in vain."""
    place = dice.choice(("", "", "vendor", "results"))
    if place:
        state = AMID[place]
        await world.trace.until(lambda who, what: who == "database" and f" is {state}" in what)
        world.network.conditions.closed.add(place)
        world.network.cut(place)
        await asyncio.sleep(dice.uniform(0, 20))
    step_s = dice.choice((5.0, 600.0, 10_800.0, 172_800.0)) * dice.uniform(-1, 1)
    if place:
        step_s = dice.uniform(1, 2) * 86_400
    world.trace.add("trouble", f"sets the clock by {step_s:.1f} s, cut off from {place or 'nobody'}")
    world.clock.ahead_s += step_s
    await asyncio.sleep(dice.uniform(1, 600 if place else 1800))
    world.network.conditions.closed.discard(place)
    world.trace.add("trouble", f"sets the clock by {-step_s:.1f} s")
    world.clock.ahead_s -= step_s


async def lost_pictures(world: World, dice: random.Random) -> None:
    """Lose the files of kept pictures: some of those that are about to be sent, or all there are."""
    if dice.random() < 0.8:
        state = dice.choice(("delivering", "delivering", "fetching"))
        await world.trace.until(lambda who, what: who == "database" and f" is {state}" in what)
        if state == "fetching":
            await asyncio.sleep(dice.uniform(0, 0.5))
        paths = sorted(row["path"] for row in world.rows(KEPT_IN, state))
        paths = dice.sample(paths, dice.randint(0, len(paths))) if dice.random() < 0.5 else paths
    else:
        paths = sorted(world.files())
    world.trace.add("trouble", f"{len(paths)} files of pictures are lost")
    for path in paths:
        (world.config.storage.images / path).unlink(missing_ok=True)
    world.lost.files.update(paths)


async def stuck_files(world: World, dice: random.Random) -> None:
    """Let no kept picture be deleted for a while, as where a folder only takes new files."""
    seconds = dice.uniform(60, 7200)
    world.trace.add("trouble", f"no picture can be deleted for {seconds:.1f} s")
    world.disk.keeps_files = True
    await asyncio.sleep(seconds)
    world.disk.keeps_files = False


async def slow_disk(world: World, dice: random.Random) -> None:
    """Let whatever a thread does take seconds, for a while."""
    seconds, most_s = dice.choice((30.0, 300.0)) * dice.random(), dice.choice((0.5, 2.0, 6.0))
    world.trace.add("trouble", f"the disk takes up to {most_s:.1f} s for {seconds:.1f} s")
    world.loop.hops_s = (HOPS_S[1], most_s)
    await asyncio.sleep(seconds)
    world.loop.hops_s = HOPS_S


async def ill_disk(world: World, dice: random.Random) -> None:
    """Let the disk be full, or fail, for a while."""
    ill = dice.choice(ILLS)
    seconds = dice.choice((5.0, 60.0, 900.0)) * dice.random()
    world.trace.add("trouble", f"the disk is ill for {seconds:.1f} s: {ill.words}")
    world.disk.ill = ill
    await asyncio.sleep(seconds)
    world.trace.add("trouble", "the disk is well")
    world.disk.ill = None
