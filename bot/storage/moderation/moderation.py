"""Moderators' acts, and the rules for prompts. Each change is one transaction with its case and its audit row."""

import sqlite3
from dataclasses import replace

from bot.domain.act import Act
from bot.domain.jobs.job import NOTHING, Job, Removal
from bot.domain.moderation.cases import Appeal, Case, CaseFile, CaseKind, ChargeWish, check_coverable, check_removable
from bot.domain.moderation.prompt_rules import PromptRule, RuleKind, ServerRules
from bot.domain.requests.quota import Refund
from bot.errors import InvalidRequest, MemberError, NotPermitted
from bot.ports import Clock
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.ledger import holds
from bot.storage.moderation import appeals
from bot.storage.outbox import feed, gallery, messages
from bot.storage.records import acts, audit, cases
from bot.storage.records.accounts import FIND_ACCOUNT, account_of
from bot.storage.sqlite.database import Database

VERSION = "SELECT rules_version FROM moderation_settings WHERE server_id = :server_id"
RULES = "SELECT id, kind, text FROM prompt_rules WHERE server_id = :server_id ORDER BY id"
RULE = "SELECT kind, text FROM prompt_rules WHERE server_id = :server_id AND id = :id"
ADD_RULE = """
INSERT INTO prompt_rules (server_id, kind, text) VALUES (:server_id, :kind, :text) ON CONFLICT DO NOTHING RETURNING id
"""
REMOVE_RULE = "DELETE FROM prompt_rules WHERE server_id = :server_id AND id = :id"
RAISE_VERSION = """
INSERT INTO moderation_settings (server_id, rules_version) VALUES (:server_id, 1)
ON CONFLICT (server_id) DO UPDATE SET rules_version = rules_version + 1
"""
SET_STRIKES = """
INSERT INTO moderation_settings (server_id, strikes) VALUES (:server_id, :strikes)
ON CONFLICT (server_id) DO UPDATE SET strikes = :strikes
"""
ASK_REMOVAL = """
INSERT INTO removal_questions (id, server_id, job_id, reason, at_ms) VALUES (:id, :server_id, :job_id, :reason, :now_ms)
ON CONFLICT DO NOTHING
"""
COVER = "UPDATE jobs SET is_covered = :is_covered, version = version + 1 WHERE id = :id"
DROP_OLD_QUESTIONS = "DELETE FROM removal_questions WHERE at_ms < :before_ms"
REMOVAL_ASKED = "SELECT job_id, reason FROM removal_questions WHERE id = :id AND server_id = :server_id"

QUESTION_LIVES_MS = 24 * 3600 * 1000
"""Its buttons stand in an answer that one person sees, which is gone long before."""


