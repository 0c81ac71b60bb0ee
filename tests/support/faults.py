"""One job lived through with a fault on its way, and what is to be read of it afterwards."""

import itertools
import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Generator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from bot.storage.sqlite.connection import Connect, ThreadConnection
from bot.storage.sqlite.database import Database
from sandbox.discord import Guild, RecordedRequest, Used
from sandbox.faults import Fault, Gate
from tests.support.moments import HOUR_S
from tests.support.service import small_picture
from tests.support.world import DONE, SeenMessage, World, open_world

EDITS = ("edit_original", "edit_followup", "edit_message")
"""A job's message is edited through the interaction's token, or by the bot itself."""

SYNCHRONOUS = "qwen-image-2.0"
"""A model that answers with its pictures."""

CREATE_TIMEOUT_S, POLL_TIMEOUT_S, FETCH_TIMEOUT_S = 60, 15, 120
"""The client's time limits, in seconds."""

DAY_S = 24 * HOUR_S

NO_LIMIT = 2**30
"""Pages: more than any file of a test has."""

PROXY_PAGE = Fault(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html")

JOB = "SELECT jobs.*, holds.* FROM jobs JOIN holds ON holds.job_id = jobs.id WHERE jobs.id = ?"


def refused(status: int, code: str, *, message: str = "as its page says") -> Fault:
    """Answer as the image service does when it says no."""
    body = {"code": code, "message": message, "request_id": "a-request"}
    return Fault(status=status, body=json.dumps(body).encode())


RATE = refused(429, "Throttling.RateQuota")
ERROR = refused(500, "InternalError")
TIMED_OUT = refused(504, "RequestTimeOut")
UNAVAILABLE = refused(503, "ModelUnavailable")


def denied(status: int, code: int, message: str) -> Fault:
    """Answer as Discord does when it says no."""
    return Fault(status=status, body=json.dumps({"code": code, "message": message}).encode())


def slow_down(seconds: float) -> Fault:
    """Answer as Discord does when it is asked too fast; its edge adds ``Via``, and discord.py goes by that."""
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return Fault(status=429, body=json.dumps(body).encode(), headers={"Via": "1.1 google", "Retry-After": "1"})


@dataclass(frozen=True)
class Row:
    """What came of one fault.

    Attributes:
        tries: what the bot sent because of it.
    """

    what: str
    text: str
    state: str
    charged: int
    billed: int
    doubtful_micros: int
    tries: str

    def __str__(self) -> str:
        doubtful = f"{self.doubtful_micros / 1_000_000:.2f} CNY" if self.doubtful_micros else "-"
        cells = [self.what, self.text, f"`{self.state}`", self.charged, self.billed, doubtful, self.tries]
        return f"| {' | '.join(map(str, cells))} |\n"


def begins_table(title: str) -> str:
    """Return how one section of the page begins."""
    return f"\n## {title}\n"


def table(title: str, rows: Iterable[Row]) -> str:
    """Return one section of the page."""
    head = "| what happened | what the member saw | job | charged | billed | doubtful cost | tries |\n"
    return f"{begins_table(title)}\n{head}|---|---|---|---|---|---|---|\n{''.join(map(str, rows))}"


class Trial:
    """One job of bob's, from the request to its end; begun, it puts the two clocks in step."""

    _numbers = itertools.count(1)

    def __init__(self, world: World, who: str = "bob", *, channel: str = "general", guild: Guild | None = None) -> None:
        in_step(world)
        self.world = world
        self.channel = channel
        self.who = world.member(who, guild)
        self.prompt = f"a flower shop in street {next(self._numbers)}"
        self.job_id = 0
        self.message: SeenMessage | None = None
        self.meanwhile = ""
        self._asked_of_vendor = len(world.vendor.requests)
        self._asked_of_discord = len(world.discord.requests)

    async def ask(self, **more: object) -> Self:
        """Ask for one picture; the card stands."""
        options = {"prompt": self.prompt, "seed": 7, "prompt_extend": False, **more}
        used = await self.who.invoke("imagine", options, channel=self.channel)
        self.message = await used.reply()
        self.job_id = self.world.rows("SELECT max(id) AS id FROM jobs")[0]["id"]
        return self

    async def send(self) -> Used:
        """Ask for one picture, and wait for nothing."""
        used = await self.who.invoke("imagine", {"prompt": self.prompt, "prompt_extend": False}, channel=self.channel)
        self.job_id = used.interaction_id
        return used

    async def says(self, words: str) -> None:
        """Wait until the card says ``words``; they go onto the page as what it said meanwhile."""
        assert self.message is not None
        await self.world.becomes(self.who, self.message, words)
        self.meanwhile = words

    def job(self) -> sqlite3.Row:
        return self.world.rows(JOB, self.job_id)[0]

    async def is_(self, *states: str) -> sqlite3.Row:
        """Wait until the job is in one of ``states``; another final one fails at once."""

        def reached() -> sqlite3.Row | None:
            found = self.world.rows(JOB, self.job_id)
            if not found or found[0]["state"] in states:
                return found[0] if found else None
            assert found[0]["state"] not in DONE, f"{found[0]['state']}: {found[0]['failure']}"
            return None

        return await self.world.eventually(reached)

    async def ends(self, state: str) -> sqlite3.Row:
        """Wait until the job has ended as ``state`` and nothing more is to be said about it."""
        await self.is_(state)
        await self.world.eventually(lambda: state == "void" or self.job()["shown"] >= self.job()["version"])
        await self.is_told()
        return self.job()

    async def is_told(self) -> None:
        """Wait until nothing more is to be said beside the job's message."""
        await self.world.eventually(lambda: not self.world.rows("SELECT 1 FROM outbox WHERE done_ms = 0"))

    def asked(self, operation: str) -> int:
        """Count what the image service was asked since this trial began."""
        newest = self.world.vendor.requests[self._asked_of_vendor :]
        return sum(request.operation == operation for request in newest)

    def told_discord(self, *operations: str, with_files: bool = False) -> list[RecordedRequest]:
        """Return what Discord was told since this trial began."""
        newest = self.world.discord.requests[self._asked_of_discord :]
        return [one for one in newest if one.operation in operations and (one.files or not with_files)]

    def row(self, what: str, tries: str) -> Row:
        """Read everything off the screen, the ledger and the vendor's bill."""
        job = self.job()
        vendor = self.world.vendor
        billed = sum(line.images for line in vendor.bill() if vendor.drawn[line.task_id].prompt == self.prompt)
        if not job["doubtful_micros"] and job["outcome"] == "settled":
            assert job["billed_images"] == billed
        return Row(what, self.text(), job["state"], job["charged_images"], billed, job["doubtful_micros"], tries)

    def text(self) -> str:
        """Return what the member reads at the end, after what the card had said meanwhile."""
        seen = [one for one in self.who.read(self.channel) if self.message and one.id == self.message.id]
        parts = [f"*“{self.meanwhile}”, then:*"] if self.meanwhile else []
        if seen:
            parts.append(told(seen[0].text))
        elif self.message:
            parts.append("*(the message is gone)*")
        else:
            parts.append("*“The application did not respond”*")
        parts += [f"*by direct message:* {_on_a_line(one.text)}" for one in self.told_directly()]
        return " ".join(parts)

    def told_directly(self) -> list[SeenMessage]:
        return [one for one in self.who.direct_messages() if f"#{self.job()['number']} " in one.text]


def in_step(world: World) -> None:
    """Bring Discord's clock to the bot's, so that a token lives for as long as the bot believes."""
    behind_ms = world.clock.now_ms() - world.discord_clock.now_ms()
    if behind_ms > 0:
        world.discord_clock.advance(behind_ms / 1000)


def recover(world: World) -> None:
    """Let everything answer again, and the lane's back-off pass."""
    world.vendor.faults.clear()
    world.discord.faults.clear()
    world.clock.advance(120)


def counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def told(text: str) -> str:
    """Return what a card says, without what every card says."""
    heading, _prompt, *rest = [line for line in text.splitlines() if line.strip()]
    useful = [line for line in rest if not line.startswith(("-#", "Left:", "Picture ", "**The prompt"))]
    return _on_a_line("\n".join([f"**{heading.removeprefix('### ').partition(' · ')[0]}**", *useful]))


def _on_a_line(text: str) -> str:
    """Return a text for a cell, without what differs from run to run: times, numbers, ids."""
    text = re.sub(r"<t:\d+:\w>", "*(when)*", text.replace("\n", " ").replace("|", "\\|"))
    text = re.sub(r"<#\d+>", "*(channel)*", text)
    return re.sub(r"(#|number:)\d+", r"\1…", text)


@asynccontextmanager
async def open_faulty_world(folder: Path) -> AsyncIterator[World]:
    """Open a world in which tasks take a second or two and pictures are small.

    Nobody waits for so long that a ping mixes in, and members have more than they need.
    """
    quota, queue = {"free_images": 1000}, {"ping_after": 7200}
    # The gateway that the API names, and its own address for resuming.
    discord = {"gateway_url": ""}
    models = {SYNCHRONOUS: {}}
    async with open_world(folder, service_s=(1, 2), quota=quota, queue=queue, discord=discord, models=models) as world:
        world.discord.rate_limits = False
        world.vendor.image_bytes_override = small_picture()
        yield world


async def time_out(world: World, gate: Gate, seconds: float) -> None:
    """Let a request that is held there wait for its answer until the client gives up."""
    await gate.reached.wait()
    world.clock.advance(seconds + 1)


class ReachableDatabase(Database):
    """The bot's database with a way in for a test: ``max_page_count`` belongs to a connection.

    Put it into ``bot.app`` in the place of `Database`.
    """

    newest: ClassVar["ReachableDatabase"]

    @classmethod
    async def open(cls, path: Path, *, migrates: bool = True, connect: Connect = ThreadConnection.open) -> Self:
        opened = await super().open(path, migrates=migrates, connect=connect)
        ReachableDatabase.newest = opened
        return opened

    async def fill(self) -> None:
        """Let the file grow no more."""

        def fill(conn: sqlite3.Connection) -> None:
            # Else what was deleted before would still give room.
            conn.execute("VACUUM")
            most = conn.execute("PRAGMA page_count").fetchone()[0]
            conn.execute(f"PRAGMA max_page_count = {int(most)}")

        await self._writer.hop(fill)

    async def make_room(self) -> None:
        """Let the file grow again."""
        await self._writer.hop(lambda conn: conn.execute(f"PRAGMA max_page_count = {NO_LIMIT}").close())


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the write lock of a database, as another program would."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.execute("ROLLBACK")


ROOTS = "SELECT rootpage FROM sqlite_schema WHERE :what IN (name, tbl_name) AND rootpage > 0"


def damage(path: Path, what: str) -> None:
    """Spoil the pages in which a table and its indices begin, or one index, as a failing disk does.

    Nobody may have the file open.
    """
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size_bytes = conn.execute("PRAGMA page_size").fetchone()[0]
        pages = conn.execute(ROOTS, {"what": what}).fetchall()
    with path.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size_bytes)
            file.write(b"\xff" * size_bytes)


@contextmanager
def unreadable(path: Path) -> Generator[None]:
    """Let no open descriptor of a file be read for a while, as a disk would that fails: only where there is /proc."""
    opened = [int(one.name) for one in Path("/proc/self/fd").iterdir() if one.resolve() == path.resolve()]
    former, blind = [os.dup(one) for one in opened], os.open(path, os.O_WRONLY)
    try:
        for one in opened:
            os.dup2(blind, one)
        yield
    finally:
        for one, kept in zip(opened, former, strict=True):
            os.dup2(kept, one)
            os.close(kept)
        os.close(blind)
