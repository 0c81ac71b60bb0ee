"""What all people do alike at their clients: press, fill in forms, wait for answers, and bear it if there are none."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from sandbox.discord import Actor, ClientRefused, InteractionFailed, SeenButton, SeenMessage, ShownModal, Used
from simulation.servers import CASTS, LOG, PLACES, Cast
from simulation.world import World

PATIENCE_S = 60.0
"""For an answer that says "thinking": the bot that was to fill it in may be dead."""

Act = Callable[[World, Actor, random.Random], Awaitable[bool]]
"""Something that somebody does; returns whether there was anything to do it with."""


def note(world: World, who: Actor, what: str) -> None:
    """Write into the trace what somebody does."""
    world.trace.add(who.user.name, f"{what} in {cast(who).name}")


def cast(who: Actor) -> Cast:
    """Return who is who in the server in which somebody acts."""
    assert who.guild is not None
    return CASTS[who.guild.name]


def asked_by(world: World, who: Actor) -> list[Used]:
    """Return what somebody has asked for in this server, oldest first."""
    return [used for used in asked_in(world, who) if used.interaction.user is who.user]


def asked_in(world: World, who: Actor) -> list[Used]:
    """Return what was asked for in the server in which somebody acts, oldest first."""
    return [used for used in world.asked if used.interaction.channel.guild is who.guild]


def usable(message: SeenMessage | None, *beginnings: str) -> list[SeenButton]:
    """Return the buttons of a message that can be pressed, and whose custom ids begin in one of these ways."""
    if message is None:
        return []
    return [one for one in message.buttons if not one.disabled and one.custom_id.startswith(beginnings or "")]


def posted(who: Actor, *beginnings: str, place: str = LOG) -> Iterator[tuple[SeenMessage, SeenButton]]:
    """Yield what can be pressed in a channel, oldest first, by how its custom id begins."""
    for message in who.read(place):
        for button in usable(message, *beginnings):
            yield message, button


async def press_any(world: World, who: Actor, dice: random.Random, *beginnings: str) -> bool:
    """Press some button of an answer, however old that is, by how its custom id begins."""
    offered = list(posted(who, *beginnings, place=PLACES[0]))
    if not offered:
        return False
    message, button = dice.choice(offered)
    note(world, who, f"presses {button.custom_id} of an older answer")
    return await press(who, message, button.custom_id)


async def answer(
    world: World, who: Actor, command: str, options: dict[str, Any], *, place: str = PLACES[0]
) -> SeenMessage:
    """Use a command, and return the answer.

    Raises:
        InteractionFailed: if there is none.
        TimeoutError: if it does not come in time.
    """
    note(world, who, f"uses /{command} {options}")
    async with asyncio.timeout(PATIENCE_S):
        return await (await who.invoke(command, options, channel=place)).reply()


async def press(
    who: Actor, message: SeenMessage | None, key: str, *, typed: str = "", values: Sequence[Any] | None = None
) -> bool:
    """Press a button, or choose in a menu, and send the form that it may open; whoever gets no answer does it again.

    Args:
        who: presses.
        message: on which; None: it is gone.
        key: the custom id or the label.
        typed: into the form's field.
        values: for a menu.

    Returns:
        Whether the program answered.
    """
    for _ in range(3):
        try:
            if message is None:
                return False
            pressed = await who.press(message, key, values=values)
            if isinstance(await pressed.response(), ShownModal):
                await (await who.submit_modal(pressed, {"typed": typed} if typed else {})).response()
        except ClientRefused:
            return False
        except InteractionFailed:
            continue
        return True
    return False


def prompt(world: World, who: Actor, marker: str) -> str:
    """Return a prompt that no other is like, since the bill is held against them, and that names the server."""
    assert who.guild is not None
    return world.wishes.think_of(f"{marker}{who.user.name}", len(world.asked), who.guild.name)


async def follow(world: World, who: Actor, used: Used, dice: random.Random) -> None:
    """Wait for the answer, look at it for a while, and do something about it."""
    await used.response()
    await asyncio.sleep(dice.uniform(0.5, 40))
    await react(world, who, used, dice)


async def react(world: World, who: Actor, used: Used, dice: random.Random) -> None:
    """Agree to a price, appeal against a block, or change one's mind about the request."""
    if agree := usable(used.message, "draft:"):
        await press_of(world, who, used, dice.choice(agree).custom_id)
    elif usable(used.message, "appeal:"):
        await appeal_after(world, who, used)
    elif dice.random() < 0.25:
        await press_of(world, who, used, dice.choice(("Cancel", "Delete")))


async def press_of(world: World, who: Actor, used: Used, key: str) -> None:
    """Press a button of the answer to a request."""
    note(world, who, f"presses {key} of {used.interaction_id}")
    await press(who, used.message, key)


async def appeal_after(world: World, who: Actor, used: Used) -> bool:
    """Appeal against the block that a request has met."""
    note(world, who, f"appeals after {used.interaction_id}")
    (button, *_) = usable(used.message, "appeal:")
    world.tally["members appealed"] += 1
    return await press(
        who,
        used.message,
        button.custom_id,
        typed=f"please, says {who.user.name} of {cast(who).name}, asked {len(world.asked)}",
    )
