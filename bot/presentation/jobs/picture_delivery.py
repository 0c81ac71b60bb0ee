"""Bringing a job's kept pictures to its message: each once, in as many edits as Discord's limits ask for."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from discord import ui

from bot.domain.jobs.job import Job
from bot.errors import PicturesUnreadable
from bot.ports import Jobs, Pictures
from bot.presentation.jobs import uploads
from bot.presentation.jobs.cards import Known
from bot.presentation.jobs.uploads import Upload
from bot.presentation.kit.discord_errors import Verdict, judge
from bot.presentation.kit.receipt import ShownPicture
from bot.presentation.kit.reply_transport import UPLOAD_TIMEOUT_S, Addresses, Attached, attached_to
from bot.service.delivery.deliveries import Deliveries


class PictureDelivery:
    """Delivers pictures."""

    def __init__(
        self,
        *,
        addresses: Addresses,
        jobs: Jobs,
        pictures: Pictures,
        deliveries: Deliveries,
        know: Callable[[Job, tuple[ShownPicture, ...]], Awaitable[Known]],
        compose: Callable[[Job, Known], ui.LayoutView],
    ) -> None:
        self._addresses = addresses
        self._jobs = jobs
        self._pictures = pictures
        self._deliveries = deliveries
        self._know = know
        self._compose = compose

    async def deliver(self, job: Job) -> None:
        """Attach a job's pictures, and note that they are delivered.

        The first edit replaces whatever an attempt that was cut short had attached, so that each picture is there once.
        One that is too large even re-encoded, or can't be read, is left out, and costs its siblings nothing. Where the
        files are lost the job has failed, and nothing is attached.

        Raises:
            OutOfReach: see ``Addresses.edit``.
            PicturesUnreadable: if the files are there, and none can be read.
            Exception: what the call to Discord raised, if no picture could be attached; see ``judge``.
        """
        job = await self._deliveries.prepare(job)
        if not job.kept:
            return
        ready = await uploads.prepare(job, self._pictures)
        if not ready:
            raise PicturesUnreadable(f"none of the pictures of job {job.id} can be read")
        unread = len(job.kept) - len(ready)
        waiting = deque(uploads.batches(ready))
        done: list[tuple[ShownPicture, Attached]] = []
        refused: Exception | None = None
        while waiting:
            batch = waiting.popleft()
            try:
                done += await self._attach(job, done, batch, unread)
            except Exception as error:
                if judge(error) is not Verdict.TOO_LARGE:
                    raise
                refused = error
                waiting.extendleft(reversed(await uploads.smaller(batch)))
            # A private reply may have gone on as a direct message.
            job = await self._jobs.get(job.id) or job
        if refused is not None and not done:
            raise refused
        # The edit that brought the last picture shows what the delivered job would, the version that comes next; only
        # what was left out remains to be said.
        shown = job if len(done) < len(job.kept) else replace(job, version=job.version + 1)
        await self._deliveries.delivered(shown, {picture.ordinal: attached.id for picture, attached in done})

    async def _attach(
        self, job: Job, done: Sequence[tuple[ShownPicture, Attached]], batch: list[Upload], unread: int
    ) -> list[tuple[ShownPicture, Attached]]:
        """Add a batch to what the message has; return the batch as it is attached."""
        shown = (*(picture for picture, _ in done), *(upload.picture for upload in batch))
        known = replace(await self._know(job, shown), unread=unread)

        @contextmanager
        def edit(*, is_bare: bool) -> Iterator[tuple[ui.LayoutView, Sequence[Any] | None]]:
            with uploads.opened(batch) as files:
                yield self._compose(job, replace(known, is_bare=is_bare)), [*(attached for _, attached in done), *files]

        message = await self._addresses.edit(job, edit, timeout_s=UPLOAD_TIMEOUT_S)
        found = {attached.filename: attached for attached in attached_to(message)}
        names = [upload.picture.filename for upload in batch]
        return [(one.picture, found.get(name, Attached(0, name))) for one, name in zip(batch, names, strict=True)]
