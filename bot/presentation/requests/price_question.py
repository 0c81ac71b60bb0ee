"""The question whether a request may cost what it would: asked of its member alone, closed once it is answered."""

import logging

from bot.domain.jobs.job import Job, PriceOffer
from bot.errors import PriceNotAgreed
from bot.ports import Clock
from bot.presentation.kit.answers import AnyInteraction, privately
from bot.presentation.kit.components import BUTTON, buttons
from bot.presentation.kit.discord_errors import briefly
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY, webhook_by
from bot.presentation.kit.texts import Markup, Texts

log = logging.getLogger(__name__)

PREFIX = "draft"
"""Of the custom ids. Questions that stand in Discord carry this word: with another, their buttons would do nothing."""

PROMPT_SHOWN = 300
"""Code units of the prompt that the question names."""


def about(texts: Texts, locale: str, text: str, prompt: str) -> str:
    """Name the request that a text is about: somebody may have asked for several."""
    if not prompt:
        return text
    shown = Markup(texts.cut(locale, " ".join(prompt.split()), PROMPT_SHOWN))
    return "\n".join([text, texts.say(locale, "proposal-for", prompt=shown)])


class PriceQuestion:
    """Asks about a price, and says under the question what became of it."""

    def __init__(self, texts: Texts, clock: Clock) -> None:
        self._texts = texts
        self._clock = clock

    async def ask(self, interaction: AnyInteraction, question: PriceNotAgreed, prompt: str) -> None:
        """Ask the member alone whether the request may cost so much."""
        locale = str(interaction.locale)
        asked = self._texts.say(locale, question.key, **question.values)
        agree = self._texts.plain(
            locale, "button-agree", paid=question.values["paid"], images=question.values["images"]
        )
        view = buttons(
            (agree, f"{PREFIX}:{question.offer_id}:agree", BUTTON.primary),
            (self._texts.plain(locale, "button-drop"), f"{PREFIX}:{question.offer_id}:drop", BUTTON.secondary),
        )
        named = about(self._texts, locale, asked, prompt)
        if not await privately(interaction, named, self._clock, view=view):
            # The prompt may be what Discord refuses.
            await privately(interaction, asked, self._clock, view=view)

    def dropped(self, locale: str, kept: PriceOffer) -> str:
        """Return what the question of somebody who did not agree says from then on."""
        return about(self._texts, locale, self._texts.say(locale, "offer-dropped"), kept.request.typed_prompt)

    async def close(
        self, interaction: AnyInteraction, kept: PriceOffer, job: Job | None, *, is_asked: bool = False
    ) -> None:
        """Take the buttons off a question that was agreed to; the press's own token answers with the job's message.

        Args:
            interaction: the press.
            kept: what was agreed to.
            job: what it is now; None if nothing came of it, since Discord did not take the answer to the press.
            is_asked: nothing did yet: it was a region that was chosen, and the price is asked about now.
        """
        if interaction.message is None:
            return
        locale = str(interaction.locale)
        became = self._became(locale, kept, job, is_asked=is_asked)
        webhook = webhook_by(interaction.client, kept.application_id, kept.token)
        try:
            async with self._clock.timeout(CALL_TIMEOUT_S):
                await webhook.edit_message(
                    interaction.message.id,
                    content=about(self._texts, locale, became, kept.request.typed_prompt),
                    view=None,
                    attachments=[],
                    allowed_mentions=NOBODY,
                )
        except Exception as error:  # noqa: BLE001 - a cut connection too: a further press on it says that it is gone
            log.info("interaction %s: the question can't be closed: %s", interaction.id, briefly(error))

    def _became(self, locale: str, kept: PriceOffer, job: Job | None, *, is_asked: bool) -> str:
        if job is None:
            return self._texts.say(locale, "region-priced" if is_asked else "offer-lost")
        return self._texts.say(locale, "region-agreed" if kept.asks_region else "offer-agreed", number=job.number)
