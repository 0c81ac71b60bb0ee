"""Tells the operator that the database is damaged: not by the outbox, which lies in it."""

import asyncio
import logging
import secrets

import discord

from bot.domain.time.waits import LONGEST_RETRY_S
from bot.ports import Clock, Damage
from bot.presentation.kit.discord_errors import Verdict, briefly, judge
from bot.presentation.kit.reply_transport import PATIENT_TIMEOUT_S
from bot.presentation.kit.retrying import FIRST_DELAY_S
from bot.presentation.notices.operator_notices import OperatorNotices

log = logging.getLogger(__name__)


class DamageAlarm:
    """Waits for damage, and says so once in each run of the program."""

    def __init__(self, *, damage: Damage, to_operator: OperatorNotices, clock: Clock) -> None:
        self._damage = damage
        self._to_operator = to_operator
        self._clock = clock

    async def run(self) -> None:
        """Wait and tell until cancelled."""
        await self._damage.wait()
        nonce, delay_s = f"damage-{secrets.token_hex(8)}", FIRST_DELAY_S
        while not await self._tell(nonce):
            await self._clock.sleep(delay_s)
            delay_s = min(LONGEST_RETRY_S, delay_s * 2)
        await asyncio.get_running_loop().create_future()

    async def _tell(self, nonce: str) -> bool:
        """Try to tell the operator; whether nothing more is to be done."""
        try:
            async with self._clock.timeout(PATIENT_TIMEOUT_S):
                await self._to_operator.warn("operator-database-damaged", nonce)
        except Exception as error:  # noqa: BLE001 - judged; the other speakers go on
            log.warning("the operator can't be told that the database is damaged: %s", briefly(error))
            return isinstance(error, discord.HTTPException) and judge(error) is not Verdict.LATER
        return True
