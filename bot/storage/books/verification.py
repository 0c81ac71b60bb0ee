"""Whether the books agree with themselves: every figure is computed anew from the rows."""

import functools
import json
import sqlite3
from collections.abc import Iterator

from bot.domain.books.doubtful_cost import ResolvedTask
from bot.domain.books.ledger import BucketKind
from bot.domain.jobs.job import UNSETTLED, Job, JobState
from bot.domain.requests.quota import cost_beyond
from bot.storage.jobs.rows import find_jobs
from bot.storage.sqlite.database import Database, migrate

BUCKETS = """
SELECT buckets.*, coalesce(sum(used_delta), 0) AS used_rows, coalesce(sum(held_delta), 0) AS held_rows,
    coalesce(sum(granted_delta), 0) AS granted_rows
FROM buckets LEFT JOIN ledger ON ledger.bucket_id = buckets.id GROUP BY buckets.id
HAVING used <> used_rows OR held <> held_rows OR granted <> granted_rows
"""
LEGS = """
WITH moved AS (
    SELECT job_id, bucket_id,
        sum(held_delta) FILTER (WHERE kind IN ('hold', 'settle', 'void', 'expire')) AS held,
        sum(used_delta) FILTER (WHERE kind IN ('hold', 'settle', 'void', 'expire')) AS settled,
        sum(used_delta) FILTER (WHERE kind = 'cost') AS cost,
        sum(held_delta) FILTER (WHERE kind = 'doubt') AS doubt
    FROM ledger WHERE job_id IS NOT NULL GROUP BY job_id, bucket_id)
SELECT jobs.number, jobs.server_id, buckets.kind, legs.held, legs.settled, holds.outcome, holds.billed_free,
    coalesce(moved.held, 0) AS held_rows, coalesce(moved.settled, 0) AS settled_rows
FROM legs JOIN holds ON holds.job_id = legs.job_id JOIN jobs ON jobs.id = legs.job_id
JOIN buckets ON buckets.id = legs.bucket_id
LEFT JOIN moved ON moved.job_id = legs.job_id AND moved.bucket_id = legs.bucket_id
WHERE held_rows <> iif(holds.outcome IS NULL, legs.held, 0)
    OR settled_rows <> iif(buckets.kind = 'tier', holds.billed_free, coalesce(legs.settled, 0))
    OR (holds.outcome IS NULL) <> (legs.settled IS NULL)
"""
HOLDS = """
WITH summed AS (
    SELECT legs.job_id,
        coalesce(sum(held) FILTER (WHERE kind = 'allowance'), 0) AS free_held,
        coalesce(sum(held) FILTER (WHERE kind = 'budget'), 0) AS budget_held,
        coalesce(sum(held) FILTER (WHERE kind = 'credit'), 0) AS credit_held,
        coalesce(sum(held) FILTER (WHERE kind = 'pool'), 0) AS pool_held,
        coalesce(sum(held) FILTER (WHERE kind = 'tier'), 0) AS tier_held,
        coalesce(sum(settled) FILTER (WHERE kind = 'allowance'), 0) AS free_settled,
        coalesce(sum(settled) FILTER (WHERE kind IN ('budget', 'credit')), 0) AS micros_settled,
        coalesce(sum(settled) FILTER (WHERE kind = 'pool'), 0) AS pool_settled
    FROM (SELECT legs.*, buckets.kind FROM legs JOIN buckets ON buckets.id = legs.bucket_id) AS legs
    GROUP BY legs.job_id),
vendor AS (
    SELECT job_id, coalesce(sum(used_delta) FILTER (WHERE kind = 'cost'), 0) AS cost,
        coalesce(sum(held_delta) FILTER (WHERE kind = 'doubt'), 0) AS doubt,
        coalesce(sum(held_delta) FILTER (WHERE kind IN ('doubt', 'correction')), 0) AS doubt_left
    FROM ledger WHERE job_id IS NOT NULL GROUP BY job_id)
SELECT jobs.number, jobs.server_id, jobs.state, holds.*, summed.*, coalesce(vendor.cost, 0) AS cost,
    coalesce(vendor.doubt, 0) AS doubt, coalesce(vendor.doubt_left, 0) AS doubt_left
FROM jobs LEFT JOIN holds ON holds.job_id = jobs.id LEFT JOIN summed ON summed.job_id = jobs.id
LEFT JOIN vendor ON vendor.job_id = jobs.id ORDER BY jobs.id
"""
STRAY = """
SELECT ledger.id, ledger.kind, ledger.job_id FROM ledger
LEFT JOIN legs ON legs.job_id = ledger.job_id AND legs.bucket_id = ledger.bucket_id
WHERE ledger.kind IN ('hold', 'settle', 'void', 'expire', 'doubt') AND legs.job_id IS NULL
    AND ledger.rewriting_id IS NULL ORDER BY ledger.id
"""
REWRITINGS = """
SELECT rewritings.id, server_id, outcome, cost_micros, doubtful_micros,
    coalesce(sum(used_delta) FILTER (WHERE ledger.kind = 'cost'), 0) AS cost,
    coalesce(sum(held_delta) FILTER (WHERE ledger.kind = 'doubt'), 0) AS doubt,
    count(ledger.id) FILTER (WHERE ledger.kind NOT IN ('cost', 'doubt')
        OR ledger.bucket_id <> rewritings.bucket_id OR ledger.job_id IS NOT NULL) AS strays
FROM rewritings LEFT JOIN ledger ON ledger.rewriting_id = rewritings.id GROUP BY rewritings.id ORDER BY rewritings.id
"""
TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
COUNTS = "SELECT (SELECT count(*) FROM buckets), (SELECT count(*) FROM ledger), (SELECT count(*) FROM holds)"
RESOLVED_TASKS = """
SELECT jobs.task_id, jobs.number, jobs.server_id, jobs.model,
    iif(jobs.vendor_claimed_ms > 0, jobs.vendor_claimed_ms, min(jobs.claimed_ms, jobs.submitted_ms)) AS claimed_ms,
    coalesce((SELECT json_extract(detail, '$.billed') FROM audit
        WHERE audit.job_id = jobs.id AND act = 'job.doubt_resolved' ORDER BY id DESC LIMIT 1),
        iif(holds.doubtful_micros > 0, NULL, holds.billed_images)) AS billed_images,
    iif(holds.outcome = 'settled' AND holds.inputs > 0, holds.billed_inputs, NULL) AS billed_inputs
FROM jobs JOIN holds ON holds.job_id = jobs.id
WHERE jobs.task_id <> '' AND holds.outcome IS NOT NULL AND jobs.submitted_ms > :since_ms ORDER BY jobs.id
"""
UNOWNED = """
SELECT value FROM json_each(:task_ids)
WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.task_id = value)
    AND NOT EXISTS (SELECT 1 FROM booked_tasks WHERE booked_tasks.task_id = value)
    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.model = :model AND jobs.state IN ('submitting', 'in_doubt'))
"""
DOUBTFUL = """
jobs.model = :model AND jobs.state = 'failed' AND jobs.task_id = '' AND holds.doubtful_micros > 0
    AND (SELECT sum(held_delta) FROM ledger WHERE job_id = jobs.id AND kind IN ('doubt', 'correction')) > 0
"""


