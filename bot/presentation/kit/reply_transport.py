"""Where a job's reply is reached: by the interaction's token while it lives, then by the bot's, at last by DM."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.domain.jobs.job import Job, JobState, Removal
from bot.ports import Clock, Jobs, Meter
from bot.presentation.kit.channel_search import find_own, nonce_holds
from bot.presentation.kit.closed_threads import in_open_thread
from bot.presentation.kit.discord_errors import LOCKED_CODES, Verdict, briefly, judge
from bot.presentation.kit.discord_time import DiscordTime
from bot.service.kit.metering import UNMETERED

log = logging.getLogger(__name__)

_T = TypeVar("_T")

CALL_TIMEOUT_S = 15.0
UPLOAD_TIMEOUT_S = 120.0
"""discord.py itself waits five minutes and sleeps out rate limits inside a call."""

PATIENT_TIMEOUT_S = 45.0
"""For what nobody waits for. A call that is cancelled at an ill moment leaves its route closed until the next one has
waited for 30 seconds (discord.py 2.7, http.Ratelimit.acquire): with less, no later call would ever get through."""

NOBODY = discord.AllowedMentions.none()


class TakenDown(Enum):
    """What became of a message that was to be deleted."""

    GONE = auto()  # by this call or before it
    STANDS = auto()
    LOCKED = auto()  # it stands, in a thread that is locked
    OUT_OF_REACH = auto()  # a private reply, which stays with its member

    @property
    def removal(self) -> Removal:
        """How far the removal of its pictures has come by that."""
        done = {TakenDown.GONE: Removal.DONE, TakenDown.OUT_OF_REACH: Removal.OUT_OF_REACH}
        return done.get(self, Removal.OPEN)


class OutOfReach(Exception):
    """A private reply that can't be edited any more: what isn't worth a direct message stays unsaid."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a message has already; listed in an edit so that it stays."""

    id: int
    filename: str

    def to_dict(self) -> dict[str, Any]:
        return {"id": str(self.id), "filename": self.filename}


class Edit(Protocol):
    """Makes one attempt's view and attachments: each attempt needs its own.

    A bare one lacks the words that people and the image service wrote. Attachments are None to leave them as they are.
    """

    def __call__(self, *, is_bare: bool) -> AbstractContextManager[tuple[ui.LayoutView, Sequence[Any] | None]]: ...


Made = Callable[[], AbstractContextManager[tuple[ui.LayoutView, Sequence[Any] | None]]]


