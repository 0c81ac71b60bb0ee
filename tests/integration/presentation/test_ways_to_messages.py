"""By which way a message is reached: dead tokens, missing permissions, uploads that are lost or too large."""

import asyncio
import warnings
from dataclasses import replace

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.jobs.job import JobState
from bot.presentation.jobs import uploads
from bot.presentation.kit.reply_transport import TakenDown
from bot.presentation.kit.retrying import FAULTY_ATTEMPTS
from sandbox.discord import Used
from sandbox.discord.http.requests import BODY
from sandbox.faults import Fault
from tests.support.deleting import delete
from tests.support.stage import ask, text


def labels(used: Used) -> list[str | None]:
    assert used.message is not None
    return [button.label for button in used.message.buttons]


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
