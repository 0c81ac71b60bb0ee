"""Files that people hand in as pictures: ordinary, odd and hostile ones, each with what it gets.

All are made here; whoever adds one says what becomes of it.
"""

import functools
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from bot.domain.pictures.png import MAGIC
from sandbox.dashscope.pictures.oddities import chunk, srgb, text_chunk, with_chunks

SIZE = (400, 300)
UPRIGHT = (300, 400)
BOMB_SIDE = 60_000


@dataclass(frozen=True)
class Case:
    """One file.

    Attributes:
        make: its bytes.
        gets: the key of the refusal; empty: it is taken.
        size: in which it is sent, where it is taken.
        ending: as which it is sent.
        scaled: whether it is made smaller.
        flattened: whether something was transparent.
    """

    make: Callable[[], bytes]
    gets: str = ""
    size: tuple[int, int] = SIZE
    ending: str = ".jpg"
    scaled: bool = False
    flattened: bool = False


def drawn(size: tuple[int, int] = SIZE, mode: str = "RGB") -> Image.Image:
    """Return a picture whose upper left corner is red, so that one sees how it is turned."""
    image = Image.new("RGB", size, (40, 90, 160))
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1] // 2), fill=(220, 40, 40))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(size: tuple[int, int] = SIZE, mode: str = "RGB", **options: Any) -> bytes:
    return saved(drawn(size, mode), "JPEG", **options)


def png(size: tuple[int, int] = SIZE, mode: str = "RGB", **options: Any) -> bytes:
    return saved(drawn(size, mode), "PNG", **options)


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(1).randbytes(3 * size[0] * size[1]))


def held(orientation: int) -> bytes:
    """A photo whose camera was held so; and that says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[1] = "N"
    return jpeg(exif=exif)


def see_through(mode: str, kind: str = "PNG", alpha: int = 0) -> bytes:
    image = drawn(mode="RGBA")
    image.paste((0, 0, 0, alpha), (300, 200, 400, 300))
    return saved(image.convert(mode), kind, **({"lossless": True} if kind == "WEBP" else {}))


def palette_see_through() -> bytes:
    image = drawn(mode="P")
    return saved(image, "PNG", transparency=image.getpixel((10, 10)))


def frames(kind: str, **options: Any) -> bytes:
    more = [Image.new("RGB", SIZE, colour) for colour in ("red", "green", "blue")]
    return saved(drawn(), kind, save_all=True, append_images=more, **options)


def header(width: int, height: int, *, depth: int = 8, colours: int = 2, rows: bytes = b"") -> bytes:
    """A PNG that says to be so large, whatever pixels come."""
    about = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return MAGIC + chunk(b"IHDR", about) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def of_16_bits(colours: int) -> bytes:
    channels = {0: 1, 2: 3, 6: 4}[colours]
    rows = b"".join(
        b"\0"
        + b"".join(struct.pack(">H", 65535 if k == 1 else x * 160) for x in range(SIZE[0]) for k in range(channels))
        for _ in range(SIZE[1])
    )
    return header(*SIZE, depth=16, colours=colours, rows=rows)


def jpeg_of_size(width: int, height: int) -> bytes:
    """A JPEG whose header claims another size than its pixels have."""
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes over and over again."""
    data = jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + b"\xff\xd9"


