"""Servers that the bot is in no more: what was not handed over for them is given back, and nothing more is drawn."""

import logging
from functools import partial

from bot.domain.jobs.job import SERVER_LEFT, Job
from bot.ports import Jobs, References, Servers
from bot.service.kit.changes import Changes
from bot.service.kit.supervisor import one_by_one, read_each

log = logging.getLogger(__name__)


class Departures:
    """Notes in which servers the bot is, as far as jobs wait for them, and gives back what waits for the others.

    The sets of pictures go that were kept in those.
    """

    def __init__(self, *, jobs: Jobs, servers: Servers, references: References, changes: Changes) -> None:
        self._jobs = jobs
        self._servers = servers
        self._references = references
        self._changes = changes

    async def missing(self, present: set[int]) -> set[int]:
        """Note which servers the bot is in; return those without it for which something waits.

        That a server is missing proves nothing: Discord is to be asked, see ``left``.
        """
        await self._servers.note_present(present)
        return await self._servers.waited_for() - present

    async def missing_with_sets(self, present: set[int]) -> set[int]:
        """Return the servers without the bot in which sets of pictures are kept; that proves no more than there."""
        return await self._references.servers() - present

    async def left(self, server_id: int) -> None:
        """Give back what waits for a server that the bot is in no more by Discord's word, and keep no sets of it."""
        log.warning("server %s was left: what waits for it is given back", server_id)
        await self._servers.note_left(server_id)
        await self._references.let_go_of(server_id)
        await self.give_back()

    async def give_back(self) -> None:
        """Give back what waits in line for servers that were left, also what came back into line since."""
        waiting = await read_each("job", await self._jobs.queued_in_left_servers(), self._jobs.get)
        await one_by_one((f"giving back job {job.id}", partial(self._give_back, job)) for job in waiting)

    async def _give_back(self, job: Job) -> None:
        if await self._jobs.expire(job.id, SERVER_LEFT) is not None:
            self._changes.job(job.id)
            self._changes.lane(job.request.model)
