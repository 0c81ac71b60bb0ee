"""What is true of the ledger in every state of it."""

import sqlite3


def balances_equal_rows(conn: sqlite3.Connection) -> None:
    """Hold each bucket's balances against the sums of its rows, and what it holds against the open holds."""
    wrong = conn.execute(
        """
        SELECT b.id, b.kind, b.used, sum(l.used_delta), b.held, sum(l.held_delta), b.granted, sum(l.granted_delta)
        FROM buckets b LEFT JOIN ledger l ON l.bucket_id = b.id GROUP BY b.id
        HAVING b.used <> coalesce(sum(l.used_delta), 0) OR b.held <> coalesce(sum(l.held_delta), 0)
            OR b.granted <> coalesce(sum(l.granted_delta), 0)
        """
    ).fetchall()
    sums = [tuple(row) for row in wrong]
    assert not sums, f"a balance is not the sum of its rows, as (bucket, kind, used, its sum, held, granted): {sums}"
    # What is held in a bucket is what the open holds hold there, and the doubtful cost.
    open_legs = """
        SELECT b.id, b.held, coalesce(sum(CASE WHEN h.outcome IS NULL THEN g.held ELSE 0 END), 0) AS open_held,
            coalesce(sum(CASE WHEN b.kind = 'cap' THEN h.doubtful_micros ELSE 0 END), 0)
                + (SELECT coalesce(sum(held_delta), 0) FROM ledger WHERE bucket_id = b.id AND kind = 'correction')
                + (SELECT coalesce(sum(doubtful_micros), 0) FROM rewritings WHERE bucket_id = b.id)
                AS doubtful
        FROM buckets b LEFT JOIN legs g ON g.bucket_id = b.id LEFT JOIN holds h ON h.job_id = g.job_id GROUP BY b.id
        """
    for row in conn.execute(open_legs):
        is_explained = row["held"] == row["open_held"] + row["doubtful"]
        assert is_explained, f"a bucket holds something else than its open holds and doubtful costs: {dict(row)}"


def holds_within_limits(conn: sqlite3.Connection) -> None:
    """Hold what each bucket has used and holds against the limits that applied to its holds."""
    # Each hold was checked against its limit; afterwards used + held only falls. So at any time it stays under the
    # largest limit that applied to a hold of the bucket; the cap's legs hold nothing: its cost must stay under it.
    over = conn.execute(
        """
        SELECT b.kind, b.used, b.held, max(g.limit_then) AS most,
            (SELECT coalesce(sum(used_delta), 0) FROM ledger
                WHERE bucket_id = b.id AND kind = 'cost' AND job_id IS NULL AND rewriting_id IS NULL) AS booked_by_hand
        FROM buckets b JOIN legs g ON g.bucket_id = b.id
        WHERE b.kind <> 'tier' GROUP BY b.id HAVING count(*) = count(g.limit_then) AND b.used + b.held > most
        """
    ).fetchall()
    taken = [tuple(row) for row in over if row["kind"] != "cap"]
    assert not taken, f"more was taken than a limit allows, as (kind, used, held, limit): {taken}"
    # What the operator books of tasks of no job was spent already, whatever the cap is.
    spent = [tuple(row) for row in over if row["kind"] == "cap" and row["used"] - row["booked_by_hand"] > row["most"]]
    assert not spent, f"more was spent than the operator's cap, as (kind, used, held, cap, by hand): {spent}"


def settled_within_holds(conn: sqlite3.Connection) -> None:
    """Hold what each leg settled against what it held: of a series fewer pictures may come, and never more count."""
    over = conn.execute(
        """
        SELECT job_id, kind, settled, legs.held FROM legs JOIN buckets ON buckets.id = bucket_id
        WHERE settled > legs.held
        """
    ).fetchall()
    more = [tuple(row) for row in over]
    assert not more, f"more was settled than was held, as (job, kind, settled, held): {more}"
