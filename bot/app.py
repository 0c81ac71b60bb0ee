"""The composition root: opens everything, wires it, and closes it in order."""

import asyncio
import logging
import random
import signal
from contextlib import AsyncExitStack
from dataclasses import replace

import aiohttp

from bot.client import ImagineClient, log_in, point_at
from bot.config import Config
from bot.operations import serve
from bot.ports import Clock
from bot.presentation.charts import Charts
from bot.presentation.copies import Copies
from bot.presentation.failures import is_refusal
from bot.presentation.feed import Feed
from bot.presentation.greeting import Greeter
from bot.presentation.leftovers import Leftovers
from bot.presentation.logs import Logs
from bot.presentation.messenger import Messenger
from bot.presentation.mod_notices import ModerationNotices
from bot.presentation.operator_notices import OperatorNotices
from bot.presentation.presenter import Presenter
from bot.presentation.prompt_rules import PromptRuleList
from bot.presentation.proving import Prover
from bot.presentation.reception import Reception
from bot.presentation.removals import Removals
from bot.presentation.reports import Reports
from bot.presentation.server_notices import ServerNotices
from bot.presentation.settings_menus import SettingsMenus
from bot.presentation.texts import Texts
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.results import ResultFetcher
from bot.service.administering import Administration
from bot.service.canceling import Canceler
from bot.service.changes import Changes
from bot.service.collecting import Collector
from bot.service.delivering import Deliveries
from bot.service.dispatching import Dispatcher
from bot.service.doubting import Doubts
from bot.service.erasing import Erasure
from bot.service.estimating import Durations, Estimates
from bot.service.exporting import Exporter
from bot.service.moderating import Moderation
from bot.service.quotas import Quotas
from bot.service.removing import Remover
from bot.service.reporting import Reporting
from bot.service.reviewing import Reviewing
from bot.service.screening import Screening
from bot.service.submitting import Submitter
from bot.service.sweeping import Sweeper, take_up
from bot.service.watching import Watcher
from bot.storage.checks import check_sqlite
from bot.storage.database import Database
from bot.storage.feed import SqliteFeeds
from bot.storage.instance import only_instance
from bot.storage.jobs import SqliteJobs
from bot.storage.journal import SqliteJournal
from bot.storage.lanes import SqliteLanes
from bot.storage.moderation import SqliteModeration
from bot.storage.outbox import SqliteOutbox
from bot.storage.pictures import PictureFiles
from bot.storage.privacy import SqlitePrivacy
from bot.storage.reports import SqliteReports
from bot.storage.servers import SqliteServers
from cogs.account import Account
from cogs.appeals import Appeals
from cogs.imagine import Imagine
from cogs.jobs import JobButtons
from cogs.logs import LogCommands
from cogs.mod import Mod
from cogs.privacy import Privacy
from cogs.quota import Quota
from cogs.settings import ServerSettings

log = logging.getLogger(__name__)

CREATE_GRACE_S = 8.0
"""What a create in flight is given at shutdown; Procfile platforms kill 10 to 30 s after SIGTERM."""

HANDLERS_GRACE_S = 1.0
"""For commands and presses that are being handled at the end."""

__all__ = ["check_sqlite", "migrate", "run", "run_until_signal"]


async def migrate(config: Config) -> None:
    """Bring the database to this program's schema."""
    async with await Database.open(config.storage.file):
        pass


async def run_until_signal(config: Config, clock: Clock) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await run(config, clock, stop=stop)


async def run(config: Config, clock: Clock, *, stop: asyncio.Event) -> None:
    """Run the bot until ``stop`` is set or Discord can't be used at all.

    Raises:
        ConfigurationError: if Discord refuses the token.
        BotError: if another instance runs, or the database can't be opened.
    """
    check_sqlite()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(only_instance(config.storage.file, clock))
        database = await stack.enter_async_context(await Database.open(config.storage.file))
        vendor_session = await stack.enter_async_context(aiohttp.ClientSession())
        # Signed result URLs must go out bare: a default header or a cookie would spoil the signature or leak the key.
        results_session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        vendor = DashScopeClient(
            vendor_session,
            base_url=config.dashscope.base_url,
            api_key=config.dashscope.api_key.get_secret_value(),
            clock=clock,
        )
        results = ResultFetcher(
            results_session, folder=config.storage.images, result_hosts=config.dashscope.result_hosts, clock=clock
        )
        await results.clear_leftovers()
        await _Bot(config, clock, database, vendor, results).run(stop)


