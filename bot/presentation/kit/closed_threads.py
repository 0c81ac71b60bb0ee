"""Threads that were closed: nothing in them can be changed before they are opened again."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import discord

from bot.ports import Clock
from bot.presentation.kit.discord_errors import THREAD_CLOSED, Verdict, judge

log = logging.getLogger(__name__)

_T = TypeVar("_T")


async def in_open_thread(
    client: discord.Client, channel_id: int, call: Callable[[], Awaitable[_T]], clock: Clock, *, timeout_s: float
) -> _T:
    """Make a call; where the thread in which it would act is closed, open that and make the call once more.

    Any bot that may post in a thread may open it. One that moderators have locked is left as they want it, also by a
    bot that may manage threads (topics/threads.mdx).

    Args:
        client: looks at the thread, and opens it.
        channel_id: the thread's.
        call: what is to be done; its time limit is the caller's.
        clock: for the time limit.
        timeout_s: for looking at the thread and opening it.

    Raises:
        Exception: what the call raised; where the thread is not opened, that it is closed.
    """
    try:
        return await call()
    except discord.HTTPException as error:
        if error.code != THREAD_CLOSED:
            raise
        async with clock.timeout(timeout_s):
            is_open = await _open(client, channel_id)
        if not is_open:
            raise
    return await call()


async def _open(client: discord.Client, channel_id: int) -> bool:
    """Open a thread. Whether it is open then: not if it is locked, or Discord doesn't let us."""
    try:
        # The gateway's threads are those that are open.
        thread = await client.http.get_channel(channel_id)
        if thread.get("thread_metadata", {}).get("locked"):
            log.info("thread %s stays closed: it is locked", channel_id)
            return False
        await client.http.edit_channel(channel_id, archived=False)
    except discord.HTTPException as error:
        if judge(error) is Verdict.LATER:
            raise
        log.info("thread %s can't be opened again: %s", channel_id, error.code)
        return False
    return True


def is_locked(interaction: discord.Interaction[Any]) -> bool:
    """Whether somebody acts in a thread that is locked for the bot: nothing can be said or changed there."""
    channel = interaction.channel
    return isinstance(channel, discord.Thread) and channel.locked and not interaction.app_permissions.manage_threads
