"""What a server's admins give its members: credit, free pictures, a charge back, a period anew. Never to themselves.

Each is one transaction with its audit row, and rows of the ledger that nothing changes afterwards.
"""

import sqlite3

from bot.domain.act import Act
from bot.domain.books.ledger import BucketKind, EntryKind, GiftKind
from bot.domain.requests.quota import Refund, Reset
from bot.domain.time.periods import Period
from bot.errors import MemberError
from bot.ports import Clock
from bot.storage.ledger import entries, holds
from bot.storage.outbox import messages
from bot.storage.records import acts, retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT, MEMBER_OF, account_of
from bot.storage.sqlite.database import Database

# A refund gives credit back first, as `quota.settle` does, and what was of a budget as credit, too.
BUDGET_REFUNDED = """
SELECT coalesce(sum(max(0, back.micros - coalesce(credit.settled, 0))), 0) FROM legs
JOIN (SELECT job_id, sum(granted_delta) AS micros FROM ledger WHERE kind = 'refund' GROUP BY job_id) AS back
    ON back.job_id = legs.job_id
LEFT JOIN legs AS credit ON credit.job_id = legs.job_id
    AND credit.bucket_id IN (SELECT id FROM buckets WHERE kind = 'credit')
WHERE legs.bucket_id = :bucket_id
"""
IS_OF_SERVER = "SELECT 1 FROM jobs WHERE id = :job_id AND server_id = :server_id"


class Gifts:
    """What admins give."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def grant(self, act: Act, member_id: int, micros: int) -> tuple[int, int]:
        """Give a member credit; return what they had of it left, before and after, in micro-yuan.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def granted(conn: sqlite3.Connection) -> tuple[int, int]:
            account_id = account_of(conn, member_id, now_ms)
            actor = acts.do(conn, act, now_ms, detail={"account": account_id, "micros": micros})
            credit = entries.bucket(conn, BucketKind.CREDIT, act.server_id, str(account_id), "")
            entries.move(
                conn, EntryKind.GRANT, credit.id, at_ms=now_ms, granted=micros, actor_id=actor, reason=act.reason
            )
            _tell(conn, act, account_id, now_ms, GiftKind.CREDIT, micros=micros)
            left = credit.granted - credit.taken
            return left, left + micros

        return await self._db.write(granted)

    async def grant_pictures(self, act: Act, member_id: int, images: int, period: Period) -> None:
        """Give a member free images on top of their rule's, in one period.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def granted(conn: sqlite3.Connection) -> None:
            account_id = account_of(conn, member_id, now_ms)
            detail = {"account": account_id, "images": images, "period": period.key}
            actor = acts.do(conn, act, now_ms, detail=detail)
            allowance = entries.bucket(conn, BucketKind.ALLOWANCE, act.server_id, str(account_id), period.key)
            entries.move(
                conn, EntryKind.GRANT, allowance.id, at_ms=now_ms, granted=images, actor_id=actor, reason=act.reason
            )
            _tell(conn, act, account_id, now_ms, GiftKind.PICTURES, images=images, ends_ms=period.end_ms)

        await self._db.write(granted)

    async def used_in(self, server_id: int, member_id: int, period: Period) -> Reset:
        """Return what a member has used of a period's free images and budget, and ``reset`` would give anew."""
        now_ms = self._clock.now_ms()

        def used(conn: sqlite3.Connection) -> Reset:
            known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
            if known is None:
                kept = retained_limits.used_of(conn, server_id, member_id, period, now_ms)
                return Reset(*(kept.get(kind, 0) for kind in entries.PERIODIC))
            owner = str(known[0])
            found = [(kind, entries.peek(conn, kind, server_id, owner, period.key)) for kind in entries.PERIODIC]
            return Reset(*(_to_give_anew(conn, kind, bucket) for kind, bucket in found))

        return await self._db.read(used)

    async def reset(self, act: Act, member_id: int, period: Period) -> Reset:
        """Give a member a period's free images and budget anew: what they have used of them; what is held stays.

        What was refunded of their budget they have as credit, and not once more.

        Raises:
            MemberError: if they have used nothing of them.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def reset(conn: sqlite3.Connection) -> Reset:
            acts.require_new(conn, act.interaction_id)
            account_id = account_of(conn, member_id, now_ms)
            owner = str(account_id)
            buckets = [entries.bucket(conn, kind, act.server_id, owner, period.key) for kind in entries.PERIODIC]
            used = [_to_give_anew(conn, *one) for one in zip(entries.PERIODIC, buckets, strict=True)]
            if not any(used):
                raise MemberError("nothing-to-reset")
            images, micros = used
            detail = {"account": account_id, "images": images, "micros": micros, "period": period.key}
            actor = acts.do(conn, act, now_ms, detail=detail)
            for bucket, amount in zip(buckets, used, strict=True):
                if amount:
                    entries.move(conn, EntryKind.GRANT, bucket.id, at_ms=now_ms, used=-amount, actor_id=actor)
            given = {"images": images, "micros": micros, "ends_ms": period.end_ms}
            _tell(conn, act, account_id, now_ms, GiftKind.PERIOD, **given)
            return Reset(images, micros)

        return await self._db.write(reset)

    async def member_of(self, account_id: int) -> int:
        """Return the Discord id of an account's member; 0 once they were forgotten."""

        def found(conn: sqlite3.Connection) -> int:
            known = conn.execute(MEMBER_OF, {"account_id": account_id}).fetchone()
            return int(known[0]) if known else 0

        return await self._db.read(found)

    async def refund(self, act: Act, job_id: int) -> Refund:
        """Give back all that a job was charged; once.

        Raises:
            MemberError: if nothing was charged, or it was given back already.
            NotPermitted: if it is the actor's own job.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def refunded(conn: sqlite3.Connection) -> Refund:
            if conn.execute(IS_OF_SERVER, {"job_id": job_id, "server_id": act.server_id}).fetchone() is None:
                raise MemberError("nothing-to-refund")
            actor = acts.do(conn, act, now_ms, job_id=job_id)
            return holds.refund(conn, job_id, now_ms=now_ms, actor_id=actor, reason=act.reason)

        return await self._db.write(refunded)


def _tell(conn: sqlite3.Connection, act: Act, account_id: int, now_ms: int, kind: GiftKind, **given: int) -> None:
    """Have a member told what they were given; of the giver, and of their reason, they are not told."""
    content = {"server_id": act.server_id, "account_id": account_id, "gift": kind.value, **given}
    messages.add(conn, "gift", at_ms=now_ms, content=content)


def _to_give_anew(conn: sqlite3.Connection, kind: BucketKind, one: entries.Bucket) -> int:
    """Return what of a period's free images or budget is used and was given back in no other form.

    What was refunded of a budget is its member's as credit: the budget stays used by as much.
    """
    if kind is not BucketKind.BUDGET:
        return max(0, one.used)
    refunded = conn.execute(BUDGET_REFUNDED, {"bucket_id": one.id}).fetchone()[0]
    return max(0, one.used - int(refunded))
