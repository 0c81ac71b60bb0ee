"""The way to Discord: login, gateway and shards, waited for however long it takes."""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import Route
from discord.shard import EventItem, EventType, Shard
from discord.utils import MISSING

from bot.domain.time.waits import spread
from bot.errors import ConfigurationError, DiscordRefuses
from bot.ports import Clock
from bot.presentation.kit.discord_errors import briefly

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit

log = logging.getLogger(__name__)

T = TypeVar("T")

RESUMES = 3
"""Attempts to take a session up again. Its address may be dead for good; what interactions it would replay are dead
after three seconds anyway."""

LONGEST_WAIT_S = 60.0
"""Between two attempts. Only an IDENTIFY that arrives uses up one of a day's thousand sessions: a dead gateway may be
tried every minute."""

STEADY_AFTER_S = 60.0
"""A session that stood so long was none of those that end as soon as they began."""

CONNECT_WITHIN_S = 60.0

IDENTIFY_EVERY_S = 5.0
"""Sooner, Discord ends the session again (events/gateway.mdx, ``max_concurrency``)."""

SILENT_AFTER_S = 120.0
"""Discord answers a heartbeat every 41 seconds."""

AUTHENTICATION_FAILED, SHARDING_REQUIRED = 4004, 4011
"""Close codes of the gateway (topics/opcodes-and-status-codes)."""

PASSING = (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound, ReconnectWebSocket)
"""What a call raises while Discord can't be reached; Python's TimeoutError is an OSError."""

LOST = (aiohttp.ClientError, discord.DiscordServerError, ConnectionError, TimeoutError)
"""What a call raises if nobody knows whether Discord took it."""

NOT_DISCORD = (LookupError, TypeError, ValueError, zlib.error)
"""Something else answers in Discord's place, such as a proxy by a page of its own."""


class PatientShard(Shard):
    """One shard's connection, which finds back by itself.

    discord.py asks for another connection by putting an item into its client's queue. Here that is put off where the
    last attempts failed, so that a gateway that hangs up at once is not called in a tight loop, and so that no shard
    waits for another's pause. A session that can't be resumed is given up.

    Attributes:
        heard_s: when something came from Discord last, by the monotonic clock.
    """

    def __init__(
        self,
        ws: DiscordWebSocket,
        client: "PatientClient",
        put: Callable[[EventItem], None],
        *,
        clock: Clock,
        gateway: yarl.URL | None,
    ) -> None:
        super().__init__(ws, client, put)
        self._have_session = client.have_session
        # ``_queue_put`` is where discord.py asks for another connection.
        self._put, self._queue_put = put, self._ask
        self._clock = clock
        self._gateway = gateway
        self._attempts = self._resumes = 0
        self._stood_since_s: float | None = None
        self._pause: asyncio.Task[None] | None = None
        self.heard_s = clock.monotonic()

    @property
    def is_up(self) -> bool:
        """Whether its session stands and its socket is open."""
        return self._stood_since_s is not None and self.ws.open

    def stand(self) -> None:
        """Take note that Discord has said READY or RESUMED."""
        self._stood_since_s, self._resumes = self._clock.monotonic(), 0

    def launch(self) -> None:
        """Listen; discord.py's."""
        # A hook of discord.py's own, which is told of every message.
        self.ws.log_receive = self._hear  # type: ignore[method-assign] - meant to be replaced
        super().launch()

    async def close(self) -> None:
        """Hang up for good; discord.py's."""
        if self._pause is not None:
            self._pause.cancel()
            # It may be asking Discord at this moment.
            await asyncio.gather(self._pause, return_exceptions=True)
        await super().close()

    async def reidentify(self, exc: ReconnectWebSocket) -> None:
        """Connect again; discord.py's, which would resume at the address that READY named."""
        if self._gateway is not None:
            self.ws.gateway = self._gateway
        await super().reidentify(exc)

    async def _handle_disconnect(self, e: Exception) -> None:
        """Ask to be connected again; discord.py's, which would log a traceback and wait for up to 17 minutes."""
        if isinstance(e, discord.ConnectionClosed) and e.code != 1000:
            await super()._handle_disconnect(e)
            return
        self._dispatch("disconnect")
        self._dispatch("shard_disconnect", self.id)
        if not self._client.is_closed():
            log.warning("shard %s is not connected to Discord: %s", self.id, briefly(e))
            self._queue_put(EventItem(EventType.resume, self, ReconnectWebSocket(self.id)))

    def _ask(self, item: EventItem) -> None:
        is_nonsense = item.type == EventType.terminate and isinstance(item.error, NOT_DISCORD)
        if item.type not in {EventType.resume, EventType.identify} and not is_nonsense:
            self._put(item)
            return
        if is_nonsense:
            log.error("shard %s: what came from Discord can't be read", self.id, exc_info=item.error)
        self._count_attempt()
        self._resumes += 1
        if item.type != EventType.resume or self._resumes > RESUMES or self.ws.session_id is None:
            item = EventItem(EventType.identify, self, ReconnectWebSocket(self.id, resume=False))
        self._pause = asyncio.create_task(self._ask_later(item), name=f"shard-{self.id}-pause")

    def _count_attempt(self) -> None:
        if self._stood_since_s is not None and self._clock.monotonic() - self._stood_since_s >= STEADY_AFTER_S:
            self._attempts = 0
        self._stood_since_s = None
        self._attempts += 1

    async def _ask_later(self, item: EventItem) -> None:
        if self._attempts > 1:
            wait_s = spread(min(LONGEST_WAIT_S, 2.0 ** (self._attempts - 2)))
            log.info("shard %s: connecting again in %.0f s, attempt %s", self.id, wait_s, self._attempts)
            await self._clock.sleep(wait_s)
        if item.type == EventType.identify:
            await self._have_session()
        self._put(item)

    def _hear(self, _: object, /) -> None:
        self.heard_s = self._clock.monotonic()


