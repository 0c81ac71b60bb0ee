"""The world of a soak: both stand-ins in this process, and the bot as a child of it, all in fast time."""

import asyncio
import logging
import os
import random
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from bot import config
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import DiscordStandIn, Permission
from sandbox.faults import Weather
from sandbox.weather import CHANCE, DISCORD, VENDOR
from tests.crash.clock import SharedClock
from tests.crash.stage import ROOT, Stage, _is_worth_a_line, write_config
from tests.soak.pace import SCALE, PatientClock, Wall

SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(10**6))

CONFIG: dict[str, dict[str, Any]] = {
    # Discord names its gateway, and the address to resume at: a configured one would serve for both.
    "discord": {"gateway_url": ""},
    "quota": {"free_images": 10_000, "active_jobs": 20, "operator_cap": "none"},
    "queue": {"ping_after": 60},
}
"""Nobody meets a limit: what is refused for one would hide what the weather does."""

SERVICE_S = (10.0, 40.0)
"""Recorded tasks took 11 to 31 s; with this much the popular lane is busy for some two thirds of the time."""


@dataclass
class Soak(Stage):
    """A `Stage` in fast time, with weather.

    Attributes:
        swept: ids of the messages that a moderator deleted by hand.
        resident: the child's resident memory in bytes, by the clock's seconds.
        weathers: of the vendor and of Discord.
        wall: the wall clock of the bot's machine.
    """

    swept: set[int] = field(default_factory=set[int])
    resident: dict[float, int] = field(default_factory=dict[float, int])
    weathers: list[Weather] = field(default_factory=list[Weather])
    wall: Wall = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.wall = Wall(self.folder / "wall")

    async def start(self, *arguments: str) -> None:
        with (self.folder / "child.log").open("ab") as log:
            self.child = await self._command("run", *arguments, stderr=log)

    async def verify(self) -> tuple[int, str]:
        """Run ``ledger verify``; give its exit code and the differences that it names."""
        with (self.folder / "verify.log").open("wb") as log:
            process = await self._command("ledger", "verify", stderr=log)
            out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()

    def darken(self, seed: int) -> None:
        """Let the faults come."""
        self.weathers = [
            self.vendor.faults.weather(CHANCE, VENDOR, seed=seed),
            self.discord.faults.weather(CHANCE, DISCORD, seed=seed + 1),
        ]

    def brighten(self) -> None:
        """Let the faults end."""
        self.vendor.faults.clear()
        self.discord.faults.clear()

    async def weigh(self) -> None:
        """Note the child's memory every ten seconds until cancelled."""
        assert self.child is not None
        process = psutil.Process(self.child.pid)
        while True:
            self.resident[self.clock.monotonic()] = process.memory_info().rss
            await self.clock.sleep(10)

    def resident_bytes(self, at_s: float) -> int:
        """Return the child's memory as it was around that time: the median of ten minutes."""
        return int(statistics.median(size for taken_s, size in self.resident.items() if abs(taken_s - at_s) < 300))

    def summary(self) -> str:
        """Return a few lines that say what happened."""
        states = Counter(row["state"] for row in self.rows("SELECT state FROM jobs"))
        doubts = Counter(row["state"] for row in self.rows("SELECT state FROM jobs WHERE doubt <> ''"))
        memory = [size >> 10 for size in list(self.resident.values())[::60]]
        return "\n".join(
            [
                f"{len(self.asked)} asked: {dict(states)}; {len(self.swept)} messages swept",
                f"once in doubt: {dict(doubts)}",
                *(
                    f"{weather.struck.total()} of {weather.passed.total()}: {dict(weather.struck)}"
                    for weather in self.weathers
                ),
                f"resident KiB every ten minutes: {memory}",
            ]
        )

    async def close(self) -> None:
        await super().close()
        self.wall.close()

    async def _command(self, *arguments: str, stderr: Any) -> asyncio.subprocess.Process:
        assert isinstance(self.clock, SharedClock)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "DASHSCOPE_"))}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.soak.child", self.clock.birth(), str(self.wall.file), *arguments),
            *("--config", str(self.folder / "config.toml")),
            cwd=ROOT,
            env={**clean, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=stderr,
        )


@asynccontextmanager
async def open_soak(folder: Path, members: list[str]) -> AsyncGenerator[Soak]:
    """Open the stand-ins and write the configuration; no bot runs yet."""
    clock, discord_clock = SharedClock(scale=SCALE), PatientClock()
    async with (
        DiscordStandIn(clock=discord_clock) as discord,
        DashScopeStandIn(clock=clock, service_s=SERVICE_S) as vendor,
    ):
        # The limits count by Discord's patient seconds; the weather has 429s enough.
        discord.rate_limits = False
        guild = discord.add_guild("Studio", owner=discord.application_owner)
        guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        guild.add_member("mod", roles=["Moderator"])
        for name in members:
            guild.add_member(name)
        for tier in vendor.free_tiers.values():
            tier.used = tier.images
        file = write_config(discord, vendor, folder, CONFIG)
        aiohttp_log = logging.getLogger("aiohttp.server")
        aiohttp_log.addFilter(_is_worth_a_line)
        soak = Soak(clock, discord_clock, discord, vendor, guild, config.load(file, {}), folder=folder)
        try:
            yield soak
        finally:
            await soak.close()
            aiohttp_log.removeFilter(_is_worth_a_line)
