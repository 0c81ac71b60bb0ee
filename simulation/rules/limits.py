"""Whether each request was held against the limits that were in force when it was, and stayed within them."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from bot.domain.requests.quota import Rule
from simulation.known import Known
from simulation.rules.audit import AuditedAct, acts
from simulation.world import World

FIELDS = ("free_images", "budget_micros", "images_per_job", "active_jobs")
"""Of a rule: what limits a request by itself. The wait between requests goes by a clock that is set now and then."""

ENDS = ("delivering", "undelivered", "delivered", "failed", "canceled", "expired", "void")
"""A job that has come so far is not under way any more."""

LEGS = """
SELECT legs.job_id, buckets.kind, legs.limit_then FROM legs JOIN buckets ON buckets.id = legs.bucket_id
WHERE legs.held > 0
"""
JOBS = "SELECT id, number, count FROM jobs"
TAKEN = """
SELECT job_id, kind, name, taken, least FROM (
    SELECT ledger.job_id, ledger.kind, buckets.kind AS name, legs.limit_then AS least,
        sum(used_delta + ledger.held_delta) OVER (PARTITION BY ledger.bucket_id ORDER BY ledger.id) AS taken
    FROM ledger JOIN buckets ON buckets.id = ledger.bucket_id
    LEFT JOIN legs ON legs.bucket_id = ledger.bucket_id AND legs.job_id = ledger.job_id
) WHERE kind = 'hold' AND taken > least
"""


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


def check(world: World) -> None:
    """Hold each hold against the limits as admins had set them before it."""
    over = [tuple(row) for row in world.rows(TAKEN)]
    assert not over, f"a hold went over the limit that it was made under: {over}"
    jobs = {row["id"]: row for row in world.rows(JOBS)}
    legs = {(row["job_id"], row["kind"]): row["limit_then"] for row in world.rows(LEGS)}
    rules = Rules(world.config.policy().rule, world.trace.known)
    wrong: list[str] = []
    for act in acts(world):
        if act.name == "job.held":
            wrong += _faults(rules, act, jobs[act.job_id or 0], legs)
        rules.note(act)
    assert not wrong, f"a request was taken against a limit: {wrong}"


def _faults(rules: Rules, act: AuditedAct, job: sqlite3.Row, legs: dict[tuple[int, str], int | None]) -> list[str]:
    roles: list[int] = json.loads(rules.known.jobs[job["id"]].roles)
    active = rules.under_way.setdefault((act.server_id, act.account_id or 0), set())
    active.add(job["id"])
    limits = {name: rules.of(act, roles, name) for name in FIELDS}
    met = {
        "images": job["count"] <= limits["images_per_job"],
        "active": len(active) <= limits["active_jobs"],
        "allowance": legs.get((job["id"], "allowance"), limits["free_images"]) == limits["free_images"],
        "budget": legs.get((job["id"], "budget"), limits["budget_micros"]) == limits["budget_micros"],
        "pool": legs[job["id"], "pool"] == rules.pools.get(act.server_id),
    }
    return [f"#{job['number']} of server {act.server_id}: {name}" for name, is_met in met.items() if not is_met]
