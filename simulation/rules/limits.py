"""Whether each request was held against the limits that were in force when it was, and stayed within them."""

import json
import sqlite3

from simulation.rules.replay.audit import AuditedAct, acts
from simulation.rules.replay.said import FIELDS, Rules
from simulation.world import World

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
