"""The messages beside the jobs' own: pings and the operator's; over the Discord stand-in."""

import asyncio
import warnings

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.job import JobState
from sandbox.faults import Fault
from tests.unit.presentation.stage import TURBO, Stage, policy, stage


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


async def eventually(st: Stage, condition) -> None:
    for _ in range(300):
        if condition():
            return
        await asyncio.sleep(0.02)
        st.clock.advance(1)
    raise AssertionError("it never came")


async def test_a_member_who_waited_long_is_pinged_and_nobody_else(st):
    used = await deliver_late(st)
    await eventually(st, lambda: used.followups)
    (ping,) = used.followups
    assert ping.pinged == ("mei",)
    assert str((await st.job()).reply.message_id) in ping.text


async def test_a_private_job_is_pinged_privately(st):
    used = await deliver_late(st, private=True)
    await eventually(st, lambda: used.followups)
    (ping,) = used.followups
    assert ping.ephemeral


async def test_a_ping_goes_by_the_bots_token_where_the_interactions_is_dead(st):
    dead = Fault(status=404, body=b'{"code": 10015, "message": "Unknown Webhook"}')
    st.discord.faults.add("followup", dead)
    await deliver_late(st)
    await eventually(st, lambda: any(message.pinged for message in st.mei.read()))
    (ping,) = [message for message in st.mei.read() if message.pinged]
    assert ping.pinged == ("mei",)
    assert (await st.job()).reply.token == ""


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
    used = await deliver_late(st)
    await eventually(st, lambda: used.followups)


async def test_the_operators_channel_hears_of_stops_and_reopenings(tmp_path):
    async with stage(tmp_path, policy()) as st:
        st.messenger._operator_channel = st.guild.channel("general").id
        await st.lanes.stop(TURBO, "ModelNotFound")
        st.changes.lane(TURBO)
        await eventually(st, st.mei.read)
        assert f"{TURBO} has stopped" in st.mei.read()[0].text
        assert "successor" in st.mei.read()[0].text
        await st.lanes.reopen(TURBO)
        st.changes.lane(TURBO)
        await eventually(st, lambda: len(st.mei.read()) == 2)
        assert "works again" in st.mei.read()[1].text


async def test_an_operator_channel_that_may_be_a_user_or_is_closed_to_the_bot(st):
    st.guild.add_member("operator")
    st.messenger._operator_channel = st.mei.id
    await st.lanes.stop("*", "Arrearage")
    st.changes.lane("*")
    await eventually(st, st.mei.direct_messages)
    assert "whole account" in st.mei.direct_messages()[0].text
    general = st.guild.channel("general")
    st.messenger._operator_channel = general.id
    st.guild.overwrite("general", "bot", deny=discord.Permissions(view_channel=True).value)
    await st.lanes.reopen("*")
    st.changes.lane("*")
    operator = st.discord.member(st.discord.application_owner)
    await eventually(st, operator.direct_messages)
    assert "account works again" in operator.direct_messages()[0].text
