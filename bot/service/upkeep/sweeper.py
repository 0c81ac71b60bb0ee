"""What must happen without anybody asking for it."""

import logging
from functools import partial

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import ACCOUNT
from bot.domain.requests.policy import Policy
from bot.domain.time.durations import DAY_MS
from bot.ports import Clock, DeclinedRequests, Jobs, Lanes, ModeratorLog, OpenEdits, Outbox
from bot.service.delivery.remover import Remover
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.elapsed import Ages
from bot.service.kit.supervisor import Supervisor, one_by_one, read_each
from bot.service.privacy.erasure import Erasure
from bot.service.requests.picture_intake import PictureIntake
from bot.service.requests.rewriter import Rewriter
from bot.service.servers.departures import Departures
from bot.service.servers.reporting import Reporting
from bot.service.vendor.collector import Collector
from bot.service.vendor.in_doubt import CRASH, InDoubtResolver
from bot.service.vendor.watcher import Watcher

log = logging.getLogger(__name__)

ROUND_S = 30.0
MAY_EXPIRE = (JobState.QUEUED, JobState.SUBMITTING, JobState.IN_DOUBT)
"""States that a job takes in turns while its lane is tried: one that is tried meanwhile waits all the same."""

AT_ONCE = 100
"""Jobs whose old pictures are let go in one round."""

KEEP_SAID_DAYS = 7
"""For which it is known what became of a message of the outbox that is done with."""

SAID_AT_ONCE, FORGET_EVERY_S = 1000, 3600.0
"""Rows that are forgotten in one round; and how long to wait once there are fewer, since all are read to find them."""

WATCHED_S = 600.0
"""A wait is not ended before so much of it has passed in this run: what the wall clock says of the time before the
start would end all waits at once where that is set far ahead."""

STOPPED_TOO_LONG_S = 3600.0
"""A lane's stop may last this long before those who wait get back what was held."""


