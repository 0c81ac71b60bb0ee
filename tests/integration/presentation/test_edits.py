"""How the presenter edits: pacing, places in line, what is behind; over the Discord stand-in."""

import asyncio
import re

from bot.domain.jobs.job import JobState
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import BUILT_IN
from bot.failure_kinds import Advice
from bot.presentation.jobs.presenter import AT_ONCE, CATCH_UP_EVERY_S, EDIT_EVERY_S, REFUSED_AGAIN_S
from sandbox.faults import Fault
from tests.support.failures import failure_of
from tests.support.stage import TURBO, Stage, ask, settle_down, text


async def test_changes_in_quick_succession_make_one_edit_that_shows_the_last(st):
    await ask(st)
    await st.hand_over()
    await settle_down()
    assert st.edits() == []
    await st.shown()
    (edit,) = st.edits()
    assert "Drawing" in str(edit.json)


async def claim(st: Stage):
    """Let the first half of the dispatcher's part happen: claimed, and not created yet."""
    turn = await st.lanes.claim(BUILT_IN[TURBO])
    assert turn.job is not None
    st.changes.job(turn.job.id)
    await st.until(1, lambda job: job.version == job.shown)
    return turn.job


async def test_an_estimate_that_hardly_moved_is_no_edit(st):
    used = await ask(st)
    job = await claim(st)
    assert "Handed over" in text(used)
    said = text(used)
    st.clock.advance(10)
    await st.jobs.record_task(job.id, CreatedTask("task", "request"))
    st.changes.job(job.id)
    await st.until(1, lambda job: job.state is JobState.PENDING and job.version == job.shown)
    assert len(st.edits()) == 1
    assert text(used) == said


async def test_an_estimate_that_moved_far_is_an_edit(st):
    used = await ask(st)
    job = await claim(st)
    said = text(used)
    st.clock.advance(300)
    await st.jobs.record_task(job.id, CreatedTask("task", "request"))
    st.changes.job(job.id)
    await st.until(1, lambda job: job.state is JobState.PENDING and job.version == job.shown)
    assert len(st.edits()) == 2
    assert text(used) != said
    assert re.sub(r"<t:\d+:R>", "", text(used)) == re.sub(r"<t:\d+:R>", "", said)


async def test_edits_of_one_message_are_three_seconds_apart(st):
    await ask(st)
    job = await claim(st)
    await st.jobs.record_task(job.id, CreatedTask("task", "request"))
    await st.jobs.record_start(job.id)
    st.changes.job(job.id)
    await st.until(1, lambda job: job.state is JobState.RUNNING and job.version == job.shown)
    times = [edit.at_ms for edit in st.edits()]
    assert len(times) == 2
    # These are the times of arrival: on a busy machine the first was on its way for a part of the three seconds.
    assert times[1] - times[0] >= 2000


async def test_pictures_wait_for_no_three_seconds(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    with st.clock.stopped():
        await st.finish(job)
        await st.discord.until(lambda: len(st.edits()) == 2)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)


