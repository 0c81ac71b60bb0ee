"""Small copies of kept pictures, to be told apart at a glance: all of a job's in one request."""

import asyncio
import io
import logging
from pathlib import Path

from PIL import Image

from bot.domain.job import Job
from bot.ports import Pictures
from bot.presentation.receipt import ShownPicture
from bot.presentation.uploads import Upload

log = logging.getLogger(__name__)

LONGEST_SIDE = 256
"""Pixels; a picture with that is about 20 KB as a JPEG."""

QUALITY = 80


async def prepare(job: Job, pictures: Pictures) -> list[Upload]:
    """Make a small JPEG of each kept picture of a job; one whose file can't be read is left out.

    Args:
        job: whose.
        pictures: where they are kept.
    """
    made = [await asyncio.to_thread(_small, job.number, one.ordinal, pictures.file(one.path)) for one in job.kept]
    return [upload for upload in made if upload is not None]


def _small(number: int, ordinal: int, file: Path) -> Upload | None:
    buffer = io.BytesIO()
    try:
        with Image.open(file) as opened:
            opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            opened.convert("RGB").save(buffer, "JPEG", quality=QUALITY)
    except OSError as error:
        # Somebody may have removed the pictures since the job was read.
        log.info("no preview of %s: %s", file.name, error)
        return None
    return Upload(ShownPicture(ordinal, f"{number}-{ordinal + 1}.jpg", is_reencoded=True), buffer.getvalue())
