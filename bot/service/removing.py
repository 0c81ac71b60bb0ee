"""Removing a job's pictures from Discord and from disk; the record stays."""

from bot.domain.job import Job
from bot.ports import Clock, Jobs, Pictures
from bot.service.changes import Changes
from bot.service.elapsed import Ages

ENDS_WITHIN_S = 120.0
"""A removal is over after a few calls of 15 s each; one that is begun for longer was cut short."""


class Remover:
    """Writes the intent before the act on Discord, and the outcome after it."""

    def __init__(self, *, jobs: Jobs, pictures: Pictures, changes: Changes, clock: Clock) -> None:
        self._jobs = jobs
        self._pictures = pictures
        self._changes = changes
        self._clock = clock
        self._begun: Ages[int] = Ages(clock)

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

    async def take_up_again(self) -> None:
        """End what was begun in this run and cut short since, as by storage that was out; leave the rest to its end."""
        begun = await self._jobs.removals_begun()
        now_ms = self._clock.now_ms()
        seen_for_s = self._begun.look({job.id: now_ms for job, _ in begun})
        for job, actor_id in begun:
            if seen_for_s[job.id] >= ENDS_WITHIN_S:
                await self.finish(job, actor_id)
