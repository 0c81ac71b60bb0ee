"""What becomes of a task: scripted by a test, or by a marker word in the prompt of whoever tries the bot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sandbox.dashscope.checks import Order
from sandbox.dashscope.refusals import ALGO_FAILED, INAPPROPRIATE, IP_SUSPECT, TIMED_OUT, Failure, Refusal

FailurePlace = Literal["output", "top", "results"]


@dataclass(frozen=True)
class Outcome:
    """How one task ends; the default is that all goes well.

    Attributes:
        refuse: answer the create with this; no task comes to be.
        fail: the task ends FAILED.
        fail_said: where its code and message then stand. Guess: that it can be anywhere but in the output.
        failed_images: the images (counted from 0) that fail within a task that SUCCEEDED.
        all_images_fail: every image fails. Guess: the task is still SUCCEEDED, with an image count of 0.
        drawn: how many images a series has, up to what was asked for; otherwise three in four of that, rounded up.
        image_bytes: served instead of the drawn images.
        image_size_bytes: pad the drawn PNGs to this size; they stay valid.
        image_count: what usage says and the bill follows, if not the number of images that succeeded.
        same_url: all results carry the first one's URL.
        service_s: seconds of work, instead of what prompt and seed decide.
        slower: multiplies the time of work.
        reports: statuses that the first queries are told instead of the truth; none that has results.
        empty_reads: queries that name no results and no usage although the task SUCCEEDED. Guess: that it happens
            with tasks that are billed.
        unknown: queries are always told UNKNOWN, while the task goes on and is billed.
        ignores_cancel: a cancel is accepted, yet the task runs on and is billed.
    """

    refuse: Refusal | None = None
    fail: Failure | None = None
    fail_said: FailurePlace = "output"
    failed_images: Mapping[int, Failure] = field(default_factory=dict[int, Failure])
    all_images_fail: Failure | None = None
    drawn: int | None = None
    image_bytes: bytes | None = None
    image_size_bytes: int | None = None
    image_count: int | None = None
    same_url: bool = False
    service_s: float | None = None
    slower: float = 1.0
    reports: tuple[str, ...] = ()
    empty_reads: int = 0
    unknown: bool = False
    ignores_cancel: bool = False

    def failure_of(self, index: int) -> Failure | None:
        """Why image ``index`` fails, or None."""
        return self.all_images_fail or self.failed_images.get(index)


def _refused(outcome: Outcome, _n: int) -> Outcome:
    return replace(outcome, refuse=INAPPROPRIATE)


def _suspected(outcome: Outcome, _n: int) -> Outcome:
    return replace(outcome, refuse=IP_SUSPECT)


def _partial(outcome: Outcome, n: int) -> Outcome:
    failing = range(n - max(1, n // 2), n)
    return replace(outcome, failed_images=dict.fromkeys(failing, TIMED_OUT))


def _failed(outcome: Outcome, _n: int) -> Outcome:
    return replace(outcome, fail=ALGO_FAILED)


def _slow(outcome: Outcome, _n: int) -> Outcome:
    return replace(outcome, slower=10.0)


MARKERS: Mapping[str, Callable[[Outcome, int], Outcome]] = {
    "[refuse]": _refused,  # the create answers 400 DataInspectionFailed
    "[ip]": _suspected,  # the create answers 400 IPInfringementSuspect
    "[partial]": _partial,  # the last half of the images (at least one) fail with InternalError.Timeout
    "[fail]": _failed,  # the task ends FAILED with InternalError.Algo
    "[slow]": _slow,  # ten times the usual time of work
}
"""The words that a person can put into a prompt, alone or together, and what each does."""


def marked(prompt: str, n: int) -> Outcome:
    """The outcome that the marker words of ``prompt`` ask for."""
    outcome = Outcome()
    for word, change in MARKERS.items():
        if word in prompt:
            outcome = change(outcome, n)
    return outcome


@dataclass
class _Planned:
    outcome: Outcome
    matches: Callable[[Order], bool]
    left: int | None


class OutcomeScript:
    """The outcomes that a test has planned; the first that fits an order wins, and marker words come last."""

    def __init__(self) -> None:
        self._planned: list[_Planned] = []

    def add(self, outcome: Outcome, matches: Callable[[Order], bool], times: int | None) -> None:
        self._planned.append(_Planned(outcome, matches, times))

    def take(self, order: Order) -> Outcome:
        """Decide what becomes of ``order``, using up what was planned for it."""
        for planned in self._planned:
            if planned.matches(order):
                self._use(planned)
                return planned.outcome
        return marked(order.prompt, order.n)

    def _use(self, planned: _Planned) -> None:
        if planned.left is None:
            return
        planned.left -= 1
        if planned.left <= 0:
            self._planned.remove(planned)
