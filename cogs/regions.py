"""The buttons by which a member chooses which part of a picture is to change."""

import asyncio
from functools import partial

from bot.domain.pictures.region import field_of
from bot.errors import Unavailable
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import number_in
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.region_question import ADD, DROP, EDIT, PREFIX, TAKE, RegionQuestion
from cogs.base import BotCog, Kit


class Regions(BotCog):
    """Takes the presses on the fields of a grid, and on what is done with them."""

    def __init__(self, *, kit: Kit, intake: Intake, question: RegionQuestion) -> None:
        super().__init__(kit, PREFIX)
        self._intake = intake
        self._question = question

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``region:{id}:add:{field}`` and ``take``, ``region:{id}:edit`` and ``region:{id}:drop``."""
        offer, _, action = rest.partition(":")
        offer_id = number_in(offer)
        async with self._closing(interaction, partial(self._question.end, interaction, offer_id)):
            if action == EDIT:
                await self._intake.agree(interaction, offer_id, self._question.turn_of(offer_id))
            elif action == DROP:
                await self._defer(interaction)
                async with self._question.turn_of(offer_id):
                    text = await self._intake.drop(interaction, offer_id)
                    await self._replace(interaction, text, keeps_files=False)
            else:
                await self._choose(interaction, offer_id, action)

    async def _choose(self, interaction: AnyInteraction, offer_id: int, action: str) -> None:
        verb, _, name = action.partition(":")
        field = field_of(name)
        if verb not in (ADD, TAKE) or field is None:
            raise Unavailable("offer-gone")
        # It is written while Discord is told that the press came: whoever goes on at once goes on with this field, too.
        chosen = asyncio.create_task(
            self._question.choose(interaction, offer_id, field, is_chosen=verb == ADD), name=f"field-{interaction.id}"
        )
        await self._defer(interaction)
        await chosen
        async with self._question.turn_of(offer_id):
            kept = await self._question.kept(interaction, offer_id)
            if kept is not None:
                await self._question.show(interaction, kept)
