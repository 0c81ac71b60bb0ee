"""The jobs."""

from collections.abc import Iterable
from typing import Protocol

from bot.domain.jobs.job import Job, JobState, NewJob, OldCard, PriceOffer, Removal, ReplyAddress
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport
from bot.domain.requests.model import FreeTier
from bot.domain.requests.quota import Standing, Terms
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.failure_kinds import Failure


class Jobs(Protocol):
    """The jobs. Each call is one transaction.

    A change returns the job as it is after it. Unless it says otherwise, None means that the job is not where the
    change starts from, and that nothing was changed.
    """

    async def submit(self, new_job: NewJob, terms: Terms) -> Job:
        """Write a request as a held job, with its hold; the same interaction again returns the job that it made.

        Raises:
            PriceNotAgreed: if its member has to be asked first; then only a price offer is kept.
            AlreadyDone: if they were asked at an earlier delivery of the interaction.
            MemberError: if a limit, a block or a wait binds, the lane is stopped, or the price offer is over; then only
                the refusal is noted.
        """
        ...

    async def rehearse(self, new_job: NewJob, terms: Terms) -> None:
        """Refuse what ``submit`` would refuse as things stand, before anything is done for it; nothing is taken.

        Raises:
            AlreadyDone: as ``submit``.
            MemberError: as ``submit``, but for a price that has to be agreed to; then the refusal is noted.
        """
        ...

    async def would_take(self, new_job: NewJob, terms: Terms) -> bool:
        """Whether ``submit`` would take a request as things stand, or ask for its price; a refusal is not noted.

        Raises:
            AlreadyDone: as ``submit``.
        """
        ...

    async def price_offer(self, offer_id: int) -> PriceOffer | None:
        """Return a request that waits for its member to agree to the price; None once that is over."""
        ...

    async def keep_for_region(self, new_job: NewJob) -> None:
        """Keep a request as a price offer until its member has chosen its region; nothing is held.

        Raises:
            AlreadyDone: if it was kept at an earlier delivery of the interaction.
        """
        ...

    async def choose_field(self, offer_id: int, server_id: int, member_id: int, field: int, *, is_chosen: bool) -> None:
        """Add a field to the region that a member chooses, or take it away; nothing is done where that is over."""
        ...

    async def drop_price_offer(self, offer_id: int) -> bool:
        """Forget a request that its member does not want any more. Whether it still waited."""
        ...

    async def expire_price_offers(self) -> int:
        """Forget the requests that nobody agreed to in time; return how many."""
        ...

    async def record_refusal(
        self, server_id: int, member_id: int, reason: str, *, rule_id: int = 0, prompt: str = ""
    ) -> RefusedPrompts:
        """Note that a prompt is refused for what it says, and return how its member stands now.

        Args:
            server_id: where.
            member_id: of whom.
            reason: the refusal's key.
            rule_id: the server's rule for prompts that was broken; 0: none.
            prompt: what broke it, for the log channel.

        Raises:
            Blocked: if the member may not ask at all.
            Unavailable: if they have to wait already; then this refusal does not count.
        """
        ...

    async def wait_after(self, job: Job) -> int:
        """Return when a job's member may ask again whom its refusal made wait; 0: another's did, or none."""
        ...

    async def acknowledge(self, job_id: int, message_id: int) -> Job | None:
        """Queue a held job, whose reply Discord shows; one that its member wished to cancel is canceled at once."""
        ...

    async def void(self, job_id: int, *, tell: bool = False) -> Job | None:
        """End a held job that Discord never acknowledged; the hold returns. With ``tell`` its member is told."""
        ...

    async def requeue(self, job_id: int, *, counts: bool) -> Job | None:
        """Put a job back in line whose create provably started nothing, or end it if its member wished so.

        ``counts`` marks an error of the service itself: one more attempt.
        """
        ...

    async def record_task(self, job_id: int, task: CreatedTask, *, adopted: bool = False) -> Job | None:
        """Store the vendor's task id; ``adopted`` if it was found in the vendor's list and is to be confirmed."""
        ...

    async def doubt(self, job_id: int, reason: str) -> Job | None:
        """Note that a create's outcome is unknown: ``crash``, or the word of what was answered."""
        ...

    async def unbind(self, job_id: int) -> Job | None:
        """Take an adopted task from a job for good, since it is somebody else's; the job is in doubt again."""
        ...

    async def record_start(self, job_id: int) -> Job | None:
        """Note that the vendor draws it."""
        ...

    async def free_place(self, job_id: int) -> bool:
        """Note that a job's task takes no place of its lane any more. Whether it did until now."""
        ...

    async def record_results(self, job_id: int, report: TaskReport) -> Job | None:
        """Store the results' addresses, and what the vendor bills; the job is ``fetching`` then."""
        ...

    async def record_drawn(self, job_id: int, report: TaskReport, *, since_ms: int) -> Job | None:
        """Store what a call was answered with: the job, which was submitting, is ``fetching`` then.

        Args:
            job_id: which.
            report: the pictures' addresses, and what the vendor bills.
            since_ms: when the call was made.
        """
        ...

    async def keep_image(self, job_id: int, ordinal: int, picture: Picture) -> None:
        """Note that a result was fetched; its signed address is forgotten."""
        ...

    async def lose_image(self, job_id: int, ordinal: int, failure: Failure) -> None:
        """Note that a result can't be had, and why."""
        ...

    async def settle(self, job_id: int, tier: FreeTier | None) -> Job | None:
        """Charge for what was fetched and go to deliver it; if nothing was, fail and charge nothing.

        The cost follows what the vendor bills either way, less what ``tier`` has left. A job that is not ``fetching``
        is returned as it is; None: there is none.
        """
        ...

    async def fail(self, job_id: int, failure: Failure, *, doubtful_images: int = 0) -> Job | None:
        """End a job that was refused or failed; the hold returns.

        Args:
            job_id: which.
            failure: why.
            doubtful_images: what the vendor may bill without our knowing.
        """
        ...

    async def record_canceled(self, job_id: int) -> Job | None:
        """End a job whose task the vendor reports as canceled; the hold returns."""
        ...

    async def expire(self, job_id: int, reason: str) -> Job | None:
        """End a queued job that waited too long, or for a server that was left; the hold returns."""
        ...

    async def wish_cancel(self, job_id: int, actor_id: int) -> Job | None:
        """Cancel at once what is still queued; note the wish on anything else that is not final. None: no such job."""
        ...

    async def refuse_cancel(self, job_id: int) -> Job | None:
        """Note that the vendor would not cancel any more. None: no such job."""
        ...

    async def record_delivery(
        self, job_id: int, attachment_ids: dict[int, int], *, version: int, ping: bool
    ) -> Job | None:
        """Note that Discord has the pictures.

        Args:
            job_id: which.
            attachment_ids: Discord's id by ordinal.
            version: what the message shows now.
            ping: it took long: who prefers nothing is told by a message of its own, since an edit pings nobody.
        """
        ...

    async def record_undelivered(self, job_id: int, reason: str) -> Job | None:
        """Note that Discord would not take the pictures, and a word of ours why; they are kept and stay charged."""
        ...

    async def tell_end(self, job_id: int) -> None:
        """Have the member told by a direct message, once, how a job ended that has no pictures or was not delivered."""
        ...

    async def lose_pictures(self, job_id: int, ordinals: list[int]) -> Job | None:
        """Note that kept pictures are lost before Discord had them, and give back what they took.

        A job that has none left fails; one that is not ``delivering`` is returned as it is; None: there is none.
        """
        ...

    async def send_again(self, job_id: int, actor_id: int, reply: ReplyAddress | None) -> Job | None:
        """Go to deliver what was undelivered, to ``reply`` where it is given.

        None: it was sent meanwhile, or somebody has begun to remove it.
        """
        ...

    async def mark_shown(self, job_id: int, version: int, *, is_out_of_reach: bool = False) -> None:
        """Note which version a job's message shows; with the newest one, an open removal of its pictures is done.

        With ``is_out_of_reach`` it shows something older, and nothing will reach it any more.
        """
        ...

    async def settle_old_card(self, job_id: int, version: int) -> None:
        """Note that a job's old card says as much as it can of ``version``, or is gone."""
        ...

    async def note_message_gone(self, job: Job) -> None:
        """Note that Discord says that a job's message, as ``job`` has it, is there no more."""
        ...

    async def old_cards(self) -> list[OldCard]:
        """Return the cards that don't say yet that their pictures were sent elsewhere, oldest job first."""
        ...

    async def wipe_token(self, job_id: int) -> None:
        """Forget an interaction's token that Discord calls dead."""
        ...

    async def wipe_dead_tokens(self, discord_now_ms: int) -> int:
        """Forget the tokens that are past their time, by Discord's clock; return how many."""
        ...

    async def readdress(self, job_id: int, channel_id: int, message_id: int) -> None:
        """Note that the reply stands elsewhere now, such as in a direct message."""
        ...

    async def begin_removal(self, job_id: int, actor_id: int) -> Job | None:
        """Note that somebody is about to remove a job's pictures, before the act on Discord. None: no such job.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        ...

    async def end_removal(self, job_id: int, removal: Removal) -> Job | None:
        """Note how far a removal has come on Discord; the files are left to be deleted. None: no such job."""
        ...

    async def get(self, job_id: int) -> Job | None:
        """Return a job; None if there is none."""
        ...

    async def by_number(self, server_id: int, number: int) -> Job | None:
        """Return a job by what people of its server call it; None if there is none."""
        ...

    async def own_by_number(self, member_id: int, number: int) -> Job | None:
        """Return a member's newest job of that number, in whichever server; None if there is none."""
        ...

    async def by_message(self, server_id: int, message_id: int) -> Job | None:
        """Return the job that a message of a server is about, as its card or its entry in the log channel; or None."""
        ...

    async def of_member(self, member_id: int, server_id: int | None, *, before_id: int, most: int) -> list[Job]:
        """Return up to ``most`` of a member's jobs with ids below ``before_id``, newest first, void ones left out.

        With no server named, those of all servers.
        """
        ...

    async def newer_of_member(self, member_id: int, server_id: int | None, *, after_id: int, most: int) -> list[Job]:
        """Return up to ``most`` of a member's jobs, those with the lowest ids above ``after_id``, newest first."""
        ...

    async def ids_in_state(self, state: JobState, model: str = "") -> list[int]:
        """Return the ids of the jobs in ``state``, oldest first; of one model, if it is named."""
        ...

    async def owned_tasks(self, task_ids: list[str]) -> set[str]:
        """Return those of ``task_ids`` that belong to a job."""
        ...

    async def foreign_tasks(self, model: str) -> set[tuple[int, str]]:
        """Return what does not belong together: jobs in doubt, by id, and tasks that were taken from them."""
        ...

    async def unconfirmed_tasks(self, model: str) -> set[str]:
        """Return the tasks that were adopted for jobs of ``model`` and are not confirmed as theirs yet."""
        ...

    async def unshown(self, model: str = "") -> list[int]:
        """Return the ids of the jobs whose message is behind, oldest first; of one model, if it is named."""
        ...

    async def removal_reason(self, job: Job) -> str | None:
        """Return why a moderator removed a job's pictures, "" if they said nothing; None if no moderator did."""
        ...

    async def with_dying_token(self, after_ms: int, before_ms: int) -> list[int]:
        """Return the ids of the private jobs under way whose token dies after ``after_ms`` and by ``before_ms``.

        Oldest first.
        """
        ...

    async def queued_in_left_servers(self) -> list[int]:
        """Return the ids of the queued jobs of servers that the bot is in no more, oldest first."""
        ...

    async def with_old_pictures(self, before_ms: int, most: int) -> list[int]:
        """Return the ids of up to ``most`` jobs whose kept pictures were fetched before ``before_ms``, in no order."""
        ...

    async def removals_begun(self) -> list[int]:
        """Return the jobs whose removal was begun and never ended, in no order."""
        ...

    async def forget_pictures(self, job_id: int) -> None:
        """Keep a job's pictures no longer: their files are left to be deleted."""
        ...

    async def standing(self, server_id: int, member_id: int, roles: Iterable[int], terms: Terms) -> Standing:
        """Return what a member with these roles has left; ``terms`` are the operator's, before the server's rules."""
        ...
