"""A member's preferences in words, with the menus in which they change; a press reads anew whatever it needs.

A custom id is ``prefer:{member}:{what}``: the member is who may press, and ``what`` names one of `CHOICES`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.domain.preferences import Preferences, Told
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.model import Model
from bot.domain.servers.settings import Posting, Settings
from bot.domain.text.enhance import Enhance
from bot.presentation.kit.limits import MOST_OPTIONS
from bot.presentation.kit.texts import LOCALES, Markup, Phrases, Texts
from bot.presentation.servers.settings_texts import ENHANCEMENTS

PREFIX = "prefer"
RESET = "reset"
DEFAULT = "-"
"""The value of the option that takes a choice back."""

TOLD = {
    None: "preferences-told-late",
    Told.NOT: "preferences-told-not",
    Told.PING: "preferences-told-ping",
    Told.DIRECT: "preferences-told-direct",
}


@dataclass(frozen=True, slots=True)
class Here:
    """The server in which somebody looks at their preferences, as far as these depend on it.

    Attributes:
        models: that draw from words and that may be used there, the default first; they may be none.
        most: images that one request may have.
        rewrites: prompts can be rewritten.
        late_s: seconds after which who prefers nothing is pinged.
    """

    settings: Settings
    models: Catalogue
    most: int
    rewrites: bool
    late_s: int


@dataclass(frozen=True, slots=True)
class _Choice:
    """One thing to decide.

    Attributes:
        what: in its custom id.
        name: of it, for people.
        offered: values and what they are called; the first is what holds where nothing is decided.
        own: the value that the member decided on; empty: none.
        origin: of the first.
    """

    what: str
    name: str
    offered: list[tuple[str, str]]
    own: str
    origin: str = "settings-from-default"

    @property
    def value(self) -> str:
        """What holds, for people."""
        return dict(self.offered).get(self.own or DEFAULT, self.own)


class PreferencesPanel(Phrases):
    """Shows one member what they decided, and lets them change it."""

    def __init__(self, texts: Texts, locale: str, member_id: int) -> None:
        super().__init__(texts, locale)
        self._member_id = member_id

    def view(self, preferences: Preferences, here: Here | None) -> ui.LayoutView:
        """Return all preferences, each with whether it is the member's own word, and the menus; None: in no server."""
        container: ui.Container[ui.LayoutView] = ui.Container()
        if here is not None:
            of_server = list(self._of_server(preferences, here))
            means = [] if here.models else [self._say("preferences-no-model")]
            container.add_item(
                self._text("preferences-heading-here", of_server, [*means, self._say("preferences-here-means")])
            )
            self._add_menus(container, of_server)
        everywhere = list(self._everywhere(preferences))
        container.add_item(self._text("preferences-heading", everywhere, [self._say("preferences-editing-means")]))
        self._add_menus(container, everywhere)
        container.add_item(
            ui.TextDisplay(self._say("preferences-hint" if here is not None else "preferences-hint-direct"))
        )
        reset: ui.Button[ui.LayoutView] = ui.Button(
            label=self._plain("button-preferences-reset"),
            custom_id=f"{PREFIX}:{self._member_id}:{RESET}",
            disabled=preferences == Preferences(),
        )
        container.add_item(ui.ActionRow(reset))
        return ui.LayoutView(timeout=None).add_item(container)

    def _text(self, heading: str, choices: Iterable[_Choice], below: list[str]) -> ui.TextDisplay[ui.LayoutView]:
        return ui.TextDisplay("\n".join([self._say(heading), *map(self._line, choices), *below]))

    def _line(self, choice: _Choice) -> str:
        origin = Markup(self._say("preferences-from-you" if choice.own else choice.origin))
        value = self._say("settings-with-origin", value=choice.value, origin=origin)
        return self._say("settings-line", what=Markup(choice.name), value=Markup(value))

    def _add_menus(self, container: ui.Container[ui.LayoutView], choices: Iterable[_Choice]) -> None:
        for one in choices:
            if len(one.offered) > 1:
                container.add_item(ui.ActionRow(self._menu(one)))

    def _menu(self, choice: _Choice) -> ui.Select[ui.LayoutView]:
        chosen, origin = choice.own or DEFAULT, self._plain(choice.origin)
        options: list[discord.SelectOption] = []
        for value, name in choice.offered[:MOST_OPTIONS]:
            label = self._plain("settings-with-origin", value=name, origin=origin) if value == DEFAULT else name
            if value == chosen:
                # Closed, a menu shows nothing but what is chosen in it.
                label = self._plain("preferences-chosen", what=choice.name, value=label)
            options.append(discord.SelectOption(label=label, value=value, default=value == chosen))
        return ui.Select(
            custom_id=f"{PREFIX}:{self._member_id}:{choice.what}", placeholder=choice.name, options=options
        )

    def _of_server(self, preferences: Preferences, here: Here) -> Iterator[_Choice]:
        own = preferences.here
        first = next(iter(here.models.values()), None)
        if first is not None:
            model = here.models.get(own.model or "", first)
            yield self._model(own.model, first, here)
            yield self._size(own.size, model)
            yield self._count(own.count, min(here.most, model.images_max))
        if here.rewrites:
            default = self._plain(ENHANCEMENTS[here.settings.enhance])
            offered = [(DEFAULT, default), *((one.value, self._plain(f"choice-enhance-{one}")) for one in Enhance)]
            origin = "settings-from-default" if here.settings.enhance is Enhance.OFF else "settings-from-here"
            yield _Choice("enhance", self._plain("preferences-what-enhance"), offered, own.enhance or "", origin)
        yield self._private(own.private, here.settings.posting)
        told = [(one or DEFAULT, self._plain(key, seconds=here.late_s)) for one, key in TOLD.items()]
        yield _Choice("told", self._plain("preferences-what-told"), told, own.told or "")
        if here.settings.gallery_channel:
            yield self._shown(own.shown_in_gallery)

    def _model(self, own: str | None, first: Model, here: Here) -> _Choice:
        offered = [(DEFAULT, first.name), *((name, name) for name in list(here.models)[: MOST_OPTIONS - 2])]
        if own is not None and own not in dict(offered):
            is_gone = own not in here.models
            offered.append((own, self._plain("preferences-gone", value=own, other=first.name) if is_gone else own))
        return _Choice("model", self._plain("preferences-what-model"), offered, own or "")

    def _size(self, own: str | None, model: Model) -> _Choice:
        sizes = model.sizes
        presets = [
            (ratio, self._plain("choice-size", ratio=ratio, size=f"{size.width}×{size.height}"))
            for ratio, size in sizes.presets.items()
        ]
        first = self._plain("preferences-size-default", size=f"{sizes.default.width}×{sizes.default.height}")
        offered = [(DEFAULT, first), *presets]
        if own is not None and own not in sizes.presets:
            offered.append((own, self._plain("preferences-size-gone", value=own, model=model.name)))
        return _Choice("size", self._plain("preferences-what-size"), offered, own or "")

    def _count(self, own: int | None, most: int) -> _Choice:
        offered = [(DEFAULT, "1"), *((str(count), str(count)) for count in range(2, most + 1))]
        if own is not None and own > most:
            offered.append((str(own), self._plain("preferences-gone", value=str(own), other="1")))
        return _Choice("count", self._plain("preferences-what-count"), offered, str(own or ""))

    def _private(self, own: bool | None, posting: Posting) -> _Choice:
        alone, all_ = self._plain("preferences-seen-alone"), self._plain("preferences-seen-by-all")
        name = self._plain("preferences-what-private")
        if posting is not Posting.FREE:
            decided = [(DEFAULT, alone if posting is Posting.PRIVATE else all_)]
            return _Choice("private", name, decided, "", "settings-from-here")
        return _Choice("private", name, [(DEFAULT, all_), ("yes", alone)], "yes" if own else "")

    def _shown(self, own: bool | None) -> _Choice:
        offered = [(DEFAULT, self._plain("settings-no")), ("yes", self._plain("settings-yes"))]
        if own is False:
            # They were asked once.
            offered.append(("no", self._plain("settings-no")))
        said = {None: "", True: "yes", False: "no"}[own]
        return _Choice("shown", self._plain("preferences-what-shown"), offered, said)

    def _everywhere(self, preferences: Preferences) -> Iterator[_Choice]:
        languages = [(one, self._texts.plain(one, "language-name")) for one in LOCALES]
        offered = [(DEFAULT, self._plain("preferences-language-client")), *languages]
        yield _Choice("language", self._plain("preferences-what-language"), offered, preferences.language or "")
        yes, no = self._plain("settings-yes"), self._plain("settings-no")
        own = {None: "", True: "yes", False: "no"}[preferences.others_may_edit]
        offered = [(DEFAULT, yes), ("no", no)]
        if own == "yes":
            offered.append(("yes", yes))
        yield _Choice("editing", self._plain("preferences-what-editing"), offered, own)

    def _plain(self, key: str, /, **values: str | int) -> str:
        return self._texts.plain(self._locale, key, **values)


def _of_server(name: str, read: Callable[[str], object]) -> Callable[[Preferences, str], Preferences]:
    def changed(old: Preferences, value: str) -> Preferences:
        return replace(old, here=replace(old.here, **{name: None if value == DEFAULT else read(value)}))

    return changed


CHOICES: dict[str, Callable[[Preferences, str], Preferences]] = {
    "model": _of_server("model", str),
    "size": _of_server("size", str),
    "count": _of_server("count", int),
    "enhance": _of_server("enhance", Enhance),
    "private": _of_server("private", lambda value: value == "yes"),
    "told": _of_server("told", Told),
    "shown": _of_server("shown_in_gallery", lambda value: value == "yes"),
    "language": lambda old, value: replace(old, language=value if value in LOCALES else None),
    "editing": lambda old, value: replace(old, others_may_edit={"yes": True, "no": False}.get(value)),
    RESET: lambda old, value: Preferences(),
}
"""What a press changes, by what its custom id names; the value is what was chosen."""
