"""Taking a request: checks, price and hold, then the place in the queue."""

import random
from dataclasses import dataclass

from bot.domain import request
from bot.domain.access import ServerAccess
from bot.domain.catalogue import SEED_MAX
from bot.domain.job import Draft, Job, ReplyAddress
from bot.domain.policy import Policy
from bot.domain.request import Options
from bot.errors import InvalidRequest, NotPermitted, Unavailable
from bot.ports import Jobs
from bot.service.changes import Changes
from bot.service.quotas import Quotas


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where.

    Attributes:
        interaction_id: Discord's; becomes the job's id.
        reply: where the answer goes.
    """

    interaction_id: int
    server_id: int
    server_owner_id: int
    member_id: int
    reply: ReplyAddress


class Submitter:
    """Turns a member's options into a held job, and a held job into a queued one."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        quotas: Quotas,
        policy: Policy,
        access: ServerAccess,
        changes: Changes,
        seeds: random.Random,
    ) -> None:
        self._jobs = jobs
        self._quotas = quotas
        self._policy = policy
        self._access = access
        self._changes = changes
        self._seeds = seeds
        self._accepting = True

    def set_access(self, access: ServerAccess) -> None:
        """Replace who may use the bot, once Discord has told who owns the application."""
        self._access = access

    def admits(self, server_id: int, server_owner_id: int) -> bool:
        """Say whether a server may use the bot."""
        return self._access.admits(server_id, server_owner_id)

    def stop_accepting(self) -> None:
        """Refuse new requests: the program is about to end."""
        self._accepting = False

    async def submit(self, options: Options, asker: Asker) -> Job:
        """Check a request, and write its hold and its job in one transaction.

        The same interaction again gives the job that it made before.

        Raises:
            MemberError: saying what is wrong and what would do; then nothing is held.
            StorageUnavailable: if the database can't take it now; then nothing is held.
        """
        if not self._accepting:
            raise Unavailable("shutting-down")
        if not self.admits(asker.server_id, asker.server_owner_id):
            raise NotPermitted("server-not-allowed")
        drawn_seed = self._seeds.randint(0, SEED_MAX)
        checked = request.check(options, self._policy.catalogue, drawn_seed=drawn_seed)
        terms = self._quotas.terms()
        if checked.count > terms.rule.images_per_job:
            raise InvalidRequest("too-many-images", count=checked.count, limit=terms.rule.images_per_job)
        draft = Draft(asker.interaction_id, asker.server_id, asker.member_id, checked, asker.reply)
        return await self._jobs.submit(draft, terms)

    async def acknowledge(self, job_id: int, message_id: int) -> Job | None:
        """Queue a held job, now that Discord shows its reply; None if it is not held any more."""
        job = await self._jobs.acknowledge(job_id, message_id)
        if job is not None:
            self._changes.lane(job.request.model)
        return job

    async def withdraw(self, job_id: int) -> None:
        """Give back what was held for a job whose reply Discord never took."""
        await self._jobs.void(job_id)
