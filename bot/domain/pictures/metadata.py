"""What a picture carries besides its pixels, and a converted copy takes along.

That is its colour profile, and above all the labels by which it says that a machine made it.
"""

import json
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image

from bot.domain.pictures.png import chunks, is_png

PROFILE_CAP_BYTES = 1024 * 1024
"""The profiles of displays have 0.5 to 4 KB, those of printers up to 1 MB or so."""

SEGMENT_CAP_BYTES = 65_000
"""A little less than one segment of a JPEG holds; labels don't go over several."""

TEXTS_CAP_BYTES, TEXT_COSTS_BYTES = 4 * SEGMENT_CAP_BYTES, 64
"""Of all texts of a PNG together, and what each takes besides: packed, twenty megabytes of them are gigabytes."""

_LABEL = "AIGC"
"""The keyword under which a PNG has the label of China's standard (TC260), as JSON."""

_XMP = "XML:com.adobe.xmp"
_EXIF = b"Exif\x00\x00"
_EXIF_IFD, _USER_COMMENT, _ASCII = 0x8769, 0x9286, b"ASCII\x00\x00\x00"
_RGB, _PROFILE = b"RGB ", b"acsp"
_ORIENTATION = 0x0112
_TURN = Image.Transpose
_TURNS = {
    2: _TURN.FLIP_LEFT_RIGHT,
    3: _TURN.ROTATE_180,
    4: _TURN.FLIP_TOP_BOTTOM,
    5: _TURN.TRANSPOSE,
    6: _TURN.ROTATE_270,
    7: _TURN.TRANSVERSE,
    8: _TURN.ROTATE_90,
}
"""What turns a picture upright, by the value that its camera has noted (EXIF 2.3, 4.6.4)."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """In a JPEG's form; each is empty if there is none, or more than fits.

    Attributes:
        profile: what red, green and blue mean as colours.
        exif: with a PNG's label as its user comment, where the standard has it in a JPEG.
        xmp: the other place of labels.
        comment: a JPEG's own, or a PNG's texts, a line each.
    """

    profile: bytes = b""
    exif: bytes = b""
    xmp: bytes = b""
    comment: bytes = b""


def metadata_of(file: BinaryIO) -> Metadata:
    """Return what a JPEG made of this picture takes along; what can't be read is left out."""
    try:
        return _of_png(file) if is_png(file) else _of_others(file)
    except Exception:  # noqa: BLE001 - Pillow has no base class for what it raises, and none of this is worth a picture
        return Metadata()


def turned(image: Image.Image, metadata: Metadata) -> Image.Image:
    """Return a picture as its camera was held: itself, where it says nothing of that."""
    try:
        tags = Image.Exif()
        tags.load(metadata.exif)
        how = _TURNS.get(tags.get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - as above; a picture that can't say how it was held is shown as it is
        how = None
    return image if how is None else image.transpose(how)


def _of_others(file: BinaryIO) -> Metadata:
    file.seek(0)
    with Image.open(file, formats=("JPEG", "WEBP")) as image:
        info: dict[Any, Any] = image.info
        return Metadata(
            _usable(info.get("icc_profile", b"")),
            _bounded(_as_exif(info.get("exif", b""))),
            _bounded(info.get("xmp", b"")),
            _bounded(info.get("comment", b"")),
        )


def _of_png(file: BinaryIO) -> Metadata:
    profile, exif = b"", b""
    texts: list[tuple[str, str]] = []
    room = TEXTS_CAP_BYTES
    for kind, length in chunks(file):
        if kind == b"iCCP" and length <= PROFILE_CAP_BYTES:
            packed = file.read(length).partition(b"\x00")[2]
            profile = _usable(_inflated(packed[1:], PROFILE_CAP_BYTES))
        elif kind == b"eXIf" and length <= SEGMENT_CAP_BYTES:
            exif = _as_exif(file.read(length))
        elif kind in {b"tEXt", b"zTXt", b"iTXt"} and length <= SEGMENT_CAP_BYTES and room > 0:
            texts.append(_text(kind, file.read(length)))
            room -= sum(map(len, texts[-1])) + TEXT_COSTS_BYTES
    named = dict(texts)
    lines = [f"{keyword}: {text}" for keyword, text in texts if text and keyword != _XMP]
    return Metadata(
        profile,
        _bounded(_labelled(exif, named.get(_LABEL, ""))),
        _bounded(named.get(_XMP, "").encode()),
        _bounded("\n".join(lines).encode()),
    )


def _text(kind: bytes, data: bytes) -> tuple[str, str]:
    """Return the keyword and the text of a PNG's chunk; no text if it can't be read or is too long."""
    keyword, _, rest = data.partition(b"\x00")
    is_packed, encoding = kind == b"zTXt", "latin-1"
    if kind == b"iTXt":
        is_packed, encoding = rest[:1] == b"\x01", "utf-8"
        _language, _, rest = rest[2:].partition(b"\x00")
        _translated, _, rest = rest.partition(b"\x00")
    elif is_packed:
        rest = rest[1:]
    text = _inflated(rest, SEGMENT_CAP_BYTES) if is_packed else rest
    return keyword.decode("latin-1"), text.decode(encoding, "ignore")


def _inflated(packed: bytes, cap_bytes: int) -> bytes:
    """Unpack, or return nothing where more than ``cap_bytes`` would come of it."""
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, cap_bytes)
    except zlib.error:
        return b""
    return data if unpacking.eof else b""


def _labelled(exif: bytes, label: str) -> bytes:
    """Put a PNG's label into the user comment, unless that is taken."""
    try:
        content = json.loads(label)
    except ValueError:
        return exif
    tags = Image.Exif()
    tags.load(exif)
    inner = tags.get_ifd(_EXIF_IFD)
    if _USER_COMMENT in inner:
        return exif
    inner[_USER_COMMENT] = _ASCII + json.dumps({_LABEL: content}).encode()
    return tags.tobytes()


def _as_exif(data: bytes) -> bytes:
    return data if not data or data.startswith(_EXIF) else _EXIF + data


def _usable(profile: bytes) -> bytes:
    """Leave out what is no profile, or one for grey or for inks: a copy has red, green and blue."""
    is_meant = profile[36:40] == _PROFILE and profile[16:20] == _RGB and len(profile) <= PROFILE_CAP_BYTES
    return profile if is_meant else b""


def _bounded(data: bytes) -> bytes:
    return data if len(data) <= SEGMENT_CAP_BYTES else b""
