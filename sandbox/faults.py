"""Scripted faults, shared by both stand-ins.

An *operation* is the name of an aiohttp route (``"create"``, ``"edit_original"``, ...). A fault is taken by the next
matching request; a gate holds one request until the test opens it.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from bot.ports import Clock

When = Literal["before", "after"]
"""``before``: the request has had no effect. ``after``: its effect stands, but the caller does not learn of it."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    With ``when="after"`` the stand-in first does what was asked, then answers (or cuts) as the fault says.

    Attributes:
        status: the HTTP status to answer with; None answers as if nothing was wrong (for a mere delay).
        body: the raw body to answer with.
        content_type: the exact Content-Type header; Discord's REST needs ``application/json`` without charset.
        headers: further headers.
        delay_s: seconds of the sandbox clock to wait before anything else; with ``when="after"`` between effect and
            answer.
        cut: close the connection without an answer.
        truncate_to: send only this many bytes of the true answer, under its true length, then close.
        when: see `When`.
    """

    status: int | None = None
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    delay_s: float = 0.0
    cut: bool = False
    truncate_to: int | None = None
    when: When = "before"


@dataclass
class Gate:
    """Holds one request: ``reached`` is set once it has come, ``ended`` once it is over; `open` lets it go on."""

    when: When
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        self._opened.set()

    async def hold(self) -> None:
        self.reached.set()
        await self._opened.wait()


@dataclass
class _Planned:
    operation: str
    what: Fault | Gate
    times: int
    matches: Callable[[web.Request], bool]


@dataclass
class Weather:
    """Random faults: each request meets, with the same chance, one of the faults of its operation.

    The dice fall in the order in which requests come, which is not in the seed: the same seed gives the same weather,
    not the same run.

    Attributes:
        chance: of each request, 0 to 1.
        faults: by operation, each as likely as the others of its list; what is not named meets none.
        dice: where the randomness comes from.
        passed: how many requests were exposed to it, by operation.
        struck: how many of them met a fault.
    """

    chance: float
    faults: Mapping[str, Sequence[Fault]]
    dice: random.Random
    passed: Counter[str] = field(default_factory=Counter[str])
    struck: Counter[str] = field(default_factory=Counter[str])

    def strike(self, operation: str) -> Fault | None:
        """Throw the dice for one request."""
        if operation not in self.faults:
            return None
        self.passed[operation] += 1
        if self.dice.random() >= self.chance:
            return None
        self.struck[operation] += 1
        return self.dice.choice(self.faults[operation])


class FaultScript:
    """The faults still to come, in the order in which they were added, and a middleware that plays them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._planned: list[_Planned] = []
        self._weather: Weather | None = None
        self._outage: Fault | None = None
        self._spared: frozenset[str] = frozenset()

    def add(
        self,
        operation: str,
        fault: Fault,
        *,
        times: int = 1,
        matches: Callable[[web.Request], bool] = lambda _: True,
    ) -> None:
        """Plan ``fault`` for the next ``times`` requests of ``operation``."""
        self._planned.append(_Planned(operation, fault, times, matches))

    def gate(
        self, operation: str, *, when: When = "before", matches: Callable[[web.Request], bool] = lambda _: True
    ) -> Gate:
        """Hold the next request of ``operation``, before or after it takes effect."""
        gate = Gate(when)
        self._planned.append(_Planned(operation, gate, 1, matches))
        return gate

    def weather(self, chance: float, faults: Mapping[str, Sequence[Fault]], *, seed: int) -> Weather:
        """Plan random faults from now on for requests that meet nothing planned; see `Weather`."""
        self._weather = Weather(chance, faults, random.Random(seed))
        return self._weather

    def outage(self, fault: Fault, *, spares: Iterable[str] = ()) -> None:
        """Have every request meet ``fault`` from now on, whatever is planned; see `clear`.

        Args:
            fault: which.
            spares: operations that are served all the same.
        """
        self._outage, self._spared = fault, frozenset(spares)

    def clear(self) -> None:
        """Forget what is still planned, and let the weather clear and an outage end."""
        self._outage = None
        self._planned.clear()
        self._weather = None

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        what = self._take(request)
        if what is None:
            return await handler(request)
        if isinstance(what, Gate):
            return await _through(what, request, handler)
        if what.when == "before" and what.delay_s:
            await _take_in(request)
            await self._clock.sleep(what.delay_s)
        answer = await handler(request) if what.when == "after" or _answers_truly(what) else None
        if what.when == "after":
            await self._clock.sleep(what.delay_s)
        if what.cut:
            return _cut(request)
        if what.truncate_to is not None and isinstance(answer, web.Response):
            return await _truncated(request, answer, what.truncate_to)
        if what.status is None:
            return answer if answer is not None else await handler(request)
        headers = {"Content-Type": what.content_type, **what.headers}
        return web.Response(status=what.status, body=what.body, headers=headers)

    def _take(self, request: web.Request) -> Fault | Gate | None:
        operation = request.match_info.route.name
        if self._outage is not None and operation not in self._spared:
            return self._outage
        for planned in self._planned:
            if planned.operation == operation and planned.matches(request):
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned.what
        return self._weather.strike(operation or "") if self._weather else None


def _answers_truly(fault: Fault) -> bool:
    return fault.truncate_to is not None


async def _through(
    gate: Gate, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        if gate.when == "before":
            await _take_in(request)
            await gate.hold()
            return await handler(request)
        answer = await handler(request)
        await gate.hold()
        return answer
    finally:
        gate.ended.set()


async def _take_in(request: web.Request) -> None:
    """Read the whole request first: a server that is slow goes on with it though the caller has gone."""
    if request.content_type != "multipart/form-data":
        await request.read()


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    # aiohttp wants an answer; nobody is there to read it.
    return web.Response(status=500)


async def _truncated(request: web.Request, answer: web.Response, size_bytes: int) -> web.StreamResponse:
    body = answer.body if isinstance(answer.body, bytes) else b""
    stream = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
    stream.content_length = len(body)
    await stream.prepare(request)
    await stream.write(body[:size_bytes])
    if request.transport is not None:
        request.transport.close()
    return stream
