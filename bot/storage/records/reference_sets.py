"""The rows of named sets of pictures that are kept to edit by; what lets them go leaves their files to be deleted."""

import sqlite3
from dataclasses import asdict

from bot.domain.act import Act
from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.references import MOST_OWN, MOST_SHARED, SERVER_BYTES, Reference, key_of
from bot.errors import InvalidRequest, NotPermitted, Unavailable
from bot.storage.outbox import messages
from bot.storage.records import acts, cases, input_pictures
from bot.storage.records.accounts import account_of

READ = f"""
SELECT reference_sets.*, members.discord_id AS member_id,
    {input_pictures.as_json("reference_pictures", "set_id = reference_sets.id")} AS pictures
FROM reference_sets JOIN members USING (account_id)
"""
USABLE = f"""
{READ} WHERE server_id = :server_id AND (is_shared OR discord_id = :member_id) ORDER BY is_shared, name_key
"""
BY_ID = f"{READ} WHERE id = :id AND server_id = :server_id"
# Beside the names of one member's own sets, or of those that everybody may use.
NAMES = """
SELECT name_key FROM reference_sets WHERE server_id = :server_id AND is_shared = :is_shared
    AND (is_shared OR account_id = :account_id)
"""
SIZE = """
SELECT coalesce(sum(size_bytes), 0) FROM reference_pictures JOIN reference_sets ON reference_sets.id = set_id
WHERE server_id = :server_id
"""
ADD = """
INSERT INTO reference_sets (id, server_id, account_id, is_shared, name, name_key, used_ms)
VALUES (:id, :server_id, :account_id, :is_shared, :name, :name_key, :now_ms)
"""
ADD_PICTURE = """
INSERT INTO reference_pictures (set_id, ordinal, path, size_bytes, width, height, is_scaled, is_flattened)
VALUES (:set_id, :ordinal, :path, :size_bytes, :width, :height, :is_scaled, :is_flattened)
"""
# Of whatever server: that the time of one is off by a second for another's sake harms nobody.
TOLD = """
SELECT max(created_ms) FROM outbox
WHERE kind = 'reference-added' AND created_ms BETWEEN :now_ms - 999 AND :now_ms + :most_ms
"""
MOST_AHEAD_MS = 60_000
"""Times further ahead are left alone: they are of before the clock was set back, and would put off all that follow."""

USED = "UPDATE reference_sets SET used_ms = :now_ms WHERE id = :id"
SERVERS = "SELECT DISTINCT server_id FROM reference_sets"
OF_MEMBER = "account_id = :account_id"
OF_SERVER = "server_id = :server_id"
UNUSED = "used_ms < :before_ms"
ONE = "id = :id"


def usable(conn: sqlite3.Connection, server_id: int, member_id: int) -> list[Reference]:
    """Return the sets that a member may use in a server: their own, then the server's, each by their names."""
    who = {"server_id": server_id, "member_id": member_id}
    return [_reference(row) for row in conn.execute(USABLE, who)]


def find(conn: sqlite3.Connection, server_id: int, reference_id: int) -> Reference | None:
    """Return a set of a server."""
    row = conn.execute(BY_ID, {"id": reference_id, "server_id": server_id}).fetchone()
    return _reference(row) if row else None


def note_used(conn: sqlite3.Connection, reference_id: int, now_ms: int) -> None:
    """Note that a set is used."""
    conn.execute(USED, {"id": reference_id, "now_ms": now_ms})


