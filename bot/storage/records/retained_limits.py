"""What outlasts a forgotten member: what still counts or binds, and a "no" of theirs.

Of limits that is what a running period has seen used, what of an admin's rule for the member gave them less than they
would have without it, how many prompts they had rewritten on the day, and when they last asked, as long as a wait
between requests may ask for that. The "no" is whether others may edit their pictures, which being forgotten must not
turn into a "yes".

All of it is kept under a keyed hash of the Discord id, and moved to the new account when the member comes back.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass

from bot.domain.books.ledger import BucketKind, EntryKind
from bot.domain.moderation.cases import STRIKE_WINDOW_MS
from bot.domain.preferences import Preferences
from bot.domain.privacy import Lasting, Outlasting
from bot.domain.requests.quota_rules import FIELDS, PartialRule
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.domain.time.periods import Period
from bot.storage.files.member_key import hash_of
from bot.storage.ledger import entries
from bot.storage.records import refused_prompts

_LASTING = {
    "block": Lasting.BLOCK,
    "strike": Lasting.STRIKES,
    "rule": Lasting.RULE,
    BucketKind.ALLOWANCE: Lasting.USED,
    BucketKind.BUDGET: Lasting.USED,
    "rewriting": Lasting.USED,
    "request": Lasting.REQUEST,
    "preference": Lasting.PREFERENCE,
}

# Naming the servers lets SQLite use the indices by server.
SERVERS_OF = """
SELECT server_id FROM buckets
WHERE kind IN ('allowance', 'budget') AND server_id IN (SELECT id FROM servers) AND owner = :owner
UNION SELECT server_id FROM rules WHERE scope = 'member' AND owner = :account_id
UNION SELECT server_id FROM jobs WHERE server_id IN (SELECT id FROM servers) AND account_id = :account_id
"""
# What admins gave on top is lost with the account, as credit is; so is what was used of it.
# The table of retained limits keeps its first name: the code would read no better for a migration.
RETAIN_USED = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, period, used, until_ms)
SELECT :hash, server_id, kind, period, used - granted, :until_ms FROM buckets
WHERE kind IN ('allowance', 'budget') AND server_id = :server_id AND owner = :owner AND period = :period
    AND used > granted
"""
RETAIN_RULE = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, field, used, until_ms)
VALUES (:hash, :server_id, 'rule', :field, :value, 0)
"""
RETAIN_REQUEST = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, used, until_ms)
SELECT :hash, server_id, 'request', max(created_ms), max(created_ms) + :wait_ms FROM jobs
WHERE server_id = :server_id AND account_id = :account_id GROUP BY server_id HAVING max(created_ms) + :wait_ms > :now_ms
"""
# Beside those of the day that an earlier forgetting has left. What the vendor did not take does not count.
RETAIN_REWRITINGS = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, used, until_ms)
SELECT :hash, server_id, 'rewriting', count(*) + coalesce((SELECT used FROM carried WHERE hash = :hash
    AND carried.server_id = rewritings.server_id AND kind = 'rewriting' AND until_ms > :now_ms), 0), :until_ms
FROM rewritings WHERE account_id = :account_id AND made_ms >= :start_ms AND made_ms < :until_ms
    AND outcome IS NOT 'voided' GROUP BY server_id
