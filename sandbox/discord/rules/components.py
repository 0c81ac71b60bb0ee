"""The rules for message components (components/reference.mdx).

`check` returns a copy with ids filled in, as the platform stores it. Media that name an uploaded file
(``attachment://name``) are resolved by `sandbox.discord.state.composing`, which knows the files.
"""

import copy
from collections.abc import Iterator
from typing import Any

from sandbox.discord.rules.errors import Json, invalid_form, require_count, require_length

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17

_TOP_V1 = frozenset({ROW})
_IN_CONTAINER = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR})
_TOP_V2 = _IN_CONTAINER | {CONTAINER}

_DEFAULTS = {
    USER_SELECT: {"user"},
    ROLE_SELECT: {"role"},
    MENTIONABLE_SELECT: {"user", "role"},
    CHANNEL_SELECT: {"channel"},
}
"""What the ``default_values`` of an auto-populated select may be of."""

MAX_COMPONENTS = 40
MAX_TEXT = 4000
MAX_SELECTED = 25
LINK_STYLE, PREMIUM_STYLE = 5, 6


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, parents first, in the order in which a reader meets them."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                yield from walk([component[key]])


def check(components: object, *, v2: bool) -> list[Json]:
    """Validate a message's ``components``; raises 400 50035 as the platform does."""
    top = require_count("components", components, 0, MAX_COMPONENTS if v2 else 5)
    stored: list[Json] = copy.deepcopy(top)
    for index, component in enumerate(stored):
        _check(f"components.{index}", component, _TOP_V2 if v2 else _TOP_V1)
    _check_totals(stored)
    _number(stored)
    return stored


def _check_totals(components: list[Json]) -> None:
    everything = list(walk(components))
    if len(everything) > MAX_COMPONENTS:
        raise invalid_form("components", "BASE_TYPE_BAD_LENGTH", f"Must be {MAX_COMPONENTS} or fewer in total.")
    length = sum(len(one["content"]) for one in everything if one["type"] == TEXT)
    if length > MAX_TEXT:
        # The key is a guess; limit and status are documented.
        raise invalid_form("components", "COMPONENT_MAX_TOTAL_TEXT", f"Text exceeds {MAX_TEXT} characters.")
    seen: set[str] = set()
    for one in everything:
        custom_id = one.get("custom_id")
        if custom_id is not None and custom_id in seen:
            raise invalid_form(
                "components",
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                f"Component custom id cannot be duplicated: {custom_id}",
            )
        seen.add(custom_id or "")


def _number(components: list[Json]) -> None:
    """Give ids to those without, as the platform does: ascending, skipping the taken."""
    everything = list(walk(components))
    taken = {one["id"] for one in everything if one.get("id")}
    upcoming = (number for number in range(1, 2 * len(everything) + 2) if number not in taken)
    for one in everything:
        if not one.get("id"):
            one["id"] = next(upcoming)