class Addresses:
    """Brings edits to where the jobs' replies are."""

    def __init__(
        self,
        *,
        client: discord.Client,
        jobs: Jobs,
        discord_time: DiscordTime,
        clock: Clock,
        meter: Meter = UNMETERED,
    ) -> None:
        self._meter = meter
        self._client = client
        self._jobs = jobs
        self._discord_time = discord_time
        self._clock = clock

    def has_token(self, job: Job) -> bool:
        """Whether the interaction's token still serves."""
        return self._discord_time.serves(job.reply.token, job.reply.token_expires_ms)

    def token_left_ms(self, job: Job) -> int:
        """Return how long the interaction's token will still serve, in milliseconds; 0 if it serves no more."""
        left_ms = job.reply.token_expires_ms - self._discord_time.now_ms()
        return max(left_ms, 0) if job.reply.token else 0

    async def with_dying_token(self, within_ms: int) -> list[int]:
        """Return the ids of the private jobs under way whose token serves for ``within_ms`` at most."""
        now_ms = self._discord_time.now_ms()
        return await self._jobs.with_dying_token(now_ms, now_ms + within_ms)

    async def forget_dead_tokens(self) -> None:
        """Wipe the tokens that are past their time."""
        await self._jobs.wipe_dead_tokens(self._discord_time.now_ms())

    async def edit(self, job: Job, edit: Edit, *, timeout_s: float = CALL_TIMEOUT_S) -> discord.Message:
        """Edit a job's reply; a private one that can't be edited any more goes on as a direct message.

        A card that Discord calls wrong, as for a link in its prompt, is shown without anybody's words.

        Args:
            job: whose reply.
            edit: makes the new message.
            timeout_s: for an edit by the interaction's token; one by the bot's own has `PATIENT_TIMEOUT_S` at least.

        Raises:
            OutOfReach: if it is private, can't be edited, and the job is still under way or was removed.
            Exception: what the call raised; see ``judge``.
        """
        began_s = self._clock.monotonic()
        try:
            return await self._edit_or_bare(job, edit, timeout_s)
        finally:
            self._meter.took("edit", self._clock.monotonic() - began_s, job.request.model)

    async def _edit_or_bare(self, job: Job, edit: Edit, timeout_s: float) -> discord.Message:
        try:
            return await self._edit(job, partial(edit, is_bare=False), timeout_s)
        except discord.HTTPException as error:
            if judge(error) is not Verdict.REFUSED:
                raise
            log.info("job %s: its card is refused (%s); it goes without its words", job.id, error.code)
        return await self._edit(job, partial(edit, is_bare=True), timeout_s)

    async def _edit(self, job: Job, edit: Made, timeout_s: float) -> discord.Message:
        if self.has_token(job):
            try:
                return await self._in_open_thread(job, lambda: self._edit_by_token(job, edit, timeout_s))
            except discord.HTTPException as error:
                # What is private goes on elsewhere when its thread is locked, as it does when its token is dead; but
                # as long as the token lives, pictures may still be taken from where they are.
                goes_on = job.request.private and not job.deleted_ms
                if not (goes_on and error.code in LOCKED_CODES):
                    await self._forget_dead_token(job, error)
        if job.request.private and not await self._is_reachable(job):
            if job.deleted_ms or not (job.is_final or job.state is JobState.DELIVERING):
                raise OutOfReach
            return await self._send_directly(job, edit, timeout_s)
        return await self._in_open_thread(job, lambda: self._edit_by_bot(job, edit, timeout_s))

    async def attached(self, job: Job) -> list[Attached]:
        """Read which files a job's reply has: Components V2 names them only in its gallery (api-docs #8277)."""
        if self.has_token(job):
            try:
                async with self._clock.timeout(CALL_TIMEOUT_S):
                    return attached_to(await self._webhook(job).fetch_message(job.reply.message_id))
            except discord.HTTPException as error:
                await self._forget_dead_token(job, error)
        async with self._clock.timeout(CALL_TIMEOUT_S):
            return attached_to(await self._message(job).fetch())

    async def is_gone(self, job: Job) -> bool:
        """Whether Discord says that a job's public message is there no more; where it can't say, it may be there."""
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await self._message(job).fetch()
        except Exception as error:  # noqa: BLE001 - a cut connection too: nothing follows from it
            return judge(error) is Verdict.GONE
        return False

    async def take_down(self, job: Job) -> TakenDown:
        """Delete a job's reply."""
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await self._in_open_thread(job, lambda: self._delete(job))
        except OutOfReach:
            return TakenDown.OUT_OF_REACH
        except Exception as error:  # noqa: BLE001 - a cut connection too: what could not be deleted is edited
            log.info("job %s: its message can't be deleted: %s", job.id, briefly(error))
            return not_deleted(error)
        return TakenDown.GONE

    async def _delete(self, job: Job) -> None:
        if self.has_token(job):
            try:
                await self._webhook(job).delete_message(job.reply.message_id)
            except discord.HTTPException as error:
                await self._forget_dead_token(job, error)
            else:
                return
        if job.is_ephemeral and not await self._is_reachable(job):
            # The bot's own token is told that there is no such message; its member has it all the same.
            raise OutOfReach
        await self._message(job).delete()

    async def _forget_dead_token(self, job: Job, error: discord.HTTPException) -> None:
        """Forget a token that Discord calls dead: it must not be asked again (topics/rate-limits.mdx).

        Raises:
            discord.HTTPException: ``error``, if it says anything else.
        """
        if judge(error, by_token=True) is not Verdict.TOKEN_DEAD:
            raise error
        await self._jobs.wipe_token(job.id)

    async def _in_open_thread(self, job: Job, call: Callable[[], Awaitable[_T]]) -> _T:
        return await in_open_thread(self._client, job.reply.channel_id, call, self._clock, timeout_s=PATIENT_TIMEOUT_S)

    async def _edit_by_token(self, job: Job, edit: Made, timeout_s: float) -> discord.Message:
        with edit() as (view, attachments):
            view.stop()
            async with self._clock.timeout(timeout_s):
                return await self._webhook(job).edit_message(
                    job.reply.message_id, view=view, allowed_mentions=NOBODY, **_listed(attachments)
                )

    async def _edit_by_bot(self, job: Job, edit: Made, timeout_s: float) -> discord.Message:
        with edit() as (view, attachments):
            view.stop()
            async with self._clock.timeout(max(timeout_s, PATIENT_TIMEOUT_S)):
                return await self._message(job).edit(view=view, allowed_mentions=NOBODY, **_listed(attachments))

    async def _send_directly(self, job: Job, edit: Made, timeout_s: float) -> discord.Message:
        with edit() as (view, attachments):
            view.stop()
            files = [one for one in attachments or () if isinstance(one, discord.File)]
            async with self._clock.timeout(max(timeout_s, PATIENT_TIMEOUT_S)):
                channel = await self._client.create_dm(discord.Object(job.member_id))
                message = await self._sent_before(job, channel)
                if message is not None:
                    message = await message.edit(view=view, attachments=files, allowed_mentions=NOBODY)
                else:
                    # The nonce makes a repeated attempt give the message of the first one.
                    message = await channel.send(view=view, files=files, nonce=str(job.id), allowed_mentions=NOBODY)
        await self._jobs.readdress(job.id, message.channel.id, message.id)
        return message

    async def _sent_before(self, job: Job, channel: discord.DMChannel) -> discord.Message | None:
        """Return the direct message of an attempt that a crash cut short, once its nonce no longer finds it."""
        if nonce_holds(job.ended_ms or job.ready_ms, self._clock.now_ms()):
            return None
        return await find_own(self._client, channel, lambda message: _is_card_of(message, job), after_id=job.id)

    async def _is_reachable(self, job: Job) -> bool:
        """Whether the bot's own token reaches a private job's reply: only once it went by direct message."""
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await self._message(job).fetch()
        except discord.HTTPException as error:
            if judge(error) in {Verdict.GONE, Verdict.FORBIDDEN}:
                return False
            raise
        return True

    def _webhook(self, job: Job) -> discord.Webhook:
        return webhook_of(self._client, job)

    def _message(self, job: Job) -> discord.PartialMessage:
        channel = self._client.get_partial_messageable(job.reply.channel_id)
        return channel.get_partial_message(job.reply.message_id)


