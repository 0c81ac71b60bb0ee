"""The kept pictures, as files."""

from pathlib import Path
from typing import Protocol


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

    async def remove(self, paths: list[str]) -> list[str]:
        """Delete kept pictures; return those that are gone, whether by this call or before it."""
        ...
