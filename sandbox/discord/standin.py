"""The stand-in: one server on loopback for REST, gateway, CDN and the sandbox's own interface."""

import asyncio
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from bot.ports import Clock
from sandbox.discord.http.gateway import Gateway
from sandbox.discord.http.requests import API, READ_UP_TO_BYTES, Intake, RecordedRequest
from sandbox.discord.http.rest_application import CommandRoutes, WorldRoutes
from sandbox.discord.http.rest_interactions import InteractionRoutes
from sandbox.discord.http.rest_messages import MessageRoutes
from sandbox.discord.http.sending import InteractionSender
from sandbox.discord.people.actors import Actor
from sandbox.discord.people.control import ControlRoutes
from sandbox.discord.people.used import Used
from sandbox.discord.rules.errors import ClientRefused
from sandbox.discord.rules.limits import RateLimits
from sandbox.discord.state.guilds import Guild, User
from sandbox.discord.state.interactions import Interaction
from sandbox.discord.state.messages import Attachment
from sandbox.discord.state.world import World
from sandbox.faults import FaultScript


class DiscordStandIn:
    """Discord for one bot, strict where the platform is.

    Use it as ``async with``. Time comes from ``clock`` only. Faults for REST operations (the route names), for
    ``gateway`` and ``gateway_resume`` (the websocket routes) and for ``attachment`` and ``handed_in`` (the CDN) are
    scripted through ``faults``. ``pace`` is how many times as fast as ``clock`` the bot's time goes: its rate limits go
    by that time.

    Attributes:
        faults: the fault script.
        requests: the bot's REST requests so far, oldest first.
        token: the only bot token that is accepted.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "sandbox-token",  # noqa: S107 - made up
        port: int = 0,
        application_owner: str = "operator",
        pace: float = 1.0,
    ) -> None:
        self.token = token
        self.faults = FaultScript(clock)
        self.world = World(clock, token=token, application_owner=application_owner)
        self._port = port
        self._limits = RateLimits(clock, pace)
        self._intake = Intake(self.world, self._limits)
        self._gateway = Gateway(self.world, pace)
        self._sender = InteractionSender(self.world)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.world.cdn.base_url = f"http://127.0.0.1:{self._port}"
        # Discord's is another host: what is configured for the gateway does not hold for it by itself.
        self._gateway.resume_url = f"ws://127.0.0.1:{self._port}/resume"
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._sender.close()
        await self._gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{API}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway"

    @property
    def cdn_host(self) -> str:
        """``host:port`` of the links to files."""
        return self.world.cdn.host

    @property
    def requests(self) -> list[RecordedRequest]:
        return self._intake.requests

    @property
    def application_id(self) -> int:
        return self.world.application_id

    @property
    def application_owner(self) -> User:
        return self.world.owner

    @property
    def bot_user(self) -> User:
        return self.world.bot

    @property
    def connected(self) -> bool:
        """Whether the bot has identified or resumed and its socket is open."""
        return self._gateway.connected

    @property
    def gateway_down(self) -> bool:
        """Set it to refuse new gateway connections (503); open ones stay."""
        return self._gateway.down

    @gateway_down.setter
    def gateway_down(self, down: bool) -> None:
        self._gateway.down = down

    @property
    def gateway(self) -> Gateway:
        """The gateway itself, for what a test does to it."""
        return self._gateway

    @property
    def gateway_refusals(self) -> int:
        """How many connections were refused."""
        return self._gateway.refusals

    @property
    def identified(self) -> int:
        """How many gateway sessions the bot has begun."""
        return self._gateway.identified

    @property
    def resumed(self) -> int:
        """How often the bot has taken a gateway session up again."""
        return self._gateway.resumed

    @property
    def rate_limits(self) -> bool:
        """Set it to False to switch the rate limits off."""
        return self._limits.enabled

    @rate_limits.setter
    def rate_limits(self, enabled: bool) -> None:
        self._limits.enabled = enabled

    @property
    def privileged_intents(self) -> int:
        """The privileged intents switched on for the application: none, unless set."""
        return self._gateway.privileged_intents

    @privileged_intents.setter
    def privileged_intents(self, intents: int) -> None:
        self._gateway.privileged_intents = intents

    def add_guild(
        self, name: str, *, owner: str | User, locale: str = "en-US", has_system_channel: bool = False
    ) -> Guild:
        """Make a server with the bot in it: its owner, @everyone, and the text channel ``general``.

        After READY the bot learns of it as of one that it has just joined. With ``has_system_channel``, ``general`` is
        where Discord itself posts.
        """
        user = owner if isinstance(owner, User) else self.world.user(owner)
        return self.world.add_guild(name, user, locale, has_system_channel=has_system_channel)

    def member(self, name: str | User, guild: Guild | None = None) -> Actor:
        """Act as that person, who must be in ``guild``; without one, in direct messages only."""
        user = name if isinstance(name, User) else self.world.user(name)
        if guild is not None and user.id not in guild.members:
            raise ClientRefused(f"{user.name} is not in {guild.name}")
        return Actor(self.world, self._sender, user, guild)

    def drop_gateway(self, *, resumable: bool = True, cut: bool = False) -> None:
        """Disconnect the bot: by op 7, or op 9 if not ``resumable``; with ``cut`` by closing without a word."""
        self._gateway.drop(resumable=resumable, cut=cut)

    def redeliver(self, interaction: Used | Interaction) -> None:
        """Send the same INTERACTION_CREATE again."""
        self._sender.resend(interaction.interaction if isinstance(interaction, Used) else interaction)

    async def until(self, predicate: Callable[[], object], *, timeout_s: float = 30.0) -> None:
        """Wait until ``predicate`` holds; every change of the world asks it again.

        Args:
            predicate: asked after each answered request, event, connection and expiry. What changes inside the bot
                alone does not wake it.
            timeout_s: seconds of the wall clock after which a test that hangs is stopped with TimeoutError.
        """
        async with asyncio.timeout(timeout_s):
            await self.world.until(predicate)

    async def fetch(self, url: str) -> bytes:
        """Download an attachment by its link; raises aiohttp.ClientResponseError when it is dead."""
        async with aiohttp.ClientSession() as session, session.get(url, raise_for_status=True) as answer:
            return await answer.read()

    def _application(self) -> web.Application:
        app = web.Application(
            client_max_size=READ_UP_TO_BYTES,
            middlewares=[self._dated, self._intake.record, self.faults.middleware, self._intake.mind_manners],
        )
        for group in (
            InteractionRoutes(self.world),
            MessageRoutes(self.world),
            CommandRoutes(self.world),
            WorldRoutes(self.world, lambda: self.gateway_url, self._gateway.limits),
            ControlRoutes(self.world, self.member),
        ):
            app.add_routes(group.routes())
        app.router.add_get("/gateway", self._gateway.serve, name="gateway", allow_head=False)
        app.router.add_get("/gateway/", self._gateway.serve, name="gateway_slash", allow_head=False)
        app.router.add_get("/resume", self._gateway.serve, name="gateway_resume", allow_head=False)
        app.router.add_get("/attachments/{channel_id}/{attachment_id}/{filename}", self._download, name="attachment")
        app.router.add_get(
            "/ephemeral-attachments/{application_id}/{attachment_id}/{filename}", self._hand_over, name="handed_in"
        )
        return app

    @web.middleware
    async def _dated(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        answer = await handler(request)
        if not answer.prepared:
            # The platform's own time.
            answer.headers["Date"] = formatdate(self.world.now_ms() / 1000, usegmt=True)
        return answer

    async def _download(self, request: web.Request) -> web.Response:
        channel_id, attachment_id = (int(request.match_info[key]) for key in ("channel_id", "attachment_id"))
        return self._served(request, self.world.attachment(channel_id, attachment_id), channel_id, attachment_id)

    async def _hand_over(self, request: web.Request) -> web.Response:
        application_id, attachment_id = (int(request.match_info[key]) for key in ("application_id", "attachment_id"))
        file = self.world.cdn.handed_in.get(attachment_id)
        return self._served(request, file, application_id, attachment_id)

    def _served(
        self, request: web.Request, file: Attachment | None, holder_id: int, attachment_id: int
    ) -> web.Response:
        ex, is_, hm = (request.query.get(key, "") for key in ("ex", "is", "hm"))
        if file is None or not self.world.cdn.holds(holder_id, attachment_id, ex, is_, hm):
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=file.data, content_type=file.content_type)
