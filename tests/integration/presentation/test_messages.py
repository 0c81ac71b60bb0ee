"""The messages beside the jobs' own: pings and the operator's; over the Discord stand-in."""

import asyncio
import logging
import warnings
from typing import Any

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.jobs.job import JobState
from bot.domain.jobs.notice import Notice
from bot.domain.time.waits import LONGEST_RETRY_S
from bot.errors import StorageUnavailable
from bot.failure_kinds import Advice
from bot.presentation.kit.retrying import FAULTY_ATTEMPTS, OUTAGE_ATTEMPTS, attempt
from bot.storage.outbox import messages
from sandbox.faults import Fault
from tests.support.deleting import delete
from tests.support.stage import TURBO, Stage, policy, stage


@pytest.fixture
async def st(tmp_path):
    async with stage(tmp_path, policy()) as made:
        yield made


async def deliver_late(st: Stage, **options):
    """Deliver after the wait from which on the member is pinged."""
    used = await st.mei.invoke("imagine", {"prompt": "a cat", **options})
    await used.response()
    await st.until(1, lambda job: job.version == job.shown)
    job = await st.hand_over()
    await st.shown()
    st.clock.advance(70)
    await st.finish(job)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    return used


async def eventually(st: Stage, condition, step_s: float = 1) -> None:
    for _ in range(1500):
        if condition():
            return
        await asyncio.sleep(0.02)
        st.clock.advance(step_s)
    raise AssertionError("it never came")


async def idle(st: Stage, step_s: float = 1) -> None:
    for _ in range(40):
        await asyncio.sleep(0.02)
        st.clock.advance(step_s)


def pings(st: Stage):
    return [message for message in st.mei.read() if message.pinged]


def posts(st: Stage):
    """Every attempt to post in a channel by the bot's own token."""
    return [one for one in st.discord.requests if one.operation == "create_message"]


async def test_a_member_who_waited_long_is_pinged_and_nobody_else(st):
    await deliver_late(st)
    await eventually(st, lambda: pings(st))
    (ping,) = pings(st)
    assert ping.pinged == ("mei",)
    assert "your picture is ready" in ping.text
    assert str((await st.job()).reply.message_id) in ping.text


async def test_a_private_job_is_pinged_privately(st):
    used = await deliver_late(st, private=True)
    await eventually(st, lambda: used.followups)
    (ping,) = used.followups
    assert ping.ephemeral


async def test_a_private_ping_is_left_out_where_the_interactions_token_is_dead(st):
    dead = Fault(status=404, body=b'{"code": 10015, "message": "Unknown Webhook"}')
    st.discord.faults.add("followup", dead)
    used = await deliver_late(st, private=True)
    for _ in range(100):
        if (await st.job()).reply.token == "":
            break
        await asyncio.sleep(0.02)
        st.clock.advance(1)
    assert (await st.job()).reply.token == ""
    assert used.followups == []
    assert pings(st) == []


async def test_a_ping_whose_answer_was_lost_pings_once(st):
    st.discord.faults.add("create_message", Fault(cut=True, when="after"))
    await deliver_late(st)
    await eventually(st, lambda: len(posts(st)) == 2)
    await idle(st)
    assert len(posts(st)) == 2
    assert len(pings(st)) == 1


async def test_a_private_job_whose_wait_outlived_its_token_is_told_by_its_direct_message_alone(st):
    await st.mei.invoke("imagine", {"prompt": "a cat", "private": True})
    await st.until(1, lambda job: job.state is JobState.QUEUED)
    job = await st.hand_over()
    st.clock.advance(16 * 60)
    await st.finish(job)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    await idle(st)
    assert len(st.mei.direct_messages()) == 1
    assert pings(st) == []


async def test_a_job_that_was_removed_pings_nobody(st):
    gate = st.discord.faults.gate("create_message")
    await st.stop_sending()
    await deliver_late(st)
    await (await delete(st.mei, st.message(await st.job()))).response()
    await st.until(1, lambda job: job.deleted_ms)
    st.tasks[2] = asyncio.create_task(st.messenger.run())
    await idle(st)
    assert not gate.reached.is_set()