async def test_a_wish_to_cancel_is_shown_at_once(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    with st.clock.stopped():
        await st.jobs.wish_cancel(job.id, st.mei.id)
        st.changes.job(job.id)
        await st.discord.until(lambda: len(st.edits()) == 2)
    assert "Canceling…" in str(st.edits()[-1].json)


async def test_an_edit_in_flight_is_the_only_one_and_the_newest_version_follows(st):
    await ask(st)
    gate = st.discord.faults.gate("edit_followup")
    job = await st.hand_over()
    while not gate.reached.is_set():
        await asyncio.sleep(0.02)
        st.clock.advance(0.5)
    await st.jobs.wish_cancel(job.id, job.member_id)
    st.changes.job(job.id)
    await settle_down()
    assert len(st.edits()) == 1
    gate.open()
    seen = await st.shown()
    assert seen.button("Canceling…").disabled


async def test_a_place_in_line_is_edited_once_it_has_halved(st):
    st.discord.rate_limits = False
    for number in range(1, 5):
        await ask(st, "tom" if number % 2 else "olga", number)
    used = await ask(st, number=5)
    assert "Number 3 in line" in text(used)
    for _ in range(2):
        await st.lanes.claim(BUILT_IN[TURBO])
        for job_id in await st.jobs.ids_in_state(JobState.SUBMITTING):
            await st.jobs.fail(job_id, failure_of("InternalError"))
            st.changes.job(job_id)
        st.changes.lane(TURBO)
        st.clock.advance(2)
        await settle_down()
    assert "Number 3 in line" in text(used)
    async with asyncio.timeout(30):
        while "next in line" not in text(used):
            st.clock.advance(2)
            await settle_down(1)


async def test_a_stopped_lane_is_told_to_those_who_wait(st):
    used = await ask(st)
    await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
    st.changes.lane(TURBO)
    await st.until(1, lambda job: job.version == job.shown)
    assert "Paused" in text(used)
    await st.lanes.reopen(TURBO)
    st.changes.lane(TURBO)
    await settle_down()
    await st.until(1, lambda job: job.version == job.shown)
    assert "Queued" in text(used)


async def test_a_later_edit_keeps_the_pictures(st):
    await ask(st, count=2)
    job = await st.hand_over()
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    ids = [file.id for file in st.message(job).attachments]
    await st.jobs.refuse_cancel(job.id)
    st.changes.job(job.id)
    await st.until(1, lambda job: job.version == job.shown)
    seen = st.message(await st.job())
    assert [file.id for file in seen.attachments] == ids
    assert len(seen.gallery) == 2


async def test_what_is_behind_is_found_by_the_databases_word_every_few_minutes(st):
    await ask(st)
    job = await st.until(1, lambda job: job.version == job.shown)
    # As if whoever was to hear of the change had been lost.
    await st.jobs.wish_cancel(job.id, st.mei.user.id)
    assert (await st.job()).version > job.version
    await settle_down()
    assert (await st.job()).shown == job.shown
    st.clock.advance(CATCH_UP_EVERY_S * 1.2)
    await st.until(1, lambda job: job.version == job.shown)


async def test_messages_that_are_behind_are_brought_up_few_at_a_time(st):
    # Nothing is answered until all that may be under way is.
    st.tasks[1].cancel()
    await asyncio.gather(st.tasks[1], return_exceptions=True)
    many = 3 * AT_ONCE
    for number in range(many):
        st.guild.add_member(f"member{number}")
        used = await st.discord.member(f"member{number}", st.guild).invoke("imagine", {"prompt": "a cat"})
        await used.response()
        await st.until(number + 1, lambda job: job.state is JobState.QUEUED)
    gates = [st.discord.faults.gate("edit_followup") for _ in range(many)]
    await st.lanes.stop(TURBO, "ModelNotFound", Advice.MODEL)
    st.tasks[1] = asyncio.create_task(st.presenter.run())
    for _ in range(100):
        await asyncio.sleep(0.02)
        st.clock.advance(0.1)
    assert sum(gate.reached.is_set() for gate in gates) == AT_ONCE
    for gate in gates:
        gate.open()
    await eventually_shown(st)


async def eventually_shown(st: Stage) -> None:
    for _ in range(1500):
        if not await st.jobs.unshown():
            return
        await asyncio.sleep(0.02)
        st.clock.advance(0.5)
    raise AssertionError(await st.jobs.unshown())


async def test_an_edit_that_discord_refuses_for_certain_is_not_repeated_within_the_hour(st, caplog):
    await ask(st)
    wrong = Fault(status=400, body=b'{"code": 50035, "message": "Invalid Form Body"}')
    st.discord.faults.add("edit_followup", wrong, times=2)
    job = await st.hand_over()
    await st.discord.until(lambda: len(st.edits()) == 2)  # the second without its words
    st.clock.advance(EDIT_EVERY_S)
    for _ in range(3):
        st.presenter.touch(job.id)
        await asyncio.sleep(0.05)
    assert len(st.edits()) == 2
    assert "can't be edited (REFUSED)" in caplog.text
    st.clock.advance(REFUSED_AGAIN_S)
    st.presenter.touch(job.id)
    await st.until(1, lambda job: job.version == job.shown)
    assert len(st.edits()) == 3


async def test_a_job_that_storage_forgot_is_let_go(st):
    st.presenter.touch(404)
    await settle_down()
    assert st.presenter._messages == {}


async def test_a_start_takes_up_what_was_not_shown(st):
    await ask(st)
    presenter = st.tasks[1]
    presenter.cancel()
    await asyncio.gather(presenter, return_exceptions=True)
    job = await st.hand_over()
    await st.finish(job)
    st.tasks[1] = asyncio.create_task(st.presenter.run())
    await st.until(1, lambda job: job.state is JobState.DELIVERED)


async def test_a_member_reads_chinese(st):
    st.guild.add_member("xia", locale="zh-CN")
    xia = st.discord.member("xia", st.guild)
    seen = await (await xia.invoke("imagine", {"prompt": "一只猫"})).reply()
    assert "排队中" in seen.text
    assert seen.button("取消")
    refused = await (await xia.invoke("imagine", {"prompt": " "})).reply()
    assert "提示词是空的" in refused.text


async def test_nothing_is_kept_of_a_message_that_is_done(st):
    await ask(st)
    job = await st.hand_over()
    await st.finish(job)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    for _ in range(20):
        await asyncio.sleep(0.02)
        st.clock.advance(1)
    assert st.presenter._messages == {}
    assert st.client._connection._view_store._synced_message_views == {}
