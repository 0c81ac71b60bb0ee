"""Who reads a server's log channel: what is told of members there is for its moderators, unless its admins agreed."""

import logging

import discord

from bot.domain.servers.settings import Exposure, Settings
from bot.errors import NotPermitted, StorageUnavailable, Unavailable
from bot.ports import Feeds, Servers
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.servers.channel_check import REPORTS_NEED, missing_in, named

log = logging.getLogger(__name__)


def exposure_of(channel: discord.abc.GuildChannel, everyone: discord.Role) -> frozenset[Exposure]:
    """Return who else than moderators may come to read a channel.

    Roles that every member happens to have are not seen through: only ``@everyone`` counts.

    Args:
        channel: with its own overwrites, which Discord copies from its category.
        everyone: the role of the server's members.
    """
    allowed, denied = channel.overwrites_for(everyone).pair()
    may = discord.Permissions((everyone.permissions.value & ~denied.value) | allowed.value)
    found: set[Exposure] = set()
    if may.view_channel or may.administrator:
        found.add(Exposure.EVERYONE)
    if channel.type is discord.ChannelType.news:
        found.add(Exposure.FOLLOWERS)
    return frozenset(found)


class LogChannels:
    """Finds the channel in which a server's moderators may be told of its members.

    Args:
        client: logged in.
        servers: knows the log channels, and what admins agreed to.
        feeds: has the server's owner told.
    """

    def __init__(self, *, client: discord.Client, servers: Servers, feeds: Feeds) -> None:
        self._client = client
        self._servers = servers
        self._feeds = feeds

    async def usable(self, server_id: int) -> int:
        """Return the log channel's id; 0 if there is none, or others read it than the server's admins agreed to.

        Raises:
            discord.HTTPException: if it is not known yet who reads it, and Discord can't be asked.
        """
        settings = await self._servers.settings(server_id)
        if not settings.log_channel:
            return 0
        channel, everyone = await self._channel(server_id, settings.log_channel)
        return settings.log_channel if await self._is_as_agreed(channel, everyone, settings) else 0

    async def look(self, server: discord.Guild) -> None:
        """Have the owner told if the log channel has come to be read by others; called when that may have changed."""
        try:
            settings = await self._servers.settings(server.id)
            channel = server.get_channel(settings.log_channel)
            if channel is not None:
                await self._is_as_agreed(channel, server.default_role, settings)
        except StorageUnavailable as error:
            # It is looked at again before anything is posted.
            log.info("server %s: its log channel can't be looked at now: %s", server.id, error)

    async def _is_as_agreed(
        self, channel: discord.abc.GuildChannel, everyone: discord.Role, settings: Settings
    ) -> bool:
        readers = exposure_of(channel, everyone)
        others, ended = readers - settings.log_exposure, settings.log_exposure - readers
        if ended:
            await self._servers.end_agreement(channel.guild.id, settings, ended)
        if others:
            await self._feeds.expose(channel.guild.id, channel.id, min(others))
        return not others

    async def _channel(self, server_id: int, channel_id: int) -> tuple[discord.abc.GuildChannel, discord.Role]:
        server = self._client.get_guild(server_id)
        channel = server.get_channel(channel_id) if server is not None else None
        if server is None or channel is None:
            # A bot that has just started learns of its servers one by one.
            server = await self._client.fetch_guild(server_id, with_counts=False)
            fetched = await server.fetch_channel(channel_id)
            if isinstance(fetched, discord.Thread):
                raise TypeError(f"the log channel {channel_id} is a thread")
            channel = fetched
        return channel, server.default_role


def exposure_in(
    interaction: AnyInteraction, texts: Texts, channel_id: int, closed: str = "settings-log-closed"
) -> frozenset[Exposure]:
    """Return who else than moderators may read a channel in which the bot can report, or show pictures.

    Args:
        interaction: of who chose it.
        texts: what people read.
        channel_id: which.
        closed: the key of the refusal.

    Raises:
        NotPermitted: naming what the bot lacks there.
        Unavailable: while the server's channels are unknown.
    """
    server = interaction.guild
    channel = server.get_channel(channel_id) if server is not None else None
    if server is None or channel is None:
        # A bot that has just started learns of its servers one by one.
        raise Unavailable("server-not-known")
    missing = missing_in(interaction, channel_id, REPORTS_NEED)
    if missing:
        names = named(texts, str(interaction.locale), missing)
        raise NotPermitted(closed, channel=Markup(channel.mention), permissions=names)
    return exposure_of(channel, server.default_role)