def judge(conn: sqlite3.Connection, act: Act, name: str, *, shared: bool, now_ms: int, size_bytes: int = 0) -> None:
    """Refuse a set that may not be added as things stand.

    Args:
        conn: inside a write transaction.
        act: who adds it, and where.
        name: of the set.
        shared: everybody in the server may use it.
        now_ms: when.
        size_bytes: of its pictures, as far as they are known.

    Raises:
        AlreadyDone: if Discord delivered the interaction a second time.
        Blocked: if a moderator, or the program, keeps the member from asking for pictures.
        InvalidRequest: if there is one of that name.
        Unavailable: if there are as many as there may be.
    """
    acts.require_new(conn, act.interaction_id)
    account_id = account_of(conn, act.actor_id, now_ms)
    kept_out = cases.kept_out(conn, act.server_id, account_id, now_ms)
    if kept_out is not None:
        raise kept_out
    names = _names(conn, act.server_id, account_id, shared=shared)
    if key_of(name) in names:
        raise InvalidRequest("reference-name-taken", name=name)
    limit = MOST_SHARED if shared else MOST_OWN
    if len(names) >= limit:
        raise Unavailable("reference-shared-full" if shared else "reference-own-full", limit=limit)
    if conn.execute(SIZE, {"server_id": act.server_id}).fetchone()[0] + size_bytes > SERVER_BYTES:
        raise Unavailable("reference-server-full", limit=SERVER_BYTES // 1024 // 1024)


def add(
    conn: sqlite3.Connection, act: Act, name: str, pictures: tuple[InputPicture, ...], *, shared: bool, now_ms: int
) -> None:
    """Add a set, whose files are nobody's leftovers from then on, and have its server's moderators told.

    Raises what `judge` does.
    """
    judge(conn, act, name, shared=shared, now_ms=now_ms, size_bytes=sum(one.size_bytes for one in pictures))
    detail: dict[str, str | int | None] = {"reference": act.interaction_id, "pictures": len(pictures), "shared": shared}
    values = {
        "id": act.interaction_id,
        "server_id": act.server_id,
        "account_id": acts.do(conn, act, now_ms, detail=detail),
        "is_shared": shared,
        "name": name,
        "name_key": key_of(name),
        "now_ms": now_ms,
    }
    conn.execute(ADD, values)
    for ordinal, picture in enumerate(pictures):
        conn.execute(ADD_PICTURE, {"set_id": act.interaction_id, "ordinal": ordinal, **asdict(picture)})
    input_pictures.take(conn, pictures)
    # Its name is left out: what a member wrote could not be erased there.
    content = {"server_id": act.server_id, "reference_id": act.interaction_id}
    messages.add(conn, "reference-added", at_ms=_told_ms(conn, now_ms), content=content)


def _told_ms(conn: sqlite3.Connection, now_ms: int) -> int:
    """Return when a set is said to be added: the second, which is all that Discord shows, tells sets alike apart."""
    last_ms = conn.execute(TOLD, {"now_ms": now_ms, "most_ms": MOST_AHEAD_MS}).fetchone()[0]
    return now_ms if last_ms is None else last_ms + 1000


def remove(conn: sqlite3.Connection, act: Act, reference_id: int, now_ms: int) -> None:
    """Remove a set of the server in which somebody acts.

    Raises:
        AlreadyDone: if Discord delivered the interaction a second time.
        NotPermitted: if there is none any more.
    """
    acts.require_new(conn, act.interaction_id)
    reference = find(conn, act.server_id, reference_id)
    if reference is None:
        raise NotPermitted("reference-gone")
    owner = account_of(conn, reference.member_id, now_ms)
    acts.do(conn, act, now_ms, detail={"reference": reference_id, "account": owner, "shared": reference.is_shared})
    let_go(conn, ONE, {"id": reference_id})


def let_go(conn: sqlite3.Connection, condition: str, values: dict[str, int]) -> int:
    """Keep the sets no longer that meet a condition (a constant of this module); return how many files are left."""
    chosen = f"set_id IN (SELECT id FROM reference_sets WHERE {condition})"
    keep_paths = f"INSERT OR IGNORE INTO leftover_files (path) SELECT path FROM reference_pictures WHERE {chosen}"
    files = conn.execute(keep_paths, values).rowcount
    conn.execute(f"DELETE FROM reference_pictures WHERE {chosen}", values)
    conn.execute(f"DELETE FROM reference_sets WHERE {condition}", values)
    return files


def _names(conn: sqlite3.Connection, server_id: int, account_id: int, *, shared: bool) -> set[str]:
    whose = {"server_id": server_id, "account_id": account_id, "is_shared": shared}
    return {row["name_key"] for row in conn.execute(NAMES, whose)}


def _reference(row: sqlite3.Row) -> Reference:
    return Reference(
        id=row["id"],
        member_id=row["member_id"],
        name=row["name"],
        is_shared=bool(row["is_shared"]),
        pictures=input_pictures.read(row["pictures"]),
    )
