"""The Discord client: commands, servers, and the one error boundary of commands, components and modals."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.connection import LOST, PatientClient
from bot.domain.requests.instead import Declined
from bot.errors import AlreadyDone, Blocked, MemberError, StorageDamaged, StorageUnavailable
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction, give_back, privately, refusal_text
from bot.presentation.kit.command_names import CatalogueTranslator
from bot.presentation.kit.discord_errors import ALREADY_ACKNOWLEDGED, Verdict, briefly, is_lost, judge
from bot.presentation.kit.reply_transport import NOBODY
from bot.presentation.kit.texts import Texts
from bot.presentation.moderation.texts import ModTexts
from bot.presentation.moderation.views import appeal_button
from bot.presentation.requests.alternatives import instead_buttons
from bot.proxies import Proxy
from bot.service.kit.supervisor import one_by_one
from bot.service.requests.prompt_screening import CountedRefusal

log = logging.getLogger(__name__)

SESSION_CLOSED = "Session is closed"
"""What aiohttp says of a request once the client has closed its session; it has no error of its own for that."""

Handler = Callable[[AnyInteraction, str], Awaitable[None]]
Admits = Callable[[int, int], bool]
KnowOwners = Callable[[frozenset[int]], None]
MakeCogs = Callable[["ImagineClient"], Sequence[commands.Cog]]
Speaks = Callable[[discord.Guild], Awaitable[str]]
Greet = Callable[[discord.Guild], Awaitable[None]]
Look = Callable[[discord.Guild], Awaitable[None]]


async def nothing() -> None:
    """Do nothing."""


class Router:
    """Finds who handles a component or modal by what stands before the first colon of its custom id.

    discord.py's own views die with the process and swallow their errors; ids that carry all they need don't.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def route(self, prefix: str, handler: Handler) -> None:
        """Hand every custom id ``prefix:rest`` to ``handler``, with the interaction and ``rest``."""
        if prefix in self._handlers:
            raise ValueError(f"{prefix!r} has a handler already")
        self._handlers[prefix] = handler

    def find(self, custom_id: str) -> tuple[Handler, str] | None:
        """Return the handler of a custom id and the rest of the id."""
        prefix, _, rest = custom_id.partition(":")
        handler = self._handlers.get(prefix)
        return (handler, rest) if handler else None


