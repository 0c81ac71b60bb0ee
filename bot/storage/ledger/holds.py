"""Holds: placed against every limit at once, resolved once. Parts of larger transactions."""

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass

from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.requests import quota
from bot.domain.requests.model import AreaTier, FreeTier, Model
from bot.domain.requests.prices import ImagePrice
from bot.domain.requests.quota import Balance, Refund, Split, Terms
from bot.errors import MemberError, NotPermitted, OverQuota
from bot.storage.ledger import alarms
from bot.storage.ledger.entries import NO_TIER, balance, bucket, move, peek, tier_bucket
from bot.storage.outbox import feed

# The check and the hold are one statement: nothing can come between them.
HOLD_WITHIN = """
INSERT INTO ledger (at_ms, kind, bucket_id, job_id, used_delta, held_delta)
SELECT :at_ms, 'hold', id, :job_id, 0, :amount FROM buckets
WHERE id = :bucket_id AND (:limit IS NULL OR used + held + :amount <= :limit)
"""
ADD_LEG = "INSERT INTO legs (job_id, bucket_id, held, limit_then) VALUES (:job_id, :bucket_id, :amount, :limit)"
SETTLE_LEG = "UPDATE legs SET settled = :settled WHERE job_id = :job_id AND bucket_id = :bucket_id"
ADD_HOLD = """
INSERT INTO holds (job_id, made_ms, model, images, price, small_price, large_price, inputs, input_price, free_images,
    budget, credit)
VALUES (:job_id, :made_ms, :model, :images, :price, :small_price, :large_price, :inputs, :input_price, :free_images,
    :budget, :credit)
"""
FIND_HOLD = "SELECT * FROM holds WHERE job_id = :job_id"
RESOLVE_HOLD = """
UPDATE holds SET outcome = :outcome, resolved_ms = :at_ms, charged_images = :charged_images,
    charged_free = :charged_free, charged_micros = :charged_micros, billed_images = :billed_images,
    billed_free = :billed_free, billed_price = :billed_price, billed_inputs = :billed_inputs,
    cost_micros = :cost_micros, doubtful_micros = :doubtful_micros
WHERE job_id = :job_id AND outcome IS NULL
"""
LEGS = """
SELECT legs.bucket_id, legs.held, buckets.kind, buckets.used FROM legs JOIN buckets ON buckets.id = legs.bucket_id
WHERE legs.job_id = :job_id
"""
REFUNDED = """
SELECT coalesce(-sum(used_delta), 0) AS free, coalesce(sum(granted_delta), 0) AS micros FROM ledger
WHERE job_id = :job_id AND kind = 'refund'
"""
# Of a period that an admin gave anew after the job was charged, the job's part is back already.
GIVEN_ANEW = """
SELECT buckets.kind FROM legs JOIN buckets ON buckets.id = legs.bucket_id
WHERE legs.job_id = :job_id AND EXISTS (
    SELECT 1 FROM ledger AS anew WHERE anew.bucket_id = legs.bucket_id AND anew.kind = 'grant' AND anew.used_delta < 0
        AND anew.id > (SELECT max(id) FROM ledger AS charged WHERE charged.job_id = legs.job_id
            AND charged.bucket_id = legs.bucket_id AND charged.kind = 'settle'))
"""
OWNER = """
SELECT jobs.server_id, jobs.account_id, members.discord_id FROM jobs
LEFT JOIN members ON members.account_id = jobs.account_id WHERE jobs.id = :job_id
"""
OPEN_HOLDS = """
SELECT model, price, sum(images) AS images FROM holds WHERE outcome IS NULL GROUP BY model, price
UNION ALL
SELECT model, input_price, sum(inputs) FROM holds WHERE outcome IS NULL AND inputs > 0 GROUP BY model, input_price
"""
OPEN_REWRITINGS = "SELECT coalesce(sum(most_micros), 0) FROM rewritings WHERE outcome IS NULL"


