"""Counts what a run reaches of what there is to reach."""

import functools
import inspect
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from bot import ports
from bot.domain.jobs.job import TRANSITIONS
from bot.metrics import Metrics
from bot.providers.attachments import AttachmentFetcher
from bot.providers.dashscope.client import DashScopeClient
from bot.providers.dashscope.results import ResultFetcher
from bot.providers.dashscope.text_model import DashScopeTextModel
from bot.storage.books.reports import SqliteReports
from bot.storage.books.verification import SqliteBooks
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
from bot.storage.sqlite.outage import Damage
from simulation.machine.clocks import MachineClock
from simulation.reaching.goals import STATES, Goal, function, methods, outcomes, raised, returned

ADAPTERS: dict[type, type] = {
    ports.Attachments: AttachmentFetcher,
    ports.Books: SqliteBooks,
    ports.Cases: SqliteModeration,
    ports.Clock: MachineClock,
    ports.Complaints: SqliteComplaints,
    ports.Damage: Damage,
    ports.DeclinedRequests: SqliteDeclinedRequests,
    ports.EditedPictures: SqliteEditedPictures,
    ports.Feeds: SqliteFeeds,
    ports.ImageService: DashScopeClient,
    ports.Jobs: SqliteJobs,
    ports.Lanes: SqliteLanes,
    ports.MemberPreferences: SqlitePreferences,
    ports.Meter: Metrics,
    ports.ModelList: SqliteModelList,
    ports.ModeratorLog: SqliteModeratorLog,
    ports.OpenEdits: SqliteOpenEdits,
    ports.Operator: SqliteOutbox,
    ports.Outbox: SqliteOutbox,
    ports.Pictures: PictureFiles,
    ports.Privacy: SqlitePrivacy,
    ports.References: SqliteReferences,
    ports.Reports: SqliteReports,
    ports.Results: ResultFetcher,
    ports.Rewritings: SqliteRewritings,
    ports.Servers: SqliteServers,
    ports.Stars: SqliteStars,
    ports.StoredRules: SqliteModeration,
    ports.TextModel: DashScopeTextModel,
}
"""What satisfies each port in a simulation."""

MOVES = "SELECT job_id, substr(act, 5) AS state FROM audit WHERE act LIKE 'job.%' ORDER BY id"
"""Two moves may be written at once, and then no look at the jobs would see the one between."""

Method = Callable[..., Any]


def _owner(adapter: type, name: str) -> type:
    return next(one for one in adapter.__mro__ if name in vars(one))


AS_SHIPPED = {
    (port, name): (owner := _owner(adapter, name), vars(owner)[name])
    for port, adapter in ADAPTERS.items()
    for name in methods(port)
}
"""The class that has each method, and the method: replaced twice, as in a fork of a warm process, it counts once."""


def watch(times: Counter[Goal]) -> None:
    """Let the adapters of this Python process count in ``times``, and nowhere else, what comes of their methods."""
    for (port, name), (owner, shipped) in AS_SHIPPED.items():
        counting = _counting(times, port, name, function(shipped))
        setattr(owner, name, property(counting) if isinstance(shipped, property) else counting)


def _counting(times: Counter[Goal], port: type, name: str, method: Method) -> Method:
    possible = {end: Goal(port.__name__, name, end) for end in outcomes(port, name)}

    def count(end: str) -> None:
        times[possible.get(end) or Goal(port.__name__, name, end)] += 1

    async def wait(*args: Any, **options: Any) -> Any:
        try:
            value = await method(*args, **options)
        except Exception as error:
            count(raised(error, possible))
            raise
        count(returned(value, possible))
        return value

    def call(*args: Any, **options: Any) -> Any:
        try:
            value = method(*args, **options)
        except Exception as error:
            count(raised(error, possible))
            raise
        count(returned(value, possible))
        return value

    return functools.wraps(method)(wait if inspect.iscoroutinefunction(method) else call)


def moves(rows: Iterable[sqlite3.Row]) -> Counter[Goal]:
    """Return how often jobs moved from each state to each, by the rows that `MOVES` finds."""
    times: Counter[Goal] = Counter()
    at: dict[int, str] = {}
    for row in rows:
        job_id, state = row["job_id"], row["state"]
        if state in TRANSITIONS:
            if job_id in at:
                times[Goal(STATES, at[job_id], state)] += 1
            at[job_id] = state
    return times
