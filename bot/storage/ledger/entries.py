"""Buckets and the ledger's rows: parts of larger transactions.

Every figure of a bucket moves by inserting a row of ``ledger``; a trigger carries it over, so that balances can't
differ from the sums of the rows.
"""

import sqlite3
from dataclasses import dataclass

from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.requests.model import Model
from bot.domain.requests.quota import Balance, Terms
from bot.domain.time.periods import Period

NO_TIER = "none"
"""The period of a model's tier bucket where no free tier is assumed."""

PERIODIC = (BucketKind.ALLOWANCE, BucketKind.BUDGET)
"""Kinds of a member's buckets that begin anew with each period."""

FIND_BUCKET = """
SELECT id, used, held, granted FROM buckets
WHERE kind = :kind AND server_id = :server_id AND owner = :owner AND period = :period
"""
MAKE_BUCKET = """
INSERT INTO buckets (kind, server_id, owner, period) VALUES (:kind, :server_id, :owner, :period)
RETURNING id, used, held, granted
"""
MOVE = """
INSERT INTO ledger (at_ms, kind, bucket_id, job_id, rewriting_id, used_delta, held_delta, granted_delta, actor_id,
    reason)
VALUES (:at_ms, :kind, :bucket_id, :job_id, :rewriting_id, :used, :held, :granted, :actor_id, :reason)
"""
SPENT_SINCE = """
SELECT 1 FROM ledger
WHERE bucket_id = :bucket_id AND kind = 'settle' AND used_delta > 0 AND at_ms >= :since_ms LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A limit's figures; see ``buckets`` in the schema."""

    id: int
    used: int
    held: int
    granted: int

    @property
    def taken(self) -> int:
        return self.used + self.held


def bucket(conn: sqlite3.Connection, kind: BucketKind, server_id: int, owner: str, period: str) -> Bucket:
    """Return the bucket, made with zeros if it is new."""
    key = {"kind": kind, "server_id": server_id, "owner": owner, "period": period}
    row = conn.execute(FIND_BUCKET, key).fetchone() or conn.execute(MAKE_BUCKET, key).fetchone()
    return Bucket(**dict(row))


def peek(conn: sqlite3.Connection, kind: BucketKind, server_id: int, owner: str, period: str) -> Bucket:
    """Return the bucket without making it: zeros if there is none. For readers."""
    key = {"kind": kind, "server_id": server_id, "owner": owner, "period": period}
    row = conn.execute(FIND_BUCKET, key).fetchone()
    return Bucket(**dict(row)) if row else Bucket(0, 0, 0, 0)


def move(
    conn: sqlite3.Connection,
    kind: EntryKind,
    bucket_id: int,
    *,
    at_ms: int,
    job_id: int | None = None,
    rewriting_id: int | None = None,
    used: int = 0,
    held: int = 0,
    granted: int = 0,
    actor_id: int | None = None,
    reason: str = "",
) -> None:
    """Write one row of the ledger."""
    conn.execute(
        MOVE,
        {
            "at_ms": at_ms,
            "kind": kind,
            "bucket_id": bucket_id,
            "job_id": job_id,
            "rewriting_id": rewriting_id,
            "used": used,
            "held": held,
            "granted": granted,
            "actor_id": actor_id,
            "reason": reason,
        },
    )


def balance(conn: sqlite3.Connection, server_id: int, account_id: int, terms: Terms) -> Balance:
    """Return what a member has left under ``terms``."""
    owner = str(account_id)
    credit = peek(conn, BucketKind.CREDIT, server_id, owner, "")
    allowance = peek(conn, BucketKind.ALLOWANCE, server_id, owner, terms.period.key)
    return Balance(
        terms.rule.free_images + allowance.granted - allowance.taken,
        terms.rule.budget_micros - peek(conn, BucketKind.BUDGET, server_id, owner, terms.period.key).taken,
        credit.granted - credit.taken,
    )


def has_paid(conn: sqlite3.Connection, server_id: int, account_id: int, period: Period) -> bool:
    """Whether a member has paid for pictures in a period, or is about to."""
    owner = str(account_id)
    credit = peek(conn, BucketKind.CREDIT, server_id, owner, "")
    if credit.held or peek(conn, BucketKind.BUDGET, server_id, owner, period.key).taken:
        return True
    return conn.execute(SPENT_SINCE, {"bucket_id": credit.id, "since_ms": period.start_ms}).fetchone() is not None


def tier_bucket(conn: sqlite3.Connection, model: Model) -> Bucket:
    """Return the bucket of a model's images at the vendor."""
    return bucket(conn, BucketKind.TIER, 0, model.name, model.free_tier.key if model.free_tier else NO_TIER)
