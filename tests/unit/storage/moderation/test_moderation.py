import json
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Removal
from bot.domain.moderation.cases import CaseKind, ChargeWish
from bot.domain.moderation.prompt_rules import RuleKind
from bot.domain.requests.quota import Refund
from bot.errors import AlreadyDone, InvalidRequest, MemberError, NotPermitted
from bot.storage.moderation.moderation import QUESTION_LIVES_MS, SqliteModeration
from simulation.judging.books import balances_equal_rows
from tests.support.ledger import ADMIN, Books
from tests.support.stores.cases import everything, is_refused, refused, terms

HOUR_MS = 3_600_000


# -- blocks


async def test_a_blocked_member_is_refused_with_case_reason_and_end_and_nothing_is_held(
    books: Books, cases: SqliteModeration
):
    until_ms = books.clock.now_ms() + HOUR_MS
    case = await cases.block(books.act("mod.block", reason="spam"), 1, until_ms)
    assert (case.number, case.kind, case.member_id, case.actor_id, case.until_ms, case.by_program) == (
        1, CaseKind.BLOCK, 1, ADMIN, until_ms, False,
    )  # fmt: skip
    refusal = await refused(books)
    assert (refusal.case_id, refusal.until_ms, refusal.by_program) == (case.id, until_ms, False)
    assert refusal.values == {"number": 1, "reason": "spam"}
    assert await books.rows("SELECT count(*) FROM jobs") == [(0,)]
    noted = await books.rows("SELECT detail FROM audit WHERE act = 'request.refused'")
    assert json.loads(noted[0][0])["reason"] == "blocked"


async def test_a_block_concerns_one_member_of_one_server(books: Books, cases: SqliteModeration):
    await cases.block(books.act(), 1, 0)
    await books.submit(terms(books), member_id=2)
    await books.submit(terms(books), member_id=1, server_id=2)
    assert (await refused(books)).until_ms == 0


async def test_a_block_ends_by_itself_to_the_millisecond(books: Books, cases: SqliteModeration):
    await cases.block(books.act(), 1, books.clock.now_ms() + HOUR_MS)
    books.clock.advance((HOUR_MS - 1) / 1000)
    await refused(books)
    books.clock.advance(0.001)
    await books.submit(terms(books))
    await is_refused(cases.unblock(books.act(), 1), MemberError, "not-blocked")


async def test_the_same_request_again_gives_its_job_though_its_member_was_blocked_since(
    books: Books, cases: SqliteModeration
):
    job = await books.submit(terms(books))
    await cases.block(books.act(), 1, 0)
    books.ids = iter([job.id])  # type: ignore[assignment]
    assert (await books.submit(terms(books))).id == job.id


async def test_a_later_block_replaces_the_earlier_one_and_unblocking_ends_it(books: Books, cases: SqliteModeration):
    await cases.block(books.act(), 1, 0)
    later = await cases.block(books.act(), 1, books.clock.now_ms() + HOUR_MS)
    assert (await refused(books)).case_id == later.id
    case = await cases.unblock(books.act("mod.unblock", reason="sorry"), 1)
    assert (case.number, case.kind, case.reason) == (3, CaseKind.UNBLOCK, "sorry")
    await books.submit(terms(books))


async def test_numbers_are_given_per_server(books: Books, cases: SqliteModeration):
    for server_id in (1, 2, 1):
        await cases.block(books.act(server_id=server_id), 1, 0)
    assert await books.rows("SELECT server_id, number FROM cases ORDER BY id") == [(1, 1), (2, 1), (1, 2)]
    assert await cases.case(2, 2) is None
    found = await cases.case(1, 2)
    assert found is not None
    assert await cases.case_by_id(found.case.id) == found.case
    assert await cases.case_by_id(99) is None


async def test_unblocking_whom_nothing_keeps_out_leaves_no_case(books: Books, cases: SqliteModeration):
    before = await everything(books)
    await is_refused(cases.unblock(books.act(), 1), MemberError, "not-blocked")
    assert await everything(books) == before


# -- cases


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET reason = 'another'",
        "DELETE FROM cases",
        "UPDATE case_notes SET text = 'another'",
        "DELETE FROM case_notes",
        "INSERT OR REPLACE INTO cases SELECT id, 1, 1, NULL, NULL, NULL, '', 0, 0, 'unblock' FROM cases",
        "INSERT OR REPLACE INTO cases SELECT id + 1, 1, 1, NULL, NULL, NULL, '', 0, 0, 'unblock' FROM cases",
        "INSERT OR REPLACE INTO case_notes SELECT id, case_id, 0, NULL, '' FROM case_notes",
    ],
)
async def test_nobody_changes_or_deletes_a_case_or_a_note(books: Books, cases: SqliteModeration, statement: str):
    await cases.block(books.act(reason="spam"), 1, 0)
    await cases.note(books.act(), 1, "again")
    before = await everything(books)
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        await books.database.write(lambda conn: conn.execute(statement))
    assert await everything(books) == before


