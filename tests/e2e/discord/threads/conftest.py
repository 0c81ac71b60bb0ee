import pytest

from tests.support.world import open_world


@pytest.fixture
async def world(tmp_path):
    async with open_world(tmp_path) as world:
        world.guild.add_thread("talk")
        yield world
