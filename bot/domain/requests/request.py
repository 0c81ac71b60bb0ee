"""What a member asks for, and whether it can be drawn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.domain.pictures.inputs import Brought, InputPicture
from bot.domain.pictures.open_edits import Source
from bot.domain.pictures.region import Region
from bot.domain.requests.catalogue import Catalogue, fit_for
from bot.domain.requests.edits import (
    NOTHING_SAID,
    WITHOUT_WORDS,
    Edit,
    EditOptions,
    Function,
    check_choosing,
    check_edit,
    function_of,
)
from bot.domain.requests.model import SEED_MAX, Model
from bot.domain.requests.prices import ImagePrice, price_of
from bot.domain.requests.rewriting import Enhanced, Fault
from bot.domain.requests.sizes import Size
from bot.domain.requests.typed_size import size_of
from bot.domain.text import normalisation, tokens
from bot.domain.text.alike import nearest
from bot.domain.text.enhance import Enhance
from bot.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Options:
    """The options of ``/imagine`` or ``/edit`` before anything is checked; None where the member gave none.

    Attributes:
        handed_in: the pictures that come in, in the order in which they are sent.
        edit: what is to be done to them, as far as a function is meant.
        reference: the name of a set whose pictures come before those.
        source: the message whose pictures are handed in; None: they are the member's own files.
        enhance: what is to become of the prompt first.
        enhanced: how the prompt was rewritten already.
        series: the images are to belong together, and the service picks how many there are.
        told_micros: what the button said that it costs which its member pressed; None: it said nothing.
    """

    prompt: str
    negative_prompt: str | None = None
    model: str | None = None
    size: str | None = None
    count: int | None = None
    seed: int | None = None
    prompt_extend: bool | None = None
    watermark: bool | None = None
    private: bool | None = None
    handed_in: tuple[Brought, ...] = ()
    edit: EditOptions = NOTHING_SAID
    source: Source | None = None
    reference: str | None = None
    enhance: Enhance | None = None
    enhanced: Enhanced | None = None
    series: bool | None = None
    told_micros: int | None = None

    @property
    def function(self) -> Function | None:
        """The function that a model has to have; None: any that changes pictures by words will do.

        Raises:
            InvalidRequest: if there is none of that name.
        """
        return None if replace(self.edit, region=None) == NOTHING_SAID else function_of(self.edit)

    @property
    def by_region(self) -> bool:
        """Whether the member is to choose by buttons where something is to change."""
        return bool(self.edit.region)


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """A request that the model's documented limits admit; what the vendor is told of it is sent as it stands here.

    Attributes:
        negative_prompt: empty where there is none, or the model takes none.
        seed: 0 to 2147483647; image k (from 0) is drawn with ``seed + k``.
        count: images, 1 to as many as the model draws at once; of a series the most that it may have.
        prompt_extend: whether the model has the prompt rewritten; False where it can't.
        watermark: whether the vendor's mark is put on; False where it can't be.
        pictures: those that came in, to be edited as the prompt says; none: it is drawn from words alone.
        edit: what is done to them, by models that have functions.
        region: where the last of them is to change, as far as it is chosen; None: nobody was to choose.
        source: the message that they are of, until the request is a job; None: they are the member's own files.
        enhanced: how the prompt was rewritten before; None: nobody wished for it.
        is_series: the images belong together, and the service picks how many there are.
    """

    prompt: str
    negative_prompt: str
    model: str
    size: Size
    count: int
    seed: int
    prompt_extend: bool
    watermark: bool
    private: bool
    pictures: tuple[InputPicture, ...] = ()
    edit: Edit | None = None
    region: Region | None = None
    source: Source | None = None
    enhanced: Enhanced | None = None
    is_series: bool = False

    @property
    def typed_prompt(self) -> str:
        """The prompt as its member wrote it."""
        return (self.enhanced.original if self.enhanced is not None else "") or self.prompt

    def rewritten(self, kind: Enhance, prompt: str) -> "ImageRequest":
        """Return the same with a prompt that was written in place of its own; nothing rewrites it again."""
        return replace(self, prompt=prompt, prompt_extend=False, enhanced=Enhanced(kind, self.prompt))

    def not_rewritten(self, kind: Enhance, fault: Fault) -> "ImageRequest":
        """Return the same with why its prompt is drawn as it was typed: the model does not rewrite it instead."""
        return replace(self, prompt_extend=False, enhanced=Enhanced(kind, fault=fault))

    def with_pictures(self, pictures: tuple[InputPicture, ...], model: Model) -> "ImageRequest":
        """Return the same with the pictures that came in: what is drawn has the ratio of the last of them.

        Raises:
            InvalidRequest: if what is made of them would be too large.
        """
        last, pixels = pictures[-1], model.pictures.drawn_pixels if model.pictures is not None else None
        if self.edit is not None:
            size, limit = self.edit.size_of(last.width, last.height), model.sizes.max_pixels // 1_000_000
            if size.width * size.height > model.sizes.max_pixels:
                raise InvalidRequest("invalid-result-large", size=f"{size.width}×{size.height}", limit=limit)
            return replace(self, pictures=pictures, size=size)
        return replace(self, pictures=pictures, size=model.sizes.fitting(last.width, last.height, pixels))

    def is_drawn_by(self, model: Model) -> bool:
        """Whether a model draws so many, in a series if they are one: another run may have had it otherwise."""
        if self.is_series and model.series is None:
            return False
        return self.count <= (model.drawing_series() if self.is_series else model).images_max

    def check_region(self, model: Model) -> None:
        """Refuse a region that was to be chosen and is not, or that the model can't be told.

        Raises:
            InvalidRequest: saying what would do.
        """
        if self.region is None:
            return
        if not (Function.REGION in model.functions if self.edit is not None else model.boxes):
            # It was asked for in a run of the program that had the model otherwise.
            raise InvalidRequest("region-model-changed", model=model.name)
        if not self.region.bits:
            raise InvalidRequest("region-empty")
        # A function is told it by a mask, which may have any form.
        count = len(self.region.rectangles)
        if self.edit is None and count > model.boxes:
            raise InvalidRequest("region-scattered", model=model.name, count=count, limit=model.boxes)


def check(options: Options, catalogue: Catalogue, *, drawn_seed: int) -> ImageRequest:
    """Turn options into a request.

    Args:
        options: what the member gave.
        catalogue: the models that the member may use.
        drawn_seed: the seed to use where the member gave none.

    Raises:
        InvalidRequest: saying what is wrong and what would do.
    """
    check_choosing(options.edit)
    offered = _offered(options, catalogue)
    model = _model(options, catalogue, offered)
    if options.series:
        model = model.drawing_series()
    count = _count(options.count, model, offered, default=SERIES_LONG if options.series else 1)
    edit = check_edit(options.edit) if model.functions else None
    return ImageRequest(
        prompt=_prompt(options, model, may_be_empty=edit is not None and edit.function in WITHOUT_WORDS),
        negative_prompt=_negative_prompt(options.negative_prompt or "", model),
        model=model.name,
        size=size_of(options.size, model),
        count=count,
        # The last image is drawn with seed + count - 1, which must be a seed too.
        seed=_within("seed", options.seed, 0, SEED_MAX - count + 1, default=min(drawn_seed, SEED_MAX - count + 1)),
        prompt_extend=rewriting_of(options.prompt_extend, model) and options.enhanced is None,
        watermark=_watermark(options.watermark, model),
        private=bool(options.private),
        edit=edit,
        region=Region() if options.by_region else None,
        source=options.source,
        enhanced=options.enhanced,
        is_series=bool(options.series),
    )


def nothing_for(*, takes_pictures: bool, function: Function | None = None, by_region: bool = False) -> InvalidRequest:
    """Return the refusal where no model that may be used does what is asked for.

    Args:
        takes_pictures: it was to edit pictures, not to draw from words alone.
        function: that it was to have.
        by_region: it was to take a region.
    """
    if function is not None:
        return InvalidRequest("invalid-function-nowhere")
    if by_region:
        return InvalidRequest("invalid-region-nowhere")
    return InvalidRequest("invalid-picture-none" if takes_pictures else "invalid-words-none")


def taking_regions(catalogue: Catalogue) -> Catalogue:
    """Return the models that can be told which part of a picture is to change."""
    return {name: model for name, model in catalogue.items() if model.takes_region}


SERIES_LONG = 4
"""Images that a series may have where its member says nothing of it: as many as the operator lets a request have where
the configuration says nothing."""


def price_as_typed(model: Model, size: str | None, prompt_extend: bool | None, inputs: int = 0) -> ImagePrice:
    """Return what an image costs by options that may still be half typed: by the defaults where they mean nothing.

    Args:
        model: which.
        size: as it is typed.
        prompt_extend: as it is chosen.
        inputs: pictures that come in.
    """
    try:
        return price_of(model, size_of(size, model), rewrites=rewriting_of(prompt_extend, model), inputs=inputs)
    except InvalidRequest:
        return price_of(model, model.sizes.default, rewrites=rewriting_of(None, model), inputs=inputs)


def _offered(options: Options, catalogue: Catalogue) -> Catalogue:
    """Return the models that do what is asked for, whatever its size or number."""
    takes_pictures, function, by_region = bool(options.handed_in), options.function, options.by_region
    regional = taking_regions(catalogue) if by_region else catalogue
    offered = fit_for(regional, takes_pictures=takes_pictures, function=function)
    if not offered and function is not None and options.edit.lone_field:
        raise InvalidRequest("invalid-option-nowhere", option=options.edit.lone_field)
    if not offered:
        raise nothing_for(takes_pictures=takes_pictures, function=function, by_region=by_region)
    return offered


def _model(options: Options, catalogue: Catalogue, offered: Catalogue) -> Model:
    name = options.model or _first(offered, is_series=bool(options.series))
    if name not in catalogue:
        near = nearest(name, offered)
        raise InvalidRequest(
            "invalid-model-near" if near else "invalid-model", model=name, near=near, models=", ".join(offered)
        )
    model, count = catalogue[name], len(options.handed_in)
    if model.edits_only and not count:
        raise InvalidRequest("invalid-edits-only", model=name)
    if options.series and model.series is None:
        able = fit_for(catalogue, takes_pictures=False, is_series=True)
        raise InvalidRequest("invalid-series" if able else "invalid-series-none", model=name, models=", ".join(able))
    if count and model.pictures is None:
        raise InvalidRequest("invalid-picture-model", model=name, models=", ".join(offered))
    if options.function is not None and model.name not in offered:
        if field := options.edit.lone_field:
            raise InvalidRequest("invalid-option-model", model=name, option=field, models=", ".join(offered))
        raise InvalidRequest("invalid-function-model", model=name, models=", ".join(offered))
    if options.by_region and not model.takes_region:
        raise InvalidRequest("invalid-region-model", model=name, models=", ".join(offered))
    if model.pictures is not None and count > model.pictures.most:
        raise InvalidRequest("invalid-picture-many", model=name, count=count, limit=model.pictures.most)
    return model


def _first(offered: Catalogue, *, is_series: bool) -> str:
    """Return the first model that can draw what is asked for; where none draws a series, the first."""
    able = (name for name, model in offered.items() if model.series is not None or not is_series)
    return next(able, next(iter(offered)))


def _prompt(options: Options, model: Model, *, may_be_empty: bool) -> str:
    prompt = clean(options.prompt)
    if normalisation.is_blank(prompt):
        if may_be_empty:
            return ""
        raise InvalidRequest("invalid-instruction-empty" if options.handed_in else "invalid-prompt-empty")
    if (length := _length(prompt, model)) > model.prompt_limit:
        key = "invalid-prompt-tokens" if model.counts_word_pieces else "invalid-prompt-long"
        raise InvalidRequest(key, length=length, limit=model.prompt_limit, model=model.name)
    return prompt


def fits(prompt: str, model: Model) -> bool:
    """Whether a model takes a prompt of this length."""
    return _length(prompt, model) <= model.prompt_limit


def longest_prompt(models: Iterable[Model]) -> int:
    """Return how many characters a prompt may have so that one of the models may take it; of one it may be too long."""
    return max(model.prompt_limit * (tokens.LETTERS if model.counts_word_pieces else 1) for model in models)


def _length(prompt: str, model: Model) -> int:
    """Return a prompt's length in what the model's limit counts."""
    return tokens.count(prompt) if model.counts_word_pieces else len(prompt)


def _negative_prompt(text: str, model: Model) -> str:
    negative = clean(text)
    if normalisation.is_blank(negative):
        return ""
    if not model.negative_prompt_limit:
        raise InvalidRequest("invalid-negative-prompt", model=model.name)
    if len(negative) > model.negative_prompt_limit:
        raise InvalidRequest("invalid-negative-prompt-long", length=len(negative), limit=model.negative_prompt_limit)
    return negative


def rewriting_of(wanted: bool | None, model: Model) -> bool:
    """Return whether a model is to have the prompt rewritten; None: the member said nothing of it.

    Raises:
        InvalidRequest: if it is asked for and can't be.
    """
    if wanted and not model.takes_rewriting:
        raise InvalidRequest("invalid-prompt-extend", model=model.name)
    return model.takes_rewriting and model.rewrites_unasked if wanted is None else wanted


def _watermark(wanted: bool | None, model: Model) -> bool:
    if wanted and not model.takes_watermark:
        raise InvalidRequest("invalid-watermark", model=model.name)
    return bool(wanted)


def _count(wanted: int | None, model: Model, offered: Catalogue, *, default: int) -> int:
    able = [name for name, one in offered.items() if wanted is not None and 1 <= wanted <= one.images_max]
    others = {"able": len(able), "models": ", ".join(able)}
    return _within("count", wanted, 1, model.images_max, default=default, model=model.name, **others)


def clean(text: str) -> str:
    """Return a text without what can't be stored or sent, and without blanks around it."""
    # Lone surrogates can be typed into a client's API call but not written as UTF-8; NUL ends a string elsewhere.
    return text.encode("utf-8", "ignore").decode("utf-8").replace("\0", "").strip()


def _within(name: str, value: int | None, least: int, most: int, *, default: int, **about: str | int) -> int:
    if value is None:
        return default
    if not least <= value <= most:
        raise InvalidRequest(f"invalid-{name}", value=value, least=least, most=most, **about)
    return value
