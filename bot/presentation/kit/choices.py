"""What is offered while somebody types: Discord refuses a whole list for one choice that is not in order."""

from collections.abc import Iterable

from discord.app_commands import Choice

from bot.domain.text import normalisation
from bot.presentation.kit.escaping import length, shortened

MOST_CHOICES = 25
LONGEST = 100
"""Of a choice's name and value (interactions/application-commands.mdx)."""


def choices(offered: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    """Return the choices that Discord takes: what is too long, or shows nothing once it is cleaned, is left out.

    Args:
        offered: names, which are cut, and values, which can't be.
    """
    cleaned = ((shortened(name, LONGEST).strip(), shortened(value, length(value)).strip()) for name, value in offered)
    return [Choice(name=name, value=value) for name, value in cleaned if _is_taken(name) and _is_taken(value)][
        :MOST_CHOICES
    ]


def _is_taken(text: str) -> bool:
    return length(text) <= LONGEST and not normalisation.is_blank(text)
