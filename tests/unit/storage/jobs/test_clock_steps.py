"""What was written down by a clock that was set back since holds nobody up for longer than it ever could."""

import pytest

from bot.domain.act import Act
from bot.domain.jobs.job import JobState
from bot.domain.jobs.lane import ACCOUNT
from bot.domain.moderation.cases import APPEAL_AGAIN_MS
from bot.domain.requests.catalogue import BUILT_IN
from bot.domain.time.waits import LONGEST_RETRY_S
from bot.errors import Unavailable
from bot.failure_kinds import Advice
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import NO_AHEAD_MS, SqliteLanes
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.outbox.feed import SqliteFeeds
from bot.storage.outbox.messages import SqliteOutbox, add
from bot.storage.privacy.privacy import SqlitePrivacy
from sandbox.clock import ShiftedClock
from tests.support.ledger import Books, make_new_job, make_terms

TURBO = BUILT_IN["wanx2.1-t2i-turbo"]
CATALOGUE = {TURBO.name: TURBO}
HOUR_S = 3600
back = pytest.mark.parametrize("back_s", [HOUR_S, 24 * HOUR_S])


def set_back(books: Books, seconds: float) -> ShiftedClock:
    """Return the same clock as it is after it was set back."""
    clock = ShiftedClock(books.clock)
    clock.ahead_s = -seconds
    return clock


@back
async def test_the_pace_of_a_lane_is_kept_and_not_waited_out(books: Books, back_s: int):
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    first = await books.queue(terms)
    await books.queue(terms)
    await books.lanes.claim(TURBO)
    await books.jobs.requeue(first.id, counts=False)
    await books.lanes.slow_down(TURBO, 60, was_ahead=True)
    clock = set_back(books, back_s)
    lanes = SqliteLanes(books.database, clock)
    # What is asked of the lane from now on holds as ever.
    await lanes.slow_down(TURBO, 30, was_ahead=False)
    turn = await lanes.claim(TURBO)
    assert turn.job is None
    assert turn.again_ms - clock.now_ms() == 30_000
    books.clock.advance(30)
    assert (await lanes.claim(TURBO)).job is not None


@back
async def test_an_account_that_throttled_a_task_ahead_is_given_one_again_in_time(books: Books, back_s: int):
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    for _ in range(TURBO.running_tasks + 2):
        await books.queue(terms)
    for _ in range(TURBO.running_tasks):
        job = (await books.lanes.claim(TURBO, vendor_ms=books.clock.now_ms())).job
        assert job is not None
        await books.database.write(
            lambda conn, job=job: conn.execute("UPDATE jobs SET state = 'pending' WHERE id = ?", (job.id,)).rowcount
        )
        books.clock.advance(1)
    await books.lanes.slow_down(TURBO, 0, was_ahead=True)
    assert (await books.lanes.claim(TURBO, vendor_ms=books.clock.now_ms())).job is None
    lanes = SqliteLanes(books.database, set_back(books, back_s))
    # Throttled anew: from now on there is none for ten minutes, however far off the old moment seems.
    await lanes.slow_down(TURBO, 0, was_ahead=True)
    assert (await lanes.claim(TURBO, vendor_ms=books.clock.now_ms())).job is None
    books.clock.advance(NO_AHEAD_MS / 1000)
    assert (await lanes.claim(TURBO, vendor_ms=books.clock.now_ms())).job is not None


@back
async def test_a_stopped_lane_is_tried_and_takes_requests_again_in_time(books: Books, back_s: int):
    await books.lanes.stop(ACCOUNT, "Arrearage", Advice.ARREARS)
    for _ in range(4):
        await books.lanes.stop(ACCOUNT, "Arrearage", Advice.ARREARS)
    clock = set_back(books, back_s)
    jobs, lanes = SqliteJobs(books.database, clock), SqliteLanes(books.database, clock)
    held = await jobs.submit(make_new_job(7000, 1, 5, TURBO.name), make_terms(clock.now_ms(), CATALOGUE))
    await jobs.acknowledge(held.id, 1)
    assert (await lanes.claim(TURBO)).job is not None


