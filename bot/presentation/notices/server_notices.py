"""What a server's admins are told without having asked: the greeting, and that the server's pool runs out."""

import logging

import discord

from bot.domain.jobs.notice import Notice
from bot.domain.requests.policy import Policy
from bot.domain.requests.worth import worth_of
from bot.domain.servers.settings import Exposure
from bot.ports import Clock, Servers
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.posting import language_of_server, say_once
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.servers.quota_texts import worth_text

log = logging.getLogger(__name__)

KINDS = frozenset({"greeting", "log-closed", "log-exposed", "pool-alarm"})
EXPOSURES = {Exposure.EVERYONE: "log-exposed-everyone", Exposure.FOLLOWERS: "log-exposed-followers"}


class ServerNotices:
    """Tells the admins of a server, in the server's language.

    Args:
        client: logged in.
        servers: know the log channels, and their languages.
        policy: what the operator gives.
        texts: what people read.
        clock: tells how old a notice is.
    """

    def __init__(self, *, client: discord.Client, servers: Servers, policy: Policy, texts: Texts, clock: Clock) -> None:
        self._client = client
        self._servers = servers
        self._policy = policy
        self._texts = texts
        self._clock = clock

    async def tell(self, notice: Notice) -> str:
        """Bring a notice where it belongs; return what became of it.

        Raises:
            Exception: what the call raised.
        """
        if notice.kind in {"log-closed", "log-exposed"}:
            return await self._warn_of_log(notice)
        return await (self._greet(notice) if notice.kind == "greeting" else self._warn_of_pool(notice))

    async def _greet(self, notice: Notice) -> str:
        server_id, channel_id = int(notice.content["server_id"]), int(notice.content["channel_id"])
        # One that was in before may have chosen.
        locale = (await self._servers.settings(server_id)).language_over(str(notice.content["locale"]))
        text = self.greeting(locale)
        if channel_id:
            try:
                await self._say(self._client.get_partial_messageable(channel_id), notice, text)
            except discord.HTTPException as error:
                if judge(error) not in {Verdict.GONE, Verdict.FORBIDDEN}:
                    raise
                log.info("channel %s can't be greeted: %s", channel_id, error.code)
            else:
                return "sent"
        server = await self._client.fetch_guild(server_id, with_counts=False)
        owner = await self._client.create_dm(discord.Object(server.owner_id or 0))
        about = self._texts.say(locale, "greeting-direct", server=server.name)
        await self._say(owner, notice, f"{about}\n\n{text}")
        return "sent to the owner"

    def greeting(self, locale: str) -> str:
        """Return the greeting: what members can do, what the operator gives, what an admin does first."""
        say, rule, pool = self._texts.say, self._policy.rule, self._policy.pool_micros
        gifts = [say(locale, "greeting-free", free=rule.free_images, period=self._policy.period)]
        if rule.budget_micros:
            gifts.append(say(locale, "greeting-budget", amount=rule.budget_micros))
        if pool is not None:
            gifts.append(say(locale, "greeting-pool", amount=pool))
        default = next(iter(self._policy.catalogue.values()))
        worth = worth_of(pool, default, rule, self._policy.period)
        comes_to = f"\n{worth_text(self._texts, locale, worth)}" if worth is not None else ""
        return say(locale, "greeting", gifts=Markup(say(locale, "left-comma").join(gifts)), worth=Markup(comes_to))

    async def _warn_of_log(self, notice: Notice) -> str:
        """Tell the server's owner that what moderators were to read in the log channel isn't said there any more."""
        server = await self._client.fetch_guild(int(notice.content["server_id"]), with_counts=False)
        channel = Markup(f"<#{notice.content['channel_id']}>")
        key = "log-closed" if notice.kind == "log-closed" else EXPOSURES[Exposure(notice.content["exposure"])]
        locale = await language_of_server(self._servers, server)
        text = self._texts.say(locale, key, server=server.name, channel=channel)
        await self._say(await self._client.create_dm(discord.Object(server.owner_id or 0)), notice, text)
        return "sent to the owner"

    async def _warn_of_pool(self, notice: Notice) -> str:
        if self._clock.now_ms() >= int(notice.content["resets_ms"]):
            return "nothing to tell any more"
        server_id = int(notice.content["server_id"])
        channel_id = (await self._servers.settings(server_id)).log_channel
        if not channel_id:
            return "no log channel"
        server = self._client.get_guild(server_id) or await self._client.fetch_guild(server_id, with_counts=False)
        text = self._pool_text(await language_of_server(self._servers, server), notice)
        await self._say(self._client.get_partial_messageable(channel_id), notice, text)
        return "sent"

    def _pool_text(self, locale: str, notice: Notice) -> str:
        taken, limit, resets_ms, percent = (
            int(notice.content[name]) for name in ("taken", "limit", "resets_ms", "percent")
        )
        # Of who set the limit nothing was noted by earlier programs.
        whose = self._texts.say(locale, "pool-alarm-own" if notice.content.get("is_own") else "pool-alarm-operators")
        values = {"amount": limit, "resets_ms": resets_ms, "whose": Markup(whose)}
        if percent >= 100:
            return self._texts.say(locale, "pool-alarm-full", **values)
        return self._texts.say(locale, "pool-alarm", percent=percent, left=max(0, limit - taken), **values)

    async def _say(self, channel: discord.abc.Messageable, notice: Notice, text: str) -> None:
        await say_once(self._client, channel, notice, text, self._clock.now_ms())
