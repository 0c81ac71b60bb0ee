import asyncio
import contextlib
import os
import warnings

import pytest
import yarl

from sandbox.clock import SandboxClock
from sandbox.discord import DiscordStandIn
from tests.contracts.openapi import validate_request
from tests.support.contracts.tiny_bot import TinyBot

with warnings.catch_warnings():
    # discord.py imports audioop, which Python 3.11 and 3.12 announce the end of.
    warnings.simplefilter("ignore", DeprecationWarning)
    from discord.gateway import DiscordWebSocket
    from discord.http import Route


@pytest.fixture
async def standin():
    async with DiscordStandIn(clock=SandboxClock()) as server:
        yield server
    assert [one for one in server.requests if one.status == 500] == []


@pytest.fixture
def studio(standin):
    guild = standin.add_guild("Studio", owner="olga", locale="zh-CN")
    guild.add_role("Artist")
    guild.add_member("mei", roles=["Artist"], locale="zh-CN")
    guild.add_member("tom")
    return guild


@pytest.fixture
async def bot(standin, studio, monkeypatch):
    monkeypatch.setattr(Route, "BASE", standin.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(standin.gateway_url))
    client = TinyBot()
    await client.login(standin.token)
    await client.tree.sync()
    running = asyncio.create_task(client.connect())
    await client.wait_until_ready()
    yield client
    await client.close()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    if os.environ.get("DISCORD_OPENAPI"):
        for request in standin.requests:
            validate_request(request)