async def test_notes_stand_in_their_order_with_who_and_when(books: Books, cases: SqliteModeration):
    await cases.block(books.act(), 1, 0)
    await cases.note(books.act(), 1, "first")
    file = await cases.note(books.act("mod.note"), 1, "second")
    assert [(note.text, note.actor_id) for note in file.notes] == [("first", ADMIN), ("second", ADMIN)]
    assert await cases.case(1, 1) == file
    await is_refused(cases.note(books.act(server_id=2), 1, "x"), MemberError, "no-such-case")


async def test_every_act_has_its_row_in_the_audit_and_is_done_once(books: Books, cases: SqliteModeration):
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    await cases.add_rule(books.act(), RuleKind.WORD, "blood")
    acts: list[tuple[Act, Any]] = [
        (act := books.act("mod.block"), lambda act=act: cases.block(act, 1, 0)),
        (act := books.act("mod.note"), lambda act=act: cases.note(act, 1, "x")),
        (act := books.act("mod.unblock"), lambda act=act: cases.unblock(act, 1)),
        (act := books.act("mod.add-rule"), lambda act=act: cases.add_rule(act, RuleKind.WORD, "gore")),
        (act := books.act("mod.remove-rule"), lambda act=act: cases.remove_rule(act, 1)),
        (act := books.act("mod.set-strikes"), lambda act=act: cases.set_strikes(act, 5)),
        (act := books.act("mod.remove"), lambda act=act: cases.begin_removal(act, job.id, ChargeWish.GIVE_BACK)),
    ]
    for act, do in acts:
        await do()
        assert await books.rows("SELECT count(*) FROM audit WHERE act = ?", act.name) == [(1,)]
        before = await everything(books)
        with pytest.raises(AlreadyDone):
            await do()
        assert await everything(books) == before


# -- rules for prompts


async def test_rules_have_a_version_that_every_change_raises_in_their_server_alone(
    books: Books, cases: SqliteModeration
):
    assert (await cases.version(1), (await cases.rules(1)).rules) == (0, ())
    await cases.set_strikes(books.act(), 4)
    assert await cases.version(1) == 0
    await cases.add_rule(books.act(), RuleKind.WORD, "blood")
    await cases.add_rule(books.act(), RuleKind.PATTERN, "go+re")
    stored = await cases.rules(1)
    assert [(rule.id, rule.kind, rule.text) for rule in stored.rules] == [(1, "word", "blood"), (2, "pattern", "go+re")]
    assert (stored.version, await cases.version(1), await cases.version(2)) == (2, 2, 0)
    removed = await cases.remove_rule(books.act(), 2)
    assert (removed.text, await cases.version(1), await cases.strikes(1)) == ("go+re", 3, 4)
    await cases.add_rule(books.act(), RuleKind.WORD, "gore")
    assert [rule.id for rule in (await cases.rules(1)).rules] == [1, 3]


async def test_the_audit_tells_which_rule_was_added_and_removed(books: Books, cases: SqliteModeration):
    await cases.add_rule(books.act("mod.add-rule"), RuleKind.WORD, "gore")
    await cases.add_rule(books.act("mod.add-rule"), RuleKind.WORD, "blood")
    await cases.remove_rule(books.act("mod.remove-rule"), 2)
    rows = await books.rows("SELECT act, detail FROM audit WHERE act LIKE 'mod.%' ORDER BY id")
    assert [(act, json.loads(detail)["rule"]) for act, detail in rows] == [
        ("mod.add-rule", 1), ("mod.add-rule", 2), ("mod.remove-rule", 2),
    ]  # fmt: skip


async def test_a_rule_of_another_server_can_not_be_removed_by_its_number(books: Books, cases: SqliteModeration):
    await cases.add_rule(books.act(), RuleKind.WORD, "blood")
    before = await everything(books)
    await is_refused(cases.remove_rule(books.act(server_id=2), 1), MemberError, "prompt-rule-gone")
    await is_refused(cases.add_rule(books.act(), RuleKind.WORD, "blood"), InvalidRequest, "prompt-rule-known")
    assert await everything(books) == before


