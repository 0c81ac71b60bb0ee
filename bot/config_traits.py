"""What the configuration says a model can do: sizes, numbers, words and pictures that come in, a series."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import gcd
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.config_values import Day, Flag, Section, Whole
from bot.domain.pictures.inputs import PictureRule
from bot.domain.pictures.raster import PIXEL_CAP
from bot.domain.requests.catalogue import WORDS_ALONE
from bot.domain.requests.model import MOST_IMAGES, Model, Protocol, Series
from bot.domain.requests.sizes import Size

BY_MESSAGE = (Protocol.IMAGE_GENERATION, Protocol.MULTIMODAL)
"""The protocols that ask by a message: it has a place for pictures, and beside it for rectangles and for a series."""

_LIMITS = ("min_side", "max_side", "min_pixels", "max_pixels", "max_ratio")
_PAIRS = (("min_side", "max_side"), ("min_pixels", "max_pixels"))

LONGEST_SIDE = 16_384
"""Pixels; as `EDITS_TO_4096`, the largest of any built-in model."""

MOST_PICTURES = 9
"""That the options of a command have a place for, and that any model of the vendor's takes."""

MEGABYTE = 1024 * 1024

OURS = frozenset(
    {"n", "size", "seed", "prompt_extend", "watermark", "negative_prompt", "bbox_list", "enable_sequential"}
)
"""Parameters that the program sets itself, each by a key or an option of its own."""

_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LONGEST_VALUE = 100
_PLAIN_RATIO = 100
"""Of a ratio in whole numbers, what neither may reach to be called by: 1023:767 says nothing to anybody."""

Rewriting = Literal["on", "off", "none"]
"""What a model does with ``prompt_extend`` where the member says nothing of it; none: it does not know it."""

UNASKED: dict[Rewriting, dict[str, bool]] = {
    "on": {"takes_rewriting": True, "rewrites_unasked": True},
    "off": {"takes_rewriting": True, "rewrites_unasked": False},
    "none": {"takes_rewriting": False},
}


def _sizes(value: object) -> tuple[Size, ...]:
    try:
        if isinstance(value, list) and value:
            return tuple(Size.parse(text) for text in value)
    except (TypeError, ValueError):
        pass
    raise ValueError('must be a list of sizes in quotes, the default first, such as ["1024*1024", "1280*720"]')


def _parameters(value: object) -> dict[str, bool | int | str]:
    if isinstance(value, dict) and all(_is_parameter(name, given) for name, given in value.items()):
        return value
    raise ValueError(
        "must be a table of the service's own parameters, such as { enable_thinking = true }: a name has small "
        "letters, digits and _, a value is true, false, a whole number or text of up to "
        f"{_LONGEST_VALUE} characters, and none is called {', '.join(sorted(OURS))}"
    )


def _is_parameter(name: str, value: object) -> bool:
    is_short = isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= _LONGEST_VALUE)
    return bool(_PARAMETER.fullmatch(name)) and name not in OURS and is_short


Side = Annotated[Whole | None, Field(ge=1, le=LONGEST_SIDE)]
Pixels = Annotated[Whole | None, Field(ge=1, le=PIXEL_CAP)]
Ratio = Annotated[float | None, Field(strict=True, ge=1, le=100, allow_inf_nan=False)]


class ModelTraits(Section):
    """The keys of a table of ``[models]`` about what a model can do; what is absent keeps the built-in value."""

    sizes: Annotated[tuple[Size, ...] | None, BeforeValidator(_sizes)] = None
    min_side: Side = None
    max_side: Side = None
    min_pixels: Pixels = None
    max_pixels: Pixels = None
    max_ratio: Ratio = None
    images: Annotated[Whole | None, Field(ge=1, le=MOST_IMAGES)] = None
    series: Flag | None = None
    counts_tokens: Flag | None = None
    negative_prompt: Annotated[Whole | None, Field(ge=0)] = None
    prompt_extend: Rewriting | None = None
    watermark: Flag | None = None
    parameters: Annotated[dict[str, bool | int | str] | None, BeforeValidator(_parameters)] = None
    pictures: Annotated[Whole | None, Field(ge=0, le=MOST_PICTURES)] = None
    picture_megabytes: Annotated[Whole | None, Field(ge=1, le=100)] = None
    picture_min_side: Side = None
    picture_max_side: Side = None
    picture_max_ratio: Ratio = None
    edits_only: Flag | None = None
    goes_offline: Day | None = None


def with_traits(base: Model, said: ModelTraits) -> Model:
    """Return a model with what the configuration says of it."""
    given = {
        "images_max": said.images,
        "counts_word_pieces": said.counts_tokens,
        "negative_prompt_limit": said.negative_prompt,
        "takes_watermark": said.watermark,
        "edits_only": said.edits_only,
        "goes_offline": said.goes_offline,
    }
    rewriting = UNASKED[said.prompt_extend] if said.prompt_extend else {}
    model = replace(base, **rewriting, **_present(given))
    limits = {key: getattr(said, key) for key in _LIMITS}
    presets = {"presets": _named(said.sizes)} if said.sizes else {}
    model = replace(model, sizes=replace(base.sizes, **presets, **_present(limits)), pictures=_pictures(base, said))
    if said.parameters is not None:
        series = base.series and replace(base.series, fixed={**base.series.fixed, **_in_series(said.parameters)})
        model = replace(model, fixed={**base.fixed, **said.parameters}, series=series)
    if model.series is not None:
        # Of wan2.7-image-pro it has smaller sizes than a single picture may have; larger ones it never has.
        model = replace(model, series=replace(model.series, sizes=model.series.sizes.within(model.sizes)))
    return model if said.series is None else _with_series(model, draws=said.series)


