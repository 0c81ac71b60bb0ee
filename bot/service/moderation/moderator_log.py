"""What moderators read in the log of their server. Whether somebody is a moderator is the caller's to check."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import KeptSearch, Refusal, Search, Status, Timeline
from bot.domain.text import words
from bot.domain.time.moments import moment_ms
from bot.errors import MemberError
from bot.ports import Clock, ModeratorLog

NEWEST = 2**63 - 1
"""Before this id everything stands."""

READ_AT_ONCE = 200
"""Rows of one reading for a file: short enough to let others read in between."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as it was typed; None leaves a field open.

    Attributes:
        member_id: Discord's id of whose requests.
        since: see ``bot.domain.time.moments``.
        until: the same; a day is meant with all its hours.
    """

    member_id: int | None = None
    status: Status | None = None
    model: str | None = None
    text: str | None = None
    since: str | None = None
    until: str | None = None


class Reviewing:
    """A moderator's reading."""

    def __init__(self, *, moderator_log: ModeratorLog, clock: Clock) -> None:
        self._moderator_log = moderator_log
        self._clock = clock

    async def understand(self, wanted: Wanted, zone: ZoneInfo) -> Search:
        """Return what was typed as something to look for.

        Args:
            wanted: as typed.
            zone: the server's, in which days and times are meant.

        Raises:
            MemberError: if a moment is none, or words can't be looked up.
        """
        now_ms, text = self._clock.now_ms(), (wanted.text or "").strip()
        since_ms = moment_ms(wanted.since, zone, now_ms) if wanted.since else 0
        until_ms = moment_ms(wanted.until, zone, now_ms, is_end=True) if wanted.until else 0
        if until_ms and until_ms <= since_ms:
            raise MemberError("log-no-time-between")
        if text and wanted.status is Status.REFUSED_HERE:
            raise MemberError("log-refused-has-no-prompt")
        if text and not words.sought(text):
            raise MemberError("log-words-too-short", text=text)
        account_id = None if wanted.member_id is None else await self._moderator_log.account(wanted.member_id)
        return Search(account_id, wanted.status, (wanted.model or "").strip(), text, since_ms, until_ms)

    async def keep(self, interaction_id: int, server_id: int, moderator_id: int, search: Search) -> KeptSearch:
        """Keep a search, so that its pages can be turned."""
        await self._moderator_log.keep(interaction_id, server_id, moderator_id, search)
        return KeptSearch(interaction_id, search)

    async def kept(self, search_id: int, server_id: int, moderator_id: int) -> KeptSearch:
        """Return a moderator's own search.

        Raises:
            MemberError: if it is somebody else's, another server's, or too old.
        """
        found = await self._moderator_log.kept(search_id, server_id, moderator_id)
        if found is None:
            raise MemberError("log-search-gone")
        return found

    async def jobs(self, server_id: int, search: Search, *, before_id: int = NEWEST, most: int) -> list[Job]:
        """Return the next jobs that a search finds, newest first."""
        return await self._moderator_log.jobs(server_id, search, before_id=before_id, most=most)

    async def refusals(self, server_id: int, search: Search, *, before_id: int = NEWEST, most: int) -> list[Refusal]:
        """Return the next refusals that a search finds, newest first."""
        return await self._moderator_log.refusals(server_id, search, before_id=before_id, most=most)

    async def every_job(self, server_id: int, search: Search) -> AsyncIterator[Job]:
        """Return all jobs that a search finds, newest first; few of them are in memory at a time."""
        before_id = NEWEST
        while page := await self.jobs(server_id, search, before_id=before_id, most=READ_AT_ONCE):
            for job in page:
                yield job
            before_id = page[-1].id

    async def every_refusal(self, server_id: int, search: Search) -> AsyncIterator[Refusal]:
        """Return all refusals that a search finds, newest first; few of them are in memory at a time."""
        before_id = NEWEST
        while page := await self.refusals(server_id, search, before_id=before_id, most=READ_AT_ONCE):
            for refusal in page:
                yield refusal
            before_id = page[-1].id

    async def by_number(self, server_id: int, number: int) -> Timeline:
        """Return all that is known of a job.

        Raises:
            MemberError: if the server has none of that number.
        """
        found = await self._moderator_log.by_number(server_id, number)
        if found is None:
            raise MemberError("no-such-job", number=number)
        return found

    async def by_id(self, server_id: int, job_id: int) -> Timeline:
        """Return all that is known of a job.

        Raises:
            MemberError: if the server has no such job; no word on whether another has.
        """
        found = await self._moderator_log.by_id(server_id, job_id)
        if found is None:
            raise MemberError("log-no-such-job")
        return found

    async def note_export(self, act: Act, search: Search, kind: str) -> None:
        """Note in the audit that a moderator takes a part of the log along: which members', not which words.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        status = search.status.value if search.status else None
        await self._moderator_log.record(act, {"kind": kind, "account": search.account_id, "status": status})
