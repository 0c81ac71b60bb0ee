"""The feed of a server's log channel: what is to be told there, and where it has been told."""

import sqlite3

from bot.domain.jobs.job import JobState
from bot.domain.jobs.notice import Notice
from bot.domain.log.feed import PROMPT_TOLD, PROMPT_WAITS_MS, Entry, RefusalTally
from bot.domain.servers.settings import Exposure
from bot.ports import Clock
from bot.storage.outbox import messages, said
from bot.storage.sqlite.database import Database

ENDS = frozenset({JobState.DELIVERED, JobState.UNDELIVERED, JobState.FAILED})
"""What moderators are told of: pictures, and what the image service refused. A job that was canceled or waited too long
is neither."""

HAS_FEED = "SELECT 1 FROM settings WHERE server_id = :server_id AND log_channel <> 0"
# Told already, or about to be.
IS_TOLD = """
SELECT server_id FROM jobs WHERE id = :job_id AND (EXISTS (SELECT 1 FROM feed WHERE job_id = :job_id)
    OR EXISTS (SELECT 1 FROM outbox WHERE done_ms = 0 AND feed > 0 AND feed = jobs.server_id AND job_id = :job_id))
"""
SERVERS = f"""
SELECT DISTINCT feed FROM outbox WHERE done_ms = 0 AND feed > 0 AND {messages.IS_DUE} AND {messages.IS_SOUND}
"""
DUE = f"""
SELECT id FROM outbox
WHERE done_ms = 0 AND feed > 0 AND feed = :server_id AND {messages.IS_DUE} AND {messages.IS_SOUND} ORDER BY id LIMIT 1
"""
NEXT = "SELECT min(next_ms) FROM outbox WHERE done_ms = 0 AND feed > 0 AND next_ms > :now_ms"
FIND = "SELECT channel_id, message_id FROM feed WHERE job_id = :job_id"
NOTE = """
INSERT INTO feed (job_id, channel_id, message_id) VALUES (:job_id, :channel_id, :message_id)
ON CONFLICT (job_id) DO NOTHING
"""
TALLY_MS = 3600 * 1000
"""What one member is refused within so long after the first time is one entry."""

TALLY_EVERY_MS = 30_000
"""Between two edits of such an entry, so that other entries find room."""

RUNNING_TALLY = """
SELECT id, message_id FROM refusal_tallies
WHERE account_id = :account_id AND server_id = :server_id AND since_ms > :since_ms ORDER BY id DESC LIMIT 1
"""
START_TALLY = """
INSERT INTO refusal_tallies (server_id, account_id, since_ms, last_ms, count, reason, until_ms, prompt, rule_id)
VALUES (:server_id, :account_id, :now_ms, :now_ms, 1, :reason, :until_ms, :prompt, :rule_id) RETURNING id
"""
COUNT = """
UPDATE refusal_tallies SET count = count + 1, last_ms = :now_ms, reason = :reason, until_ms = :until_ms,
    prompt = :prompt, rule_id = :rule_id WHERE id = :id
"""
DROP_PROMPT = "UPDATE refusal_tallies SET prompt = '' WHERE id = :id"
DROP_OLD_PROMPTS = "UPDATE refusal_tallies SET prompt = '' WHERE prompt <> '' AND last_ms <= :before_ms"
DROP_PROMPTS_OF = "UPDATE refusal_tallies SET prompt = '' WHERE account_id = :account_id AND prompt <> ''"
TALLY_WAITS = """
SELECT 1 FROM outbox WHERE done_ms = 0 AND feed > 0 AND feed = :server_id AND kind = 'feed-refused'
    AND json_extract(content, '$.tally_id') = :tally_id
"""
TALLIES_OF = "SELECT id, server_id FROM refusal_tallies WHERE account_id = :account_id AND message_id <> 0"
FIND_TALLY = """
SELECT refusal_tallies.*, coalesce(discord_id, 0) AS member_id, coalesce(prompt_rules.text, '') AS rule
FROM refusal_tallies LEFT JOIN members USING (account_id)
    LEFT JOIN prompt_rules ON prompt_rules.id = rule_id AND prompt_rules.server_id = refusal_tallies.server_id
WHERE refusal_tallies.id = :id
"""
NOTE_TALLY = "UPDATE refusal_tallies SET channel_id = :channel_id, message_id = :message_id WHERE id = :id"


