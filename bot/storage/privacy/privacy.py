"""What members decide about what is kept of them. Each change is one transaction."""

import sqlite3

from bot.domain.jobs.job import UNSETTLED
from bot.domain.pictures.names import came_in, owner_of
from bot.domain.privacy import Export, Forgotten, Keepings, LeftoverMessage
from bot.domain.requests.quota import Terms
from bot.ports import Clock
from bot.storage.outbox.messages import IS_DUE
from bot.storage.privacy import erasure
from bot.storage.privacy.export import export
from bot.storage.records import acts, input_pictures, preferences, retained_limits
from bot.storage.records.accounts import FIND_ACCOUNT
from bot.storage.sqlite.database import Database

AT_ONCE = 100
"""Leftovers that are read at once."""

JOBS = f"""
SELECT id, number, message_id <> 0 AS has_message, state IN ({erasure.STATES}) AS has_ended,
    (SELECT count(*) FROM images WHERE job_id = jobs.id AND path <> '')
        + (SELECT count(*) FROM input_pictures WHERE job_id = jobs.id AND path <> '') AS pictures
FROM jobs WHERE server_id IN (SELECT id FROM servers) AND account_id = :account_id AND erased_ms = 0 ORDER BY id
"""
COUNTS = """
SELECT (SELECT count(*) FROM rules WHERE scope = 'member' AND owner = :account_id) AS rules,
    (SELECT coalesce(sum(max(0, granted - used - held)), 0) FROM buckets
        WHERE kind = 'credit' AND owner = :owner) AS credit_micros,
    (SELECT count(*) FROM blocks WHERE account_id = :account_id AND (until_ms = 0 OR until_ms > :now_ms)) AS blocks,
    (SELECT count(*) FROM appeals WHERE account_id = :account_id AND state = 'open') AS open_appeals,
    (SELECT count(*) FROM reference_sets WHERE account_id = :account_id) AS reference_sets
"""
REFERENCE_PICTURES = """
SELECT count(*) FROM reference_pictures JOIN reference_sets ON reference_sets.id = set_id
WHERE account_id = :account_id
"""
FILES = "SELECT path FROM leftover_files WHERE path > :after ORDER BY path LIMIT :most"
FILE_GONE = "DELETE FROM leftover_files WHERE path = :path"
MESSAGES = f"""
SELECT message_id, channel_id, application_id, token, token_expires_ms, attempts FROM leftover_messages
WHERE {IS_DUE} ORDER BY next_ms, message_id LIMIT :most
"""
MESSAGE_GONE = "DELETE FROM leftover_messages WHERE message_id = :id"
HASTEN = "UPDATE leftover_messages SET next_ms = 0 WHERE next_ms > 0"
MESSAGE_AGAIN = "UPDATE leftover_messages SET attempts = :attempts, next_ms = :next_ms WHERE message_id = :id"
_UNSETTLED = ", ".join(f"'{state}'" for state in sorted(UNSETTLED))
# A job whose hold is open may be just about to record its pictures; once it is settled it never records one again.
IS_ORPHAN = f"""
SELECT 1 FROM jobs WHERE id = :job_id AND state NOT IN ({_UNSETTLED})
AND NOT EXISTS (SELECT 1 FROM images WHERE job_id = :job_id AND path = :path)
"""
IS_KNOWN = "SELECT 1 FROM jobs WHERE id = :job_id AND server_id = :server_id"
# Somebody's first request of all may be one that waits for them: nobody has an account for that.
WAITS = """
SELECT 1 FROM drafts WHERE member_id = :member_id UNION ALL SELECT 1 FROM open_edits WHERE member_id = :member_id
UNION ALL SELECT 1 FROM prompt_offers WHERE member_id = :member_id
UNION ALL SELECT 1 FROM declined_requests WHERE member_id = :member_id LIMIT 1
"""
LET_GO = "INSERT OR IGNORE INTO leftover_files (path) VALUES (:path)"
SCRUB_EVERY_MS = 24 * 3600 * 1000
MOST_SCRUBBED_BYTES = 512 * 1024 * 1024
"""A larger file would keep the writers waiting for more than some four seconds."""

