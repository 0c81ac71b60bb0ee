"""The buttons under a refusal for what a member's quota covers instead."""

from discord import ui

from bot.domain.requests.instead import Declined, Instead
from bot.presentation.jobs.card_buttons import PRIVATE
from bot.presentation.kit import receipt
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.texts import Texts

INSTEAD = "instead"
"""How their custom ids begin; see `cogs.repeating`."""

LONGEST_MODEL = 40
"""Characters of a model's name for which a custom id, of at most a hundred, has room beside ids and prices."""


def instead_buttons(texts: Texts, locale: str, declined: Declined) -> ui.View:
    """Return a button for each thing that would be covered, with what it would take of paid quota."""
    offered = (one for one in declined.instead if len(one.model) <= LONGEST_MODEL)
    return buttons(*((_label(texts, locale, one), _id(declined, one), BUTTON.secondary) for one in offered))


def _label(texts: Texts, locale: str, one: Instead) -> str:
    key = "button-instead-model" if one.model else "button-instead-fewer"
    return receipt.priced(texts, locale, texts.plain(locale, key, count=one.count, model=one.model), one.told_micros)


def _id(declined: Declined, one: Instead) -> str:
    who_sees = PRIVATE if declined.is_private else ""
    return f"{INSTEAD}:{declined.declined_id}:{one.count}:{one.told_micros}:{who_sees}:{one.model}"
