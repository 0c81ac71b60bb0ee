"""Jobs: what changes them, from the request to the last word. Each method is one transaction."""

import sqlite3
from collections.abc import Callable
from dataclasses import asdict

from bot.domain.jobs.job import FILE_LOST, SERVER_LEFT, Job, JobState, NewJob, PriceOffer, Removal, ReplyAddress
from bot.domain.jobs.vendor_task import CreatedTask, Picture, TaskReport
from bot.domain.moderation.cases import check_removable
from bot.domain.requests.catalogue import FreeTier
from bot.domain.requests.quota import Terms
from bot.domain.requests.refused_prompts import RefusedPrompts
from bot.errors import MemberError, PriceNotAgreed
from bot.ports import Clock
from bot.storage.jobs import price_offers, requeueing
from bot.storage.jobs.queries import BY_ID, JobQueries
from bot.storage.jobs.rows import find_job
from bot.storage.jobs.submission import note_refusal, submit
from bot.storage.jobs.transitions import transition
from bot.storage.ledger import holds
from bot.storage.outbox import feed, messages
from bot.storage.privacy.erasure import KEEP_PATHS
from bot.storage.records import audit, cases, refused_prompts
from bot.storage.records.accounts import account_of
from bot.storage.sqlite.database import Database

ADD_IMAGE = """
INSERT INTO images (job_id, ordinal, url, code, orig_prompt, actual_prompt)
VALUES (:job_id, :ordinal, :url, :code, :orig_prompt, :actual_prompt)
ON CONFLICT (job_id, ordinal) DO NOTHING
"""
KEEP_IMAGE = """
UPDATE images SET url = '', code = '', path = :path, size_bytes = :size_bytes, width = :width, height = :height
WHERE job_id = :job_id AND ordinal = :ordinal
"""
LOSE_IMAGE = "UPDATE images SET url = '', path = '', code = :code WHERE job_id = :job_id AND ordinal = :ordinal"
ATTACH_IMAGE = "UPDATE images SET attachment_id = :attachment_id WHERE job_id = :job_id AND ordinal = :ordinal"
FORGET_PATHS = "UPDATE images SET path = '' WHERE job_id = :job_id"
SHOW = "UPDATE jobs SET shown = max(shown, :version) WHERE id = :id"
SHOW_ALL = "UPDATE jobs SET shown = version WHERE id = :id"
WIPE_TOKEN = "UPDATE jobs SET token = '' WHERE id = :id"
WIPE_DEAD_TOKENS = "UPDATE jobs SET token = '' WHERE token <> '' AND token_expires_ms <= :now_ms"
ADDRESS = "UPDATE jobs SET message_id = :message_id, channel_id = :channel_id, message_gone = 0 WHERE id = :id"
MOVE_REPLY = """
UPDATE jobs SET application_id = :application_id, channel_id = :channel_id, token = :token,
    token_expires_ms = :token_expires_ms, message_id = :message_id, attachment_limit = :attachment_limit,
    locale = :locale, can_post = :can_post, message_gone = 0
WHERE id = :id
"""
# Moved once more, the reply that it leaves is no card that others see.
KEEP_OLD_CARD = """
INSERT INTO old_cards (job_id, channel_id, message_id)
SELECT id, channel_id, message_id FROM jobs WHERE id = :id AND private = 0 AND message_id NOT IN (0, :message_id)
ON CONFLICT DO NOTHING
"""
BACK_AT_OLD_CARD = "DELETE FROM old_cards WHERE job_id = :id AND message_id = :message_id"
# The old card of a job that changed meanwhile is looked at once more.
SETTLE_OLD_CARD = """
UPDATE old_cards SET is_settled = 1 WHERE job_id = :id
AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = :id AND version = :version)
"""
UNSETTLE_OLD_CARD = "UPDATE old_cards SET is_settled = 0 WHERE job_id = :id"
NOTE_GONE = "UPDATE jobs SET message_gone = 1 WHERE id = :id AND message_id = :message_id"
WISH_CANCEL = """
UPDATE jobs SET cancel_wished_ms = :now_ms, version = version + 1 WHERE id = :id AND cancel_wished_ms = 0
"""
# Who canceled their own job knows how it ended. A word that was given up for another reason than that its member takes
# no direct messages was not said.
END_TO_BE_TOLD = """
SELECT kind FROM (
    SELECT id, account_id, state, CASE state WHEN 'undelivered' THEN 'undelivered' ELSE 'ended' END AS kind
    FROM jobs WHERE id = :id AND deleted_ms = 0
) AS job
WHERE state IN ('undelivered', 'failed', 'canceled', 'expired')
AND NOT (state = 'canceled' AND EXISTS (
    SELECT 1 FROM audit WHERE job_id = job.id AND act = 'job.cancel_wished' AND actor_id = job.account_id
))
AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE job_id = job.id AND outbox.kind = job.kind
    AND (done_ms = 0 OR outcome IN ('sent', 'given up: closed'))
)
"""
BECAUSE_LEFT = """
UPDATE jobs SET failure = :left WHERE id = :id AND failure IN ('forbidden', 'closed')
AND server_id IN (SELECT id FROM servers WHERE left_ms > 0)
"""
FREE_PLACE = "UPDATE jobs SET takes_place = 0 WHERE id = :id AND takes_place"
REFUSE_CANCEL = "UPDATE jobs SET cancel_refused = 1, version = version + 1 WHERE id = :id AND cancel_refused = 0"
ADD_FOREIGN = "INSERT INTO foreign_tasks (job_id, task_id) VALUES (:job_id, :task_id) ON CONFLICT DO NOTHING"
DOUBT_OF = "SELECT doubt FROM jobs WHERE id = :id"
REMOVAL_BEGUN = "SELECT 1 FROM audit WHERE act = 'job.removal_intent' AND job_id = :id"
# A removal that Discord has carried out now, and who began it.
OPEN_REMOVAL = """
SELECT jobs.server_id, audit.actor_id, audit.act FROM jobs JOIN audit ON audit.job_id = jobs.id
WHERE jobs.id = :id AND jobs.deleted_ms > 0 AND jobs.shown >= jobs.version
AND audit.act IN ('job.removal_open', 'job.removal_done', 'job.removal_out_of_reach') ORDER BY audit.id DESC LIMIT 1
"""
MARK_DELETED = "UPDATE jobs SET deleted_ms = :now_ms, version = version + 1 WHERE id = :id AND deleted_ms = 0"


