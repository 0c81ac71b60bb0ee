"""The bot as a process: what is started within it belongs to it, and a kill ends all of that between two callbacks.

A kill runs no ``finally`` and no ``except`` of the dead: its callbacks are never called again, its tasks never resumed
or let go of. The operating system's part is done for it: connections are reset, locks are dropped, and the files
stay as they were.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any

from simulation.loop import LIFE, Task, VirtualLoop
from simulation.storage import Disk


class Process:
    """One life of the bot, from its start to its end or its kill.

    Attributes:
        ran: how many of its callbacks have run.
        dies_at: before which of them it is killed; None: not by count.
        is_over: whether it has ended or was killed.
        ended: set when it is over.
        error: what it ended with, if it failed.
        stop: set it to end it as SIGTERM does.
    """

    def __init__(self, loop: VirtualLoop, disk: Disk, *, dies_at: int | None = None) -> None:
        self.ran = 0
        self.dies_at = dies_at
        self.is_over = self.was_killed = False
        self.ended = asyncio.Event()
        self.error: BaseException | None = None
        self.stop = asyncio.Event()
        self._loop = loop
        self._disk = disk
        self._kept: list[Task[Any]] = []

    def start(self, main: Callable[["Process"], Coroutine[Any, Any, None]]) -> None:
        """Begin with ``main``."""
        context = contextvars.copy_context()
        context.run(LIFE.set, self)
        running = context.run(self._loop.create_task, main(self), name="main")
        running.add_done_callback(self._end, context=contextvars.copy_context())

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
        """End it as SIGKILL or a power cut does; safe to call again."""
        if not self.is_over:
            self.was_killed = True
            self._disk.crash()
            self._vanish()

    def _end(self, running: "asyncio.Task[None]") -> None:
        if not self.is_over:
            self.error = None if running.cancelled() else running.exception()
            self._vanish()

    def _vanish(self) -> None:
        self.is_over = True
        self._kept = [task for task in asyncio.all_tasks(self._loop) if isinstance(task, Task) and task.life is self]
        self._loop.network.drop(self)
        self.ended.set()
