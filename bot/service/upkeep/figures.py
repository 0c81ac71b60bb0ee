"""The figures that watchers ask for, read as seldom as they may be."""

import asyncio

from bot.domain.books.figures import Figures
from bot.ports import Clock, Reports
from bot.service.requests.quotas import Quotas

EVERY_S = 15.0
"""They count every job: however many ask however often, they are counted once in this time."""


class CurrentFigures:
    """How things stand, at most `EVERY_S` ago."""

    def __init__(self, *, reports: Reports, quotas: Quotas, clock: Clock) -> None:
        self._reports = reports
        self._quotas = quotas
        self._clock = clock
        self._turn = asyncio.Lock()
        self._read_s = 0.0
        self._figures: Figures | None = None

    async def read(self) -> Figures:
        """Return the figures.

        Raises:
            StorageUnavailable: if they are old and can't be read now.
        """
        async with self._turn:
            now_s = self._clock.monotonic()
            if self._figures is None or now_s - self._read_s >= EVERY_S:
                self._figures = await self._reports.figures(self._quotas.terms())
                self._read_s = now_s
            return self._figures
