"""The modal in which an admin sets several fields of a rule at once."""

import unicodedata
from collections.abc import Mapping

from discord import ui

from bot.domain.money import to_cny
from bot.domain.requests.quota_rules import FIELDS, PartialRule, Scope, faults
from bot.errors import MemberError
from bot.presentation.kit.components import form
from bot.presentation.kit.texts import Texts
from bot.presentation.servers.amounts import parse_amount
from bot.presentation.servers.quota_texts import MONEY_FIELD, NAMES

LONGEST_NUMBER = 12
LABELS = {**NAMES, MONEY_FIELD: "rule-modal-budget", "cooldown_s": "rule-modal-cooldown"}
"""Here the unit stands beside the name: it is not typed."""


def rule_modal(texts: Texts, locale: str, scope: Scope, owner_id: int, rule: PartialRule) -> ui.Modal:
    """Make the modal for a rule, filled with what it says now; its custom id carries whom it is for."""
    fields = (_field(texts, locale, name, getattr(rule, name)) for name in FIELDS)
    return form(texts.plain(locale, "rule-modal-title"), f"quota:set:{scope}:{owner_id}", *fields)


def read_rule(typed: Mapping[str, str], locale: str) -> tuple[PartialRule, dict[str, MemberError]]:
    """Return what was filled in and may be set, and by field what is wrong with the rest.

    A field left empty is not named. One bad value costs none of the others: nobody types a form twice.
    """
    read: dict[str, int] = {}
    wrong: dict[str, MemberError] = {}
    for name in (name for name in FIELDS if typed.get(name, "").strip()):
        try:
            read[name] = _read(name, typed[name], locale)
        except MemberError as fault:
            wrong[name] = fault
    wrong |= faults(PartialRule(**read))
    return PartialRule(**{name: value for name, value in read.items() if name not in wrong}), wrong


def _field(texts: Texts, locale: str, name: str, value: int | None) -> ui.Label[ui.Modal]:
    entry: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=name,
        default=_shown(name, value),
        placeholder=texts.plain(locale, "rule-modal-open"),
        required=False,
        max_length=LONGEST_NUMBER,
    )
    return ui.Label(text=texts.plain(locale, LABELS[name]), component=entry)


def _read(name: str, text: str, locale: str) -> int:
    if name == MONEY_FIELD:
        return parse_amount(text, locale)
    plain = unicodedata.normalize("NFKC", text).strip()
    if not (plain.isascii() and plain.isdigit()):
        raise MemberError("invalid-number", typed=text)
    return int(plain)


def _shown(name: str, value: int | None) -> str | None:
    if value is None:
        return None
    return f"{to_cny(value):f}" if name == MONEY_FIELD else str(value)
