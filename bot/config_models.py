"""The tables of ``[models]``: what the configuration changes of the built-in models, and those that it adds.

Beside them that of the text model which rewrites prompts.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from bot import config_faults
from bot.config_traits import BY_MESSAGE, ModelTraits, faults_of_traits, with_traits
from bot.config_values import Day, Days, Flag, Micros, Rate, Section, Whole
from bot.domain.pictures.region import MOST_BOXES
from bot.domain.requests.catalogue import BUILT_IN, FREE_TIER_DAYS, Catalogue
from bot.domain.requests.edits import Function
from bot.domain.requests.model import FreeTier, Model, Protocol
from bot.domain.requests.rewriting import RewritingTerms
from bot.domain.requests.sizes import EDITS_TO_1280, PIXELS_TO_1440, SIDES_TO_1440
from bot.domain.requests.vendor_regions import VendorRegion, free_images, priced_in
from bot.domain.text.alike import nearest

_MODEL_NAME = re.compile(r"[A-Za-z0-9._/:-]{1,100}")


_BY_LOWER = {name.lower(): name for name in BUILT_IN}


class ModelEntry(ModelTraits):
    """A table of ``[models]``; what is absent keeps the built-in value, which a model of one's own does not have."""

    protocol: Protocol | None = None
    price: Micros | None = None
    price_large: Micros | None = None
    large_above: Annotated[Whole | None, Field(ge=1)] = None
    price_rewritten: Micros | None = None
    price_input: Micros | None = None
    boxes: Annotated[Whole | None, Field(ge=0, le=MOST_BOXES)] = None
    prompt_limit: Annotated[Whole | None, Field(ge=1)] = None
    create_rate: Rate | None = None
    running_tasks: Annotated[Whole | None, Field(ge=1, le=100)] = None
    ahead: Annotated[Whole | None, Field(ge=0, le=10)] = None
    free_tier: Annotated[Whole | None, Field(ge=0)] = None
    free_tier_days: Annotated[Days, Field(ge=1)] = FREE_TIER_DAYS
    free_tier_started: Day | None = None
    free_tier_used: Annotated[Whole, Field(ge=0)] = 0
    enabled: Flag = True
    removes_watermarks: Flag = False


def catalogue_of(entries: Mapping[str, ModelEntry], region: VendorRegion = VendorRegion.BEIJING) -> Catalogue:
    """Return the built-in models that are offered unasked or have a table, with what the tables change and add.

    Those whose price in the region is known by neither the program nor a table are left out.
    """
    models = {name: _model(name, entries.get(name, ModelEntry()), region) for name in (*BUILT_IN, *entries)}
    return {
        name: model
        for name, model in models.items()
        if model is not None and (entries[name].enabled if name in entries else model.is_offered)
    }


def _model(name: str, entry: ModelEntry, region: VendorRegion) -> Model | None:
    """Return a model as it is in a region; None if nobody says what it costs there."""
    built_in = BUILT_IN.get(name)
    base = priced_in(region, built_in) if built_in else None
    if base is None:
        return None if entry.price is None else _changed(built_in or _added(name, entry), entry, region)
    return _changed(base, entry, region)


def _added(name: str, entry: ModelEntry) -> Model:
    """Return a model that is not built in, of which the limits are those that are safest to guess.

    The sizes are those that all models of the newer address draw as they are known: wan2.6-t2i draws none of the older.
    """
    if entry.protocol is Protocol.IMAGE_TO_IMAGE:
        return Model(name, entry.price or 0, 500, EDITS_TO_1280, edits_only=True)
    is_older = entry.protocol in (None, Protocol.TEXT_TO_IMAGE)
    return Model(name, entry.price or 0, 500, SIDES_TO_1440 if is_older else PIXELS_TO_1440)


