"""Edits that a person can tell for what they are: the picture that came in, seen in the light of the words."""

import io

from PIL import Image, ImageOps

from sandbox.dashscope.boxes import Box, Boxes
from sandbox.dashscope.functions import EXPAND, INSTRUCT, STYLE, Change

SHARE = 0.35
"""Of the words' own scene; the rest is the picture."""

_INSET, _MARGIN = 5, 40
"""The size of an inset, and how far it is from the edges, as parts of the picture's."""


def edited(scene: Image.Image, pictures: tuple[bytes, ...], boxes: Boxes = ()) -> Image.Image:
    """Put the last of the pictures behind a scene of the same words, and the others into its corner, side by side.

    Where rectangles of the last one are named, all else of it stays as it is.
    """
    *others, ground = (_opened(picture) for picture in pictures)
    image = Image.blend(ImageOps.fit(ground, scene.size), scene, SHARE)
    left, side = scene.width // _MARGIN, min(scene.size) // _INSET
    for other in others:
        inset = ImageOps.fit(other, (side, side))
        image.paste(inset, (left, scene.height - side - scene.height // _MARGIN))
        left += side + scene.width // _MARGIN
    if not any(boxes):
        return image
    return Image.composite(image, ImageOps.fit(ground, scene.size), _within(boxes[-1], ground.size, scene.size))


def _within(boxes: tuple[Box, ...], size: tuple[int, int], shown: tuple[int, int]) -> Image.Image:
    """A mask of the picture as it is shown, white within the rectangles."""
    mask = Image.new("L", size)
    for left, top, right, bottom in boxes:
        mask.paste(255, (left, top, right + 1, bottom + 1))
    return ImageOps.fit(mask, shown, Image.Resampling.NEAREST)


def enlarged(picture: bytes, size: tuple[int, int]) -> Image.Image:
    """The picture alone, in so many pixels."""
    return _opened(picture).resize(size)


def changed(scene: Image.Image, picture: bytes, change: Change) -> Image.Image:
    """What a function makes of a picture: more of the scene around it, or the scene's light within what changes."""
    ground = _opened(picture)
    if change.function == EXPAND:
        left, top = change.scales["left"] - 1, change.scales["top"] - 1
        scene.paste(ground, (round(left * ground.width), round(top * ground.height)))
        return scene
    lit = Image.blend(ground, scene, change.strength if change.function in (INSTRUCT, STYLE) else SHARE)
    if change.mask is None:
        return lit
    return Image.composite(lit, ground, _opened(change.mask).convert("L"))


def _opened(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as image:
        return image.convert("RGB")
