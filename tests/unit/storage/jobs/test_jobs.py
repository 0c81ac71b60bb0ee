from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.jobs.job import FINAL, TRANSITIONS, Job, JobState, Removal, sources
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport, TaskResult, TaskStatus
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import MemberError
from bot.storage.files.picture_files import PictureFiles
from bot.storage.jobs.transitions import transition
from simulation.judging.books import balances_equal_rows
from tests.support.failures import failure_of
from tests.support.ledger import Books, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}
URL = "https://oss.example/1.png?Signature=secret"


@pytest.fixture
async def job(books: Books) -> Job:
    return await books.submit(make_terms(books.clock.now_ms(), CATALOGUE), count=2)


async def with_vendor(books: Books, job: Job) -> None:
    await books.bring_to_submitting(job)
    await books.jobs.record_task(job.id, CreatedTask("task-1", "request-1"))


async def fetching(books: Books, job: Job, *, image_count: int = 2) -> None:
    await with_vendor(books, job)
    results = (TaskResult(URL, orig_prompt="a flower"), TaskResult(code="DataInspectionFailed"))
    await books.jobs.record_results(
        job.id, TaskReport("task-1", TaskStatus.SUCCEEDED, results, image_count=image_count, request_id="r-2")
    )


@pytest.mark.parametrize("start", JobState)
async def test_a_job_only_goes_where_its_state_allows(books: Books, job: Job, start: JobState):
    for target in JobState:
        await books.database.write(
            lambda conn: conn.execute("UPDATE jobs SET state = ? WHERE id = ?", (start, job.id)).rowcount
        )
        moved = await books.database.write(lambda conn, to=target: transition(conn, job.id, to, 5))
        assert (moved is not None) is (target in TRANSITIONS[start])
        now = await books.jobs.get(job.id)
        assert now is not None
        assert now.state is (target if moved else start)


async def test_every_change_raises_the_version_and_leaves_an_audit_row(books: Books, job: Job):
    await fetching(books, job)
    await books.jobs.keep_image(job.id, 0, Picture("1/1-0.png", 9, 1024, 1024))
    settled = await books.jobs.settle(job.id, None)
    assert settled is not None
    assert settled.version == 6
    acts = [act for (act,) in await books.rows("SELECT act FROM audit WHERE job_id = ? ORDER BY id", job.id)]
    assert acts == ["job.held", "job.queued", "job.submitting", "job.pending", "job.fetching", "job.delivering"]


async def test_a_signed_url_is_forgotten_once_its_picture_is_kept_or_lost(books: Books, job: Job):
    await fetching(books, job)
    stored = await books.jobs.get(job.id)
    assert stored is not None
    assert [image.url for image in stored.images] == [URL, ""]
    assert [image.code for image in stored.images] == ["", "DataInspectionFailed"]
    await books.jobs.lose_image(job.id, 0, failure_of("result_rejected"))
    assert await books.rows("SELECT count(*) FROM images WHERE url <> ''") == [(0,)]
    await books.jobs.keep_image(job.id, 0, Picture("1/1-0.png", 9, 1024, 1024))
    kept = await books.jobs.get(job.id)
    assert kept is not None
    assert [(image.path, image.code) for image in kept.kept] == [("1/1-0.png", "")]
    assert kept.was_cut


async def test_settling_without_a_picture_fails_with_the_vendors_reason_and_charges_nothing(books: Books, job: Job):
    await fetching(books, job, image_count=1)
    failed = await books.jobs.settle(job.id, None)
    assert failed is not None
    assert (failed.state, failed.failure) == (JobState.FAILED, "DataInspectionFailed")
    assert failed.charged is not None
    assert failed.charged.images == 0
    assert await books.rows("SELECT outcome, cost_micros FROM holds") == [("settled", TURBO.price_micros)]
    again = await books.jobs.settle(job.id, None)
    assert again is not None
    assert again == failed
    assert await books.jobs.settle(1, None) is None


async def test_results_without_any_word_fail_as_no_results(books: Books, job: Job):
    await with_vendor(books, job)
    await books.jobs.record_results(job.id, TaskReport("task-1", TaskStatus.SUCCEEDED, (TaskResult(),)))
    failed = await books.jobs.settle(job.id, None)
    assert failed is not None
    assert (failed.state, failed.failure) == (JobState.FAILED, "no_results")


async def test_a_task_belongs_to_one_job(books: Books, job: Job):
    await with_vendor(books, job)
    assert await books.jobs.owned_tasks(["task-1", "task-2"]) == {"task-1"}
    assert await books.jobs.owned_tasks([]) == set()


# -- cancel


