"""What members report to the moderators of their server."""

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.ports import Complaints
from bot.service.kit.changes import Changes


class Complaining:
    """A member's word to the moderators."""

    def __init__(self, *, complaints: Complaints, changes: Changes) -> None:
        self._complaints = complaints
        self._changes = changes

    async def report(self, act: Act, job: Job) -> None:
        """Note that the actor reports a job's pictures, and have the moderators told.

        Raises:
            MemberError: if they can't be reported, or were by this member, or nobody would be told; or if this member
                has reported too much in a short time.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        await self._complaints.add(act, job.id)
        self._changes.job(job.id)
