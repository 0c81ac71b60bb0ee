"""Named sets of pictures that members keep to edit by. Each method is one transaction."""

import sqlite3

from bot.domain.act import Act
from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.references import Reference, named
from bot.ports import Clock
from bot.storage.records import reference_sets
from bot.storage.sqlite.database import Database


class SqliteReferences:
    """The sets of all servers; no server sees another's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    async def usable(self, server_id: int, member_id: int) -> list[Reference]:
        """Return the sets that a member may use in a server: their own, then the server's, each by their names."""
        return await self._db.read(lambda conn: reference_sets.usable(conn, server_id, member_id))

    async def get(self, server_id: int, reference_id: int) -> Reference | None:
        """Return a set of a server; None if it is kept no longer."""
        return await self._db.read(lambda conn: reference_sets.find(conn, server_id, reference_id))

    async def use(self, server_id: int, member_id: int, name: str) -> Reference:
        """Return the set that a member means by a name, and note that it is used.

        Raises:
            InvalidRequest: if there is none.
        """
        now_ms = self._clock.now_ms()

        def used(conn: sqlite3.Connection) -> Reference:
            reference = named(reference_sets.usable(conn, server_id, member_id), name)
            reference_sets.note_used(conn, reference.id, now_ms)
            return reference

        return await self._db.write(used)

    async def rehearse(self, act: Act, name: str, *, shared: bool) -> None:
        """Refuse what `add` would refuse as things stand.

        Raises:
            AlreadyDone: as `add`.
            MemberError: as `add`.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: reference_sets.judge(conn, act, name, shared=shared, now_ms=now_ms))

    async def add(self, act: Act, name: str, pictures: tuple[InputPicture, ...], *, shared: bool) -> None:
        """Add a set.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: if the member is blocked, or there is one of that name, or as many as there may be.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: reference_sets.add(conn, act, name, pictures, shared=shared, now_ms=now_ms))

    async def remove(self, act: Act, reference_id: int) -> None:
        """Remove a set of the server in which somebody acts.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            NotPermitted: if there is none any more.
        """
        now_ms = self._clock.now_ms()
        await self._db.write(lambda conn: reference_sets.remove(conn, act, reference_id, now_ms))

    async def servers(self) -> set[int]:
        """Return the servers that have sets."""
        return await self._db.read(lambda conn: {row[0] for row in conn.execute(reference_sets.SERVERS)})

    async def let_go_of(self, server_id: int) -> None:
        """Keep the sets of a server no longer."""
        values = {"server_id": server_id}
        await self._db.write(lambda conn: reference_sets.let_go(conn, reference_sets.OF_SERVER, values))
