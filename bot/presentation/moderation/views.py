"""Buttons and modals of moderation. Custom ids carry numbers only: state and permission are read again at the press."""

from collections.abc import Iterable

import discord
from discord import ui

from bot.domain.moderation.cases import (
    LONGEST_APPEAL,
    LONGEST_REASON,
    MOST_STRIKES,
    Appeal,
    AppealState,
    Case,
    ChargeWish,
)
from bot.domain.moderation.prompt_rules import LONGEST_PATTERN, LONGEST_WORD, RuleKind
from bot.presentation.kit.components import BUTTON, buttons, form
from bot.presentation.kit.texts import Texts

PREFIX = "mod"
APPEAL = "appeal"
FIELD = "typed"
"""The custom id of a modal's only field."""

PAUSES_H = {"button-pause-hour": 1, "button-pause-day": 24, "button-pause-week": 7 * 24}
"""Hours, by the button's label."""

REMOVALS = {
    ChargeWish.KEEP: "button-removal-take",
    ChargeWish.GIVE_BACK: "button-removal-refund",
    ChargeWish.ASK: "button-removal-ask",
}


def appeal_button(texts: Texts, locale: str, case_id: int) -> ui.View:
    """Offer a blocked member to appeal."""
    return buttons((texts.plain(locale, "button-appeal"), f"{APPEAL}:{case_id}", BUTTON.secondary))


def decision(texts: Texts, locale: str, appeal: Appeal | None) -> ui.View | None:
    """Offer moderators to decide about an appeal; None if there is none open."""
    if appeal is None or appeal.state is not AppealState.OPEN:
        return None
    return buttons(
        (texts.plain(locale, "button-appeal-accept"), f"{APPEAL}:accept:{appeal.id}", BUTTON.success),
        (texts.plain(locale, "button-appeal-reject"), f"{APPEAL}:reject:{appeal.id}", BUTTON.danger),
    )


def opening(texts: Texts, locale: str, case: Case) -> ui.View:
    """Offer moderators to open a case."""
    return buttons((texts.plain(locale, "button-case"), f"{PREFIX}:case:{case.number}", BUTTON.secondary))


def removal(texts: Texts, locale: str, question_id: int, wishes: Iterable[ChargeWish]) -> ui.View:
    """Offer to remove pictures, in these ways as to what they were charged."""
    offered = [(REMOVALS[wish], wish.value, BUTTON.danger) for wish in wishes]
    offered.append(("button-removal-keep", "keep", BUTTON.secondary))
    named = ((texts.plain(locale, key), what, style) for key, what, style in offered)
    return buttons(*((label, f"{PREFIX}:{what}:{question_id}", style) for label, what, style in named))


def refund(texts: Texts, locale: str, case_id: int) -> ui.View:
    """Offer admins to give back what was charged for removed pictures."""
    return buttons((texts.plain(locale, "button-give-back"), f"{PREFIX}:give-back:{case_id}", BUTTON.primary))


def pauses(texts: Texts, locale: str, job_id: int) -> ui.View:
    """Offer how long a job's member is to be kept from asking."""
    return buttons(
        *(
            (texts.plain(locale, key), f"{PREFIX}:pause-for:{job_id}:{hours}", BUTTON.secondary)
            for key, hours in PAUSES_H.items()
        )
    )


def appeal_modal(texts: Texts, locale: str, case_id: int) -> ui.Modal:
    """Ask a blocked member why they should be let in again."""
    return _one_field(
        texts.plain(locale, "appeal-title"),
        f"{APPEAL}:{case_id}",
        texts.plain(locale, "appeal-label"),
        texts.plain(locale, "appeal-placeholder"),
        LONGEST_APPEAL,
        discord.TextStyle.paragraph,
    )


def rejection_modal(texts: Texts, locale: str, appeal_id: int) -> ui.Modal:
    """Ask a moderator why an appeal is rejected."""
    return _one_field(
        texts.plain(locale, "rejection-title"),
        f"{APPEAL}:reject:{appeal_id}",
        texts.plain(locale, "rejection-label"),
        texts.plain(locale, "rejection-placeholder"),
        LONGEST_REASON,
        discord.TextStyle.paragraph,
    )


def rule_modal(texts: Texts, locale: str, kind: RuleKind) -> ui.Modal:
    """Ask for a new rule for prompts."""
    if kind is RuleKind.WORD:
        title, label, hint = "rule-word-title", "rule-word-label", "rule-word-hint"
    else:
        title, label, hint = "rule-pattern-title", "rule-pattern-label", "rule-pattern-hint"
    longest = LONGEST_WORD if kind is RuleKind.WORD else LONGEST_PATTERN
    title, label, hint = (texts.plain(locale, key) for key in (title, label, hint))
    return _one_field(title, f"{PREFIX}:rules:add:{kind}", label, hint, longest)


def strikes_modal(texts: Texts, locale: str) -> ui.Modal:
    """Ask how many strikes pause a member."""
    return _one_field(
        texts.plain(locale, "strikes-title"),
        f"{PREFIX}:rules:set-strikes",
        texts.plain(locale, "strikes-label"),
        texts.plain(locale, "strikes-hint", limit=MOST_STRIKES),
        len(str(MOST_STRIKES)),
    )


def _one_field(
    title: str,
    custom_id: str,
    label: str,
    hint: str,
    longest: int,
    style: discord.TextStyle = discord.TextStyle.short,
) -> ui.Modal:
    entry: ui.TextInput[ui.Modal] = ui.TextInput(custom_id=FIELD, placeholder=hint, max_length=longest, style=style)
    return form(title, custom_id, ui.Label(text=label, component=entry))
