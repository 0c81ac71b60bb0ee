"""What can be made of a picture that is there: another version, a larger one, or a finished one by the best model."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.jobs.job import Job, JobImage
from bot.domain.pictures.inputs import MadePicture
from bot.domain.pictures.open_edits import Source
from bot.domain.requests.catalogue import Catalogue
from bot.domain.requests.edits import FACTOR_UNASKED, NOTHING_SAID, Edit, EditOptions, Function
from bot.domain.requests.model import Model
from bot.domain.requests.prices import ImagePrice, price_of
from bot.domain.requests.request import Options
from bot.domain.requests.sizes import Size

VARIED_STRENGTH = 30
"""Percent: what is varied stays closer to its picture than an edit does by default (`STRENGTH_UNASKED`)."""


class Way(StrEnum):
    """What is made of it; the words of custom ids."""

    VARY = "vary"
    ENLARGE = "enlarge"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Further:
    """One thing that can be made of a picture.

    Attributes:
        model: by which.
        edit: with which function, where the model has functions.
        price: of the one picture that comes of it.
    """

    way: Way
    model: Model
    edit: EditOptions
    price: ImagePrice


def further(job: Job, image: JobImage, models: Catalogue, drawn_by: Model | None) -> list[Further]:
    """Return what can be made of a picture of a job.

    Args:
        job: that drew it.
        image: with its file; its size is known.
        models: those that take pictures in, and may be used.
        drawn_by: the model of the job; None: there is none of its name any more.
    """
    fitting = {name: model for name, model in models.items() if _takes(model, image)}
    made = (_varied(job, image, fitting), _enlarged(image, fitting), _finished(job, image, fitting, drawn_by))
    return [one for one in made if one is not None]


def options_for(one: Further, job: Job, image: JobImage, prompt: str) -> Options:
    """Return what asks for it.

    Args:
        one: of `further`.
        job: that drew the picture.
        image: the picture.
        prompt: what the model is told, as much of it as it takes; empty where it needs no words.
    """
    return Options(
        prompt=prompt[: one.model.prompt_limit],
        model=one.model.name,
        count=1,
        private=job.request.private,
        handed_in=(made_picture(job, image),),
        edit=one.edit,
        source=Source(job.reply.message_id, 0, job.is_ephemeral),
    )


def made_picture(job: Job, image: JobImage) -> MadePicture:
    """Return a picture of a job as a request brings it along."""
    return MadePicture(image.path, f"#{job.number} ({image.ordinal + 1})", image.size_bytes)


def _takes(model: Model, image: JobImage) -> bool:
    rule = model.pictures
    if rule is None or image.size_bytes > rule.max_bytes:
        return False
    short, long = sorted((image.width, image.height))
    return rule.min_side <= short and long <= min(rule.max_side, short * rule.max_ratio)


def _varied(job: Job, image: JobImage, models: Catalogue) -> Further | None:
    """Vary by the model that drew it, else by the first that can."""
    able = {
        name: model for name, model in models.items() if not model.functions or Function.INSTRUCT in model.functions
    }
    model = able.get(job.request.model) or next(iter(able.values()), None)
    if model is None:
        return None
    edit = EditOptions(Function.INSTRUCT, strength=VARIED_STRENGTH) if model.functions else NOTHING_SAID
    return Further(Way.VARY, model, edit, _price(model, image, edit))


def _enlarged(image: JobImage, models: Catalogue) -> Further | None:
    edit = EditOptions(Function.ENLARGE, factor=FACTOR_UNASKED)
    size = _size(image, edit)
    able = (
        model
        for model in models.values()
        if Function.ENLARGE in model.functions and size.width * size.height <= model.sizes.max_pixels
    )
    model = next(able, None)
    return None if model is None else Further(Way.ENLARGE, model, edit, _price(model, image, edit))


def _finished(job: Job, image: JobImage, models: Catalogue, drawn_by: Model | None) -> Further | None:
    """Finish by the dearest model, if it is dearer than the one that drew the draft."""
    able = [
        Further(Way.FINISH, model, NOTHING_SAID, _price(model, image, NOTHING_SAID))
        for model in models.values()
        if not model.functions
    ]
    best = max(able, key=lambda one: one.price.asked, default=None)
    if best is None or drawn_by is None or best.price.asked <= _price_of_draft(job, drawn_by):
        return None
    return best


def _price_of_draft(job: Job, drawn_by: Model) -> int:
    return price_of(drawn_by, job.request.size, rewrites=job.request.prompt_extend).asked


def _price(model: Model, image: JobImage, edit: EditOptions) -> ImagePrice:
    size = _size(image, edit) if model.functions else _fitting(model, image)
    rewrites = model.takes_rewriting and model.rewrites_unasked
    return price_of(model, size, rewrites=rewrites, inputs=1)


def _fitting(model: Model, image: JobImage) -> Size:
    return model.sizes.fitting(image.width, image.height, model.pictures.drawn_pixels if model.pictures else None)


def _size(image: JobImage, edit: EditOptions) -> Size:
    return Edit(Function(edit.function or Function.INSTRUCT), factor=edit.factor or 1).size_of(
        image.width, image.height
    )
