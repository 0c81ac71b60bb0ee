"""What goes wrong at the edges: commands, buttons, servers, and who asks; over the Discord stand-in."""

import asyncio
import warnings
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord
    from discord import app_commands

from bot.client import Router
from bot.connection import PatientClient
from bot.domain.jobs.job import Job, JobState
from bot.domain.requests.request import Options
from bot.domain.servers.access import ServerAccess
from bot.errors import ConfigurationError, StorageUnavailable
from bot.presentation.kit.command_names import CatalogueTranslator, same
from cogs.jobs import JobButtons
from sandbox.discord import Deferred
from sandbox.discord.rules.errors import InteractionFailed
from sandbox.faults import Fault
from tests.support import deleting
from tests.support.stage import Stage, ask, policy, stage


async def deliver(st: Stage) -> Job:
    await st.finish(await st.hand_over())
    return await st.until(1, lambda job: job.state is JobState.DELIVERED)


# -- the client


def test_a_prefix_has_one_handler():
    async def handle(*_):
        pass

    router = Router()
    router.route("job", handle)
    with pytest.raises(ValueError, match="job"):
        router.route("job", handle)
    assert router.find("other:1") is None


async def test_a_token_that_discord_refuses_is_a_fault_of_the_configuration(st):
    async with PatientClient(clock=st.clock, gateway_url="", intents=discord.Intents.none()) as client:
        with pytest.raises(ConfigurationError, match=r"discord\.token"):
            await client.log_in("wrong")


async def test_suggestions_for_a_command_of_another_version_are_logged(st, caplog):
    st.client.tree.remove_command("imagine")
    async with advancing(st, 0.5):
        with pytest.raises(InteractionFailed):
            await st.mei.autocomplete("imagine", {"prompt": "x", "model": "t"}, focused="model")
    assert "autocomplete: CommandNotFound" in caplog.text


@asynccontextmanager
async def advancing(st: Stage, step_s: float):
    async def advance() -> None:
        while True:
            await asyncio.sleep(0.02)
            st.clock.advance(step_s)

    task = asyncio.create_task(advance())
    try:
        yield
    finally:
        task.cancel()


async def test_a_component_that_nobody_handles_is_left_alone(st, caplog):
    caplog.set_level("INFO")
    used = await ask(st)
    del st.client.router._handlers["job"]
    await st.mei.press(used.message, "Cancel")
    for _ in range(100):
        if "nobody handles" in caplog.text:
            break
        await asyncio.sleep(0.02)
    assert "nobody handles" in caplog.text


async def test_storage_that_fails_is_told_without_a_reference(st, monkeypatch):
    async def broken(*_):
        raise StorageUnavailable("disk full")

    monkeypatch.setattr(st.submitter, "submit", broken)
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
    assert "nothing was started, and nothing was taken from your quota" in seen.text


async def test_an_answer_that_cannot_be_given_is_logged(st, caplog):
    st.discord.faults.add("callback", Fault(cut=True))
    await st.mei.invoke("imagine", {"prompt": " "})
    for _ in range(100):
        if "could not be answered" in caplog.text:
            break
        await asyncio.sleep(0.02)
    assert "could not be answered" in caplog.text


@pytest.fixture
def refused(st) -> discord.Guild:
    """A server that may not use the bot any more, as the bot knows it, with a channel for such words."""
    st.submitter.set_access(ServerAccess(frozenset()))
    guild = st.client.get_guild(st.guild.id)
    assert guild is not None
    guild._system_channel_id = st.guild.channel("general").id
    return guild


async def test_a_server_is_told_in_its_own_channel_why_it_is_left(st, refused):
    await st.client.on_shard_ready(0)
    assert not st.guild.bot_inside
    (told,) = st.mei.read()
    assert "Studio" in told.text


async def test_a_server_that_cannot_be_left_keeps_no_other_from_being_left(st, refused):
    st.submitter.set_access(ServerAccess(None))
    other = st.discord.add_guild("Elsewhere", owner="olga")
    while st.client.get_guild(other.id) is None:  # noqa: ASYNC110 - a cache wakes nobody
        await asyncio.sleep(0.02)
    st.submitter.set_access(ServerAccess(frozenset()))
    # Whichever is judged first: the connection is cut at its goodbye.
    st.discord.faults.add("create_message", Fault(cut=True))
    await st.client.on_shard_ready(0)
    # The one whose goodbye was cut may have been left since, by its own join.
    assert not (st.guild.bot_inside and other.bot_inside)


async def test_a_server_whose_channel_is_closed_is_told_through_its_owner(st, refused):
    st.guild.overwrite("general", "bot", deny=discord.Permissions(send_messages=True).value)
    await st.client.on_guild_available(refused)
    assert not st.guild.bot_inside
    (told,) = st.discord.member("olga", st.guild).direct_messages()
    assert "Studio" in told.text


async def test_a_server_that_can_neither_be_told_nor_left_is_logged(st, refused, caplog):
    caplog.set_level("INFO")
    forbidden = Fault(status=403, body=b'{"code": 50007, "message": "Cannot send messages to this user"}')
    st.discord.faults.add("create_message", forbidden, times=2)
    st.discord.faults.add("leave_guild", Fault(status=404, body=b'{"code": 10004, "message": "Unknown Guild"}'))
    await st.client.on_guild_available(refused)
    for said in ("its system channel can't be told", "its owner can't be told", "could not be left"):
        assert said in caplog.text
    assert st.guild.bot_inside