async def away(st: Stage, hours: int) -> None:
    """Let hours pass without any post being taken, five minutes at a time, each once no attempt is under way.

    A call that is cancelled by a leap in time leaves its route closed for half a minute of the wall's.
    """
    st.discord.faults.add("create_message", Fault(cut=True), times=10_000)
    for _ in range(hours * 12):
        await all_tried(st)
        st.clock.advance(300)


async def all_tried(st: Stage) -> None:
    """Wait until nothing in the outbox may be sent now."""
    while (due_ms := await messages.SqliteOutbox(st.jobs._db, st.clock).next_ms()) is not None:
        if due_ms > st.clock.now_ms():
            return
        # The outbox wakes nobody who waits for its rows.
        await asyncio.sleep(0.005)


async def test_word_to_the_operator_waits_for_discord_for_a_day(st):
    st.guild.add_member("operator")
    await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
    st.messenger.wake()
    await away(st, 24)
    await all_tried(st)
    tries = len(posts(st))
    st.discord.faults.clear()
    st.messenger.look_again()
    operator = st.discord.member(st.discord.application_owner)
    await st.discord.until(operator.direct_messages)
    assert "ModelNotFound" in operator.direct_messages()[0].text
    # One try in every few minutes.
    assert 50 <= tries <= 800


async def waiting(st: Stage) -> int:
    rows = await st.jobs._db.read(lambda conn: conn.execute("SELECT 1 FROM outbox WHERE done_ms = 0").fetchall())
    return len(rows)


async def test_a_ping_that_comes_too_late_is_left_out(st):
    st.discord.faults.add("create_message", Fault(cut=True), times=10_000)
    await deliver_late(st)
    await away(st, 7)
    st.discord.faults.clear()
    st.messenger.look_again()
    while await waiting(st):
        await asyncio.sleep(0.02)
        st.clock.advance(0.1)
    assert pings(st) == []


async def test_what_fails_by_a_fault_of_ours_is_given_up_after_twelve_attempts(st, monkeypatch, caplog):
    noted = asyncio.Queue[str]()

    def noting(name: str) -> None:
        note = getattr(st.messenger._outbox, name)

        async def then_told(*values: Any) -> None:
            await note(*values)
            noted.put_nowait(name)

        monkeypatch.setattr(st.messenger._outbox, name, then_told)

    noting("again")
    noting("done")
    await st.jobs._db.write(lambda conn: messages.add(conn, "cap-alarm", at_ms=st.clock.now_ms(), content={}))
    st.messenger.wake()
    for _ in range(FAULTY_ATTEMPTS - 1):
        assert await noted.get() == "again"
        # While none is under way: its time limit goes by the same clock.
        st.clock.advance(LONGEST_RETRY_S)
    assert await noted.get() == "done"
    assert "was given up" in caplog.text
    (row,) = await st.jobs._db.read(lambda conn: conn.execute("SELECT attempts, outcome FROM outbox").fetchall())
    assert tuple(row) == (FAULTY_ATTEMPTS - 1, "given up: fault")


async def test_a_fault_of_ours_after_a_long_outage_is_not_given_up_at_once(st):
    await st.stop_sending()
    await st.jobs._db.write(lambda conn: messages.add(conn, "cap-alarm", at_ms=st.clock.now_ms(), content={}))
    waiting_ones = messages.SqliteOutbox(st.jobs._db, st.clock)

    async def fails(error: Exception) -> bool:
        """Let one more attempt fail; whether another one is to come."""

        async def send(_: Notice) -> str:
            raise error

        st.clock.advance(300)
        (notice,) = await waiting_ones.waiting()
        await attempt(waiting_ones, st.clock, notice, send)
        return await waiting(st) == 1

    for _ in range(50):
        assert await fails(TimeoutError())
    for _ in range(FAULTY_ATTEMPTS - OUTAGE_ATTEMPTS - 1):
        assert await fails(KeyError("a defect"))
    assert not await fails(KeyError("a defect"))


async def test_a_ping_that_discord_forbids_is_given_up_at_once(st, caplog):
    st.discord.faults.add("create_message", Fault(status=403, body=b'{"code": 50013, "message": "Missing"}'))
    await deliver_late(st)
    await eventually(st, lambda: "was given up" in caplog.text)
    assert len(posts(st)) == 1


