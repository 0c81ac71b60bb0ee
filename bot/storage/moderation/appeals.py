"""Appeals: a blocked member's objection to a case, and what the moderators decide."""

import sqlite3

from bot.domain.act import Act
from bot.domain.moderation.cases import APPEAL_AGAIN_MS, Appeal, AppealState, CaseKind
from bot.domain.time.waits import left_ms
from bot.errors import MemberError, NotPermitted, Unavailable
from bot.storage.outbox import messages
from bot.storage.records import acts, cases
from bot.storage.records.accounts import FIND_ACCOUNT

SELECT_APPEAL = """
SELECT appeals.*, authors.discord_id AS member_id, deciders.discord_id AS by_id FROM appeals
    LEFT JOIN members AS authors ON authors.account_id = appeals.account_id
    LEFT JOIN members AS deciders ON deciders.account_id = decided_by
"""
APPEAL_BY_ID = f"{SELECT_APPEAL} WHERE appeals.id = :id"
APPEALS_OF = f"{SELECT_APPEAL} WHERE case_id = :case_id ORDER BY appeals.id"
ADD_APPEAL = """
INSERT INTO appeals (case_id, account_id, at_ms, text, locale)
VALUES (:case_id, :account_id, :now_ms, :text, :locale) RETURNING id
"""
DECIDE = """
UPDATE appeals SET state = :state, decided_ms = :now_ms, decided_by = :actor_id, answer = :answer
WHERE id = :id AND state = 'open'
"""
ACCOUNT_OF = "SELECT account_id FROM appeals WHERE id = :id"


def check(conn: sqlite3.Connection, server_id: int, member_id: int, case_id: int, now_ms: int) -> None:
    """Refuse whoever may not appeal a case now.

    Raises:
        NotPermitted: if it is not the block that keeps this member out of this server now.
        Unavailable: if an appeal waits already, or was rejected a short time ago.
    """
    if not _keeps_out(conn, case_id, server_id, member_id, now_ms):
        raise NotPermitted("appeal-not-yours")
    for one in of_case(conn, case_id):
        if one.state is AppealState.OPEN:
            raise Unavailable("appeal-waits", number=one.case.number, at_ms=one.at_ms)
        again_ms = one.decided_ms + APPEAL_AGAIN_MS
        if left_ms(again_ms, now_ms, APPEAL_AGAIN_MS):
            said: dict[str, str | int] = {"number": one.case.number, "at_ms": one.decided_ms, "again_ms": again_ms}
            raise Unavailable("appeal-again-why" if one.answer else "appeal-again", **said, reason=one.answer)


def add(conn: sqlite3.Connection, act: Act, case_id: int, text: str, locale: str, now_ms: int) -> None:
    """Take an appeal, and have the moderators told.

    Raises:
        MemberError: as ``check``.
        AlreadyDone: if Discord delivered the interaction a second time.
    """
    author = acts.do(conn, act, now_ms, detail={"case": case_id})
    check(conn, act.server_id, act.actor_id, case_id, now_ms)
    values = {"case_id": case_id, "account_id": author, "now_ms": now_ms, "text": text, "locale": locale}
    appeal_id: int = conn.execute(ADD_APPEAL, values).fetchone()[0]
    messages.add(conn, "appeal", at_ms=now_ms, content={"server_id": act.server_id, "appeal_id": appeal_id})


def check_decision(conn: sqlite3.Connection, server_id: int, actor_id: int, appeal_id: int, now_ms: int) -> Appeal:
    """Return an appeal that somebody may decide now.

    Raises:
        NotPermitted: if there is no such appeal in this server, or it is the actor's own.
        MemberError: if it is decided.
    """
    appeal = find(conn, appeal_id)
    if appeal is None or appeal.case.server_id != server_id:
        raise NotPermitted("appeal-gone")
    if appeal.member_id == actor_id or _keeps_out(conn, appeal.case.id, server_id, actor_id, now_ms):
        raise NotPermitted("appeal-own")
    if appeal.state is not AppealState.OPEN:
        raise MemberError("appeal-decided", number=appeal.case.number)
    return appeal


def decide(conn: sqlite3.Connection, act: Act, appeal_id: int, *, accepts: bool, now_ms: int) -> Appeal:
    """Accept an appeal, which lifts the block that it is about, or reject it for the act's reason; the member is told.

    Raises:
        MemberError: if there is no such appeal in this server, it is decided, it is the actor's own, or another
            block has taken the place of the one that would be lifted.
        AlreadyDone: if Discord delivered the interaction a second time.
    """
    acts.require_new(conn, act.interaction_id)
    appeal = check_decision(conn, act.server_id, act.actor_id, appeal_id, now_ms)
    actor = acts.do(conn, act, now_ms, detail={"case": appeal.case.number})
    state = AppealState.ACCEPTED if accepts else AppealState.REJECTED
    values = {"id": appeal_id, "state": state, "now_ms": now_ms, "actor_id": actor, "answer": act.reason}
    conn.execute(DECIDE, values)
    account_id: int = conn.execute(ACCOUNT_OF, {"id": appeal_id}).fetchone()[0]
    block = cases.block_in_force(conn, act.server_id, account_id, now_ms)
    if accepts and block is not None:
        if block.case_id != appeal.case.id:
            # The member would be told that they can ask again, and could not.
            raise MemberError("appeal-other-block", number=block.values["number"])
        _lift(conn, act, actor, account_id, now_ms)
    messages.add(conn, "appeal-answer", at_ms=now_ms, content={"appeal_id": appeal_id})
    decided = find(conn, appeal_id)
    assert decided is not None, "it was found above"  # noqa: S101
    return decided


def _keeps_out(conn: sqlite3.Connection, case_id: int, server_id: int, member_id: int, now_ms: int) -> bool:
    """Whether a case is what keeps a member from asking now."""
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    block = cases.block_in_force(conn, server_id, known[0], now_ms) if known else None
    return block is not None and block.case_id == case_id


def _lift(conn: sqlite3.Connection, act: Act, actor_id: int, account_id: int, now_ms: int) -> None:
    cases.unblock(conn, act.server_id, account_id)
    cases.add(conn, act.server_id, CaseKind.UNBLOCK, now_ms, account_id=account_id, actor_id=actor_id)


def find(conn: sqlite3.Connection, appeal_id: int) -> Appeal | None:
    """Return an appeal, of whichever server."""
    row = conn.execute(APPEAL_BY_ID, {"id": appeal_id}).fetchone()
    return _appeal(conn, row) if row else None


def of_case(conn: sqlite3.Connection, case_id: int) -> tuple[Appeal, ...]:
    """Return the appeals of a case, oldest first."""
    return tuple(_appeal(conn, row) for row in conn.execute(APPEALS_OF, {"case_id": case_id}).fetchall())


def _appeal(conn: sqlite3.Connection, row: sqlite3.Row) -> Appeal:
    case = cases.by_id(conn, row["case_id"])
    assert case is not None, "an appeal has its case"  # noqa: S101
    return Appeal(
        id=row["id"],
        case=case,
        member_id=row["member_id"] or 0,
        at_ms=row["at_ms"],
        text=row["text"],
        locale=row["locale"],
        state=AppealState(row["state"]),
        decided_ms=row["decided_ms"],
        decided_by=row["by_id"] or 0,
        answer=row["answer"],
    )
