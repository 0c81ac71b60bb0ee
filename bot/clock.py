"""The wall's clock."""

import asyncio
import time
from contextlib import AbstractAsyncContextManager


class SystemClock:
    """Satisfies ``bot.ports.Clock`` by the operating system's clocks."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds``."""
        await asyncio.sleep(seconds)

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Cancel the body and raise TimeoutError after ``seconds``."""
        return asyncio.timeout(seconds)
