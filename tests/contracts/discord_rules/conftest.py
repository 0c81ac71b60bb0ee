import aiohttp
import pytest

from sandbox.clock import SandboxClock
from sandbox.discord import DiscordStandIn
from tests.support.contracts.raw_bot import COMMANDS, Raw


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def pace():
    """How many times as fast as Discord's the bot's time goes."""
    return 1


@pytest.fixture
async def standin(clock, pace):
    async with DiscordStandIn(clock=clock, pace=pace) as server:
        server.rate_limits = False
        yield server
    assert [one for one in server.requests if one.status == 500] == []


@pytest.fixture
async def raw(standin):
    async with aiohttp.ClientSession() as session:
        yield Raw(standin, session)


@pytest.fixture
async def mei(standin, raw):
    guild = standin.add_guild("Studio", owner="olga")
    guild.add_member("mei")
    status, _ = await raw("PUT", f"/applications/{standin.application_id}/commands", COMMANDS)
    assert status == 200
    return standin.member("mei", guild)


@pytest.fixture
def messages(mei):
    return f"/channels/{mei.guild.channel('general').id}/messages"
