"""Word to members of whose pictures others had edits made."""

import discord

from bot.domain.jobs.job import Job
from bot.domain.jobs.notice import Notice
from bot.ports import Clock, Jobs
from bot.presentation.jobs.job_copy import link_to
from bot.presentation.kit.members import is_known
from bot.presentation.kit.posting import say_once
from bot.presentation.kit.texts import Markup, Texts
from bot.service.moderation.moderator_log import NEWEST

KINDS = frozenset({"picture-edited"})


class OwnerNotices:
    """Tells the owner of a picture by a direct message; one who takes none from the bot is not told.

    It is said in the language of their newest request, or where they have none in their server's.
    """

    def __init__(self, *, client: discord.Client, jobs: Jobs, texts: Texts, clock: Clock) -> None:
        self._client = client
        self._jobs = jobs
        self._texts = texts
        self._clock = clock

    async def tell(self, notice: Notice) -> str:
        """Tell it; return what became of it.

        Raises:
            Exception: what the call raised.
        """
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or job.deleted_ms or not job.owner_id:
            return "nothing to tell any more"
        server = self._client.get_guild(job.server_id)
        if not is_known(server):
            server = await self._client.fetch_guild(job.server_id, with_counts=False)
        newest = await self._jobs.of_member(job.owner_id, None, before_id=NEWEST, most=1)
        locale = newest[0].reply.locale if newest else ""
        text = self._text(locale or str(server.preferred_locale), job, server)
        owner = await self._client.create_dm(discord.Object(job.owner_id))
        await say_once(self._client, owner, notice, text, self._clock.now_ms())
        return "sent"

    def _text(self, locale: str, job: Job, server: discord.Guild) -> str:
        said = {"member": Markup(f"<@{job.member_id}>"), "server": server.name, "number": job.number}
        if job.is_ephemeral:
            return self._texts.say(locale, "told-picture-edited-private", **said)
        return self._texts.say(locale, "told-picture-edited", link=Markup(link_to(job)), **said)
