"""Erasing: what a member wishes gone, and what is older than the operator keeps it."""

import logging
from functools import partial

from bot.domain.privacy import Forgotten, Keepings, refuse_under_way
from bot.domain.requests.policy import Policy
from bot.domain.time.durations import DAY_MS
from bot.ports import Clock, Privacy
from bot.service.kit.alarm import Alarm
from bot.service.kit.leftover_files import LeftoverFiles
from bot.service.kit.supervisor import one_by_one
from bot.service.requests.quotas import Quotas

log = logging.getLogger(__name__)


class Erasure:
    """Erases rows in one transaction and deletes the files after it; what a crash leaves goes with the next sweep."""

    def __init__(
        self,
        *,
        privacy: Privacy,
        files: LeftoverFiles,
        quotas: Quotas,
        policy: Policy,
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self._privacy = privacy
        self._files = files
        self._quotas = quotas
        self._policy = policy
        self._clock = clock
        self._alarm = alarm

    async def keepings(self, member_id: int) -> Keepings:
        """Return what is kept about a member, in figures."""
        return await self._privacy.keepings(member_id)

    async def ask(self, member_id: int) -> Keepings:
        """Return what a member is to decide about.

        Raises:
            MemberError: if jobs are under way: wait for them, or cancel them first.
        """
        keepings = await self._privacy.keepings(member_id)
        refuse_under_way(keepings.under_way)
        return keepings

    async def forget(self, interaction_id: int, member_id: int) -> Forgotten | None:
        """Forget a member for good; None if nothing was kept.

        Args:
            interaction_id: by which they wished it; the same one again is the same wish.
            member_id: Discord's id of whom.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: if jobs are under way.
        """
        forgotten = await self._privacy.forget(interaction_id, member_id, self._quotas.terms())
        await self._files.clear()
        await self._privacy.wipe_traces()
        return forgotten

    async def sweep(self) -> None:
        """Do one round: some old jobs, what is kept for a time that is over, and the files that are left."""
        await one_by_one(
            [
                ("erasing what is old", self._erase_old),
                ("expiring what outlasted a member", self._privacy.expire_retained),
                ("forgetting interactions that are done with", self._privacy.expire_acts),
                ("finding files without a row", self._files.find),
                ("deleting files", self._files.clear),
                ("writing the database anew", self._scrub),
            ],
            self._alarm,
        )

    async def _erase_old(self) -> None:
        if not self._policy.keep_prompts_days:
            return
        before_ms = self._clock.now_ms() - self._policy.keep_prompts_days * DAY_MS
        old = await self._privacy.old(before_ms)
        pieces = ((f"erasing job {job_id}", partial(self._privacy.erase, job_id)) for job_id in old)
        await one_by_one(pieces, self._alarm)
        await self._privacy.erase_unused_sets(before_ms)

    async def _scrub(self) -> None:
        if await self._privacy.scrub() is False:
            log.warning(
                "storage: too large to be written anew while the bot runs; docs/privacy.md says why it should be"
            )
