"""Who acts, in which server and language: what an interaction itself says, and what has to be asked for."""

import logging
from typing import TypeGuard

import discord

from bot.domain.act import Act
from bot.domain.servers.settings import Settings
from bot.errors import Unavailable
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.limits import ANSWER_WITHIN_S

log = logging.getLogger(__name__)

LOOK_UP_WITHIN_S = ANSWER_WITHIN_S - 1
"""A form must be the first answer: a server that takes longer to be looked up is unknown."""


def is_known(server: discord.Guild | None) -> TypeGuard[discord.Guild]:
    """Whether the gateway has told of a server's owner and roles, and goes on to tell what changes."""
    return server is not None and bool(server.owner_id) and not server.unavailable


async def known_server(interaction: AnyInteraction, clock: Clock) -> discord.Guild:
    """Return the server in which somebody acts with its owner and roles; Discord is asked where the gateway told none.

    A bot that has just started learns of its servers one by one, and in an outage nothing new of them.

    Raises:
        Unavailable: if Discord can't be asked now.
    """
    server = interaction.guild
    if is_known(server):
        return server
    try:
        async with clock.timeout(LOOK_UP_WITHIN_S):
            return await interaction.client.fetch_guild(interaction.guild_id or 0, with_counts=False)
    except Exception as error:
        log.warning("interaction %s: its server is unknown: %s", interaction.id, briefly(error))
        raise Unavailable("server-not-known") from error


async def server_owner_id(interaction: AnyInteraction, clock: Clock) -> int:
    """Return who owns the server in which somebody acts; right after a start its owner may have to be asked for.

    Raises:
        Unavailable: if Discord can't be asked now.
    """
    if interaction.guild is not None and interaction.guild.owner_id:
        return interaction.guild.owner_id
    return (await known_server(interaction, clock)).owner_id or 0


def act_of(interaction: AnyInteraction, name: str, reason: str = "") -> Act:
    """Return what somebody does as an admin or a moderator, under the name that the audit has for it."""
    return Act(interaction.id, interaction.guild_id or 0, interaction.user.id, name, reason)


def locale_of_message(interaction: AnyInteraction, settings: Settings) -> str:
    """Return the language of the message whose button was pressed: the server's, or that of whom alone it is for."""
    is_private = interaction.message is not None and interaction.message.flags.ephemeral
    if is_private or interaction.guild_locale is None:
        return str(interaction.locale)
    return settings.language_over(str(interaction.guild_locale))


def role_ids_of(person: discord.abc.User) -> frozenset[int]:
    """Return the roles that somebody has, as Discord sent them with the interaction or an answer.

    ``Member.roles`` would leave out those that the gateway has not told of: all of them after a start or in an outage.
    """
    return frozenset(getattr(person, "_roles", ()))
