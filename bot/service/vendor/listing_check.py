"""Asks the image service whether it still offers each model, at the start and once a day.

What the list says is not what a create is answered, so nothing depends on it alone: a lane that it stops is tried like
any other, and without a clear answer nothing changes.
"""

import logging
from functools import partial

from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.listing import LAST_DAYS, WARNED_DAYS, Listing
from bot.errors import ImageServiceError
from bot.ports import Clock, ImageService, Lanes, ModelList
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.service.kit.supervisor import Supervisor, one_by_one

log = logging.getLogger(__name__)

EVERY_S = 24 * 3600.0
"""A model is taken off with at least a month's notice (the vendor's page): a day is soon enough."""

AGAIN_S = 3600.0
"""Where nobody gave a clear answer."""

LEAST_S = 60.0
"""Between two rounds, whatever has become of the one before; what is due so soon after others goes with them."""


class ListingCheck:
    """Asks after one model after the other until it is stopped.

    Args:
        vendor: is asked.
        lanes: knows who waits for a model.
        model_list: keeps what was said, and has the operator told.
        catalogue: the models that draw.
        changes: are told which jobs and lanes look different now.
        clock: says when to ask.
        alarm: takes what fails.
        text_model: the name of the model that rewrites prompts; empty: there is none.
    """

    def __init__(
        self,
        *,
        vendor: ImageService,
        lanes: Lanes,
        model_list: ModelList,
        catalogue: Catalogue,
        changes: Changes,
        clock: Clock,
        alarm: Alarm,
        text_model: str = "",
    ) -> None:
        self._vendor = vendor
        self._lanes = lanes
        self._model_list = model_list
        self._changes = changes
        self._clock = clock
        self._alarm = alarm
        self._catalogue = catalogue
        self._text_model = text_model
        self._supervisor = Supervisor(clock, alarm)
        # When each is asked after next, by the clock that nobody sets.
        self._due_s = dict.fromkeys([*catalogue, *filter(None, [text_model])], float("-inf"))

    def start(self) -> None:
        """Begin to ask, in the background."""
        self._supervisor.start("asking what is still offered", self._run)

    async def stop(self) -> None:
        """Stop asking."""
        await self._supervisor.stop()

    async def _run(self) -> None:
        while True:
            await self.look()
            wait_s = min(self._due_s.values()) - self._clock.monotonic()
            await self._clock.sleep(min(EVERY_S, max(LEAST_S, wait_s)))

    async def look(self) -> None:
        """Ask after the models whose turn it is."""
        now_s = self._clock.monotonic()
        due = [name for name, due_s in self._due_s.items() if due_s <= now_s + LEAST_S]
        await one_by_one(((f"asking whether {name} is offered", partial(self._ask, name)) for name in due), self._alarm)

    async def _ask(self, model: str) -> None:
        self._due_s[model] = self._clock.monotonic() + AGAIN_S
        try:
            listing = await self._vendor.listing(model)
            if listing.ends_ms and self._vendor.server_now_ms() is None:
                await self._vendor.learn_time()
        except ImageServiceError as error:
            log.info("whether %s is still offered can't be found out now: %s", model, error.code)
            await self._warn_unlisted(model)
            return
        await (self._note(model, listing) if listing.is_listed else self._miss(model))
        self._due_s[model] = self._clock.monotonic() + EVERY_S

    async def _miss(self, model: str) -> None:
        if model == self._text_model:
            if await self._model_list.miss_text(model):
                log.error("the image service does not list %s any more, which rewrites prompts", model)
        elif await self._model_list.miss(model):
            log.error("the image service does not list %s any more; it is stopped", model)
            await self._tell_waiting(model)

    async def _note(self, model: str, listing: Listing) -> None:
        if await self._model_list.find(model):
            log.info("the image service lists %s again", model)
            await self._tell_waiting(model)
        await self._warn(model, listing)

    async def _warn_unlisted(self, model: str) -> None:
        """Warn of the day that the configuration names: for that no list is needed, but the vendor's time is."""
        known = self._catalogue.get(model)
        if known is not None and known.said_to_end_ms and self._vendor.server_now_ms() is not None:
            await self._warn(model, Listing(is_listed=True, ends_ms=known.said_to_end_ms))

    async def _warn(self, model: str, listing: Listing) -> None:
        """Warn of a model that goes offline soon."""
        # The vendor's time, where it is known: ours may have been set, and what is told once can't be taken back.
        now_ms = self._vendor.server_now_ms() or self._clock.now_ms()
        is_last = listing.ends_within(LAST_DAYS, now_ms)
        is_due = listing.ends_within(WARNED_DAYS, now_ms)
        if is_due and await self._model_list.warn(model, listing, is_last=is_last):
            log.warning("%s goes offline on %s, by the image service's list or goes_offline", model, listing.last_day)

    async def _tell_waiting(self, model: str) -> None:
        for waiting in await self._lanes.waiting(model):
            self._changes.job(waiting.job_id)
        self._changes.lane(model)
