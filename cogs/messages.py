"""Apps > Report, Who made this and Cover picture, on the bot's messages with pictures."""

import discord
from discord import app_commands

from bot.domain.jobs.job import Job
from bot.errors import MemberError, NotPermitted
from bot.ports import Jobs
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.command_names import localised
from bot.presentation.kit.members import act_of
from bot.presentation.kit.permissions import may_moderate
from bot.presentation.log.made_by import made_by
from bot.presentation.moderation.covered import covered
from bot.service.moderation.complaints import Complaining
from bot.service.moderation.moderation import Moderation
from cogs.base import BY_SERVERS, IN_SERVERS, Command, Kit, PlainCog


class Messages(PlainCog):
    """Answers what people ask about a message of the bot's, by the menu of that message."""

    def __init__(self, *, kit: Kit, jobs: Jobs, complaining: Complaining, moderation: Moderation) -> None:
        super().__init__(kit)
        self._jobs = jobs
        self._complaining = complaining
        self._moderation = moderation
        moderators = discord.Permissions(moderate_members=True)
        # discord.py lets no method of a cog be declared as such a command.
        for key, name, callback, permitted in (
            ("command-report-name", "Report", self.report, None),
            ("command-who-made-name", "Who made this", self.who_made, None),
            ("command-cover-name", "Cover picture", self.cover, moderators),
        ):
            menu = app_commands.ContextMenu(
                name=localised(key, name),
                callback=callback,
                allowed_contexts=IN_SERVERS,
                allowed_installs=BY_SERVERS,
            )
            menu.default_permissions = permitted
            kit.client.tree.add_command(menu)

    async def report(self, interaction: Command, message: discord.Message) -> None:
        """Report a message's pictures to the moderators."""
        await self._think(interaction)
        job = await self._job(interaction, message)
        await self._complaining.report(act_of(interaction, "member.report"), job)
        await self._answer(interaction, self._say(interaction, "report-taken"))

    async def who_made(self, interaction: Command, message: discord.Message) -> None:
        """Tell who asked for a message's pictures; moderators, also with which words."""
        await self._think(interaction)
        job = await self._job(interaction, message)
        settings = await self._servers.settings(job.server_id)
        moderates = await may_moderate(interaction, settings, job, self._clock)
        if not moderates and job.request.private and interaction.user.id != job.member_id:
            raise NotPermitted("made-by-private")
        await self._answer(interaction, *made_by(self._texts, str(interaction.locale), job, for_moderator=moderates))

    async def cover(self, interaction: Command, message: discord.Message) -> None:
        """Put a spoiler over a message's pictures, or take it off."""
        await self._begin_for_moderator(interaction)
        job = await self._job(interaction, message)
        covers = not job.is_covered
        act = act_of(interaction, "mod.cover" if covers else "mod.uncover")
        case = await self._moderation.cover(act, job.id, covers=covers)
        await self._answer(interaction, *covered(self._texts, str(interaction.locale), job, case))

    async def _job(self, interaction: AnyInteraction, message: discord.Message) -> Job:
        """Return the job that a message is about: its card, or its entry in the log channel.

        Raises:
            MemberError: if it is about none of this server, as far as is known.
        """
        is_ours = interaction.client.user is not None and message.author.id == interaction.client.user.id
        job = await self._jobs.by_message(interaction.guild_id or 0, message.id) if is_ours else None
        if job is None:
            raise MemberError("message-no-job" if is_ours else "message-not-mine")
        return job
