"""Protocols between the service and its adapters.

Whatever reads or writes the database may raise `bot.errors.StorageUnavailable`, or its kind `StorageDamaged`; the
methods name only what they raise beside it. Times are milliseconds since the epoch, UTC; money is micro-yuan; members,
servers, channels, messages and roles are named by Discord's ids, and a job by the id of the interaction that asked for
it.
"""

from bot.ports.clock import Clock
from bot.ports.declined import DeclinedRequests
from bot.ports.files import Attachments, Pictures
from bot.ports.jobs import Jobs
from bot.ports.lanes import Lanes, ModelList
from bot.ports.messages import EditedPictures, Feeds, Operator, Outbox
from bot.ports.moderation import Cases, Complaints, ModeratorLog, StoredRules
from bot.ports.open_edits import OpenEdits
from bot.ports.operation import Damage, Meter, Step
from bot.ports.preferences import MemberPreferences
from bot.ports.privacy import Privacy
from bot.ports.references import References
from bot.ports.reports import Books, Reports
from bot.ports.rewriting import Rewritings, TextModel
from bot.ports.servers import Servers
from bot.ports.stars import Stars
from bot.ports.vendor import ImageService, Results

__all__ = [
    "Attachments",
    "Books",
    "Cases",
    "Clock",
    "Complaints",
    "Damage",
    "DeclinedRequests",
    "EditedPictures",
    "Feeds",
    "ImageService",
    "Jobs",
    "Lanes",
    "MemberPreferences",
    "Meter",
    "ModelList",
    "ModeratorLog",
    "OpenEdits",
    "Operator",
    "Outbox",
    "Pictures",
    "Privacy",
    "References",
    "Reports",
    "Results",
    "Rewritings",
    "Servers",
    "Stars",
    "Step",
    "StoredRules",
    "TextModel",
]
