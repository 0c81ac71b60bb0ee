"""Named sets of pictures that are kept to edit by."""

from typing import Protocol

from bot.domain.act import Act
from bot.domain.pictures.inputs import InputPicture
from bot.domain.requests.references import Reference


class References(Protocol):
    """The sets of all servers. Each change is one transaction, and each by an `Act` has its audit row.

    A change by an `Act` raises `bot.errors.AlreadyDone` where Discord delivered its interaction a second time.
    """

    async def usable(self, server_id: int, member_id: int) -> list[Reference]:
        """Return the sets that a member may use in a server: their own, then the server's, each by their names."""
        ...

    async def get(self, server_id: int, reference_id: int) -> Reference | None:
        """Return a set of a server; None if it is kept no longer."""
        ...

    async def use(self, server_id: int, member_id: int, name: str) -> Reference:
        """Return the set that a member means by a name, and note that it is used.

        Raises:
            InvalidRequest: if there is none.
        """
        ...

    async def rehearse(self, act: Act, name: str, *, shared: bool) -> None:
        """Refuse what ``add`` would refuse as things stand, before anything is done for it.

        Raises:
            MemberError: as ``add``.
        """
        ...

    async def add(self, act: Act, name: str, pictures: tuple[InputPicture, ...], *, shared: bool) -> None:
        """Add a set; its files are nobody's leftovers from then on.

        Raises:
            MemberError: if the member is blocked, or there is one of that name, or as many as there may be.
        """
        ...

    async def remove(self, act: Act, reference_id: int) -> None:
        """Remove a set of the server in which somebody acts; its files are left to be deleted.

        Raises:
            NotPermitted: if there is none any more.
        """
        ...

    async def servers(self) -> set[int]:
        """Return the servers that have sets."""
        ...

    async def let_go_of(self, server_id: int) -> None:
        """Keep the sets of a server no longer; their files are left to be deleted."""
        ...
