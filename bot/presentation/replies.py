"""Answers that only the person who asked sees."""

import logging

import discord

from bot.errors import MemberError
from bot.ports import Clock
from bot.presentation.addresses import CALL_TIMEOUT_S, NOBODY
from bot.presentation.texts import Texts

log = logging.getLogger(__name__)

CONTENT_LIMIT = 2000

AnyInteraction = discord.Interaction[discord.Client]


def refusal_text(texts: Texts, locale: str, error: MemberError) -> str:
    """Give what a refusal says to the member."""
    values = dict(error.values)
    if error.key == "over-quota":
        short = max(0, int(values["images"]) - int(values["free_left"]))
        values["needed"] = short * int(values["price"])
    return texts.say(locale, error.key, **values)


async def privately(interaction: AnyInteraction, text: str, clock: Clock) -> None:
    """Answer so that only the person sees it; a reply that was deferred for everybody is deleted first.

    A failure is logged: there is nobody left to tell.
    """
    text = text[:CONTENT_LIMIT]
    response = interaction.response
    try:
        async with clock.timeout(CALL_TIMEOUT_S):
            if not response.is_done():
                await response.send_message(text, ephemeral=True, allowed_mentions=NOBODY)
                return
            if response.type is discord.InteractionResponseType.deferred_channel_message:
                # Else the follow-up would fill the deferred reply, for all to see.
                await interaction.delete_original_response()
            await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY)
    except Exception as error:  # noqa: BLE001 - aiohttp's cut connections are no OSError; nobody is left to tell
        log.warning("interaction %s: could not be answered: %r", interaction.id, error)
