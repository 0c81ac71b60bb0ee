"""Apps > Favourite and its button, /gallery, and the answer whether a gallery channel may show one's pictures."""

from collections.abc import Callable
from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import Choice

from bot.domain.jobs.stars import Order, Search, Whose
from bot.domain.preferences import Preferences
from bot.errors import MemberError, NotPermitted
from bot.ports import Jobs, MemberPreferences, Pictures, Stars
from bot.presentation.jobs import previews, uploads
from bot.presentation.jobs.stars import ON_A_PAGE, PAGE, SHOWN, STAR, FavouritePages
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.kit.permissions import visible_in
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit, Person


class Gallery(BotCog):
    """Keeps favourites, and shows them to whoever asks; nobody else sees the answers."""

    def __init__(
        self,
        *,
        kit: Kit,
        stars: Stars,
        jobs: Jobs,
        preferences: MemberPreferences,
        pictures: Pictures,
        wake: Callable[[], None],
    ) -> None:
        super().__init__(kit, STAR)
        kit.client.router.route(PAGE, self.turn)
        kit.client.router.route(SHOWN, self.decide)
        self._stars = stars
        self._jobs = jobs
        self._preferences = preferences
        self._pictures = pictures
        self._wake = wake
        # discord.py lets no method of a cog be declared as such a command.
        kit.client.tree.add_command(
            app_commands.ContextMenu(
                name=localised("command-favourite-name", "Favourite"),
                callback=self.favourite,
                allowed_contexts=IN_SERVERS,
                allowed_installs=BY_SERVERS,
            )
        )

    async def favourite(self, interaction: Command, message: discord.Message) -> None:
        """Keep what a message shows as a favourite, or no longer."""
        await self._think(interaction)
        is_ours = interaction.client.user is not None and message.author.id == interaction.client.user.id
        job_id = await self._stars.of_message(interaction.guild_id or 0, message.id) if is_ours else 0
        await self._toggle(interaction, job_id)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``star:{job}``: the same for whoever can see what it is about."""
        await self._think(interaction)
        job = await self._jobs.get(number_in(rest))
        if job is None or job.server_id != interaction.guild_id:
            raise MemberError("star-gone")
        is_own = job.member_id == interaction.user.id
        if not is_own and not visible_in(interaction, [job.reply.channel_id]):
            raise NotPermitted("star-unseen")
        await self._toggle(interaction, job.id)

    async def _toggle(self, interaction: AnyInteraction, job_id: int) -> None:
        server_id, member_id = interaction.guild_id or 0, interaction.user.id
        is_one = await self._stars.toggle(interaction.id, server_id, member_id, job_id)
        self._wake()
        await self._answer(interaction, self._say(interaction, "star-added" if is_one else "star-taken"))

    @app_commands.command(
        name=localised("command-gallery-name", "gallery"), description=localised("command-gallery-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option-gallery", "whose", "member", "order")
    @app_commands.choices(
        whose=[
            Choice(name=localised("choice-gallery-mine", "mine"), value=Whose.MINE.value),
            Choice(name=localised("choice-gallery-all", "everybody's"), value=Whose.ALL.value),
        ],
        order=[
            Choice(name=localised("choice-gallery-newest", "newest first"), value=Order.NEWEST.value),
            Choice(name=localised("choice-gallery-stars", "most stars first"), value=Order.STARS.value),
        ],
    )
    async def gallery(
        self,
        interaction: Command,
        whose: str = Whose.MINE.value,
        member: Person | None = None,
        order: str | None = None,
    ) -> None:
        """Show one's own favourites, or everybody's in the server."""
        await self._think(interaction)
        wanted = Whose(whose)
        default = Order.NEWEST if wanted is Whose.MINE else Order.STARS
        search = Search(wanted, default if order is None else Order(order), member.id if member is not None else 0)
        await self._show_page(interaction, search, 0)

    async def turn(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``gallery:{member}:{whose}:{order}:{made_by}:{skipped}``: another page, or another list."""
        owner, whose, order, made_by, skipped = rest.split(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("gallery-others")
        await self._defer(interaction)
        await self._show_page(interaction, Search(Whose(whose), Order(order), number_in(made_by)), number_in(skipped))

    async def decide(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``shown:{member}:{server}:{yes or no}``: whether the member's pictures may be shown there."""
        owner, server_id, answer = rest.split(":")
        if owner != str(interaction.user.id):
            raise NotPermitted("preferences-others")
        await self._defer(interaction)
        may_be = answer == "yes"

        def changed(old: Preferences) -> Preferences:
            return replace(old, here=replace(old.here, shown_in_gallery=may_be))

        await self._preferences.change(interaction.id, interaction.user.id, changed, number_in(server_id))
        self._wake()
        await self._replace(interaction, self._say(interaction, "gallery-allowed" if may_be else "gallery-not-allowed"))

    async def _show_page(self, interaction: AnyInteraction, search: Search, skipped: int) -> None:
        server_id, member_id = interaction.guild_id or 0, interaction.user.id
        channels = visible_in(interaction, await self._stars.channels(server_id))
        most = ON_A_PAGE + 1
        found = await self._stars.page(server_id, member_id, search, channels, skipped=skipped, most=most)
        shown = [one.job for one in found[:ON_A_PAGE]]
        thumbnails = await previews.prepare_first(shown, self._pictures)
        pages = FavouritePages(self._texts, str(interaction.locale), member_id)
        view = pages.page(search, found, thumbnails, skipped=skipped)
        with uploads.opened(list(thumbnails.values())) as files:
            await self._show(interaction, view, files)
