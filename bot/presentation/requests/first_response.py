"""The first response to a request that is held: given, looked for where its answer was lost, and the job queued."""

import logging
from dataclasses import dataclass

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState
from bot.domain.time.waits import spread
from bot.errors import MemberError, StorageDamaged, StorageUnavailable
from bot.ports import Clock
from bot.presentation.jobs.presenter import Presenter
from bot.presentation.kit.answers import PRIVATE, AnyInteraction
from bot.presentation.kit.channel_search import stands_for_ours
from bot.presentation.kit.discord_errors import (
    UNKNOWN_MESSAGE,
    UNKNOWN_WEBHOOK,
    Verdict,
    briefly,
    judge,
    was_refused,
)
from bot.presentation.kit.limits import ANSWER_WITHIN_S
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY
from bot.service.requests.submitter import Submitter
from bot.service.vendor.estimates import Estimate

log = logging.getLogger(__name__)

ANOTHER_DEFERRED = "another deferred"
"""Under this the extras of an interaction tell whether Discord called our deferral one too many. Then "thinking" is no
sign that our own stands: it may be that of another bot with this token, which goes on to draw."""

ACKNOWLEDGE_DELAYS_S = (1.0, 2.0, 5.0, 15.0)

_NOT_ANSWERED = {Verdict.LOCKED: "answer-refused-thread", Verdict.REFUSED: "answer-refused-words"}
"""What is said instead of a first response that Discord refuses, without the words that may be the reason."""


class AnswerRefused(MemberError):
    """Discord refused the first response for certain; what was held is given back."""


@dataclass(frozen=True, slots=True)
class Held:
    """A job that waits for its first response, and what that says."""

    job: Job
    view: ui.LayoutView
    estimate: Estimate


class FirstResponse:
    """Shows members that their requests are taken; what Discord never shows is withdrawn."""

    def __init__(self, submitter: Submitter, presenter: Presenter, clock: Clock) -> None:
        self._submitter = submitter
        self._presenter = presenter
        self._clock = clock

    async def give(self, interaction: AnyInteraction, held: Held) -> int:
        """Send the first response; return its message's id, or 0 where it is unknown whether it stands.

        Raises:
            MemberError: if Discord refuses it for certain; then the job is withdrawn.
        """
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                if interaction.response.is_done():
                    message = await interaction.edit_original_response(view=held.view, allowed_mentions=NOBODY)
                    return message.id
                answer = await interaction.response.send_message(
                    view=held.view, ephemeral=held.job.request.private, allowed_mentions=NOBODY
                )
                return answer.message_id or 0
        except Exception as error:  # noqa: BLE001 - whatever else went wrong: the original response decides
            if not was_refused(error):
                log.warning("job %s: its first response is in doubt: %s", held.job.id, briefly(error))
                return 0
            refusal = error
        log.warning("job %s: Discord refuses its first response: %s", held.job.id, briefly(refusal))
        verdict = judge(refusal)
        # A closed thread takes no word why either, where the member sees that we think.
        is_left_waiting = verdict is Verdict.LOCKED and interaction.response.is_done()
        await self._submitter.withdraw(held.job.id, tell=is_left_waiting)
        raise AnswerRefused(_NOT_ANSWERED.get(verdict, "answer-refused"))

    async def _is_lost(self, interaction: AnyInteraction, job: Job) -> bool:
        """Whether Discord never took the first response, so that the job was withdrawn."""
        another_deferred = bool(interaction.extras.get(ANOTHER_DEFERRED))
        deferred = PRIVATE in interaction.extras and not another_deferred
        try:
            message_id = await self._original(interaction, deferred=False)
            if not message_id:
                # A callback that was cut may still be on its way until the interaction's three seconds are over.
                await self._clock.sleep(ANSWER_WITHIN_S)
                message_id = await self._original(interaction, deferred=deferred)
        except Exception as error:  # noqa: BLE001 - reply recovery asks again
            log.warning("job %s: can't find out whether its first response stands: %s", job.id, briefly(error))
            return False
        if not message_id:
            await self._submitter.withdraw(job.id, tell=another_deferred)
            return True
        await self._acknowledge(job, message_id)
        self._presenter.touch(job.id)
        return False

    async def _original(self, interaction: AnyInteraction, *, deferred: bool) -> int:
        """Return the id of the first response's message; 0 if by Discord's word there is none, or another bot's."""
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                message = await interaction.original_response()
        except discord.NotFound as error:
            # Of an interaction that was never answered it does not know the webhook; so young a token is not dead.
            if error.code not in {UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK}:
                raise
            return 0
        if stands_for_ours(message, self._presenter.renderer.mark, deferred=deferred):
            return message.id
        log.warning(
            "interaction %s: its first response is not ours: does another bot run with this token?", interaction.id
        )
        return 0

    async def _acknowledge(self, job: Job, message_id: int) -> Job | None:
        """Queue a job whose first response stands; the member sees it, so storage is given some time."""
        for delay_s in ACKNOWLEDGE_DELAYS_S:
            try:
                return await self._submitter.acknowledge(job.id, message_id)
            except StorageDamaged:
                # It does not pass.
                raise
            except StorageUnavailable as error:
                log.warning("job %s: can't be queued yet: %s", job.id, error)
                await self._clock.sleep(spread(delay_s))
        return await self._submitter.acknowledge(job.id, message_id)

    async def follow(self, interaction: AnyInteraction, held: Held, message_id: int) -> bool:
        """Queue a job whose first response stands, once that is known. Whether it may stand: else it was withdrawn.

        Args:
            interaction: that asked for it.
            held: the job.
            message_id: of the first response; 0: it is unknown whether it stands.
        """
        if not message_id:
            return not await self._is_lost(interaction, held.job)
        await self._queue(held, message_id)
        return True

    async def _queue(self, held: Held, message_id: int) -> None:
        try:
            queued = await self._acknowledge(held.job, message_id)
            if queued is None:
                return
            if queued.state is JobState.QUEUED:
                await self._presenter.introduce(queued, held.estimate)
            else:
                # It was canceled before we heard that the card stands, which says otherwise.
                self._presenter.touch(queued.id)
        except StorageDamaged as error:
            log.error("job %s: can't be queued: %s", held.job.id, error)  # noqa: TRY400 - the sentence says it all
        except StorageUnavailable as error:
            # The member sees the card: what storage can't take now, reply recovery and presenter take up later.
            log.info("job %s: storage is out, it is taken up later: %s", held.job.id, error)