@back
async def test_a_cooldown_holds_nobody_up_for_longer_than_it_is(books: Books, back_s: int):
    terms = make_terms(books.clock.now_ms(), CATALOGUE, cooldown_s=30)
    await books.jobs.submit(make_new_job(7000, 1, 5, TURBO.name), terms)
    with pytest.raises(Unavailable, match="cooling-down"):
        await books.jobs.submit(make_new_job(7001, 1, 5, TURBO.name), terms)
    jobs = SqliteJobs(books.database, set_back(books, back_s))
    assert (await jobs.submit(make_new_job(7002, 1, 5, TURBO.name), terms)).id == 7002


@back
async def test_messages_of_outbox_and_feed_are_tried_again_in_time(books: Books, back_s: int):
    clock = set_back(books, back_s)
    outbox, feeds = SqliteOutbox(books.database, clock), SqliteFeeds(books.database, clock)
    for feed in (0, 1):
        await books.database.write(lambda conn, feed=feed: add(conn, "anything", at_ms=1, feed=feed))
    later = SqliteOutbox(books.database, books.clock)
    for notice_id in (1, 2):
        await later.again(notice_id, LONGEST_RETRY_S, 1)
    assert await later.waiting() == []
    assert [notice.id for notice in await outbox.waiting()] == [1]
    assert await feeds.servers() == [1]
    due = await feeds.due(1)
    assert due is not None
    assert due.id == 2


async def test_all_that_waits_is_hastened_when_discord_is_back(books: Books):
    outbox, feeds = SqliteOutbox(books.database, books.clock), SqliteFeeds(books.database, books.clock)
    for feed in (0, 1):
        await books.database.write(lambda conn, feed=feed: add(conn, "anything", at_ms=1, feed=feed))
        await outbox.again(1 + feed, LONGEST_RETRY_S, 1)
    assert (await outbox.waiting(), await feeds.servers()) == ([], [])
    await outbox.hasten()
    assert ([one.id for one in await outbox.waiting()], await feeds.servers()) == ([1], [1])


@back
async def test_messages_that_are_to_be_deleted_are_tried_again_in_time(books: Books, back_s: int):
    await books.database.write(
        lambda conn: (
            conn.execute(
                "INSERT INTO leftover_messages (message_id, channel_id, application_id, token, token_expires_ms)"
                " VALUES (1, 2, 3, '', 0)"
            ).rowcount
        )
    )
    privacy = SqlitePrivacy(books.database, books.clock)
    await privacy.message_again(1, LONGEST_RETRY_S, 1)
    assert await privacy.leftover_messages() == []
    assert len(await SqlitePrivacy(books.database, set_back(books, back_s)).leftover_messages()) == 1
    await privacy.hasten_messages()
    assert len(await privacy.leftover_messages()) == 1


@back
async def test_what_is_erased_after_the_clock_was_set_back_is_scrubbed_too(books: Books, back_s: int):
    privacy = SqlitePrivacy(books.database, books.clock)
    terms = make_terms(books.clock.now_ms(), CATALOGUE)
    await books.submit(terms, member_id=5)
    await books.submit(terms, member_id=6)
    for job_id in await books.jobs.ids_in_state(JobState.HELD):
        await books.jobs.void(job_id)
    await privacy.forget(1, 5, terms)
    assert await privacy.scrub() is True
    after = SqlitePrivacy(books.database, set_back(books, back_s))
    await after.forget(2, 6, terms)
    assert await after.scrub() is True
    assert await after.scrub() is None


@pytest.mark.parametrize(("back_s", "may"), [(0, False), (HOUR_S, True), (24 * HOUR_S, True)])
async def test_whoever_was_rejected_may_appeal_again_within_a_week(books: Books, back_s: int, may: bool):
    cases = SqliteModeration(books.database, books.clock)
    case = await cases.block(Act(1, 1, 900, "mod.block", ""), 5, 0)
    await cases.appeal(Act(2, 1, 5, "appeal", ""), case.id, "please", "en-US")
    await cases.decide(Act(3, 1, 900, "mod.decide", ""), 1, accepts=False)
    clock = set_back(books, back_s)
    books.clock.advance(1)
    after = SqliteModeration(books.database, clock)
    assert clock.now_ms() < books.clock.now_ms() + APPEAL_AGAIN_MS
    if may:
        await after.check_appeal(1, 5, case.id)
    else:
        with pytest.raises(Unavailable, match="appeal-again"):
            await after.check_appeal(1, 5, case.id)
