"""The kept pictures, as files."""

import asyncio
from pathlib import Path


class PictureFiles:
    """Files under one folder; rows name them by their path below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, path: str) -> Path:
        """Give the file of a kept picture."""
        return self._folder / path

    async def remove(self, paths: list[str]) -> None:
        """Delete kept pictures; those that are gone already are no error."""
        await asyncio.to_thread(self._remove, paths)

    def _remove(self, paths: list[str]) -> None:
        for path in paths:
            self.file(path).unlink(missing_ok=True)
