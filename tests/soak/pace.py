"""Time that runs fast for everybody in a soak: the bot, the libraries in its process, the vendor, and Discord."""

import asyncio
import selectors
from pathlib import Path

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


class Wall:
    """By how much the wall clock of the bot's machine is off; kept in a file, so that it can be set while it runs.

    Attributes:
        ahead_ms: milliseconds.
    """

    SIZE = 8

    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            file.write_bytes(bytes(self.SIZE))
        self._opened = file.open("r+b", buffering=0)

    @property
    def ahead_ms(self) -> int:
        self._opened.seek(0)
        return int.from_bytes(self._opened.read(self.SIZE) or b"", "little", signed=True)

    @ahead_ms.setter
    def ahead_ms(self, ahead_ms: int) -> None:
        self._opened.seek(0)
        self._opened.write(ahead_ms.to_bytes(self.SIZE, "little", signed=True))

    def close(self) -> None:
        self._opened.close()


class LoopClock:
    """The shared time as the bot's machine shows it, for a program on a `FastLoop`."""

    def __init__(self, birth: str, wall: Wall) -> None:
        self._shared = SharedClock.born(birth)
        self._wall = wall

    def now_ms(self) -> int:
        return self._shared.now_ms() + self._wall.ahead_ms

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
