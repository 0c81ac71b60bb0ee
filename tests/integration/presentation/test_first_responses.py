"""First responses that are slow, cut or can't be made, over the Discord stand-in."""

import asyncio
import logging
import threading
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    import discord

from bot.domain.act import Act
from bot.domain.jobs.job import JobState
from bot.domain.servers.settings import Posting
from bot.errors import StorageUnavailable
from bot.presentation.requests.intake import DEFER_AFTER_S
from bot.storage.servers.servers import SqliteServers
from sandbox.discord.people.used import Deferred, Used
from sandbox.faults import Fault
from tests.support.apps_menu import opened, posts
from tests.support.faults import locked
from tests.support.stage import Stage, policy, stage


async def test_a_callback_that_was_cut_after_it_stood_is_found(st):
    st.discord.faults.add("callback", Fault(cut=True, when="after"))
    await st.mei.invoke("imagine", {"prompt": "a cat"})
    job = await st.until(1, lambda job: job.state is JobState.QUEUED)
    assert "Queued" in st.message(job).text


async def test_a_callback_that_discord_never_took_gives_everything_back(st):
    st.discord.faults.add("callback", Fault(cut=True))
    await st.mei.invoke("imagine", {"prompt": "a cat"})
    job = None
    while job is None or job.state is not JobState.VOID:
        await asyncio.sleep(0.02)
        st.clock.advance(0.1)
        job = await st.jobs.by_number(st.guild.id, 1)


@asynccontextmanager
async def slow_storage(st, **options) -> AsyncIterator[Used]:
    """Ask while another program holds the database's lock, until the bot asks Discord for time."""
    with locked(st.database):
        used = await st.mei.invoke("imagine", {"prompt": "a cat", **options})
        async with asyncio.timeout(30):
            # The two seconds are counted as soon as the request is on its way into the database.
            while f"submit-{used.interaction_id}" not in {task.get_name() for task in asyncio.all_tasks()}:  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert not used.acknowledged.is_set()
        st.clock.advance(DEFER_AFTER_S + 0.1)
        yield used


@contextmanager
def unread(st: Stage) -> Iterator[None]:
    """Keep the reader busy, as a long export does: what is to be read waits."""
    over = threading.Event()
    reading = asyncio.ensure_future(st.store.read(lambda _: over.wait(30)))
    try:
        yield
    finally:
        over.set()
        assert not reading.done()


async def wait_for_deferral(st: Stage, used: Used) -> None:
    async with asyncio.timeout(30):
        while f"submit-{used.interaction_id}" not in {task.get_name() for task in asyncio.all_tasks()}:  # noqa: ASYNC110
            await asyncio.sleep(0)
    st.clock.advance(DEFER_AFTER_S + 0.1)


@pytest.mark.parametrize("private", [None, True])
async def test_a_first_reading_that_is_slow_is_deferred(st, private):
    with unread(st):
        used = await st.mei.invoke("imagine", {"prompt": "a cat"} | ({"private": True} if private else {}))
        await wait_for_deferral(st, used)
        assert await used.response() == Deferred(ephemeral=bool(private), silent=False)
    job = await st.until(1, lambda job: job.state is JobState.QUEUED and job.version == job.shown)
    assert job.request.private is bool(private)


async def test_who_may_see_an_answer_is_not_told_otherwise_where_it_is_read_too_late(st):
    act = Act(1, st.guild.id, 9, "settings")
    await SqliteServers(st.store, st.clock).change_settings(act, lambda one: replace(one, posting=Posting.PRIVATE))
    with unread(st):
        used = await st.mei.invoke("imagine", {"prompt": "a cat"})
        await wait_for_deferral(st, used)
        assert await used.response() == Deferred(ephemeral=False, silent=False)
    seen = await used.reply()
    assert seen.ephemeral
    assert "nothing was started, and nothing was taken from your quota" in seen.text
    assert await st.jobs.by_number(st.guild.id, 1) is None


async def test_a_yes_to_a_price_that_is_read_slowly_is_deferred(tmp_path):
    async with stage(tmp_path, policy(free=0, budget=1_000_000)) as st:
        question = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
        with unread(st):
            pressed = await st.mei.press(question, question.buttons[0].label)
            await wait_for_deferral(st, pressed)
            assert await pressed.response() == Deferred(ephemeral=False, silent=False)
        await st.until(1, lambda job: job.state is JobState.QUEUED and job.version == job.shown)


