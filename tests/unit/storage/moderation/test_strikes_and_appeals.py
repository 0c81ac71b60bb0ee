"""Strikes that pause a member, and appeals against what keeps one out."""

import json

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.jobs.vendor_task import CreatedTask, TaskReport, TaskResult, TaskStatus
from bot.domain.moderation.cases import APPEAL_AGAIN_MS, PAUSE_MS, AppealState, Case, CaseKind
from bot.errors import AlreadyDone, MemberError, NotPermitted, Unavailable
from bot.failure_kinds import FailureKind
from bot.storage.moderation.moderation import SqliteModeration
from simulation.judging.books import balances_equal_rows
from tests.support.failures import failure_of
from tests.support.forgetting import forget
from tests.support.ledger import ADMIN, DAY_MS, Books
from tests.support.stores.cases import everything, is_refused, refused, terms

REFUSED = "DataInspectionFailed"


async def fail(books: Books, code: str = REFUSED, member_id: int = 1, server_id: int = 1) -> Job:
    job = await books.submit(terms(books), member_id=member_id, server_id=server_id)
    return await end(books, job, code)


async def end(books: Books, job: Job, code: str = REFUSED) -> Job:
    await books.bring_to_submitting(job)
    failed = await books.jobs.fail(job.id, failure_of(code))
    assert failed is not None
    return failed


def by_member(books: Books, member_id: int = 1, server_id: int = 1) -> Act:
    return Act(next(books.act_ids), server_id, member_id, "mod.appeal")


async def appealed(books: Books, cases: SqliteModeration, case: Case, text: str = "please") -> int:
    await cases.appeal(by_member(books), case.id, text, "zh-CN")
    return (await books.rows("SELECT max(id) FROM appeals"))[0][0]


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


async def test_where_a_member_stands_tells_of_the_strikes_that_count_also_once_they_were_forgotten(
    books: Books, cases: SqliteModeration
):
    async def strikes(server_id: int = 1) -> tuple[int, int]:
        refused = (await books.jobs.standing(server_id, 1, (), terms(books))).refused
        return refused.strikes, refused.strikes_limit

    assert await strikes() == (0, 3)
    await fail(books)
    await fail(books)
    assert (await strikes(), await strikes(2)) == ((2, 3), (0, 3))
    await forget(books, terms(books), 1)
    assert (await strikes(), await strikes(2)) == ((2, 3), (0, 3))
    await cases.set_strikes(books.act(), 9)
    await fail(books)
    assert await strikes() == (3, 9)
    await cases.set_strikes(books.act(), 4)
    await fail(books)
    # What led to a pause is done with.
    assert await strikes() == (0, 4)


async def test_pictures_that_are_all_refused_are_a_strike_like_a_refused_prompt(books: Books, cases: SqliteModeration):
    await cases.set_strikes(books.act(), 1)
    job = await books.submit(terms(books))
    await books.bring_to_settled(job, made=1, fetched=0, tier=None)
    assert await books.rows("SELECT * FROM strikes") == []
    job = await books.submit(terms(books))
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask("t", "r"))
    results = (TaskResult(code=REFUSED, kind=FailureKind.CONTENT),)
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
    decided = await cases.decide(books.act(reason="still spam"), appeal_id, accepts=False)
    assert (decided.state, decided.answer) == (AppealState.REJECTED, "still spam")
    await refused(books)
    refusal = await is_refused(cases.check_appeal(1, 1, case.id), Unavailable, "appeal-again-why")
    assert refusal.values == {
        "number": 1,
        "reason": "still spam",
        "at_ms": decided.decided_ms,
        "again_ms": decided.decided_ms + APPEAL_AGAIN_MS,
    }
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


async def test_what_an_earlier_program_rejected_has_no_reason(books: Books, cases: SqliteModeration):
    case = await cases.block(books.act(), 1, 0)
    await cases.decide(books.act(), await appealed(books, cases, case), accepts=False)
    await is_refused(cases.check_appeal(1, 1, case.id), Unavailable, "appeal-again")


async def test_whether_somebody_may_decide_is_known_before_they_say_why(books: Books, cases: SqliteModeration):
    appeal_id = await appealed(books, cases, await cases.block(books.act(), 1, 0))
    await cases.check_decision(1, ADMIN, appeal_id)
    await is_refused(cases.check_decision(2, ADMIN, appeal_id), NotPermitted, "appeal-gone")
    await is_refused(cases.check_decision(1, 1, appeal_id), NotPermitted, "appeal-own")
    await cases.decide(books.act(), appeal_id, accepts=True)
    await is_refused(cases.check_decision(1, ADMIN, appeal_id), MemberError, "appeal-decided")


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
