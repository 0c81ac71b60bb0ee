"""The select menus of /settings. A custom id, ``settings:{what}``, is all that a press needs: the rest is read anew."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import ui

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.prices import price_range
from bot.domain.servers.settings import Posting, Settings
from bot.errors import MemberError, NotPermitted
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import chosen_in, components
from bot.presentation.kit.limits import MOST_OPTIONS
from bot.presentation.kit.members import act_of, is_known
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.servers.channel_check import FORUMS, missing_in, named
from bot.presentation.servers.settings_texts import SettingsTexts
from bot.service.servers.administration import Administration

PREFIX = "settings"
PLACES = [
    discord.ChannelType.category,
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
]
"""Where somebody can use a command; threads count with their channel. Media channels are left out because Discord's
OpenAPI description does not name their type; their category can be chosen."""


@dataclass(frozen=True, slots=True)
class _Menu:
    """What one menu sets.

    Attributes:
        name: the key of the setting's name.
        act: what the audit calls a choice.
        chosen: returns what was chosen; raises MemberError where it may not be.
        put: returns the settings with that.
        say: returns how the setting stands.
    """

    name: str
    act: str
    chosen: Callable[[AnyInteraction], frozenset[Any]]
    put: Callable[[Settings, frozenset[Any]], Settings]
    say: Callable[[SettingsTexts, Settings], str]


class SettingsMenus:
    """Offers settings in menus, and takes what was chosen. Whether somebody is an admin is the caller's to check."""

    def __init__(self, *, administration: Administration, catalogue: Catalogue, texts: Texts) -> None:
        self._administration = administration
        self._catalogue = catalogue
        self._texts = texts

    def offer(self, page: str, interaction: AnyInteraction, settings: Settings) -> tuple[str, ui.View]:
        """Return the text and the menus of ``channels``, ``models`` or ``roles``."""
        locale = str(interaction.locale)
        words = SettingsTexts(self._texts, locale)
        lines = [words.line(MENUS[one].name, MENUS[one].say(words, settings)) for one in PAGES[page]]
        hint = self._texts.say(locale, HINTS[page])
        return "\n".join([*lines, hint]), self._view(page, interaction, settings)

    async def choose(self, what: str, interaction: AnyInteraction, settings: Settings) -> tuple[str, ui.View] | None:
        """Take a choice; return how the setting was and is, and the menus again; None if there is no such menu.

        Args:
            what: which menu.
            interaction: the press.
            settings: as they are.

        Raises:
            MemberError: if it may not be chosen.
            AlreadyDone: if Discord delivered the press a second time.
        """
        menu = MENUS.get(what)
        if menu is None:
            return None
        chosen = menu.chosen(interaction)
        if what == "channels":
            self._require_open(interaction, chosen - settings.channels, settings)
        act = act_of(interaction, menu.act)
        before, after = await self._administration.change(act, lambda old: menu.put(old, chosen))
        words = SettingsTexts(self._texts, str(interaction.locale))
        page = next(page for page, menus in PAGES.items() if what in menus)
        text = words.change(menu.name, menu.say(words, before), menu.say(words, after))
        return text, self._view(page, interaction, after)

    def _view(self, page: str, interaction: AnyInteraction, settings: Settings) -> ui.View:
        locale = str(interaction.locale)
        # Of a server that the gateway has not told of yet, what is chosen is kept: all of it would seem deleted.
        server = interaction.guild if is_known(interaction.guild) else None
        if page == "channels":
            return components(self._channels(locale, settings, server))
        if page == "models":
            return components(self._models(locale, settings))
        return components(
            self._roles(locale, "admins", settings.admin_roles, server),
            self._roles(locale, "moderators", settings.moderator_roles, server),
        )

    def _require_open(self, interaction: AnyInteraction, added: frozenset[int], settings: Settings) -> None:
        """Refuse channels in which the bot could not show pictures; what is chosen already may stay.

        A category is no place of its own: whether its channels are open shows where pictures are asked for.

        Raises:
            NotPermitted: naming what the bot lacks, and where.
        """
        locale, closed = str(interaction.locale), []
        kinds = {one: known.get("type") for one, known in _resolved(interaction, "channels").items()}
        for channel_id in sorted(one for one in added if kinds.get(one) != discord.ChannelType.category.value):
            missing = missing_in(interaction, channel_id, _needed(kinds.get(channel_id), settings))
            if missing:
                closed.append(f"<#{channel_id}> ({named(self._texts, locale, missing)})")
        if closed:
            places = self._texts.say(locale, "settings-comma").join(closed)
            raise NotPermitted("settings-channels-closed", places=Markup(places))

    def _channels(self, locale: str, settings: Settings, server: discord.Guild | None) -> ui.ChannelSelect[ui.View]:
        # What was deleted since is left out: Discord may refuse a menu that has it chosen.
        there = [one for one in settings.channels if server is None or server.get_channel(one)]
        return ui.ChannelSelect(
            custom_id=f"{PREFIX}:channels",
            channel_types=PLACES,
            placeholder=self._texts.plain(locale, "settings-choose-channels"),
            min_values=0,
            max_values=MOST_OPTIONS,
            default_values=_defaults(there, discord.SelectDefaultValueType.channel),
        )

    def _models(self, locale: str, settings: Settings) -> ui.Select[ui.View]:
        options = [
            discord.SelectOption(
                label=model.name,
                value=model.name,
                description=self._texts.plain(
                    locale,
                    "settings-model-price",
                    price=self._texts.price(locale, *price_range(model), model.input_price_micros),
                ),
                default=model.name in settings.models,
            )
            for model in list(self._catalogue.values())[:MOST_OPTIONS]
        ]
        return ui.Select(
            custom_id=f"{PREFIX}:models",
            placeholder=self._texts.plain(locale, "settings-choose-models"),
            min_values=0,
            max_values=len(options),
            options=options,
        )

    def _roles(
        self, locale: str, what: str, chosen: Iterable[int], server: discord.Guild | None
    ) -> ui.RoleSelect[ui.View]:
        there = [one for one in chosen if server is None or server.get_role(one)]
        placeholder = "settings-choose-admins" if what == "admins" else "settings-choose-moderators"
        return ui.RoleSelect(
            custom_id=f"{PREFIX}:{what}",
            placeholder=self._texts.plain(locale, placeholder),
            min_values=0,
            max_values=MOST_OPTIONS,
            default_values=_defaults(there, discord.SelectDefaultValueType.role),
        )


