"""The buttons of the jobs' messages, /cancel and /job."""

from discord import app_commands

from bot.domain.act import Act
from bot.domain.jobs.job import Job, JobState
from bot.domain.moderation.cases import check_removable
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.ports import Jobs
from bot.presentation.jobs.cards import MADE
from bot.presentation.jobs.covering import COVER, UNCOVER
from bot.presentation.jobs.deletion import deletion_form, what_stands
from bot.presentation.jobs.job_copy import JobCopy, place_of
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.closed_threads import is_locked
from bot.presentation.kit.command_names import localised, options
from bot.presentation.kit.components import number_in
from bot.presentation.kit.members import act_of
from bot.presentation.kit.permissions import may_moderate
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, Addresses, TakenDown, not_deleted
from bot.presentation.kit.texts import Markup
from bot.presentation.requests.asker import address_of
from bot.service.delivery.deliveries import Deliveries
from bot.service.delivery.remover import Remover
from bot.service.moderation.moderation import Moderation
from bot.service.requests.canceler import Canceler
from cogs.base import BotCog, Command, Kit, Number

PREFIX = "job"


class JobButtons(BotCog):
    """Lets a job's owner and the server's moderators see, cancel, delete it, and have it sent again."""

    def __init__(
        self,
        *,
        kit: Kit,
        jobs: Jobs,
        canceler: Canceler,
        moderation: Moderation,
        remover: Remover,
        deliveries: Deliveries,
        addresses: Addresses,
        job_copy: JobCopy,
    ) -> None:
        super().__init__(kit, PREFIX)
        self._jobs = jobs
        self._canceler = canceler
        self._moderation = moderation
        self._remover = remover
        self._deliveries = deliveries
        self._addresses = addresses
        self._job_copy = job_copy

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle ``job:{id}:cancel``, ``delete``, ``send``, ``cover``, ``uncover``, and ``remove``: *Delete*'s form."""
        job_id, _, action = rest.partition(":")
        if action != "delete":
            # The presenter edits the message: callback type 7 would drop its pictures (api-docs #6277). A form must be
            # the first answer.
            await self._defer(interaction)
        job = await self._jobs.get(number_in(job_id))
        if job is None:
            raise NotPermitted("job-gone")
        await self._require_authority(interaction, job)
        if action == "cancel":
            await self._cancel(interaction, job, tells_success=False)
        elif action == "delete":
            check_removable(job)
            locale, is_own = str(interaction.locale), interaction.user.id == job.member_id
            form = deletion_form(self._texts, locale, job, is_own=is_own, is_locked=is_locked(interaction))
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await interaction.response.send_modal(form)
        elif action == "remove":
            await self._delete(interaction, job)
        elif action == "send":
            await self._send_again(interaction, job)
        elif action in {COVER, UNCOVER}:
            await self._cover(interaction, job, covers=action == COVER)

    @app_commands.command(
        name=localised("command-cancel-name", "cancel"), description=localised("command-cancel-description")
    )
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option", "number")
    async def cancel(self, interaction: Command, number: Number) -> None:
        """Cancel a job by its number."""
        await self._think(interaction)
        job = await self._jobs.by_number(interaction.guild_id or 0, number)
        if job is None:
            raise MemberError("no-such-job", number=number)
        await self._require_authority(interaction, job)
        await self._cancel(interaction, job, tells_success=True)

    @app_commands.command(name=localised("command-job-name", "job"), description=localised("command-job-description"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    @options("option", "number")
    async def job(self, interaction: Command, number: Number) -> None:
        """Show a job by its number; in direct messages the asker's newest of that number."""
        await self._think(interaction)
        if interaction.guild_id is None:
            job = await self._jobs.own_by_number(interaction.user.id, number)
            if job is None:
                raise MemberError("no-own-job", number=number)
        else:
            job = await self._jobs.by_number(interaction.guild_id, number)
            if job is None:
                raise MemberError("no-such-job", number=number)
        await self._require_authority(interaction, job)
        await self._job_copy.answer(interaction, job, for_moderator=await self._moderates(interaction, job))

    async def _cover(self, interaction: AnyInteraction, job: Job, *, covers: bool) -> None:
        """Put a spoiler over the pictures that a copy shows to a moderator, or take it off, and show the copy anew."""
        if not await self._moderates(interaction, job):
            raise NotPermitted("moderators-only")
        act = act_of(interaction, "mod.cover" if covers else "mod.uncover")
        await self._moderation.cover(act, job.id, covers=covers)
        await self._job_copy.answer(interaction, await self._jobs.get(job.id) or job, for_moderator=True)

    async def _send_again(self, interaction: AnyInteraction, job: Job) -> None:
        pressed_id = interaction.message.id if interaction.message else 0
        is_own_message = pressed_id == job.reply.message_id
        is_owner = interaction.user.id == job.member_id
        # Nothing is posted again where somebody deleted it: its owner gets the pictures where they ask for them.
        goes_here = is_own_message or is_owner
        here = address_of(interaction, pressed_id)
        begun = await self._deliveries.send_again(job, interaction.user.id, here if goes_here else None)
        if not goes_here:
            text = self._say(interaction, "sending-again", number=begun.number, link=Markup(place_of(begun)))
            await self._answer(interaction, text)

    async def _cancel(self, interaction: AnyInteraction, job: Job, *, tells_success: bool) -> None:
        after = await self._canceler.cancel(job.id, interaction.user.id)
        key = _cancel_answer(job, after)
        if tells_success or key in {"cancel-late", "cancel-charged", "cancel-ended"}:
            text = self._say(interaction, key, number=job.number, images=job.request.count)
            await self._answer(interaction, text)

    async def _delete(self, interaction: AnyInteraction, job: Job) -> None:
        if interaction.user.id == job.member_id:
            await self._remover.begin(job.id, interaction.user.id)
        else:
            act = Act(interaction.id, job.server_id, interaction.user.id, "mod.remove")
            await self._moderation.begin_deletion(act, job)
        # Of an erased job it is not known any more which message is its own: only that one has the button.
        is_copy = interaction.message is None or job.reply.message_id not in (0, interaction.message.id)
        if is_copy:
            taken_down = await self._addresses.take_down(job)
        else:
            taken_down = await self._delete_pressed(interaction)
        await self._remover.finish(job.id, taken_down.removal)
        if is_copy:
            # It says what stands.
            await self._job_copy.answer(interaction, await self._jobs.get(job.id) or job)
        elif stands := what_stands(taken_down, is_own=interaction.user.id == job.member_id):
            await self._answer(interaction, self._say(interaction, stands, link=Markup(place_of(job))))

    async def _delete_pressed(self, interaction: AnyInteraction) -> TakenDown:
        """Delete the message on which it was pressed."""
        try:
            # The press's own token reaches private replies too.
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await interaction.delete_original_response()
        except Exception as error:  # noqa: BLE001 - a cut connection too: what could not be deleted is edited
            return not_deleted(error)
        return TakenDown.GONE

    async def _require_authority(self, interaction: AnyInteraction, job: Job) -> None:
        """Refuse whoever is neither the owner nor a moderator of the job's own server or channel."""
        if interaction.user.id == job.member_id:
            return
        settings = await self._servers.settings(job.server_id)
        if not await may_moderate(interaction, settings, job, self._clock):
            raise NotPermitted("not-yours", number=job.number)

    async def _moderates(self, interaction: AnyInteraction, job: Job) -> bool:
        """Whether somebody moderates where a job is, their own included; not while that can't be found out."""
        settings = await self._servers.settings(job.server_id)
        try:
            return await may_moderate(interaction, settings, job, self._clock)
        except Unavailable:
            return False


def _cancel_answer(before: Job, after: Job | None) -> str:
    if after is None or before.is_final:
        return "cancel-ended"
    if after.state is JobState.CANCELED:
        return "cancel-done"
    if after.state in MADE:
        return "cancel-charged"
    is_late = after.cancel_refused or after.state is JobState.FETCHING or after.is_final
    return "cancel-late" if is_late else "cancel-noted"
