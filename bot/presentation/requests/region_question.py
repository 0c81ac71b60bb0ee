"""The question which part of a picture is to change: the picture under a grid, and a button for each of its fields."""

import asyncio
import io
import logging
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import discord
from discord import ui

from bot.domain.jobs.job import PriceOffer
from bot.domain.pictures.grid import with_grid
from bot.domain.pictures.region import FIELDS, SIDE, Region, field_name
from bot.domain.requests.request import Options
from bot.errors import NotPermitted, StorageUnavailable, Unavailable
from bot.ports import Clock, Pictures
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import BUTTON, components
from bot.presentation.kit.discord_errors import Verdict, briefly, judge, was_refused
from bot.presentation.kit.members import server_owner_id
from bot.presentation.kit.receipt import region_names
from bot.presentation.kit.reply_transport import NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.kit.texts import Texts
from bot.presentation.requests.asker import asker_of, require_permissions
from bot.presentation.requests.price_question import about
from bot.service.requests.region_choice import RegionChoice
from bot.service.requests.submitter import Submitter

log = logging.getLogger(__name__)

PREFIX = "region"
"""Of the custom ids. A field's says whether it is to be chosen, not that it changes: pressed twice, it is the same."""

ADD, TAKE, EDIT, DROP = "add", "take", "edit", "drop"

DRAWN_AT_ONCE = 1
"""One picture of 40 million pixels takes up to 250 MB while it is shown small."""