async def test_a_no_to_a_price_is_acknowledged_before_anything_is_read(tmp_path):
    async with stage(tmp_path, policy(free=0, budget=1_000_000)) as st:
        question = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
        with unread(st):
            pressed = await st.mei.press(question, question.buttons[1].label)
            async with asyncio.timeout(10):
                await pressed.acknowledged.wait()
        await st.discord.until(lambda: st.mei.read() == [] or not any(one.buttons for one in st.mei.read()))


async def test_slow_storage_defers_and_a_refusal_then_is_private(tmp_path):
    async with stage(tmp_path, policy(free=1)) as st:
        async with slow_storage(st, count=2) as used:
            assert await used.response() == Deferred(ephemeral=False, silent=False)
        await st.discord.until(lambda: used.followups)
        assert used.message is None
        seen = await used.reply()
        assert seen.ephemeral
        assert "quota" in seen.text
        assert seen == used.followups[0]


CUTS = [
    [("followup", Fault(cut=True)), ("followup", Fault(cut=True))],
    [("delete_original", Fault(cut=True, when="after"))],
    [("delete_original", Fault(cut=True)), ("followup", Fault(cut=True))],
]
"""Of a follow-up that has two more tries, and of the deletion before it, which then finds nothing."""


@pytest.mark.parametrize("cuts", CUTS, ids=["twice", "deleted", "both"])
async def test_a_refusal_after_a_deferral_is_tried_until_it_comes(tmp_path, cuts: list[tuple[str, Fault]]):
    async with stage(tmp_path, policy(free=1)) as st:
        for operation, fault in cuts:
            st.discord.faults.add(operation, fault)
        async with slow_storage(st, count=2) as used:
            assert await used.response() == Deferred(ephemeral=False, silent=False)
        while not used.followups:
            await asyncio.sleep(0.02)
            st.clock.advance(0.5)
        assert [(one.ephemeral, "quota" in one.text) for one in st.mei.read()] == [(True, True)]


async def test_a_refusal_that_discord_refuses_is_not_repeated(tmp_path, caplog):
    async with stage(tmp_path, policy(free=1)) as st:
        st.discord.faults.add("followup", Fault(status=400, body=b'{"code": 50035, "message": "Invalid Form Body"}'))
        async with slow_storage(st, count=2):
            pass
        async with asyncio.timeout(30):
            while "could not be answered" not in caplog.text:  # noqa: ASYNC110 - the log wakes nobody
                await asyncio.sleep(0.02)
        for _ in range(40):
            st.clock.advance(0.5)
            await asyncio.sleep(0)
        assert [one.operation for one in st.discord.requests].count("followup") == 1


async def test_what_was_typed_is_given_back_to_nobody_where_all_would_read_it(st, caplog):
    used, _ = await opened(st.mei, posts(st.mei))
    st.clock.advance(3601)
    st.discord.faults.add("delete_original", Fault(cut=True), times=100)
    with unread(st):
        sent = await st.mei.submit_modal(used, {"instruction": "let it snow"})
        await wait_for_deferral(st, sent)
        assert await sent.response() == Deferred(ephemeral=False, silent=False)
    async with asyncio.timeout(30):
        while not any("let it snow" in one.text for one in st.tom.read()) and "be given back" not in caplog.text:
            await asyncio.sleep(0.02)
            st.clock.advance(0.5)
    assert [one.text for one in st.tom.read() if "let it snow" in one.text] == []


async def test_a_refusal_that_is_the_first_answer_stays_where_what_was_typed_is_given_back(st):
    used, _ = await opened(st.mei, posts(st.mei))
    st.clock.advance(3601)
    # Discord never heard that the bot asked for time.
    st.discord.faults.add("callback", Fault(cut=True))
    with unread(st):
        sent = await st.mei.submit_modal(used, {"instruction": "let it snow"})
        await wait_for_deferral(st, sent)
    await st.discord.until(lambda: any("let it snow" in one.text for one in st.mei.read()))
    why = await sent.reply()
    assert why.ephemeral
    assert why.text in [one.text for one in st.mei.read()]
    assert not any("let it snow" in one.text for one in st.tom.read())


