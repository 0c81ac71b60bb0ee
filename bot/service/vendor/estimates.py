"""How long things take here, learned from how long they took."""

from collections import deque
from dataclasses import dataclass
from functools import partial

from bot.domain.jobs.job import WAITING, Job
from bot.domain.jobs.lane import spacing_ms
from bot.domain.jobs.queue import in_order
from bot.domain.requests.catalogue import Catalogue
from bot.ports import Clock, Jobs, Lanes
from bot.service.kit.supervisor import one_by_one

REMEMBERED = 50
"""Durations per model: enough for a median and a tenth, few enough to follow the vendor's mood."""

LONGEST_MS = 3 * 3600 * 1000
"""A task takes three hours at most (the vendor's page). What seems to have taken longer, or less than no time, tells of
a clock that was set meanwhile."""

FIRST_GUESS_MS = 60_000
"""The vendor's page says one to two minutes; recorded jobs took 11 to 31 s."""


class Durations:
    """How long each model's jobs took from create to fetched pictures, in milliseconds."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._known: dict[str, deque[int]] = {}

    async def load(self, models: Catalogue) -> None:
        """Read the newest durations from the database."""
        await one_by_one((f"reading how long {model} took", partial(self._load, model)) for model in models)

    async def _load(self, model: str) -> None:
        for duration_ms in reversed(await self._lanes.durations_ms(model, REMEMBERED)):
            self.add(model, duration_ms)

    def add(self, model: str, duration_ms: int) -> None:
        """Remember one more job, if it can have taken so long."""
        if 0 < duration_ms <= LONGEST_MS:
            self._known.setdefault(model, deque(maxlen=REMEMBERED)).append(duration_ms)

    def quantile_ms(self, model: str, part: float) -> int | None:
        """Return the duration that ``part`` (0 to 1) of the jobs did not exceed; None before any ended."""
        known = sorted(self._known.get(model, ()))
        if not known:
            return None
        return known[min(len(known) - 1, int(part * len(known)))]

    def typical_ms(self, model: str) -> int:
        """Return the median, or the vendor's word before any job ended."""
        return self.quantile_ms(model, 0.5) or FIRST_GUESS_MS


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a member who waits can expect.

    Attributes:
        place: 1 for the next in line; 0 once the job is with the vendor.
        ready_ms: when the pictures should be there, milliseconds since the epoch.
    """

    place: int
    ready_ms: int


class Estimates:
    """Places in line and times of arrival."""

    def __init__(self, *, jobs: Jobs, lanes: Lanes, durations: Durations, catalogue: Catalogue, clock: Clock) -> None:
        self._jobs = jobs
        self._lanes = lanes
        self._durations = durations
        self._catalogue = catalogue
        self._clock = clock

    async def of(self, job: Job) -> Estimate:
        """Estimate one job."""
        now_ms = self._clock.now_ms()
        typical_ms = self._durations.typical_ms(job.request.model)
        if job.state not in WAITING:
            return Estimate(0, await self._with_vendor_until(job, now_ms, typical_ms))
        places = await self.places(job.request.model)
        place = places.get(job.id, len(places) + 1)
        with_vendor = await self._lanes.with_vendor(job.request.model)
        rounds = (with_vendor + place - 1) // self._running_tasks(job.request.model)
        # At a slow pace it is that, and not the places, for which a job waits.
        waits_ms = max(rounds * typical_ms, (place - 1) * self._spacing_ms(job.request.model))
        return Estimate(place, now_ms + waits_ms + typical_ms)

    async def _with_vendor_until(self, job: Job, now_ms: int, typical_ms: int) -> int:
        # A beginning that is still to come was noted before the clock was set back.
        if job.started_ms:
            return max(now_ms, min(now_ms, job.started_ms) + typical_ms)
        # The vendor runs so many at once; a task ahead waits there for a place.
        older = await self._lanes.claimed_before(job.request.model, job.claimed_ms)
        rounds = older // self._running_tasks(job.request.model)
        begun_ms = job.submitted_ms or (job.claimed_ms if job.is_under_call else now_ms)
        return max(now_ms, min(now_ms, begun_ms) + (rounds + 1) * typical_ms)

    async def places(self, model: str) -> dict[int, int]:
        """Return the place in line, from 1, of each job that waits for ``model``."""
        order = in_order(await self._lanes.waiting(model))
        return {job_id: place for place, job_id in enumerate(order, start=1)}

    def _spacing_ms(self, model: str) -> int:
        return spacing_ms(self._catalogue[model]) if model in self._catalogue else 0

    def _running_tasks(self, model: str) -> int:
        return self._catalogue[model].running_tasks if model in self._catalogue else 1


FIRST_POLL_S = 3.0
LEAST_WAIT_S = 0.5
DENSE_POLL_S = 1.5
"""Between questions while a job is due: about eight queries a job, its end seen a second late (simulated)."""

SLOWEST_POLL_S = 10.0
"""The vendor's page advises a question every ten seconds."""

LONGEST_SILENCE_S = 60.0
"""Also of a model whose jobs took for hours somebody asks every minute."""


def next_poll_s(durations: Durations, model: str, waited_s: float) -> float:
    """Return how many seconds to wait before asking again after a task that was created ``waited_s`` ago.

    One early question shows the member that the drawing has begun. Nothing ends much sooner than the fastest tenth of
    this model's jobs did: until then nobody asks again. While nine of ten would still be under way the questions are
    dense; later they thin out.

    Args:
        durations: of earlier jobs.
        model: whose.
        waited_s: 0 or more.
    """
    fastest, slow = durations.quantile_ms(model, 0.1), durations.quantile_ms(model, 0.9)
    begin_s = 0.0 if fastest is None else 0.9 * fastest / 1000
    dense_until_s = 60.0 if slow is None else 1.5 * slow / 1000
    if waited_s < FIRST_POLL_S:
        return max(LEAST_WAIT_S, FIRST_POLL_S - waited_s)
    if waited_s < begin_s:
        return min(LONGEST_SILENCE_S, max(LEAST_WAIT_S, begin_s - waited_s))
    if waited_s < dense_until_s:
        return DENSE_POLL_S
    return min(SLOWEST_POLL_S, max(DENSE_POLL_S, (waited_s - dense_until_s) / 5))