def _changed(base: Model, entry: ModelEntry, region: VendorRegion) -> Model:
    tier = None
    if entry.free_tier_started is not None:
        images = entry.free_tier if entry.free_tier is not None else free_images(region, base.name)
        tier = FreeTier(images, entry.free_tier_started, entry.free_tier_days, entry.free_tier_used)
    given = {
        "price_micros": entry.price,
        "large_price_micros": entry.price_large,
        "large_above": entry.large_above,
        "rewritten_price_micros": entry.price_rewritten,
        "input_price_micros": entry.price_input,
        "boxes": entry.boxes,
        "prompt_limit": entry.prompt_limit,
        "protocol": entry.protocol,
        "create_rate": entry.create_rate,
        "running_tasks": entry.running_tasks,
        "ahead": entry.ahead,
    }
    if entry.removes_watermarks:
        base = replace(base, functions=base.functions | {Function.UNMARK})
    changed = replace(base, free_tier=tier, **{key: value for key, value in given.items() if value is not None})
    model = with_traits(changed, entry)
    # Where nothing comes in, there is nothing to draw a rectangle on.
    return replace(model, boxes=0) if model.pictures is None and entry.boxes is None else model


def _are_complete(entries: dict[str, ModelEntry]) -> dict[str, ModelEntry]:
    faults = [fault for name, entry in entries.items() for fault in _faults(name, entry)]
    if not catalogue_of(entries):
        faults.append("models: at least one model must stay enabled")
    if faults:
        raise ValueError("\n".join(faults))
    return entries


def _faults(name: str, entry: ModelEntry) -> Iterator[str]:
    where = config_faults.written(("models", name))
    if not _MODEL_NAME.fullmatch(name):
        signs = "of letters, digits and . _ / : -, up to 100"
        yield f'{where}: must be a model\'s name {signs}, such as [models."wanx2.1-t2i-turbo"]'
    elif name not in BUILT_IN and (exact := _BY_LOWER.get(name.lower())):
        yield f"{where}: must be written as it is built in: {exact}"
    elif name not in BUILT_IN and entry.price is None:
        near = nearest(name, BUILT_IN)
        yield f"{where} is not built in: it needs a price" + (f", unless {near} is meant" if near else "")
    else:
        model = _changed(BUILT_IN.get(name) or _added(name, entry), entry, VendorRegion.BEIJING)
        yield from (f"{where}.{fault}" for fault in _faults_of(entry, model))


def _faults_of(entry: ModelEntry, model: Model) -> Iterator[str]:
    yield from _faults_of_price(entry, model)
    if faults := list(_faults_of_protocol(model)):
        yield from faults
        return
    yield from faults_of_traits(entry, model)
    if model.boxes and (model.pictures is None or model.protocol not in BY_MESSAGE):
        yield "boxes: is for models that take pictures in and are asked by a message, such as wan2.7-image"
    if entry.removes_watermarks and model.protocol is not Protocol.IMAGE_EDIT:
        yield "removes_watermarks: is for wanx2.1-imageedit alone"


def _faults_of_protocol(model: Model) -> Iterator[str]:
    """Name a protocol by which the service does not serve a model; of one that is not built in nobody here knows."""
    if model.name not in BUILT_IN and model.protocol is Protocol.IMAGE_EDIT:
        yield f'protocol: "{model.protocol}" is for built-in models; by which functions another edits is not known'
    built_in = BUILT_IN.get(model.name, model)
    served = [built_in.protocol, *sorted(built_in.other_protocols)]
    if model.protocol not in served:
        words = " or ".join(f'"{one}"' for one in served)
        yield f"protocol: the service has this model only as {words}"


def _faults_of_price(entry: ModelEntry, model: Model) -> Iterator[str]:
    """Name the prices that can't be: each part of what a model costs has to be known, and to fit the others."""
    if entry.price is not None:
        for key, given, built_in in (
            ("price_large", entry.price_large, model.large_price_micros),
            ("price_rewritten", entry.price_rewritten, model.takes_rewriting and model.rewritten_price_micros),
            ("price_input", entry.price_input, model.pictures and model.input_price_micros),
        ):
            if given is None and built_in:
                yield f"price: is a part of what this model costs; set {key} beside it"
    if model.large_price_micros is None and entry.large_above is not None:
        yield "large_above: says from when on price_large counts, and there is none"
    elif _is_never_large(entry, model):
        most = model.sizes.max_pixels
        yield f"large_above: must be less than max_pixels, which is {most}, or price_large never counts"
    if model.large_price_micros is not None and model.rewritten_price_micros is not None:
        yield "price_rewritten: can't stand beside price_large; a model's price depends on one of them"
    if entry.price_input is not None and model.pictures is None:
        yield "price_input: this model takes no pictures in"
    if entry.price_rewritten is not None and not model.takes_rewriting:
        yield "price_rewritten: this model does not rewrite prompts"
    # Where a price is missing beside the model's own, that has been said.
    yield from (
        f"{key}: must be as much as price, or more" for key in too_cheap(model) if getattr(entry, key) is not None
    )


