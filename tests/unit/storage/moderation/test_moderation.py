import json
import sqlite3
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, TaskReport, TaskResult, TaskStatus
from bot.domain.moderation.cases import APPEAL_AGAIN_MS, PAUSE_MS, AppealState, Case, CaseKind, ChargeWish
from bot.domain.moderation.prompt_rules import RuleKind
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.requests.quota import Refund
from bot.errors import AlreadyDone, Blocked, BotError, InvalidRequest, MemberError, NotPermitted, Unavailable
from bot.storage.moderation.moderation import QUESTION_LIVES_MS, SqliteModeration
from tests.support.ledger import ADMIN, DAY_MS, Books, balances_equal_rows, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
REFUSED = "DataInspectionFailed"
HOUR_MS = 3_600_000
TABLES = (
    "cases", "case_notes", "blocks", "strikes", "moderation_settings", "prompt_rules", "appeals", "removal_questions",
    "acts", "audit", "accounts", "ledger", "outbox",
)  # fmt: skip


@pytest.fixture
def cases(books: Books) -> SqliteModeration:
    return SqliteModeration(books.database, books.clock)


def terms(books: Books) -> Any:
    return make_terms(books.clock.now_ms(), {TURBO.name: TURBO}, 100)


async def everything(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    return {table: await books.rows(f"SELECT * FROM {table}") for table in TABLES}


async def refused(books: Books, member_id: int = 1, server_id: int = 1) -> Blocked:
    with pytest.raises(Blocked) as refusal:
        await books.submit(terms(books), member_id=member_id, server_id=server_id)
    return refusal.value


async def fail(books: Books, code: str = REFUSED, member_id: int = 1, server_id: int = 1) -> Job:
    job = await books.submit(terms(books), member_id=member_id, server_id=server_id)
    return await end(books, job, code)


async def end(books: Books, job: Job, code: str = REFUSED) -> Job:
    await books.bring_to_submitting(job)
    failed = await books.jobs.fail(job.id, code)
    assert failed is not None
    return failed


async def is_refused(done: Awaitable[object], kind: type[BotError], key: str) -> MemberError:
    with pytest.raises(kind) as refusal:
        await done
    assert isinstance(refusal.value, MemberError)
    assert refusal.value.key == key
    return refusal.value


def by_member(books: Books, member_id: int = 1, server_id: int = 1) -> Act:
    return Act(next(books.act_ids), server_id, member_id, "mod.appeal")


async def appealed(books: Books, cases: SqliteModeration, case: Case, text: str = "please") -> int:
    await cases.appeal(by_member(books), case.id, text, "zh-CN")
    return (await books.rows("SELECT max(id) FROM appeals"))[0][0]


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
        "INSERT OR REPLACE INTO cases SELECT id, 1, 1, 'unblock', NULL, NULL, NULL, '', 0, 0 FROM cases",
        "INSERT OR REPLACE INTO cases SELECT id + 1, 1, 1, 'unblock', NULL, NULL, NULL, '', 0, 0 FROM cases",
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


# -- strikes


async def test_the_third_prompt_refused_for_content_pauses_its_member_for_a_day(books: Books, cases: SqliteModeration):
    await fail(books)
    await fail(books, "IPInfringementSuspect")
    await books.submit(terms(books))
    last = await fail(books, "DataInspectionFailed.Output")
    refusal = await refused(books)
    assert (refusal.until_ms, refusal.by_program) == (books.clock.now_ms() + PAUSE_MS, True)
    file = await cases.case(1, 1)
    assert file is not None
    assert (file.case.kind, file.case.by_program, file.case.job_number) == (CaseKind.PAUSE, True, last.number)
    told = await books.rows("SELECT content FROM outbox WHERE kind = 'member-paused'")
    assert [json.loads(one) for (one,) in told] == [{"server_id": 1, "case_id": file.case.id, "strikes": 3}]
    assert await books.rows("SELECT actor_id, job_id FROM audit WHERE act = 'mod.pause'") == [(None, last.id)]
    await books.read(balances_equal_rows)


async def test_pictures_that_are_all_refused_are_a_strike_like_a_refused_prompt(books: Books, cases: SqliteModeration):
    await cases.set_strikes(books.act(), 1)
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=0, tier=None)
    assert await books.rows("SELECT * FROM strikes") == []
    job = await books.submit(terms(books))
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask("t", "r"))
    results = (TaskResult(code=REFUSED),)
    await books.jobs.record_results(job.id, TaskReport("t", TaskStatus.SUCCEEDED, results, image_count=0))
    await books.jobs.settle(job.id, None)
    assert await books.rows("SELECT job_id FROM strikes") == [(job.id,)]
    await refused(books)


