"""discord.py's heartbeat on the loop's time: the library's own is a thread that sleeps by the wall's clock."""

import asyncio
import logging
from typing import Any

import discord.gateway

log = logging.getLogger(__name__)


class TaskHeart(discord.gateway.KeepAliveHandler):
    """Beats as `discord.gateway.KeepAliveHandler` does, in a task of the process that it belongs to."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Discord asks for 41 s, and the library gives up after 60: the same for a longer beat, which costs less.
        self.heartbeat_timeout = self.ws._max_heartbeat_timeout = max(60.0, 1.5 * (self.interval or 0))
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._beating = asyncio.get_running_loop().create_task(self._beat_on(), name=f"heart-{self.shard_id}")

    def stop(self) -> None:
        super().stop()
        if self._beating is not None and self._beating is not asyncio.current_task():
            self._beating.cancel()

    async def _beat_on(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stop_ev.is_set():
            await asyncio.sleep(self.interval or 0)
            if self._last_recv + self.heartbeat_timeout < loop.time():
                log.warning("shard %s has stopped responding to the gateway", self.shard_id)
                await self.ws.close(4000)
                self.stop()
                return
            try:
                await self.ws.send_heartbeat(self.get_payload())
            except Exception:  # noqa: BLE001 - as in the library: whatever it is, the shard will notice
                self.stop()
            else:
                self._last_send = loop.time()
