"""The vendor's side of the contract without HTTP: one account, its tasks, limits, switches and bill."""

import asyncio
import random
import uuid
from collections import deque
from collections.abc import Callable, Iterable

from bot.ports import Clock
from sandbox.dashscope.billing import Bill, BillLine, FreeTier
from sandbox.dashscope.checks import MAX_SEED, Order
from sandbox.dashscope.lanes import Lanes
from sandbox.dashscope.limits import RateLimit
from sandbox.dashscope.models import StandInModel
from sandbox.dashscope.outcomes import Outcome, OutcomeScript
from sandbox.dashscope.refusals import (
    ARREARS,
    FREE_TIER_ONLY,
    NOT_CANCELABLE,
    RATE,
    TIMED_OUT,
    Failure,
    Refused,
    refusal_of,
)
from sandbox.dashscope.tasks import Status, TaskRecord, service_time_ms
from sandbox.dashscope.texts import Texts

DISPATCH_MS = 14
"""From the create to the start of work when a place is free (recorded: 14 and 23 ms)."""

QUERIES_PER_S = 20
"""Queries, lists and cancels each, for the whole account. Guess: the list of models and calls of texts likewise."""
COUNTED = ("query", "list", "cancel", "models", "text")


class Account:
    """One account with the vendor.

    Attributes:
        models: the models by name.
        creates: how many creates were accepted, calls among them.
        arrears: whether the account is overdue: every create is refused. Guess: queries are still answered.
        free_tier_only: models that are refused when their free tier is used up.
        free_tiers: the free tier of each model; change ``used`` and ``expires_ms`` at will.
        list_lag_s: how many seconds old a task is before the task list names it. Guess: that it ever lags.
        unlisted: models that the list of models leaves out; they draw all the same, unless an outcome refuses it.
        texts: the text models, and what they were asked.
        offline_times: what that list says of when a model goes offline, by its name; whatever JSON can hold.
    """

    def __init__(
        self,
        clock: Clock,
        models: Iterable[StandInModel],
        *,
        service_s: tuple[float, float],
        rewrite_s: tuple[float, float],
        new_image: Callable[[TaskRecord, int], str],
    ) -> None:
        self.models = {model.name: model for model in models}
        self.creates = 0
        self.arrears = False
        self.free_tier_only: set[str] = set()
        self.list_lag_s = 0.0
        self.unlisted: set[str] = set()
        self.offline_times: dict[str, object] = {}
        self.texts = Texts(self.models.__contains__)
        self._clock = clock
        self._service_s = service_s
        self._rewrite_s = rewrite_s
        self._new_image = new_image
        self._tasks: dict[str, TaskRecord] = {}
        self._calls: dict[str, TaskRecord] = {}
        self._script = OutcomeScript()
        self._bill = Bill(self.models.values())
        self._lanes = Lanes(clock, self.models.values(), ended=self._end, moved=self.tell)
        self._create_rates = {
            name: RateLimit(clock, model.create_rate, model.rate_s) for name, model in self.models.items()
        }
        self._task_rates = {name: RateLimit(clock, QUERIES_PER_S) for name in COUNTED}
        self._changed = asyncio.Event()

    @property
    def tasks(self) -> dict[str, TaskRecord]:
        """All tasks ever accepted, by id, in the order of creation."""
        self._lanes.catch_up()
        return self._tasks

    @property
    def calls(self) -> dict[str, TaskRecord]:
        """All that was ever asked for synchronously and accepted, likewise; the vendor has no task of it."""
        self._lanes.catch_up()
        return self._calls

    @property
    def drawn(self) -> dict[str, TaskRecord]:
        """All tasks and calls, by the names under which the bill has them."""
        return {**self.tasks, **self.calls}

    @property
    def free_tiers(self) -> dict[str, FreeTier]:
        return self._bill.free_tiers

    @property
    def billed_micros(self) -> int:
        """All that the account owes, in micro-yuan."""
        self._lanes.catch_up()
        return self._bill.total_micros + self.texts.billed_micros

    def bill(self) -> list[BillLine]:
        """The lines of the bill in the order in which the tasks succeeded."""
        self._lanes.catch_up()
        return list(self._bill.lines)

    def next_outcome(self, outcome: Outcome, *, times: int = 1) -> None:
        """Decide what becomes of the next ``times`` creates that pass the checks."""
        self._script.add(outcome, lambda _: True, times)

    def outcome_for(self, matches: Callable[[Order], bool], outcome: Outcome, *, times: int | None = None) -> None:
        """Decide what becomes of the creates that ``matches``: the next ``times`` of them, or all."""
        self._script.add(outcome, matches, times)

    def narrow(self, places: int | None) -> None:
        """Work on so many tasks of each model at once from now on, at most; None: on as many as the model has.

        Guess: that others of the vendor's customers can be in the way of one's tasks.
        """
        self._lanes.narrow(places)

    def forget_plans(self) -> None:
        """Let all go well with the creates that come, and tell the truth of all tasks that there are."""
        self._script = OutcomeScript()
        self.texts.forget_plans()
        for task in (*self.tasks.values(), *self.calls.values()):
            task.reports.clear()
            task.empty_reads = 0

    async def until(self, predicate: Callable[[], bool]) -> None:
        """Wait until ``predicate`` is true; it is asked again whenever anything here changes."""
        while True:
            # Taken first: what the predicate reads may itself bring things up to date.
            changed = self._changed
            if predicate():
                return
            await changed.wait()

    def tell(self) -> None:
        """Wake whoever waits in `until`."""
        self._changed.set()
        self._changed = asyncio.Event()

    def admit(self, model: StandInModel) -> None:
        """Admit a create, or refuse it for the account's state or the rate.

        Guess: the order of the checks, and that a create that is refused later has counted.
        """
        if self.arrears:
            raise Refused(ARREARS)
        if not self._create_rates[model.name].take():
            raise Refused(RATE)

    async def answer(self, order: Order) -> TaskRecord:
        """Draw ``order`` while its caller waits, or refuse it; whether the caller is still there nobody looks."""
        call = self.accept(order, is_call=True)
        await self.until(lambda: self.calls[call.task_id].end_ms is not None)
        failure = call.failure or call.outcome.all_images_fail
        if failure is not None:
            raise Refused(refusal_of(failure))
        return call

    def accept(self, order: Order, *, is_call: bool = False) -> TaskRecord:
        """Make a task of ``order``, or refuse it; a call is worked on like one, and not to be asked after."""
        self._lanes.catch_up()
        name = order.model.name
        now_ms = self._clock.now_ms()
        # Guess: the tier is only looked at here; a task may reach beyond it.
        if name in self.free_tier_only and not self.free_tiers[name].left(now_ms):
            raise Refused(FREE_TIER_ONLY)
        outcome = self._script.take(order)
        if outcome.refuse is not None:
            raise Refused(outcome.refuse)
        task = self._new_task(order, outcome, now_ms)
        (self._calls if is_call else self._tasks)[task.task_id] = task
        self._lanes.add(task)
        self.creates += 1
        self.tell()
        return task

    def count(self, operation: str) -> None:
        """Count a query, a list of tasks or of models, a cancel or a text, or refuse it for the rate."""
        if not self._task_rates[operation].take():
            raise Refused(RATE)

    def listed(self, name: str | None = None) -> list[str]:
        """Return the names that the list of models has, all of them or the one asked for. Guess: in full."""
        names = (*self.models, *self.texts.models)
        return [one for one in names if one not in self.unlisted and name in (None, one)]

    def find(self, task_id: str) -> TaskRecord | None:
        """A task that the vendor still remembers."""
        task = self.tasks.get(task_id)
        return None if task is None or task.is_gone(self._clock.now_ms()) else task

    def cancel(self, task_id: str) -> None:
        """Take a waiting task back. Guess: one that nobody knows is refused in the same words."""
        task = self.find(task_id)
        if task is None or task.status is not Status.PENDING:
            raise Refused(NOT_CANCELABLE)
        if task.outcome.ignores_cancel:
            return
        self._lanes.remove(task)
        task.status = Status.CANCELED
        task.end_ms = self._clock.now_ms()
        self.tell()

    def _new_task(self, order: Order, outcome: Outcome, now_ms: int) -> TaskRecord:
        seed = order.seed if order.seed is not None else random.randint(0, MAX_SEED)
        return TaskRecord(
            task_id=str(uuid.uuid4()),
            request_id=str(uuid.uuid4()),
            order=order,
            outcome=outcome,
            seed=seed,
            submit_ms=now_ms,
            ready_ms=now_ms + DISPATCH_MS,
            service_ms=service_time_ms(order, outcome, seed, self._service_s, self._rewrite_s),
            reports=deque(outcome.reports),
            empty_reads=outcome.empty_reads,
        )

    def _end(self, task: TaskRecord, at_ms: int, overdue: bool) -> None:
        task.end_ms = at_ms
        task.failure = TIMED_OUT if overdue else task.outcome.fail
        if task.failure is not None:
            task.status = Status.FAILED
            return
        task.status = Status.SUCCEEDED
        task.images = [self._image(task, index) for index in range(_drawn(task))]
        if task.outcome.same_url:
            task.images = [task.images[0]] * len(task.images)
        succeeded = sum(isinstance(image, str) for image in task.images)
        task.image_count = succeeded if task.outcome.image_count is None else task.outcome.image_count
        self._bill.charge(task.task_id, task.order, task.image_count, at_ms)

    def _image(self, task: TaskRecord, index: int) -> str | Failure:
        return task.outcome.failure_of(index) or self._new_image(task, index)


def _drawn(task: TaskRecord) -> int:
    """Return how many images a task has. Guess: of how many a series is made; no page says by what the model picks."""
    most = task.order.n
    if not task.order.is_series:
        return most
    return min(most, -(-most * 3 // 4) if task.outcome.drawn is None else task.outcome.drawn)
