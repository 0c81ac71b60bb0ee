"""Who asks by an interaction, where from, and where the answer goes."""

import discord

from bot.domain.jobs.job import ReplyAddress
from bot.errors import NotPermitted
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.discord_time import token_end_ms
from bot.presentation.kit.members import role_ids_of
from bot.presentation.kit.texts import Texts
from bot.service.requests.asker import Asker


def asker_of(interaction: AnyInteraction, server_owner_id: int) -> Asker:
    """Return who asks, and where the answer goes."""
    return Asker(
        interaction_id=interaction.id,
        server_id=interaction.guild_id or 0,
        server_owner_id=server_owner_id,
        member_id=interaction.user.id,
        reply=address_of(interaction),
        role_ids=role_ids_of(interaction.user),
        place_ids=_place_ids_of(interaction),
        is_age_restricted=_is_age_restricted(interaction),
    )


def _place_ids_of(interaction: AnyInteraction) -> frozenset[int]:
    """Return the ids that may stand for a place in a server's settings: channel, a thread's parent, category."""
    channel = interaction.channel
    # A thread whose parent isn't known yet, right after a start, raises when asked for its category.
    holder = channel.parent if isinstance(channel, discord.Thread) else channel
    ids = (interaction.channel_id, getattr(channel, "parent_id", None), getattr(holder, "category_id", None))
    return frozenset(one for one in ids if one)


def _is_age_restricted(interaction: AnyInteraction) -> bool | None:
    """Whether a channel is age-restricted, a thread as its parent is; None where that isn't known yet."""
    channel = interaction.channel
    if isinstance(channel, discord.Thread):
        # A bot that has just started learns of its servers, and so of the parent, one by one.
        return channel.parent.is_nsfw() if channel.parent is not None else None
    return bool(getattr(channel, "nsfw", False))


def address_of(interaction: AnyInteraction, message_id: int = 0) -> ReplyAddress:
    """Return where an interaction's answers go, or a message that it reaches."""
    return ReplyAddress(
        application_id=interaction.application_id,
        channel_id=interaction.channel_id or 0,
        token=interaction.token,
        token_expires_ms=token_end_ms(interaction.id),
        message_id=message_id,
        attachment_limit=interaction.filesize_limit,
        locale=str(interaction.locale),
        can_post=interaction.app_permissions.view_channel and _may_send(interaction),
    )


def missing_permissions(interaction: AnyInteraction, *, is_private: bool) -> list[str]:
    """Return the permissions that the bot lacks in a channel to show pictures there, also once a token has died."""
    needed = ["attach_files"] if is_private else ["view_channel", _sending(interaction), "attach_files"]
    return [name for name in needed if not getattr(interaction.app_permissions, name)]


def require_permissions(interaction: AnyInteraction, texts: Texts, *, is_private: bool) -> None:
    """Refuse a channel in which the bot could not show pictures.

    Raises:
        NotPermitted: naming what is missing, in the language of the person.
    """
    missing = missing_permissions(interaction, is_private=is_private)
    if missing:
        locale = str(interaction.locale)
        names = texts.say(locale, "left-comma").join(texts.plain(locale, f"permission-{name}") for name in missing)
        raise NotPermitted("missing-permissions", permissions=names)


def _sending(interaction: AnyInteraction) -> str:
    return "send_messages_in_threads" if isinstance(interaction.channel, discord.Thread) else "send_messages"


def _may_send(interaction: AnyInteraction) -> bool:
    return bool(getattr(interaction.app_permissions, _sending(interaction)))
