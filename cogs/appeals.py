"""Appeals: a blocked member's button and modal, and the moderators' decision."""

from collections.abc import Callable

import discord
from discord.ext import commands

from bot.client import ImagineClient
from bot.domain.act import Act
from bot.ports import Clock, Servers
from bot.presentation.kit.answers import AnyInteraction, acknowledge, privately, think
from bot.presentation.kit.permissions import require_moderator
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY
from bot.presentation.kit.texts import Texts
from bot.presentation.moderation import views
from bot.presentation.moderation.prompt_rules import typed_in
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import APPEAL, number_in
from bot.service.moderation.moderation import Moderation


class Appeals(commands.Cog):
    """Takes appeals and decisions.

    Args:
        client: routes the presses.
        moderation: the use cases.
        servers: knows who is a moderator.
        wake: has what is in the outbox sent soon.
        texts: what people read.
        clock: for time limits.
    """

    def __init__(
        self,
        *,
        client: ImagineClient,
        moderation: Moderation,
        servers: Servers,
        wake: Callable[[], None],
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._moderation = moderation
        self._servers = servers
        self._wake = wake
        self._texts = texts
        self._clock = clock
        client.router.route(APPEAL, self.press)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``appeal:{case}``, as a button and as a modal, ``appeal:accept:{id}`` and ``appeal:reject:{id}``."""
        what, _, about = rest.partition(":")
        if what in {"accept", "reject"}:
            await self._decide(interaction, number_in(about), accepts=what == "accept")
        elif interaction.type is discord.InteractionType.modal_submit:
            await self._take(interaction, number_in(rest))
        else:
            await self._ask(interaction, number_in(rest))

    async def _ask(self, interaction: AnyInteraction, case_id: int) -> None:
        # A modal must be the first answer: nothing may be deferred before.
        await self._moderation.check_appeal(interaction.guild_id or 0, interaction.user.id, case_id)
        modal = views.appeal_modal(self._texts, str(interaction.locale), case_id)
        await interaction.response.send_modal(modal)

    async def _take(self, interaction: AnyInteraction, case_id: int) -> None:
        await acknowledge(interaction, think(interaction, ephemeral=True), self._clock)
        locale = str(interaction.locale)
        await self._moderation.appeal(_act(interaction, "appeal"), case_id, typed_in(interaction), locale)
        self._wake()
        await privately(interaction, self._texts.say(locale, "appeal-taken"), self._clock)

    async def _decide(self, interaction: AnyInteraction, appeal_id: int, *, accepts: bool) -> None:
        await acknowledge(interaction, interaction.response.defer(), self._clock)
        settings = await self._servers.settings(interaction.guild_id or 0)
        await require_moderator(interaction, settings, self._clock)
        name = "appeal-accepted" if accepts else "appeal-rejected"
        appeal = await self._moderation.decide(_act(interaction, name), appeal_id, accepts=accepts)
        self._wake()
        text = ModTexts(self._texts, self._locale(interaction)).appeal(appeal)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.edit_original_response(content=text, view=None, allowed_mentions=NOBODY)

    def _locale(self, interaction: AnyInteraction) -> str:
        """Return the language of the message that is answered: the server's, or of an answer for one person theirs."""
        is_private = interaction.message is not None and interaction.message.flags.ephemeral
        return str(interaction.locale if is_private else interaction.guild_locale or interaction.locale)


def _act(interaction: AnyInteraction, name: str) -> Act:
    return Act(interaction.id, interaction.guild_id or 0, interaction.user.id, f"mod.{name}")
