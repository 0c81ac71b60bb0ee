"""All that is kept: one database, and one folder of pictures."""

from bot.ports import Clock
from bot.storage.books.reports import SqliteReports
from bot.storage.files.picture_files import PictureFiles
from bot.storage.jobs.declined import SqliteDeclinedRequests
from bot.storage.jobs.jobs import SqliteJobs
from bot.storage.jobs.lanes import SqliteLanes
from bot.storage.jobs.model_list import SqliteModelList
from bot.storage.jobs.open_edits import SqliteOpenEdits
from bot.storage.jobs.rewritings import SqliteRewritings
from bot.storage.jobs.stars import SqliteStars
from bot.storage.log.moderator_log import SqliteModeratorLog
from bot.storage.moderation.complaints import SqliteComplaints
from bot.storage.moderation.moderation import SqliteModeration
from bot.storage.outbox.edited_pictures import SqliteEditedPictures
from bot.storage.outbox.feed import SqliteFeeds
from bot.storage.outbox.messages import SqliteOutbox
from bot.storage.privacy.preferences import SqlitePreferences
from bot.storage.privacy.privacy import SqlitePrivacy
from bot.storage.servers.references import SqliteReferences
from bot.storage.servers.servers import SqliteServers
from bot.storage.sqlite.database import Database


class Stores:
    """The adapters behind the ports of storage.

    Args:
        database: open.
        pictures: the folder.
        clock: dates what is written.
    """

    def __init__(self, database: Database, pictures: PictureFiles, clock: Clock) -> None:
        self.pictures = pictures
        self.damage = database.damage
        self.trouble = database.trouble
        self.jobs = SqliteJobs(database, clock)
        self.lanes = SqliteLanes(database, clock)
        self.model_list = SqliteModelList(database, clock)
        self.rewritings = SqliteRewritings(database, clock)
        self.servers = SqliteServers(database, clock)
        self.references = SqliteReferences(database, clock)
        self.outbox = SqliteOutbox(database, clock)
        self.edited_pictures = SqliteEditedPictures(database, clock)
        self.feeds = SqliteFeeds(database, clock)
        self.reports = SqliteReports(database, clock)
        self.moderator_log = SqliteModeratorLog(database, clock)
        self.cases = SqliteModeration(database, clock)
        self.complaints = SqliteComplaints(database, clock)
        self.privacy = SqlitePrivacy(database, clock)
        self.preferences = SqlitePreferences(database, clock)
        self.stars = SqliteStars(database, clock)
        self.open_edits = SqliteOpenEdits(database, clock)
        self.declined = SqliteDeclinedRequests(database, clock)
