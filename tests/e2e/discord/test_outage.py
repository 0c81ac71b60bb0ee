"""Hours without Discord: nothing is given up, and once it is back everybody is told, without a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sandbox.dashscope import Outcome
from sandbox.faults import Fault
from tests.support.world import World, open_world

DOWN = Fault(status=503)
GATEWAY = ("gateway", "gateway_slash")
HOURS_S, STEP_S = 3 * 3600, 20
YOUNG_S = 40 * 60
"""Older messages take few edits in a minute, and that minute is the wall's."""


@asynccontextmanager
async def three_hours_without_discord(world: World, *, back_by: str = "connection") -> AsyncIterator[None]:
    """Let Discord answer nothing while the body runs and for three hours after it.

    It is noticed by a new connection to the gateway, or, where that stood all the time, by a look every few minutes.
    """
    world.discord.faults.outage(DOWN, spares=GATEWAY)
    yield
    for passed_s in range(0, HOURS_S, STEP_S):
        world.clock.advance(STEP_S)
        world.discord_clock.advance(STEP_S if passed_s < YOUNG_S else 0)
        await asyncio.sleep(0.03)
    world.discord.faults.clear()
    if back_by == "connection":
        world.discord.drop_gateway(resumable=True)
    else:
        world.clock.advance(300)


@asynccontextmanager
async def minutes_pass(world: World) -> AsyncIterator[None]:
    """Move the bot's time on by five minutes now and then: what was tried just before Discord was back waits so long.

    Seldom enough for a call to come to its end in between.
    """

    async def pass_on() -> None:
        while True:
            await asyncio.sleep(3)
            world.clock.advance(300)

    passing = asyncio.create_task(pass_on(), name="minutes-pass")
    try:
        yield
    finally:
        passing.cancel()
        await asyncio.gather(passing, return_exceptions=True)


@pytest.mark.parametrize("back_by", ["connection", "look"])
async def test_pictures_that_were_made_meanwhile_come_when_discord_is_back(tmp_path, back_by):
    async with open_world(tmp_path) as world:
        bob, mei = world.member("bob"), world.member("mei")
        world.vendor.next_outcome(Outcome(service_s=8))
        first = await world.imagine(bob)
        second = await world.imagine(mei, private=True)
        await world.job_is("running")
        async with three_hours_without_discord(world, back_by=back_by):
            await world.job_is("delivering")
            await world.job_is("delivering", 2)
        assert world.job()["state"] == "delivering"
        async with minutes_pass(world):
            done = await world.becomes(bob, first, "Here is your picture")
            assert len(done.gallery) == 1
            await world.job_is("delivered")
            await world.job_is("delivered", 2)
        # Its token died meanwhile.
        assert len(mei.direct_messages()) == 1
        assert second.gallery == []
        world.assert_books_agree()


async def test_a_stopped_account_and_whoever_waited_for_it_are_told_of_when_discord_is_back(tmp_path):
    async with open_world(tmp_path) as world:
        bob, operator = world.member("bob"), world.discord.member(world.discord.application_owner)
        create = world.vendor.faults.gate("create")
        world.vendor.arrears = True
        first = await world.imagine(bob)
        await create.reached.wait()
        async with three_hours_without_discord(world):
            create.open()
            await world.eventually(lambda: world.rows("SELECT 1 FROM lanes WHERE stopped_ms > 0"))
        await world.job_is("expired")
        async with minutes_pass(world):
            await world.becomes(bob, first, "took no requests from this bot for too long")
            await world.discord.until(operator.direct_messages)
            (told,) = operator.direct_messages()
            assert "Arrearage. The account is in arrears: top it up." in told.text
            await world.eventually(lambda: not world.rows("SELECT 1 FROM outbox WHERE done_ms = 0"))


async def test_a_job_whose_first_answer_was_lost_is_found_and_made_when_discord_is_back(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        world.discord.faults.add("callback", Fault(cut=True, when="after"))
        world.discord.faults.add("get_original", DOWN, times=10)
        await bob.invoke("imagine", {"prompt": "a flower shop"}, channel="general")
        await world.discord.until(lambda: bob.read("general"))
        assert world.job()["state"] == "held"
        async with three_hours_without_discord(world):
            pass
        assert world.job()["state"] == "held"
        async with minutes_pass(world):
            await world.shown(bob, lambda seen: "Here is your picture" in seen.text)
            await world.job_is("delivered")
        assert world.vendor.creates == 1


async def test_what_a_forgotten_member_leaves_is_deleted_when_discord_is_back(tmp_path):
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        first = await world.imagine(bob)
        await world.becomes(bob, first, "Here is your picture")
        await world.job_is("delivered")
        question = await (await bob.invoke("privacy forget", channel="general")).reply()
        world.discord.faults.outage(DOWN, spares=(*GATEWAY, "callback", "edit_original"))
        await bob.press(question, "Erase everything")
        await world.eventually(lambda: world.rows("SELECT 1 FROM leftover_messages WHERE attempts > 0"))
        async with three_hours_without_discord(world):
            pass
        async with minutes_pass(world):
            await world.discord.until(lambda: all(seen.id != first.id for seen in bob.read("general")))
            await world.eventually(lambda: not world.rows("SELECT 1 FROM leftover_messages"))