def webp_of_size(width: int, height: int) -> bytes:
    about = b"\0" * 4 + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + about
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp_of_size(width: int, height: int) -> bytes:
    data = bytearray(saved(drawn(), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


@functools.cache
def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr(zipfile.ZipInfo("a.txt", (1980, 1, 1, 0, 0, 0)), "something else")
    return out.getvalue()


def with_segment(kind: int, content: bytes) -> bytes:
    data = jpeg()
    return data[:2] + bytes((0xFF, kind)) + struct.pack(">H", len(content) + 2) + content + data[2:]


def heavy_png() -> bytes:
    return with_chunks(png(), chunk(b"paDd", bytes(20 * 1024 * 1024)))


def changed(data: bytes, at: float) -> bytes:
    place = int(len(data) * at)
    return data[:place] + bytes((data[place] ^ 0xFF,)) + data[place + 1 :]


PLAIN_JPEG, PLAIN_PNG = Case(jpeg), Case(png, ending=".png")
SCRIPT = b"<script>alert(1)</script>"
PACKED_BOMB = zlib.compress(bytes(100 * 1024 * 1024), 9)

TAKEN: dict[str, Case] = {
    "a JPEG": PLAIN_JPEG,
    "a progressive JPEG": Case(lambda: jpeg(progressive=True)),
    "a grey JPEG": Case(lambda: jpeg(mode="L")),
    "a CMYK JPEG": Case(lambda: jpeg(mode="CMYK")),
    "a photo held right": Case(lambda: held(1)),
    "a photo held upside down": Case(lambda: held(3)),
    "a photo held to the left": Case(lambda: held(6), size=UPRIGHT),
    "a photo held to the right": Case(lambda: held(8), size=UPRIGHT),
    "a mirrored photo": Case(lambda: held(5), size=UPRIGHT),
    "a photo that is held in no way": Case(lambda: held(77)),
    "a photo with a broken note of how it was held": Case(
        lambda: with_segment(0xE1, b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff")
    ),
    "a photo with a second one behind it": Case(lambda: jpeg() + jpeg()),
    "a photo with a film behind it": Case(lambda: jpeg() + b"\0\0\0\x18ftypmp42" + bytes(500)),
    "a photo with a phone's notes behind it": Case(
        lambda: jpeg() + b"\0\0\1\x0aImage_UTC_Data1700000000000SEFHe\0SEFT"
    ),
    "a JPEG with zeros behind it": Case(lambda: jpeg() + bytes(64)),
    "a JPEG with a script in its comment": Case(lambda: with_segment(0xFE, SCRIPT)),
    "a JPEG with a profile": Case(lambda: jpeg(icc_profile=srgb())),
    "a JPEG of fewer pixels than it claims, as browsers show it": Case(lambda: jpeg_of_size(600, 600), size=(600, 600)),
    "a JPEG with fill bytes": Case(lambda: jpeg().replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1)),
    "a PNG": PLAIN_PNG,
    "a grey PNG": Case(lambda: png(mode="L"), ending=".png"),
    "a black and white PNG": Case(lambda: png(mode="1"), ending=".png"),
    "a PNG with a palette": Case(lambda: png(mode="P"), ending=".png"),
    "a PNG of 16 bits": Case(lambda: of_16_bits(2), ending=".png"),
    "a grey PNG of 16 bits": Case(lambda: of_16_bits(0), ending=".png"),
    "a PNG of 16 bits with transparency": Case(lambda: of_16_bits(6), ending=".png", flattened=True),
    "a see-through PNG": Case(lambda: see_through("RGBA"), ending=".png", flattened=True),
    "a half see-through PNG": Case(lambda: see_through("RGBA", alpha=128), ending=".png", flattened=True),
    "a grey see-through PNG": Case(lambda: see_through("LA"), ending=".png", flattened=True),
    "a see-through palette": Case(palette_see_through, ending=".png", flattened=True),
    "a see-through colour": Case(lambda: png(transparency=(220, 40, 40)), ending=".png", flattened=True),
    "a see-through grey": Case(lambda: png(mode="1", transparency=0), ending=".png", flattened=True),
    "a PNG whose transparency lets nothing through": Case(lambda: see_through("RGBA", alpha=255), ending=".png"),
    "a PNG with a packed bomb in a text": Case(
        lambda: with_chunks(png(), chunk(b"zTXt", b"Comment\0\0" + PACKED_BOMB)), ending=".png"
    ),
    "a PNG with a packed bomb for a profile": Case(
        lambda: with_chunks(png(), chunk(b"iCCP", b"a\0\0" + PACKED_BOMB)), ending=".png"
    ),
    "a PNG with a script in a text": Case(
        lambda: with_chunks(png(), text_chunk("Comment", SCRIPT.decode())), ending=".png"
    ),
    "a WebP": Case(lambda: saved(drawn(), "WEBP"), ending=".png"),
    "a WebP without loss": Case(lambda: saved(drawn(), "WEBP", lossless=True), ending=".png"),
    "a see-through WebP": Case(lambda: see_through("RGBA", "WEBP"), ending=".png", flattened=True),
    "a BMP": Case(lambda: saved(drawn(), "BMP"), ending=".png"),
    "a BMP with a palette": Case(lambda: saved(drawn(mode="P"), "BMP"), ending=".png"),
    "a BMP that does not say its size": Case(
        lambda: saved(drawn(), "BMP")[:2] + bytes(4) + saved(drawn(), "BMP")[6:], ending=".png"
    ),
    "the smallest side": Case(lambda: png((240, 240)), size=(240, 240), ending=".png"),
    "the longest ratio": Case(lambda: png((2400, 300)), size=(2400, 300), ending=".png"),
    "the longest side": Case(lambda: jpeg((8000, 1000)), size=(8000, 1000)),
    "a PNG that is a JPEG once it is sent": Case(lambda: saved(noise((1900, 1900)), "PNG"), size=(1900, 1900)),
    "a picture that is too detailed to be sent as it is": Case(
        lambda: saved(noise((3200, 3000)), "JPEG", quality=90), size=(2560, 2400), scaled=True
    ),
}

REFUSED: dict[str, Case] = {
    "nothing at all": Case(lambda: b"", "picture-kind"),
    "a text": Case(lambda: b"BM is how this text begins, and it goes on", "picture-kind"),
    "a page": Case(lambda: b"<html>" + SCRIPT + jpeg(), "picture-kind"),
    "a drawing of vectors": Case(lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture-kind"),
    "an archive": Case(archive, "picture-kind"),
    "a document": Case(lambda: b"%PDF-1.7\n" + jpeg(), "picture-kind"),
    "a still GIF": Case(lambda: saved(drawn(mode="P"), "GIF"), "picture-kind"),
    "a moving GIF": Case(lambda: frames("GIF"), "picture-kind"),
    "a TIFF": Case(lambda: saved(drawn(), "TIFF"), "picture-kind"),
    "an icon": Case(lambda: saved(drawn(), "ICO"), "picture-kind"),
    "a JPEG 2000": Case(lambda: saved(drawn(), "JPEG2000"), "picture-kind"),
    "an AVIF": Case(lambda: b"\0\0\0\x1cftypavif" + bytes(200), "picture-kind"),
    "a RIFF that is sound": Case(lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "picture-kind"),
    "a moving PNG": Case(lambda: frames("PNG"), "picture-animated"),
    "a moving WebP": Case(lambda: frames("WEBP"), "picture-animated"),
    "a JPEG that is cut off": Case(lambda: jpeg()[:-200], "picture-broken"),
    "a JPEG without its end": Case(lambda: jpeg()[:-2], "picture-broken"),
    "a JPEG's head": Case(lambda: jpeg()[:30], "picture-broken"),
    "three bytes of a JPEG": Case(lambda: b"\xff\xd8\xff", "picture-broken"),
    "a JPEG without pixels": Case(lambda: b"\xff\xd8\xff\xd9", "picture-broken"),
    "a JPEG of thousands of scans": Case(lambda: jpeg_of_scans(3000), "picture-broken"),
    "a PNG that is cut off": Case(lambda: png()[: len(png()) // 2], "picture-broken"),
    "a PNG without its end": Case(lambda: png()[:-12], "picture-broken"),
    "a PNG's head": Case(lambda: png()[:8], "picture-broken"),
    "a PNG of which a bit is wrong": Case(lambda: changed(png(), 0.6), "picture-broken"),
    "a PNG without pixels": Case(lambda: header(*SIZE), "picture-broken"),
    "a PNG of no width": Case(lambda: header(0, 300, rows=b"\0"), "picture-broken"),
    "a PNG of rubbish": Case(lambda: header(*SIZE, rows=b"\xff" * 400_000), "picture-broken"),
    "a WebP that is cut off": Case(lambda: saved(drawn(), "WEBP")[:-40], "picture-broken"),
    "a WebP without pixels": Case(lambda: webp_of_size(400, 300), "picture-broken"),
    "a BMP that is cut off": Case(lambda: saved(drawn(), "BMP")[:-4000], "picture-broken"),
    "a JPEG with an archive behind it": Case(lambda: jpeg() + archive(), "picture-extra"),
    "a JPEG with a page behind it": Case(lambda: jpeg() + b"<html>" + SCRIPT, "picture-extra"),
    "a JPEG with a program behind it": Case(lambda: jpeg() + b"MZ\x90\0" + bytes(400) + b"x", "picture-extra"),
    "a PNG with an archive behind it": Case(lambda: png() + archive(), "picture-extra"),
    "a PNG with a JPEG behind it": Case(lambda: png() + jpeg(), "picture-extra"),
    "a WebP with a document behind it": Case(lambda: saved(drawn(), "WEBP") + b"%PDF-1.7", "picture-extra"),
    "a BMP with a script behind it": Case(lambda: saved(drawn(), "BMP") + b"<?php", "picture-extra"),
    "a picture that is too small": Case(lambda: png((239, 400)), "picture-small"),
    "a picture of one pixel": Case(lambda: png((1, 1)), "picture-small"),
    "a photo that is too small once it is turned": Case(lambda: jpeg((400, 200)), "picture-small"),
    "a picture that is too wide": Case(lambda: jpeg((8001, 1200)), "picture-large"),
    "a picture that is too high": Case(lambda: jpeg((1200, 8001)), "picture-large"),
    "a picture of too many pixels": Case(lambda: saved(Image.new("L", (7000, 6000)), "PNG"), "picture-pixels"),
    "a picture that is too long": Case(lambda: png((2401, 300)), "picture-ratio"),
    "a PNG bomb": Case(lambda: header(BOMB_SIDE, BOMB_SIDE, rows=bytes(1000)), "picture-pixels"),
    "a PNG bomb that Pillow only warns of": Case(lambda: header(12_000, 10_000, rows=bytes(9)), "picture-pixels"),
    "a JPEG bomb": Case(lambda: jpeg_of_size(65_000, 65_000), "picture-pixels"),
    "a WebP bomb": Case(lambda: webp_of_size(16_383, 16_383), "picture-pixels"),
    "a BMP bomb": Case(lambda: bmp_of_size(50_000, 50_000), "picture-pixels"),
    "a file that is too heavy": Case(heavy_png, "picture-heavy"),
}

FILES = {**TAKEN, **REFUSED}