def webhook_of(client: discord.Client, job: Job) -> discord.Webhook:
    """Return the webhook that an interaction's token opens."""
    return webhook_by(client, job.reply.application_id, job.reply.token)


def webhook_by(client: discord.Client, application_id: int, token: str) -> discord.Webhook:
    """Return the webhook that an interaction's token opens, by whatever proxy the client goes."""
    webhook = discord.Webhook.partial(application_id, token, client=client)
    # discord.py forgets it here (2.7).
    webhook.proxy, webhook.proxy_auth = client.http.proxy, client.http.proxy_auth
    # Made by hand it counts as an ordinary webhook, which discord.py lets send nothing ephemeral.
    webhook.type = discord.WebhookType.application
    return webhook


def not_deleted(error: Exception) -> TakenDown:
    """Return what an error of the call that deletes a message means for it."""
    found = {Verdict.GONE: TakenDown.GONE, Verdict.LOCKED: TakenDown.LOCKED}
    return found.get(judge(error), TakenDown.STANDS)


def attached_to(message: discord.Message) -> list[Attached]:
    """Return the files in a message's galleries."""
    return [
        Attached(item.media.attachment_id or 0, PurePosixPath(urlsplit(item.media.url).path).name)
        for gallery in galleries(message.components)
        for item in gallery.items
    ]


def _is_card_of(message: discord.Message, job: Job) -> bool:
    return f"job:{job.id}:" in str([component.to_dict() for component in message.components])


def galleries(components: Sequence[Any]) -> Iterator[discord.MediaGalleryComponent]:
    """Go through the galleries of a message's components, also those in containers."""
    for component in components:
        if isinstance(component, discord.MediaGalleryComponent):
            yield component
        yield from galleries(getattr(component, "children", ()))


def _listed(attachments: Sequence[Any] | None) -> dict[str, Any]:
    return {} if attachments is None else {"attachments": list(attachments)}
