"""What goes wrong at Discord: outages, lost answers, dead tokens, moderators, closed threads, reconnects."""

import asyncio
import random

from aiohttp import web

from sandbox.faults import Fault
from sandbox.weather import DISCORD, UNHEARD, page
from simulation.servers import CASTS, PLACES
from simulation.world import World

CHANCE = 0.1
"""Of each request in bad weather."""

GATEWAY = ("gateway", "gateway_slash")
ANSWERED = ("callback", "edit_original", "edit_message", "create_message")
FORBIDDEN = Fault(status=403, body=b'{"message":"Missing Permissions","code":50013}')
LATEST_S = 240.0
"""So long Discord knows a message's nonce for certain, by which one that is repeated stays one."""

TOKEN_LIVES_S = 15 * 60.0


async def lost_answer(world: World, dice: random.Random) -> None:
    """Lose the answer to one of the next requests, whose effect stands."""
    operation = dice.choice(ANSWERED)
    world.trace.add("trouble", f"the answer to the next {operation} is lost")
    world.discord.faults.add(operation, dice.choice(UNHEARD))


async def late_landing(world: World, dice: random.Random) -> None:
    """Let the next message be posted minutes after its connection died, or the bot itself."""
    gate = world.discord.faults.gate("create_message")
    await gate.reached.wait()
    seconds = dice.choice((5.0, 60.0, LATEST_S)) * dice.random()
    if dice.random() < 0.3:
        world.kill()
    else:
        world.network.cut("discord")
    world.trace.add("trouble", f"a message is on its way for {seconds:.1f} s; its sender knows nothing of it")
    await asyncio.sleep(seconds)
    world.trace.add("trouble", "the message lands")
    gate.open()


async def bad_weather(world: World, dice: random.Random) -> None:
    """Let requests be refused, slow or lost for a while."""
    seconds = dice.choice((60.0, 900.0)) * dice.random()
    world.trace.add("trouble", f"bad weather at Discord for {seconds:.1f} s")
    world.discord.faults.weather(CHANCE, DISCORD, seed=dice.randrange(2**32))
    await asyncio.sleep(seconds)
    world.discord.faults.weather(0.0, {}, seed=0)


async def outage(world: World, dice: random.Random) -> None:
    """Let Discord serve nothing but its gateway, for up to eight hours; from a delivery or a deletion on at times."""
    begins = dice.choice(("at once", "delivery", "delivery", "deletion"))
    if begins == "delivery":
        await world.trace.until(lambda who, what: who == "database" and " is delivered" in what)
    elif begins == "deletion":
        await world.trace.until(lambda who, what: who == "bot" and what.startswith("sends to") and "DELETE" in what)
    seconds = dice.choice((300.0, 1800.0, 7200.0, 28_800.0)) * dice.random()
    world.trace.add("trouble", f"Discord is down for {seconds:.1f} s")
    world.discord.faults.outage(page(503), spares=GATEWAY)
    await asyncio.sleep(seconds)
    world.trace.add("trouble", "Discord is back")
    world.discord.faults.clear()


async def reconnect(world: World, dice: random.Random) -> None:
    """Disconnect the bot from the gateway."""
    resumable, cut = dice.random() < 0.7, dice.random() < 0.5
    world.trace.add("trouble", f"the gateway disconnects, resumable {resumable}, cut {cut}")
    world.discord.drop_gateway(resumable=resumable, cut=cut)


async def refused_edit(world: World, dice: random.Random) -> None:
    """Refuse one of the next edits: of a request's first answer, or of any message that is the bot's own."""
    operation = dice.choice(("edit_original", "edit_message"))
    world.trace.add("trouble", f"the next {operation} is forbidden")
    world.discord.faults.add(operation, FORBIDDEN, matches=lambda request: _is_no_other_answer(world, request))


def _is_no_other_answer(world: World, request: web.Request) -> bool:
    token = request.match_info.get("webhook_token")
    return token is None or token in {used.token for used in world.asked}


async def dead_token(world: World, dice: random.Random) -> None:
    """Let the token of a request die before its time."""
    used = dice.choice(world.asked)
    if used.acknowledged.is_set():
        world.trace.add("trouble", f"the token of {used.interaction_id} dies")
        used.interaction.born_s -= TOKEN_LIVES_S
        world.aged.add(used.interaction_id)


async def moderator(world: World, dice: random.Random) -> None:
    """Let a moderator delete the message of a request by hand."""
    used = dice.choice(world.asked)
    seen, guild = used.message, used.interaction.channel.guild
    if guild is not None and seen is not None and not seen.ephemeral:
        world.trace.add("trouble", f"a moderator deletes message {seen.id}")
        world.swept.add(seen.id)
        world.member(CASTS[guild.name].moderators[0], guild).delete(seen)


async def closed_thread(world: World, dice: random.Random) -> None:
    """Close a thread, or lock it, and open it again later."""
    locked, guild = dice.random() < 0.5, dice.choice(world.guilds)
    world.trace.add("trouble", f"the thread of {guild.name} is closed, locked {locked}")
    guild.archive(PLACES[-1], locked=locked)
    await asyncio.sleep(dice.uniform(10, 1800))
    guild.change_thread(PLACES[-1], archived=False, locked=False)


async def expelled(world: World, dice: random.Random) -> None:
    """Let the bot be put out of a server for hours while a request waits in line there, since its lane is full."""
    world.vendor.narrow(0)
    await world.trace.until(lambda who, what: who == "database" and " is queued" in what)
    used = world.asked[-1]
    guild = used.interaction.channel.guild
    assert guild is not None
    world.trace.add("trouble", f"the bot is put out of {guild.name}")
    guild.remove_bot()
    try:
        await asyncio.sleep(dice.uniform(60, 10_800))
    finally:
        world.trace.add("trouble", f"the bot is in {guild.name} again")
        guild.add_bot()
        world.vendor.narrow(None)
