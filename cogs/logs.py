"""/logs: moderators read what was asked for in their server, and what became of it."""

from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.log.moderator_log import Status
from bot.domain.requests.catalogue import Catalogue
from bot.domain.servers.settings import Settings
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.log.logs import Logs
from bot.presentation.log.tables import Format
from bot.presentation.log.texts import CHOICES
from bot.presentation.log.views import PREFIX
from bot.service.moderation.moderator_log import Reviewing, Wanted
from bot.service.servers.administration import Administration
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit, Number, Person

LONGEST_WORDS = 100
LONGEST_MOMENT = 40
STATUSES = [Choice(name=localised(key, status.value), value=status.value) for status, key in CHOICES.items()]
FORMATS = [
    Choice(name=localised("choice-format-csv", "CSV"), value=Format.CSV.value),
    Choice(name=localised("choice-format-jsonl", "JSON Lines"), value=Format.JSON_LINES.value),
]
FILTERS = ("member", "status", "model", "text", "since", "until")


class LogCommands(BotCog):
    """Shows the log of a server to its moderators; who is one is checked at each command and press."""

    logs = app_commands.Group(
        name=localised("command-logs-name", "logs"),
        description=localised("command-logs-description"),
        default_permissions=discord.Permissions(moderate_members=True),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(
        self, *, kit: Kit, reviewing: Reviewing, administration: Administration, logs: Logs, catalogue: Catalogue
    ) -> None:
        super().__init__(kit, PREFIX)
        self._reviewing = reviewing
        self._administration = administration
        self._logs = logs
        self._catalogue = catalogue

    @logs.command(
        name=localised("command-logs-search-name", "search"), description=localised("command-logs-search-description")
    )
    @options("option-logs", *FILTERS)
    @app_commands.choices(status=STATUSES)
    async def search(
        self,
        interaction: Command,
        member: Person | None = None,
        status: str | None = None,
        model: Range[str, 1, LONGEST_WORDS] | None = None,
        text: Range[str, 1, LONGEST_WORDS] | None = None,
        since: Range[str, 1, LONGEST_MOMENT] | None = None,
        until: Range[str, 1, LONGEST_MOMENT] | None = None,
    ) -> None:
        """Show the first page of what a search finds."""
        zone = self._zone(await self._begin_for_moderator(interaction))
        wanted = _wanted(member, status, model, text, since, until)
        search = await self._reviewing.understand(wanted, zone)
        server_id, moderator_id = interaction.guild_id or 0, interaction.user.id
        kept = await self._reviewing.keep(interaction.id, server_id, moderator_id, search)
        await self._logs.show_page(interaction, kept)

    @logs.command(name=localised("command-logs-job-name", "job"), description=localised("command-logs-job-description"))
    @options("option-logs", "number")
    async def job(self, interaction: Command, number: Number) -> None:
        """Show all that is known of a job."""
        await self._begin_for_moderator(interaction)
        timeline = await self._reviewing.by_number(interaction.guild_id or 0, number)
        await self._logs.show_timeline(interaction, timeline)

    @logs.command(
        name=localised("command-logs-export-name", "export"), description=localised("command-logs-export-description")
    )
    @options("option-logs", *FILTERS, "format")
    @app_commands.choices(status=STATUSES, format=FORMATS)
    async def export(
        self,
        interaction: Command,
        member: Person | None = None,
        status: str | None = None,
        model: Range[str, 1, LONGEST_WORDS] | None = None,
        text: Range[str, 1, LONGEST_WORDS] | None = None,
        since: Range[str, 1, LONGEST_MOMENT] | None = None,
        until: Range[str, 1, LONGEST_MOMENT] | None = None,
        format: str = Format.CSV.value,
    ) -> None:
        """Answer with what a search finds, as a file."""
        zone = self._zone(await self._begin_for_moderator(interaction))
        search = await self._reviewing.understand(_wanted(member, status, model, text, since, until), zone)
        await self._logs.export(interaction, search, Format(format), zone)

    @search.autocomplete("model")
    @export.autocomplete("model")
    async def complete_model(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the models that there are now; one that was used earlier can be typed."""
        typed = typed.strip().lower()
        return choices((name, name) for name in self._catalogue if typed in name.lower())

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``logs:page:{search}:{before}`` and ``logs:job:{job}``; the latter also stands in the log channel."""
        action, _, rest = rest.partition(":")
        if action == "page":
            await self._defer(interaction)
            await self._require_moderator(interaction)
            search_id, _, before_id = rest.partition(":")
            kept = await self._reviewing.kept(number_in(search_id), interaction.guild_id or 0, interaction.user.id)
            await self._logs.show_page(interaction, kept, number_in(before_id))
        elif action == "job":
            await self._begin_for_moderator(interaction)
            timeline = await self._reviewing.by_id(interaction.guild_id or 0, number_in(rest))
            await self._logs.show_timeline(interaction, timeline)

    def _zone(self, settings: Settings) -> ZoneInfo:
        """Return the zone in which the server counts."""
        return ZoneInfo(self._administration.calendar(settings).zone)


def _wanted(
    member: Person | None, status: str | None, model: str | None, text: str | None, since: str | None, until: str | None
) -> Wanted:
    return Wanted(member.id if member else None, Status(status) if status else None, model, text, since, until)