async def test_no_other_failure_is_a_strike(books: Books, cases: SqliteModeration):
    await cases.set_strikes(books.act(), 1)
    for code in ("InternalError", "InvalidParameter", "in_doubt", "http_400"):
        await fail(books, code)
    assert await books.rows("SELECT * FROM strikes") == []


async def test_strikes_older_than_a_day_do_not_count(books: Books):
    await fail(books)
    await fail(books)
    books.clock.advance(DAY_MS / 1000)
    await fail(books)
    await books.submit(terms(books))


async def test_strikes_of_another_member_or_in_another_server_do_not_count(books: Books):
    await fail(books)
    await fail(books)
    await fail(books, member_id=2)
    await fail(books, server_id=2)
    for member_id, server_id in ((1, 1), (2, 1), (1, 2)):
        await books.submit(terms(books), member_id=member_id, server_id=server_id)


async def test_what_led_to_a_pause_is_done_with_when_a_moderator_ends_it(books: Books, cases: SqliteModeration):
    for _ in range(3):
        await fail(books)
    books.clock.advance(1)
    await cases.unblock(books.act(), 1)
    for _ in range(2):
        await fail(books)
    await books.submit(terms(books))
    await fail(books)
    await refused(books)


async def test_a_job_under_way_when_its_member_was_blocked_changes_nothing_about_that(
    books: Books, cases: SqliteModeration
):
    await cases.set_strikes(books.act(), 1)
    job = await books.submit(terms(books))
    case = await cases.block(books.act(), 1, 0)
    await end(books, job)
    assert await books.rows("SELECT case_id, until_ms FROM blocks") == [(case.id, 0)]


async def test_a_server_sets_its_own_number_of_strikes_or_none(books: Books, cases: SqliteModeration):
    assert await cases.strikes(1) == 3
    assert await cases.set_strikes(books.act(), 0) == (3, 0)
    for _ in range(5):
        await fail(books)
        books.clock.advance(180)  # faster, and they would have to wait a while
    await books.submit(terms(books))
    assert await cases.set_strikes(books.act(), 1) == (0, 1)
    assert await cases.strikes(2) == 3
    assert [one for (one,) in await books.rows("SELECT reason FROM cases")] == ["3 -> 0", "0 -> 1"]


# -- appeals


async def test_an_appeal_reaches_the_moderators_once(books: Books, cases: SqliteModeration):
    case = await cases.block(books.act(), 1, 0)
    await cases.check_appeal(1, 1, case.id)
    act = by_member(books)
    await cases.appeal(act, case.id, "please", "zh-CN")
    before = await everything(books)
    with pytest.raises(AlreadyDone):
        await cases.appeal(act, case.id, "please", "zh-CN")
    await is_refused(cases.appeal(by_member(books), case.id, "x", "en-US"), Unavailable, "appeal-waits")
    assert await everything(books) == before
    told = await books.rows("SELECT content FROM outbox WHERE kind = 'appeal'")
    assert [json.loads(one) for (one,) in told] == [{"server_id": 1, "appeal_id": 1}]
    appeal = await cases.appeal_by_id(1)
    assert appeal is not None
    assert (appeal.case, appeal.text, appeal.locale, appeal.state) == (case, "please", "zh-CN", AppealState.OPEN)
    assert await cases.appeal_by_id(2) is None


@pytest.mark.parametrize("who", ["another member", "another server", "no account", "an earlier case", "unblocked"])
async def test_only_who_is_kept_out_by_a_case_appeals_it(books: Books, cases: SqliteModeration, who: str):
    case = await cases.block(books.act(), 1, 0)
    await cases.block(books.act(), 2, 0)
    member_id, server_id = {"another member": (2, 1), "another server": (1, 2), "no account": (77, 1)}.get(who, (1, 1))
    if who == "an earlier case":
        await cases.block(books.act(), 1, 0)
    if who == "unblocked":
        await cases.unblock(books.act(), 1)
    before = await everything(books)
    await is_refused(cases.check_appeal(server_id, member_id, case.id), NotPermitted, "appeal-not-yours")
    act = by_member(books, member_id, server_id)
    await is_refused(cases.appeal(act, case.id, "x", "en-US"), NotPermitted, "appeal-not-yours")
    assert await everything(books) == before


