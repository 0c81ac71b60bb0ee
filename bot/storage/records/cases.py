"""Cases, notes and blocks, inside a transaction of whoever acts."""

import sqlite3
from dataclasses import replace

from bot.domain.act import Act
from bot.domain.jobs.job import Job, JobState
from bot.domain.moderation.cases import DEFAULT_STRIKES, PAUSE_MS, STRIKE_WINDOW_MS, Case, CaseKind, CaseNote
from bot.errors import Blocked, MemberError
from bot.storage.outbox import feed, messages
from bot.storage.records import acts, audit, refused_prompts

SELECT_CASE = """
SELECT cases.*, concerned.discord_id AS member_id, actors.discord_id AS by_id, jobs.number AS job_number
FROM cases LEFT JOIN members AS concerned ON concerned.account_id = cases.account_id
    LEFT JOIN members AS actors ON actors.account_id = cases.actor_id
    LEFT JOIN jobs ON jobs.id = cases.job_id
"""
CASE_BY_ID = f"{SELECT_CASE} WHERE cases.id = :id"
CASE_BY_NUMBER = f"{SELECT_CASE} WHERE cases.server_id = :server_id AND cases.number = :number"
# The program pauses nobody who is blocked, so that a later case of these kinds is what the member's block became.
ENDED_BY = f"""
{SELECT_CASE} WHERE cases.account_id = (SELECT account_id FROM cases WHERE id = :id) AND cases.server_id = :server_id
    AND cases.id > :id AND cases.kind IN ('block', 'pause', 'unblock') AND (:until_ms = 0 OR cases.at_ms < :until_ms)
ORDER BY cases.id LIMIT 1
"""
# A block that outlasts a forgetting stands under both accounts of who came back.
IN_FORCE = """
SELECT blocks.case_id, max(coalesce(members.discord_id, 0)) AS member_id FROM blocks
LEFT JOIN members ON members.account_id = blocks.account_id
WHERE blocks.server_id = :server_id AND (blocks.until_ms = 0 OR :now_ms < blocks.until_ms)
    AND blocks.case_id < :before_id
GROUP BY blocks.case_id ORDER BY blocks.case_id DESC LIMIT :most
"""
BLOCKED_BY = """
SELECT blocks.account_id FROM blocks LEFT JOIN members ON members.account_id = blocks.account_id
WHERE server_id = :server_id AND case_id = :case_id AND (until_ms = 0 OR :now_ms < until_ms) ORDER BY discord_id IS NULL
"""
CASES_OF = f"""
{SELECT_CASE} WHERE cases.server_id = :server_id AND cases.id < :before_id AND (cases.account_id = :account_id
    OR cases.id IN (SELECT case_id FROM blocks WHERE blocks.account_id = :account_id))
ORDER BY cases.id DESC LIMIT :most
"""
NOTES_OF = """
SELECT at_ms, coalesce(discord_id, 0) AS by_id, text FROM case_notes
LEFT JOIN members ON members.account_id = case_notes.actor_id WHERE case_id = :case_id ORDER BY id
"""
ADD_CASE = """
INSERT INTO cases (server_id, number, kind, account_id, actor_id, job_id, reason, at_ms, until_ms)
VALUES (:server_id, (SELECT coalesce(max(number), 0) + 1 FROM cases WHERE server_id = :server_id), :kind,
    :account_id, :actor_id, :job_id, :reason, :at_ms, :until_ms)
RETURNING id
"""
ADD_NOTE = "INSERT INTO case_notes (case_id, at_ms, actor_id, text) VALUES (:case_id, :at_ms, :actor_id, :text)"
BLOCK = """
INSERT OR REPLACE INTO blocks (server_id, account_id, until_ms, case_id)
VALUES (:server_id, :account_id, :until_ms, :case_id)
"""
UNBLOCK = "DELETE FROM blocks WHERE server_id = :server_id AND account_id = :account_id"
BLOCK_IN_FORCE = """
SELECT blocks.case_id, blocks.until_ms, cases.number, cases.reason, cases.kind
FROM blocks JOIN cases ON cases.id = blocks.case_id
WHERE blocks.server_id = :server_id AND blocks.account_id = :account_id
    AND (blocks.until_ms = 0 OR :now_ms < blocks.until_ms)
"""
THRESHOLD = "SELECT strikes FROM moderation_settings WHERE server_id = :server_id"
ADD_STRIKE = """
INSERT INTO strikes (job_id, server_id, account_id, at_ms) VALUES (:job_id, :server_id, :account_id, :now_ms)
"""
# What led to an earlier pause is done with, also where a moderator ended the pause before its time.
COUNT_STRIKES = """
SELECT count(*) FROM strikes WHERE server_id = :server_id AND account_id = :account_id AND at_ms > max(:since_ms,
    (SELECT coalesce(max(at_ms), 0) FROM cases
        WHERE account_id = :account_id AND server_id = :server_id AND kind = 'pause'))
"""