class SqliteBooks:
    """The books as `ledger verify` reads them; nothing here writes."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def differences(self) -> list[str]:
        """Name, one sentence each, all in which the books disagree with themselves."""
        return await self._db.read(lambda conn: list(_differences(conn)))

    async def size(self) -> tuple[int, int, int]:
        """Return the number of buckets, of ledger rows and of holds."""
        row = await self._db.read(lambda conn: conn.execute(COUNTS).fetchone())
        return row[0], row[1], row[2]

    async def resolved_tasks(self, since_ms: int) -> list[ResolvedTask]:
        """Return the tasks that were taken since then, of jobs whose hold is resolved."""
        values = {"since_ms": since_ms}
        return await self._db.read(
            lambda conn: [ResolvedTask(**dict(row)) for row in conn.execute(RESOLVED_TASKS, values)]
        )

    async def unowned_tasks(self, model: str, task_ids: list[str]) -> set[str]:
        """Return those of ``task_ids`` that belong to no job and are not booked.

        Empty while a create of this model is under way or in doubt: then a task may be just about to be owned.
        """
        values = {"model": model, "task_ids": json.dumps(task_ids)}
        return await self._db.read(lambda conn: {row[0] for row in conn.execute(UNOWNED, values)})

    async def doubtful_jobs(self, model: str) -> list[Job]:
        """Return the failed jobs of ``model`` whose cost is doubtful and whose task nobody knows."""
        return await self._db.read(lambda conn: find_jobs(conn, DOUBTFUL, {"model": model}))


def _differences(conn: sqlite3.Connection) -> Iterator[str]:
    yield from _missing_triggers(conn)
    for row in conn.execute(BUCKETS):
        for figure in ("used", "held", "granted"):
            if row[figure] != row[f"{figure}_rows"]:
                yield f"{_bucket_name(row)}: {figure} is {row[figure]}, its rows make {row[f'{figure}_rows']}"
    for row in conn.execute(LEGS):
        yield from _leg(row)
    for row in conn.execute(HOLDS):
        yield from _hold(row)
    for row in conn.execute(STRAY):
        yield f"ledger row {row['id']} ({row['kind']}, job {row['job_id']}): no hold has a leg in its bucket"
    for row in conn.execute(REWRITINGS):
        yield from _rewriting(row)


@functools.cache
def _expected_triggers() -> dict[str, str]:
    """Return the SQL of each trigger by its name, as this program's migrations make them; read once."""
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        migrate(fresh)
        return dict(fresh.execute(TRIGGERS).fetchall())
    finally:
        fresh.close()


