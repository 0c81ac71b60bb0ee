"""What moderators do: blocks, removals, rules for prompts, cases, appeals."""

import asyncio

from bot.domain.act import Act
from bot.domain.jobs.job import Job
from bot.domain.moderation.cases import (
    LONGEST_APPEAL,
    Appeal,
    Case,
    CaseFile,
    ChargeWish,
    check_removable,
    check_strikes,
)
from bot.domain.moderation.prompt_rules import PromptRule, RuleKind
from bot.domain.requests.quota import Refund
from bot.domain.text import normalisation
from bot.errors import InvalidRequest, MemberError, NotPermitted
from bot.ports import Cases, Clock, Jobs
from bot.service.kit.changes import Changes
from bot.service.moderation.moderator_log import NEWEST
from bot.service.requests.prompt_screening import Screening


class Moderation:
    """A moderator's use cases. Whether somebody is a moderator, and of whom, is the caller's to check."""

    def __init__(self, *, cases: Cases, jobs: Jobs, screening: Screening, changes: Changes, clock: Clock) -> None:
        self._cases = cases
        self._jobs = jobs
        self._screening = screening
        self._changes = changes
        self._clock = clock
        self._adding = asyncio.Lock()

    async def block(self, act: Act, member_id: int, duration_s: int | None) -> Case:
        """Keep a member from asking for pictures for a time, or with None for good.

        Raises:
            NotPermitted: if that is the actor.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("block-yourself")
        until_ms = 0 if duration_s is None else self._clock.now_ms() + duration_s * 1000
        return await self._cases.block(act, member_id, until_ms)

    async def pause(self, act: Act, member_id: int, duration_s: int) -> Case:
        """Keep a member from asking for pictures for a time; whoever is blocked for longer stays so.

        Raises:
            NotPermitted: if that is the actor.
            MemberError: if they are blocked for longer already.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("block-yourself")
        until_ms = self._clock.now_ms() + duration_s * 1000
        return await self._cases.block(act, member_id, until_ms, only_longer=True)

    async def unblock(self, act: Act, member_id: int) -> Case:
        """Lift a member's block.

        Raises:
            NotPermitted: if that is the actor: else no block of a moderator would hold.
            MemberError: if nothing keeps them from it.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if member_id == act.actor_id:
            raise NotPermitted("unblock-yourself")
        return await self._cases.unblock(act, member_id)

    async def lift(self, act: Act, case_id: int) -> Case:
        """Lift the block that a case made; return the case of that.

        Raises:
            NotPermitted: if it is the actor's own.
            MemberError: if it keeps nobody from asking, any more.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._cases.lift(act, case_id)

    async def blocked(self, server_id: int, *, before_id: int = NEWEST, most: int) -> list[Case]:
        """Return the next cases of who is blocked in a server now, newest first, with their members as known now."""
        return await self._cases.blocked(server_id, before_id=before_id, most=most)

    async def of_member(self, server_id: int, member_id: int, *, before_id: int = NEWEST, most: int) -> list[CaseFile]:
        """Return the next cases of a server that concern a member, newest first."""
        return await self._cases.of_member(server_id, member_id, before_id=before_id, most=most)

    async def job(self, server_id: int, job_id: int) -> Job:
        """Return a job of this server.

        Raises:
            NotPermitted: if there is none.
        """
        job = await self._jobs.get(job_id)
        if job is None or job.server_id != server_id:
            raise NotPermitted("job-gone")
        return job

    async def job_by_number(self, server_id: int, number: int) -> Job:
        """Return a job of this server by its number.

        Raises:
            MemberError: if there is none.
        """
        job = await self._jobs.by_number(server_id, number)
        if job is None:
            raise MemberError("no-such-job", number=number)
        return job

    async def ask_removal(self, act: Act, job: Job) -> None:
        """Prepare the question whether a job's pictures are to be removed; the act's interaction is its id.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        check_removable(job)
        await self._cases.ask_removal(act, job.id)

    async def begin_removal(self, act: Act, question_id: int, wish: ChargeWish) -> tuple[Job, Case, Refund | None]:
        """Note that the pictures of which a question speaks are about to be removed; the reason is the question's.

        Whether somebody is an admin, who alone may have the charge given back at once, is the caller's to check. The
        refund is None where none was wished or admins are asked, and nothing where the charge was given back before.

        Raises:
            MemberError: if they can't be, or the charge can't be given back as is wished; then nothing is done.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        asked = await self._cases.removal_asked(act.server_id, question_id)
        if asked is None:
            raise NotPermitted("question-gone")
        job_id, reason = asked
        job = await self.job(act.server_id, job_id)
        own = Act(act.interaction_id, act.server_id, act.actor_id, act.name, reason)
        case, back = await self._cases.begin_removal(own, job_id, wish)
        return job, case, back

    async def begin_deletion(self, act: Act, job: Job) -> None:
        """Note that a member's pictures are about to be removed by a press on their own message.

        Raises:
            MemberError: if they can't be.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        await self._cases.begin_removal(act, job.id, ChargeWish.KEEP)

    async def cover(self, act: Act, job_id: int, *, covers: bool) -> Case:
        """Put a spoiler over a job's pictures, or take it off; what shows them follows by itself.

        Raises:
            MemberError: if there is nothing to cover here, or it is so already.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        case = await self._cases.cover(act, job_id, covers=covers)
        self._changes.job(job_id)
        return case

    async def give_back(self, act: Act, case_id: int) -> Refund:
        """Give back what was charged for removed pictures, as a moderator has asked. Who is an admin the caller checks.

        Raises:
            MemberError: if it is no removal of this server, it was given back already, or it is the actor's own job.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._cases.give_back(act, case_id)

    async def rules(self, server_id: int) -> tuple[PromptRule, ...]:
        """Return a server's rules for prompts, in the order of their ids."""
        return (await self._cases.rules(server_id)).rules

    async def add_rule(self, act: Act, kind: RuleKind, text: str) -> str:
        """Add a rule for prompts; return its text as it is kept. It counts from the next request on.

        Raises:
            InvalidRequest: saying why it can't be a rule of this server.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        # One after the other: the limits are on all rules of a server together.
        async with self._adding:
            text = await self._screening.check_rule(kind, text, await self.rules(act.server_id))
            await self._cases.add_rule(act, kind, text)
        return text

    async def remove_rule(self, act: Act, rule_id: int) -> PromptRule:
        """Remove a rule for prompts; return it.

        Raises:
            MemberError: if this server has no such rule.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._cases.remove_rule(act, rule_id)

    async def strikes(self, server_id: int) -> int:
        """Return how many prompts, refused by the image service within a day, pause a member; 0: none do."""
        return await self._cases.strikes(server_id)

    async def set_strikes(self, act: Act, count: int) -> tuple[int, int]:
        """Set how many strikes pause a member; return the number as it was and as it is.

        Raises:
            InvalidRequest: if it is out of bounds.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._cases.set_strikes(act, check_strikes(count))

    async def case(self, server_id: int, number: int) -> CaseFile:
        """Return a case with all that was added to it.

        Raises:
            MemberError: if this server has no such case.
        """
        found = await self._cases.case(server_id, number)
        if found is None:
            raise MemberError("no-such-case", number=number)
        return found

    async def note(self, act: Act, number: int, text: str) -> CaseFile:
        """Add to a case; return it.

        Raises:
            MemberError: if this server has no such case.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        return await self._cases.note(act, number, text)

    async def check_appeal(self, server_id: int, member_id: int, case_id: int) -> None:
        """Refuse whoever may not appeal a case now.

        Raises:
            NotPermitted: if it is not what keeps this member out of this server now.
            Unavailable: if an appeal waits already, or was rejected a short time ago.
        """
        await self._cases.check_appeal(server_id, member_id, case_id)

    async def appeal(self, act: Act, case_id: int, text: str, locale: str) -> None:
        """Take a blocked member's appeal, and have the moderators told.

        Raises:
            InvalidRequest: if it says nothing.
            MemberError: as ``check_appeal``.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        said = text.strip()[:LONGEST_APPEAL]
        if normalisation.is_blank(said):
            raise InvalidRequest("appeal-empty")
        await self._cases.appeal(act, case_id, said, locale)

    async def check_decision(self, server_id: int, actor_id: int, appeal_id: int) -> None:
        """Refuse whoever may not decide an appeal now, before they say why.

        Raises:
            MemberError: if this server has no such appeal, it is decided, or it is the actor's own.
        """
        await self._cases.check_decision(server_id, actor_id, appeal_id)

    async def decide(self, act: Act, appeal_id: int, *, accepts: bool) -> Appeal:
        """Accept an appeal, which lifts the block, or reject it for the act's reason; the member is told.

        Raises:
            InvalidRequest: if it is rejected without a reason.
            MemberError: if this server has no such appeal, it is decided, it is the actor's own, or to accept it would
                let nobody in, since another block has replaced the one that it is about.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        if not accepts and normalisation.is_blank(act.reason):
            raise InvalidRequest("appeal-no-reason")
        return await self._cases.decide(act, appeal_id, accepts=accepts)
