"""A job shown once more, to one person."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState, Removal
from bot.ports import Clock, Jobs, Pictures
from bot.presentation.jobs import uploads
from bot.presentation.jobs.card_buttons import job_button
from bot.presentation.jobs.cards import Known
from bot.presentation.jobs.covering import cover_buttons
from bot.presentation.jobs.renderer import Renderer
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.reply_transport import NOBODY, UPLOAD_TIMEOUT_S, Addresses
from bot.presentation.kit.texts import Texts

Buttons = Callable[[], Iterator[ui.Button[Any]]]
"""Makes the buttons of one attempt: each needs its own."""


class JobCopy:
    """Answers with a job's card and its kept pictures."""

    def __init__(
        self,
        *,
        renderer: Renderer,
        addresses: Addresses,
        jobs: Jobs,
        pictures: Pictures,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._renderer = renderer
        self._addresses = addresses
        self._jobs = jobs
        self._pictures = pictures
        self._texts = texts
        self._clock = clock

    async def answer(self, interaction: AnyInteraction, job: Job, *, for_moderator: bool = False) -> None:
        """Fill an answer that was deferred; the reader's language and upload limit count.

        Args:
            interaction: whose answer.
            job: which.
            for_moderator: who reads it may cover the pictures.

        Raises:
            Exception: what the call to Discord raised.
        """
        try:
            await self._show(interaction, job, for_moderator=for_moderator)
        except FileNotFoundError:
            # Somebody removed the pictures after they were looked at: by now the job says so.
            await self._show(interaction, await self._jobs.get(job.id) or job, for_moderator=for_moderator)

    async def _show(self, interaction: AnyInteraction, job: Job, *, for_moderator: bool) -> None:
        reply = replace(job.reply, locale=str(interaction.locale), attachment_limit=interaction.filesize_limit)
        job = replace(job, reply=reply)
        has_pictures = job.state in {JobState.DELIVERED, JobState.UNDELIVERED} and not job.deleted_ms
        ready = await uploads.together(await uploads.prepare(job, self._pictures)) if has_pictures else []
        unread = len(job.kept) - len(ready) if has_pictures else 0
        known = await self._renderer.know(job, tuple(upload.picture for upload in ready))
        known = replace(known, not_shown=unread, is_brief=False)
        if job.deleted_ms:
            reason = await self._jobs.removal_reason(job)
            known = replace(known, removal_reason=reason, still_stands=job.still_stands)
        has_link = is_linked(job) or (job.still_stands and not job.is_ephemeral)
        if has_link and await self._addresses.is_gone(job):
            await self._jobs.note_message_gone(job)
            has_link = False
        buttons = partial(self._buttons, job, has_link=has_link, for_moderator=for_moderator)
        try:
            await self._fill(interaction, job, known, ready, buttons)
        except discord.HTTPException as error:
            match judge(error):
                case Verdict.REFUSED:
                    known = replace(known, is_bare=True)
                case Verdict.TOO_LARGE if ready:
                    ready = await uploads.surely(ready)
                    known = replace(known, pictures=tuple(upload.picture for upload in ready))
                case _:
                    raise
            await self._fill(interaction, job, known, ready, buttons)

    async def _fill(
        self, interaction: AnyInteraction, job: Job, known: Known, ready: list[Upload], buttons: Buttons
    ) -> None:
        view = self._renderer.compose(job, known)
        if stands := _what_stands(job, is_own=interaction.user.id == job.member_id):
            view.add_item(ui.TextDisplay(self._texts.say(job.reply.locale, stands)))
        if offered := list(buttons()):
            view.add_item(ui.ActionRow(*offered))
        with uploads.opened(ready) as files:
            async with self._clock.timeout(UPLOAD_TIMEOUT_S):
                await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NOBODY)

    def _buttons(self, job: Job, *, has_link: bool, for_moderator: bool) -> Iterator[ui.Button[Any]]:
        locale = job.reply.locale
        if for_moderator:
            yield from cover_buttons(self._texts, locale, job, f"job:{job.id}:{{}}")
        if has_link:
            yield open_button(self._texts, locale, job)
        if job.still_stands:
            yield job_button(self._texts, locale, job, "delete", "button-delete")


def _what_stands(job: Job, *, is_own: bool) -> str:
    """Return the text about the message that still has removed pictures; empty where none has."""
    if job.removal is Removal.OUT_OF_REACH:
        return "removed-out-of-reach-own" if is_own else "removed-out-of-reach"
    return "removed-stands" if job.still_stands else ""


def is_linked(job: Job) -> bool:
    """Whether there is a message that others than its member can open, as far as it is known without asking Discord."""
    is_gone = job.deleted_ms or job.message_gone or (job.state is JobState.UNDELIVERED and job.failure == "gone")
    return bool(job.reply.message_id) and not job.is_ephemeral and not is_gone


def place_of(job: Job) -> str:
    """Return the address of a job's message, or its channel where only its member sees the message."""
    return f"<#{job.reply.channel_id}>" if job.is_ephemeral else link_to(job)


def link_to(job: Job) -> str:
    """Return the address at which clients open a job's message."""
    return f"https://discord.com/channels/{job.server_id}/{job.reply.channel_id}/{job.reply.message_id}"


def open_button(texts: Texts, locale: str, job: Job) -> ui.Button[ui.LayoutView]:
    """Return the button that opens a job's message; see `is_linked`."""
    return ui.Button(label=texts.plain(locale, "button-open"), url=link_to(job))
