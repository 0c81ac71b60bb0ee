"""A database of which a part is damaged, and files that can't be deleted: the bot starts, tells, and does the rest."""

import socket
import sqlite3
from contextlib import closing

import aiohttp
import pytest

from tests.support.faults import damage
from tests.support.world import World, open_world

TOLD = "The database is damaged."


@pytest.fixture
async def world(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with open_world(tmp_path, http={"bind": f"127.0.0.1:{port}"}) as world:
        yield world


async def health(world: World) -> tuple[int, str]:
    assert world.config.http is not None
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{world.config.http.bind}/healthz") as answer,
    ):
        return answer.status, await answer.text()


async def start_damaged(world: World, what: str) -> list[str]:
    """Start on a database that was damaged meanwhile; give what the operator is told."""
    await world.stop_bot()
    damage(world.config.storage.file, what)
    await world.start_bot()
    owner = world.member(world.discord.application_owner)
    await world.discord.until(owner.direct_messages)
    return [message.text for message in owner.direct_messages()]


async def test_a_damaged_page_is_told_to_the_operator_and_to_health_and_members_are_served(world: World):
    (told,) = await start_damaged(world, "drafts")
    assert TOLD in told
    assert await health(world) == (503, "the database is damaged\n")
    bob = world.member("bob")
    await world.becomes(bob, await world.imagine(bob), "Here is your picture")
    world.advance(3600)
    await world.becomes(bob, await world.imagine(bob), "Here is your picture")
    assert len(world.member(world.discord.application_owner).direct_messages()) == 1


async def test_who_needs_the_damaged_part_reads_that_it_takes_the_operator_in_both_languages(world: World):
    await world.stop_bot()
    damage(world.config.storage.file, "rules")
    await world.start_bot()
    for name, words in (
        ("bob", "My records are damaged, and I can't do this until the operator has repaired them. "),
        ("mei", "我的数据损坏了，运营者修复之前做不了这件事。没有扣额度。"),
    ):
        for command, options in (("imagine", {"prompt": "a cat"}), ("balance", {})):
            answer = await (await world.member(name).invoke(command, options)).reply()
            assert words in answer.text
    owner = world.member(world.discord.application_owner)
    await world.discord.until(owner.direct_messages)
    assert "copy the files away" in owner.direct_messages()[0].text


@pytest.mark.parametrize("what", ["jobs_unshown", "jobs_by_duration"])
async def test_damage_that_the_start_meets_is_told_and_the_bot_stays(world: World, what: str):
    (told,) = await start_damaged(world, what)
    assert TOLD in told
    used = await world.member("bob").invoke("balance", {})
    assert "free" in (await used.reply()).text
    assert await health(world) == (503, "the database is damaged\n")


async def test_files_that_cannot_be_deleted_keep_the_bot_from_nothing(world: World):
    bob = world.member("bob")
    await world.becomes(bob, await world.imagine(bob), "Here is your picture")
    await world.job_is("delivered")
    await world.stop_bot()
    images = world.config.storage.images
    # Something that can't be deleted, whoever runs the test: what a download left, and the picture of a removal.
    (images / ".fetch-left.part").mkdir()
    (picture,) = images.rglob("*.png")
    picture.unlink()
    picture.mkdir()
    with closing(sqlite3.connect(world.config.storage.file, isolation_level=None)) as conn:
        conn.execute(
            "INSERT INTO audit (at_ms, server_id, actor_id, act, job_id)"
            " SELECT created_ms, server_id, account_id, 'job.removal_intent', id FROM jobs"
        )
    await world.start_bot()
    await world.eventually(lambda: world.job()["deleted_ms"])
    await world.becomes(bob, await world.imagine(bob), "Here is your picture")
