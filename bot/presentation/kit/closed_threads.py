"""Threads that were closed: nothing in them can be changed before they are opened again."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import discord

from bot.presentation.kit.discord_errors import THREAD_CLOSED, Verdict, judge

log = logging.getLogger(__name__)

_T = TypeVar("_T")


async def in_open_thread(client: discord.Client, channel_id: int, call: Callable[[], Awaitable[_T]]) -> _T:
    """Make a call; where the thread in which it would act is closed, open that and make the call once more.

    Any bot that may post in a thread may open it, unless a moderator has locked it (topics/threads.mdx).

    Raises:
        Exception: what the call raised; where the thread can't be opened, that it is closed.
    """
    try:
        return await call()
    except discord.HTTPException as error:
        if error.code != THREAD_CLOSED or not await _open(client, channel_id):
            raise
    return await call()


async def _open(client: discord.Client, channel_id: int) -> bool:
    """Open a thread; whether Discord lets us."""
    try:
        await client.http.edit_channel(channel_id, archived=False)
    except discord.HTTPException as error:
        if judge(error) is Verdict.LATER:
            raise
        log.info("thread %s can't be opened again: %s", channel_id, error.code)
        return False
    return True
