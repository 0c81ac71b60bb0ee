"""What tests of sets of pictures share: adding one, and what is left of it."""

from bot.domain.requests.references import Reference, named
from bot.domain.requests.request import Options
from bot.service.requests.reference_sets import AddedSet
from tests.support.editing import hands_in
from tests.support.handed_in import png
from tests.support.service import Service


async def add(
    service: Service,
    name: str = "mascot",
    *files: bytes | Exception,
    member_id: int = 1,
    server_id: int = 1,
    shared: bool = False,
) -> AddedSet:
    asker = service.asker(member_id, server_id=server_id)
    return await service.reference_sets.add(asker, name, hands_in(service, *(files or (png(),))), shared=shared)


async def find(service: Service, name: str = "mascot", *, member_id: int = 1, server_id: int = 1) -> Reference:
    return named(await service.reference_sets.usable(server_id, member_id), name)


async def names(service: Service, member_id: int = 1, server_id: int = 1) -> list[str]:
    return [one.name for one in await service.reference_sets.usable(server_id, member_id)]


def by_set(service: Service, *files: bytes | Exception, name: str = "mascot") -> Options:
    """Return an edit by a set, with pictures that are handed in beside it."""
    return Options("let it snow", handed_in=hands_in(service, *files), reference=name)
