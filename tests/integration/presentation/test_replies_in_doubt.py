"""First responses in doubt: whether they stand is asked until it is certain; over the Discord stand-in."""

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest

from bot.domain.jobs.job import Job, JobState
from bot.errors import StorageUnavailable
from bot.presentation.kit.discord_time import DiscordTime
from bot.presentation.privacy.message_deletion import MessageDeletion
from bot.presentation.requests.first_response import FirstResponse
from bot.presentation.requests.reply_recovery import ROUND_S, ReplyRecovery
from bot.service.kit.alarm import Alarm
from bot.storage.outbox.messages import SqliteOutbox
from bot.storage.privacy.privacy import SqlitePrivacy
from sandbox.clock import ShiftedClock
from sandbox.faults import Fault
from tests.support.stage import Stage

NOT_FOUND = Fault(status=404, body=b'{"code": 10008, "message": "Unknown Message"}')


def reply_recovery(st: Stage) -> ReplyRecovery:
    return ReplyRecovery(
        client=st.client,
        jobs=st.jobs,
        submitter=st.submitter,
        presenter=st.presenter,
        is_answering=st.intake.is_answering,
        clock=st.clock,
        alarm=Alarm(SqliteOutbox(st.store, st.clock), st.clock),
    )


async def left_in_doubt(st: Stage, monkeypatch, **options) -> Job:
    """Leave a job held, as a crash between Discord's answer and ours would."""

    async def lost(*_):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(FirstResponse, "_acknowledge", lost)
        used = await st.mei.invoke("imagine", {"prompt": "a cat", **options})
        await used.response()
        await asyncio.sleep(0.1)
    job = await st.job()
    assert job.state is JobState.HELD
    return job


