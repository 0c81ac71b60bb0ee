"""The rectangles within which wan2.7 is told to change something, as the vendor's page on it says them.

Guess: the texts of the refusals, which are the general ones of its error page; that both corners are pixels of the
picture; and that a model which knows no rectangles refuses them, where the vendor may ignore what it does not know.
"""

import io
from collections.abc import Mapping
from typing import Any, cast

from PIL import Image

from sandbox.dashscope.refusals import invalid, undefined

_NAME = "bbox_list"

Box = tuple[int, int, int, int]
Boxes = tuple[tuple[Box, ...], ...]
"""Of each picture that came in."""


def boxes_of(params: Mapping[str, Any], pictures: tuple[bytes, ...], most: int) -> Boxes:
    """The rectangles of each picture, at most so many in one, or a refusal; none at all where the create has none."""
    if _NAME not in params:
        return ()
    given = params[_NAME]
    if not most or not pictures or not isinstance(given, list) or len(given) != len(pictures):
        raise undefined(_NAME)
    return tuple(_of_picture(one, picture, most) for one, picture in zip(given, pictures, strict=True))


def _of_picture(given: object, picture: bytes, most: int) -> tuple[Box, ...]:
    if not isinstance(given, list) or len(given) > most:
        raise undefined(_NAME)
    with Image.open(io.BytesIO(picture)) as image:
        return tuple(_box(one, *image.size) for one in given)


def _box(given: object, width: int, height: int) -> Box:
    # A bool is an int to Python, and no number to the vendor.
    if not isinstance(given, list) or [type(one) for one in given] != [int] * 4:
        raise undefined(_NAME)
    left, top, right, bottom = box = cast("Box", tuple(given))
    if not (0 <= left < right < width and 0 <= top < bottom < height):
        raise invalid("Range of bbox_list should be within the image.")
    return box
