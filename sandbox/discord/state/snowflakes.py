"""Snowflakes: ids that carry the time at which they were made."""

from bot.ports import Clock

DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first second of 2015 (reference.mdx "Snowflakes")."""


class Snowflakes:
    """Makes ids in ascending order, from the shared clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """A new id; its upper 42 bits are the milliseconds since Discord's epoch."""
        by_time = (self._clock.now_ms() - DISCORD_EPOCH_MS) << 22
        self._last = max(self._last + 1, by_time)
        return self._last
