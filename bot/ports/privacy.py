"""What is kept about members, and what is erased."""

from typing import Protocol

from bot.domain.privacy import Export, Forgotten, Keepings, LeftoverMessage
from bot.domain.requests.quota import Terms


class Privacy(Protocol):
    """What members decide about what is kept of them, and what is kept for a time. Each change is one transaction."""

    async def keepings(self, member_id: int) -> Keepings:
        """Return what is kept about a member, in figures."""
        ...

    async def export(self, member_id: int) -> Export | None:
        """Return all that is kept about a member; None if that is nothing."""
        ...

    async def forget(self, interaction_id: int, member_id: int, terms: Terms) -> Forgotten | None:
        """Forget a member; None if nothing was kept. ``terms`` are the operator's, for the periods that run.

        Raises:
            MemberError: if jobs are under way.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ...

    async def old(self, before_ms: int) -> list[int]:
        """Return up to a hundred ended jobs, asked for before ``before_ms`` and not erased yet, oldest first."""
        ...

    async def erase(self, job_id: int) -> None:
        """Erase a job that has ended, for its age; its message stays."""
        ...

    async def erase_unused_sets(self, before_ms: int) -> None:
        """Erase the sets of pictures that were last used before ``before_ms``; their files are left to be deleted."""
        ...

    async def expire_retained(self) -> int:
        """Delete what outlasted members who were forgotten, and is over; return how many rows."""
        ...

    async def expire_acts(self) -> None:
        """Forget the interactions that are done with and that Discord delivers no more."""
        ...

    async def leftover_files(self, after: str = "") -> list[str]:
        """Return up to a hundred kept files that no row names any more, by their paths' order, from after ``after``."""
        ...

    async def files_gone(self, paths: list[str]) -> None:
        """Note that leftover files are deleted."""
        ...

    async def orphans(self, paths: list[str]) -> tuple[list[str], int]:
        """Find out whose files are that are named as kept pictures are.

        Returns:
            Those of jobs that are settled, which no row names and none ever will, in their order. And how many files
            are of jobs that this database does not know.
        """
        ...

    async def let_go(self, paths: list[str]) -> None:
        """Leave files to be deleted."""
        ...

    async def expect_files(self, paths: list[str]) -> None:
        """Note that files are about to be written for a request that is not taken yet."""
        ...

    async def give_files_up(self, paths: list[str]) -> None:
        """Leave those of the expected files to be deleted that no request has taken."""
        ...

    async def expected_files(self) -> list[str]:
        """Return the expected files that no request has taken yet, in no order."""
        ...

    async def leftover_messages(self) -> list[LeftoverMessage]:
        """Return up to a hundred messages that are to be deleted and may be tried now, the longest due first."""
        ...

    async def message_gone(self, message_id: int) -> None:
        """Note that a leftover message is deleted, or never can be."""
        ...

    async def message_again(self, message_id: int, delay_s: float, attempts: int) -> None:
        """Have a leftover message tried again after ``delay_s`` seconds; ``attempts`` count by now."""
        ...

    async def hasten_messages(self) -> None:
        """Have all leftover messages tried now: Discord is back."""
        ...

    async def wipe_traces(self) -> None:
        """Empty the write-ahead log, which still has what was erased; a reader that goes on for seconds prevents it."""
        ...

    async def scrub(self) -> bool | None:
        """Write the file anew if something was erased, at most once a day. Whether it was; None if it is not due.

        False: the file is too large to be written anew while the bot runs.

        Raises:
            StorageUnavailable: if the file can't be written; it is tried again the next day.
        """
        ...
