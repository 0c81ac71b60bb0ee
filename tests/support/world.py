"""A whole world for a test: both stand-ins and the bot between them, over real sockets."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import app
from bot.config import Config
from sandbox.clock import SandboxClock, ShiftedClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.dashscope.models import DEFAULT_MODELS, StandInModel
from sandbox.dashscope.requestlog import LoggedRequest
from sandbox.discord import Actor, DiscordStandIn, Guild, MemberFile, Permission, SeenMessage, Used, User
from tests.contracts.openapi import VARIABLE, validate_request
from tests.support.handed_in import png
from tests.support.moments import NOON

SCALE = 10
"""How fast the bot's and the vendor's time goes. Faster, and a busy machine lets a poll of 15 s time out."""

JOB_AND_HOLD = "SELECT jobs.*, holds.* FROM jobs JOIN holds ON holds.job_id = jobs.id WHERE number = ?"
NOT_HANDED_OVER = "SELECT 1 FROM jobs WHERE state IN ('held', 'queued', 'submitting')"
CAT = MemberFile("cat.png", png())
DONE = ("delivered", "failed", "canceled", "expired", "void", "undelivered")


@dataclass
class World:
    """The stand-ins, one server with its people, and the bot.

    Attributes:
        clock: the bot's and the vendor's.
        machine: the same as the bot's machine shows it: its wall clock can be set.
        discord_clock: Discord's, at the wall's pace: its three seconds are real.
        stop: set it to stop the bot as SIGTERM does.
        running: the bot's task.
    """

    clock: SandboxClock
    discord_clock: SandboxClock
    discord: DiscordStandIn
    vendor: DashScopeStandIn
    guild: Guild
    config: Config
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.Task[None] | None = None
    machine: ShiftedClock = field(init=False)

    def __post_init__(self) -> None:
        self.machine = ShiftedClock(self.clock)

    def member(self, name: str | User, guild: Guild | None = None) -> Actor:
        return self.discord.member(name, guild or self.guild)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.discord_clock.advance(seconds)

    @asynccontextmanager
    async def time_passing(self, step_s: float) -> AsyncGenerator[None]:
        """Let time pass for the bot meanwhile: its pauses between attempts are long, and nobody knows when one begins.

        Long steps are taken seldom enough for a call to come to its end in between.
        """

        async def pass_by() -> None:
            while True:
                await asyncio.sleep(0.05 if step_s < 60 else 1)
                self.clock.advance(step_s)

        task = asyncio.create_task(pass_by(), name="time passes")
        try:
            yield
        finally:
            task.cancel()

    async def start_bot(self) -> None:
        self.stop.clear()
        self.running = asyncio.create_task(app.run(self.config, self.machine, stop=self.stop), name="bot")
        ready = asyncio.create_task(self.discord.until(lambda: self.discord.connected), name="ready")
        await asyncio.wait([self.running, ready], return_when=asyncio.FIRST_COMPLETED)
        if self.running.done():
            ready.cancel()
            await self.running
        await ready

    async def stop_bot(self) -> None:
        self.stop.set()
        if self.running is not None:
            await self.running

    async def imagine(self, who: Actor, prompt: str = "a flower shop", **options: Any) -> SeenMessage:
        """Ask for pictures, and give the first reply that ``who`` sees."""
        used = await who.invoke("imagine", {"prompt": prompt, **options}, channel="general")
        return await used.reply()

    async def ask_for_edit(
        self, who: Actor, instruction: str = "let it snow", picture: MemberFile = CAT, **options: Any
    ) -> SeenMessage:
        """Ask for an edit, and give the first reply that ``who`` sees."""
        used = await who.invoke("edit", {"picture": picture, "instruction": instruction, **options}, channel="general")
        return await used.reply()

    async def hand_over(self, *askers: Actor) -> list[SeenMessage]:
        """Let each ask in turn, and wait until the service has it: what comes too fast is throttled."""
        messages: list[SeenMessage] = []
        for who in askers:
            messages.append(await self.imagine(who))
            await self.eventually(lambda: not self.rows(NOT_HANDED_OVER))
            self.advance(2)
        return messages

    async def shown(
        self, who: Actor, condition: Callable[[SeenMessage], object], channel: str = "general", timeout_s: float = 30
    ) -> SeenMessage:
        """Wait until a message that ``who`` sees in a channel meets ``condition``."""

        def find() -> SeenMessage | None:
            return next((message for message in reversed(who.read(channel)) if condition(message)), None)

        await self.discord.until(lambda: find() is not None, timeout_s=timeout_s)
        found = find()
        assert found is not None
        return found

    async def becomes(self, who: Actor, message: SeenMessage, words: str, channel: str = "general") -> SeenMessage:
        """Wait until this message says ``words``."""
        return await self.shown(who, lambda seen: seen.id == message.id and words in seen.text, channel)

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Read the bot's database from outside."""
        with closing(sqlite3.connect(f"file:{self.config.storage.file}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            return conn.execute(query, values).fetchall()

    def job(self, number: int = 1) -> sqlite3.Row:
        return self.rows(JOB_AND_HOLD, number)[0]

    async def eventually(self, condition: Callable[[], Any], *, timeout_s: float = 60) -> Any:
        """Wait until something that is read from outside is so, and give it."""
        async with asyncio.timeout(timeout_s):
            # A database that is read from outside wakes nobody.
            while not (found := condition()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return found

    async def job_is(self, state: str, number: int = 1) -> sqlite3.Row:
        """Wait until a job is in ``state``; another final state fails at once."""

        def reached() -> sqlite3.Row | None:
            found = self.rows(JOB_AND_HOLD, number)
            if found and found[0]["state"] != state:
                assert found[0]["state"] not in DONE, f"{found[0]['state']}: {found[0]['failure']}"
                return None
            return found[0] if found else None

        return await self.eventually(reached)

    def cost_in_ledger(self) -> int:
        return self.rows("SELECT coalesce(sum(used), 0) AS cost FROM buckets WHERE kind = 'cap'")[0]["cost"]

    def asked_for_members(self) -> list[LoggedRequest]:
        """Return what the image service was asked, but for its list of models, which is read at each start."""
        return [request for request in self.vendor.requests if request.operation != "models"]

    def assert_books_agree(self) -> None:
        """The vendor's bill is the ledger's cost, and nothing is held any more."""
        assert self.cost_in_ledger() == self.vendor.billed_micros
        assert self.rows("SELECT kind, held FROM buckets WHERE held <> 0") == []

    def price(self, model: str) -> int:
        return self.config.catalogue()[model].price_micros


def make_config(
    discord: DiscordStandIn, vendor: DashScopeStandIn, folder: Path, /, **changes: dict[str, Any]
) -> Config:
    """The defaults of the configuration, pointed at the stand-ins, with ceilings that are out of the way."""
    data: dict[str, dict[str, Any]] = {
        "discord": {
            "token": discord.token,
            "api_url": discord.api_url,
            "gateway_url": discord.gateway_url,
            "attachment_hosts": [discord.cdn_host],
        },
        "dashscope": {"api_key": "sk-sandbox", "base_url": vendor.base_url, "result_hosts": [vendor.result_host]},
        "storage": {"database": str(folder / "imagine.db"), "images": str(folder / "images")},
        "servers": {"pool": "none"},
        "quota": {"operator_cap": "none"},
    }
    for section, values in changes.items():
        data[section] = {**data.get(section, {}), **values}
    return Config.model_validate(data)


@asynccontextmanager
async def open_world(
    folder: Path,
    *,
    scale: float = SCALE,
    service_s: tuple[float, float] = (4.0, 6.0),
    served: Iterable[StandInModel] = DEFAULT_MODELS,
    **changes: dict[str, Any],
) -> AsyncGenerator[World]:
    """Open the stand-ins, start the bot, and take all down again; then hold all that the bot sent to Discord's word.

    The image service has the models ``served``; ``changes`` are those of the bot's configuration.
    """
    clock, discord_clock = SandboxClock(scale=scale, start=NOON), SandboxClock(start=NOON)
    async with (
        DiscordStandIn(clock=discord_clock) as discord,
        DashScopeStandIn(clock=clock, service_s=service_s, models=served) as vendor,
    ):
        guild = discord.add_guild("Studio", owner=discord.application_owner)
        guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        guild.add_member("mei", locale="zh-CN")
        guild.add_member("bob")
        guild.add_member("mod", roles=["Moderator"])
        for tier in vendor.free_tiers.values():
            tier.used = tier.images
        config = make_config(discord, vendor, folder, **changes)
        world = World(clock, discord_clock, discord, vendor, guild, config)
        await world.start_bot()
        try:
            yield world
        finally:
            await world.stop_bot()
        if os.environ.get(VARIABLE):
            for request in discord.requests:
                validate_request(request)


__all__ = ["CAT", "Actor", "SeenMessage", "Used", "World", "make_config", "open_world"]
