"""What the operator must know: models that stop, go on or go offline, the cap on the vendor's bill, work that fails."""

import logging
from collections.abc import Awaitable, Callable

import discord

from bot.domain.jobs.lane import ACCOUNT, NOT_OFFERED
from bot.domain.jobs.notice import Notice
from bot.failure_kinds import Advice
from bot.ports import Clock
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.posting import say_once
from bot.presentation.kit.reasons import ADVICE
from bot.presentation.kit.reply_transport import NOBODY
from bot.presentation.kit.texts import DEFAULT, Markup, Texts
from bot.presentation.notices import operator_report

log = logging.getLogger(__name__)

KINDS = frozenset(
    {
        "lane-stopped",
        "lane-reopened",
        "model-retires",
        "text-model-gone",
        "requests-refused",
        "work-failing",
        "cap-alarm",
        "operator-report",
    }
)


class OperatorNotices:
    """Tells the operator, in English.

    Args:
        client: logged in.
        texts: what people read.
        clock: tells how old a notice is.
        channel: a channel's or a user's id; 0: the application's owner.
    """

    def __init__(self, *, client: discord.Client, texts: Texts, clock: Clock, channel: int) -> None:
        self._client = client
        self._texts = texts
        self._clock = clock
        self._channel = channel

    async def tell(self, notice: Notice) -> str:
        """Tell the configured channel or user; where that can't be, the application's owner. Return what became of it.

        Raises:
            Exception: what the call raised.
        """
        return await self._reach(lambda channel: self._say(channel, notice))

    async def warn(self, key: str, nonce: str, **values: str) -> None:
        """Tell them what can't wait in the outbox.

        Args:
            key: of the text.
            nonce: the same for another attempt to say the same.
            values: what the text is filled with.

        Raises:
            Exception: what the call raised.
        """
        text = self._texts.say(DEFAULT, key, **values)
        await self._reach(lambda channel: channel.send(text, nonce=nonce, allowed_mentions=NOBODY))

    async def _reach(self, say: Callable[[discord.abc.Messageable], Awaitable[object]]) -> str:
        if self._channel:
            try:
                channel = await self._channel_or_user(self._channel)
                if isinstance(channel, discord.abc.Messageable):
                    await say(channel)
                    return "sent"
                log.warning("discord.operator_channel %s: nothing can be posted there", self._channel)
            except discord.HTTPException as error:
                if judge(error) not in {Verdict.GONE, Verdict.FORBIDDEN}:
                    raise
                log.warning("discord.operator_channel %s can't be told: %s", self._channel, error.code)
        application = await self._client.application_info()
        owner_id = application.team.owner_id if application.team else None
        await say(await self._client.create_dm(discord.Object(owner_id or application.owner.id)))
        return "sent to the owner"

    async def _say(self, channel: discord.abc.Messageable, notice: Notice) -> None:
        if notice.kind == "cap-alarm":
            await say_once(self._client, channel, notice, self._cap_text(notice), self._clock.now_ms())
            return
        if notice.kind == "operator-report":
            servers = {guild.id: guild.name for guild in self._client.guilds}
            text = operator_report.text_of(notice, servers, self._texts)
            await say_once(self._client, channel, notice, text, self._clock.now_ms())
            return
        text = self._text(notice)
        # A lane may stop twice within the hour, in the same words: a search would take the first word for this one.
        await channel.send(text, nonce=f"notice-{notice.id}", allowed_mentions=NOBODY)

    def _text(self, notice: Notice) -> str:
        match notice.kind:
            case "requests-refused":
                return self._texts.say(DEFAULT, "operator-requests-refused", **notice.content)
            case "model-retires":
                return self._texts.say(DEFAULT, "operator-model-retires", **notice.content)
            case "text-model-gone":
                return self._texts.say(DEFAULT, "operator-text-model-gone", **notice.content)
            case "work-failing":
                return self._texts.say(DEFAULT, "operator-work-failing", **notice.content)
            case _:
                return self._lane_text(notice)

    def _cap_text(self, notice: Notice) -> str:
        taken, limit, resets_ms, percent = (
            int(notice.content[name]) for name in ("taken", "limit", "resets_ms", "percent")
        )
        if percent >= 100:
            return self._texts.say(DEFAULT, "operator-cap-full", amount=limit, resets_ms=resets_ms)
        left = max(0, limit - taken)
        return self._texts.say(DEFAULT, "operator-cap", percent=percent, left=left, amount=limit, resets_ms=resets_ms)

    def _lane_text(self, notice: Notice) -> str:
        model, code = str(notice.content.get("model", "")), str(notice.content.get("code", ""))
        is_account = model == ACCOUNT
        if notice.kind == "lane-reopened":
            if is_account:
                return self._texts.say(DEFAULT, "operator-account-reopened")
            return self._texts.say(DEFAULT, "operator-lane-reopened", model=model)
        if code == NOT_OFFERED:
            return self._texts.say(DEFAULT, "operator-lane-not-offered", model=model)
        advice = Markup(self._texts.say(DEFAULT, ADVICE[Advice(notice.content["advice"])]))
        if is_account:
            return self._texts.say(DEFAULT, "operator-account-stopped", code=code, advice=advice)
        return self._texts.say(DEFAULT, "operator-lane-stopped", model=model, code=code, advice=advice)

    async def _channel_or_user(self, channel_or_user_id: int) -> object:
        try:
            return await self._client.fetch_channel(channel_or_user_id)
        except discord.NotFound as error:
            if judge(error) is not Verdict.GONE:
                raise
            return await self._client.create_dm(discord.Object(channel_or_user_id))
