"""Named sets of pictures that members keep to edit by: added, found and removed."""

from dataclasses import dataclass

from bot.domain.act import Act
from bot.domain.pictures.inputs import Brought, InputPicture
from bot.domain.requests.references import KEPT, Reference, checked_name
from bot.ports import References
from bot.service.requests.asker import Asker
from bot.service.requests.picture_intake import PictureIntake
from bot.service.requests.submitter import Submitter


@dataclass(frozen=True, slots=True)
class AddedSet:
    """A set as it was added: what it is called, and what became of its pictures."""

    name: str
    pictures: tuple[InputPicture, ...]


class ReferenceSets:
    """Keeps the sets. Who may share one, or remove another's, is the caller's to check."""

    def __init__(self, *, references: References, submitter: Submitter, picture_intake: PictureIntake) -> None:
        self._references = references
        self._submitter = submitter
        self._picture_intake = picture_intake

    async def add(self, asker: Asker, typed: str, handed_in: tuple[Brought, ...], *, shared: bool) -> AddedSet:
        """Keep pictures as a set, made ready as those of a request are.

        Args:
            asker: whose, and from where.
            typed: the name.
            handed_in: one to nine.
            shared: everybody in the server may use it.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            MemberError: saying what is wrong and what would do; then nothing is kept.
            StorageUnavailable: if it can't be kept now.
        """
        await self._submitter.admit(asker)
        name = checked_name(typed)
        act = Act(asker.interaction_id, asker.server_id, asker.member_id, "reference.add")
        async with self._picture_intake.turn_of(asker.member_id):
            # As with a request: whoever may not has nothing fetched, and all is judged again.
            await self._references.rehearse(act, name, shared=shared)
            async with self._picture_intake.taken(handed_in, KEPT, asker.server_id, asker.interaction_id) as pictures:
                await self._references.add(act, name, pictures, shared=shared)
        return AddedSet(name, pictures)

    async def usable(self, server_id: int, member_id: int) -> list[Reference]:
        """Return the sets that a member may use in a server: their own, then the server's, each by their names."""
        return await self._references.usable(server_id, member_id)

    async def own(self, server_id: int, member_id: int) -> list[Reference]:
        """Return the sets that a member keeps for themselves in a server."""
        return [one for one in await self.usable(server_id, member_id) if not one.is_shared]

    async def remove(self, act: Act, reference: Reference) -> None:
        """Remove a set; what it was used for keeps the pictures of its own.

        Raises:
            AlreadyDone: if Discord delivered the interaction a second time.
            NotPermitted: if somebody else was faster.
        """
        await self._references.remove(act, reference.id)
