"""/preferences: what members decide for themselves, in all servers at once."""

from dataclasses import replace

from discord import app_commands

from bot.domain.preferences import Preferences
from bot.ports import MemberPreferences
from bot.presentation.kit.command_names import localised, options
from bot.presentation.privacy.preferences_text import preferences_text
from cogs.base import Command, Kit, PlainCog


class PreferenceCommands(PlainCog):
    """Shows and changes a member's own preferences; nobody else sees them."""

    def __init__(self, *, kit: Kit, preferences: MemberPreferences) -> None:
        super().__init__(kit)
        self._preferences = preferences

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
        member_id = interaction.user.id

        def changed(old: Preferences) -> Preferences:
            kept = Preferences() if reset else old
            return kept if others_may_edit is None else replace(kept, others_may_edit=others_may_edit)

        if reset or others_may_edit is not None:
            now = await self._preferences.change(interaction.id, member_id, changed)
        else:
            now = await self._preferences.of(member_id)
        await self._answer(interaction, preferences_text(self._texts, str(interaction.locale), now))
