"""What members' quotas did not cover."""

from typing import Protocol

from bot.domain.requests.instead import DeclinedRequest


class DeclinedRequests(Protocol):
    """Requests that were declined, as long as something else can be had in their place by a button."""

    async def keep(self, declined: DeclinedRequest) -> None:
        """Keep a request for a while, in the place of the one that was declined to its member in the server before."""
        ...

    async def find(self, declined_id: int) -> DeclinedRequest | None:
        """Return a request; None if there is none of that id, or its time is over."""
        ...

    async def expire(self) -> int:
        """Forget the requests whose time is over; return how many."""
        ...
