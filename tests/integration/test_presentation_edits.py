"""How the presenter edits: pacing, places in line, dead tokens, restarts; over the Discord stand-in."""

import asyncio
import warnings

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.catalogue import BUILT_IN
from bot.domain.job import JobState
from sandbox.discord import Used
from sandbox.faults import Fault
from tests.unit.presentation.stage import TURBO, Stage, policy, stage


@pytest.fixture
async def st(tmp_path):
    async with stage(tmp_path, policy(free=50)) as made:
        yield made


async def ask(st: Stage, who="mei", number=1, **options):
    used = await st.discord.member(who, st.guild).invoke("imagine", {"prompt": "a cat", **options})
    await used.response()
    await st.until(number, lambda job: job.version == job.shown)
    return used


def text(used: Used) -> str:
    assert used.message is not None
    return used.message.text


async def settle_down(turns: int = 10):
    for _ in range(turns):
        await asyncio.sleep(0.02)


async def test_changes_in_quick_succession_make_one_edit_that_shows_the_last(st):
    await ask(st)
    await st.hand_over()
    await settle_down()
    assert st.edits() == []
    await st.shown()
    (edit,) = st.edits()
    assert "Drawing" in str(edit.json)


async def test_edits_of_one_message_are_three_seconds_apart(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    await st.finish(job)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    await settle_down()
    times = [edit.at_ms for edit in st.edits()]
    assert len(times) == 2
    assert times[1] - times[0] >= 2900


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
        turn = await st.jobs.in_state(JobState.SUBMITTING)
        for job in turn:
            await st.jobs.fail(job.id, "InternalError")
            st.changes.job(job.id)
        st.changes.lane(TURBO)
        st.clock.advance(2)
        await settle_down()
    assert "Number 3 in line" in text(used)
    st.clock.advance(30)
    await settle_down(20)
    assert "next in line" in text(used)


async def test_a_stopped_lane_is_told_to_those_who_wait(st):
    used = await ask(st)
    await st.lanes.stop(TURBO, "ModelNotFound")
    st.changes.lane(TURBO)
    await st.until(1, lambda job: job.version == job.shown)
    assert "Paused" in text(used)
    await st.lanes.reopen(TURBO)
    st.changes.lane(TURBO)
    await settle_down()
    await st.until(1, lambda job: job.version == job.shown)
    assert "Queued" in text(used)


async def test_a_token_that_discord_calls_dead_is_not_used_again(st):
    await ask(st)
    dead = Fault(status=401, body=b'{"code": 50027, "message": "Invalid Webhook Token"}')
    st.discord.faults.add("edit_followup", dead)
    await st.hand_over()
    assert "Drawing" in (await st.shown()).text
    job = await st.job()
    assert job.reply.token == ""
    assert [edit.operation for edit in st.edits()] == ["edit_followup", "edit_message"]


async def test_an_upload_whose_answer_is_lost_is_repeated_without_a_second_picture(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    st.discord.faults.add("edit_followup", Fault(cut=True, when="after"))
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    seen = st.message(job)
    assert len(seen.gallery) == len(seen.attachments) == 1
    assert job.images[0].attachment_id == seen.attachments[0].id


async def test_the_named_limit_can_overstate_and_the_picture_goes_as_jpeg(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    st.guild.attachment_size_limit = 200_000
    await st.finish(job, size=(400, 400), noise=True)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    assert [file.filename for file in st.message(job).attachments] == ["1-1.jpg"]


async def test_without_the_permission_to_attach_the_pictures_are_kept_and_that_is_said(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    st.guild.overwrite("general", "bot", deny=discord.Permissions(attach_files=True).value)
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.UNDELIVERED and job.version == job.shown)
    assert job.failure == "forbidden"
    assert "permission" in st.message(job).text


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


async def test_a_message_that_cannot_be_deleted_loses_its_pictures(st):
    await ask(st)
    job = await st.hand_over()
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    forbidden = Fault(status=403, body=b'{"code": 50013, "message": "Missing Permissions"}')
    st.discord.faults.add("delete_original", forbidden)
    pressed = await st.mei.press(st.message(job), "Delete")
    await st.discord.until(lambda: pressed.followups)
    assert "couldn't remove" in pressed.followups[0].text
    await st.until(1, lambda job: job.deleted_ms and job.version == job.shown)
    seen = st.message(await st.job())
    assert seen.gallery == []
    assert seen.attachments == []
    assert "Removed" in seen.text


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


async def test_an_unexpected_error_of_a_button_is_answered_with_a_reference(st, caplog):
    async def broken(*_):
        raise RuntimeError("secret detail")

    used = await ask(st)
    st.client.router._handlers["job"] = broken
    answer = await (await st.mei.press(used.message, "Cancel")).response()
    # The stand-in calls the pressed message the reply; a private answer is the newest that mei sees.
    said = [answer, *st.mei.read()][-1]
    assert said.ephemeral
    assert said.text.rsplit(" ", 1)[1] in caplog.text


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
