"""An event loop without a selector, sockets, threads or the wall's clock: time passes when nothing else can be done.

What asyncio promises, holds: callbacks that are ready run in the order in which they became ready, and a timer never
fires early. Libraries rely on that, so nothing here breaks it. The seed decides what asyncio leaves open or the world
decides: which of several timers that are due at the same instant fires first, how long what an executor runs takes
to begin and to be heard of, and (in ``network``) when bytes arrive. Two tasks that wait for such things are thereby
woken in every order there is.

Every callback belongs to the process whose context it has (see ``process``). That of a dead process is never run, and
kept: were it let go, the garbage collector would close coroutines and so run their ``finally`` blocks.
"""

import asyncio
import heapq
import itertools
import random
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from simulation.machine.network import Network

T = TypeVar("T")
Work = Generator[Any, None, T] | Coroutine[Any, Any, T]

NAMELESS = "task-"
HOPS_S = (0.0001, 0.002)
"""Of a thread on a machine that has nothing else to do."""


class Life(Protocol):
    """A process as the loop sees it."""

    def steps(self) -> bool:
        """Whether it may run one more callback; False from its death on."""
        ...


LIFE: ContextVar[Life | None] = ContextVar("life", default=None)
"""Whose code is running; None: the world's."""


class Stuck(Exception):
    """Nothing is ready, and no timer will ever be due."""


class Task(asyncio.Task[T]):
    """A task that knows whose it is, and whose place in a set does not depend on its address in memory.

    Attributes:
        made: all that somebody still refers to.
    """

    made: ClassVar["WeakSet[Task[Any]]"] = WeakSet()

    def __init__(self, coro: Work[T], *, number: int, **options: Any) -> None:
        context = options.get("context")
        self.life = LIFE.get() if context is None else context.get(LIFE)
        self._number = number
        super().__init__(coro, **options)
        Task.made.add(self)

    def __hash__(self) -> int:
        return self._number


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop of one run.

    Attributes:
        dice: decide what is left open.
        remains: what dead processes would still have done.
        network: where connections are made.
        hops_s: the least and the most seconds that a way to a thread takes, and one back.
        steps: how many callbacks have run.
        working: how many executor's threads of a process have not begun yet what they are to do.
    """

    # BaseEventLoop's own: what is ready, and whether it is to end.
    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self, dice: random.Random, network: "Network") -> None:
        super().__init__()
        self.dice = dice
        self.network = network
        network.loop = self
        self.remains: list[asyncio.Handle] = []
        self.steps = 0
        self.working: Counter[Life | None] = Counter()
        self.hops_s = HOPS_S
        self._now_s = 0.0
        self._timers: list[tuple[float, float, int, asyncio.TimerHandle]] = []
        self._order = itertools.count()
        self._tasks = itertools.count()
        self.set_task_factory(self._make_task)

    # -- time

    def time(self) -> float:
        """Return the seconds that have passed since the beginning."""
        return self._now_s

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        # Which of two timers for the same instant comes first, asyncio leaves open.
        heapq.heappush(self._timers, (when, self.dice.random(), next(self._order), timer))
        return timer

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def _run_once(self) -> None:
        """Run what is ready; if nothing is, let time pass until something is."""
        self._wake()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if handle._cancelled:
                continue
            life = handle._context.get(LIFE)
            if life is not None and not life.steps():
                self.remains.append(handle)
                continue
            self.steps += 1
            handle._run()

    def _wake(self) -> None:
        timers = self._timers
        while timers and (timers[0][0] <= self._now_s or not self._ready):
            when, _, _, timer = heapq.heappop(timers)
            if not timer._cancelled:
                self._now_s = max(self._now_s, when)
                self._ready.append(timer)
        if not self._ready and not self._stopping:
            raise Stuck

    def _make_task(self, _: asyncio.AbstractEventLoop, coro: Work[T], **options: Any) -> Task[T]:
        number = next(self._tasks)
        # asyncio counts those without a name through all loops of the Python process.
        options["name"] = options.get("name") or f"{NAMELESS}{number}"
        return Task(coro, number=number, loop=self, **options)

    # -- threads

    def hop_s(self) -> float:
        """Return the seconds until a thread begins, or until somebody hears of it."""
        return self.dice.uniform(*self.hops_s)

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":
        """Run ``func`` in this thread, at a later point of the seed's choosing."""
        life = LIFE.get()
        self.working[life] += 1

        def work() -> T:
            self.working[life] -= 1
            return func(*args)

        return self.hop(work, self._now_s + self.hop_s())

    def hop(self, func: Callable[[], T], at_s: float) -> "asyncio.Future[T]":
        """Run ``func`` at ``at_s`` as another thread would; whoever waits hears of it later still."""
        heard = self.create_future()

        def run() -> None:
            try:
                result = func()
            except Exception as error:  # noqa: BLE001 - whatever it is, the one who waits is told
                self.call_later(self.hop_s(), _tell, heard, heard.set_exception, error)
            else:
                self.call_later(self.hop_s(), _tell, heard, heard.set_result, result)

        self.call_at(at_s, run)
        return heard

    def call_soon_threadsafe(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> Any:
        # There is one thread.
        return self.call_soon(callback, *args, context=context)

    async def subprocess_exec(self, *_: Any, **__: Any) -> Any:
        raise OSError("no other program is installed here")

    # -- the network

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        return self.network.listen(protocol_factory, host, port)

    async def sock_connect(self, sock: Any, address: Any) -> None:
        await self.network.connect(sock, address)

    async def create_connection(self, protocol_factory: Any, *_: Any, sock: Any = None, **__: Any) -> Any:
        return self.network.attach(protocol_factory, sock)


def _tell(heard: "asyncio.Future[T]", say: Callable[[Any], None], what: object) -> None:
    if not heard.done():
        say(what)
