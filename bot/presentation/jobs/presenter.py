"""Keeps the jobs' messages at their newest version: latest wins, one edit in flight, the last never dropped."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.lane import ACCOUNT
from bot.domain.requests.catalogue import Catalogue
from bot.domain.time.waits import LONGEST_RETRY_S, back_off_s
from bot.errors import StorageDamaged, StorageUnavailable
from bot.ports import Clock, Jobs, Meter, Pictures, Servers
from bot.presentation.jobs.cards import is_delivery
from bot.presentation.jobs.old_cards import CARDS_MATTER_MS
from bot.presentation.jobs.place_updates import Line
from bot.presentation.jobs.renderer import LAST_WORD_MS, Outcome, Renderer
from bot.presentation.kit.discord_errors import Verdict, briefly, judge
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.reply_transport import Addresses, OutOfReach
from bot.presentation.kit.retrying import counted, is_worth_another
from bot.presentation.kit.texts import Texts
from bot.service.delivery.deliveries import Deliveries
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.metering import UNMETERED
from bot.service.kit.supervisor import one_by_one
from bot.service.kit.waiting import wait_for
from bot.service.requests.quotas import Quotas
from bot.service.vendor.estimates import Estimate, Estimates

log = logging.getLogger(__name__)

EDIT_EVERY_S = 3.0
"""Discord's channels take about 30 webhook edits a minute (api-docs #6753)."""

LANE_EVERY_S = 1.0
"""A burst of changes in a lane is looked at once."""

LANE_AGAIN_S = 60.0
"""A lane that could not be looked at."""

FIRST_DELAY_S = 2.0

CATCH_UP_EVERY_S = 180.0
"""The database knows which messages are behind, whatever became of who was to bring them up."""

REFUSED_AGAIN_S = 3600.0
"""What Discord refuses for certain is asked again so often: threads are opened, permissions given back."""

PRIVATE_AGAIN_S = 60.0
"""The same of a private reply, which nothing reaches once its token is dead."""

UNDELIVERED_OR_WITHOUT = frozenset({JobState.UNDELIVERED, JobState.FAILED, JobState.CANCELED, JobState.EXPIRED})

LAST_WORDS_EVERY_S = 20.0

AT_ONCE = 10
"""Messages that are looked at or edited at the same time: when Discord comes back all that waited wants to be."""


@dataclass(slots=True)
class _Message:
    """What is known about one job's message.

    Attributes:
        behind: something may have changed since the message was last looked at.
        moved: its place in line is worth an edit of its own.
        shown: what the last edit brought; None where that is unknown.
        attempts: how often in a row it could not be edited.
        waits: it is to be tried again after a while.
        is_damaged: its job lies in a damaged part of the database, which was said.
        hastened: ends that while.
        refused: the job's version that Discord would not show, for certain; 0: none.
        refused_s: when that was.
    """

    behind: asyncio.Event = field(default_factory=asyncio.Event)
    moved: bool = False
    edited_s: float = float("-inf")
    shown: Outcome | None = None
    attempts: int = 0
    waits: bool = False
    is_damaged: bool = False
    hastened: asyncio.Event = field(default_factory=asyncio.Event)
    refused: int = 0
    refused_s: float = 0.0
    worker: asyncio.Task[None] | None = None


