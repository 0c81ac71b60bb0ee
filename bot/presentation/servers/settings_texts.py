"""A server's settings in words."""

from collections.abc import Iterable

from bot.domain.servers.settings import Calendar, Exposure, Posting, Previews, Settings
from bot.domain.text.enhance import Enhance
from bot.presentation.kit.names import zone_name
from bot.presentation.kit.texts import Markup, Phrases
from bot.service.servers.administration import Pool

LISTED = 10
"""Channels or roles that the overview names of each list, so that all lists fit in one message."""

POSTINGS = {
    Posting.FREE: "settings-posting-free",
    Posting.PUBLIC: "settings-posting-public",
    Posting.PRIVATE: "settings-posting-private",
}
EXPOSURES = {
    Exposure.EVERYONE: "settings-log-everyone",
    Exposure.FOLLOWERS: "settings-log-followers",
}
AGREED = {
    Exposure.EVERYONE: "settings-log-agreed-everyone",
    Exposure.FOLLOWERS: "settings-log-agreed-followers",
}
PREVIEWS = {
    Previews.SHOW: "settings-previews-show",
    Previews.SPOILER: "settings-previews-spoiler",
    Previews.NONE: "settings-previews-none",
}
ENHANCEMENTS = {
    Enhance.OFF: "settings-enhance-off",
    Enhance.TRANSLATE: "settings-enhance-translate",
    Enhance.IMPROVE: "settings-enhance-improve",
}


