"""Small copies of kept pictures, to be told apart at a glance: all of a job's in one request."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from bot.domain.jobs.job import Job
from bot.domain.pictures.metadata import metadata_of
from bot.domain.pictures.raster import coloured
from bot.errors import NotAPicture
from bot.ports import Pictures
from bot.presentation.jobs.uploads import Upload, encoded
from bot.presentation.kit.receipt import ShownPicture

log = logging.getLogger(__name__)

LONGEST_SIDE = 256
"""Pixels; a picture with that is about 20 KB as a JPEG."""

QUALITY = 80


async def prepare(job: Job, pictures: Pictures) -> list[Upload]:
    """Make a small JPEG of each kept picture of a job; one that can't be made is left out.

    Args:
        job: whose.
        pictures: where they are kept.
    """
    made = [await asyncio.to_thread(_small, job.number, one.ordinal, pictures.file(one.path)) for one in job.kept]
    return [upload for upload in made if upload is not None]


async def prepare_first(jobs: Iterable[Job], pictures: Pictures) -> dict[int, Upload]:
    """Make a small JPEG of the first kept picture of each of several jobs, by the job's id; see `prepare`."""
    first = [(job.id, job.kept[0]) for job in jobs if job.kept and not job.deleted_ms]
    made = {id_: await asyncio.to_thread(_small, id_, one.ordinal, pictures.file(one.path)) for id_, one in first}
    return {id_: upload for id_, upload in made.items() if upload is not None}


async def prepare_handed_in(job: Job, pictures: Pictures) -> list[Upload]:
    """Make a small JPEG of each kept picture that came in with a job; see `prepare`."""
    kept = [(k, pictures.file(one.path)) for k, one in enumerate(job.request.pictures) if one.path]
    made = [await asyncio.to_thread(_small, f"{job.number}-handed-in", k, file) for k, file in kept]
    return [upload for upload in made if upload is not None]


def _small(stem: int | str, ordinal: int, file: Path) -> Upload | None:
    try:
        with file.open("rb") as opened:
            image, metadata = coloured(opened), metadata_of(opened)
    except (OSError, NotAPicture) as error:
        # Somebody may have removed the pictures since the job was read.
        log.info("no preview of %s: %s", file.name, getattr(error, "strerror", None) or error)
        return None
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    data = encoded(image, metadata, QUALITY)
    return Upload(ShownPicture(ordinal, f"{stem}-{ordinal + 1}.jpg", is_reencoded=True), data)
