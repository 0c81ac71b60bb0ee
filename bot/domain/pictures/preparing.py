"""A picture that somebody hands in, made into what is sent: the part of it that knows Pillow.

Whoever hands it in decides every byte of it. So it is written anew: of what a file holds beside the pixels, such as
where a photo was taken, or a second file that it is at the same time, nothing is kept or sent but its colour profile.
"""

import io
from collections.abc import Callable
from functools import partial

from PIL import Image

from bot.domain.pictures import extent
from bot.domain.pictures.inputs import DATA_URI_MAX_BYTES, PictureRule, Prepared, data_uri_bytes
from bot.domain.pictures.metadata import metadata_of, turned
from bot.domain.pictures.raster import PIXEL_CAP, TOO_LARGE, as_rgb, loaded
from bot.errors import InvalidRequest, NotAPicture

MEGABYTE = 1024 * 1024

QUALITIES = (95, 90)
LAST_QUALITIES = (80, 60, 40)
"""Of a picture that may not be made any smaller."""

SHRINK = 0.8
_WHITE = (255, 255, 255, 255)


def prepare(data: bytes, rule: PictureRule, filename: str, *, uri_bytes: int = DATA_URI_MAX_BYTES) -> Prepared:
    """Make a file into what is sent of it.

    What it is called decides nothing: a photo under a wrong ending is a photo.

    Args:
        data: the file.
        rule: which pictures the model takes in.
        filename: as the member's file is called, for what they are told.
        uri_bytes: which its data URI may have.

    Raises:
        InvalidRequest: saying what is wrong with it.
    """
    image, kind = decode(data, rule, filename)
    prepared = _written(image, data, kind, uri_bytes, rule.min_side)
    if prepared is None:
        raise InvalidRequest("picture-dense", file=filename)
    return prepared


