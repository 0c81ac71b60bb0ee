"""The bot as a process: what is started within it belongs to it, and a kill ends all of that between two callbacks.

A kill runs no ``finally`` and no ``except`` of the dead: its callbacks are never called again, its tasks never resumed
or let go of. The operating system's part is done for it: connections are reset, locks are dropped, and the files
stay as they were.
"""

import asyncio
import contextvars
import math
from collections.abc import Callable, Coroutine
from typing import Any

from simulation.machine.loop import LIFE, NAMELESS, Task, VirtualLoop
from simulation.machine.storage import Disk

MAIN = "main"
"""The task that a process begins with."""

THREAD_S = 0.001
"""Between two looks at whether the threads of a process have done what they were given."""


class Process:
    """One life of the bot, from its start to its end or its kill.

    Attributes:
        ran: how many of its callbacks have run.
        dies_at: before which of them it is killed; None: not by count.
        is_over: whether it has ended or was killed.
        began_s: when it was started.
        ended_s: when it was over; infinite so far.
        ended: set when it is over.
        error: what it ended with, if it failed.
        left: what it had not ended itself when it ended in an orderly way: tasks and connections, by name.
        stop: set it to end it as SIGTERM does.
    """

    def __init__(self, loop: VirtualLoop, disk: Disk, *, dies_at: int | None = None) -> None:
        self.ran = 0
        self.dies_at = dies_at
        self.is_over = self.was_killed = False
        self.began_s = loop.time()
        self.ended_s = math.inf
        self.ended = asyncio.Event()
        self.error: BaseException | None = None
        self.left: list[str] = []
        self.stop = asyncio.Event()
        self._loop = loop
        self._disk = disk
        self._kept: list[Task[Any]] = []

    def start(self, main: Callable[["Process"], Coroutine[Any, Any, None]]) -> None:
        """Begin with ``main``."""
        context = contextvars.copy_context()
        context.run(LIFE.set, self)
        running = context.run(self._loop.create_task, self._run(main), name=MAIN)
        running.add_done_callback(self._end, context=contextvars.copy_context())

    def tasks(self) -> list[Task[Any]]:
        """Return what of it goes on, in the order in which it began."""
        own = [task for task in asyncio.all_tasks(self._loop) if isinstance(task, Task) and task.life is self]
        return sorted(own, key=hash)

    def holds(self) -> list[str]:
        """Return the names of its tasks and of its open connections; its main task is always there."""
        tasks = [_name(task) for task in self.tasks() if task.get_name() != MAIN]
        places = [f"connection with {name}" for name in self._loop.network.reached_by(self)]
        return [*tasks, *places, *self._disk.opened_by(self)]

    def steps(self) -> bool:
        """Whether it may run one more callback; the loop asks before each."""
        if self.is_over:
            return False
        if self.ran == self.dies_at:
            self.kill()
            return False
        self.ran += 1
        return True

    def die_within(self, callbacks: int) -> None:
        """Be killed before one of the next so many callbacks."""
        self.dies_at = self.ran + self._loop.dice.randrange(callbacks)

    def kill(self) -> None:
        """End it as SIGKILL does; safe to call again."""
        if not self.is_over:
            self.was_killed = True
            self._disk.crash(self)
            self._vanish()

    async def _run(self, main: Callable[["Process"], Coroutine[Any, Any, None]]) -> None:
        """Run ``main`` as ``asyncio.run`` does, which cancels what is left of it and waits for that."""
        try:
            await main(self)
        finally:
            self.left = self.holds()
            rest = [task for task in self.tasks() if task is not asyncio.current_task()]
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            while self._loop.working[self]:  # noqa: ASYNC110 - a thread wakes nobody
                await asyncio.sleep(THREAD_S)

    def _end(self, running: "asyncio.Task[None]") -> None:
        if not self.is_over:
            self.error = None if running.cancelled() else running.exception()
            self._vanish()

    def _vanish(self) -> None:
        self.is_over = True
        self.ended_s = self._loop.time()
        # What was done and nobody had asked after yet is not to be collected either, as it would say so.
        self._kept = [task for task in Task.made if task.life is self]
        self._disk.let_go(self)
        self._loop.network.drop(self)
        self.ended.set()


def _name(task: Task[Any]) -> str:
    coro = task.get_coro()
    # The loop counts those that nobody named.
    return task.get_name() if not task.get_name().startswith(NAMELESS) else getattr(coro, "__qualname__", str(coro))
