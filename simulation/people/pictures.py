"""Pictures that people hand in: from their devices, or of messages that stand in a channel."""

import io
import random

from PIL import Image

from sandbox.discord import MemberFile

SIDES = (512, 560)
"""The least that every model takes in, and somewhat more: larger ones take time."""

COLOURS = ((200, 30, 40), (30, 170, 60), (40, 60, 210), (230, 220, 50), (20, 20, 20))
"""So far apart that each is known again, however it was stored."""

NO_PICTURE = MemberFile("cat.png", b"no picture")
TOO_SMALL = (200, 500)
"""Fewer pixels than any model takes in that names a least side."""


def picture(
    dice: random.Random, size: tuple[int, int] | None = None, colour: tuple[int, int, int] | None = None
) -> MemberFile:
    """Return a picture in one colour; without ``size`` of one that every model takes in."""
    size = size or (dice.randint(*SIDES), dice.randint(*SIDES))
    image = Image.new("RGB", size, colour or dice.choice(COLOURS))
    return MemberFile("cat.png", _saved(image, dice.choice(("PNG", "JPEG"))))


def mask(of: MemberFile, *, white: int = 255) -> MemberFile:
    """Return a mask that is as large as a picture, and white, or as white as ``white`` says, in its left half."""
    with Image.open(io.BytesIO(of.data)) as image:
        width, height = image.size
    half = Image.new("L", (width, height))
    half.paste(white, (0, 0, width // 2, height))
    return MemberFile("mask.png", _saved(half, "PNG"))


def _saved(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
