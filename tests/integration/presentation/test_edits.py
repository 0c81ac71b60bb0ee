"""How the presenter edits: pacing, places in line, dead tokens, restarts; over the Discord stand-in."""

import asyncio
import re
import warnings
from dataclasses import replace

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.jobs.job import JobState
from bot.domain.jobs.vendor_task import CreatedTask
from bot.domain.requests.catalogue import BUILT_IN
from bot.errors import StorageDamaged, StorageUnavailable
from bot.presentation.jobs import uploads
from bot.presentation.jobs.presenter import AT_ONCE, CATCH_UP_EVERY_S, EDIT_EVERY_S, REFUSED_AGAIN_S
from bot.presentation.kit.reply_transport import TakenDown
from bot.presentation.kit.retrying import FAULTY_ATTEMPTS
from sandbox.discord import Used
from sandbox.discord.http.requests import BODY
from sandbox.faults import Fault
from tests.support.deleting import delete
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


def labels(used: Used) -> list[str | None]:
    assert used.message is not None
    return [button.label for button in used.message.buttons]


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
        for job_id in await st.jobs.ids_in_state(JobState.SUBMITTING):
            await st.jobs.fail(job_id, "InternalError")
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
    pressed = await delete(st.mei, st.message(job))
    await st.discord.until(lambda: pressed.followups)
    assert "still stands" in pressed.followups[0].text
    await st.until(1, lambda job: job.deleted_ms and job.version == job.shown)
    seen = st.message(await st.job())
    assert seen.gallery == []
    assert seen.attachments == []
    assert "Removed" in seen.text


async def test_a_delete_pressed_on_another_message_deletes_the_jobs_own(st):
    used = await ask(st, private=True)
    old = used.message
    assert old is not None
    job = await st.hand_over()
    await st.shown()
    st.clock.advance(16 * 60)
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    (direct,) = st.mei.direct_messages()
    await delete(st.mei, replace(direct, id=old.id, channel_id=old.channel_id), force=True)
    await st.until(1, lambda job: job.deleted_ms and job.version == job.shown)
    assert st.mei.direct_messages() == []
    assert old.id in [one.id for one in st.mei.read()]


async def test_deleting_takes_gone_for_done_and_nothing_else_that_went_wrong(st):
    await ask(st)
    job = await st.hand_over()
    st.discord.faults.add("delete_followup", Fault(status=404, body=b'{"code": 10008, "message": "Unknown Message"}'))
    assert await st.presenter.addresses.take_down(job) is TakenDown.GONE
    st.discord.faults.add("delete_followup", Fault(status=403, body=b'{"code": 50013, "message": "Missing"}'))
    assert await st.presenter.addresses.take_down(job) is TakenDown.STANDS


async def test_what_is_attached_is_read_by_the_bots_token_once_the_interactions_is_dead(st):
    await ask(st)
    job = await st.hand_over()
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    st.clock.advance(16 * 60)
    (attached,) = await st.presenter.addresses.attached(job)
    assert attached.to_dict() == {"id": str(job.images[0].attachment_id), "filename": "1-1.png"}


@pytest.mark.parametrize(
    ("locale", "says", "announces"),
    [
        ("en-US", "This reply can't follow any longer. /job number:1 shows how it stands.", "by direct message"),
        ("zh-CN", "这条回复无法继续更新。输入 /job number:1 查看进展。", "结果会通过私信发给你"),
    ],
)
async def test_a_private_reply_says_before_its_token_dies_that_it_can_not_follow(st, locale, says, announces):
    st.guild.add_member("xia", locale=locale)
    used = await ask(st, "xia", private=True)
    await st.hand_over()
    await st.until(1, lambda job: job.version == job.shown)
    assert labels(used) == ["Cancel" if locale == "en-US" else "取消"]
    st.clock.advance(13.6 * 60)
    await st.discord.until(lambda: says in text(used))
    assert announces in text(used)
    assert labels(used) == []


async def test_a_private_job_under_way_whose_token_died_says_nothing(st):
    used = await ask(st, private=True)
    st.clock.advance(16 * 60)
    await st.hand_over()
    await st.until(1, lambda job: job.version == job.shown)
    assert "Queued" in text(used)
    assert st.mei.direct_messages() == []


async def test_an_unclear_answer_about_a_private_reply_is_asked_again(st):
    await ask(st, private=True)
    job = await st.hand_over()
    st.clock.advance(16 * 60)
    st.discord.faults.add("get_message", Fault(cut=True))
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    assert len(st.mei.direct_messages()) == 1


async def test_pictures_wait_for_as_long_as_discord_is_away_and_are_brought_when_it_is_back(st):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    for operation in ("edit_followup", "edit_message"):
        st.discord.faults.add(operation, Fault(cut=True), times=10_000)
    await st.finish(job)
    for _ in range(400):
        await asyncio.sleep(0.01)
        st.clock.advance(60)
    assert (await st.job()).state is JobState.DELIVERING
    tries = len(st.edits())
    st.discord.faults.clear()
    st.presenter.look_again()
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    # In nearly seven hours: a handful at first, then one in every few minutes.
    assert 20 <= tries <= 250


