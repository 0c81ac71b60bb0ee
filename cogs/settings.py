"""/settings: what a server's admins decide beside quotas."""

from dataclasses import replace
from typing import Any

import discord
from discord import app_commands, ui
from discord.app_commands import Choice

from bot.domain.servers.settings import Exposure, Posting, Previews, Settings
from bot.domain.text.enhance import Enhance
from bot.domain.time.periods import PeriodKind
from bot.errors import InvalidRequest, MemberError
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.choices import choices
from bot.presentation.kit.command_names import LANGUAGES, WAYS_TO_ENHANCE, localised, options
from bot.presentation.kit.components import BUTTON, buttons, number_in
from bot.presentation.kit.limits import MOST_CHOICES
from bot.presentation.kit.members import act_of
from bot.presentation.kit.names import zone_name
from bot.presentation.kit.texts import LOCALES, Markup
from bot.presentation.log.channels import exposure_in, exposure_of
from bot.presentation.servers import timezones
from bot.presentation.servers.settings_menus import PREFIX, SettingsMenus
from bot.presentation.servers.settings_texts import SettingsTexts
from bot.service.servers.administration import Administration
from cogs.base import BY_SERVERS, IN_SERVERS, BotCog, Command, Kit

SUGGESTED = 5
"""Time zones that are named where one is unknown."""

MOST_STARS = 1000


