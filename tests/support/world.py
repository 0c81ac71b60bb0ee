"""A whole world for a test: both stand-ins and the bot between them, over real sockets."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot import app
from bot.config import Config
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import Actor, DiscordStandIn, Guild, Permission, SeenMessage, Used


@dataclass
class World:
    """The stand-ins, one server with its people, and the bot.

    Attributes:
        stop: set it to stop the bot as SIGTERM does.
        running: the bot's task.
    """

    clock: SandboxClock
    discord: DiscordStandIn
    vendor: DashScopeStandIn
    guild: Guild
    folder: Path
    config: Config
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    running: asyncio.Task[None] | None = None

    def member(self, name: str) -> Actor:
        return self.discord.member(name, self.guild)

    async def start_bot(self) -> None:
        self.stop.clear()
        self.running = asyncio.create_task(app.run(self.config, self.clock, stop=self.stop), name="bot")
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

    async def answer(self, used: Used) -> SeenMessage:
        """Give the reply that Discord shows for an interaction, once it no longer says that the bot thinks."""
        return await used.reply()

    async def shown(
        self, who: Actor, condition: Callable[[SeenMessage], bool], channel: str = "general"
    ) -> SeenMessage:
        """Wait until a message that ``who`` sees meets ``condition``."""

        def find() -> SeenMessage | None:
            return next((message for message in reversed(who.read(channel)) if condition(message)), None)

        await self.discord.until(lambda: find() is not None)
        found = find()
        assert found is not None
        return found


def make_config(discord: DiscordStandIn, vendor: DashScopeStandIn, folder: Path, **changes: dict[str, Any]) -> Config:
    data: dict[str, dict[str, Any]] = {
        "discord": {"token": discord.token, "api_url": discord.api_url, "gateway_url": discord.gateway_url},
        "dashscope": {
            "api_key": "sk-sandbox",
            "base_url": vendor.base_url,
            "result_hosts": [vendor.result_host],
        },
        "storage": {"database": str(folder / "imagine.db"), "images": str(folder / "images")},
    }
    for section, values in changes.items():
        data[section] = {**data.get(section, {}), **values}
    return Config.model_validate(data)


@asynccontextmanager
async def open_world(folder: Path, *, scale: float = 20, **changes: dict[str, Any]) -> AsyncGenerator[World]:
    """Open the stand-ins, start the bot, and take all down again."""
    clock = SandboxClock(scale=scale)
    async with DiscordStandIn(clock=SandboxClock()) as discord, DashScopeStandIn(clock=clock) as vendor:
        guild = discord.add_guild("Studio", owner=discord.application_owner)
        guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES | Permission.MODERATE_MEMBERS)
        guild.add_member("mei", locale="zh-CN")
        guild.add_member("bob")
        guild.add_member("mod", roles=["Moderator"])
        world = World(clock, discord, vendor, guild, folder, make_config(discord, vendor, folder, **changes))
        await world.start_bot()
        try:
            yield world
        finally:
            await world.stop_bot()
