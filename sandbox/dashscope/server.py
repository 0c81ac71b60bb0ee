"""The stand-in over real sockets: the API on one port of the loopback, the result images on another."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from email.utils import formatdate
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.ports import Clock
from sandbox.dashscope.account import Account
from sandbox.dashscope.clock import VendorClock
from sandbox.dashscope.models import DEFAULT_MODELS, StandInModel
from sandbox.dashscope.pictures.drawing import draw
from sandbox.dashscope.requestlog import LoggedRequest, RequestLog
from sandbox.dashscope.results import ResultStore
from sandbox.dashscope.routes import LARGEST_BODIES, ApiRoutes, say_no
from sandbox.faults import FaultScript

_HOST = "127.0.0.1"


class DashScopeStandIn(Account):
    """An `Account` that is served; enter it with ``async with``.

    Args:
        clock: all time comes from it.
        api_key: the only key that is let in.
        models: instead of `DEFAULT_MODELS`.
        port: of the API; 0 for any that is free.
        service_s: the least and the most seconds of work for a task.
        rewrite_s: the same for what ``prompt_extend`` adds (the vendor's page: 3-4 s).
        draw: makes the pictures; another is cheaper where nobody looks at them.

    Attributes:
        faults: what goes wrong on the way; operations create, call, text, query, list, cancel, models, bill
            and result.
        dates_off_s: by how many seconds the next answers' Date is wrong, as by the clock of a proxy; used up in order.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        api_key: str = "sk-sandbox",
        models: Iterable[StandInModel] | None = None,
        port: int = 0,
        service_s: tuple[float, float] = (8.0, 20.0),
        rewrite_s: tuple[float, float] = (3.0, 4.0),
        draw: Callable[..., bytes] = draw,
    ) -> None:
        self._time = VendorClock(clock)
        self._results = ResultStore(self._time, draw)
        super().__init__(
            self._time,
            DEFAULT_MODELS if models is None else models,
            service_s=service_s,
            rewrite_s=rewrite_s,
            new_image=self._results.new_image,
        )
        self.faults = FaultScript(clock)
        self.dates_off_s: deque[float] = deque()
        self._log = RequestLog(clock, self.tell)
        self._port = port
        self._routes = ApiRoutes(self, self._time, api_key)
        self._runners: list[web.AppRunner] = []

    @property
    def base_url(self) -> str:
        """What a client is configured with; ends in ``/api/v1``."""
        return f"http://{_HOST}:{self._port}/api/v1"

    @property
    def result_host(self) -> str:
        """``host:port`` of the result URLs."""
        return self._results.host

    @property
    def ahead_s(self) -> float:
        """Seconds that the vendor's clock is ahead of the given one; see `VendorClock`."""
        return self._time.ahead_s

    @ahead_s.setter
    def ahead_s(self, seconds: float) -> None:
        self._time.ahead_s = seconds

    @property
    def requests(self) -> list[LoggedRequest]:
        """Every request to either port, in the order of the answers."""
        return self._log.entries

    @property
    def tricky_signatures(self) -> bool:
        """Whether the signature of each result URL holds both ``+`` and ``/`` (they do by default)."""
        return self._results.tricky_signatures

    @tricky_signatures.setter
    def tricky_signatures(self, tricky: bool) -> None:
        self._results.tricky_signatures = tricky

    @property
    def image_bytes_override(self) -> bytes | None:
        """What is served instead of every image, unless the task's outcome says otherwise."""
        return self._results.image_bytes_override

    @image_bytes_override.setter
    def image_bytes_override(self, body: bytes | None) -> None:
        self._results.image_bytes_override = body

    async def __aenter__(self) -> Self:
        api = web.Application(
            client_max_size=max(LARGEST_BODIES.values()),
            middlewares=[self._dated, self._log.middleware, self.faults.middleware, say_no],
        )
        self._routes.add_to(api)
        store = web.Application(middlewares=[self._dated, self._log.middleware, self.faults.middleware])
        self._results.add_to(store)
        self._port = await self._serve(api, self._port)
        self._results.host = f"{_HOST}:{await self._serve(store, 0)}"
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for runner in self._runners:
            await runner.cleanup()
        await self._lanes.close()

    async def _serve(self, app: web.Application, port: int) -> int:
        # A request that a gate or a fault holds must not hold up the end of a test.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        await web.TCPSite(runner, _HOST, port).start()
        return runner.addresses[0][1]

    @web.middleware
    async def _dated(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if not response.prepared:
            # The vendor's own time, by which a client finds the window of its task list.
            off_s = self.dates_off_s.popleft() if self.dates_off_s else 0
            response.headers.setdefault("Date", formatdate(self._clock.now_ms() / 1000 + off_s, usegmt=True))
        return response
