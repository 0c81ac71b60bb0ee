"""The composition root: opens everything, wires it, and closes it in order."""

import asyncio
import contextlib
import logging
import random
import signal
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import aiohttp

from bot.config import Config
from bot.connection import PatientClient, point_at
from bot.errors import StorageUnavailable
from bot.health import serve
from bot.metrics import Metrics
from bot.ports import Clock
from bot.presentation.kit.discord_time import DiscordTime
from bot.providers.attachments import AttachmentFetcher
from bot.storage.files import owner_only
from bot.storage.files.instance import only_instance
from bot.storage.files.picture_files import PictureFiles
from bot.storage.sqlite.checks import check_sqlite
from bot.storage.sqlite.connection import Connect, ThreadConnection
from bot.storage.sqlite.database import Database
from bot.storage.stores import Stores
from bot.wiring.core import Core
from bot.wiring.discord import DiscordSide
from bot.wiring.vendor import open_image_service, open_results, open_text_model

log = logging.getLogger(__name__)

CREATE_GRACE_S = 8.0
"""What a create in flight is given at shutdown; Procfile platforms kill 10 to 30 s after SIGTERM."""

HANDLERS_GRACE_S = 1.0
"""For commands and presses that are being handled at the end."""

HANDLERS = ("discord.py: ", "CommandTree-invoker", "discord-ui-", "submit-")
"""How the names begin of the tasks in which discord.py 2.7 runs event handlers, commands, and presses and forms; and of
the intake's, which a handler waits for and which would outlive it."""

__all__ = ["check_sqlite", "migrate", "run", "run_until_signal"]


async def migrate(config: Config, clock: Clock) -> None:
    """Bring the database to this program's schema.

    Raises:
        StorageUnavailable: if a bot is running on it: that may be an older one.
    """
    config.check_places()
    async with only_instance(config.storage.file, clock, wait_s=0), await Database.open(config.storage.file):
        pass


async def run_until_signal(config: Config, clock: Clock) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await run(config, clock, stop=stop)


async def run(config: Config, clock: Clock, *, stop: asyncio.Event, connect: Connect = ThreadConnection.open) -> None:
    """Run the bot until ``stop`` is set or Discord can't be used at all.

    Args:
        config: the operator's.
        clock: paces everything.
        stop: ends it.
        connect: opens each connection to the database.

    Raises:
        ConfigurationError: if Discord refuses the token, or files can't be where they are to be.
        BotError: if another instance runs, or the database can't be opened.
    """
    check_sqlite()
    await _prepare_places(config)
    async with AsyncExitStack() as stack:
        if not await stack.enter_async_context(only_instance(config.storage.file, clock, stop=stop)):
            return
        database = await stack.enter_async_context(await Database.open(config.storage.file, connect=connect))
        _say_proxies(config)
        metrics = Metrics(config.catalogue())
        core = await _open_core(config, clock, database, metrics, stack)
        discord_time = DiscordTime(clock)
        discord_side = DiscordSide(
            config,
            core,
            clock,
            mark=await database.mark(),
            discord_time=discord_time,
            http_trace=_heard_by(discord_time, metrics),
        )
        if config.http is not None:
            health = _health(config, config.http.bind, core, discord_side.client, metrics)
            await stack.enter_async_context(health)
        await _serve(config, core, discord_side, stop)


async def _prepare_places(config: Config) -> None:
    config.check_places()
    owner_only.make_folder(config.storage.file.parent)
    await asyncio.to_thread(owner_only.close_folders, config.storage.file, config.storage.images)


