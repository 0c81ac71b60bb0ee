"""The buttons that ask once more: for a job's pictures, as they were or otherwise, and for less than was declined."""

from dataclasses import replace
from functools import partial

from bot.domain.jobs.job import Job
from bot.domain.requests.instead import Instead
from bot.domain.requests.repeating import as_asked
from bot.domain.requests.request import Options, nothing_for
from bot.errors import NotPermitted, Unavailable
from bot.ports import Jobs
from bot.presentation.jobs.card_buttons import PRIVATE, REPEAT
from bot.presentation.kit.answers import TYPED, AnyInteraction
from bot.presentation.kit.components import fields_in, number_in
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.requests.alternatives import INSTEAD
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.repeat_form import PROMPT, read_form, repeat_form
from bot.service.requests.declined import Alternatives
from cogs.base import BotCog, Kit


class Repeating(BotCog):
    """Takes requests for more of what a job's member has got."""

    def __init__(self, *, kit: Kit, intake: Intake, jobs: Jobs) -> None:
        super().__init__(kit, REPEAT)
        self._intake = intake
        self._jobs = jobs

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``repeat:{id}:again``, ``change``, which opens a form, and ``changed``, which sends it.

        A third part says that its member alone sees what comes of it, and a fourth what the button said that it costs.
        """
        job_id, action, who_sees, told = [*rest.split(":"), "", "", ""][:4]
        is_private = True if who_sees == PRIVATE else None
        if action == "change":
            await self._open_form(interaction, number_in(job_id), who_sees)
            return
        if action == "changed":
            read = partial(self._changed, interaction, number_in(job_id))
        else:
            read = partial(self._as_asked, interaction, number_in(job_id), number_in(told) if told else None)
        interaction.extras[TYPED] = fields_in(interaction).get(PROMPT, "")
        await self._intake.take_form(interaction, read, private=is_private, prefers=False)

    async def _as_asked(self, interaction: AnyInteraction, job_id: int, told_micros: int | None) -> Options:
        job = await self._own(interaction, job_id)
        return replace(as_asked(job.request), told_micros=told_micros)

    async def _changed(self, interaction: AnyInteraction, job_id: int) -> Options:
        job = await self._own(interaction, job_id, by_words=True)
        return read_form(interaction, job, await self._intake.models(interaction))

    async def _open_form(self, interaction: AnyInteraction, job_id: int, who_sees: str) -> None:
        """Open the form, which must be the first answer."""
        job = await self._own(interaction, job_id, by_words=True)
        models = await self._intake.models(interaction)
        if not models:
            raise nothing_for(takes_pictures=False)
        custom_id = f"{REPEAT}:{job.id}:changed" + (f":{PRIVATE}" if who_sees else "")
        form = repeat_form(self._texts, str(interaction.locale), custom_id, job, models)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.response.send_modal(form)

    async def _own(self, interaction: AnyInteraction, job_id: int, *, by_words: bool = False) -> Job:
        """Return a job that a person may ask for once more in this server; what they may have is judged later.

        Args:
            interaction: the person's.
            job_id: which.
            by_words: it has to draw from words alone.

        Raises:
            NotPermitted: if it is somebody else's who shares it with nobody, or shown in direct messages.
            Unavailable: if it is known no more, or not what it was asked for.
        """
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        job = await self._jobs.get(job_id)
        if job is None or not job.can_be_repeated or job.server_id != interaction.guild_id:
            raise Unavailable("repeat-gone")
        if by_words and job.request.pictures:
            raise Unavailable("repeat-gone")
        if job.member_id != interaction.user.id and not await self._is_shared(job):
            raise NotPermitted("repeat-not-yours", number=job.number)
        return job

    async def _is_shared(self, job: Job) -> bool:
        """Whether whoever sees a job may ask for the same: what draws from words, and is no secret."""
        is_open = not job.is_ephemeral and not job.request.pictures and not job.deleted_ms
        return is_open and (await self._servers.settings(job.server_id)).shares_buttons


class Declined(BotCog):
    """Takes requests for something else than was declined."""

    def __init__(self, *, kit: Kit, intake: Intake, alternatives: Alternatives) -> None:
        super().__init__(kit, INSTEAD)
        self._intake = intake
        self._alternatives = alternatives

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``instead:{id}:{count}:{micro-yuan}:{who sees it}:{model}``, whose model may be empty."""
        declined_id, count, told, who_sees, model = [*rest.split(":", 4), *[""] * 4][:5]
        one = Instead(number_in(count), model, number_in(told))
        read = partial(self._options, interaction, number_in(declined_id), one)
        is_private = True if who_sees == PRIVATE else None
        await self._intake.take_form(interaction, read, private=is_private, prefers=False)

    async def _options(self, interaction: AnyInteraction, declined_id: int, one: Instead) -> Options:
        return await self._alternatives.options(declined_id, one, interaction.guild_id or 0, interaction.user.id)