def _missing_triggers(conn: sqlite3.Connection) -> Iterator[str]:
    found = {row["name"]: row["sql"] for row in conn.execute(TRIGGERS)}
    for name, sql in sorted(_expected_triggers().items()):
        if found.get(name) != sql:
            yield f"trigger {name} is {'changed' if name in found else 'missing'}: rows may have been altered"


def _bucket_name(row: sqlite3.Row) -> str:
    parts = [row["kind"]]
    if row["server_id"]:
        parts.append(f"of server {row['server_id']}")
    if row["owner"]:
        parts.append(f"{'model' if row['kind'] == 'tier' else 'account'} {row['owner']}")
    if row["period"]:
        parts.append(row["period"])
    return f"bucket {row['id']} ({', '.join(parts)})"


def _job_name(row: sqlite3.Row) -> str:
    return f"job #{row['number']} of server {row['server_id']}"


def _leg(row: sqlite3.Row) -> Iterator[str]:
    name = f"{_job_name(row)}, {row['kind']}"
    is_open = row["outcome"] is None
    held = row["held"] if is_open else 0
    if row["held_rows"] != held:
        yield f"{name}: its rows hold {row['held_rows']}, its hold says {held}"
    settled = row["billed_free"] if row["kind"] == BucketKind.TIER else row["settled"] or 0
    if row["settled_rows"] != settled:
        yield f"{name}: its rows settle {row['settled_rows']}, its hold says {settled}"
    if is_open != (row["settled"] is None):
        yield f"{name}: the leg is {'open' if row['settled'] is None else 'settled'}, the hold is not"


def _hold(row: sqlite3.Row) -> Iterator[str]:
    name = _job_name(row)
    if row["images"] is None:
        yield f"{name}: has no hold"
        return
    is_live = JobState(row["state"]) in UNSETTLED
    if is_live != (row["outcome"] is None):
        yield f"{name}: is {row['state']}, and its hold is {row['outcome'] or 'open'}"
    for what, found, said in (
        ("free images held", row["free_held"], row["free_images"]),
        ("budget held", row["budget_held"], row["budget"]),
        ("credit held", row["credit_held"], row["credit"]),
        ("pool held", row["pool_held"], row["images"] * row["price"] + row["inputs"] * row["input_price"]),
        ("images held at the vendor", row["tier_held"], row["images"] + row["inputs"]),
        ("free images charged", row["free_settled"], row["charged_free"]),
        ("money charged", row["micros_settled"], row["charged_micros"]),
        ("pool charged", row["pool_settled"], _list_price(row)),
        ("cost", row["cost"], row["cost_micros"]),
        ("cost in doubt", row["doubt"], row["doubtful_micros"]),
        (
            "images billed at a price",
            cost_beyond(
                row["billed_free"],
                [(row["billed_price"], row["billed_images"]), (row["input_price"], row["billed_inputs"])],
            ),
            row["cost_micros"],
        ),
    ):
        if found != said:
            yield f"{name}: {what}: the rows make {found}, its hold says {said}"
    if row["doubt_left"] not in (0, row["doubtful_micros"]):
        yield f"{name}: {row['doubt_left']} of its doubtful cost of {row['doubtful_micros']} are left"


def _rewriting(row: sqlite3.Row) -> Iterator[str]:
    name = f"rewriting {row['id']} of server {row['server_id']}"
    for what, found, said in (
        ("cost", row["cost"], row["cost_micros"]),
        ("cost in doubt", row["doubt"], row["doubtful_micros"]),
        ("rows of another kind or bucket", row["strays"], 0),
    ):
        if found != said:
            yield f"{name}: {what}: the ledger has {found}, it says {said}"


def _list_price(row: sqlite3.Row) -> int:
    """Return what a hold's charge counts in the pool: its images and, with them, what came in."""
    if not row["charged_images"]:
        return 0
    inputs = min(row["inputs"], row["billed_inputs"])
    return row["charged_images"] * min(row["price"], row["billed_price"]) + inputs * row["input_price"]
