"""Held jobs whose first response is in doubt: Discord is asked whether it took it."""

import logging

import discord

from bot.domain.job import Job, JobState
from bot.errors import StorageUnavailable
from bot.ports import Clock, Jobs
from bot.presentation.addresses import CALL_TIMEOUT_S
from bot.presentation.presenter import Presenter
from bot.service.submitting import Submitter

log = logging.getLogger(__name__)

ROUND_S = 30.0
UNPROVEN_AFTER_MS = 60_000
"""Taking a request is over after a few calls of 15 s each; what is held longer was left by a crash or a lost answer."""


class Prover:
    """Queues held jobs whose reply stands, and voids those that Discord never acknowledged."""

    def __init__(
        self, *, client: discord.Client, jobs: Jobs, submitter: Submitter, presenter: Presenter, clock: Clock
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._submitter = submitter
        self._presenter = presenter
        self._clock = clock

    async def run(self) -> None:
        """Prove until cancelled: at first all that an earlier run left, then what is held for too long."""
        started_ms = self._clock.now_ms()
        while True:
            try:
                for job in await self._jobs.in_state(JobState.HELD):
                    age_ms = self._clock.now_ms() - job.created_ms
                    if job.created_ms < started_ms or age_ms >= UNPROVEN_AFTER_MS:
                        await self._prove(job)
            except StorageUnavailable:
                log.exception("held jobs wait for storage")
            await self._clock.sleep(ROUND_S)

    async def _prove(self, job: Job) -> None:
        if not job.reply.token or self._clock.now_ms() >= job.reply.token_expires_ms:
            # Nobody can find out any more; no picture was made, so nobody loses anything.
            await self._submitter.withdraw(job.id)
            return
        webhook = discord.Webhook.partial(job.reply.application_id, job.reply.token, client=self._client)
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                message = await webhook.fetch_message("@original")  # pyright: ignore[reportArgumentType]
        except (discord.NotFound, discord.Forbidden):
            await self._submitter.withdraw(job.id)
        except Exception as error:  # noqa: BLE001 - whatever kept the answer away: the next round asks again
            log.info("job %s: can't find out yet whether its first response stands: %r", job.id, error)
        else:
            await self._submitter.acknowledge(job.id, message.id)
            self._presenter.touch(job.id)
