"""The models that are offered while a member types a command, with what one picture costs as it is asked for so far."""

from discord.app_commands import Choice, Namespace

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import Model
from bot.domain.requests.quota import Balance
from bot.domain.requests.request import price_as_typed
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.members import role_ids_of
from bot.presentation.kit.texts import Texts
from bot.service.requests.quotas import Quotas


class ModelChoices:
    """Offers models to those who draw and to those who edit."""

    def __init__(self, quotas: Quotas, texts: Texts) -> None:
        self._quotas = quotas
        self._texts = texts

    async def offer(
        self, interaction: AnyInteraction, typed: str, models: Catalogue, *, inputs: int = 0
    ) -> list[Choice[str]]:
        """Return the models whose names have what was typed in them, with prices and the member's free pictures.

        Args:
            interaction: in which is typed.
            typed: what there is of the model's name.
            models: that may be chosen; the first is the default.
            inputs: pictures that come in with the request.
        """
        locale = str(interaction.locale)
        first = next(iter(models), None)
        member = interaction.user
        standing = await self._quotas.standing(interaction.guild_id or 0, member.id, role_ids_of(member))
        wanted = interaction.namespace
        return choices(
            (self._choice(locale, model, wanted, standing.left, inputs, is_default=name == first), name)
            for name, model in models.items()
            if typed.lower().strip() in name.lower()
        )

    def _choice(
        self, locale: str, model: Model, wanted: Namespace, left: Balance, inputs: int, *, is_default: bool
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
