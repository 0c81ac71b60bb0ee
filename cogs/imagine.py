"""/imagine and /edit: from options to a request."""

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.requests.catalogue import Catalogue, fit_for
from bot.domain.requests.edits import FACTOR_MAX, MOST_ADDED, EditOptions, Function
from bot.domain.requests.model import MOST_IMAGES, Model
from bot.domain.requests.quota import Balance
from bot.domain.requests.request import Options, price_as_typed, taking_regions
from bot.domain.text.enhance import Enhance
from bot.errors import InvalidRequest
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.command_names import WAYS_TO_ENHANCE, localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.kit.members import role_ids_of
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.message_pictures import handed_in
from bot.presentation.requests.price_question import PREFIX
from bot.presentation.requests.reference_pages import offered
from bot.presentation.requests.region_question import RegionQuestion
from bot.service.requests.quotas import Quotas
from bot.service.requests.reference_sets import ReferenceSets
from cogs.base import BotCog, Command, Kit

EDIT_OPTIONS = (
    "picture",
    "instruction",
    "picture2",
    "picture3",
    "reference",
    "model",
    "function",
    "mask",
    "choose_region",
    "strength",
    "factor",
    "left",
    "right",
    "top",
    "bottom",
    "line_art",
)

OPTIONS = (
    "prompt",
    "negative_prompt",
    "model",
    "size",
    "count",
    "series",
    "seed",
    "prompt_extend",
    "watermark",
    "private",
    "enhance",
)


