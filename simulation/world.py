"""The world of one run: the two stand-ins, two servers with their people, the machine, and the bot on it."""

import asyncio
import hashlib
import io
import math
import random
import sqlite3
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from discord.webhook.async_ import AsyncWebhookAdapter, async_context
from PIL import Image

from bot import app
from bot.config import Config
from bot.domain.requests.model import MOST_IMAGES
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.boxes import Boxes
from sandbox.dashscope.functions import Change
from sandbox.discord import Actor, DiscordStandIn, Guild, Used
from simulation.judging.lost import Lost
from simulation.machine.clocks import MachineClock
from simulation.machine.loop import HOPS_S, VirtualLoop
from simulation.machine.network import Network
from simulation.machine.process import Process
from simulation.machine.storage import Disk
from simulation.reaching.goals import Goal
from simulation.servers import BILLS_INPUTS, FUNCTIONAL, PLACES, SYNCHRONOUS, open_servers
from simulation.trace import LogTrace, Trace
from simulation.turns import Turns
from simulation.wishes import Wishes
from simulation.words import title

PING_AFTER_S = 15

REWRITING: tuple[dict[str, Any], ...] = ({}, {"rewriting": {}}, {"rewriting": {"daily": 1}})
"""Whether prompts are rewritten, and how many of a member a day."""

TERMS: tuple[dict[str, Any], ...] = ({}, {"free_images": 2, "budget": "2"}, {"operator_cap": "12"})
"""What members have in a day, and the operator's cap in yuan: as shipped, but for the cap; with pictures that are paid
for; with a cap that a day may reach."""


DRAWN = (240, 240)
"""The least that wan2.7 takes in to be edited."""


@dataclass
class Spell:
    """How long a trouble lasts, by the loop's time; it may be felt a while longer."""

    began_s: float = math.inf
    ended_s: float = math.inf


@dataclass
class Retirement:
    """What the vendor's list said of a model for a while.

    Attributes:
        last_day: on which it goes offline; empty: it was gone already.
        is_near: that is so near that its operator is to be told.
        since_s: from when on, by the loop's time.
        until_s: until when.
    """

    model: str
    last_day: str
    is_near: bool
    since_s: float
    until_s: float = math.inf


