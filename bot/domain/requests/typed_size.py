"""The size that somebody means by what they typed: a ratio, or width and height."""

from dataclasses import replace
from math import inf

from bot.domain.requests.model import Model
from bot.domain.requests.sizes import Size, ratio_in
from bot.errors import InvalidRequest


def size_of(text: str | None, model: Model) -> Size:
    """Return the size that a member's option means; None: they gave none.

    Raises:
        InvalidRequest: if it is no size, or the model does not draw it.
    """
    if text is None:
        return model.sizes.default
    if text in model.sizes.presets:
        return model.sizes.presets[text]
    if (ratio := ratio_in(text)) is not None:
        return _size_in(ratio, model)
    try:
        size = Size.parse(text)
    except ValueError:
        raise InvalidRequest("invalid-size-form", size=text, default=str(model.sizes.default)) from None
    if model.sizes.admits(size):
        return size
    is_too_long = replace(model.sizes, max_ratio=inf).admits(size)
    raise _refusal("invalid-size-ratio" if is_too_long else "invalid-size-range", str(size), model)


def _size_in(ratio: Size, model: Model) -> Size:
    """Return the size in which a model draws a ratio."""
    named = f"{ratio.width}:{ratio.height}"
    if named in model.sizes.presets:
        return model.sizes.presets[named]
    if max(ratio.width, ratio.height) > min(ratio.width, ratio.height) * model.sizes.max_ratio:
        raise _refusal("invalid-size-ratio", named, model)
    return model.sizes.fitting(ratio.width, ratio.height)


def _refusal(key: str, size: str, model: Model) -> InvalidRequest:
    return InvalidRequest(
        key,
        size=size,
        model=model.name,
        max_ratio=round(model.sizes.max_ratio),
        min_side=model.sizes.min_side,
        max_side=model.sizes.max_side,
        min_pixels=model.sizes.min_pixels,
        max_pixels=model.sizes.max_pixels,
        presets=", ".join(f"{ratio} ({preset})" for ratio, preset in model.sizes.presets.items()),
    )
