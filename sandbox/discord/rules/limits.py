"""Rate limits by bucket (topics/rate-limits.mdx).

Interaction callbacks are exempt. The numbers are not documented ("should not be hard coded"); those below are what
staff named for webhooks (discord-api-docs #367, #6753) and what headers showed for channels.
"""

import math
from dataclasses import dataclass

from aiohttp import web

from bot.ports import Clock
from sandbox.discord.rules.errors import ApiError


@dataclass(frozen=True)
class Rule:
    """``limit`` requests in ``window_s`` seconds for each value of the path parameter ``key``."""

    bucket: str
    limit: int
    window_s: float
    key: str


_WEBHOOKS = Rule("webhooks", 5, 2.0, "webhook_token")

_RULES: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "get_original",
            "edit_original",
            "delete_original",
            "followup",
            "get_followup",
            "edit_followup",
            "delete_followup",
        ),
        _WEBHOOKS,
    ),
    "create_message": Rule("create_message", 5, 5.0, "channel_id"),
    "edit_message": Rule("edit_message", 5, 5.0, "channel_id"),
    "delete_message": Rule("delete_message", 5, 5.0, "channel_id"),
    "get_messages": Rule("get_messages", 5, 5.0, "channel_id"),
}


@dataclass
class _Window:
    ends_s: float
    left: int


class RateLimits:
    """Counts requests in windows of the shared clock. ``enabled`` False lets everything through, unlabelled.

    Args:
        clock: the shared one.
        pace: how many times as fast as ``clock`` the bot's time goes. Windows end so many times sooner: what the bot
            spreads over its own seconds is limited as it would be by Discord.
    """

    def __init__(self, clock: Clock, pace: float = 1.0) -> None:
        self._clock = clock
        self._pace = pace
        self._windows: dict[tuple[str, str], _Window] = {}
        self.enabled = True

    def take(self, operation: str | None, request: web.Request) -> dict[str, str]:
        """Count one request.

        Returns:
            The X-RateLimit headers of its answer.

        Raises:
            ApiError: 429, with ``retry_after`` in seconds.
        """
        rule = _RULES.get(operation or "")
        if rule is None or not self.enabled:
            return {}
        now = self._clock.monotonic()
        place = (rule.bucket, request.match_info[rule.key])
        window = self._windows.get(place)
        if window is None or now >= window.ends_s:
            window = self._windows[place] = _Window(now + rule.window_s / self._pace, rule.limit)
        window.left -= 1
        wait_s = window.ends_s - now
        headers = {
            "X-RateLimit-Limit": str(rule.limit),
            "X-RateLimit-Remaining": str(max(window.left, 0)),
            "X-RateLimit-Reset": f"{self._clock.now_ms() / 1000 + wait_s:.3f}",
            "X-RateLimit-Reset-After": f"{wait_s:.3f}",
            "X-RateLimit-Bucket": rule.bucket,
        }
        if window.left < 0:
            raise too_many(wait_s, headers)
        return headers


def too_many(wait_s: float, headers: dict[str, str], *, code: int = 0, message: str | None = None) -> ApiError:
    """A 429. The answers that do not come from Discord's edge lack ``Via``, and discord.py goes by that."""
    words = message or "You are being rate limited."
    error = ApiError(429, code, words, retry_after=round(wait_s, 3), **{"global": False})
    error.headers = {
        **headers,
        "Retry-After": str(math.ceil(wait_s)),
        "X-RateLimit-Scope": "user",
        "Via": "1.1 google",
    }
    return error