@dataclass
class World:
    """What a run is made of.

    Attributes:
        dice: decide what people do and what goes wrong.
        clock: the bot's machine's.
        discord_clock: Discord's.
        vendor_clock: the vendor's.
        guilds: the servers; the first is the operator's own.
        written: what the bot and its libraries logged.
        asked: every request, however it was made, oldest first.
        wishes: what people know themselves of what they said and asked for.
        news: for each of them the turn in which something may go wrong with it.
        lives: every process of the bot, oldest first.
        killed: processes of commands that were killed.
        aged: ids of the interactions whose tokens died before their time.
        swept: ids of the messages that a moderator deleted by hand.
        spells: when something went wrong, and for how long.
        retirements: models that the vendor said would go offline, or that its list had no more for a while.
        lost: what restored copies don't know.
        trouble_until_s: when the last trouble ends that is to go on after people have gone, by the loop's time.
        violations: what must not be, and was.
        tally: how much of what happened.
        turns: what is done, thing by thing.
        limit: ends the run.
        reached: how often something was reached of what there is to reach.
    """

    dice: random.Random
    loop: VirtualLoop
    network: Network
    trace: Trace
    written: LogTrace
    disk: Disk
    clock: MachineClock
    discord_clock: MachineClock
    vendor_clock: MachineClock
    discord: DiscordStandIn
    vendor: DashScopeStandIn
    guilds: tuple[Guild, ...]
    config: Config
    asked: list[Used] = field(default_factory=list[Used])
    wishes: Wishes = field(default_factory=Wishes)
    news: asyncio.Queue[str] = field(default_factory=asyncio.Queue[str])
    lives: list[Process] = field(default_factory=list[Process])
    killed: list[Process] = field(default_factory=list[Process])
    aged: set[int] = field(default_factory=set[int])
    swept: set[int] = field(default_factory=set[int])
    spells: list[Spell] = field(default_factory=list[Spell])
    retirements: list[Retirement] = field(default_factory=list[Retirement])
    lost: Lost = field(default_factory=Lost)
    trouble_until_s: float = 0.0
    violations: list[str] = field(default_factory=list[str])
    tally: Counter[str] = field(default_factory=Counter[str])
    turns: Turns = field(init=False)
    limit: asyncio.Timeout = field(init=False)
    reached: Counter[Goal] = field(default_factory=Counter[Goal])

    def __post_init__(self) -> None:
        self.turns = Turns(self.dice.random())

    @property
    def bot(self) -> Process:
        """The newest process of the bot."""
        return self.lives[-1]

    @property
    def log(self) -> str:
        """All that the bot and its libraries logged."""
        return "\n".join(self.written.records)

    def count(self, happened: Callable[..., object]) -> None:
        """Count one more of an act or a trouble."""
        self.tally[title(happened)] += 1

    def member(self, name: str, guild: Guild | None = None) -> Actor:
        """Act as somebody in a server; without ``guild`` in the first."""
        return self.discord.member(name, guild or self.guilds[0])

    def start(self) -> Process:
        """Start the bot on the same files."""
        process = Process(self.loop, self.disk)
        self.lives.append(process)
        self.trace.add("operator", f"starts life {len(self.lives)}")
        process.start(self._main)
        return process

    def wait_longer(self, seconds: float) -> None:
        """Let the run take so much longer: nothing happens meanwhile."""
        self.limit.reschedule((self.limit.when() or 0.0) + seconds)

    def kill(self) -> None:
        self.trace.add("operator", "kills the bot")
        self.bot.kill()

    def be_kind(self) -> None:
        """Let the network carry everything, everybody serve and the clocks be right, from now on."""
        self.trace.listeners.clear()
        self.vendor.faults.clear()
        self.discord.faults.clear()
        self.vendor.list_lag_s = 0.0
        self.vendor.arrears = False
        self.vendor.narrow(None)
        self.vendor.forget_plans()
        self.vendor.unlisted.clear()
        self.vendor.offline_times.clear()
        for one in self.retirements:
            one.until_s = min(one.until_s, self.loop.time())
        for guild in self.guilds:
            guild.change_thread(PLACES[-1], archived=False, locked=False)
        conditions = self.network.conditions
        conditions.closed.clear()
        self.network.lighten(*conditions.dark)
        self.clock.ahead_s = self.clock.drift = 0.0
        self.loop.hops_s = HOPS_S
        self.disk.ill = None
        self.disk.keeps_files = False

    async def stop(self) -> None:
        """Stop the bot as SIGTERM does, and wait for its end."""
        self.trace.add("operator", "stops the bot")
        self.bot.stop.set()
        await self.bot.ended.wait()

    async def connected(self) -> None:
        """Wait until some bot listens."""
        await self.discord.until(lambda: self.discord.connected, timeout_s=24 * 3600)

    async def ask(
        self, who: Actor, prompt: str, *, command: str = "imagine", place: str = PLACES[0], **options: Any
    ) -> Used:
        """Let ``who`` ask for pictures by a command that takes a prompt."""
        option = "instruction" if command == "edit" else "prompt"
        used = await who.invoke(command, {option: prompt, **options}, channel=place)
        self.wishes.prompts[used.interaction_id] = prompt
        return self.take_note(used, who, f"{prompt} {options}")

    def take_note(self, used: Used, who: Actor, what: str) -> Used:
        """Take note that ``who`` has asked for something."""
        self.asked.append(used)
        self.news.put_nowait(self.turns.after_request())
        self.trace.add(who.user.name, f"asks {used.interaction_id}: {what}")
        return used

    def files(self) -> set[str]:
        """Return the paths of all kept pictures, as rows name them."""
        images = self.config.storage.images
        return {str(file.relative_to(images)) for file in images.rglob("*") if file.is_file()}

    def left(self) -> str:
        """Return all that is left at the end: every row of the database, and every message."""
        if not self.disk.database.exists():
            return ""
        places = [channel for guild in self.guilds for channel in guild.channels.values()]
        places += self.discord.world.direct.values()
        messages = [one for place in places for one in place.messages.values()]
        shown = [(one.id, one.content, one.components, one.deleted) for one in messages]
        return repr([list(self._every_row()), shown])

    def words(self) -> str:
        """Return every text in the database."""
        return "\n".join(value for row in self._every_row() for value in row if isinstance(value, str))

    def _every_row(self) -> Iterator[tuple[object, ...]]:
        for table in self.rows("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%'"):
            yield from map(tuple, self.rows(f'SELECT * FROM "{table["name"]}"'))  # noqa: S608 - its own

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Read the bot's database from outside."""
        with closing(sqlite3.connect(f"file:{self.disk.database}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            return conn.execute(query, values).fetchall()

    async def _main(self, process: Process) -> None:
        # discord.py keeps its webhooks' locks with the module: a killed process would hold them for the next one.
        async_context.set(AsyncWebhookAdapter())
        await app.run(self.config, self.clock, stop=process.stop, connect=self.disk.connect)


Trouble = Callable[[World, random.Random], Awaitable[None]]
"""Something that goes wrong."""


@asynccontextmanager
async def open_world(
    loop: VirtualLoop, trace: Trace, written: LogTrace, disk: Disk, dice: random.Random, clock: MachineClock
) -> AsyncGenerator[World]:
    """Open the stand-ins with two servers and their people; no bot runs yet."""
    discord_clock, vendor_clock = MachineClock(loop), MachineClock(loop)
    async with (
        DiscordStandIn(clock=discord_clock) as discord,
        DashScopeStandIn(clock=vendor_clock, draw=draw_cheaply) as vendor,
    ):
        guilds = open_servers(discord)
        for tier in vendor.free_tiers.values():
            tier.used = tier.images
        _name_ports(loop.network, discord, vendor)
        yield World(
            dice,
            loop,
            loop.network,
            trace,
            written,
            disk,
            clock,
            discord_clock,
            vendor_clock,
            discord,
            vendor,
            guilds,
            make_config(discord, vendor, disk.folder, dice.choice(TERMS), dice.choice(REWRITING)),
        )


def make_config(
    discord: DiscordStandIn, vendor: DashScopeStandIn, folder: Path, terms: dict[str, Any], rewriting: dict[str, Any]
) -> Config:
    """Return the defaults of the configuration, pointed at the stand-ins, with ceilings that are out of the way.

    Args:
        discord: one of the stand-ins.
        vendor: the other.
        folder: for database and pictures.
        terms: what members have.
        rewriting: the configuration's table, if there is one.
    """
    return Config.model_validate(
        {
            # Discord names its gateway, and the address to resume at.
            "discord": {
                "token": discord.token,
                "api_url": discord.api_url,
                "gateway_url": "",
                "attachment_hosts": [discord.cdn_host],
            },
            "dashscope": {"api_key": "sk-sandbox", "base_url": vendor.base_url, "result_hosts": [vendor.result_host]},
            "storage": {"database": str(folder / "imagine.db"), "images": str(folder / "images")},
            "servers": {"allowed": "any", "pool": "none"},
            # Of a series ten come, and of one model six; what a server's rule says of that, its admins change.
            "quota": {"operator_cap": "none", "images_per_job": MOST_IMAGES, **terms},
            # Else hardly anybody would wait long enough to be called.
            "queue": {"ping_after": PING_AFTER_S},
            # Of their kinds, which have to be named.
            "models": {SYNCHRONOUS: {}, BILLS_INPUTS: {}, FUNCTIONAL: {"removes_watermarks": True}},
            **rewriting,
        }
    )


def draw_cheaply(
    prompt: str,
    seed: int,
    _size: tuple[int, int],
    *,
    watermark: bool = False,
    pictures: tuple[bytes, ...] = (),
    change: Change | None = None,
    boxes: Boxes = (),
) -> bytes:
    """Return a small picture in one colour, another for each prompt and seed, and for other pictures that came in.

    Models that take pictures in take it, but for those that want larger ones.
    """
    said = f"{prompt}\0{seed}\0{watermark}{change or ''}{boxes or ''}"
    digest = hashlib.sha256(b"".join((said.encode(), *pictures))).digest()
    out = io.BytesIO()
    Image.new("RGB", DRAWN, (digest[0], digest[1], digest[2])).save(out, "PNG")
    return out.getvalue()


def _name_ports(network: Network, discord: DiscordStandIn, vendor: DashScopeStandIn) -> None:
    places = {"discord": discord.api_url, "vendor": vendor.base_url, "results": f"http://{vendor.result_host}/"}
    for name, url in places.items():
        network.names[int(url.split(":")[2].partition("/")[0])] = name
