"""Word to members of whose pictures others had edits made."""

import logging

import discord

from bot.domain.jobs.job import Job
from bot.domain.jobs.notice import Notice
from bot.errors import StorageDamaged
from bot.ports import Clock, EditedPictures, Jobs, MemberPreferences, Servers
from bot.presentation.jobs.job_copy import link_to
from bot.presentation.kit.discord_errors import Verdict, briefly, judge
from bot.presentation.kit.members import is_known
from bot.presentation.kit.posting import language_of_member, say_once
from bot.presentation.kit.retrying import NotYet
from bot.presentation.kit.texts import Markup, Texts

log = logging.getLogger(__name__)

KINDS = frozenset({"picture-edited", "pictures-edited"})

ONE = ("told-picture-edited", "told-picture-edited-private")
LINE = ("told-pictures-edited-line", "told-pictures-edited-line-private")
"""A sentence about one edit, and that about one of which others see nothing: by itself, and among several."""

MOST_LINES = 5
"""Of a message about several edits, the newest: so many fit into one, whatever the servers are called."""

_IS_OUT = frozenset({Verdict.GONE, Verdict.FORBIDDEN})
"""What Discord says of a server that the bot is not in."""


class OwnerNotices:
    """Tells the owner of a picture by a direct message; one who takes none from the bot is not told.

    It is said in the language that they prefer, else in that of their newest request, else in their server's.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        servers: Servers,
        edited_pictures: EditedPictures,
        jobs: Jobs,
        preferences: MemberPreferences,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._client = client
        self._servers = servers
        self._edited_pictures = edited_pictures
        self._jobs = jobs
        self._preferences = preferences
        self._texts = texts
        self._clock = clock
        self._damaged: set[int] = set()

    async def tell(self, notice: Notice) -> str:
        """Tell it; return what became of it.

        Raises:
            NotYet: if the owner was told of another edit within the hour.
            Exception: what the call raised.
        """
        jobs = await self._told_of(notice)
        if not jobs:
            return "nothing to tell any more"
        turn = await self._edited_pictures.turn(notice)
        if turn.wait_ms:
            raise NotYet(turn.wait_ms / 1000)
        if turn.is_gathered:
            return "gathered"
        servers = await self._servers_of(jobs)
        jobs = [job for job in jobs if job.server_id in servers]
        if not jobs:
            return "nothing to tell any more"
        owner_id = jobs[-1].owner_id
        server = servers[jobs[-1].server_id]
        locale = await language_of_member(self._preferences, self._jobs, self._servers, owner_id, server)
        names = {server_id: server.name for server_id, server in servers.items()}
        is_more = bool(notice.content.get("more"))
        one = self._said(locale, ONE, jobs[0], names)
        text = one if len(jobs) == 1 else self._several(locale, jobs, names, is_more)
        owner = await self._client.create_dm(discord.Object(owner_id))
        await say_once(self._client, owner, notice, text, self._clock.now_ms())
        return "sent"

    async def _told_of(self, notice: Notice) -> list[Job]:
        """Return the edits that a message is about, without those of which there is nothing to tell any more."""
        ids = str(notice.content.get("jobs") or notice.job_id or "").split()
        found = [await self._found(int(job_id)) for job_id in ids]
        return [job for job in found if job is not None and not job.deleted_ms and job.owner_id]

    async def _found(self, job_id: int) -> Job | None:
        """Return a job; None if there is none, or it lies in damage, which is logged once and holds no other back."""
        try:
            return await self._jobs.get(job_id)
        except StorageDamaged as error:
            if job_id not in self._damaged:
                log.error("job %s: the owner of what it edited is not told: %s", job_id, error)  # noqa: TRY400 - all said
            self._damaged.add(job_id)
            return None

    async def _servers_of(self, jobs: list[Job]) -> dict[int, discord.Guild]:
        """Return the servers of jobs, without those that the bot is not in any more: what else is to be told is."""
        found: dict[int, discord.Guild] = {}
        for server_id in dict.fromkeys(job.server_id for job in jobs):
            try:
                found[server_id] = await self._server(server_id)
            except discord.HTTPException as error:
                if judge(error) not in _IS_OUT:
                    raise
                log.info("server %s: no owner is told of the edits there: %s", server_id, briefly(error))
        return found

    async def _server(self, server_id: int) -> discord.Guild:
        server = self._client.get_guild(server_id)
        return server if is_known(server) else await self._client.fetch_guild(server_id, with_counts=False)

    def _several(self, locale: str, jobs: list[Job], servers: dict[int, str], is_more: bool) -> str:
        lines = [self._texts.say(locale, "told-pictures-edited", count=len(jobs), more=int(is_more))]
        lines.extend(self._said(locale, LINE, job, servers) for job in reversed(jobs[-MOST_LINES:]))
        if len(jobs) > MOST_LINES:
            lines.append(self._texts.say(locale, "told-pictures-edited-rest", count=len(jobs) - MOST_LINES))
        return "\n".join([*lines, self._texts.say(locale, "told-pictures-edited-way")])

    def _said(self, locale: str, keys: tuple[str, str], job: Job, servers: dict[int, str]) -> str:
        said = {"member": Markup(f"<@{job.member_id}>"), "server": servers[job.server_id], "number": job.number}
        if job.is_ephemeral:
            return self._texts.say(locale, keys[1], **said)
        return self._texts.say(locale, keys[0], link=Markup(link_to(job)), **said)
