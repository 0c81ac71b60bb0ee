"""Requests that wait for their member to agree to the price, or to choose what of a picture is to change."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict

from bot.domain.jobs.job import NewJob, PriceOffer
from bot.domain.pictures.open_edits import Source
from bot.domain.pictures.region import Region
from bot.domain.requests.request import ImageRequest
from bot.domain.requests.rewriting import Enhanced
from bot.domain.requests.sizes import Size
from bot.errors import AlreadyDone
from bot.storage.records import acts, edits, input_pictures

LIVES_MS = 10 * 60 * 1000
"""The buttons of an answer that one person sees work while its interaction's token lives, a quarter of an hour."""

# The table of price offers keeps its first name: the code would read no better for a migration.
ADD = """
INSERT INTO drafts (id, server_id, member_id, request, paid, expires_ms, application_id, token)
VALUES (:id, :server_id, :member_id, :request, :paid, :expires_ms, :application_id, :token)
"""
FIND = "SELECT * FROM drafts WHERE id = :id AND expires_ms > :now_ms"
TAKE = "DELETE FROM drafts WHERE id = :id AND member_id = :member_id AND expires_ms > :now_ms RETURNING paid"
# Who is to choose a region was asked about no price.
CHOOSE = """
UPDATE drafts SET request = json_set(request, '$.region.bits', iif(:is_chosen,
    json_extract(request, '$.region.bits') | :bit, json_extract(request, '$.region.bits') & ~:bit))
WHERE id = :id AND server_id = :server_id AND member_id = :member_id AND paid = 0 AND expires_ms > :now_ms
"""
DROP = "DELETE FROM drafts WHERE id = :id"
WITH_PICTURES = """
server_id = :server_id AND member_id = :member_id AND json_array_length(drafts.request, '$.pictures') > 0
"""
EXPIRE = "DELETE FROM drafts WHERE expires_ms <= :now_ms"


def keep(conn: sqlite3.Connection, new_job: NewJob, paid_micros: int, now_ms: int) -> None:
    """Keep a request until its member agrees, or ten minutes are over; of those with pictures the last one only.

    Args:
        conn: inside a write transaction.
        new_job: the request.
        paid_micros: what its member is asked about; 0: they are to choose a region first.
        now_ms: when.

    Raises:
        AlreadyDone: if Discord delivered the interaction a second time: its member was asked already.
    """
    if not acts.note(conn, new_job.interaction_id, now_ms):
        raise AlreadyDone(new_job.interaction_id)
    if new_job.request.pictures:
        # Whoever asks again and again without an answer does not fill the disk.
        drop_with_pictures(conn, new_job.server_id, new_job.member_id)
    values = {
        "id": new_job.interaction_id,
        "server_id": new_job.server_id,
        "member_id": new_job.member_id,
        "request": json.dumps({**asdict(new_job.request), "size": str(new_job.request.size)}, ensure_ascii=False),
        "paid": paid_micros,
        "expires_ms": now_ms + LIVES_MS,
        "application_id": new_job.reply.application_id,
        "token": new_job.reply.token,
    }
    conn.execute(ADD, values)
    input_pictures.take(conn, new_job.request.pictures)


def find(conn: sqlite3.Connection, offer_id: int, now_ms: int) -> PriceOffer | None:
    """Return a price offer; None if it is used, dropped or expired."""
    row = conn.execute(FIND, {"id": offer_id, "now_ms": now_ms}).fetchone()
    if row is None:
        return None
    request = json.loads(row["request"])
    width, _, height = request.pop("size").partition("*")
    pictures = tuple(input_pictures.picture_of(said) for said in request.pop("pictures", ()))
    edit = edits.edit_of(request.pop("edit", None))
    source = request.pop("source", None)
    enhanced = request.pop("enhanced", None)
    region = request.pop("region", None)
    return PriceOffer(
        id=row["id"],
        server_id=row["server_id"],
        member_id=row["member_id"],
        request=ImageRequest(
            **request,
            size=Size(int(width), int(height)),
            pictures=pictures,
            edit=edit,
            region=region and Region(**region),
            source=source and Source(**source),
            enhanced=Enhanced.from_json(enhanced) if enhanced else None,
        ),
        application_id=row["application_id"],
        token=row["token"],
        expires_ms=row["expires_ms"],
        asks_region=not row["paid"],
    )


def choose(conn: sqlite3.Connection, offer: Mapping[str, int], field: int, now_ms: int, *, is_chosen: bool) -> None:
    """Add a field to the region that a member chooses, or take it away; nothing is done where that is over.

    Args:
        conn: inside a write transaction.
        offer: its id, server_id and member_id.
        field: which.
        now_ms: when.
        is_chosen: whether it is to be added.
    """
    conn.execute(CHOOSE, {**offer, "bit": 1 << field, "is_chosen": is_chosen, "now_ms": now_ms})


def take(conn: sqlite3.Connection, offer_id: int, member_id: int, now_ms: int) -> int | None:
    """Use a price offer up; return the micro-yuan that its member agreed to, None if it is used or expired already.

    They are 0 where a region was chosen: nobody was asked about a price.
    """
    row = conn.execute(TAKE, {"id": offer_id, "member_id": member_id, "now_ms": now_ms}).fetchone()
    return None if row is None else int(row["paid"])


def drop(conn: sqlite3.Connection, offer_id: int) -> bool:
    """Forget a price offer that its member does not want. Whether it was still there."""
    input_pictures.let_go_offered(conn, "drafts.id = :id", {"id": offer_id})
    return conn.execute(DROP, {"id": offer_id}).rowcount == 1


def drop_with_pictures(conn: sqlite3.Connection, server_id: int, member_id: int) -> None:
    """Forget a member's price offers that pictures came in with."""
    member = {"server_id": server_id, "member_id": member_id}
    input_pictures.let_go_offered(conn, WITH_PICTURES, member)
    conn.execute(f"DELETE FROM drafts WHERE {WITH_PICTURES}", member)


def expire(conn: sqlite3.Connection, now_ms: int) -> int:
    """Forget the price offers whose time is over; return how many."""
    input_pictures.let_go_offered(conn, "expires_ms <= :now_ms", {"now_ms": now_ms})
    return conn.execute(EXPIRE, {"now_ms": now_ms}).rowcount
