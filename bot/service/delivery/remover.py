"""Removing a job's pictures from Discord and from disk; the record stays."""

from functools import partial

from bot.domain.jobs.job import Removal
from bot.ports import Clock, Jobs
from bot.service.kit.changes import Changes
from bot.service.kit.elapsed import Ages
from bot.service.kit.leftover_files import LeftoverFiles
from bot.service.kit.supervisor import one_by_one

ENDS_WITHIN_S = 120.0
"""A removal is over after a few calls of 15 s each; one that is begun for longer was cut short."""


class Remover:
    """Writes the intent before the act on Discord, and the outcome after it."""

    def __init__(self, *, jobs: Jobs, files: LeftoverFiles, changes: Changes, clock: Clock) -> None:
        self._jobs = jobs
        self._files = files
        self._changes = changes
        self._clock = clock
        self._begun: Ages[int] = Ages(clock)

    async def begin(self, job_id: int, actor_id: int) -> None:
        """Note that a member is about to remove the pictures of their own job.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        await self._jobs.begin_removal(job_id, actor_id)

    async def finish(self, job_id: int, removal: Removal) -> None:
        """Delete the kept files.

        Args:
            job_id: whose pictures are removed.
            removal: what became of the message. An open one stays so until the message shows no pictures.
        """
        await self._jobs.end_removal(job_id, removal)
        self._changes.job(job_id)
        await self._files.clear()

    async def take_up(self) -> None:
        """End what an earlier run of the program began; a message that still stands is edited."""
        await self._finish_all(await self._jobs.removals_begun())

    async def take_up_again(self) -> None:
        """End what was begun in this run and cut short since, as by storage that was out; leave the rest to its end."""
        begun = await self._jobs.removals_begun()
        now_ms = self._clock.now_ms()
        seen_for_s = self._begun.look(dict.fromkeys(begun, now_ms))
        await self._finish_all([job_id for job_id in begun if seen_for_s[job_id] >= ENDS_WITHIN_S])

    async def _finish_all(self, begun: list[int]) -> None:
        # Whether the message still stands is not known: it is edited, by which that turns out.
        await one_by_one(
            (f"removing the pictures of job {job_id}", partial(self.finish, job_id, Removal.OPEN)) for job_id in begun
        )
