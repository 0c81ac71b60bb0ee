"""The JSON of the API: what a create sends, and models of the answers that take what may come.

An answer of a form that nobody foresaw must not cost a task, so a field that is missing, null or of the wrong type
reads as not given; fields that nobody asked for are ignored.
"""

import json
from datetime import datetime
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.requests.catalogue import VENDOR_ZONE
from bot.domain.requests.request import ImageRequest

M = TypeVar("M", bound=BaseModel)


def _text(value: object) -> str:
    # A prompt that the vendor cut can end in half a surrogate pair, which can neither be stored nor sent.
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _text_or_none(value: object) -> str | None:
    return _text(value) or None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _mapping(value: object) -> object:
    return cast("object", value) if isinstance(value, dict) else {}


def _mappings(value: object) -> list[object]:
    # An entry that is no object stays as an empty one: the place in the list is the number of the image.
    return [_mapping(entry) for entry in cast("list[object]", value)] if isinstance(value, list) else []


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Count = Annotated[int | None, BeforeValidator(_count)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ErrorBody(_Answer):
    """A refusal; without a ``code`` it isn't the vendor's."""

    code: Text = ""
    message: Text = ""
    request_id: Text = ""


class CreateOutput(_Answer):
    task_id: Text = ""


class CreateAnswer(_Answer):
    """The answer to a create; a refusal may come under a status of success, then with a ``code``."""

    output: Annotated[CreateOutput, BeforeValidator(_mapping)] = CreateOutput()
    code: Text = ""
    request_id: Text = ""


class ResultEntry(_Answer):
    """One image, or why there is none: the SDK's form of a failed entry has an empty ``url``."""

    url: OptionalText = Field(default=None, repr=False)
    code: Text = ""
    message: Text = ""
    orig_prompt: OptionalText = None
    actual_prompt: OptionalText = None


class Metrics(_Answer):
    total: Count = Field(default=None, alias="TOTAL")
    succeeded: Count = Field(default=None, alias="SUCCEEDED")


class TaskOutput(_Answer):
    task_status: Text = ""
    code: Text = ""
    message: Text = ""
    results: Annotated[list[ResultEntry], BeforeValidator(_mappings)] = []
    task_metrics: Annotated[Metrics, BeforeValidator(_mapping)] = Metrics()


class Usage(_Answer):
    image_count: Count = None


class TaskAnswer(_Answer):
    """The answer to a query; why a task failed is documented in the output, and may stand beside it."""

    code: Text = ""
    message: Text = ""
    output: Annotated[TaskOutput, BeforeValidator(_mapping)] = TaskOutput()
    usage: Annotated[Usage, BeforeValidator(_mapping)] = Usage()
    request_id: Text = ""


class ListEntry(_Answer):
    """One task of the list; times are milliseconds since the epoch, unlike a query's."""

    task_id: Text = ""
    model_name: Text = ""
    status: Text = ""
    gmt_create: Count = None


class ListAnswer(_Answer):
    """One page of the task list."""

    data: Annotated[list[ListEntry], BeforeValidator(_mappings)] = []
    total: Count = None
    total_page: Count = None


def read(model: type[M], body: bytes) -> M | None:
    """Read an answer; None if it is no JSON object."""
    try:
        value: object = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return model.model_validate(value) if isinstance(value, dict) else None


def create_body(request: ImageRequest) -> bytes:
    """Return the body of a create.

    Every parameter is always sent: the vendor's defaults cost money (``n`` is 4) or change the picture
    (``prompt_extend`` is true).
    """
    texts = {"prompt": request.prompt}
    if request.negative_prompt:
        texts["negative_prompt"] = request.negative_prompt
    body: dict[str, Any] = {
        "model": request.model,
        "input": texts,
        "parameters": {
            "size": f"{request.size.width}*{request.size.height}",
            "n": request.count,
            "seed": request.seed,
            "prompt_extend": request.prompt_extend,
            "watermark": request.watermark,
        },
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def filter_time(epoch_s: int) -> str:
    """Write a time for the task list's filter: ``YYYYMMDDhhmmss`` in UTC+8, as all the vendor's local times."""
    return datetime.fromtimestamp(epoch_s, VENDOR_ZONE).strftime("%Y%m%d%H%M%S")
