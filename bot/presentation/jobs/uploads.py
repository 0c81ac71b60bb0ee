"""Kept pictures as attachments: within Discord's limits, opened only while they are sent."""

import asyncio
import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import discord
from PIL import Image

from bot.domain.jobs.job import Job
from bot.domain.pictures.metadata import Metadata, metadata_of
from bot.domain.pictures.raster import coloured
from bot.errors import NotAPicture
from bot.ports import Pictures
from bot.presentation.kit.limits import REQUEST_LIMIT_BYTES, SURE_LIMIT_BYTES
from bot.presentation.kit.receipt import ShownPicture

log = logging.getLogger(__name__)

QUALITIES = (92, 85, 75, 60)
SHRINK = 0.75


@dataclass(frozen=True, slots=True)
class Upload:
    """One picture on its way: a file on disk, or the bytes of a JPEG made from it."""

    picture: ShownPicture
    source: Path | bytes

    @property
    def size_bytes(self) -> int:
        return len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size


async def prepare(job: Job, pictures: Pictures) -> list[Upload]:
    """Make a job's kept pictures ready to be attached: byte for byte, but those over Discord's limit become JPEGs.

    One whose file can't be read is left out.

    Args:
        job: whose.
        pictures: where they are kept.
    """
    limit = min(job.reply.attachment_limit, REQUEST_LIMIT_BYTES)
    whole = [_whole(job.number, image.ordinal, pictures.file(image.path)) for image in job.kept]
    ready = [await asyncio.to_thread(_ready, one, limit) for one in whole]
    return [one for one in ready if one is not None]


def batches(ready: list[Upload]) -> list[list[Upload]]:
    """Spread uploads over as few requests as can carry them, in their order."""
    spread: list[list[Upload]] = []
    for upload in ready:
        if spread and sum(one.size_bytes for one in (*spread[-1], upload)) <= REQUEST_LIMIT_BYTES:
            spread[-1].append(upload)
        else:
            spread.append([upload])
    return spread


async def together(ready: list[Upload]) -> list[Upload]:
    """Make uploads fit one request: as they are if they do, else all as JPEGs that share what it carries."""
    if len(batches(ready)) <= 1:
        return ready
    share = REQUEST_LIMIT_BYTES // len(ready)
    return [await asyncio.to_thread(_as_jpeg, upload, share) for upload in ready]


async def surely(ready: list[Upload]) -> list[Upload]:
    """Make uploads small enough for any limit that Discord has, all of them in one request."""
    return [await asyncio.to_thread(_as_jpeg, upload, SURE_LIMIT_BYTES // len(ready)) for upload in ready]


async def smaller(batch: list[Upload]) -> list[list[Upload]]:
    """Return what to try in place of a batch that is too large for Discord: one by one, then as a JPEG, then none.

    The limit that Discord named with the interaction can overstate (api-docs #7603).
    """
    if len(batch) > 1:
        return [[upload] for upload in batch]
    if batch[0].picture.is_reencoded:
        return []
    return [[await asyncio.to_thread(_as_jpeg, batch[0], SURE_LIMIT_BYTES)]]


@contextmanager
def opened(uploads: list[Upload]) -> Iterator[list[discord.File]]:
    """Open the files for one request, and close them after it."""
    files: list[discord.File] = []
    try:
        for upload in uploads:
            source = io.BytesIO(upload.source) if isinstance(upload.source, bytes) else upload.source
            files.append(discord.File(source, filename=upload.picture.filename))
        yield files
    finally:
        for file in files:
            file.close()


def _whole(number: int, ordinal: int, file: Path) -> Upload:
    return Upload(ShownPicture(ordinal, f"{number}-{ordinal + 1}{file.suffix or '.png'}"), file)


def _ready(upload: Upload, limit_bytes: int) -> Upload | None:
    file = upload.source
    assert isinstance(file, Path), "a picture as it is kept"  # noqa: S101
    try:
        with file.open("rb") as opened_file:
            opened_file.read(1)
        return upload if upload.size_bytes <= limit_bytes else _as_jpeg(upload, limit_bytes)
    except (OSError, NotAPicture) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        log.error("%s can't be read: %s", file.name, reason)  # noqa: TRY400 - the reason says all
        return None


def _as_jpeg(upload: Upload, limit_bytes: int) -> Upload:
    source = upload.source
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        image, metadata = coloured(file), metadata_of(file)
    data = encoded(image, metadata, QUALITIES[0])
    for quality in QUALITIES[1:]:
        if len(data) <= limit_bytes:
            break
        data = encoded(image, metadata, quality)
    while len(data) > limit_bytes and min(image.size) > 64:
        image = image.resize((int(image.width * SHRINK), int(image.height * SHRINK)))
        data = encoded(image, metadata, QUALITIES[-1])
    filename = f"{Path(upload.picture.filename).stem}.jpg"
    return Upload(ShownPicture(upload.picture.ordinal, filename, is_reencoded=True), data)


def encoded(image: Image.Image, metadata: Metadata, quality: int) -> bytes:
    """Return a JPEG that says of itself what its original does."""
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        quality=quality,
        icc_profile=metadata.profile,
        exif=metadata.exif,
        xmp=metadata.xmp,
        comment=metadata.comment,
    )
    return buffer.getvalue()