# -- removals


async def test_a_removal_begins_with_its_intent_its_case_and_its_refund_or_not_at_all(
    books: Books, cases: SqliteModeration
):
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    # Where the pictures are on their way to Discord, as when they are sent again, they would stand there afterwards.
    await is_refused(cases.begin_removal(books.act(), job.id, ChargeWish.GIVE_BACK), MemberError, "still-under-way")
    await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    before = await everything(books)
    for act in (books.act(server_id=2), books.act()):
        wrong = job.id if act.server_id == 2 else 5
        await is_refused(cases.begin_removal(act, wrong, ChargeWish.GIVE_BACK), NotPermitted, "job-gone")
    assert await everything(books) == before
    case, back = await cases.begin_removal(books.act("mod.remove", reason="ugly"), job.id, ChargeWish.GIVE_BACK)
    assert (case.kind, case.job_number, case.member_id, case.reason) == (CaseKind.REMOVE, job.number, 1, "ugly")
    assert back is not None
    assert (back.free_images, back.credit_micros) == (1, 0)
    assert await books.jobs.removals_begun() == [job.id]
    for wish in (ChargeWish.GIVE_BACK, ChargeWish.ASK):
        _, back = await cases.begin_removal(books.act(), job.id, wish)
        assert back == Refund(0, 0)
    assert await books.rows("SELECT count(*) FROM ledger WHERE kind = 'refund'") == [(1,)]
    assert await books.rows("SELECT count(*) FROM outbox WHERE kind = 'refund-asked'") == [(0,)]
    await books.jobs.end_removal(job.id, Removal.DONE)
    await is_refused(cases.begin_removal(books.act(), job.id, ChargeWish.KEEP), MemberError, "removed-already")
    await books.read(balances_equal_rows)


async def test_whoever_made_the_pictures_neither_gets_the_charge_back_nor_has_it_asked_for(
    books: Books, cases: SqliteModeration
):
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    own = replace(books.act("mod.remove"), actor_id=1)
    before = await everything(books)
    for wish in (ChargeWish.GIVE_BACK, ChargeWish.ASK):
        await is_refused(cases.begin_removal(own, job.id, wish), NotPermitted, "refund-own")
    assert await everything(books) == before
    _, back = await cases.begin_removal(own, job.id, ChargeWish.KEEP)
    assert back is None


async def test_a_wish_to_give_back_is_told_once_and_granted_in_its_own_server_for_a_removal_alone(
    books: Books, cases: SqliteModeration
):
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=1, tier=None)
    await books.jobs.record_delivery(job.id, {}, version=1, ping=False)
    case, back = await cases.begin_removal(books.act("mod.remove", reason="ugly"), job.id, ChargeWish.ASK)
    assert back is None
    asked = f'{{"server_id": 1, "case_id": {case.id}, "free": 1, "micros": 0}}'
    assert await books.rows("SELECT content FROM outbox WHERE kind = 'refund-asked'") == [(asked,)]
    block = await cases.block(books.act("mod.block"), 1, 0)
    before = await everything(books)
    for act, case_id in ((books.act(server_id=2), case.id), (books.act(), block.id), (books.act(), 99)):
        await is_refused(cases.give_back(act, case_id), NotPermitted, "question-gone")
    await is_refused(cases.give_back(replace(books.act(), actor_id=1), case.id), NotPermitted, "refund-own")
    assert await everything(books) == before
    back = await cases.give_back(act := books.act("quota.refund"), case.id)
    assert (back.free_images, back.credit_micros) == (1, 0)
    assert await books.rows("SELECT reason FROM ledger WHERE kind = 'refund'") == [("ugly",)]
    with pytest.raises(AlreadyDone):
        await cases.give_back(act, case.id)
    await is_refused(cases.give_back(books.act(), case.id), MemberError, "refunded-already")
    await books.read(balances_equal_rows)


async def test_a_question_is_found_in_its_own_server_and_forgotten_after_a_day(books: Books, cases: SqliteModeration):
    job = await books.submit(terms(books))
    act = books.act(reason="ugly")
    for _ in range(2):
        await cases.ask_removal(act, job.id)
    assert await cases.removal_asked(1, act.interaction_id) == (job.id, "ugly")
    assert await cases.removal_asked(2, act.interaction_id) is None
    books.clock.advance(QUESTION_LIVES_MS / 1000 + 1)
    await cases.ask_removal(books.act(), job.id)
    assert await cases.removal_asked(1, act.interaction_id) is None