async def _open_core(config: Config, clock: Clock, database: Database, metrics: Metrics, stack: AsyncExitStack) -> Core:
    vendor = await open_image_service(config, clock, stack)
    results = await open_results(config, clock, stack)
    await results.clear_leftovers()
    # What members hand in is asked for bare, too: the bot's token is none of the files' business.
    bare = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    attachments = AttachmentFetcher(bare, hosts=config.discord.attachment_hosts, clock=clock, proxies=config.proxies())
    stores = Stores(database, PictureFiles(config.storage.images), clock)
    return Core(
        stores,
        vendor=vendor,
        results=results,
        attachments=attachments,
        policy=config.policy(),
        access=config.access(),
        seeds=random.SystemRandom(),
        clock=clock,
        meter=metrics,
        text_model=await open_text_model(config, clock, stack),
    )


def _heard_by(discord_time: DiscordTime, metrics: Metrics) -> aiohttp.TraceConfig:
    """Return a trace by which Discord's answers tell its time, and its 429s whose limit was met."""

    async def hear(_session: object, _context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        response = ended.response
        discord_time.hear(response.status, response.headers.get("Date", ""))
        if response.status == 429:
            metrics.rate_limited(response.headers.get("X-RateLimit-Scope", "none"))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(hear)
    return trace


def _say_proxies(config: Config) -> None:
    for url in (config.discord.api_url, config.dashscope.base_url):
        if proxy := config.proxies().to(url):
            log.info("%s is reached by the proxy %s", url, proxy.address)


def _health(
    config: Config, bind: str, core: Core, client: PatientClient, metrics: Metrics
) -> AbstractAsyncContextManager[None]:
    async def trouble() -> str:
        return await core.stores.trouble() or client.trouble()

    async def page() -> bytes:
        figures = None
        with contextlib.suppress(StorageUnavailable):
            figures = await core.figures.read()
        return metrics.page(figures, healthy=not await trouble())

    return serve(bind, where=config.whence("http", "bind"), trouble=trouble, metrics=page)


async def _serve(config: Config, core: Core, discord_side: DiscordSide, stop: asyncio.Event) -> None:
    """Serve until ``stop``; then end in order: accept nothing, claim nothing, wait, close Discord."""
    client = discord_side.client
    point_at(config.discord.api_url)
    async with client:
        stopping = asyncio.create_task(stop.wait(), name="stop")
        login = asyncio.create_task(_log_in(config, discord_side), name="login")
        under_way, connection = [stopping, login], []
        try:
            # What the image service makes does not wait for Discord: it is there for a day only.
            await core.durations.load(core.policy.catalogue)
            await core.start()
            await asyncio.wait([login, stopping], return_when=asyncio.FIRST_COMPLETED)
            if login.done():
                await login
                connection.append(asyncio.create_task(client.connect_patiently(), name="connection"))
                speaking = discord_side.start()
                # Nothing more is drawn for a server that the bot was removed from while it was away.
                servers = asyncio.create_task(discord_side.ask_for_servers(), name="servers")
                under_way += [*speaking, servers]
                ends = [*connection, stopping, *speaking]
                await asyncio.wait([servers, *ends], return_when=asyncio.FIRST_COMPLETED)
                if servers.done():
                    await servers
                    core.begin_claims()
                    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            log.info("stopping")
            core.submitter.stop_accepting()
            await core.stop(CREATE_GRACE_S)
            await _end(*under_way)
            await _handlers_done()
            await client.close()
            # What came in meanwhile; now nothing can come any more.
            await _handlers_done()
            await _end(*connection)
        log.info("stopped")


async def _log_in(config: Config, discord_side: DiscordSide) -> None:
    token = config.discord.token.get_secret_value()
    await discord_side.client.log_in(token, where=config.whence("discord", "token"))
    await discord_side.registration.attempt()


async def _end(*tasks: asyncio.Task[object]) -> None:
    """Cancel what still runs, and raise what had failed."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


async def _handlers_done() -> None:
    """Wait a moment for what people have just asked, then cancel it: what it would need is closed next."""
    handlers = [task for task in asyncio.all_tasks() if task.get_name().startswith(HANDLERS)]
    if handlers:
        _, late = await asyncio.wait(handlers, timeout=HANDLERS_GRACE_S)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=HANDLERS_GRACE_S)