async def test_pictures_that_a_fault_of_ours_holds_back_are_undelivered_after_a_while(st, monkeypatch, caplog):
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    tries = 0

    async def broken(*_):
        nonlocal tries
        tries += 1
        raise KeyError("defect")

    monkeypatch.setattr(st.presenter.renderer, "show", broken)
    await st.finish(job)
    for _ in range(400):
        if (await st.job()).state is JobState.UNDELIVERED:
            break
        await asyncio.sleep(0.02)
        st.clock.advance(60)
    assert (await st.job()).failure == "refused"
    assert tries >= FAULTY_ATTEMPTS
    assert "can't be edited (FAULT)" in caplog.text


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


async def test_a_look_that_fails_is_followed_by_others(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    job = await st.until(1, lambda job: job.version == job.shown)
    real, failures = st.jobs.unshown, [KeyError("defect"), StorageUnavailable("locked")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.jobs.wish_cancel(job.id, st.mei.user.id)
    for _ in range(3):
        st.presenter.look_again()
        await settle_down(5)
    await st.until(1, lambda job: job.version == job.shown)
    assert "looking for messages that are behind: waits for storage: locked" in caplog.text
    assert "looking for messages that are behind failed, reference" in caplog.text


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
    await st.lanes.stop(TURBO, "ModelNotFound")
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


PAGE = b"<html><head><title>Attention Required! | Cloudflare</title></head></html>"


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_some_proxy_says_is_no_word_of_discords(st, caplog, status):
    caplog.set_level("INFO")
    await ask(st)
    job = await st.hand_over()
    await st.shown()
    page = Fault(status=status, body=PAGE, content_type="text/html; charset=UTF-8")
    st.discord.faults.add("edit_followup", page, times=3)
    await st.finish(job)
    done = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    assert done.reply.token == job.reply.token
    assert caplog.text.count("an edit failed (LATER)") == 3


async def test_a_token_that_turns_out_dead_at_deleting_leaves_it_to_the_bots(st):
    used = await ask(st)
    job = await st.hand_over()
    dead = Fault(status=404, body=b'{"code": 10015, "message": "Unknown Webhook"}')
    st.discord.faults.add("delete_followup", dead)
    assert used.message is not None
    await st.presenter.addresses.take_down(job)
    assert st.mei.read() == []
    assert (await st.job()).reply.token == ""


async def test_a_token_that_turns_out_dead_at_reading_leaves_it_to_the_bots(st):
    await ask(st)
    await st.finish(await st.hand_over())
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    st.discord.faults.add("get_followup", Fault(status=404, body=b'{"code": 10015, "message": "Unknown Webhook"}'))
    assert [one.filename for one in await st.presenter.addresses.attached(job)] == ["1-1.png"]
    assert (await st.job()).reply.token == ""


async def spoil_prompt(st: Stage, job_id: int, value: str) -> None:
    """Put what is no text into a job's row, as a flipped bit on the disk does; or a text again."""
    await st.store.write(
        lambda conn: conn.execute(f"UPDATE jobs SET prompt = CAST({value} AS TEXT) WHERE id = ?", (job_id,)).rowcount
    )


async def test_a_job_that_lies_in_damage_is_told_as_an_error_once_and_looked_at_seldom(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    job = await st.hand_over()
    await spoil_prompt(st, job.id, "X'ff'")
    reads, real = 0, st.jobs.get

    async def get(job_id: int):
        nonlocal reads
        reads += 1
        return await real(job_id)

    monkeypatch.setattr(st.jobs, "get", get)
    for _ in range(300):
        await asyncio.sleep(0.01)
        st.clock.advance(10)
    assert "waits for storage" not in caplog.text
    told = [one for one in caplog.records if "can't be brought up to date" in one.getMessage()]
    assert [one.levelname for one in told] == ["ERROR"]
    # Fifty minutes: at least half of five minutes lie between two looks.
    assert 2 <= reads <= 25
    assert st.store.damage.is_there
    await spoil_prompt(st, job.id, "'a cat'")
    st.presenter.look_again()
    assert "Drawing" in (await st.shown()).text


async def test_a_damaged_job_keeps_no_other_message_from_being_brought_up(st):
    await ask(st)
    await ask(st, who="tom", number=2)
    job = await st.hand_over()
    for one in (job, await st.job(2)):
        await st.jobs.wish_cancel(one.id, st.mei.user.id)
    await spoil_prompt(st, job.id, "X'ff'")
    st.presenter.look_again()
    await st.until(2, lambda job: job.version == job.shown)
    assert await st.jobs.unshown() == [job.id]


async def test_a_damaged_job_keeps_no_other_of_its_lane_from_moving_up(st):
    await ask(st)
    used = await ask(st, who="tom", number=2)
    await spoil_prompt(st, (await st.job()).id, "X'ff'")
    await st.lanes.stop(TURBO, "ModelNotFound")
    st.changes.lane(TURBO)
    await st.until(2, lambda job: job.version == job.shown)
    assert "Paused" in text(used)


async def test_a_search_for_what_is_behind_that_meets_damage_is_an_error(st, monkeypatch, caplog):
    await ask(st)
    job = await st.until(1, lambda job: job.version == job.shown)
    real, failures = st.jobs.unshown, [StorageDamaged("a page")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.jobs.wish_cancel(job.id, st.mei.user.id)
    for _ in range(3):
        st.presenter.look_again()
        await settle_down(5)
    await st.until(1, lambda job: job.version == job.shown)
    (told,) = [one for one in caplog.records if "meets the damaged part" in one.getMessage()]
    assert told.levelname == "ERROR"
    assert told.exc_info is None


async def test_a_message_waits_for_storage(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    await ask(st)
    real, failures = st.jobs.get, [StorageUnavailable("locked"), StorageUnavailable("locked")]

    async def get(job_id: int):
        if failures:
            raise failures.pop()
        return await real(job_id)

    monkeypatch.setattr(st.jobs, "get", get)
    await st.hand_over()
    assert "Drawing" in (await st.shown()).text
    assert "waits for storage" in caplog.text


async def test_a_lane_that_cannot_be_looked_at_is_looked_at_again(st, monkeypatch, caplog):
    caplog.set_level("INFO")
    used = await ask(st)
    real, failures = st.jobs.unshown, [StorageUnavailable("locked")]

    async def unshown(model: str = ""):
        if failures:
            raise failures.pop()
        return await real(model)

    monkeypatch.setattr(st.jobs, "unshown", unshown)
    await st.lanes.stop(TURBO, "ModelNotFound")
    st.changes.lane(TURBO)
    for _ in range(200):
        if "Paused" in text(used):
            break
        await asyncio.sleep(0.02)
        st.clock.advance(2)
    assert "Paused" in text(used)
    assert f"looking at the messages of lane {TURBO}: waits for storage" in caplog.text


async def test_a_defect_in_one_message_leaves_the_others(st, monkeypatch, caplog):
    used = await ask(st)
    real = st.jobs.get

    async def get(job_id: int):
        monkeypatch.setattr(st.jobs, "get", real)
        raise RuntimeError("defect")

    monkeypatch.setattr(st.jobs, "get", get)
    job = await st.hand_over()
    await settle_down()
    st.clock.advance(5)
    await settle_down()
    assert "keeping messages up to date failed, reference" in caplog.text
    st.changes.job(job.id)
    await st.until(1, lambda job: job.version == job.shown)
    assert "Drawing" in text(used)


async def test_a_job_that_storage_forgot_is_let_go(st):
    st.presenter.touch(404)
    await settle_down()
    assert st.presenter._messages == {}


async def test_four_large_pictures_come_whole_in_several_edits(st, monkeypatch):
    monkeypatch.setattr(uploads, "REQUEST_LIMIT_BYTES", 1_100_000)
    await ask(st, count=4)
    job = await st.hand_over()
    await st.finish(job, size=(400, 400), noise=True)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    files = st.message(job).attachments
    assert [file.filename for file in files] == [f"1-{k}.png" for k in range(1, 5)]
    assert [file.size for file in files] == [image.size_bytes for image in job.kept]
    assert [image.attachment_id for image in job.kept] == [file.id for file in files]
    assert [len(edit.files) for edit in st.discord.requests if edit.files] == [2, 2]


async def test_a_picture_that_discord_never_takes_costs_its_siblings_nothing(st, monkeypatch):
    await ask(st, count=2)
    job = await st.hand_over()
    await st.shown()
    await st.finish(job, size=(400, 400), noise=True)
    refused = Fault(status=413, body=b'{"code": 40005, "message": "Request entity too large"}')
    st.discord.faults.add("edit_followup", refused, times=4, matches=lambda request: _carries(request, "1-1"))
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED and job.version == job.shown)
    assert [file.filename for file in st.message(job).attachments] == ["1-2.png"]
    assert "1 picture is too large for Discord" in st.message(job).text
    assert [bool(image.attachment_id) for image in job.kept] == [False, True]


def _carries(request, name: str) -> bool:
    return any(upload.name.startswith(name) for upload in request[BODY].uploads)


async def test_a_picture_that_no_quality_makes_small_enough_is_shrunk(st):
    st.guild.attachment_size_limit = 20_000
    await ask(st)
    job = await st.hand_over()
    await st.finish(job, size=(400, 400), noise=True)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    (file,) = st.message(job).attachments
    assert file.size <= 20_000


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
