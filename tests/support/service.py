"""The service as the program wires it, over a real database, a real client and the vendor's stand-in."""

import asyncio
import io
import itertools
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from PIL import Image

from bot.domain.act import Act
from bot.domain.jobs.job import Job, JobState, ReplyAddress
from bot.domain.jobs.matching import LATER_MS
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.pictures.inputs import HandedIn
from bot.domain.requests.catalogue import BUILT_IN, Catalogue
from bot.domain.requests.model import Model
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Rule
from bot.domain.requests.request import ImageRequest, Options
from bot.domain.servers.access import ServerAccess
from bot.domain.time.periods import PeriodKind
from bot.errors import RetryLater
from bot.ports import TextModel
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.results import ResultFetcher
from bot.providers.dashscope.text_model import DashScopeTextModel
from bot.service.requests.asker import Asker
from bot.service.upkeep.sweeper import take_up
from bot.storage.files.picture_files import PictureFiles
from bot.storage.sqlite.database import Database
from bot.storage.stores import Stores
from bot.wiring.core import Core
from sandbox.clock import SandboxClock, ShiftedClock
from sandbox.dashscope import DashScopeStandIn

KEY = "sk-sandbox"
TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
PLUS = BUILT_IN["wanx2.1-t2i-plus"]
PRICE = TURBO.price_micros
CATALOGUE: Catalogue = {TURBO.name: TURBO, PLUS.name: PLUS}

SCALE = 25
"""The vendor's minute for a create is then 2.4 s of the wall's clock: enough for a busy machine."""


def make_policy(**changes: Any) -> Policy:
    defaults: dict[str, Any] = {
        "catalogue": CATALOGUE,
        "rule": Rule(free_images=100, budget_micros=0, images_per_job=4, active_jobs=100, cooldown_s=0),
        "period": PeriodKind.MONTH,
        "zone": ZoneInfo("Asia/Shanghai"),
        "pool_micros": None,
        "cap_micros": None,
        "longest_queue": 100,
        "longest_wait_s": 6 * 3600,
        "ping_after_s": 60,
        "keep_pictures_days": 30,
    }
    return Policy(**defaults | changes)


def small_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 60)).save(out, "PNG")
    return out.getvalue()


@asynccontextmanager
async def open_vendor(clock: SandboxClock, *, port: int = 0) -> AsyncIterator[DashScopeStandIn]:
    """Serve a vendor whose tasks take two to three seconds and whose pictures are small."""
    async with DashScopeStandIn(clock=clock, port=port, service_s=(2.0, 3.0), rewrite_s=(0.0, 0.0)) as vendor:
        vendor.image_bytes_override = small_picture()
        yield vendor


def lists(vendor: DashScopeStandIn) -> int:
    """Count the readings of the task list; the first of each run asks for the vendor's time alone."""
    return sum(request.operation == "list" for request in vendor.requests)


async def others_first() -> None:
    """Let whatever else the loop has to do go first."""
    await asyncio.sleep(0)


@asynccontextmanager
async def ticking(
    clock: SandboxClock, seconds: float = 0.001, *, between: Callable[[], Awaitable[object]] = others_first
) -> AsyncIterator[None]:
    """Move the clock on by ``seconds`` whenever ``between`` is done.

    Sleepers then wake because the clock moved. One whose time runs out by itself is resumed with an exception, and
    CPython 3.11 tells the coverage tracer nothing of such a frame until it waits again.
    """

    async def tick() -> None:
        while True:
            clock.advance(seconds)
            await between()

    ticker = asyncio.create_task(tick(), name="ticking")
    try:
        yield
    finally:
        ticker.cancel()
        await asyncio.gather(ticker, return_exceptions=True)


async def spoil(database: Database, statement: str) -> None:
    """Let a statement fail, as a fault of ours or of the file would: by a trigger of the writer alone."""
    trigger = f"CREATE TEMP TRIGGER spoilt {statement} BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
    await database.write(lambda conn: conn.execute(trigger).rowcount)


async def mend(database: Database) -> None:
    """Let it succeed again."""
    await database.write(lambda conn: conn.execute("DROP TRIGGER spoilt").rowcount)