TOLD = frozenset({CaseKind.BLOCK, CaseKind.UNBLOCK, CaseKind.REMOVE, CaseKind.COVER, CaseKind.UNCOVER})
"""What the log channel is told of as a case; of pauses it is told in words of their own."""


def open_case(
    conn: sqlite3.Connection,
    act: Act,
    kind: CaseKind,
    now_ms: int,
    *,
    account_id: int | None = None,
    job_id: int | None = None,
    reason: str = "",
    until_ms: int = 0,
    rule_id: int | None = None,
) -> Case:
    """Note an act; return the case that it makes.

    Args:
        conn: inside a write transaction.
        act: who, and what it is called in the audit.
        kind: what is done.
        now_ms: when.
        account_id: whom it concerns.
        job_id: what it is about.
        reason: if it is something else than the act's own.
        until_ms: when a block ends.
        rule_id: the rule for prompts, for the audit.

    Raises:
        AlreadyDone: if its interaction was noted before.
    """
    said = {"account": account_id, "until_ms": until_ms or None, "rule": rule_id}
    detail = {name: value for name, value in said.items() if value is not None}
    actor = acts.do(conn, act, now_ms, job_id=job_id, detail=detail)
    return add(
        conn,
        act.server_id,
        kind,
        now_ms,
        account_id=account_id,
        actor_id=actor,
        job_id=job_id,
        reason=reason or act.reason,
        until_ms=until_ms,
    )


def add(
    conn: sqlite3.Connection,
    server_id: int,
    kind: CaseKind,
    now_ms: int,
    *,
    account_id: int | None,
    actor_id: int | None,
    job_id: int | None = None,
    reason: str = "",
    until_ms: int = 0,
) -> Case:
    """Write a case under the server's next number, its act being noted elsewhere; ``actor_id`` None: the program."""
    values = {"server_id": server_id, "kind": kind, "account_id": account_id, "actor_id": actor_id, "job_id": job_id}
    made = conn.execute(ADD_CASE, {**values, "reason": reason, "at_ms": now_ms, "until_ms": until_ms}).fetchone()
    case = by_id(conn, made[0])
    assert case is not None, "the row was written above"  # noqa: S101
    if kind in TOLD and feed.has_feed(conn, server_id):
        messages.add(conn, "case", at_ms=now_ms, content={"case_id": case.id})
    return case


def add_note(conn: sqlite3.Connection, case_id: int, actor_id: int, text: str, now_ms: int) -> None:
    """Add to a case."""
    conn.execute(ADD_NOTE, {"case_id": case_id, "at_ms": now_ms, "actor_id": actor_id, "text": text})


def by_id(conn: sqlite3.Connection, case_id: int) -> Case | None:
    """Return a case, of whichever server."""
    row = conn.execute(CASE_BY_ID, {"id": case_id}).fetchone()
    return _case(row) if row else None


def by_number(conn: sqlite3.Connection, server_id: int, number: int) -> Case | None:
    """Return a case of a server."""
    row = conn.execute(CASE_BY_NUMBER, {"server_id": server_id, "number": number}).fetchone()
    return _case(row) if row else None


def in_force(conn: sqlite3.Connection, server_id: int, now_ms: int, *, before_id: int, most: int) -> list[Case]:
    """Return the cases of who is blocked in a server now, newest first, each with its member as they are known now."""
    values = {"server_id": server_id, "now_ms": now_ms, "before_id": before_id, "most": most}
    rows = conn.execute(IN_FORCE, values).fetchall()
    found = ((by_id(conn, row["case_id"]), row["member_id"]) for row in rows)
    return [replace(case, member_id=member_id) for case, member_id in found if case is not None]


def blocked_by(conn: sqlite3.Connection, server_id: int, case_id: int, now_ms: int) -> list[int]:
    """Return the accounts of the one whom a case of a server keeps out now, the one that is known first."""
    values = {"server_id": server_id, "case_id": case_id, "now_ms": now_ms}
    return [row["account_id"] for row in conn.execute(BLOCKED_BY, values)]


def of_account(conn: sqlite3.Connection, server_id: int, account_id: int, *, before_id: int, most: int) -> list[Case]:
    """Return the cases of a server that concern somebody, newest first."""
    values = {"server_id": server_id, "account_id": account_id, "before_id": before_id, "most": most}
    return [_case(row) for row in conn.execute(CASES_OF, values)]