# A try that is still to come was noted before the clock was set back.
SCRUB_DUE = """
SELECT wanted_ms FROM scrubs WHERE wanted_ms > done_ms AND tried_ms NOT BETWEEN :now_ms - :every_ms + 1 AND :now_ms
"""
SCRUB_TRIED = "UPDATE scrubs SET tried_ms = :now_ms"
# What was taken out of the index stays in it, marked as gone, until its parts are merged.
MERGE_INDEX = "INSERT INTO log_words (log_words) VALUES ('optimize')"
SCRUB_DONE = "UPDATE scrubs SET done_ms = :wanted_ms"


class SqlitePrivacy:
    """Exports, forgets, and knows what is left to be erased outside the database."""

    def __init__(self, database: Database, clock: Clock, *, most_scrubbed_bytes: int = MOST_SCRUBBED_BYTES) -> None:
        self._db = database
        self._clock = clock
        self._most_scrubbed_bytes = most_scrubbed_bytes

    async def keepings(self, member_id: int) -> Keepings:
        """Return what is kept about a member, in figures."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: _keepings(conn, member_id, now_ms))

    async def export(self, member_id: int) -> Export | None:
        """Return all that is kept about a member; None if that is nothing."""
        now_ms = self._clock.now_ms()
        return await self._db.read_long(lambda conn: export(conn, member_id, now_ms))

    async def forget(self, interaction_id: int, member_id: int, terms: Terms) -> Forgotten | None:
        """Forget a member; see `erasure.forget`.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: if jobs are under way.
        """
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: erasure.forget(conn, interaction_id, member_id, terms, now_ms))

    async def old(self, before_ms: int) -> list[int]:
        """Return some of the jobs that were asked for before ``before_ms`` and have ended, but are not erased."""
        return await self._db.read(lambda conn: erasure.old(conn, before_ms, AT_ONCE))

    async def erase(self, job_id: int) -> None:
        """Erase a job that has ended, for its age."""
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: erasure.erase_old(conn, job_id, now_ms))

    async def erase_unused_sets(self, before_ms: int) -> None:
        """Erase the sets of pictures that were last used before ``before_ms``."""
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: erasure.erase_unused_sets(conn, before_ms, now_ms))

    async def expire_retained(self) -> int:
        """Delete what outlasted a forgotten member and is over; return how many rows."""
        now_ms = self._clock.now_ms()
        return await self._db.write(lambda conn: retained_limits.expire(conn, now_ms))

    async def expire_acts(self) -> None:
        """Forget the interactions that are done with and that Discord delivers no more."""
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: acts.expire(conn, now_ms))

    async def leftover_files(self, after: str = "") -> list[str]:
        """Return some of the kept files that no row names any more: the next ones by their paths, after ``after``."""
        values: dict[str, str | int] = {"after": after, "most": AT_ONCE}
        return await self._db.read(lambda conn: [row[0] for row in conn.execute(FILES, values)])

    async def files_gone(self, paths: list[str]) -> None:
        """Note that leftover files are deleted."""
        await self._db.write(lambda conn: conn.executemany(FILE_GONE, [{"path": path} for path in paths]).rowcount)

    async def orphans(self, paths: list[str]) -> tuple[list[str], int]:
        """Find out whose files are that are named as kept pictures are.

        Returns:
            Those of jobs that are settled, which no row names and none ever will. And how many files are of jobs that
            this database does not know.
        """
        return await self._db.read_long(lambda conn: _orphans(conn, paths))

    async def let_go(self, paths: list[str]) -> None:
        """Leave files to be deleted."""
        await self._db.write(lambda conn: conn.executemany(LET_GO, [{"path": path} for path in paths]).rowcount)

    async def expect_files(self, paths: list[str]) -> None:
        """Note that files are about to be written for a request that is not taken yet."""

        def expected(conn: sqlite3.Connection) -> None:
            for path in paths:
                input_pictures.expect(conn, path)

        await self._db.write(expected)

    async def give_files_up(self, paths: list[str]) -> None:
        """Leave those of the expected files to be deleted that no request has taken."""
        await self._db.write(lambda conn: input_pictures.give_up(conn, paths))

    async def expected_files(self) -> list[str]:
        """Return the expected files that no request has taken yet."""
        return await self._db.read(input_pictures.expected)

    async def leftover_messages(self) -> list[LeftoverMessage]:
        """Return some of the messages that are to be deleted and may be tried now."""
        values = {"now_ms": self._clock.now_ms(), "most": AT_ONCE}
        return await self._db.read(
            lambda conn: [LeftoverMessage(**dict(row)) for row in conn.execute(MESSAGES, values)]
        )

    async def message_gone(self, message_id: int) -> None:
        """Note that a leftover message is deleted, or never can be."""
        await self._db.write(lambda conn: conn.execute(MESSAGE_GONE, {"id": message_id}).rowcount)

    async def message_again(self, message_id: int, delay_s: float, attempts: int) -> None:
        """Try a leftover message again after ``delay_s`` seconds; so many attempts count by now."""
        values = {"id": message_id, "attempts": attempts, "next_ms": self._clock.now_ms() + int(delay_s * 1000)}
        await self._db.write(lambda conn: conn.execute(MESSAGE_AGAIN, values).rowcount)

    async def hasten_messages(self) -> None:
        """Have all leftover messages tried now: Discord is back."""
        await self._db.write(lambda conn: conn.execute(HASTEN).rowcount)

    async def wipe_traces(self) -> None:
        """Empty the write-ahead log, which still has what was erased; a reader that goes on for seconds prevents it."""
        await self._db.truncate_log()

    async def scrub(self) -> bool | None:
        """Write the file anew if something was erased, at most once a day; return whether that could be done.

        Returns:
            None if it is not due; False if the file is too large to be written anew while the bot runs.

        Raises:
            StorageUnavailable: if the file can't be written; it is tried again the next day.
        """
        values = {"now_ms": self._clock.now_ms()}
        due = {**values, "every_ms": SCRUB_EVERY_MS}
        row = await self._db.read(lambda conn: conn.execute(SCRUB_DUE, due).fetchone())
        if row is None:
            return None
        await self._db.write(lambda conn: conn.execute(SCRUB_TRIED, values).rowcount)
        if await self._db.size_bytes() > self._most_scrubbed_bytes:
            return False
        await self._db.write(lambda conn: conn.execute(MERGE_INDEX).rowcount)
        await self._db.rewrite()
        await self._db.write(lambda conn: conn.execute(SCRUB_DONE, {"wanted_ms": row["wanted_ms"]}).rowcount)
        return True


def _orphans(conn: sqlite3.Connection, paths: list[str]) -> tuple[list[str], int]:
    orphans: list[str] = []
    strangers = 0
    for path in paths:
        if came_in(path) and input_pictures.is_named(conn, path):
            continue
        owner = owner_of(path)
        assert owner is not None, "only files of that name are found"  # noqa: S101
        whose: dict[str, str | int] = {"path": path, "server_id": owner[0], "job_id": owner[1]}
        if conn.execute(IS_KNOWN, whose).fetchone() is None:
            strangers += 1
        elif conn.execute(IS_ORPHAN, whose).fetchone():
            orphans.append(path)
    return orphans, strangers


def _keepings(conn: sqlite3.Connection, member_id: int, now_ms: int) -> Keepings:
    outlasting = retained_limits.outlasting(conn, member_id, now_ms)
    known = conn.execute(FIND_ACCOUNT, {"member_id": member_id}).fetchone()
    if known is None:
        is_waiting = conn.execute(WAITS, {"member_id": member_id}).fetchone() is not None
        return Keepings(is_known=is_waiting, outlasting=outlasting)
    who = {"account_id": known[0], "owner": str(known[0]), "now_ms": now_ms}
    jobs = conn.execute(JOBS, who).fetchall()
    return Keepings(
        jobs=len(jobs),
        pictures=sum(row["pictures"] for row in jobs) + conn.execute(REFERENCE_PICTURES, who).fetchone()[0],
        messages=sum(row["has_message"] for row in jobs),
        under_way=tuple(row["number"] for row in jobs if not row["has_ended"]),
        is_known=True,
        outlasting=outlasting,
        forbids_editing=not preferences.read_of_account(conn, known[0]).lets_others_edit,
        **dict(conn.execute(COUNTS, who).fetchone()),
    )
