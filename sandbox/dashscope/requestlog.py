"""What was asked of the stand-in, for tests: without secrets."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.ports import Clock


@dataclass(frozen=True)
class LoggedRequest:
    """One request that was answered, or cut off.

    Attributes:
        operation: the route's name, one of those that `DashScopeStandIn.faults` knows; empty for any other path.
        method: the verb.
        path: without the query, whose signature is a secret for a day.
        status: of the answer; None if the connection was cut first.
        headers: with the Authorization's value hidden; names in lower case.
        at_ms: when it came, milliseconds since the epoch.
    """

    operation: str
    method: str
    path: str
    status: int | None
    headers: dict[str, str]
    at_ms: int


class RequestLog:
    """Notes every request in the order of the answers."""

    def __init__(self, clock: Clock, noted: Callable[[], None]) -> None:
        self.entries: list[LoggedRequest] = []
        self._clock = clock
        self._noted = noted

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        at_ms = self._clock.now_ms()
        answer = await handler(request)
        cut = request.transport is None or request.transport.is_closing()
        self.entries.append(
            LoggedRequest(
                operation=request.match_info.route.name or "",
                method=request.method,
                path=request.path,
                status=None if cut else answer.status,
                headers=_without_secret(request),
                at_ms=at_ms,
            )
        )
        self._noted()
        return answer


def _without_secret(request: web.Request) -> dict[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if "authorization" in headers:
        headers["authorization"] = headers["authorization"].partition(" ")[0] + " ***"
    return headers