def decode(data: bytes, rule: PictureRule, filename: str) -> tuple[Image.Image, str]:
    """Return the picture of a file as it lies there, and in which of the formats it is.

    Args:
        data: the file.
        rule: which pictures the model takes in.
        filename: as the member's file is called, for what they are told.

    Raises:
        InvalidRequest: saying what is wrong with it.
    """
    check_weight(len(data), rule, filename)
    kind = extent.kind_of(data)
    if not kind:
        raise InvalidRequest("picture-kind", file=filename)
    try:
        _check_file(data, kind, filename)
        image = _decoded(data, kind, partial(_check_header, rule=rule, filename=filename))
    except NotAPicture as error:
        if str(error) == TOO_LARGE:
            raise InvalidRequest("picture-pixels", file=filename, limit=PIXEL_CAP // 1_000_000) from None
        raise InvalidRequest("picture-broken", file=filename) from None
    # As its header said; but it is the decoded ones that count.
    check_sides(image.width, image.height, rule, filename)
    return image, kind


def check_weight(size_bytes: int, rule: PictureRule, filename: str) -> None:
    """Refuse a file that is too large, by what is known of it before it is fetched, or by its bytes.

    Raises:
        InvalidRequest: saying so.
    """
    if size_bytes > rule.max_bytes:
        tenths = -(-size_bytes * 10 // MEGABYTE)
        size, limit = f"{tenths / 10:g}", rule.max_bytes // MEGABYTE
        raise InvalidRequest("picture-heavy", file=filename, size=size, limit=limit)


def check_sides(width: int, height: int, rule: PictureRule, filename: str) -> None:
    """Refuse a picture that the model would not take for its measures, in pixels.

    Raises:
        InvalidRequest: saying which they are and which would do.
    """
    short, long = sorted((width, height))
    said: dict[str, str | int] = {"file": filename, "width": width, "height": height}
    if short < rule.min_side:
        raise InvalidRequest("picture-small", **said, limit=rule.min_side)
    if long > rule.max_side:
        raise InvalidRequest("picture-large", **said, limit=round(rule.max_side))
    if short * long > PIXEL_CAP:
        raise InvalidRequest("picture-pixels", file=filename, limit=PIXEL_CAP // 1_000_000)
    if long > short * rule.max_ratio:
        raise InvalidRequest("picture-ratio", **said, limit=round(rule.max_ratio))


def _check_file(data: bytes, kind: str, filename: str) -> None:
    if kind == "PNG" and extent.is_animated_png(data):
        raise InvalidRequest("picture-animated", file=filename)
    if extent.holds_something_else(data, extent.end_of(data, kind)):
        raise InvalidRequest("picture-extra", file=filename)


def _check_header(image: Image.Image, *, rule: PictureRule, filename: str) -> None:
    """Refuse what must not be decoded, while nothing is."""
    if getattr(image, "is_animated", False):
        raise InvalidRequest("picture-animated", file=filename)
    check_sides(image.width, image.height, rule, filename)


def _decoded(data: bytes, kind: str, check: Callable[[Image.Image], None]) -> Image.Image:
    with loaded(io.BytesIO(data), formats=(kind,), check=check, keeps=(b"tRNS",)) as image:
        return image


def _written(image: Image.Image, data: bytes, kind: str, uri_bytes: int, min_side: int) -> Prepared | None:
    """Return what is sent of a picture; None if it can't be made to fit without going below the shortest side."""
    metadata = metadata_of(io.BytesIO(data))
    opaque, is_flattened = flattened(image)
    upright = turned(opaque, metadata)
    if kind == "JPEG" and upright is image:
        # Compressed as it was, it loses next to nothing; a reader of JPEGs alone can write it so.
        first = ".jpg", _jpeg(upright, metadata.profile, "keep")
    elif kind == "JPEG":
        first = ".jpg", _jpeg(upright, metadata.profile, QUALITIES[0])
    else:
        first = ".png", as_png(upright, metadata.profile)
    fitting, (ending, written) = _fitted(upright, metadata.profile, first, uri_bytes, min_side)
    if data_uri_bytes(ending, len(written)) > uri_bytes:
        return None
    is_scaled = fitting.size != upright.size
    return Prepared(written, ending, fitting.width, fitting.height, is_scaled, is_flattened, came_with=upright.size)


def _fitted(
    image: Image.Image, profile: bytes, written: tuple[str, bytes], uri_bytes: int, min_side: int
) -> tuple[Image.Image, tuple[str, bytes]]:
    """Compress a picture until it fits a data URI; where that is not enough make it smaller, as far as it may be."""
    for quality in QUALITIES:
        if data_uri_bytes(written[0], len(written[1])) <= uri_bytes:
            return image, written
        written = ".jpg", _jpeg(image, profile, quality)
    while data_uri_bytes(written[0], len(written[1])) > uri_bytes and min(image.size) * SHRINK >= min_side:
        image = image.resize((round(image.width * SHRINK), round(image.height * SHRINK)), Image.Resampling.LANCZOS)
        written = ".jpg", _jpeg(image, profile, QUALITIES[-1])
    for quality in LAST_QUALITIES:
        if data_uri_bytes(written[0], len(written[1])) <= uri_bytes:
            break
        written = ".jpg", _jpeg(image, profile, quality)
    return image, written


def flattened(image: Image.Image) -> tuple[Image.Image, bool]:
    """Return a picture on white where it lets something through, and whether it does."""
    # Pillow keeps 16 bits for grey alone, and what of it is transparent for no such picture.
    if not image.has_transparency_data or image.mode.startswith("I"):
        return (image if image.mode == "RGB" else as_rgb(image)), False
    coloured = image.convert("RGBA")
    least, _ = coloured.getchannel("A").getextrema()
    if least == 255:
        return coloured.convert("RGB"), False
    ground = Image.new("RGBA", coloured.size, _WHITE)
    ground.alpha_composite(coloured)
    return ground.convert("RGB"), True


def _jpeg(image: Image.Image, profile: bytes, quality: int | str) -> bytes:
    out = io.BytesIO()
    # Else Pillow takes along what the file had as a comment.
    image.save(out, "JPEG", quality=quality, icc_profile=profile, comment=b"")
    return out.getvalue()


def as_png(image: Image.Image, profile: bytes = b"") -> bytes:
    """Return a picture as a PNG that holds nothing but its pixels and a colour profile."""
    out = io.BytesIO()
    # Of 16 bits of grey one may be named that lets something through, which no RGB has any more.
    image.info.pop("transparency", None)
    image.save(out, "PNG", icc_profile=profile or None)
    return out.getvalue()
