"""The presentation over real storage, services and discord.py, with the Discord stand-in; no vendor."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from bot.client import ImagineClient
from bot.connection import point_at
from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Rule
from bot.domain.servers.access import ServerAccess
from bot.domain.time.periods import PeriodKind
from bot.presentation.jobs.intake import Intake
from bot.presentation.jobs.job_copy import JobCopy
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.texts import Texts
from bot.presentation.log.channels import LogChannels
from bot.presentation.notices.greeting import Greeter
from bot.presentation.notices.messenger import Messenger
from bot.presentation.notices.mod_notices import ModerationNotices
from bot.presentation.notices.operator_notices import OperatorNotices
from bot.presentation.notices.server_notices import ServerNotices
from bot.registration import CommandRegistration
from bot.service.delivery.deliveries import Deliveries
from bot.service.delivery.remover import Remover
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.leftover_files import LeftoverFiles
from bot.service.moderation.moderation import Moderation
from bot.service.requests.canceler import Canceler
from bot.service.requests.prompt_screening import Screening
from bot.service.requests.quotas import Quotas
from bot.service.requests.submitter import Submitter
from bot.service.vendor.estimates import Durations, Estimates
from bot.storage.files.picture_files import PictureFiles
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import SqliteLanes
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.outbox.feed import SqliteFeeds
from bot.storage.outbox.messages import SqliteOutbox
from bot.storage.privacy.privacy import SqlitePrivacy
from bot.storage.servers.servers import SqliteServers
from bot.storage.sqlite.database import Database
from cogs.base import Kit
from cogs.imagine import Imagine
from cogs.jobs import JobButtons
from sandbox.clock import SandboxClock
from sandbox.discord import Actor, DiscordStandIn, Guild, RecordedRequest, Used
from sandbox.discord.people.seen import SeenMessage
from tests.contracts.openapi import validate_request
from tests.support.failures import failure_of
from tests.support.moments import NOON

TURBO = "wanx2.1-t2i-turbo"


class Vendor:
    """Takes no wish to cancel; everything else the tests write into the store themselves."""

    accepts_cancel = False

    async def cancel(self, task_id: str) -> bool:
        return self.accepts_cancel


@dataclass
class Stage:
    database: Path
    clock: SandboxClock
    discord: DiscordStandIn
    guild: Guild
    client: ImagineClient
    presenter: Presenter
    messenger: Messenger
    jobs: SqliteJobs
    lanes: SqliteLanes
    changes: Changes
    folder: PictureFiles
    store: Database
    vendor: Vendor
    submitter: Submitter
    texts: Texts
    registration: CommandRegistration
    intake: Intake
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def edits(self) -> list[RecordedRequest]:
        """Every edit of a message so far."""
        return [one for one in self.discord.requests if one.method == "PATCH"]

    @property
    def mei(self) -> Actor:
        return self.discord.member("mei", self.guild)

    @property
    def tom(self) -> Actor:
        return self.discord.member("tom", self.guild)

    async def job(self, number: int = 1) -> Job:
        job = await self.jobs.by_number(self.guild.id, number)
        assert job is not None
        return job

    async def stop_sending(self) -> None:
        """Stop the messenger."""
        self.tasks[2].cancel()
        await asyncio.gather(self.tasks[2], return_exceptions=True)

    async def hand_over(self, number: int = 1) -> Job:
        """Let the dispatcher's part happen: claimed, created, running."""
        turn = await self.lanes.claim(BUILT_IN[TURBO])
        assert turn.job is not None
        await self.jobs.record_task(turn.job.id, CreatedTask(f"task-{turn.job.id}", "request"))
        await self.jobs.record_start(turn.job.id)
        self.changes.job(turn.job.id)
        self.changes.lane(TURBO)
        return await self.job(number)

    async def finish(
        self,
        job: Job,
        *,
        lost: int = 0,
        size: tuple[int, int] = (64, 48),
        noise: bool = False,
        cut_to: int | None = None,
    ) -> None:
        """Let the vendor's part happen: pictures drawn, fetched and settled."""
        orig = job.request.prompt[:cut_to]
        results = tuple(
            TaskResult(url="https://x", orig_prompt=orig, actual_prompt="a *very* fine cat")
            for _ in range(job.request.count)
        )
        report = TaskReport(job.task_id, TaskStatus.SUCCEEDED, results, image_count=job.request.count)
        await self.jobs.record_results(job.id, report)
        for ordinal in range(job.request.count):
            if ordinal >= job.request.count - lost:
                await self.jobs.lose_image(job.id, ordinal, failure_of("DataInspectionFailed"))
                continue
            path = f"{job.id}-{ordinal}.png"
            file = self.folder.file(path)
            image = Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3)) if noise else None
            (image or Image.new("RGB", size, "red")).save(file, "PNG")
            await self.jobs.keep_image(job.id, ordinal, Picture(path, file.stat().st_size, *size))
        await self.jobs.settle(job.id, None)
        self.changes.job(job.id)

    async def until(self, number: int, condition) -> Job:
        """Wait until the stored job meets a condition, moving the clock on where the presenter paces itself."""
        job = None
        for _ in range(400):
            job = await self.jobs.by_number(self.guild.id, number)
            if job is not None and condition(job):
                return job
            await asyncio.sleep(0.02)
            if job is not None and job.reply.message_id:
                self.clock.advance(0.5)
        raise AssertionError(f"still {job}")

    async def shown(self, number: int = 1) -> SeenMessage:
        """Wait until a job's message is at its newest version; give it as mei sees it."""
        job = await self.until(number, lambda job: job.version == job.shown)
        return self.message(job)

    def message(self, job: Job) -> SeenMessage:
        every = [*self.mei.read(), *self.mei.direct_messages()]
        return next(message for message in every if message.id == job.reply.message_id)


