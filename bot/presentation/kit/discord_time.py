"""Discord's own time, by which tokens of interactions live and die: this machine's clock may be set at any moment."""

import discord

from bot.domain.time.moments import http_date_ms
from bot.ports import Clock
from bot.presentation.kit.limits import TOKEN_LIVES_MS


class DiscordTime:
    """Follows Discord's clock: told by the newest answer, carried on by this machine's monotonic clock.

    A machine that slept falls behind until the next answer, and then takes a dead token for a living one: Discord says
    so when it is tried.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[int, float] | None = None

    def hear(self, status: int, date: str) -> None:
        """Take note of the status and the ``Date`` of an answer; those of troubles may be some proxy's."""
        told_ms = http_date_ms(date) if status < 500 else None
        if told_ms is not None:
            self._told = (told_ms, self._clock.monotonic())

    def now_ms(self) -> int:
        """Return Discord's time to a second, in milliseconds since the epoch; until it has answered, this machine's."""
        if self._told is None:
            return self._clock.now_ms()
        told_ms, heard_s = self._told
        return told_ms + int((self._clock.monotonic() - heard_s) * 1000)

    def serves(self, token: str, expires_ms: int) -> bool:
        """Whether an interaction's token still serves; see `token_end_ms`."""
        return bool(token) and self.now_ms() < expires_ms


def token_end_ms(interaction_id: int) -> int:
    """Return when an interaction's token ends by Discord's time, which its id tells."""
    return int(discord.utils.snowflake_time(interaction_id).timestamp() * 1000) + TOKEN_LIVES_MS
