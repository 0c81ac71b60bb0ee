"""Time."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Clock(Protocol):
    """Where time comes from. Injected everywhere, so that tests can move it."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC: for what is stored and shown."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards: for pacing and schedules."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        ...

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Return what cancels its body and raises TimeoutError after ``seconds``."""
        ...
