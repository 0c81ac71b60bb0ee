"""The pictures of a message that somebody wants to edit, by what Discord says of it."""

import logging
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import discord

from bot.domain.pictures.inputs import HandedIn
from bot.domain.pictures.open_edits import OpenEdit, Source
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.limits import MOST_OPTIONS
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, galleries

log = logging.getLogger(__name__)

NAME_SHOWN = 100
"""Characters of a file's name that a refusal or a form names."""

TAKEN = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp", "image/x-ms-bmp"})
"""What is edited, as Discord calls it; there are two words for BMP."""


def handed_in(attachment: discord.Attachment) -> HandedIn:
    """Return a file as it can be fetched."""
    # Discord keeps none but plain letters in a file's name, and what its member called it as its title.
    name = attachment.title or attachment.filename
    return HandedIn(attachment.url, name[:NAME_SHOWN], attachment.size)


def about(interaction: AnyInteraction, message: discord.Message) -> OpenEdit:
    """Return what somebody wants to edit: the message as Discord resolved it for them, and nothing that they say.

    Raises:
        MemberError: if it has no picture, or none of a kind that can be edited.
        NotPermitted: if nobody can say whose its pictures are: a bot or a webhook posted it.
    """
    source = _source(message, interaction.client.user.id)
    pictures = tuple(picture for picture, can_be_taken in _pictures(message) if can_be_taken)[:MOST_OPTIONS]
    if not pictures:
        # Whoever has written what is to change is not to hear only then that it can't be.
        for picture, _ in _pictures(message):
            raise MemberError("picture-kind", file=picture.filename)
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


def _pictures(message: discord.Message) -> Iterator[tuple[HandedIn, bool]]:
    """Go through a message's own pictures: not through what it forwards, or links to; of each whether it can be edited.

    That is by Discord's word on what it is; the bytes are judged once they are there.
    """
    for attachment in message.attachments:
        if _is_picture(attachment.content_type):
            yield handed_in(attachment), attachment.content_type in TAKEN
    for item in (item for gallery in galleries(message.components) for item in gallery.items):
        if _is_picture(item.media.content_type):
            # How large it is, Discord does not say here.
            name = PurePosixPath(urlsplit(item.media.url).path).name
            yield HandedIn(item.media.url, name[:NAME_SHOWN], 0), item.media.content_type in TAKEN


def _is_picture(content_type: str | None) -> bool:
    return (content_type or "").startswith("image/")