class Presenter:
    """Edits the jobs' messages."""

    def __init__(
        self,
        *,
        client: discord.Client,
        jobs: Jobs,
        pictures: Pictures,
        estimates: Estimates,
        quotas: Quotas,
        servers: Servers,
        deliveries: Deliveries,
        changes: Changes,
        texts: Texts,
        catalogue: Catalogue,
        discord_time: DiscordTime,
        clock: Clock,
        alarm: Alarm,
        mark: int,
        meter: Meter = UNMETERED,
    ) -> None:
        self.addresses = Addresses(client=client, jobs=jobs, discord_time=discord_time, clock=clock, meter=meter)
        self.renderer = Renderer(
            addresses=self.addresses,
            jobs=jobs,
            pictures=pictures,
            estimates=estimates,
            quotas=quotas,
            servers=servers,
            deliveries=deliveries,
            texts=texts,
            catalogue=catalogue,
            clock=clock,
            mark=mark,
        )
        self._jobs = jobs
        self._estimates = estimates
        self._deliveries = deliveries
        self._catalogue = catalogue
        self._clock = clock
        self._alarm = alarm
        self._jitter = random.SystemRandom()
        self._line = Line()
        self._messages: dict[int, _Message] = {}
        self._lanes = {model: asyncio.Event() for model in catalogue}
        self._places = asyncio.Semaphore(AT_ONCE)
        self._is_back = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        changes.on_job(self.touch)
        changes.on_lane(self._touch_lane)

    async def run(self) -> None:
        """Bring messages up to date until cancelled, beginning with those that are behind."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for model in self._lanes:
                    group.create_task(self._guard(partial(self._watch_lane, model)), name=f"presenter-lane-{model}")
                await self._guard(self._note_places)
                group.create_task(self._guard(self._catch_up), name="presenter-catch-up")
                group.create_task(self._guard(self._say_last_words), name="presenter-last-words")
                for job_id in list(self._messages):
                    self.touch(job_id)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    async def _note_places(self) -> None:
        queued = await self._jobs.ids_in_state(JobState.QUEUED)
        await one_by_one((f"noting the place of job {job_id}", partial(self._note_place, job_id)) for job_id in queued)

    async def _note_place(self, job_id: int) -> None:
        job = await self._jobs.get(job_id)
        if job is not None:
            estimate = await self._estimates.of(job)
            self._line.note(job.id, job.request.model, estimate.place, self._clock.monotonic())

    async def first_card(self, job: Job) -> tuple[ui.LayoutView, Estimate]:
        """Make the card of a job's first response, and the estimate that it names."""
        known = await self.renderer.know(job)
        return self.renderer.compose(job, known), known.estimate or Estimate(0, known.now_ms)

    async def introduce(self, job: Job, estimate: Estimate) -> None:
        """Take note that the first response shows ``job``, so that nothing is edited before something changes."""
        now_s = self._clock.monotonic()
        self._messages.setdefault(job.id, _Message()).edited_s = now_s
        self._line.note(job.id, job.request.model, estimate.place, now_s)
        await self._jobs.mark_shown(job.id, job.version)

    def touch(self, job_id: int) -> None:
        """Look at a job's message soon: its job may have changed."""
        message = self._messages.setdefault(job_id, _Message())
        message.behind.set()
        if self._group is not None and message.worker is None:
            work = self._guard(partial(self._bring_up, job_id, message))
            message.worker = self._group.create_task(work, name=f"presenter-{job_id}")

    def look_again(self) -> None:
        """Try every message that is behind now: Discord is back."""
        for message in self._messages.values():
            message.hastened.set()
        self._is_back.set()

    async def _catch_up(self) -> None:
        """Bring up what is behind by the database's word: at the start, every few minutes, and when Discord is back."""
        while True:
            self._is_back.clear()
            async with self._alarm.watching("looking for messages that are behind"):
                await self.addresses.forget_dead_tokens()
                for job_id in await self._jobs.unshown():
                    self.touch(job_id)
            await self._wait(self._is_back, CATCH_UP_EVERY_S * self._jitter.uniform(0.8, 1.2))

    async def _say_last_words(self) -> None:
        """Look once more at the private replies of jobs under way whose token is about to die."""
        while True:
            await self._clock.sleep(LAST_WORDS_EVERY_S)
            async with self._alarm.watching("looking for private replies whose token is about to die"):
                for job_id in await self.addresses.with_dying_token(LAST_WORD_MS):
                    self._messages.setdefault(job_id, _Message()).moved = True
                    self.touch(job_id)

    def _touch_lane(self, model: str) -> None:
        for name, moved in self._lanes.items():
            if model in {name, ACCOUNT}:
                moved.set()

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        # One message or lane that can't be served must not end the others.
        async with self._alarm.watching("keeping messages up to date"):
            await work()

    async def _watch_lane(self, model: str) -> None:
        wait_s: float | None = None
        while True:
            await self._wait(self._lanes[model], wait_s)
            await self._clock.sleep(LANE_EVERY_S)
            self._lanes[model].clear()
            wait_s = LANE_AGAIN_S
            async with self._alarm.watching(f"looking at the messages of lane {model}"):
                wait_s = await self._look_at_lane(model)

    async def _look_at_lane(self, model: str) -> float | None:
        for job_id in await self._jobs.unshown(model):
            # A lane that was stopped or opened has raised the versions of those who wait.
            self.touch(job_id)
        places = await self._estimates.places(model)
        due, wait_s = self._line.due(model, places, self._clock.monotonic())
        for job_id in due:
            self._messages.setdefault(job_id, _Message()).moved = True
            self.touch(job_id)
        return wait_s

    async def _bring_up(self, job_id: int, message: _Message) -> None:
        try:
            while message.behind.is_set():
                await self._keep_apart(job_id, message)
                async with self._places:
                    message.behind.clear()
                    message.hastened.clear()
                    is_done = await self._look(job_id, message)
                if message.waits:
                    await self._again_later(message)
                elif is_done and not message.behind.is_set():
                    self._messages.pop(job_id, None)
        finally:
            message.worker = None

    async def _keep_apart(self, job_id: int, message: _Message) -> None:
        """Wait until a message may be edited again; what brings or ends something goes at once."""
        while (left_s := message.edited_s + EDIT_EVERY_S - self._clock.monotonic()) > 0:
            if await self._is_urgent(job_id):
                return
            message.behind.clear()
            await self._wait(message.behind, left_s)
        message.behind.set()

    async def _is_urgent(self, job_id: int) -> bool:
        try:
            job = await self._jobs.get(job_id)
        except StorageUnavailable:
            return False
        if job is None or job.version == job.shown:
            return False
        return is_delivery(job) or job.is_final or bool(job.cancel_wished_ms)

    async def _look(self, job_id: int, message: _Message) -> bool:
        """Bring a message to its job as it is now. Whether nothing more is to come of that job."""
        try:
            job = await self._jobs.get(job_id)
            if job is None or job.state is JobState.VOID:
                return True
            if self._is_due(job, message):
                await self._try(job, message)
        except StorageDamaged as error:
            self._note_damage(job_id, message, error)
            return False
        except StorageUnavailable as error:
            message.attempts = counted(Verdict.LATER, message.attempts)
            log.info("job %s: its message waits for storage: %s", job_id, error)
            message.waits = True
            return False
        return (job.is_final or job.state is JobState.UNDELIVERED) and not message.refused

    def _is_due(self, job: Job, message: _Message) -> bool:
        if job.state is JobState.HELD or not (job.version > job.shown or message.moved):
            return False
        is_dying = job.request.private and self.addresses.has_token(job)
        again_s = PRIVATE_AGAIN_S if is_dying else REFUSED_AGAIN_S
        return job.version != message.refused or self._clock.monotonic() >= message.refused_s + again_s

    def _note_damage(self, job_id: int, message: _Message, error: StorageDamaged) -> None:
        """Log damage once; only the operator can mend it, and is told (`DamageAlarm`): it is looked at seldom."""
        level = logging.DEBUG if message.is_damaged else logging.ERROR
        log.log(level, "job %s: its message can't be brought up to date: %s", job_id, error)
        message.is_damaged = message.waits = True

    async def _try(self, job: Job, message: _Message) -> None:
        """Edit once; after a failure that may pass it is tried again later, with whatever is newest then."""
        message.edited_s = self._clock.monotonic()
        try:
            outcome = await self.renderer.show(job, message.shown)
        except OutOfReach:
            message.attempts, message.moved, message.refused = 0, False, 0
            await self._cannot_say(job)
            await self._jobs.mark_shown(job.id, job.version, is_out_of_reach=True)
        except StorageUnavailable:
            # The edit itself did not fail: the worker waits for storage.
            raise
        except Exception as error:  # noqa: BLE001 - every failure is judged, and none may end the worker
            await self._failed(job, message, error)
        else:
            message.attempts, message.moved, message.shown = 0, False, outcome
            message.refused, message.is_damaged = 0, False
            self._line.note(job.id, job.request.model, outcome.place, self._clock.monotonic())

    async def _failed(self, job: Job, message: _Message, error: Exception) -> None:
        verdict = judge(error)
        message.attempts = counted(verdict, message.attempts)
        message.shown = None
        if is_worth_another(verdict, message.attempts):
            log.info("job %s: an edit failed (%s): %s", job.id, verdict.name, briefly(error))
            message.waits = True
            return
        message.attempts, message.moved, message.refused = 0, False, 0
        if not (job.deleted_ms and verdict is Verdict.GONE):
            # That somebody deletes a message is no trouble worth a traceback; a removed one is meant to be gone.
            trouble = error if verdict is Verdict.FAULT else None
            log.warning(
                "job %s: its message can't be edited (%s): %s", job.id, verdict.name, briefly(error), exc_info=trouble
            )
        if job.state is JobState.DELIVERING:
            await self._deliveries.undelivered(job, _REASONS.get(verdict, "refused"))
            return
        await self._cannot_say(job)
        if verdict is Verdict.GONE:
            await self._jobs.note_message_gone(job)
        if verdict is Verdict.GONE or self._matters_no_more(job):
            await self._jobs.mark_shown(job.id, job.version, is_out_of_reach=job.is_ephemeral)
        else:
            message.refused, message.refused_s = job.version, self._clock.monotonic()

    async def _cannot_say(self, job: Job) -> None:
        """Have somebody told directly what their job's message can't say: how it ended, or that pictures are kept."""
        if job.state in UNDELIVERED_OR_WITHOUT and not job.deleted_ms:
            await self._deliveries.tell_directly(job)

    def _matters_no_more(self, job: Job) -> bool:
        return not job.deleted_ms and self._clock.now_ms() - job.created_ms > CARDS_MATTER_MS

    async def _again_later(self, message: _Message) -> None:
        """Wait for as long as the failures in a row ask for, or until Discord is back."""
        message.waits = False
        delay_s = LONGEST_RETRY_S if message.is_damaged else back_off_s(message.attempts, FIRST_DELAY_S)
        await self._wait(message.hastened, delay_s * self._jitter.uniform(0.5, 1.0))
        message.behind.set()

    async def _wait(self, event: asyncio.Event, most_s: float | None) -> None:
        if most_s is None:
            await event.wait()
            return
        await wait_for(event, most_s, self._clock)


_REASONS = {
    Verdict.FORBIDDEN: "forbidden",
    Verdict.LOCKED: "locked",
    Verdict.CLOSED: "closed",
    Verdict.GONE: "gone",
    Verdict.TOO_LARGE: "too_large",
    Verdict.UNREADABLE: "unreadable",
}
