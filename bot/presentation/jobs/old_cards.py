"""Cards that stayed behind when their pictures were sent elsewhere: they say so, and go with the pictures."""

import asyncio
import logging
from functools import partial

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState, OldCard
from bot.ports import Clock, Jobs
from bot.presentation.kit.closed_threads import in_open_thread
from bot.presentation.kit.discord_errors import Verdict, briefly, judge
from bot.presentation.kit.reply_transport import NOBODY, PATIENT_TIMEOUT_S
from bot.presentation.kit.texts import Texts
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.supervisor import one_by_one
from bot.service.kit.waiting import wait_for

log = logging.getLogger(__name__)

AGAIN_S = 3600.0
"""What Discord refuses is asked again so often: threads are unlocked."""

CARDS_MATTER_MS = 7 * 24 * 3600 * 1000
"""The card of an older job that Discord refuses is left as it is, unless it or its pictures are to go."""


class OldCards:
    """Edits or deletes them; each is tried when its job changes, and every hour."""

    def __init__(
        self,
        *,
        client: discord.Client,
        jobs: Jobs,
        changes: Changes,
        texts: Texts,
        clock: Clock,
        alarm: Alarm,
        mark: int,
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._texts = texts
        self._clock = clock
        self._alarm = alarm
        self._mark = mark
        self._tried: dict[int, tuple[int, float]] = {}
        self._woken = asyncio.Event()
        changes.on_job(lambda _: self._woken.set())

    def look_again(self) -> None:
        """Try every one now: Discord is back."""
        self._tried.clear()
        self._woken.set()

    async def run(self) -> None:
        """Work off what is left until cancelled."""
        while True:
            self._woken.clear()
            async with self._alarm.watching("looking after old cards"):
                cards = await self._jobs.old_cards()
                await one_by_one((f"the old card of job {one.job_id}", partial(self._look, one)) for one in cards)
            await wait_for(self._woken, AGAIN_S / 10, self._clock)

    async def _look(self, card: OldCard) -> None:
        job = await self._jobs.get(card.job_id)
        if job is None or self._waits(job):
            return
        self._tried[job.id] = (job.version, self._clock.monotonic())
        act = self._delete if job.deleted_ms else self._edit
        try:
            await in_open_thread(
                self._client, card.channel_id, lambda: act(job, card), self._clock, timeout_s=PATIENT_TIMEOUT_S
            )
        except Exception as error:  # noqa: BLE001 - a cut connection too: it is tried again
            if judge(error) is not Verdict.GONE:
                log.info("job %s: its old card can't be changed: %s", job.id, briefly(error))
                return
        await self._jobs.settle_old_card(job.id, job.version)
        self._tried.pop(job.id, None)

    def _waits(self, job: Job) -> bool:
        version, tried_s = self._tried.get(job.id, (0, 0.0))
        if version == job.version and self._clock.monotonic() < tried_s + AGAIN_S:
            return True
        if job.deleted_ms:
            return False
        return job.state is not JobState.DELIVERED or self._clock.now_ms() - job.created_ms > CARDS_MATTER_MS

    async def _edit(self, job: Job, card: OldCard) -> None:
        view = ui.LayoutView(timeout=None)
        container: ui.Container[ui.LayoutView] = ui.Container(id=self._mark)
        view.add_item(container.add_item(ui.TextDisplay(self._texts.say(job.reply.locale, "sent-elsewhere"))))
        view.stop()
        async with self._clock.timeout(PATIENT_TIMEOUT_S):
            await self._message(card).edit(view=view, attachments=[], allowed_mentions=NOBODY)

    async def _delete(self, _: Job, card: OldCard) -> None:
        async with self._clock.timeout(PATIENT_TIMEOUT_S):
            await self._message(card).delete()

    def _message(self, card: OldCard) -> discord.PartialMessage:
        return self._client.get_partial_messageable(card.channel_id).get_partial_message(card.message_id)
