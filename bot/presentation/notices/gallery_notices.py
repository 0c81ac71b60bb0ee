"""What many like: shown once in the gallery channel, if its owner allows it; who has not said is asked once."""

import logging

import discord

from bot.domain.jobs.job import Job
from bot.domain.jobs.notice import Notice
from bot.domain.jobs.stars import GalleryPost
from bot.ports import Clock, Jobs, MemberPreferences, Pictures, Servers, Stars
from bot.presentation.jobs import uploads
from bot.presentation.jobs.job_copy import link_to
from bot.presentation.jobs.stars import SHOWN, is_post_of, posted
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.channel_search import find_own, nonce_holds
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.members import is_known
from bot.presentation.kit.posting import id_before, language_of_server, say_once
from bot.presentation.kit.reply_transport import NOBODY
from bot.presentation.kit.retrying import NotYet
from bot.presentation.kit.texts import Markup, Texts

log = logging.getLogger(__name__)

KINDS = frozenset({"gallery", "gallery-asks"})
NOTHING_TO_TELL = "nothing to tell any more"

UNKNOWN_AGAIN_S = 5
"""After so long it is looked again whether the gateway has told of a server."""


class GalleryNotices:
    """Shows what many like in the server's language, and asks its owner in theirs."""

    def __init__(
        self,
        *,
        client: discord.Client,
        stars: Stars,
        jobs: Jobs,
        servers: Servers,
        preferences: MemberPreferences,
        pictures: Pictures,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._client = client
        self._stars = stars
        self._jobs = jobs
        self._servers = servers
        self._preferences = preferences
        self._pictures = pictures
        self._texts = texts
        self._clock = clock

    async def tell(self, notice: Notice) -> str:
        """Bring a notice where it belongs; return what became of it.

        Raises:
            Exception: what the call raised.
        """
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None:
            return NOTHING_TO_TELL
        if notice.kind == "gallery-asks":
            return await self._ask(notice, job)
        post = await self._stars.begin_post(job.id)
        if post is None:
            return NOTHING_TO_TELL
        return "shown before" if post.message_id else await self._show(notice, job, post)

    async def _show(self, notice: Notice, job: Job, post: GalleryPost) -> str:
        """Post a job, unless an attempt did that was cut short; one that may not be shown any more is taken away."""
        channel = self._client.get_partial_messageable(post.channel_id)
        try:
            message = None
            if not post.is_wanted or not nonce_holds(notice.created_ms, self._clock.now_ms()):
                after_id = id_before(notice.created_ms)
                message = await find_own(
                    self._client, channel, lambda found: is_post_of(found, job.id), after_id=after_id
                )
            if post.is_wanted and message is None and self._may_stand_in(job, post.channel_id):
                message = await self._post(channel, job)
        except discord.HTTPException as error:
            if judge(error) not in {Verdict.GONE, Verdict.FORBIDDEN}:
                raise
            log.warning("server %s: its gallery channel can't be written to: %s", job.server_id, error.code)
            message = None
        if message is None:
            await self._stars.drop_post(job.id)
            return "gallery channel closed" if post.is_wanted else NOTHING_TO_TELL
        # Whatever was removed or forbidden meanwhile is left to be deleted by this.
        await self._stars.note_post(job.id, message.id)
        return "sent"

    def _may_stand_in(self, job: Job, channel_id: int) -> bool:
        """Whether who sees a gallery channel could have seen a job's pictures where they are: nobody is shown more.

        Where a channel is unknown, as a thread that was archived long ago, nothing is shown.

        Raises:
            NotYet: while nothing is known of the server.
        """
        server = self._client.get_guild(job.server_id)
        if not is_known(server):
            # A bot that has just started learns of its servers one by one.
            raise NotYet(UNKNOWN_AGAIN_S)
        source = server.get_channel_or_thread(job.reply.channel_id)
        target = server.get_channel(channel_id)
        if isinstance(source, discord.Thread):
            source = None if source.is_private() else source.parent
        if source is None or target is None:
            return False
        is_open = source.permissions_for(server.default_role).view_channel
        is_tame = not _is_age_restricted(source) or _is_age_restricted(target)
        return is_tame and (is_open or not target.permissions_for(server.default_role).view_channel)

    async def _post(self, channel: discord.PartialMessageable, job: Job) -> discord.Message:
        ready = await uploads.together(await uploads.prepare(job, self._pictures))
        try:
            return await self._send(channel, job, ready)
        except discord.HTTPException as error:
            if judge(error) is not Verdict.TOO_LARGE or not ready:
                raise
        return await self._send(channel, job, await uploads.surely(ready))

    async def _send(self, channel: discord.PartialMessageable, job: Job, ready: list[Upload]) -> discord.Message:
        locale = await language_of_server(self._servers, await self._server(job.server_id))
        view = posted(self._texts, locale, job, tuple(upload.picture for upload in ready))
        with uploads.opened(ready) as files:
            # The nonce makes a repeated attempt give the message of the first one.
            return await channel.send(view=view, files=files, nonce=f"star-{job.id}", allowed_mentions=NOBODY)

    async def _ask(self, notice: Notice, job: Job) -> str:
        preferences = await self._preferences.of(job.member_id, job.server_id)
        channel_id = (await self._servers.settings(job.server_id)).gallery_channel
        if not job.member_id or job.deleted_ms or not channel_id or preferences.here.shown_in_gallery is not None:
            return NOTHING_TO_TELL
        if not self._may_stand_in(job, channel_id):
            return NOTHING_TO_TELL
        locale = preferences.language or job.reply.locale
        yes, no = (self._texts.plain(locale, key) for key in ("button-gallery-allow", "button-gallery-forbid"))
        about = f"{SHOWN}:{job.member_id}:{job.server_id}"
        view = buttons((yes, f"{about}:yes", BUTTON.primary), (no, f"{about}:no", BUTTON.secondary))
        server = await self._server(job.server_id)
        said = {"server": server.name, "number": job.number, "link": Markup(link_to(job))}
        text = self._texts.say(locale, "gallery-asks", channel=Markup(f"<#{channel_id}>"), **said)
        owner = await self._client.create_dm(discord.Object(job.member_id))
        await say_once(self._client, owner, notice, text, self._clock.now_ms(), view=view)
        return "sent"

    async def _server(self, server_id: int) -> discord.Guild:
        return self._client.get_guild(server_id) or await self._client.fetch_guild(server_id, with_counts=False)


def _is_age_restricted(channel: discord.abc.GuildChannel) -> bool:
    return bool(getattr(channel, "nsfw", False))
