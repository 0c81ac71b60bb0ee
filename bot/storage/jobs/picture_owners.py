"""Whose pictures those of a message are, and whether somebody may edit them: parts of larger transactions."""

import sqlite3
from dataclasses import dataclass

from bot.domain.pictures.source import Source
from bot.domain.servers.settings import Settings
from bot.errors import MemberError, NotPermitted
from bot.storage.records import preferences

# Of an erased job it is not known any more which message is its own.
CARD = """
SELECT jobs.id, deleted_ms, private, discord_id FROM jobs JOIN members ON members.account_id = jobs.account_id
WHERE message_id = :message_id AND message_id <> 0 AND server_id = :server_id
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the pictures of a message are from.

    Attributes:
        owner_id: the Discord id of whose they are.
        job_id: whose card the message is; None: it is no card.
    """

    owner_id: int
    job_id: int | None = None


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
        NotPermitted: if they are another member's who keeps them private, the server does not allow it, or their
            owner does not.
    """
    origin = Origin(source.author_id) if source.author_id else _of_card(conn, server_id, member_id, source)
    if origin.owner_id == member_id:
        return origin
    if source.is_ephemeral:
        raise NotPermitted("edit-private")
    if not settings.edits_others:
        raise NotPermitted("edit-others-off")
    if not preferences.read(conn, origin.owner_id, now_ms).lets_others_edit:
        raise NotPermitted("edit-others-refused")
    return origin


def _of_card(conn: sqlite3.Connection, server_id: int, member_id: int, source: Source) -> Origin:
    card = conn.execute(CARD, {"message_id": source.message_id, "server_id": server_id}).fetchone()
    if card is None:
        raise MemberError("edit-no-card")
    if card["private"] and card["discord_id"] != member_id:
        raise NotPermitted("edit-private")
    if card["deleted_ms"]:
        raise MemberError("edit-removed")
    return Origin(card["discord_id"], card["id"])
