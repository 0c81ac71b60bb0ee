"""Components and forms: what their custom ids carry, and what was chosen or typed, as an interaction brings it.

A custom id is a prefix, which names who answers (`bot.client.Router`), then words and numbers between colons. State and
permission are not in it: both are read again at the press.
"""

from collections.abc import Iterator
from typing import Any

import discord

from bot.presentation.kit.answers import AnyInteraction

MOST_DIGITS = 19
"""Of a snowflake, and of the largest number that SQLite takes."""


def number_in(text: str) -> int:
    """Read a number of a custom id; 0, which nothing has, if it is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
    return number if number < 2**63 else 0


def chosen_in(interaction: AnyInteraction) -> list[str]:
    """Return the values that were chosen in a menu."""
    data: dict[str, Any] = dict(interaction.data or {})
    return [str(one) for one in data.get("values") or ()]


def typed_in(interaction: AnyInteraction) -> str:
    """Return what was typed into a modal of one field."""
    return next(iter(fields_in(interaction).values()), "")


def fields_in(interaction: AnyInteraction) -> dict[str, str]:
    """Return what was typed into a modal's fields, by their custom ids."""
    data: dict[str, Any] = dict(interaction.data or {})
    return fields_of(data.get("components"))


def fields_of(components: Any) -> dict[str, str]:  # noqa: ANN401 - JSON as Discord sends it
    """Return what was typed into the fields of a modal's components, by their custom ids."""
    return dict(_inputs(components))


def _inputs(part: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON as Discord sends it
    if isinstance(part, dict):
        if part.get("type") == discord.ComponentType.text_input.value:
            yield str(part.get("custom_id")), str(part.get("value") or "")
        for inner in (part.get("component"), part.get("components")):
            yield from _inputs(inner)
    elif isinstance(part, list):
        for one in part:
            yield from _inputs(one)
