"""Which task is worked on when: some places for each model, the rest waits in the order of creation.

Everything that time alone brings about is computed, not waited for: `Lanes.catch_up` replays what is due in
the order of its due times. So a clock that leaps over an hour gives the same history as one that crawls.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Iterable

from bot.ports import Clock
from sandbox.dashscope.models import StandInModel
from sandbox.dashscope.tasks import LONGEST_MS, Status, TaskRecord

Ended = Callable[[TaskRecord, int, bool], None]
"""Called with a task, the time in ms at which it ended, and whether that was for the three hours' limit."""


class _Lane:
    def __init__(self, places: int) -> None:
        self.places = places
        self.waiting: deque[TaskRecord] = deque()
        self.running: list[tuple[int, TaskRecord]] = []


class Lanes:
    """The places of all models.

    Args:
        clock: whose time it is.
        models: the models and how many tasks of each run at once.
        ended: see `Ended`.
        moved: called after any change.
    """

    def __init__(
        self, clock: Clock, models: Iterable[StandInModel], *, ended: Ended, moved: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._lanes = {model.name: _Lane(model.running) for model in models}
        self._most: int | None = None
        self._ended = ended
        self._moved = moved
        self._due_ms: list[int] = []
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_ms = 0

    def add(self, task: TaskRecord) -> None:
        """Queue a task that was just accepted."""
        self._lanes[task.model].waiting.append(task)
        self._expect(task.ready_ms)
        self._expect(task.submit_ms + LONGEST_MS)

    def remove(self, task: TaskRecord) -> None:
        """Take back a task that waits."""
        self._lanes[task.model].waiting.remove(task)

    def narrow(self, places: int | None) -> None:
        """Work on so many tasks of each model at once from now on, at most; None: on as many as the model has."""
        self.catch_up()
        self._most = places
        self._expect(self._clock.now_ms())

    def catch_up(self) -> None:
        """Bring every task to where it is at the clock's time."""
        now_ms = self._clock.now_ms()
        any_due = False
        while self._due_ms and self._due_ms[0] <= now_ms:
            at_ms = heapq.heappop(self._due_ms)
            any_due = True
            for lane in self._lanes.values():
                self._end(lane, at_ms)
                self._start(lane, at_ms)
        if any_due:
            self._moved()

    async def close(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            await asyncio.gather(self._alarm, return_exceptions=True)

    def _end(self, lane: _Lane, at_ms: int) -> None:
        for entry in [entry for entry in lane.running if entry[0] <= at_ms]:
            lane.running.remove(entry)
            task = entry[1]
            overdue = (task.scheduled_ms or 0) + task.service_ms > at_ms
            self._ended(task, at_ms, overdue)
        while lane.waiting and lane.waiting[0].submit_ms + LONGEST_MS <= at_ms:
            self._ended(lane.waiting.popleft(), at_ms, True)

    def _start(self, lane: _Lane, at_ms: int) -> None:
        places = lane.places if self._most is None else min(self._most, lane.places)
        while lane.waiting and len(lane.running) < places and lane.waiting[0].ready_ms <= at_ms:
            task = lane.waiting.popleft()
            task.status = Status.RUNNING
            task.scheduled_ms = at_ms
            end_ms = min(at_ms + task.service_ms, task.submit_ms + LONGEST_MS)
            lane.running.append((end_ms, task))
            self._expect(end_ms)

    def _expect(self, at_ms: int) -> None:
        heapq.heappush(self._due_ms, at_ms)
        self._set_alarm()

    def _set_alarm(self) -> None:
        """See to it that somebody wakes when the next thing is due."""
        if not self._due_ms:
            return
        if self._alarm is not None:
            if self._alarm_ms <= self._due_ms[0]:
                return
            self._alarm.cancel()
        self._alarm_ms = self._due_ms[0]
        self._alarm = asyncio.create_task(self._ring(self._alarm_ms), name="dashscope-standin-alarm")

    async def _ring(self, at_ms: int) -> None:
        # The clock cuts milliseconds off, so one sleep can end a hair too early.
        while (left_ms := at_ms - self._clock.now_ms()) > 0:
            await self._clock.sleep(left_ms / 1000)
        self._alarm = None
        self.catch_up()
        self._set_alarm()
