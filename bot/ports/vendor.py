"""The image service."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskSummary
from bot.domain.pictures.inputs import SentPicture
from bot.domain.requests.listing import Listing
from bot.domain.requests.request import ImageRequest


class ImageService(Protocol):
    """The vendor's API; see ``bot.errors.ImageServiceError`` for what it raises."""

    def server_now_ms(self) -> int | None:
        """Return the vendor's time, milliseconds since the epoch.

        None before its first answer, and once our own clocks have stepped since its newest.
        """
        ...

    async def learn_time(self) -> None:
        """Ask for anything, so that the vendor's time is known; it stays unknown where no answer says it.

        Raises:
            RetryLater: if no answer could be had now.
        """
        ...

    async def create(self, request: ImageRequest, pictures: Sequence[SentPicture] = ()) -> CreatedTask:
        """Start a task, with the pictures that came in with the request, in their order.

        Raises:
            OutcomeUnknown: if it may have started all the same.
            ImageServiceError: if it provably did not.
        """
        ...

    async def draw(self, request: ImageRequest, pictures: Sequence[SentPicture] = ()) -> TaskReport:
        """Have a synchronous model draw, with the pictures that came in, and wait for it: minutes, at worst.

        The report is of a success and names no task: nobody can be asked for it once it is lost.

        Raises:
            OutcomeUnknown: if it may have been drawn all the same.
            ImageServiceError: if it provably was not.
        """
        ...

    async def query(self, task_id: str) -> TaskReport:
        """Return how a task stands.

        Raises:
            RetryLater: if no answer could be had now.
            AccountStopped: if the vendor turns the account away; the task goes on.
        """
        ...

    async def tasks_between(self, model: str, from_ms: int, until_ms: int) -> list[TaskSummary]:
        """Return all tasks of the account's ``model`` that were created in the window, oldest first.

        Both ends are within, and are the vendor's times. It forgets a task after 24 hours.

        Raises:
            RetryLater: if no complete answer could be had now.
            AccountStopped: if the vendor turns the account away.
        """
        ...

    async def cancel(self, task_id: str) -> bool:
        """Ask to cancel a task. Whether the vendor still does; what became of it only `query` tells.

        Raises:
            RetryLater: if no answer could be had now.
            AccountStopped: if the vendor turns the account away.
        """
        ...

    async def listing(self, model: str) -> Listing:
        """Return what the vendor's list of models says of one. It is absent only if the list is there, and whole.

        Raises:
            RetryLater: if no clear answer could be had now.
            AccountStopped: if the vendor turns the account away.
        """
        ...


class Results(Protocol):
    """Where result images are fetched from."""

    async def fetch(self, url: str, name: str) -> Picture:
        """Download one image and keep its bytes unchanged under ``name`` plus its format's ending.

        Raises:
            ResultUnavailable: nobody answered, or only to say "later".
            ResultRefused: an odd answer, which may not be the last word.
            ResultRejected: it can't be had any more, or may not be asked for.
        """
        ...

    async def kept(self, name: str) -> Picture | None:
        """Return the picture that an earlier `fetch` kept under that name; None if there is no whole one."""
        ...
