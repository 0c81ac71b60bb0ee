"""Generated and delivered are two facts: this is where the second is written down."""

import logging

from bot.domain.jobs.job import Job, ReplyAddress
from bot.domain.requests.policy import Policy
from bot.errors import MemberError
from bot.ports import Clock, Jobs, Pictures
from bot.service.kit.changes import Changes

log = logging.getLogger(__name__)


class Deliveries:
    """Notes what became of a job's pictures in Discord."""

    def __init__(self, *, jobs: Jobs, pictures: Pictures, policy: Policy, clock: Clock, changes: Changes) -> None:
        self._jobs = jobs
        self._pictures = pictures
        self._policy = policy
        self._clock = clock
        self._changes = changes

    async def prepare(self, job: Job) -> Job:
        """Return a job whose pictures are about to be sent, without those whose files are lost.

        What these took is given back; a job of which nothing is left has failed.
        """
        missing = set(await self._pictures.missing([image.path for image in job.kept]))
        if job.kept and not missing:
            return job
        log.error("job %s: the files of %s of its %s pictures are lost", job.id, len(missing), len(job.kept))
        lost = [image.ordinal for image in job.kept if image.path in missing]
        now = await self._jobs.lose_pictures(job.id, lost)
        self._changes.job(job.id)
        return now or job

    async def delivered(self, job: Job, attachment_ids: dict[int, int]) -> None:
        """Note that Discord has the pictures; after a long wait the member is to be pinged.

        Args:
            job: as the message shows it now.
            attachment_ids: Discord's id of each attachment by the image's ordinal; 0 where Discord named none.
        """
        waited_ms = self._clock.now_ms() - job.created_ms
        ping = waited_ms >= self._policy.ping_after_s * 1000
        await self._jobs.record_delivery(job.id, attachment_ids, version=job.version, ping=ping)
        self._changes.job(job.id)

    async def undelivered(self, job: Job, reason: str) -> None:
        """Note that Discord would not take the pictures: they are kept and can be sent again.

        The job's message is to say so; where it can't, see ``tell_directly``.

        Args:
            job: which.
            reason: a word of ours.
        """
        await self._jobs.record_undelivered(job.id, reason)
        self._changes.job(job.id)

    async def tell_directly(self, job: Job) -> None:
        """Have the member of an undelivered job, or of one without pictures, told directly and once how it stands.

        Its own message can't say so.
        """
        await self._jobs.tell_end(job.id)
        self._changes.job(job.id)

    async def send_again(self, job: Job, actor_id: int, elsewhere: ReplyAddress | None = None) -> Job:
        """Deliver once more what was undelivered.

        Args:
            job: which.
            actor_id: the Discord id of who wants it.
            elsewhere: the message that is to have the pictures, in the place of the one that could not.

        Raises:
            MemberError: if it isn't undelivered any more, or its pictures are kept no longer.
        """
        if not job.kept:
            raise MemberError("pictures-gone", number=job.number)
        begun = await self._jobs.send_again(job.id, actor_id, elsewhere)
        if begun is None:
            raise MemberError("nothing-to-send", number=job.number)
        self._changes.job(job.id)
        return begun
