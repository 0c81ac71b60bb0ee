"""The modal in which an admin sets several fields of a rule at once."""

import unicodedata
from collections.abc import Mapping

from discord import ui

from bot.domain.money import to_cny
from bot.domain.requests.quota_rules import FIELDS, PartialRule, Scope, faults
from bot.errors import MemberError
from bot.presentation.kit.components import form
from bot.presentation.kit.escaping import length, shortened
from bot.presentation.kit.limits import OPTION_LIMIT
from bot.presentation.kit.names import on_one_line
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.servers.amounts import parse_amount
from bot.presentation.servers.quota_texts import MONEY_FIELD, NAMES

LONGEST_NUMBER = 12
LABELS = {**NAMES, MONEY_FIELD: "rule-modal-budget", "cooldown_s": "rule-modal-cooldown"}
"""Here the unit stands beside the name: it is not typed."""

TITLES = {Scope.SERVER: "rule-modal-everybody", Scope.ROLE: "rule-modal-role", Scope.MEMBER: "rule-modal-member"}
LONGEST_TITLE = 45
"""Characters of a form's title (interactions/receiving-and-responding.mdx)."""


def rule_modal(
    texts: Texts, locale: str, target: tuple[Scope, int, str], rule: PartialRule, instead: Mapping[str, str]
) -> ui.Modal:
    """Make the modal for a rule, filled with what it says now.

    Its custom id carries whom it is for, and which fields are filled, a bit for each: those that are emptied are not
    set any more, and nothing is unset that another admin sets meanwhile.

    Args:
        texts: what people read.
        locale: the reader's.
        target: whom it is for, with the role's or member's name.
        rule: as it is.
        instead: what applies where a field says nothing, in words.
    """
    scope, owner_id, called = target
    title = texts.plain(locale, TITLES[scope], name="")
    title = texts.plain(locale, TITLES[scope], name=shortened(on_one_line(called), LONGEST_TITLE - length(title)))
    filled = sum(1 << place for place, name in enumerate(FIELDS) if getattr(rule, name) is not None)
    fields = (_field(texts, locale, name, getattr(rule, name), instead[name]) for name in FIELDS)
    return form(title, f"quota:set:{scope}:{owner_id}:{filled}", *fields)


def emptied(typed: Mapping[str, str], filled: int) -> frozenset[str]:
    """Return the fields that were filled when the form was opened, by their bits, and have nothing in them now."""
    had = (name for place, name in enumerate(FIELDS) if filled >> place & 1)
    return frozenset(name for name in had if name in typed and not typed[name].strip())


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


def _field(texts: Texts, locale: str, name: str, value: int | None, instead: str) -> ui.Label[ui.Modal]:
    entry: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id=name,
        default=_shown(name, value),
        placeholder=shortened(texts.plain(locale, "rule-modal-open", instead=Markup(instead)), OPTION_LIMIT),
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