class ImagineTree(app_commands.CommandTree["ImagineClient"]):
    """The commands; their errors go to the client's boundary."""

    async def on_error(self, interaction: AnyInteraction, error: app_commands.AppCommandError, /) -> None:  # type: ignore[override]
        """Answer for an error of a command; see ``ImagineClient.answer_error``."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("autocomplete: %s", briefly(cause))
            return
        await self.client.answer_error(interaction, cause)


class ImagineClient(PatientClient):
    """The bot as Discord sees it.

    Args:
        texts: what people read.
        clock: for time limits.
        make_cogs: called once before the connection opens; its cogs are added.
        admits: whether a server may use the bot, by its id and its owner's; others are left.
        know_owners: told the application's owners after login, before any server is judged.
        speaks: returns the language of what a server is told.
        greet: told of each server that may use the bot when the bot joins it.
        look: told of each server in which who may read which channel has, or may have, changed.
        is_back: told whenever the connection stands again, at the start too.
        came_or_went: told whenever the bot was put into a server or out of one.
        say_ready: told when the bot has heard of its servers.
        gateway_url: where to connect; empty: what the API names.
        proxy: by which Discord is reached; None: directly.
        http_trace: of aiohttp, told of each request; None: nobody is.
    """

    def __init__(
        self,
        *,
        texts: Texts,
        clock: Clock,
        make_cogs: MakeCogs,
        admits: Admits,
        know_owners: KnowOwners,
        speaks: Speaks,
        greet: Greet,
        look: Look,
        is_back: Callable[[], None],
        came_or_went: Callable[[], None],
        say_ready: Callable[[], Awaitable[None]] = nothing,
        gateway_url: str = "",
        proxy: Proxy | None = None,
        http_trace: Any = None,  # noqa: ANN401 - aiohttp's, which this module does not know
    ) -> None:
        super().__init__(
            clock=clock,
            gateway_url=gateway_url,
            tree_cls=ImagineTree,
            help_command=None,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=NOBODY,
            proxy=proxy.address if proxy else None,
            proxy_auth=proxy.auth if proxy else None,
            http_trace=http_trace,
        )
        self.texts = texts
        self.router = Router()
        self._make_cogs = make_cogs
        self._admits = admits
        self._know_owners = know_owners
        self._speaks = speaks
        self._greet = greet
        self._look = look
        self._is_back = is_back
        self._came_or_went = came_or_went
        self._say_ready = say_ready

    async def prepare(self) -> None:
        """Learn the owners and add the cogs; runs once after login, before the gateway."""
        if self.application is not None:
            self._know_owners(owner_ids(self.application))
        for cog in self._make_cogs(self):
            await self.add_cog(cog)
        await self.tree.set_translator(CatalogueTranslator(self.texts))

    async def on_interaction(self, interaction: AnyInteraction) -> None:
        """Hand a component or modal to its handler, and answer for its errors."""
        if interaction.type not in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            return
        found = self.router.find(str((interaction.data or {}).get("custom_id", "")))
        if found is None:
            log.info("interaction %s: nobody handles its custom id", interaction.id)
            return
        handler, rest = found
        try:
            await handler(interaction, rest)
        except Exception as error:  # noqa: BLE001 - the boundary
            await self.answer_error(interaction, error)

    async def answer_error(self, interaction: AnyInteraction, error: Exception) -> None:
        """Tell the person what is wrong, or a reference under which the log has it."""
        if isinstance(error, AlreadyDone):
            log.info("%s", error)
            return
        if self.is_closed() and type(error) is RuntimeError and str(error) == SESSION_CLOSED:
            # What was asked in the moment in which the bot stops: there is no way left to answer by.
            log.info("interaction %s: came as the bot stopped", interaction.id)
            return
        if isinstance(error, discord.HTTPException) and error.code == ALREADY_ACKNOWLEDGED:
            # Discord delivered the interaction a second time; the first delivery was answered.
            log.info("interaction %s was acknowledged before", interaction.id)
            return
        locale, view = str(interaction.locale), None
        if isinstance(error, Blocked):
            text, view = ModTexts(self.texts, locale).refusal(error), appeal_button(self.texts, locale, error.case_id)
        elif isinstance(error, Declined):
            text, view = refusal_text(self.texts, locale, error), instead_buttons(self.texts, locale, error)
        elif isinstance(error, MemberError):
            text = refusal_text(self.texts, locale, error)
        elif isinstance(error, StorageUnavailable):
            # Damage does not pass by itself: it would be no use to try again in a minute.
            is_damaged = isinstance(error, StorageDamaged)
            level = logging.ERROR if is_damaged else logging.INFO
            log.log(level, "interaction %s: refused, storage is out: %s", interaction.id, error)
            text = self.texts.say(locale, "storage-damaged" if is_damaged else "storage-unavailable")
        elif isinstance(error, LOST) or is_lost(error):
            log.warning("interaction %s: an answer did not reach Discord: %s", interaction.id, briefly(error))
            is_forbidden = judge(error) is Verdict.FORBIDDEN
            text = self.texts.say(locale, "answer-forbidden" if is_forbidden else "answer-lost")
        else:
            reference = secrets.token_hex(4)
            log.error("reference %s: interaction %s failed", reference, interaction.id, exc_info=error)
            text = self.texts.say(locale, "unexpected", reference=reference)
        is_said = await privately(interaction, text, self.clock, view=view)
        # What was refused for what it says is not said once more.
        if is_said and not isinstance(error, CountedRefusal):
            await give_back(interaction, self.texts, self.clock)

    async def on_ready(self) -> None:
        """Tell the program that all shards have told of their servers."""
        await self._say_ready()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Wake what waited for Discord, leave the servers that may not use the bot, and look at the others."""
        self._is_back()
        named = [guild for guild in self.guilds if guild.shard_id == shard_id]
        await one_by_one((f"server {guild.id}", partial(self._judge, guild)) for guild in named)

    async def _judge(self, guild: discord.Guild) -> None:
        if await self._stay_or_leave(guild):
            await self._look(guild)

    async def on_resumed(self) -> None:
        """Wake what waited for Discord."""
        self._is_back()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Judge a server that an outage had hidden."""
        if await self._stay_or_leave(guild):
            await self._look(guild)

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, channel: discord.abc.GuildChannel) -> None:
        """Look who may read what, now that a channel's permissions may have changed."""
        await self._look(channel.guild)

    async def on_guild_role_update(self, _: discord.Role, role: discord.Role) -> None:
        """Look who may read what, now that everybody's permissions may have changed."""
        if role.is_default():
            await self._look(role.guild)

    async def on_guild_remove(self, _: discord.Guild) -> None:
        """Have it looked at what waits for a server that the bot is in no more; an outage is no removal."""
        self._came_or_went()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server that may use the bot; leave another."""
        self._came_or_went()
        if not await self._stay_or_leave(guild):
            return
        try:
            await self._greet(guild)
        except StorageUnavailable as error:
            log.warning("server %s can't be greeted: %s", guild.id, error)

    async def _stay_or_leave(self, guild: discord.Guild) -> bool:
        """Leave a server that may not use the bot, with a word why; return whether it may."""
        # While a server is unavailable its owner is unknown: it is judged when it comes back.
        if guild.unavailable or not guild.owner_id:
            return False
        if self._admits(guild.id, guild.owner_id):
            return True
        try:
            locale = await self._speaks(guild)
        except StorageUnavailable:
            locale = str(guild.preferred_locale)
        text = self.texts.say(locale, "leaving-server", server=guild.name, id=str(guild.id))
        await self._say_goodbye(guild, text)
        try:
            await guild.leave()
        except discord.HTTPException as error:
            log.warning("server %s could not be left: %s", guild.id, error.code)
        return False

    async def _say_goodbye(self, guild: discord.Guild, text: str) -> None:
        """Tell the server's own channel for such words, else its owner; if neither can be told, nobody is."""
        try:
            if guild.system_channel is not None:
                await guild.system_channel.send(text)
                return
        except discord.HTTPException as error:
            log.info("server %s: its system channel can't be told: %s", guild.id, error.code)
        try:
            if guild.owner_id:
                owner = await self.create_dm(discord.Object(guild.owner_id))
                await owner.send(text)
        except discord.HTTPException as error:
            log.info("server %s: its owner can't be told: %s", guild.id, error.code)


def owner_ids(application: discord.AppInfo) -> frozenset[int]:
    """Return who owns the application: its owner, or everybody who has joined its team.

    A team's members can change the application and its token, so they are trusted as its owner is.
    """
    if application.team is None:
        return frozenset({application.owner.id})
    joined = {
        member.id
        for member in application.team.members
        if member.membership_state is discord.TeamMembershipState.accepted
    }
    return frozenset(joined | ({application.team.owner_id} if application.team.owner_id else set()))
