"""Answers that only the person who asked sees."""

import logging
from collections.abc import Awaitable
from typing import Any

import discord
from discord import ui

from bot.domain.requests.refused_prompts import FIGURES, WAIT_MS, RefusedPrompts
from bot.domain.time.waits import spread
from bot.errors import MemberError
from bot.ports import Clock
from bot.presentation.kit.discord_errors import (
    ALREADY_ACKNOWLEDGED,
    UNKNOWN_MESSAGE,
    Verdict,
    briefly,
    judge,
    was_refused,
)
from bot.presentation.kit.escaping import blocks
from bot.presentation.kit.limits import CONTENT_LIMIT
from bot.presentation.kit.receipt import what_is_left
from bot.presentation.kit.reply_transport import CALL_TIMEOUT_S, NOBODY
from bot.presentation.kit.texts import Markup, Texts
from bot.service.requests.prompt_screening import CountedRefusal

log = logging.getLogger(__name__)

ATTEMPTS, PAUSE_S = 3, 2.0
"""How often an answer is tried in all that may not have come, and seconds between."""

PRIVATE = "deferred privately"
"""Under this the interaction's extras tell that ``think`` was tried, and whether for the person alone."""

TYPED = "typed"
"""Under this the extras keep what was typed into a form, which is gone from its member's client once it is sent."""

BLOCK_ROOM = 1900
"""Code units of it in one message, which has a heading beside them."""

AnyInteraction = discord.Interaction[Any]


def refusal_text(texts: Texts, locale: str, error: MemberError) -> str:
    """Return what a refusal says to the member."""
    if error.key == "over-quota":
        return _over_quota(texts, locale, {name: int(value) for name, value in error.values.items()})
    values = dict(error.values)
    if "channel_ids" in values:
        # Services know ids; how a channel is mentioned is a matter of presentation.
        ids = str(values.pop("channel_ids")).split()
        values["channels"] = Markup(" ".join(f"<#{one}>" for one in ids))
    standing = error.standing if isinstance(error, CountedRefusal) else RefusedPrompts()
    return "\n".join([texts.say(locale, error.key, **values), *what_follows(texts, locale, standing)])


def what_follows(texts: Texts, locale: str, standing: RefusedPrompts) -> list[str]:
    """Return what follows from a refused prompt: that its member has to wait, or would after one more."""
    if standing.again_ms:
        return [texts.say(locale, "refused-too-often-next", **FIGURES, again_ms=standing.again_ms)]
    if standing.is_next_one_too_many:
        return [texts.say(locale, "refused-one-more", minutes=WAIT_MS // 60_000)]
    return []


def _over_quota(texts: Texts, locale: str, values: dict[str, int]) -> str:
    free, budget, credit = (values.pop(f"{kind}_left") for kind in ("free", "budget", "credit"))
    left = Markup(what_is_left(texts, locale, free, budget, credit))
    price, paid_images = values.pop("price"), max(0, values["images"] - free)
    if not budget and not credit:
        # What the pictures would cost is of use only to those who have something to pay with.
        return texts.say(locale, "over-quota", **values, left=left)
    needed = paid_images * price + (values["inputs_paid"] if paid_images else 0)
    return texts.say(locale, "over-quota-paid", **values, left=left, free_left=free, needed=needed, price=price)


async def think(interaction: AnyInteraction, *, ephemeral: bool) -> None:
    """Ask for time; ``privately`` then knows who sees that.

    Raises:
        Exception: what the call raised.
    """
    interaction.extras[PRIVATE] = ephemeral
    await interaction.response.defer(ephemeral=ephemeral, thinking=True)


async def acknowledge(interaction: AnyInteraction, call: Awaitable[object], clock: Clock) -> None:
    """Make the call that answers an interaction at once; if its answer is lost, the rest is done all the same.

    Args:
        interaction: whose.
        call: such as ``interaction.response.defer()`` or ``think(...)``.
        clock: for the time limit.
    """
    try:
        async with clock.timeout(CALL_TIMEOUT_S):
            await call
    except Exception as error:  # noqa: BLE001 - a cut connection too; what the person wants is known in any case
        log.warning("interaction %s: could not be acknowledged: %s", interaction.id, briefly(error))


async def privately(interaction: AnyInteraction, text: str, clock: Clock, *, view: ui.View | None = None) -> bool:
    """Answer so that only the person sees it; a reply that was deferred for everybody is deleted first.

    An answer of which nobody knows whether it came is given again, and may so be read twice. A failure is logged: there
    is nobody left to tell.

    Returns:
        False if Discord refuses the answer for certain: it may take another.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            async with clock.timeout(CALL_TIMEOUT_S):
                await _answer(interaction, text[:CONTENT_LIMIT], {"view": view} if view else {})
        except Exception as error:  # noqa: BLE001 - aiohttp's cut connections are no OSError; nobody is left to tell
            log.warning("interaction %s: could not be answered: %s", interaction.id, briefly(error))
            if was_refused(error):
                return False
            if judge(error, by_token=True) is not Verdict.LATER:
                return True
            if left:
                await clock.sleep(spread(PAUSE_S))
        else:
            return True
    return True


async def give_back(interaction: AnyInteraction, texts: Texts, clock: Clock) -> None:
    """Send back to the person alone what they typed into a form, after a refusal: as it can be copied.

    A failure is logged: whether the words themselves are what Discord refuses, nobody knows.
    """
    typed = str(interaction.extras.get(TYPED, ""))
    if not typed:
        return
    heading = texts.say(str(interaction.locale), "typed-given-back")
    try:
        if interaction.extras.get(PRIVATE) is False:
            # The refusal may not have come to it; and where that still stands, all would read what is given back.
            async with clock.timeout(CALL_TIMEOUT_S):
                await _delete_deferred(interaction)
        for block in blocks(typed, BLOCK_ROOM):
            async with clock.timeout(CALL_TIMEOUT_S):
                await interaction.followup.send(f"{heading}\n{block}", ephemeral=True, allowed_mentions=NOBODY)
    except Exception as error:  # noqa: BLE001 - a cut connection too; the refusal itself was said
        log.warning("interaction %s: what was typed could not be given back: %s", interaction.id, briefly(error))


async def _answer(interaction: AnyInteraction, text: str, buttons: dict[str, Any]) -> None:
    response = interaction.response
    if not response.is_done() and await _is_first(response, text, buttons):
        # Discord never took that we think: this is the original response now, and nobody is to delete it.
        interaction.extras.pop(PRIVATE, None)
        return
    # Not by discord.py's word for what was answered: it knows of none whose own answer was lost on the way.
    if PRIVATE in interaction.extras:
        if interaction.extras[PRIVATE]:
            await interaction.edit_original_response(content=text, allowed_mentions=NOBODY, **buttons)
            return
        # Else the follow-up would fill the deferred reply, for all to see.
        await _delete_deferred(interaction)
    await interaction.followup.send(text, ephemeral=True, allowed_mentions=NOBODY, **buttons)


async def _delete_deferred(interaction: AnyInteraction) -> None:
    try:
        await interaction.delete_original_response()
    except discord.NotFound as error:
        # It stood, so an attempt before this one has deleted it: ours, or one of discord.py's own.
        if error.code != UNKNOWN_MESSAGE:
            raise


async def _is_first(response: discord.InteractionResponse[Any], text: str, buttons: dict[str, Any]) -> bool:
    """Send the first answer. Whether it was taken as that: not if there was one before, whose own answer was lost."""
    try:
        await response.send_message(text, ephemeral=True, allowed_mentions=NOBODY, **buttons)
    except discord.HTTPException as error:
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
        return False
    return True
