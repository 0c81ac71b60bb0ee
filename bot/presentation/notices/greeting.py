"""Greeting a server that the bot has just joined."""

import discord

from bot.ports import Servers
from bot.presentation.notices.messenger import Messenger


class Greeter:
    """Has each server greeted once, where its admins will see it."""

    def __init__(self, *, servers: Servers, messenger: Messenger) -> None:
        self._servers = servers
        self._messenger = messenger

    async def greet(self, server: discord.Guild) -> None:
        """Greet in the system channel if the bot may post there, else let the owner be told directly.

        Raises:
            StorageUnavailable: if the database can't take it now; then the server stays without a greeting.
        """
        channel = server.system_channel
        may_post = False
        if channel is not None:
            permissions = channel.permissions_for(server.me)
            may_post = permissions.view_channel and permissions.send_messages
        channel_id = channel.id if channel is not None and may_post else 0
        if await self._servers.greet(server.id, channel_id, str(server.preferred_locale)):
            self._messenger.wake()
