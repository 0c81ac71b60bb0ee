"""The kept pictures, as files; and those that members hand in."""

from pathlib import Path
from typing import Protocol

from bot.domain.pictures.inputs import HandedIn


class Pictures(Protocol):
    """The kept pictures; a path is the one that a picture's row names."""

    def file(self, path: str) -> Path:
        """Return the file of a kept picture, whether or not it is there."""
        ...

    async def missing(self, paths: list[str]) -> list[str]:
        """Return those of ``paths`` where there is no file, in their order; one that can't be read is not missing."""
        ...

    async def found(self) -> list[str]:
        """Return the paths of all files that are named as kept pictures are, in no order; links are left out."""
        ...

    async def keep(self, path: str, data: bytes) -> None:
        """Write a file that stays even if the machine loses its power; one of that name must not be there.

        Raises:
            StorageUnavailable: if it can't be written.
        """
        ...

    async def read(self, path: str) -> bytes | None:
        """Return what a kept file has; None if it is not there or can't be read."""
        ...

    async def remove(self, paths: list[str]) -> list[str]:
        """Delete kept pictures; return those that are gone, whether by this call or before it, in their order."""
        ...


class Attachments(Protocol):
    """Where files lie that members hand in."""

    async def fetch(self, handed_in: HandedIn, most_bytes: int) -> bytes:
        """Download a file; of a larger one than ``most_bytes`` no more than shows that it is.

        Raises:
            AttachmentUnavailable: it could not be had now.
            AttachmentForeign: it may not be asked for.
        """
        ...
