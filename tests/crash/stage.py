"""A world whose bot is a process of its own that can be killed and started again."""

import asyncio
import gc
import itertools
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from aiohttp import web

from bot import config
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import Actor, DiscordStandIn, MemberFile, Permission, Used
from sandbox.discord.http.requests import BODY
from sandbox.faults import Gate
from tests.crash.child import REACHED
from tests.crash.clock import SharedClock
from tests.support.world import DONE, SCALE, World

ROOT = Path(__file__).parents[2]
POINT_WITHIN_S = 20.0
ALL_WITHIN_S = 75.0
"""A create that left no trace is in doubt for seven minutes, which is 42 s at the tests' pace."""

EXIT_WITHIN_S = 10.0
YOUNG_S = 40 * 60
"""Discord counts edits of messages older than an hour by the wall's minute, which a bot in scaled time can't heed."""

CUT_UPLOADS = "ignore:Unclosed file <tempfile:ResourceWarning"
"""For tests that kill: the stand-in's aiohttp leaves the temporary files of an upload that broke off."""

UNFINISHED = f"""
SELECT number, state, version, shown FROM jobs
WHERE state NOT IN ({", ".join(f"'{state}'" for state in DONE)}) OR (version > shown AND state <> 'void')
"""
KEPT_FILES = """
SELECT path FROM images UNION SELECT path FROM input_pictures UNION SELECT path FROM reference_pictures
UNION SELECT json_extract(picture.value, '$.path') FROM drafts, json_each(drafts.request, '$.pictures') AS picture
"""
UNSENT = "SELECT kind, attempts FROM outbox WHERE done_ms = 0"


@dataclass(frozen=True)
class Death:
    """One place at which the bot is killed.

    Attributes:
        where: ``port.method`` inside the bot, or ``discord:operation`` or ``vendor:operation`` at a stand-in.
        when: see `tests.crash.child`; at a stand-in ``before`` or ``after`` the request takes effect.
        nth: which of the calls.
        with_files: at Discord: only requests that carry files count.
        downtime_s: how long the bot stays away, by all clocks.
        lands_s: how long after the kill a request that was held at the vendor takes effect all the same, in seconds of
            the bot's clock; None: never.
    """

    where: str
    when: Literal["before", "within", "after"]
    nth: int = 1
    with_files: bool = False
    downtime_s: float = 0
    lands_s: float | None = None

    def __str__(self) -> str:
        parts = [self.when, self.where]
        if self.nth > 1:
            parts.append(f"no {self.nth}")
        if self.with_files:
            parts.append("with files")
        if self.downtime_s:
            parts.append(f"away {self.downtime_s:.0f} s")
        if self.lands_s is not None:
            parts.append(f"landing after {self.lands_s:.0f} s")
        return " ".join(parts)


