"""What is offered while somebody types: Discord refuses a whole list for one choice that is not in order."""

from collections.abc import Iterable

from discord.app_commands import Choice

from bot.domain.text import normalisation
from bot.presentation.kit.escaping import length, shortened
from bot.presentation.kit.limits import CHOICE_LIMIT, MOST_CHOICES


def choices(offered: Iterable[tuple[str, str]]) -> list[Choice[str]]:
    """Return the choices that Discord takes: what is too long, or shows nothing once it is cleaned, is left out.

    Args:
        offered: names, which are cut, and values, which can't be.
    """
    named = (
        (shortened(name, CHOICE_LIMIT).strip(), shortened(value, length(value)).strip()) for name, value in offered
    )
    taken = [Choice(name=name, value=value) for name, value in named if _is_taken(name) and _is_taken(value)]
    return taken[:MOST_CHOICES]


def _is_taken(text: str) -> bool:
    return length(text) <= CHOICE_LIMIT and not normalisation.is_blank(text)
