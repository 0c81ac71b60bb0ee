"""What the bot may do in a channel that an admin has just chosen."""

from collections.abc import Iterable
from typing import Any

import discord

from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.texts import Texts

FORUMS = frozenset({discord.ChannelType.forum.value, discord.ChannelType.media.value})
"""Where all is said in threads."""

REPORTS_NEED = ("view_channel", "send_messages", "attach_files")
"""What the bot must be allowed to in a log channel."""


def may_in(interaction: AnyInteraction, channel_id: int) -> discord.Permissions | None:
    """Return what the bot may do in a channel; None while nobody knows.

    Discord says it of a channel that was chosen (change log of July 2026); before that it is worked out by what the
    gateway has told.
    """
    said = _resolved(interaction).get(channel_id, {}).get("app_permissions")
    if said is not None:
        return discord.Permissions(int(said))
    server = interaction.guild
    channel = server.get_channel(channel_id) if server is not None else None
    return channel.permissions_for(channel.guild.me) if channel is not None else None


def missing_in(interaction: AnyInteraction, channel_id: int, needed: Iterable[str]) -> list[str]:
    """Return those of the permissions that the bot lacks in a channel, as far as is known."""
    may = may_in(interaction, channel_id)
    return [] if may is None else [name for name in needed if not getattr(may, name)]


def named(texts: Texts, locale: str, permissions: Iterable[str]) -> str:
    """Return permissions by their names in a reader's language."""
    names = (texts.plain(locale, f"permission-{name}") for name in permissions)
    return texts.plain(locale, "settings-comma").join(names)


def _resolved(interaction: AnyInteraction) -> dict[int, dict[str, Any]]:
    """Return the channels that were chosen in a menu or an option, by id, as Discord resolved them."""
    data: dict[str, Any] = dict(interaction.data or {})
    channels: dict[str, dict[str, Any]] = (data.get("resolved") or {}).get("channels") or {}
    return {int(one): known for one, known in channels.items()}
