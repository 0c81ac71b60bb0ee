"""Pictures that come in with a create, held to what the vendor's pages on their model say of them.

The texts are those of its error page. Guess: which of them comes when, and that all are `InvalidParameter`.
"""

import base64
import binascii
import io
import re
import warnings
from collections.abc import Sequence

from PIL import Image

from sandbox.dashscope.models import PictureLimits
from sandbox.dashscope.refusals import Refused, invalid, undefined

DATA_URI_MAX = 10 * 1024 * 1024
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/bmp": "BMP", "image/webp": "WEBP"}
_DATA_URI = re.compile(r"data:(image/[a-z+-]+);base64,([A-Za-z0-9+/]+={0,2})")
_SEE_THROUGH = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})


def pictures_of(given: Sequence[object], limits: PictureLimits | None, name: str) -> tuple[bytes, ...]:
    """The pictures that came in under ``name``, in their order, or a refusal."""
    if limits is not None and len(given) < limits.least:
        raise invalid("lack of image or text")
    if not given:
        return ()
    if limits is None or len(given) > limits.most:
        raise undefined(name)
    return tuple(_checked(one, limits) for one in given)


def ratio_of(picture: bytes) -> float:
    """Width over height. Guess: that the vendor looks at the pixels as they lie, not as a camera was held."""
    with Image.open(io.BytesIO(picture)) as image:
        return image.width / image.height


def _checked(given: object, limits: PictureLimits) -> bytes:
    if not isinstance(given, str):
        raise undefined("image")
    if len(given) > DATA_URI_MAX:
        raise invalid(f"Exceeded limit on max bytes per data-uri item : {DATA_URI_MAX}")
    found = _DATA_URI.fullmatch(given)
    if found is None:
        # An address, too: nothing outside can be reached from here.
        raise invalid("download image failed")
    if found[1] not in FORMATS:
        raise invalid("image format error")
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise _corrupted() from None
    if len(data) > limits.max_bytes:
        raise invalid("the size of input image is too small or too large.")
    _check_pixels(data, FORMATS[found[1]], limits)
    return data


def _check_pixels(data: bytes, kind: str, limits: PictureLimits) -> None:
    try:
        with warnings.catch_warnings(action="error"), Image.open(io.BytesIO(data), formats=(kind,)) as image:
            _check_measures(image.size, limits)
            image.load()
            is_still = getattr(image, "n_frames", 1) == 1
            is_opaque = image.mode not in _SEE_THROUGH and "transparency" not in image.info
    except Refused:
        raise
    except Exception:  # noqa: BLE001 - whatever Pillow raises for what is no whole picture
        raise _corrupted() from None
    if not (is_still and is_opaque):
        raise _corrupted()


def _check_measures(size: tuple[int, int], limits: PictureLimits) -> None:
    shorter, longer = sorted(size)
    if shorter < limits.min_side or longer > limits.max_side or longer > shorter * limits.max_ratio:
        raise invalid("The image length and width do not meet the model restrictions.")


def _corrupted() -> Refused:
    return invalid("Invalid image format or corrupted file")
