"""Appeals: a blocked member's button and modal, and the moderators' decision."""

from collections.abc import Callable

import discord

from bot.presentation.kit.answers import TYPED, AnyInteraction
from bot.presentation.kit.components import number_in, typed_in
from bot.presentation.kit.members import act_of, locale_of_message
from bot.presentation.moderation import views
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import APPEAL
from bot.service.moderation.moderation import Moderation
from cogs.base import BotCog, Kit


class Appeals(BotCog):
    """Takes appeals and decisions.

    Args:
        kit: of every cog.
        moderation: the use cases.
        wake: has what is in the outbox sent soon.
    """

    def __init__(self, *, kit: Kit, moderation: Moderation, wake: Callable[[], None]) -> None:
        super().__init__(kit, APPEAL)
        self._moderation = moderation
        self._wake = wake

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``appeal:{case}`` and ``appeal:reject:{id}``, as buttons and as modals, and ``appeal:accept:{id}``."""
        what, _, about = rest.partition(":")
        is_filled_in = interaction.type is discord.InteractionType.modal_submit
        if is_filled_in:
            interaction.extras[TYPED] = typed_in(interaction)
        if what == "accept":
            await self._decide(interaction, number_in(about), accepts=True)
        elif what == "reject":
            await (self._decide if is_filled_in else self._ask_why)(interaction, number_in(about))
        else:
            await (self._take if is_filled_in else self._ask)(interaction, number_in(rest))

    async def _ask(self, interaction: AnyInteraction, case_id: int) -> None:
        # A modal must be the first answer: nothing may be deferred before.
        await self._moderation.check_appeal(interaction.guild_id or 0, interaction.user.id, case_id)
        modal = views.appeal_modal(self._texts, str(interaction.locale), case_id)
        await interaction.response.send_modal(modal)

    async def _ask_why(self, interaction: AnyInteraction, appeal_id: int) -> None:
        """Ask for the reason of a rejection, which the member is told."""
        await self._require_moderator(interaction)
        await self._moderation.check_decision(interaction.guild_id or 0, interaction.user.id, appeal_id)
        modal = views.rejection_modal(self._texts, str(interaction.locale), appeal_id)
        await interaction.response.send_modal(modal)

    async def _take(self, interaction: AnyInteraction, case_id: int) -> None:
        await self._think(interaction)
        act, locale = act_of(interaction, "mod.appeal"), str(interaction.locale)
        await self._moderation.appeal(act, case_id, typed_in(interaction), locale)
        self._wake()
        await self._answer(interaction, self._say(interaction, "appeal-taken"))

    async def _decide(self, interaction: AnyInteraction, appeal_id: int, *, accepts: bool = False) -> None:
        await self._defer(interaction)
        settings = await self._require_moderator(interaction)
        reason = "" if accepts else " ".join(typed_in(interaction).split())
        act = act_of(interaction, "mod.appeal-accepted" if accepts else "mod.appeal-rejected", reason)
        appeal = await self._moderation.decide(act, appeal_id, accepts=accepts)
        self._wake()
        locale = locale_of_message(interaction, settings)
        await self._replace(interaction, ModTexts(self._texts, locale).appeal(appeal))