async def test_a_queued_job_is_canceled_at_once_and_its_hold_returns(books: Books, job: Job):
    await books.jobs.acknowledge(job.id, 7)
    canceled = await books.jobs.wish_cancel(job.id, 55)
    assert canceled is not None
    assert canceled.state is JobState.CANCELED
    assert await books.outcome(job.id) == "voided"
    await books.read(balances_equal_rows)
    acts = await books.rows("SELECT act, actor_id FROM audit WHERE job_id = ? ORDER BY id DESC LIMIT 2", job.id)
    assert [act for act, _ in acts] == ["job.canceled", "job.cancel_wished"]
    assert acts[1][1] is not None


async def test_a_wish_is_noted_once_where_the_job_cannot_be_canceled_yet(books: Books, job: Job):
    await books.bring_to_submitting(job)
    first = await books.jobs.wish_cancel(job.id, 1)
    books.clock.advance(5)
    second = await books.jobs.wish_cancel(job.id, 1)
    assert first is not None
    assert first == second
    assert (first.state, first.cancel_wished_ms > 0) == (JobState.SUBMITTING, True)
    assert await books.rows("SELECT count(*) FROM audit WHERE act = 'job.cancel_wished'") == [(1,)]


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.IN_DOUBT])
async def test_a_wish_cancels_a_job_that_returns_to_the_queue(books: Books, job: Job, state: JobState):
    await books.bring_to_submitting(job)
    await books.jobs.wish_cancel(job.id, 1)
    if state is JobState.IN_DOUBT:
        await books.jobs.doubt(job.id, "crash")
    requeued = await books.jobs.requeue(job.id, counts=False)
    assert requeued is not None
    assert requeued.state is JobState.CANCELED
    assert await books.outcome(job.id) == "voided"
    assert (await books.lanes.claim(TURBO)).job is None


async def test_a_wish_cancels_a_held_job_when_it_would_be_queued(books: Books, job: Job):
    await books.jobs.wish_cancel(job.id, 1)
    acknowledged = await books.jobs.acknowledge(job.id, 7)
    assert acknowledged is not None
    assert (acknowledged.state, acknowledged.reply.message_id) == (JobState.CANCELED, 7)


async def test_a_wish_for_a_final_or_unknown_job_changes_nothing(books: Books, job: Job):
    voided = await books.jobs.void(job.id)
    assert await books.jobs.wish_cancel(job.id, 1) == voided
    assert await books.jobs.wish_cancel(1, 1) is None


async def test_a_refused_cancel_is_noted_once(books: Books, job: Job):
    await with_vendor(books, job)
    first = await books.jobs.refuse_cancel(job.id)
    assert first is not None
    assert first.cancel_refused
    assert await books.jobs.refuse_cancel(job.id) == first


# -- only once, only from the right state


async def test_what_comes_too_late_changes_nothing(books: Books, job: Job):
    jobs = books.jobs
    await jobs.acknowledge(job.id, 7)
    assert await jobs.acknowledge(job.id, 8) is None
    assert await jobs.void(job.id) is None
    assert await jobs.requeue(job.id, counts=True) is None
    await jobs.expire(job.id, "waited_too_long")
    before = await jobs.get(job.id)
    assert await jobs.expire(job.id, "again") is None
    assert await jobs.fail(job.id, failure_of("again"), doubtful_images=2) is None
    assert await jobs.record_canceled(job.id) is None
    assert await jobs.record_task(job.id, CreatedTask("late", "r")) is None
    assert await jobs.record_start(job.id) is None
    assert await jobs.doubt(job.id, "late") is None
    assert await jobs.record_delivery(job.id, {}, version=9, ping=True) is None
    assert await jobs.record_undelivered(job.id, "late") is None
    assert await jobs.get(job.id) == before
    assert await books.outcome(job.id) == "expired"
    assert await books.rows("SELECT count(*) FROM outbox") == [(0,)]


async def test_a_job_that_discord_has_not_taken_is_not_put_back_in_line(books: Books, job: Job):
    assert await books.jobs.requeue(job.id, counts=False) is None
    assert await books.jobs.get(job.id) == job


async def test_a_backward_report_is_ignored(books: Books, job: Job):
    await fetching(books, job)
    assert await books.jobs.record_start(job.id) is None
    assert await books.jobs.record_results(job.id, TaskReport("task-1", TaskStatus.SUCCEEDED)) is None


async def test_only_an_error_of_the_service_counts_as_an_attempt(books: Books, job: Job):
    await books.bring_to_submitting(job)
    await books.jobs.requeue(job.id, counts=True)
    await books.database.write(lambda conn: transition(conn, job.id, JobState.SUBMITTING, 1))
    requeued = await books.jobs.requeue(job.id, counts=False)
    assert requeued is not None
    assert requeued.attempts == 1