async def test_accepting_lifts_the_block_leaves_a_case_and_tells_the_member(books: Books, cases: SqliteModeration):
    case = await cases.block(books.act(), 1, 0)
    appeal_id = await appealed(books, cases, case)
    decided = await cases.decide(books.act("mod.appeal-accepted"), appeal_id, accepts=True)
    assert (decided.state, decided.decided_by) == (AppealState.ACCEPTED, ADMIN)
    await books.submit(terms(books))
    assert await books.rows("SELECT kind FROM cases ORDER BY id") == [("block",), ("unblock",)]
    told = await books.rows("SELECT content FROM outbox WHERE kind = 'appeal-answer'")
    assert [json.loads(one) for (one,) in told] == [{"appeal_id": appeal_id}]


async def test_an_appeal_whose_block_was_replaced_is_not_accepted_since_that_would_let_nobody_in(
    books: Books, cases: SqliteModeration
):
    appeal_id = await appealed(books, cases, await cases.block(books.act(), 1, 0))
    later = await cases.block(books.act(), 1, 0)
    before = await everything(books)
    refusal = await is_refused(cases.decide(books.act(), appeal_id, accepts=True), MemberError, "appeal-other-block")
    assert refusal.values == {"number": later.number}
    assert await everything(books) == before
    assert (await refused(books)).case_id == later.id
    assert (await cases.decide(books.act(), appeal_id, accepts=False)).state is AppealState.REJECTED


async def test_an_appeal_whose_block_has_ended_is_accepted_and_makes_no_case(books: Books, cases: SqliteModeration):
    appeal_id = await appealed(books, cases, await cases.block(books.act(), 1, 0))
    await cases.unblock(books.act(), 1)
    await cases.decide(books.act(), appeal_id, accepts=True)
    assert await books.rows("SELECT kind FROM cases") == [("block",), ("unblock",)]


async def test_a_rejected_appeal_leaves_the_block_and_can_be_repeated_after_a_week(
    books: Books, cases: SqliteModeration
):
    case = await cases.block(books.act(), 1, 0)
    appeal_id = await appealed(books, cases, case)
    decided = await cases.decide(books.act(), appeal_id, accepts=False)
    assert decided.state is AppealState.REJECTED
    await refused(books)
    with pytest.raises(Unavailable) as refusal:
        await cases.check_appeal(1, 1, case.id)
    assert refusal.value.values == {"again_ms": decided.decided_ms + APPEAL_AGAIN_MS}
    books.clock.advance(APPEAL_AGAIN_MS / 1000)
    assert await appealed(books, cases, case) == appeal_id + 1
    file = await cases.case(1, 1)
    assert file is not None
    assert [one.state for one in file.appeals] == [AppealState.REJECTED, AppealState.OPEN]


async def test_an_appeal_is_decided_once_by_its_own_servers_moderators_and_not_by_its_author(
    books: Books, cases: SqliteModeration
):
    appeal_id = await appealed(books, cases, await cases.block(books.act(), 1, 0))
    before = await everything(books)
    await is_refused(cases.decide(books.act(server_id=2), appeal_id, accepts=True), NotPermitted, "appeal-gone")
    await is_refused(cases.decide(books.act(), 99, accepts=True), NotPermitted, "appeal-gone")
    await is_refused(cases.decide(by_member(books), appeal_id, accepts=True), NotPermitted, "appeal-own")
    assert await everything(books) == before
    act = books.act()
    await cases.decide(act, appeal_id, accepts=False)
    before = await everything(books)
    await is_refused(cases.decide(books.act(), appeal_id, accepts=True), MemberError, "appeal-decided")
    with pytest.raises(AlreadyDone):
        await cases.decide(act, appeal_id, accepts=False)
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
    assert await books.jobs.removals_begun() == [(job.id, ADMIN)]
    for wish in (ChargeWish.GIVE_BACK, ChargeWish.ASK):
        _, back = await cases.begin_removal(books.act(), job.id, wish)
        assert back == Refund(0, 0)
    assert await books.rows("SELECT count(*) FROM ledger WHERE kind = 'refund'") == [(1,)]
    assert await books.rows("SELECT count(*) FROM outbox WHERE kind = 'refund-asked'") == [(0,)]
    await books.jobs.record_removal(job.id, ADMIN, step="done")
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


@pytest.mark.parametrize("how", ["ended", "replaced"])
async def test_who_is_not_kept_out_any_more_does_not_decide_their_own_appeal_either(
    books: Books, cases: SqliteModeration, how: str
):
    appeal_id = await appealed(books, cases, await cases.block(books.act(), 1, books.clock.now_ms() + 3600_000))
    if how == "ended":
        books.clock.advance(3601)
    else:
        await cases.block(books.act(), 1, 0)
    before = await everything(books)
    for accepts in (True, False):
        await is_refused(cases.decide(by_member(books), appeal_id, accepts=accepts), NotPermitted, "appeal-own")
    assert await everything(books) == before
