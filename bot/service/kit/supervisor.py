"""Background work: every task has a name, an owner and somebody who reads its failure."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeVar, cast

from bot.domain.time.waits import spread
from bot.errors import StorageDamaged, StorageUnavailable
from bot.ports import Clock
from bot.service.kit.alarm import Alarm

log = logging.getLogger(__name__)

T = TypeVar("T")

RESTART_DELAY_S = 30.0
"""At most. Long enough that a failing piece of work does not flood the log, short enough that nobody gives up on it."""


class Supervisor:
    """Owns the named tasks of one part of the program; at most one task of a name at a time."""

    def __init__(self, clock: Clock, alarm: Alarm) -> None:
        self._clock = clock
        self._alarm = alarm
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run ``work`` until it returns; if it fails, log it under a reference id and begin it again later.

        If a task of this name is under way already, nothing happens.
        """
        if name in self._tasks:
            return
        task = asyncio.create_task(self._run_until_done(name, work), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _: self._tasks.pop(name, None))

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def stop(self) -> None:
        """Cancel what is under way and wait until it has gone."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_until_done(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Exception as error:  # the boundary of background work: logged, and begun again
                if _is_outage(error):
                    # Storage itself says once what is wrong with it.
                    log.info("%s waits for storage", name)
                elif isinstance(error, StorageDamaged):
                    log.error("%s meets the damaged part of the database; it begins again soon", name)  # noqa: TRY400
                else:
                    reference = secrets.token_hex(4)
                    log.exception("%s failed, reference %s; it begins again soon", name, reference)
                    await self._alarm.failed(name, reference)
                await self._clock.sleep(spread(RESTART_DELAY_S))
            else:
                self._alarm.went_well(name)
                return


Piece = tuple[str, Callable[[], Awaitable[object]]]
"""A piece of work, and its name for the log."""


async def one_by_one(pieces: Iterable[Piece], alarm: Alarm | None = None) -> None:
    """Do one piece of work after the other; one that fails is logged under a reference and costs the others nothing.

    Args:
        pieces: what is to be done.
        alarm: hears of each that fails or is done, where the same ones come again and again.

    Raises:
        StorageUnavailable: if the database can't be used now: the others would only wait for it too. One that is
            damaged may serve all but what lies in the damaged part.
    """
    for name, work in pieces:
        try:
            await work()
        except Exception as error:  # the boundary of work on many items
            if _is_outage(error):
                raise
            if isinstance(error, StorageDamaged):
                log.error("%s meets the damaged part of the database; the others go on", name)  # noqa: TRY400
                continue
            reference = secrets.token_hex(4)
            log.exception("%s failed, reference %s; the others go on", name, reference)
            if alarm is not None:
                await alarm.failed(name, reference)
        else:
            if alarm is not None:
                alarm.went_well(name)


async def read_each(what: str, ids: Iterable[int], read: Callable[[int], Awaitable[T | None]]) -> list[T]:
    """Return what is found under each of ``ids``; one that can't be read is left out, and logged.

    Args:
        what: names one of them in the log.
        ids: as one reading gave them; what is gone since is left out too.
        read: reads one.

    Raises:
        StorageUnavailable: as `one_by_one`.
    """
    found: list[T] = []

    async def one(item_id: int) -> None:
        item = await read(item_id)
        if item is not None:
            found.append(item)

    await one_by_one((f"reading {what} {item_id}", partial(one, item_id)) for item_id in ids)
    return found


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        parts = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return all(_is_outage(part) for part in parts)
    return isinstance(error, StorageUnavailable) and not isinstance(error, StorageDamaged)
