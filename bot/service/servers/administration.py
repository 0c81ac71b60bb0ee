"""What a server's admins do: rules, credit, refunds, the pool and the settings."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.money import MICROS_PER_CNY
from bot.domain.requests import quota_rules
from bot.domain.requests.policy import Policy
from bot.domain.requests.quota import Refund, Reset, Standing
from bot.domain.requests.quota_rules import BOUNDS, EffectiveRule, PartialRule, QuotaRules, Scope
from bot.domain.requests.worth import Worth, worth_of
from bot.domain.servers.settings import Calendar, Settings
from bot.domain.time.periods import Period, PeriodKind
from bot.errors import MemberError, NotPermitted
from bot.ports import Clock, Jobs, Servers
from bot.service.requests.quotas import Quotas

MOST_GRANT = 100_000 * MICROS_PER_CNY
"""Micro-yuan; only to keep a typing error out: what is spent of a grant counts against the pool and the cap."""


@dataclass(frozen=True, slots=True)
class MemberQuota:
    """Everything about one member's quota.

    Attributes:
        effective: the rule, and where each field comes from.
    """

    standing: Standing
    effective: EffectiveRule


@dataclass(frozen=True, slots=True)
class Pool:
    """A server's pool in a month, micro-yuan at list price.

    Attributes:
        taken: used and held.
        limit: what applies; None: no ceiling.
        ceiling: the operator's; None: none.
    """

    taken: int
    limit: int | None
    ceiling: int | None
    month: Period


def require_another(actor_id: int, scope: Scope, owner_id: int) -> None:
    """Refuse to let an admin set or clear the rule of nobody but themselves.

    Raises:
        NotPermitted: saying who can.
    """
    if scope is Scope.MEMBER and owner_id == actor_id:
        raise NotPermitted("rule-own")


class Administration:
    """An admin's use cases. Whether somebody is an admin is the caller's to check."""

    def __init__(self, *, servers: Servers, jobs: Jobs, quotas: Quotas, policy: Policy, clock: Clock) -> None:
        self._servers = servers
        self._jobs = jobs
        self._quotas = quotas
        self._policy = policy
        self._clock = clock

    async def member(self, server_id: int, member_id: int, roles: Iterable[int]) -> MemberQuota:
        """Return what one member may use and has left, and by whose word."""
        rules = await self._servers.quota_rules(server_id, member_id, roles)
        standing = await self._quotas.standing(server_id, member_id, roles)
        return MemberQuota(standing, quota_rules.resolve(self._policy.rule, rules))

    def operators_rule(self) -> PartialRule:
        """Return what applies where the server says nothing."""
        return PartialRule(**asdict(self._policy.rule))

    async def rules(self, server_id: int) -> list[tuple[Scope, int, PartialRule]]:
        """Return all rules of a server; see ``Servers.rules``."""
        return await self._servers.rules(server_id)

    async def forgotten_rules(self, server_id: int) -> int:
        """Return how many members who were forgotten still have a rule kept in a server."""
        return await self._servers.forgotten_rules(server_id)

    async def rule(self, server_id: int, scope: Scope, owner_id: int) -> PartialRule:
        """Return one rule; an empty one if there is none."""
        return await self._servers.rule(server_id, scope, owner_id)

    async def instead(self, server_id: int, scope: Scope) -> EffectiveRule:
        """Return what applies where a rule says nothing; of a member's own, unless a role of theirs says something."""
        server = PartialRule() if scope is Scope.SERVER else await self.rule(server_id, Scope.SERVER, 0)
        return quota_rules.resolve(self._policy.rule, QuotaRules(server))

    async def set_rule(
        self, act: Act, scope: Scope, owner_id: int, rule: PartialRule, unset: Collection[str] = ()
    ) -> tuple[PartialRule, PartialRule]:
        """Set what ``rule`` names, and leave open what ``unset`` does; return the rule as it was and as it is.

        Raises:
            NotPermitted: if it is the actor's own.
            MemberError: if it names nothing, or a value makes no sense.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        require_another(act.actor_id, scope, owner_id)
        if rule.is_empty and not unset:
            raise MemberError("rule-names-nothing")
        quota_rules.check(rule)
        return await self._servers.set_rule(act, scope, owner_id, rule, unset)

    async def clear_rule(self, act: Act, scope: Scope, owner_id: int) -> tuple[PartialRule, PartialRule]:
        """Clear a rule; return it as it was and as it is.

        Raises:
            NotPermitted: if it is the actor's own.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        require_another(act.actor_id, scope, owner_id)
        return await self._servers.set_rule(act, scope, owner_id, None)

    async def grant(self, act: Act, member_id: int, micros: int) -> tuple[int, int]:
        """Give a member credit; return what was left of it before and after, micro-yuan.

        Raises:
            NotPermitted: if that is the actor.
            MemberError: if the amount makes no sense.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("grant-yourself")
        if not 0 < micros <= MOST_GRANT:
            raise MemberError("grant-out-of-bounds", amount=MOST_GRANT)
        return await self._servers.grant(act, member_id, micros)

    async def grant_pictures(self, act: Act, member_id: int, images: int) -> None:
        """Give a member free images on top of their rule's, in the period that runs.

        Raises:
            NotPermitted: if that is the actor.
            MemberError: if the number makes no sense.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("grant-yourself")
        least, most = 1, BOUNDS["free_images"][1]
        if not least <= images <= most:
            raise MemberError("grant-pictures-out-of-bounds", least=least, most=most)
        await self._servers.grant_pictures(act, member_id, images, await self._period(act.server_id))

    async def ask_reset(self, server_id: int, actor_id: int, member_id: int) -> Reset:
        """Return what ``reset`` would give a member at the moment.

        Raises:
            NotPermitted: if that is the actor.
            MemberError: if it is nothing.
        """
        if member_id == actor_id:
            raise NotPermitted("reset-yourself")
        used = await self._servers.used_in(server_id, member_id, await self._period(server_id))
        if used == Reset(0, 0):
            raise MemberError("nothing-to-reset")
        return used

    async def reset(self, act: Act, member_id: int) -> Reset:
        """Give a member the running period's free images and budget anew; return what of them had been used.

        The server's pool stays as it is, since the pictures were made.

        Raises:
            NotPermitted: if that is the actor.
            MemberError: if nothing of them had been used.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("reset-yourself")
        return await self._servers.reset(act, member_id, await self._period(act.server_id))

    async def _period(self, server_id: int) -> Period:
        """Return the period that runs in a server."""
        settings = await self._servers.settings(server_id)
        return self.calendar(settings).period_at(self._clock.now_ms())

    async def refundable(self, server_id: int, number: int) -> Job:
        """Return a job of this server that was charged.

        Raises:
            MemberError: if there is none of that number, or nothing was charged.
        """
        job = await self._jobs.by_number(server_id, number)
        if job is None:
            raise MemberError("no-such-job", number=number)
        if job.charged is None or not job.charged.images:
            raise MemberError("nothing-to-refund", number=number)
        return job

    async def refund(self, act: Act, job: Job) -> Refund:
        """Give back all that a job was charged: free images to their own period, money as credit; once.

        Raises:
            NotPermitted: if it is the actor's own.
            MemberError: if it was given back already, or whoever asked for it was forgotten since.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if job.server_id != act.server_id:
            raise MemberError("no-such-job", number=job.number)
        return await self._servers.refund(act, job.id)

    async def pool(self, server_id: int) -> Pool:
        """Return the server's pool of this month."""
        settings = await self._servers.settings(server_id)
        month = self._quotas.terms().month
        ceiling = self._policy.pool_micros
        taken = await self._servers.pool_taken(server_id, month)
        return Pool(taken, settings.pool_within(ceiling), ceiling, month)

    async def worth(self, server_id: int) -> Worth | None:
        """Return what the server's pool comes to, by its own model, rule and periods; None: it has no limit."""
        settings, catalogue = await self._servers.settings(server_id), self._policy.catalogue
        allowed = [model for name, model in catalogue.items() if name in (settings.models or catalogue)]
        if not allowed:
            return None
        server = await self.rule(server_id, Scope.SERVER, 0)
        rule = quota_rules.resolve(self._policy.rule, QuotaRules(server)).rule
        pool = settings.pool_within(self._policy.pool_micros)
        return worth_of(pool, allowed[0], rule, self.calendar(settings).kind)

    async def set_pool(self, act: Act, micros: int | None) -> tuple[Settings, Settings]:
        """Set the server's own limit; None: what the operator gives.

        Raises:
            MemberError: if it is above the operator's ceiling.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ceiling = self._policy.pool_micros
        if micros is not None and ceiling is not None and micros > ceiling:
            raise MemberError("pool-above-ceiling", amount=ceiling)
        return await self._servers.change_settings(act, lambda settings: replace(settings, pool_micros=micros))

    async def change(self, act: Act, change: Callable[[Settings], Settings]) -> tuple[Settings, Settings]:
        """Change settings; return them as they were and as they are.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._servers.change_settings(act, change)

    def calendar(self, settings: Settings) -> Calendar:
        """Return the calendar in force: the server's, or the operator's."""
        now_ms = self._clock.now_ms()
        return settings.calendar_at(now_ms) or Calendar(self._policy.period, self._policy.zone.key)

    async def change_calendar(self, act: Act, kind: PeriodKind | None, zone: str | None) -> tuple[Settings, Settings]:
        """Change period or time zone, or both, at the end of the period that runs now.

        Args:
            act: who.
            kind: None: as it is.
            zone: an IANA name that exists; None: as it is.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()
        default = Calendar(self._policy.period, self._policy.zone.key)

        def changed(settings: Settings) -> Settings:
            # What was decided before and isn't in force yet is changed too, not forgotten.
            latest = settings.next_calendar or settings.calendar_at(now_ms) or default
            return settings.with_calendar(Calendar(kind or latest.kind, zone or latest.zone), default, now_ms)

        return await self._servers.change_settings(act, changed)
