"""/privacy: a member takes along what is kept about them, or has it erased."""

import io

import discord
from discord import app_commands

from bot.errors import NotPermitted
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.limits import SURE_LIMIT_BYTES
from bot.presentation.kit.reply_transport import NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.privacy.message_deletion import MessageDeletion
from bot.presentation.privacy.texts import PREFIX, SAVED_AS, PrivacyTexts
from bot.service.privacy.erasure import Erasure
from bot.service.privacy.exporter import Exporter
from cogs.base import BY_SERVERS, BotCog, Command, Kit


class Privacy(BotCog):
    """Serves members about their own data; nobody else sees it."""

    privacy = app_commands.Group(
        name=localised("command-privacy-name", "privacy"),
        description=localised("command-privacy-description"),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
        allowed_installs=BY_SERVERS,
    )

    def __init__(self, *, kit: Kit, erasure: Erasure, exporter: Exporter, message_deletion: MessageDeletion) -> None:
        super().__init__(kit, PREFIX)
        self._erasure = erasure
        self._exporter = exporter
        self._message_deletion = message_deletion

    @privacy.command(
        name=localised("command-privacy-export-name", "export"),
        description=localised("command-privacy-export-description"),
    )
    @options("option", "part")
    async def export(self, interaction: Command, part: app_commands.Range[int, 1, 9999] = 1) -> None:
        """Answer with what is kept about the asker, as an archive."""
        await self._think(interaction)
        # The same everywhere, so that parts that were fetched in different places make one whole.
        limit_bytes = min(interaction.filesize_limit, SURE_LIMIT_BYTES)
        words = self._words(interaction)
        archive = await self._exporter.archive(interaction.user.id, part, limit_bytes)
        if archive is None:
            await self._answer(interaction, words.nothing(await self._erasure.keepings(interaction.user.id)))
            return
        file = discord.File(io.BytesIO(archive.data), SAVED_AS.format(archive.part))
        async with self._clock.timeout(UPLOAD_TIMEOUT_S):
            await interaction.edit_original_response(
                content=words.archive(archive), attachments=[file], allowed_mentions=NOBODY
            )

    @privacy.command(
        name=localised("command-privacy-forget-name", "forget"),
        description=localised("command-privacy-forget-description"),
    )
    async def forget(self, interaction: Command) -> None:
        """Ask whether everything about the asker is to be erased."""
        await self._think(interaction)
        member_id, words = interaction.user.id, self._words(interaction)
        keepings = await self._erasure.ask(member_id)
        if not keepings.is_known:
            await self._answer(interaction, words.nothing(keepings))
            return
        await self._answer(interaction, words.question(keepings), words.buttons(member_id))

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a press on ``privacy:forget:{member}`` or ``privacy:keep:{member}``."""
        action, _, owner = rest.partition(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("privacy-others")
        await self._defer(interaction)
        words = self._words(interaction)
        if action == "keep":
            await self._replace(interaction, self._say(interaction, "forget-kept"))
            return
        forgotten = await self._erasure.forget(interaction.id, interaction.user.id)
        if forgotten is None:
            text = words.nothing(await self._erasure.keepings(interaction.user.id))
        else:
            self._message_deletion.wake()
            text = words.forgotten(forgotten)
        await self._replace(interaction, text)

    def _words(self, interaction: AnyInteraction) -> PrivacyTexts:
        return PrivacyTexts(self._texts, str(interaction.locale))
