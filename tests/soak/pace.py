"""Time that runs fast for everybody in a soak: the bot, the libraries in its process, the vendor, and Discord."""

import asyncio
import selectors

from sandbox.clock import SandboxClock
from tests.crash.clock import SharedClock

SCALE = 40
"""How fast. The bot's shortest time limit that a healthy run must keep, 15 s for one call, is then 0.4 s of a busy
machine's."""

PATIENCE = 5
"""How much longer than it is Discord waits: 15 s for a callback instead of three.

The machine's own work does not go faster with the clock. It may be this much and no more: the bot takes for granted
that a callback which it has waited for in vain for 15 s can't be taken any more.
"""


class FastSelector(selectors.DefaultSelector):
    """Waits for sockets; its time limits are seconds of fast time."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout / SCALE if timeout and timeout > 0 else timeout)


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose every second is a second of fast time: also those that aiohttp and discord.py wait for."""

    def __init__(self) -> None:
        super().__init__(FastSelector())

    def time(self) -> float:
        return super().time() * SCALE


class LoopClock:
    """The shared time, for a program on a `FastLoop`."""

    def __init__(self, birth: str) -> None:
        self._shared = SharedClock.born(birth)

    def now_ms(self) -> int:
        return self._shared.now_ms()

    def monotonic(self) -> float:
        return self._shared.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        return asyncio.timeout(seconds)


class PatientClock(SandboxClock):
    """Discord's: it agrees with the others on what time it is, and lets `PATIENCE` times as long pass for any delay."""

    def __init__(self) -> None:
        super().__init__(scale=SCALE / PATIENCE)

    def now_ms(self) -> int:
        return self._born_wall_ms + int(self.monotonic() * PATIENCE * 1000)
