"""Who may administer and moderate: checked at each command, button and modal, whatever Discord lets pass.

Discord sends with each interaction what somebody may do in *that channel*, its overwrites included: whoever may set
those could give themselves anything there. So power over a server is worked out from the roles that the interaction
names and from what the server gives to these roles; a channel's permission reaches that channel's jobs alone. What a
channel takes from somebody takes nothing of the server: blocks, rules and the log are no matter of one channel, and log
channels are often closed to changes by the very people who are to press the buttons there.
"""

from collections.abc import Iterable

import discord

from bot.domain.jobs.job import Job
from bot.domain.servers.settings import Settings
from bot.errors import NotPermitted
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.members import known_server, role_ids_of
from bot.presentation.kit.texts import Markup

ADMINISTERS = discord.Permissions(manage_guild=True, administrator=True)
MODERATES = discord.Permissions(manage_messages=True, moderate_members=True) | ADMINISTERS
"""Any of these, in the whole server, is enough."""


async def is_admin(interaction: AnyInteraction, settings: Settings, clock: Clock) -> bool:
    """Whether somebody may set quotas and settings of the server in which they act.

    Raises:
        Unavailable: if that can't be found out now.
    """
    return await _has_power(interaction, settings.admin_roles, ADMINISTERS, clock)


async def is_moderator(interaction: AnyInteraction, settings: Settings, clock: Clock) -> bool:
    """Whether somebody may moderate the server in which they act; its admins may.

    Raises:
        Unavailable: if that can't be found out now.
    """
    return await _has_power(interaction, settings.moderator_roles | settings.admin_roles, MODERATES, clock)


async def may_moderate(interaction: AnyInteraction, settings: Settings, job: Job, clock: Clock) -> bool:
    """Whether somebody may see and end another member's job: the server's moderators, and those of its channel.

    Whoever manages the messages of one channel does so with what everybody there sees; private pictures are none of
    theirs.

    Raises:
        Unavailable: if that can't be found out now.
    """
    if interaction.guild_id != job.server_id:
        return False
    is_in_reach = interaction.permissions.manage_messages and job.reply.channel_id in _reach(interaction)
    if is_in_reach and not job.request.private:
        return True
    return await is_moderator(interaction, settings, clock)


def visible_in(interaction: AnyInteraction, channel_ids: Iterable[int]) -> set[int]:
    """Return those of a server's channels that somebody can see who acts there.

    What the gateway has not told of is none of them: a private thread, or one that is closed, is seen where one acts in
    it.
    """
    here, server, person = interaction.channel_id or 0, interaction.guild, interaction.user
    found = {here} & set(channel_ids)
    if server is None or not isinstance(person, discord.Member):
        return found
    for channel_id in set(channel_ids) - found:
        channel = server.get_channel_or_thread(channel_id)
        holder = channel.parent if isinstance(channel, discord.Thread) else channel
        is_closed = isinstance(channel, discord.Thread) and channel.is_private()
        if holder is not None and not is_closed and holder.permissions_for(person).view_channel:
            found.add(channel_id)
    return found


async def require_admin(interaction: AnyInteraction, settings: Settings, clock: Clock) -> None:
    """Refuse whoever is no admin.

    Raises:
        NotPermitted: saying what it takes.
        Unavailable: if that can't be found out now.
    """
    if not await is_admin(interaction, settings, clock):
        raise NotPermitted("admins-only")


async def require_moderator(interaction: AnyInteraction, settings: Settings, clock: Clock) -> None:
    """Refuse whoever is no moderator.

    Raises:
        NotPermitted: saying what it takes.
        Unavailable: if that can't be found out now.
    """
    if not await is_moderator(interaction, settings, clock):
        raise NotPermitted("moderators-only")


async def require_blockable(
    interaction: AnyInteraction, settings: Settings, target: discord.Member | discord.User, clock: Clock
) -> None:
    """Refuse to let whoever acts block a bot, themselves, an admin, or as no admin another moderator.

    Args:
        interaction: of who acts.
        settings: the server's.
        target: as a User, somebody who is not in the server: they may be blocked before they come back.
        clock: for the time limit.

    Raises:
        NotPermitted: saying why.
        Unavailable: while the server's roles are unknown, and with them who is an admin.
    """
    if target.bot:
        raise NotPermitted("block-bot")
    if target.id == interaction.user.id:
        raise NotPermitted("block-yourself")
    if isinstance(target, discord.User):
        return
    roles = role_ids_of(target)
    may = _permissions(await known_server(interaction, clock), target.id, roles)
    if may.value & ADMINISTERS.value or roles & settings.admin_roles:
        raise NotPermitted("block-admin", member=Markup(target.mention))
    is_moderator_too = bool(may.value & MODERATES.value or roles & settings.moderator_roles)
    if is_moderator_too and not await is_admin(interaction, settings, clock):
        raise NotPermitted("block-moderator", member=Markup(target.mention))


async def _has_power(
    interaction: AnyInteraction, named: frozenset[int], wanted: discord.Permissions, clock: Clock
) -> bool:
    """Whether somebody has one of the roles that the settings name, or one of these permissions in the whole server."""
    if interaction.guild_id is None:
        return False
    roles, is_timed_out = role_ids_of(interaction.user), _is_timed_out(interaction)
    if roles & named and not is_timed_out:
        return True
    may = _permissions(await known_server(interaction, clock), interaction.user.id, roles)
    # Discord lets nobody time out administrators and the owner, and leaves others nothing that has power.
    return bool(may.value & wanted.value) and (may.administrator or not is_timed_out)


def _permissions(server: discord.Guild, person_id: int, roles: Iterable[int]) -> discord.Permissions:
    """Return what somebody may do in the whole server, channels left aside (topics/permissions.mdx)."""
    if server.owner_id == person_id:
        return discord.Permissions.all()
    may = discord.Permissions(server.default_role.permissions.value)
    for role in map(server.get_role, roles):
        may |= role.permissions if role is not None else discord.Permissions.none()
    return discord.Permissions.all() if may.administrator else may


def _is_timed_out(interaction: AnyInteraction) -> bool:
    """Whether somebody was timed out when they acted; both times are Discord's."""
    until = getattr(interaction.user, "timed_out_until", None)
    return until is not None and interaction.created_at < until


def _reach(interaction: AnyInteraction) -> frozenset[int]:
    """Return the channels in which somebody has the permissions that came with the interaction.

    A thread has no permissions of its own but its channel's, so they reach that too. Not the other way round: who sees
    a channel does not see its private threads.
    """
    channel = interaction.channel
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else 0
    return frozenset({interaction.channel_id or 0, parent_id}) - {0}
