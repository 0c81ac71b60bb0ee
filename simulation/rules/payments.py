"""How each request was paid, computed anew from the rows: docs/ledger.md, "A hold and its legs".

Free images pay first, then the budget, then credit; and where fewer pictures come than were held for, what was taken
last goes back first. Which limits were in force, the audit tells, and what was left of them, the ledger's rows do.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from simulation.rules.replay.audit import acts
from simulation.rules.replay.said import Rules
from simulation.world import World

ROWS = """
SELECT ledger.*, buckets.kind AS bucket, server_id, owner, period FROM ledger
JOIN buckets ON buckets.id = bucket_id
WHERE buckets.kind IN ('allowance', 'budget', 'credit', 'pool') ORDER BY ledger.id
"""
HOLDS = """
SELECT holds.*, jobs.number, jobs.server_id, jobs.account_id,
    coalesce((SELECT sum(used_delta) FROM ledger JOIN buckets ON buckets.id = bucket_id
        WHERE ledger.job_id = holds.job_id AND ledger.kind = 'settle' AND buckets.kind = 'budget'), 0) AS from_budget,
    coalesce((SELECT sum(used_delta) FROM ledger JOIN buckets ON buckets.id = bucket_id
        WHERE ledger.job_id = holds.job_id AND ledger.kind = 'settle' AND buckets.kind = 'credit'), 0) AS from_credit
FROM holds JOIN jobs ON jobs.id = holds.job_id
"""


class Paid(NamedTuple):
    """What pays for a request: images, and micro-yuan."""

    free: int
    budget: int
    credit: int


@dataclass
class Account:
    """What one member has taken in one server.

    Attributes:
        taken: used and held, by kind and period.
        granted: micro-yuan of credit.
    """

    taken: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict[tuple[str, str], int](int))
    granted: int = 0

    def note(self, row: sqlite3.Row) -> None:
        """Take note of a row of the ledger."""
        self.taken[row["bucket"], row["period"]] += row["used_delta"] + row["held_delta"]
        self.granted += row["granted_delta"]

    def periods(self) -> set[str]:
        """Return the periods of which it has taken anything, and one of which it has not."""
        return {period for _, period in self.taken if period} | {""}


def check(world: World) -> None:
    """Hold each hold against what pays first, and each settlement against what goes back first."""
    holds = {row["job_id"]: row for row in world.rows(HOLDS)}
    limits = {job_id: (free, budget) for job_id, free, budget in _limits(world)}
    accounts: dict[tuple[int, str], Account] = defaultdict(Account)
    seen: set[int] = set()
    wrong: list[str] = []
    for row in world.rows(ROWS):
        if row["kind"] == "hold" and row["job_id"] not in seen:
            seen.add(row["job_id"])
            hold = holds[row["job_id"]]
            account = accounts[hold["server_id"], str(hold["account_id"])]
            held = Paid(hold["free_images"], hold["budget"], hold["credit"])
            if held not in _possible(hold, account, *limits[row["job_id"]]):
                wrong.append(f"{hold['job_id']} (#{hold['number']}): {held}")
        accounts[row["server_id"], row["owner"]].note(row)
    assert not wrong, f"a request was paid in another order than free, budget, credit: {wrong}"
    kept = [job_id for job_id, hold in holds.items() if hold["outcome"] == "settled" and not _is_settled(hold)]
    assert not kept, f"a request was settled in another order than credit, budget, free: {kept}"


def _limits(world: World) -> Iterator[tuple[int, int, int]]:
    """Yield each job that was held for, with the free images and the budget that its member had by then."""
    rules = Rules(world.config.policy().rule, world.trace.known)
    for act in acts(world):
        if act.name == "job.held":
            job_id = act.job_id or 0
            roles: list[int] = json.loads(rules.known.jobs[job_id].roles)
            yield job_id, rules.of(act, roles, "free_images"), rules.of(act, roles, "budget_micros")
        rules.note(act)


def _possible(hold: sqlite3.Row, account: Account, free: int, budget: int) -> set[Paid]:
    """Return how it can have been paid; in which period that counts, `periods` holds."""
    credit = account.granted - account.taken["credit", ""]
    return {
        _paid(hold, free - account.taken["allowance", period], budget - account.taken["budget", period], credit)
        for period in account.periods()
    }


def _paid(hold: sqlite3.Row, free: int, budget: int, credit: int) -> Paid:
    images = min(hold["images"], max(0, free))
    due = _due(hold, hold["images"] - images, hold["price"], hold["inputs"])
    from_budget = min(due, max(0, budget))
    return Paid(images, from_budget, due - from_budget if due - from_budget <= max(0, credit) else -1)


def _is_settled(hold: sqlite3.Row) -> bool:
    free = min(hold["charged_images"], hold["free_images"])
    price, inputs = min(hold["price"], hold["billed_price"]), min(hold["inputs"], hold["billed_inputs"])
    due = _due(hold, hold["charged_images"] - free, price, inputs)
    from_budget = min(due, hold["budget"])
    settled = Paid(hold["charged_free"], hold["from_budget"], hold["from_credit"])
    return settled == Paid(free, from_budget, due - from_budget)


def _due(hold: sqlite3.Row, images: int, price: int, inputs: int) -> int:
    """Return what images cost that are not free, with what came in, which free ones bring along for nothing."""
    return images * price + inputs * hold["input_price"] if images else 0