def _needed(kind: int | None, settings: Settings) -> tuple[str, ...]:
    """Return what it takes to show pictures in a channel of a kind; private replies need little."""
    if settings.posting is Posting.PRIVATE:
        return ("attach_files",)
    return ("view_channel", "send_messages_in_threads" if kind in FORUMS else "send_messages", "attach_files")


def _resolved(interaction: AnyInteraction, kind: str) -> dict[int, dict[str, Any]]:
    """Return what was chosen, by id, as Discord knows it: ids that it doesn't resolve in this server are no choice."""
    data: dict[str, Any] = dict(interaction.data or {})
    known: dict[str, dict[str, Any]] = (data.get("resolved") or {}).get(kind) or {}
    return {int(one): known[one] for one in chosen_in(interaction) if one in known}


def _chosen_channels(interaction: AnyInteraction) -> frozenset[int]:
    return frozenset(_resolved(interaction, "channels"))


def _chosen_roles(interaction: AnyInteraction) -> frozenset[int]:
    chosen = _resolved(interaction, "roles")
    for role_id, role in chosen.items():
        # The role of everybody has the server's own id.
        if role_id == interaction.guild_id:
            raise MemberError("settings-role-everyone")
        if role.get("managed"):
            raise MemberError("settings-role-managed", role=Markup(f"<@&{role_id}>"))
    return frozenset(chosen)


def _defaults(ids: Iterable[int], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=one, type=kind) for one in sorted(ids)]


MENUS = {
    "channels": _Menu(
        "settings-what-channels",
        "settings.channels",
        _chosen_channels,
        lambda settings, chosen: replace(settings, channels=chosen),
        lambda words, settings: words.channels(settings.channels),
    ),
    "models": _Menu(
        "settings-what-models",
        "settings.models",
        # Of what the operator took out of the catalogue since the menu was shown, nothing is said: it can't be used.
        lambda interaction: frozenset(chosen_in(interaction)),
        lambda settings, chosen: replace(settings, models=chosen),
        lambda words, settings: words.models(settings.models),
    ),
    "admins": _Menu(
        "settings-what-admins",
        "settings.roles",
        _chosen_roles,
        lambda settings, chosen: replace(settings, admin_roles=chosen),
        lambda words, settings: words.roles(settings.admin_roles),
    ),
    "moderators": _Menu(
        "settings-what-moderators",
        "settings.roles",
        _chosen_roles,
        lambda settings, chosen: replace(settings, moderator_roles=chosen),
        lambda words, settings: words.roles(settings.moderator_roles),
    ),
}
"""By what stands after ``settings:`` in a custom id."""

PAGES = {"channels": ("channels",), "models": ("models",), "roles": ("admins", "moderators")}
"""Which menus one message has."""

HINTS = {"channels": "settings-how-channels", "models": "settings-how-models", "roles": "settings-how-roles"}
