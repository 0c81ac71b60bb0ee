"""What a member may use, and what is left of it."""

from dataclasses import dataclass

from bot.domain.periods import PeriodKind, period_at
from bot.domain.policy import Policy
from bot.domain.quota import Balance, Terms
from bot.ports import Clock, Jobs


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands: what is left, and under which terms."""

    left: Balance
    terms: Terms


class Quotas:
    """Finds the terms that apply. Servers' own rules have their place here; today everybody has the operator's."""

    def __init__(self, policy: Policy, jobs: Jobs, clock: Clock) -> None:
        self._policy = policy
        self._jobs = jobs
        self._clock = clock

    def terms(self) -> Terms:
        """Give the terms for a request made now."""
        now_ms = self._clock.now_ms()
        policy = self._policy
        return Terms(
            rule=policy.rule,
            period=period_at(policy.period, policy.zone, now_ms),
            month=period_at(PeriodKind.MONTH, policy.zone, now_ms),
            pool_micros=policy.pool_micros,
            cap_micros=policy.cap_micros,
            catalogue=policy.catalogue,
            longest_queue=policy.longest_queue,
        )

    async def standing(self, server_id: int, member_id: int) -> Standing:
        """Give what a member has left in a server."""
        terms = self.terms()
        return Standing(await self._jobs.balance(server_id, member_id, terms), terms)
