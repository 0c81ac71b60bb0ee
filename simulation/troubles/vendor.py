"""What goes wrong at the image service: creates that land late, answers that are lost, a list that lags."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import replace

from sandbox.dashscope import Outcome
from sandbox.discord import ClientRefused, InteractionFailed
from sandbox.faults import Fault
from sandbox.weather import LOST_ANSWER, VENDOR, page, told
from simulation.machine.loop import HOPS_S
from simulation.servers import CASTS
from simulation.world import World

LATEST_S = 350.0
"""After the create has come in; what has not landed seven minutes after its claim never will, as the program counts."""

FORGOTTEN_S = 24 * 3600.0
"""By then nobody can find out any more what a create did: the vendor names its tasks for so long."""

BLIND_S = (
    (600.0, 3600.0),
    (3600.0, 14_400.0),
    (FORGOTTEN_S - 840.0, FORGOTTEN_S - 420.0),
    (FORGOTTEN_S, FORGOTTEN_S + 1800.0),
)
"""The program gives up a quarter of an hour before the vendor forgets: by then its list is there again, or not."""

CROWDED_S = ARREARS_S = (300.0, 3600.0, 14_400.0)
"""A request waits two hours for its turn, a task three for its work, and those of a stopped account one."""

MET_BY_ALL = "wanx2.0-t2i-turbo"
"""Three members in a row whom it refuses are what its operator is told of."""

API = ("create", "query", "list", "cancel", "text", "models")
OUT_OF_RANGE = told(400, "InvalidParameter")
NO_KEY = told(401, "InvalidApiKey")
EXPIRED = Fault(
    status=403,
    body=b"<Error><Code>AccessDenied</Code><Message>Request has expired.</Message></Error>",
    content_type="application/xml",
)
MOST_LAG_S = 40.0
MANY = 10**6
SLOW_HOPS_S = (0.1, 1.0)
LOOKS, LOOK_S = 100, 0.1
CHANCE = 0.15
"""Of each request in bad weather."""


async def late_create(world: World, dice: random.Random) -> None:
    """Let the next create land long after its connection died, whatever has become of the bot since."""
    gate = world.vendor.faults.gate("create")
    await gate.reached.wait()
    await asyncio.sleep(dice.uniform(0, 5))
    world.trace.add("trouble", f"cuts {world.network.cut('vendor')} connections with vendor; a create is on its way")
    seconds = dice.choice((5.0, 60.0, LATEST_S)) * dice.random()
    await asyncio.sleep(seconds)
    world.trace.add("trouble", f"the create lands {seconds:.1f} s later")
    gate.open()


async def blindness(world: World, dice: random.Random) -> None:
    """Lose the answer to the next create, whose effect stands, and let nobody read the list, or anything, for long."""
    gate = world.vendor.faults.gate("create", when="after")
    await gate.reached.wait()
    seconds, is_dark = dice.uniform(*dice.choice(BLIND_S)), dice.random() < 0.3
    world.trace.add("trouble", f"a create's answer is lost; blind for {seconds:.1f} s, dark {is_dark}")
    world.trouble_until_s = max(world.trouble_until_s, world.loop.time() + seconds)
    if is_dark:
        world.vendor.faults.outage(page(503))
    else:
        world.vendor.faults.add("list", page(503), times=MANY, matches=_until(world, seconds))
    world.network.cut("vendor")
    gate.open()
    await asyncio.sleep(seconds)
    world.trace.add("trouble", "the vendor's list can be read again")
    if is_dark:
        world.vendor.faults.clear()


def _until(world: World, seconds: float) -> Callable[[object], bool]:
    end_s = world.loop.time() + seconds
    return lambda _: world.loop.time() < end_s


async def lost_answer(world: World, dice: random.Random) -> None:
    """Lose the answer to one of the next requests, whose effect stands."""
    operation = dice.choice(("create", "create", "query", "cancel", "list", "result"))
    world.trace.add("trouble", f"the answer to the next {operation} is lost")
    world.vendor.faults.add(operation, dice.choice(LOST_ANSWER))


async def bad_weather(world: World, dice: random.Random) -> None:
    """Let requests be refused, slow or lost for a while."""
    seconds = dice.choice((60.0, 900.0)) * dice.random()
    world.trace.add("trouble", f"bad weather at the vendor for {seconds:.1f} s")
    world.vendor.faults.weather(CHANCE, VENDOR, seed=dice.randrange(2**32))
    await asyncio.sleep(seconds)
    world.vendor.faults.weather(0.0, {}, seed=0)


async def lagging_list(world: World, dice: random.Random) -> None:
    """Let the task list name tasks only after a while."""
    world.vendor.list_lag_s = dice.uniform(1, MOST_LAG_S)
    world.trace.add("trouble", f"the task list lags by {world.vendor.list_lag_s:.1f} s")
    await asyncio.sleep(dice.uniform(60, 3600))
    world.vendor.list_lag_s = 0.0


async def broken_picture(world: World, dice: random.Random) -> None:
    """Let the pictures of the next task be billed, and be none."""
    world.trace.add("trouble", "the next task gives pictures that are none")
    world.vendor.next_outcome(replace(Outcome(), image_bytes=b"no picture"))


async def odd_reports(world: World, dice: random.Random) -> None:
    """Let the vendor not know the next task for seconds or an hour, or not name its results when it has succeeded."""
    unknown, empty = dice.choice((0, 3, 900)), dice.choice((0, 2, 20))
    world.trace.add("trouble", f"the next task is unknown for {unknown} reads and has no results for {empty}")
    world.vendor.next_outcome(replace(Outcome(), reports=("UNKNOWN",) * unknown, empty_reads=empty))


async def odd_refusals(world: World, dice: random.Random) -> None:
    """Let all creates be refused for hours as if something else than their prompts was out of range."""
    seconds = dice.uniform(3600, 28_800)
    world.trace.add("trouble", f"all creates are refused for {seconds:.1f} s")
    world.vendor.faults.add("create", OUT_OF_RANGE, times=MANY, matches=_until(world, seconds))
    if dice.random() < 0.5:
        await _ask_together(world, dice)
    await asyncio.sleep(seconds)


async def _ask_together(world: World, dice: random.Random) -> None:
    """Have all members of a server ask for the same model, one after the other."""
    guild = dice.choice(world.guilds)
    for name in CASTS[guild.name].members:
        with contextlib.suppress(ClientRefused):
            who = world.member(name, guild)
            await world.ask(who, world.wishes.think_of(name, len(world.asked), guild.name), model=MET_BY_ALL)
            await asyncio.sleep(dice.uniform(1, 20))


async def crowded(world: World, dice: random.Random) -> None:
    """Let few tasks of a model be worked on at once, or none, for up to four hours; somebody takes one back."""
    seconds, places = dice.choice(CROWDED_S) * dice.random(), dice.choice((0, 0, 1))
    world.trace.add("trouble", f"the vendor works on {places} tasks of a model for {seconds:.1f} s")
    world.vendor.narrow(places)
    if dice.random() < 0.2:
        world.vendor.next_outcome(replace(Outcome(), ignores_cancel=True))
    until_s = world.loop.time() + seconds
    if dice.random() < 0.7:
        await _take_back(world, dice.uniform(5, 60))
    await asyncio.sleep(max(0.0, until_s - world.loop.time()))
    world.trace.add("trouble", "the vendor works on as many tasks as ever")
    world.vendor.narrow(None)


async def _take_back(world: World, after_s: float) -> None:
    """Wait for the next task, and have whoever has asked last take that back."""
    await world.trace.until(lambda who, what: who == "database" and " is pending" in what)
    await asyncio.sleep(after_s)
    used = world.asked[-1]
    guild, user = used.interaction.channel.guild, used.interaction.user
    world.trace.add("trouble", f"{user.name} takes back {used.interaction_id}")
    with contextlib.suppress(ClientRefused, InteractionFailed):
        if used.message is not None:
            await (await world.member(user.name, guild).press(used.message, "Cancel")).response()


async def arrears(world: World, dice: random.Random) -> None:
    """Let the account be overdue, or its key be refused, for up to four hours, until its operator sees to that."""
    if dice.random() < 0.3:
        await world.trace.until(lambda who, what: who == "database" and " is in_doubt" in what)
    seconds, is_key = dice.choice(ARREARS_S) * dice.random(), dice.random() < 0.5
    world.trace.add("trouble", f"the account is {'locked' if is_key else 'overdue'} for {seconds:.1f} s")
    if is_key:
        for operation in API:
            world.vendor.faults.add(operation, NO_KEY, times=MANY, matches=_until(world, seconds))
    else:
        world.vendor.arrears = True
    until_s = world.loop.time() + seconds
    if dice.random() < 0.3:
        world.vendor.narrow(0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await _take_back(world, dice.uniform(0, 5))
        world.vendor.narrow(None)
    await asyncio.sleep(max(0.0, until_s - world.loop.time()))
    world.trace.add("operator", "sees to the account")
    world.vendor.arrears = False


async def early_end(world: World, dice: random.Random) -> None:
    """Let the addresses of pictures end early; half of the time the bot dies first, between a file and its row."""
    if dice.random() < 0.5:
        await _kill_before_row(world)
    seconds = dice.uniform(60, 1800)
    world.trace.add("trouble", f"all addresses of pictures have ended, for {seconds:.1f} s")
    world.vendor.faults.add("result", EXPIRED, times=MANY, matches=_until(world, seconds))
    await asyncio.sleep(seconds)


async def _kill_before_row(world: World) -> None:
    """Let the disk be slow from the next download on, and the bot die once there is a picture that no row names."""
    await world.trace.until(lambda who, what: who == "bot" and what.startswith("gets from results"))
    world.loop.hops_s = SLOW_HOPS_S
    # A new file wakes nobody.
    for _ in range(LOOKS):
        await asyncio.sleep(LOOK_S)
        named = {row["path"] for row in world.rows("SELECT path FROM images")}
        if any(not file.endswith(".part") for file in world.files() - named):
            world.kill()
            break
    world.loop.hops_s = HOPS_S
