"""A mask that somebody hands in: white where a picture is to change, black where it is to stay."""

import io

from PIL import Image

from bot.domain.pictures.inputs import PictureRule, Prepared
from bot.domain.pictures.metadata import metadata_of, turned
from bot.domain.pictures.preparing import as_png, decode, flattened
from bot.errors import InvalidRequest

MASK_URI_BYTES = 5 * 1024 * 1024
"""The data URI of no mask is longer: one of 4096*4096 pixels at random has 3.5 MB as a PNG of two greys."""

_WHITE_FROM = 128
"""Of 255: what a brush with soft edges painted is taken for white or black."""


def prepare_mask(data: bytes, base: Prepared, rule: PictureRule, filename: str) -> Prepared:
    """Make a file into the mask that is sent with a picture, as large as that is sent.

    Args:
        data: the file.
        base: the picture, as it is sent.
        rule: which pictures the model takes in.
        filename: as the member's file is called, for what they are told.

    Raises:
        InvalidRequest: saying what is wrong with it.
    """
    image, _ = decode(data, rule, filename)
    opaque, is_flattened = flattened(image)
    upright = turned(opaque, metadata_of(io.BytesIO(data)))
    width, height = base.came_with
    if upright.size != base.came_with:
        said = {"width": upright.width, "height": upright.height, "wanted_width": width, "wanted_height": height}
        raise InvalidRequest("mask-size", file=filename, **said)
    mask = upright.convert("L").point([0] * _WHITE_FROM + [255] * (256 - _WHITE_FROM))
    if mask.getbbox() is None:
        raise InvalidRequest("mask-black", file=filename)
    fitting = mask.resize((base.width, base.height), Image.Resampling.NEAREST)
    return Prepared(
        as_png(fitting),
        ".png",
        fitting.width,
        fitting.height,
        is_scaled=base.is_scaled,
        is_flattened=is_flattened,
        came_with=upright.size,
        is_mask=True,
    )
