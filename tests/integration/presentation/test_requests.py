"""Requests, from the command to the pictures, over the Discord stand-in, with real discord.py, storage and services."""

import asyncio
import warnings
from types import SimpleNamespace
from typing import Any

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.client import owner_ids
from bot.domain.jobs.job import JobState
from bot.domain.servers.access import ServerAccess
from bot.failure_kinds import Advice
from sandbox.discord.rules.errors import InteractionFailed
from sandbox.faults import Fault
from tests.support.deleting import delete
from tests.support.faults import denied
from tests.support.stage import policy, stage


@pytest.fixture
async def st(tmp_path):
    async with stage(tmp_path, policy()) as made:
        yield made


async def test_a_request_is_answered_at_once_with_place_and_estimate(st):
    used = await st.mei.invoke("imagine", {"prompt": "a cat", "count": 2})
    seen = await used.response()
    assert "Queued" in seen.text
    assert "a cat" in seen.text
    assert "next in line" in seen.text
    assert "<t:" in seen.text
    assert [b.label for b in seen.buttons] == ["Cancel"]
    job = await st.until(1, lambda job: job.version == job.shown)
    assert job.state is JobState.QUEUED
    assert job.reply.message_id == seen.id
    assert not st.message(job).edited


async def test_the_reply_ends_with_the_pictures(st):
    await st.mei.invoke("imagine", {"prompt": "a *cat* for <@1> @everyone", "count": 2, "seed": 7})
    await st.until(1, lambda job: job.state is JobState.QUEUED)
    job = await st.hand_over()
    seen = await st.shown()
    assert "Drawing" in seen.text
    await st.finish(job, lost=1)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    seen = st.message(job)
    assert [p.description for p in seen.gallery] == ["a *cat* for <@1> @everyone"]
    assert [f.filename for f in seen.attachments] == ["1-1.png"]
    assert job.images[0].attachment_id == seen.attachments[0].id
    assert "1 of 2" in seen.text
    assert "1 of 2 pictures · Made by AI" in seen.text
    for words in ("seed", "free", "fine cat"):
        assert words not in seen.text
    assert [b.label for b in seen.buttons][-1] == "Delete"
    assert job.version == job.shown
    assert st.client._connection._view_store._views == {}


async def begin(st, **options):
    used = await st.mei.invoke("imagine", {"prompt": "a cat", **options})
    await used.response()
    await st.until(1, lambda job: job.version == job.shown)
    return used


async def deliver(st, **how):
    job = await st.hand_over()
    await st.finish(job, **how)
    return await st.until(1, lambda job: job.state is JobState.DELIVERED)


async def test_commands_are_registered_in_both_languages_and_only_when_they_changed(st):
    (imagine,) = [c for c in st.discord.world.commands.of(None) if c["name"] == "imagine"]
    assert imagine["name_localizations"]["zh-CN"] == "画图"
    prompt = imagine["options"][0]
    assert prompt["name"] == "prompt"
    assert prompt["description"] == "What the picture shows"
    assert prompt["name_localizations"]["zh-CN"] == "提示词"
    registrations = [r for r in st.discord.requests if r.method == "PUT"]
    assert len(registrations) == 1
    await st.registration.attempt()
    assert [r for r in st.discord.requests if r.method == "PUT"] == registrations


async def test_autocomplete_offers_models_with_prices_and_sizes_of_the_model(st):
    models = await st.mei.autocomplete("imagine", {"prompt": "x", "model": "turbo"}, focused="model")
    assert models[0].value == "wanx2.1-t2i-turbo"
    assert "CN¥0.14" in models[0].name
    sizes = await st.mei.autocomplete(
        "imagine", {"prompt": "x", "model": "wan2.5-t2i-preview", "size": ""}, focused="size"
    )
    assert sizes[0].name == "1:1 · 1280×1280"
    typed = await st.mei.autocomplete("imagine", {"prompt": "x", "size": "700*700"}, focused="size")
    assert [choice.value for choice in typed] == ["700*700"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prompt": "  "}, "empty"),
        ({"prompt": "x" * 900}, "900"),
        ({"prompt": "x", "size": "huge"}, "not a size"),
        ({"prompt": "x", "size": "100*100"}, "512"),
        ({"prompt": "x", "seed": -1}, "2147483647"),
        ({"prompt": "x", "model": "dall-e"}, "Available"),
        ({"prompt": "x", "negative_prompt": "y" * 501}, "501"),
    ],
)
async def test_a_wrong_request_is_refused_privately_and_holds_nothing(st, options, says):
    used = await st.mei.invoke("imagine", options)
    seen = await used.response()
    assert seen.ephemeral
    assert says in seen.text
    assert await st.jobs.by_number(st.guild.id, 1) is None


async def test_without_quota_the_member_is_told_what_binds_and_when_it_resets(tmp_path):
    async with stage(tmp_path, policy(free=1)) as st:
        seen = await (await st.mei.invoke("imagine", {"prompt": "a cat", "count": 3})).reply()
        assert seen.ephemeral
        assert "1 free picture" in seen.text
        assert "quota resets <t:" in seen.text
        assert "budget" not in seen.text


