"""The feed of the servers' log channels: what was made and what was refused, for moderators to act on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

import discord

from bot.domain.jobs.job import Job
from bot.domain.jobs.notice import Notice
from bot.domain.log.feed import Entry, RefusalTally
from bot.domain.servers.settings import Previews
from bot.ports import Clock, Feeds, Jobs, Outbox, Pictures, Servers
from bot.presentation.jobs import previews, uploads
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.channel_search import find_own, nonce_holds
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.posting import id_before
from bot.presentation.kit.reply_transport import NOBODY, attached_to
from bot.presentation.kit.retrying import FIRST_DELAY_S, attempt
from bot.presentation.kit.texts import Texts
from bot.presentation.log import feed_cards
from bot.presentation.log.channels import LogChannels
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.waiting import wait_for

log = logging.getLogger(__name__)

EVERY_S = 2.0
"""Between two messages of one feed: half of the 5 in 5 s, and no more than the 30 in 60 s, that Discord lets a channel
have (api-docs #6753), so that an alarm finds room in between."""

MOST_AT_ONCE = 4
"""Feeds that send at the same time: each has the previews of one job in memory."""

LOOK_EVERY_S = 30.0
"""A request that is refused before it is a job wakes nobody."""

CLOSED_FOR_S = 600.0
"""A log channel that can't be written to isn't tried for so long: Discord bans who is refused too often."""

CHANGED_WITHIN_MS = 7 * 24 * 3600 * 1000
"""For so long an entry in a channel that is closed to the bot is tried: who may use it may be changed back."""

TOLD = frozenset({"sent", "changed"})
"""Outcomes of what the log channel shows now."""


class ChannelClosed(Exception):
    """A log channel that has an entry can't be used now."""


class Feed:
    """Works off what the feeds have to tell: each server's one after the other, the servers side by side.

    It has its own rows of the outbox and its own pace: however much there is to tell, no ping waits for it.

    Args:
        client: logged in.
        feeds: what is to be told.
        outbox: where it is noted that it was.
        jobs: the jobs as they are now.
        servers: knows the log channels.
        log_channels: knows who reads them.
        pictures: what previews are made of.
        changes: wakes it.
        texts: what people read.
        clock: paces it.
    """

    def __init__(
        self,
        *,
        client: discord.Client,
        feeds: Feeds,
        outbox: Outbox,
        jobs: Jobs,
        servers: Servers,
        log_channels: LogChannels,
        pictures: Pictures,
        changes: Changes,
        texts: Texts,
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._client = client
        self._feeds = feeds
        self._outbox = outbox
        self._jobs = jobs
        self._servers = servers
        self._log_channels = log_channels
        self._pictures = pictures
        self._texts = texts
        self._clock = clock
        self._alarm = alarm
        self._places = asyncio.Semaphore(MOST_AT_ONCE)
        self._served: set[int] = set()
        self._closed_until_s: dict[int, float] = {}
        self._woken = asyncio.Event()
        changes.on_job(lambda _: self._woken.set())

    async def run(self) -> None:
        """Tell what is to be told until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                next_ms: int | None = self._clock.now_ms() + int(FIRST_DELAY_S * 1000)
                async with self._alarm.watching("looking for what feeds have to tell"):
                    for server_id in set(await self._feeds.servers()) - self._served:
                        self._served.add(server_id)
                        group.create_task(self._serve(server_id), name=f"feed-{server_id}")
                    next_ms = await self._feeds.next_ms()
                delay_s = LOOK_EVERY_S
                if next_ms is not None:
                    delay_s = max(0.5, min(delay_s, (next_ms - self._clock.now_ms()) / 1000))
                await wait_for(self._woken, delay_s, self._clock)

    async def _serve(self, server_id: int) -> None:
        """Tell all that one server's feed has to tell now."""
        is_told = False
        try:
            # One server's feed must not end the others'.
            async with self._alarm.watching(f"the feed of server {server_id}"):
                while (notice := await self._feeds.due(server_id)) is not None:
                    async with self._places:
                        await attempt(self._outbox, self._clock, notice, lambda notice: self._tell(server_id, notice))
                    await self._clock.sleep(EVERY_S)
                is_told = True
            if not is_told:
                await self._clock.sleep(FIRST_DELAY_S)
        finally:
            self._served.discard(server_id)
            self._woken.set()

    async def _tell(self, server_id: int, notice: Notice) -> str:
        if notice.kind == "feed-refused":
            return await self._tell_tally(server_id, notice)
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None:
            return "nothing to tell any more"
        found = await self._feeds.entry(job.id)
        if found is not None:
            return await self._change(job, found, notice)
        if notice.kind == "feed-changed":
            # What was not told yet will be told as it is then.
            return "not told yet"
        return await self._post(server_id, lambda channel_id: self._add(job, channel_id, notice))

    async def _tell_tally(self, server_id: int, notice: Notice) -> str:
        tally = await self._feeds.tally(int(notice.content["tally_id"]))
        if tally is None:
            return "nothing to tell any more"
        if tally.entry is not None:
            outcome = await self._recount(tally, tally.entry, server_id, notice)
        else:
            post = partial(self._add_tally, tally, server_id, notice)
            outcome = await self._post(server_id, post)
        if outcome not in TOLD:
            await self._feeds.drop_prompt(tally)
        return outcome

    async def _post(self, server_id: int, post: Callable[[int], Awaitable[None]]) -> str:
        """Post a new entry in the server's log channel, if there is one that takes it."""
        channel_id = (await self._servers.settings(server_id)).log_channel
        if not channel_id:
            return "no log channel"
        if self._is_closed(channel_id):
            return "log channel closed"
        try:
            if not await self._log_channels.usable(server_id):
                return "log channel exposed"
            await post(channel_id)
        except discord.HTTPException as error:
            if judge(error) not in {Verdict.GONE, Verdict.FORBIDDEN}:
                raise
            log.warning("server %s: its log channel %s can't be written to: %s", server_id, channel_id, error.code)
            self._leave_alone(channel_id)
            await self._feeds.close(server_id, channel_id)
            return "log channel closed"
        return "sent"

    def _is_closed(self, channel_id: int) -> bool:
        return self._clock.monotonic() < self._closed_until_s.get(channel_id, float("-inf"))

    def _leave_alone(self, channel_id: int) -> None:
        self._closed_until_s[channel_id] = self._clock.monotonic() + CLOSED_FOR_S

    async def _add_tally(self, tally: RefusalTally, server_id: int, notice: Notice, channel_id: int) -> None:
        """Post the entry about a member's refused prompts, unless an earlier attempt did."""
        channel = self._client.get_partial_messageable(channel_id)
        text = await self._refusals(tally, server_id, channel_id)
        message = None
        if not nonce_holds(notice.created_ms, self._clock.now_ms()):
            message = await find_own(
                self._client,
                channel,
                lambda found: feed_cards.is_tally(found, tally),
                after_id=id_before(notice.created_ms),
            )
        if message is None:
            # By the tally's id: another row of it must not make a second entry.
            message = await channel.send(text, nonce=f"refusals-{tally.id}", allowed_mentions=NOBODY)
        if message.content != text:
            # It is the earlier attempt's, and more has come since.
            await message.edit(content=text, allowed_mentions=NOBODY)
        await self._feeds.note_tally(tally, Entry(channel_id, message.id), notice.id)

    async def _recount(self, tally: RefusalTally, entry: Entry, server_id: int, notice: Notice) -> str:
        """Bring the entry about a member's refused prompts to what they are now; a deleted one is not posted again."""
        message = self._client.get_partial_messageable(entry.channel_id).get_partial_message(entry.message_id)
        text = await self._refusals(tally, server_id, entry.channel_id)
        try:
            await message.edit(content=text, allowed_mentions=NOBODY)
        except discord.HTTPException as error:
            if judge(error) is not Verdict.GONE:
                raise
            return "entry gone"
        await self._feeds.note_tally(tally, entry, notice.id)
        return "changed"

    async def _refusals(self, tally: RefusalTally, server_id: int, channel_id: int) -> str:
        wish = (await self._servers.settings(server_id)).previews
        is_covered = wish is Previews.NONE or await self._is_covered(wish, server_id, channel_id)
        return feed_cards.refusals(self._texts, await self._locale(server_id), tally, is_covered=is_covered)

    async def _add(self, job: Job, channel_id: int, notice: Notice) -> None:
        """Post a job's entry, unless an earlier attempt did of which a crash or a cut connection hid the answer."""
        channel = self._client.get_partial_messageable(channel_id)
        view, ready = await self._compose(job, channel_id)
        message = None
        if not nonce_holds(notice.created_ms, self._clock.now_ms()):
            message = await find_own(
                self._client, channel, lambda found: feed_cards.is_entry_of(found, job.id), after_id=job.id
            )
        if message is None:
            with uploads.opened(ready) as files:
                # By the job's id: another row of the same job must not make a second entry.
                message = await channel.send(view=view, files=files, nonce=f"feed-{job.id}", allowed_mentions=NOBODY)
        entry = Entry(channel_id, message.id)
        if len(attached_to(message)) != len(ready):
            # It is the earlier attempt's, and the pictures were removed since.
            await self._change(job, entry, notice)
        await self._feeds.note(job.id, entry)

    async def _change(self, job: Job, entry: Entry, notice: Notice) -> str:
        """Bring an entry to its job as it is now; one that somebody deleted is never posted again.

        Raises:
            ChannelClosed: if its channel is closed to the bot; for a week it is tried again.
        """
        if self._is_closed(entry.channel_id):
            raise ChannelClosed(f"channel {entry.channel_id}")
        try:
            await self._edit(job, entry)
        except discord.HTTPException as error:
            verdict = judge(error)
            if verdict is Verdict.GONE:
                return "entry gone"
            if verdict is not Verdict.FORBIDDEN or self._clock.now_ms() - notice.created_ms > CHANGED_WITHIN_MS:
                raise
            # It may show a picture that was removed: whoever closed the channel may open it again.
            self._leave_alone(entry.channel_id)
            raise ChannelClosed(f"channel {entry.channel_id}") from error
        return "changed"

    async def _edit(self, job: Job, entry: Entry) -> None:
        message = self._client.get_partial_messageable(entry.channel_id).get_partial_message(entry.message_id)
        view, ready = await self._compose(job, entry.channel_id)
        with uploads.opened(ready) as files:
            await message.edit(view=view, attachments=files, allowed_mentions=NOBODY)

    async def _compose(self, job: Job, channel_id: int) -> tuple[discord.ui.LayoutView, list[Upload]]:
        wish = (await self._servers.settings(job.server_id)).previews
        ready: list[Upload] = []
        handed_in: list[Upload] = []
        is_covered = False
        if wish is not Previews.NONE:
            ready = await previews.prepare(job, self._pictures)
            handed_in = await previews.prepare_handed_in(job, self._pictures)
            is_covered = await self._is_covered(wish, job.server_id, channel_id)
        pictures = tuple(upload.picture for upload in ready)
        locale = await self._locale(job.server_id)
        again_ms = await self._jobs.wait_after(job) if job.is_vendor_refusal else 0
        view = feed_cards.entry(
            self._texts,
            locale,
            job,
            pictures,
            handed_in=tuple(upload.picture for upload in handed_in),
            is_covered=is_covered,
            again_ms=again_ms,
        )
        return view, ready + handed_in

    async def _is_covered(self, wish: Previews, server_id: int, channel_id: int) -> bool:
        """Whether the server's admins want things to be seen only once they are clicked."""
        return wish is Previews.SPOILER and not await self._is_age_restricted(server_id, channel_id)

    async def _is_age_restricted(self, server_id: int, channel_id: int) -> bool:
        server = self._client.get_guild(server_id)
        channel = server.get_channel(channel_id) if server is not None else None
        if channel is None:
            # A bot that has just started learns of its servers one by one.
            fetched = await self._client.fetch_channel(channel_id)
            return isinstance(fetched, discord.TextChannel) and fetched.is_nsfw()
        return isinstance(channel, discord.TextChannel) and channel.is_nsfw()

    async def _locale(self, server_id: int) -> str:
        if chosen := (await self._servers.settings(server_id)).language:
            return chosen
        server = self._client.get_guild(server_id)
        if server is None or server.unavailable:
            server = await self._client.fetch_guild(server_id, with_counts=False)
        return str(server.preferred_locale)