async def test_an_outbox_that_cannot_be_read_is_read_again_later(st, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    real, failures = st.messenger._outbox.waiting, [StorageUnavailable("locked")]

    async def waiting():
        if failures:
            raise failures.pop()
        return await real()

    monkeypatch.setattr(st.messenger._outbox, "waiting", waiting)
    await deliver_late(st)
    await eventually(st, lambda: pings(st))
    assert "sending messages: waits for storage" in caplog.text


async def test_a_notice_of_a_kind_from_another_version_is_put_aside(st):
    assert await st.messenger._send(Notice(1, "from-the-future", None, {}, 0, 0)) == "unknown kind"


async def test_a_short_wait_pings_nobody(st):
    used = await st.mei.invoke("imagine", {"prompt": "a cat"})
    await used.response()
    await st.until(1, lambda job: job.version == job.shown)
    await st.finish(await st.hand_over())
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    await asyncio.sleep(0.1)
    assert used.followups == []


async def test_a_failed_attempt_is_repeated(st):
    st.discord.faults.add("followup", Fault(cut=True), times=2)
    used = await deliver_late(st, private=True)
    await eventually(st, lambda: used.followups)


async def test_the_operators_channel_hears_of_stops_and_reopenings(tmp_path):
    async with stage(tmp_path, policy()) as st:
        st.messenger._to_operator._channel = st.guild.channel("general").id
        await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
        st.changes.lane(TURBO)
        await eventually(st, st.mei.read)
        assert f"{TURBO} has stopped" in st.mei.read()[0].text
        assert "successor" in st.mei.read()[0].text
        await st.lanes.reopen(TURBO)
        st.changes.lane(TURBO)
        await eventually(st, lambda: len(st.mei.read()) == 2)
        assert "works again" in st.mei.read()[1].text


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        (
            "requests-refused",
            {"model": TURBO, "code": "InvalidParameter", "members": 3},
            "3 members in a row were refused, the last with InvalidParameter",
        ),
        (
            "lane-stopped",
            {"model": TURBO, "code": "not_offered", "advice": "model"},
            f"{TURBO} has stopped.** The image service's list of models doesn't have it any more.",
        ),
        (
            "model-retires",
            {"model": TURBO, "day": "2026-12-24", "ends_ms": 1_798_041_600_000},
            f"{TURBO} goes offline on 2026-12-24** (<t:1798041600:R>), by the image service's list of models,",
        ),
        (
            "text-model-gone",
            {"model": "qwen3.7-flash"},
            "doesn't have qwen3.7-flash any more**, which rewrites prompts.",
        ),
        (
            "work-failing",
            {"work": "watch 812", "failures": 5, "reference": "0a1b2c3d"},
            "“watch 812” failed 5 times in a row. I go on trying; my log has the reason under 0a1b2c3d.",
        ),
    ],
)
async def test_the_operator_hears_of_what_nobody_else_would_notice(st, kind, content, said):
    st.messenger._to_operator._channel = st.guild.channel("general").id
    await st.store.write(lambda conn: messages.add(conn, kind, at_ms=st.clock.now_ms(), content=content))
    st.changes.lane(TURBO)
    await eventually(st, st.mei.read)
    assert said in st.mei.read()[0].text


async def test_an_operator_channel_that_may_be_a_user_or_is_closed_to_the_bot(st):
    st.guild.add_member("operator")
    st.messenger._to_operator._channel = st.mei.id
    await st.lanes.stop("*", "Arrearage", Advice.ARREARS)
    st.changes.lane("*")
    await eventually(st, st.mei.direct_messages)
    assert "whole account" in st.mei.direct_messages()[0].text
    general = st.guild.channel("general")
    st.messenger._to_operator._channel = general.id
    st.guild.overwrite("general", "bot", deny=discord.Permissions(view_channel=True).value)
    await st.lanes.reopen("*")
    st.changes.lane("*")
    operator = st.discord.member(st.discord.application_owner)
    await eventually(st, operator.direct_messages)
    assert "account works again" in operator.direct_messages()[0].text


async def test_an_operator_channel_in_which_nothing_can_be_posted_leaves_it_to_the_owner(st, caplog):
    st.guild.add_member("operator")
    st.messenger._to_operator._channel = st.guild.add_category("Rooms").id
    await st.lanes.stop("*", "Arrearage", Advice.ARREARS)
    st.changes.lane("*")
    operator = st.discord.member(st.discord.application_owner)
    await eventually(st, operator.direct_messages)
    assert "nothing can be posted there" in caplog.text
