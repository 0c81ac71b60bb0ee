"""/help and /about: what somebody can do here, and what this bot is."""

from contextlib import suppress
from dataclasses import dataclass

from discord import app_commands

from bot import __version__
from bot.errors import NotPermitted, Unavailable
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised
from bot.presentation.kit.permissions import is_admin, is_moderator
from bot.presentation.kit.texts import Markup
from bot.presentation.servers.help_pages import MEMBERS, PREFIX, HelpPages
from cogs.base import BotCog, Command, Kit


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the bot, and how long they keep what; a name or way to reach them that is empty is not told."""

    name: str
    contact: str
    keep_pictures_days: int


class Help(BotCog):
    """Tells whoever asks, and nobody else."""

    def __init__(self, *, kit: Kit, operator: Operator, rewrites: bool) -> None:
        super().__init__(kit, PREFIX)
        self._operator = operator
        self._rewrites = rewrites

    @app_commands.command(
        name=localised("command-help-name", "help"), description=localised("command-help-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def help(self, interaction: Command) -> None:
        """Show what members can do, with a way to what the asker may do besides."""
        await self._think(interaction)
        await self._show_page(interaction, MEMBERS)

    @app_commands.command(
        name=localised("command-about-name", "about"), description=localised("command-about-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def about(self, interaction: Command) -> None:
        """Tell what this bot is, whose, where pictures come from, and what is kept."""
        await self._think(interaction)
        # What the operator says of themselves is shown as they wrote it: a link leads somewhere.
        operator = self._operator
        lines = [self._say(interaction, "about", version=Markup(__version__))]
        if operator.name:
            lines.append(self._say(interaction, "about-operator", name=Markup(operator.name)))
        if operator.contact:
            lines.append(self._say(interaction, "about-contact", contact=Markup(operator.contact)))
        lines += [
            self._say(interaction, "about-pictures"),
            self._say(interaction, "about-privacy", days=operator.keep_pictures_days),
        ]
        await self._answer(interaction, "\n".join(lines))

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``help:{member}:{page}``."""
        owner, _, page = rest.partition(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("help-others")
        await self._defer(interaction)
        await self._show_page(interaction, page)

    async def _show_page(self, interaction: AnyInteraction, page: str) -> None:
        allowed = await self._allowed(interaction)
        pages = HelpPages(self._texts, str(interaction.locale), rewrites=self._rewrites)
        # Who has lost what a page is about since it was offered reads the first.
        shown, is_direct = page if page in allowed else MEMBERS, interaction.guild_id is None
        await self._show(interaction, pages.page(shown, interaction.user.id, allowed, is_direct=is_direct))

    async def _allowed(self, interaction: AnyInteraction) -> list[str]:
        allowed = [MEMBERS]
        if interaction.guild_id is None:
            return allowed
        settings = await self._servers.settings(interaction.guild_id)
        # Where Discord can't be asked now who they are, they read what members do.
        with suppress(Unavailable):
            if await is_moderator(interaction, settings, self._clock):
                allowed.append("moderators")
            if await is_admin(interaction, settings, self._clock):
                allowed.append("admins")
        return allowed
