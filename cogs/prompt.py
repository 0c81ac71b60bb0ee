"""/prompt: a prompt rewritten before anything is drawn."""

from discord import app_commands

from bot.domain.text.enhance import Enhance
from bot.errors import NotPermitted
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.prompt_help import PREFIX, PromptHelp
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit


class Prompt(BotCog):
    """Shows members their prompts rewritten, and has them drawn by a button."""

    prompt = app_commands.Group(
        name=localised("command-prompt-name", "prompt"),
        description=localised("command-prompt-description"),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(self, *, kit: Kit, help_: PromptHelp, intake: Intake) -> None:
        super().__init__(kit, PREFIX)
        self._help = help_
        self._intake = intake

    @prompt.command(
        name=localised("command-prompt-improve-name", "improve"),
        description=localised("command-prompt-improve-description"),
    )
    @options("option", "prompt")
    async def improve(self, interaction: Command, prompt: str) -> None:
        """Show a prompt with what a picture needs beside its subject."""
        await self._rewrite(interaction, prompt, Enhance.IMPROVE)

    @prompt.command(
        name=localised("command-prompt-translate-name", "translate"),
        description=localised("command-prompt-translate-description"),
    )
    @options("option", "prompt")
    async def translate(self, interaction: Command, prompt: str) -> None:
        """Show a prompt in English."""
        await self._rewrite(interaction, prompt, Enhance.TRANSLATE)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a press on ``prompt:{id}:draw``."""
        offer_id, _, action = rest.partition(":")
        if action == "draw":
            await self._intake.draw(interaction, number_in(offer_id))

    async def _rewrite(self, interaction: Command, prompt: str, kind: Enhance) -> None:
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        await self._think(interaction)
        await self._help.answer(interaction, prompt, kind)
