"""One attempt to send a message of the outbox, and what follows from it."""

import logging
import random
from collections.abc import Awaitable, Callable

from bot.domain.notice import Notice
from bot.ports import Clock, Outbox
from bot.presentation.addresses import CALL_TIMEOUT_S
from bot.presentation.refusals import Verdict, judge

log = logging.getLogger(__name__)

ATTEMPTS = 12
FIRST_DELAY_S = 5.0
LONGEST_DELAY_S = 600.0
"""Twelve attempts, doubling up to ten minutes apart: about an hour."""


async def attempt(outbox: Outbox, clock: Clock, notice: Notice, send: Callable[[Notice], Awaitable[str]]) -> None:
    """Send a message, and note what became of it: sent, to be tried again, or given up.

    Args:
        outbox: where it is noted.
        clock: for the time limit.
        notice: the message.
        send: gives what became of it; what it raises is judged.

    Raises:
        StorageUnavailable: if the outcome can't be noted.
    """
    try:
        async with clock.timeout(2 * CALL_TIMEOUT_S):
            outcome = await send(notice)
    except Exception as error:  # noqa: BLE001 - judged; one message must not hold up the others
        await _failed(outbox, notice, error)
    else:
        await outbox.done(notice.id, outcome)


async def _failed(outbox: Outbox, notice: Notice, error: Exception) -> None:
    verdict = judge(error)
    if verdict is Verdict.LATER and notice.attempts + 1 < ATTEMPTS:
        log.info("notice %s (%s): attempt %s failed: %r", notice.id, notice.kind, notice.attempts + 1, error)
        delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2**notice.attempts)
        await outbox.again(notice.id, delay_s * random.uniform(0.8, 1.2))  # noqa: S311 - only spreads them
        return
    log.warning("notice %s (%s) was given up: %r", notice.id, notice.kind, error)
    await outbox.done(notice.id, f"given up: {verdict.name.lower()}")
