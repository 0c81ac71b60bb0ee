"""Background work that keeps failing: the operator is told, since nobody else would ever know."""

import logging
import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.errors import StorageDamaged, StorageError, StorageUnavailable
from bot.ports import Clock, Operator

log = logging.getLogger(__name__)

KEEPS_FAILING = 5
"""Failures in a row: about two minutes of trying again."""

IN_A_ROW_S = 600.0
"""Work that went on for so long before it failed again had recovered."""

QUIET_S = 3600.0
"""Between two words to the operator: one fault may stop a hundred pieces of work, and the log has them all."""


@dataclass
class _Row:
    failures: int = 0
    last_s: float = 0.0
    is_told: bool = False


class Alarm:
    """Counts the failures of each piece of background work, and has the operator told of one that goes on failing."""

    def __init__(self, operator: Operator, clock: Clock) -> None:
        self._operator = operator
        self._clock = clock
        self._rows: dict[str, _Row] = {}
        self._told_s: float | None = None

    @asynccontextmanager
    async def watching(self, name: str) -> AsyncGenerator[None]:
        """Do a piece of work that is done again and again, whatever it meets: that is logged, and counted here."""
        try:
            yield
        except StorageDamaged as error:
            log.error("%s: meets the damaged part of the database: %s", name, error)  # noqa: TRY400 - that says it all
        except StorageUnavailable as error:
            # Storage itself says once what is wrong with it.
            log.info("%s: waits for storage: %s", name, error)
        except Exception:
            # The next round may do, and a loop that ended would never look again.
            reference = secrets.token_hex(4)
            log.exception("%s failed, reference %s; it is tried again soon", name, reference)
            await self.failed(name, reference)
        else:
            self.went_well(name)

    def went_well(self, name: str) -> None:
        """Note that this work was done."""
        self._rows.pop(name, None)

    async def failed(self, name: str, reference: str) -> None:
        """Note that this work failed, as the log says under ``reference``."""
        now_s = self._clock.monotonic()
        row = self._rows.setdefault(name, _Row())
        if now_s - row.last_s > IN_A_ROW_S:
            row.failures, row.is_told = 0, False
        row.failures, row.last_s = row.failures + 1, now_s
        if row.failures < KEEPS_FAILING or row.is_told or not self._may_tell(now_s):
            return
        try:
            content = {"work": name, "failures": row.failures, "reference": reference}
            await self._operator.tell("work-failing", content)
        except StorageError:
            # The next failure tells it.
            log.info("the operator can't be told yet that %s keeps failing", name)
            return
        row.is_told, self._told_s = True, now_s

    def _may_tell(self, now_s: float) -> bool:
        return self._told_s is None or now_s - self._told_s >= QUIET_S
