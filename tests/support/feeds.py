"""A server with a log channel that its moderators read, and what stands in it."""

from sandbox.dashscope import Outcome
from sandbox.dashscope.refusals import OUTPUT_INAPPROPRIATE
from sandbox.discord import Actor, Guild, Permission, SeenMessage
from sandbox.discord.rules.components import walk
from tests.support.settings import add_admins, ask
from tests.support.world import World

NEEDED = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.ATTACH_FILES | Permission.EMBED_LINKS
OPEN = NEEDED | Permission.READ_MESSAGE_HISTORY

REFUSED = Outcome(fail=OUTPUT_INAPPROPRIATE)
"""What comes of a prompt whose pictures the image service refuses."""

TOLD = "SELECT kind, outcome FROM outbox WHERE feed > 0 AND done_ms > 0 ORDER BY id"
MARGIN_S = 6 * 60
"""Longer than a nonce holds: after that the channel's history is searched."""


async def add_log(world: World, *, age_restricted: bool = False) -> Actor:
    """Add the channel ``log`` for moderators and admins, and have the bot report there; give an admin."""
    ada, _ = add_admins(world)
    world.guild.add_channel("log", nsfw=age_restricted)
    hide(world.guild, "Moderator", "Boss")
    await ask(ada, "log-channel", channel="log")
    return ada


def hide(guild: Guild, *roles: str) -> None:
    """Let only these roles and the bot see the channel ``log``."""
    guild.overwrite("log", "@everyone", deny=Permission.VIEW_CHANNEL)
    for role in roles:
        guild.overwrite("log", role, allow=OPEN)
    guild.overwrite("log", "bot", allow=OPEN)


def entries(who: Actor) -> list[SeenMessage]:
    """Everything that the bot posted in the log channel."""
    return [message for message in who.read("log") if message.author == "imagine-bot" and not message.ephemeral]


async def entry(world: World, who: Actor, words: str, timeout_s: float = 30) -> SeenMessage:
    """Wait until the log channel has a message that says ``words``."""
    return await world.shown(who, lambda seen: words in seen.text, "log", timeout_s)


async def made(world: World, who: Actor, prompt: str = "a flower shop", **options) -> SeenMessage:
    """Let somebody have a picture."""
    used = await who.invoke("imagine", {"prompt": prompt, **options}, channel="general")
    first = await used.reply()
    return await world.becomes(who, first, "Here")


async def told(world: World, count: int = 1) -> list[str]:
    """Wait until so many rows of the feed are dealt with, and give what became of them."""
    found = await world.eventually(lambda: rows if len(rows := world.rows(TOLD)) >= count else None)
    return [row["outcome"] for row in found]


def links(message: SeenMessage) -> list[str]:
    """Return where a message's buttons lead."""
    return [one["url"] for one in walk(message.components) if one["type"] == 2 and "url" in one]
