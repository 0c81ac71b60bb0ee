"""Files and folders that nobody but their owner may read: they hold prompts, pictures and tokens."""

import contextlib
import logging
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.errors import StorageUnavailable
from bot.storage.files.picture_files import FILE_MODE, FOLDER_MODE, is_server, scan

log = logging.getLogger(__name__)

OTHERS = 0o077
"""What group and others may do."""

BESIDE = ("", "-wal", "-shm", "-journal", ".lock", ".key")
"""Endings of the files that belong to a database. SQLite gives those that it makes the mode of the database."""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for its owner alone; one that exists stays as it is.

    Raises:
        StorageUnavailable: if it can't be made.
    """
    try:
        # By `parents` those above it would be everybody's.
        for one in reversed((folder, *folder.parents)):
            one.mkdir(mode=FOLDER_MODE, exist_ok=True)
    except FileExistsError as error:
        raise StorageUnavailable(f"{folder} can't be made: {error.filename} is a file") from None
    except OSError as error:
        raise StorageUnavailable(f"{folder} can't be made: {error.strerror}") from None


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone, unless there is one or none can be made."""
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE))


def close_database(database: Path) -> None:
    """Take from everybody but the owner what they may do with a database and the files beside it.

    By their names: to open and close a database's file would drop the locks that this process holds on it.
    """
    for ending in BESIDE:
        _close(database.with_name(database.name + ending), follow=True)


def close_folders(database: Path, images: Path) -> None:
    """Take from everybody but the owner what they may do with the pictures and with both folders.

    A folder that this program may share with others is left as it is, and the log says so: see `_is_shared`.
    """

    def belongs_to_database(name: str) -> bool:
        is_images = images.name == name and images.absolute().parent == database.absolute().parent
        return is_images or name.removeprefix(".").startswith(database.name)

    _close_folder(database.parent, belongs_to_database)
    if not images.is_dir():
        return
    for folder, files in scan(images):
        for file in (folder, *files):
            _close(file)
    _close_folder(images, lambda name: is_server(name) or name.startswith(".fetch-"))


def _close_folder(folder: Path, is_ours: Callable[[str], bool]) -> None:
    try:
        found = folder.stat()
        if not found.st_mode & OTHERS:
            return
        why = _is_shared(folder, found, is_ours)
    except OSError as error:
        why = str(error.strerror)
    if why:
        log.warning("%s stays open to others, who can't read the bot's files in it: %s", folder, why)
    else:
        _close(folder, follow=True)


def _is_shared(folder: Path, found: os.stat_result, is_ours: Callable[[str], bool]) -> str:
    """Return why a folder is not for this program alone; empty if it is."""
    if found.st_uid != os.geteuid():
        return "it belongs to another user"
    if found.st_mode & stat.S_ISVTX:
        return "it is everybody's, as /tmp is"
    if folder.resolve() in _homes():
        return "it is the home or the working directory"
    other = next((name for name in sorted(path.name for path in folder.iterdir()) if not is_ours(name)), "")
    return f"it also holds {other}" if other else ""


def _homes() -> Iterator[Path]:
    """Return the working directory, the home, and what is above them."""
    places = [Path.cwd()]
    with contextlib.suppress(RuntimeError):
        # A user may have no home.
        places.append(Path.home().resolve())
    for place in places:
        yield from (place, *place.parents)


def _close(path: Path, *, follow: bool = False) -> None:
    """Take from everybody but the owner what they may do with a file or folder; whatever prevents it is said."""
    try:
        mode = (path.stat() if follow else path.lstat()).st_mode
        if mode & OTHERS and not stat.S_ISLNK(mode):
            path.chmod(stat.S_IMODE(mode) & ~OTHERS)
    except FileNotFoundError:
        return
    except OSError as error:
        log.warning("%s stays open to others: %s", path, error.strerror)