def _present(given: Mapping[str, object]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None}


def _in_series(parameters: Mapping[str, bool | int | str]) -> dict[str, bool | int | str]:
    """Return those parameters that a series takes, too."""
    return {key: value for key, value in parameters.items() if key not in WORDS_ALONE}


def _named(sizes: tuple[Size, ...]) -> dict[str, Size]:
    """Return sizes by their ratio; by themselves where it says nothing or names another already."""
    named: dict[str, Size] = {}
    for size in sizes:
        common = gcd(size.width, size.height) or 1
        wide, high = size.width // common, size.height // common
        is_plain = max(wide, high) < _PLAIN_RATIO and f"{wide}:{high}" not in named
        named[f"{wide}:{high}" if is_plain else str(size)] = size
    return named


def _pictures(base: Model, said: ModelTraits) -> PictureRule | None:
    """Return which pictures the model takes in, by what it took before; without a rule, of any size up to 10 MB."""
    if said.pictures == 0 or (base.pictures is None and said.pictures is None):
        return None
    given = {
        "most": said.pictures,
        "max_bytes": said.picture_megabytes and said.picture_megabytes * MEGABYTE,
        "min_side": said.picture_min_side,
        "max_side": said.picture_max_side,
        "max_ratio": said.picture_max_ratio,
    }
    return replace(base.pictures or PictureRule(0, 10 * MEGABYTE, text_only=WORDS_ALONE), **_present(given))


def _with_series(model: Model, *, draws: bool) -> Model:
    """Return a model that draws a series or none; where the service knows the parameter it is told each time."""
    if not draws:
        return replace(model, series=None)
    if model.series is not None:
        return model
    series = Series(model.sizes, {**_in_series(model.fixed), "enable_sequential": True})
    return replace(model, series=series, fixed={**model.fixed, "enable_sequential": False})


def faults_of_traits(said: ModelTraits, model: Model) -> Iterator[str]:
    """Name what can't be of a model as it is with them."""
    yield from _faults_of_sizes(said, model)
    if said.series:
        yield from _faults_of_series(model)
    if model.pictures is None:
        for key in ("picture_megabytes", "picture_min_side", "picture_max_side", "picture_max_ratio"):
            if getattr(said, key) is not None:
                yield f"{key}: is for a model that takes pictures in; set pictures beside it"
        if said.edits_only:
            yield "edits_only: is for a model that takes pictures in; set pictures beside it"
        elif model.edits_only:
            yield "pictures: must be 1 or more for a model that only edits"
    else:
        yield from _faults_of_pictures(said, model.pictures, model)


def _faults_of_series(model: Model) -> Iterator[str]:
    if model.protocol not in BY_MESSAGE:
        yield "series: is for models that are asked by a message, such as wan2.7-image"
    elif model.edits_only:
        yield "series: is for models that draw from words, and this one only edits"


def _faults_of_sizes(said: ModelTraits, model: Model) -> Iterator[str]:
    rule = model.sizes
    crossed = [(low, high) for low, high in _PAIRS if getattr(rule, low) > getattr(rule, high)]
    given = [key for key in ("sizes", *_LIMITS) if getattr(said, key) is not None]
    if crossed:
        low, high = crossed[0]
        if low in given:
            yield f"{low}: must be {high}, which is {getattr(rule, high)}, or less"
        else:
            yield f"{high}: must be {low}, which is {getattr(rule, low)}, or more"
    elif given:
        wrong = [str(size) for size in rule.presets.values() if not rule.admits(size)]
        if wrong:
            limits = ", ".join(f"{key} {_number(getattr(rule, key))}" for key in _LIMITS)
            cure = "other limits" if said.sizes else "sizes that can be"
            yield f"{given[0]}: {', '.join(wrong)} can't be within {limits}; set {cure} beside it"
        elif model.series is not None and not model.series.sizes.presets:
            yield f"{given[0]}: within these limits it draws no series; set series = false beside it"


def _number(value: float) -> str:
    return f"{value:g}" if value % 1 else f"{value:.0f}"


def _faults_of_pictures(said: ModelTraits, rule: PictureRule, model: Model) -> Iterator[str]:
    if model.protocol is Protocol.TEXT_TO_IMAGE:
        yield 'pictures: must be 0 with protocol "text-to-image", which has no place for them'
    elif model.protocol is Protocol.IMAGE_EDIT and rule.most > 1:
        yield "pictures: must be 1, since a function changes one"
    if rule.min_side > rule.max_side:
        yield f"picture_min_side: must be picture_max_side, which is {rule.max_side:g}, or less"
    if said.edits_only is False and model.protocol not in BY_MESSAGE:
        yield f'edits_only: must be true with protocol "{model.protocol}"'
