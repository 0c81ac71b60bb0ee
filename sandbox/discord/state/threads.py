"""What a closed or locked thread lets happen in it (topics/threads.mdx).

An archived thread is immutable: changing or deleting a message in it is 400 50083 (seen in api-docs #6928 and others).
Posting opens it again by itself, unless it is locked. In a locked one only who may manage threads can do anything, also
while it is open (change log, February 2023); that this is answered with 160005 is a guess.
"""

from sandbox.discord.rules.errors import refusal
from sandbox.discord.state.guilds import Channel
from sandbox.discord.state.permissions import Permission
from sandbox.discord.state.world import World, bot_permissions


def require_open(world: World, channel: Channel) -> None:
    """Refuse to change anything in a thread that is closed, or locked for the bot."""
    if channel.archived:
        raise refusal(50083)
    if _is_locked(world, channel):
        raise refusal(160005)


def let_post(world: World, channel: Channel) -> None:
    """Open a closed thread for a new message; refuse it in one that is locked for the bot."""
    if _is_locked(world, channel):
        raise refusal(50083 if channel.archived else 160005)
    if channel.archived and channel.guild is not None:
        channel.guild.change_thread(channel, archived=False, locked=channel.locked)


def _is_locked(world: World, channel: Channel) -> bool:
    return channel.locked and not bot_permissions(world, channel) & Permission.MANAGE_THREADS
