"""The presentation over real storage, services and discord.py, with the Discord stand-in; no vendor."""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from bot.client import ImagineClient
from bot.config import Config
from bot.connection import point_at
from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Rule
from bot.domain.time.periods import PeriodKind
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.texts import Texts
from bot.presentation.notices.messenger import Messenger
from bot.presentation.requests.intake import Intake
from bot.registration import CommandRegistration
from bot.service.kit.changes import Changes
from bot.service.requests.submitter import Submitter
from bot.storage.files.picture_files import PictureFiles
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import SqliteLanes
from bot.storage.sqlite.database import Database
from bot.storage.stores import Stores
from bot.wiring.core import Core
from bot.wiring.discord import DiscordSide
from sandbox.clock import SandboxClock
from sandbox.discord import Actor, DiscordStandIn, Guild, RecordedRequest, Used
from sandbox.discord.people.seen import SeenMessage
from tests.contracts.openapi import validate_request
from tests.support.failures import failure_of
from tests.support.moments import NOON
from tests.support.service import HandedInFiles

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


async def wire(
    folder: Path,
    database: Database,
    config: Config,
    rules: Policy,
    clock: SandboxClock,
    discord: DiscordStandIn,
    guild: Guild,
) -> Stage:
    """Wire all but the vendor as the program does; nothing runs yet."""
    vendor, discord_time = Vendor(), DiscordTime(clock)
    stores = Stores(database, PictureFiles(folder), clock)
    core = Core(
        stores,
        vendor=vendor,  # type: ignore[arg-type]
        results=vendor,  # type: ignore[arg-type]
        attachments=HandedInFiles(),
        policy=rules,
        access=config.access(),
        seeds=random.Random(7),
        clock=clock,
    )
    side = DiscordSide(config, core, clock, mark=await database.mark(), discord_time=discord_time, http_trace=None)
    # The stand-in tells of all servers at once.
    side.client._connection.guild_ready_timeout = 0.05
    return Stage(
        database=folder / "bot.db",
        clock=clock,
        discord=discord,
        guild=guild,
        client=side.client,
        presenter=side.presenter,
        messenger=side.messenger,
        jobs=stores.jobs,
        lanes=stores.lanes,
        changes=core.changes,
        folder=stores.pictures,
        store=database,
        vendor=vendor,
        submitter=core.submitter,
        texts=side.texts,
        registration=side.registration,
        intake=side.intake,
    )


@asynccontextmanager
async def stage(
    folder: Path,
    rules: Policy,
    *,
    allowed: list[int] | str = "any",
    sync: str = "auto",
    gateway_down_first: bool = False,
) -> AsyncIterator[Stage]:
    """Wire the program as it is wired, but for the vendor, and run what keeps messages up to date."""
    clock = SandboxClock(start=NOON)
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    async with DiscordStandIn(clock=clock) as discord, await Database.open(folder / "bot.db") as database:
        guild = discord.add_guild("Studio", owner="olga")
        guild.add_member("mei")
        guild.add_member("tom")
        config = Config.model_validate({"discord": {"sync_commands": sync}, "servers": {"allowed": allowed}})
        made = await wire(folder, database, config, rules, clock, discord, guild)
        point_at(discord.api_url)
        await made.client.log_in(discord.token)
        await made.registration.attempt()
        discord.gateway_down = gateway_down_first
        runs = (made.client.connect_patiently(), made.presenter.run(), made.messenger.run())
        tasks = [asyncio.create_task(run) for run in runs]
        if gateway_down_first:
            await discord.until(lambda: discord.gateway_refusals)
            discord.gateway_down = False
        while not made.client.is_ready():
            await asyncio.sleep(0.02)
            clock.advance(0.1)
        try:
            yield replace(made, tasks=tasks)
        finally:
            await made.client.close()
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
