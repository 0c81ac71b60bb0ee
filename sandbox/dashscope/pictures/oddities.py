"""Pictures that browsers show and that stricter programs trip over, and odd answers of the store.

The vendor's pages name PNG alone; profiles, labels and other formats were seen in what it and others of its kind sent.
"""

import functools
import io
import random
import struct
import zlib

from PIL import Image, ImageCms

from sandbox.faults import Fault

SIZE = (64, 48)

LABEL = '{"Label":"1","ContentProducer":"001191330106MA2CFLDG4R10001","ProduceID":"R-1","ReservedCode1":"签"}'
"""China's label for what a machine made (TC260), as it stands in a PNG under the keyword ``AIGC``."""

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" '
    'TC260:AIGC="{&quot;Label&quot;:&quot;1&quot;}"/>'
    "</rdf:RDF></x:xmpmeta>"
)
"""The same label at its other place."""

LARGE_BYTES = 1536 * 1024
"""Unpacked; packed it is a few hundred bytes. Pillow gives up above 1 MiB."""


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def plain(size: tuple[int, int] = SIZE, kind: str = "PNG", *, noise: bool = False) -> bytes:
    """Return a picture without anything odd; with ``noise`` it can't be packed well."""
    image = Image.new("RGB", size, (200, 30, 60))
    if noise:
        image = Image.frombytes("RGB", size, random.Random(1).randbytes(3 * size[0] * size[1]))
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def with_chunks(png: bytes, *chunks: bytes, at_end: bool = False) -> bytes:
    """Put chunks behind a PNG's header, or before its end."""
    at = len(png) - 12 if at_end else 33
    return png[:at] + b"".join(chunks) + png[at:]


def profile_chunk(profile: bytes) -> bytes:
    return chunk(b"iCCP", b"a profile\x00\x00" + zlib.compress(profile))


def text_chunk(keyword: str, text: str, *, packed: bool = False) -> bytes:
    """Return an iTXt chunk."""
    data = text.encode()
    return chunk(
        b"iTXt",
        keyword.encode() + b"\x00" + bytes((packed, 0)) + b"\x00\x00" + (zlib.compress(data) if packed else data),
    )


@functools.cache
def srgb() -> bytes:
    """Return the profile of usual displays: made once, since it holds the second in which it was made."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def labelled(size: tuple[int, int] = SIZE, *, noise: bool = False) -> bytes:
    """Return a PNG with both labels, a profile and a text."""
    return with_chunks(
        plain(size, noise=noise),
        profile_chunk(srgb()),
        chunk(b"tEXt", b"Software\x00a sandbox"),
        text_chunk("AIGC", LABEL),
        text_chunk("XML:com.adobe.xmp", XMP),
    )


def of_16_bits(colours: int = 0, size: tuple[int, int] = SIZE) -> bytes:
    """Return a PNG with 16 bits for each colour; ``colours`` is its own type: 0 grey, 2 RGB, 4 and 6 with alpha."""
    width, height = size
    bands = {0: 1, 2: 3, 4: 2, 6: 4}[colours]
    row = b"\x00" + b"".join(struct.pack(">H", x * 65535 // (width * bands)) for x in range(width * bands))
    header = struct.pack(">IIBBBBB", width, height, 16, colours, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(row * height)),
            chunk(b"IEND", b""),
        )
    )


def odd_pictures() -> dict[str, bytes]:
    """Return whole pictures by what is odd about them."""
    png, large = plain(), "x" * LARGE_BYTES
    return {
        "a PNG with a colour profile of 1.5 MB": with_chunks(png, profile_chunk(bytes(LARGE_BYTES))),
        "a PNG with a text of 1.5 MB": with_chunks(png, text_chunk("Comment", large, packed=True)),
        "a PNG with a text of 1.5 MB at its end": with_chunks(
            png, text_chunk("Comment", large, packed=True), at_end=True
        ),
        "a PNG with texts of 80 MB in all": with_chunks(
            png, *[chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(1_000_000)))] * 80
        ),
        "a PNG with a broken text": with_chunks(png, chunk(b"iTXt", b"AIGC")),
        "a PNG with a wrong checksum of its text": with_chunks(png, chunk(b"tEXt", b"a\x00b")[:-1] + b"\x00"),
        "a PNG with 16 bits of grey": of_16_bits(),
        "a PNG with 16 bits for each colour": of_16_bits(6),
        "a labelled PNG": labelled(),
        "a JPEG": plain(kind="JPEG"),
        "a JPEG with broken additions": _with_broken_additions(plain(kind="JPEG")),
        "a WebP": plain(kind="WEBP"),
    }


def _with_broken_additions(jpeg: bytes) -> bytes:
    """Add what claims to be Exif and further pictures, and is neither."""
    exif = b"Exif\x00\x00II*\x00\xff\xff\xff\x7f"
    more = b"MPF\x00II*\x00\x08\x00\x00\x00\x01\x00\x01\xb0"
    segments = [
        b"\xff" + marker + struct.pack(">H", 2 + len(data)) + data
        for marker, data in ((b"\xe1", exif), (b"\xe2", more))
    ]
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def _said(status: int, code: str, message: str) -> Fault:
    text = f'<?xml version="1.0"?>\n<Error>\n  <Code>{code}</Code>\n  <Message>{message}</Message>\n</Error>\n'
    return Fault(status=status, body=text.encode(), content_type="application/xml")


EXPIRED = _said(403, "AccessDenied", "Request has expired.")

ODD_ANSWERS = {
    "302 to a foreign host": Fault(status=302, headers={"Location": "http://foreign.invalid/a.png"}),
    "400, an invalid argument": _said(400, "InvalidArgument", "Authorization is missing."),
    "403, access denied": _said(403, "AccessDenied", "You have no right to access this object."),
    "403, a proxy's page about an expired session": Fault(
        status=403, body=b"<html>Your session has expired. Request has expired.</html>", content_type="text/html"
    ),
    "404, there is no such object": _said(404, "NoSuchKey", "The specified key does not exist."),
    "410": Fault(status=410),
    "416": _said(416, "InvalidRange", "The requested range cannot be satisfied."),
    "200 with a page of HTML": Fault(status=200, body=b"<html>Sign in</html>", content_type="text/html"),
    "200 with nothing": Fault(status=200, body=b"", content_type="image/png"),
}
"""What the store, or something on the way to it, was seen to answer once for an address that held."""