"""
RETAIN_BLOCKS = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, reference, until_ms)
SELECT :hash, server_id, 'block', case_id, until_ms FROM blocks
WHERE account_id = :account_id AND (until_ms = 0 OR until_ms > :now_ms)
"""
# Only those that count: what led to an earlier pause is done with.
RETAIN_STRIKES = f"""
INSERT OR REPLACE INTO carried (hash, server_id, kind, reference, until_ms)
SELECT :hash, server_id, 'strike', job_id, at_ms + {STRIKE_WINDOW_MS} FROM strikes
WHERE account_id = :account_id AND at_ms > max(:now_ms - {STRIKE_WINDOW_MS}, coalesce((SELECT max(at_ms) FROM cases
    WHERE account_id = :account_id AND cases.server_id = strikes.server_id AND kind = 'pause'), 0))
"""
RETAIN_PREFERENCE = """
INSERT OR REPLACE INTO carried (hash, server_id, kind, field, used, until_ms)
SELECT :hash, 0, 'preference', 'others_may_edit', 0, 0 FROM preferences
WHERE account_id = :account_id AND others_may_edit = 0
"""
COUNT_RULES = "SELECT count(DISTINCT hash) FROM carried WHERE kind = 'rule' AND server_id = :server_id"
ANY = "SELECT 1 FROM carried LIMIT 1"
IN_FORCE = "SELECT * FROM carried WHERE hash = :hash AND (until_ms = 0 OR until_ms > :now_ms)"
# When somebody last asked, and what they had rewritten, stays: the new account has nothing to tell it by.
DONE = "DELETE FROM carried WHERE hash = :hash AND kind NOT IN ('request', 'rewriting')"
ANY_REQUEST = "SELECT 1 FROM carried WHERE kind = 'request' AND server_id = :server_id AND until_ms > :now_ms LIMIT 1"
ANY_REWRITING = """
SELECT 1 FROM carried WHERE kind = 'rewriting' AND server_id = :server_id AND until_ms > :now_ms LIMIT 1
"""
EXPIRE = "DELETE FROM carried WHERE until_ms > 0 AND until_ms <= :now_ms"
BLOCK = """
INSERT OR IGNORE INTO blocks (server_id, account_id, until_ms, case_id)
VALUES (:server_id, :account_id, :until_ms, :reference)
"""
SET_RULE = {
    field: f"""
INSERT INTO rules (server_id, scope, owner, {field}) VALUES (:server_id, 'member', :account_id, :used)
ON CONFLICT (server_id, scope, owner) DO UPDATE SET {field} = excluded.{field}
"""
    for field in FIELDS
}
RESTORE_PREFERENCE = "INSERT OR REPLACE INTO preferences (account_id, others_may_edit) VALUES (:account_id, :used)"
MOVE_STRIKE = "UPDATE strikes SET account_id = :account_id WHERE job_id = :reference"


@dataclass(frozen=True, slots=True)
class Limits:
    """What binds a member in one server, and may have to outlast them.

    Attributes:
        period: that runs now.
        rule: what of their own rule gives them less than they would have without it.
        wait_s: the longest time between two requests that they may have to keep.
    """

    period: Period
    rule: PartialRule
    wait_s: int


def retain(
    conn: sqlite3.Connection,
    member_id: int,
    account_id: int,
    now_ms: int,
    *,
    day: Period,
    limits_in: Callable[[int], Limits],
) -> Outlasting:
    """Keep what must outlast a member who is about to be forgotten; return what that is.

    Args:
        conn: inside the transaction that forgets them.
        member_id: Discord's id of whom.
        account_id: theirs until now.
        now_ms: when.
        day: that runs.
        limits_in: returns what binds them in a server.
    """
    who = {"hash": hash_of(conn, member_id), "account_id": account_id, "owner": str(account_id), "now_ms": now_ms}
    for (server_id,) in conn.execute(SERVERS_OF, who).fetchall():
        limits, here = limits_in(server_id), {**who, "server_id": server_id}
        conn.execute(RETAIN_USED, {**here, "period": limits.period.key, "until_ms": limits.period.end_ms})
        conn.execute(RETAIN_REQUEST, {**here, "wait_ms": limits.wait_s * 1000})
        for field, value in asdict(limits.rule).items():
            if value is not None:
                conn.execute(RETAIN_RULE, {**here, "field": field, "value": value})
    conn.execute(RETAIN_REWRITINGS, {**who, "start_ms": day.start_ms, "until_ms": day.end_ms})
    conn.execute(RETAIN_BLOCKS, who)
    conn.execute(RETAIN_STRIKES, who)
    conn.execute(RETAIN_PREFERENCE, who)
    refused_prompts.retain(conn, account_id, hash_of(conn, member_id))
    return outlasting(conn, member_id, now_ms)


def bring_back(conn: sqlite3.Connection, member_id: int, account_id: int, now_ms: int) -> None:
    """Bring back to a new account what was retained of its member, if they had been forgotten before."""
    for row in retained(conn, member_id, now_ms):
        values = {**dict(row), "account_id": account_id}
        if row["kind"] == "block":
            conn.execute(BLOCK, values)
        elif row["kind"] == "strike":
            conn.execute(MOVE_STRIKE, values)
        elif row["kind"] == "rule":
            conn.execute(SET_RULE[row["field"]], values)
        elif row["kind"] == "preference":
            conn.execute(RESTORE_PREFERENCE, values)
        elif row["kind"] in entries.PERIODIC:
            bucket = entries.bucket(conn, row["kind"], row["server_id"], str(account_id), row["period"])
            entries.move(conn, EntryKind.CORRECTION, bucket.id, at_ms=now_ms, used=row["used"], reason="used before")
        conn.execute(DONE, values)
    if refused_prompts.any_retained(conn):
        refused_prompts.bring_back(conn, account_id, hash_of(conn, member_id))