class RegionQuestion:
    """Asks a member alone, and shows what they have chosen so far."""

    def __init__(
        self, *, choice: RegionChoice, submitter: Submitter, pictures: Pictures, texts: Texts, clock: Clock
    ) -> None:
        self._choice = choice
        self._submitter = submitter
        self._pictures = pictures
        self._texts = texts
        self._clock = clock
        self._drawing = asyncio.Semaphore(DRAWN_AT_ONCE)
        self._turns = WeakValueDictionary[int, asyncio.Lock]()

    async def ask(self, interaction: AnyInteraction, options: Options) -> None:
        """Keep a request and ask for its region; the interaction was deferred for its member alone.

        Raises:
            MemberError: saying what is wrong and what would do; then nothing is kept.
            StorageUnavailable: if the database can't take it now; then nothing is kept.
            Exception: what the call to Discord raised.
        """
        is_private = await self._is_private(interaction, options.private)
        asker = asker_of(interaction, await server_owner_id(interaction, self._clock))
        kept = await self._choice.ask(replace(options, private=is_private), asker)
        grid = await self._grid(kept)
        # It may be seen, and pressed, before its answer comes here, and be sent once more.
        async with self.turn_of(kept.id):
            try:
                await self.show(interaction, kept, grid)
            except Exception as error:
                if judge(error, by_token=True) is not Verdict.LATER:
                    raise
                # It may stand: the word that it was lost would then take its place, over buttons that work.
                log.info("interaction %s: its question is sent once more: %s", interaction.id, briefly(error))
                await self.show(interaction, kept, grid)

    async def show(self, interaction: AnyInteraction, kept: PriceOffer, grid: bytes | None = None) -> None:
        """Show the question as far as the region is chosen; the interaction was deferred.

        Args:
            interaction: whose response it is.
            kept: the request.
            grid: the picture under its fields; None: the question has it already.

        Raises:
            Exception: what the call to Discord raised.
        """
        text, view = self._shown(str(interaction.locale), kept)
        named = about(self._texts, str(interaction.locale), text, kept.request.prompt)
        try:
            await self._edit(interaction, named, view, grid)
        except discord.HTTPException as error:
            if not was_refused(error):
                raise
            # The instruction may be what Discord refuses.
            await self._edit(interaction, text, view, grid)

    async def _edit(self, interaction: AnyInteraction, text: str, view: ui.View, grid: bytes | None) -> None:
        files: dict[str, Any] = {}
        if grid is not None:
            described = self._texts.plain(str(interaction.locale), "region-grid")
            files["attachments"] = [discord.File(io.BytesIO(grid), "grid.jpg", description=described)]
        async with self._clock.timeout(UPLOAD_TIMEOUT_S):
            await interaction.edit_original_response(content=text, view=view, allowed_mentions=NOBODY, **files)

    async def _is_private(self, interaction: AnyInteraction, wish: bool | None) -> bool:
        """Whether only the member is to see what comes of it; refuse where pictures can't be shown."""
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        is_private = await self._submitter.is_private(wish, interaction.guild_id)
        require_permissions(interaction, self._texts, is_private=is_private)
        return is_private

    def turn_of(self, offer_id: int) -> asyncio.Lock:
        """Return what presses wait at before they change a question: the last one shows what all of them made of it."""
        return self._turns.setdefault(offer_id, asyncio.Lock())

    async def choose(self, interaction: AnyInteraction, offer_id: int, field: int, *, is_chosen: bool) -> None:
        """Add a field to what is chosen, or take it away.

        Raises:
            Unavailable: if the question is over, or another member's.
        """
        await self._choice.choose(offer_id, asker_of(interaction, 0), field, is_chosen=is_chosen)

    async def kept(self, interaction: AnyInteraction, offer_id: int) -> PriceOffer | None:
        """Return the request as far as its region is chosen; None if the question was answered since."""
        try:
            return await self._choice.kept(offer_id, asker_of(interaction, 0))
        except Unavailable:
            return None

    async def end(self, interaction: AnyInteraction, offer_id: int) -> None:
        """Say in the place of a question that it is over; the interaction was deferred.

        Raises:
            Exception: what a call to Discord raised.
        """
        async with self.turn_of(offer_id):
            question = await interaction.original_response()
            # Of two quick presses the first one has said what became of it.
            if question.components:
                text = self._texts.say(str(interaction.locale), "region-over")
                await interaction.edit_original_response(
                    content=text, view=None, attachments=[], allowed_mentions=NOBODY
                )

    def _shown(self, locale: str, kept: PriceOffer) -> tuple[str, ui.View]:
        """Return what the question says, and its buttons, as far as the region is chosen."""
        region = kept.request.region or Region()
        fault = self._choice.fault(kept)
        lines = [self._texts.say(locale, "region-question", expires_ms=kept.expires_ms)]
        if len(kept.request.pictures) > 1:
            lines.append(self._texts.say(locale, "region-last", pictures=len(kept.request.pictures)))
        if not kept.request.prompt:
            lines.append(self._texts.say(locale, "region-wordless"))
        if region.bits:
            lines.append(self._texts.say(locale, "region-chosen", fields=region_names(self._texts, locale, region)))
        if fault is not None:
            lines.append(self._texts.say(locale, fault.key, **fault.values))
        return "\n".join(lines), self._buttons(locale, kept.id, region, is_whole=fault is None)

    def _buttons(self, locale: str, offer_id: int, region: Region, *, is_whole: bool) -> ui.View:
        edit = ui.Button[ui.View](
            label=self._texts.plain(locale, "button-edit-region"),
            custom_id=f"{PREFIX}:{offer_id}:{EDIT}",
            style=BUTTON.primary,
            disabled=not is_whole,
            row=SIDE,
        )
        drop = ui.Button[ui.View](
            label=self._texts.plain(locale, "button-drop"), custom_id=f"{PREFIX}:{offer_id}:{DROP}", row=SIDE
        )
        return components(*(self._field(locale, offer_id, region, field) for field in range(FIELDS)), edit, drop)

    def _field(self, locale: str, offer_id: int, region: Region, field: int) -> ui.Button[ui.View]:
        name, is_chosen = field_name(field), region.has(field)
        return ui.Button(
            label=self._texts.plain(locale, "button-field-chosen", field=name) if is_chosen else name,
            custom_id=f"{PREFIX}:{offer_id}:{TAKE if is_chosen else ADD}:{name}",
            style=BUTTON.success if is_chosen else BUTTON.secondary,
            row=field // SIDE,
        )

    async def _grid(self, kept: PriceOffer) -> bytes:
        data = await self._pictures.read(kept.request.pictures[-1].path)
        if data is None:
            raise StorageUnavailable("a picture that came in can't be read")
        async with self._drawing:
            return await asyncio.to_thread(with_grid, data)
