"""Jobs from the request to the queue. Each method is one transaction."""

import sqlite3
from contextlib import suppress

from bot.domain.jobs.job import Job, JobState, NewJob, PriceOffer
from bot.domain.requests.quota import Terms
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.errors import MemberError, PriceNotAgreed
from bot.storage.jobs import price_offers, requeueing
from bot.storage.jobs.changes import JobChanges, voiding
from bot.storage.jobs.submission import Rehearsed, note_refusal, rehearse, submit
from bot.storage.outbox import feed, messages
from bot.storage.records import audit, cases, refused_prompts
from bot.storage.records.accounts import account_of


class RequestChanges(JobChanges):
    """What happens to a job before it is queued."""

    async def submit(self, new_job: NewJob, terms: Terms) -> Job:
        """Check every limit, then write hold, job and audit; the same interaction again returns the same job.

        Raises:
            PriceNotAgreed: if its member has to be asked first; then only a price offer is kept.
            MemberError: if a limit binds.
        """
        now_ms = self._clock.now_ms()
        try:
            return await self._db.write(lambda conn: submit(conn, new_job, terms, now_ms))
        except PriceNotAgreed as question:
            paid = int(question.values["paid"])
            await self._db.write(lambda conn: price_offers.keep(conn, new_job, paid, now_ms))
            raise
        except MemberError as refusal:
            await self._note_refusal(new_job, terms, refusal, now_ms)
            raise

    async def rehearse(self, new_job: NewJob, terms: Terms) -> None:
        """Refuse what `submit` would refuse as things stand; else nothing is written.

        Raises:
            AlreadyDone: as `submit`.
            MemberError: as `submit`, but for a price that has to be agreed to.
        """
        now_ms = self._clock.now_ms()
        try:
            await self._db.write(lambda conn: rehearse(conn, new_job, terms, now_ms))
        except (Rehearsed, PriceNotAgreed):
            return
        except MemberError as refusal:
            await self._note_refusal(new_job, terms, refusal, now_ms)
            raise

    async def would_take(self, new_job: NewJob, terms: Terms) -> bool:
        """Whether `submit` would take a request as things stand, or ask for its price; nothing is noted of it.

        Raises:
            AlreadyDone: as `submit`.
        """
        now_ms = self._clock.now_ms()
        try:
            with suppress(Rehearsed, PriceNotAgreed):
                await self._db.write(lambda conn: rehearse(conn, new_job, terms, now_ms))
        except MemberError:
            return False
        return True

    async def _note_refusal(self, new_job: NewJob, terms: Terms, refusal: MemberError, now_ms: int) -> None:
        key = refusal.key
        await self._db.write(lambda conn: note_refusal(conn, new_job, terms, key, now_ms))

    async def record_refusal(
        self, server_id: int, member_id: int, reason: str, *, rule_id: int = 0, prompt: str = ""
    ) -> RefusedPrompts:
        """Note that a prompt is refused for what it says, before it comes to a limit, and why.

        Args:
            server_id: where.
            member_id: the Discord id of who asked.
            reason: the refusal's key.
            rule_id: the server's rule for prompts that was broken; 0: none.
            prompt: what broke it, for the log channel.

        Returns:
            How the member stands now: whether they have to wait, or would after one more.

        Raises:
            Blocked: if the member may not ask at all.
            Unavailable: if they have to wait already: then this refusal neither counts nor is it told anybody, and
                they do not learn what the prompt would have met.
        """
        now_ms = self._clock.now_ms()
        broken = {"rule": rule_id} if rule_id else {}

        def refused(conn: sqlite3.Connection) -> RefusedPrompts | MemberError:
            account_id = account_of(conn, member_id, now_ms)
            said = {"at_ms": now_ms, "server_id": server_id, "actor_id": account_id}
            kept_out = cases.kept_out(conn, server_id, account_id, now_ms)
            if kept_out is not None:
                audit.record(conn, "request.refused", reason=kept_out.key, **said)
                return kept_out
            audit.record(conn, "request.refused", reason=reason, **said, **broken)
            standing = refused_prompts.note(conn, server_id, account_id, now_ms)
            feed.note_refusal(
                conn, server_id, account_id, reason, now_ms, standing.again_ms, prompt=prompt, rule_id=rule_id
            )
            return standing

        outcome = await self._db.write(refused)
        if isinstance(outcome, MemberError):
            raise outcome
        return outcome

    async def wait_after(self, job: Job) -> int:
        """Return when a job's member may ask again whose refusal made them wait; 0: another's did, or none."""
        now_ms = self._clock.now_ms()

        def found(conn: sqlite3.Connection) -> int:
            standing = refused_prompts.standing(conn, job.server_id, job.account_id, now_ms)
            return standing.again_ms if standing.last_ms == job.ended_ms else 0

        return await self._db.read(found)

    async def price_offer(self, offer_id: int) -> PriceOffer | None:
        """Return a request that waits for its member to agree to the price; None once that is over."""
        now_ms = self._clock.now_ms()
        # After all writes that were asked for before it: a field that was pressed first belongs to the region.
        return await self._db.write(lambda conn: price_offers.find(conn, offer_id, now_ms))

    async def keep_for_region(self, new_job: NewJob) -> None:
        """Keep a request until its member has chosen its region, for ten minutes; of each member the last one only.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: price_offers.keep(conn, new_job, 0, now_ms))

    async def choose_field(self, offer_id: int, server_id: int, member_id: int, field: int, *, is_chosen: bool) -> None:
        """Add a field to the region that a member chooses, or take it away; nothing is done where that is over."""
        now_ms, offer = self._clock.now_ms(), {"id": offer_id, "server_id": server_id, "member_id": member_id}
        await self._db.write(lambda conn: price_offers.choose(conn, offer, field, now_ms, is_chosen=is_chosen))

    async def drop_price_offer(self, offer_id: int) -> bool:
        """Forget a request that its member does not want any more. Whether it still waited."""
        return await self._db.write(lambda conn: price_offers.drop(conn, offer_id))

    async def expire_price_offers(self) -> int:
        """Forget the requests that nobody agreed to in time; return how many."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: price_offers.expire(conn, now_ms))

    async def acknowledge(self, job_id: int, message_id: int) -> Job | None:
        """Queue a held job: Discord has taken our first response and named its message."""
        return await self._move(
            job_id,
            JobState.QUEUED,
            only_from=(JobState.HELD,),
            then=requeueing.cancel_if_wished,
            message_id=message_id,
            queued_ms=self._clock.now_ms(),
        )

    async def void(self, job_id: int, *, tell: bool = False) -> Job | None:
        """End a held job that Discord never acknowledged; the hold returns.

        Args:
            job_id: which.
            tell: its member may see the first response all the same: they are told by a direct message.
        """

        def voided(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
            voiding()(conn, job_id, now_ms)
            if tell:
                messages.add(conn, "unproven", at_ms=now_ms, job_id=job_id)

        return await self._move(job_id, JobState.VOID, then=voided)
