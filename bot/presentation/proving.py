"""Held jobs whose first response is in doubt: Discord is asked whether it took it."""

import logging
import random

import discord

from bot.domain.job import Job, JobState
from bot.errors import StorageUnavailable
from bot.ports import Clock, Jobs
from bot.presentation.addresses import CALL_TIMEOUT_S
from bot.presentation.history import find_own, is_reply_to
from bot.presentation.presenter import Presenter
from bot.presentation.reception import CALLBACK_WITHIN_S
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
            await self._clock.sleep(ROUND_S * random.uniform(0.8, 1.2))  # noqa: S311 - only spreads the rounds

    async def _prove(self, job: Job) -> None:
        has_token = job.reply.token and self._clock.now_ms() < job.reply.token_expires_ms
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                message_id = await (self._original(job) if has_token else self._in_channel(job))
        except Exception as error:  # noqa: BLE001 - whatever kept the answer away: the next round asks again
            log.info("job %s: can't find out yet whether its first response stands: %r", job.id, error)
            return
        if message_id:
            await self._submitter.acknowledge(job.id, message_id)
            self._presenter.touch(job.id)
        elif self._clock.now_ms() - job.created_ms >= CALLBACK_WITHIN_S * 1000:
            # Earlier the callback of a process that was killed may still be on its way.
            await self._submitter.withdraw(job.id)

    async def _original(self, job: Job) -> int:
        """Give the id of the first response's message; 0 if there is none."""
        webhook = discord.Webhook.partial(job.reply.application_id, job.reply.token, client=self._client)
        try:
            return (await webhook.fetch_message("@original")).id  # pyright: ignore[reportArgumentType]
        except (discord.NotFound, discord.Forbidden):
            return 0

    async def _in_channel(self, job: Job) -> int:
        """Give the same once the token is dead; 0 also where nobody can find out any more."""
        if job.request.private:
            return 0
        channel = self._client.get_partial_messageable(job.reply.channel_id)
        try:
            found = await find_own(
                self._client,
                channel,
                lambda message: is_reply_to(message, job.id),
                after_id=job.id,
                oldest_first=True,
            )
        except discord.NotFound:
            return 0
        return found.id if found else 0