def ended_by(conn: sqlite3.Connection, case: Case) -> Case | None:
    """Return what replaced or lifted a block or pause before its time; None if nothing did, or it is another kind."""
    if case.kind not in {CaseKind.BLOCK, CaseKind.PAUSE}:
        return None
    values = {"id": case.id, "server_id": case.server_id, "until_ms": case.until_ms}
    row = conn.execute(ENDED_BY, values).fetchone()
    return _case(row) if row else None


def notes_of(conn: sqlite3.Connection, case_id: int) -> tuple[CaseNote, ...]:
    """Return what was added to a case, oldest first."""
    rows = conn.execute(NOTES_OF, {"case_id": case_id})
    return tuple(CaseNote(row["at_ms"], row["by_id"], row["text"]) for row in rows)


def block(conn: sqlite3.Connection, case: Case, account_id: int) -> None:
    """Keep the member whom a case concerns from asking, as it says; whatever block there was is replaced."""
    values = {"server_id": case.server_id, "account_id": account_id, "until_ms": case.until_ms, "case_id": case.id}
    conn.execute(BLOCK, values)


def unblock(conn: sqlite3.Connection, server_id: int, account_id: int) -> None:
    """Lift a member's block: what they were refused before counts no more."""
    conn.execute(UNBLOCK, {"server_id": server_id, "account_id": account_id})
    refused_prompts.forgive(conn, server_id, account_id)


def block_in_force(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> Blocked | None:
    """Return the refusal of a member who is blocked."""
    row = conn.execute(BLOCK_IN_FORCE, {"server_id": server_id, "account_id": account_id, "now_ms": now_ms}).fetchone()
    if row is None:
        return None
    return Blocked(
        row["case_id"],
        number=row["number"],
        reason=row["reason"],
        until_ms=row["until_ms"],
        by_program=row["kind"] == CaseKind.PAUSE,
    )


def kept_out(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> MemberError | None:
    """Return why a member may not ask now: a block, or too many refused prompts; None if nothing keeps them."""
    block = block_in_force(conn, server_id, account_id, now_ms)
    return block or refused_prompts.wait_in_force(conn, server_id, account_id, now_ms)


def threshold(conn: sqlite3.Connection, server_id: int) -> int:
    """Return how many strikes within a day pause a member of a server; 0: none do."""
    row = conn.execute(THRESHOLD, {"server_id": server_id}).fetchone()
    return int(row[0]) if row else DEFAULT_STRIKES


def strikes_of(conn: sqlite3.Connection, server_id: int, account_id: int, now_ms: int) -> int:
    """Return how many strikes of a member count now."""
    values = {"server_id": server_id, "account_id": account_id, "since_ms": now_ms - STRIKE_WINDOW_MS}
    return int(conn.execute(COUNT_STRIKES, values).fetchone()[0])


def strike(conn: sqlite3.Connection, job: Job | None, now_ms: int) -> None:
    """Count a job that has failed because the image service refuses what it shows; pause its member for one too many.

    Like a prompt that broke a rule of the server it also counts for the shorter wait.

    Of any other change of a job nothing is noted.
    """
    if job is None or job.state is not JobState.FAILED or not job.is_vendor_refusal:
        return
    who = {"server_id": job.server_id, "account_id": job.account_id}
    conn.execute(ADD_STRIKE, {**who, "job_id": job.id, "now_ms": now_ms})
    refused_prompts.note(conn, **who, now_ms=now_ms)
    limit = threshold(conn, job.server_id)
    count = strikes_of(conn, **who, now_ms=now_ms)
    # What was under way when its member was blocked changes nothing about that block.
    if not limit or count < limit or block_in_force(conn, **who, now_ms=now_ms):
        return
    until_ms = now_ms + PAUSE_MS
    case = add(
        conn,
        job.server_id,
        CaseKind.PAUSE,
        now_ms,
        account_id=job.account_id,
        actor_id=None,
        job_id=job.id,
        until_ms=until_ms,
    )
    block(conn, case, job.account_id)
    audit.record(
        conn,
        "mod.pause",
        at_ms=now_ms,
        server_id=job.server_id,
        job_id=job.id,
        account=job.account_id,
        until_ms=until_ms,
        strikes=count,
    )
    content = {"server_id": job.server_id, "case_id": case.id, "strikes": count}
    messages.add(conn, "member-paused", at_ms=now_ms, content=content)


def _case(row: sqlite3.Row) -> Case:
    return Case(
        id=row["id"],
        server_id=row["server_id"],
        number=row["number"],
        kind=CaseKind(row["kind"]),
        member_id=row["member_id"] or 0,
        actor_id=row["by_id"] or 0,
        by_program=row["actor_id"] is None,
        job_id=row["job_id"] or 0,
        job_number=row["job_number"] or 0,
        reason=row["reason"],
        at_ms=row["at_ms"],
        until_ms=row["until_ms"],
    )
