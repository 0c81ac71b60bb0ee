"""The functions of wanx2.1-imageedit: what each wants, as the vendor's page says it.

Guess: the texts of the refusals, which are the general ones of its error page, and that a field of another function is
ignored.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from sandbox.dashscope.incoming import pictures_of
from sandbox.dashscope.models import PictureLimits
from sandbox.dashscope.refusals import invalid, undefined

INSTRUCT, REGION, STYLE = "description_edit", "description_edit_with_mask", "stylization_all"
EXPAND, ENLARGE, SKETCH = "expand", "super_resolution", "doodle"
COLOUR = "colorization"
ALL = frozenset(
    {
        INSTRUCT,
        REGION,
        STYLE,
        EXPAND,
        ENLARGE,
        SKETCH,
        COLOUR,
        "stylization_local",
        "remove_watermark",
        "control_cartoon_feature",
    }
)
MAY_BE_WORDLESS = frozenset({REGION, COLOUR})
"""For these the page says that the prompt may be empty."""

SIDES = ("left", "right", "top", "bottom")


@dataclass(frozen=True)
class Change:
    """What is done to a picture.

    Attributes:
        function: one of `ALL`.
        strength: 0 to 1.
        scales: by side, 1 to 2.
        factor: 1 to 4.
        is_sketch: the picture is a line drawing.
        mask: white where it is to change; None: everywhere.
    """

    function: str
    strength: float = 0.5
    scales: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 1.0))
    factor: int = 1
    is_sketch: bool = False
    mask: bytes | None = field(default=None, repr=False)

    def size_of(self, picture: bytes) -> tuple[int, int]:
        """The pixels of the result. Guess: that each scale adds its share of the whole side."""
        with Image.open(io.BytesIO(picture)) as image:
            width, height = image.size
        if self.function == ENLARGE:
            return width * self.factor, height * self.factor
        if self.function == EXPAND:
            wide, high = (sum(self.scales[side] for side in pair) - 1 for pair in (SIDES[:2], SIDES[2:]))
            return round(width * wide), round(height * high)
        return width, height


def change_of(
    given: Mapping[str, Any], params: Mapping[str, Any], limits: PictureLimits
) -> tuple[str, tuple[bytes, ...], Change]:
    """The prompt, the picture and what is done to it, or a refusal."""
    function = given.get("function")
    if function not in ALL:
        raise undefined("function")
    prompt = given.get("prompt", "")
    if not isinstance(prompt, str) or (not prompt.strip() and function not in MAY_BE_WORDLESS):
        raise invalid("Required parameter(prompt) missing or invalid, please check the request parameters.")
    base = given.get("base_image_url")
    pictures = pictures_of([] if base is None else [base], limits, "base_image_url")
    change = Change(
        function,
        strength=_number(params, "strength", 0, 1, 0.5) if function in (INSTRUCT, STYLE) else 0.5,
        scales={side: _number(params, f"{side}_scale", 1, 2, 1.0) if function == EXPAND else 1.0 for side in SIDES},
        factor=_factor(params) if function == ENLARGE else 1,
        is_sketch=_flag(params) if function == SKETCH else False,
        mask=_mask(given, pictures[0], limits) if function == REGION else None,
    )
    return prompt, pictures, change


def _mask(given: Mapping[str, Any], picture: bytes, limits: PictureLimits) -> bytes:
    if given.get("mask_image_url") is None:
        raise invalid("Required parameter(mask_image_url) missing or invalid, please check the request parameters.")
    (mask,) = pictures_of([given["mask_image_url"]], limits, "mask_image_url")
    with Image.open(io.BytesIO(mask)) as white, Image.open(io.BytesIO(picture)) as image:
        if white.size != image.size:
            raise invalid("The image length and width do not meet the model restrictions.")
    return mask


def _number(params: Mapping[str, Any], name: str, low: float, high: float, default: float) -> float:
    value = params.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise undefined(name)
    if not low <= value <= high:
        raise invalid(f"Range of {name} should be [{low}, {high}]")
    return float(value)


def _factor(params: Mapping[str, Any]) -> int:
    value = _number(params, "upscale_factor", 1, 4, 1)
    if value != int(value):
        raise undefined("upscale_factor")
    return int(value)


def _flag(params: Mapping[str, Any]) -> bool:
    value = params.get("is_sketch", False)
    if not isinstance(value, bool):
        raise undefined("is_sketch")
    return value