@dataclass
class Stage(World):
    """The stand-ins in this process, and the bot as a child of it.

    Attributes:
        folder: of configuration, database, pictures and the children's log.
        asked: every /imagine, oldest first.
    """

    folder: Path = Path()
    asked: list[Used] = field(default_factory=list[Used])
    child: asyncio.subprocess.Process | None = None
    gates: list[Gate] = field(default_factory=list[Gate])
    landings: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])

    @property
    def log(self) -> str:
        return (self.folder / "child.log").read_text(encoding="utf-8", errors="replace")

    async def ask(self, who: Actor, prompt: str, *, channel: str = "general", **options: Any) -> Used:
        """Ask for small pictures, as soon as some bot listens."""
        await self.discord.until(lambda: self.discord.connected)
        given = {"size": "512*512", "prompt_extend": False, **options}
        used = await who.invoke("imagine", {"prompt": prompt, **given}, channel=channel)
        self.asked.append(used)
        return used

    async def edit(self, who: Actor, instruction: str, *pictures: bytes, **options: Any) -> Used:
        """Have pictures edited, as soon as some bot listens."""
        await self.discord.until(lambda: self.discord.connected)
        names = ("picture", "picture2", "picture3")
        files = {name: MemberFile(f"{name}.png", data) for name, data in zip(names, pictures, strict=False)}
        used = await who.invoke("edit", {"instruction": instruction, **files, **options}, channel="general")
        self.asked.append(used)
        return used

    def stray_files(self) -> set[str]:
        """Return the kept files that no row names."""
        folder = self.folder / "images"
        files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        return files - {row["path"] for row in self.rows(KEPT_FILES)}

    async def start(self, *arguments: str) -> None:
        """Start a bot; `arguments` are the child's beyond configuration and clock."""
        assert isinstance(self.clock, SharedClock)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "DASHSCOPE_"))}
        with (self.folder / "child.log").open("ab") as log:
            self.child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.crash.child", "--config", str(self.folder / "config.toml")),
                *("--birth", self.clock.birth(), *arguments),
                cwd=ROOT,
                env={**clean, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=log,
            )

    async def start_fresh(self) -> None:
        """Start the bot as it is shipped, and wait until it listens."""
        await self.start()
        await self.discord.until(lambda: self.discord.connected)

    async def kill(self) -> None:
        """End the bot as a power cut does."""
        await self.end_by(signal.SIGKILL)

    async def end_by(self, end: signal.Signals) -> None:
        """End the bot, and let the stand-ins see its connections go."""
        assert self.child is not None
        self.child.send_signal(end)
        async with asyncio.timeout(EXIT_WITHIN_S):
            await self.child.wait()
        await self.discord.until(lambda: not self.discord.connected)

    async def die(self, death: Death) -> None:
        """Start a bot, and kill it where `death` says; fails unless it gets there."""
        side, _, operation = death.where.partition(":")
        gate = self._gate(side, operation, death) if operation else None
        if gate is not None:
            await self.start()
            reached = gate.reached.wait()
        else:
            await self.start("--point", death.where, "--when", death.when, "--nth", str(death.nth))
            assert self.child is not None
            assert self.child.stdout is not None
            reached = self.child.stdout.readexactly(len(REACHED))
        try:
            async with asyncio.timeout(POINT_WITHIN_S):
                proof = await reached
        except (TimeoutError, asyncio.IncompleteReadError):
            raise AssertionError(f"never came to {death}\n{self.log[-6000:]}") from None
        assert proof in {True, REACHED}
        await self.kill()
        if gate is not None and death.lands_s is not None:
            self.landings.append(asyncio.create_task(self._land(gate, death.lands_s), name=f"landing of {death}"))
        if death.downtime_s:
            self.clock.advance(death.downtime_s)
            self.discord_clock.advance(min(death.downtime_s, YOUNG_S))

    async def _land(self, gate: Gate, after_s: float) -> None:
        await self.clock.sleep(after_s)
        gate.open()
        await gate.ended.wait()

    def _gate(self, side: str, operation: str, death: Death) -> Gate:
        calls = itertools.count(1)
        faults = self.vendor.faults if side == "vendor" else self.discord.faults
        assert death.when != "within"

        def matches(request: web.Request) -> bool:
            return not (death.with_files and not request[BODY].uploads) and next(calls) == death.nth

        gate = faults.gate(operation, when=death.when, matches=matches)
        self.gates.append(gate)
        return gate

    async def all_is_done(self, enough: Callable[[], object] = lambda: True, within_s: float = ALL_WITHIN_S) -> None:
        """Wait until every job has ended, every message shows so, and nothing is left to be sent."""
        try:
            async with asyncio.timeout(within_s):
                # A database that is read from outside wakes nobody.
                while not (enough() and self.is_done()):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        except TimeoutError:
            left = [dict(row) for query in (UNFINISHED, UNSENT) for row in self.rows(query)]
            raise AssertionError(f"left undone: {left}\n{self.log[-6000:]}") from None

    def is_done(self) -> bool:
        is_heard = all(used.acknowledged.is_set() for used in self.asked)
        return is_heard and not self.rows(UNFINISHED) and not self.rows(UNSENT)

    async def all_has_landed(self) -> None:
        """Wait until all that was sent before a kill, and was to take effect all the same, has done so."""
        await asyncio.gather(*self.landings)

    async def end(self) -> None:
        """Stop the bot as an operator does; it must go in time, and with 0."""
        assert self.child is not None
        self.child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(EXIT_WITHIN_S):
            code = await self.child.wait()
        assert code == 0, self.log[-6000:]

    async def close(self) -> None:
        for landing in self.landings:
            landing.cancel()
        await asyncio.gather(*self.landings, return_exceptions=True)
        # What a gate holds would hold up the end of the stand-ins; nobody looks at what it does any more.
        for gate in self.gates:
            gate.open()
        if self.child is not None and self.child.returncode is None:
            self.child.kill()
            await self.child.wait()
        # What a kill cut in the middle of an upload is closed by the collector: here, where `CUT_UPLOADS` expects it.
        gc.collect()


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    # That a connection broke is what a kill is about; the record would keep all that was being read.
    return not (record.exc_info and isinstance(record.exc_info[1], ConnectionError))


@asynccontextmanager
async def open_stage(
    folder: Path,
    changes: dict[str, dict[str, Any]],
    *,
    scale: float = SCALE,
    service_s: tuple[float, float] = (4.0, 6.0),
) -> AsyncGenerator[Stage]:
    """Open the stand-ins and write the configuration; no bot runs yet."""
    clock, discord_clock = SharedClock(scale=scale), SandboxClock()
    async with (
        DiscordStandIn(clock=discord_clock) as discord,
        DashScopeStandIn(clock=clock, service_s=service_s) as vendor,
    ):
        guild = discord.add_guild("Studio", owner=discord.application_owner)
        guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        guild.add_member("bob")
        guild.add_member("mei")
        for tier in vendor.free_tiers.values():
            tier.used = tier.images
        file = write_config(discord, vendor, folder, changes)
        aiohttp_log = logging.getLogger("aiohttp.server")
        aiohttp_log.addFilter(_is_worth_a_line)
        stage = Stage(clock, discord_clock, discord, vendor, guild, config.load(file, {}), folder=folder)
        try:
            yield stage
        finally:
            await stage.close()
            aiohttp_log.removeFilter(_is_worth_a_line)


def write_config(
    discord: DiscordStandIn, vendor: DashScopeStandIn, folder: Path, changes: dict[str, dict[str, Any]]
) -> Path:
    sections: dict[str, dict[str, Any]] = {
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
    for name, values in changes.items():
        sections[name] = {**sections.get(name, {}), **values}
    lines: list[str] = []
    tables = {f"models.{json.dumps(name)}": table for name, table in sections.pop("models", {}).items()}
    for name, values in {**sections, **tables}.items():
        # JSON's strings, numbers and lists are TOML's too.
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    file = folder / "config.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file
