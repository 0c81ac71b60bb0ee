"""More… under pictures: how they were made, and what can be made of one of them."""

from dataclasses import replace
from functools import partial

from discord import ui

from bot.domain.jobs.further import Further, Way, further, made_picture, options_for
from bot.domain.jobs.job import Job, JobImage
from bot.domain.requests.references import LONGEST_NAME
from bot.domain.requests.request import Options
from bot.errors import NotPermitted, Unavailable
from bot.ports import Jobs
from bot.presentation.jobs.card_buttons import MORE, PRIVATE
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import chosen_in, number_in, typed_in
from bot.presentation.kit.members import act_of, role_ids_of, server_owner_id
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S
from bot.presentation.kit.texts import Markup
from bot.presentation.requests.asker import asker_of
from bot.presentation.requests.intake import Intake
from bot.presentation.requests.picture_menu import keep_form, menu_buttons, menu_text, others_buttons
from bot.presentation.requests.reference_pages import ReferenceTexts
from bot.service.moderation.complaints import Complaining
from bot.service.requests.quotas import Quotas
from bot.service.requests.reference_sets import ReferenceSets
from cogs.base import BotCog, Kit


class PictureMenu(BotCog):
    """Shows what can be made of pictures, and takes requests for it."""

    def __init__(
        self,
        *,
        kit: Kit,
        intake: Intake,
        jobs: Jobs,
        quotas: Quotas,
        references: ReferenceSets,
        complaining: Complaining,
    ) -> None:
        super().__init__(kit, MORE)
        self._intake = intake
        self._jobs = jobs
        self._quotas = quotas
        self._references = references
        self._complaining = complaining

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``more:{id}`` under a card, and what that opens: choices, reports, forms and ways.

        These are followed by the picture's place from 0, and the ways by what the button said that they cost, and by
        who is to see what comes of it.
        """
        job_id, action, ordinal, told, who_sees = [*rest.split(":"), "", "", "", ""][:5]
        if action in {*Way}:
            read = partial(self._asked, interaction, number_in(job_id), Way(action), number_in(ordinal), told)
            is_private = True if who_sees == PRIVATE else None
            await self._intake.take_form(interaction, read, private=is_private, prefers=False)
        elif action == "keep":
            await self._ask_name(interaction, number_in(job_id), number_in(ordinal))
        elif action == "kept":
            await self._keep(interaction, number_in(job_id), number_in(ordinal))
        elif action == "report":
            await self._report(interaction, number_in(job_id))
        elif action == "pick":
            await self._defer(interaction)
            picked = number_in(next(iter(chosen_in(interaction)), ""))
            await self._replace(interaction, *await self._menu(interaction, number_in(job_id), picked))
        else:
            await self._think(interaction)
            text, view = await self._menu(interaction, number_in(job_id), None)
            await self._answer(interaction, text, view)

    async def _menu(self, interaction: AnyInteraction, job_id: int, ordinal: int | None) -> tuple[str, ui.View]:
        """Return the menu about a picture, or about the first one: its member's own has what can be made of it."""
        job, image = await self._picture(interaction, job_id, ordinal)
        locale = str(interaction.locale)
        if job.member_id != interaction.user.id:
            view = others_buttons(self._texts, locale, job, image)
            return menu_text(self._texts, locale, job, image, None), view
        standing = await self._quotas.standing(job.server_id, job.member_id, role_ids_of(interaction.user))
        offers = await self._offers(interaction, job, image)
        view = menu_buttons(self._texts, locale, job, image, offers, standing)
        return menu_text(self._texts, locale, job, image, standing), view

    async def _offers(self, interaction: AnyInteraction, job: Job, image: JobImage) -> list[Further]:
        editing = await self._intake.models(interaction, take_pictures=True)
        drawing = await self._intake.models(interaction)
        return further(job, image, editing, (drawing | editing).get(job.request.model))

    async def _asked(self, interaction: AnyInteraction, job_id: int, way: Way, ordinal: int, told: str) -> Options:
        """Return what a press asks for; whether its person may have that is judged where the request is taken.

        Raises:
            Unavailable: if no model that may be used makes it any more.
        """
        job, image = await self._own_picture(interaction, job_id, ordinal)
        one = next((one for one in await self._offers(interaction, job, image) if one.way is way), None)
        if one is None:
            raise Unavailable("more-way-gone")
        # An enlargement needs no words.
        prompt = "" if way is Way.ENLARGE else self._words(interaction, way, job)
        return replace(options_for(one, job, image, prompt), told_micros=number_in(told) if told else None)

    def _words(self, interaction: AnyInteraction, way: Way, job: Job) -> str:
        return self._texts.plain(str(interaction.locale), f"prompt-{way}", prompt=Markup(job.request.prompt))

    async def _ask_name(self, interaction: AnyInteraction, job_id: int, ordinal: int) -> None:
        """Open the form, which must be the first answer."""
        job, image = await self._own_picture(interaction, job_id, ordinal)
        asked = keep_form(self._texts, str(interaction.locale), job, image, LONGEST_NAME)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            await interaction.response.send_modal(asked)

    async def _keep(self, interaction: AnyInteraction, job_id: int, ordinal: int) -> None:
        await self._think(interaction)
        job, image = await self._own_picture(interaction, job_id, ordinal)
        asker = asker_of(interaction, await server_owner_id(interaction, self._clock))
        added = await self._references.add(asker, typed_in(interaction), (made_picture(job, image),), shared=False)
        text = ReferenceTexts(self._texts, str(interaction.locale)).added(added, shared=False)
        await self._answer(interaction, text)

    async def _report(self, interaction: AnyInteraction, job_id: int) -> None:
        await self._think(interaction)
        job, _ = await self._picture(interaction, job_id, None)
        await self._complaining.report(act_of(interaction, "member.report"), job)
        await self._answer(interaction, self._say(interaction, "report-taken"))

    async def _own_picture(self, interaction: AnyInteraction, job_id: int, ordinal: int) -> tuple[Job, JobImage]:
        """Return a picture of the person's own.

        Raises:
            NotPermitted: if it is somebody else's.
            Unavailable: if it is not there any more.
        """
        job, image = await self._picture(interaction, job_id, ordinal)
        if job.member_id != interaction.user.id:
            raise NotPermitted("more-not-yours", number=job.number)
        return job, image

    async def _picture(self, interaction: AnyInteraction, job_id: int, ordinal: int | None) -> tuple[Job, JobImage]:
        """Return a picture that a person may see, of a job in this server; None: the first one.

        Raises:
            NotPermitted: if it is shown in direct messages, or somebody else's that they alone see.
            Unavailable: if it is not there any more.
        """
        if interaction.guild_id is None:
            raise NotPermitted("guild-only")
        job = await self._jobs.get(job_id)
        if job is None or job.server_id != interaction.guild_id or job.deleted_ms:
            raise Unavailable("more-gone")
        if job.is_ephemeral and job.member_id != interaction.user.id:
            raise NotPermitted("more-not-yours", number=job.number)
        image = next((image for image in job.kept if ordinal in {None, image.ordinal}), None)
        if image is None:
            raise Unavailable("more-gone")
        return job, image
