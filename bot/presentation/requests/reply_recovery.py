"""Held jobs whose first response is in doubt: Discord is asked whether it took it."""

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial

import discord

from bot.domain.jobs.job import Job, JobState
from bot.ports import Clock, Jobs
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.channel_search import find_own, is_reply_to, stands_for_ours
from bot.presentation.kit.discord_errors import UNKNOWN_MESSAGE, Verdict, briefly, judge
from bot.presentation.kit.limits import ANSWER_WITHIN_S
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S, webhook_of
from bot.service.kit.alarm import Alarm
from bot.service.kit.elapsed import Ages
from bot.service.kit.supervisor import one_by_one
from bot.service.kit.waiting import wait_for
from bot.service.requests.submitter import Submitter

log = logging.getLogger(__name__)

ROUND_S = 30.0


class ReplyRecovery:
    """Queues held jobs whose reply stands, and voids those that Discord never acknowledged.

    Args:
        client: logged in.
        jobs: the jobs.
        submitter: queues and voids.
        presenter: told of what is queued.
        is_answering: whether a held job is being answered at this moment; a crash or a lost answer left any other.
        clock: paces it.
        alarm: hears of rounds that fail.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        jobs: Jobs,
        submitter: Submitter,
        presenter: Presenter,
        is_answering: Callable[[int], bool],
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._client = client
        self._jobs = jobs
        self._submitter = submitter
        self._presenter = presenter
        self._is_answering = is_answering
        self._clock = clock
        self._alarm = alarm
        self._seen: Ages[int] = Ages(clock)
        self._woken = asyncio.Event()

    def look_again(self) -> None:
        """Ask now: Discord is back."""
        self._woken.set()

    async def run(self) -> None:
        """Recover replies until cancelled."""
        while True:
            self._woken.clear()
            wait_s = ROUND_S
            async with self._alarm.watching("looking at held jobs"):
                held = [one for one in await self._jobs.ids_in_state(JobState.HELD) if not self._is_answering(one)]
                now_ms = self._clock.now_ms()
                seen_for_s = self._seen.look(dict.fromkeys(held, now_ms))
                if any(seen_for_s[job_id] < ANSWER_WITHIN_S for job_id in held):
                    wait_s = ANSWER_WITHIN_S
                await one_by_one(
                    (f"recovering reply of job {job_id}", partial(self._recover, job_id, seen_for_s[job_id]))
                    for job_id in held
                )
            spread_s = wait_s * random.uniform(1.0, 1.2)  # noqa: S311 - only spreads the rounds
            await wait_for(self._woken, spread_s, self._clock)

    async def _recover(self, job_id: int, seen_for_s: float) -> None:
        job = await self._jobs.get(job_id)
        if job is None or job.state is not JobState.HELD:
            return
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                message_id = await self._find(job)
        except Exception as error:  # noqa: BLE001 - whatever kept the answer away: the next round asks again
            log.info("job %s: can't find out yet whether its first response stands: %s", job.id, briefly(error))
            return
        if message_id:
            await self._submitter.acknowledge(job.id, message_id)
            self._presenter.touch(job.id)
        elif seen_for_s >= ANSWER_WITHIN_S:
            # Earlier the callback of a process that was killed may still be on its way.
            # Its member is told in any case. Without the token nobody can find out for certain: a private reply, or one
            # in a channel whose history the bot may not read, can stand all the same, and would say for ever that it
            # waits. With it: a moderator may have deleted the reply that its member saw.
            await self._submitter.withdraw(job.id, tell=True)

    async def _find(self, job: Job) -> int:
        """Return the id of the first response's message, 0 if none is found."""
        if self._presenter.addresses.has_token(job):
            try:
                return await self._original(job)
            except discord.HTTPException as error:
                # Nothing else proves it: not that the bot may not look, nor what some proxy says.
                if error.code == UNKNOWN_MESSAGE:
                    return 0
                if judge(error, by_token=True) is not Verdict.TOKEN_DEAD:
                    raise
                # The clock may say otherwise, and go on saying so for days.
                await self._jobs.wipe_token(job.id)
        return await self._in_channel(job)

    async def _original(self, job: Job) -> int:
        message = await webhook_of(self._client, job).fetch_message("@original")  # pyright: ignore[reportArgumentType]
        return message.id if self._is_ours(message) else 0

    def _is_ours(self, message: discord.Message) -> bool:
        return stands_for_ours(message, self._presenter.renderer.mark, deferred=True)

    async def _in_channel(self, job: Job) -> int:
        """Return the same once the token is dead; 0 also where nobody can find out any more."""
        if job.request.private:
            return 0
        channel = self._client.get_partial_messageable(job.reply.channel_id)
        try:
            found = await find_own(
                self._client,
                channel,
                lambda message: is_reply_to(message, job.id) and self._is_ours(message),
                after_id=job.id,
                oldest_first=True,
            )
        except discord.NotFound as error:
            if judge(error) is not Verdict.GONE:
                raise
            return 0
        return found.id if found else 0