class LogPlace(app_commands.Transformer):
    """A channel in which the bot can report, as Discord resolved it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [discord.ChannelType.text, discord.ChannelType.news]

    async def transform(self, interaction: AnyInteraction, value: app_commands.AppCommandChannel, /) -> Any:  # noqa: ANN401
        """Return the channel as it came: whether the bot may post there is looked up later."""
        return value


class ServerSettings(BotCog):
    """Shows and changes a server's settings; who may is checked at each command and each press."""

    settings = app_commands.Group(
        name=localised("command-settings-name", "settings"),
        description=localised("command-settings-description"),
        default_permissions=discord.Permissions(manage_guild=True),
        allowed_contexts=IN_SERVERS,
        allowed_installs=BY_SERVERS,
    )

    def __init__(self, *, kit: Kit, administration: Administration, menus: SettingsMenus, rewrites: bool) -> None:
        super().__init__(kit, PREFIX)
        self._administration = administration
        self._menus = menus
        self._rewrites = rewrites

    @settings.command(
        name=localised("command-settings-show-name", "show"),
        description=localised("command-settings-show-description"),
    )
    async def show(self, interaction: Command) -> None:
        """Show all settings, and who decided them."""
        settings = await self._begin_for_admin(interaction)
        pool = await self._administration.pool(interaction.guild_id or 0)
        operators = self._administration.calendar(Settings())
        text = self._words(interaction).overview(settings, operators, pool, self._clock.now_ms())
        server = interaction.guild
        channel = server.get_channel(settings.log_channel) if server is not None else None
        if server is not None and channel is not None:
            others = exposure_of(channel, server.default_role) - settings.log_exposure
            text = "\n".join([text, *self._words(interaction).suspended(channel.id, others)])
        await self._answer(interaction, text)

    @settings.command(
        name=localised("command-settings-channels-name", "channels"),
        description=localised("command-settings-channels-description"),
    )
    async def channels(self, interaction: Command) -> None:
        """Offer the channels where pictures may be asked for."""
        await self._offer("channels", interaction)

    @settings.command(
        name=localised("command-settings-models-name", "models"),
        description=localised("command-settings-models-description"),
    )
    async def models(self, interaction: Command) -> None:
        """Offer the models that may be used."""
        await self._offer("models", interaction)

    @settings.command(
        name=localised("command-settings-roles-name", "roles"),
        description=localised("command-settings-roles-description"),
    )
    async def roles(self, interaction: Command) -> None:
        """Offer the roles that count as admin and as moderator."""
        await self._offer("roles", interaction)

    @settings.command(
        name=localised("command-settings-period-name", "period"),
        description=localised("command-settings-period-description"),
    )
    @options("option-settings", "period", "timezone")
    @app_commands.choices(
        period=[
            Choice(name=localised("choice-period-day", "day"), value="day"),
            Choice(name=localised("choice-period-week", "week"), value="week"),
            Choice(name=localised("choice-period-month", "month"), value="month"),
        ]
    )
    async def period(self, interaction: Command, period: str | None = None, timezone: str | None = None) -> None:
        """Change period or time zone from the next boundary on."""
        await self._begin_for_admin(interaction)
        if period is None and timezone is None:
            raise MemberError("rule-names-nothing")
        zone = timezones.find(timezone) if timezone is not None else None
        if timezone is not None and zone is None:
            raise self._unknown(str(interaction.locale), timezone)
        kind = PeriodKind(period) if period is not None else None
        act = act_of(interaction, "settings.period")
        before, after = await self._administration.change_calendar(act, kind, zone)
        operators, now_ms = self._administration.calendar(Settings()), self._clock.now_ms()
        words = self._words(interaction)
        text = words.change(
            "settings-what-calendar",
            words.calendar(before, operators, now_ms),
            words.calendar(after, operators, now_ms),
        )
        if after.next_calendar is not None:
            text += "\n" + self._say(interaction, "settings-calendar-later")
        await self._answer(interaction, text)

    @period.autocomplete("timezone")
    async def complete_timezone(self, interaction: Command, typed: str) -> list[Choice[str]]:
        """Offer time zones by a part of their names, with the time that it is there."""
        locale = str(interaction.locale)
        return choices((self._zone_choice(locale, zone), zone) for zone in timezones.matching(typed, MOST_CHOICES))

    @settings.command(
        name=localised("command-settings-log-name", "log-channel"),
        description=localised("command-settings-log-description"),
    )
    @options("option-settings", "channel", "none")
    async def log_channel(
        self,
        interaction: Command,
        channel: app_commands.Transform[app_commands.AppCommandChannel, LogPlace] | None = None,
        none: bool | None = None,
    ) -> None:
        """Change where the bot reports; it must be able to, and asks first if others than moderators read there."""
        await self._begin_for_admin(interaction)
        if channel is None and not none:
            raise MemberError("rule-names-nothing")
        if channel is None or none:
            await self._answer(interaction, await self._set_log_channel(interaction, 0, frozenset()))
            return
        exposure = exposure_in(interaction, self._texts, channel.id)
        if exposure:
            await self._answer(interaction, *self._ask_exposure(interaction, channel.id, exposure))
            return
        await self._answer(interaction, await self._set_log_channel(interaction, channel.id, exposure))

    @settings.command(
        name=localised("command-settings-gallery-name", "gallery"),
        description=localised("command-settings-gallery-description"),
    )
    @options("option-settings", "stars", channel="gallery_channel", none="gallery_none")
    async def gallery(
        self,
        interaction: Command,
        channel: app_commands.Transform[app_commands.AppCommandChannel, LogPlace] | None = None,
        stars: app_commands.Range[int, 1, MOST_STARS] | None = None,
        none: bool | None = None,
    ) -> None:
        """Change where pictures are shown that many like, and from how many stars on."""
        await self._begin_for_admin(interaction)
        if channel is None and stars is None and not none:
            raise MemberError("rule-names-nothing")
        if channel is not None and not none:
            exposure_in(interaction, self._texts, channel.id, "settings-gallery-closed")

        def changed(old: Settings) -> Settings:
            kept = old.gallery_channel if channel is None else channel.id
            return replace(old, gallery_channel=0 if none else kept, gallery_stars=stars or old.gallery_stars)

        before, after = await self._administration.change(act_of(interaction, "settings.gallery"), changed)
        words = self._words(interaction)
        text = words.change("settings-what-gallery", words.gallery(before), words.gallery(after))
        means = [self._say(interaction, "settings-gallery-means")] if after.gallery_channel else []
        await self._answer(interaction, "\n".join([text, *means]))

    @settings.command(
        name=localised("command-settings-posting-name", "posting"),
        description=localised("command-settings-posting-description"),
    )
    @options("option-settings", "pictures", "confirm_paid")
    @app_commands.choices(
        pictures=[
            Choice(name=localised("choice-posting-free", "free"), value="free"),
            Choice(name=localised("choice-posting-public", "public"), value="public"),
            Choice(name=localised("choice-posting-private", "private"), value="private"),
        ]
    )
    async def posting(
        self, interaction: Command, pictures: str | None = None, confirm_paid: bool | None = None
    ) -> None:
        """Change who sees pictures, and whether the first paid request of a period asks."""
        await self._begin_for_admin(interaction)
        if pictures is None and confirm_paid is None:
            raise MemberError("rule-names-nothing")

        def changed(old: Settings) -> Settings:
            return replace(
                old,
                posting=old.posting if pictures is None else Posting(pictures),
                confirms_paid=old.confirms_paid if confirm_paid is None else confirm_paid,
            )

        before, after = await self._administration.change(act_of(interaction, "settings.posting"), changed)
        words, parts = self._words(interaction), []
        if pictures is not None:
            parts.append(words.change("settings-what-posting", words.posting(before), words.posting(after)))
        if confirm_paid is not None:
            parts.append(words.change("settings-what-confirms", words.confirms(before), words.confirms(after)))
        await self._answer(interaction, "\n".join(parts))

    @settings.command(
        name=localised("command-settings-moderation-name", "moderation"),
        description=localised("command-settings-moderation-description"),
    )
    @options("option-settings", "previews", "age_restricted_only", "edit_others")
    @app_commands.choices(
        previews=[
            Choice(name=localised("choice-previews-show", "show"), value="show"),
            Choice(name=localised("choice-previews-spoiler", "spoiler"), value="spoiler"),
            Choice(name=localised("choice-previews-none", "none"), value="none"),
        ]
    )
    async def moderation(
        self,
        interaction: Command,
        previews: str | None = None,
        age_restricted_only: bool | None = None,
        edit_others: bool | None = None,
    ) -> None:
        """Change how the log channel shows pictures, where they may be asked for, and whose may be edited."""
        await self._begin_for_admin(interaction)
        if previews is None and age_restricted_only is None and edit_others is None:
            raise MemberError("rule-names-nothing")

        def changed(old: Settings) -> Settings:
            return replace(
                old,
                previews=old.previews if previews is None else Previews(previews),
                age_restricted_only=old.age_restricted_only if age_restricted_only is None else age_restricted_only,
                edits_others=old.edits_others if edit_others is None else edit_others,
            )

        before, after = await self._administration.change(act_of(interaction, "settings.moderation"), changed)
        words, parts = self._words(interaction), []
        if previews is not None:
            parts.append(words.change("settings-what-previews", words.previews(before), words.previews(after)))
        if age_restricted_only is not None:
            old, new = words.age_restriction(before), words.age_restriction(after)
            parts.append(words.change("settings-what-age", old, new))
        if edit_others is not None:
            old, new = words.editing_others(before), words.editing_others(after)
            parts.append(words.change("settings-what-editing", old, new))
        await self._answer(interaction, "\n".join(parts))

    @settings.command(
        name=localised("command-settings-cards-name", "cards"),
        description=localised("command-settings-cards-description"),
    )
    @options("option-settings", "receipts", "buttons")
    async def cards(self, interaction: Command, receipts: bool | None = None, buttons: bool | None = None) -> None:
        """Change what the messages with pictures say to all, and who may press what asks for the same."""
        await self._begin_for_admin(interaction)
        if receipts is None and buttons is None:
            raise MemberError("rule-names-nothing")

        def changed(old: Settings) -> Settings:
            return replace(
                old,
                shows_receipts=old.shows_receipts if receipts is None else receipts,
                shares_buttons=old.shares_buttons if buttons is None else buttons,
            )

        before, after = await self._administration.change(act_of(interaction, "settings.cards"), changed)
        words, parts = self._words(interaction), []
        if receipts is not None:
            parts.append(words.change("settings-what-receipts", words.receipts(before), words.receipts(after)))
        if buttons is not None:
            parts.append(words.change("settings-what-buttons", words.buttons(before), words.buttons(after)))
        await self._answer(interaction, "\n".join(parts))

    @settings.command(
        name=localised("command-settings-language-name", "language"),
        description=localised("command-settings-language-description"),
    )
    @options("option-settings", "language")
    @app_commands.choices(language=LANGUAGES)
    async def language(self, interaction: Command, language: str) -> None:
        """Change the language of what is said to nobody in particular."""
        await self._begin_for_admin(interaction)
        wanted = language if language in LOCALES else ""
        act = act_of(interaction, "settings.language")
        before, after = await self._administration.change(act, lambda old: replace(old, language=wanted))
        words = self._words(interaction)
        text = words.change("settings-what-language", words.language(before), words.language(after))
        await self._answer(interaction, text)

    @settings.command(
        name=localised("command-settings-prompts-name", "prompts"),
        description=localised("command-settings-prompts-description"),
    )
    @options("option-settings", "enhance")
    @app_commands.choices(enhance=WAYS_TO_ENHANCE)
    async def prompts(self, interaction: Command, enhance: str) -> None:
        """Change what becomes of a prompt whose member says nothing of it."""
        await self._begin_for_admin(interaction)
        wanted = Enhance(enhance)
        if wanted is not Enhance.OFF and not self._rewrites:
            raise InvalidRequest("rewriting-off-settings")
        act = act_of(interaction, "settings.prompts")
        before, after = await self._administration.change(act, lambda old: replace(old, enhance=wanted))
        words = self._words(interaction)
        text = words.change("settings-what-enhance", words.enhance(before), words.enhance(after))
        await self._answer(interaction, text)

    async def press(self, interaction: AnyInteraction, rest: str) -> None:
        """Handle a choice in ``settings:channels``, ``models``, ``admins`` or ``moderators``, and the log's buttons."""
        await self._defer(interaction)
        settings = await self._require_admin(interaction)
        what, _, about = rest.partition(":")
        view: ui.View | None = None
        if what == "log-agree":
            exposure = exposure_in(interaction, self._texts, number_in(about))
            text = await self._set_log_channel(interaction, number_in(about), exposure)
        elif what == "log-drop":
            text = self._say(interaction, "settings-log-kept")
        else:
            answer = await self._menus.choose(rest, interaction, settings)
            if answer is None:
                return
            text, view = answer
        await self._replace(interaction, text, view)

    async def _offer(self, page: str, interaction: Command) -> None:
        settings = await self._begin_for_admin(interaction)
        await self._answer(interaction, *self._menus.offer(page, interaction, settings))

    async def _set_log_channel(
        self, interaction: AnyInteraction, channel_id: int, exposure: frozenset[Exposure]
    ) -> str:
        """Set where the bot reports, and who else may read it; return how it was and is."""
        before, after = await self._administration.change(
            act_of(interaction, "settings.log-channel"),
            lambda old: replace(old, log_channel=channel_id, log_exposure=exposure),
        )
        return self._words(interaction).log_change(before, after)

    def _ask_exposure(
        self, interaction: Command, channel_id: int, exposure: frozenset[Exposure]
    ) -> tuple[str, ui.View]:
        """Ask whether others are to read what the bot reports there."""
        locale = str(interaction.locale)
        agree, drop = (self._texts.plain(locale, key) for key in ("button-log-agree", "button-log-drop"))
        view = buttons(
            (agree, f"{PREFIX}:log-agree:{channel_id}", BUTTON.danger),
            (drop, f"{PREFIX}:log-drop", BUTTON.secondary),
        )
        return self._words(interaction).exposed(channel_id, exposure), view

    def _unknown(self, locale: str, typed: str) -> MemberError:
        """Refuse what names no time zone, and name those that may be meant, or else some."""
        similar = timezones.similar(typed, SUGGESTED)
        named = map(zone_name, similar or timezones.COMMON[:SUGGESTED])
        zones = Markup(self._texts.plain(locale, "settings-comma").join(named))
        return MemberError("settings-zone-unknown" if similar else "settings-zone-none", zone=typed, zones=zones)

    def _zone_choice(self, locale: str, zone: str) -> str:
        time, offset = timezones.now_in(zone, self._clock.now_ms())
        return self._texts.plain(locale, "choice-zone", zone=zone_name(zone), time=time, offset=offset)

    def _words(self, interaction: AnyInteraction) -> SettingsTexts:
        return SettingsTexts(self._texts, str(interaction.locale))