class SqliteJobs(JobQueries):
    """The jobs, with what each change does to ledger, audit and outbox."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)

    # -- from the request to the queue

    async def submit(self, draft: NewJob, terms: Terms) -> Job:
        """Check every limit, then write hold, job and audit; the same interaction again gives the same job.

        Raises:
            PriceNotAgreed: if its member has to be asked first; then only a draft is written.
            MemberError: if a limit binds.
        """
        now_ms = self._clock.now_ms()
        try:
            return await self._db.write(lambda conn: submit(conn, draft, terms, now_ms))
        except PriceNotAgreed as question:
            paid = int(question.values["paid"])
            await self._db.write(lambda conn: price_offers.keep(conn, draft, paid, now_ms))
            raise
        except MemberError as refusal:
            key = refusal.key
            await self._db.write(lambda conn: note_refusal(conn, draft, terms, key, now_ms))
            raise

    async def record_refusal(self, server_id: int, member_id: int, reason: str, *, rule_id: int = 0) -> RefusedPrompts:
        """Note that a prompt is refused for what it says, before it comes to a limit, and why.

        Args:
            server_id: where.
            member_id: the Discord id of who asked.
            reason: the refusal's key.
            rule_id: the server's rule for prompts that was broken; 0: none.

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
            feed.note_refusal(conn, server_id, account_id, reason, now_ms, standing.again_ms)
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

    async def draft(self, draft_id: int) -> PriceOffer | None:
        """Give a request that waits for its member to agree to the price; None once that is over."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: price_offers.find(conn, draft_id, now_ms))

    async def drop_draft(self, draft_id: int) -> None:
        """Forget a request that its member does not want any more."""
        await self._db.write(lambda conn: price_offers.drop(conn, draft_id))

    async def expire_drafts(self) -> int:
        """Forget the requests that nobody agreed to in time; give how many."""
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
            _void()(conn, job_id, now_ms)
            if tell:
                messages.add(conn, "unproven", at_ms=now_ms, job_id=job_id)

        return await self._move(job_id, JobState.VOID, then=voided)

    # -- at the vendor

    async def requeue(self, job_id: int, *, counts: bool) -> Job | None:
        """Put a job back whose create provably started nothing; ``counts`` marks an error of the service itself."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: requeueing.requeue(conn, job_id, now_ms, counts=counts))

    async def record_task(self, job_id: int, task: CreatedTask, *, adopted: bool = False) -> Job | None:
        """Store the vendor's task id; ``adopted`` if it was found in the vendor's list and is to be confirmed."""
        return await self._move(
            job_id,
            JobState.PENDING,
            task_id=task.task_id,
            request_id=task.request_id,
            failure="",
            failure_request_id="",
            adopted=adopted,
            takes_place=1,
            submitted_ms=self._clock.now_ms(),
        )

    async def doubt(self, job_id: int, reason: str) -> Job | None:
        """Note that a create's outcome is unknown, ``crash`` or the word of what was answered."""
        return await self._move(
            job_id, JobState.IN_DOUBT, only_from=(JobState.SUBMITTING,), failure=reason, doubt=reason
        )

    async def unbind(self, job_id: int) -> Job | None:
        """Take an adopted task from a job, for good, because it is somebody else's; the job is in doubt again."""
        now_ms = self._clock.now_ms()

        def unbound(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or not job.adopted or job.state not in (JobState.PENDING, JobState.RUNNING):
                return None
            conn.execute(ADD_FOREIGN, {"job_id": job_id, "task_id": job.task_id})
            doubt: str = conn.execute(DOUBT_OF, {"id": job_id}).fetchone()[0]
            return transition(
                conn,
                job_id,
                JobState.IN_DOUBT,
                now_ms,
                task_id="",
                adopted=False,
                failure=doubt,
                submitted_ms=0,
                started_ms=0,
            )

        return await self._db.write(unbound)

    async def record_start(self, job_id: int) -> Job | None:
        """Note that the vendor draws it."""
        return await self._move(job_id, JobState.RUNNING, started_ms=self._clock.now_ms())

    async def free_place(self, job_id: int) -> bool:
        """Note that a job's task takes no place of its lane any more; whether it did until now."""
        return await self._db.write(lambda conn: conn.execute(FREE_PLACE, {"id": job_id}).rowcount > 0)

    async def record_results(self, job_id: int, report: TaskReport) -> Job | None:
        """Store the results' addresses and go to fetch them."""

        def add_images(conn: sqlite3.Connection, job_id: int, _: int) -> None:
            for ordinal, result in enumerate(report.results):
                conn.execute(
                    ADD_IMAGE,
                    {
                        "job_id": job_id,
                        "ordinal": ordinal,
                        "url": result.url or "",
                        "code": result.code,
                        "orig_prompt": result.orig_prompt,
                        "actual_prompt": result.actual_prompt,
                    },
                )

        return await self._move(
            job_id,
            JobState.FETCHING,
            then=add_images,
            failure_request_id=report.request_id,
            billed=report.image_count or 0,
        )

    async def keep_image(self, job_id: int, ordinal: int, picture: Picture) -> None:
        """Note that a result was fetched; its signed URL is forgotten."""
        values = {
            "job_id": job_id,
            "ordinal": ordinal,
            "path": picture.path,
            "size_bytes": picture.size_bytes,
            "width": picture.width,
            "height": picture.height,
        }
        await self._db.write(lambda conn: conn.execute(KEEP_IMAGE, values).rowcount)

    async def lose_image(self, job_id: int, ordinal: int, code: str) -> None:
        """Note that a result can't be had, and why."""
        values: dict[str, int | str] = {"job_id": job_id, "ordinal": ordinal, "code": code}
        await self._db.write(lambda conn: conn.execute(LOSE_IMAGE, values).rowcount)

    async def settle(self, job_id: int, tier: FreeTier | None) -> Job | None:
        """Charge for what was fetched and go to deliver it; nothing fetched: fail and charge nothing.

        The cost follows what the vendor bills either way.
        """
        now_ms = self._clock.now_ms()

        def settled(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.state is not JobState.FETCHING:
                return job
            billed = conn.execute("SELECT billed FROM jobs WHERE id = :id", {"id": job_id}).fetchone()[0]
            holds.settle(conn, job_id, charged_images=len(job.kept), billed_images=billed, tier=tier, now_ms=now_ms)
            if job.kept:
                return transition(conn, job_id, JobState.DELIVERING, now_ms, ready_ms=now_ms)
            failure = next((image.code for image in job.images if image.code), "no_results")
            return transition(conn, job_id, JobState.FAILED, now_ms, ended_ms=now_ms, failure=failure)

        return await self._db.write(settled)

    # -- ends without pictures

    async def fail(self, job_id: int, code: str, *, request_id: str = "", doubtful_images: int = 0) -> Job | None:
        """End a job that was refused or failed; the hold returns.

        Args:
            job_id: which.
            code: the vendor's code or a word of ours.
            request_id: for the vendor's support.
            doubtful_images: what the vendor may bill without our knowing.
        """

        def resolve(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
            holds.void(conn, job_id, now_ms=now_ms, doubtful_images=doubtful_images)

        return await self._move(
            job_id,
            JobState.FAILED,
            then=resolve,
            failure=code,
            failure_request_id=request_id,
            ends=True,
        )

    async def record_canceled(self, job_id: int) -> Job | None:
        """End a job whose task the vendor reports as canceled; the hold returns."""
        return await self._move(job_id, JobState.CANCELED, then=_void(), ends=True)

    async def expire(self, job_id: int, reason: str) -> Job | None:
        """End a job that waited too long; the hold returns."""
        return await self._move(job_id, JobState.EXPIRED, then=_void("expired"), failure=reason, ends=True)

    async def wish_cancel(self, job_id: int, actor_id: int) -> Job | None:
        """Cancel at once what is still queued; note the wish on anything else that is not final."""
        now_ms = self._clock.now_ms()

        def wished(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.is_final:
                return job
            if not job.cancel_wished_ms:
                actor, server_id = account_of(conn, actor_id, now_ms), job.server_id
                about = {"at_ms": now_ms, "server_id": server_id, "actor_id": actor, "job_id": job_id}
                audit.record(conn, "job.cancel_wished", **about)
                conn.execute(WISH_CANCEL, {"id": job_id, "now_ms": now_ms})
            requeueing.cancel_if_wished(conn, job_id, now_ms)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(wished)

    async def refuse_cancel(self, job_id: int) -> Job | None:
        """Note that the vendor would not cancel any more."""
        return await self._change(job_id, REFUSE_CANCEL)

    # -- delivery

    async def record_delivery(
        self, job_id: int, attachment_ids: dict[int, int], *, version: int, ping: bool
    ) -> Job | None:
        """Note that Discord has the pictures.

        Args:
            job_id: which.
            attachment_ids: Discord's id by ordinal.
            version: what the message shows now.
            ping: tell the member by a message of its own, since an edit pings nobody.
        """

        def attach(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
            for ordinal, attachment_id in attachment_ids.items():
                conn.execute(ATTACH_IMAGE, {"job_id": job_id, "ordinal": ordinal, "attachment_id": attachment_id})
            conn.execute(SHOW, {"id": job_id, "version": version})
            if ping:
                messages.add(conn, "ping", at_ms=now_ms, job_id=job_id)

        return await self._move(job_id, JobState.DELIVERED, then=attach, ends=True)

    async def record_undelivered(self, job_id: int, reason: str) -> Job | None:
        """Note that Discord would not take the pictures, and a word of ours why; they are kept and stay charged.

        What a bot is refused that was removed from the server is put down to that.
        """

        def explain(conn: sqlite3.Connection, job_id: int, _: int) -> None:
            conn.execute(BECAUSE_LEFT, {"id": job_id, "left": SERVER_LEFT})

        return await self._move(job_id, JobState.UNDELIVERED, then=explain, failure=reason)

    async def tell_end(self, job_id: int) -> None:
        """Have the member of an undelivered job, or of one without pictures, told by a direct message, once.

        The job's message can't say so.
        """
        now_ms = self._clock.now_ms()

        def told(conn: sqlite3.Connection) -> None:
            due = conn.execute(END_TO_BE_TOLD, {"id": job_id}).fetchone()
            if due is not None:
                messages.add(conn, due["kind"], at_ms=now_ms, job_id=job_id)

        await self._db.write(told)

    async def lose_pictures(self, job_id: int, ordinals: list[int]) -> Job | None:
        """Note that kept pictures are lost before Discord had them, and give back what they took.

        A job that has none left fails; one that is not about to be delivered is left as it is.
        """
        now_ms = self._clock.now_ms()

        def lost(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.state is not JobState.DELIVERING:
                return job
            new = [image.ordinal for image in job.kept if image.ordinal in ordinals]
            if job.kept and not new:
                return job
            for ordinal in new:
                conn.execute(LOSE_IMAGE, {"job_id": job_id, "ordinal": ordinal, "code": FILE_LOST})
            left = len(job.kept) - len(new)
            back = holds.charge_only(conn, job_id, left, now_ms=now_ms, reason="the files of its pictures are lost")
            audit.record(
                conn,
                "job.pictures_lost",
                at_ms=now_ms,
                server_id=job.server_id,
                job_id=job_id,
                images=len(new),
                free=back.free_images,
                micros=back.credit_micros,
            )
            if not left:
                return transition(conn, job_id, JobState.FAILED, now_ms, ended_ms=now_ms, failure=FILE_LOST)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(lost)

    async def send_again(self, job_id: int, actor_id: int, reply: ReplyAddress | None) -> Job | None:
        """Go to deliver what was undelivered; where ``reply`` is given, to that message instead of the old one.

        Returns:
            None if there is nothing to deliver: it was sent meanwhile, or somebody has begun to remove it.
        """
        now_ms = self._clock.now_ms()

        def begun(conn: sqlite3.Connection) -> Job | None:
            if conn.execute(REMOVAL_BEGUN, {"id": job_id}).fetchone():
                return None
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None or job.state is not JobState.UNDELIVERED:
                return None
            actor = account_of(conn, actor_id, now_ms)
            audit.record(conn, "job.send_again", at_ms=now_ms, server_id=job.server_id, actor_id=actor, job_id=job_id)
            transition(conn, job_id, JobState.DELIVERING, now_ms, failure="")
            if reply is not None:
                at = {"id": job_id, "message_id": reply.message_id}
                conn.execute(KEEP_OLD_CARD, at)
                conn.execute(BACK_AT_OLD_CARD, at)
                conn.execute(MOVE_REPLY, {"id": job_id, **asdict(reply)})
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(begun)

    async def mark_shown(self, job_id: int, version: int, *, is_out_of_reach: bool = False) -> None:
        """Note what the message shows; where its pictures were removed, Discord has carried that out with it.

        Args:
            job_id: whose.
            version: of the job.
            is_out_of_reach: it shows something older, and nothing will reach it any more.
        """
        now_ms = self._clock.now_ms()

        def marked(conn: sqlite3.Connection) -> None:
            conn.execute(SHOW, {"id": job_id, "version": version})
            removal = conn.execute(OPEN_REMOVAL, {"id": job_id}).fetchone()
            if removal is not None and removal["act"] == "job.removal_open":
                said = {"at_ms": now_ms, "server_id": removal["server_id"], "actor_id": removal["actor_id"]}
                outcome = Removal.OUT_OF_REACH if is_out_of_reach else Removal.DONE
                audit.record(conn, f"job.removal_{outcome}", job_id=job_id, **said)
                feed.note_change(conn, job_id, now_ms)

        await self._db.write(marked)

    async def settle_old_card(self, job_id: int, version: int) -> None:
        """Note that a job's old card says as much as it can of ``version``, or is gone."""
        values = {"id": job_id, "version": version}
        await self._db.write(lambda conn: conn.execute(SETTLE_OLD_CARD, values).rowcount)

    async def note_message_gone(self, job: Job) -> None:
        """Note that Discord says that a job's message is there no more."""
        values = {"id": job.id, "message_id": job.reply.message_id}
        await self._db.write(lambda conn: conn.execute(NOTE_GONE, values).rowcount)

    async def wipe_token(self, job_id: int) -> None:
        """Forget an interaction's token that Discord calls dead."""
        await self._db.write(lambda conn: conn.execute(WIPE_TOKEN, {"id": job_id}).rowcount)

    async def wipe_dead_tokens(self, discord_now_ms: int) -> int:
        """Forget the tokens that are past their time, by which Discord's clock counts; return how many."""
        return await self._db.write(lambda conn: conn.execute(WIPE_DEAD_TOKENS, {"now_ms": discord_now_ms}).rowcount)

    async def readdress(self, job_id: int, channel_id: int, message_id: int) -> None:
        """Note that the reply stands elsewhere now, such as in a direct message."""
        values = {"id": job_id, "channel_id": channel_id, "message_id": message_id}
        await self._db.write(lambda conn: conn.execute(ADDRESS, values).rowcount)

    async def record_removal(self, job_id: int, actor_id: int, *, step: str) -> Job | None:
        """Note that somebody removes a job's pictures.

        Args:
            job_id: whose.
            actor_id: the Discord id of who removes them.
            step: ``intent`` before the act on Discord, and after it how far it has come (`Removal`); then their files
                are left to be deleted.

        Raises:
            MemberError: before the act, if there is nothing to remove, yet or any more.
        """
        now_ms = self._clock.now_ms()

        def removed(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None:
                return None
            if step == "intent":
                check_removable(job)
            actor = account_of(conn, actor_id, now_ms)
            audit.record(
                conn,
                f"job.removal_{step}",
                at_ms=now_ms,
                server_id=job.server_id,
                actor_id=actor,
                job_id=job_id,
            )
            if step != "intent":
                _let_go(conn, job_id)
                conn.execute(MARK_DELETED, {"id": job_id, "now_ms": now_ms})
                conn.execute(UNSETTLE_OLD_CARD, {"id": job_id})
                feed.note_change(conn, job_id, now_ms)
            if step in {Removal.DONE, Removal.OUT_OF_REACH}:
                conn.execute(SHOW_ALL, {"id": job_id})
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(removed)

    async def forget_pictures(self, job_id: int) -> None:
        """Keep a job's pictures no longer: their files are left to be deleted."""
        await self._db.write(lambda conn: _let_go(conn, job_id))

    # -- how a change is made

    async def _move(
        self,
        job_id: int,
        to: JobState,
        *,
        only_from: tuple[JobState, ...] = (),
        then: Callable[[sqlite3.Connection, int, int], None] | None = None,
        attempt: bool = False,
        ends: bool = False,
        **fields: int | str,
    ) -> Job | None:
        now_ms = self._clock.now_ms()
        if ends:
            # The same moment as that of all else which the transaction notes.
            fields["ended_ms"] = now_ms

        def moved(conn: sqlite3.Connection) -> Job | None:
            job = transition(conn, job_id, to, now_ms, only_from=only_from, attempt=attempt, **fields)
            if job is None or then is None:
                return job
            then(conn, job_id, now_ms)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(moved)

    async def _change(self, job_id: int, statement: str) -> Job | None:
        def changed(conn: sqlite3.Connection) -> Job | None:
            conn.execute(statement, {"id": job_id})
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(changed)


def _let_go(conn: sqlite3.Connection, job_id: int) -> None:
    conn.execute(KEEP_PATHS, {"id": job_id})
    conn.execute(FORGET_PATHS, {"job_id": job_id})


def _void(outcome: str = "voided") -> Callable[[sqlite3.Connection, int, int], None]:
    def voided(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
        holds.void(conn, job_id, now_ms=now_ms, outcome=outcome)

    return voided