def _check(path: str, component: Any, allowed: frozenset[int]) -> None:  # noqa: ANN401 - whatever JSON held
    kind = component.get("type") if isinstance(component, dict) else None
    if kind not in allowed:
        raise invalid_form(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field must be one of {sorted(allowed)}.")
    _CHECKS[kind](path, component)


def _row(path: str, row: Json) -> None:
    children = require_count(f"{path}.components", row.get("components"), 1, 5)
    for index, child in enumerate(children):
        _check(f"{path}.components.{index}", child, frozenset({BUTTON, *SELECTS}))
    if len(children) > 1 and any(child["type"] != BUTTON for child in children):
        raise invalid_form(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")


def _button(path: str, button: Json) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        raise invalid_form(f"{path}.style", "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    if button.get("label") is not None:
        require_length(f"{path}.label", button["label"], 0, 80)
    if style == LINK_STYLE:
        require_length(f"{path}.url", button.get("url"), 1, 512)
    elif style != PREMIUM_STYLE:
        require_length(f"{path}.custom_id", button.get("custom_id"), 1, 100)
    if style != PREMIUM_STYLE and not button.get("label") and not button.get("emoji"):
        raise invalid_form(path, "BUTTON_COMPONENT_INVALID", "A button needs a label or an emoji.")


def check_select(path: str, select: Json) -> None:
    """Validate a select menu of a message or a modal."""
    require_length(f"{path}.custom_id", select.get("custom_id"), 1, 100)
    if select.get("placeholder") is not None:
        require_length(f"{path}.placeholder", select["placeholder"], 0, 150)
    low, high = value_limits(select)
    for key, value, least in (("min_values", low, 0), ("max_values", high, 1)):
        if not least <= value <= MAX_SELECTED:
            raise invalid_form(f"{path}.{key}", "NUMBER_TYPE_RANGE", f"Must be {least} to {MAX_SELECTED}.")
    if low > high:
        # The platform answered this with status 500 until 2021 (discord-api-docs #3202); the key is a guess.
        raise invalid_form(f"{path}.min_values", "BASE_TYPE_MAX_LENGTH", "Must be at most max_values.")
    if select["type"] == STRING_SELECT:
        _check_options(path, select, high)
    else:
        _check_defaults(path, select, low, high)
    select |= {"min_values": low, "max_values": high}


def value_limits(select: Json) -> tuple[int, int]:
    """The least and the most values that a select takes; both are 1 unless it says otherwise."""
    low, high = select.get("min_values"), select.get("max_values")
    return 1 if low is None else low, 1 if high is None else high


def _check_defaults(path: str, select: Json, low: int, high: int) -> None:
    if "options" in select:
        # The description has no such field; that the platform refuses it rather than ignores it is a guess.
        raise invalid_form(f"{path}.options", "BASE_TYPE_CHOICES", "Only a string select has options.")
    kinds = select.get("channel_types") or []
    if len(set(kinds)) < len(kinds) or (kinds and select["type"] != CHANNEL_SELECT):
        raise invalid_form(f"{path}.channel_types", "BASE_TYPE_CHOICES", "Unique types, of a channel select only.")
    defaults: list[Json] = require_count(f"{path}.default_values", select.get("default_values") or [], 0, MAX_SELECTED)
    for index, value in enumerate(defaults):
        if value.get("type") not in _DEFAULTS[select["type"]] or not str(value.get("id")).isdigit():
            raise invalid_form(f"{path}.default_values.{index}.type", "BASE_TYPE_CHOICES", "Not of this select.")
    # "Number of default values must be in the range defined by min_values and max_values" (components/reference.mdx).
    if defaults and not low <= len(defaults) <= high:
        raise invalid_form(f"{path}.default_values", "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high}.")


def _check_options(path: str, select: Json, high: int) -> None:
    # The platform refuses a max_values beyond the options (discord.py #6984).
    options = require_count(f"{path}.options", select.get("options"), high, MAX_SELECTED)
    for index, option in enumerate(options):
        require_length(f"{path}.options.{index}.label", option.get("label"), 1, 100)
        require_length(f"{path}.options.{index}.value", option.get("value"), 1, 100)
        if option.get("description") is not None:
            require_length(f"{path}.options.{index}.description", option["description"], 0, 100)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise invalid_form(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "Values must be unique.")


def _section(path: str, section: Json) -> None:
    for index, child in enumerate(require_count(f"{path}.components", section.get("components"), 1, 3)):
        _check(f"{path}.components.{index}", child, frozenset({TEXT}))
    _check(f"{path}.accessory", section.get("accessory"), frozenset({BUTTON, THUMBNAIL}))


def check_text(path: str, text: Json) -> None:
    """Validate a text display of a message or a modal."""
    require_length(f"{path}.content", text.get("content"), 1, MAX_TEXT)


def _gallery(path: str, gallery: Json) -> None:
    for index, item in enumerate(require_count(f"{path}.items", gallery.get("items"), 1, 10)):
        _media_holder(f"{path}.items.{index}", item, "media")


def _thumbnail(path: str, thumbnail: Json) -> None:
    _media_holder(path, thumbnail, "media")


def _file(path: str, file: Json) -> None:
    _media_holder(path, file, "file")
    if not file["file"]["url"].startswith("attachment://"):
        raise invalid_form(f"{path}.file.url", "URL_TYPE_INVALID_SCHEME", "Only attachment:// is supported.")


def _media_holder(path: str, holder: Json, key: str) -> None:
    media = holder.get(key)
    url = media.get("url") if isinstance(media, dict) else None
    require_length(f"{path}.{key}.url", url, 1, 2048)
    # Absent or null is no alt text; an empty one is refused.
    if holder.get("description") is not None:
        require_length(f"{path}.description", holder["description"], 1, 1024)


def _separator(path: str, separator: Json) -> None:
    if separator.get("spacing", 1) not in (1, 2):
        raise invalid_form(f"{path}.spacing", "BASE_TYPE_CHOICES", "Value must be one of {1, 2}.")


def _container(path: str, container: Json) -> None:
    children = require_count(f"{path}.components", container.get("components"), 1, MAX_COMPONENTS)
    for index, child in enumerate(children):
        _check(f"{path}.components.{index}", child, _IN_CONTAINER)


_CHECKS = {
    ROW: _row,
    BUTTON: _button,
    **dict.fromkeys(SELECTS, check_select),
    SECTION: _section,
    TEXT: check_text,
    THUMBNAIL: _thumbnail,
    GALLERY: _gallery,
    FILE: _file,
    SEPARATOR: _separator,
    CONTAINER: _container,
}
