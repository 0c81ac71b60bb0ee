"""What is a picture, judged by its pixels alone.

Whoever makes pictures may put profiles, texts and labels of any size into them. Pillow unpacks these on its way to the
pixels, and where they exceed its own limits it refuses a file that every browser shows. So it is given the part that
decides about the pixels, and nothing else is unpacked.
"""

import io
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image

from bot.domain.pictures.png import END as PNG_END
from bot.domain.pictures.png import MAGIC, chunks, is_png
from bot.errors import NotAPicture

PIXEL_CAP = 40_000_000
"""Decoding takes 3 to 4 bytes a pixel; the largest picture that any of the vendor's models makes has 4096*4096."""

FORMATS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
"""What browsers and Discord show, by Pillow's names, and the endings for files of it."""

_JPEG = b"\xff\xd8"
_SCAN = 0xDA
_BESIDES_PIXELS = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""A JPEG's comments and what applications add; but not JFIF's and Adobe's segments, which say how colours are coded."""


def measured(file: BinaryIO) -> tuple[str, int, int]:
    """Decode a whole picture; return the ending for such a file, its width and its height.

    Raises:
        NotAPicture: "not a picture", or "too large" if it has more pixels than `PIXEL_CAP`.
    """
    with _loaded(file) as image:
        # A JPEG with more pictures behind the first is a format of its own to Pillow.
        return FORMATS.get(image.format or "", FORMATS["JPEG"]), image.width, image.height


def coloured(file: BinaryIO) -> Image.Image:
    """Decode a picture into 8 bits for each of red, green and blue.

    Raises:
        NotAPicture: as `measured` does.
    """
    with _loaded(file) as image:
        if image.mode.startswith("I;16"):
            # Pillow keeps 16 bits for grey alone, and would make white of all above 255.
            return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
        return image.convert("RGB")


@contextmanager
def _loaded(file: BinaryIO) -> Generator[Image.Image]:
    bare = _bare(file)
    try:
        with Image.open(bare, formats=tuple(FORMATS)) as image:
            _check_size(image)
            image.load()
            yield image
    except NotAPicture:
        raise
    except Exception:  # noqa: BLE001 - Pillow has no base class for what a broken or hostile file makes it raise
        raise NotAPicture("not a picture") from None


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > PIXEL_CAP:
        raise NotAPicture("too large")


def _bare(file: BinaryIO) -> BinaryIO:
    if is_png(file):
        return _bare_png(file)
    file.seek(0)
    if file.read(len(_JPEG)) == _JPEG:
        return _bare_jpeg(file)
    # Of a WebP Pillow unpacks nothing but the pixels.
    file.seek(0)
    return io.BytesIO(file.read())


def _bare_png(file: BinaryIO) -> BinaryIO:
    """Keep the chunks without which no viewer could show it: their names begin with a capital letter."""
    bare = io.BytesIO()
    bare.write(MAGIC)
    for kind, length in chunks(file):
        if kind[:1].isupper():
            data, checksum = file.read(length), file.read(4)
            if zlib.crc32(kind + data) != int.from_bytes(checksum):
                raise NotAPicture("not a picture")
            bare.writelines((length.to_bytes(4), kind, data, checksum))
    bare.write(PNG_END)
    bare.seek(0)
    return bare


def _bare_jpeg(file: BinaryIO) -> BinaryIO:
    """Leave out what stands before the first scan and says nothing of the pixels."""
    bare = io.BytesIO()
    bare.write(_JPEG)
    while len(head := file.read(4)) == 4 and head[0] == 0xFF and head[1] not in {_SCAN, 0xFF}:
        data = file.read(max(0, int.from_bytes(head[2:]) - 2))
        if head[1] not in _BESIDES_PIXELS:
            bare.writelines((head, data))
    bare.write(head + file.read())
    bare.seek(0)
    return bare
