"""What a request asks for once more, by a button under what came of it."""

from dataclasses import replace

from bot.domain.pictures.inputs import Brought, InputPicture, MadePicture, ReferencePicture
from bot.domain.requests.edits import FIELDS, NOTHING_SAID, Edit, EditOptions
from bot.domain.requests.model import Model
from bot.domain.requests.request import ImageRequest, Options
from bot.domain.text.enhance import Enhance


def as_asked(request: ImageRequest) -> Options:
    """Return the options that ask for the same once more, with another seed.

    A prompt that was rewritten is drawn as it was rewritten, and nobody pays for that twice. Of pictures that came in
    the kept files come in again.
    """
    is_rewritten = request.enhanced is not None and request.enhanced.fault is None
    if request.pictures:
        return Options(
            prompt=request.prompt,
            negative_prompt=request.negative_prompt or None,
            model=request.model,
            count=request.count,
            prompt_extend=request.prompt_extend,
            watermark=request.watermark or None,
            private=request.private,
            enhance=Enhance.OFF,
            enhanced=request.enhanced if is_rewritten else None,
            handed_in=tuple(_brought(place, one) for place, one in enumerate(request.pictures, start=1)),
            edit=_options_of(request.edit),
        )
    return Options(
        prompt=request.prompt,
        negative_prompt=request.negative_prompt or None,
        model=request.model,
        size=str(request.size),
        count=request.count,
        # None where it was not: a model that does not know it is told nothing of it.
        prompt_extend=request.prompt_extend or None if is_rewritten else request.prompt_extend,
        watermark=request.watermark or None,
        private=request.private,
        enhance=None if is_rewritten else Enhance.OFF,
        enhanced=request.enhanced if is_rewritten else None,
        series=request.is_series or None,
    )


def _brought(place: int, picture: InputPicture) -> Brought:
    kind = ReferencePicture if picture.is_kept else MadePicture
    return kind(picture.path, str(place), picture.size_bytes)


def _options_of(edit: Edit | None) -> EditOptions:
    """Return what asks for the same edit: the function, with the fields that it has."""
    if edit is None:
        return NOTHING_SAID
    return EditOptions(edit.function.value, **{name: getattr(edit, name) for name in FIELDS.get(edit.function, ())})


def with_changes(request: ImageRequest, options: Options, model: Model | None) -> Options:
    """Return what a member asks for who has changed something of it.

    Args:
        request: as it was.
        options: prompt, negative prompt, model, size and number as they are now.
        model: the one that is named now; None: nobody knows it.
    """
    before = as_asked(request)
    if options.prompt != request.prompt and request.enhanced is not None:
        # It was to be rewritten: what becomes of another prompt is the server's choice again.
        before = replace(before, enhance=None, enhanced=None, prompt_extend=None)
    if options.model != request.model:
        # What the one model knew the other may not; that it does not is nothing that the member has said.
        before = replace(before, prompt_extend=None, watermark=None)
        if model is not None and options.size == before.size and not model.sizes.admits(request.size):
            size = model.sizes.fitting(request.size.width, request.size.height)
            options = replace(options, size=str(size))
    return replace(
        before,
        prompt=options.prompt,
        negative_prompt=options.negative_prompt,
        model=options.model,
        size=options.size,
        count=options.count,
    )
