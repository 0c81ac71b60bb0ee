"""The list of a server's rules for prompts, in pages, with what changes them."""

import discord
from discord import ui

from bot.domain.moderation.prompt_rules import PromptRule, RuleKind
from bot.errors import InvalidRequest
from bot.presentation.kit.answers import AnyInteraction
from bot.presentation.kit.components import chosen_in, components, number_in, typed_in
from bot.presentation.kit.limits import OPTION_LIMIT
from bot.presentation.kit.members import act_of
from bot.presentation.kit.texts import Markup, Texts
from bot.presentation.moderation.views import PREFIX
from bot.service.moderation.moderation import Moderation

ON_A_PAGE = 15
"""Rules; a select menu takes 25 (components/reference.mdx), but the message's 2,000 characters bind first."""

LONGEST_SHOWN = 80
"""Code units of a rule in the list, escaped: the longest page has 1,800."""

NAMES = {RuleKind.WORD: "prompt-rule-word", RuleKind.PATTERN: "prompt-rule-pattern"}


class PromptRuleList:
    """Shows and changes the rules. Whether somebody is a moderator is the caller's to check."""

    def __init__(self, *, moderation: Moderation, texts: Texts) -> None:
        self._moderation = moderation
        self._texts = texts

    async def page(self, interaction: AnyInteraction, number: int = 0, said: str = "") -> tuple[str, ui.View]:
        """Return a page's text and components; the last page where ``number`` is too high.

        Args:
            interaction: in whose server, for whose eyes.
            number: from 0.
            said: what was changed; it comes first.
        """
        locale, server_id = str(interaction.locale), interaction.guild_id or 0
        rules = await self._moderation.rules(server_id)
        strikes = await self._moderation.strikes(server_id)
        pages = max(1, -(-len(rules) // ON_A_PAGE))
        number = min(max(0, number), pages - 1)
        shown = rules[number * ON_A_PAGE : (number + 1) * ON_A_PAGE]
        lines = [said] if said else []
        lines.append(self._texts.say(locale, "prompt-rules-heading", count=len(rules)))
        lines += [self._line(locale, rule) for rule in shown] or [self._texts.say(locale, "prompt-rules-none")]
        if strikes:
            lines.append(self._texts.say(locale, "prompt-rules-strikes", strikes=strikes))
        else:
            lines.append(self._texts.say(locale, "prompt-rules-no-strikes"))
        return "\n".join(lines), self._view(locale, shown, number, pages)

    async def add(self, interaction: AnyInteraction, kind: RuleKind) -> str:
        """Take a rule that was typed into a modal; return what was added.

        Raises:
            InvalidRequest: saying why it can't be a rule.
            AlreadyDone: if Discord delivered the modal a second time.
        """
        text = await self._moderation.add_rule(act_of(interaction, "mod.add-rule"), kind, typed_in(interaction))
        return self._changed(interaction, "prompt-rule-added", text)

    async def remove(self, interaction: AnyInteraction) -> str:
        """Take a choice of the menu; return what was removed.

        Raises:
            MemberError: if this server has no such rule.
            AlreadyDone: if Discord delivered the choice a second time.
        """
        chosen = number_in(next(iter(chosen_in(interaction)), ""))
        rule = await self._moderation.remove_rule(act_of(interaction, "mod.remove-rule"), chosen)
        return self._changed(interaction, "prompt-rule-removed", rule.text)

    async def set_strikes(self, interaction: AnyInteraction) -> None:
        """Take how many strikes pause a member.

        Raises:
            InvalidRequest: if it is no such number.
            AlreadyDone: if Discord delivered the modal a second time.
        """
        typed = typed_in(interaction).strip()
        # Not a number is as wrong as one out of bounds, and the answer is the same.
        count = int(typed) if typed.isdecimal() else -1
        await self._moderation.set_strikes(act_of(interaction, "mod.set-strikes"), count)

    def _changed(self, interaction: AnyInteraction, key: str, rule: str) -> str:
        locale = str(interaction.locale)
        return self._texts.say(locale, key, rule=Markup(self._texts.cut(locale, rule, LONGEST_SHOWN)))

    def _line(self, locale: str, rule: PromptRule) -> str:
        shown = Markup(self._texts.cut(locale, rule.text, LONGEST_SHOWN))
        return self._texts.say(locale, NAMES[rule.kind], id=rule.id, rule=shown)

    def _view(self, locale: str, rules: tuple[PromptRule, ...], number: int, pages: int) -> ui.View:
        offered = [
            ("button-rule-word", f"{PREFIX}:rules:word", False),
            ("button-rule-pattern", f"{PREFIX}:rules:pattern", False),
            ("button-rule-strikes", f"{PREFIX}:rules:strikes", False),
        ]
        if pages > 1:
            offered.append(("button-rules-back", f"{PREFIX}:rules:page:{number - 1}", number == 0))
            offered.append(("button-rules-on", f"{PREFIX}:rules:page:{number + 1}", number == pages - 1))
        buttons = (
            ui.Button[ui.View](label=self._texts.plain(locale, key), custom_id=custom_id, disabled=is_disabled)
            for key, custom_id, is_disabled in offered
        )
        return components(*([self._menu(locale, rules, number)] if rules else []), *buttons)

    def _menu(self, locale: str, rules: tuple[PromptRule, ...], number: int) -> ui.Select[ui.View]:
        options = [
            discord.SelectOption(
                label=self._texts.cut_plain(
                    locale, self._texts.plain(locale, NAMES[rule.kind], id=rule.id, rule=rule.text), OPTION_LIMIT
                ),
                value=str(rule.id),
            )
            for rule in rules
        ]
        return ui.Select(
            custom_id=f"{PREFIX}:rules:remove:{number}",
            placeholder=self._texts.plain(locale, "prompt-rules-choose"),
            options=options,
        )


def kind_of(word: str) -> RuleKind:
    """Read a rule's kind from a custom id.

    Raises:
        InvalidRequest: if it is none.
    """
    if word not in {kind.value for kind in RuleKind}:
        raise InvalidRequest("question-gone")
    return RuleKind(word)
