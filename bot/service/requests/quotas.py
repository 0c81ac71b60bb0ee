"""What a member may use, and what is left of it."""

from collections.abc import Iterable

from bot.domain.jobs.job import Job
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Standing, Terms
from bot.domain.time.periods import PeriodKind, period_at
from bot.ports import Clock, Jobs


class Quotas:
    """Knows the operator's terms; storage puts the server's word in their place where it reads a member's standing."""

    def __init__(self, policy: Policy, jobs: Jobs, clock: Clock) -> None:
        self._policy = policy
        self._jobs = jobs
        self._clock = clock

    def terms(self) -> Terms:
        """Return the operator's terms for a request made now."""
        now_ms = self._clock.now_ms()
        policy = self._policy
        return Terms(
            rule=policy.rule,
            period=period_at(policy.period, policy.zone, now_ms),
            month=period_at(PeriodKind.MONTH, policy.zone, now_ms),
            day=period_at(PeriodKind.DAY, policy.zone, now_ms),
            pool_micros=policy.pool_micros,
            cap_micros=policy.cap_micros,
            catalogue=policy.catalogue,
            longest_queue=policy.longest_queue,
        )

    async def standing(self, server_id: int, member_id: int, roles: Iterable[int] = ()) -> Standing:
        """Return what a member with these roles has left in a server."""
        return await self._jobs.standing(server_id, member_id, roles, self.terms())

    async def standing_of(self, job: Job) -> Standing:
        """Return what a job's member has left, with the roles that counted when the job was asked for."""
        return await self.standing(job.server_id, job.member_id, job.role_ids)
