"""Jobs whose pictures are brought to their message, and removed. Each method is one transaction."""

import sqlite3
from dataclasses import asdict

from bot.domain.jobs.job import SERVER_LEFT, Job, JobState, Removal, ReplyAddress
from bot.domain.moderation.cases import check_removable
from bot.domain.preferences import word_of_delivery
from bot.failure_kinds import FILE_LOST
from bot.storage.jobs.changes import JobChanges
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.jobs.transitions import transition
from bot.storage.jobs.vendor import lose_image
from bot.storage.ledger import holds
from bot.storage.outbox import feed, gallery, messages
from bot.storage.privacy.erasure import KEEP_PATHS
from bot.storage.records import audit, input_pictures, preferences
from bot.storage.records.accounts import account_of

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
    can_post = :can_post, message_gone = 0,
    locale = CASE WHEN account_id = :actor_id THEN :locale ELSE locale END
WHERE id = :id
"""
"""The card speaks its member's language, whoever pressed."""
KEEP_OLD_CARD = """
INSERT INTO old_cards (job_id, channel_id, message_id)
SELECT id, channel_id, message_id FROM jobs WHERE id = :id AND private = 0 AND message_id NOT IN (0, :message_id)
ON CONFLICT DO NOTHING
"""
BACK_AT_OLD_CARD = "DELETE FROM old_cards WHERE job_id = :id AND message_id = :message_id"
SETTLE_OLD_CARD = """
UPDATE old_cards SET is_settled = 1 WHERE job_id = :id
AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = :id AND version = :version)
"""
UNSETTLE_OLD_CARD = "UPDATE old_cards SET is_settled = 0 WHERE job_id = :id"
OF = "SELECT account_id, server_id FROM jobs WHERE id = :id"
OF_ANOTHER = "SELECT 1 FROM jobs WHERE id = :id AND pictures_of IS NOT NULL"
NOTE_GONE = "UPDATE jobs SET message_gone = 1 WHERE id = :id AND message_id = :message_id"
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
LAST_INTENT = """
SELECT actor_id FROM audit WHERE act = 'job.removal_intent' AND job_id = :id ORDER BY id DESC LIMIT 1
"""
OPEN_REMOVAL = """
SELECT jobs.server_id, audit.actor_id, audit.act FROM jobs JOIN audit ON audit.job_id = jobs.id
WHERE jobs.id = :id AND jobs.deleted_ms > 0 AND jobs.shown >= jobs.version
AND audit.act IN ('job.removal_open', 'job.removal_done', 'job.removal_out_of_reach') ORDER BY audit.id DESC LIMIT 1
"""
MARK_DELETED = "UPDATE jobs SET deleted_ms = :now_ms, version = version + 1 WHERE id = :id AND deleted_ms = 0"


class DeliveryChanges(JobChanges):
    """What happens to a job whose pictures were made."""

    async def record_delivery(
        self, job_id: int, attachment_ids: dict[int, int], *, version: int, ping: bool
    ) -> Job | None:
        """Note that Discord has the pictures, and have told whose they were made from, where that is another member.

        Args:
            job_id: which.
            attachment_ids: Discord's id by ordinal.
            version: what the message shows now.
            ping: it took long: who prefers nothing is told by a message of its own, since an edit pings nobody.
        """

        def attach(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
            for ordinal, attachment_id in attachment_ids.items():
                conn.execute(ATTACH_IMAGE, {"job_id": job_id, "ordinal": ordinal, "attachment_id": attachment_id})
            conn.execute(SHOW, {"id": job_id, "version": version})
            of = conn.execute(OF, {"id": job_id}).fetchone()
            told = preferences.read_here(conn, of["account_id"], of["server_id"]).told
            if kind := word_of_delivery(told, took_long=ping):
                messages.add(conn, kind, at_ms=now_ms, job_id=job_id)
            if conn.execute(OF_ANOTHER, {"id": job_id}).fetchone():
                messages.add(conn, "picture-edited", at_ms=now_ms, job_id=job_id)

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
                lose_image(conn, job_id, ordinal, FILE_LOST)
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
                return transition(conn, job_id, JobState.FAILED, now_ms, ended_ms=now_ms, why=FILE_LOST)
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(lost)

    async def send_again(self, job_id: int, actor_id: int, reply: ReplyAddress | None) -> Job | None:
        """Go to deliver what was undelivered; where ``reply`` is given, to that message instead of the old one.

        Returns:
            None if there is nothing to deliver: it was sent meanwhile, or somebody has begun to remove it.
        """
        now_ms = self._clock.now_ms()

        def begun(conn: sqlite3.Connection) -> Job | None:
            if conn.execute(LAST_INTENT, {"id": job_id}).fetchone():
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
                language = preferences.read_of_account(conn, actor).language
                here = {**asdict(reply), "locale": language or reply.locale}
                conn.execute(MOVE_REPLY, {"id": job_id, "actor_id": actor, **here})
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

    async def begin_removal(self, job_id: int, actor_id: int) -> Job | None:
        """Note that somebody is about to remove a job's pictures.

        Args:
            job_id: whose.
            actor_id: the Discord id of who removes them.

        Raises:
            MemberError: if there is nothing to remove, yet or any more.
        """
        now_ms = self._clock.now_ms()

        def begun(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None:
                return None
            check_removable(job)
            said = {"at_ms": now_ms, "server_id": job.server_id, "actor_id": account_of(conn, actor_id, now_ms)}
            audit.record(conn, "job.removal_intent", job_id=job_id, **said)
            return job

        return await self._db.write(begun)

    async def end_removal(self, job_id: int, removal: Removal) -> Job | None:
        """Note what came of a removal on Discord; the files are left to be deleted.

        Whoever began it may have been forgotten since: it is the account's that began it all the same.
        """
        now_ms = self._clock.now_ms()

        def ended(conn: sqlite3.Connection) -> Job | None:
            job = find_job(conn, BY_ID, {"id": job_id})
            if job is None:
                return None
            intent = conn.execute(LAST_INTENT, {"id": job_id}).fetchone()
            actor = intent["actor_id"] if intent else None
            # Of two at a time one may not learn that the message is gone: what the other learned stands.
            came_of_it = max(removal, job.removal, key=list(Removal).index)
            act = f"job.removal_{came_of_it}"
            audit.record(conn, act, at_ms=now_ms, server_id=job.server_id, actor_id=actor, job_id=job_id)
            _let_go(conn, job_id)
            conn.execute(MARK_DELETED, {"id": job_id, "now_ms": now_ms})
            conn.execute(UNSETTLE_OLD_CARD, {"id": job_id})
            gallery.take_down(conn, job_id)
            feed.note_change(conn, job_id, now_ms)
            if came_of_it is not Removal.OPEN:
                conn.execute(SHOW_ALL, {"id": job_id})
            return find_job(conn, BY_ID, {"id": job_id})

        return await self._db.write(ended)

    async def forget_pictures(self, job_id: int) -> None:
        """Keep a job's pictures no longer: their files are left to be deleted."""
        await self._db.write(lambda conn: _let_go(conn, job_id))


def _let_go(conn: sqlite3.Connection, job_id: int) -> None:
    conn.execute(KEEP_PATHS, {"id": job_id})
    conn.execute(FORGET_PATHS, {"job_id": job_id})
    input_pictures.let_go(conn, job_id)
