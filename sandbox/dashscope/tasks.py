"""A task as the vendor keeps it."""

import hashlib
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sandbox.dashscope.checks import Order
from sandbox.dashscope.outcomes import Outcome
from sandbox.dashscope.refusals import Failure

DAY_MS = 24 * 3600 * 1000
LONGEST_MS = 3 * 3600 * 1000
"""A task without a result in three hours fails with InternalError.Timeout (the vendor's error page)."""


class Status(StrEnum):
    """The vendor's ``task_status``."""

    PENDING = "PENDING"  # waits for one of its model's places
    RUNNING = "RUNNING"  # is worked on
    SUCCEEDED = "SUCCEEDED"  # at least was worked on to the end: single images may have failed
    FAILED = "FAILED"  # gave nothing
    CANCELED = "CANCELED"  # was taken back while PENDING
    UNKNOWN = "UNKNOWN"  # there is no such task, or no longer


@dataclass
class TaskRecord:
    """One accepted create and what became of it. Times are milliseconds since the epoch.

    Attributes:
        task_id: the vendor's name for it.
        request_id: of the create.
        order: what was asked for.
        outcome: what is to become of it.
        seed: as asked, or drawn; image k has seed + k.
        submit_ms: when the create was accepted.
        ready_ms: from when on it may be given a place.
        service_ms: how long it is worked on.
        status: as it truly is.
        scheduled_ms: when work began.
        end_ms: when it reached a final status.
        failure: why it is FAILED.
        images: per image a URL or a failure, once SUCCEEDED.
        image_count: the images that are billed.
        reports: what the next queries are told instead of the truth.
        empty_reads: how many of the next that find it SUCCEEDED name no results.
    """

    task_id: str
    request_id: str
    order: Order
    outcome: Outcome
    seed: int
    submit_ms: int
    ready_ms: int
    service_ms: int
    status: Status = Status.PENDING
    scheduled_ms: int | None = None
    end_ms: int | None = None
    failure: Failure | None = None
    images: list[str | Failure] = field(default_factory=list[str | Failure])
    image_count: int = 0
    reports: deque[str] = field(default_factory=deque[str])
    empty_reads: int = 0

    @property
    def model(self) -> str:
        return self.order.model.name

    @property
    def prompt(self) -> str:
        return self.order.prompt

    @property
    def params(self) -> Mapping[str, Any]:
        return self.order.params

    @property
    def actual_prompt(self) -> str | None:
        """The rewritten prompt, or None if none was wanted."""
        if not self.order.prompt_extend:
            return None
        chinese = any("\u4e00" <= char <= "\u9fff" for char in self.prompt)
        return self.prompt + (
            "，光线柔和，层次丰富，高清画面。" if chinese else ", soft light, rich layers, high detail."
        )

    def is_gone(self, now_ms: int) -> bool:
        """Whether the vendor has forgotten it. Guess: its 24 hours count from the create."""
        return now_ms >= self.submit_ms + DAY_MS

    def next_status(self) -> str:
        """What a query is told now; uses up one scripted report."""
        if self.outcome.unknown:
            return Status.UNKNOWN
        return self.reports.popleft() if self.reports else self.status

    def names_results(self) -> bool:
        """Whether a query that finds it SUCCEEDED is told the results; uses up one that is not."""
        is_empty = self.empty_reads > 0
        self.empty_reads -= is_empty
        return not is_empty


def service_time_ms(
    order: Order, outcome: Outcome, seed: int, service_s: tuple[float, float], rewrite_s: tuple[float, float]
) -> int:
    """How long the work takes: the same for the same prompt and seed, unless the outcome says otherwise."""
    digest = hashlib.sha256(f"{order.prompt}\0{seed}".encode()).digest()
    draw = random.Random(digest)
    seconds = draw.uniform(*service_s)
    if order.prompt_extend or order.thinking:
        seconds += draw.uniform(*rewrite_s)
    if outcome.service_s is not None:
        seconds = outcome.service_s
    return int(seconds * outcome.slower * 1000)