def place_hold(
    conn: sqlite3.Connection,
    *,
    job_id: int,
    server_id: int,
    account_id: int,
    model: Model,
    images: int,
    price: ImagePrice,
    terms: Terms,
    now_ms: int,
) -> Split:
    """Hold ``images`` of ``model``, and what comes in with them, against every limit at once.

    They are held at the most that they can cost as they are asked for.

    Raises:
        OverQuota: naming the limit that binds; the caller's transaction must be rolled back.
    """
    left = balance(conn, server_id, account_id, terms)
    parts = quota.split(images, price.asked, left, inputs_micros=price.of_inputs)
    if parts is None:
        raise _member_is_short(images, price, left, terms)
    conn.execute(
        ADD_HOLD,
        {
            "job_id": job_id,
            "made_ms": now_ms,
            "model": model.name,
            "images": images,
            "price": price.asked,
            "small_price": price.small,
            "large_price": price.large,
            "inputs": price.inputs,
            "input_price": price.input,
            "free_images": parts.free_images,
            BucketKind.BUDGET: parts.budget_micros,
            BucketKind.CREDIT: parts.credit_micros,
        },
    )
    owner, period, month = str(account_id), terms.period.key, terms.month.key
    allowance = bucket(conn, BucketKind.ALLOWANCE, server_id, owner, period)
    budget = bucket(conn, BucketKind.BUDGET, server_id, owner, period)
    credit = bucket(conn, BucketKind.CREDIT, server_id, owner, "")
    pool = bucket(conn, BucketKind.POOL, server_id, "", month)
    list_price = images * price.asked + price.of_inputs
    for held_in, amount, limit in (
        (allowance, parts.free_images, terms.rule.free_images + allowance.granted),
        (budget, parts.budget_micros, terms.rule.budget_micros),
        (credit, parts.credit_micros, credit.granted),
    ):
        if amount and not _hold_leg(conn, job_id, held_in.id, amount, limit, now_ms):
            raise _member_is_short(images, price, left, terms)
    if not _hold_leg(conn, job_id, pool.id, list_price, terms.pool_micros, now_ms):
        pool_left = max(0, (terms.pool_micros or 0) - pool.taken)
        raise OverQuota("over-pool", left=pool_left, needed=list_price, resets_ms=terms.month.end_ms)
    _hold_leg(conn, job_id, tier_bucket(conn, model).id, images + price.inputs, None, now_ms)
    cap = bucket(conn, BucketKind.CAP, 0, "", month)
    _hold_leg(conn, job_id, cap.id, 0, terms.cap_micros, now_ms)
    at_most = cap.taken + open_cost(conn, terms, now_ms)
    if terms.cap_micros is not None and at_most > terms.cap_micros:
        raise OverQuota("over-cap", resets_ms=terms.month.end_ms)
    watch_pool(conn, server_id, terms, now_ms)
    watch_cap(conn, terms, now_ms, taken=at_most)
    return parts


def watch_pool(conn: sqlite3.Connection, server_id: int, terms: Terms, now_ms: int, *, is_short: bool = False) -> None:
    """Have a server's admins told once that its pool is nearly used up, or too short for a request."""
    pool, limit = bucket(conn, BucketKind.POOL, server_id, "", terms.month.key), terms.pool_micros
    taken = limit if is_short and limit is not None else pool.taken
    content = {"server_id": server_id, "resets_ms": terms.month.end_ms, "is_own": int(terms.is_own_pool)}
    alarms.watch(conn, "pool", pool.id, taken=taken, limit=limit, now_ms=now_ms, content=content)


def watch_cap(conn: sqlite3.Connection, terms: Terms, now_ms: int, *, taken: int) -> None:
    """Have the operator told once that the month's cap is nearly used up; ``taken`` counts what open holds may cost."""
    cap, content = bucket(conn, BucketKind.CAP, 0, "", terms.month.key), {"resets_ms": terms.month.end_ms}
    alarms.watch(conn, "cap", cap.id, taken=taken, limit=terms.cap_micros, now_ms=now_ms, content=content)