async def test_who_has_a_budget_is_told_what_the_rest_would_cost(tmp_path):
    async with stage(tmp_path, policy(free=1, budget=140_000)) as st:
        seen = await (await st.mei.invoke("imagine", {"prompt": "a cat", "count": 3})).reply()
        assert "1 free picture, CN¥0.14 budget left" in seen.text
        assert "CN¥0.28 beyond" in seen.text
        assert "reset <t:" in seen.text


async def test_a_price_is_asked_without_the_prompt_where_discord_refuses_the_question_with_it(tmp_path):
    async with stage(tmp_path, policy(free=0, budget=1_000_000)) as st:
        st.discord.faults.add("callback", denied(400, 50035, "Invalid Form Body"))
        seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
        assert seen.ephemeral
        assert "CN¥0.14" in seen.text
        assert "a cat" not in seen.text
        assert len(seen.buttons) == 2


async def test_missing_permissions_are_named_before_anything_is_held(st):
    st.guild.overwrite("general", "bot", deny=discord.Permissions(attach_files=True).value)
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).response()
    assert seen.ephemeral
    assert "“Attach Files”" in seen.text
    assert await st.jobs.by_number(st.guild.id, 1) is None


async def test_cancel_by_button_while_queued(st):
    await begin(st)
    message = await st.shown()
    stranger = await st.tom.press(message, "Cancel")
    await stranger.response()
    await st.discord.until(lambda: stranger.followups)
    assert stranger.followups[0].ephemeral
    assert "can be opened, canceled or deleted by whoever asked for it" in stranger.followups[0].text
    pressed = await st.mei.press(message, "Cancel")
    assert (await pressed.response()).silent
    await st.until(1, lambda job: job.state is JobState.CANCELED)
    seen = await st.shown()
    assert "Canceled" in seen.text
    assert "Nothing was taken from your quota" in seen.text
    assert [b.label for b in seen.buttons][-1] == "Delete"


async def test_cancel_too_late_is_told_and_the_charge_explained(st):
    await begin(st)
    job = await st.hand_over()
    message = await st.shown()
    pressed = await st.mei.press(message, "Cancel")
    await pressed.response()
    await st.discord.until(lambda: pressed.followups)
    assert "too late" in pressed.followups[0].text
    seen = await st.shown()
    assert seen.button("Too late to cancel").disabled
    await st.finish(job)
    await st.until(1, lambda job: job.state is JobState.DELIVERED)
    assert "cancellation came too late" in st.message(await st.job()).text


async def test_cancel_by_command(st):
    await begin(st)
    for number, says in ((1, "#1 is canceled"), (1, "already ended"), (77, "no job #77")):
        used = await st.mei.invoke("cancel", {"number": number})
        seen = await used.reply()
        assert says in seen.text
        assert seen.ephemeral
        assert used.followups == []


async def test_delete_removes_message_and_files(st, caplog):
    await begin(st)
    job = await deliver(st)
    message = st.message(job)
    await (await delete(st.mei, message)).response()
    job = await st.until(1, lambda job: job.deleted_ms and job.version == job.shown)
    assert message.id not in [one.id for one in st.mei.read()]
    assert job.kept == ()
    assert [record for record in caplog.records if record.name.startswith("bot.")] == []


async def test_what_was_removed_is_not_sent_by_direct_message(st):
    await begin(st, private=True)
    job = await st.hand_over()
    await st.shown()
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    st.tasks[1].cancel()
    await asyncio.gather(st.tasks[1], return_exceptions=True)
    await (await delete(st.mei, st.message(job))).response()
    await st.until(1, lambda job: job.deleted_ms and not job.kept)
    st.clock.advance(16 * 60)
    st.tasks[1] = asyncio.create_task(st.presenter.run())
    await st.until(1, lambda job: job.version == job.shown)
    assert st.mei.direct_messages() == []


async def test_a_moderator_may_delete(st):
    st.guild.add_role("Mods", permissions=discord.Permissions(manage_messages=True).value)
    st.guild.set_roles("tom", ["Mods"])
    await begin(st)
    job = await deliver(st)
    await (await delete(st.tom, st.message(job))).response()
    await st.until(1, lambda job: job.deleted_ms and job.version == job.shown)


async def test_after_the_token_died_the_bots_own_token_delivers_and_pings(st):
    await begin(st)
    job = await st.hand_over()
    await st.shown()
    st.clock.advance(16 * 60)
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    assert len(st.message(job).gallery) == 1
    await st.discord.until(lambda: any(m.pinged == ("mei",) for m in st.mei.read()))
    ping = next(m for m in st.mei.read() if m.pinged)
    assert str(job.reply.message_id) in ping.text