class PatientClient(commands.AutoShardedBot):
    """A client that waits for Discord and comes back to it by itself; from 2,500 servers on it has several shards.

    Args:
        clock: paces it.
        gateway_url: where to connect; empty: what the API names.
        options: discord.py's.
    """

    def __init__(self, *, clock: Clock, gateway_url: str, **options: Any) -> None:  # noqa: ANN401 - as discord.py's
        # No voice, and no warnings that it will not work.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(commands.when_mentioned, **options)
        self.clock = clock
        self._gateway = yarl.URL(gateway_url) if gateway_url else None
        self._parse_ready = self._connection.parsers["READY"]
        self._connection.parsers["READY"] = self._read_ready
        self._token_place = "discord.token"  # noqa: S105 - a place, no secret

    async def log_in(self, token: str, *, where: str = "discord.token") -> None:
        """Log in, as soon as Discord can be reached.

        Args:
            token: the bot's.
            where: what names the place that it was taken from.

        Raises:
            ConfigurationError: if Discord refuses the token.
        """
        self._token_place = where

        async def log_in() -> None:
            try:
                await self.login(token)
            except discord.LoginFailure:
                raise self._token_refused() from None
            except (*PASSING, *NOT_DISCORD):
                # Another attempt begins with a session of its own.
                await self.http.close()
                self.http.clear()
                self.http.connector = MISSING
                raise

        await self._patiently("Discord", log_in)
        await self.prepare()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Let five seconds pass between two IDENTIFYs; discord.py's, which would go by the wall's clock."""
        if not initial:
            await self.clock.sleep(IDENTIFY_EVERY_S)

    async def prepare(self) -> None:
        """Do what is to be done once between login and connection; for the subclass."""

    async def connect_patiently(self) -> None:
        """Stay connected until closed.

        Raises:
            ConfigurationError: if Discord does not take the token any more.
            DiscordRefuses: if it closes the connection for another reason that waiting does not mend.
        """
        await self._patiently("Discord", self._learn_gateway)
        try:
            await self.connect()
        except discord.ConnectionClosed as error:
            raise self._token_refused() if error.code == AUTHENTICATION_FAILED else self._for_good(error) from None

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Connect a shard for the first time; discord.py's, which would log tracebacks and call itself at each."""

        async def connect() -> DiscordWebSocket:
            # The wall's clock, as in discord.py: it waits for a real socket.
            async with asyncio.timeout(CONNECT_WITHIN_S):
                return await DiscordWebSocket.from_client(self, initial=initial, gateway=gateway, shard_id=shard_id)

        ws = await self._patiently("the gateway", connect)
        shard = PatientShard(ws, self, self._queue.put_nowait, clock=self.clock, gateway=self._gateway)
        self._connections[shard_id] = shard
        shard.launch()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as discord.py's
        """Hand an event to its handlers, unless the client is closed: discord.py has given up its loop by then."""
        if event_name in {"shard_connect", "shard_resumed"}:
            self._connections[args[0]].stand()
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    def trouble(self) -> str:
        """Return what keeps the bot from hearing of commands, for its operator; "" if nothing does."""
        shards = self._connections.values()
        down = [str(number) for number in range(self.shard_count or 1) if not self._is_up(number)]
        if down:
            return f"not connected to Discord (shard {', '.join(down)} of {self.shard_count or 1})"
        if not self.is_ready():
            return "Discord is still naming the servers"
        silent_s = max(self.clock.monotonic() - shard.heard_s for shard in shards)
        return f"nothing heard from Discord for {silent_s:.0f} s" if silent_s > SILENT_AFTER_S else ""

    def _read_ready(self, data: Any) -> None:  # noqa: ANN401 - as discord.py's
        """Forget the servers that a shard's READY does not name: with shards, discord.py would keep them for ever."""
        named = {int(guild["id"]) for guild in data["guilds"]}
        for guild in list(self.guilds):
            if guild.shard_id == data["shard"][0] and guild.id not in named:
                self._connection._remove_guild(guild)
        self._parse_ready(data)

    def _is_up(self, shard_id: int) -> bool:
        return shard_id in self._connections and self._connections[shard_id].is_up

    async def have_session(self) -> None:
        """Wait until Discord lets one more session be begun."""

        async def ask() -> None:
            _, _, limit = await self.http.get_bot_gateway()
            await self._await_sessions(1, limit)

        await self._patiently("Discord", ask)

    async def _learn_gateway(self) -> None:
        """Ask where to connect and with how many shards, and wait where so many sessions may not be begun today."""
        shards, url, limit = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = self._gateway or yarl.URL(url)
        self.shard_count = shards
        await self._await_sessions(shards, limit)

    async def _await_sessions(self, count: int, limit: "SessionStartLimit") -> None:
        if limit["remaining"] < count:
            wait_s = limit["reset_after"] / 1000
            # Who begins more gets a new token by Discord, and every session is closed (events/gateway.mdx).
            log.warning("all of today's sessions at Discord are used up; connecting in %.0f s", wait_s)
            await self.clock.sleep(wait_s)

    async def _patiently(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call until it succeeds, a line in the log for each that did not."""
        delay_s = 1.0
        while True:
            try:
                return await call()
            except (*PASSING, *NOT_DISCORD) as error:
                wait_s = spread(delay_s)
                log.warning("%s can't be reached (%s); trying again in %.0f s", what, briefly(error), wait_s)
                await self.clock.sleep(wait_s)
                delay_s = min(LONGEST_WAIT_S, delay_s * 2)

    def _token_refused(self) -> ConfigurationError:
        return ConfigurationError(
            [f"{self._token_place}: Discord refuses it; copy the bot's token anew from the application's page"]
        )

    def _for_good(self, error: discord.ConnectionClosed) -> DiscordRefuses:
        if error.code == SHARDING_REQUIRED:
            return DiscordRefuses(
                f"Discord asks for more shards than {self.shard_count or 1} (close code {error.code}): "
                "the bot is in more servers than at its start; start it again"
            )
        return DiscordRefuses(f"Discord closed the connection for good (close code {error.code}): {error}")

    @property
    def _connections(self) -> dict[int, PatientShard]:
        return self._AutoShardedClient__shards  # type: ignore[attr-defined] - private to it

    @property
    def _queue(self) -> asyncio.PriorityQueue[EventItem]:
        return self._AutoShardedClient__queue  # type: ignore[attr-defined] - private to it


def point_at(api_url: str) -> None:
    """Set which Discord to speak to, before login: a class attribute of discord.py."""
    Route.BASE = api_url.rstrip("/")
