"""/edit: from options to a request; Apps > Edit picture: from a message to a form, and from that to a request."""

from functools import partial

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.requests.edits import FACTOR_MAX, MOST_ADDED, EditOptions, Function
from bot.domain.requests.model import MOST_IMAGES
from bot.domain.requests.request import Options, taking_regions
from bot.errors import InvalidRequest, NotPermitted, Unavailable
from bot.ports import OpenEdits
from bot.presentation.jobs.card_buttons import EDIT, PRIVATE, THIS
from bot.presentation.kit.answers import TYPED, AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import fields_in, number_in
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.requests.edit_form import INSTRUCTION, edit_form, read_form
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.message_pictures import about, handed_in, require_there
from bot.presentation.requests.model_choices import ModelChoices
from bot.presentation.requests.reference_pages import offered
from bot.presentation.requests.region_question import RegionQuestion
from bot.service.requests.reference_sets import ReferenceSets
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit

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


class Editing(BotCog):
    """Takes requests to edit pictures: those that are handed in, that are kept, or that stand in a message."""

    def __init__(
        self,
        *,
        kit: Kit,
        intake: Intake,
        model_choices: ModelChoices,
        references: ReferenceSets,
        region_question: RegionQuestion,
        open_edits: OpenEdits,
    ) -> None:
        super().__init__(kit, EDIT)
        self._intake = intake
        self._model_choices = model_choices
        self._references = references
        self._region_question = region_question
        self._open_edits = open_edits
        # discord.py lets no method of a cog be declared as such a command.
        kit.client.tree.add_command(
            app_commands.ContextMenu(
                name=localised("command-edit-picture-name", "Edit picture"),
                callback=self.edit_picture,
                allowed_contexts=IN_SERVERS,
                allowed_installs=BY_SERVERS,
            )
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

    @edit.autocomplete("model")
    async def complete_editing_model(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the models that take pictures in, and have the function if one is chosen, with their prices."""
        models = await self._intake.models(interaction, take_pictures=True)
        if getattr(interaction.namespace, "choose_region", None):
            models = taking_regions(models)
        wanted = getattr(interaction.namespace, "function", None)
        fitting = {name: model for name, model in models.items() if not wanted or wanted in model.functions}
        return await self._model_choices.offer(interaction, typed, fitting, inputs=1)

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

    async def edit_picture(self, interaction: Command, message: discord.Message) -> None:
        """Open the form about a message's pictures, if the person may edit them."""
        await self._open_form(interaction, message)

    async def _open_form(self, interaction: AnyInteraction, message: discord.Message | None) -> None:
        """Do the same; it must be the first answer."""
        if message is None or interaction.guild_id is None:
            raise NotPermitted("guild-only")
        edit = about(interaction, message)
        models = await self._intake.editing_models(interaction)
        await self._open_edits.open(edit)
        form = edit_form(self._texts, str(interaction.locale), edit, models)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.response.send_modal(form)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``edit:this`` under a picture, which opens the form, and ``edit:{id}[:private]``: that was sent."""
        if rest == THIS:
            await self._open_form(interaction, interaction.message)
            return
        edit_id, _, who_sees = rest.partition(":")
        interaction.extras[TYPED] = fields_in(interaction).get(INSTRUCTION, "")
        read = partial(self._read, interaction, number_in(edit_id))
        try:
            await self._intake.take_form(interaction, read, private=True if who_sees == PRIVATE else None)
        except NotPermitted as refusal:
            if refusal.key == "private-not-allowed":
                raise NotPermitted("edit-private-shown") from None
            raise

    async def _read(self, interaction: AnyInteraction, edit_id: int) -> Options:
        """Return what a form asks for; whether its person may have that is judged where the request is taken.

        Raises:
            Unavailable: if it is somebody else's, its hour is over, or the message is gone.
        """
        edit = await self._open_edits.find(edit_id)
        if edit is None or (edit.server_id, edit.member_id) != (interaction.guild_id, interaction.user.id):
            raise Unavailable("edit-form-gone")
        await require_there(interaction.client, edit, self._clock)
        return read_form(interaction, edit)
