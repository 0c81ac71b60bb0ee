"""The pictures of a message that somebody wants to edit, by what Discord says of it."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import discord

from bot.domain.pictures.inputs import HandedIn
from bot.domain.pictures.source import OpenEdit, Source
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.limits import MOST_OPTIONS
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, galleries

log = logging.getLogger(__name__)

NAME_SHOWN = 100
"""Characters of a file's name that a refusal or a form names."""


def handed_in(attachment: discord.Attachment) -> HandedIn:
    """Return a file as it can be fetched."""
    # Discord keeps none but plain letters in a file's name, and what its member called it as its title.
    name = attachment.title or attachment.filename
    return HandedIn(attachment.url, name[:NAME_SHOWN], attachment.size)


def about(interaction: AnyInteraction, message: discord.Message) -> OpenEdit:
    """Return what somebody wants to edit: the message as Discord resolved it for them, and nothing that they say.

    Raises:
        MemberError: if it has no picture.
        NotPermitted: if nobody can say whose its pictures are: a bot or a webhook posted it.
    """
    source = _source(message, interaction.client.user.id)
    pictures = tuple(_pictures(message))[:MOST_OPTIONS]
    if not pictures:
        raise MemberError("edit-no-picture")
    return OpenEdit(
        id=interaction.id,
        server_id=interaction.guild_id or 0,
        channel_id=message.channel.id,
        member_id=interaction.user.id,
        source=source,
        pictures=pictures,
    )


async def require_there(client: discord.Client, edit: OpenEdit, clock: Clock) -> None:
    """Refuse to edit pictures of a message that was deleted since the form was opened.

    Only Discord's clear word counts: a bot that may not read the channel's history is told nothing, and whether the
    file is still there shows when it is fetched. A message that one person alone sees can't be asked for at all.

    Raises:
        Unavailable: if Discord says that there is no such message any more.
    """
    if edit.source.is_ephemeral:
        return
    channel = client.get_partial_messageable(edit.channel_id)
    try:
        async with clock.timeout(CALL_TIMEOUT_S):
            await channel.fetch_message(edit.source.message_id)
    except discord.NotFound:
        raise Unavailable("edit-message-gone") from None
    except Exception as error:  # noqa: BLE001 - a cut connection too: it proves nothing
        log.info("message %s: can't find out whether it is still there: %s", edit.source.message_id, briefly(error))


def _source(message: discord.Message, own_id: int) -> Source:
    if message.author.id == own_id:
        return Source(message.id, 0, message.flags.ephemeral)
    if message.author.bot or message.webhook_id is not None:
        raise NotPermitted("edit-of-bot")
    return Source(message.id, message.author.id, message.flags.ephemeral)


def _pictures(message: discord.Message) -> Iterator[HandedIn]:
    """Go through a message's own pictures: not through what it forwards, or links to."""
    for attachment in message.attachments:
        if _is_picture(attachment.content_type):
            yield handed_in(attachment)
    for item in (item for gallery in galleries(message.components) for item in gallery.items):
        if _is_picture(item.media.content_type):
            # How large it is, Discord does not say here.
            yield HandedIn(item.media.url, PurePosixPath(urlsplit(item.media.url).path).name[:NAME_SHOWN], 0)


def _is_picture(content_type: str | None) -> bool:
    return (content_type or "").startswith("image/")