async def test_a_private_job_whose_token_died_comes_by_direct_message(st):
    used = await begin(st, private=True)
    assert used.message.ephemeral
    job = await st.hand_over()
    await st.shown()
    st.clock.advance(16 * 60)
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.DELIVERED)
    (direct,) = [m for m in st.mei.direct_messages() if m.gallery]
    assert direct.id == job.reply.message_id
    assert not any(m.gallery for m in st.tom.read())


async def test_pictures_that_discord_finds_too_large_are_shown_as_jpeg(st):
    st.guild.attachment_size_limit = 200_000
    await begin(st)
    job = await deliver(st, size=(400, 400), noise=True)
    seen = st.message(job)
    assert [f.filename for f in seen.attachments] == ["1-1.jpg"]
    assert seen.attachments[0].size <= 200_000
    assert "JPEG" in seen.text


async def test_a_deleted_message_ends_the_edits(st):
    await begin(st)
    message = await st.shown()
    st.discord.world.delete(st.discord.world.channel(message.channel_id).messages[message.id])
    job = await st.hand_over()
    await st.until(1, lambda job: job.version == job.shown)
    await st.finish(job)
    job = await st.until(1, lambda job: job.state is JobState.UNDELIVERED)
    assert job.failure == "gone"


async def test_an_edit_that_fails_is_repeated_until_it_stands(st):
    await begin(st)
    st.discord.faults.add("edit_followup", Fault(cut=True), times=2)
    await st.hand_over()
    assert "Drawing" in (await st.shown()).text


async def test_the_same_interaction_delivered_twice_is_one_job(st):
    used = await begin(st)
    st.discord.redeliver(used)
    job = await deliver(st)
    assert job.number == 1
    assert await st.jobs.by_number(st.guild.id, 2) is None


async def test_an_unexpected_error_is_answered_with_a_reference(st, monkeypatch, caplog):
    async def broken(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(st.submitter, "submit", broken)
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).response()
    assert seen.ephemeral
    assert "secret" not in seen.text
    assert seen.text.rsplit(" ", 1)[1] in caplog.text


async def test_a_reply_that_was_deleted_is_no_reply(st):
    used = await begin(st)
    job = await deliver(st)
    await (await delete(st.mei, st.message(job))).response()
    await st.until(1, lambda job: job.deleted_ms)
    with pytest.raises(InteractionFailed, match="gone"):
        await used.reply()


async def test_the_operator_is_told_that_a_lane_stopped(st):
    await st.lanes.stop("*", "InvalidApiKey", Advice.KEY)
    st.changes.lane("*")
    operator = st.discord.member(st.discord.application_owner)
    st.guild.add_member("operator")
    st.clock.advance(60)
    for _ in range(100):
        if operator.direct_messages():
            break
        await asyncio.sleep(0.02)
        st.clock.advance(5)
    assert "region" in operator.direct_messages()[0].text


async def test_a_server_that_is_not_allowed_is_told_and_left(tmp_path):
    async with stage(tmp_path, policy(), allowed=[]) as st:
        await st.discord.until(lambda: not st.guild.bot_inside)
        olga = st.discord.member("olga", st.guild)
        said = [*olga.read(), *olga.direct_messages()]
        assert "Studio" in said[0].text


async def test_in_a_thread_another_permission_counts(st):
    thread = st.guild.add_thread("sketches")
    denied = discord.Permissions(send_messages_in_threads=True).value
    st.guild.overwrite("general", "bot", deny=denied)
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"}, channel=thread)).reply()
    assert seen.ephemeral
    assert "Send Messages in Threads" in seen.text


async def test_a_gateway_that_is_down_at_the_first_try_is_tried_again(tmp_path):
    async with stage(tmp_path, policy(), gateway_down_first=True) as st:
        assert st.discord.gateway_refusals
        assert st.client.is_ready()


async def test_a_count_beyond_the_limits_of_a_modified_client_is_refused(st):
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat", "count": 9}, force=True)).reply()
    assert "1 to 4" in seen.text


def test_owners_are_the_owner_or_all_who_joined_the_team():
    def member(id_: int, state: discord.TeamMembershipState) -> SimpleNamespace:
        return SimpleNamespace(id=id_, membership_state=state)

    joined, invited = discord.TeamMembershipState.accepted, discord.TeamMembershipState.invited
    team = SimpleNamespace(owner_id=1, members=[member(1, joined), member(2, joined), member(3, invited)])
    alone: Any = SimpleNamespace(team=None, owner=SimpleNamespace(id=9))
    together: Any = SimpleNamespace(team=team, owner=SimpleNamespace(id=1))
    assert owner_ids(alone) == {9}
    assert owner_ids(together) == {1, 2}


async def test_before_a_servers_owner_is_known_nobody_is_turned_away(tmp_path):
    async with stage(tmp_path, policy()) as st:
        owner = st.guild.owner.id
        st.submitter.set_access(ServerAccess(frozenset(), frozenset({owner})))
        known = st.client.get_guild(st.guild.id)
        assert known is not None
        known.owner_id, known.unavailable = None, True
        await st.client.on_shard_ready(0)
        assert st.guild.bot_inside
        assert "Queued" in (await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()).text
