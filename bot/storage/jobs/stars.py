"""Pictures that members keep as favourites, and what a gallery channel shows. Each method is one transaction."""

import json
import sqlite3
from collections.abc import Iterable

from bot.domain.jobs.stars import GalleryPost, Order, Search, Starred, Whose
from bot.errors import AlreadyDone, MemberError, NotPermitted
from bot.ports import Clock
from bot.storage.jobs.queries import BY_ID
from bot.storage.jobs.rows import find_job
from bot.storage.outbox import gallery
from bot.storage.outbox.gallery import IS_PUBLIC, IS_THERE
from bot.storage.records import acts
from bot.storage.records.accounts import FIND_ACCOUNT, account_of
from bot.storage.sqlite.database import Database

JOB = f"""
SELECT {IS_PUBLIC} AS is_public, discord_id FROM jobs JOIN members ON members.account_id = jobs.account_id
WHERE jobs.id = :job_id AND jobs.server_id = :server_id AND {IS_THERE}
"""
ADD = """
INSERT INTO stars (job_id, account_id, server_id, at_ms) VALUES (:job_id, :account_id, :server_id, :now_ms)
ON CONFLICT DO NOTHING
"""
TAKE = "DELETE FROM stars WHERE job_id = :job_id AND account_id = :account_id"
OF_MESSAGE = """
SELECT id FROM jobs WHERE message_id = :message_id AND message_id <> 0 AND server_id = :server_id
UNION ALL SELECT job_id FROM gallery_posts JOIN jobs ON jobs.id = job_id
WHERE gallery_posts.message_id = :message_id AND gallery_posts.message_id <> 0 AND jobs.server_id = :server_id LIMIT 1
"""
CHANNELS = """
SELECT DISTINCT channel_id FROM jobs WHERE id IN (SELECT job_id FROM stars WHERE server_id = :server_id)
"""
# One's own are one's own wherever they are; others' only where one could look them up.
PAGE = f"""
SELECT jobs.id, (SELECT count(*) FROM stars WHERE stars.job_id = jobs.id) AS stars,
    coalesce((SELECT at_ms FROM stars WHERE stars.job_id = jobs.id AND stars.account_id = :account_id), 0) AS own_ms
FROM jobs JOIN members ON members.account_id = jobs.account_id
WHERE jobs.id IN (
        SELECT job_id FROM stars WHERE server_id = :server_id AND (:whose = 'all' OR account_id = :account_id))
    AND (:made_by = 0 OR members.discord_id = :made_by) AND {IS_THERE} AND (
        {IS_PUBLIC} AND jobs.channel_id IN (SELECT value FROM json_each(:channels))
        OR :whose = 'mine' AND jobs.account_id = :account_id)
ORDER BY {{order}} LIMIT :most OFFSET :skipped
"""
ORDERS = {
    (Whose.MINE, Order.NEWEST): "own_ms DESC, jobs.id DESC",
    (Whose.ALL, Order.NEWEST): "jobs.id DESC",
    (Whose.MINE, Order.STARS): "stars DESC, own_ms DESC, jobs.id DESC",
    (Whose.ALL, Order.STARS): "stars DESC, jobs.id DESC",
}


class SqliteStars:
    """The favourites of all servers; nothing is found by another server's id."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def toggle(self, interaction_id: int, server_id: int, member_id: int, job_id: int) -> bool:
        """Keep a job as a member's favourite, or no longer. Whether it is one now.

        Raises:
            MemberError: if it has no pictures (any more).
            NotPermitted: if they are for another member alone.
            AlreadyDone: if Discord delivered the interaction a second time.
        """
        now_ms = self._clock.now_ms()

        def toggled(conn: sqlite3.Connection) -> bool:
            if not acts.note(conn, interaction_id, now_ms):
                raise AlreadyDone(interaction_id)
            job = conn.execute(JOB, {"job_id": job_id, "server_id": server_id}).fetchone()
            if job is None:
                raise MemberError("star-gone")
            if not job["is_public"] and job["discord_id"] != member_id:
                raise NotPermitted("star-private")
            account_id = account_of(conn, member_id, now_ms)
            star = {"job_id": job_id, "account_id": account_id, "server_id": server_id, "now_ms": now_ms}
            if conn.execute(TAKE, star).rowcount:
                return False
            conn.execute(ADD, star)
            gallery.note_star(conn, job_id, now_ms)
            return True

        return await self._db.write(toggled)

    async def of_message(self, server_id: int, message_id: int) -> int:
        """Return the job whose pictures a message of the bot shows; 0: none's."""
        values = {"server_id": server_id, "message_id": message_id}
        row = await self._db.read(lambda conn: conn.execute(OF_MESSAGE, values).fetchone())
        return int(row[0]) if row else 0

    async def channels(self, server_id: int) -> set[int]:
        """Return the channels in which a server's favourites are."""
        values = {"server_id": server_id}
        return await self._db.read_long(lambda conn: {row[0] for row in conn.execute(CHANNELS, values)})

    async def page(
        self, server_id: int, member_id: int, search: Search, channels: Iterable[int], *, skipped: int, most: int
    ) -> list[Starred]:
        """Return favourites; see `bot.ports.Stars.page`."""
        values = {
            "server_id": server_id,
            "whose": search.whose,
            "made_by": search.made_by,
            "channels": json.dumps(sorted(channels)),
            "skipped": skipped,
            "most": most,
        }
        query = PAGE.format(order=ORDERS[search.whose, search.order])

        def found(conn: sqlite3.Connection) -> list[Starred]:
            known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
            rows = conn.execute(query, {**values, "account_id": known[0] if known else 0}).fetchall()
            jobs = [(find_job(conn, BY_ID, {"id": row["id"]}), row["stars"]) for row in rows]
            return [Starred(job, stars) for job, stars in jobs if job is not None]

        return await self._db.read_long(found)

    async def begin_post(self, job_id: int) -> GalleryPost | None:
        """Note that a job is about to be shown; see `bot.ports.Stars.begin_post`."""
        return await self._db.write(lambda conn: gallery.begin(conn, job_id))

    async def note_post(self, job_id: int, message_id: int) -> None:
        """Note which message shows a job; one that may not be shown any more is left to be deleted."""
        await self._db.write(lambda conn: gallery.note(conn, job_id, message_id))

    async def drop_post(self, job_id: int) -> None:
        """Note that a job is not shown after all."""
        await self._db.write(lambda conn: gallery.drop(conn, job_id))