class _Bot:
    """All parts of one running bot."""

    def __init__(
        self, config: Config, clock: Clock, database: Database, vendor: DashScopeClient, results: ResultFetcher
    ) -> None:
        policy = config.policy()
        catalogue = policy.catalogue
        changes = Changes()
        texts = Texts.load()
        jobs = SqliteJobs(database, clock)
        lanes = SqliteLanes(database, clock)
        pictures = PictureFiles(config.storage.images)
        quotas = Quotas(policy, jobs, clock)
        servers = SqliteServers(database, clock)
        journal = SqliteJournal(database, clock, is_refusal)
        reviewing = Reviewing(journal=journal, clock=clock)
        privacy = SqlitePrivacy(database, clock)
        erasure = Erasure(privacy=privacy, pictures=pictures, quotas=quotas, policy=policy, clock=clock)
        administration = Administration(servers=servers, jobs=jobs, quotas=quotas, policy=policy, clock=clock)
        case_book = SqliteModeration(database, clock)
        screening = Screening(case_book)
        moderation = Moderation(book=case_book, jobs=jobs, screening=screening, clock=clock)
        self._config = config
        self._clock = clock
        self._catalogue = catalogue
        self._jobs = jobs
        self._durations = Durations(lanes)
        estimates = Estimates(jobs=jobs, lanes=lanes, durations=self._durations, catalogue=catalogue, clock=clock)
        deliveries = Deliveries(jobs=jobs, policy=policy, clock=clock, changes=changes)
        canceler = Canceler(jobs=jobs, vendor=vendor, changes=changes)
        self._submitter = Submitter(
            jobs=jobs,
            quotas=quotas,
            servers=servers,
            screening=screening,
            policy=policy,
            access=config.access(),
            changes=changes,
            seeds=random.SystemRandom(),
        )
        self._collector = Collector(
            jobs=jobs,
            results=results,
            durations=self._durations,
            catalogue=catalogue,
            changes=changes,
            clock=clock,
        )
        self._watcher = Watcher(
            jobs=jobs,
            vendor=vendor,
            collector=self._collector,
            canceler=canceler,
            durations=self._durations,
            changes=changes,
            clock=clock,
        )
        self._doubts = Doubts(jobs=jobs, vendor=vendor, watcher=self._watcher, changes=changes, clock=clock)
        self._dispatcher = Dispatcher(
            jobs=jobs,
            lanes=lanes,
            vendor=vendor,
            watcher=self._watcher,
            doubts=self._doubts,
            catalogue=catalogue,
            changes=changes,
            clock=clock,
        )
        reporting = Reporting(reports=SqliteReports(database, clock), servers=servers, policy=policy, clock=clock)
        self._sweeper = Sweeper(
            jobs=jobs,
            lanes=lanes,
            pictures=pictures,
            reporting=reporting,
            journal=journal,
            erasure=erasure,
            policy=policy,
            changes=changes,
            clock=clock,
        )
        self._remover = Remover(jobs=jobs, pictures=pictures, changes=changes)
        self._client = ImagineClient(
            texts=texts,
            clock=clock,
            make_cogs=lambda client: (
                Imagine(client=client, reception=self._reception, quotas=quotas, texts=texts),
                JobButtons(
                    client=client,
                    jobs=jobs,
                    canceler=canceler,
                    remover=self._remover,
                    deliveries=deliveries,
                    addresses=self._presenter.addresses,
                    copies=Copies(showing=self._presenter.showing, pictures=pictures, texts=texts, clock=clock),
                ),
                Account(
                    client=client, jobs=jobs, quotas=quotas, models=self._submitter.models, texts=texts, clock=clock
                ),
                Privacy(
                    client=client,
                    erasure=erasure,
                    exporter=Exporter(privacy=privacy, pictures=pictures),
                    leftovers=self._leftovers,
                    texts=texts,
                    clock=clock,
                ),
                Mod(
                    client=client,
                    moderation=moderation,
                    servers=servers,
                    removals=Removals(
                        moderation=moderation, remover=self._remover, addresses=self._presenter.addresses, texts=texts
                    ),
                    rules=PromptRuleList(moderation=moderation, texts=texts),
                    texts=texts,
                    clock=clock,
                ),
                Appeals(
                    client=client,
                    moderation=moderation,
                    servers=servers,
                    wake=lambda: self._messenger.wake(),  # noqa: PLW0108 - the messenger is made below
                    texts=texts,
                    clock=clock,
                ),
                Quota(
                    client=client,
                    administration=administration,
                    reports=Reports(
                        reporting=reporting,
                        administration=administration,
                        charts=Charts(clock=clock, texts=texts),
                        texts=texts,
                        clock=clock,
                    ),
                    texts=texts,
                    clock=clock,
                ),
                LogCommands(
                    client=client,
                    reviewing=reviewing,
                    administration=administration,
                    logs=Logs(reviewing=reviewing, pictures=pictures, texts=texts, clock=clock),
                    catalogue=catalogue,
                    clock=clock,
                ),
                ServerSettings(
                    client=client,
                    administration=administration,
                    menus=SettingsMenus(administration=administration, catalogue=catalogue, texts=texts),
                    texts=texts,
                    clock=clock,
                ),
            ),
            sync_commands=config.discord.sync_commands,
            admits=self._submitter.admits,
            know_owners=lambda owners: self._submitter.set_access(replace(config.access(), owners=owners)),
            greet=lambda server: self._greeter.greet(server),  # noqa: PLW0108 - the greeter is made below
            gateway_url=config.discord.gateway_url,
        )
        self._presenter = Presenter(
            client=self._client,
            jobs=jobs,
            pictures=pictures,
            estimates=estimates,
            quotas=quotas,
            deliveries=deliveries,
            changes=changes,
            texts=texts,
            catalogue=catalogue,
            clock=clock,
        )
        self._messenger = Messenger(
            client=self._client,
            outbox=SqliteOutbox(database, clock),
            jobs=jobs,
            changes=changes,
            texts=texts,
            clock=clock,
            to_operator=OperatorNotices(
                client=self._client, texts=texts, clock=clock, channel=config.discord.operator_channel
            ),
            to_servers=ServerNotices(client=self._client, servers=servers, policy=policy, texts=texts, clock=clock),
            to_moderators=ModerationNotices(
                client=self._client, servers=servers, book=case_book, texts=texts, clock=clock
            ),
        )
        self._feed = Feed(
            client=self._client,
            feeds=SqliteFeeds(database, clock),
            outbox=SqliteOutbox(database, clock),
            jobs=jobs,
            servers=servers,
            pictures=pictures,
            changes=changes,
            texts=texts,
            clock=clock,
        )
        self._leftovers = Leftovers(client=self._client, privacy=privacy, clock=clock)
        self._greeter = Greeter(servers=servers, messenger=self._messenger)
        self._prover = Prover(
            client=self._client, jobs=jobs, submitter=self._submitter, presenter=self._presenter, clock=clock
        )
        self._reception = Reception(submitter=self._submitter, presenter=self._presenter, texts=texts, clock=clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``; then end in order: accept nothing, claim nothing, wait, close Discord."""
        token = self._config.discord.token.get_secret_value()
        point_at(self._config.discord.api_url, self._config.discord.gateway_url)
        async with self._client, AsyncExitStack() as stack:
            await log_in(self._client, token)
            await self._durations.load(self._catalogue)
            if self._config.http is not None:
                endpoint = serve(self._config.http.bind, is_ready=self._client.is_ready, metrics=self._metrics)
                await stack.enter_async_context(endpoint)
            speaking = [
                asyncio.create_task(self._presenter.run(), name="presenter"),
                asyncio.create_task(self._messenger.run(), name="messenger"),
                asyncio.create_task(self._leftovers.run(), name="leftovers"),
                asyncio.create_task(self._feed.run(), name="feed"),
                asyncio.create_task(self._prover.run(), name="prover"),
            ]
            connection = asyncio.create_task(self._client.connect_patiently(), name="connection")
            await take_up(jobs=self._jobs, watcher=self._watcher, collector=self._collector, doubts=self._doubts)
            await self._remover.take_up()
            self._dispatcher.start()
            self._sweeper.start()
            stopping = asyncio.create_task(stop.wait(), name="stop")
            try:
                await asyncio.wait([connection, stopping, *speaking], return_when=asyncio.FIRST_COMPLETED)
            finally:
                log.info("stopping")
                self._submitter.stop_accepting()
                await self._dispatcher.stop(CREATE_GRACE_S)
                for part in (self._sweeper, self._doubts, self._watcher, self._collector):
                    await part.stop()
                await _end(stopping, *speaking)
                await _handlers_done()
                await self._client.close()
                await _end(connection)
            log.info("stopped")

    async def _metrics(self) -> dict[str, int]:
        return {f"jobs_{state}": count for state, count in (await self._jobs.counts()).items()}


async def _end(*tasks: asyncio.Task[object]) -> None:
    """Cancel what still runs, and raise what had failed."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


async def _handlers_done() -> None:
    """Wait for what members have just asked: discord.py runs its event handlers as tasks of its own."""
    handlers = [task for task in asyncio.all_tasks() if task.get_name().startswith("discord.py: ")]
    if handlers:
        await asyncio.wait(handlers, timeout=HANDLERS_GRACE_S)
