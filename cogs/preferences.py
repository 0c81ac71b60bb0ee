"""/preferences: what members decide for themselves, and the menus in which they do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from discord import app_commands

from bot.domain.preferences import Preferences
from bot.domain.requests.catalogue import Catalogue
from bot.errors import NotPermitted
from bot.ports import MemberPreferences
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import chosen_in
from bot.presentation.kit.members import role_ids_of
from bot.presentation.privacy.preferences_panel import CHOICES, PREFIX, Here, PreferencesPanel
from bot.service.requests.quotas import Quotas
from cogs.base import BotCog, Command, Kit

Models = Callable[[int], Awaitable[Catalogue]]
"""Returns the models that draw from words in a server."""


class PreferenceCommands(BotCog):
    """Shows and changes a member's own preferences; nobody else sees them."""

    def __init__(
        self, *, kit: Kit, preferences: MemberPreferences, quotas: Quotas, models: Models, rewrites: bool, late_s: int
    ) -> None:
        super().__init__(kit, PREFIX)
        self._preferences = preferences
        self._quotas = quotas
        self._models = models
        self._rewrites = rewrites
        self._late_s = late_s

    @app_commands.command(
        name=localised("command-preferences-name", "preferences"),
        description=localised("command-preferences-description"),
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option-preferences", "others_may_edit", "reset")
    async def preferences(
        self, interaction: Command, others_may_edit: bool | None = None, reset: bool | None = None
    ) -> None:
        """Change what is named, after a reset to the defaults if that is wished, and show all."""
        await self._think(interaction)
        member_id, server_id = interaction.user.id, interaction.guild_id or 0

        def changed(old: Preferences) -> Preferences:
            kept = Preferences() if reset else old
            return kept if others_may_edit is None else replace(kept, others_may_edit=others_may_edit)

        if reset or others_may_edit is not None:
            now = await self._preferences.change(interaction.id, member_id, changed, server_id)
        else:
            now = await self._preferences.of(member_id, server_id)
        await self._show_preferences(interaction, now)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a choice in ``prefer:{member}:{what}``, or its button that puts everything back."""
        owner, _, what = rest.partition(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("preferences-others")
        await self._defer(interaction)
        value, choose = next(iter(chosen_in(interaction)), ""), CHOICES[what]
        member_id, server_id = interaction.user.id, interaction.guild_id or 0
        change = self._preferences.change
        now = await change(interaction.id, member_id, lambda old: choose(old, value), server_id)
        await self._show_preferences(interaction, now)

    async def _show_preferences(self, interaction: AnyInteraction, now: Preferences) -> None:
        panel = PreferencesPanel(self._texts, str(interaction.locale), interaction.user.id)
        await self._show(interaction, panel.view(now, await self._here(interaction)))

    async def _here(self, interaction: AnyInteraction) -> Here | None:
        server_id = interaction.guild_id
        if server_id is None:
            return None
        standing = await self._quotas.standing(server_id, interaction.user.id, role_ids_of(interaction.user))
        return Here(
            settings=await self._servers.settings(server_id),
            models=await self._models(server_id),
            most=standing.terms.rule.images_per_job,
            rewrites=self._rewrites,
            late_s=self._late_s,
        )
