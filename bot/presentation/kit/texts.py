"""All that people read, by locale: Fluent catalogues under ``locales``."""

import functools
import re
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from babel.numbers import format_currency
from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser

from bot.domain.money import to_cny
from bot.presentation.kit.escaping import as_typed, shortened

DEFAULT = "en-US"
CATALOGUES = resources.files("bot.presentation").joinpath("locales")
_FOUND = {file.name.removesuffix(".ftl") for file in CATALOGUES.iterdir() if file.name.endswith(".ftl")}
LOCALES = (DEFAULT, *sorted(_FOUND - {DEFAULT}))
"""The languages that there are: a file in the folder is one."""

MONEY = frozenset(
    {"price", "dearest", "budget_left", "credit_left", "left", "needed", "paid", "inputs_paid", "amount", "cost"}
)
"""Values of these names are micro-yuan (ints) and shown as an amount of CNY; those ending in ``_ms`` are milliseconds
since the epoch and shown as Discord's relative time. This is the one convention for all texts and errors."""

LISTS = frozenset({"models", "presets"})
"""Values of these names are lists with ", " between, and shown with what each language has between."""

LONGEST_VALUE = 300
"""Code units of a typed value inside a sentence; job cards place prompts by themselves."""


_COMMAND_NAME = re.compile(r"^command-([a-z-]+)-name = ([a-z][a-z-]*)$", re.MULTILINE)
_BEGINS, _ENDS = "\ue000", "\ue001"
"""Around a command's name in a text, until it is known whether the reader's place knows markup: for private use."""

_NAMED = re.compile(f"{_BEGINS}([a-z -]+){_ENDS}")


class Markup(str):
    """Text that is Discord markup already and must not be escaped again."""

    __slots__ = ()


class Texts:
    """The catalogues, complete in each language (a test compares them)."""

    def __init__(self, bundles: dict[str, FluentBundle]) -> None:
        self._bundles = bundles
        self._command_ids: Mapping[str, int] = {}

    @staticmethod
    def load() -> "Texts":
        """Read the catalogues of the package."""
        return Texts(_bundles())

    def know_commands(self, ids: Mapping[str, int]) -> None:
        """Make the commands that texts name such that a click begins them.

        Args:
            ids: Discord's of the registered commands, by their names.
        """
        self._command_ids = ids

    def say(self, locale: str, key: str, /, **values: str | int) -> str:
        """Return a message as Discord markup; typed values are escaped and cut.

        Raises:
            KeyError: if there is no such message.
        """
        return _NAMED.sub(self._mentioned, self._format(locale, key, values, as_typed))

    def mention(self, path: str) -> Markup:
        """Return a command, by its names from the top, so that a click begins it; an unknown one as it is typed."""
        command_id = self._command_ids.get(path.partition(" ")[0])
        return Markup(f"</{path}:{command_id}>" if command_id else f"/{path}")

    def describe(self, locale: str, path: str) -> str:
        """Return what a command does, by its names from the top, for a place that knows no markup."""
        return self.plain(locale, f"{command_keys()[path]}-description")

    def _mentioned(self, found: re.Match[str]) -> str:
        return self.mention(found[1])

    def plain(self, locale: str, key: str, /, **values: str | int) -> str:
        """Return a message for a place that knows no markup: labels, choices, alt text.

        Raises:
            KeyError: if there is no such message.
        """
        return _NAMED.sub(r"/\1", self._format(locale, key, values, shortened))

    def price(self, locale: str, least: int, most: int, of_input: int | None = None) -> Markup:
        """Return what an image costs, in micro-yuan from ``least`` to ``most`` by what is asked for.

        Args:
            locale: the reader's.
            least: micro-yuan.
            most: micro-yuan.
            of_input: micro-yuan of each picture that comes in; None: they cost nothing.
        """
        price = money(least, locale)
        if least != most:
            price = self.plain(locale, "price-range", price=least, dearest=most)
        if of_input is not None:
            price = self.plain(locale, "price-with-inputs", price=Markup(price), inputs_paid=of_input)
        return Markup(price)

    def cut(self, locale: str, text: str, limit: int) -> str:
        """Return what somebody typed as Discord markup of at most ``limit`` code units, saying so if it was cut."""
        return as_typed(text, limit, self.plain(locale, "shortened"))

    def cut_plain(self, locale: str, text: str, limit: int) -> str:
        """Return what somebody typed without markup, at most ``limit`` code units, saying so if it was cut."""
        return shortened(text, limit, self.plain(locale, "shortened"))

    def _listed(self, language: str, name: str, value: str | int) -> str | int:
        if name not in LISTS or isinstance(value, int):
            return value
        return value.replace(", ", self.plain(language, "left-comma"))

    def _format(self, locale: str, key: str, values: dict[str, str | int], show: Any) -> str:  # noqa: ANN401
        language = language_of(locale)
        bundle = self._bundles[language]
        if not bundle.has_message(key):
            raise KeyError(key)
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise KeyError(key)
        listed = {name: self._listed(language, name, value) for name, value in values.items()}
        filled = {name: _shown(name, value, language, show) for name, value in listed.items()}
        text, errors = bundle.format_pattern(pattern, filled)
        if errors:
            raise errors[0]
        return str(text)


