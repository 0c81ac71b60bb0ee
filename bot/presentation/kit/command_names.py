"""The commands' names, descriptions and choices in the members' languages, and whether Discord has them as they are."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str

from bot.domain.text.enhance import Enhance
from bot.presentation.kit.texts import DEFAULT, LOCALES, Texts, language_of


def localised(key: str, default: str = "") -> locale_str:
    """Name a text of the catalogues for a command's name, description or option.

    Args:
        key: in the catalogues.
        default: for names, the English one, by which interactions name the command; `payload` puts the default
            locale's text in the place of all others.
    """
    return locale_str(default or key, key=key)


WAYS_TO_ENHANCE = [
    Choice(name=localised("choice-enhance-off", "off"), value=Enhance.OFF.value),
    Choice(name=localised("choice-enhance-translate", "translate"), value=Enhance.TRANSLATE.value),
    Choice(name=localised("choice-enhance-improve", "improve"), value=Enhance.IMPROVE.value),
]
"""What an option offers that says what is to become of prompts: a member's own word, and a server's."""

LANGUAGES = [
    Choice(name=localised("choice-language-discord", "discord"), value="discord"),
    *(Choice(name=Texts.load().plain(locale, "language-name"), value=locale) for locale in LOCALES),
]
"""The languages that a server can be told something in, each by its own name, in whatever language they are offered."""

OF_REWRITING = frozenset({"imagine enhance", "settings prompts"})
"""The options and subcommands, under their commands, that serve nobody where no prompt can be rewritten."""


def options(prefix: str, *names: str, **keys: str) -> Any:  # noqa: ANN401 - a decorator of discord.py
    """Return what gives a command's options their names and descriptions in the members' languages.

    Args:
        prefix: of the keys of their texts, ``{prefix}-{option}-name`` and ``{prefix}-{option}-description``.
        names: options, as the command's parameters are called.
        keys: the same, of those whose texts go by another name.
    """
    known = {**{name: name for name in names}, **keys}

    def decorate(command: Any) -> Any:  # noqa: ANN401
        shown = {name: localised(f"{prefix}-{key}-name", name) for name, key in known.items()}
        told = {name: localised(f"{prefix}-{key}-description") for name, key in known.items()}
        return app_commands.rename(**shown)(app_commands.describe(**told)(command))

    return decorate


class CatalogueTranslator(app_commands.Translator):
    """Gives discord.py the catalogues' texts."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return a text in one of the languages that there are; None leaves it to the default."""
        key = string.extras.get("key")
        # English is named too: Discord falls back between its two kinds before it takes the default.
        is_known = language_of(locale.value) != DEFAULT or locale.value.startswith("en")
        if key is None or not is_known:
            return None
        return self._texts.plain(locale.value, key)


async def payload(
    tree: app_commands.CommandTree[Any], texts: Texts, *, without: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """Return the global commands as they are to be registered.

    Args:
        tree: has all commands.
        texts: their names and descriptions.
        without: options and subcommands to leave out, such as ``OF_REWRITING``; who sends one all the same, from a
            client that has kept it, is answered by the command.
    """
    translator = CatalogueTranslator(texts)
    made = [await command.get_translated_payload(tree, translator) for command in tree.get_commands()]
    return [_without(_with_defaults(command), without, command["name"]) for command in made]


def _without(thing: dict[str, Any], names: frozenset[str], path: str) -> dict[str, Any]:
    if "options" not in thing:
        return thing
    parts = {f"{path} {part['name']}": part for part in thing["options"]}
    return {**thing, "options": [_without(part, names, path) for path, part in parts.items() if path not in names]}


def same(ours: Any, theirs: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether Discord has a definition as we would send it; what we don't name may be anything."""
    if isinstance(ours, dict):
        others = theirs if isinstance(theirs, dict) else {}
        return all(same(value, others.get(key)) for key, value in ours.items())
    if isinstance(ours, list):
        others = theirs if isinstance(theirs, list) else []
        if len(ours) != len(others):
            return False
        return all(same(one, other) for one, other in zip(_sorted(ours), _sorted(others), strict=True))
    # Discord leaves out what is false or empty.
    return ours == theirs or (not ours and not theirs) or str(ours) == str(theirs)


def _sorted(items: list[Any]) -> list[Any]:
    """Bring numbers (contexts, installs) into one order; options keep theirs, which members see."""
    return sorted(items) if all(isinstance(item, int) for item in items) else items


def _with_defaults(thing: dict[str, Any]) -> dict[str, Any]:
    """Put the default locale's text in the place of the key that stood for it."""
    made = {name: value for name, value in thing.items() if name != "dm_permission"}  # deprecated; contexts say it
    for field in ("name", "description"):
        translated = made.get(f"{field}_localizations") or {}
        if DEFAULT in translated:
            made[field] = translated[DEFAULT]
    for field in ("options", "choices"):
        if field in made:
            made[field] = [_with_defaults(one) for one in made[field]]
    return made
