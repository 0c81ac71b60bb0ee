"""Requests that their members' quotas do not cover: kept, with what would be covered in their place."""

from bot.domain.requests.instead import Declined, DeclinedRequest, Instead, as_declined, instead_of
from bot.domain.requests.request import Options
from bot.errors import OverQuota, Unavailable
from bot.ports import DeclinedRequests
from bot.service.requests.asker import Asker
from bot.service.requests.quotas import Quotas
from bot.service.requests.submitter import Submitter


class Alternatives:
    """Knows what a member could ask for instead."""

    def __init__(self, *, declined: DeclinedRequests, submitter: Submitter, quotas: Quotas) -> None:
        self._declined = declined
        self._submitter = submitter
        self._quotas = quotas

    async def refusal(self, refusal: OverQuota, options: Options, asker: Asker) -> OverQuota:
        """Return what is said of a request that is declined: with what would be covered, if anything would.

        Args:
            refusal: why it is.
            options: as they were asked for; they are kept for a while.
            asker: by whom.
        """
        if refusal.key != "over-quota" or options.handed_in or options.reference is not None:
            return refusal
        models = await self._submitter.models(asker.server_id)
        standing = await self._quotas.standing(asker.server_id, asker.member_id, asker.role_ids)
        covered = instead_of(options, models, standing.left)
        if not covered:
            return refusal
        await self._declined.keep(DeclinedRequest(asker.interaction_id, asker.server_id, asker.member_id, options))
        return Declined(refusal, asker.interaction_id, covered, is_private=bool(options.private))

    async def options(self, declined_id: int, one: Instead, server_id: int, member_id: int) -> Options:
        """Return what asks for something else than was declined; whether they may have it is judged as ever.

        Raises:
            Unavailable: if it is somebody else's, or its time is over.
        """
        declined = await self._declined.find(declined_id)
        if declined is None or (declined.server_id, declined.member_id) != (server_id, member_id):
            raise Unavailable("instead-gone")
        return as_declined(declined, count=one.count, model=one.model, told_micros=one.told_micros)