class FailureLog(logging.Handler):
    """Hears which background work failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []
        self._heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())
        self._heard.set()

    async def first(self) -> str:
        async with asyncio.timeout(20):
            await self._heard.wait()
        return self.texts[0]


class HandedInFiles:
    """What members hand in, by the address under which they do; the tests put it there.

    Attributes:
        found: the files, or what asking for them raises.
        asked: the addresses that were asked for.
    """

    def __init__(self) -> None:
        self.found: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []

    async def fetch(self, handed_in: HandedIn, most_bytes: int) -> bytes:
        self.asked.append(handed_in.url)
        data = self.found[handed_in.url]
        if isinstance(data, Exception):
            raise data
        return data[: most_bytes + 1]


class Service(Core):
    """The core of one run of the program, and what tests ask of it.

    Attributes:
        clock: everybody's.
        machine: the same as this program's machine shows it: its wall clock can be set.
    """

    def __init__(
        self,
        database: Database,
        clock: SandboxClock,
        machine: ShiftedClock,
        vendor: DashScopeClient,
        results: ResultFetcher,
        pictures: PictureFiles,
        policy: Policy,
        attachments: HandedInFiles,
        text_model: TextModel | None = None,
    ) -> None:
        stores = Stores(database, pictures, machine)
        super().__init__(
            stores,
            vendor=vendor,
            results=results,
            attachments=attachments,
            policy=policy,
            access=ServerAccess(None),
            seeds=random.Random(1),
            clock=machine,
            text_model=text_model,
        )
        self.database = database
        self.clock, self.machine = clock, machine
        self.vendor, self.attachments = vendor, attachments
        self.jobs, self.lanes, self.outbox, self.servers = stores.jobs, stores.lanes, stores.outbox, stores.servers
        self.moderator_log, self.cases, self.privacy = stores.moderator_log, stores.cases, stores.privacy
        self.told_jobs: list[int] = []
        self._heard = asyncio.Event()
        self._ids = itertools.count(1000)
        self.changes.on_job(self._hear_job)
        self.changes.on_lane(lambda _: self._tell())

    async def start(self) -> None:
        """Start all but the sweeper, whose rounds tests walk by themselves."""
        await self.durations.load(self.policy.catalogue)
        await take_up(jobs=self.jobs, watcher=self.watcher, collector=self.collector, doubts=self.doubts)
        self.dispatcher.start()

    def asker(
        self, member_id: int = 1, *, server_id: int = 1, roles: Iterable[int] = (), places: Iterable[int] = ()
    ) -> Asker:
        reply = ReplyAddress(1, 2, "token", 2**60, 0, 10 * 1024 * 1024, "en-US", can_post=True)
        return Asker(next(self._ids), server_id, 99, member_id, reply, frozenset(roles), frozenset(places))

    def act(self, name: str = "quota.set", *, server_id: int = 1, reason: str = "") -> Act:
        """What an admin does by an interaction of its own."""
        return Act(next(self._ids), server_id, 900, name, reason)

    async def ask(self, prompt: str = "a flower shop", *, member_id: int = 1, **options: Any) -> Job:
        """Hold a request and queue it."""
        wanted = Options(prompt, **{"size": "512*512", **options})
        held = await self.submitter.submit(wanted, self.asker(member_id))
        queued = await self.submitter.acknowledge(held.id, 7)
        assert queued is not None
        return queued

    async def until(self, job: Job, condition: JobState | Callable[[Job], bool]) -> Job:
        """Wait until the job is in a state, or fulfils a condition; it is read again at every change."""
        async with asyncio.timeout(30):
            while True:
                heard = self._heard
                now = await self.jobs.get(job.id)
                assert now is not None
                if now.state is condition if isinstance(condition, JobState) else condition(now):
                    return now
                if now.is_final:
                    raise AssertionError(f"ended as {now.state}: {now.failure}")
                await heard.wait()

    def ticking(self, seconds: float = 0.02) -> AbstractAsyncContextManager[None]:
        """Move the clock on by ``seconds`` whenever the database has done what it was given: a slow disk slows it."""
        return ticking(self.clock, seconds, between=lambda: self.database.write(lambda _: None))

    async def rows(self, sql: str, *values: int | str) -> list[tuple[Any, ...]]:
        return await self.database.read(lambda conn: [tuple(row) for row in conn.execute(sql, values)])

    async def acts(self, job: Job) -> list[str]:
        """Return what the audit tells of a job, in order."""
        found = await self.rows("SELECT act FROM audit WHERE job_id = ? ORDER BY id", job.id)
        return [act.removeprefix("job.") for (act,) in found]

    async def hold(self, job: Job) -> dict[str, Any]:
        row = await self.database.read(
            lambda conn: conn.execute("SELECT * FROM holds WHERE job_id = ?", (job.id,)).fetchone()
        )
        return dict(row)

    async def create_unrecorded(self, job: Job) -> CreatedTask:
        """Do what a program does that dies between a create and its record."""
        model = self.policy.catalogue[job.request.model]
        claimed = await self.lanes.claim(model, vendor_ms=self.vendor.server_now_ms())
        assert claimed.job is not None
        assert claimed.job.id == job.id
        return await self.vendor.create(job.request)

    async def outwait_doubt(self, job: Job) -> None:
        """Move on to when a create that is in doubt can't start anything any more."""
        await self.until(job, JobState.IN_DOUBT)
        self.clock.advance(LATER_MS / 1000 + 1)

    async def create_elsewhere(self, prompt: str, count: int = 1, model: Model = TURBO) -> CreatedTask:
        """Start a task of another program on the same account."""
        size = model.sizes.default
        return await self.vendor.create(ImageRequest(prompt, "", model.name, size, count, 1, False, False, False))

    def _hear_job(self, job_id: int) -> None:
        self.told_jobs.append(job_id)
        self._tell()

    def _tell(self) -> None:
        self._heard.set()
        self._heard = asyncio.Event()


@asynccontextmanager
async def open_service(
    folder: Path, clock: SandboxClock, *, base_url: str, result_host: str, policy: Policy | None = None
) -> AsyncIterator[Service]:
    """Open one run of the program on the database in ``folder``; nothing is started."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await Database.open(folder / "imagine.db"))
        api = await stack.enter_async_context(aiohttp.ClientSession())
        store = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        machine = ShiftedClock(clock)
        policy = policy or make_policy()
        models = {**BUILT_IN, **policy.catalogue}
        client = DashScopeClient(api, base_url=base_url, api_key=KEY, catalogue=models, clock=machine)
        # Before any fault is prepared: else the dispatcher would ask, and meet it.
        with suppress(RetryLater):
            await client.learn_time()
        images = folder / "images"
        results = ResultFetcher(store, folder=images, result_hosts=[result_host], clock=machine)
        texts = None
        if policy.rewriting is not None:
            texts = DashScopeTextModel(api, base_url=base_url, api_key=KEY, model=policy.rewriting.model, clock=machine)
        service = Service(
            database, clock, machine, client, results, PictureFiles(images), policy, HandedInFiles(), texts
        )
        try:
            yield service
        finally:
            await service.stop()