@asynccontextmanager
async def recovering(st: Stage):
    task = asyncio.create_task(reply_recovery(st).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def becomes(st: Stage, state: JobState) -> Job:
    for _ in range(200):
        job = await st.job()
        if job.state is state:
            return job
        await asyncio.sleep(0.02)
        st.clock.advance(1)
    raise AssertionError(f"still {(await st.job()).state}")


async def _is_told(st: Stage) -> None:
    st.messenger.wake()
    for _ in range(100):
        if st.mei.direct_messages():
            break
        await asyncio.sleep(0.02)
        st.clock.advance(0.5)
    (told,) = st.mei.direct_messages()
    assert "#1" in told.text
    assert "nothing was taken from your quota" in told.text


async def test_a_held_job_whose_reply_stands_is_queued_at_the_start(st, monkeypatch):
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(1)
    async with recovering(st):
        job = await becomes(st, JobState.QUEUED)
    assert job.reply.message_id == st.mei.read()[0].id
    await st.until(1, lambda job: job.version == job.shown)


async def test_a_first_response_that_is_still_on_its_way_at_the_first_look_is_waited_for(st, monkeypatch):
    await left_in_doubt(st, monkeypatch)
    st.discord.faults.add("get_original", NOT_FOUND, times=1)
    async with recovering(st):
        job = await becomes(st, JobState.QUEUED)
    waiting = await SqliteOutbox(st.store, st.clock).waiting()
    assert [notice for notice in waiting if notice.job_id == job.id] == []


async def test_a_held_job_whose_reply_is_nowhere_is_voided_and_its_member_told(st, monkeypatch):
    await left_in_doubt(st, monkeypatch)
    st.discord.faults.add("get_original", NOT_FOUND, times=2)
    async with recovering(st):
        await becomes(st, JobState.VOID)
        await _is_told(st)


@pytest.mark.parametrize("step_s", [-86_400, -3600, 3600, 86_400])
async def test_a_first_response_is_looked_for_however_the_clock_is_set(st, monkeypatch, step_s):
    machine = ShiftedClock(st.clock)
    monkeypatch.setattr(st.submitter, "withdraw", None)
    await left_in_doubt(st, monkeypatch)
    asking = reply_recovery(st)
    asking._clock = machine
    machine.ahead_s = step_s
    task = asyncio.create_task(asking.run())
    try:
        job = await becomes(st, JobState.QUEUED)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert job.reply.message_id == st.mei.read()[0].id


async def test_a_token_that_discord_calls_dead_is_asked_no_more_whatever_the_clock_says(st, monkeypatch):
    job = await left_in_doubt(st, monkeypatch)
    st.discord.faults.add(
        "get_original", Fault(status=401, body=b'{"code": 50027, "message": "Invalid Webhook Token"}')
    )
    async with recovering(st):
        found = await becomes(st, JobState.QUEUED)
    assert found.reply.token == ""
    assert job.reply.token != ""


async def test_a_held_job_whose_token_died_is_found_by_its_reply_in_the_channel(st, monkeypatch):
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(16 * 60)
    async with recovering(st):
        await becomes(st, JobState.QUEUED)


async def test_a_held_job_that_nobody_can_ask_about_any_more_is_voided_and_its_member_told(st, monkeypatch):
    await left_in_doubt(st, monkeypatch, private=True)
    st.clock.advance(16 * 60)
    async with recovering(st):
        await becomes(st, JobState.VOID)
        await _is_told(st)


async def test_a_held_job_that_cannot_be_moved_keeps_no_other_from_being_proven(st, monkeypatch):
    first = await left_in_doubt(st, monkeypatch)
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(1)
    spoilt = f"BEFORE UPDATE OF state ON jobs WHEN NEW.id = {first.id} BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
    await st.store.write(lambda conn: conn.execute(f"CREATE TEMP TRIGGER spoilt {spoilt}").rowcount)
    async with recovering(st):
        await st.until(2, lambda job: job.state is JobState.QUEUED)
        assert (await st.job()).state is JobState.HELD
        await st.store.write(lambda conn: conn.execute("DROP TRIGGER spoilt").rowcount)
        await becomes(st, JobState.QUEUED)


PAGE = b"<html><head><title>Attention Required! | Cloudflare</title></head></html>"
NO_PROOFS = [
    Fault(status=403, body=b'{"code": 50001, "message": "Missing Access"}'),
    Fault(status=404, body=b'{"code": 10003, "message": "Unknown Channel"}'),
    *(Fault(status=status, body=PAGE, content_type="text/html") for status in (400, 401, 403, 404)),
]


@pytest.mark.parametrize("answer", NO_PROOFS, ids=lambda fault: f"{fault.status} {fault.content_type}")
async def test_only_discords_own_word_for_a_message_proves_that_it_does_not_stand(st, monkeypatch, caplog, answer):
    caplog.set_level("INFO")
    job = await left_in_doubt(st, monkeypatch)
    st.clock.advance(1)
    st.discord.faults.add("get_original", answer, times=2)
    async with recovering(st):
        found = await becomes(st, JobState.QUEUED)
    assert caplog.text.count("can't find out yet") == 2
    assert found.reply.token == job.reply.token


@pytest.mark.parametrize("status", [403, 404])
async def test_what_some_proxy_says_of_the_channel_proves_nothing(st, monkeypatch, caplog, status):
    caplog.set_level("INFO")
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(16 * 60)
    st.discord.faults.add("get_messages", Fault(status=status, body=PAGE, content_type="text/html"))
    async with recovering(st):
        await becomes(st, JobState.QUEUED)
    assert "can't find out yet" in caplog.text


async def test_a_first_response_in_a_channel_that_is_gone_is_withdrawn(st, monkeypatch):
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(16 * 60)
    gone = Fault(status=404, body=b'{"code": 10003, "message": "Unknown Channel"}')
    st.discord.faults.add("get_messages", gone, times=2)
    async with recovering(st):
        await becomes(st, JobState.VOID)


async def test_what_some_proxy_says_of_a_fresh_response_is_no_reason_to_withdraw_it(st, caplog):
    st.discord.faults.add("callback", Fault(cut=True, when="after"))
    st.discord.faults.add("get_original", Fault(status=404, body=PAGE, content_type="text/html"), times=2)
    await st.mei.invoke("imagine", {"prompt": "a cat"})
    for _ in range(200):
        if "can't find out whether" in caplog.text:
            break
        await asyncio.sleep(0.02)
        st.clock.advance(0.1)
    assert (await st.job()).state is JobState.HELD
    st.discord.faults.clear()
    async with recovering(st):
        await becomes(st, JobState.QUEUED)


async def test_a_damaged_job_keeps_no_other_from_being_proven(st, monkeypatch):
    bad = await left_in_doubt(st, monkeypatch)
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(1)
    await st.store.write(
        lambda conn: conn.execute("UPDATE jobs SET prompt = CAST(X'ff' AS TEXT) WHERE id = ?", (bad.id,)).rowcount
    )
    async with recovering(st):
        await st.until(2, lambda job: job.state is JobState.QUEUED)
    assert st.store.damage.is_there


LEFT = "SELECT message_id FROM leftover_messages"


async def test_a_leftover_message_that_cannot_be_handled_keeps_no_other_from_being_deleted(st):
    for _ in range(2):
        await (await st.mei.invoke("imagine", {"prompt": "a cat"})).response()
    first, second = [(await st.until(number, lambda job: job.reply.message_id)).reply for number in (1, 2)]
    left_by = "INSERT INTO leftover_messages VALUES (?, ?, 0, '', 0, 0, 0)"
    spoilt = f"BEFORE DELETE ON leftover_messages WHEN OLD.message_id = {first.message_id}"

    def leave(conn) -> None:
        conn.executemany(left_by, [(one.message_id, one.channel_id) for one in (first, second)])
        conn.execute(f"CREATE TEMP TRIGGER spoilt {spoilt} BEGIN SELECT RAISE(ABORT, 'spoilt'); END")

    await st.store.write(leave)
    task = asyncio.create_task(
        MessageDeletion(
            client=st.client,
            privacy=SqlitePrivacy(st.store, st.clock),
            discord_time=DiscordTime(st.clock),
            clock=st.clock,
            alarm=Alarm(SqliteOutbox(st.store, st.clock), st.clock),
        ).run()
    )
    left = None
    for _ in range(200):
        left = await st.store.read(
            lambda conn: [row[0] for row in conn.execute("SELECT message_id FROM leftover_messages")]
        )
        if left == [first.message_id]:
            break
        await asyncio.sleep(0.02)
        st.clock.advance(0.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert left == [first.message_id]
    assert st.mei.read() == []


async def test_where_discord_cannot_be_asked_a_later_round_asks_again(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await left_in_doubt(st, monkeypatch)
    st.clock.advance(1)
    # A question that was cut is asked twice by aiohttp itself.
    st.discord.faults.add("get_original", Fault(cut=True), times=2)
    async with recovering(st):
        await becomes(st, JobState.QUEUED)
    assert "can't find out yet" in caplog.text


async def test_a_job_that_is_being_answered_is_left_alone(st, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    real, failures = st.jobs.ids_in_state, [StorageUnavailable("locked")]

    async def ids_in_state(state: JobState, model: str = ""):
        if failures:
            raise failures.pop()
        return await real(state, model)

    monkeypatch.setattr(st.jobs, "ids_in_state", ids_in_state)
    gate = st.discord.faults.gate("callback", when="after")
    async with recovering(st):
        used = await st.mei.invoke("imagine", {"prompt": "a cat"})
        await gate.reached.wait()
        for _ in range(3):
            # Less than a call may take.
            st.clock.advance(ROUND_S / 8)
            await asyncio.sleep(0.05)
        assert (await st.job()).state is JobState.HELD
        assert [one for one in st.discord.requests if one.operation == "get_original"] == []
        gate.open()
        await used.response()
        await becomes(st, JobState.QUEUED)
        assert [one for one in st.discord.requests if one.operation == "get_original"] == []
    assert "looking at held jobs: waits for storage" in caplog.text


async def test_a_first_response_that_nobody_can_ask_about_stays_held(st, caplog):
    st.discord.faults.add("callback", Fault(cut=True, when="after"))
    st.discord.faults.add("get_original", Fault(cut=True), times=2)
    await st.mei.invoke("imagine", {"prompt": "a cat"})
    for _ in range(200):
        if "can't find out" in caplog.text:
            break
        await asyncio.sleep(0.02)
        st.clock.advance(0.1)
    assert "can't find out whether its first response stands" in caplog.text
    assert (await st.job()).state is JobState.HELD