def _hold_leg(
    conn: sqlite3.Connection, job_id: int, bucket_id: int, amount: int, limit: int | None, now_ms: int
) -> bool:
    leg = {"job_id": job_id, "bucket_id": bucket_id, "amount": amount, "limit": limit, "at_ms": now_ms}
    if amount and conn.execute(HOLD_WITHIN, leg).rowcount == 0:
        return False
    conn.execute(ADD_LEG, leg)
    return True


def _member_is_short(images: int, price: ImagePrice, left: Balance, terms: Terms) -> OverQuota:
    inputs_micros = price.of_inputs
    affordable = next(
        n for n in range(images - 1, -1, -1) if n == 0 or quota.split(n, price.asked, left, inputs_micros=inputs_micros)
    )
    return OverQuota(
        "over-quota",
        images=images,
        price=price.asked,
        inputs=price.inputs,
        inputs_paid=inputs_micros,
        free_left=max(0, left.free_images),
        budget_left=max(0, left.budget_micros),
        credit_left=max(0, left.credit_micros),
        affordable=affordable,
        resets_ms=terms.period.end_ms,
    )


def open_cost(conn: sqlite3.Connection, terms: Terms, now_ms: int) -> int:
    """Return the most that open holds and rewritings can still cost, at the prices that they were made with."""
    open_images = defaultdict[str, Counter[int]](Counter)
    for row in conn.execute(OPEN_HOLDS).fetchall():
        open_images[row["model"]][row["price"]] += row["images"]
    cost = int(conn.execute(OPEN_REWRITINGS).fetchone()[0])
    for name, by_price in open_images.items():
        model = terms.catalogue.get(name)
        tier = model.free_tier if model else None
        used = peek(conn, BucketKind.TIER, 0, name, tier.key if tier else NO_TIER).used
        cost += quota.worst_cost(by_price, tier, used, now_ms)
    return cost


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a hold ended; resolving it again gives the first one."""

    outcome: str
    is_first: bool


def settle(
    conn: sqlite3.Connection,
    job_id: int,
    *,
    charged_images: int,
    billed_images: int,
    tier: FreeTier | None,
    now_ms: int,
    billed_area: AreaTier | None = None,
    billed_inputs: int | None = None,
) -> Resolution:
    """Charge for ``charged_images``, return the rest, and note what the vendor bills; once.

    Both go by the price of the area and the number of pictures in that the vendor reports, if it reports them; the
    charge is never more than was held.
    """
    hold = conn.execute(FIND_HOLD, {"job_id": job_id}).fetchone()
    if hold["outcome"] is not None:
        return Resolution(hold["outcome"], is_first=False)
    charged_images = min(charged_images, hold["images"])
    billed_price = ImagePrice(hold["price"], hold["small_price"], hold["large_price"]).billed(billed_area)
    price = min(hold["price"], billed_price)
    billed_inputs = _inputs_billed(hold, billed_images, billed_inputs)
    inputs_micros = min(hold["inputs"], billed_inputs) * hold["input_price"]
    held = Split(hold["free_images"], hold["budget"], hold["credit"])
    charge = quota.settle(held, charged_images, price, inputs_micros=inputs_micros)
    settled_by_kind = {
        BucketKind.ALLOWANCE: charge.free_images,
        BucketKind.BUDGET: charge.budget_micros,
        BucketKind.CREDIT: charge.credit_micros,
        BucketKind.POOL: charged_images * price + inputs_micros if charged_images else 0,
    }
    billed_free, cost = 0, 0
    for leg in conn.execute(LEGS, {"job_id": job_id}).fetchall():
        settled = settled_by_kind.get(leg["kind"], 0)
        if leg["kind"] == BucketKind.TIER:
            billed_free = min(billed_images + billed_inputs, quota.tier_left(tier, leg["used"], now_ms))
            settled = min(billed_free, leg["held"])
            priced = [(billed_price, billed_images), (hold["input_price"], billed_inputs)]
            cost = quota.cost_beyond(billed_free, priced)
        conn.execute(SETTLE_LEG, {"settled": settled, "job_id": job_id, "bucket_id": leg["bucket_id"]})
        used = billed_free if leg["kind"] == BucketKind.TIER else settled
        if used or leg["held"]:
            move(conn, EntryKind.SETTLE, leg["bucket_id"], at_ms=now_ms, job_id=job_id, used=used, held=-leg["held"])
    if cost:
        move(conn, EntryKind.COST, _cap_of(conn, job_id), at_ms=now_ms, job_id=job_id, used=cost)
    _resolve(
        conn,
        job_id,
        "settled",
        now_ms,
        charged_images=charged_images,
        charged_free=charge.free_images,
        charged_micros=charge.paid_micros,
        billed_images=billed_images,
        billed_free=billed_free,
        billed_price=billed_price,
        billed_inputs=billed_inputs,
        cost_micros=cost,
    )
    return Resolution("settled", is_first=True)


def _inputs_billed(hold: sqlite3.Row, billed_images: int, reported: int | None) -> int:
    """Return how many pictures that came in the vendor bills: all where it does not say, but for nothing drawn none."""
    if not hold["inputs"]:
        return 0
    if reported is not None:
        return reported
    return hold["inputs"] if billed_images else 0


def void(
    conn: sqlite3.Connection, job_id: int, *, now_ms: int, outcome: str = "voided", doubtful_images: int = 0
) -> Resolution:
    """Give back all that was held; once.

    Args:
        conn: inside a write transaction.
        job_id: whose hold.
        now_ms: when.
        outcome: ``voided``, or ``expired`` where the job waited too long.
        doubtful_images: images that the vendor may bill without our knowing: they go on counting against the
            operator's cap, at full price and with all that came in, until somebody finds out.
    """
    hold = conn.execute(FIND_HOLD, {"job_id": job_id}).fetchone()
    if hold["outcome"] is not None:
        return Resolution(hold["outcome"], is_first=False)
    for leg in conn.execute(LEGS, {"job_id": job_id}).fetchall():
        conn.execute(SETTLE_LEG, {"settled": 0, "job_id": job_id, "bucket_id": leg["bucket_id"]})
        if leg["held"]:
            kind = EntryKind.EXPIRE if outcome == "expired" else EntryKind.VOID
            move(conn, kind, leg["bucket_id"], at_ms=now_ms, job_id=job_id, held=-leg["held"])
    doubtful = doubtful_images * hold["price"]
    if doubtful_images:
        doubtful += hold["inputs"] * hold["input_price"]
    if doubtful:
        move(conn, EntryKind.DOUBT, _cap_of(conn, job_id), at_ms=now_ms, job_id=job_id, held=doubtful)
    _resolve(conn, job_id, outcome, now_ms, doubtful_micros=doubtful)
    return Resolution(outcome, is_first=True)


def refundable(conn: sqlite3.Connection, job_id: int, actor_id: int) -> Refund:
    """Return what the account ``actor_id`` can have given back, or ask to have given back, of a job's charge.

    Raises:
        MemberError: if nothing was charged, it was given back already, or whoever asked was forgotten since.
        NotPermitted: if it is the actor's own job.
    """
    hold = conn.execute(FIND_HOLD, {"job_id": job_id}).fetchone()
    if hold is None or not hold["charged_images"]:
        raise MemberError("nothing-to-refund")
    owner = conn.execute(OWNER, {"job_id": job_id}).fetchone()
    if owner["account_id"] == actor_id:
        raise NotPermitted("refund-own")
    if owner["discord_id"] is None:
        raise MemberError("refund-forgotten")
    back = _charged_beyond(conn, hold, 0)
    if back == Refund(0, 0):
        raise MemberError("refunded-already")
    return back


def refund(conn: sqlite3.Connection, job_id: int, *, now_ms: int, actor_id: int, reason: str) -> Refund:
    """Give back what a job was charged: free images to the period that they were taken from, money as credit.

    The server's pool and the vendor's bill stay as they are, since the pictures were made.

    Raises:
        MemberError: as ``refundable``.
    """
    back = refundable(conn, job_id, actor_id)
    _give_back(conn, job_id, back, now_ms=now_ms, actor_id=actor_id, reason=reason)
    feed.note_change(conn, job_id, now_ms)
    return back


def charge_only(conn: sqlite3.Connection, job_id: int, images: int, *, now_ms: int, reason: str) -> Refund:
    """Give back what a settled job was charged beyond ``images``, unless it was given back already; as `refund`."""
    back = _charged_beyond(conn, conn.execute(FIND_HOLD, {"job_id": job_id}).fetchone(), images)
    _give_back(conn, job_id, back, now_ms=now_ms, actor_id=None, reason=reason)
    return back


def _charged_beyond(conn: sqlite3.Connection, hold: sqlite3.Row, images: int) -> Refund:
    """Return what a settled job was charged beyond ``images``, less what was given back of it, or with its period."""
    held = Split(hold["free_images"], hold["budget"], hold["credit"])
    price = min(hold["price"], hold["billed_price"])
    inputs_micros = min(hold["inputs"], hold["billed_inputs"]) * hold["input_price"]
    rest = quota.settle(held, min(images, hold["charged_images"]), price, inputs_micros=inputs_micros)
    whole = quota.settle(held, hold["charged_images"], price, inputs_micros=inputs_micros)
    before = conn.execute(REFUNDED, {"job_id": hold["job_id"]}).fetchone()
    anew = {row["kind"] for row in conn.execute(GIVEN_ANEW, {"job_id": hold["job_id"]})}
    free = 0 if BucketKind.ALLOWANCE in anew else whole.free_images - rest.free_images
    budget = 0 if BucketKind.BUDGET in anew else whole.budget_micros - rest.budget_micros
    credit = whole.credit_micros - rest.credit_micros
    return Refund(max(0, free - before["free"]), max(0, budget + credit - before["micros"]))


def _give_back(
    conn: sqlite3.Connection, job_id: int, back: Refund, *, now_ms: int, actor_id: int | None, reason: str
) -> None:
    if back.free_images:
        allowance = next(leg for leg in conn.execute(LEGS, {"job_id": job_id}) if leg["kind"] == BucketKind.ALLOWANCE)
        bucket_id, free = allowance["bucket_id"], -back.free_images
        move(
            conn, EntryKind.REFUND, bucket_id, at_ms=now_ms, job_id=job_id, used=free, actor_id=actor_id, reason=reason
        )
    if back.credit_micros:
        owner = conn.execute(OWNER, {"job_id": job_id}).fetchone()
        credit = bucket(conn, BucketKind.CREDIT, owner["server_id"], str(owner["account_id"]), "")
        move(
            conn,
            EntryKind.REFUND,
            credit.id,
            at_ms=now_ms,
            job_id=job_id,
            granted=back.credit_micros,
            actor_id=actor_id,
            reason=reason,
        )


def _cap_of(conn: sqlite3.Connection, job_id: int) -> int:
    # The month of the hold: a job that ends after midnight still belongs to the month in which it was admitted.
    legs = conn.execute(LEGS, {"job_id": job_id})
    return next(leg["bucket_id"] for leg in legs if leg["kind"] == BucketKind.CAP)


def _resolve(conn: sqlite3.Connection, job_id: int, outcome: str, now_ms: int, **figures: int) -> None:
    charged, billed = ("charged_images", "charged_free", "charged_micros"), ("billed_images", "billed_free")
    zeros = dict.fromkeys((*charged, *billed, "billed_price", "billed_inputs", "cost_micros"), 0)
    values = {**zeros, "doubtful_micros": 0, **figures, "job_id": job_id, "outcome": outcome, "at_ms": now_ms}
    conn.execute(RESOLVE_HOLD, values)
