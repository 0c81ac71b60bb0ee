"""Prompts that are rewritten before they are drawn."""

from typing import Protocol

from bot.domain.requests.quota import Terms
from bot.domain.requests.rewriting import NewRewriting, PromptOffer, Written


class TextModel(Protocol):
    """A text model of the image service; see ``bot.errors.ImageServiceError`` for what it raises."""

    async def write(self, instruction: str, prompt: str) -> Written:
        """Have a prompt rewritten as the instruction says, and wait for it: seconds. It is asked once.

        Raises:
            OutcomeUnknown: if its answer is lost, and may be billed all the same.
            ImageServiceError: any other of its kinds, if nothing is billed.
        """
        ...


class Rewritings(Protocol):
    """Which prompts were rewritten, what that costs, and which of them can be drawn."""

    async def begin(self, new: NewRewriting, *, daily: int, terms: Terms) -> None:
        """Count a rewriting, at the most that it can cost, before the text model is asked.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            OverQuota: ``not-rewritten-limit`` if the member has had the day's number, ``over-cap`` at the cap.
            MemberError: if the member is kept out.
        """
        ...

    async def settle(self, rewriting_id: int, written: Written, cost_micros: int) -> None:
        """Note what an answer costs, once."""
        ...

    async def void(self, rewriting_id: int) -> None:
        """Note that a rewriting costs nothing, since the vendor did not take it; once."""
        ...

    async def doubt(self, rewriting_id: int) -> None:
        """Note that an answer is lost: what it can cost at most goes on counting against the cap; once."""
        ...

    async def open_ids(self) -> list[int]:
        """Return the rewritings of which it is not noted what became of them."""
        ...

    async def offer(self, offer: PromptOffer) -> None:
        """Keep a rewritten prompt for an hour, for its member to have it drawn."""
        ...

    async def offered(self, offer_id: int) -> PromptOffer | None:
        """Return a rewritten prompt that can be drawn; None if it was, or its hour is over."""
        ...

    async def expire_offers(self) -> int:
        """Forget the rewritten prompts whose hour is over; return how many."""
        ...
