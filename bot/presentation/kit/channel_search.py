"""Looking in a channel for what this program posted before: nonces hold for minutes only."""

from collections.abc import Callable

import discord

from bot.domain.time.waits import left_ms
from bot.presentation.kit.discord_errors import Verdict, judge

NONCE_HOLDS_MS = 2 * 60_000
"""Discord drops repeated messages by their nonce for "the past few minutes" (resources/message.mdx)."""

MOST_READ = 300
"""Messages read at most: three requests."""


def nonce_holds(since_ms: int, now_ms: int) -> bool:
    """Whether Discord still knows the nonce of an attempt that may have been made at ``since_ms``.

    An attempt that seems to be still to come was made before the clock was set back, nobody knows when: it does not.
    """
    return left_ms(since_ms + NONCE_HOLDS_MS, now_ms, NONCE_HOLDS_MS) > 0


async def find_own(
    client: discord.Client,
    channel: discord.abc.Messageable,
    is_it: Callable[[discord.Message], bool],
    *,
    after_id: int,
    oldest_first: bool = False,
) -> discord.Message | None:
    """Find a message of ours in a channel; None too where the bot may not read its history.

    Args:
        client: logged in.
        channel: where.
        is_it: whether a message of ours is the one.
        after_id: only later messages, by any id of Discord's.
        oldest_first: begin right after that instead of with the newest.
    """
    after = discord.Object(after_id)
    try:
        async for message in channel.history(limit=MOST_READ, after=after, oldest_first=oldest_first):
            if client.user is not None and message.author.id == client.user.id and is_it(message):
                return message
    except discord.Forbidden as error:
        if judge(error) is not Verdict.FORBIDDEN:
            raise
    return None


def stands_for_ours(message: discord.Message, mark: int, *, deferred: bool) -> bool:
    """Whether a first response is ours, and not that of another bot that runs with the same token.

    Args:
        message: the first response.
        mark: of our cards.
        deferred: whether one that says that the bot is thinking, and nothing else, may be ours.
    """
    if message.flags.loading:
        return deferred
    return any(isinstance(one, discord.Container) and one.id == mark for one in message.components)


def is_reply_to(message: discord.Message, interaction_id: int) -> bool:
    """Whether a message is the response to an interaction."""
    about = message.interaction_metadata
    return about is not None and about.id == interaction_id
