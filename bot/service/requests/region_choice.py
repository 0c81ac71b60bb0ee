"""Choosing which part of a picture is to change: a request is kept until its member has, and goes on like any other."""

from bot.domain.jobs.job import PriceOffer
from bot.domain.requests.policy import Policy
from bot.domain.requests.request import Options
from bot.errors import InvalidRequest, Unavailable
from bot.ports import Jobs
from bot.service.requests.asker import Asker
from bot.service.requests.submitter import Submitter


class RegionChoice:
    """Keeps requests whose region is being chosen; `Submitter.agree` goes on with them."""

    def __init__(self, *, submitter: Submitter, jobs: Jobs, policy: Policy) -> None:
        self._submitter = submitter
        self._jobs = jobs
        self._policy = policy

    async def ask(self, options: Options, asker: Asker) -> PriceOffer:
        """Keep a request with its pictures until its member has chosen the region; nothing is held.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: saying what is wrong and what would do; then nothing is kept.
            StorageUnavailable: if the database can't take it now; then nothing is kept.
        """
        async with self._submitter.ready(options, asker) as new_job:
            await self._jobs.keep_for_region(new_job)
        return await self.kept(asker.interaction_id, asker)

    async def choose(self, offer_id: int, asker: Asker, field: int, *, is_chosen: bool) -> PriceOffer:
        """Add a field to what is chosen, or take it away, and return the request as it is then.

        Raises:
            Unavailable: if this member has no such request that waits, any more.
        """
        await self._jobs.choose_field(offer_id, asker.server_id, asker.member_id, field, is_chosen=is_chosen)
        return await self.kept(offer_id, asker)

    async def kept(self, offer_id: int, asker: Asker) -> PriceOffer:
        """Return a request whose region this member is to choose.

        Raises:
            Unavailable: if there is none, any more.
        """
        kept = await self._submitter.kept(offer_id, asker)
        if not kept.asks_region:
            raise Unavailable("offer-gone")
        return kept

    def fault(self, kept: PriceOffer) -> InvalidRequest | None:
        """Return why the region can't be sent as it is chosen so far; None if it can."""
        try:
            kept.request.check_region(self._policy.catalogue[kept.request.model])
        except InvalidRequest as fault:
            return fault
        return None
