"""Saying something unasked: in the server's language, and a notice once.

That is by its nonce, and after the minutes for which that holds by what the channel has already.
"""

import contextlib
import datetime
from typing import Any

import discord

from bot.domain.jobs.notice import Notice
from bot.errors import StorageDamaged
from bot.ports import Jobs, MemberPreferences, Servers
from bot.presentation.kit.channel_search import find_own, nonce_holds
from bot.presentation.kit.reply_transport import NOBODY
from bot.service.moderation.moderator_log import NEWEST

CLOCKS_APART = datetime.timedelta(hours=1)
"""How far this machine's clock may be ahead of Discord's, whose ids tell when a message was posted."""


async def language_of_server(servers: Servers, server: discord.Guild) -> str:
    """Return the language of what is said in a server to nobody in particular: its admins' word, else Discord's."""
    return (await servers.settings(server.id)).language_over(str(server.preferred_locale))


async def language_of_member(
    preferences: MemberPreferences, jobs: Jobs, servers: Servers, member_id: int, server: discord.Guild
) -> str:
    """Return the language of a message to a member who hasn't asked for it: what they prefer, or their newest request.

    Where neither can be read it is the server's.
    """
    with contextlib.suppress(StorageDamaged):
        if preferred := (await preferences.of(member_id)).language:
            return preferred
        for job in await jobs.of_member(member_id, None, before_id=NEWEST, most=1):
            return job.reply.locale
    return await language_of_server(servers, server)


async def say_once(
    client: discord.Client,
    channel: discord.abc.Messageable,
    notice: Notice,
    text: str,
    now_ms: int,
    *,
    view: discord.ui.View | None = None,
) -> None:
    """Post a notice, unless an earlier attempt posted it of which a crash or a cut connection hid the answer.

    Args:
        client: logged in.
        channel: where.
        notice: what is said; its id makes the nonce.
        text: in words that no other notice of the hour has.
        now_ms: the time.
        view: buttons under it.

    Raises:
        Exception: what a call raised.
    """
    if not nonce_holds(notice.created_ms, now_ms):
        after_id = id_before(min(notice.created_ms, now_ms))
        if await find_own(client, channel, lambda message: message.content == text, after_id=after_id):
            return
    buttons: dict[str, Any] = {"view": view} if view else {}
    await channel.send(text, nonce=f"notice-{notice.id}", allowed_mentions=NOBODY, **buttons)


def id_before(at_ms: int) -> int:
    """Return an id as Discord gave it before a time of this machine's clock."""
    return discord.utils.time_snowflake(datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC) - CLOCKS_APART)
