"""What the operator's monitoring sees of a running bot."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot import app
from bot.service.upkeep.figures import EVERY_S
from tests.integration.test_health import free_port, values
from tests.support.faults import ReachableDatabase, locked, slow_down
from tests.support.world import World, open_world

TURBO = "model=wanx2.1-t2i-turbo"


@asynccontextmanager
async def watched(folder: Path, **changes) -> AsyncIterator[tuple[World, aiohttp.ClientSession]]:
    port = free_port()
    async with (
        open_world(folder, http={"bind": f"127.0.0.1:{port}"}, **changes) as world,
        aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session,
    ):
        yield world, session


async def health(session: aiohttp.ClientSession) -> str:
    async with session.get("/healthz") as answer:
        text = (await answer.text()).strip()
        assert answer.status == (200 if text == "ok" else 503)
        return text


async def becomes(session: aiohttp.ClientSession, words: str) -> None:
    async with asyncio.timeout(30):
        # A page that is asked for wakes nobody.
        while words not in await health(session):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def metrics(session: aiohttp.ClientSession) -> dict[tuple[str, ...], float]:
    async with session.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return values(await answer.read())


async def test_health_follows_the_gateways_socket(tmp_path):
    async with watched(tmp_path) as (world, session):
        await becomes(session, "ok")
        world.discord.gateway_down = True
        world.discord.drop_gateway(resumable=True)
        await becomes(session, "not connected to Discord (shard 0 of 1)")
        world.discord.gateway_down = False
        world.clock.advance(60)
        await becomes(session, "ok")


async def test_health_tells_of_a_connection_that_stands_and_is_silent(tmp_path):
    async with watched(tmp_path) as (world, session):
        world.discord.gateway.heartbeat_interval_ms = 200
        world.discord.drop_gateway(resumable=True)
        await world.discord.until(lambda: world.discord.resumed == 1)
        await becomes(session, "ok")
        world.clock.advance(600)
        await becomes(session, "ok")
        world.discord.gateway.silent = True
        await asyncio.sleep(0.3)
        world.clock.advance(121)
        await becomes(session, "nothing heard from Discord")
        world.discord.gateway.silent = False
        await becomes(session, "ok")


async def test_health_tells_of_a_database_that_can_not_be_written_until_it_can(tmp_path):
    async with watched(tmp_path) as (world, session):
        await becomes(session, "ok")
        with locked(world.config.storage.file):
            refused = await world.imagine(world.member("bob"))
            assert refused.ephemeral
            await becomes(session, "the database cannot be written: locked by another program")
        # Nobody writes meanwhile: health itself tries.
        await becomes(session, "ok")


async def test_the_metrics_tell_of_a_job_its_bill_and_how_long_its_steps_took(tmp_path):
    async with watched(tmp_path, quota={"operator_cap": "50"}) as (world, session):
        world.discord.faults.add("callback", slow_down(0.1))
        bob = world.member("bob")
        await world.becomes(bob, await world.imagine(bob, count=2), "Here are your pictures")
        await world.job_is("delivered")
        await becomes(session, "ok")
        world.clock.advance(EVERY_S)
        shown = await metrics(session)
        assert shown["imagine_jobs", TURBO, "state=delivered"] == 1
        assert shown["imagine_queue_jobs", TURBO] == 0
        assert shown["imagine_lane_stopped", TURBO] == 0
        assert shown["imagine_bill_cny", "certainty=certain"] == 0.28
        assert shown["imagine_cap_left_cny",] == 49.72
        assert shown["imagine_healthy",] == 1
        for step in ("ack", "create", "notice"):
            assert shown[f"imagine_{step}_seconds_count", TURBO] == 1
        assert shown["imagine_edit_seconds_count", TURBO] >= 1
        assert sum(count for key, count in shown.items() if key[0] == "imagine_discord_rate_limited_total") == 1


async def test_neither_scrapes_nor_a_long_export_keep_imagine_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr(app, "Database", ReachableDatabase)
    async with watched(tmp_path) as (world, session):
        await becomes(session, "ok")
        world.clock.advance(EVERY_S)
        reached, gate = threading.Event(), threading.Event()

        def export(_) -> None:
            reached.set()
            gate.wait(60)

        held = asyncio.create_task(ReachableDatabase.newest.read_long(export))
        await asyncio.to_thread(reached.wait, 30)
        scrapes = [asyncio.create_task(metrics(session)) for _ in range(50)]
        try:
            bob = world.member("bob")
            await world.becomes(bob, await world.imagine(bob), "Here is your picture")
            assert not any(scrape.done() for scrape in scrapes)
            assert await health(session) == "ok"
        finally:
            gate.set()
        await held
        assert len(await asyncio.gather(*scrapes)) == 50


@pytest.mark.parametrize("command", ["quota report", "logs search", "privacy export"])
async def test_what_may_take_long_is_read_beside_imagine(tmp_path, monkeypatch, command):
    monkeypatch.setattr(app, "Database", ReachableDatabase)
    async with open_world(tmp_path) as world:
        bob, owner = world.member("bob"), world.member(world.discord.application_owner)
        await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        reached, gate = threading.Event(), threading.Event()

        def other(_) -> None:
            reached.set()
            gate.wait(60)

        held = asyncio.create_task(ReachableDatabase.newest.read_long(other))
        await asyncio.to_thread(reached.wait, 30)
        try:
            asked = await owner.invoke(command, {}, channel="general")
            await world.becomes(bob, await world.imagine(bob), "Here is your picture")
            assert asked.message is None or not asked.message.text
        finally:
            gate.set()
        await held
        await world.discord.until(lambda: asked.message is not None and asked.message.text)


async def test_one_line_says_that_the_bot_is_ready_with_servers_lanes_and_what_is_left(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    async with open_world(tmp_path, quota={"operator_cap": "50"}) as world:
        world.vendor.arrears = True
        await world.imagine(world.member("bob"))
        await world.eventually(lambda: world.rows("SELECT 1 FROM lanes WHERE stopped_ms > 0"))
        await world.stop_bot()
        caplog.clear()
        await world.start_bot()
        await world.eventually(lambda: [one for one in caplog.messages if one.startswith("ready")])
        (line,) = [one for one in caplog.messages if one.startswith("ready")]
        assert "servers: 1, shards: 1" in line
        assert "wanx2.1-t2i-turbo Arrearage" in line
        assert "49.86 CNY left" in line


async def test_the_line_about_a_task_names_its_job(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    async with open_world(tmp_path) as world:
        bob = world.member("bob")
        await world.becomes(bob, await world.imagine(bob), "Here is your picture")
        (task_id,) = world.vendor.tasks
        about = [one for one in caplog.messages if task_id in one]
        assert about
        assert all(f"job {world.job()['id']}" in one for one in about)
        assert any("#1" in one for one in about)
