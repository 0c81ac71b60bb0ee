"""Word to members of what an admin gave them."""

import discord

from bot.domain.books.ledger import GiftKind
from bot.domain.jobs.notice import Notice
from bot.domain.requests.quota import Reset
from bot.ports import Clock, Jobs, MemberPreferences, Servers
from bot.presentation.kit.members import is_known
from bot.presentation.kit.posting import language_of_member, say_once
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.servers.quota_texts import QuotaTexts

KINDS = frozenset({"gift"})
NOTHING_TO_TELL = "nothing to tell any more"

SAID = {
    GiftKind.CREDIT: "told-credit",
    GiftKind.PICTURES: "told-pictures",
    GiftKind.PERIOD: "told-period",
}


class GiftNotices:
    """Tells a member by a direct message; one who takes none from the bot is not told, and finds it in /balance."""

    def __init__(
        self,
        *,
        client: discord.Client,
        servers: Servers,
        jobs: Jobs,
        preferences: MemberPreferences,
        texts: Texts,
        clock: Clock,
    ) -> None:
        self._client = client
        self._servers = servers
        self._jobs = jobs
        self._preferences = preferences
        self._texts = texts
        self._clock = clock

    async def tell(self, notice: Notice) -> str:
        """Tell it; return what became of it.

        Raises:
            Exception: what the call raised.
        """
        content, now_ms = notice.content, self._clock.now_ms()
        member_id = await self._servers.member_of(int(content["account_id"]))
        if not member_id or 0 < int(content.get("ends_ms", 0)) <= now_ms:
            return NOTHING_TO_TELL
        server = await self._server(int(content["server_id"]))
        locale = await language_of_member(self._preferences, self._jobs, self._servers, member_id, server)
        used = Reset(int(content.get("images", 0)), int(content.get("micros", 0)))
        text = self._texts.say(
            locale,
            SAID[GiftKind(content["gift"])],
            server=server.name,
            images=used.free_images,
            amount=used.budget_micros,
            used=Markup(QuotaTexts(self._texts, locale).used(used)),
            resets_ms=int(content.get("ends_ms", 0)),
            # It tells two gifts apart that are alike: what is said twice in the same words is taken for said.
            given_ms=notice.created_ms,
        )
        await say_once(self._client, await self._client.create_dm(discord.Object(member_id)), notice, text, now_ms)
        return "sent"

    async def _server(self, server_id: int) -> discord.Guild:
        server = self._client.get_guild(server_id)
        return server if is_known(server) else await self._client.fetch_guild(server_id, with_counts=False)
