"""/logs: what moderators find in the log of their server; nobody else sees the answers."""

import io
from zoneinfo import ZoneInfo

import discord

from bot.domain.log.moderator_log import KeptSearch, Search, Status, Timeline
from bot.ports import Clock, Pictures
from bot.presentation.jobs import previews, uploads
from bot.presentation.kit.answers import AnyInteraction, privately
from bot.presentation.kit.limits import REQUEST_LIMIT_BYTES
from bot.presentation.kit.members import act_of
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY, UPLOAD_TIMEOUT_S
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.log import tables
from bot.presentation.log.tables import Format
from bot.presentation.log.views import (
    ON_A_PAGE,
    RECORD_SUFFIX,
    REFUSALS_ON_A_PAGE,
    jobs_page,
    refusals_page,
    timeline_view,
)
from bot.service.moderation.moderator_log import NEWEST, Reviewing


class Logs:
    """Answers moderators. Whether somebody is one is the caller's to check."""

    def __init__(self, *, reviewing: Reviewing, pictures: Pictures, texts: Texts, clock: Clock) -> None:
        self._reviewing = reviewing
        self._pictures = pictures
        self._texts = texts
        self._clock = clock

    async def show_page(self, interaction: AnyInteraction, kept: KeptSearch, before_id: int = NEWEST) -> None:
        """Show a page of a search in the answer that was deferred.

        Args:
            interaction: whose answer.
            kept: the search.
            before_id: only what has a lower id.

        Raises:
            Exception: what the call to Discord raised.
        """
        server_id, locale, search = interaction.guild_id or 0, str(interaction.locale), kept.search
        if search.status is Status.REFUSED_HERE:
            most = REFUSALS_ON_A_PAGE + 1
            refusals = await self._reviewing.refusals(server_id, search, before_id=before_id, most=most)
            view = refusals_page(self._texts, locale, kept, refusals, before_id)
        else:
            jobs = await self._reviewing.jobs(server_id, search, before_id=before_id, most=ON_A_PAGE + 1)
            view = jobs_page(self._texts, locale, kept, jobs, before_id)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.edit_original_response(view=view, allowed_mentions=NOBODY)

    async def show_timeline(self, interaction: AnyInteraction, timeline: Timeline) -> None:
        """Show all that is known of a job in the answer that was deferred.

        Raises:
            Exception: what the call to Discord raised.
        """
        locale, job = str(interaction.locale), timeline.job
        ready = [] if job.deleted_ms else await previews.prepare(job, self._pictures)
        handed_in = await previews.prepare_handed_in(job, self._pictures)
        shown, came_in = (tuple(upload.picture for upload in made) for made in (ready, handed_in))
        view, is_whole = timeline_view(self._texts, locale, timeline, shown, came_in)
        view.stop()
        with uploads.opened(ready + handed_in) as files:
            if not is_whole:
                files.append(discord.File(io.BytesIO(tables.record(timeline)), f"{job.number}{RECORD_SUFFIX}"))
            async with self._clock.timeout(UPLOAD_TIMEOUT_S):
                await interaction.edit_original_response(view=view, attachments=files, allowed_mentions=NOBODY)

    async def export(self, interaction: AnyInteraction, search: Search, format_: Format, zone: ZoneInfo) -> None:
        """Answer with a search as a file, as much of it as Discord takes, and say how to go on.

        Args:
            interaction: whose answer, deferred.
            search: of what.
            format_: of the file.
            zone: the server's.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        server_id, locale = interaction.guild_id or 0, str(interaction.locale)
        act = act_of(interaction, "logs.export")
        await self._reviewing.note_export(act, search, format_)
        wants_refusals = search.status is Status.REFUSED_HERE
        reading = self._reviewing.every_refusal if wants_refusals else self._reviewing.every_job
        written = await tables.write(
            reading(server_id, search),
            tables.Refusals() if wants_refusals else tables.Jobs(),
            format_,
            zone=zone,
            limit_bytes=min(interaction.filesize_limit, REQUEST_LIMIT_BYTES),
            texts=self._texts,
            locale=locale,
        )
        if not written.rows:
            await privately(interaction, self._texts.say(locale, "log-nothing"), self._clock)
            return
        text = self._texts.say(locale, "log-exported", rows=written.rows)
        if not written.is_whole:
            until = Markup(f"`{written.goes_on(zone)}`")
            text = self._texts.say(locale, "log-exported-part", rows=written.rows, until=until)
        file = discord.File(io.BytesIO(written.data), f"log.{format_}")
        async with self._clock.timeout(UPLOAD_TIMEOUT_S):
            await interaction.edit_original_response(content=text, attachments=[file], allowed_mentions=NOBODY)
