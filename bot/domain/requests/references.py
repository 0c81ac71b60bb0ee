"""Named sets of pictures that are kept to edit by: how they are called, who may use them, and how many there may be."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.pictures.inputs import InputPicture, PictureRule, ReferencePicture
from bot.domain.text import normalisation
from bot.errors import InvalidRequest

KEPT = PictureRule(most=9, max_bytes=20 * 1024 * 1024)
"""Which pictures a set takes: as many, and as large files, as any model does (the vendor's page on wan2.7). Whether a
model takes them is judged once they are used."""

LONGEST_NAME = 32
"""Characters, as Discord's own names for a member have."""

MOST_OWN, MOST_SHARED = 5, 20
"""Sets of one member in a server, and of the server itself: together one list of what Discord offers while typing."""

SERVER_BYTES = 500 * 1024 * 1024
"""What all sets of a server may have: about 65 of the largest, since the pictures of a set share what a request has."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A set of pictures with a name.

    Attributes:
        id: the interaction's that added it.
        member_id: the Discord id of who added it.
        is_shared: everybody in its server may use it; else its member alone.
        pictures: in the order in which they are sent; at least one.
    """

    id: int
    member_id: int
    name: str
    is_shared: bool
    pictures: tuple[InputPicture, ...]

    @property
    def brought(self) -> tuple[ReferencePicture, ...]:
        """Return its pictures as a request brings them along, each with a name that a refusal can say."""
        return tuple(
            ReferencePicture(one.path, f"{self.name} ({place})", one.size_bytes)
            for place, one in enumerate(self.pictures, start=1)
        )


def checked_name(typed: str) -> str:
    """Return a name as it is kept: on one line, and without what shows nothing.

    Raises:
        InvalidRequest: if nothing of it shows, or it is too long.
    """
    name = " ".join(normalisation.plain(typed).split())
    if normalisation.is_blank(name) or not key_of(name):
        raise InvalidRequest("reference-name-empty")
    if len(name) > LONGEST_NAME:
        raise InvalidRequest("reference-name-long", length=len(name), limit=LONGEST_NAME)
    return name


def key_of(name: str) -> str:
    """Return what two names have in common that are the same but for case, accents and what shows nothing."""
    plain = " ".join(normalisation.plain(name).split())
    return normalisation.unaccented(plain).casefold()


def named(references: Iterable[Reference], typed: str, *, shared: bool = False) -> Reference:
    """Return the set that a member means by a name: their own before the server's.

    Args:
        references: that they may use.
        typed: the name.
        shared: the server's is meant, whatever else bears that name.

    Raises:
        InvalidRequest: if there is none.
    """
    found = [one for one in references if key_of(one.name) == key_of(typed)]
    for one in sorted(found, key=lambda one: one.is_shared):
        if one.is_shared or not shared:
            return one
    raise InvalidRequest("reference-unknown", name=typed)
