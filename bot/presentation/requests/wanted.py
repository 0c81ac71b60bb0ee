"""What is known of a request on its way to its first response."""

from dataclasses import dataclass

from bot.domain.jobs.job import PriceOffer


@dataclass(slots=True)
class Wanted:
    """What is known of a request while storage is asked about it.

    Attributes:
        prompt: for the question about its price.
        is_private: whether its member alone is to see the answer, as far as is known.
        is_deferred: Discord was told so; it can't be changed any more.
        kept: the request that waited for its member's yes.
        is_withdrawn: nothing came of it, since Discord never took the answer.
        is_asked: its member was asked about the price.
        preferred_by: whose preference says who is to see the answer, where nothing else does; 0: nobody's.
    """

    prompt: str = ""
    is_private: bool = False
    is_deferred: bool = False
    kept: PriceOffer | None = None
    is_withdrawn: bool = False
    is_asked: bool = False
    preferred_by: int = 0
