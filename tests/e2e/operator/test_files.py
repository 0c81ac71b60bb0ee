"""The files of a running bot."""

import os

from tests.support.world import open_world


async def test_nobody_but_its_owner_may_read_anything_that_a_bot_writes(tmp_path):
    before = os.umask(0o022)
    try:
        data = tmp_path / "data"
        (data / "images").mkdir(parents=True)
        async with open_world(data) as world:
            await world.imagine(world.member("bob"))
            await world.job_is("delivered")
            everything = [data, *data.rglob("*")]
            assert {"imagine.db", "imagine.db-wal", "imagine.db.lock", "images"} <= {path.name for path in everything}
            assert [path for path in everything if path.suffix == ".png"]
            assert {path: oct(path.stat().st_mode) for path in everything if path.stat().st_mode & 0o077} == {}
    finally:
        os.umask(before)
