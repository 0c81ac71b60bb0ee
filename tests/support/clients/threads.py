"""A thread as members see it at their clients, and what the bot does to its cards."""

from sandbox.discord import Actor, SeenMessage
from tests.support.world import World

LATE_S = 16 * 60
"""By then the interaction's token is dead."""


async def look_up(who: Actor, number: int = 1, channel: str = "general") -> SeenMessage:
    """Ask how a job stands, and give the answer."""
    return await (await who.invoke("job", {"number": number}, channel=channel)).reply()


def in_thread(world: World, who: Actor, card: SeenMessage) -> SeenMessage:
    """Return a card as it is now."""
    return next(one for one in who.read("talk") if one.id == card.id)


def edits(world: World) -> list[object]:
    """Return every edit by the bot's own token."""
    return [one for one in world.discord.requests if one.operation == "edit_message"]
