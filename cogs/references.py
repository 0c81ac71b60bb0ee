"""/reference: sets of pictures that are kept under a name, to edit by."""

import discord
from discord import app_commands
from discord.app_commands import Choice, Range

from bot.domain.requests.references import LONGEST_NAME, Reference, named
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.members import act_of, server_owner_id
from bot.presentation.requests.asker import asker_of
from bot.presentation.requests.message_pictures import handed_in
from bot.presentation.requests.reference_pages import ReferencePages, ReferenceTexts, offered
from bot.service.requests.reference_sets import ReferenceSets
from cogs.base import BY_SERVERS, IN_SERVERS, Command, Kit, Person, PlainCog

PICTURES = ("picture", *(f"picture{k}" for k in range(2, 10)))


class References(PlainCog):
    """Keeps, shows and removes sets; who may share one, or reach for another's, is checked at each command."""

    reference = app_commands.Group(
        name=localised("command-reference-name", "reference"),
        description=localised("command-reference-description"),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(self, *, kit: Kit, sets: ReferenceSets, pages: ReferencePages) -> None:
        super().__init__(kit)
        self._sets = sets
        self._pages = pages

    @reference.command(
        name=localised("command-reference-add-name", "add"),
        description=localised("command-reference-add-description"),
    )
    @options("option-reference", "name", *PICTURES, "shared")
    async def add(
        self,
        interaction: Command,
        name: Range[str, 1, LONGEST_NAME],
        picture: discord.Attachment,
        picture2: discord.Attachment | None = None,
        picture3: discord.Attachment | None = None,
        picture4: discord.Attachment | None = None,
        picture5: discord.Attachment | None = None,
        picture6: discord.Attachment | None = None,
        picture7: discord.Attachment | None = None,
        picture8: discord.Attachment | None = None,
        picture9: discord.Attachment | None = None,
        shared: bool = False,
    ) -> None:
        """Keep pictures as a set, for the member or for everybody in the server."""
        await self._think(interaction)
        if shared:
            await self._require_moderator(interaction)
        given = (picture, picture2, picture3, picture4, picture5, picture6, picture7, picture8, picture9)
        brought = tuple(handed_in(one) for one in given if one is not None)
        asker = asker_of(interaction, await server_owner_id(interaction, self._clock))
        added = await self._sets.add(asker, name, brought, shared=shared)
        await self._answer(interaction, self._words(interaction).added(added, shared=shared))

    @reference.command(
        name=localised("command-reference-show-name", "show"),
        description=localised("command-reference-show-description"),
    )
    @options("option-reference", "member", name="which", shared="of-server")
    async def show(
        self, interaction: Command, name: str | None = None, shared: bool = False, member: Person | None = None
    ) -> None:
        """Show which sets there are, or one with its pictures."""
        await self._think(interaction)
        other = _other(interaction, member)
        found = await self._reachable(interaction, other)
        if name is None:
            words = self._words(interaction)
            text = words.usable(found) if other is None else words.of_member(other.id, found)
            await self._pages.show_list(interaction, text)
            return
        await self._pages.show(interaction, named(found, name, shared=shared), is_covered=other is not None)

    @reference.command(
        name=localised("command-reference-remove-name", "remove"),
        description=localised("command-reference-remove-description"),
    )
    @options("option-reference", "member", name="which", shared="of-server")
    async def remove(self, interaction: Command, name: str, shared: bool = False, member: Person | None = None) -> None:
        """Remove a set; whoever did not add it has to be a moderator."""
        await self._think(interaction)
        reference = named(await self._reachable(interaction, _other(interaction, member)), name, shared=shared)
        if reference.member_id != interaction.user.id:
            await self._require_moderator(interaction)
        await self._sets.remove(act_of(interaction, "reference.remove"), reference)
        await self._answer(interaction, self._words(interaction).removed(reference))

    @show.autocomplete("name")
    @remove.autocomplete("name")
    async def complete_name(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer the sets that whoever types may use; what another member keeps is not told while somebody types."""
        found = await self._sets.usable(interaction.guild_id or 0, interaction.user.id)
        shared = bool(getattr(interaction.namespace, "shared", False))
        return offered(self._texts, str(interaction.locale), found, typed, shared=shared)

    async def _reachable(self, interaction: AnyInteraction, other: Person | None) -> list[Reference]:
        """Return the sets that somebody may use, or for a moderator those that another keeps for themselves."""
        server_id = interaction.guild_id or 0
        if other is None:
            return await self._sets.usable(server_id, interaction.user.id)
        await self._require_moderator(interaction)
        return await self._sets.own(server_id, other.id)

    def _words(self, interaction: AnyInteraction) -> ReferenceTexts:
        return ReferenceTexts(self._texts, str(interaction.locale))


def _other(interaction: AnyInteraction, member: Person | None) -> Person | None:
    """Return whom a command names; None if that is nobody but who uses it."""
    return None if member is None or member.id == interaction.user.id else member
