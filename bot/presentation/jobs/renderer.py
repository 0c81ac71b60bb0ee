"""Bringing one message to the newest version of its job, once."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from discord import ui

from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.catalogue import Catalogue
from bot.ports import Clock, Jobs, Pictures, Servers
from bot.presentation.jobs.card_buttons import CANCELABLE
from bot.presentation.jobs.cards import Known, card, is_delivery
from bot.presentation.jobs.picture_delivery import PictureDelivery
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.reply_transport import Addresses, Attached, Edit
from bot.presentation.kit.texts import Texts
from bot.service.delivery.deliveries import Deliveries
from bot.service.requests.quotas import Quotas
from bot.service.vendor.estimates import Estimate, Estimates

_TIME = re.compile(r"<t:\d+:R>")

ESTIMATE_MOVED_MS = 30_000
"""An expected time that moved by less is worth no edit of its own."""


LAST_WORD_MS = 60_000
"""Before its token dies a private reply says that it can't follow any longer."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message shows after an edit.

    Attributes:
        place: in line; 0 where none is shown.
        ready_ms: when the pictures are expected, milliseconds since the epoch; 0 where that isn't shown.
        fingerprint: of the components without their times, to tell an edit that would change nothing.
    """

    place: int
    ready_ms: int
    fingerprint: str

    def says_as_much_as(self, other: "Outcome") -> bool:
        """Whether a message that shows ``other`` instead is as good."""
        return self.fingerprint == other.fingerprint and abs(self.ready_ms - other.ready_ms) <= ESTIMATE_MOVED_MS


ENDED_WITHOUT_FILES = {JobState.UNDELIVERED, JobState.FAILED}
"""After a job was to be delivered."""


class Renderer:
    """Knows how each state of a job is brought to its message."""

    def __init__(
        self,
        *,
        addresses: Addresses,
        jobs: Jobs,
        pictures: Pictures,
        estimates: Estimates,
        quotas: Quotas,
        servers: Servers,
        deliveries: Deliveries,
        texts: Texts,
        catalogue: Catalogue,
        clock: Clock,
        mark: int,
    ) -> None:
        self._picture_delivery = PictureDelivery(
            addresses=addresses,
            jobs=jobs,
            pictures=pictures,
            deliveries=deliveries,
            know=self.know,
            compose=self.compose,
        )
        self._addresses = addresses
        self._jobs = jobs
        self._estimates = estimates
        self._quotas = quotas
        self._servers = servers
        self._texts = texts
        self._catalogue = catalogue
        self._clock = clock
        self.mark = mark

    async def know(self, job: Job, pictures: tuple[ShownPicture, ...] = ()) -> Known:
        """Gather what a job's card says beside the job."""
        ended = job.is_final or job.state in {JobState.DELIVERING, JobState.UNDELIVERED}
        return Known(
            now_ms=self._clock.now_ms(),
            estimate=None if ended else await self._estimates.of(job),
            standing=await self._quotas.standing_of(job) if ended and job.member_id else None,
            model=self._catalogue.get(job.request.model),
            pictures=pictures,
            is_brief=not job.request.private and not (await self._servers.settings(job.server_id)).shows_receipts,
            mark=self.mark,
        )

    def compose(self, job: Job, known: Known) -> ui.LayoutView:
        """Make a card that discord.py won't keep."""
        view = card(self._texts, job, known)
        view.stop()
        return view

    async def show(self, job: Job, last: Outcome | None) -> Outcome:
        """Edit a job's message so that it shows ``job``, and note that it does.

        Args:
            job: as it is now.
            last: what the message shows, where that is known.

        Raises:
            OutOfReach: see ``Addresses.edit``.
            Exception: what the call to Discord raised; see ``judge``.
        """
        if is_delivery(job):
            await self._picture_delivery.deliver(job)
            return Outcome(0, 0, "")
        has_files = job.state is JobState.DELIVERED and not job.deleted_ms
        keep = await self._addresses.attached(job) if has_files else []
        known = replace(await self.know(job, _shown(job, keep)), is_last_word=self._is_last_word(job))
        outcome = _outcome(known, self.compose(job, known))
        if last is None or not outcome.says_as_much_as(last):
            # Files that aren't listed go, also those of an attempt whose answer was lost; where an id is unknown, no
            # list at all leaves them as they are.
            lists_files = all(one.id for one in keep) if keep else _shows_none(job)
            await self._addresses.edit(job, self._edit(job, known, keep if lists_files else None))
            last = outcome
        await self._jobs.mark_shown(job.id, job.version)
        return last

    def _is_last_word(self, job: Job) -> bool:
        """Whether a private reply can hardly be reached once more before its job is done: its token is about to die."""
        is_dying = 0 < self._addresses.token_left_ms(job) <= LAST_WORD_MS
        return job.request.private and job.state in CANCELABLE and is_dying

    def _edit(self, job: Job, known: Known, attachments: Sequence[Attached] | None) -> Edit:
        @contextmanager
        def edit(*, is_bare: bool) -> Iterator[tuple[ui.LayoutView, Sequence[Any] | None]]:
            yield self.compose(job, replace(known, is_bare=is_bare)), attachments

        return edit


def _shows_none(job: Job) -> bool:
    return bool(job.deleted_ms) or job.state in ENDED_WITHOUT_FILES


def _shown(job: Job, attached: Sequence[Attached]) -> tuple[ShownPicture, ...]:
    """Tell from the names of a message's files which pictures they are."""
    # Some come from the image service as JPEGs.
    were_jpegs = {image.ordinal for image in job.images if image.path.endswith(".jpg")}
    named = [(one.filename, re.fullmatch(r"\d+-(\d+)\.\w+", one.filename)) for one in attached]
    ordinals = [(name, int(found[1]) - 1) for name, found in named if found]
    return tuple(
        ShownPicture(ordinal, name, is_reencoded=name.endswith(".jpg") and ordinal not in were_jpegs)
        for name, ordinal in ordinals
    )


def _outcome(known: Known, view: ui.LayoutView) -> Outcome:
    estimate = known.estimate or Estimate(0, 0)
    return Outcome(estimate.place, estimate.ready_ms, _TIME.sub("", json.dumps(view.to_components())))
