"""The buttons under a refusal that ask for what a member's quota covers instead."""

from functools import partial

from bot.domain.requests.instead import Instead
from bot.domain.requests.request import Options
from bot.presentation.jobs.card_buttons import PRIVATE
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import number_in
from bot.presentation.requests.alternatives import INSTEAD
from bot.presentation.requests.intake import Intake
from bot.service.requests.declined import Alternatives
from cogs.base import BotCog, Kit


class Declined(BotCog):
    """Takes requests for something else than was declined."""

    def __init__(self, *, kit: Kit, intake: Intake, alternatives: Alternatives) -> None:
        super().__init__(kit, INSTEAD)
        self._intake = intake
        self._alternatives = alternatives

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``instead:{id}:{count}:{micro-yuan}:{who sees it}:{model}``, whose model may be empty."""
        declined_id, count, told, who_sees, model = [*rest.split(":", 4), *[""] * 4][:5]
        one = Instead(number_in(count), model, number_in(told))
        read = partial(self._options, interaction, number_in(declined_id), one)
        is_private = True if who_sees == PRIVATE else None
        await self._intake.take_form(interaction, read, private=is_private, prefers=False)

    async def _options(self, interaction: AnyInteraction, declined_id: int, one: Instead) -> Options:
        return await self._alternatives.options(declined_id, one, interaction.guild_id or 0, interaction.user.id)