# -- delivery and removal


async def delivering(books: Books, job: Job) -> None:
    await fetching(books, job)
    await books.jobs.keep_image(job.id, 0, Picture("1/1-0.png", 9, 1024, 1024))
    await books.jobs.settle(job.id, None)


@pytest.mark.parametrize("ping", [True, False])
async def test_a_delivery_notes_the_attachments_and_asks_for_at_most_one_ping(books: Books, job: Job, ping: bool):
    await delivering(books, job)
    await books.jobs.record_undelivered(job.id, "refused")
    await books.jobs.send_again(job.id, 7, None)
    for _ in range(2):
        await books.jobs.record_delivery(job.id, {0: 77}, version=6, ping=ping)
    delivered = await books.jobs.get(job.id)
    assert delivered is not None
    assert (delivered.state, delivered.shown, delivered.kept[0].attachment_id) == (JobState.DELIVERED, 6, 77)
    assert await books.rows("SELECT kind, job_id FROM outbox") == ([("ping", job.id)] if ping else [])
    told = [act for (act,) in await books.rows("SELECT act FROM audit WHERE job_id = ? ORDER BY id", job.id)]
    assert told[-3:] == ["job.send_again", "job.delivering", "job.delivered"]


async def test_removing_forgets_the_files_but_not_the_record(books: Books, job: Job):
    await delivering(books, job)
    with pytest.raises(MemberError, match="still-under-way"):
        await books.jobs.begin_removal(job.id, 66)
    await books.jobs.record_delivery(job.id, {0: 77}, version=6, ping=False)
    begun = await books.jobs.begin_removal(job.id, 66)
    assert begun is not None
    assert (len(begun.kept), begun.deleted_ms) == (1, 0)
    done = await books.jobs.end_removal(job.id, Removal.DONE)
    assert done is not None
    assert (done.kept, done.deleted_ms > 0) == ((), True)
    assert await books.jobs.begin_removal(1, 66) is None
    acts = await books.rows("SELECT act FROM audit WHERE actor_id <> ? ORDER BY id", job.account_id)
    assert acts == [("job.removal_intent",), ("job.removal_done",)]


async def test_what_somebody_has_begun_to_remove_is_not_sent_again(books: Books, job: Job):
    await delivering(books, job)
    await books.jobs.record_undelivered(job.id, "refused")
    await books.jobs.begin_removal(job.id, 66)
    assert await books.jobs.send_again(job.id, 7, None) is None
    after = await books.jobs.get(job.id)
    assert after is not None
    assert after.state is JobState.UNDELIVERED
    await books.jobs.end_removal(job.id, Removal.DONE)
    with pytest.raises(MemberError, match="removed-already"):
        await books.jobs.begin_removal(job.id, 66)


async def test_a_removal_that_is_repeated_keeps_the_moment_of_the_first(books: Books, job: Job):
    await delivering(books, job)
    await books.jobs.record_delivery(job.id, {0: 77}, version=6, ping=False)
    first = await books.jobs.end_removal(job.id, Removal.OPEN)
    books.clock.advance(5)
    assert first is not None
    assert await books.jobs.end_removal(job.id, Removal.OPEN) == first


@pytest.mark.parametrize("learned", [Removal.DONE, Removal.OUT_OF_REACH])
async def test_whoever_removes_pictures_at_the_same_time_and_learns_less_opens_nothing_again(
    books: Books, job: Job, learned: Removal
):
    await delivering(books, job)
    await books.jobs.record_delivery(job.id, {0: 77}, version=6, ping=False)
    for who in (66, 67):
        await books.jobs.begin_removal(job.id, who)
    for said in (learned, Removal.OPEN):
        ended = await books.jobs.end_removal(job.id, said)
        assert ended is not None
        assert ended.removal is learned


async def test_whoever_removes_pictures_at_the_same_time_and_learns_more_is_believed(books: Books, job: Job):
    await delivering(books, job)
    await books.jobs.record_delivery(job.id, {0: 77}, version=6, ping=False)
    for who in (66, 67):
        await books.jobs.begin_removal(job.id, who)
    for said in (Removal.OUT_OF_REACH, Removal.DONE, Removal.OUT_OF_REACH):
        ended = await books.jobs.end_removal(job.id, said)
    assert ended is not None
    assert ended.removal is Removal.DONE


