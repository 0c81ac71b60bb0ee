"""What moderators do and read."""

from typing import Protocol

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.log.moderator_log import KeptSearch, Refusal, Search, Timeline
from bot.domain.moderation.cases import Appeal, Case, CaseFile, ChargeWish
from bot.domain.moderation.complaints import Complaint
from bot.domain.moderation.prompt_rules import PromptRule, RuleKind, ServerRules
from bot.domain.requests.quota import Refund


class StoredRules(Protocol):
    """Where servers' rules for prompts are kept."""

    async def version(self, server_id: int) -> int:
        """Return the version of a server's rules; 0 where it never had any."""
        ...

    async def rules(self, server_id: int) -> ServerRules:
        """Return a server's rules in the order of their ids, and their version, read together."""
        ...


class Cases(StoredRules, Protocol):
    """What moderators do; an act concerns the server that it names, and finds nothing of another.

    Each change is one transaction, and raises `bot.errors.AlreadyDone` as those of `Servers`.
    """

    async def block(self, act: Act, member_id: int, until_ms: int, *, only_longer: bool = False) -> Case:
        """Keep a member from asking for pictures until ``until_ms``, 0: for good; an earlier block is replaced.

        Raises:
            MemberError: with ``only_longer``, if the earlier block does not end before.
        """
        ...

    async def unblock(self, act: Act, member_id: int) -> Case:
        """Lift a member's block.

        Raises:
            MemberError: if nothing keeps them from it.
        """
        ...

    async def lift(self, act: Act, case_id: int) -> Case:
        """Lift the block that a case made; return the case of that.

        Raises:
            NotPermitted: if it is the actor's own.
            MemberError: if it keeps nobody from it, any more.
        """
        ...

    async def blocked(self, server_id: int, *, before_id: int, most: int) -> list[Case]:
        """Return up to ``most`` cases, of ids below ``before_id``, of who is blocked in a server now, newest first.

        Each has its member as they are known now.
        """
        ...

    async def of_member(self, server_id: int, member_id: int, *, before_id: int, most: int) -> list[CaseFile]:
        """Return up to ``most`` cases, of ids below ``before_id``, that concern a member in a server, newest first."""
        ...

    async def case(self, server_id: int, number: int) -> CaseFile | None:
        """Return a case of a server with all that was added to it; None if there is none of that number."""
        ...

    async def case_by_id(self, case_id: int) -> Case | None:
        """Return a case of whichever server, for a notice that names it; None if there is no such case."""
        ...

    async def note(self, act: Act, number: int, text: str) -> CaseFile:
        """Add to a case; return it with all that was added.

        Raises:
            MemberError: if there is no such case.
        """
        ...

    async def ask_removal(self, act: Act, job_id: int) -> None:
        """Keep for a day why somebody is about to remove a job's pictures; the same act again does nothing."""
        ...

    async def removal_asked(self, server_id: int, question_id: int) -> tuple[int, str] | None:
        """Return the job's id and the reason that `ask_removal` kept by that interaction; None once they are gone."""
        ...

    async def begin_removal(self, act: Act, job_id: int, wish: ChargeWish) -> tuple[Case, Refund | None]:
        """Note that a job's pictures are about to be removed; give back its charge or have admins asked, as is wished.

        The refund is None where none was wished or admins are asked, and nothing where it was given back before.

        Raises:
            NotPermitted: if there is no such job here, or the charge of the actor's own would be given back.
            MemberError: if its pictures are gone or under way, or its charge can't be given back.
        """
        ...

    async def cover(self, act: Act, job_id: int, *, covers: bool) -> Case:
        """Put a spoiler over a job's pictures, or take it off.

        Raises:
            NotPermitted: if there is no such job here.
            MemberError: if there is nothing to cover, or it is so already.
        """
        ...

    async def give_back(self, act: Act, case_id: int) -> Refund:
        """Give back what a job was charged whose pictures were removed; the reason is that of the removal.

        Raises:
            NotPermitted: if this server has no such removal, or it is the actor's own job.
            MemberError: if nothing was charged, it was given back before, or the member was forgotten.
        """
        ...

    async def add_rule(self, act: Act, kind: RuleKind, text: str) -> Case:
        """Add a rule that was checked; it counts from the next request on.

        Raises:
            InvalidRequest: if the server has it already.
        """
        ...

    async def remove_rule(self, act: Act, rule_id: int) -> PromptRule:
        """Remove a rule, and return it.

        Raises:
            MemberError: if the server has no such rule.
        """
        ...

    async def strikes(self, server_id: int) -> int:
        """Return how many strikes within a day pause a member of a server; 0: none do."""
        ...

    async def set_strikes(self, act: Act, count: int) -> tuple[int, int]:
        """Set how many strikes pause a member, 0: none do; return the number as it was and as it is."""
        ...

    async def check_appeal(self, server_id: int, member_id: int, case_id: int) -> None:
        """Refuse whoever may not appeal a case now.

        Raises:
            NotPermitted: if it is not the block that keeps this member out of this server now.
            Unavailable: if an appeal waits already, or was rejected a short time ago.
        """
        ...

    async def appeal(self, act: Act, case_id: int, text: str, locale: str) -> None:
        """Take the actor's appeal, and have the moderators told.

        Raises:
            MemberError: as `check_appeal`.
        """
        ...

    async def check_decision(self, server_id: int, actor_id: int, appeal_id: int) -> None:
        """Refuse whoever may not decide an appeal now.

        Raises:
            NotPermitted: if there is none in this server, or it is the actor's own.
            MemberError: if it is decided.
        """
        ...

    async def decide(self, act: Act, appeal_id: int, *, accepts: bool) -> Appeal:
        """Accept an appeal, which lifts its block, or reject it for the act's reason; the member is told.

        Return it as it is now.

        Raises:
            NotPermitted: if there is none in this server, or it is the actor's own.
            MemberError: if it is decided, or another block has taken the place of the one that would be lifted.
        """
        ...

    async def appeal_by_id(self, appeal_id: int) -> Appeal | None:
        """Return an appeal of whichever server, for a notice that names it; None if there is no such appeal."""
        ...