class SettingsTexts(Phrases):
    """Says in one reader's language what a server's settings are."""

    def overview(self, settings: Settings, operators: Calendar, pool: Pool, now_ms: int) -> str:
        """Return all settings, each with who decided it.

        Args:
            settings: the server's.
            operators: the calendar where the server has none.
            pool: the server's pool of this month.
            now_ms: the time.
        """
        values = [
            ("settings-what-channels", self.channels(settings.channels, LISTED), bool(settings.channels)),
            ("settings-what-models", self.models(settings.models), bool(settings.models)),
            ("settings-what-posting", self.posting(settings), settings.posting is not Posting.FREE),
            ("settings-what-confirms", self.confirms(settings), not settings.confirms_paid),
            ("settings-what-enhance", self.enhance(settings), settings.enhance is not Enhance.OFF),
            ("settings-what-language", self.language(settings), bool(settings.language)),
            ("settings-what-log", self.log_channel(settings), bool(settings.log_channel)),
            ("settings-what-previews", self.previews(settings), settings.previews is not Previews.SPOILER),
            ("settings-what-age", self.age_restriction(settings), settings.age_restricted_only),
            ("settings-what-editing", self.editing_others(settings), settings.edits_others),
            ("settings-what-receipts", self.receipts(settings), settings.shows_receipts),
            ("settings-what-buttons", self.buttons(settings), settings.shares_buttons),
            ("settings-what-gallery", self.gallery(settings), bool(settings.gallery_channel)),
            ("settings-what-admins", self.roles(settings.admin_roles, LISTED), bool(settings.admin_roles)),
            ("settings-what-moderators", self.roles(settings.moderator_roles, LISTED), bool(settings.moderator_roles)),
        ]
        lines = [
            self.line(what, self._from(value, "settings-from-here" if is_own else "settings-from-default"))
            for what, value, is_own in values
        ]
        lines += [
            self.line("settings-what-calendar", self._calendar_in_force(settings, operators, now_ms)),
            self.line("settings-what-pool", self._pool(settings, pool)),
        ]
        return "\n".join([self._say("settings-heading"), *lines, "", self._say("settings-hint")])

    def line(self, what: str, value: str) -> str:
        """Return one setting; ``what`` is the key of its name."""
        return self._say("settings-line", what=Markup(self._say(what)), value=Markup(value))

    def change(self, what: str, before: str, after: str) -> str:
        """Return one setting before and after; ``what`` is the key of its name."""
        name = Markup(self._say(what))
        if before == after:
            return self._say("settings-unchanged", what=name, value=Markup(after))
        return self._say("settings-changed", what=name, before=Markup(before), after=Markup(after))

    def channels(self, ids: Iterable[int], most: int | None = None) -> str:
        """Return where pictures may be asked for."""
        return self._listed([self.channel(one) for one in sorted(ids)], most) or self._say("settings-everywhere")

    def models(self, names: Iterable[str]) -> str:
        """Return which models may be used."""
        return self._listed(
            [self._texts.plain(self._locale, "settings-model", model=one) for one in sorted(names)]
        ) or (self._say("settings-all-models"))

    def roles(self, ids: Iterable[int], most: int | None = None) -> str:
        """Return which roles count, beside those that have the permission."""
        return self._listed([f"<@&{one}>" for one in sorted(ids)], most) or self._say("settings-no-roles")

    def channel(self, channel_id: int) -> str:
        """Name a channel; 0 is none."""
        return f"<#{channel_id}>" if channel_id else self._say("settings-none")

    def log_channel(self, settings: Settings) -> str:
        """Name the log channel, and who else may read it by an admin's word."""
        text = self.channel(settings.log_channel)
        for one in sorted(settings.log_exposure):
            text = self._from(text, AGREED[one])
        return text

    def log_change(self, before: Settings, after: Settings) -> str:
        """Return what changes by the choice of a log channel, and that what was suspended there goes on."""
        if before.log_channel != after.log_channel or before.log_exposure >= after.log_exposure:
            text = self.change("settings-what-log", self.log_channel(before), self.log_channel(after))
            is_for_moderators = after.log_channel and Exposure.EVERYONE not in after.log_exposure
            return "\n".join([text, self._say("settings-log-roles")]) if is_for_moderators else text
        return "\n".join([self.line("settings-what-log", self.log_channel(after)), self._say("settings-log-again")])

    def exposed(self, channel_id: int, exposure: frozenset[Exposure]) -> str:
        """Warn of who would read what the bot reports in a channel."""
        return "\n".join([*self._readers(channel_id, exposure), self._say("settings-log-holds")])

    def suspended(self, channel_id: int, others: frozenset[Exposure]) -> list[str]:
        """Return lines that say why the log channel has nothing of members, if others than agreed read it."""
        return [*self._readers(channel_id, others), self._say("settings-log-suspended")] if others else []

    def _readers(self, channel_id: int, exposure: frozenset[Exposure]) -> list[str]:
        channel = Markup(self.channel(channel_id))
        return [self._say(EXPOSURES[one], channel=channel) for one in sorted(exposure)]

    def posting(self, settings: Settings) -> str:
        """Return who sees the pictures."""
        return self._say(POSTINGS[settings.posting])

    def confirms(self, settings: Settings) -> str:
        """Return the word for whether the first paid request of a period asks."""
        return self._say("settings-yes" if settings.confirms_paid else "settings-no")

    def enhance(self, settings: Settings) -> str:
        """Return what becomes of a prompt whose member says nothing of it."""
        return self._say(ENHANCEMENTS[settings.enhance])

    def language(self, settings: Settings) -> str:
        """Return the language of what is said to nobody in particular."""
        if not settings.language:
            return self._say("settings-language-discord")
        return self._texts.say(settings.language, "language-name")

    def previews(self, settings: Settings) -> str:
        """Return how the log channel shows pictures."""
        return self._say(PREVIEWS[settings.previews])

    def age_restriction(self, settings: Settings) -> str:
        """Return the word for whether pictures may be asked for in age-restricted channels alone."""
        return self._say("settings-yes" if settings.age_restricted_only else "settings-no")

    def editing_others(self, settings: Settings) -> str:
        """Return whether members may edit pictures of others."""
        return self._say("settings-editing-consent" if settings.edits_others else "settings-editing-off")

    def receipts(self, settings: Settings) -> str:
        """Return who reads what pictures took."""
        return self._say("settings-receipts-all" if settings.shows_receipts else "settings-receipts-asker")

    def buttons(self, settings: Settings) -> str:
        """Return who may ask for the same by the buttons under pictures."""
        return self._say("settings-buttons-all" if settings.shares_buttons else "settings-buttons-asker")

    def gallery(self, settings: Settings) -> str:
        """Return where pictures are shown that many like, and from how many stars on."""
        if not settings.gallery_channel:
            return self._say("settings-none")
        channel = Markup(self.channel(settings.gallery_channel))
        return self._say("settings-gallery", channel=channel, stars=settings.gallery_stars)

    def calendar(self, settings: Settings, operators: Calendar, now_ms: int) -> str:
        """Return the periods in which a server counts, and those in which it will."""
        text = self._period(settings.calendar_at(now_ms) or operators)
        following = settings.next_calendar
        if following is None or following.since_ms <= now_ms:
            return text
        upcoming = Markup(self._period(following))
        return self._say("settings-calendar-pending", now=Markup(text), then=upcoming, since_ms=following.since_ms)

    def _calendar_in_force(self, settings: Settings, operators: Calendar, now_ms: int) -> str:
        own = settings.calendar_at(now_ms)
        calendar, following = own or operators, settings.next_calendar
        text = self._from(self._period(calendar), "settings-from-here" if own else "settings-from-operator")
        resets_ms = calendar.period_at(now_ms).end_ms
        if following is None or following.since_ms <= now_ms:
            return self._say("settings-calendar", calendar=Markup(text), resets_ms=resets_ms)
        # A change takes effect at the boundary, which is when quotas start anew the next time.
        upcoming = Markup(self._period(following))
        return self._say("settings-calendar-then", calendar=Markup(text), resets_ms=resets_ms, then=upcoming)

    def _period(self, calendar: Calendar) -> str:
        return self._say("settings-period", period=calendar.kind, zone=Markup(zone_name(calendar.zone)))

    def _pool(self, settings: Settings, pool: Pool) -> str:
        if pool.limit is None:
            text = self._from(self._say("settings-pool-none"), "settings-from-operator")
        else:
            is_own = settings.has_own_pool(pool.ceiling)
            text = self._say("settings-pool-limit", amount=pool.limit)
            text = self._from(text, "settings-from-here" if is_own else "settings-from-operator")
        return self._say("settings-pool", limit=Markup(text), paid=pool.taken)

    def _from(self, text: str, origin: str) -> str:
        return self._say("settings-with-origin", value=Markup(text), origin=Markup(self._say(origin)))

    def _listed(self, names: list[str], most: int | None = None) -> str:
        kept = names if most is None else names[:most]
        text = self._say("settings-comma").join(kept)
        if len(kept) == len(names):
            return text
        return self._say("settings-and-more", names=Markup(text), count=len(names) - len(kept))
