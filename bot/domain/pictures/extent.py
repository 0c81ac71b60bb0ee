"""Where a picture ends in its file, found without unpacking it: what stands behind may be another file."""

import io

from bot.domain.pictures import jpeg
from bot.domain.pictures.png import MAGIC as PNG_MAGIC
from bot.domain.pictures.png import chunks
from bot.errors import NotAPicture

MOST_SCANS = 100
"""Of a JPEG. A progressive one has about ten; each is gone through whole, so thousands of empty ones take hours."""

BMP_MAGIC, JPEG_MAGIC, RIFF_MAGIC, WEBP = b"BM", b"\xff\xd8\xff", b"RIFF", b"WEBP"

_PADDING = b"\x00\t\n\r "
_FILM, _NOTES = b"ftyp", b"SEFT"
_HEADERS_OF_BMP = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Sizes that the second header of a BMP has: "BM" alone begins many a text."""

_PNG_END = b"IEND"


def kind_of(data: bytes) -> str:
    """Return what a file begins as: one of Pillow's names of a format, or nothing."""
    if data.startswith(JPEG_MAGIC):
        return "JPEG"
    if data.startswith(PNG_MAGIC):
        return "PNG"
    if data.startswith(RIFF_MAGIC) and data[8:12] == WEBP:
        return "WEBP"
    is_bmp = data.startswith(BMP_MAGIC) and int.from_bytes(data[14:18], "little") in _HEADERS_OF_BMP
    return "BMP" if is_bmp else ""


def is_animated_png(data: bytes) -> bool:
    """Whether a PNG has more than one picture.

    Raises:
        NotAPicture: if it ends too early.
    """
    return any(kind == b"acTL" for kind, _ in chunks(io.BytesIO(data)))


def end_of(data: bytes, kind: str) -> int:
    """Return where the picture ends, in bytes from the start of its file.

    Args:
        data: the file.
        kind: as `kind_of` has it.

    Raises:
        NotAPicture: if the file ends before.
    """
    end = _ENDS[kind](data)
    if not 0 < end <= len(data):
        raise NotAPicture("not a picture")
    return end


def holds_something_else(data: bytes, end: int) -> bool:
    """Whether something follows a picture that no camera puts there.

    Phones do put things behind their photos: a second picture with more light, a short film, notes of their own.
    """
    rest = data[end:].strip(_PADDING)
    is_phones = rest.startswith(JPEG_MAGIC) or _FILM in rest[:8] or rest.endswith(_NOTES)
    return bool(rest) and not (is_phones and kind_of(data) == "JPEG")


def _end_of_jpeg(data: bytes) -> int:
    after, scans = len(jpeg.MAGIC), 0
    for marker, _, end in jpeg.segments(data):
        after = end
        scans += marker == jpeg.SCAN
        if scans > MOST_SCANS:
            raise NotAPicture("not a picture")
    return jpeg.end_of(data, after)


def _end_of_png(data: bytes) -> int:
    at = len(PNG_MAGIC)
    for _, length in chunks(io.BytesIO(data)):
        at += 12 + length
    return at + 12 if data[at + 4 : at + 8] == _PNG_END else 0


def _end_of_webp(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    # An odd size is padded, which some programs leave out at the end.
    return min(8 + size + size % 2, max(len(data), 8 + size))


def _end_of_bmp(data: bytes) -> int:
    # Some programs leave the size out; then nothing says where it ends.
    return int.from_bytes(data[2:6], "little") or len(data)


_ENDS = {"JPEG": _end_of_jpeg, "PNG": _end_of_png, "WEBP": _end_of_webp, "BMP": _end_of_bmp}