def outlasting(conn: sqlite3.Connection, member_id: int, now_ms: int) -> Outlasting:
    """Return what of a member has outlasted their being forgotten, and until when."""
    found = [(_LASTING[row["kind"]], int(row["until_ms"])) for row in retained(conn, member_id, now_ms)]
    if refused_prompts.any_retained(conn):
        until_ms = refused_prompts.retained_until(conn, hash_of(conn, member_id), now_ms)
        found += [(Lasting.REFUSED, until_ms)] if until_ms else []
    ends: dict[Lasting, int] = {}
    for what, until_ms in found:
        is_endless = until_ms == 0 or ends.get(what) == 0
        ends[what] = 0 if is_endless else max(until_ms, ends.get(what, 0))
    return ends


def rule_of(conn: sqlite3.Connection, server_id: int, member_id: int, now_ms: int) -> PartialRule:
    """Return the rule that will bind somebody in a server who was forgotten, once they come back."""
    rows = [row for row in retained(conn, member_id, now_ms) if row["server_id"] == server_id and row["kind"] == "rule"]
    return PartialRule(**{row["field"]: row["used"] for row in rows})


def preferences_of(conn: sqlite3.Connection, member_id: int, now_ms: int) -> Preferences:
    """Return what somebody who was forgotten had decided for themselves, as far as it outlasts that."""
    says_no = any(row["kind"] == "preference" for row in retained(conn, member_id, now_ms))
    return Preferences(others_may_edit=False if says_no else None)


def count_rules(conn: sqlite3.Connection, server_id: int) -> int:
    """Return how many members who were forgotten still have a rule kept in a server."""
    return int(conn.execute(COUNT_RULES, {"server_id": server_id}).fetchone()[0])


def used_of(conn: sqlite3.Connection, server_id: int, member_id: int, period: Period, now_ms: int) -> dict[str, int]:
    """Return what somebody who was forgotten has used in a running period, by the kind of bucket."""
    rows = [row for row in retained(conn, member_id, now_ms) if row["server_id"] == server_id]
    return {row["kind"]: row["used"] for row in rows if row["kind"] in entries.PERIODIC and row["period"] == period.key}


def rewritings_of(conn: sqlite3.Connection, server_id: int, member_id: int, now_ms: int) -> int:
    """Return how many prompts somebody had rewritten in a server, on the day that runs, before they were forgotten."""
    # Without any row the key is not needed, and need not be there.
    if conn.execute(ANY_REWRITING, {"server_id": server_id, "now_ms": now_ms}).fetchone() is None:
        return 0
    rows = [row for row in retained(conn, member_id, now_ms) if row["server_id"] == server_id]
    return sum(row["used"] for row in rows if row["kind"] == "rewriting")


def last_request_ms(conn: sqlite3.Connection, server_id: int, member_id: int, now_ms: int) -> int:
    """Return when somebody last asked in a server before they were forgotten; 0 if that is not known any more."""
    # Without any row the key is not needed, and need not be there.
    if conn.execute(ANY_REQUEST, {"server_id": server_id, "now_ms": now_ms}).fetchone() is None:
        return 0
    rows = [row for row in retained(conn, member_id, now_ms) if row["server_id"] == server_id]
    return max((row["used"] for row in rows if row["kind"] == "request"), default=0)


def refused_of(conn: sqlite3.Connection, server_id: int, member_id: int, now_ms: int) -> RefusedPrompts:
    """Return how somebody who was forgotten stands after refused prompts."""
    if not refused_prompts.any_retained(conn):
        return RefusedPrompts()
    return refused_prompts.retained_standing(conn, server_id, hash_of(conn, member_id), now_ms)


def strikes_of(conn: sqlite3.Connection, server_id: int, member_id: int, now_ms: int) -> int:
    """Return how many strikes count of somebody who was forgotten."""
    rows = [row for row in retained(conn, member_id, now_ms) if row["server_id"] == server_id]
    return sum(row["kind"] == "strike" for row in rows)


def retained(conn: sqlite3.Connection, member_id: int, now_ms: int) -> list[sqlite3.Row]:
    """Return what is retained of a member and still in force."""
    # Without any row the key is not needed, and need not be there.
    if conn.execute(ANY).fetchone() is None:
        return []
    return conn.execute(IN_FORCE, {"hash": hash_of(conn, member_id), "now_ms": now_ms}).fetchall()


def expire(conn: sqlite3.Connection, now_ms: int) -> int:
    """Delete what was retained and is over, and refusals that count no more; return how many rows."""
    return conn.execute(EXPIRE, {"now_ms": now_ms}).rowcount + refused_prompts.expire(conn, now_ms)
