"""From an /imagine to its first response, within Discord's three seconds."""

import asyncio
import logging

import discord
from discord import ui

from bot.domain.job import Job, JobState, ReplyAddress
from bot.domain.request import Options
from bot.errors import NotPermitted
from bot.ports import Clock
from bot.presentation.addresses import CALL_TIMEOUT_S, NOBODY
from bot.presentation.presenter import Presenter
from bot.presentation.replies import AnyInteraction
from bot.presentation.texts import Texts
from bot.service.estimating import Estimate
from bot.service.submitting import Asker, Submitter

log = logging.getLogger(__name__)

DEFER_AFTER_S = 2.0
"""An interaction must be answered within three seconds."""

TOKEN_LIVES_MS = (15 * 60 - 30) * 1000
"""An interaction's token lives for 15 minutes; half of one is a margin for clocks and the way."""


class Reception:
    """Takes requests: what the bot may do here, the hold, the first response, the queue."""

    def __init__(self, *, submitter: Submitter, presenter: Presenter, texts: Texts, clock: Clock) -> None:
        self._submitter = submitter
        self._presenter = presenter
        self._texts = texts
        self._clock = clock
        self._submitting: set[asyncio.Task[Job]] = set()

    async def take(self, interaction: AnyInteraction, options: Options) -> None:
        """Hold a job for a request, answer it, and queue the job once Discord shows the answer.

        Raises:
            MemberError: if nothing was held, saying why.
            StorageUnavailable: if nothing was held, because storage can't.
        """
        self._check_permissions(interaction, is_private=bool(options.private))
        work = asyncio.create_task(
            self._submitter.submit(options, asker_of(interaction)), name=f"submit-{interaction.id}"
        )
        self._submitting.add(work)
        work.add_done_callback(self._submitting.discard)
        job = await self._held(interaction, work, is_private=bool(options.private))
        if job.state is not JobState.HELD:
            # The same interaction was delivered twice, and the first delivery was answered.
            return
        view, estimate = await self._presenter.first_card(job)
        message_id = await self._answer(interaction, job, view)
        if message_id:
            await self._queue(job, message_id, estimate)
        else:
            await self._look_for_answer(interaction, job)

    def _check_permissions(self, interaction: AnyInteraction, *, is_private: bool) -> None:
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        missing = missing_permissions(interaction, is_private=is_private)
        if missing:
            locale = str(interaction.locale)
            names = ", ".join(self._texts.plain(locale, f"permission-{name}") for name in missing)
            raise NotPermitted("missing-permissions", permissions=names)

    async def _held(self, interaction: AnyInteraction, work: asyncio.Task[Job], *, is_private: bool) -> Job:
        try:
            # The transaction can't be stopped halfway: it goes on while the member sees that we think.
            async with self._clock.timeout(DEFER_AFTER_S):
                return await asyncio.shield(work)
        except TimeoutError:
            if work.done():
                return await work
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await interaction.response.defer(ephemeral=is_private, thinking=True)
        except (discord.HTTPException, TimeoutError, OSError) as error:
            log.warning("interaction %s: could not be deferred: %r", interaction.id, error)
        return await work

    async def _answer(self, interaction: AnyInteraction, job: Job, view: ui.LayoutView) -> int:
        """Send the first response; give its message's id, or 0 where it is unknown whether it stands."""
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                if interaction.response.is_done():
                    message = await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)
                    return message.id
                answer = await interaction.response.send_message(
                    view=view, ephemeral=job.request.private, allowed_mentions=NOBODY
                )
                return answer.message_id or 0
        except Exception as error:  # noqa: BLE001 - whatever went wrong: the original response decides
            log.warning("job %s: its first response is in doubt: %r", job.id, error)
            return 0

    async def _look_for_answer(self, interaction: AnyInteraction, job: Job) -> None:
        """Find out whether Discord took the first response; where it can't be asked, the job stays held."""
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                message = await interaction.original_response()
        except discord.NotFound:
            await self._submitter.withdraw(job.id)
        except Exception as error:  # noqa: BLE001 - recovery at the next start decides
            log.warning("job %s: can't find out whether its first response stands: %r", job.id, error)
        else:
            await self._submitter.acknowledge(job.id, message.id)
            self._presenter.touch(job.id)

    async def _queue(self, job: Job, message_id: int, estimate: Estimate) -> None:
        queued = await self._submitter.acknowledge(job.id, message_id)
        if queued is not None:
            await self._presenter.introduce(queued, estimate)


def asker_of(interaction: AnyInteraction) -> Asker:
    """Give who asks, and where the answer goes."""
    allowed = interaction.app_permissions
    guild = interaction.guild
    return Asker(
        interaction_id=interaction.id,
        server_id=interaction.guild_id or 0,
        server_owner_id=(guild.owner_id if guild else None) or 0,
        member_id=interaction.user.id,
        reply=ReplyAddress(
            application_id=interaction.application_id,
            channel_id=interaction.channel_id or 0,
            token=interaction.token,
            token_expires_ms=int(interaction.created_at.timestamp() * 1000) + TOKEN_LIVES_MS,
            message_id=0,
            attachment_limit=interaction.filesize_limit,
            locale=str(interaction.locale),
            can_post=allowed.view_channel and _may_send(interaction),
        ),
    )


def missing_permissions(interaction: AnyInteraction, *, is_private: bool) -> list[str]:
    """Give the permissions that the bot lacks in a channel to show pictures there, also once a token has died."""
    needed = ["attach_files"] if is_private else ["view_channel", _sending(interaction), "attach_files"]
    return [name for name in needed if not getattr(interaction.app_permissions, name)]


def _sending(interaction: AnyInteraction) -> str:
    return "send_messages_in_threads" if isinstance(interaction.channel, discord.Thread) else "send_messages"


def _may_send(interaction: AnyInteraction) -> bool:
    return bool(getattr(interaction.app_permissions, _sending(interaction)))
