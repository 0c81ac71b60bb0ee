"""What members report to the moderators of their server."""

from dataclasses import dataclass

from bot.domain.jobs.job import Job, JobState
from bot.domain.time.durations import HOUR_S
from bot.errors import MemberError

MOST_COMPLAINTS, COMPLAINTS_WITHIN_MS = 5, HOUR_S * 1000
"""So many a member may report within an hour in a server: whoever has more to say tells a moderator."""

TOLD_EVERY_MS = HOUR_S * 1000
"""Of one job the log channel is told so often at most; what others report meanwhile counts."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """That a member has reported a job's pictures.

    Attributes:
        member_id: the Discord id of who did; 0: somebody who was forgotten.
        count: how many members have by now.
    """

    member_id: int
    count: int


def check_reportable(job: Job, member_id: int) -> None:
    """Refuse what nobody can report: what others don't see, and one's own.

    Raises:
        MemberError: saying why.
    """
    if job.member_id == member_id:
        raise MemberError("report-own", number=job.number)
    if job.deleted_ms or job.request.private or job.state is not JobState.DELIVERED:
        raise MemberError("report-nothing", number=job.number)
