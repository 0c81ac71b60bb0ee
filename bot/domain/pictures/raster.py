"""What is a picture, judged by its pixels alone.

Whoever makes pictures may put profiles, texts and labels of any size into them. Pillow unpacks these on its way to the
pixels, and where they exceed its own limits it refuses a file that every browser shows. So it is given the part that
decides about the pixels, and nothing else is unpacked.
"""

import io
import zlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image

from bot.domain.pictures import jpeg
from bot.domain.pictures.png import END as PNG_END
from bot.domain.pictures.png import MAGIC, chunks, is_png
from bot.errors import BotError, NotAPicture

PIXEL_CAP = 40_000_000
"""Decoding takes 3 to 4 bytes a pixel; the largest picture that any of the vendor's models makes has 4096*4096."""

TOO_LARGE = "too large"

FORMATS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
"""What browsers and Discord show, by Pillow's names, and the endings for files of it."""

_BESIDES_PIXELS = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""A JPEG's comments and what applications add; but not JFIF's and Adobe's segments, which say how colours are coded."""


def measured(file: BinaryIO) -> tuple[str, int, int]:
    """Decode a whole picture; return the ending for such a file, its width and its height.

    Raises:
        NotAPicture: "not a picture", or "too large" if it has more pixels than `PIXEL_CAP`.
    """
    with loaded(file) as image:
        # A JPEG with more pictures behind the first is a format of its own to Pillow.
        return FORMATS.get(image.format or "", FORMATS["JPEG"]), image.width, image.height


def coloured(file: BinaryIO) -> Image.Image:
    """Decode a picture into 8 bits for each of red, green and blue.

    Raises:
        NotAPicture: as `measured` does.
    """
    with loaded(file) as image:
        return as_rgb(image)


def as_rgb(image: Image.Image) -> Image.Image:
    """Return a copy of a decoded picture, in 8 bits for each of red, green and blue."""
    if image.mode.startswith("I;16"):
        # Pillow keeps 16 bits for grey alone, and would make white of all above 255.
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    return image.convert("RGB")


def check_size(image: Image.Image) -> None:
    """Refuse what has too many pixels to be decoded.

    Raises:
        NotAPicture: "too large".
    """
    if image.width * image.height > PIXEL_CAP:
        raise NotAPicture(TOO_LARGE)


@contextmanager
def loaded(
    file: BinaryIO,
    *,
    formats: tuple[str, ...] = tuple(FORMATS),
    check: Callable[[Image.Image], None] = check_size,
    keeps: Sequence[bytes] = (),
) -> Generator[Image.Image]:
    """Decode a whole picture.

    Args:
        file: with the picture at its start.
        formats: which it may be in, by Pillow's names.
        check: told of what its header says, before anything is decoded; raises one of this program's errors.
        keeps: names of further chunks of a PNG that say something of its pixels.

    Raises:
        NotAPicture: as `measured` does.
    """
    bare = _bare(file, keeps)
    try:
        with Image.open(bare, formats=formats) as image:
            check(image)
            image.load()
            yield image
    except BotError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPicture(TOO_LARGE) from None
    except Exception:  # noqa: BLE001 - Pillow has no base class for what a broken or hostile file makes it raise
        raise NotAPicture("not a picture") from None


def _bare(file: BinaryIO, keeps: Sequence[bytes]) -> BinaryIO:
    if is_png(file):
        return _bare_png(file, keeps)
    file.seek(0)
    data = file.read()
    # Of a WebP or BMP Pillow unpacks nothing but the pixels.
    return _bare_jpeg(data) if data.startswith(jpeg.MAGIC) else io.BytesIO(data)


def _bare_png(file: BinaryIO, keeps: Sequence[bytes]) -> BinaryIO:
    """Keep the chunks without which no viewer could show it: their names begin with a capital letter; and ``keeps``."""
    bare = io.BytesIO()
    bare.write(MAGIC)
    for kind, length in chunks(file):
        if kind[:1].isupper() or kind in keeps:
            data, checksum = file.read(length), file.read(4)
            if zlib.crc32(kind + data) != int.from_bytes(checksum):
                raise NotAPicture("not a picture")
            bare.writelines((length.to_bytes(4), kind, data, checksum))
    bare.write(PNG_END)
    bare.seek(0)
    return bare


def _bare_jpeg(data: bytes) -> BinaryIO:
    """Leave out what stands before the first scan and says nothing of the pixels."""
    bare, rest = io.BytesIO(), len(jpeg.MAGIC)
    bare.write(jpeg.MAGIC)
    for marker, start, end in jpeg.segments(data):
        rest = start
        if marker == jpeg.SCAN:
            break
        if marker not in _BESIDES_PIXELS:
            bare.write(data[start:end])
        rest = end
    bare.write(data[rest:])
    bare.seek(0)
    return bare