class Imagine(BotCog):
    """Takes requests for pictures."""

    def __init__(
        self,
        *,
        kit: Kit,
        intake: Intake,
        quotas: Quotas,
        references: ReferenceSets,
        region_question: RegionQuestion,
    ) -> None:
        super().__init__(kit, PREFIX)
        self._region_question = region_question
        self._intake = intake
        self._quotas = quotas
        self._references = references

    @app_commands.command(
        name=localised("command-imagine-name", "imagine"), description=localised("command-imagine-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option", *OPTIONS)
    @app_commands.choices(enhance=WAYS_TO_ENHANCE)
    async def imagine(
        self,
        interaction: Command,
        prompt: str,
        negative_prompt: str | None = None,
        model: str | None = None,
        size: str | None = None,
        count: Range[int, 1, MOST_IMAGES] | None = None,
        series: bool | None = None,
        seed: int | None = None,
        prompt_extend: bool | None = None,
        watermark: bool | None = None,
        private: bool | None = None,
        enhance: str | None = None,
    ) -> None:
        """Take a request; checks, hold and first response are the intake's."""
        await self._intake.take(
            interaction,
            Options(
                prompt=prompt,
                negative_prompt=negative_prompt,
                model=model,
                size=size,
                count=count,
                series=series,
                seed=seed,
                prompt_extend=prompt_extend,
                watermark=watermark,
                private=private,
                enhance=None if enhance is None else Enhance(enhance),
            ),
        )

    @app_commands.command(
        name=localised("command-edit-name", "edit"), description=localised("command-edit-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option-edit", *EDIT_OPTIONS)
    @options("option", "count", "private", "seed")
    async def edit(
        self,
        interaction: Command,
        picture: discord.Attachment | None = None,
        instruction: str | None = None,
        picture2: discord.Attachment | None = None,
        picture3: discord.Attachment | None = None,
        reference: str | None = None,
        model: str | None = None,
        function: str | None = None,
        mask: discord.Attachment | None = None,
        choose_region: bool | None = None,
        strength: Range[int, 0, 100] | None = None,
        factor: Range[int, 1, FACTOR_MAX] | None = None,
        left: Range[int, 0, MOST_ADDED] | None = None,
        right: Range[int, 0, MOST_ADDED] | None = None,
        top: Range[int, 0, MOST_ADDED] | None = None,
        bottom: Range[int, 0, MOST_ADDED] | None = None,
        line_art: bool | None = None,
        count: Range[int, 1, MOST_IMAGES] | None = None,
        private: bool | None = None,
        seed: int | None = None,
    ) -> None:
        """Take a request that brings pictures along."""
        brought = tuple(handed_in(one) for one in (picture, picture2, picture3) if one is not None)
        if not brought and reference is None:
            raise InvalidRequest("edit-without-picture")
        edit = EditOptions(
            function=function,
            strength=strength,
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            factor=factor,
            line_art=line_art,
            mask=handed_in(mask) if mask is not None else None,
            region=choose_region or None,
        )
        wanted = Options(
            prompt=instruction or "",
            model=model,
            count=count,
            seed=seed,
            private=private,
            handed_in=brought,
            edit=edit,
            reference=reference,
        )
        if not wanted.by_region:
            await self._intake.take(interaction, wanted)
            return
        await self._think(interaction)
        await self._region_question.ask(interaction, wanted)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a press on ``draft:{id}:agree`` or ``draft:{id}:drop``: may a request cost what it would?"""
        offer_id, _, action = rest.partition(":")
        async with self._closing(interaction):
            if action == "agree":
                await self._intake.agree(interaction, number_in(offer_id))
            elif action == "drop":
                await self._defer(interaction)
                text = await self._intake.drop(interaction, number_in(offer_id))
                await self._replace(interaction, text)

    @imagine.autocomplete("model")
    async def complete_model(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the models with their prices, and what is left of the member's free pictures."""
        return await self._models(interaction, typed, await self._drawing(interaction))

    @edit.autocomplete("model")
    async def complete_editing_model(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the same of the models that take pictures in, and have the function if one is chosen."""
        models = await self._intake.models(interaction, take_pictures=True)
        if getattr(interaction.namespace, "choose_region", None):
            models = taking_regions(models)
        wanted = getattr(interaction.namespace, "function", None)
        fitting = {name: model for name, model in models.items() if not wanted or wanted in model.functions}
        return await self._models(interaction, typed, fitting, inputs=1)

    @edit.autocomplete("function")
    async def complete_function(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the functions of the chosen model, or of all that may be used."""
        models = await self._intake.models(interaction, take_pictures=True)
        model = models.get(getattr(interaction.namespace, "model", None) or "")
        known = {function for one in ([model] if model else models.values()) for function in one.functions}
        named = [(self._texts.plain(str(interaction.locale), f"function-{one}"), one.value) for one in Function]
        wanted = typed.casefold().strip()
        return choices(
            (name, value) for name, value in named if value in known and wanted in f"{name} {value}".casefold()
        )

    @edit.autocomplete("reference")
    async def complete_reference(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the sets of pictures that the member may use."""
        found = await self._references.usable(interaction.guild_id or 0, interaction.user.id)
        return offered(self._texts, str(interaction.locale), found, typed)

    async def _models(
        self, interaction: Command, typed: str, models: Catalogue, *, inputs: int = 0
    ) -> list[Choice[str]]:
        locale = str(interaction.locale)
        first = next(iter(models), None)
        member = interaction.user
        standing = await self._quotas.standing(interaction.guild_id or 0, member.id, role_ids_of(member))
        wanted = interaction.namespace
        return choices(
            (self._model_choice(locale, model, wanted, standing.left, inputs, is_default=name == first), name)
            for name, model in models.items()
            if typed.lower().strip() in name.lower()
        )

    @imagine.autocomplete("size")
    async def complete_size(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the chosen model's presets by ratio, and what was typed where it is something else."""
        models = await self._drawing(interaction)
        model = models.get(getattr(interaction.namespace, "model", None) or "") or next(iter(models.values()), None)
        if model is None:
            return []
        locale, wanted = str(interaction.locale), typed.strip()
        sizes = [
            (self._texts.plain(locale, "choice-size", ratio=ratio, size=f"{size.width}×{size.height}"), ratio)
            for ratio, size in model.sizes.presets.items()
            if wanted in ratio or wanted.replace("x", "*").replace("×", "*") in str(size)
        ]
        if wanted and wanted not in model.sizes.presets:
            sizes.insert(0, (wanted, wanted))
        return choices(sizes)

    async def _drawing(self, interaction: Command) -> Catalogue:
        """Return the models that draw from words, each as it draws what is chosen so far: pictures, or a series."""
        is_series = bool(getattr(interaction.namespace, "series", None))
        models = fit_for(await self._intake.models(interaction), takes_pictures=False, is_series=is_series)
        return {name: model.drawing_series() if is_series else model for name, model in models.items()}

    def _model_choice(
        self, locale: str, model: Model, wanted: app_commands.Namespace, left: Balance, inputs: int, *, is_default: bool
    ) -> str:
        key = "choice-model-default" if is_default else "choice-model"
        free = self._texts.plain(locale, "left-free", free_left=max(0, left.free_images))
        price = price_as_typed(model, getattr(wanted, "size", None), getattr(wanted, "prompt_extend", None), inputs)
        return self._texts.plain(
            locale,
            key,
            model=model.name,
            price=price.asked,
            inputs=price.inputs,
            inputs_paid=price.of_inputs,
            free=free,
        )
