"""In which servers the bot is: by the gateway's word, and of those that it does not name by asking.

Asked for are servers that jobs wait for, and those in which sets of pictures are kept.
"""

import asyncio
import contextlib
import logging
from functools import partial

import discord

from bot.errors import StorageUnavailable
from bot.ports import Clock
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S
from bot.service.kit.alarm import Alarm
from bot.service.kit.supervisor import one_by_one
from bot.service.kit.waiting import wait_for
from bot.service.servers.departures import Departures

log = logging.getLogger(__name__)

LOOK_EVERY_S = 180.0
"""The gateway's word may have come while storage was out, or Discord could not be asked."""

START_WITHIN_S = 20.0

OUTSIDE = frozenset({(404, 10004), (403, 50001)})
"""Unknown guild, missing access: what a bot is told of a server that it is not in."""


class Presence:
    """Finds servers that the bot was removed from, also while it was away.

    A server in an outage is one that the gateway names, and only calls unavailable: nothing follows from that.
    """

    def __init__(self, *, client: discord.Client, departures: Departures, clock: Clock, alarm: Alarm) -> None:
        self._client = client
        self._departures = departures
        self._clock = clock
        self._alarm = alarm
        self._woken = asyncio.Event()

    def look_again(self) -> None:
        """Look now: Discord is back, or the bot was put into a server or out of one."""
        self._woken.set()

    async def ask_before_start(self) -> None:
        """Ask for the servers that jobs wait for: the bot may have been removed while it was away.

        The gateway tells of its servers only when jobs are claimed already. Where Discord does not answer soon, nothing
        waits for it.
        """
        with contextlib.suppress(TimeoutError, StorageUnavailable):
            async with self._clock.timeout(START_WITHIN_S):
                await self._ask_for(await self._departures.missing(set()))

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self._woken.clear()
            async with self._alarm.watching("looking at which servers the bot is in"):
                await self._look()
            await wait_for(self._woken, LOOK_EVERY_S, self._clock)

    async def _look(self) -> None:
        # Before READY nobody has told which servers there are.
        if not self._client.is_ready():
            return
        present = {guild.id for guild in self._client.guilds}
        await self._ask_for(await self._departures.missing(present))
        # Nothing is drawn by those alone, so that nobody has to ask before a start.
        await self._ask_for(await self._departures.missing_with_sets(present))

    async def _ask_for(self, missing: set[int]) -> None:
        await one_by_one((f"asking for server {one}", partial(self._ask, one)) for one in missing)

    async def _ask(self, server_id: int) -> None:
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await self._client.fetch_guild(server_id, with_counts=False)
        except Exception as error:  # noqa: BLE001 - a cut connection too: nothing follows but from Discord's own word
            is_out = isinstance(error, discord.HTTPException) and (error.status, error.code) in OUTSIDE
            log.info(
                "server %s: %s: %s", server_id, "the bot is out" if is_out else "whether the bot is in", briefly(error)
            )
            if is_out:
                await self._departures.left(server_id)
