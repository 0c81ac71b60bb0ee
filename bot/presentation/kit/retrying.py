"""One attempt to send a message of the outbox, and what follows from it."""

import logging
from collections.abc import Awaitable, Callable

from bot.domain.jobs.notice import Notice
from bot.domain.time.waits import LONGEST_RETRY_S, back_off_s, spread
from bot.errors import StorageDamaged
from bot.ports import Clock, Outbox
from bot.presentation.kit.discord_errors import Verdict, briefly, judge
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S

log = logging.getLogger(__name__)

FAULTY_ATTEMPTS = 12
"""Some twenty minutes: what fails by a fault of our own, and not by Discord, is tried no longer."""

OUTAGE_ATTEMPTS = 7
"""An outage counts for this many, after which the waits grow no more: it leaves some for a fault of our own."""

FIRST_DELAY_S = 5.0


class NotYet(Exception):
    """A message is to wait, which is no attempt in vain.

    Attributes:
        delay_s: for how long.
    """

    def __init__(self, delay_s: float) -> None:
        super().__init__(f"not for {delay_s:.0f} s")
        self.delay_s = delay_s


async def attempt(outbox: Outbox, clock: Clock, notice: Notice, send: Callable[[Notice], Awaitable[str]]) -> None:
    """Send a message, and note what became of it: sent, to be tried again, or given up.

    It is given up where Discord says for certain that it can't be sent; whatever may pass is waited for without end.

    Args:
        outbox: where it is noted.
        clock: for the time limit.
        notice: the message.
        send: returns what became of it; what it raises is judged.

    Raises:
        StorageUnavailable: if the outcome can't be noted.
    """
    try:
        async with clock.timeout(PATIENT_TIMEOUT_S):
            outcome = await send(notice)
    except NotYet as wait:
        await outbox.again(notice.id, min(wait.delay_s, LONGEST_RETRY_S), notice.attempts)
    except Exception as error:  # noqa: BLE001 - judged; one message must not hold up the others
        await _failed(outbox, notice, error)
    else:
        await outbox.done(notice.id, outcome)


async def _failed(outbox: Outbox, notice: Notice, error: Exception) -> None:
    if isinstance(error, StorageDamaged):
        # Storage has said so, and the operator is told; the others go on.
        log.info("notice %s (%s): %s", notice.id, notice.kind, error)
        await outbox.again(notice.id, LONGEST_RETRY_S, notice.attempts)
        return
    verdict = judge(error)
    attempts = counted(verdict, notice.attempts)
    if is_worth_another(verdict, attempts):
        log.info("notice %s (%s): an attempt failed (%s): %s", notice.id, notice.kind, verdict.name, briefly(error))
        await outbox.again(notice.id, delay_after_s(attempts), attempts)
        return
    log.warning("notice %s (%s) was given up: %s", notice.id, notice.kind, briefly(error))
    await outbox.done(notice.id, f"given up: {verdict.name.lower()}")


def counted(verdict: Verdict, attempts: int) -> int:
    """Return how many attempts count after one more that ended so."""
    return attempts + 1 if verdict is Verdict.FAULT else min(attempts + 1, max(attempts, OUTAGE_ATTEMPTS))


def is_worth_another(verdict: Verdict, attempts: int) -> bool:
    """Whether to try again what failed so, this attempt ``counted``."""
    return verdict is Verdict.LATER or (verdict is Verdict.FAULT and attempts < FAULTY_ATTEMPTS)


def delay_after_s(attempts: int) -> float:
    """Return how long to wait after so many attempts in vain; spread, so that what one outage stopped isn't in step."""
    return spread(back_off_s(attempts, FIRST_DELAY_S))