@pytest.mark.parametrize(("sync", "registrations"), [("never", 0), ("always", 1)])
async def test_commands_are_registered_when_the_operator_says(tmp_path, sync, registrations):
    async with stage(tmp_path, policy(), sync=sync) as st:
        assert len([one for one in st.discord.requests if one.method == "PUT"]) == registrations


async def test_a_fault_of_the_connection_itself_ends_the_client(st, monkeypatch):
    async def broken():
        raise AttributeError("defect")

    monkeypatch.setattr(st.client, "connect", broken)
    with pytest.raises(AttributeError, match="defect"):
        await st.client.connect_patiently()


async def test_other_texts_and_locales_are_left_to_the_default(st):
    translator = CatalogueTranslator(st.texts)
    context: Any = None
    unknown, known = app_commands.locale_str("text"), app_commands.locale_str("text", key="command-cancel-name")
    assert await translator.translate(unknown, discord.Locale.chinese, context) is None
    assert await translator.translate(known, discord.Locale.french, context) is None
    assert await translator.translate(known, discord.Locale.taiwan_chinese, context) == "取消"


@pytest.mark.parametrize(
    ("ours", "theirs", "is_same"),
    [
        ({"a": [2, 1]}, {"a": [1, 2], "id": "3"}, True),
        ({"a": [{"name": "x"}, {"name": "y"}]}, {"a": [{"name": "y"}, {"name": "x"}]}, False),
        ({"a": [1]}, {"a": [1, 2]}, False),
        ({"a": [1]}, {"a": None}, False),
        ({"a": False, "b": []}, {}, True),
        ({"a": {"b": 1}}, None, False),
    ],
)
def test_definitions_are_compared_by_what_we_name(ours, theirs, is_same):
    assert same(ours, theirs) == is_same


# -- the buttons


async def press(st: Stage, rest: str, who: str = "mei"):
    """Press the button of mei's first message as if its custom id said ``rest``."""
    cog = st.client.cogs["JobButtons"]
    assert isinstance(cog, JobButtons)

    async def handle(interaction, _rest: str) -> None:
        await cog.press(interaction, rest)

    st.client.router._handlers["job"] = handle
    message = st.message(await st.job())
    return await st.discord.member(who, st.guild).press(message, message.buttons[0].custom_id)


async def answer(st: Stage, used) -> str:
    at_once = await deleting.answer(used)
    if at_once is not None:
        return at_once
    await st.discord.until(lambda: used.followups)
    (said,) = used.followups
    assert said.ephemeral
    return said.text


@pytest.mark.parametrize("rest", ["404:cancel", "none:delete", f"{10**30}:cancel", "²:delete"])
async def test_a_button_of_a_job_that_storage_forgot_says_so(st, rest):
    await ask(st)
    assert "don't know this job" in await answer(st, await press(st, rest))


async def test_a_button_from_another_version_does_nothing(st):
    await ask(st)
    job = await st.job()
    used = await press(st, f"{job.id}:repeat")
    assert await used.response() == Deferred(ephemeral=False, silent=True)
    assert (await st.job()).version == job.version
    assert used.followups == []


async def test_what_is_under_way_is_not_deleted(st):
    await ask(st)
    assert "still under way" in await answer(st, await press(st, f"{(await st.job()).id}:delete"))


async def test_a_cancel_pressed_after_the_end_says_so(st):
    await ask(st)
    message = st.message(await st.job())
    await deliver(st)
    used = await st.mei.press(message, "Cancel", force=True)
    assert "already ended" in await answer(st, used)


async def test_a_wish_that_the_service_takes_is_shown_on_the_card_alone(st):
    st.vendor.accepts_cancel = True
    await ask(st)
    await st.hand_over()
    message = await st.shown()
    used = await st.mei.press(message, "Cancel")
    assert (await used.response()).silent
    await st.until(1, lambda job: job.cancel_wished_ms)
    assert (await st.shown()).button("Canceling…").disabled
    assert used.followups == []


# -- what is known about who asks


async def test_a_server_whose_owner_nobody_can_name_is_asked_to_wait_in_both_languages(st):
    st.guild.add_member("li", locale="zh-CN")
    known = st.client.get_guild(st.guild.id)
    assert known is not None
    known.owner_id = None
    st.discord.faults.add("get_guild", Fault(cut=True), times=10)
    for who, words in (
        (st.mei, "Discord hasn't told me enough about this server yet; I may have just started. Please try again"),
        (st.discord.member("li", st.guild), "Discord 还没有告诉我这个服务器的情况，可能是我刚刚启动。请稍后再试。"),
    ):
        assert (await (await who.invoke("imagine", {"prompt": "a cat"})).reply()).text.startswith(words)
    assert await st.jobs.by_number(st.guild.id, 1) is None


async def test_outside_of_servers_nothing_is_drawn(st):
    direct: Any = SimpleNamespace(guild_id=None, user=SimpleNamespace(id=1))
    with pytest.raises(Exception, match="guild-only"):
        await st.intake.take(direct, Options("a cat"))


async def test_a_message_that_falls_behind_as_the_bot_stops_leaves_no_work_that_never_ran(tmp_path):
    async with stage(tmp_path, policy()) as st:
        await ask(st)
        job = await st.until(1, lambda job: job.shown == job.version)
        _, presenter, _ = st.tasks
        presenter.cancel()
        st.presenter.touch(job.id)
