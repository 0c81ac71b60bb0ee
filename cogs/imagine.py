"""/imagine: from options to a request; and the buttons under the question whether one may cost what it would."""

from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.requests.catalogue import Catalogue, fit_for
from bot.domain.requests.model import MOST_IMAGES
from bot.domain.requests.request import Options
from bot.domain.text.enhance import Enhance
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.command_names import WAYS_TO_ENHANCE, localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.model_choices import ModelChoices
from bot.presentation.requests.price_question import PREFIX
from cogs.base import BotCog, Command, Kit

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

    def __init__(self, *, kit: Kit, intake: Intake, model_choices: ModelChoices) -> None:
        super().__init__(kit, PREFIX)
        self._intake = intake
        self._model_choices = model_choices

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
        return await self._model_choices.offer(interaction, typed, await self._drawing(interaction))

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
