"""/balance and /history: where a member stands, and what became of their requests."""

from collections.abc import Awaitable, Callable

from discord import app_commands, ui

from bot.domain.requests.catalogue import Catalogue
from bot.errors import NotPermitted
from bot.ports import Jobs
from bot.presentation.jobs.account_texts import AccountTexts
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised
from bot.presentation.kit.components import BUTTON, buttons, number_in
from bot.presentation.kit.members import role_ids_of
from bot.service.moderation.moderator_log import NEWEST
from bot.service.requests.quotas import Quotas
from cogs.base import BotCog, Command, Kit

PREFIX = "history"
RECEIPTS = 5
ON_A_PAGE = 10

Models = Callable[[int], Awaitable[Catalogue]]
"""Returns the models that may be used in a server."""


class Account(BotCog):
    """Shows members what is theirs; nobody else sees it."""

    def __init__(self, *, kit: Kit, jobs: Jobs, quotas: Quotas, models: Models) -> None:
        super().__init__(kit, PREFIX)
        self._jobs = jobs
        self._quotas = quotas
        self._models = models

    @app_commands.command(
        name=localised("command-balance-name", "balance"), description=localised("command-balance-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def balance(self, interaction: Command) -> None:
        """Show what is left, what pictures cost, when it resets, and the last receipts."""
        await self._think(interaction)
        server_id, member_id = interaction.guild_id or 0, interaction.user.id
        standing = await self._quotas.standing(server_id, member_id, role_ids_of(interaction.user))
        jobs = await self._jobs.of_member(member_id, server_id, before_id=NEWEST, most=RECEIPTS)
        text = self._words(interaction).balance(standing, await self._models(server_id), jobs)
        await self._answer(interaction, text)

    @app_commands.command(
        name=localised("command-history-name", "history"), description=localised("command-history-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def history(self, interaction: Command) -> None:
        """Show the asker's jobs, newest first: those of this server, or in direct messages of all."""
        await self._think(interaction)
        await self._answer(interaction, *await self._page(interaction, NEWEST))

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``history:{member}:{before}``: the page of older jobs."""
        owner, _, before = rest.partition(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("history-others")
        text, view = await self._page(interaction, number_in(before))
        await interaction.response.edit_message(content=text, view=view)

    async def _page(self, interaction: AnyInteraction, before_id: int) -> tuple[str, ui.View | None]:
        jobs = await self._jobs.of_member(
            interaction.user.id, interaction.guild_id, before_id=before_id, most=ON_A_PAGE + 1
        )
        words = self._words(interaction)
        text = words.history(jobs[:ON_A_PAGE], is_first=before_id == NEWEST)
        if len(jobs) <= ON_A_PAGE:
            return text, None
        label = self._texts.plain(str(interaction.locale), "button-older")
        custom_id = f"{PREFIX}:{interaction.user.id}:{jobs[ON_A_PAGE - 1].id}"
        return text, buttons((label, custom_id, BUTTON.secondary))

    def _words(self, interaction: AnyInteraction) -> AccountTexts:
        return AccountTexts(self._texts, str(interaction.locale))
