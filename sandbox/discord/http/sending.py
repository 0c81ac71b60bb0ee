"""Sending interactions to the bot, and noticing that it did not answer."""

import asyncio
import secrets

from sandbox.discord.http.callbacks import bot_permissions
from sandbox.discord.rules.errors import Json
from sandbox.discord.state import payloads
from sandbox.discord.state.guilds import Channel, Member, User
from sandbox.discord.state.interactions import CALLBACK_WITHIN_S, Interaction
from sandbox.discord.state.messages import Message
from sandbox.discord.state.permissions import ALL
from sandbox.discord.state.world import World

_GUILD_CONTEXT, _BOT_DM_CONTEXT = 0, 1
_GUILD_INSTALL = "0"


class InteractionSender:
    """Makes interactions and sends them as INTERACTION_CREATE."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._deadlines: set[asyncio.Task[None]] = set()

    def send(
        self,
        kind: int,
        user: User,
        member: Member | None,
        channel: Channel,
        data: Json,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        """Send a new interaction; it fails by itself after three seconds without a callback."""
        world = self._world
        id_, token = world.new_id(), f"sandbox.{secrets.token_urlsafe(48)}"
        payload = {
            "id": str(id_),
            "application_id": str(world.application_id),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            **self._place(user, member, channel),
        }
        if source is not None:
            payload["message"] = payloads.message(source, world.cdn)
        interaction = Interaction(
            id_, token, kind, user, member, channel, data, payload, world.clock.monotonic(), source, trigger
        )
        world.interactions[token] = interaction
        self._watch(interaction)
        world.announce("INTERACTION_CREATE", payload)
        return interaction

    def resend(self, interaction: Interaction) -> None:
        """Deliver the same interaction once more, as the gateway may."""
        self._world.announce("INTERACTION_CREATE", interaction.payload)

    async def close(self) -> None:
        for task in self._deadlines:
            task.cancel()
        await asyncio.gather(*self._deadlines, return_exceptions=True)

    def _place(self, user: User, member: Member | None, channel: Channel) -> Json:
        """Where it happens, with whose permissions; a direct message has a ``user`` in place of a ``member``."""
        place: Json = {
            "channel_id": str(channel.id),
            "channel": payloads.channel_for(channel, member),
            "app_permissions": str(bot_permissions(self._world, channel) & ALL),
            "locale": user.locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": self._world.file_limit(channel),
        }
        guild = channel.guild
        if guild is None or member is None:
            owners = {_GUILD_INSTALL: "0"}
            return {
                **place,
                "user": payloads.user(user),
                "context": _BOT_DM_CONTEXT,
                "authorizing_integration_owners": owners,
            }
        return {
            **place,
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": {**payloads.member(member), "permissions": place["channel"]["permissions"]},
            "context": _GUILD_CONTEXT,
            "authorizing_integration_owners": {_GUILD_INSTALL: str(guild.id)},
        }

    def _watch(self, interaction: Interaction) -> None:
        task = asyncio.create_task(self._expire(interaction), name=f"sandbox-deadline-{interaction.id}")
        self._deadlines.add(task)
        task.add_done_callback(self._deadlines.discard)

    async def _expire(self, interaction: Interaction) -> None:
        await self._world.clock.sleep(CALLBACK_WITHIN_S)
        if interaction.answer is None:
            interaction.failed = True
            interaction.settled.set()
            self._world.notify()