class Sweeper:
    """Looks after what is under way, ends what waited too long, forgets old pictures.

    Also says the weekly word.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        lanes: Lanes,
        watcher: Watcher,
        collector: Collector,
        doubts: InDoubtResolver,
        remover: Remover,
        departures: Departures,
        reporting: Reporting,
        moderator_log: ModeratorLog,
        outbox: Outbox,
        erasure: Erasure,
        picture_intake: PictureIntake,
        open_edits: OpenEdits,
        declined: DeclinedRequests,
        rewriter: Rewriter,
        policy: Policy,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._jobs = jobs
        self._lanes = lanes
        self._watcher = watcher
        self._collector = collector
        self._doubts = doubts
        self._remover = remover
        self._departures = departures
        self._reporting = reporting
        self._moderator_log = moderator_log
        self._outbox = outbox
        self._erasure = erasure
        self._picture_intake = picture_intake
        self._open_edits = open_edits
        self._declined = declined
        self._rewriter = rewriter
        self._policy = policy
        self._alarm = alarm
        self._changes = changes
        self._clock = clock
        self._waits: Ages[int] = Ages(clock)
        self._stops: Ages[tuple[str, int]] = Ages(clock)
        self._forget_from_s = float("-inf")
        self._supervisor = Supervisor(clock, alarm)

    def start(self) -> None:
        """Begin to sweep every half minute."""
        self._supervisor.start("sweeper", self._run)

    async def stop(self) -> None:
        """Stop sweeping."""
        await self._supervisor.stop()

    async def _run(self) -> None:
        while True:
            await self.sweep()
            await self._clock.sleep(ROUND_S)

    async def sweep(self) -> None:
        """Do one round."""
        await one_by_one(
            [
                ("looking after what waits for the vendor", self._look_after),
                ("giving up who waited too long", self._end_waits),
                ("giving back what waits for servers that were left", self._departures.give_back),
                ("ending removals that were cut short", self._remover.take_up_again),
                ("expiring price offers", self._jobs.expire_price_offers),
                ("expiring forms", self._open_edits.expire),
                ("expiring declined requests", self._declined.expire),
                ("giving up what no request took", self._picture_intake.give_up_the_rest),
                ("giving up rewritings and prompts that nobody waits for", self._rewriter.tidy),
                ("tidying the log", self._moderator_log.tidy),
                ("forgetting what was said", self._forget_said),
                ("letting old pictures go", self._let_old_pictures_go),
                ("erasing", self._erasure.sweep),
                ("the weekly report", self._reporting.say_weekly),
            ],
            self._alarm,
        )

    async def _look_after(self) -> None:
        await look_after(jobs=self._jobs, watcher=self._watcher, collector=self._collector, doubts=self._doubts)

    async def _end_waits(self) -> None:
        """Give up the jobs that waited too long in all, or in a lane that is stopped."""
        stops = await self._lanes.stops()
        moments = {(model, stopped_ms): stopped_ms for model, stopped_ms in stops.items()}
        stopped = {model for model, _ in self._stops.over(moments, STOPPED_TOO_LONG_S, watched_s=WATCHED_S)}
        waiting = [job_id for state in MAY_EXPIRE for job_id in await self._jobs.ids_in_state(state)]
        jobs = await read_each("job", waiting, self._jobs.get)
        queued = {job.id: job.queued_ms for job in jobs}
        late = self._waits.over(queued, self._policy.longest_wait_s, watched_s=WATCHED_S)
        await self._expire_all([job for job in jobs if job.id in late], "waited_too_long")
        if ACCOUNT in stopped:
            await self._expire_all(jobs, "account_stopped")
        else:
            await self._expire_all([job for job in jobs if job.request.model in stopped], "lane_stopped")

    async def _let_old_pictures_go(self) -> None:
        # Erasing, which comes next, deletes the files.
        before_ms = self._clock.now_ms() - self._policy.keep_pictures_days * DAY_MS
        old = await self._jobs.with_old_pictures(before_ms, AT_ONCE)
        await one_by_one((f"pictures of job {job_id}", partial(self._jobs.forget_pictures, job_id)) for job_id in old)

    async def _forget_said(self) -> None:
        """Forget the messages that were sent long ago: some at once, so that nobody waits for many."""
        if self._clock.monotonic() < self._forget_from_s:
            return
        before_ms = self._clock.now_ms() - KEEP_SAID_DAYS * DAY_MS
        if await self._outbox.forget(before_ms, SAID_AT_ONCE) < SAID_AT_ONCE:
            self._forget_from_s = self._clock.monotonic() + FORGET_EVERY_S

    async def _expire_all(self, late: list[Job], reason: str) -> None:
        await one_by_one(
            (f"expiring job {job.id}", partial(self._expire, job.id, job.request.model, reason)) for job in late
        )

    async def _expire(self, job_id: int, model: str, reason: str) -> None:
        if await self._jobs.expire(job_id, reason) is not None:
            log.info("job %s expired: %s", job_id, reason)
            self._changes.job(job_id)
            self._changes.lane(model)


async def take_up(*, jobs: Jobs, watcher: Watcher, collector: Collector, doubts: InDoubtResolver) -> None:
    """Go on, after a start, with what an earlier run of the program left under way.

    Queued jobs are found by the dispatcher and messages that are behind by the presenter.
    """
    cut_off = await read_each("job", await jobs.ids_in_state(JobState.SUBMITTING), jobs.get)
    await one_by_one((f"doubting job {job.id}", partial(doubts.note, job, CRASH)) for job in cut_off)
    await look_after(jobs=jobs, watcher=watcher, collector=collector, doubts=doubts)


async def look_after(*, jobs: Jobs, watcher: Watcher, collector: Collector, doubts: InDoubtResolver) -> None:
    """See to it that somebody is at every job that waits for the vendor; where somebody is, nothing happens.

    Whoever began to wait may have been lost with a failure that nobody thought of: the database knows who waits.
    """
    for job_id in await jobs.ids_in_state(JobState.IN_DOUBT):
        doubts.resolve(job_id)
    for state in (JobState.PENDING, JobState.RUNNING):
        for job_id in await jobs.ids_in_state(state):
            watcher.watch(job_id)
    for job_id in await jobs.ids_in_state(JobState.FETCHING):
        collector.collect(job_id)
