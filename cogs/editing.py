"""Apps > Edit picture: from a message to a form, and from the form to a request."""

from functools import partial

import discord
from discord import app_commands

from bot.domain.requests.request import Options
from bot.errors import NotPermitted, Unavailable
from bot.ports import OpenEdits
from bot.presentation.kit.answers import TYPED, AnyInteraction
from bot.presentation.kit.command_names import localised
from bot.presentation.kit.components import fields_in, number_in
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.requests.edit_form import INSTRUCTION, PREFIX, PRIVATE, edit_form, read_form
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.message_pictures import about, require_there
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit


class Editing(BotCog):
    """Takes requests to edit pictures of messages."""

    def __init__(self, *, kit: Kit, intake: Intake, open_edits: OpenEdits) -> None:
        super().__init__(kit, PREFIX)
        self._intake = intake
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

    async def edit_picture(self, interaction: Command, message: discord.Message) -> None:
        """Open the form about a message's pictures, if the person may edit them; it must be the first answer."""
        edit = about(interaction, message)
        models = await self._intake.editing_models(interaction)
        await self._open_edits.open(edit)
        form = edit_form(self._texts, str(interaction.locale), edit, models)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.response.send_modal(form)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``edit:{id}``, or ``edit:{id}:private``: the form was sent."""
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
