"""Whose pictures those of a message are, and whether somebody may edit them: parts of larger transactions."""

import sqlite3
from dataclasses import dataclass

from bot.domain.pictures.open_edits import Source
from bot.domain.servers.settings import Settings
from bot.errors import MemberError, NotPermitted
from bot.storage.records import preferences

# Of an erased job it is not known any more which message is its own.
CARD = """
SELECT jobs.id, deleted_ms, private, discord_id FROM jobs JOIN members ON members.account_id = jobs.account_id
WHERE message_id = :message_id AND message_id <> 0 AND server_id = :server_id
"""


# What an edit made is its member's and, too, of those whose pictures it was made from, through however many edits. Who
# was forgotten is none of them any more.
OWNERS = """
WITH RECURSIVE made (account_id, pictures_of, pictures_from, steps) AS (
    SELECT account_id, pictures_of, pictures_from, 0 FROM jobs WHERE id = :job_id
    UNION ALL
    SELECT jobs.account_id, jobs.pictures_of, jobs.pictures_from, steps + 1
    FROM made JOIN jobs ON jobs.id = made.pictures_from
)
SELECT discord_id FROM made JOIN members ON members.account_id IN (made.account_id, made.pictures_of)
ORDER BY steps, members.account_id <> made.account_id
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the pictures of a message are from.

    Attributes:
        owners: the Discord ids of whose they are: of the message's own member first, then of those whose pictures they
            were made from, the nearest first.
        job_id: whose card the message is; None: it is no card.
    """

    owners: tuple[int, ...]
    job_id: int | None = None

    def others(self, member_id: int) -> list[int]:
        """Return those of the owners that a member is not."""
        return [owner for owner in self.owners if owner != member_id]


def origin_of(
    conn: sqlite3.Connection, server_id: int, member_id: int, source: Source, settings: Settings, now_ms: int
) -> Origin:
    """Return whose pictures a message has, and of which job, if a member may edit them as things stand.

    Args:
        conn: inside a transaction.
        server_id: where.
        member_id: the Discord id of who wants to edit them.
        source: the message.
        settings: the server's.
        now_ms: when.

    Raises:
        MemberError: if it is a card of this bot and none of a job's, or its pictures were removed.
        NotPermitted: if they are another member's who keeps them private, the server does not allow it, or one of
            their owners does not.
    """
    origin = Origin((source.author_id,)) if source.author_id else _of_card(conn, server_id, member_id, source)
    if source.is_ephemeral and origin.owners[0] != member_id:
        raise NotPermitted("edit-private")
    others = origin.others(member_id)
    if others and not settings.edits_others:
        # "Pick one of yours" would be no help to whoever has: it is made from what is not theirs.
        raise NotPermitted("edit-origin-off" if origin.owners[0] == member_id else "edit-others-off")
    for owner in others:
        if not preferences.read(conn, owner, now_ms).lets_others_edit:
            raise NotPermitted("edit-others-refused" if owner == origin.owners[0] else "edit-origin-refused")
    return origin


def _of_card(conn: sqlite3.Connection, server_id: int, member_id: int, source: Source) -> Origin:
    card = conn.execute(CARD, {"message_id": source.message_id, "server_id": server_id}).fetchone()
    if card is None:
        raise MemberError("edit-no-card")
    if card["private"] and card["discord_id"] != member_id:
        raise NotPermitted("edit-private")
    if card["deleted_ms"]:
        raise MemberError("edit-removed")
    return Origin(tuple(row[0] for row in conn.execute(OWNERS, {"job_id": card["id"]})), card["id"])
