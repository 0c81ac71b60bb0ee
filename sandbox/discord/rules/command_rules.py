"""What makes a command definition acceptable (interactions/application-commands.mdx)."""

import unicodedata
from collections.abc import Iterator

from sandbox.discord.rules.errors import Json, invalid_form, require_count, require_length

CHAT_INPUT = 1
ON_MESSAGE = 3
"""Of the *Apps* menu of a message."""
ENTRY_POINT = 4
"""Of an application with Activities enabled: Discord makes it by itself, and it opens the Activity."""
SUBCOMMAND, SUBCOMMAND_GROUP, STRING, INTEGER, BOOLEAN = 1, 2, 3, 4, 5
USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 6, 7, 8, 9, 10, 11
_WITH_CHOICES = (STRING, INTEGER, NUMBER)
_NESTING = (SUBCOMMAND, SUBCOMMAND_GROUP)
_MAX_CHARACTERS = 8000
_MAX_STRING = 6000

LOCALES = frozenset(
    {
        *("id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl"),
        *("pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja"),
        *("zh-TW", "ko", "ar", "he"),
    }
)
"""reference.mdx "Locales"; Arabic and Hebrew are of 2025."""


def check_command(path: str, command: Json) -> None:
    """Validate one command; raises 400 50035."""
    kind = command.get("type") or CHAT_INPUT
    if kind not in (1, 2, 3, ENTRY_POINT):
        raise invalid_form(f"{path}.type", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4}.")
    if kind == ENTRY_POINT and command.get("handler") not in (1, 2):
        raise invalid_form(f"{path}.handler", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")
    if kind == CHAT_INPUT:
        _check_words(path, command)
        _check_options(path, command.get("options") or [], depth=0)
    else:
        require_length(f"{path}.name", command.get("name"), 1, 32)
        if command.get("description") or command.get("options"):
            raise invalid_form(path, "APPLICATION_COMMAND_CONTEXT_MENU", "Context menus have neither.")
    permissions = command.get("default_member_permissions")
    if permissions is not None and not str(permissions).isdigit():
        raise invalid_form(f"{path}.default_member_permissions", "NUMBER_TYPE_COERCE", "Must be a number.")
    if sum(map(_longest, _texts(command))) > _MAX_CHARACTERS:
        raise invalid_form(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")


def _check_words(path: str, thing: Json) -> None:
    """Name and description with their localisations."""
    _check_name(f"{path}.name", thing.get("name"))
    require_length(f"{path}.description", thing.get("description"), 1, 100)
    for locale, name in _localised(path, thing, "name_localizations"):
        _check_name(f"{path}.name_localizations.{locale}", name)
    for locale, text in _localised(path, thing, "description_localizations"):
        require_length(f"{path}.description_localizations.{locale}", text, 1, 100)


def _check_name(path: str, value: object) -> None:
    name = require_length(path, value, 1, 32)
    if name != name.lower() or not all(map(_may_stand_in_a_name, name)):
        raise invalid_form(
            path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid: lower case letters, digits, - _ '"
        )


def _may_stand_in_a_name(character: str) -> bool:
    # Letters and digits of any script; marks stand for the Devanagari and Thai that the pattern also admits.
    return character in "-_'" or unicodedata.category(character)[0] in "LNM"


def _localised(path: str, thing: Json, key: str) -> Iterator[tuple[str, object]]:
    for locale, text in (thing.get(key) or {}).items():
        if locale not in LOCALES:
            raise invalid_form(f"{path}.{key}", "ENUM_TYPE_COERCE", f"Unknown locale {locale!r}.")
        yield locale, text


def _check_options(path: str, options: object, *, depth: int) -> None:
    entries = require_count(f"{path}.options", options, 0, 25)
    names = [option.get("name") for option in entries]
    if len(set(names)) < len(names):
        raise invalid_form(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Names must be unique.")
    nests = {option.get("type") in _NESTING for option in entries}
    if len(nests) > 1:
        raise invalid_form(f"{path}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Subcommands stand alone.")
    optional_seen = False
    for index, option in enumerate(entries):
        where = f"{path}.options.{index}"
        if option.get("required") and optional_seen:
            raise invalid_form(
                where,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen |= not option.get("required")
        _check_option(where, option, depth)


def _check_option(path: str, option: Json, depth: int) -> None:
    _check_words(path, option)
    kind = int(option.get("type") or 0)
    # A group holds subcommands, a subcommand holds values; nothing goes deeper.
    lowest = SUBCOMMAND_GROUP if depth == 0 else SUBCOMMAND
    if kind not in range(1, 12) or (kind in _NESTING and (kind > lowest or depth > 1)):
        raise invalid_form(f"{path}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", f"Type {kind} cannot be here.")
    if kind in _NESTING:
        inner = option.get("options") or []
        _check_options(path, inner, depth=2 if kind == SUBCOMMAND else 1)
        if kind == SUBCOMMAND_GROUP and any(each.get("type") != SUBCOMMAND for each in inner):
            raise invalid_form(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds subcommands.")
        return
    _check_choices(path, option, kind)
    _check_bounds(path, option, kind)


def _check_choices(path: str, option: Json, kind: int) -> None:
    choices = option.get("choices")
    if (choices or option.get("autocomplete")) and kind not in _WITH_CHOICES:
        raise invalid_form(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "Only strings and numbers can.")
    if choices and option.get("autocomplete"):
        raise invalid_form(path, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Autocomplete excludes choices.")
    check_choices(f"{path}.choices", choices or [], kind)


def check_choices(path: str, choices: object, kind: int) -> None:
    """Validate the choices of an option of type ``kind``, registered or offered by autocomplete."""
    for index, choice in enumerate(require_count(path, choices, 0, 25)):
        require_length(f"{path}.{index}.name", choice.get("name"), 1, 100)
        _require_sight(f"{path}.{index}.name", choice["name"])
        for locale, name in _localised(f"{path}.{index}", choice, "name_localizations"):
            require_length(f"{path}.{index}.name_localizations.{locale}", name, 1, 100)
        value = choice.get("value")
        if kind == STRING:
            require_length(f"{path}.{index}.value", value, 1, 100)
            _require_sight(f"{path}.{index}.value", choice["value"])
        elif isinstance(value, bool) or not isinstance(value, int if kind == INTEGER else int | float):
            raise invalid_form(f"{path}.{index}.value", "NUMBER_TYPE_COERCE", f"Value {value!r} is not a number.")


def _require_sight(path: str, text: str) -> None:
    """Refuse what is blank. That characters of no width are not trimmed as blanks are is a guess."""
    if not text.strip():
        raise invalid_form(path, "BASE_TYPE_REQUIRED", "This field is required")


def _check_bounds(path: str, option: Json, kind: int) -> None:
    for key, lowest in (("min_length", 0), ("max_length", 1)):
        bound = option.get(key)
        if bound is not None and (kind != STRING or not lowest <= bound <= _MAX_STRING):
            raise invalid_form(f"{path}.{key}", "NUMBER_TYPE_RANGE", f"Must be between {lowest} and {_MAX_STRING}.")
    for key in ("min_value", "max_value"):
        if option.get(key) is not None and kind not in (INTEGER, NUMBER):
            raise invalid_form(f"{path}.{key}", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only numbers have it.")


def _texts(thing: Json) -> Iterator[list[str]]:
    """Each text that counts towards the 8,000 characters, with its localisations."""
    yield [thing.get("name") or "", *(thing.get("name_localizations") or {}).values()]
    yield [thing.get("description") or "", *(thing.get("description_localizations") or {}).values()]
    for choice in thing.get("choices") or []:
        yield [choice["name"], *(choice.get("name_localizations") or {}).values()]
        yield [str(choice["value"])]
    for option in thing.get("options") or []:
        yield from _texts(option)


def _longest(texts: list[str]) -> int:
    return max(map(len, texts))