class SqliteModeration:
    """Cases, blocks, appeals and the rules for prompts of all servers; nothing is found by another server's id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def block(self, act: Act, member_id: int, until_ms: int, *, only_longer: bool = False) -> Case:
        """Keep a member from asking for pictures until ``until_ms``, 0: for good; an earlier block is replaced.

        Raises:
            MemberError: with ``only_longer``, if the earlier block does not end before.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def blocked(conn: sqlite3.Connection) -> Case:
            account_id = account_of(conn, member_id, now_ms)
            case = cases.open_case(conn, act, CaseKind.BLOCK, now_ms, account_id=account_id, until_ms=until_ms)
            earlier = cases.block_in_force(conn, act.server_id, account_id, now_ms)
            if only_longer and earlier is not None and not 0 < earlier.until_ms < until_ms:
                raise MemberError("blocked-longer", number=earlier.values["number"])
            cases.block(conn, case, account_id)
            return case

        return await self._db.write(blocked)

    async def unblock(self, act: Act, member_id: int) -> Case:
        """Lift a member's block.

        Raises:
            MemberError: if nothing keeps them from it.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def unblocked(conn: sqlite3.Connection) -> Case:
            account_id = account_of(conn, member_id, now_ms)
            case = cases.open_case(conn, act, CaseKind.UNBLOCK, now_ms, account_id=account_id)
            if cases.kept_out(conn, act.server_id, account_id, now_ms) is None:
                raise MemberError("not-blocked")
            cases.unblock(conn, act.server_id, account_id)
            return case

        return await self._db.write(unblocked)

    async def lift(self, act: Act, case_id: int) -> Case:
        """Lift the block that a case made; return the case of that.

        Raises:
            NotPermitted: if it is the actor's own.
            MemberError: if it keeps nobody from it, any more.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def lifted(conn: sqlite3.Connection) -> Case:
            acts.require_new(conn, act.interaction_id)
            accounts = cases.blocked_by(conn, act.server_id, case_id, now_ms)
            if not accounts:
                raise MemberError("not-blocked")
            if account_of(conn, act.actor_id, now_ms) in accounts:
                raise NotPermitted("unblock-yourself")
            for account_id in accounts:
                cases.unblock(conn, act.server_id, account_id)
            return cases.open_case(conn, act, CaseKind.UNBLOCK, now_ms, account_id=accounts[0])

        return await self._db.write(lifted)

    async def blocked(self, server_id: int, *, before_id: int, most: int) -> list[Case]:
        """Return the cases of who is blocked in a server now, newest first, each with its member as they are known."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: cases.in_force(conn, server_id, now_ms, before_id=before_id, most=most))

    async def of_member(self, server_id: int, member_id: int, *, before_id: int, most: int) -> list[CaseFile]:
        """Return the cases of a server that concern a member, newest first, each with all that was added to it."""

        def found(conn: sqlite3.Connection) -> list[CaseFile]:
            known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
            if known is None:
                return []
            page = cases.of_account(conn, server_id, known[0], before_id=before_id, most=most)
            return [_file(conn, case) for case in page]

        return await self._db.read(found)

    async def case(self, server_id: int, number: int) -> CaseFile | None:
        """Return a case of a server with all that was added to it."""

        def found(conn: sqlite3.Connection) -> CaseFile | None:
            case = cases.by_number(conn, server_id, number)
            return _file(conn, case) if case else None

        return await self._db.read(found)

    async def note(self, act: Act, number: int, text: str) -> CaseFile:
        """Add to a case of a server.

        Raises:
            MemberError: if there is no such case.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def noted(conn: sqlite3.Connection) -> CaseFile:
            case = cases.by_number(conn, act.server_id, number)
            if case is None:
                raise MemberError("no-such-case", number=number)
            actor = acts.do(conn, act, now_ms, detail={"case": number})
            cases.add_note(conn, case.id, actor, text, now_ms)
            return _file(conn, case)

        return await self._db.write(noted)

    async def case_by_id(self, case_id: int) -> Case | None:
        """Return a case, for a notice that names it."""
        return await self._db.read(lambda conn: cases.by_id(conn, case_id))

    async def ask_removal(self, act: Act, job_id: int) -> None:
        """Keep the reason for which somebody is about to remove a job's pictures, until they answer."""
        now_ms = self._clock.now_ms()
        values = {"id": act.interaction_id, "server_id": act.server_id, "job_id": job_id, "reason": act.reason}

        def asked(conn: sqlite3.Connection) -> None:
            conn.execute(DROP_OLD_QUESTIONS, {"before_ms": now_ms - QUESTION_LIVES_MS})
            conn.execute(ASK_REMOVAL, {**values, "now_ms": now_ms})

        await self._db.write(asked)

    async def removal_asked(self, server_id: int, question_id: int) -> tuple[int, str] | None:
        """Return the job, by id, and the reason of a question; None if there is none any more."""

        def found(conn: sqlite3.Connection) -> tuple[int, str] | None:
            row = conn.execute(REMOVAL_ASKED, {"id": question_id, "server_id": server_id}).fetchone()
            return (row["job_id"], row["reason"]) if row else None

        return await self._db.read(found)

    async def begin_removal(self, act: Act, job_id: int, wish: ChargeWish) -> tuple[Case, Refund | None]:
        """Note that a job's pictures are about to be removed; give back its charge or have admins asked, as is wished.

        Both are one transaction: what a crash cuts short then is only the removal, which the sweeper ends. The refund
        is None where none was wished or admins are asked, and nothing where the charge was given back before.

        Raises:
            MemberError: if there is no such job here, its pictures are gone or under way, or its charge can't be given
                back as is wished; see `holds.refundable`.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def begun(conn: sqlite3.Connection) -> tuple[Case, Refund | None]:
            job = _job(conn, act.server_id, job_id)
            case = cases.open_case(conn, act, CaseKind.REMOVE, now_ms, account_id=job.account_id, job_id=job_id)
            check_removable(job)
            actor = account_of(conn, act.actor_id, now_ms)
            audit.record(
                conn, "job.removal_intent", at_ms=now_ms, server_id=job.server_id, actor_id=actor, job_id=job_id
            )
            if wish is not ChargeWish.KEEP and job.is_given_back:
                return case, NOTHING
            if wish is ChargeWish.ASK:
                asked = holds.refundable(conn, job_id, actor)
                content = {"server_id": act.server_id, "case_id": case.id}
                content |= {"free": asked.free_images, "micros": asked.credit_micros}
                messages.add(conn, "refund-asked", at_ms=now_ms, content=content)
            if wish is not ChargeWish.GIVE_BACK:
                return case, None
            return case, holds.refund(conn, job_id, now_ms=now_ms, actor_id=actor, reason=act.reason)

        return await self._db.write(begun)

    async def cover(self, act: Act, job_id: int, *, covers: bool) -> Case:
        """Put a spoiler over a job's pictures, or take it off; its message and its entry of the feed follow.

        Raises:
            NotPermitted: if there is no such job here.
            MemberError: if there is nothing to cover, or it is so already.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()
        kind = CaseKind.COVER if covers else CaseKind.UNCOVER

        def done(conn: sqlite3.Connection) -> Case:
            job = _job(conn, act.server_id, job_id)
            case = cases.open_case(conn, act, kind, now_ms, account_id=job.account_id, job_id=job_id)
            check_coverable(job, covers=covers)
            conn.execute(COVER, {"id": job_id, "is_covered": covers})
            if covers:
                gallery.take_down(conn, job_id)
            feed.note_change(conn, job_id, now_ms)
            return case

        return await self._db.write(done)

    async def give_back(self, act: Act, case_id: int) -> Refund:
        """Give back what a job was charged whose pictures were removed; the reason is that of the removal.

        Raises:
            NotPermitted: if this server has no such removal.
            MemberError: if it can't be given back; see `holds.refundable`.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def given(conn: sqlite3.Connection) -> Refund:
            case = cases.by_id(conn, case_id)
            if case is None or case.server_id != act.server_id or case.kind is not CaseKind.REMOVE:
                raise NotPermitted("question-gone")
            actor = acts.do(conn, replace(act, reason=case.reason), now_ms, job_id=case.job_id)
            return holds.refund(conn, case.job_id, now_ms=now_ms, actor_id=actor, reason=case.reason)

        return await self._db.write(given)

    async def version(self, server_id: int) -> int:
        """Return the version of a server's rules; 0 where it never had any."""
        return await self._db.read(lambda conn: _version(conn, server_id))

    async def rules(self, server_id: int) -> ServerRules:
        """Return a server's rules in the order of their ids, and their version, read together."""
        return await self._db.read(lambda conn: _rules(conn, server_id))

    async def add_rule(self, act: Act, kind: RuleKind, text: str) -> Case:
        """Add a rule that was checked; it counts from the next request on.

        Raises:
            InvalidRequest: if the server has it already.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def added(conn: sqlite3.Connection) -> Case:
            acts.require_new(conn, act.interaction_id)
            made = conn.execute(ADD_RULE, {"server_id": act.server_id, "kind": kind, "text": text}).fetchone()
            if made is None:
                raise InvalidRequest("prompt-rule-known")
            conn.execute(RAISE_VERSION, {"server_id": act.server_id})
            return cases.open_case(conn, act, CaseKind.RULE_ADDED, now_ms, reason=text, rule_id=made["id"])

        return await self._db.write(added)

    async def remove_rule(self, act: Act, rule_id: int) -> PromptRule:
        """Remove a rule and return it; it does not count from the next request on.

        Raises:
            MemberError: if the server has no such rule.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def removed(conn: sqlite3.Connection) -> PromptRule:
            row = conn.execute(RULE, {"server_id": act.server_id, "id": rule_id}).fetchone()
            acts.require_new(conn, act.interaction_id)
            if row is None:
                raise MemberError("prompt-rule-gone")
            cases.open_case(conn, act, CaseKind.RULE_REMOVED, now_ms, reason=row["text"], rule_id=rule_id)
            conn.execute(REMOVE_RULE, {"server_id": act.server_id, "id": rule_id})
            conn.execute(RAISE_VERSION, {"server_id": act.server_id})
            return PromptRule(rule_id, RuleKind(row["kind"]), row["text"])

        return await self._db.write(removed)

    async def strikes(self, server_id: int) -> int:
        """Return how many strikes within a day pause a member of a server; 0: none do."""
        return await self._db.read(lambda conn: cases.threshold(conn, server_id))

    async def set_strikes(self, act: Act, count: int) -> tuple[int, int]:
        """Set how many strikes pause a member, 0: none do; return the number as it was and as it is.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def changed(conn: sqlite3.Connection) -> tuple[int, int]:
            before = cases.threshold(conn, act.server_id)
            cases.open_case(conn, act, CaseKind.STRIKES_SET, now_ms, reason=f"{before} -> {count}")
            conn.execute(SET_STRIKES, {"server_id": act.server_id, "strikes": count})
            return before, count

        return await self._db.write(changed)

    async def check_appeal(self, server_id: int, member_id: int, case_id: int) -> None:
        """Refuse whoever may not appeal a case now; see ``appeals.check``."""
        now_ms = self._clock.now_ms()
        await self._db.read(lambda conn: appeals.check(conn, server_id, member_id, case_id, now_ms))

    async def appeal(self, act: Act, case_id: int, text: str, locale: str) -> None:
        """Take an appeal, and have the moderators told; see ``appeals.add``."""
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: appeals.add(conn, act, case_id, text, locale, now_ms))

    async def check_decision(self, server_id: int, actor_id: int, appeal_id: int) -> None:
        """Refuse whoever may not decide an appeal now; see ``appeals.check_decision``."""
        now_ms = self._clock.now_ms()
        await self._db.read(lambda conn: appeals.check_decision(conn, server_id, actor_id, appeal_id, now_ms))

    async def decide(self, act: Act, appeal_id: int, *, accepts: bool) -> Appeal:
        """Accept or reject an appeal; see ``appeals.decide``."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: appeals.decide(conn, act, appeal_id, accepts=accepts, now_ms=now_ms))

    async def appeal_by_id(self, appeal_id: int) -> Appeal | None:
        """Return an appeal, for a notice that names it."""
        return await self._db.read(lambda conn: appeals.find(conn, appeal_id))


def _file(conn: sqlite3.Connection, case: Case) -> CaseFile:
    job = find_job(conn, BY_ID, {"id": case.job_id}) if case.kind is CaseKind.REMOVE else None
    return CaseFile(
        case,
        cases.notes_of(conn, case.id),
        appeals.of_case(conn, case.id),
        cases.ended_by(conn, case),
        removal=job.removal if job is not None else Removal.NONE,
    )


def _job(conn: sqlite3.Connection, server_id: int, job_id: int) -> Job:
    job = find_job(conn, BY_ID, {"id": job_id})
    if job is None or job.server_id != server_id:
        raise NotPermitted("job-gone")
    return job


def _version(conn: sqlite3.Connection, server_id: int) -> int:
    row = conn.execute(VERSION, {"server_id": server_id}).fetchone()
    return int(row[0]) if row else 0


def _rules(conn: sqlite3.Connection, server_id: int) -> ServerRules:
    rows = conn.execute(RULES, {"server_id": server_id})
    rules = tuple(PromptRule(row["id"], RuleKind(row["kind"]), row["text"]) for row in rows)
    return ServerRules(_version(conn, server_id), rules)