def policy(*, free: int = 10, budget: int = 0) -> Policy:
    return Policy(
        catalogue=BUILT_IN,
        rule=Rule(free, budget, 4, 5, 0),
        period=PeriodKind.DAY,
        zone=ZoneInfo("Asia/Shanghai"),
        pool_micros=None,
        cap_micros=None,
        longest_queue=100,
        longest_wait_s=3600,
        ping_after_s=60,
    )


@asynccontextmanager
async def stage(  # noqa: PLR0915 - one scene, set up step by step
    folder: Path,
    rules: Policy,
    access: ServerAccess | None = None,
    sync: str = "auto",
    *,
    gateway_down_first: bool = False,
) -> AsyncIterator[Stage]:
    clock = SandboxClock(start=NOON)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with DiscordStandIn(clock=clock) as discord, await Database.open(folder / "bot.db") as database:
        guild = discord.add_guild("Studio", owner="olga")
        guild.add_member("mei")
        guild.add_member("tom")
        changes, texts, vendor = Changes(), Texts.load(), Vendor()
        jobs, lanes, servers = SqliteJobs(database, clock), SqliteLanes(database, clock), SqliteServers(database, clock)
        quotas = Quotas(rules, jobs, clock)
        pictures = PictureFiles(folder)
        estimates = Estimates(
            jobs=jobs, lanes=lanes, durations=Durations(lanes), catalogue=rules.catalogue, clock=clock
        )
        deliveries = Deliveries(jobs=jobs, pictures=pictures, policy=rules, clock=clock, changes=changes)
        cases = SqliteModeration(database, clock)
        moderation = Moderation(cases=cases, jobs=jobs, screening=(screening := Screening(cases)), clock=clock)
        submitter = Submitter(
            jobs=jobs,
            quotas=quotas,
            servers=servers,
            screening=screening,
            policy=rules,
            access=access or ServerAccess(None),
            changes=changes,
            seeds=random.Random(7),
        )
        canceler = Canceler(jobs=jobs, vendor=vendor, changes=changes)  # type: ignore[arg-type]
        remover = Remover(
            jobs=jobs,
            files=LeftoverFiles(privacy=SqlitePrivacy(database, clock), pictures=pictures, clock=clock),
            changes=changes,
            clock=clock,
        )

        def make_cogs(client: ImagineClient):
            kit = Kit(client=client, servers=servers, texts=texts, clock=clock)
            return [
                Imagine(kit=kit, intake=intake, quotas=quotas),
                JobButtons(
                    kit=kit,
                    jobs=jobs,
                    canceler=canceler,
                    moderation=moderation,
                    remover=remover,
                    deliveries=deliveries,
                    addresses=presenter.addresses,
                    job_copy=JobCopy(
                        renderer=presenter.renderer,
                        addresses=presenter.addresses,
                        jobs=jobs,
                        pictures=pictures,
                        texts=texts,
                        clock=clock,
                    ),
                ),
            ]

        async def greet(server):
            await greeter.greet(server)

        def is_back() -> None:
            for speaker in (presenter, messenger):
                speaker.look_again()

        point_at(discord.api_url)
        client = ImagineClient(
            texts=texts,
            clock=clock,
            make_cogs=make_cogs,
            admits=submitter.admits,
            know_owners=lambda _: None,
            greet=greet,
            look=lambda server: log_channels.look(server),  # noqa: PLW0108 - they are made below
            is_back=is_back,
            came_or_went=lambda: None,
            guild_ready_timeout_s=0.05,
        )
        log_channels = LogChannels(client=client, servers=servers, feeds=SqliteFeeds(database, clock))
        presenter = Presenter(
            client=client,
            jobs=jobs,
            pictures=pictures,
            estimates=estimates,
            quotas=quotas,
            deliveries=deliveries,
            changes=changes,
            texts=texts,
            catalogue=rules.catalogue,
            discord_time=DiscordTime(clock),
            clock=clock,
            alarm=Alarm(SqliteOutbox(database, clock), clock),
            mark=await database.mark(),
        )
        intake = Intake(submitter=submitter, presenter=presenter, texts=texts, clock=clock)
        to_operator = OperatorNotices(client=client, texts=texts, clock=clock, channel=0)
        messenger = Messenger(
            client=client,
            outbox=SqliteOutbox(database, clock),
            jobs=jobs,
            changes=changes,
            texts=texts,
            discord_time=DiscordTime(clock),
            clock=clock,
            alarm=Alarm(SqliteOutbox(database, clock), clock),
            to_operator=to_operator,
            to_servers=ServerNotices(client=client, servers=servers, policy=rules, texts=texts, clock=clock),
            to_moderators=ModerationNotices(
                client=client,
                log_channels=log_channels,
                cases=SqliteModeration(database, clock),
                texts=texts,
                clock=clock,
            ),
        )
        greeter = Greeter(servers=servers, messenger=messenger)
        await client.log_in(discord.token)
        registration = CommandRegistration(
            client=client,
            texts=texts,
            policy=sync,  # type: ignore[arg-type]
            to_operator=to_operator,
            clock=clock,
        )
        await registration.attempt()
        discord.gateway_down = gateway_down_first
        tasks = [asyncio.create_task(work) for work in (client.connect_patiently(), presenter.run(), messenger.run())]
        if gateway_down_first:
            await discord.until(lambda: discord.gateway_refusals)
            discord.gateway_down = False
        while not client.is_ready():
            await asyncio.sleep(0.02)
            clock.advance(0.1)
        try:
            yield Stage(
                folder / "bot.db",
                clock,
                discord,
                guild,
                client,
                presenter,
                messenger,
                jobs,
                lanes,
                changes,
                pictures,
                database,
                vendor,
                submitter,
                texts,
                registration,
                intake,
                tasks,
            )
        finally:
            await client.close()
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
    assert [one for one in discord.requests if one.status == 500] == []
    if os.environ.get("DISCORD_OPENAPI"):
        for request in discord.requests:
            validate_request(request)


async def ask(st: Stage, who="mei", number=1, **options):
    """Ask for a picture, and wait until the card is up to date."""
    used = await st.discord.member(who, st.guild).invoke("imagine", {"prompt": "a cat", **options})
    await used.response()
    await st.until(number, lambda job: job.version == job.shown)
    return used


def text(used: Used) -> str:
    """Return what an answer says now."""
    assert used.message is not None
    return used.message.text


async def settle_down(turns: int = 10):
    """Let whatever is under way get on."""
    for _ in range(turns):
        await asyncio.sleep(0.02)
