"""Checking prompts against a server's rules before anything is held."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence

from bot.domain.moderation import prompt_rules
from bot.domain.moderation.prompt_rules import PromptRule, PromptRules, RuleKind
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.errors import InvalidRequest
from bot.ports import StoredRules

log = logging.getLogger(__name__)

MOST_COMPILED = 64
"""Servers whose rules are kept compiled."""


class CountedRefusal(InvalidRequest):
    """A prompt is refused for what it says, before there is a job, and that counts.

    Attributes:
        standing: how the member stands after it.
    """

    standing = RefusedPrompts()

    def count(self, standing: RefusedPrompts) -> None:
        """Take note of how the member stands after this refusal: who has to wait is not asked to try again."""
        self.standing = standing
        self.values["waits"] = int(standing.again_ms > 0)


class PromptRefusedByService(CountedRefusal):
    """The image service refuses to rewrite a prompt for what it says."""

    def __init__(self) -> None:
        super().__init__("prompt-refused-by-service", waits=0)


class PromptRefusedHere(CountedRefusal):
    """A prompt breaks a rule of the server.

    Attributes:
        rule_id: for the audit, which keeps no prompt.
        text: what breaks it, for the log channel.
    """

    def __init__(self, rule: PromptRule, *, field: str, text: str) -> None:
        if rule.kind is RuleKind.WORD:
            # The member typed it, and can only do without it if they know. A pattern would tell how to get around it.
            super().__init__("prompt-breaks-word", word=rule.text, field=field, waits=0)
        else:
            super().__init__("prompt-breaks-pattern", field=field, waits=0)
        self.rule_id = rule.id
        self.text = text


class Screening:
    """Looks prompts through. What takes long is done beside the event loop: RE2 lets other threads go on."""

    def __init__(self, stored: StoredRules) -> None:
        self._stored = stored
        self._compiled: OrderedDict[int, tuple[int, PromptRules]] = OrderedDict()

    async def check(self, server_id: int, prompt: str, negative_prompt: str = "") -> None:
        """Check what a member wants to send to the image service.

        Raises:
            PromptRefusedHere: naming the field; the word, too, where a word is the rule.
            StorageUnavailable: if the rules can't be read.
        """
        rules = await self._rules_of(server_id)
        for field, text in (("prompt", prompt), ("negative", negative_prompt)):
            rule = await asyncio.to_thread(rules.broken_by, text)
            if rule is not None:
                raise PromptRefusedHere(rule, field=field, text=text)

    async def check_rule(self, kind: RuleKind, text: str, present: Sequence[PromptRule]) -> str:
        """Return the text of a new rule as it is to be kept; see ``prompt_rules.checked``.

        Raises:
            InvalidRequest: saying why it can't be a rule of this server.
        """
        return await asyncio.to_thread(prompt_rules.checked, kind, text, present)

    async def _rules_of(self, server_id: int) -> PromptRules:
        version, rules = self._compiled.get(server_id, (-1, None))
        if rules is None or version != await self._stored.version(server_id):
            found = await self._stored.rules(server_id)
            version, rules = found.version, await asyncio.to_thread(PromptRules, found.rules)
            for rule in rules.unusable:
                log.warning("server %s: rule %s can't be used any more: its pattern is not taken", server_id, rule.id)
        # Put back even where nothing changed: another check may have pushed it out meanwhile.
        self._compiled[server_id] = (version, rules)
        self._compiled.move_to_end(server_id)
        while len(self._compiled) > MOST_COMPILED:
            self._compiled.popitem(last=False)
        return rules
