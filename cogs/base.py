"""What the cogs share: what they are handed, and how they ask for time, check who acts, and answer."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client import ImagineClient
from bot.domain.servers.settings import Settings
from bot.errors import Unavailable
from bot.ports import Clock, Servers
from bot.presentation.kit.answers import AnyInteraction, acknowledge, privately, think
from bot.presentation.kit.permissions import require_admin, require_moderator
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.kit.texts import Texts

Command = discord.Interaction[ImagineClient]
"""A command that somebody uses, or is typing."""

IN_SERVERS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
"""Where commands can be used that are about a server."""

BY_SERVERS = app_commands.AppInstallationType(guild=True, user=False)
"""Nobody takes the commands along to servers that have not taken the bot in."""

Person = discord.User | discord.Member
"""Whom a command names: as a User, somebody who is not in the server."""

Number = app_commands.Range[int, 1, 2**53 - 1]
"""Of a job or a case; Discord takes no larger one."""


@dataclass(frozen=True, slots=True)
class Kit:
    """What every cog is handed.

    Attributes:
        client: routes the presses.
        servers: know whom their settings call admins and moderators.
        texts: what people read.
        clock: for time limits.
    """

    client: ImagineClient
    servers: Servers
    texts: Texts
    clock: Clock


class PlainCog(commands.Cog):
    """Answers commands."""

    def __init__(self, kit: Kit) -> None:
        self._servers = kit.servers
        self._texts = kit.texts
        self._clock = kit.clock

    async def _think(self, interaction: AnyInteraction) -> None:
        """Ask for time to answer the person alone."""
        await acknowledge(interaction, think(interaction, ephemeral=True), self._clock)

    async def _defer(self, interaction: AnyInteraction) -> None:
        """Ask for time to change the message whose component was used."""
        await acknowledge(interaction, interaction.response.defer(), self._clock)

    async def _begin_for_admin(self, interaction: AnyInteraction) -> Settings:
        """Ask for time to answer the person alone, refuse whoever is no admin, and return the server's settings."""
        await self._think(interaction)
        return await self._require_admin(interaction)

    async def _begin_for_moderator(self, interaction: AnyInteraction) -> Settings:
        """Ask for time to answer the person alone, refuse whoever is no moderator, and return the server's settings."""
        await self._think(interaction)
        return await self._require_moderator(interaction)

    async def _require_admin(self, interaction: AnyInteraction) -> Settings:
        """Refuse whoever is no admin, and return the server's settings."""
        settings = await self._servers.settings(interaction.guild_id or 0)
        await require_admin(interaction, settings, self._clock)
        return settings

    async def _require_moderator(self, interaction: AnyInteraction) -> Settings:
        """Refuse whoever is no moderator, and return the server's settings."""
        settings = await self._servers.settings(interaction.guild_id or 0)
        await require_moderator(interaction, settings, self._clock)
        return settings

    async def _answer(self, interaction: AnyInteraction, text: str, view: ui.View | None = None) -> None:
        """Answer so that only the person sees it."""
        await privately(interaction, text, self._clock, view=view)

    async def _replace(
        self, interaction: AnyInteraction, text: str, view: ui.View | None = None, *, keeps_files: bool = True
    ) -> None:
        """Answer in the place of the question or list whose component was used, which keeps the files that it has."""
        files: dict[str, Any] = {} if keeps_files else {"attachments": []}
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.edit_original_response(content=text, view=view, allowed_mentions=NOBODY, **files)

    async def _show(self, interaction: AnyInteraction, view: ui.LayoutView, files: Sequence[discord.File] = ()) -> None:
        """Answer with components and the files that they show, in the place of what was shown before."""
        view.stop()
        async with self._clock.timeout(UPLOAD_TIMEOUT_S):
            await interaction.edit_original_response(view=view, attachments=list(files), allowed_mentions=NOBODY)

    def _say(self, interaction: AnyInteraction, key: str, /, **values: str | int) -> str:
        """Return a text in the language of the person."""
        return self._texts.say(str(interaction.locale), key, **values)


class BotCog(PlainCog):
    """Answers commands, and the presses and modals whose custom ids begin with its prefix."""

    def __init__(self, kit: Kit, prefix: str) -> None:
        super().__init__(kit)
        kit.client.router.route(prefix, self.press)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a press or a modal; ``rest`` is what follows the prefix in its custom id."""
        raise NotImplementedError

    @asynccontextmanager
    async def _closing(
        self, interaction: AnyInteraction, close: Callable[[], Awaitable[object]] | None = None
    ) -> AsyncGenerator[None]:
        """Close a question that turns out to be over when one of its buttons is pressed.

        Args:
            interaction: the press.
            close: changes the message; None: its buttons are taken off.
        """
        try:
            yield
        except Unavailable as error:
            if error.key == "offer-gone":
                await self._close(interaction, close or partial(interaction.edit_original_response, view=None))
            raise

    async def _close(self, interaction: AnyInteraction, close: Callable[[], Awaitable[object]]) -> None:
        """Close a question that is over, unless the press was told to wait for a message of its own."""
        asked = interaction.message.interaction_metadata if interaction.message else None
        if asked is None or asked.user.id != interaction.user.id:
            return
        if not interaction.response.is_done():
            await self._defer(interaction)
        if interaction.response.type is not discord.InteractionResponseType.deferred_channel_message:
            await acknowledge(interaction, close(), self._clock)
