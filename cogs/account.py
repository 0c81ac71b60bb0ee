"""/balance and /history: where a member stands, and what became of their requests."""

from collections.abc import Awaitable, Callable

from discord import app_commands

from bot.domain.requests.catalogue import Catalogue
from bot.errors import NotPermitted
from bot.ports import Jobs, Pictures
from bot.presentation.jobs import previews, uploads
from bot.presentation.jobs.account_texts import AccountTexts
from bot.presentation.jobs.history_pages import NEWER, ON_A_PAGE, PREFIX, HistoryPages, Page
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised
from bot.presentation.kit.components import number_in
from bot.presentation.kit.members import role_ids_of
from bot.service.moderation.moderator_log import NEWEST
from bot.service.requests.quotas import Quotas
from cogs.base import BotCog, Command, Kit

RECEIPTS = 5

Models = Callable[[int], Awaitable[Catalogue]]
"""Returns the models that may be used in a server."""


class Account(BotCog):
    """Shows members what is theirs; nobody else sees it."""

    def __init__(self, *, kit: Kit, jobs: Jobs, pictures: Pictures, quotas: Quotas, models: Models) -> None:
        super().__init__(kit, PREFIX)
        self._jobs = jobs
        self._pictures = pictures
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
        await self._show_page(interaction, await self._older(interaction, NEWEST))

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``history:{member}:{before}``, the page of older jobs, and ``history:{member}:{after}:newer``."""
        owner, id_, direction = [*rest.split(":"), ""][:3]
        if owner != str(interaction.user.id):
            raise NotPermitted("history-others")
        await self._defer(interaction)
        turn = self._newer if direction == NEWER else self._older
        await self._show_page(interaction, await turn(interaction, number_in(id_)))

    async def _older(self, interaction: AnyInteraction, before_id: int) -> Page:
        jobs = await self._jobs.of_member(
            interaction.user.id, interaction.guild_id, before_id=before_id, most=ON_A_PAGE + 1
        )
        return Page(jobs[:ON_A_PAGE], has_newer=before_id != NEWEST, has_older=len(jobs) > ON_A_PAGE)

    async def _newer(self, interaction: AnyInteraction, after_id: int) -> Page:
        jobs = await self._jobs.newer_of_member(
            interaction.user.id, interaction.guild_id, after_id=after_id, most=ON_A_PAGE + 1
        )
        if len(jobs) <= ON_A_PAGE:
            # The first page is a whole one, however many have come since.
            return await self._older(interaction, NEWEST)
        return Page(jobs[-ON_A_PAGE:], has_newer=True, has_older=True)

    async def _show_page(self, interaction: AnyInteraction, page: Page) -> None:
        servers = {one.id: one.name for one in interaction.client.guilds} if interaction.guild_id is None else None
        thumbnails = await previews.prepare_first(page.jobs, self._pictures)
        pages = HistoryPages(self._texts, str(interaction.locale), interaction.user.id)
        view = pages.view(page, thumbnails, servers)
        with uploads.opened(list(thumbnails.values())) as files:
            await self._show(interaction, view, files)

    def _words(self, interaction: AnyInteraction) -> AccountTexts:
        return AccountTexts(self._texts, str(interaction.locale))
