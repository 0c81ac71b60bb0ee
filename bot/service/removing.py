"""Removing a job's pictures from Discord and from disk; the record stays."""

from bot.domain.job import Job
from bot.ports import Jobs, Pictures
from bot.service.changes import Changes


class Remover:
    """Writes the intent before the act on Discord, and the outcome after it."""

    def __init__(self, *, jobs: Jobs, pictures: Pictures, changes: Changes) -> None:
        self._jobs = jobs
        self._pictures = pictures
        self._changes = changes

    async def begin(self, job_id: int, actor_id: int) -> None:
        """Note that a member is about to remove the pictures of their own job.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        await self._jobs.record_removal(job_id, actor_id, step="intent")

    async def finish(self, job: Job, actor_id: int) -> None:
        """Delete the kept files and note that the pictures are gone from Discord."""
        await self._pictures.remove([image.path for image in job.kept])
        await self._jobs.record_removal(job.id, actor_id, step="done")
        self._changes.job(job.id)

    async def take_up(self) -> None:
        """End what an earlier run of the program began; a message that still stands is edited."""
        for job, actor_id in await self._jobs.removals_begun():
            await self.finish(job, actor_id)
