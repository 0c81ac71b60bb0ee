"""What is kept about a member, as an archive that fits one upload."""

import asyncio
import io
import json
import logging
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from bot.domain.privacy import Export, spread
from bot.errors import MemberError
from bot.ports import Pictures, Privacy

log = logging.getLogger(__name__)

MADE = (1980, 1, 1, 0, 0, 0)
"""The time that ZIP gives its entries, the earliest it knows: the same archive has the same bytes each time."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One part of an export.

    Attributes:
        data: a ZIP archive.
        part: which, from 1 on.
        parts: how many there are.
        pictures: in all parts.
        too_large: files that no part can carry.
    """

    data: bytes
    part: int
    parts: int
    pictures: int
    too_large: int


class Exporter:
    """Makes archives, one at a time: each is held in memory until it is sent."""

    def __init__(self, *, privacy: Privacy, pictures: Pictures) -> None:
        self._privacy = privacy
        self._pictures = pictures
        self._turn = asyncio.Lock()

    async def archive(self, member_id: int, part: int, limit_bytes: int) -> Archive | None:
        """Return one part of what is kept about a member; None if that is nothing.

        Args:
            member_id: Discord's id of whom.
            part: which, from 1 on; the first ones have the texts, the others the rest of the pictures.
            limit_bytes: what one part may have.

        Raises:
            MemberError: if there is no such part.
        """
        async with self._turn:
            export = await self._privacy.export(member_id)
            if export is None:
                return None
            return await asyncio.to_thread(self._archive, export, part, limit_bytes)

    def _archive(self, export: Export, part: int, limit_bytes: int) -> Archive:
        entries: list[tuple[str, bytes | Path]] = [
            (name, json.dumps(value, ensure_ascii=False, indent=1).encode()) for name, value in export.documents.items()
        ]
        files = [(picture.name, self._pictures.file(picture.path)) for picture in export.pictures]
        # Between the reading of the rows and now a picture may have been removed.
        entries += [(name, file) for name, file in files if file.is_file()]
        parts, too_large = spread([_size(content) for _, content in entries], limit_bytes)
        if not 1 <= part <= len(parts):
            raise MemberError("no-such-part", parts=len(parts))
        data = _zip([entries[place] for place in parts[part - 1]])
        return Archive(data, part, len(parts), len(entries) - len(export.documents), len(too_large))


def _size(content: bytes | Path) -> int:
    # Pictures are compressed already and stored as they are.
    return content.stat().st_size if isinstance(content, Path) else len(zlib.compress(content))


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError as error:
        # One that can't be read keeps nothing else from its member.
        log.warning("%s can't be read: %s", file.name, error.strerror)
        return None


def _zip(entries: list[tuple[str, bytes | Path]]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, content in entries:
            entry = zipfile.ZipInfo(name, MADE)
            if isinstance(content, Path):
                data = _read(content)
                if data is not None:
                    zipped.writestr(entry, data, zipfile.ZIP_STORED)
            else:
                zipped.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
