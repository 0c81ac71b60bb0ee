"""The JSON of the API: models of the answers that take what may come. What a create sends is in `creates`.

A task answers in the form of the protocol by which it was created; which that is shows in the answer itself.

An answer of a form that nobody foresaw must not cost a task, so a field that is missing, null or of the wrong type
reads as not given; fields that nobody asked for are ignored.
"""

import json
from datetime import datetime
from typing import Annotated, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.requests.model import VENDOR_ZONE, AreaTier
from bot.providers.dashscope.offline_time import offline_ms

MOST_COUNTED = 1_000_000

M = TypeVar("M", bound=BaseModel)


def _text(value: object) -> str:
    # A prompt that the vendor cut can end in half a surrogate pair, which can neither be stored nor sent.
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _text_or_none(value: object) -> str | None:
    return _text(value) or None


def _number(value: object) -> int | None:
    # No vendor's number is larger: the database would not take it.
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _count(value: object) -> int | None:
    number = _number(value)
    # Nor does any request bring so many pictures: it can be no count.
    return number if number is not None and number <= MOST_COUNTED else None


def _mapping(value: object) -> object:
    return cast("object", value) if isinstance(value, dict) else {}


def _mappings(value: object) -> list[object]:
    # An entry that is no object stays as an empty one: the place in the list is the number of the image.
    return [_mapping(entry) for entry in cast("list[object]", value)] if isinstance(value, list) else []


def _mappings_or_none(value: object) -> list[object] | None:
    return _mappings(cast("object", value)) if isinstance(value, list) else None


def _most(value: object) -> int | None:
    # A number that is there and can't be read may be any: more than a list can hold, so that none is whole.
    return None if value is None else MOST_COUNTED if (count := _count(value)) is None else count


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Count = Annotated[int | None, BeforeValidator(_count)]
Milliseconds = Annotated[int | None, BeforeValidator(_number)]
Most = Annotated[int | None, BeforeValidator(_most)]


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


class TextMessage(_Answer):
    content: Text = ""


class TextChoice(_Answer):
    """What a text model wrote, and why it ended: ``stop`` by itself, ``length`` where it was cut."""

    message: Annotated[TextMessage, BeforeValidator(_mapping)] = TextMessage()
    finish_reason: Text = ""


class TextOutput(_Answer):
    choices: Annotated[list[TextChoice], BeforeValidator(_mappings)] = []


class TextUsage(_Answer):
    """How many tokens the vendor bills, of what was read and of what was written."""

    read: Annotated[Count, Field(alias="input_tokens")] = None
    written: Annotated[Count, Field(alias="output_tokens")] = None


class TextAnswer(_Answer):
    """The answer of a text model; a refusal may come under a status of success, then with a ``code``."""

    output: Annotated[TextOutput, BeforeValidator(_mapping)] = TextOutput()
    usage: Annotated[TextUsage, BeforeValidator(_mapping)] = TextUsage()
    code: Text = ""


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


class Part(_Answer):
    """One part of what a model says in the newer form: an image, a text, or perhaps why there is none."""

    image: OptionalText = Field(default=None, repr=False)
    text: OptionalText = None
    code: Text = ""
    message: Text = ""


class Message(_Answer):
    content: Annotated[list[Part], BeforeValidator(_mappings)] = []


class Choice(_Answer):
    message: Annotated[Message, BeforeValidator(_mapping)] = Message()


class TaskOutput(_Answer):
    task_status: Text = ""
    code: Text = ""
    message: Text = ""
    results: Annotated[list[ResultEntry], BeforeValidator(_mappings)] = []
    task_metrics: Annotated[Metrics, BeforeValidator(_mapping)] = Metrics()
    choices: Annotated[list[Choice], BeforeValidator(_mappings)] = []

    @property
    def parts(self) -> list[Part]:
        """What the choices hold; one may hold several images, and a text besides."""
        return [part for choice in self.choices for part in choice.message.content]

    @property
    def images(self) -> list[ResultEntry]:
        """The images, in either form; parts that are no image are left out."""
        told = [part for part in self.parts if part.image is not None or part.code]
        return self.results or [ResultEntry(url=part.image, code=part.code, message=part.message) for part in told]


AREAS = {"qima_output_1k": AreaTier.SMALL, "qima_output_2k": AreaTier.LARGE}
"""The vendor's words (its page on qwen-image-3.0)."""


class Usage(_Answer):
    """What the vendor bills; the newest models' usage has the second name for it."""

    image_count: Count = None
    output_image_count: Count = None
    output_image_type: Text = ""
    input_image_count: Count = None

    @property
    def area(self) -> AreaTier | None:
        """How the vendor counts the images' area for the price; None where it doesn't say, or in a word new to us."""
        return AREAS.get(self.output_image_type.lower())

    @property
    def images(self) -> int | None:
        return self.output_image_count if self.image_count is None else self.image_count


class TaskAnswer(_Answer):
    """The answer to a query, or to a create that is answered with the pictures.

    Why a task failed is documented in the output, and may stand beside it.
    """

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
    gmt_create: Milliseconds = None


class ListAnswer(_Answer):
    """One page of the task list."""

    data: Annotated[list[ListEntry], BeforeValidator(_mappings)] = []
    total: Count = None
    total_page: Count = None


class OfflineInfo(_Answer):
    offline_time: Annotated[int, BeforeValidator(offline_ms)] = 0


class ModelEntry(_Answer):
    """One model of the list. Under which of these its id stands no page prints."""

    model: Text = ""
    model_id: Text = ""
    model_name: Text = ""
    id: Text = ""
    name: Text = ""
    inference_offline_info: Annotated[OfflineInfo, BeforeValidator(_mapping)] = OfflineInfo()

    @property
    def names(self) -> set[str]:
        return {name.casefold() for name in (self.model, self.model_id, self.model_name, self.id, self.name) if name}


class ModelsOutput(_Answer):
    models: Annotated[list[ModelEntry] | None, BeforeValidator(_mappings_or_none)] = None
    total: Most = None
    page_no: Most = None


MODELS_ON_PAGE = 20
"""How many models the list has on a page where nothing else is asked for (the vendor's page)."""


class ModelsAnswer(_Answer):
    """The list of models, as it is about one of them."""

    output: Annotated[ModelsOutput, BeforeValidator(_mapping)] = ModelsOutput()
    code: Text = ""
    request_id: Text = ""

    def entry(self, model: str) -> ModelEntry | None:
        """Return the model's row, if there is one."""
        return next((entry for entry in self.output.models or () if model.casefold() in entry.names), None)

    @property
    def is_whole(self) -> bool:
        """Whether what is not in it is absent: it is the vendor's, each row has a name, and there are no more of them.

        That ``total`` counts them is no page's word: where it is missing, a page that is not full is the last.
        """
        rows, total = self.output.models, self.output.total
        if rows is None or not self.request_id or self.output.page_no not in (None, 1):
            return False
        is_last = len(rows) < MODELS_ON_PAGE if total is None else total <= len(rows)
        return is_last and all(row.names for row in rows)


def read(model: type[M], body: bytes) -> M | None:
    """Read an answer; None if it is no JSON object."""
    try:
        value: object = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return model.model_validate(value) if isinstance(value, dict) else None


def filter_time(epoch_s: int) -> str:
    """Write a time for the task list's filter: ``YYYYMMDDhhmmss`` in UTC+8, as all the vendor's local times."""
    return datetime.fromtimestamp(epoch_s, VENDOR_ZONE).strftime("%Y%m%d%H%M%S")
