"""The kept pictures, as files."""

import asyncio
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.domain.pictures.names import owner_of
from bot.errors import StorageUnavailable
from bot.storage.files.disk import sync

log = logging.getLogger(__name__)

FOLDER_MODE, FILE_MODE = 0o700, 0o600
"""For the owner alone."""


class PictureFiles:
    """Files under one folder; rows name them by their path below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stuck: set[str] = set()

    def file(self, path: str) -> Path:
        """Return the file of a kept picture."""
        return self._folder / path

    async def missing(self, paths: list[str]) -> list[str]:
        """Return those of ``paths`` where there is no file; one that is there and can't be read is not missing."""
        return await asyncio.to_thread(lambda: [path for path in paths if _is_missing(self.file(path))])

    async def found(self) -> list[str]:
        """Return the paths of all files that are named as kept pictures are, links left out."""
        return await asyncio.to_thread(
            lambda: [f"{server.name}/{file.name}" for server, files in scan(self._folder) for file in files]
        )

    async def keep(self, path: str, data: bytes) -> None:
        """Write a file that stays even if the machine loses its power; one of that name must not be there.

        Raises:
            StorageUnavailable: if it can't be written.
        """
        try:
            await asyncio.to_thread(_write, self.file(path), data)
        except OSError as error:
            raise StorageUnavailable(f"{path} can't be written: {error.strerror}") from None

    async def read(self, path: str) -> bytes | None:
        """Return what a kept file has; None if it is not there or can't be read."""
        return await asyncio.to_thread(self._read, path)

    def _read(self, path: str) -> bytes | None:
        try:
            return self.file(path).read_bytes()
        except OSError as error:
            log.warning("%s can't be read: %s", path, error.strerror)
            return None

    async def remove(self, paths: list[str]) -> list[str]:
        """Delete kept pictures; return those that are gone. Of any other the log tells once why it is still there."""
        return await asyncio.to_thread(lambda: [path for path in paths if self._remove(path)])

    def _remove(self, path: str) -> bool:
        try:
            self.file(path).unlink(missing_ok=True)
        except NotADirectoryError:
            # Where its folder should be is none, and so there is no file.
            pass
        except OSError as error:
            if path not in self._stuck:
                log.error("%s can't be deleted: %s; it is tried again and again", self.file(path), error.strerror)  # noqa: TRY400 - the reason says all
            self._stuck.add(path)
            return False
        self._stuck.discard(path)
        return True


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE), "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    for folder in (file.parent, file.parent.parent):
        sync(folder)


def _is_missing(file: Path) -> bool:
    try:
        return not stat.S_ISREG(file.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False


def scan(images: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Go through the servers' folders, each with the pictures in it that bear a name of this program's.

    Links are neither followed nor given, and a folder that can't be read is left out.
    """
    for server in _entries(images):
        if is_server(server.name) and server.is_dir(follow_symlinks=False):
            yield (
                Path(server.path),
                [
                    Path(file.path)
                    for file in _entries(server)
                    if owner_of(f"{server.name}/{file.name}") and file.is_file(follow_symlinks=False)
                ],
            )


def is_server(name: str) -> bool:
    """Whether a folder of this name is a server's."""
    return name.isascii() and name.isdecimal()


def _entries(folder: os.PathLike[str]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("%s can't be read: %s", os.fspath(folder), error.strerror)
        return []
