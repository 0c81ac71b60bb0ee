"""The gallery channels: what is to be shown there, and what is not any more. Parts of larger transactions."""

import sqlite3

from bot.domain.jobs.stars import GalleryPost
from bot.storage.outbox import messages, said

IS_THERE = "jobs.state = 'delivered' AND jobs.deleted_ms = 0 AND jobs.erased_ms = 0"
# What was sent again to where its member alone sees it is nobody else's to look at; what is covered is shown to nobody.
IS_PUBLIC = f"""{IS_THERE} AND jobs.private = 0 AND jobs.is_covered = 0
AND NOT EXISTS (SELECT 1 FROM old_cards WHERE old_cards.job_id = jobs.id)"""
_LIKED = f"""
SELECT jobs.id, jobs.server_id, jobs.account_id, gallery_channel, own.shown_in_gallery FROM jobs
JOIN settings ON settings.server_id = jobs.server_id JOIN members ON members.account_id = jobs.account_id
LEFT JOIN server_preferences AS own ON own.account_id = jobs.account_id AND own.server_id = jobs.server_id
WHERE gallery_channel <> 0 AND {IS_PUBLIC} AND gallery_stars <= (
    SELECT count(*) FROM stars WHERE stars.job_id = jobs.id AND stars.account_id <> jobs.account_id)
"""
WANTED = f"{_LIKED} AND own.shown_in_gallery = 1 AND jobs.id = :job_id"
_UNTOLD = """
AND NOT EXISTS (SELECT 1 FROM gallery_posts WHERE gallery_posts.job_id = jobs.id)
AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.job_id = jobs.id AND kind = 'gallery' AND done_ms = 0)
"""
LIKED = f"{_LIKED} {_UNTOLD} AND jobs.id = :job_id"
# Naming what has stars lets SQLite read nothing else.
LIKED_OF_MEMBER = f"""
{_LIKED} {_UNTOLD} AND jobs.account_id = :account_id AND jobs.id IN (
    SELECT job_id FROM stars WHERE stars.server_id = :server_id) ORDER BY jobs.id
"""
POST = "SELECT channel_id, message_id FROM gallery_posts WHERE job_id = :job_id"
BEGIN = "INSERT INTO gallery_posts (job_id, channel_id) VALUES (:job_id, :channel_id)"
NOTE = "UPDATE gallery_posts SET message_id = :message_id WHERE job_id = :job_id"
DROP = "DELETE FROM gallery_posts WHERE job_id = :job_id AND message_id = 0"
KEEP_MESSAGE = """
INSERT OR IGNORE INTO leftover_messages (message_id, channel_id, application_id, token, token_expires_ms)
SELECT message_id, channel_id, 0, '', 0 FROM gallery_posts WHERE job_id = :job_id AND message_id <> 0
"""
DROP_POSTED = "DELETE FROM gallery_posts WHERE job_id = :job_id AND message_id <> 0"
POSTS_OF_MEMBER = """
SELECT job_id FROM gallery_posts JOIN jobs ON jobs.id = job_id
WHERE jobs.account_id = :account_id AND jobs.server_id = :server_id
"""


def note_star(conn: sqlite3.Connection, job_id: int, now_ms: int) -> None:
    """Have a job shown that has come to as many stars of others as its server asks for, or its owner asked, once."""
    liked = conn.execute(LIKED, {"job_id": job_id}).fetchone()
    if liked is None:
        return
    if liked["shown_in_gallery"]:
        messages.add(conn, "gallery", at_ms=now_ms, job_id=job_id)
    elif liked["shown_in_gallery"] is None and said.say(conn, _asked(liked["account_id"], liked["server_id"]), now_ms):
        messages.add(conn, "gallery-asks", at_ms=now_ms, job_id=job_id)


def note_consent(conn: sqlite3.Connection, account_id: int, server_id: int, now_ms: int, *, is_given: bool) -> None:
    """Have what many like of a member's shown, now that they allow it, or taken down, now that they don't."""
    whose = {"account_id": account_id, "server_id": server_id}
    if is_given:
        for row in conn.execute(LIKED_OF_MEMBER, whose).fetchall():
            messages.add(conn, "gallery", at_ms=now_ms, job_id=row["id"])
        return
    for row in conn.execute(POSTS_OF_MEMBER, whose).fetchall():
        take_down(conn, row["job_id"])


def take_down(conn: sqlite3.Connection, job_id: int) -> None:
    """Leave the message to be deleted that shows a job in a gallery channel, if one does.

    One of which it is not known yet where it stands is deleted by whoever posts it.
    """
    conn.execute(KEEP_MESSAGE, {"job_id": job_id})
    conn.execute(DROP_POSTED, {"job_id": job_id})


def begin(conn: sqlite3.Connection, job_id: int) -> GalleryPost | None:
    """Note that a job is about to be shown, if it may be; return where, or where it is already; None: nowhere."""
    wanted = conn.execute(WANTED, {"job_id": job_id}).fetchone()
    post = conn.execute(POST, {"job_id": job_id}).fetchone()
    if post is not None:
        return GalleryPost(post["channel_id"], post["message_id"], is_wanted=wanted is not None)
    if wanted is None:
        return None
    conn.execute(BEGIN, {"job_id": job_id, "channel_id": wanted["gallery_channel"]})
    return GalleryPost(wanted["gallery_channel"], 0, is_wanted=True)


def note(conn: sqlite3.Connection, job_id: int, message_id: int) -> None:
    """Note which message shows a job; it is left to be deleted if it may not be shown any more."""
    conn.execute(NOTE, {"job_id": job_id, "message_id": message_id})
    if conn.execute(WANTED, {"job_id": job_id}).fetchone() is None:
        take_down(conn, job_id)


def drop(conn: sqlite3.Connection, job_id: int) -> None:
    """Note that a job is not shown after all."""
    conn.execute(DROP, {"job_id": job_id})


def _asked(account_id: int, server_id: int) -> str:
    return f"gallery {account_id} {server_id}"
