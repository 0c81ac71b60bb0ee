"""Word that a member's quota of a period is nearly used up: once, with the result of the request that makes it so."""

import sqlite3

from bot.domain.books.ledger import BucketKind
from bot.domain.requests.quota import Terms, is_nearly_out
from bot.storage.ledger import entries

# Of a request that came to nothing nobody was told: the next one tells.
NOTE = """
INSERT INTO nearly_out (bucket_id, job_id) VALUES (:bucket_id, :job_id)
ON CONFLICT (bucket_id) DO UPDATE SET job_id = excluded.job_id WHERE EXISTS (
    SELECT 1 FROM holds WHERE holds.job_id = nearly_out.job_id AND outcome IS NOT NULL AND charged_images = 0)
"""


def note(
    conn: sqlite3.Connection, job_id: int, server_id: int, account_id: int, terms: Terms, *, price_micros: int
) -> None:
    """Note that a job whose hold was just placed is to tell its member that they are nearly out, if they are.

    Args:
        conn: inside the transaction that takes the request.
        job_id: its job.
        server_id: where.
        account_id: the member's.
        terms: that apply to them.
        price_micros: of one image of the request.
    """
    allowance = entries.bucket(conn, BucketKind.ALLOWANCE, server_id, str(account_id), terms.period.key)
    left = entries.balance(conn, server_id, account_id, terms)
    if is_nearly_out(left, terms.rule, allowance.granted, price_micros):
        conn.execute(NOTE, {"bucket_id": allowance.id, "job_id": job_id})
