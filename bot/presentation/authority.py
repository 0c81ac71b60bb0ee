"""Who may administer and moderate: checked at each command, button and modal, whatever Discord lets pass."""

import discord

from bot.domain.settings import Settings
from bot.errors import NotPermitted, Unavailable
from bot.presentation.reception import role_ids_of
from bot.presentation.replies import AnyInteraction
from bot.presentation.texts import Markup

ADMINISTERS = discord.Permissions(manage_guild=True, administrator=True)
MODERATES = discord.Permissions(manage_messages=True, moderate_members=True, administrator=True)
"""Any of these, where the member acts, is enough."""


def is_admin(interaction: AnyInteraction, settings: Settings) -> bool:
    """Say whether somebody may set quotas and settings of the server in which they act."""
    return interaction.guild_id is not None and (
        _has_any(interaction, ADMINISTERS) or bool(role_ids_of(interaction) & settings.admin_roles)
    )


def is_moderator(interaction: AnyInteraction, settings: Settings) -> bool:
    """Say whether somebody may moderate the server in which they act; its admins may."""
    return interaction.guild_id is not None and (
        _has_any(interaction, MODERATES)
        or bool(role_ids_of(interaction) & settings.moderator_roles)
        or is_admin(interaction, settings)
    )


def require_admin(interaction: AnyInteraction, settings: Settings) -> None:
    """Refuse whoever is no admin.

    Raises:
        NotPermitted: saying what it takes.
    """
    if not is_admin(interaction, settings):
        raise NotPermitted("admins-only")


def require_moderator(interaction: AnyInteraction, settings: Settings) -> None:
    """Refuse whoever is no moderator.

    Raises:
        NotPermitted: saying what it takes.
    """
    if not is_moderator(interaction, settings):
        raise NotPermitted("moderators-only")


def _has_any(interaction: AnyInteraction, wanted: discord.Permissions) -> bool:
    return bool(interaction.permissions.value & wanted.value)


def require_blockable(interaction: AnyInteraction, settings: Settings, target: discord.Member | discord.User) -> None:
    """Refuse to let whoever acts block somebody whom they may not: a bot, an admin, or as no admin a moderator.

    Args:
        interaction: of who acts.
        settings: the server's.
        target: as a User, somebody who is not in the server: they may be blocked before they come back.

    Raises:
        NotPermitted: saying why.
        Unavailable: while the server's roles are unknown, and with them who is an admin.
    """
    if target.bot:
        raise NotPermitted("block-bot")
    if isinstance(target, discord.User):
        return
    if not target.guild.owner_id:
        # A bot that has just started learns of its servers one by one.
        raise Unavailable("starting-up")
    roles = frozenset(role.id for role in target.roles)
    may = target.guild_permissions
    if may.value & ADMINISTERS.value or roles & settings.admin_roles:
        raise NotPermitted("block-admin", member=Markup(target.mention))
    is_moderator_too = bool(may.value & MODERATES.value or roles & settings.moderator_roles)
    if is_moderator_too and not is_admin(interaction, settings):
        raise NotPermitted("block-moderator", member=Markup(target.mention))
