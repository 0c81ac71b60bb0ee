"""Sends the messages beside the jobs' own: pings, and what admins and the operator must know."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import discord

from bot.domain.jobs.job import Job, JobState
from bot.domain.jobs.notice import Notice
from bot.ports import Clock, Jobs, Outbox
from bot.presentation.jobs.job_copy import link_to, place_of
from bot.presentation.kit.channel_search import find_own, nonce_holds
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.reasons import expiry_key, failure_key, undelivered_key
from bot.presentation.kit.receipt import receipt
from bot.presentation.kit.reply_transport import NOBODY, webhook_of
from bot.presentation.kit.retrying import FIRST_DELAY_S, attempt
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.notices import (
    gallery_notices,
    gift_notices,
    mod_notices,
    operator_notices,
    owner_notices,
    server_notices,
)
from bot.presentation.notices.gallery_notices import GalleryNotices
from bot.presentation.notices.gift_notices import GiftNotices
from bot.presentation.notices.mod_notices import ModerationNotices
from bot.presentation.notices.operator_notices import OperatorNotices
from bot.presentation.notices.owner_notices import OwnerNotices
from bot.presentation.notices.server_notices import ServerNotices
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.waiting import wait_for

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
"""Who writes a message usually wakes the messenger; a refusal that sounds an alarm does not."""

PING_LASTS_MS = 6 * 3600 * 1000
"""A ping calls somebody who waits: later it would only disturb, and the message it calls to says the same. All other
messages are worth sending however late it is."""


class Messenger:
    """Works the outbox off."""

    def __init__(
        self,
        *,
        client: discord.Client,
        outbox: Outbox,
        jobs: Jobs,
        changes: Changes,
        texts: Texts,
        discord_time: DiscordTime,
        clock: Clock,
        alarm: Alarm,
        to_operator: OperatorNotices,
        to_servers: ServerNotices,
        to_moderators: ModerationNotices,
        to_owners: OwnerNotices,
        to_galleries: GalleryNotices,
        to_gifted: GiftNotices,
    ) -> None:
        self._client = client
        self._outbox = outbox
        self._jobs = jobs
        self._texts = texts
        self._discord_time = discord_time
        self._clock = clock
        self._alarm = alarm
        self._to_operator = to_operator
        self._speakers: dict[str, Callable[[Notice], Awaitable[str]]] = {
            "ping": self._ping,
            "delivered": self._tell_delivered,
            "undelivered": self._tell_undelivered,
            "ended": self._tell_ended,
            "unproven": self._tell_unproven,
            **dict.fromkeys(operator_notices.KINDS, self._to_operator.tell),
            **dict.fromkeys(server_notices.KINDS, to_servers.tell),
            **dict.fromkeys(mod_notices.KINDS, to_moderators.tell),
            **dict.fromkeys(owner_notices.KINDS, to_owners.tell),
            **dict.fromkeys(gallery_notices.KINDS, to_galleries.tell),
            **dict.fromkeys(gift_notices.KINDS, to_gifted.tell),
        }
        self._woken = asyncio.Event()
        self._is_back = False
        changes.on_job(lambda _: self.wake())
        changes.on_lane(lambda _: self.wake())

    def look_again(self) -> None:
        """Try everything now: Discord is back."""
        self._is_back = True
        self._woken.set()

    def wake(self) -> None:
        """Look into the outbox soon."""
        self._woken.set()

    async def run(self) -> None:
        """Send what waits until cancelled."""
        while True:
            self._woken.clear()
            next_ms: int | None = self._clock.now_ms() + int(FIRST_DELAY_S * 1000)
            async with self._alarm.watching("sending messages"):
                if self._is_back:
                    await self._outbox.hasten()
                    self._is_back = False
                for notice in await self._outbox.waiting():
                    await attempt(self._outbox, self._clock, notice, self._send)
                next_ms = await self._outbox.next_ms()
            await self._wait_until(next_ms)

    async def _send(self, notice: Notice) -> str:
        tell = self._speakers.get(notice.kind)
        return await tell(notice) if tell is not None else "unknown kind"

    async def _ping(self, notice: Notice) -> str:
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or job.deleted_ms or not job.member_id:
            return "nothing to tell any more"
        if job.is_elsewhere:
            return "it came where it was asked for"
        if self._clock.now_ms() - notice.created_ms >= PING_LASTS_MS:
            return "too late to be of use"
        if not job.request.private:
            await self._ping_by_bot(job, notice)
            return "sent"
        if self._discord_time.serves(job.reply.token, job.reply.token_expires_ms):
            # Webhooks know no nonce: noted before it is said, so that a crash in between doesn't say it twice.
            await self._outbox.done(notice.id, "sending by the interaction")
            try:
                await self._ping_by_token(job)
            except discord.HTTPException as error:
                if judge(error, by_token=True) is not Verdict.TOKEN_DEAD:
                    raise
                await self._jobs.wipe_token(job.id)
            else:
                return "sent by the interaction"
        # The result itself went by direct message, which notifies.
        return "told by direct message"

    async def _ping_by_token(self, job: Job) -> None:
        """Tell the member alone; an attempt whose answer is lost may be seen twice."""
        webhook = webhook_of(self._client, job)
        await webhook.send(self._ping_text(job), ephemeral=True, allowed_mentions=_only(job.member_id), wait=True)

    async def _ping_by_bot(self, job: Job, notice: Notice) -> None:
        """Tell the member in the channel; the nonce makes a repeated attempt give the message of the first one."""
        channel = self._client.get_partial_messageable(job.reply.channel_id)
        if not nonce_holds(notice.created_ms, self._clock.now_ms()) and await self._was_pinged(job, channel):
            return
        # A link instead of a reply: to reply, the bot would have to be allowed to read the channel's history.
        await channel.send(
            self._ping_text(job),
            nonce=f"notice-{notice.id}",
            allowed_mentions=_only(job.member_id),
        )

    async def _was_pinged(self, job: Job, channel: discord.PartialMessageable) -> bool:
        """Whether the channel has the ping of an attempt that a crash cut short."""
        link = f"/{job.reply.channel_id}/{job.reply.message_id}"
        found = await find_own(
            self._client, channel, lambda message: link in message.content, after_id=job.reply.message_id
        )
        return found is not None

    async def _tell_delivered(self, notice: Notice) -> str:
        """Tell a member directly that their pictures are there, as they prefer; who takes nothing so is pinged."""
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or job.deleted_ms or not job.member_id:
            return "nothing to tell any more"
        if job.is_elsewhere:
            return "it came where it was asked for"
        if self._clock.now_ms() - notice.created_ms >= PING_LASTS_MS:
            return "too late to be of use"
        if job.request.private and not self._discord_time.serves(job.reply.token, job.reply.token_expires_ms):
            # The result itself went by direct message, which notifies.
            return "told by direct message"
        said: dict[str, str | int] = {"images": len(job.kept), "number": job.number, "link": Markup(place_of(job))}
        try:
            return await self._tell_directly(notice, job, self._texts.say(job.reply.locale, "told-delivered", **said))
        except discord.HTTPException as error:
            if judge(error) is not Verdict.CLOSED:
                raise
        return await self._ping(notice)

    async def _tell_undelivered(self, notice: Notice) -> str:
        """Tell a member directly that pictures are kept for them, because their job's message can't say so."""
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or job.state is not JobState.UNDELIVERED or not job.member_id or not job.kept:
            return "nothing to tell any more"
        text = self._texts.say(
            job.reply.locale,
            "told-undelivered",
            number=job.number,
            link=Markup(f"<#{job.reply.channel_id}>"),
            reason=Markup(self._texts.say(job.reply.locale, undelivered_key(job.failure))),
        )
        return await self._tell_directly(notice, job, text)

    async def _tell_ended(self, notice: Notice) -> str:
        """Tell a member directly how their request ended without pictures, because its message can't say so."""
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or job.deleted_ms or not job.member_id:
            return "nothing to tell any more"
        locale, link = job.reply.locale, Markup(f"<#{job.reply.channel_id}>")
        end = Markup(self._texts.say(locale, _end_key(job)))
        charged = Markup(" ".join(receipt(self._texts, locale, job, None)))
        text = self._texts.say(locale, "told-ended", number=job.number, link=link, end=end, charged=charged)
        return await self._tell_directly(notice, job, text)

    async def _tell_unproven(self, notice: Notice) -> str:
        """Tell a member that nothing comes of a request whose reply they may see."""
        job = await self._jobs.get(notice.job_id) if notice.job_id else None
        if job is None or not job.member_id:
            return "nothing to tell any more"
        link = Markup(f"<#{job.reply.channel_id}>")
        text = self._texts.say(job.reply.locale, "told-unproven", number=job.number, link=link)
        return await self._tell_directly(notice, job, text)

    async def _tell_directly(self, notice: Notice, job: Job, text: str) -> str:
        channel = await self._client.create_dm(discord.Object(job.member_id))
        if not nonce_holds(notice.created_ms, self._clock.now_ms()) and await find_own(
            self._client, channel, lambda message: message.content == text, after_id=job.id
        ):
            return "sent"
        await channel.send(text, nonce=f"notice-{notice.id}", allowed_mentions=NOBODY)
        return "sent"

    def _ping_text(self, job: Job) -> str:
        reply, images = job.reply, len(job.kept)
        link = Markup(link_to(job))
        if job.request.private:
            return self._texts.say(reply.locale, "ping-private", images=images, number=job.number, link=link)
        member = Markup(f"<@{job.member_id}>")
        return self._texts.say(reply.locale, "ping", images=images, member=member, link=link)

    async def _wait_until(self, next_ms: int | None) -> None:
        # At least half a second, so that a message which can't be noted as done doesn't spin; and however the clock is
        # set, no longer than if nothing waited.
        delay_s = LOOK_EVERY_S
        if next_ms is not None:
            delay_s = max(0.5, min(delay_s, (next_ms - self._clock.now_ms()) / 1000))
        await wait_for(self._woken, delay_s, self._clock)


def _end_key(job: Job) -> str:
    """Return the text for the end of a job without pictures."""
    if job.state is JobState.FAILED:
        return failure_key(job.failure_kind)
    return expiry_key(job.failure) if job.state is JobState.EXPIRED else "ended-canceled"


def _only(member_id: int) -> discord.AllowedMentions:
    return discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(member_id)], replied_user=False)