async def test_an_old_card_that_was_changed_before_a_removal_has_still_to_go(books: Books, job: Job):
    await delivering(books, job)
    await books.jobs.record_undelivered(job.id, "refused")
    seen = await books.jobs.send_again(job.id, 7, replace(job.reply, message_id=99))
    assert seen is not None
    await books.jobs.record_delivery(job.id, {0: 77}, version=seen.version, ping=False)
    removed = await books.jobs.end_removal(job.id, Removal.OPEN)
    assert removed is not None
    await books.jobs.settle_old_card(job.id, seen.version)
    assert [card.job_id for card in await books.jobs.old_cards()] == [job.id]
    await books.jobs.settle_old_card(job.id, removed.version)
    assert await books.jobs.old_cards() == []


async def test_removing_files_that_are_gone_already_is_no_error(tmp_path: Path):
    pictures = PictureFiles(tmp_path)
    pictures.file("1.png").write_bytes(b"x")
    await pictures.remove(["1.png", "2.png"])
    assert not pictures.file("1.png").exists()


# -- reading


async def test_jobs_are_found_by_state_and_by_what_is_not_shown(books: Books, job: Job):
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    queued = await books.queue(terms)
    assert await books.jobs.ids_in_state(JobState.HELD) == [job.id]
    assert await books.jobs.ids_in_state(JobState.HELD, job.request.model) == [job.id]
    assert await books.jobs.ids_in_state(JobState.HELD, "another") == []
    assert await books.jobs.unshown() == [queued.id]
    assert (await books.jobs.unshown(queued.request.model), await books.jobs.unshown("another")) == ([queued.id], [])
    await books.jobs.mark_shown(queued.id, queued.version)
    await books.jobs.mark_shown(queued.id, queued.version - 1)
    assert await books.jobs.unshown() == []


async def test_tokens_are_wiped_when_they_are_dead(books: Books, job: Job):
    assert await books.jobs.wipe_dead_tokens(books.clock.now_ms()) == 0
    await books.jobs.wipe_token(job.id)
    await books.database.write(lambda conn: conn.execute("UPDATE jobs SET token = 't', token_expires_ms = 1").rowcount)
    assert await books.jobs.wipe_dead_tokens(books.clock.now_ms()) == 1
    assert await books.rows("SELECT token FROM jobs") == [("",)]


async def test_a_reply_may_move_elsewhere(books: Books, job: Job):
    await books.jobs.readdress(job.id, 8, 9)
    moved = await books.jobs.get(job.id)
    assert moved is not None
    assert (moved.reply.channel_id, moved.reply.message_id) == (8, 9)


async def test_a_reply_that_moved_is_not_gone_where_its_old_message_is(books: Books, job: Job):
    before = await books.jobs.acknowledge(job.id, 7)
    assert before is not None
    await books.jobs.readdress(job.id, 8, 9)
    await books.jobs.note_message_gone(before)
    moved = await books.jobs.get(job.id)
    assert moved is not None
    assert not moved.message_gone
    await books.jobs.note_message_gone(moved)
    assert await books.jobs.get(job.id) == replace(moved, message_gone=True)


def test_every_final_state_has_a_way_in():
    assert all(sources(state) for state in FINAL)


async def test_a_task_is_told_of_while_the_vendor_has_it_and_a_call_while_it_is_made(books: Books):
    report = TaskReport("", TaskStatus.SUCCEEDED, (TaskResult(url="https://x/"),), image_count=1, request_id="r-3")
    called, created = [await books.queue(make_terms(books.clock.now_ms(), CATALOGUE)) for _ in range(2)]
    for job in (called, created):
        await books.bring_to_submitting(job)
    await books.jobs.record_task(created.id, CreatedTask("task-9", "r"))
    assert await books.jobs.record_results(called.id, report) is None
    assert await books.jobs.record_drawn(created.id, report, since_ms=5) is None
    drawn = await books.jobs.record_drawn(called.id, report, since_ms=5)
    assert drawn is not None
    assert (drawn.state, drawn.submitted_ms, len(drawn.images)) == (JobState.FETCHING, 5, 1)
    assert await books.jobs.record_drawn(called.id, report, since_ms=5) is None


async def test_a_members_jobs_are_read_in_both_directions(books):
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    jobs = [await books.submit(terms, member_id=5, server_id=1 + k % 2) for k in range(6)]
    ids = [job.id for job in jobs]
    newer = books.jobs.newer_of_member
    assert [job.id for job in await newer(5, None, after_id=ids[0], most=3)] == [ids[3], ids[2], ids[1]]
    assert [job.id for job in await newer(5, 2, after_id=0, most=2)] == [ids[3], ids[1]]
    assert await newer(5, None, after_id=ids[-1], most=3) == []
    assert await newer(6, None, after_id=0, most=3) == []