class Complaints(Protocol):
    """What members report to the moderators of their server."""

    async def add(self, act: Act, job_id: int) -> None:
        """Note that the actor reports a job's pictures, and have the moderators told.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            NotPermitted: if this server has no such job.
            MemberError: if they can't be reported, or were by this member, or nobody would be told.
            Unavailable: if this member has reported too much in a short time.
        """
        ...

    async def find(self, job_id: int, account_id: int) -> Complaint | None:
        """Return a member's report of a job, for a notice that names it; None if there is none."""
        ...


class ModeratorLog(Protocol):
    """The log as moderators read it. Each call names the server, and gives nothing of another."""

    async def account(self, member_id: int) -> int:
        """Return the number of a member's account; 0 if they never asked for anything, or were forgotten since."""
        ...

    async def jobs(self, server_id: int, wanted: Search, *, before_id: int, most: int) -> list[Job]:
        """Return up to ``most`` of a server's jobs with ids below ``before_id`` that a search finds, newest first."""
        ...

    async def refusals(self, server_id: int, wanted: Search, *, before_id: int, most: int) -> list[Refusal]:
        """Return up to ``most`` of what was refused before there was a job, newest first, by ids of the audit."""
        ...

    async def keep(self, search_id: int, server_id: int, moderator_id: int, wanted: Search) -> None:
        """Keep a search for a day, so that who made it, and nobody else, can turn its pages."""
        ...

    async def kept(self, search_id: int, server_id: int, moderator_id: int) -> KeptSearch | None:
        """Return a moderator's own search in a server; None if there is none, or its day is over."""
        ...

    async def by_number(self, server_id: int, number: int) -> Timeline | None:
        """Return all that is known of a job, oldest event first, by what people call it; None if there is none."""
        ...

    async def by_id(self, server_id: int, job_id: int) -> Timeline | None:
        """Return all that is known of a job, oldest event first; None if it is not this server's."""
        ...

    async def record(self, act: Act, detail: dict[str, str | int | None]) -> None:
        """Note in the audit what a moderator did.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        ...

    async def tidy(self) -> int:
        """Drop searches and refused prompts whose day is over, and index some jobs; return how many of these."""
        ...
