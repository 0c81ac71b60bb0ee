"""The grid over a picture as it is shown, and the mask that is made of chosen fields: the part that knows Pillow."""

import io

from PIL import Image, ImageDraw, ImageFont

from bot.domain.pictures.preparing import as_png
from bot.domain.pictures.region import FIELDS, SIDE, Region, edges, field_name

SHOWN_SIDE = 1024
"""Pixels of the longer side as it is shown: enough to see the fields, and far below what a message may weigh."""

_QUALITY = 85
_INK, _PAPER = "white", "black"


def mask_of(region: Region, width: int, height: int) -> bytes:
    """Return a PNG as large as the picture, white where fields are chosen and black elsewhere."""
    mask = Image.new("L", (width, height))
    for left, top, right, bottom in region.boxes(width, height):
        mask.paste(255, (left, top, right + 1, bottom + 1))
    return as_png(mask)


def with_grid(data: bytes) -> bytes:
    """Return a JPEG of a prepared picture with the grid over it, each field with its name in its upper left corner."""
    with Image.open(io.BytesIO(data)) as opened:
        profile = opened.info.get("icc_profile")
        image = opened.convert("RGB")
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    _draw_lines(image)
    for field in range(FIELDS):
        _draw_name(image, field)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, icc_profile=profile)
    return out.getvalue()


def _draw_lines(image: Image.Image) -> None:
    pen, (width, height) = ImageDraw.Draw(image), image.size
    # Dark beside bright, so that they are seen on any picture.
    for colour, thick in ((_PAPER, 5), (_INK, 2)):
        for x in edges(width)[1:-1]:
            pen.line((x, 0, x, height), colour, thick)
        for y in edges(height)[1:-1]:
            pen.line((0, y, width, y), colour, thick)


def _draw_name(image: Image.Image, field: int) -> None:
    row, column = divmod(field, SIDE)
    left, top = edges(image.width)[column], edges(image.height)[row]
    tall = max(10, min(image.size) // 24)
    font = ImageFont.load_default(tall)
    pen, at = ImageDraw.Draw(image), (left + tall // 3, top + tall // 4)
    x1, y1, x2, y2 = pen.textbbox(at, field_name(field), font)
    pen.rectangle((x1 - tall // 4, y1 - tall // 4, x2 + tall // 4, y2 + tall // 4), _PAPER)
    pen.text(at, field_name(field), _INK, font)
