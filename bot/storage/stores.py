"""All that is kept: one database, and one folder of pictures."""

from collections.abc import Callable

from bot.ports import Clock
from bot.storage.database import Database
from bot.storage.feed import SqliteFeeds
from bot.storage.jobs import SqliteJobs
from bot.storage.journal import SqliteJournal
from bot.storage.lanes import SqliteLanes
from bot.storage.moderation import SqliteModeration
from bot.storage.outbox import SqliteOutbox
from bot.storage.pictures import PictureFiles
from bot.storage.privacy import SqlitePrivacy
from bot.storage.reports import SqliteReports
from bot.storage.servers import SqliteServers


class Stores:
    """The adapters behind the ports of storage.

    Args:
        database: open.
        pictures: the folder.
        clock: dates what is written.
        is_refusal: says of a failed job's code whether the image service refused what was asked.
    """

    def __init__(
        self, database: Database, pictures: PictureFiles, clock: Clock, *, is_refusal: Callable[[str], bool]
    ) -> None:
        self.pictures = pictures
        self.damage = database.damage
        self.trouble = database.trouble
        self.jobs = SqliteJobs(database, clock)
        self.lanes = SqliteLanes(database, clock)
        self.servers = SqliteServers(database, clock)
        self.outbox = SqliteOutbox(database, clock)
        self.feeds = SqliteFeeds(database, clock)
        self.reports = SqliteReports(database, clock)
        self.journal = SqliteJournal(database, clock, is_refusal)
        self.case_book = SqliteModeration(database, clock)
        self.privacy = SqlitePrivacy(database, clock)
