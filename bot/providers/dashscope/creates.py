"""What a create sends, and where to: one form for each of the vendor's protocols.

Every parameter that a model knows is always sent: the vendor's defaults cost money (``n`` is 4) or change the picture
(``prompt_extend`` is true).
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.domain.pictures.inputs import SentPicture
from bot.domain.pictures.region import Box, Region
from bot.domain.requests.edits import SIDES, Edit, Function
from bot.domain.requests.model import Model, Protocol
from bot.domain.requests.request import ImageRequest

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Create:
    """A create on its way: a path below the base URL, and the body."""

    path: str
    body: bytes = field(repr=False)


def create_of(request: ImageRequest, model: Model, pictures: Sequence[SentPicture] = ()) -> Create:
    """Return what is sent to have ``request`` drawn by ``model``, in the protocol by which it is asked.

    Args:
        request: whose.
        model: the catalogue's.
        pictures: that came in with the request, for models that take them.
    """
    if request.is_series:
        model = model.drawing_series()
    path, body_of = FORMS[model.protocol]
    body = body_of(request, model, pictures)
    return Create(path, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _text_to_image(request: ImageRequest, model: Model, _: Sequence[SentPicture]) -> Json:
    return {"model": request.model, "input": _texts(request), "parameters": _parameters(request, model)}


def _image_to_image(request: ImageRequest, model: Model, pictures: Sequence[SentPicture]) -> Json:
    given = {**_texts(request), "images": [_data_uri(picture) for picture in pictures]}
    return {"model": request.model, "input": given, "parameters": _parameters(request, model)}


def _image_edit(request: ImageRequest, model: Model, pictures: Sequence[SentPicture]) -> Json:
    edit = request.edit or Edit(Function.INSTRUCT)
    given: Json = {"function": FUNCTIONS[edit.function], "prompt": request.prompt or UNSAID.get(edit.function, "")}
    for picture in pictures:
        given["mask_image_url" if picture.is_mask else "base_image_url"] = _data_uri(picture)
    # A size is none of its parameters.
    parameters = {name: value for name, value in _parameters(request, model).items() if name != "size"}
    return {"model": request.model, "input": given, "parameters": {**parameters, **_fields(edit)}}


def _fields(edit: Edit) -> Json:
    if edit.function in (Function.INSTRUCT, Function.STYLE):
        return {"strength": edit.strength / 100}
    if edit.function is Function.EXPAND:
        return {f"{side}_scale": 1 + getattr(edit, side) / 100 for side in SIDES}
    if edit.function is Function.ENLARGE:
        return {"upscale_factor": edit.factor}
    return {"is_sketch": edit.line_art} if edit.function is Function.SKETCH else {}


def _texts(request: ImageRequest) -> Json:
    texts: Json = {"prompt": request.prompt}
    if request.negative_prompt:
        texts["negative_prompt"] = request.negative_prompt
    return texts


def _image_generation(request: ImageRequest, model: Model, pictures: Sequence[SentPicture]) -> Json:
    images = [{"image": _data_uri(picture)} for picture in pictures]
    message = {"role": "user", "content": [*images, {"text": request.prompt}]}
    parameters = _parameters(request, model)
    if pictures and model.pictures is not None:
        parameters = {name: value for name, value in parameters.items() if name not in model.pictures.text_only}
    if request.region is not None:
        parameters["bbox_list"] = _boxes(request, request.region)
    if model.negative_prompt_limit:
        parameters["negative_prompt"] = request.negative_prompt
    return {"model": request.model, "input": {"messages": [message]}, "parameters": parameters}


def _boxes(request: ImageRequest, region: Region) -> list[list[Box]]:
    """Return the rectangles of each picture that came in: what is to change is in the last."""
    last = request.pictures[-1]
    return [*([] for _ in request.pictures[:-1]), region.boxes(last.width, last.height)]


def _data_uri(picture: SentPicture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def _parameters(request: ImageRequest, model: Model) -> Json:
    parameters: Json = {
        "size": f"{request.size.width}*{request.size.height}",
        # A request that waits may be older than what the model can do now.
        "n": min(request.count, model.images_max),
        "seed": request.seed,
    }
    if model.takes_rewriting:
        parameters["prompt_extend"] = request.prompt_extend
    if model.takes_watermark:
        parameters["watermark"] = request.watermark
    return {**parameters, **model.fixed}


FORMS: dict[Protocol, tuple[str, Callable[[ImageRequest, Model, Sequence[SentPicture]], Json]]] = {
    Protocol.TEXT_TO_IMAGE: ("services/aigc/text2image/image-synthesis", _text_to_image),
    Protocol.IMAGE_TO_IMAGE: ("services/aigc/image2image/image-synthesis", _image_to_image),
    Protocol.IMAGE_EDIT: ("services/aigc/image2image/image-synthesis", _image_edit),
    Protocol.IMAGE_GENERATION: ("services/aigc/image-generation/generation", _image_generation),
    Protocol.MULTIMODAL: ("services/aigc/multimodal-generation/generation", _image_generation),
}
"""The vendor's path for each protocol (its V2 page and its pages on wan2.5-i2i and wan2.7), and who writes the body."""

FUNCTIONS = {
    Function.INSTRUCT: "description_edit",
    Function.REGION: "description_edit_with_mask",
    Function.STYLE: "stylization_all",
    Function.PART_STYLE: "stylization_local",
    Function.UNMARK: "remove_watermark",
    Function.EXPAND: "expand",
    Function.ENLARGE: "super_resolution",
    Function.COLOUR: "colorization",
    Function.SKETCH: "doodle",
    Function.CARTOON: "control_cartoon_feature",
}
"""What the vendor calls them (its page on wanx2.1-imageedit)."""

UNSAID = {
    Function.UNMARK: "Remove the watermark",
    Function.EXPAND: "Extend the scene naturally",
    Function.ENLARGE: "Make it sharper",
}
"""What is asked for where the member says nothing; by the page only a region and colours need no words."""
