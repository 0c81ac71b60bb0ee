"""Waiting for what may come, and no longer than for a while."""

import asyncio
import contextlib

from bot.ports import Clock


async def wait_for(event: asyncio.Event, most_s: float, clock: Clock) -> None:
    """Return once ``event`` is set, or ``most_s`` seconds have passed: whatever waits is looked at again by itself."""
    with contextlib.suppress(TimeoutError):
        async with clock.timeout(most_s):
            await event.wait()