def note_end(conn: sqlite3.Connection, job_id: int, server_id: int, state: JobState, now_ms: int) -> None:
    """Have a job told of, or its entry brought up to date, if it came to one of `ENDS` and there is a log channel."""
    if state in ENDS and has_feed(conn, server_id):
        messages.add(conn, "feed", at_ms=now_ms, job_id=job_id, feed=server_id)


def note_change(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
    """Have a job's entry told anew: its pictures were removed, its charge given back, or its member forgotten."""
    told = conn.execute(IS_TOLD, {"job_id": job_id}).fetchone()
    if told is not None:
        messages.add(conn, "feed-changed", at_ms=now_ms, job_id=job_id, feed=told["server_id"])


def has_feed(conn: sqlite3.Connection, server_id: int) -> bool:
    """Whether a server has a log channel."""
    return conn.execute(HAS_FEED, {"server_id": server_id}).fetchone() is not None


def note_refusal(
    conn: sqlite3.Connection,
    server_id: int,
    account_id: int,
    reason: str,
    now_ms: int,
    until_ms: int,
    *,
    prompt: str = "",
    rule_id: int = 0,
) -> None:
    """Have it told that a prompt broke a rule of the server, if there is a log channel; it is kept until it was told.

    What one member is refused within an hour is one entry that counts, so that nobody can fill the channel.

    Args:
        conn: inside a write transaction.
        server_id: where it was asked for.
        account_id: who asked.
        reason: the refusal's key; only those of rules for prompts are told.
        now_ms: when.
        until_ms: when the member may ask again; 0: they need not wait.
        prompt: which.
        rule_id: of the rule.
    """
    if not reason.startswith("prompt-breaks-") or not has_feed(conn, server_id):
        return
    values = {"server_id": server_id, "account_id": account_id, "now_ms": now_ms}
    running = conn.execute(RUNNING_TALLY, {**values, "since_ms": now_ms - TALLY_MS}).fetchone()
    said = {**values, "reason": reason, "until_ms": until_ms, "prompt": prompt[:PROMPT_TOLD], "rule_id": rule_id}
    if running is None:
        _have_told(conn, server_id, conn.execute(START_TALLY, said).fetchone()[0], now_ms)
        return
    conn.execute(COUNT, {**said, "id": running["id"]})
    _have_told(conn, server_id, running["id"], now_ms, delay_ms=TALLY_EVERY_MS if running["message_id"] else 0)


def note_forgotten(conn: sqlite3.Connection, account_id: int, now_ms: int) -> None:
    """Have the entries about a member's refused prompts name them no longer, and tell no more of these prompts."""
    conn.execute(DROP_PROMPTS_OF, {"account_id": account_id})
    for row in conn.execute(TALLIES_OF, {"account_id": account_id}).fetchall():
        _have_told(conn, row["server_id"], row["id"], now_ms)


def _have_told(conn: sqlite3.Connection, server_id: int, tally_id: int, now_ms: int, *, delay_ms: int = 0) -> None:
    """Write a tally's row of the outbox, unless one waits: that tells what is so when its turn comes."""
    if conn.execute(TALLY_WAITS, {"server_id": server_id, "tally_id": tally_id}).fetchone() is None:
        content: dict[str, str | int] = {"tally_id": tally_id}
        next_ms = now_ms + delay_ms if delay_ms else 0
        messages.add(conn, "feed-refused", at_ms=now_ms, content=content, feed=server_id, next_ms=next_ms)


class SqliteFeeds:
    """What the feeds have still to tell."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._damaged = messages.DamagedRows()

    async def servers(self) -> list[int]:
        """Return the servers whose feed has something that may be told now."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: self._damaged.left(conn, SERVERS, {"now_ms": now_ms}))

    async def due(self, server_id: int) -> Notice | None:
        """Return the oldest row of one server's feed that may be told now; a damaged one costs no other."""
        values = {"server_id": server_id, "now_ms": self._clock.now_ms()}
        while due := await self._db.read(lambda conn: self._damaged.left(conn, DUE, values)):
            notice = await self._damaged.read(self._db, due[0])
            if notice is not None:
                return notice
        return None

    async def next_ms(self) -> int | None:
        """Return when something may be told that must wait now; None if nothing must."""
        now_ms = self._clock.now_ms()
        return await self._db.read(lambda conn: conn.execute(NEXT, {"now_ms": now_ms}).fetchone()[0])

    async def entry(self, job_id: int) -> Entry | None:
        """Return where a feed has a job."""

        def found(conn: sqlite3.Connection) -> Entry | None:
            row = conn.execute(FIND, {"job_id": job_id}).fetchone()
            return Entry(row["channel_id"], row["message_id"]) if row else None

        return await self._db.read(found)

    async def note(self, job_id: int, entry: Entry) -> None:
        """Note where a feed has a job; its log channel is open, so that it is worth a word when it closes again."""

        def noted(conn: sqlite3.Connection) -> None:
            values = {"job_id": job_id, "channel_id": entry.channel_id, "message_id": entry.message_id}
            conn.execute(NOTE, values)
            unsay(conn, entry.channel_id)

        await self._db.write(noted)

    async def close(self, server_id: int, channel_id: int) -> None:
        """Have the server's owner told that its log channel can't be written to; once until it can be again."""
        now_ms = self._clock.now_ms()

        def closed(conn: sqlite3.Connection) -> None:
            if said.say(conn, _closed(channel_id), now_ms):
                content: dict[str, str | int] = {"server_id": server_id, "channel_id": channel_id}
                messages.add(conn, "log-closed", at_ms=now_ms, content=content)

        await self._db.write(closed)

    async def expose(self, server_id: int, channel_id: int, exposure: Exposure) -> None:
        """Have the server's owner told that others read its log channel than agreed; once until it was posted in."""
        now_ms = self._clock.now_ms()

        def exposed(conn: sqlite3.Connection) -> None:
            if said.say(conn, _exposed(channel_id), now_ms):
                content: dict[str, str | int] = {"server_id": server_id, "channel_id": channel_id}
                messages.add(conn, "log-exposed", at_ms=now_ms, content={**content, "exposure": exposure})

        await self._db.write(exposed)

    async def tally(self, tally_id: int) -> RefusalTally | None:
        """Return what is to be told of one member's refused prompts."""

        def found(conn: sqlite3.Connection) -> RefusalTally | None:
            row = conn.execute(FIND_TALLY, {"id": tally_id}).fetchone()
            return _tally(row) if row else None

        return await self._db.read(found)

    async def note_tally(self, told: RefusalTally, entry: Entry, notice_id: int) -> None:
        """Note where a tally was told by a row of the outbox, and have told what has come meanwhile.

        The row is done in the same transaction: what comes before finds it waiting, what comes after writes another.
        """
        values = {"id": told.id, "channel_id": entry.channel_id, "message_id": entry.message_id}
        now_ms = self._clock.now_ms()

        def noted(conn: sqlite3.Connection) -> None:
            conn.execute(NOTE_TALLY, values)
            unsay(conn, entry.channel_id)
            conn.execute(messages.DONE, {"id": notice_id, "outcome": "sent", "now_ms": now_ms})
            row = conn.execute(FIND_TALLY, {"id": told.id}).fetchone()
            if row["count"] == told.count:
                conn.execute(DROP_PROMPT, {"id": told.id})
            if (row["count"], row["member_id"]) != (told.count, told.member_id):
                _have_told(conn, row["server_id"], told.id, now_ms, delay_ms=TALLY_EVERY_MS)

        await self._db.write(noted)

    async def drop_prompt(self, told: RefusalTally) -> None:
        """Keep the prompt of a tally no longer: there is nowhere to tell it."""
        await self._db.write(lambda conn: conn.execute(DROP_PROMPT, {"id": told.id}).rowcount)


def drop_old_prompts(conn: sqlite3.Connection, now_ms: int) -> None:
    """Keep no refused prompt any longer that should have been told long ago."""
    conn.execute(DROP_OLD_PROMPTS, {"before_ms": now_ms - PROMPT_WAITS_MS})


def _tally(row: sqlite3.Row) -> RefusalTally:
    return RefusalTally(
        id=row["id"],
        member_id=row["member_id"],
        since_ms=row["since_ms"],
        last_ms=row["last_ms"],
        count=row["count"],
        reason=row["reason"],
        until_ms=row["until_ms"],
        entry=Entry(row["channel_id"], row["message_id"]) if row["message_id"] else None,
        prompt=row["prompt"],
        rule_id=row["rule_id"],
        rule=row["rule"],
    )


def unsay(conn: sqlite3.Connection, channel_id: int) -> None:
    """Note that a log channel is as it should be, so that it is worth a word when it is not again."""
    for what in (_closed(channel_id), _exposed(channel_id)):
        said.unsay(conn, what)


def _closed(channel_id: int) -> str:
    return f"log-closed {channel_id}"


def _exposed(channel_id: int) -> str:
    return f"log-exposed {channel_id}"
