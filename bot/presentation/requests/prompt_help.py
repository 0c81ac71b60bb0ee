"""A prompt rewritten for its member to look at: what was made of it, and the button that draws it."""

from bot.domain.requests.rewriting import PromptOffer
from bot.domain.text.enhance import Enhance
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction, privately
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.members import server_owner_id
from bot.presentation.kit.receipt import ENHANCED
from bot.presentation.kit.texts import Texts
from bot.presentation.requests.asker import asker_of
from bot.service.requests.submitter import Submitter

PREFIX = "prompt"
"""Of the custom ids."""

REWRITTEN_SHOWN, ORIGINAL_SHOWN = 1200, 500
"""Code units of the two prompts, so that both fit into one message; what is drawn is all of it."""


class PromptHelp:
    """Answers with a rewritten prompt."""

    def __init__(self, *, submitter: Submitter, texts: Texts, clock: Clock) -> None:
        self._submitter = submitter
        self._texts = texts
        self._clock = clock

    async def answer(self, interaction: AnyInteraction, prompt: str, kind: Enhance) -> None:
        """Have a prompt rewritten and show it to its member alone; the interaction was deferred.

        Raises:
            MemberError: saying why it was not rewritten.
            StorageUnavailable: because storage can't.
        """
        owner_id = await server_owner_id(interaction, self._clock)
        offer = await self._submitter.rewrite(prompt, kind, asker_of(interaction, owner_id))
        # The member has no wish: what the server has decides who sees what the button draws.
        is_private = await self._submitter.is_private(None, offer.server_id)
        locale = str(interaction.locale)
        label = self._texts.plain(locale, "button-draw")
        view = buttons((label, f"{PREFIX}:{offer.id}:draw", BUTTON.primary))
        if not await privately(interaction, self._shown(locale, offer, is_private), self._clock, view=view):
            # The words may be what Discord refuses.
            text = self._texts.say(locale, "prompt-not-shown", private=int(is_private))
            await privately(interaction, text, self._clock, view=view)

    def _shown(self, locale: str, offer: PromptOffer, is_private: bool) -> str:
        return "\n".join(
            [
                self._texts.say(locale, ENHANCED[offer.kind]),
                self._texts.cut(locale, offer.rewritten, REWRITTEN_SHOWN),
                self._texts.say(locale, "prompt-before"),
                self._texts.cut(locale, offer.prompt, ORIGINAL_SHOWN),
                f"-# {self._texts.say(locale, 'prompt-hint', private=int(is_private))}",
            ]
        )
