"""Pictures that members keep as favourites."""

from collections.abc import Iterable
from typing import Protocol

from bot.domain.jobs.stars import GalleryPost, Search, Starred


class Stars(Protocol):
    """The favourites of all servers; nothing is found by another server's id."""

    async def toggle(self, interaction_id: int, server_id: int, member_id: int, job_id: int) -> bool:
        """Keep a job as a member's favourite, or no longer. Whether it is one now.

        Raises:
            MemberError: if it has no pictures (any more).
            NotPermitted: if they are for another member alone.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ...

    async def of_message(self, server_id: int, message_id: int) -> int:
        """Return the job whose pictures a message of the bot shows; 0: none's."""
        ...

    async def channels(self, server_id: int) -> set[int]:
        """Return the channels in which a server's favourites are."""
        ...

    async def page(
        self, server_id: int, member_id: int, search: Search, channels: Iterable[int], *, skipped: int, most: int
    ) -> list[Starred]:
        """Return up to ``most`` favourites after ``skipped`` of them: what is public in ``channels``, and one's own."""
        ...

    async def begin_post(self, job_id: int) -> GalleryPost | None:
        """Note that a gallery channel is about to show a job, if it may; return where; None: nowhere.

        One that was begun before is returned as it is, whether or not it may still be shown.
        """
        ...

    async def note_post(self, job_id: int, message_id: int) -> None:
        """Note which message shows a job; one that may not be shown any more is left to be deleted."""
        ...

    async def drop_post(self, job_id: int) -> None:
        """Note that a job is not shown after all."""
        ...