def _is_never_large(entry: ModelEntry, model: Model) -> bool:
    """Whether a table says what large pictures cost, or which are large, and there can be none."""
    built_in = BUILT_IN.get(model.name)
    is_built_in = built_in is not None and built_in.large_price_micros is not None
    is_said = entry.large_above is not None or (entry.price_large is not None and not is_built_in)
    return is_said and model.large_above >= model.sizes.max_pixels


def too_cheap(model: Model) -> Iterator[str]:
    """Name the prices of what costs more that are below the model's own: the most is held, and they would not be it."""
    for key, dearer in (("price_large", model.large_price_micros), ("price_rewritten", model.rewritten_price_micros)):
        if dearer is not None and dearer < model.price_micros:
            yield key


def remarks(entries: Mapping[str, ModelEntry], catalogue: Catalogue, left_out: Collection[str]) -> Iterator[str]:
    """Say what is to be known of the enabled models, though it is no fault.

    Args:
        entries: the tables of ``[models]``.
        catalogue: what comes of them in the region.
        left_out: those that nobody says a price of there.
    """
    own = [f"{name} ({model.protocol})" for name, model in catalogue.items() if name not in BUILT_IN]
    empty = [name for name, model in catalogue.items() if model.free_tier and not model.free_tier.images]
    edits_only = list(catalogue) if all(model.edits_only for model in catalogue.values()) else []
    unbegun = [
        name
        for name, entry in entries.items()
        if (entry.free_tier or entry.free_tier_used) and entry.free_tier_started is None
    ]
    for sentence, names in (
        ("Added by your tables, by protocol", own),
        ("/imagine has no model, since these only edit", edits_only),
        ("Off, since what they cost at your base_url is not known here", left_out),
        ("free_tier_started counts nothing where free_tier is 0, or not known here and not set", empty),
        ("free_tier and free_tier_used count nothing without free_tier_started", unbegun),
    ):
        if names:
            yield f"{sentence}: {', '.join(names)}."


Models = Annotated[dict[str, ModelEntry], AfterValidator(_are_complete)]


_TEXT_MODEL = "qwen3.7-flash"
"""Its prices are those of Beijing, as of 2026-10-10 (the vendor's price page), up to 32,000 tokens that it reads."""


def _named(name: str) -> str:
    if not _MODEL_NAME.fullmatch(name):
        raise ValueError(f'must be the name of a text model, such as "{_TEXT_MODEL}"')
    if name in BUILT_IN:
        raise ValueError(f'is a model that makes pictures; name a text model, such as "{_TEXT_MODEL}"')
    return name


class Rewriting(Section):
    """The table ``[rewriting]``: without it prompts are drawn as they were written."""

    model: Annotated[str, AfterValidator(_named)] = _TEXT_MODEL
    price_in: Micros = 200_000
    price_out: Micros = 800_000
    daily: Annotated[Whole, Field(ge=1)] = 20

    @model_validator(mode="after")
    def _knows_its_prices(self) -> "Rewriting":
        if self.model != _TEXT_MODEL and not self.names_its_prices:
            known = f"{_TEXT_MODEL}, whose prices are built in"
            raise ValueError(f"rewriting.model: is not {known}; set price_in and price_out beside it")
        return self

    @property
    def names_its_prices(self) -> bool:
        """Whether the operator says what it costs."""
        return {"price_in", "price_out"} <= self.model_fields_set

    def terms(self) -> RewritingTerms:
        """Return what the operator decided, as the service needs it."""
        return RewritingTerms(self.model, self.price_in, self.price_out, self.daily)