@pytest.mark.parametrize("private", [False, True])
async def test_a_refusal_after_a_deferral_whose_answer_was_lost_is_for_the_member_alone(tmp_path, private):
    async with stage(tmp_path, policy(free=1)) as st:
        st.discord.faults.add("callback", Fault(cut=True, when="after"))
        async with slow_storage(st, count=2, private=private):
            pass
        await st.discord.until(lambda: any("quota" in one.text for one in st.mei.read()))
        assert [(one.ephemeral, "quota" in one.text) for one in st.mei.read()] == [(True, True)]
        assert st.tom.read() == []


async def test_slow_storage_defers_privately_and_a_refusal_takes_the_place_of_the_reply(tmp_path):
    async with stage(tmp_path, policy(free=1)) as st:
        async with slow_storage(st, count=2, private=True) as used:
            assert await used.response() == Deferred(ephemeral=True, silent=False)
        seen = await used.reply()
        assert seen.ephemeral
        assert "quota" in seen.text
        assert used.followups == []


async def test_storage_that_stays_slow_defers_and_then_says_so_privately(st):
    async with slow_storage(st) as used:
        assert await used.response() == Deferred(ephemeral=False, silent=False)
        # The lock outlasts what SQLite waits for it.
        seen = await used.reply()
    assert seen.ephemeral
    assert "nothing was started, and nothing was taken from your quota" in seen.text
    assert used.message is None


async def test_slow_storage_defers_and_the_card_follows(st):
    async with slow_storage(st) as used:
        assert await used.response() == Deferred(ephemeral=False, silent=False)
    seen = await used.reply()
    assert "Queued" in seen.text
    job = await st.until(1, lambda job: job.state is JobState.QUEUED)
    assert job.reply.message_id == seen.id


async def test_a_second_delivery_while_storage_is_slow_leaves_the_answer_to_the_first(st, caplog):
    async with slow_storage(st) as used:
        assert await used.response() == Deferred(ephemeral=False, silent=False)
        st.discord.redeliver(used)
        # What comes after it shows that it has come.
        after = await st.tom.invoke("imagine", {"prompt": "a dog"})
        await wait_for_deferral(st, after)
        await after.response()
    seen = await used.reply()
    job = await st.until(1, lambda job: job.state is JobState.QUEUED and job.version == job.shown)
    assert job.reply.message_id == seen.id
    assert "could not be deferred" not in caplog.text


async def test_storage_that_fails_after_the_answer_is_tried_again(st, monkeypatch):
    real, failures = st.submitter.acknowledge, [StorageUnavailable("locked")]

    async def acknowledge(*args):
        if failures:
            raise failures.pop()
        return await real(*args)

    monkeypatch.setattr(st.submitter, "acknowledge", acknowledge)
    await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
    st.clock.advance(2)
    await st.until(1, lambda job: job.state is JobState.QUEUED)


async def test_a_card_that_cannot_be_made_holds_nothing(st, monkeypatch):
    async def broken(*_):
        raise RuntimeError("no card")

    monkeypatch.setattr(st.presenter, "first_card", broken)
    seen = await (await st.mei.invoke("imagine", {"prompt": "a cat"})).reply()
    assert seen.ephemeral
    await st.until(1, lambda job: job.state is JobState.VOID)


async def test_a_deferral_that_was_cut_after_it_stood_still_ends_in_a_card(st):
    st.discord.faults.add("callback", Fault(cut=True, when="after"))
    async with slow_storage(st) as used:
        assert await used.response() == Deferred(ephemeral=False, silent=False)
    job = await st.until(1, lambda job: job.state is JobState.QUEUED and job.version == job.shown)
    assert "Queued" in st.message(job).text


async def test_what_is_asked_in_the_moment_in_which_the_bot_stops_is_no_fault_of_the_program(st, caplog):
    caplog.set_level(logging.INFO, "bot.client")
    asked: asyncio.Queue[discord.Interaction[Any]] = asyncio.Queue()
    st.client.add_listener(asked.put, "on_interaction")
    held = st.discord.faults.gate("callback")
    await st.mei.invoke("imagine", {"prompt": "a cat"})
    interaction = await asked.get()
    await held.reached.wait()
    await st.client.close()
    with pytest.raises(RuntimeError, match="Session is closed") as error:
        await interaction.response.send_message("too late")
    await st.client.answer_error(interaction, error.value)
    assert "came as the bot stopped" in caplog.text
    assert "reference" not in caplog.text
    # Another fault is one also then.
    await st.client.answer_error(interaction, RuntimeError("dictionary changed size during iteration"))
    assert "reference" in caplog.text
