"""Faults about what people may do, what wakes the program, and the time that it believes in."""

from typing import Any

from bot.domain.jobs.job import Job, JobState, PriceOffer
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction
from bot.service.kit.elapsed import Elapsed
from bot.service.privacy import erasure as service_erasure
from bot.service.requests.canceler import Canceler
from bot.service.upkeep import sweeper
from bot.storage.jobs import lanes, price_offers, submission
from bot.storage.jobs.requests import RequestChanges
from bot.storage.privacy import erasure as stored_erasure
from cogs.jobs import JobButtons

BEGIN = Elapsed.__init__
CANCEL = Canceler.cancel


def cancel_voids_what_runs() -> None:
    """A cancel counts at once, also for a task that the vendor draws and bills."""

    async def cancel(self: Canceler, job_id: int, actor_id: int) -> Job | None:
        job = await CANCEL(self, job_id, actor_id)
        if job is not None and job.state in {JobState.PENDING, JobState.RUNNING}:
            job = await self._jobs.record_canceled(job_id) or job
            self._changes.job(job_id)
        return job

    Canceler.cancel = cancel


def press_trusts_message() -> None:
    """Whoever presses a button is taken for whom its message is for."""

    async def require_authority(self: JobButtons, interaction: AnyInteraction, job: Job) -> None:
        return

    JobButtons._require_authority = require_authority


def forgets_under_way() -> None:
    """A member is forgotten also while their pictures are being made."""
    service_erasure.refuse_under_way = stored_erasure.refuse_under_way = lambda _: None


def reads_beside_writes() -> None:
    """What a member pressed a moment ago is not yet there for who goes on with it at once."""

    async def price_offer(self: RequestChanges, offer_id: int) -> PriceOffer | None:
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: price_offers.find(conn, offer_id, now_ms))

    RequestChanges.price_offer = price_offer


def edges_without_level() -> None:
    """Nobody looks after jobs that wait for the vendor but who was woken for them."""

    async def look_after(**_: Any) -> None:
        return

    sweeper.look_after = look_after


def probed_in_haste() -> None:
    """A lane or an account that stopped is asked again after seconds, as if nothing had been refused."""
    lanes.probe_delay_ms = submission.probe_delay_ms = lambda _: 5000


def clock_step_is_time() -> None:
    """Time that passed is read from the clock on the wall, which is set now and then."""

    def begin(self: Elapsed, clock: Clock, since_ms: int) -> None:
        BEGIN(self, clock, since_ms)
        self._begun_s = clock.now_ms() / 1000

    def watched_s(self: Elapsed) -> float:
        return self._clock.now_ms() / 1000 - self._begun_s

    Elapsed.__init__ = begin
    setattr(Elapsed, "watched_s", property(watched_s))  # noqa: B010 - a property has no setter
