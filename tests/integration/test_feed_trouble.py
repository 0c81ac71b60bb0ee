"""The feed while storage is out."""

import asyncio
import logging
from pathlib import Path

import discord
import pytest

from bot.domain.jobs.notice import Notice
from bot.domain.servers.settings import Settings
from bot.errors import StorageUnavailable
from bot.presentation.kit.texts import Texts
from bot.presentation.log.channels import LogChannels
from bot.presentation.log.feed import Feed
from bot.service.kit.alarm import Alarm
from bot.service.kit.changes import Changes
from bot.storage.files.picture_files import PictureFiles
from bot.storage.outbox.feed import SqliteFeeds
from bot.storage.outbox.messages import SqliteOutbox
from sandbox.clock import SandboxClock
from tests.support.ledger import open_books


class FailingFeeds(SqliteFeeds):
    """Fails once in each of its readings."""

    failures: frozenset[str] = frozenset({"servers", "due"})

    def _fail(self, reading: str) -> None:
        if reading in self.failures:
            self.failures -= {reading}
            raise StorageUnavailable("locked")

    async def servers(self) -> list[int]:
        self._fail("servers")
        return await super().servers()

    async def due(self, server_id: int) -> Notice | None:
        self._fail("due")
        return await super().due(server_id)


async def test_a_feed_whose_rows_cannot_be_read_goes_on_later(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)
    books = await open_books(tmp_path / "imagine.db")
    clock = SandboxClock(scale=100)
    await books.servers.change_settings(books.act(), lambda _: Settings(log_channel=77))
    await books.jobs.record_refusal(1, 5, "prompt-breaks-word")
    await books.servers.change_settings(books.act(), lambda _: Settings())
    client, feeds = discord.Client(intents=discord.Intents.none()), FailingFeeds(books.database, clock)
    feed = Feed(
        client=client,
        feeds=feeds,
        outbox=SqliteOutbox(books.database, clock),
        jobs=books.jobs,
        servers=books.servers,
        log_channels=LogChannels(client=client, servers=books.servers, feeds=feeds),
        pictures=PictureFiles(tmp_path),
        changes=Changes(),
        texts=Texts.load(),
        clock=clock,
        alarm=Alarm(SqliteOutbox(books.database, clock), clock),
    )
    running = asyncio.create_task(feed.run())
    try:
        async with asyncio.timeout(20):
            while await books.rows("SELECT outcome FROM outbox") != [("no log channel",)]:
                assert not running.done()
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await books.close()
    waited = {one.message.partition(": waits for storage")[0] for one in caplog.records}
    assert {"looking for what feeds have to tell", "the feed of server 1"} <= waited