@functools.cache
def _bundles() -> dict[str, FluentBundle]:
    """Read the catalogues, once: that takes half a second, and nothing changes them."""
    files = {locale: CATALOGUES.joinpath(f"{locale}.ftl").read_text(encoding="utf-8") for locale in LOCALES}
    named = _commands()
    bundles: dict[str, FluentBundle] = {}
    for locale, text in files.items():
        bundle = FluentBundle([locale], use_isolating=False)
        # Where each part of a message stands in its file nobody asks: it would take some megabytes.
        bundle.add_resource(FluentParser(with_spans=False).parse(named.sub(rf"{_BEGINS}\1{_ENDS}", text)))
        bundles[locale] = bundle
    return bundles


@functools.cache
def command_keys() -> dict[str, str]:
    """Return what stands for each command in the keys of its texts, by its names from the top; groups are none.

    It is ``command-{name}``, or of one in a group ``command-{group}-{name}``.
    """
    names = dict(_COMMAND_NAME.findall(CATALOGUES.joinpath(f"{DEFAULT}.ftl").read_text(encoding="utf-8")))
    groups = {key: name for key, name in names.items() if any(other.startswith(f"{key}-") for other in names)}
    alone = {name: key for key, name in names.items() if key not in groups and key.partition("-")[0] not in groups}
    inside = ((group, key) for group in groups for key in names if key.startswith(f"{group}-"))
    found = alone | {f"{groups[group]} {names[key]}": key for group, key in inside}
    return {path: f"command-{key}" for path, key in found.items()}


def _commands() -> re.Pattern[str]:
    """Return what finds a command in a text: the longest name that there is, and nothing that goes on as a word."""
    paths = sorted(command_keys(), key=len, reverse=True)
    return re.compile(rf"(?<![\w/<])/({'|'.join(paths)})(?![\w-])")


class Phrases:
    """What is said to one reader; its kinds give the words for one subject each.

    Args:
        texts: what people read.
        locale: the reader's.
    """

    def __init__(self, texts: Texts, locale: str) -> None:
        self._texts = texts
        self._locale = locale

    def _say(self, key: str, /, **values: str | int) -> str:
        return self._texts.say(self._locale, key, **values)


@functools.lru_cache(maxsize=64)
def language_of(locale: str) -> str:
    """Return the catalogue for a locale of Discord: its own, else one of the same language, else English."""
    if locale in LOCALES:
        return locale
    language = locale.lower().partition("-")[0]
    return next((known for known in LOCALES if known.partition("-")[0] == language), DEFAULT)


def money(micros: int, locale: str) -> str:
    """Return micro-yuan as an amount in the locale's form, to the last digit that counts."""
    amount = to_cny(micros)
    digits = max(2, -int(Decimal(amount).normalize().as_tuple().exponent))
    language = language_of(locale)
    return format_currency(
        amount,
        "CNY",
        format=f"¤#,##0.{'0' * digits}",
        locale=language.replace("-", "_"),
        currency_digits=False,
    )


def moment(at_ms: int) -> str:
    """Return a time that ticks in the reader's client."""
    # Rounded up, so that nothing is promised a second too early.
    return f"<t:{-(-at_ms // 1000)}:R>"


def _shown(name: str, value: str | int, language: str, show: Any) -> str | int:  # noqa: ANN401
    if isinstance(value, Markup):
        return str(value)
    if isinstance(value, str):
        # On one line: a line of its own could pass for one of ours.
        return show(" ".join(value.split()), LONGEST_VALUE)
    if name in MONEY:
        return money(value, language)
    if name.endswith("_ms"):
        return moment(value)
    return value
