"""Deletes what the bot had posted for members who were forgotten, as far as Discord lets it."""

import asyncio
import logging
from functools import partial

import discord

from bot.domain.privacy import LeftoverMessage
from bot.ports import Clock, Privacy
from bot.presentation.kit.closed_threads import in_open_thread
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S, webhook_by
from bot.presentation.kit.retrying import counted, delay_after_s, is_worth_another
from bot.service.kit.alarm import Alarm
from bot.service.kit.supervisor import one_by_one
from bot.service.kit.waiting import wait_for

log = logging.getLogger(__name__)

PACE_S = 1.0
"""Between two deletions, so that a member with many messages doesn't use up what Discord allows the bot."""

LOOK_EVERY_S = 30.0

LOCKED_AGAIN_S = 3600.0
"""After which a message is tried again that stands in a thread that moderators have locked."""


class MessageDeletion:
    """Works off the messages that are to be deleted."""

    def __init__(
        self, *, client: discord.Client, privacy: Privacy, discord_time: DiscordTime, clock: Clock, alarm: Alarm
    ) -> None:
        self._client = client
        self._privacy = privacy
        self._discord_time = discord_time
        self._clock = clock
        self._alarm = alarm
        self._woken = asyncio.Event()
        self._is_back = False

    def look_again(self) -> None:
        """Try everything now: Discord is back."""
        self._is_back = True
        self._woken.set()

    def wake(self) -> None:
        """Look soon: there may be more to delete."""
        self._woken.set()

    async def run(self) -> None:
        """Delete what is left until cancelled."""
        while True:
            self._woken.clear()
            async with self._alarm.watching("deleting what forgotten members left"):
                if self._is_back:
                    await self._privacy.hasten_messages()
                    self._is_back = False
                waiting = await self._privacy.leftover_messages()
                await one_by_one((f"leftover message {one.message_id}", partial(self._take_up, one)) for one in waiting)
            await wait_for(self._woken, LOOK_EVERY_S, self._clock)

    async def _take_up(self, message: LeftoverMessage) -> None:
        await self._handle(message)
        await self._clock.sleep(PACE_S)

    async def _handle(self, message: LeftoverMessage) -> None:
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await in_open_thread(
                    self._client,
                    message.channel_id,
                    lambda: self._delete(message),
                    self._clock,
                    timeout_s=PATIENT_TIMEOUT_S,
                )
        except Exception as error:  # noqa: BLE001 - judged; one message must not hold up the others
            verdict = judge(error)
            attempts = counted(verdict, message.attempts)
            if verdict is Verdict.LOCKED:
                # Moderators may open the thread again, on whichever day.
                await self._privacy.message_again(message.message_id, LOCKED_AGAIN_S, attempts)
                return
            if is_worth_another(verdict, attempts):
                await self._privacy.message_again(message.message_id, delay_after_s(attempts), attempts)
                return
            log.info("a forgotten member's message can't be deleted (%s)", verdict.name)
        await self._privacy.message_gone(message.message_id)

    async def _delete(self, message: LeftoverMessage) -> None:
        """Delete by the interaction's token, which alone reaches private replies, else by the bot's own."""
        if self._discord_time.serves(message.token, message.token_expires_ms):
            try:
                webhook = webhook_by(self._client, message.application_id, message.token)
                await webhook.delete_message(message.message_id)
            except discord.HTTPException as error:
                if judge(error, by_token=True) is not Verdict.TOKEN_DEAD:
                    raise
            else:
                return
        channel = self._client.get_partial_messageable(message.channel_id)
        await channel.get_partial_message(message.message_id).delete()
