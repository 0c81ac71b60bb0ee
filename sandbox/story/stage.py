"""Where the story happens: both stand-ins, a server with its people, and the bot on a database of its own."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bot import app
from bot.config import Config
from sandbox.clock import SandboxClock
from sandbox.dashscope import DashScopeStandIn
from sandbox.discord import Actor, DiscordStandIn, Guild, Permission

SCALE = 10
"""How fast the story's time goes; much faster, and a busy machine lets the bot's own time limits run out."""

ZONE = ZoneInfo("Asia/Shanghai")
OPENS_AT = 10
"""The hour at which every story begins: far from midnight, when quotas reset."""

PATIENCE_S = 30
"""Seconds of the wall's clock for any single thing that is waited for."""

MODEL = "wanx2.1-t2i-turbo"
EDITING_MODEL = "wan2.7-image"
FREE_IMAGES = 4
BUDGET_CNY = "0.30"
VENDOR_FREE_LEFT = 8
"""The service's free tier has eight images left, so that the bill shows free ones and paid ones."""

PEOPLE = {"Mei": "zh-CN", "Bob": "en-US", "Tao": "en-US", "Lin": "en-US", "Kim": "en-US", "Ada": "en-US"}
MODERATOR = "Ada"

_T = TypeVar("_T")


class StoryFailed(Exception):
    """Something did not go as the story has it; the message is a clause that says what."""


class StoryClock(SandboxClock):
    """Runs ten times as fast as the wall's clock, from ten in the morning."""

    def __init__(self) -> None:
        super().__init__(scale=SCALE)
        now = self.now
        opening = now.replace(hour=OPENS_AT, minute=0, second=0, microsecond=0)
        if opening < now:
            opening += timedelta(days=1)
        self.advance((opening - now).total_seconds())

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.now_ms() / 1000, tz=UTC).astimezone(ZONE)


class DiscordClock(SandboxClock):
    """Shows the story's time on messages, while Discord's three seconds last three seconds."""

    def __init__(self, story: SandboxClock) -> None:
        super().__init__()
        self._story = story

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as the bot has them."""
        return self._story.now_ms()


class Stage:
    """The stand-ins, the people and the bot."""

    def __init__(
        self, clock: StoryClock, discord: DiscordStandIn, vendor: DashScopeStandIn, guild: Guild, config: Config
    ) -> None:
        self.clock = clock
        self.discord = discord
        self.vendor = vendor
        self.guild = guild
        self._config = config
        self._stop = asyncio.Event()
        self._bot: asyncio.Task[None] | None = None

    @property
    def database(self) -> Path:
        return self._config.storage.file

    def actor(self, name: str) -> Actor:
        """Return one of the people."""
        return self.discord.member(name, self.guild)

    def names(self) -> dict[int, str]:
        """Return everybody's name by Discord's id."""
        return {member.user.id: member.user.name for member in self.guild.members.values()}

    async def start_bot(self) -> None:
        """Start the bot and wait until it is connected."""
        self._stop.clear()
        self._bot = asyncio.create_task(app.run(self._config, self.clock, stop=self._stop), name="bot")
        await self.until(lambda: self.discord.connected, "the bot connects to Discord")

    async def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does, and wait until it has ended."""
        bot, self._bot = self._bot, None
        self._stop.set()
        if bot is not None:
            await bot

    async def until(self, predicate: Callable[[], object], what: str) -> None:
        """Wait until something holds of Discord's world.

        Raises:
            StoryFailed: if it does not come to hold, or the bot ends before.
        """
        await self.wait(self.discord.until(predicate, timeout_s=PATIENCE_S), what)

    async def wait(self, awaitable: Awaitable[_T], what: str) -> _T:
        """Wait for something as long as the bot lives and patience lasts.

        Raises:
            StoryFailed: if it does not come, or the bot ends before.
        """
        waiting = asyncio.ensure_future(awaitable)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.wait([waiting, *([self._bot] if self._bot else [])], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise StoryFailed(f"the bot ended before this happened: {what}{_reason(self._bot)}")
            return await waiting
        except TimeoutError:
            raise StoryFailed(f"this did not happen within {PATIENCE_S} seconds: {what}") from None
        finally:
            waiting.cancel()


def _reason(bot: "asyncio.Task[None] | None") -> str:
    error = bot.exception() if bot is not None and not bot.cancelled() else None
    return f" ({type(error).__name__}: {error})" if error else ""


@asynccontextmanager
async def open_stage(folder: Path) -> AsyncGenerator[Stage]:
    """Open everything on loopback, start the bot, and take all down again."""
    clock = StoryClock()
    async with DiscordStandIn(clock=DiscordClock(clock)) as discord, DashScopeStandIn(clock=clock) as vendor:
        tier = vendor.free_tiers[MODEL]
        tier.used = tier.images - VENDOR_FREE_LEFT
        # Of the editing model the operator assumes none.
        vendor.free_tiers[EDITING_MODEL].used = vendor.free_tiers[EDITING_MODEL].images
        guild = discord.add_guild("Studio", owner=discord.application_owner)
        guild.add_role("Moderator", permissions=Permission.MANAGE_MESSAGES)
        for name, locale in PEOPLE.items():
            guild.add_member(name, locale=locale, roles=["Moderator"] if name == MODERATOR else [])
        stage = Stage(clock, discord, vendor, guild, _config(discord, vendor, folder, clock))
        try:
            await stage.start_bot()
            yield stage
        except BaseException:
            # What went wrong first is told; that the bot then ends badly too is not.
            with contextlib.suppress(Exception):
                await stage.stop_bot()
            raise
        else:
            await stage.stop_bot()


def _config(discord: DiscordStandIn, vendor: DashScopeStandIn, folder: Path, clock: StoryClock) -> Config:
    tier = vendor.free_tiers[MODEL]
    return Config.model_validate(
        {
            "discord": {
                "token": discord.token,
                "api_url": discord.api_url,
                "gateway_url": discord.gateway_url,
                "attachment_hosts": [discord.cdn_host],
            },
            "dashscope": {
                "api_key": "sk-sandbox",
                "base_url": vendor.base_url,
                "result_hosts": [vendor.result_host],
            },
            "storage": {"database": str(folder / "imagine.db"), "images": folder / "images"},
            "quota": {"free_images": FREE_IMAGES, "budget": BUDGET_CNY},
            "models": {
                MODEL: {
                    "free_tier": tier.images,
                    "free_tier_started": clock.now.date(),
                    "free_tier_used": tier.used,
                }
            },
        }
    )
