"""The lanes."""

from collections.abc import Collection
from typing import Protocol

from bot.domain.jobs.lane import Turn
from bot.domain.jobs.queue import Waiting
from bot.domain.requests.listing import Listing
from bot.domain.requests.model import Model
from bot.failure_kinds import Advice


class Lanes(Protocol):
    """The lanes of one API key. Each call is one transaction."""

    async def claim(self, model: Model, *, vendor_ms: int | None = None, damaged: Collection[int] = ()) -> Turn:
        """Take the lane's next job if it has room and its pace allows a create now; the job is ``submitting`` then.

        Args:
            model: whose lane.
            vendor_ms: the vendor's time now; None where it is not known.
            damaged: jobs that can't be read, and are neither claimed nor waited for.
        """
        ...

    async def slow_down(self, model: Model, delay_s: float, *, was_ahead: bool) -> None:
        """Hold back all creates for ``delay_s`` seconds; with ``was_ahead``, none ahead for ten minutes."""
        ...

    async def stop(self, model: str, code: str, advice: Advice, *, probe_id: int | None = None) -> bool:
        """Note that the vendor stopped a lane (``*``: the account), and why. Whether it was open until now.

        Then the members who wait in it are told, and the operator, with what they can do. The job ``probe_id``, whose
        create was refused, goes back in line with it.
        """
        ...

    async def reopen(self, model: str) -> list[str]:
        """Open a lane and the account's, since a create was taken; return which had been stopped, in no order."""
        ...

    async def stops(self) -> dict[str, int]:
        """Return when each lane that is stopped was: milliseconds since the epoch, by model (``*``: the account)."""
        ...

    async def waiting(self, model: str) -> list[Waiting]:
        """Return the jobs in a lane's queue, in no order: `bot.domain.jobs.queue.in_order` has the places in line."""
        ...

    async def with_vendor(self, model: str) -> int:
        """Return how many of the lane's places at the vendor are taken, those of doubts among them."""
        ...

    async def claimed_before(self, model: str, claimed_ms: int) -> int:
        """Return how many jobs that take a place of the lane were claimed before ``claimed_ms``."""
        ...

    async def durations_ms(self, model: str, most: int) -> list[int]:
        """Return how long up to ``most`` of the lane's jobs took from create to fetched pictures, newest first."""
        ...


class ModelList(Protocol):
    """What follows from what the vendor's list of models says of each. Each call is one transaction."""

    async def miss(self, model: str) -> bool:
        """Note that a model is listed no more, and stop its lane for that. Whether the lane was open until now.

        That is done once for each time that it goes: what a create opened since stays open, whatever the list says.
        """
        ...

    async def miss_text(self, model: str) -> bool:
        """Note that the model that rewrites prompts is listed no more, and have the operator told. Whether it is news.

        Nothing is stopped by it: where it answers no more, each prompt is drawn as it was written.
        """
        ...

    async def find(self, model: str) -> bool:
        """Note that a model is listed. Whether its lane was stopped because it had not been; it is open then."""
        ...

    async def warn(self, model: str, listing: Listing, *, is_last: bool) -> bool:
        """Have the operator told when a model goes offline, or with ``is_last`` that it does soon.

        Whether that was news: it is told once for each model and day, and once more within its last days.
        """
        ...

    async def gone(self) -> set[str]:
        """Return the models that are listed no more and whose lanes are stopped: they are nobody's default."""
        ...
