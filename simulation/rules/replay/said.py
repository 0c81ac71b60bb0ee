"""What admins have said of limits, act by act."""

from dataclasses import dataclass, field
from typing import Any

from bot.domain.requests.quota import Rule
from simulation.known import Known
from simulation.rules.replay.audit import AuditedAct

FIELDS = ("free_images", "budget_micros", "images_per_job", "active_jobs")
"""Of a rule: what limits a request by itself. The wait between requests goes by a clock that is set now and then."""

ENDS = ("delivering", "undelivered", "delivered", "failed", "canceled", "expired", "void")
"""A job that has come so far is not under way any more."""


@dataclass
class Rules:
    """What admins have said so far.

    Attributes:
        operators: what holds where they have said nothing.
        known: whose each account is or was.
        said: by server, scope, owner and field; a member's by Discord's id, which outlasts their accounts.
        pools: by server, micro-yuan; None: none of its own.
        under_way: jobs by server and account.
    """

    operators: Rule
    known: Known
    said: dict[tuple[int, str, int, str], int | None] = field(default_factory=dict[Any, Any])
    pools: dict[int, int | None] = field(default_factory=dict[int, Any])
    under_way: dict[tuple[int, int], set[int]] = field(default_factory=dict[Any, Any])

    def note(self, act: AuditedAct) -> None:
        """Take note of what an act changes."""
        if act.name == "quota.pool" and "pool_micros" in act.detail:
            self.pools[act.server_id] = act.after("pool_micros")
        elif act.name.startswith(("quota.set-", "quota.clear-")):
            scope, owner = act.detail["scope"], act.detail["owner"]
            if scope == "member":
                owner = self.known.member_of(owner)
            for name in FIELDS:
                if name in act.detail:
                    self.said[act.server_id, scope, owner, name] = act.after(name)
        elif act.name == "member.forgotten":
            self._forget(act.person_id)
        elif act.name.removeprefix("job.") in ENDS:
            for jobs in self.under_way.values():
                jobs.discard(act.job_id or 0)

    def _forget(self, person_id: int | None) -> None:
        """Let what a member's own rule gave them go with them; what it keeps from them stays."""
        for (server_id, scope, owner, name), value in list(self.said.items()):
            if scope == "member" and owner == person_id and value is not None:
                roles = [role for server, of, role, _ in self.said if (server, of) == (server_id, "role")]
                others = [self._of_everybody(server_id, name), *self._of_roles(server_id, roles, name)]
                if value >= max(others):
                    self.said[server_id, scope, owner, name] = None

    def _of_roles(self, server_id: int, roles: list[int], name: str) -> list[int]:
        said = [self.said.get((server_id, "role", role, name)) for role in roles]
        return [value for value in said if value is not None]

    def _of_everybody(self, server_id: int, name: str) -> int:
        said = self.said.get((server_id, "server", 0, name))
        return getattr(self.operators, name) if said is None else said

    def of(self, act: AuditedAct, roles: list[int], name: str) -> int:
        """Return a field of the rule for who asks: their own, else the best of their roles, else the server's."""
        own = self.said.get((act.server_id, "member", act.person_id or 0, name))
        if own is not None:
            return own
        return max(self._of_roles(act.server_id, roles, name), default=self._of_everybody(act.server_id, name))

    def least(self, act: AuditedAct, name: str) -> int:
        """Return the least that a field can be for who asks, whichever roles they have."""
        roles = [role for server, scope, role, _ in self.said if (server, scope) == (act.server_id, "role")]
        return min(self.of(act, some, name) for some in ([], *([role] for role in roles)))
